"""Words of other languages that say which version a recording is, as the English words that mean the same.

Written as they are written there; they are folded like every other text before they are looked up. What takes more
than one word stands in the lexicon.
"""

from __future__ import annotations

from catalog.matching.text import fold

_MEANINGS = {
    "live": """вживую наживо живьем живое ζωντανά لايف مباشر לייב הופעה uživo naživo livenä élőben 生放送 生歌 무대
        라이브 ライブ ライヴ สด ถ่ายทอดสด แสดงสด konserversiyon livemitschnitt liveaufnahme livekonzert""",
    "concert": """концерт концерта концерті концерте حفل حفلة ツアー 公演 ワンマン フェス 콘서트 공연 concierto
        concerten koncert koncerten konser konseri konserde koncerto keikka recital gira turné turnê turnesi tournee
        turne 演唱会 演唱會 音乐节 音樂節 konsert""",
    "session": "sesión sessão séance sesja seans セッション 세션",
    "cover": """кавер кавера каверы διασκευή كوفر کاور קאבר คัฟเวอร์ カバー カヴァー 커버 翻唱 przeróbka homenaje
        homenagem hommage omaggio tributo koplo dangdut coverversion coversong covert""",
    "karaoke": """караоке كاريوكي کارائوکه קריוקי คาราโอเกะ καραόκε カラオケ 노래방 伴唱 ktv минусовка минус
        фонограмма minusówka karaoké""",
    "instrumental": """инструментал инструментальная инструментальный ορχηστρικό عزف インスト インストゥルメンタル
        연주 演奏 instru instrumentaal instrumentali instrumentalny instrumentalne instrumentalna instrumentaler""",
    "remix": "ремикс ремікс ремиксы ρεμίξ ريمكس ریمیکس רמיקס リミックス 리믹스 混音 remezcla rimix",
    "acoustic": """акустика акустическая акустический акустично ακουστικό ακουστική אקוסטי אקוסטית アコースティック
        어쿠스틱 アコギ アンプラグド 언플러그드 不插電 不插电 akustisch akustická akusztikus akustinen akoestische
        acoustico""",
    "slowed": """замедленная замедленно замедлено замедленный сповільнена بطيء ralenti ralentie rallentata
        rallentato verlangsamt spowolniona spowolnione zwolnione desacelerada devagar yavaşlatılmış slowedandreverb
        slowedreverb slwd""",
    "sped up": """ускоренная ускоренно ускорено ускоренный прискорена مسرع مسرعة accéléré accélérée velocizzata
        velocizzato beschleunigt przyspieszona przyspieszone hızlandırılmış hızlı zrychlená speedup speededup spedup
        acelerado acelerada""",
    "reaction": """реакция реакции реакцію реагирую réaction reaktion reazione réagit tepki tepkisi リアクション
        리액션 反応 reacciona reaccionando reagindo reagisce""",
    "lesson": """урок уроки разбор обучение аккорды табы ноты accords tuto tutoriel cours anleitung noten nuty
        partition partitura spartito chwyty akordy akkorde acordes cifras cifrada 楽譜 악보 教程 簡譜 简谱 kursus
        kunci akor akorları gitarlektion""",
    "teaser": "тизер трейлер тизър 티저 ティザー ティーザー 予告 avance adelanto fragman fragmanı anteprima тізер",
    "parody": "пародия пародія parodia paródia parodie parodi パロディ 패러디 παρωδία",
    "making of": "メイキング 메이킹 비하인드 coulisses backstage bastidores закулисье",
    "medley": "메들리 メドレー 串燒 串烧 попурри попурі popurrí potpuri",
    "demo": "демо デモ 데모 maqueta maquette provino",
    "loop": "ループ bucle boucle schleife döngü",
    "arrangement": "アレンジ 편곡 arrange arranged",
    "clean": "censurado censurada censuré zensiert",
    "choreography": "танец 안무 踊ってみた choré choreographie koreografi choreografia",
}
FOREIGN = {fold(word): meaning for meaning, words in _MEANINGS.items() for word in words.split()}
