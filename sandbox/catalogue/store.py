"""The finished catalogue and its indexes."""

from __future__ import annotations

from functools import cached_property

from sandbox.catalogue.model import Album, Artist, Playlist, Recording, Track, Upload
from sandbox.catalogue.search import Index
from sandbox.catalogue.uploads import all_uploads


class Catalogue:
    """Everything invented, and where to find it by the ids of each service."""

    def __init__(
        self,
        seed: str,
        artists: list[Artist],
        albums: list[Album],
        recordings: list[Recording],
        playlists: list[Playlist],
    ) -> None:
        self.seed = seed
        self.artists = artists
        self.albums = albums
        self.recordings = recordings
        self.playlists = playlists
        self.tracks = [track for album in albums for track in album.tracks]
        self.live_tracks = [track for track in self.tracks if not track.album.is_removed]
        self.track_by_deezer = {track.deezer_id: track for track in self.tracks}
        self.album_by_deezer = {album.deezer_id: album for album in albums}
        self.artist_by_deezer = {artist.deezer_id: artist for artist in artists}
        self.playlist_by_deezer = {playlist.deezer_id: playlist for playlist in playlists}
        self.recording_by_isrc = {recording.isrc: recording for recording in recordings}
        self.album_by_upc = {album.upc: album for album in albums}
        self.album_by_name = {album.name: album for album in albums}
        self.artist_by_name = {artist.name: artist for artist in artists}
        self.playlist_by_name = {playlist.name: playlist for playlist in playlists}
        self.album_by_picture = {album.picture: album for album in albums}
        self.artist_by_picture = {artist.picture: artist for artist in artists}

    def add_playlist(self, playlist: Playlist) -> None:
        """A playlist that somebody made while the sandbox runs."""
        self.playlists.append(playlist)
        self.playlist_by_deezer[playlist.deezer_id] = playlist
        self.playlist_by_name[playlist.name] = playlist
        self.playlist_by_spotify[playlist.spotify_id] = playlist
        for index in ("playlist_index", "playlist_by_picture"):
            self.__dict__.pop(index, None)

    @cached_property
    def place_of_track(self) -> dict[int, int]:
        return {track.deezer_id: place for place, track in enumerate(self.tracks)}

    @cached_property
    def recording_by_name(self) -> dict[str, Recording]:
        return {recording.name: recording for recording in self.recordings}

    @cached_property
    def track_by_spotify(self) -> dict[str, Track]:
        return {track.spotify_id: track for track in self.tracks}

    @cached_property
    def album_by_spotify(self) -> dict[str, Album]:
        return {album.spotify_id: album for album in self.albums}

    @cached_property
    def artist_by_spotify(self) -> dict[str, Artist]:
        return {artist.spotify_id: artist for artist in self.artists}

    @cached_property
    def playlist_by_spotify(self) -> dict[str, Playlist]:
        return {playlist.spotify_id: playlist for playlist in self.playlists}

    @cached_property
    def playlist_by_picture(self) -> dict[str, Playlist]:
        return {playlist.picture: playlist for playlist in self.playlists}

    @cached_property
    def recording_by_mbid(self) -> dict[str, Recording]:
        return {recording.mbid: recording for recording in self.recordings}

    @cached_property
    def album_by_mbid(self) -> dict[str, Album]:
        return {album.mbid: album for album in self.albums}

    @cached_property
    def albums_by_release_group(self) -> dict[str, list[Album]]:
        groups: dict[str, list[Album]] = {}
        for album in self.albums:
            groups.setdefault(album.release_group_mbid, []).append(album)
        return groups

    @cached_property
    def artist_by_mbid(self) -> dict[str, Artist]:
        return {artist.mbid: artist for artist in self.artists}

    @cached_property
    def album_by_browse_id(self) -> dict[str, Album]:
        return {album.browse_id: album for album in self.albums}

    @cached_property
    def album_by_audio_playlist(self) -> dict[str, Album]:
        return {album.audio_playlist_id: album for album in self.albums}

    @cached_property
    def artist_by_channel(self) -> dict[str, Artist]:
        return {artist.channel_id: artist for artist in self.artists}

    @cached_property
    def uploads(self) -> list[Upload]:
        return all_uploads(self.seed, self.recordings)

    @cached_property
    def upload_by_video(self) -> dict[str, Upload]:
        return {upload.video_id: upload for upload in self.uploads}

    @cached_property
    def uploads_of(self) -> dict[str, list[Upload]]:
        """Uploads by the name of their recording."""
        found: dict[str, list[Upload]] = {}
        for upload in self.uploads:
            if upload.recording is not None:
                found.setdefault(upload.recording.name, []).append(upload)
        return found

    @cached_property
    def track_index(self) -> Index[Track]:
        return Index(
            self.live_tracks,
            lambda t: (t.recording.full_title, " ".join(a.name for a in t.recording.all_artists), t.album.title),
            weight=lambda t: t.recording.rank,
        )

    @cached_property
    def album_index(self) -> Index[Album]:
        live = [album for album in self.albums if not album.is_removed]
        return Index(live, lambda a: (a.title, " ".join(artist.name for artist in a.artists), ""))

    @cached_property
    def artist_index(self) -> Index[Artist]:
        return Index(self.artists, lambda a: (a.name, a.sort_name, ""), weight=lambda a: a.fans)

    @cached_property
    def playlist_index(self) -> Index[Playlist]:
        public = [playlist for playlist in self.playlists if not playlist.is_private]
        return Index(public, lambda p: (p.title, p.owner_name, ""))

    @cached_property
    def upload_index(self) -> Index[Upload]:
        return Index(
            self.uploads,
            lambda u: (u.title, " ".join(name for name, _ in u.artists), u.album.title if u.album else ""),
            weight=lambda u: u.views,
        )
