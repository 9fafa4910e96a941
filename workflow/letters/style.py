"""How an agency's letters look and speak: its paper, its type, its words. The tables of the profile that say so."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from workflow.letters.parts import Standing

Paper = Literal["A4", "F4"]
Font = Literal["sans", "serif"]
Orientation = Literal["portrait", "landscape"]

#: Types of letters that lie on their side unless the profile says otherwise.
_LYING: Final = frozenset({"piagam", "sertifikat"})


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: a key it does not know is refused."""


class PageStyle(Table, frozen=True, kw_only=True):
    """The page: margins in centimetres, font size in points, line height in lines; ``footer`` under every page.

    ``longest_table``: the names that may stand in the letter itself; more are attached to it. ``catchwords``: under a page
    that goes on stands the first word of the next one.
    """

    paper: Paper = "A4"
    orientation: Orientation = "portrait"
    font: Font = "sans"
    font_size: float = 11.0
    line_height: float = 1.2
    left: float = 3.0
    right: float = 2.0
    top: float = 2.0
    bottom: float = 2.5
    footer: str = ""
    longest_table: int = 3
    catchwords: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in millimetres, as the page lies."""
        width, height = PAPERS[self.paper]
        return (width, height) if self.orientation == "portrait" else (height, width)

    @property
    def room(self) -> tuple[float, float]:
        """Width and height between the margins, in centimetres."""
        width, height = self.size
        return width / 10 - self.left - self.right, height / 10 - self.top - self.bottom


class TypeStyle(Table, frozen=True, kw_only=True):
    """How one type of official letter differs; what is left out is as on every page."""

    paper: Paper | None = None
    orientation: Orientation | None = None
    font: Font | None = None
    font_size: float | None = None
    line_height: float | None = None
    left: float | None = None
    right: float | None = None
    top: float | None = None
    bottom: float | None = None
    longest_table: int | None = None
    catchwords: bool | None = None


class Salutations(Table, frozen=True, kw_only=True):
    """How the addressee is spoken to, by how they stand to the signatory."""

    above: str = "Bapak/Ibu"
    level: str = "Saudara"
    below: str = "Saudara"

    def to(self, standing: Standing) -> str:
        """The one for an addressee."""
        return str(getattr(self, standing))


class Wording(Table, frozen=True, kw_only=True):
    """The words around a letter. ``above_addressee``: a line over the address, such as ``Kepada``; mostly none.

    ``at`` stands between addressee and place, ``anywhere`` for a place that is not named; ``names_place``: else it is always
    that. ``names``: of signatories, as they are written or in capitals but for their degrees. ``says_for_whom``: under the
    signature of a Plh. or Plt. a line says in whose place they sign, and by which letter.
    """

    salutation: Salutations = Salutations()
    above_addressee: str = ""
    to: str = "Yth."
    at: str = "di"
    anywhere: str = "Tempat"
    names_place: bool = True
    copies: str = "Tembusan:"
    names: Literal["as_written", "capitals"] = "as_written"
    says_for_whom: bool = True


class ElectronicStyle(Table, frozen=True, kw_only=True):
    """What a letter says of its electronic signature: ``says`` above the post, ``footer`` under every page.

    ``test``: in place of the footer, and beside the signature, where a key made for trying things out signs. ``check``:
    beside a QR code that stands under several signatures.
    """

    says: str = "Ditandatangani secara elektronik oleh:"
    footer: str = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh Balai Besar "
        "Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
    )
    test: str = "UJI — bukan tanda tangan elektronik tersertifikasi"
    check: str = "Surat ini ditandatangani secara elektronik. Pindai kode di samping untuk memeriksanya."


def page_of(page: PageStyle, kind: TypeStyle, name: str, **own: Paper | Font | None) -> PageStyle:
    """The page of a type of letter. ``own``: what a single kind of letter has of its own, over both."""
    lies: Orientation = "landscape" if name in _LYING else page.orientation
    given = {**msgspec.structs.asdict(kind), **{key: value for key, value in own.items() if value}}
    chosen = {"orientation": lies, **{key: value for key, value in given.items() if value is not None}}
    return msgspec.structs.replace(page, **chosen)


def faults_of(page: PageStyle) -> tuple[tuple[str, str], ...]:
    """What the types cannot say: each key that is out of bounds, with the reason and the way out."""
    faults = []
    for key, least, most, what in _BOUNDS:
        if not least <= getattr(page, key) <= most:
            faults.append((key, what))
    if min(page.room) < 10:
        faults.append(("left", "tepi halaman menyisakan kurang dari 10 cm untuk isi surat; kecilkan tepinya."))
    return tuple(faults)


#: Width and height in millimetres, upright. F4 (folio) as Indonesian offices buy it.
PAPERS: Final[dict[Paper, tuple[int, int]]] = {"A4": (210, 297), "F4": (215, 330)}

_MARGIN: Final = "tepi halaman harus 1 sampai 6 sentimeter."
_BOUNDS: Final = (
    ("font_size", 8, 14, "ukuran huruf harus 8 sampai 14 poin."),
    ("line_height", 1, 2, "jarak baris harus 1 sampai 2."),
    *((side, 1, 6, _MARGIN) for side in ("left", "right", "top", "bottom")),
    ("longest_table", 1, 20, "nama yang dimuat surat harus 1 sampai 20 orang; selebihnya pada lampiran."),
)
