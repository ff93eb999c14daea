"""Words that change nothing about which recording a text names."""

from __future__ import annotations

import re

# How it was issued: the same recording. Texts are folded, with one space around each word.
ISSUED = re.compile(
    r" (?:(?:\d{4} )?(?:digital(?:ly)? )?(?:(?:hi ?res|hd|\d+ ?khz|\d+ ?bit|new|newly) )*re ?master\w*"
    r"(?: (?:version|edition|in|en|im|em|audio|hd))*(?: \d{4})?"
    r"|(?:super |\d+(?:th|st|nd|rd) )?(?:deluxe|expanded|collectors|special|limited|legacy|anniversary|bonus|standard)"
    r"(?: (?:edition|version|track|disc|tracks))+|deluxe|bonus track"
    r"|(?<!new )(?:explicit|dirty|uncensored|stereo|mono|album|original|main|full(?: length)?|lp|studio|hq|hd"
    r"|high quality|official|audio|music|lyrics?|video|soundtrack|movie|film|standard|cd)"
    r"(?: (?:version|ver|mix|recording|song|audio))+"
    r"|(?:official )?(?:music |lyrics? )*video(?: clip| edit)?"
    r"|(?:original )?(?:motion picture |game |movie |film )?soundtrack)(?= )"
)

ISSUED_WORDS = frozenset(
    """remaster remastered deluxe expanded collectors special limited legacy anniversary bonus standard edition
    version track tracks disc explicit stereo mono official""".split()
)

# Said of an upload rather than of the music; may stand in the same breath as a title.
OF_UPLOADS = frozenset(
    """official officiel officielle oficial ufficiale offizielles offizieller offizielle officieel resmi virallinen
    oficjalny oficjalne zvanicni hivatalos rasmi videoclip clip video audio lyric lyrics lyrical lirics lirycs letra
    letras lirik legendado legendada legenda traducao traducida traduzione subtitulado subtitulada subtitulos
    subtitles subtitle sottotitoli tekst testo paroles songtext terjemahan hd hq uhd fhd 4k 8k 1080p 720p 480p 60fps
    mv visualizer visualiser premiere explicit 320kbps kbps mp3 flac wav remaster remastered vevo topic ncs
    uncensored stereo mono tiktok upgrade upscaled upscale restored klip videoklip testi slova perevod subtitry
    napisy tlumaczenie sozleri sozleriyle ceviri ubersetzung songtexte traduction vietsub romaji pinyin furigana gasa
    haeseok beonyeok jamak baleum myubi 歌詞 歌词 歌詞付ki 字幕 和訳 日本語訳 高音質 高清 官方 公式 完整 furu 動態
    动态 中英 ofitsialnoe ofitsialnyi ofitsialnaya oficialna premera treka klipa pesni slovami كلمات فيديو كليب حصريا
    الرسمي رسمي مترجم מילים הקליפ הרשמי เนื้อเพลง stichoi stixoi description desc bio officiell officiella offisiell
    offisielle officielt oficiali oficialne oficjalna oficiala videoklipp videoklipi musikvideo musikkvideo
    letraoficial videooficial audiooficial lyricvideo officialvideo officialaudio musicvideo officialmusicvideo
    lyricsvideo""".split()
)

# The same in more languages, but words that a title may hold as well.
OF_UPLOADS_APART = frozenset(
    """oficials oficialni clipe klipp musikvideoclip videomusicale videomusic teledysk wideo hudebni hudobny spot
    text texte texty tekster sanat lyriikat dalszoveg szoveg versuri tekstas zodziai vardi sozu lagu musica audios
    ljud lyd ses son suara dzwiek musique musikk musiikkivideo kids nursery rhymes copyright copyrightfree royalty
    royaltyfree ncm hdr dts imax viral trending pelicula filme cancion cancao chanson piosenka lied pesma pesnya
    sarkisi muzica muzyka glazba hudba zene muziek sang laulu canzone no""".split()
)

# Where one of these stands, the title may stand twice: as it is, and translated.
OF_TRANSLATIONS = frozenset(
    """legendado legendada legenda traducao traducida traduccion traduction traduzione subtitulado subtitulada
    subtitulos subtitles subtitle subs sub sottotitoli tekst testo paroles songtext terjemahan slova perevod
    tlumaczenie sozleri ceviri ubersetzung vietsub letra letras gasa haeseok beonyeok jamak baleum lirik 歌詞 歌词
    字幕 和訳 日本語訳 romaji romanized han rom eng kan""".split()
)

# What folders are called where no artist names them.
OF_FOLDERS = (
    OF_UPLOADS
    | ISSUED_WORDS
    | frozenset(
        """music musik musica muzik my shared share downloads download complete completed incoming files media itunes
        library audio lossless lossy mp3s albums album artists artist discography various va compilation compilations
        soundtrack soundtracks ost osts score scores games game movies movie films film tv anime classical unsorted
        sorted organized misc new old other web cd cds vinyl lp rip rips v0 v2 320 256 192 kbps khz bit hz m4a aac
        ogg opus alac ape wma the a of and by to and from data storage volume mnt home nas drive beets lidarr slsk
        soulseek original motion picture""".split()
    )
)

# Styles: a label on an upload where they stand alone, another version with "version" or "mix" beside.
GENRES = frozenset(
    """dance edm trap house deep electro electronic dubstep progressive techno trance chill chillout pop rock hiphop
    hip hop rap indie folk metal punk jazz soul rnb melodic future drum bass dnb ambient country disco funk salsa
    cumbia bachata reggae reggaeton latin classical swing gospel christmas club urbano balada bolero merengue""".split()
)

# Words of those who pass music on; what else uploads it makes recordings of its own: stations, festivals, sessions.
OF_LABELS = GENRES | frozenset(
    """records recordings record rec label music musik musica muzik promotion promotions promo network nation media
    entertainment publishing release releases distribution sounds lyrics songs tunes hits vibes archive collection
    topic vevo""".split()
)

# Nothing where they stand apart from the title: in brackets, behind a dash or a bar.
APART = (
    OF_UPLOADS
    | OF_UPLOADS_APART
    | GENRES
    | frozenset(
        """music musik musica muzik vid lyr translation sub subs cc espanol esp ingles eng english turkce romanized
        color colour coded han rom kan kanji m v visual pseudo song songs full new ost soundtrack original oficial
        theme exclusive free download dl out now track tracks single album ep lp cd cds vinyl rip 78 45 rpm record
        records recordings release released and by from the a an of in on for to at de la el le les o os das der die
        und y e et x so dirty screen high quality best sound hi res opus upload uploaded movie film motion picture
        series game anime opening ending op ed year prod produced performed presents versus feat with con mit avec
        ver version sarki 中文 日本語""".split()
    )
)

# What may stand in one breath with a title and its artist; articles and prepositions may belong to another title.
OF_BREATH = OF_UPLOADS | frozenset(
    """by with and from feat con mit avec w music musik musica vid lyr sub subs cc song songs full new ost soundtrack
    original theme album single ep lp vinyl version ver prod m v year 中文 日本語 free download out now""".split()
)
