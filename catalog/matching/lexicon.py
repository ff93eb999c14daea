"""Words that say which version a recording is, in the languages in which uploads and catalogues are written.

Patterns over folded text: one case, Latin letters wherever a script can be written in them, so ``ремикс`` is ``remiks``
here and ``라이브`` is ``raibeu``. Meant for what stands beside a title; inside a title the same words are the title.
"""

from __future__ import annotations

import re

from catalog.matching.kinds import VersionKind

# Languages as several languages call them.
_TONGUE_SPELLINGS = {
    "english": "eng ingles anglais englisch inglese ingilizce",
    "spanish": "espanol spa castellano espagnol spanisch spagnolo latino",
    "french": "francais frances franzosisch francese",
    "german": "deutsch aleman allemand tedesco",
    "italian": "italiano italien",
    "portuguese": "portugues brasileiro",
    "japanese": "jp japones japonais japanisch",
    "korean": "kr coreano koreanisch",
    "chinese": "mandarin cantonese",
    "russian": "ruso russkom russkaya russisch",
    "turkish": "turkce",
    "ukrainian": "ukrainska",
    **dict.fromkeys(
        "arabic hindi hebrew dutch swedish polish thai indonesian tagalog tamil telugu greek norwegian danish finnish "
        "hungarian czech romanian vietnamese latin catalan basque punjabi bengali".split(),
        "",
    ),
}
TONGUES = {
    spelling: tongue for tongue, spellings in _TONGUE_SPELLINGS.items() for spelling in (tongue, *spellings.split())
}
_TONGUES = "|".join(sorted(TONGUES, key=len, reverse=True))
_INSTRUMENTS = (
    "piano|pianino|guitar|guitarra|chitarra|guitare|gitarre|gita|gitara|violin|violao|cello|sax|saxophone|ukulele"
    "|flute"
    "|harp|organ|kalimba|trumpet|marimba|klavier|keyboard|accordion|fingerstyle|鋼琴|钢琴|吉他|orugoru|music box"
)
_RHYTHM = "drums?|doramu|bass"  # alone they also name genres: drum and bass
_STYLES = (
    "metal|punk|jazz|reggae|swing|lofi|lo fi|orchestral|orchestra|symphonic|choir|band|big band|ballad|8 ?bit"
    "|music box"
    "|lullaby|string quartet|marching band|bossa nova|medieval|female|male|strings"
)
_STAGES = (
    "glastonbury|coachella|lollapalooza|tomorrowland|woodstock|rock (?:am ring|im park|in rio|werchter)|wacken"
    "|pinkpop"
    "|hellfest|pukkelpop|lowlands|roskilde|bonnaroo|primavera sound|vive latino|vina del mar|montreux|live aid"
    "|wembley|red rocks|royal albert hall|madison square garden|hollywood bowl|budokan|tokyo dome|jools holland"
    "|letterman"
    "|snl|saturday night live|(?:tonight|late) show|late night|jimmy (?:fallon|kimmel)|ellen show|kexp|npr"
    "|tiny desk|audiotree|like a version|live lounge|radio (?:1|2|one|3fm)|colors show|the voice|x factor|got talent"
    "|american idol|super bowl|halftime show|vmas?|grammys?|amas?|brit awards"
    "|inkigayo|music bank|m ?countdown|music core|show champion|ingigayo|eumakjungsim|myujikbaengkeu"
)

# In order: an earlier kind takes its words first. Texts are folded, with one space around each word.
PATTERNS: dict[VersionKind, str] = {
    VersionKind.KARAOKE: "karaoke|noraebang|sing ?along"
    "|in the style of|(?:made famous|originally performed|as performed) by"
    "|originally by|backing tracks?|playback|minus one|off vocal|minus(?:ovka)?|(?<=^ )mr(?= $)|pista|base musicale"
    "|podklad|altyapi|banju|伴奏",
    VersionKind.REACTION: "reactions?|reacts?(?: to)?|reacting|first (?:listen|time (?:hearing|listening))|review"
    "|explained|analysis|meaning|reaccion(?:ando)?|reagindo|reaktsiya",
    VersionKind.LESSON: f"(?:(?:{_INSTRUMENTS}|{_RHYTHM}) )?"
    "(?:lesson|tutorial|tabs?|chords?|sheet music|play ?(?:along|through))"
    "|how to (?:play|sing|dance|make)|synthesia|easy (?:piano|guitar)|cifra|(?:video)?aula|choreography|coreografia"
    "|zumba"
    "|dance (?:practice|video|cover|tutorial|fitness)|workout|como tocar|leccion|unterricht|urok|razbor|akkordy"
    "|accordi|acordes|akkorde|教學"
    "|教学"
    "|yeonseup|anmu|踊temita",
    VersionKind.NOT_MUSIC: "teaser|trailer|preview|snippet|sneak peek|behind the scenes|making (?:of|film)|interview"
    "|commentary|track by track|podcast|documentary|commercial|type beat|gameplay|walkthrough|amv|ringtone"
    "|whatsapp status|unboxing|vlog"
    "|parod(?:y|ia|ies)|guitar hero|rock band|beat saber|rocksmith|clone hero|just dance|excerpt|out of context|meme"
    "|geometry dash|roblox|minecraft|osu|line distribution|shooting sketch|切ri抜ki",
    VersionKind.FULL_ALBUM: "(?:full|whole|entire|complete) (?:album|ep|ost|soundtrack|mixtape|playlist|concert"
    "|score)"
    "|(?:album|disco) completo|discography|greatest hits|playlist|compilation|megamix|non ?stop|mixtape"
    "|(?:top|best) \\d+|best (?:songs|hits)|the best of|all songs|album (?:preview|sampler|mix)|dj set|live ?set"
    "|tracklist|(?:study|sleep|relaxing|workout|summer|chill) (?:music|mix)|polnyi albom|grandes exitos|ganzes album",
    VersionKind.LOOP: "loop(?:ed|s)?"
    "|(?:for )?\\d+ ?(?:hours?|hrs?|h|stunden?|horas?|saat|chas(?:a|ov)?|sigan|時間|小時|小时)"
    "(?: (?:version|loop|mix))?|(?:one|an) hour|(?:1|une|una) (?:heure|hora|ora)|耐久|作業用|循環|循环|banbok",
    VersionKind.NIGHTCORE: "nightcore|nigthcore|night core",
    VersionKind.SLOWED: "slow(?:ed|er)(?: down)?(?: to perfection)?(?:(?: and)? reverb)?|slow(?:ed)? down"
    "|slow(?: and)? reverb|slow (?:version|ver)|daycore|chopped(?: and screwed)?|screwed|ralentizad[ao]|zamedlenn\\w*"
    "|yavaslatilmis|低速|慢速",
    VersionKind.SPED_UP: "(?:sped|speed|speeded) ?up|faster|fast version|acelerad[ao]|uskorenn\\w*|倍速|加速",
    VersionKind.EIGHT_D: "(?:8|9|16|24)d(?: audio| music)?|3d audio",
    VersionKind.EFFECT: "bass ?boost(?:ed)?|(?:and )?reverb(?:ed)?|empty (?:arena|room|mall)"
    "|(?:in|from) (?:another|the next) room|but (?:its?|you(?:re)?|youre|every|with|the|i|in)\\b"
    "|(?:extra|extreme|super|deep|heavy|mega) bass|(?:dolby )?atmos|spatial audio|surround|5 1(?: mix)?"
    "|(?:lower|higher|low|high|male|female|new|\\d) key|\\d (?:semitones?|steps?)|transposed|chipmunks?"
    "|(?:deep|low|high)(?:er)? (?:voice|pitch(?:ed)?)|pitch(?:ed)?(?: up| down)?|ear ?rape|432 ?hz"
    "|revers(?:ed?)|backwards|distorted|muffled|underwater|phonk",
    VersionKind.MASHUP: "mash ?ups?|(?:\\S+ )+versus(?: \\S+)*|versus(?: \\S+)+",
    VersionKind.MEDLEY: "medley|potpourri|medore",
    VersionKind.A_CAPPELLA: "a ?cap+ella|(?:vocals?|voice) only|isolated vocals?|(?:only|studio) vocals|acapela",
    VersionKind.INSTRUMENTAL: "(?:official )?instrumentals?|instrumentale?|(?:no|without) vocals?|inst|insuto"
    "|insutourumentaru|en?strumantal|strumentale|純音樂|纯音乐",
    VersionKind.COVER: f"(?:(?:{_INSTRUMENTS}|{_RHYTHM}|{_STYLES}|rock|vocal|acoustic|fan|ai) )*"
    "cover(?:ed|s)?(?: by)?|tribute(?: to)?|coverversion"
    f"|(?:{_INSTRUMENTS}|{_RHYTHM}|{_STYLES}) (?:version|ver|rendition|arrangement|arr|solo)"
    f"|(?:solo )?(?:{_INSTRUMENTS})(?= $)|(?:on|auf|na) (?:{_INSTRUMENTS})|(?<=^ )(?:{_RHYTHM})(?= $)|lo ?fi"
    "|plays|8 ?bit|music box|lullaby|string quartet|bardcore|sung by(?= \\S)|remake|rendition|arrangement"
    "|arr(?= for| by)|arenji|kaver"
    "|kaba|keobeo|翻唱"
    "|歌temita|utatemita|弾itemita|叩itemita|演奏shitemita|弾ki語ri|歌枠|(?<=^ )歌 \\S+"
    "|(?:orchestral|symphonic)(?= $)|合唱",
    VersionKind.LIVE: "(?:recorded )?live(?: (?:at|in|from|on))?|en (?:vivo|directo|direct|concert|concierto)|ao vivo"
    "|directo|dal vivo|na zhivo|na zywo|vzhivuyu|zhivoi (?:zvuk|kontsert)|zhivoe vystuplenie|canli(?: performans)?"
    "|(?:in )?concert|concierto|konser|koncert|unplugged|sessions?|first take|one take|soundcheck|studios(?= $)"
    "|(?:on|in) stage"
    f"|festival|tour|{_STAGES}|kontsert|golos|pesnya goda|spotify singles?|amazon (?:music )?originals?"
    f"|apple music (?:live|sessions?)|deezer (?:originals?|sessions?)"
    "|vevo (?:presents|dscvr|lift)|maida vale|rockpalast|austin city limits|storytellers|soundboard|(?:fm"
    "|radio|bbc) broadcast"
    "|(?:on|at|for) (?:bbc|abc|cbs|nbc|mtv|conan)|street performance|concerto (?:del|di)|bootlegs|raibu|raivu"
    "|raibeu|生演奏|现场|現場"
    "|演唱會|演唱会|konseoteu|fancam|jikkaem"
    "|performance(?! video)|performs",
    VersionKind.ACOUSTIC: "(?:semi )?acoustic|acustic[ao]|acoustique|akustik|akustichesk\\w*|akustika|akustyczn\\w+"
    "|akoestisch|akosuteiku|eokuseutik|stripped(?: down| back)?|campfire",
    VersionKind.DEMO: "demos?|outtakes?|rough mix|early (?:version|mix|take|demo)|work ?tape|rehearsal|take \\d+"
    "|unreleased"
    "|leak(?:ed)?|alternat(?:e|ive)(?: (?:take|version|mix))?|alt (?:take|version|mix)|home recording"
    "|bootleg recording|voice (?:memo|note)s?",
    VersionKind.EXTENDED: "extended(?: (?:club|version|mix|edit|play))*|long version|12 inch|maxi|uncut"
    "|(?:version|versao|versione) (?:larga|longue|longa|lunga|extendida|extended|complete)|extendida",
    VersionKind.CLEAN: "(?:radio )?clean(?: version| edit)?|censored|non explicit",
    VersionKind.EDIT: "(?:radio|single|short|tv|7 inch)(?: (?:edit|version|ver|mix|size|cut))+|edited|shortened"
    "|tv saizu"
    "|short(?:er)? ver|cut version|tv size|version corta",
    VersionKind.REPRISE: "reprise",
    VersionKind.PASSAGE: "intro|outro|interlude|skit|prelude",
    VersionKind.SOLO: "(?<=^ )(?:just|only|without|w o|no)(?! (?:lyrics?|audio|music|video|sound|copyright|ads"
    "|intro|talking))|solo|duet"
    "|(?<=^ )(?:the |an )?(?:orchestra|strings|choir|symphony(?: orchestra)?|string section)(?= $)|男版|女版|男聲"
    "|女聲",
    VersionKind.LANGUAGE: f"(?:{_TONGUES}) (?:version|ver|versiya)"
    f"|(?:version|versao|versione) (?:en |in |em )?(?:{_TONGUES})"
    f"|(?<=^ )(?:in|en|em|auf|na|po) (?:{_TONGUES})(?= $)|multi ?language|國語 版|国语 版|粵語 版|粤语 版"
    "|russkaya versiya",
    VersionKind.RERECORDED: "re ?record(?:ed|ing)|reimagined|revisited|redux"
    "|(?:\\d{4}|new|anniversary)(?: stereo| mono| studio)? (?:version|recording|mix)",
    VersionKind.REMIX: "remix(?:ed|es)?|rmx|remiks|rimikusu|rimikseu|bootleg|flip|rework(?:ed)?|refix|re ?edit|vip"
    "|edit|mix(?:es)?"
    "|dub|mixed|(?:bonus )?beats|dj \\S+(?= $)|hardstyle|jersey club|amapiano|eurobeat|vaporwave|synthwave|remixy"
    "|remiksy",
    VersionKind.PART: "(?:part|volume|chapter|act) \\d+",
    VersionKind.OTHER: "versions?|ver|versao|versione|versiya|bajyon|版",
}
ANY = re.compile("|".join(f"(?P<{kind.name}> (?:{pattern})(?= ))" for kind, pattern in PATTERNS.items()))
