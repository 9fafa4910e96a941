"""The body of each letter of an internship: called ``body`` in its template. A field means the same wherever it stands.

Every field is filled by the fact of its name when the letter is issued, and stored with it; nothing is looked up again.
``earlier`` are the signed letters of the case so far, latest first: a template takes those that it names.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec

from workflow.letters.bounds import Basis, Line, Prose
from workflow.letters.parts import HostLine, LetterReference, ParticipantLine, People, References


class FieldSupervisor(msgspec.Struct, frozen=True, kw_only=True):
    """Pembimbing lapangan: the host's own person who guides the intern."""

    name: Line
    post: Line


class Internship(msgspec.Struct, frozen=True, kw_only=True):
    """What every letter of an internship names: ``section`` of the host, its days (both included), what is learned.

    Of several who go together each may be bound for another section: then ``section`` lists them, and each line has its own.
    """

    participants: People
    host: HostLine
    section: Prose
    starts_on: date
    ends_on: date
    competency: Line

    @property
    def several(self) -> bool:
        """More than one participant: they stand in a table."""
        return len(self.participants) > 1

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Those whom it names; a list that is too long for the letter is attached to it."""
        return (self.participants,)

    @property
    def calendar_days(self) -> int:
        """Days from the first to the last, both counted."""
        return (self.ends_on - self.starts_on).days + 1


class CostedInternship(Internship, frozen=True, kw_only=True):
    """``goal``: what shall be reached. ``cost_source``: the source as a sentence names it, or ``tanpa biaya``.

    ``awaited_years``: the years whose budget is awaited for their part of the cost; no letter promises that part.
    """

    goal: Prose
    cost_source: Prose
    awaited_years: Annotated[tuple[int, ...], msgspec.Meta(max_length=20)] = ()

    @property
    def free_of_charge(self) -> bool:
        """No budget bears anything."""
        return self.cost_source.strip().lower() in ("", "tanpa biaya")


class InternshipProposal(CostedInternship, frozen=True, kw_only=True):
    """Surat usulan: a unit's head to the head of the personnel unit.

    ``plan_item``: the item of the year's development plan, or None with ``unplanned_reason``. ``cost_estimate``:
    whole rupiah.
    """

    plan_item: Line | None
    unplanned_reason: Prose | None = None
    cost_estimate: int | None = None


class InternshipRequest(CostedInternship, frozen=True, kw_only=True):
    """Permohonan magang: to the host.

    ``reply_days``: working days that the host has for its answer.
    """

    earlier: References = ()
    reply_days: int | None = None


class InternshipAssignment(CostedInternship, frozen=True, kw_only=True):
    """Surat tugas. ``basis`` and the request among ``earlier`` are its Dasar; ``conditions`` are the host's."""

    basis: Basis
    earlier: References = ()
    field_supervisor: FieldSupervisor | None = None
    conditions: Prose | None = None


class InternshipIntroduction(Internship, frozen=True, kw_only=True):
    """Surat pengantar: presents the participants to the host, with the surat tugas among ``earlier``."""

    earlier: References
    field_supervisor: FieldSupervisor | None = None


class AttendedInternship(Internship, frozen=True, kw_only=True):
    """``attended_days`` of ``planned_days``; ``score`` and ``predicate`` as the host gave, or None.

    ``ended_on``: the last day where it ended before the day that was planned, else None.
    """

    attended_days: int
    planned_days: int
    score: Decimal | None
    predicate: Line | None
    ended_on: date | None = None

    @property
    def last_day(self) -> date:
        """The day on which it did end."""
        return self.ended_on or self.ends_on


class HostCertificate(AttendedInternship, frozen=True, kw_only=True):
    """Surat keterangan selesai magang, by the head of a host inside; names the surat tugas among ``earlier``."""

    earlier: References = ()
    field_supervisor: FieldSupervisor | None = None


class CreditCertificate(AttendedInternship, frozen=True, kw_only=True):
    """Surat keterangan pengembangan kompetensi, by the head of the personnel unit.

    ``hours``: JP that count. ``host_certificate``: the host's own. ``waived_reason``: why its assessment was done without,
    or where there is a certificate, why it did not assess again what was logged after that.
    """

    hours: int
    basis: Basis
    host_certificate: LetterReference | None
    waived_reason: Prose | None = None


class InternshipRecall(Internship, frozen=True, kw_only=True):
    """Penarikan: the participants come back from a running internship. ``reason`` as it was typed."""

    reason: Prose
    earlier: References


class InternshipCancellation(Internship, frozen=True, kw_only=True):
    """Pembatalan: to the addressee of the letters it ``cancels``. ``reason`` as it was typed."""

    reason: Prose
    cancels: References


class InternshipChange(Internship, frozen=True, kw_only=True):
    """Surat perubahan: ``participants`` no longer take part under the letters that it ``changes``, ``remaining`` still do.

    ``successor``: who takes the place of the one who leaves, if anybody. ``reason`` as it was typed.
    """

    reason: Prose
    changes: References
    remaining: People = ()
    successor: ParticipantLine | None = None

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Those who leave, and those who remain."""
        return (self.participants, self.remaining)


class InternshipReplacement(Internship, frozen=True, kw_only=True):
    """Pemberitahuan penggantian peserta, to the host: ``successor`` comes in the place of the one of ``participants``."""

    reason: Prose
    changes: References
    successor: ParticipantLine


class InternshipExtension(CostedInternship, frozen=True, kw_only=True):
    """Surat tugas perpanjangan: ``ends_on`` is the new last day, ``ended_before`` the one that it was until now.

    ``consent``: how the host consented, as a sentence names it.
    """

    basis: Basis
    ended_before: date
    consent: Prose
    earlier: References = ()
    field_supervisor: FieldSupervisor | None = None


class InternshipReturn(Internship, frozen=True, kw_only=True):
    """Surat pengembalian peserta, by the head of a host inside, to the head of the unit of origin: back before the end.

    ``last_day`` at the host; ``reason`` as it was typed.
    """

    last_day: date
    reason: Prose
    earlier: References = ()
