"""The body of each letter of an exchange of staff. A field means the same wherever it stands; each is a fact of its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from workflow.letters.bodies.internship import FieldSupervisor
from workflow.letters.bounds import Basis, Line, Prose
from workflow.letters.parts import HostLine, ParticipantLine, People, References


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """Who goes where and who comes instead: the first of ours, ``counterpart`` theirs, for one period, both days included.

    ``placed_at``: the unit of ours in which the counterpart works.
    """

    participants: People
    host: HostLine
    host_post: Line
    starts_on: date
    ends_on: date
    competency: Line
    counterpart_name: Line
    counterpart_post: Line
    placed_at: Line
    placed_post: Line

    @property
    def calendar_days(self) -> int:
        """Days from the first to the last, both counted."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """No list of names: an exchange is of two."""
        return ()


class ExchangeRequest(Exchange, frozen=True, kw_only=True):
    """Permohonan pertukaran, to the partner."""

    goal: Prose
    termination: Prose
    agreement: Prose
    earlier: References = ()


class ExchangeDecree(Exchange, frozen=True, kw_only=True):
    """Keputusan tentang pertukaran pegawai, by the regent. ``basis``: the rules; ``agreement``: the one that it rests on."""

    goal: Prose
    termination: Prose
    agreement: Prose
    basis: Basis
    earlier: References = ()
    field_supervisor: FieldSupervisor | None = None


class ExchangeCancellation(Exchange, frozen=True, kw_only=True):
    """Pembatalan: to the addressee of the letters it ``cancels``. ``reason`` as it was typed."""

    reason: Prose
    cancels: References


class ExchangeCertificate(Exchange, frozen=True, kw_only=True):
    """Surat keterangan pengembangan kompetensi after an exchange: ``hours`` (JP) that count, and the partner's score."""

    hours: int
    basis: Basis
    score: Decimal | None
    ended_on: date | None = None
    earlier: References = ()

    @property
    def last_day(self) -> date:
        """The day on which it did end."""
        return self.ended_on or self.ends_on
