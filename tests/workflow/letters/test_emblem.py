import base64
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from workflow.letters.emblem import LARGEST, EmblemError, emblem
from workflow.letters.profile import TEMPLATES

PROFILES = TEMPLATES / "profiles"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


def png(width: int = 4, height: int = 4) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(made, "PNG")
    return made.getvalue()


def kept(folder: Path, content: bytes | str, name: str = "lambang.svg") -> str:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return emblem(name, folder)


@pytest.mark.parametrize("name", ["kemuning.svg", "samudra.png"])
def test_the_shipped_emblems_are_pictures(name: str) -> None:
    kind = {"svg": "svg+xml", "png": "png"}[name.rpartition(".")[2]]
    assert emblem(name, PROFILES).startswith(f"data:image/{kind};base64,")


def test_a_picture_is_known_by_what_is_in_it_and_not_by_its_name(tmp_path: Path) -> None:
    assert kept(tmp_path, png(), "lambang.svg").startswith("data:image/png;base64,")
    assert kept(tmp_path, SVG.format(""), "lambang.png").startswith("data:image/svg+xml;base64,")


def test_an_emblem_that_is_kept_inside_the_profile_is_looked_at_again() -> None:
    inside = "data:image/svg+xml;base64," + base64.b64encode(SVG.format("<script/>").encode()).decode()
    with pytest.raises(EmblemError, match="<script>"):
        emblem(inside, None)
    with pytest.raises(EmblemError, match="hanya SVG dan PNG"):
        emblem("data:text/html;base64,PGI+", None)
    with pytest.raises(EmblemError, match="rusak"):
        emblem("data:image/png;base64,!", None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<script>x</script>", "<script>"),
        ('<g onload="x()"/>', "atribut onload"),
        ('<image href="file:///etc/passwd"/>', "menunjuk berkas lain"),
        ('<image xlink:href="https://lain.example/x.png"/>', "menunjuk berkas lain"),
        ('<use href="lain.svg#a"/>', "menunjuk berkas lain"),
        ('<a href="javascript:x()"/>', "menunjuk berkas lain"),
        ('<rect fill="url(https://lain.example/#a)"/>', "menunjuk berkas lain"),
        ("<style>@import 'x.css';</style>", "gaya dalam SVG"),
        ("<style>g { fill: url(x.svg) }</style>", "gaya dalam SVG"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<animate/>", "<animate>"),
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(content: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match=reason):
        kept(tmp_path, SVG.format(content))


@pytest.mark.parametrize(
    "content", ['<use href="#a"/>', '<rect fill="url(#a)"/>', '<image href="data:image/png;base64,AA"/>']
)
def test_a_drawing_may_point_into_itself(content: str, tmp_path: Path) -> None:
    assert kept(tmp_path, SVG.format(content))


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + SVG.format("&b;"),
        '<?xml-stylesheet href="x.css"?>' + SVG.format(""),
    ],
)
def test_a_drawing_with_entities_or_a_stylesheet_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match="DOCTYPE, entitas, atau lembar gaya luar"):
        kept(tmp_path, content)


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html/>", b"<svg>", "\x00".encode("utf-16"), b"GIF89a"])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match="bukan gambar SVG atau PNG"):
        kept(tmp_path, content)


def test_a_picture_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match="rusak atau terpotong"):
        kept(tmp_path, png(300, 300)[:-40], "lambang.png")


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused(tmp_path: Path) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    with pytest.raises(EmblemError, match=r"lebih dari 2000 piksel"):
        kept(tmp_path, bomb, "lambang.png")


def test_a_picture_of_more_than_a_megabyte_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match="lebih besar dari 1 MB"):
        kept(tmp_path, SVG.format("<!--" + "x" * LARGEST + "-->"))


@pytest.mark.parametrize("name", ["../kemuning.svg", "/etc/hostname.svg", "lambang.gif", "sub/lambang.svg"])
def test_an_emblem_lies_beside_its_profile(name: str, tmp_path: Path) -> None:
    with pytest.raises(EmblemError, match="di sebelah berkas profil"):
        emblem(name, tmp_path)
