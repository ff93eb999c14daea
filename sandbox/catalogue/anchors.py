"""Albums that tests and people may rely on by name, each there for a reason. Append only: ids are places in this list.

``sandbox/README.md`` lists them for the reader.
"""

from __future__ import annotations

from sandbox.catalogue.model import Mood
from sandbox.catalogue.plans import VARIOUS, AlbumPlan, plan, same
from sandbox.catalogue.plans import TrackPlan as T

LONG_TITLE = (
    "A Complete and Unabridged Account of Everything That Happened Between the Morning We Left the House "
    "Without the Keys and the Evening We Came Back to Find the Door Open, the Kettle Warm, and Nobody at All "
    "Willing to Say Who Had Been Sitting in Her Chair"
)[:250]

TIDAL_ROOMS = plan(
    "tidal-rooms", "Vera Holm", "Tidal Rooms", "2025-10-03",
    T("Harbour Lights", 214.3, lyrics="synced"),
    T("Undertow", 187.9, lyrics="plain"),
    T("Lantern Year", 201.48, featured=("Ida Berg",), lyrics="synced"),
    T("Salt on the Window", 243.0),
    T("Paper Boats", 176.6),
    T("Interlude (Low Tide)", 61.2, lyrics="instrumental"),
    T("Breakwater", 228.4, lyrics="synced"),
    T("Home", 195.1),
    T("Signal Fires", 254.8),
    T("The Cartographer's Daughter", 207.7),
    T("Drift", 312.5),
    T("Tidal Rooms", 266.9, lyrics="synced"),
    label="Nordlys Records",
)  # fmt: skip

DELUXE = AlbumPlan(
    "tidal-rooms-deluxe", ("Vera Holm",), "Tidal Rooms (Deluxe Edition)", "2026-02-13",
    (
        same("tidal-rooms", *(f"1.{place}" for place in range(1, 13))),
        (
            T("Lantern Year", 208.2, "(Live)", lyrics="none"),
            T("Harbour Lights", 231.0, "(Acoustic)"),
            T("Undertow", 301.4, "(Kaito Mori Remix)", artists=("Vera Holm", "Kaito Mori")),
            T("Breakwater", 190.9, "(Demo)"),
            T("Lantern Year", 178.0, "(Radio Edit)"),
            T("Signal Fires", 249.2, "(Instrumental)", lyrics="instrumental"),
        ),
    ),
    label="Nordlys Records",
)  # fmt: skip

LONG_ROAD = AlbumPlan(
    "long-road", ("Northern Line",), "The Long Road Out", "2019-05-17",
    (
        (T("Ticket Hall", 201.0), T("Platform Nine", 189.5), T("Last Train", 240.2), T("Sleeper", 301.7),
         T("Cuttings", 177.3), T("Viaduct", 222.8), T("Request Stop", 164.9), T("Home", 233.3), T("Embankment", 255.6)),
        (T("Return Journey", 210.4), T("Branch Line", 198.1), T("Junction", 187.7), T("Level Crossing", 263.2),
         T("Buffer Stop", 241.9), T("Timetable", 176.0), T("Lost Property", 229.9), T("Waiting Room", 205.5),
         T("Terminus", 341.2)),
    ),
    label="Tidewater",
)  # fmt: skip

HOSTILE = plan(
    "hostile", "AB/CD", "Back in Blocks / Live?", "2008-11-11",
    T("AC/DC", 181.0), T("..", 175.5), T("CON", 190.2), T("nul.txt", 163.3), T("What Is This?", 201.9),
    T('A <B> "C" | D: E*', 188.8), T("Trailing dots...", 170.4), T("C:\\Windows\\System32", 199.0),
    T("  Leading and trailing spaces  ", 166.6), T("~/.ssh/id_rsa", 154.2), T("-rf", 142.0),
    T("%Title% {Artist} $HOME", 180.1), T("Zero\u200bWidth", 171.7), T("Tab\tand Bell\x07", 160.0),
    T("Cafe\u0301 (decomposed)", 184.4), T("🎸" * 40, 192.9),
    label="Ninth Wave",
)  # fmt: skip

TROUBLE = plan(
    "trouble", "Bad Weather Club", "Trouble Ahead", "2024-04-01",
    *(
        T(f"{title}", 4.0 + number / 10, mood=mood)
        for number, (title, mood) in enumerate(
            (
                ("All Is Well", Mood.NORMAL), ("Unavailable", Mood.UNAVAILABLE), ("Private", Mood.PRIVATE),
                ("Wrong Country", Mood.GEO), ("Too Young", Mood.AGE), ("Not Yet", Mood.PREMIERE),
                ("Locked", Mood.DRM), ("Garbage", Mood.GARBAGE), ("Broken Off", Mood.TRUNCATED),
                ("Wrong Length", Mood.WRONG_LENGTH), ("Gone for Good", Mood.REMOVED), ("Nobody Has It", Mood.NONE),
            )
        )
    ),
    label="Second Floor",
)  # fmt: skip


def _street_signs(name: str, date: str, *, is_clean: bool) -> AlbumPlan:
    titles = ("Corner Shop", 172.0), ("No Parking", 184.6), ("Street Signs", 201.3), ("Night Shift", 166.9)
    tracks = (T(t, s, explicit=not is_clean, clean_twin=is_clean) for t, s in titles)
    interlude = T("Bus Stop (Skit)", 48.0 if is_clean else 48.5)
    return plan(name, "MC Fjord", "Street Signs", date, *tracks, interlude, explicit=not is_clean, label="Second Floor")


def _northern_sky(name: str, date: str, version: str, extra: float) -> AlbumPlan:
    titles = (
        ("Northern Sky", 251.0),
        ("Copper Wire", 198.2),
        ("Home", 223.7),
        ("Radio Hill", 187.1),
        ("Goodnight", 340.5),
    )
    suffix = f" {version}" if version else ""
    tracks = (T(title, seconds + extra, version) for title, seconds in titles)
    return plan(name, "The Paper Lanterns", f"Northern Sky{suffix}", date, *tracks, label="Grey Wagtail",
                precision="day" if version else "year")  # fmt: skip


ANCHOR_ALBUMS: tuple[AlbumPlan, ...] = (
    TIDAL_ROOMS,
    plan("quick-sketches", "Short Circuit Trio", "Quick Sketches", "2023-02-24",
         *(T(f"Sketch No. {n}", 3 + n % 3 * 0.7 + n / 50) for n in range(1, 13)), label="Kaleido Sound"),
    plan("sixty-sparks", "Short Circuit Trio", "Sixty Sparks", "2024-09-06",
         *(T(f"Spark {n:02d}", 3 + n % 5 * 0.4 + n / 200) for n in range(1, 61)), label="Kaleido Sound"),
    LONG_ROAD,
    DELUXE,
    plan("lantern-year", "Vera Holm", "Lantern Year", "2025-08-15", *same("tidal-rooms", "1.3"),
         record_type="single", label="Nordlys Records"),
    plan("live-at-the-boathouse", "Vera Holm", "Live at the Boathouse", "2026-06-05",
         T("Harbour Lights", 229.1, "(Live at the Boathouse)"), T("Lantern Year", 219.6, "(Live at the Boathouse)"),
         T("Breakwater", 251.3, "(Live at the Boathouse)"), T("Drift", 398.0, "(Live at the Boathouse)"),
         T("Home", 203.8, "(Live at the Boathouse)"), secondary_types=("Live",), label="Nordlys Records"),
    plan("neon-harbour", "Kaito Mori", "Neon Harbour", "2022-07-01",
         T("Neon Harbour", 388.0), T("Ferry 04:10", 352.4), T("Glass Cranes", 421.7), T("灯りの街", 366.1)),
    plan("neon-harbour-remixes", "Kaito Mori", "Neon Harbour (Remixes)", "2023-01-20",
         T("Neon Harbour", 402.2, "(DJ Kumulus Remix)", artists=("Kaito Mori", "DJ Kumulus")),
         T("Neon Harbour", 344.5, "(Bright Machinery Remix)", artists=("Kaito Mori", "Bright Machinery")),
         T("Ferry 04:10", 371.9, "(Extended Mix)"), T("Ferry 04:10", 205.0, "(Radio Edit)"),
         T("Glass Cranes", 333.3, "(Vera Holm Rework)", artists=("Kaito Mori", "Vera Holm")),
         record_type="ep", secondary_types=("Remix",)),
    _street_signs("street-signs", "2024-03-08", is_clean=False),
    _street_signs("street-signs-clean", "2024-03-08", is_clean=True),
    _northern_sky("northern-sky", "1972-01-01", "", 0.0),
    _northern_sky("northern-sky-2022", "2022-10-21", "(2022 Remaster)", 1.4),
    plan("lost-tapes", "Lost & Unfound", "Lost Tapes", "1998-06-30",
         T("Nowhere to Be Found", 221.0, mood=Mood.NONE), T("Only Ever Live", 245.0, mood=Mood.ONLY_LIVE),
         T("Covered Over", 198.0, mood=Mood.ONLY_COVER), T("Much Too Fast", 210.0, mood=Mood.ONLY_SPED_UP),
         T("Sing It Yourself", 187.0, mood=Mood.ONLY_KARAOKE), T("Long Intro", 203.0, mood=Mood.ONLY_VIDEO),
         T("Safe and Sound", 232.0)),
    TROUBLE,
    HOSTILE,
    plan("dots", "..", "..", "2011-01-01", T(".", 133.0), T("...", 144.0), T("/", 151.0), T("\\", 139.0)),
    plan("con", "CON", "NUL", "2016-03-03", T("AUX", 301.0), T("PRN", 322.0), T("COM1", 288.0), T("LPT9.mp3", 317.0)),
    plan("whats-left", "What's Left...", "Unfinished...", "2005-09-19",
         T("And Then...", 203.0), T("Maybe?", 188.0), T("Wait. ", 172.0)),
    plan("essays", "The Footnotes", "Essays", "2021-11-12",
         T(LONG_TITLE, 247.0), T("Ibid.", 154.0), T("Op. Cit.", 169.0), T("Home", 201.0),
         T("Supercalifragilistic" * 12 + "expialidoc", 215.0)),
    plan("glitter", "✨ Glitter & Doom ✨", "🌊🌙💿", "2020-02-29",
         T("💔 (Again)", 184.0), T("👩‍🚀🏳️‍🌈", 201.0), T("Disco 🪩 Infernal", 222.0, featured=("MC Fjord",), explicit=True),
         T("Home", 199.0), T("∞", 240.0)),
    plan("tokyo", "東京灯台", "夜の灯台", "2018-08-08", T("灯台守", 255.0), T("真夜中のドアの前", 301.0), T("海", 222.0),
         T("終電", 198.0, featured=("Kaito Mori",)), T("夏の花火", 263.0)),
    plan("pochta", "Полярная Почта", "Письма", "2017-12-01", T("Письмо первое", 233.0), T("Ёлка", 187.0),
         T("Тихая река", 244.0), T("Дом", 209.0)),
    plan("seoul", "서울의 밤", "한강", "2024-05-20", T("첫차", 189.0), T("한강의 밤", 203.0), T("집", 211.0),
         record_type="ep"),
    plan("masar", "مسار النور", "طريق البحر", "2022-03-21", T("صباح الخير يا بحر", 267.0), T("القمر (Live)", 301.0),
         T("بيت", 214.0), T("123 ليل", 198.0)),
    plan("tzafon", "אור הצפון", "בית", "2019-09-30", T("בית", 221.0), T("הדרך הארוכה", 256.0), T("לילה טוב (2)", 187.0)),
    AlbumPlan(
        "harbour-comp", (VARIOUS,), "Harbour Lights: New Nordic Pop", "2025-12-05",
        (
            (*same("tidal-rooms", "1.1", "1.3"), *same("neon-harbour", "1.1"), *same("street-signs", "1.3"),
             *same("glitter", "1.3"), *same("northern-sky-2022", "1.1"),
             T("Midsommer", 201.0, artists=("Ida Berg",)), T("Home", 187.0, artists=("Ida Berg",)),
             T("Fjernlys", 222.0, artists=("Sólveig Ýr", "Ida Berg")), T("Ballad of the Ferry", 243.0, artists=("Northern Line",)),
             *same("long-road", "2.9"), T("Closing Time", 176.0, artists=("MC Fjord",), featured=("Vera Holm",))),
        ),
        record_type="compile", secondary_types=("Compilation",), genre="Pop", label="Nordlys Records",
    ),
    plan("locked", "Northern Line", "Region Locked", "2020-10-10",
         T("Not in Your Country", 201.0, readable=False, mood=Mood.GEO), T("Here at Last", 188.0)),
    plan("withdrawn", "Northern Line", "Withdrawn", "2015-05-05", T("Taken Back", 199.0), is_removed=True),
    plan("no-cover", "Ida Berg", "Uten omslag", "2014-04-04", T("Stille", 203.0), T("Snø", 187.0), T("Hjem", 222.0),
         has_cover=False, record_type="ep"),
    plan("sounds-alike", "Velvet Abacus", "Tidal Rooms", "2017-01-13",
         T("Lantern Year", 262.0), T("Undertow", 214.0), T("Home", 178.0)),
)  # fmt: skip
