"""The emblem of a letterhead: a picture that the agency brings, looked at before it is let into letters."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

#: Bytes. Every letter carries the emblem, in its file and in the database: a scan at print quality has no place there.
LARGEST: Final = 1_000_000
#: Pixels along a side. Printed 2 cm wide, 2,000 are 2,500 to the inch; a small file can unfold into far more.
_MOST_PIXELS: Final = 2_000

_SVG, _PNG = "data:image/svg+xml;base64,", "data:image/png;base64,"
_SPOILT: Final = "gambar PNG rusak atau terpotong; simpan ulang gambarnya."
_PNG_BEGINS: Final = b"\x89PNG\r\n\x1a\n"
#: What makes a drawing more than a drawing: programs, foreign markup, movement.
_ACTIVE: Final = frozenset({"script", "foreignObject", "iframe", "handler", "animate", "set", "animateTransform"})
_OUTWARD: Final = re.compile(r"@import|url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


class EmblemError(ValueError):
    """A picture that cannot be an emblem: the reason and the way out, in Indonesian."""


def emblem(name: str, folder: Path | None) -> str:
    """The picture as a ``data:`` address; ``name`` is a file beside the profile, or such an address. Raises EmblemError."""
    if not name:
        return ""
    if name.startswith("data:"):
        return _checked(_decoded(name))
    if (
        folder is None
        or not name.lower().endswith((".svg", ".png"))
        or Path(name).name != name
        or not name.isprintable()
    ):
        raise EmblemError(f'"{name}" harus nama berkas SVG atau PNG di sebelah berkas profil.')
    try:
        with (folder / name).open("rb") as opened:
            return _checked(opened.read(LARGEST + 1))
    except OSError as error:
        raise EmblemError(
            f"{folder / name} tidak dapat dibaca ({error.strerror}); taruh berkasnya di sebelah profil."
        ) from error


def _decoded(address: str) -> bytes:
    kind = next((kind for kind in (_SVG, _PNG) if address.startswith(kind)), None)
    if kind is None:
        raise EmblemError("alamat data: yang dikenal hanya SVG dan PNG dalam base64; sebutkan nama berkasnya.")
    try:
        return base64.b64decode(address.removeprefix(kind), validate=True)
    except binascii.Error as error:
        raise EmblemError("alamat data: rusak; sebutkan nama berkas gambarnya.") from error


def _checked(content: bytes) -> str:
    if len(content) > LARGEST:
        raise EmblemError(f"gambar lebih besar dari {LARGEST // 1_000_000} MB; perkecil ukurannya.")
    if content.startswith(_PNG_BEGINS):
        _look_at_pixels(content)
        return _PNG + base64.b64encode(content).decode()
    _look_at_drawing(content)
    return _SVG + base64.b64encode(content).decode()


def _look_at_pixels(content: bytes) -> None:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - comes with WeasyPrint; few agencies need it

    if len(content) >= 24 and max(struct.unpack(">II", content[16:24])) > _MOST_PIXELS:
        raise EmblemError(f"gambar PNG lebih dari {_MOST_PIXELS} piksel pada satu sisi; perkecil gambarnya.")
    # Whether the pixels are all there is read off the end too: WeasyPrint tells the library not to mind.
    if b"IEND" not in content[-12:]:
        raise EmblemError(_SPOILT)
    try:
        from io import BytesIO  # noqa: PLC0415 - as above

        with Image.open(BytesIO(content), formats=("PNG",)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise EmblemError(_SPOILT) from error


def _look_at_drawing(content: bytes) -> None:
    """An SVG is a program's file: nothing in it may run, unfold, or point outside it."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<?xml-stylesheet" in content:
        raise EmblemError(
            "SVG memuat DOCTYPE, entitas, atau lembar gaya luar; simpan ulang sebagai SVG biasa (plain SVG)."
        )
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without a DOCTYPE nothing can unfold
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise EmblemError("berkas bukan gambar SVG atau PNG; pakai salah satunya.") from error
    if _plain(root.tag) != "svg":
        raise EmblemError("berkas bukan gambar SVG atau PNG; pakai salah satunya.")
    for element in root.iter():
        _look_at_element(element)


def _look_at_element(element: ElementTree.Element) -> None:
    tag = _plain(element.tag)
    if tag in _ACTIVE:
        raise EmblemError(f"SVG memuat <{tag}>; lambang hanya boleh berisi gambar. Simpan ulang sebagai SVG biasa.")
    if tag == "style" and _OUTWARD.search(element.text or ""):
        raise EmblemError("gaya dalam SVG menunjuk berkas lain; simpan ulang dengan gaya di dalamnya.")
    for key, value in element.attrib.items():
        name = _plain(key)
        if name.lower().startswith("on"):
            raise EmblemError(f"SVG memuat atribut {name} yang menjalankan program; simpan ulang sebagai SVG biasa.")
        if name == "href" and not value.strip().startswith(("#", "data:image/png", "data:image/jpeg")):
            raise EmblemError(f'SVG menunjuk berkas lain ("{value[:40]}"); tanamkan gambarnya di dalam SVG.')
        if _OUTWARD.search(value):
            raise EmblemError(f"atribut {name} dalam SVG menunjuk berkas lain; tanamkan di dalam SVG.")


def _plain(name: object) -> str:
    """A tag or attribute without its namespace; empty for a comment."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""
