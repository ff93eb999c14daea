"""Version words as types: what makes a recording another one than the plain title says.

A version found in a text is a kind and a detail (``lost kings`` of ``Lost Kings Remix``). Kinds must agree both ways
between what is wanted and what is offered; details must not contradict each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from catalog.matching.filler import APART, ISSUED


class VersionKind(StrEnum):
    """Kinds of version, named as a sentence can use them."""

    KARAOKE = "karaoke version"
    REACTION = "reaction"
    LESSON = "lesson"
    NOT_MUSIC = "clip about it"
    FULL_ALBUM = "whole album"
    LOOP = "loop"
    NIGHTCORE = "nightcore"
    SLOWED = "slowed version"
    SPED_UP = "sped-up version"
    EIGHT_D = "8D version"
    EFFECT = "version with added effects"
    MASHUP = "mash-up"
    MEDLEY = "medley"
    A_CAPPELLA = "a cappella"
    INSTRUMENTAL = "instrumental"
    COVER = "cover"
    LIVE = "live version"
    ACOUSTIC = "acoustic version"
    DEMO = "demo or other take"
    EXTENDED = "extended version"
    CLEAN = "clean edit"
    EDIT = "shorter edit"
    REPRISE = "reprise"
    PASSAGE = "intro or outro"
    SOLO = "other line-up"
    LANGUAGE = "version in another language"
    RERECORDED = "new recording"
    REMIX = "remix"
    PART = "part"
    OTHER = "other version"


@dataclass(frozen=True, slots=True)
class Version:
    """One version word found: its kind, and whose or which it is."""

    kind: VersionKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.detail})" if self.detail else str(self.kind)


@dataclass(frozen=True, slots=True)
class Found:
    """What a piece of text says of versions; ``rest`` is what is left of it, without words that say nothing."""

    versions: frozenset[Version]
    rest: str


_TONGUES = (
    "english|spanish|french|german|italian|portuguese|japanese|korean|chinese|mandarin|cantonese|russian|turkish|arabic"
    "|hindi|hebrew|dutch|swedish|polish|thai|indonesian|tagalog|castellano|kr|jp|eng|spa"
)
_INSTRUMENTS = "piano|guitar|violin|cello|sax|saxophone|drums?|bass|ukulele|flute|harp|organ|kalimba|trumpet|marimba"
_STYLES = (
    "metal|punk|jazz|reggae|swing|lofi|lo fi|orchestral|orchestra|symphonic|choir|band|big band|ballad|8 ?bit|music box"
    "|lullaby|string quartet|marching band|bossa nova|medieval"
)

# In order: an earlier kind takes its words first. Texts are folded, with one space around each word.
_PATTERNS: dict[VersionKind, str] = {
    VersionKind.KARAOKE: "karaoke|noraebang|sing ?along"
    "|in the style of|(?:made famous|originally performed|as performed) by"
    "|originally by|backing tracks?|playback|minus one|off vocal",
    VersionKind.REACTION: "reactions?|reacts?(?: to)?|reacting|first (?:listen|time (?:hearing|listening))|review"
    "|explained|analysis|meaning",
    VersionKind.LESSON: f"(?:(?:{_INSTRUMENTS}) )?(?:lesson|tutorial|tabs?|chords?|sheet music|play ?(?:along|through))"
    "|how to (?:play|sing|dance|make)|synthesia|easy (?:piano|guitar)|cifra|videoaula|choreography|coreografia|zumba"
    "|dance (?:practice|video|cover|tutorial|fitness)|workout",
    VersionKind.NOT_MUSIC: "teaser|trailer|preview|snippet|sneak peek|behind the scenes|making of|interview|podcast"
    "|documentary|commercial|type beat|gameplay|walkthrough|amv|ringtone|whatsapp status|unboxing|vlog|parod(?:y|ia)"
    "|guitar hero|rock band|beat saber|rocksmith|clone hero|just dance",
    VersionKind.FULL_ALBUM: "(?:full|whole|entire|complete) (?:album|ep|ost|soundtrack|mixtape|playlist|concert|score)"
    "|(?:album|disco) completo|discography|greatest hits|playlist|compilation|megamix|non ?stop|mixtape"
    "|(?:top|best) \\d+|best (?:songs|hits)|the best of|all songs|album (?:preview|sampler|mix)|dj set|live ?set"
    "|tracklist|(?:study|sleep|relaxing|workout|summer|chill) (?:music|mix)",
    VersionKind.LOOP: "loop(?:ed|s)?|(?:for )?\\d+ ?(?:hours?|hrs?|h)(?: (?:version|loop|mix))?|(?:one|an) hour",
    VersionKind.NIGHTCORE: "nightcore|nigthcore|night core",
    VersionKind.SLOWED: "slow(?:ed|er)?(?: down)?(?: to perfection)?(?:(?: and)? reverb)?|daycore"
    "|chopped(?: and screwed)?|screwed",
    VersionKind.SPED_UP: "(?:sped|speed|speeded) ?up|faster",
    VersionKind.EIGHT_D: "(?:8|16|24)d(?: audio| music)?|3d audio",
    VersionKind.EFFECT: "bass ?boost(?:ed)?|(?:and )?reverb(?:ed)?|empty (?:arena|room|mall)"
    "|(?:in|from) (?:another|the next) room"
    "|pitched(?: up| down)?|ear ?rape|432 ?hz|revers(?:ed?)|backwards|distorted|muffled|underwater|phonk",
    VersionKind.MASHUP: "mash ?ups?",
    VersionKind.MEDLEY: "medley|potpourri",
    VersionKind.A_CAPPELLA: "a ?cap+ella|(?:vocals?|voice) only|isolated vocals?|(?:only|studio) vocals",
    VersionKind.INSTRUMENTAL: "instrumental(?:s)?|伴奏|(?:no|without) vocals?|inst",
    VersionKind.COVER: f"(?:(?:{_INSTRUMENTS}|{_STYLES}|rock|vocal|acoustic|fan|female|male|ai) )*"
    f"cover(?:ed|s)?(?: by)?|tribute(?: to)?"
    f"|(?:{_INSTRUMENTS}|{_STYLES}) (?:version|ver|rendition|arrangement|arr|solo)"
    "|8 ?bit|music box|lullaby|string quartet|bardcore|sung by|remake|rendition|kaver|kaba|keobeo|翻唱",
    VersionKind.LIVE: "(?:recorded )?live(?: (?:at|in|from|on))?|en (?:vivo|directo|direct|concert|concierto)|ao vivo"
    "|dal vivo|(?:in )?concert|concierto|unplugged|sessions?|tiny desk|kexp|(?:bbc )?radio (?:1|2|one)|first take"
    "|festival|glastonbury|coachella|lollapalooza|tomorrowland|tour|jools holland|letterman|snl|(?:tonight|late) show"
    "|late night|kontsert|raibu|raibeu|现场|現場|演唱会|the voice|x factor|got talent|american idol|fancam|woodstock",
    VersionKind.ACOUSTIC: "(?:semi )?acoustic|acustic[ao]|akustik|stripped(?: down| back)?",
    VersionKind.DEMO: "demos?|outtakes?|rough mix|early version|work ?tape|rehearsal|take \\d+|unreleased|leak(?:ed)?"
    "|alternat(?:e|ive)(?: (?:take|version|mix))?|alt (?:take|version|mix)|home recording",
    VersionKind.EXTENDED: "extended(?: (?:club|version|mix|edit|play))*|long version|12 inch|maxi|uncut",
    VersionKind.CLEAN: "(?:radio )?clean(?: version| edit)?|censored",
    VersionKind.EDIT: "(?:radio|single|short|tv|7 inch)(?: (?:edit|version|mix|size|cut))+|edited|shortened|tv size"
    "|short(?:er)? ver|cut version",
    VersionKind.REPRISE: "reprise",
    VersionKind.PASSAGE: "intro|outro|interlude|skit|prelude",
    VersionKind.SOLO: "(?<=^ )(?:just|only|without)(?! (?:lyrics?|audio|music|video|sound))|solo|duet",
    VersionKind.LANGUAGE: f"(?:{_TONGUES}) (?:version|ver)",
    VersionKind.RERECORDED: "re ?record(?:ed|ing)|(?:\\d{4}|new|anniversary) (?:version|recording|mix)",
    VersionKind.REMIX: "remix(?:ed|es)?|rmx|bootleg|flip|rework(?:ed)?|refix|re ?edit|vip|edit|mix|dub",
    VersionKind.PART: "(?:part|volume|chapter|act) \\d+",
    VersionKind.OTHER: "version|ver|versao|versione",
}
_ANY = re.compile("|".join(f"(?P<{kind.name}> (?:{pattern})(?= ))" for kind, pattern in _PATTERNS.items()))
_DETAILED = frozenset({VersionKind.REMIX, VersionKind.OTHER, VersionKind.COVER})  # theirs is a name before the word
_MOST_DETAIL_WORDS = 5


@lru_cache(maxsize=16384)
def find_versions(folded: str) -> Found:
    """The versions that a folded piece of text names, and what else it says.

    Meant for what stands beside a title (a bracket, what follows a dash): inside a title the same words are the title.
    """
    text = ISSUED.sub(" ", f" {folded} ")
    found: set[Version] = set()
    rest: list[str] = []
    at = 0
    for match in _ANY.finditer(text):
        kind = VersionKind[str(match.lastgroup)]
        before = [word for word in text[at : match.start()].split() if word not in APART]
        follows_remix = kind is VersionKind.REMIX and bool(found) and at == match.start()
        at = match.end()
        detail = ""
        if match[0] == " edit" and (follows_remix or not before):
            kind = VersionKind.EDIT
        if kind in _DETAILED:
            detail = " ".join(before[-_MOST_DETAIL_WORDS:])
            if kind is VersionKind.OTHER and not detail:
                continue
        else:
            rest += before
            if kind is VersionKind.PART:
                detail = match[0].split()[-1]
        found.add(Version(kind, detail))
    rest += [word for word in text[at:].split() if word not in APART]
    return Found(frozenset(found), " ".join(rest))
