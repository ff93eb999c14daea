"""The renderers of YouTube Music's internal API, as far as ytmusicapi's parsers look into them."""

from __future__ import annotations

from sandbox.catalogue.model import Album, Artist, Mood, Track, Upload, UploadKind

Shape = dict[str, object]
DOT: Shape = {"text": " • "}
GREY = "MUSIC_ITEM_RENDERER_DISPLAY_POLICY_GREY_OUT"
ALBUM_TYPES = {"album": "Album", "single": "Single", "ep": "EP", "compile": "Album"}
EXPLICIT = {"musicInlineBadgeRenderer": {"accessibilityData": {"accessibilityData": {"label": "Explicit"}}}}
SHELVES = {"songs": "Songs", "videos": "Videos", "albums": "Albums", "artists": "Artists", "playlists": "Playlists"}


def clock(milliseconds: int) -> str:
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def short_count(number: int) -> str:
    for limit, letter in ((1_000_000, "M"), (1_000, "K")):
        if number >= limit:
            return f"{number / limit:.1f}".removesuffix(".0") + letter
    return str(number)


# --- search ----------------------------------------------------------------------------------------------------------


def shelf_page(kind: str, items: list[Shape], more: str) -> Shape:
    return _tabs([_shelf(kind, items, more)])


def mixed(shelves: list[tuple[str, list[Shape]]]) -> Shape:
    """A search without filter: a few of each kind; nothing where nothing fits."""
    filled = [_shelf(kind, items, "") for kind, items in shelves if items]
    return _tabs(filled) if filled else {"responseContext": {}}


def continuation(items: list[Shape], more: str) -> Shape:
    return {"continuationContents": {"musicShelfContinuation": {"contents": items, **_continuations(more)}}}


def _shelf(kind: str, items: list[Shape], more: str) -> Shape:
    title = {"runs": [{"text": SHELVES[kind]}]}
    return {"musicShelfRenderer": {"title": title, "contents": items, **_continuations(more)}}


def _continuations(more: str) -> Shape:
    return {"continuations": [{"nextContinuationData": {"continuation": more}}]} if more else {}


def _tabs(sections: list[Shape]) -> Shape:
    tab = {"tabRenderer": {"content": _sections(sections), "selected": True}}
    return {"contents": {"tabbedSearchResultsRenderer": {"tabs": [tab]}}}


def upload_item(upload: Upload) -> Shape:
    runs = _artist_runs(upload)
    if upload.album is not None:
        runs += [DOT, _link(upload.album.title, upload.album.browse_id, "ALBUM")]
    elif upload.kind is not UploadKind.ATV:
        runs += [DOT, {"text": f"{short_count(upload.views)} views"}]
    runs += [DOT, {"text": clock(upload.duration_ms)}]
    item: Shape = {
        "playlistItemData": {"videoId": upload.video_id},
        "overlay": _play(upload),
        "thumbnail": _thumbnail(upload.album.picture if upload.album else upload.video_id),
        "flexColumns": [_flex([{"text": upload.title, **_watch(upload)}]), _flex(runs)],
    }
    if upload.explicit:
        item["badges"] = [EXPLICIT]
    if upload.trouble == Mood.GEO:
        item["musicItemRendererDisplayPolicy"] = GREY
    return {"musicResponsiveListItemRenderer": item}


def album_item(album: Album) -> Shape:
    runs: list[Shape] = [
        {"text": ALBUM_TYPES[album.record_type]},
        DOT,
        *_album_artists(album),
        DOT,
        {"text": album.released_on[:4]},
    ]
    item: Shape = {
        "navigationEndpoint": {"browseEndpoint": {"browseId": album.browse_id}},
        "overlay": _button({"watchPlaylistEndpoint": {"playlistId": album.audio_playlist_id}}),
        "thumbnail": _thumbnail(album.picture),
        "flexColumns": [_flex([{"text": album.title}]), _flex(runs)],
    }
    if album.explicit:
        item["badges"] = [EXPLICIT]
    return {"musicResponsiveListItemRenderer": item}


def artist_item(artist: Artist) -> Shape:
    runs: list[Shape] = [{"text": "Artist"}, DOT, {"text": f"{short_count(artist.fans)} subscribers"}]
    item: Shape = {
        "navigationEndpoint": {"browseEndpoint": {"browseId": artist.channel_id}},
        "thumbnail": _thumbnail(artist.picture),
        "flexColumns": [_flex([{"text": artist.name}]), _flex(runs)],
    }
    return {"musicResponsiveListItemRenderer": item}


# --- albums and songs ------------------------------------------------------------------------------------------------


def album_page(album: Album, tracks: list[tuple[Track, Upload | None]], others: list[Album]) -> Shape:
    subtitle = [{"text": ALBUM_TYPES[album.record_type]}, DOT, {"text": album.released_on[:4]}]
    minutes = round(album.duration_ms / 60_000)
    length = f"{minutes // 60} hour, {minutes % 60} minutes" if minutes >= 60 else f"{minutes} minutes"
    play = {"playNavigationEndpoint": {"watchPlaylistEndpoint": {"playlistId": album.audio_playlist_id}}}
    header: Shape = {
        "title": {"runs": [{"text": album.title}]},
        "subtitle": {"runs": subtitle},
        "straplineTextOne": {"runs": _album_artists(album)},
        "secondSubtitle": {"runs": [{"text": f"{len(tracks)} songs"}, DOT, {"text": length}]},
        "thumbnail": {"musicThumbnailRenderer": {"thumbnail": {"thumbnails": _sizes(album.picture)}}},
        "buttons": [{"musicPlayButtonRenderer": play}],
    }
    if album.explicit:
        header["subtitleBadges"] = [EXPLICIT]
    lines = [_album_track(place, *pair) for place, pair in enumerate(tracks, start=1)]
    sections: list[Shape] = [{"musicShelfRenderer": {"contents": lines}}]
    if others:
        sections.append(_other_versions(others))
    tab = {"tabRenderer": {"content": _sections([{"musicResponsiveHeaderRenderer": header}])}}
    columns = {"tabs": [tab], "secondaryContents": _sections(sections)}
    return {"contents": {"twoColumnBrowseResultsRenderer": columns}}


def _album_track(place: int, track: Track, upload: Upload | None) -> Shape:
    """A line of an album; greyed out and without a video where no label's upload exists."""
    recording = track.recording
    title: Shape = {"text": recording.plain_title, **(_watch(upload) if upload else {})}
    artists = _join([_link(artist.name, artist.channel_id, "ARTIST") for artist in recording.all_artists])
    duration = clock(upload.duration_ms if upload else recording.duration_ms)
    item: Shape = {
        "flexColumns": [_flex([title]), _flex(artists), _flex([{"text": f"{short_count(recording.rank)} plays"}])],
        "fixedColumns": [{"musicResponsiveListItemFixedColumnRenderer": {"text": {"runs": [{"text": duration}]}}}],
        "index": {"runs": [{"text": str(place)}]},
    }
    if recording.explicit:
        item["badges"] = [EXPLICIT]
    if upload is None:
        item["musicItemRendererDisplayPolicy"] = GREY
    else:
        item["playlistItemData"] = {"videoId": upload.video_id}
        item["overlay"] = _play(upload)
        item["menu"] = {"menuRenderer": {"items": [{"menuNavigationItemRenderer": _watch(upload)}]}}
    return {"musicResponsiveListItemRenderer": item}


def _other_versions(others: list[Album]) -> Shape:
    header = {"musicCarouselShelfBasicHeaderRenderer": {"title": {"runs": [{"text": "Other versions"}]}}}
    contents = [
        {
            "musicTwoRowItemRenderer": {
                "title": {"runs": [_link(album.title, album.browse_id, "ALBUM")]},
                "subtitle": {"runs": [{"text": ALBUM_TYPES[album.record_type]}, DOT, *_album_artists(album)]},
                "thumbnailRenderer": {"musicThumbnailRenderer": {"thumbnail": {"thumbnails": _sizes(album.picture)}}},
                "navigationEndpoint": {"browseEndpoint": {"browseId": album.browse_id}},
            }
        }
        for album in others
    ]
    size = "COLLECTION_STYLE_ITEM_SIZE_MEDIUM"
    return {"musicCarouselShelfRenderer": {"header": header, "contents": contents, "itemSize": size}}


def player(upload: Upload) -> Shape:
    details = {
        "videoId": upload.video_id,
        "title": upload.title,
        "author": upload.uploader.removesuffix(" - Topic"),
        "lengthSeconds": str(round(upload.duration_ms / 1000)),
        "channelId": upload.artists[0][1] or "",
        "musicVideoType": upload.kind.value,
        "viewCount": str(upload.views),
        "thumbnail": {"thumbnails": _sizes(upload.video_id)},
    }
    broken = upload.trouble in {Mood.UNAVAILABLE, Mood.REMOVED, Mood.PRIVATE, Mood.GEO}
    status = {"status": "ERROR", "reason": "Video unavailable"} if broken else {"status": "OK"}
    return {"playabilityStatus": status, "videoDetails": details, "microformat": {"microformatDataRenderer": {}}}


# --- pieces ----------------------------------------------------------------------------------------------------------


def _sections(contents: list[Shape]) -> Shape:
    return {"sectionListRenderer": {"contents": contents}}


def _flex(runs: list[Shape]) -> Shape:
    return {"musicResponsiveListItemFlexColumnRenderer": {"text": {"runs": runs}}}


def _link(text: str, browse_id: str | None, page: str) -> Shape:
    if browse_id is None:
        return {"text": text}
    config = {"browseEndpointContextMusicConfig": {"pageType": f"MUSIC_PAGE_TYPE_{page}"}}
    endpoint = {"browseId": browse_id, "browseEndpointContextSupportedConfigs": config}
    return {"text": text, "navigationEndpoint": {"browseEndpoint": endpoint}}


def _join(links: list[Shape]) -> list[Shape]:
    runs: list[Shape] = []
    for place, link in enumerate(links):
        if place:
            runs.append({"text": " & " if place == len(links) - 1 else ", "})
        runs.append(link)
    return runs


def _artist_runs(upload: Upload) -> list[Shape]:
    return _join([_link(name, channel, "ARTIST") for name, channel in upload.artists])


def _album_artists(album: Album) -> list[Shape]:
    return _join([_link(a.name, None if a.kind == "Other" else a.channel_id, "ARTIST") for a in album.artists])


def _watch(upload: Upload) -> Shape:
    return {"navigationEndpoint": _watch_endpoint(upload)}


def _watch_endpoint(upload: Upload) -> Shape:
    config = {"watchEndpointMusicConfig": {"musicVideoType": upload.kind.value}}
    return {"watchEndpoint": {"videoId": upload.video_id, "watchEndpointMusicSupportedConfigs": config}}


def _play(upload: Upload) -> Shape:
    return _button(_watch_endpoint(upload))


def _button(endpoint: Shape) -> Shape:
    button = {"musicPlayButtonRenderer": {"playNavigationEndpoint": endpoint}}
    return {"musicItemThumbnailOverlayRenderer": {"content": button}}


def _thumbnail(name: str) -> Shape:
    return {"musicThumbnailRenderer": {"thumbnail": {"thumbnails": _sizes(name)[:2]}}}


def _sizes(name: str) -> list[Shape]:
    base = "https://lh3.googleusercontent.com/sandbox"
    return [{"url": f"{base}/{name}=w{size}-h{size}-l90-rj", "width": size, "height": size} for size in (60, 120, 544)]
