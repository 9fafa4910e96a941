"""What pages are styled and scripted with: a fixed table, read once, under names that change with the content."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from api.problems import UnknownAddress

#: What `make setup` puts there; nothing of it is in the tree.
BUILT: Final = Path(__file__).resolve().parents[2] / "templates" / "built"

_MEDIA_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
#: They name others, which are read before them.
_NAMING: Final = ("app.css", "pages.js")
_HEADERS: Final = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


class NotBuilt(RuntimeError):
    """Styles and scripts of the pages are missing: run ``make setup``."""


@dataclass(frozen=True)
class Asset:
    """One file as it is served. ``small``: the same compressed, empty where that saves nothing."""

    name: str
    media_type: str
    content: bytes
    small: bytes


@cache
def assets(folder: Path = BUILT) -> Mapping[str, Asset]:
    """Every file by its plain name. Raises NotBuilt."""
    files = sorted(file for file in folder.glob("*.*") if file.suffix in _MEDIA_TYPES)
    missing = {*_NAMING} - {file.name for file in files}
    if missing:
        raise NotBuilt(f"{folder}: {', '.join(sorted(missing))} belum ada. Jalankan: make setup")
    found: dict[str, Asset] = {}
    for file in sorted(files, key=lambda file: file.name in _NAMING):
        found[file.name] = _asset(file, found)
    return found


def address(name: str) -> str:
    """Where a file is served. Raises NotBuilt, and KeyError for one that there is not."""
    return f"/static/{assets()[name].name}"


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(request: Request[Any, Any, State], name: FromPath[str]) -> Response[bytes]:
    """One of the files, for ever. Raises UnknownAddress."""
    asset = _by_served_name().get(name)
    if asset is None:
        raise UnknownAddress(f"Alamat /static/{name} tidak dikenal.")
    packed = bool(asset.small) and "gzip" in request.headers.get("accept-encoding", "")
    return Response(
        asset.small if packed else asset.content,
        media_type=asset.media_type,
        headers={**_HEADERS, **({"Content-Encoding": "gzip"} if packed else {})},
    )


@cache
def _by_served_name() -> Mapping[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


def _asset(file: Path, known: Mapping[str, Asset]) -> Asset:
    content = file.read_bytes()
    if file.name in _NAMING:
        for name, other in known.items():
            for before in (b'"', b'"./'):
                content = content.replace(before + name.encode() + b'"', before + other.name.encode() + b'"')
    small = b"" if file.suffix == ".woff2" else gzip.compress(content, mtime=0)
    mark = hashlib.sha256(content).hexdigest()[:16]
    return Asset(
        f"{file.name.removesuffix(file.suffix)}.{mark}{file.suffix}",
        _MEDIA_TYPES[file.suffix],
        content,
        small if len(small) < len(content) else b"",
    )
