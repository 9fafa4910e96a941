"""The body of each letter of mentoring: called ``body`` in its template. A field means the same wherever it stands.

Every field is filled by the fact of its name when the letter is issued, and stored with it; nothing is looked up again. Instants
are aware, and are printed on the agency's clock.

What mentor and mentee agree to (``MentoringAgreement``) they agree to in the application, and sign nowhere. It is a letter all the
same, and stands in the register and the archive like any other: its one signature is that of whoever assigns the mentor, who
takes note of it (Mengetahui) in the step that assigns, so that nobody is asked for anything more than the surat tugas asks of them.
The names of the two, and the moments at which each agreed, are part of what it says.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Annotated, ClassVar

import msgspec

from workflow.letters.bounds import MOST_LINES, MOST_PEOPLE, Basis, Line, Prose
from workflow.letters.parts import ParticipantLine, People, References


class Mentoring(msgspec.Struct, frozen=True, kw_only=True):
    """Who guides whom, in what, over which days (both included). ``participants``: the mentees."""

    mentor_person: ParticipantLine
    participants: People
    competency: Line
    starts_on: date
    ends_on: date

    @property
    def several(self) -> bool:
        """More than one mentee: they stand in a table."""
        return len(self.participants) > 1

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """Those whom it names; a list that is too long for the letter is attached to it."""
        return (self.participants,)


class PlannedMentoring(Mentoring, frozen=True, kw_only=True):
    """``goal``: what shall be reached; ``plan``: how often they meet; ``media``: where and by what means, or empty."""

    goal: Prose
    plan: Prose
    media: Line = ""


class MentoringAssignment(PlannedMentoring, frozen=True, kw_only=True):
    """Surat tugas mentor. ``basis`` is its Dasar."""

    basis: Basis


class MentoringPair(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a decree: ``mentor`` guides ``mentee``."""

    mentor: ParticipantLine
    mentee: ParticipantLine
    competency: Line
    starts_on: date
    ends_on: date


class MentoringDecree(msgspec.Struct, frozen=True, kw_only=True):
    """Keputusan penunjukan mentor, for a whole class; the pairs stand in its attachment."""

    pairs: Annotated[tuple[MentoringPair, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    basis: Basis

    @property
    def by_mentor(self) -> tuple[tuple[ParticipantLine, tuple[tuple[int, MentoringPair], ...]], ...]:
        """Each mentor in the order in which they are first named, with their pairs, which are numbered throughout."""
        found: dict[ParticipantLine, list[MentoringPair]] = {}
        for pair in self.pairs:
            found.setdefault(pair.mentor, []).append(pair)
        numbers = count(1)
        return tuple((mentor, tuple((next(numbers), pair) for pair in theirs)) for mentor, theirs in found.items())

    @property
    def mentors(self) -> int:
        """How many guide."""
        return len({pair.mentor for pair in self.pairs})


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two sides of an agreement: ``role`` as people call it, and when they agreed in the application."""

    role: Line
    person: ParticipantLine
    at: datetime


class MentoringAgreement(PlannedMentoring, frozen=True, kw_only=True):
    """Kesepakatan mentoring, agreed to by both in the application; signed by neither, and so corrected by nobody."""

    AGREED_TO: ClassVar[frozenset[str]] = frozenset({"competency", "goal", "plan", "media"})

    agreed: Annotated[tuple[Agreed, ...], msgspec.Meta(max_length=2)]


class MentoringChange(PlannedMentoring, frozen=True, kw_only=True):
    """Surat tugas mentor pengganti: ``mentor_person`` in the place of ``former_mentor``.

    ``replaces``: the letters by which the former mentor was assigned; ``reason`` as it was typed. ``earlier``: among others the
    agreement, which goes on.
    """

    former_mentor: ParticipantLine
    replaces: References
    replacement_reason: Prose
    basis: Basis
    earlier: References = ()


class MentoringExtension(PlannedMentoring, frozen=True, kw_only=True):
    """Surat tugas perpanjangan mentoring: ``ends_on`` is the new last day, ``ended_before`` the one that it was until now.

    ``replaces``: the letters by which the mentor was assigned until then; ``extended_by``: who asked for it and who agreed, in
    the application; ``extension_reason`` as it was typed. ``earlier``: among others the agreement, which goes on.
    """

    ended_before: date
    replaces: References
    extended_by: Annotated[tuple[Agreed, ...], msgspec.Meta(max_length=2)]
    extension_reason: Prose
    basis: Basis
    earlier: References = ()


class MeetingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that the mentee confirmed. ``mentor``: who held it; empty where all were held by the same.

    ``media``: in person, online or by telephone, and where. ``action`` was agreed to be done until ``action_on``.
    """

    starts_at: datetime
    ends_at: datetime
    media: Line
    topic: Prose
    result: Prose
    action: Prose = ""
    action_on: date | None = None
    mentor: Line = ""


class EvaluationLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one said of the other, in sum. ``by``: whose it is; ``mean`` of the five marks, 1 to 5; the gaps as levels."""

    by: Line
    mean: Decimal
    gap_before: int
    gap_after: int


class MentoringReport(PlannedMentoring, frozen=True, kw_only=True):
    """Laporan akhir, by mentor and mentee. ``concluded_on``: the last day where it ended before the one planned, else None.

    ``meetings``: those that the mentee confirmed, by time; ``open_meetings``: how many were logged and never confirmed.
    ``evaluations``: those that both may read; ``not_evaluated``: who let the time for it pass; ``not_given``: whose part is
    missing as they have left, each in a sentence.
    """

    meetings: Annotated[tuple[MeetingLine, ...], msgspec.Meta(max_length=MOST_LINES)]
    open_meetings: int
    evaluations: Annotated[tuple[EvaluationLine, ...], msgspec.Meta(max_length=2)]
    not_evaluated: Annotated[tuple[Line, ...], msgspec.Meta(max_length=2)]
    not_given: Annotated[tuple[Line, ...], msgspec.Meta(max_length=2)] = ()
    concluded_on: date | None = None
    earlier: References = ()

    @property
    def last_day(self) -> date:
        """The day on which it did end."""
        return self.concluded_on or self.ends_on


class CountedMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting with the JP that it counts for; ``says``: where that is none, why."""

    starts_at: datetime
    ends_at: datetime
    hours: int
    says: Prose = ""


class MenteeCertificate(Mentoring, frozen=True, kw_only=True):
    """Surat keterangan JP for the mentee: each meeting with what it counts for by the book of hours."""

    counted_meetings: Annotated[tuple[CountedMeeting, ...], msgspec.Meta(max_length=MOST_LINES)]
    basis: Basis
    concluded_on: date | None = None

    @property
    def hours(self) -> int:
        """JP of all meetings together."""
        return sum(each.hours for each in self.counted_meetings)

    @property
    def counting(self) -> int:
        """How many of the meetings count for anything."""
        return sum(each.hours > 0 for each in self.counted_meetings)

    @property
    def uncounted(self) -> tuple[str, ...]:
        """Why each of the others does not."""
        return tuple(each.says for each in self.counted_meetings if not each.hours and each.says)

    @property
    def last_day(self) -> date:
        """The day on which it did end."""
        return self.concluded_on or self.ends_on


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """One who was mentor: how many confirmed meetings they held, from the first to the last, and the JP for these."""

    person: ParticipantLine
    meetings: int
    first_on: date
    last_on: date
    hours: int


class MentorCertificate(Mentoring, frozen=True, kw_only=True):
    """Surat keterangan for the mentor, and for whoever was mentor before them: ``guides``, in the order of their first meeting."""

    guides: Annotated[tuple[Guide, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    basis: Basis
    concluded_on: date | None = None

    @property
    def last_day(self) -> date:
        """The day on which it did end."""
        return self.concluded_on or self.ends_on
