"""What is hung on a wall or kept in a file for life: piagam and sertifikat, in landscape."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from workflow.letters.bounds import Line, Said
from workflow.letters.parts import PersonLine
from workflow.letters.pieces import Piece


class Charter(Piece, frozen=True, kw_only=True):
    """Piagam. ``reason`` follows ``atas``; ``basis``: the decree or regulation under which it is given."""

    heading: Line = "PIAGAM PENGHARGAAN"
    person: PersonLine
    reason: Said
    basis: Line = ""


class Subject(Piece, frozen=True, kw_only=True):
    """A subject that was taught, and for how many hours (JP)."""

    title: Said
    hours: Annotated[int, msgspec.Meta(ge=1)]


class Subjects(Piece, frozen=True, kw_only=True):
    """Subjects that belong together, such as ``Materi inti``; without a title where they are not divided."""

    title: Line = ""
    subjects: Annotated[tuple[Subject, ...], msgspec.Meta(min_length=1, max_length=100)]


class TrainingCertificate(Piece, frozen=True, kw_only=True):
    """Sertifikat. ``role``: as what they took part; ``activity`` follows ``pada`` or ``dalam`` and begins large.

    ``hours``: JP; 0 where none are given. ``matter``: what was taught, on the back; its hours make up ``hours``, else
    ValueError. ``result``: a grade or mark as it is printed.
    """

    heading: Line = "SERTIFIKAT"
    person: PersonLine
    role: Literal["peserta", "narasumber", "fasilitator", "moderator", "panitia", "mentor", "pembimbing"] = "peserta"
    activity: Said
    organiser: Said
    place: Line = ""
    starts_on: date
    ends_on: date
    hours: Annotated[int, msgspec.Meta(ge=0)] = 0
    result: Line = ""
    basis: Line = ""
    matter: Annotated[tuple[Subjects, ...], msgspec.Meta(max_length=20)] = ()

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on mendahului starts_on; perbaiki tanggal kegiatan")
        if self.matter and self.taught != self.hours:
            raise ValueError(f"jumlah JP materi {self.taught}, sedangkan hours {self.hours}; samakan keduanya")

    @property
    def taught(self) -> int:
        """The hours of all that was taught, in JP."""
        return sum(subject.hours for group in self.matter for subject in group.subjects)
