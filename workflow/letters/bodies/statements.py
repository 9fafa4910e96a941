"""Letters that state what is so: surat keterangan, surat pernyataan, berita acara, laporan."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from workflow.letters.bounds import Line, Prose, Said
from workflow.letters.parts import ParticipantLine, People, PersonLine
from workflow.letters.pieces import Annexes, Passage, Passages, Piece, Points, Row, Rows
from workflow.letters.words import spelled_date

SomePassages = Annotated[Passages, msgspec.Meta(min_length=1)]


class Certificate(Piece, frozen=True, kw_only=True):
    """Surat keterangan, about ``participants``: what is stated of them follows ``menerangkan bahwa …``.

    ``statement`` begins small; ``details``: its rows; ``remarks``: paragraphs after them; ``purpose``: for what it is
    given, after ``untuk``.
    """

    participants: Annotated[People, msgspec.Meta(min_length=1)]
    statement: Said
    details: Rows = ()
    remarks: Passages = ()
    purpose: Prose = ""
    attachments: Annexes = ()

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Whom the letter attaches where they are too many for it."""
        return (self.participants,)


class Declaration(Piece, frozen=True, kw_only=True):
    """Surat pernyataan, signed by ``person`` themselves. ``duty_stamp``: with a place for the meterai."""

    about: Line = ""
    person: PersonLine
    details: Rows = ()
    statements: Annotated[Points, msgspec.Meta(min_length=1)]
    consequence: Prose = ""
    closing: Prose = ""
    duty_stamp: bool = False
    attachments: Annexes = ()

    @property
    def identity(self) -> tuple[Row, ...]:
        """Who declares, row by row."""
        return (*identity(self.person), *self.details)


def identity(person: PersonLine) -> tuple[Row, ...]:
    """A person as letters say who somebody is; the unit only where the post does not name it."""
    rows = (
        ("Nama", person.name),
        (person.nip_label, person.nip),
        (person.rank_label, person.rank_value),
        ("Jabatan", person.post),
        ("Unit kerja", "" if person.unit in person.post else person.unit),
    )
    return tuple(Row(label=label, value=value) for label, value in rows if value)


class Party(Piece, frozen=True, kw_only=True):
    """One side of a berita acara. ``role``: ``PIHAK KESATU``; ``acting``: for whom, begun small; both may be left out."""

    person: PersonLine
    role: Line = ""
    acting: Line = ""

    @property
    def identity(self) -> tuple[Row, ...]:
        """Who it is, row by row."""
        return identity(self.person)


class Member(Piece, frozen=True, kw_only=True):
    """One of a team: ``seat``: Ketua, Sekretaris, Anggota."""

    name: Said
    post: Said
    seat: Said


class Proceedings(Piece, frozen=True, kw_only=True):
    """Berita acara: what was done on a day, by whom, with what result. The day is spelled in words.

    ``place`` follows ``bertempat di``; ``event`` follows the people, begun small: ``telah mengadakan …``.
    """

    about: Said
    on: date
    place: Line = ""
    parties: Annotated[tuple[Party, ...], msgspec.Meta(max_length=20)] = ()
    members: Annotated[tuple[Member, ...], msgspec.Meta(max_length=100)] = ()
    event: Said
    results: SomePassages
    closing: Prose = ""
    attachments: Annexes = ()

    def __post_init__(self) -> None:
        if not self.parties and not self.members:
            raise ValueError("berita acara memerlukan parties (para pihak) atau members (anggota tim)")

    @property
    def day_in_words(self) -> str:
        """``Kamis, tanggal dua belas bulan Maret tahun dua ribu dua puluh enam (12-03-2026)``."""
        return spelled_date(self.on)


class ActivityReport(Piece, frozen=True, kw_only=True):
    """Laporan of something that was done."""

    about: Said
    introduction: SomePassages
    activities: SomePassages
    results: SomePassages
    conclusion: SomePassages
    closing: Prose = ""
    attachments: Annexes = ()

    @property
    def sections(self) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
        """The chapters in the order that readers expect."""
        return (
            ("Pendahuluan", self.introduction),
            ("Kegiatan yang dilaksanakan", self.activities),
            ("Hasil yang dicapai", self.results),
            ("Kesimpulan dan saran", self.conclusion),
            ("Penutup", (Passage(text=self.closing or _REPORTED),)),
        )


_REPORTED = "Demikian laporan ini disampaikan sebagai bahan pertimbangan lebih lanjut."
