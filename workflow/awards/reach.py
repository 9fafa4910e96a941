"""What is within reach: each kind of award, what somebody has of it, what is missing, what nobody knows, by which article."""

from __future__ import annotations

from datetime import date

import msgspec
from sqlalchemy import Connection

from policies.dates import written
from policies.decision import Grade, Rule
from policies.incentive import COMPARED, SATYALANCANA, SELF_DEVELOPMENT, title_of
from policies.incentive_conduct import not_nominated_twice
from policies.incentive_eligibility import (
    MENTORING_GIVEN,
    REGIONAL_HOURS,
    SELF_DEVELOPMENT_HOURS,
    no_sanction_stands_in_the_way,
    servant_may_have_this_kind,
)
from policies.incentive_service import (
    YEARS_10,
    YEARS_20,
    YEARS_30,
    never_on_unpaid_leave,
    no_such_medal_is_held,
    service_reached_on,
)
from policies.parameters import Law, NotInForce
from workflow.awards.judging import HANDED_IN, KINDS, OF_RECORD, STATED, Bench, is_under_way
from workflow.awards.record import StaffRecord, read_records
from workflow.errors import NotFound
from workflow.office import Office
from workflow.views.shown import ReasonLine, reason_line

#: What neither time nor effort changes, for a Satyalancana; for other kinds only the first of them is asked.
_LASTING = (
    servant_may_have_this_kind,
    no_sanction_stands_in_the_way,
    never_on_unpaid_leave,
    no_such_medal_is_held,
    not_nominated_twice,
)
#: The years of service that each Satyalancana asks for, the shortest first.
_YEARS = dict(zip(SATYALANCANA, (YEARS_10, YEARS_20, YEARS_30), strict=True))


class KindReach(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of award as it stands for somebody. ``standing``: nominated, qualifies, unknown, not_yet or closed.

    ``met``, ``missing`` and ``unknown``: the conditions, each with its article; ``at_nomination``: what is asked for only then.
    ``reached_on``: the first day of the month in which the service is long enough, ``days`` until then; ``hours_missing``: JP,
    ``meetings_missing``: mentoring given; nothing where it is enough or is not asked.
    """

    kind: str
    title: str
    standing: str
    says: str
    met: tuple[ReasonLine, ...]
    missing: tuple[ReasonLine, ...]
    unknown: tuple[ReasonLine, ...]
    warnings: tuple[ReasonLine, ...]
    at_nomination: tuple[ReasonLine, ...]
    reached_on: date | None = None
    days: int = 0
    hours_missing: int = 0
    meetings_missing: int = 0


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What is within a person's reach on a day, what is nearest first."""

    person_id: str
    name: str
    nip: str
    unit: str
    on: date
    kinds: tuple[KindReach, ...]


def reach(conn: Connection, office: Office, person_id: str, on: date) -> Reach:
    """What is within somebody's reach. Raises NotFound for whoever is no staff in service."""
    records = read_records(conn, office, on, person_id) if person_id else ()
    if not records:
        raise NotFound("Pegawai itu tidak ada, atau penghargaan yang dapat dicapainya bukan untuk Anda lihat.")
    (record,) = records
    bench = Bench(office.policies.on(on), on)
    kinds = [_of_kind(bench, kind, record) for kind in KINDS]
    return Reach(
        person_id=record.person_id,
        name=record.name,
        nip=record.nip,
        unit=record.unit,
        on=on,
        kinds=tuple(sorted(kinds, key=lambda each: (_ORDER.index(each.standing), each.days))),
    )


_SAYS = {
    "nominated": "Usul Anda untuk penghargaan ini sedang berjalan.",
    "qualifies": "Anda dapat diusulkan sekarang.",
    "unknown": "Anda mungkin dapat diusulkan; sebagian datanya belum tercatat.",
    "not_yet": "Belum terpenuhi; yang kurang disebut di bawah ini.",
    "closed": "Tidak terbuka bagi Anda menurut data yang tercatat.",
}
_ORDER = tuple(_SAYS)


def _of_kind(bench: Bench, kind: str, record: StaffRecord) -> KindReach:
    told = [reason_line(each) for each in bench.reasons(OF_RECORD, record, kind)]
    asked = [reason_line(each) for each in bench.reasons((*STATED, *HANDED_IN), record, kind)]
    standing = _standing(bench, kind, record)
    reached_on = _reached_on(bench.law, kind, record)
    ahead = reached_on is not None and reached_on > bench.on and standing == "not_yet"
    hours, meetings = _development(bench, kind, record)
    return KindReach(
        kind=kind,
        title=title_of(kind),
        standing=standing,
        says=_says(standing, reached_on if ahead else None, bench.on),
        met=_graded(told, Grade.ALLOWED),
        missing=_graded(told, Grade.REFUSED),
        unknown=_graded(told, Grade.UNKNOWN),
        warnings=_graded(told, Grade.WARNED),
        at_nomination=_graded(asked, Grade.REFUSED, Grade.UNKNOWN),
        reached_on=reached_on if ahead else None,
        days=(reached_on - bench.on).days if ahead and reached_on else 0,
        hours_missing=hours,
        meetings_missing=meetings,
    )


def _standing(bench: Bench, kind: str, record: StaffRecord) -> str:
    if is_under_way(record, kind):
        return "nominated"
    refusing = [rule for rule in OF_RECORD if bench.answer(rule, record, kind).grade is Grade.REFUSED]
    if any(_lasts(rule, kind) for rule in refusing):
        return "closed"
    if refusing:
        return "not_yet"
    return "qualifies" if bench.qualifies(record, kind) else "unknown"


def _lasts(rule: Rule, kind: str) -> bool:
    """Whether a refusal stays: a sanction lapses for awards of the region, never for a Satyalancana."""
    return rule in (_LASTING if kind in SATYALANCANA else _LASTING[:1])


#: Days up to which it is said how many are left; a later day is told by its date alone.
_DAYS_TOLD = 365


def _says(standing: str, reached_on: date | None, on: date) -> str:
    if reached_on is None:
        return _SAYS[standing]
    days = (reached_on - on).days
    near = f", {days} hari lagi" if days <= _DAYS_TOLD else ""  # nobody counts to a day years ahead
    return f"{_SAYS[standing]} Masa kerja mencukupi mulai {written(reached_on)}{near}."


def _graded(lines: list[ReasonLine], *grades: Grade) -> tuple[ReasonLine, ...]:
    return tuple(each for each in lines if each.grade in grades)


# --- How far it still is ---------------------------------------------------------------------------------------------


def _reached_on(law: Law, kind: str, record: StaffRecord) -> date | None:
    """The day from which the service is long enough; None where it is not asked or cannot be told."""
    if kind not in _YEARS or record.cpns_on is None:
        return None
    try:
        return service_reached_on(record.cpns_on, law[_YEARS[kind]].value)
    except NotInForce:
        return None


def _development(bench: Bench, kind: str, record: StaffRecord) -> tuple[int, int]:
    """How many JP of this year, and meetings given as a mentor, are still missing; the better of two years counts."""
    if kind not in COMPARED:
        return 0, 0
    active = kind == SELF_DEVELOPMENT
    booked = [each.hours for each in record.hours_by_year if each.year in (bench.on.year - 1, bench.on.year)]
    try:
        wanted = bench.law[SELF_DEVELOPMENT_HOURS if active else REGIONAL_HOURS].value
        meetings = bench.law[MENTORING_GIVEN].value if active else 0
    except NotInForce:
        return 0, 0
    this_year = sum(each.hours for each in record.hours_by_year if each.year == bench.on.year)
    # What is missing is earned in this year: what the year before lacked cannot be made good.
    enough = max(booked, default=0) >= wanted
    return 0 if enough else wanted - this_year, max(meetings - record.mentoring_given, 0)
