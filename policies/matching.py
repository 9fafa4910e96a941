"""Rounds that match mentors and mentees: who may take part, who is not paired with whom, and how well a pair fits.

How well a pair fits is told in whole points. A round serves as many people as it can; among all ways to do that it takes
the one whose pairs have the most points together.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

from policies.civil_service import Kind, NotRecognised, Rank, Status, read_rank, read_status
from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.mentoring import BINDING_SANCTIONS, MOST_MENTEES, PeriodFacts, period_is_allowed
from policies.parameters import Law, Parameter, Value, parameter
from policies.records import Sanction

#: Rises whenever the same answers of mentors and mentees may give other points or other bars. Kept with each proposal.
REVISION: Final = 2

MOST_FIELDS = parameter("matching.most_fields", int)
MOST_GOALS = parameter("matching.most_goals", int)
MOST_WISHES = parameter("matching.most_wishes", int)
SUPERIOR_EXCLUDED = parameter("matching.superior_excluded", bool)
SAME_UNIT_EXCLUDED = parameter("matching.same_unit_excluded", bool)
MUTUAL_EXCLUDED = parameter("matching.mutual_excluded", bool)
MOST_MENTORS = parameter("matching.most_mentors", int)
REMINDER_DAYS = parameter("matching.reminder_days", int)
FIRST_GOAL = parameter("matching.first_goal_weight", int)
LATER_GOAL = parameter("matching.later_goal_weight", int)
FURTHER_GOAL = parameter("matching.further_goal_weight", int)
MENTEE_WISH = parameter("matching.mentee_wish_weight", int)
MENTEE_WISH_STEP = parameter("matching.mentee_wish_step", int)
MENTOR_WISH = parameter("matching.mentor_wish_weight", int)
RANK = parameter("matching.rank_weight", int)
OTHER_UNIT = parameter("matching.other_unit_weight", int)

PRACTICE: Final = "Praktik daerah"
_REMEDY_DATES = "Periksa tanggal-tanggalnya."


# --- The round -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DatesFacts:
    """The days of a round: when it is opened, until when offers and wishes come in, and the period of the mentoring."""

    opened_on: date
    offers_until: date
    wishes_until: date
    starts_on: date
    ends_on: date


@rule("Urutan tanggal putaran")
def dates_are_in_order(facts: DatesFacts, law: Law) -> Decision:
    """Offers and wishes come in after the opening and before the mentoring begins; its length is one that mentoring may have."""
    first, last = sorted((facts.offers_until, facts.wishes_until))
    return together(
        (
            decide(
                first >= facts.opened_on,
                f"Batas memasukkan tawaran dan keinginan tidak sebelum hari pembukaan, {written(facts.opened_on)}.",
                PRACTICE,
                remedy=_REMEDY_DATES,
            ),
            decide(
                last < facts.starts_on,
                f"Mentoring mulai {written(facts.starts_on)}, sesudah batas memasukkan tawaran dan keinginan.",
                PRACTICE,
                remedy=_REMEDY_DATES,
            ),
            period_is_allowed(PeriodFacts(facts.starts_on, facts.ends_on, facts.opened_on), law),
        )
    )


# --- Taking part -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ParticipantFacts:
    """What is on record of somebody who offers or wishes. ``sanctions`` is None where no record says what there is."""

    on: date
    status: str | None
    left_on: date | None
    sanctions: tuple[Sanction, ...] | None


@rule("Dapat ikut putaran")
def may_take_part(facts: ParticipantFacts, law: Law) -> Decision:
    """Active staff without a sanction that binds; a blank record is a warning, never a no."""
    levels = law[BINDING_SANCTIONS]
    if facts.left_on is not None and facts.left_on <= facts.on:
        return decide(False, f"Tercatat keluar sejak {written(facts.left_on)}.", PRACTICE)
    answers = [_is_active(facts.status)]
    if facts.sanctions is None:
        says = "Catatan hukuman disiplinnya belum diketahui."
        answers.append(decide(False, says, levels, otherwise=Grade.WARNED))
    else:
        binding = [each for each in facts.sanctions if each.level in levels.value and each.in_force(facts.on)]
        # Which sanction it is concerns nobody else: those who read a round learn only that there is one.
        says = (
            "Sedang menjalani hukuman disiplin yang menghalangi." if binding else "Tidak ada hukuman yang menghalangi."
        )
        answers.append(decide(not binding, says, levels))
    return together(answers)


def _is_active(status: str | None) -> Decision:
    try:
        known = read_status(status or "")
    except NotRecognised:
        proof = "Lengkapi status kepegawaian dalam data pegawai."
        return unknown("Status kepegawaiannya belum diketahui.", PRACTICE, proof=proof)
    return decide(known is Status.ACTIVE, f"Status kepegawaian: {known.label}.", PRACTICE)


@dataclass(frozen=True)
class AnswerFacts:
    """What somebody hands in: so many fields or goals, so many names in each list; a mentor's ``capacity``, else None."""

    fields: int
    wanted: int
    unwanted: int
    twice: tuple[str, ...]
    capacity: int | None


@rule("Isian tawaran atau keinginan")
def answer_is_within_limits(facts: AnswerFacts, law: Law) -> Decision:
    """One field or goal at least, no more than the limits, nobody both wanted and not, a capacity that the law allows."""
    mentor = facts.capacity is not None
    most, wishes = law[MOST_FIELDS if mentor else MOST_GOALS], law[MOST_WISHES]
    called = "bidang" if mentor else "tujuan"
    answers = [
        decide(
            1 <= facts.fields <= most.value,
            f"Disebut {facts.fields} {called}; yang berlaku 1 sampai {most.value}.",
            most,
            remedy=f"Sebutkan paling banyak {most.value} {called}, yang terpenting lebih dahulu.",
        ),
        decide(
            max(facts.wanted, facts.unwanted) <= wishes.value,
            f"Disebut {facts.wanted} orang yang diinginkan dan {facts.unwanted} orang yang tidak; masing-masing paling "
            f"banyak {wishes.value}.",
            wishes,
        ),
        decide(not facts.twice, "Tidak seorang pun disebut sekaligus sebagai yang diinginkan dan yang tidak.", wishes),
    ]
    if facts.capacity is not None:
        limit = law[MOST_MENTEES]
        says = f"Sanggup membimbing {facts.capacity} mentee; yang berlaku 1 sampai {limit.value}."
        answers.append(decide(1 <= facts.capacity <= limit.value, says, limit))
    return together(answers)


@dataclass(frozen=True)
class MenteeFacts:
    """How many guide a mentee, or are asked to, on any day of the round's mentoring."""

    mentors: int


@rule("Mentee belum mempunyai mentor sebanyak yang diperbolehkan")
def mentee_may_have_another_mentor(facts: MenteeFacts, law: Law) -> Decision:
    """A mentoring that ends before that of the round begins does not count."""
    most = law[MOST_MENTORS]
    return decide(
        facts.mentors < most.value,
        f"Mentee sudah mempunyai atau sedang diusulkan kepada {facts.mentors} mentor dalam jangka waktu putaran ini; "
        f"paling banyak {most.value} mentor pada saat yang sama.",
        most,
        remedy="Ikutlah putaran berikutnya, atau akhiri dahulu mentoring yang berjalan.",
    )


# --- Pairs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who guides: ``room`` is how many more they can take; ``rank``: kind and level, None where not known."""

    person: str
    unit: str | None
    rank: tuple[str, int] | None
    fields: frozenset[str]
    room: int
    would: frozenset[str] = frozenset()
    would_not: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mentee:
    """Somebody who is to be guided: goals and wanted mentors in the order of their weight; ``superior``: who heads them."""

    person: str
    unit: str | None
    rank: tuple[str, int] | None
    goals: tuple[str, ...]
    would: tuple[str, ...] = ()
    would_not: frozenset[str] = frozenset()
    superior: str | None = None


class Bar(StrEnum):
    """Why two are not paired; the first that holds, in this order."""

    FIELD = "field"
    SELF = "self"
    SUPERIOR = "superior"
    UNIT = "unit"
    MUTUAL = "mutual"
    FORBIDDEN = "forbidden"
    DECLINED = "declined"
    MENTOR_WISH = "mentor_wish"
    MENTEE_WISH = "mentee_wish"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a round on a day: who is not paired, and the weights, in whole points."""

    superior_excluded: bool
    same_unit_excluded: bool
    mutual_excluded: bool
    first_goal: int
    later_goal: int
    further_goal: int
    mentee_wish: int
    mentee_wish_step: int
    mentor_wish: int
    rank: int
    other_unit: int


_TERMS: Final[dict[str, Parameter[Any]]] = {
    "superior_excluded": SUPERIOR_EXCLUDED,
    "same_unit_excluded": SAME_UNIT_EXCLUDED,
    "mutual_excluded": MUTUAL_EXCLUDED,
    "first_goal": FIRST_GOAL,
    "later_goal": LATER_GOAL,
    "further_goal": FURTHER_GOAL,
    "mentee_wish": MENTEE_WISH,
    "mentee_wish_step": MENTEE_WISH_STEP,
    "mentor_wish": MENTOR_WISH,
    "rank": RANK,
    "other_unit": OTHER_UNIT,
}


def terms_of(law: Law) -> tuple[Terms, tuple[Value[Any], ...]]:
    """The terms on the day of the law, and each parameter with its citation. Raises NotInForce."""
    values = {name: law[handle] for name, handle in _TERMS.items()}
    return Terms(**{name: value.value for name, value in values.items()}), tuple(values.values())


@dataclass(frozen=True, slots=True)
class Excluded:
    """Pairs (mentor, mentee) that are not to be: forbidden for this round, tried in it before, or the reverse of another."""

    forbidden: Collection[tuple[str, str]] = frozenset()
    declined: Collection[tuple[str, str]] = frozenset()
    mutual: Collection[tuple[str, str]] = frozenset()


def bar(mentor: Mentor, mentee: Mentee, terms: Terms, excluded: Excluded) -> Bar | None:
    """Why two are not paired; None where they may be."""
    if mentor.fields.isdisjoint(mentee.goals):
        return Bar.FIELD
    return bar_beside_field(mentor, mentee, terms, excluded)


def bar_beside_field(mentor: Mentor, mentee: Mentee, terms: Terms, excluded: Excluded) -> Bar | None:
    """The same where the field does not matter: for a pair that the agency has fixed."""
    pair = mentor.person, mentee.person
    if mentor.person == mentee.person:
        return Bar.SELF
    if terms.superior_excluded and mentee.superior == mentor.person:
        return Bar.SUPERIOR
    if terms.same_unit_excluded and mentor.unit is not None and mentor.unit == mentee.unit:
        return Bar.UNIT
    if pair in excluded.mutual:
        return Bar.MUTUAL
    if pair in excluded.forbidden:
        return Bar.FORBIDDEN
    if pair in excluded.declined:
        return Bar.DECLINED
    if mentee.person in mentor.would_not:
        return Bar.MENTOR_WISH
    return Bar.MENTEE_WISH if mentor.person in mentee.would_not else None


class Fit(NamedTuple):
    """What a pair has points for."""

    goal: int = 0
    further: int = 0
    mentee_wish: int = 0
    mentor_wish: int = 0
    rank: int = 0
    other_unit: int = 0


def fit(mentor: Mentor, mentee: Mentee, terms: Terms) -> Fit:
    """How well a pair fits, in whole points. A round asks this of a million pairs, so it makes no words."""
    offered = [goal for goal in mentee.goals if goal in mentor.fields]
    goal = further = 0
    if offered:
        goal = terms.first_goal if offered[0] == mentee.goals[0] else terms.later_goal
        further = terms.further_goal * (len(offered) - 1)
    wished = 0
    if mentor.person in mentee.would:
        wished = max(0, terms.mentee_wish - mentee.would.index(mentor.person) * terms.mentee_wish_step)
    mine, theirs = mentor.rank, mentee.rank
    return Fit(
        goal,
        further,
        wished,
        terms.mentor_wish if mentee.person in mentor.would else 0,
        terms.rank if mine and theirs and mine[0] == theirs[0] and mine[1] >= theirs[1] else 0,
        terms.other_unit if mentor.unit != mentee.unit and mentor.unit and mentee.unit else 0,
    )


def points(mentor: Mentor, mentee: Mentee, terms: Terms) -> int:
    """All points of a pair."""
    return sum(fit(mentor, mentee, terms))


def rank_of(grade: str | None, kind: str | None) -> tuple[str, int] | None:
    """Kind and level of a golongan as it is on record; None where it is not, or cannot be read."""
    if not grade or not kind:
        return None
    try:
        rank: Rank = read_rank(grade, Kind(kind))
    except (NotRecognised, ValueError):
        return None
    return rank.kind.value, rank.level


def parameter_of(term: str) -> str:
    """The name of the parameter that a term comes from."""
    return _TERMS[term].name
