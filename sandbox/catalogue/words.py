"""Words that titles are made of, by language."""

from __future__ import annotations

import random

ENGLISH = (
    "amber silver paper hollow quiet northern winter electric velvet distant broken golden burning gentle wild "
    "hidden early faded crooked endless sleeping second open".split(),
    "harbour river lantern window garden orchard signal highway mirror engine station letter shadow horizon kitchen "
    "ocean feather mountain satellite compass meadow lighthouse thunder carousel island railway".split(),
    (
        "{a} {b}",
        "{b} in the {c}",
        "the {a} {b}",
        "{b} and {c}",
        "under the {b}",
        "{a} {b}, {d} {c}",
        "no more {b}",
        "{b}",
    ),
)
WORDS: dict[str, tuple[list[str], list[str], tuple[str, ...]]] = {
    "en": ENGLISH,
    "no": (
        "stille blå hvit vakker gammel siste første lang mørk lys".split(),
        "fjord måne sjø vinter sommer natt dag øy fjell skog båt regn snø hjem".split(),
        ("{a} {b}", "{b} og {c}", "{b} over {c}", "den {a}e {b}en", "{b}"),
    ),
    "de": (
        "stille ferne goldene letzte blaue kühle wilde späte".split(),
        "Straße Brücke Nächte Träume Wälder Häuser Städte Züge Lichter Sterne Gärten Mauern".split(),
        ("{a} {b}", "{b} und {c}", "ohne {b}", "über {b}", "zwischen {b}"),
    ),
    "fr": (
        "bleu doux dernier léger étrange premier pâle".split(),
        "été rêve matin jardin soleil océan hiver voyage miroir château".split(),
        ("{b} {a}", "l'autre {b}", "un {b} {a}", "{b} sans {c}", "mon {b}"),
    ),
    "es": (
        "azul lento dulce eterno lejano último pequeño".split(),
        "corazón camino sueño otoño mañana río tren niño jardín mar".split(),
        ("{b} {a}", "mi {b}", "{b} y {c}", "sin {b}", "¿dónde está el {b}?"),
    ),
    "is": (
        "hvítur blár þögull gamall bjartur".split(),
        "jökull hafið nótt vetur fjall ljós vindur þoka eyja".split(),
        ("{a} {b}", "{b} og {c}", "{b}"),
    ),
    "ja": (
        "青い 白い 静かな 遠い 小さな 夏の 冬の".split(),
        "海 夜 星 灯台 電車 窓 手紙 空 雨 影 花火".split(),
        ("{a}{b}", "{b}と{c}", "{b}の{c}", "{b}"),
    ),
    "zh": (
        "北方的 安静的 远方的 金色的 最后的".split(),
        "海 夜 车站 信 灯 河 雪 电台 梦".split(),
        ("{a}{b}", "{b}与{c}", "{b}"),
    ),
    "ko": (
        "푸른 조용한 먼 작은 하얀".split(),
        "바다 밤 별 창문 편지 비 겨울 노래 기차".split(),
        ("{a} {b}", "{b}의 {c}", "{b}"),
    ),
    "ru": (
        "тихая далёкая белая последняя северная".split(),
        "звезда дорога река зима песня станция весна тень".split(),
        ("{a} {b}", "{b} и {c}", "{b}"),
    ),
    "el": (
        "μικρή λευκή παλιά ήσυχη".split(),
        "θάλασσα νύχτα βροχή πόλη αυγή σκιά".split(),
        ("{a} {b}", "{b} και {c}", "{b}"),
    ),
    "ar": ("هادئ بعيد أبيض قديم".split(), "بحر ليل طريق نور مطر بيت قمر صباح".split(), ("{b} {a}", "{b} و{c}", "{b}")),
    "he": ("שקט לבן רחוק אחרון".split(), "ים לילה דרך אור גשם בית ירח בוקר".split(), ("{b} {a}", "{b} ו{c}", "{b}")),
    "hi": (
        "नीला शांत आखिरी पुराना".split(),
        "सागर रात रास्ता बारिश घर चाँद सपना".split(),
        ("{a} {b}", "{b} और {c}", "{b}"),
    ),
    "th": ("สีฟ้า เงียบ ไกล".split(), "ทะเล คืน ทาง แสง ฝน บ้าน ดาว".split(), ("{b}{a}", "{b}กับ{c}", "{b}")),
}
LABELS = "Nordlys Records|Fennel & Oak|Paper Moon Music|Tidewater|Kaleido Sound|Second Floor|Halvøya|Grey Wagtail|Ninth Wave".split(
    "|"
)
LYRIC_LINES = (
    "We left the porch light on till morning",
    "and every tide came in without a sound",
    "You drew a map on the back of my hand",
    "I kept the half of it that never faded",
    "Count the windows, count them slow",
    "someone is humming in the stairwell",
    "All the trains are late and golden",
    "Nobody asked the river to wait",
    "Hold the line a little longer",
    "there is a harbour in your name",
    "I was a letter you forgot to open",
    "now read me by the kitchen lamp",
)


def title(rng: random.Random, language: str) -> str:
    """A title in ``language``, written as its language writes titles."""
    adjectives, nouns, patterns = WORDS[language]
    first, second = rng.sample(nouns, 2)
    one, other = rng.sample(adjectives, 2)
    text = rng.choice(patterns).format(a=one, b=first, c=second, d=other)
    return text.title() if language == "en" else text[0].upper() + text[1:]
