"""Letters that send somebody to do something: surat tugas and surat perintah, and the rekomendasi that speaks for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from workflow.letters.bounds import Line, Prose, Said, Sayings
from workflow.letters.parts import ParticipantLine, People
from workflow.letters.pieces import Annexes, Piece, Points, Rows


class Order(Piece, frozen=True, kw_only=True):
    """Who is to do what, why and on what grounds.

    ``considering``: the Menimbang, lettered; ``grounds``: the Dasar, numbered; ``duties``: what to do, begun small, without
    final stops. ``starts_on``/``ends_on`` and ``place`` where they are the same for all duties; ``cost_source`` bears the
    costs; empty: nothing is said of them.
    """

    considering: Sayings = ()
    grounds: Sayings = ()
    participants: Annotated[People, msgspec.Meta(min_length=1)]
    duties: Annotated[Points, msgspec.Meta(min_length=1)]
    starts_on: date | None = None
    ends_on: date | None = None
    place: Line = ""
    cost_source: Prose = ""
    closing: Prose = ""
    attachments: Annexes = ()

    def __post_init__(self) -> None:
        if self.ends_on and (self.starts_on is None or self.ends_on < self.starts_on):
            raise ValueError("ends_on memerlukan starts_on yang tidak sesudahnya; perbaiki waktu tugas")

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Whom the letter attaches where they are too many for it."""
        return (self.participants,)

    @property
    def several(self) -> bool:
        """More than one is sent."""
        return len(self.participants) > 1


class AssignmentOrder(Order, frozen=True, kw_only=True):
    """Surat tugas."""


class Command(Order, frozen=True, kw_only=True):
    """Surat perintah: as a surat tugas, from a superior to those who must carry it out at once."""


class Recommendation(Piece, frozen=True, kw_only=True):
    """Rekomendasi, of ``participants`` for ``purpose``, which continues ``memberikan rekomendasi kepada … untuk``.

    ``valid_until``: the last day on which it may be used.
    """

    grounds: Annotated[Sayings, msgspec.Meta(min_length=1)]
    considering: Sayings = ()
    participants: Annotated[People, msgspec.Meta(min_length=1)]
    purpose: Said
    details: Rows = ()
    conditions: Points = ()
    valid_until: date | None = None
    closing: Prose = ""
    attachments: Annexes = ()

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Whom the letter attaches where they are too many for it."""
        return (self.participants,)
