"""Keputusan, whole, as a copy (salinan) or as an extract for one person (petikan)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from workflow.letters.bounds import Line, Said, Sayings
from workflow.letters.parts import ParticipantLine
from workflow.letters.pieces import Annexes, Passage, Passages, Piece
from workflow.letters.pieces import rulings as labelled


class Original(Piece, frozen=True, kw_only=True):
    """The decree that a salinan or petikan is of: its number and day, and who set it, as it is printed there."""

    number: Said
    dated_on: date
    place: Said
    title: Said
    name: Said
    rank: Line = ""
    nip: Line = ""


class Decree(Piece, frozen=True, kw_only=True):
    """Keputusan. ``about`` follows TENTANG and begins large; the clauses are labelled KESATU, KEDUA, … as they stand.

    ``considering`` (Menimbang) is lettered, ``grounds`` (Mengingat) and ``noting`` (Memperhatikan) are numbered. The last
    clause, which puts it in force on the day it is set, is added; ``correctable``: with the promise to mend mistakes.
    ``by_grace``: with DENGAN RAHMAT TUHAN YANG MAHA ESA, where the agency's decrees have it.

    ``copy`` with its ``original``: whoever signs then confirms that it says what the decree says. A petikan is for one
    person, ``excerpt_for``, and may leave out considerations and grounds, which then read ``dst.``. Raises ValueError
    where these do not go together.
    """

    about: Said
    considering: Sayings = ()
    grounds: Sayings = ()
    noting: Sayings = ()
    rulings: Annotated[Passages, msgspec.Meta(min_length=1)]
    correctable: bool = False
    by_grace: bool = False
    copy: Literal["", "salinan", "petikan"] = ""
    original: Original | None = None
    excerpt_for: ParticipantLine | None = None
    attachments: Annexes = ()

    def __post_init__(self) -> None:
        if bool(self.copy) != (self.original is not None):
            raise ValueError("original diisi pada salinan atau petikan, dan hanya di sana")
        if (self.copy == "petikan") != (self.excerpt_for is not None):
            raise ValueError("excerpt_for menyebut penerima petikan, dan hanya pada petikan")
        if self.copy != "petikan" and not (self.considering and self.grounds):
            raise ValueError("considering (Menimbang) dan grounds (Mengingat) wajib diisi kecuali pada petikan")

    @property
    def clauses(self) -> tuple[tuple[str, Passage], ...]:
        """The clauses under their labels, with the last, which puts them in force."""
        in_force = "Keputusan ini mulai berlaku pada tanggal ditetapkan"
        if self.correctable:
            in_force += (
                ", dengan ketentuan apabila di kemudian hari terdapat kekeliruan, akan diadakan perbaikan sebagaimana "
                "mestinya"
            )
        return labelled((*self.rulings, Passage(text=f"{in_force}.")))
