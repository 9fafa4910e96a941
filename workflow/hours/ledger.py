"""The ledger of hours: double entry in whole JP, from the account "evidence" to the account "year". Nothing in it is changed.

What should stand is a pure function of a person's evidence (``policies.hours``). ``recount`` posts the differences: what stood
and no longer does is taken back by a movement of its own, and what stands now is posted anew with its reason. Whoever calls
it holds the lock ``hours:PERSON``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, exists, func, insert, select

from policies import hours
from policies.hours import Counted, Evidence
from policies.parameters import Policies
from workflow.engine.evidence import HoursTold
from workflow.ids import new_id
from workflow.tables import hour_evidence, hour_postings

EVIDENCE: Final = "evidence"
YEAR: Final = "year"

#: How a movement that takes another back begins.
RECOUNTED: Final = "Dibalik karena dihitung ulang"


def evidence_of(row: Any, zone: ZoneInfo) -> Evidence:
    """A row of evidence as the rules ask for it, its instants as the clocks at the agency show them."""
    starts, ends = (at.astimezone(zone) if at else None for at in (row.starts_at, row.ends_at))
    return Evidence(
        row.id,
        row.case_id,
        row.activity,
        row.first_on,
        row.last_on,
        row.completed_on,
        row.kind,
        row.number,
        starts,
        ends,
        row.international,
        row.rate,
    )


def should_stand(rows: list[Any], policies: Policies, zone: ZoneInfo) -> dict[str, Counted]:
    """What one person's evidence counts for, by id; what was withdrawn counts for nothing."""
    return hours.count((evidence_of(row, zone) for row in rows if row.withdrawn_at is None), policies)


def recount(
    conn: Connection,
    policies: Policies,
    zone: ZoneInfo,
    person_id: str,
    case_id: str,
    at: datetime,
    *,
    because: str = "",
) -> list[HoursTold]:
    """Post what a person's hours should be by now and are not, for the step of a case. Answers the movements in their order.

    ``because``: why the step takes back what it takes back, where it is for a reason of its own.
    """
    return post(conn, policies, zone, case_id, due(conn, policies, zone, person_id, because=because), at)


def due(
    conn: Connection, policies: Policies, zone: ZoneInfo, person_id: str, *, because: str = "", why: str = RECOUNTED
) -> list[HoursTold]:
    """The movements by which a person's hours would be what they should be, in their order; each names the case of its activity.

    ``why``: how what is taken back says why; ``because``: the same where nothing comes in its place.
    """
    rows = conn.execute(_evidence(), {"person": person_id}).all()
    cases = {row.id: row.case_id for row in rows}
    wanted = should_stand(list(rows), policies, zone)
    stands = {row.evidence_id: row for row in conn.execute(standing(), {"person": person_id})}
    moved: list[HoursTold] = []
    for claim in sorted(cases, key=lambda each: (each not in stands, each)):
        before, now = stands.get(claim), wanted.get(claim)
        if before is not None and now is not None and is_same(before, now):
            continue
        if before is not None:
            moved.append(_reversal(before, person_id, cases[claim], because if now is None and because else why))
        if now is not None:
            moved.append(_movement(claim, now, person_id, cases[claim]))
    return moved


def post(
    conn: Connection, policies: Policies, zone: ZoneInfo, case_id: str, moved: list[HoursTold], at: datetime
) -> list[HoursTold]:
    """Put movements on the books for an event of a case. Answers them as that event tells of them."""
    on = at.astimezone(zone).date()
    told = [msgspec.structs.replace(each, case="" if each.case == case_id else each.case) for each in moved]
    # Movements of one step are told apart by nothing but their ids, so these are in their order too.
    ids = iter(sorted(new_id(at) for _ in range(3 * len(told))))
    return [_post(conn, each, case_id, at, ids, late=hours.is_correction(each.year, on, policies)) for each in told]


def is_same(stands: Row[Any], counted: Counted) -> bool:
    """Whether a movement on the books says what the evidence counts for."""
    return counted.stands_as(stands.year, stands.hours, stands.reason, stands.by)


def _reversal(before: Row[Any], person_id: str, other: str, why: str) -> HoursTold:
    return HoursTold(
        id="",
        claim=before.evidence_id,
        person=person_id,
        year=before.year,
        hours=-before.hours,
        reason="reversed",
        says=f"{why}: {before.says}",
        by=before.by,
        reverses=before.movement_id,
        case=other,
    )


def _movement(claim: str, now: Counted, person_id: str, other: str) -> HoursTold:
    return HoursTold(
        id="",
        claim=claim,
        person=person_id,
        year=now.year,
        hours=now.hours,
        reason=now.reason,
        says=now.says,
        by=now.by,
        case=other,
    )


def _post(
    conn: Connection, told: HoursTold, case_id: str, at: datetime, ids: Iterator[str], *, late: bool
) -> HoursTold:
    movement_id = next(ids)
    says = f"Koreksi atas tahun {told.year} yang sudah ditutup. {told.says}" if late else told.says
    conn.execute(
        insert(hour_postings),
        [
            {
                "id": next(ids),
                "movement_id": movement_id,
                "evidence_id": told.claim,
                "person_id": told.person,
                "case_id": case_id,
                "account": account,
                "year": told.year,
                "hours": amount,
                "reason": told.reason,
                "says": says,
                "by": told.by,
                "reverses": told.reverses or None,
                "is_correction": late,
                "posted_at": at,
            }
            for account, amount in ((EVIDENCE, -told.hours), (YEAR, told.hours))
        ],
    )
    return msgspec.structs.replace(told, id=movement_id, says=says, late=late)


@cache
def _evidence() -> Select[Any]:
    return select(hour_evidence).where(hour_evidence.c.person_id == bindparam("person")).order_by(hour_evidence.c.id)


@cache
def standing() -> Select[Any]:
    """What stands of one person (``person``): each movement that no other takes back."""
    return stands().where(hour_postings.c.person_id == bindparam("person"))


def stands() -> Select[Any]:
    """Every movement that stands, as its posting to the year."""
    back = hour_postings.alias("back")
    taken_back = exists().where(back.c.reverses == hour_postings.c.movement_id)
    return select(hour_postings).where(hour_postings.c.account == YEAR, hour_postings.c.reverses.is_(None), ~taken_back)


def earned(conn: Connection, person_id: str, *, case_id: str = "", year: int = 0) -> int:
    """A person's JP: of one case's activity, of a year, or of both."""
    query = select(func.coalesce(func.sum(hour_postings.c.hours), 0)).where(
        hour_postings.c.person_id == person_id, hour_postings.c.account == YEAR
    )
    if case_id:
        query = query.join(hour_evidence, hour_evidence.c.id == hour_postings.c.evidence_id)
        query = query.where(hour_evidence.c.case_id == case_id)
    if year:
        query = query.where(hour_postings.c.year == year)
    return int(conn.execute(query).scalar_one())


def closing_note(year: int, on: date, policies: Policies) -> str:
    """What people are told of a year that is closed; empty while it is open."""
    if not hours.is_correction(year, on, policies):
        return ""
    return f"Pembukuan tahun {year} sudah ditutup; yang dicatat sesudahnya adalah koreksi bertanggal."


# --- Faults ----------------------------------------------------------------------------------------------------------


def imbalances(conn: Connection) -> Iterator[str]:
    """Movements that do not sum to zero over two accounts, or that take back what they should not."""
    for row in conn.execute(_odd()):
        yield f"Mutasi JP {row.movement_id} tidak seimbang: selisih {row.sum} pada {row.rows} baris."
    for row in conn.execute(_wrongly_taken_back()):
        yield f"Mutasi JP {row.movement_id} membalik yang bukan pasangannya."
    for (movement_id,) in conn.execute(_taken_back_twice()):
        yield f"Mutasi JP {movement_id} dibalik lebih dari satu kali."


@cache
def _odd() -> Select[Any]:
    of = hour_postings.c
    return (
        select(of.movement_id, func.sum(of.hours).label("sum"), func.count().label("rows"))
        .group_by(of.movement_id)
        .having((func.sum(of.hours) != 0) | (func.count() != 2) | (func.count(of.account.distinct()) != 2))
        .order_by(of.movement_id)
    )


@cache
def _wrongly_taken_back() -> Select[Any]:
    back, taken = hour_postings.alias("back"), hour_postings.alias("taken")
    return (
        select(back.c.movement_id, taken.c.movement_id.label("other"))
        .join_from(back, taken, (taken.c.movement_id == back.c.reverses) & (taken.c.account == YEAR), isouter=True)
        .where(back.c.account == YEAR, back.c.reverses.is_not(None))
        .where(
            taken.c.movement_id.is_(None)
            | (taken.c.hours != -back.c.hours)
            | (taken.c.evidence_id != back.c.evidence_id)
            | (taken.c.year != back.c.year)
        )
    )


@cache
def _taken_back_twice() -> Select[Any]:
    of = hour_postings.c
    taken_back = select(of.reverses).where(of.account == YEAR, of.reverses.is_not(None)).group_by(of.reverses)
    return taken_back.having(func.count() > 1)
