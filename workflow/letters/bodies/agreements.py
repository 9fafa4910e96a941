"""Kesepakatan between offices: nota kesepahaman and perjanjian kerja sama, with two numbers and two emblems."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

from workflow.letters.bounds import MOST_EMBLEM, Line, Prose, Said, Sayings
from workflow.letters.pieces import Annexes, Piece, Section
from workflow.letters.words import spelled_date

Emblem = Annotated[
    str,
    msgspec.Meta(pattern=r"^$|^data:image/(svg\+xml|png);base64,[A-Za-z0-9+/]+=*$", max_length=MOST_EMBLEM),
]
_TITLES: Final = {"nota_kesepahaman": "NOTA KESEPAHAMAN", "perjanjian_kerja_sama": "PERJANJIAN KERJA SAMA"}


class Side(Piece, frozen=True, kw_only=True):
    """One side: the institution, who speaks for it and why they may.

    ``authority`` follows ``berdasarkan``. ``number``: its own number for the agreement; ours stands in the frame.
    ``emblem``: a ``data:`` address; ours is the letterhead's.
    """

    institution: Said
    name: Said
    post: Said
    address: Said
    authority: Line = ""
    number: Line = ""
    emblem: Emblem = ""


class Agreement(Piece, frozen=True, kw_only=True):
    """Nota kesepahaman or perjanjian kerja sama. ``sides``: ours first. ``articles`` are numbered as they stand.

    ``recitals``: what both sides begin from, lettered.
    """

    form: Literal["nota_kesepahaman", "perjanjian_kerja_sama"]
    about: Said
    sides: Annotated[tuple[Side, ...], msgspec.Meta(min_length=2, max_length=3)]
    on: date
    place: Said
    recitals: Sayings = ()
    articles: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1, max_length=100)]
    closing: Prose = ""
    attachments: Annexes = ()

    @property
    def heading(self) -> str:
        """What it is, in capitals."""
        return _TITLES[self.form]

    @property
    def day_in_words(self) -> str:
        """The day it is signed, spelled."""
        return spelled_date(self.on)

    @property
    def roles(self) -> tuple[tuple[str, Side], ...]:
        """Each side with what it is called from then on."""
        return tuple(zip(("PIHAK KESATU", "PIHAK KEDUA", "PIHAK KETIGA"), self.sides, strict=False))
