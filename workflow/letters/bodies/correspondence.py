"""General letters between offices: surat dinas, nota dinas, surat undangan, surat pengantar, surat edaran, telaahan staf."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from workflow.letters.bounds import MOST_LINES, Line, Prose, Said, Sayings
from workflow.letters.pieces import Annexes, Passage, Passages, Piece, Section
from workflow.letters.words import long_date, period, weekday

Zone = Literal["WIB", "WITA", "WIT"]
#: A time of day as letters write it.
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3])\.[0-5]\d$", max_length=5)]


class OfficialLetter(Piece, frozen=True, kw_only=True):
    """Surat dinas. ``closing``: the usual one where it is left out."""

    opening: Said
    passages: Passages = ()
    closing: Prose = ""
    attachments: Annexes = ()


class InternalNote(Piece, frozen=True, kw_only=True):
    """Nota dinas, within an office. ``sender``: the post it is from; whoever signs where it is left out."""

    opening: Said
    sender: Line = ""
    passages: Passages = ()
    closing: Prose = ""
    attachments: Annexes = ()


class Invitation(Piece, frozen=True, kw_only=True):
    """Surat undangan. ``until``: when it ends, ``selesai`` where that is open; ``invited``: the posts, more of them on an annex.

    ``notes``: what else to know, each a sentence: what to wear, what to bring, whom to call.
    """

    opening: Said
    starts_on: date
    ends_on: date | None = None
    starts_at: Clock
    until: Clock | Literal["selesai"] = "selesai"
    zone: Zone = "WIB"
    place: Said
    agenda: Said
    invited: Annotated[tuple[Said, ...], msgspec.Meta(max_length=MOST_LINES)] = ()
    notes: Sayings = ()
    closing: Prose = ""
    attachments: Annexes = ()

    def __post_init__(self) -> None:
        if self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on mendahului starts_on; perbaiki tanggal acara")

    @property
    def days(self) -> str:
        """``Kamis, 12 Maret 2026``, or the first and the last of several days."""
        if self.ends_on is None or self.ends_on == self.starts_on:
            return f"{weekday(self.starts_on)}, {long_date(self.starts_on)}"
        return f"{weekday(self.starts_on)} s.d. {weekday(self.ends_on)}, {period(self.starts_on, self.ends_on)}"

    @property
    def hours(self) -> str:
        """``09.00 WIB s.d. selesai``."""
        if self.until == "selesai":
            return f"{self.starts_at} {self.zone} s.d. selesai"
        return f"{self.starts_at} s.d. {self.until} {self.zone}"

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """Whom the letter attaches where they are too many for it."""
        return (self.invited,)


class SentItem(Piece, frozen=True, kw_only=True):
    """What is sent under a covering letter. ``amount`` as it is printed: ``2 (dua) berkas``."""

    what: Said
    amount: Said
    remark: Line = ""


class CoveringLetter(Piece, frozen=True, kw_only=True):
    """Surat pengantar: what is sent, and a block in which the receiver confirms it."""

    opening: Prose = ""
    items: Annotated[tuple[SentItem, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    closing: Prose = ""
    attachments: Annexes = ()


class Circular(Piece, frozen=True, kw_only=True):
    """Surat edaran: ``about`` what, to which posts, in lettered sections."""

    about: Said
    recipients: Annotated[tuple[Said, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    sections: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1, max_length=100)]
    closing: Prose = ""
    attachments: Annexes = ()


class StaffStudy(Piece, frozen=True, kw_only=True):
    """Telaahan staf: a matter thought through for somebody who decides. ``sender`` as in an internal note."""

    sender: Line = ""
    problem: Annotated[Passages, msgspec.Meta(min_length=1)]
    assumptions: Passages = ()
    facts: Annotated[Passages, msgspec.Meta(min_length=1)]
    analysis: Annotated[Passages, msgspec.Meta(min_length=1)]
    conclusion: Annotated[Passages, msgspec.Meta(min_length=1)]
    advice: Annotated[Passages, msgspec.Meta(min_length=1)]
    attachments: Annexes = ()

    @property
    def sections(self) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
        """The chapters in the order that readers expect, without those that are empty."""
        chapters = (
            ("Persoalan", self.problem),
            ("Praanggapan", self.assumptions),
            ("Fakta yang memengaruhi", self.facts),
            ("Analisis", self.analysis),
            ("Kesimpulan", self.conclusion),
            ("Saran", self.advice),
        )
        return tuple((title, passages) for title, passages in chapters if passages)
