"""A package index in JSON, as far as renewing the engine asks it: wheels made of what is installed here.

By the mood ``engine_release`` there is a newer yt-dlp: ``good``, ``broken`` (it cannot be imported) or ``needy`` (it
wants a package that nobody has).
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from sandbox.http import Request, Response, Service, as_json, as_text
from sandbox.world import World

PROJECTS = {"yt-dlp": "yt_dlp", "yt-dlp-ejs": "yt_dlp_ejs", "ytmusicapi": "ytmusicapi"}
NEWER = "2099.1.2"
JSON = "application/vnd.pypi.simple.v1+json"

service = Service("pypi.org", "files.pythonhosted.org")
service.not_found = lambda request: as_text("404 Not Found", 404)


@service.route(r"/simple/(yt-dlp|yt-dlp-ejs|ytmusicapi)/")
def project(world: World, request: Request, name: str) -> Response:
    if JSON not in request.headers.get("accept", ""):
        return as_text("Not Acceptable", 406)
    versions = [(metadata.version(name), "")]
    if name == "yt-dlp" and world.moods.engine_release:
        versions.append((NEWER, world.moods.engine_release))
    files = [_file(name, version, mood) for version, mood in versions]
    old = {
        "filename": f"{PROJECTS[name]}-0.1.tar.gz",
        "url": "https://files.pythonhosted.org/x",
        "hashes": {"sha256": "0" * 64},
    }
    body = as_json({"meta": {"api-version": "1.1"}, "name": name, "files": [old, *files]})
    body.content_type = JSON
    return body


@service.route(r"/packages/(good|broken|needy|same)/(yt_dlp|yt_dlp_ejs|ytmusicapi)-([0-9.]+)-py3-none-any\.whl")
def wheel(world: World, request: Request, mood: str, package: str, version: str) -> Response:
    name = next(name for name, one in PROJECTS.items() if one == package)
    return Response(200, make_wheel(name, version, "" if mood == "same" else mood), "application/octet-stream")


def _file(name: str, version: str, mood: str) -> dict[str, object]:
    filename = f"{PROJECTS[name]}-{version}-py3-none-any.whl"
    return {
        "filename": filename,
        "url": f"https://files.pythonhosted.org/packages/{mood or 'same'}/{filename}",
        "hashes": {"sha256": sha256(make_wheel(name, version, mood)).hexdigest()},
        "requires-python": ">=3.10",
        "yanked": False,
    }


@lru_cache(maxsize=8)
def make_wheel(name: str, version: str, mood: str) -> bytes:
    """The installed package as a wheel of ``version``: the same bytes every time."""
    package = PROJECTS[name]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(metadata.distribution(name).files or (), key=str):
            if path.parts[0] == package and path.suffix != ".pyc":
                _add(archive, str(path), _content(name, version, mood, str(path), Path(str(path.locate()))))
        needs = [*(metadata.requires(name) or ()), *(["nobody-has-this>=1"] if mood == "needy" else [])]
        lines = [
            "Metadata-Version: 2.4",
            f"Name: {name}",
            f"Version: {version}",
            *(f"Requires-Dist: {n}" for n in needs),
        ]
        _add(archive, f"{package}-{version}.dist-info/METADATA", ("\n".join(lines) + "\n\nA package.\n").encode())
    return out.getvalue()


def _content(name: str, version: str, mood: str, path: str, file: Path) -> bytes:
    data = file.read_bytes()
    if name == "yt-dlp" and path == "yt_dlp/version.py":
        data = data.replace(metadata.version(name).encode(), version.encode())
    if mood == "broken" and path == "yt_dlp/__init__.py":
        data = b"raise ImportError('this release is broken')\n"
    return data


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Under a date that is always the same, so that the wheel is."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data, compresslevel=1)
