"""Which candidate is the wanted recording: one table row per trap."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching import choose, rank
from tests.catalog.matching.examples import shared, song, video, wanted

VERSIONS = [
    "Live",
    "Live at the Harbour Hall",
    "En Vivo",
    "MTV Unplugged",
    "Noor Remix",
    "Club Mix",
    "Noor Bootleg",
    "VIP Mix",
    "Acoustic",
    "Stripped",
    "Instrumental",
    "Acapella",
    "Karaoke Version",
    "Cover by Luma",
    "Piano Version",
    "8-Bit Version",
    "Sped Up",
    "Slowed + Reverb",
    "Nightcore",
    "8D Audio",
    "Bass Boosted",
    "Demo",
    "Rehearsal",
    "Alternate Take",
    "Radio Edit",
    "Single Version",
    "Extended Mix",
    '12" Version',
    "Reprise",
    "Interlude",
    "Medley",
    "Mashup",
    "Spanish Version",
    "Re-recorded",
    "Clean Version",
    "Part 2",
    "Vera's Version",
]
CLIPS = [
    "Full Album",
    "Reaction",
    "Guitar Lesson",
    "Drum Tutorial",
    "1 Hour Loop",
    "10 Hours",
    "Teaser",
    "Behind the Scenes",
    "Dance Practice",
    "Type Beat",
]
NEUTRAL = [
    "Official Video",
    "Official Audio",
    "Lyrics",
    "Lyric Video",
    "Remastered 2011",
    "2011 Remaster",
    "Deluxe Edition",
    "HD",
    "4K",
    "Original Mix",
    "Album Version",
    "Visualizer",
    "Legendado",
    "Explicit",
    "Sub. Español",
    "from the album Tidal Rooms",
    "prod. by Noor",
]


@pytest.mark.parametrize("words", VERSIONS + CLIPS)
def test_a_version_that_was_not_asked_for_is_refused(words):
    assert choose(wanted(), [song(f"Paper Lanterns ({words})")]) is None
    assert choose(wanted(), [song(f"Paper Lanterns - {words}")]) is None
    assert choose(wanted(), [video(f"Vera Holm - Paper Lanterns [{words}]")]) is None


@pytest.mark.parametrize("words", VERSIONS)
def test_the_plain_recording_is_refused_when_a_version_was_asked_for(words):
    assert choose(wanted(f"Paper Lanterns ({words})"), [song(seconds=203, album="Other Album")]) is None
    assert choose(wanted(f"Paper Lanterns - {words}"), [video(seconds=203)]) is None


@pytest.mark.parametrize("words", VERSIONS)
def test_the_version_that_was_asked_for_is_picked_before_the_plain_one(words):
    plain, asked = song(source_id="plain"), song(f"Paper Lanterns ({words})", source_id="asked")

    picked = choose(wanted(f"Paper Lanterns - {words}"), [plain, asked])

    assert picked is not None
    assert picked.candidate.source_id == "asked"


@pytest.mark.parametrize("words", NEUTRAL)
def test_words_that_say_nothing_of_the_recording_change_nothing(words):
    assert choose(wanted(), [video(f"Vera Holm - Paper Lanterns ({words})")])
    assert choose(wanted(f"Paper Lanterns ({words})"), [song()])


@pytest.mark.parametrize(
    "title",
    [
        "Live and Learn",
        "Remix to Ignition",
        "Demo Days",
        "Cover Me",
        "Slow Down",
        "Extended Family",
        "Part of Me",
        "Reaction",
    ],
)
def test_a_version_word_inside_the_title_itself_is_no_version(title):
    assert choose(wanted(title), [song(title)])
    assert choose(wanted(title), [video(f"Vera Holm - {title} (Official Video)")])
    assert choose(wanted(title), [song(f"{title} (Live)"), video(f"Vera Holm - {title} (Remix)")]) is None


@pytest.mark.parametrize(
    ("track", "candidate"),
    [
        (wanted(), song("Paper Lanterns", "Luma")),
        (wanted(), song("Paper Boats")),
        (wanted(), song("Paper Lanterns", seconds=215)),
        (wanted(), song("Paper Lanterns", seconds=185)),
        (wanted(), song("Paper Lanterns Burning")),
        (wanted(), song("These Paper Lanterns")),
        (wanted("Loveless"), song("Loveless 2")),
        (wanted("Beta 18 Hz"), song("Beta 15 Hz")),
        (wanted("Something About You"), song("Something About Us")),
        (wanted("Paper Lanterns, Pt. 1"), song("Paper Lanterns, Pt. 2")),
        (wanted("Paper Lanterns (Noor Remix)"), song("Paper Lanterns (Luma Remix)")),
        (wanted("Paper Lanterns (Noor Remix)"), song("Paper Lanterns (Noor Remix Edit)")),
        (wanted(explicit=True), song(explicit=False)),
        (wanted(explicit=False), song(explicit=True)),
        (wanted(), song(seconds=207)),
        (wanted(), video("Vera Holm - Paper Lanterns (Luma Version)", by="Luma")),
        (wanted(), video("Vera Holm - Paper Lanterns [earrape]")),
        (wanted(), video("Vera Holm - Paper Lanterns but it's in the next room")),
        (wanted("Paper Lanterns (feat. Oki)", "Vera Holm", "Oki"), song("Paper Lanterns (feat. Luma)")),
        (wanted("Paper Lanterns (Vera's Version)"), song(album="Other Rooms")),
        (wanted("÷"), song("+")),
        (wanted("Intro", seconds=None), song("Intro", album="Other Rooms", seconds=None)),
        (wanted("봄날", "방탄소년단"), video("방탄소년단 - 봄날 커버")),
        (wanted(), song(album="Live at Harbour Hall")),
        (wanted(), song(album="A Tribute to Vera Holm")),
        (wanted(), video("Paper Lanterns", by="Somebody")),
        (wanted(), video("Luma - Paper Lanterns")),
        (wanted(), video("Paper Lanterns (in the style of Vera Holm)", by="Sing Along Karaoke")),
        (wanted(), video("Vera Holm - Paper Lanterns", by="8D Tunes")),
        (wanted(), video("Vera Holm - Paper Lanterns ft. Noor Cover")),
        (wanted("Paper Lanterns (feat. Oki)", "Vera Holm", "Oki"), video("Paper Lanterns (just Vera)", by="Vera Holm")),
        (wanted(), video("Vera Holm - Tidal Rooms (Full Album)", seconds=2400)),
        (wanted(), video("Vera Holm - Paper Lanterns #nightcore")),
        (wanted("Home", "Wren"), video("Wren Ellis - Home")),
        (wanted("Home", "Wren"), shared("@@peer\\Wren Ellis\\Nest\\Home.mp3")),
        (wanted("On My Way", "Alan Walker"), video("Summer Walker - On My Way")),
        (wanted(), video("Vera Holm Jr. - Paper Lanterns")),
        (wanted("Paper Lanterns (Noor Remix)"), song("Paper Lanterns (Noor VIP Remix)")),
        (wanted(), song(album="Tidal Rooms (Vera's Version)")),
        (wanted(), song("Paper Lanterns", "Verra Holme", album="Other Rooms")),
        (wanted(), song(album="Tidal Rooms (Instrumental)")),
        (wanted(), song(album="Tidal Rooms Reimagined")),
        (wanted(), song(album="Tidal Rooms Orchestral")),
        (wanted(), song(album="Tidal Rooms (Spanish Version)")),
        (wanted(), song("Paper Lanterns (feat. Oki)")),
        (wanted(), song("Paper Lanterns", "Vera Holm", "The Northern Strings", album="Other Rooms")),
        (wanted("Paper Lanterns (Interlude)"), song("Paper Lanterns (Outro)")),
        (wanted(), song("Papers Lantern")),
        (wanted("Paper Lanterns (Piano Demo)"), song("Paper Lanterns (Voice Memo)")),
        (wanted("Paper Lanterns (Take 3)"), song("Paper Lanterns (Take 4)")),
        (wanted("Night Drive", album="Other Rooms"), song("Night Driver")),
        (wanted(seconds=None), song("Paper Lanterns (Live)", seconds=None)),
    ],
)
def test_another_recording_is_refused(track, candidate):
    scored = rank(track, [candidate])[0]

    assert not scored.is_accepted
    assert scored.score < 80
    assert scored.why


@pytest.mark.parametrize(
    ("track", "candidate"),
    [
        (wanted(), song()),
        (wanted(), song("PAPER LANTERNS", "VERA HOLM")),
        (wanted(), song(seconds=202.5, album="Hits")),
        (wanted(), video()),
        (wanted(), video("Paper Lanterns", by="Vera Holm - Topic")),
        (wanted(), video("Paper Lanterns by Vera Holm w/ lyrics")),
        (wanted(), video("Paper Lanterns", by="VeraHolmVEVO")),
        (wanted(), video("[Electro] Vera Holm - Paper Lanterns")),
        (wanted(), video("Vera Holm “Paper Lanterns” Official Video")),
        (wanted(), video("Vera Holm // Paper Lanterns")),
        (wanted(), video("Verra Holm - Paper Lantern")),
        (wanted(), video("Tidal Rooms - Paper Lanterns", seconds=201)),
        (wanted("Don't Go"), video("Vera Holm - Don t Go")),
        (wanted("Heat Wave"), song("Heatwave")),
        (wanted("Loving Colours"), song("Lovin' Colors")),
        (wanted("Für immer"), song("Fuer immer")),
        (wanted("(Stay in) The Light"), song("The Light")),
        (wanted("Paper Lanterns (feat. Oki)", "Vera Holm", "Oki"), video("Vera Holm ft. Oki - Paper Lanterns")),
        (wanted("Paper Lanterns - Noor Remix", "Vera Holm", "Noor"), song("Paper Lanterns (Noor Remix)")),
        (wanted("Кино", "Вера"), song("Kino", "Vera")),
        (wanted("家探し", "藤澤慶昌"), song("家探し", "藤澤慶昌")),
        (wanted("Paper Lanterns", album="Live at Harbour Hall"), song(album="Live at Harbour Hall")),
        (
            wanted("Paper Lanterns", album="Live at Harbour Hall"),
            video("Vera Holm - Paper Lanterns (Live at Harbour Hall)"),
        ),
        (
            wanted("Paper Lanterns (Quay Sessions)", album="Quay Sessions", seconds=None),
            song(album="Quay Sessions", seconds=None),
        ),
        (wanted("Holm", "Holm"), song("Holm", "Holm")),
        (wanted(seconds=25), video(seconds=26)),
        (wanted(explicit=True), song(explicit=True)),
        (wanted("÷"), song("÷")),
        (wanted(seconds=None), song(album="Other Rooms", seconds=None)),
        (wanted("Paper Lanterns (Interlude)"), song(album="Other Rooms")),
        (wanted("Paper Lanterns (Piano Demo)"), song("Paper Lanterns (Demo)")),
        (wanted("Ave Maria, D. 839"), song("Holm: Ave Maria, Op. 52 No. 6, D. 839")),
        (wanted("🎸🎸"), song("🎸🎸")),
        (wanted("봄날", "방탄소년단"), video("방탄소년단 - 봄날 가사")),
        (wanted('Let It Be - From "Harbour"/Soundtrack Version'), song('Let It Be (From "Harbour")')),
        (wanted(explicit=True), video(explicit=False)),
    ],
)
def test_the_same_recording_is_picked(track, candidate):
    assert choose(track, [candidate]), rank(track, [candidate])[0]


FOLDER = "@@peer\\Music\\Vera Holm\\Tidal Rooms (2019)"


@pytest.mark.parametrize(
    ("track", "path", "seconds"),
    [
        (wanted(track_number=5), f"{FOLDER}\\05 Paper Lanterns.flac", 200),
        (wanted(track_number=5), f"{FOLDER}\\05 - Paper Lanterns.flac", None),
        (wanted(track_number=5), "@@peer\\H\\Holm, Vera\\Tidal Rooms\\05 Paper Lanterns.flac", 200),
        (wanted(track_number=5), f"{FOLDER}\\CD1\\Vera Holm - Tidal Rooms - 105 - Paper Lanterns.mp3", 200),
        (wanted(track_number=5), "m\\vera_holm-tidal_rooms-2019-abc\\105-vera_holm-paper_lanterns-abc.mp3", 201),
        (wanted(track_number=3), f"{FOLDER}\\A3 Paper Lanterns.flac", None),
        (wanted(track_number=14), f"{FOLDER}\\CD2\\02 Paper Lanterns.flac", 200),
        (wanted(track_number=2, disc_number=2), f"{FOLDER}\\CD2\\02 Paper Lanterns.flac", 200),
        (wanted("(Hung Like) Lanterns - Live"), f"{FOLDER}\\7 (Hung Like) Lanterns (live).mp3", 200),
        (wanted("99 Ships"), f"{FOLDER}\\99 Ships.mp3", 200),
        (wanted("Paper Lanterns - Live at Quay", track_number=10), f"{FOLDER}\\CD2\\210 - Paper Lanterns.mp3", 200.4),
    ],
)
def test_a_shared_file_is_known_by_its_path(track, path, seconds):
    assert choose(track, [shared(path, seconds=seconds)]), rank(track, [shared(path, seconds=seconds)])[0]


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        (f"{FOLDER}\\05 Paper Lanterns (live).flac", 200),
        (f"{FOLDER}\\05 Paper Boats.flac", 200),
        (f"{FOLDER}\\CD2\\205 Paper Lanterns.flac", 212),
        ("@@peer\\Music\\Luma\\Tides\\05 Paper Lanterns.flac", 200),
        ("@@peer\\Music\\Vera Holm\\Live in Bergen\\05 Paper Lanterns.flac", 200),
        (f"{FOLDER}\\05 Paper Lanterns II.flac", 200),
        (f"{FOLDER}\\CD2\\Vera Holm - Tidal Rooms - 208 - Paper Lanterns.flac", 200),
        ("@@peer\\Music\\Luma plays Vera Holm\\05 Paper Lanterns.flac", 200),
        ("@@peer\\Music\\Vera Holm\\Kirchenkonzert\\05 Paper Lanterns.flac", 200),
        ("@@peer\\Music\\Vera Holm\\12.03.2016 Bergen\\05 Paper Lanterns.flac", 200),
        (f"{FOLDER}\\Paper Lanterns.cue", None),
        (f"{FOLDER}\\Paper Lanterns.jpg", None),
    ],
)
def test_a_shared_file_of_another_recording_is_refused(path, seconds):
    assert choose(wanted(track_number=5), [shared(path, seconds=seconds)]) is None


@pytest.mark.parametrize("place", [" ({})", " [{}]", " | {}", " - {}"])
@pytest.mark.parametrize(
    "words", ["Lantern Sofa Nights", "Hall of Ferns 3/8", "Moss Room", "Tbilisi 12.08.1994", "xyzzy"]
)
def test_what_nobody_has_listed_is_refused_behind_the_title(place, words):
    """No list of words is ever complete: what stands behind a title and is explained by nothing is doubtful."""
    told = place.format(words)

    assert choose(wanted(), [video(f"Vera Holm - Paper Lanterns{told}")]) is None
    assert choose(wanted(), [song(f"Paper Lanterns{told}")]) is None
    assert choose(wanted(), [shared(f"{FOLDER}\\05 Paper Lanterns{told}.flac".replace("|", "-"))]) is None


@pytest.mark.parametrize(
    ("title", "by"),
    [
        ("Vera Holm - Paper Lanterns [Moss Room]", "Moss Room Records"),
        ("Vera Holm - Paper Lanterns [Moss Room Release]", "Someone"),
        ("Vera Holm - Paper Lanterns - Moss Room Promotions 18", "Moss Room Promotion"),
        ("Moss Room: Vera Holm - Paper Lanterns", "Someone"),
        ("Vera Holm (베라 홀름) - Paper Lanterns", "Someone"),
        ("Vera Holm - Paper Lanterns (Lanternas de Papel) Legendado", "Someone"),
        ("Vera Holm - Paper Lanterns (Tidal Rooms, 2019)", "Someone"),
        ("Vera Holm - Paper Lanterns [OST Moss Room]", "Someone"),
        ("#newmusic Vera Holm - Paper Lanterns #lanternsong", "Someone"),
        ("Vera Holm - Paper Lanterns (Lyrics) “we hang them over the river”", "Someone"),
    ],
)
def test_what_something_explains_may_stand_beside_the_title(title, by):
    assert choose(wanted(), [video(title, by=by)]), rank(wanted(), [video(title, by=by)])[0]


@pytest.mark.parametrize("by", ["Moss Room", "Moss Room Sessions", "Radio Moss Room", "Moss Room TV"])
def test_a_channel_that_records_itself_explains_nothing_by_its_name(by):
    assert choose(wanted(), [video("Vera Holm - Paper Lanterns (Moss Room)", by=by)]) is None


def test_a_performer_before_the_title_and_the_artist_behind_it_is_somebody_elses_version():
    assert choose(wanted(), [video("Jess Lane - Paper Lanterns - Vera Holm", by="Jess Lane")]) is None
    assert choose(wanted(), [song("Paper Lanterns (Vera Holm)", "Jess Lane")]) is None


def test_a_song_with_another_second_artist_is_another_one():
    track = wanted("Paper Lanterns", "Vera Holm", "Oki")

    assert choose(track, [song("Paper Lanterns", "Vera Holm", "Luma", album="Other Rooms")]) is None
    assert choose(track, [song("Paper Lanterns (feat. Oki)", "Vera Holm", "Luma", album="Other Rooms")])
    assert choose(track, [song("Paper Lanterns", "Vera Holm", album="Other Rooms")])


@pytest.mark.parametrize(
    "words",
    """вживую ζωντανά ツアー 콘서트 حفلة кавер διασκευή كوفر караоке كاريوكي 노래방 ريمكس リミックス 混音 ακουστικό
    アコギ
    замедленно hızlandırılmış реакция リアクション разбор 악보 тизер 티저 пародия メドレー демо แสดงสด""".split(),
)
def test_a_version_in_another_language_is_refused_wherever_it_stands(words):
    for title in (f"Vera Holm - Paper Lanterns ({words})", f"{words} Vera Holm - Paper Lanterns"):
        scored = rank(wanted(), [video(title)])[0]

        assert not scored.is_accepted, title
        assert scored.breakdown["version"]["score"] == 0, scored.why


def test_choose_when_there_are_no_candidates_gives_none():
    assert choose(wanted(), []) is None


def test_rank_puts_official_audio_before_a_video_and_the_nearer_length_first():
    far, near, clip = song(seconds=202, source_id="far"), song(source_id="near"), video(source_id="clip")

    ranked = rank(wanted(), [clip, far, near])

    assert [scored.candidate.source_id for scored in ranked] == ["near", "far", "clip"]


def test_rank_when_the_threshold_is_raised_accepts_less():
    candidates = [video("Tidal Rooms - Paper Lanterns", seconds=202)]

    assert rank(wanted(), candidates)[0].is_accepted
    assert not rank(wanted(), candidates, threshold=95)[0].is_accepted


def test_a_score_says_in_words_and_points_why_it_was_refused():
    scored = rank(wanted(), [song("Paper Lanterns (Live)")])[0]

    assert scored.why == "It is a live version, which was not asked for."
    assert set(scored.breakdown) == {"title", "artist", "duration", "version", "album", "kind"}
    assert json.loads(json.dumps(scored.breakdown)) == scored.breakdown


SENTENCES = [
    (wanted(), song("Paper Lanterns (Instrumental)"), "It is an instrumental, which was not asked for."),
    (
        wanted(),
        video("Vera Holm - Paper Lanterns (Moss Room)"),
        "The title is the same, but “moss room” beside it may say another version.",
    ),
    (
        wanted(),
        song("Paper Lanterns (Moss Room)"),
        "The title is the same, but “moss room” stands with it, which no label adds for nothing.",
    ),
    (
        wanted(),
        video("Jess Lane - Paper Lanterns - Vera Holm"),
        "“jess lane” stands before the title, where its artist would.",
    ),
    (
        wanted("Home", "Wren"),
        video("Wren Ellis - Home"),
        "“wren” is named only as a part of a longer name.",
    ),
    (
        wanted("Paper Lanterns (Noor Remix)"),
        song("Paper Lanterns (Luma Remix)"),
        "It is another remix: “luma”, not “noor”.",
    ),
    (
        wanted("Suite No. 1, BWV 1007: I. Prélude"),
        song("Suite No. 2, BWV 1008: I. Prélude"),
        "It is another work or movement: “suite no 2 bwv 1008 1 prelude”.",
    ),
    (
        wanted("Suite No. 1, BWV 1007: I. Prélude"),
        song("Cello Suite in G Major, BWV 1007: 1. Prelude"),
        "The work and the movement are the same, in other words; the artist is the same; the length is the same.",
    ),
    (
        wanted(track_number=5),
        shared("@@p\\Vera Holm\\Tidal Rooms\\CD2\\208 - Paper Lanterns.flac"),
        "The path names the album, but number 8 of disc 2, not number 5.",
    ),
    (
        wanted(),
        song(album="A Tribute to Vera Holm"),
        "The album tells of a cover, which was not asked for.",
    ),
    (
        wanted(),
        video("Vera Holm - Paper Lanterns", by="8D Tunes"),
        "The name “8d tunes” tells of an 8D version, which was not asked for.",
    ),
    (
        wanted(explicit=True),
        song(explicit=False),
        "It is the clean one, and the explicit one was asked for.",
    ),
]


@pytest.mark.parametrize(("track", "candidate", "sentence"), SENTENCES)
def test_the_sentence_of_a_hard_case_says_what_decided_it(track, candidate, sentence):
    assert rank(track, [candidate])[0].why == sentence


def test_each_kind_of_evidence_has_a_score_of_its_own_for_its_bar():
    breakdown = rank(wanted(), [song("Paper Lanterns (Live)", seconds=203)])[0].breakdown

    assert {name: said["score"] for name, said in breakdown.items()} == {
        **dict.fromkeys(("title", "artist", "album", "kind"), 100),
        "duration": 95,
        "version": 0,
    }


def test_a_score_says_in_words_why_it_was_accepted():
    scored = rank(wanted(), [song(seconds=203)])[0]

    assert scored.why == "The title is the same; the artist is the same; the length differs by 3 s."


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_any_texts_can_be_compared_and_scores_stay_between_0_and_100(title, offered, artist):
    ranked = rank(wanted(title, artist), [song(offered, artist), video(offered, by=artist), shared(offered)])

    assert all(0 <= scored.score <= 100 and scored.why for scored in ranked)


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1, max_size=40))
def test_a_title_is_always_found_in_itself(title):
    assert rank(wanted(title), [song(title)])[0].is_accepted
