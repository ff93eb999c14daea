"""Words that change nothing about which recording a text names."""

from __future__ import annotations

import re

# How it was issued: the same recording. Texts are folded, with one space around each word.
ISSUED = re.compile(
    r" (?:(?:\d{4} )?(?:digital(?:ly)? )?(?:(?:hi ?res|hd|\d+ ?khz|\d+ ?bit|new|newly) )*re ?master(?:ed|ing|izado)?"
    r"(?: (?:version|edition|in|audio|hd))*(?: \d{4})?"
    r"|(?:super |\d+(?:th|st|nd|rd) )?(?:deluxe|expanded|collectors|special|limited|legacy|anniversary|bonus|standard)"
    r"(?: (?:edition|version|track|disc|tracks))+|deluxe|bonus track"
    r"|(?:explicit|dirty|uncensored|stereo|mono|album|original|main|full(?: length)?|lp|studio|hq|hd|high quality"
    r"|official|audio|music|lyrics?|video|soundtrack|movie|film|standard|cd)"
    r"(?: (?:version|ver|mix|recording|song|audio))+"
    r"|(?:official )?(?:music |lyrics? )*video(?: clip| edit)?"
    r"|(?:original )?(?:motion picture |game |movie |film )?soundtrack)(?= )"
)

# Said of an upload rather than of the music; may stand in the same breath as a title.
OF_UPLOADS = frozenset(
    """official officiel oficial offizielles videoclip clip video audio lyric lyrics lyrical lirics lirycs letra letras
    lirik legendado legendada legenda traducao traducida traduzione subtitulado subtitulada subtitulos subtitles
    subtitle sottotitoli tekst testo paroles songtext terjemahan hd hq uhd fhd 4k 8k 1080p 720p 480p 60fps mv
    visualizer visualiser premiere explicit 320kbps kbps mp3 flac wav remaster remastered vevo topic ncs
    uncensored stereo mono gasa 歌詞 歌词 字幕 官方 公式 tekst slova klip 高音質""".split()
)

# Nothing where they stand apart from the title: in brackets, behind a dash or a bar.
APART = OF_UPLOADS | frozenset(
    """music musik musica vid lyr translation sub subs cc espanol esp ingles eng english romanized color colour coded
    han rom m v visual pseudo song songs full new ost soundtrack original theme exclusive free download dl out
    now track tracks single album ep lp cd cds vinyl rip 78 45 rpm tv records record recordings release released
    and by from the a an of in on for to at de la el le les o os das der die und y e et screen high quality best
    sound hi res opus upload uploaded edm trap house deep electro electronic dubstep progressive techno trance
    chill chillout pop rock hiphop hip hop rap indie folk metal punk jazz soul rnb melodic future drum dnb
    ambient country disco funk movie film motion picture series game anime opening ending op ed year prod
    produced feat with con mit avec ver version""".split()
)
