"""What counts as the right recording."""

from __future__ import annotations

from ops.settings.kinds import Integer, Phrases, Secret
from ops.settings.table.section import Section


class Matching(Section):
    TAB = "matching"
    TITLE = "Matching"

    MATCH_THRESHOLD = Integer(
        "SPOTIZER_MATCH_THRESHOLD",
        80,
        least=0,
        most=100,
        unit="of 100",
        label="Sure from",
        help="The score below which a person is asked.",
        effect="Lower means fewer questions and more wrong recordings.",
    )
    EXCLUDED_WORDS = Phrases(
        "SPOTIZER_EXCLUDED_WORDS",
        ["karaoke", "reaction", "nightcore", "8d audio", "bass boosted", "slowed", "sped up"],
        label="Words to leave out",
        help="What has one of these in its name is left out, unless the track asked for has it too; off: none.",
    )
    ACOUSTID_KEY = Secret(
        "SPOTIZER_ACOUSTID_KEY",
        "",
        label="AcoustID key",
        help="An application's key: what was fetched is listened to, and refused where it surely is another recording.",
    )
