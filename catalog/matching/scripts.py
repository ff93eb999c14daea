"""Tables that write other scripts in Latin letters, so that names can be compared across them.

Nothing here is meant to be read by a person: the same rough spelling on both sides is all that comparing needs.
"""

from __future__ import annotations

import re

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g".split(),
        strict=True,
    )
)
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split(), strict=True)
)
_LATIN = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}

_KANA_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "g": "がぎぐげご",
    "s": "さしすせそ",
    "z": "ざじずぜぞ",
    "t": "たちつてと",
    "d": "だぢづでど",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
    "m": "まみむめも",
    "r": "らりるれろ",
}
_KANA = {kana: row + vowel for row, line in _KANA_ROWS.items() for kana, vowel in zip(line, "aiueo", strict=True)}
_KANA |= {"や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "を": "o", "ん": "n", "ゔ": "vu", "っ": "", "ー": ""}
_KANA |= {"し": "shi", "ち": "chi", "つ": "tsu", "ふ": "fu", "じ": "ji", "ぢ": "ji", "づ": "zu"}
_KANA |= {"ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o", "ゃ": "ya", "ゅ": "yu", "ょ": "yo"}
_SMALL_Y = re.compile("([きぎしじちぢにひびぴみり])([ゃゅょ])")
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

_TABLE = {ord(letter): latin.replace("_", "") for letter, latin in {**_CYRILLIC, **_GREEK, **_LATIN, **_KANA}.items()}

_HANGUL_FIRST = "g kk n d tt r m b pp s ss _ j jj ch k t p h".split()
_HANGUL_VOWEL = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_HANGUL_LAST = "_ k k k n n n t l l l l l l l l m p p t t ng t t k t p t".split()
_HANGUL = re.compile("[가-힣]")
_KANA_ANY = re.compile("[ぁ-ゔァ-ヶー]")

# Words of versions and of uploads in scripts that set no gaps between words; the longer ones first.
_MARKERS = re.compile(
    "|".join(
        sorted(
            """
            歌ってみた うたってみた 弾いてみた 踊ってみた 叩いてみた 演奏してみた 弾き語り 弾きがたり 歌詞付き
            歌詞つき 歌詞 字幕 和訳 日本語訳
            カラオケ オルゴール カバー ライブ ライヴ メドレー リミックス アコースティック インストゥルメンタル
            インスト ピアノ ギター アレンジ
            耐久 作業用 サイズ フル 公式 高音質 合唱 生演奏 生歌 倍速 低速 バージョン 切り抜き 歌枠 弾いて 原曲 男性
            女性
            現場 现场 演唱會 演唱会 伴奏 翻唱 鋼琴 钢琴 吉他 教學 教学 純音樂 纯音乐 國語 国语 粵語 粤语 完整 官方
            高清 動態 动态 中文 中英
            加速 慢速 男版 女版 男聲 女聲 循環 循环 小時 小时 時間 版
            커버 노래방 라이브 직캠 콘서트 피아노 어쿠스틱 리믹스 듣기 반복 연습 안무 반주 시간 가사 해석 번역 자막
            발음 뮤비
            生放送 生歌 ツアー 公演 ワンマン フェス セッション カヴァー 伴唱 演奏 混音 アコギ アンプラグド 不插電 不插电
            リアクション 反応 反应 楽譜 教程 簡譜 简谱 ティザー ティーザー 予告 パロディ メイキング 串燒 串烧 デモ
            ループ
            무대 공연 세션 연주 언플러그드 리액션 악보 코드 티저 패러디 메이킹 비하인드 메들리 데모 편곡 미공개
            แสดงสด คัฟเวอร์ คาราโอเกะ รีมิกซ์ อคูสติก เนื้อเพลง
            인기가요 음악중심 뮤직뱅크 유희열의 스케치북 불후의 명곡 복면가왕
            """.split(),
            key=len,
            reverse=True,
        )
    )
)
_MAY_HOLD_MARKERS = re.compile("[ก-๛ぁ-ヶ一-鿿가-힣]")


def set_markers_apart(text: str) -> str:
    """``text`` with gaps around such words of it as say which version it is, where its script sets none."""
    if not _MAY_HOLD_MARKERS.search(text):
        return text
    return _MARKERS.sub(r" \g<0> ", text)


def _syllable(match: re.Match[str]) -> str:
    index = ord(match[0]) - 0xAC00
    first, rest = divmod(index, 588)
    vowel, last = divmod(rest, 28)
    return (_HANGUL_FIRST[first] + _HANGUL_VOWEL[vowel] + _HANGUL_LAST[last]).replace("_", "")


def _glide(match: re.Match[str]) -> str:
    return _KANA[match[1]][:-1] + _KANA[match[2]]


_GREEK_DIGRAPHS = re.compile("ου|αυ|ευ|μπ|γκ|ντ")
_GREEK_SOUNDS = {"ου": "ou", "αυ": "af", "ευ": "ef", "μπ": "b", "γκ": "g", "ντ": "d"}


def to_latin(text: str) -> str:
    """``text`` (folded in case, composed) with Cyrillic, Greek, kana and Hangul in Latin letters.

    Han characters stay: their reading depends on the language.
    """
    if _HANGUL.search(text):
        text = _HANGUL.sub(_syllable, text)
    if _KANA_ANY.search(text):
        text = _SMALL_Y.sub(_glide, text.translate(_KATAKANA))
    if _GREEK_DIGRAPHS.search(text):
        text = _GREEK_DIGRAPHS.sub(lambda match: _GREEK_SOUNDS[match[0]], text)
    return text.translate(_TABLE)
