"""What a step gives to the book of hours: a whole activity, or the meetings that it confirms; and what it takes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from policies.credit import is_abroad
from workflow.database import lock
from workflow.definition import Posting
from workflow.engine.evidence import CLAIM, ClaimTold, EntryTold, HoursTold, MarkTold, digest
from workflow.engine.judging import Judgement
from workflow.facts import Situation
from workflow.hours.ledger import recount
from workflow.ids import new_id
from workflow.letters.sources import credit_for
from workflow.sources.case import host_country
from workflow.tables import entries, hour_evidence

#: The fields of a meeting that say when it began and ended.
STARTS, ENDS = "starts_at", "ends_at"


def book_hours(
    conn: Connection, judgement: Judgement, marked: MarkTold | None, entry: EntryTold | None, at: datetime
) -> dict[str, tuple[Any, ...]]:
    """Put on the books what a step gives a claim to, and count anew for whoever it is about. Answers what its event tells."""
    rows = [*_activity(judgement), *_meetings(conn, judgement, marked)]
    lost = _lost(judgement)
    taken_back = _all_of_case(conn, judgement) if lost else _taken_back(conn, judgement, marked, entry)
    if not rows and not taken_back:
        return {}
    people = sorted({row["person_id"] for row in rows} | {row.person_id for row in taken_back})
    lock(conn, *(f"hours:{person}" for person in people))
    claims = tuple(_claim(conn, row, at) for row in rows)
    unclaimed = tuple(sorted(row.id for row in taken_back))
    if unclaimed:
        conn.execute(update(hour_evidence).where(hour_evidence.c.id.in_(unclaimed)).values(withdrawn_at=at))
    office, case_id = judgement.situation.office, judgement.situation.case.id
    moved: tuple[HoursTold, ...] = tuple(
        told
        for person in people
        for told in recount(conn, office.policies, office.zone, person, case_id, at, because=lost)
    )
    return {"claims": claims, "unclaimed": unclaimed, "hours": moved}


def _activity(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """The whole activity of the case, where the step credits it with anything."""
    situation, arrow = judgement.situation, judgement.arrow
    if Posting.CREDIT not in arrow.posts:
        return
    worth = credit_for(situation).hours if arrow.credits is None else situation.law[arrow.credits].value
    if worth == 0:
        return
    first, last = _days(judgement)
    yield _row(
        situation,
        situation.case.subject_id,
        rate=arrow.credits.name if arrow.credits else "",
        international=_is_abroad(situation),
        first_on=first,
        last_on=last,
    )


def _is_abroad(situation: Situation) -> bool:
    return any(role.partner for role in situation.process.roles) and is_abroad(host_country(situation))


def _days(judgement: Judgement) -> tuple[date, date]:
    """The first and the last day of the activity, as far as it went."""
    situation = judgement.situation
    first, last = (situation.form.get(name) for name in situation.process.period or ("", ""))
    if not first or not last:
        return situation.on, situation.on
    named = situation.given.get(judgement.arrow.ends_period) if judgement.arrow.ends_period else None
    ended = named or situation.case.memory.get("ended_on") or last
    begun = msgspec.convert(first, date, strict=False)
    return begun, max(begun, msgspec.convert(ended, date, strict=False))


def _meetings(conn: Connection, judgement: Judgement, marked: MarkTold | None) -> Iterator[dict[str, Any]]:
    """The meetings that the step confirms: each of the subject, and of whoever wrote it where that earns anything."""
    situation, counts, earns = judgement.situation, judgement.arrow.counts, judgement.arrow.earns
    if counts is None or marked is None or not marked.numbers:
        return
    zone = situation.office.zone
    for row in conn.execute(_entries(situation.case.id, counts.name, marked.numbers)):
        data = msgspec.json.decode(row.data)
        starts, ends = (_instant(data[name], zone) for name in (STARTS, ENDS))
        first, last = starts.astimezone(zone).date(), ends.astimezone(zone).date()
        meeting = {
            "kind": counts.name,
            "number": row.number,
            "first_on": first,
            "last_on": last,
            "starts_at": starts,
            "ends_at": ends,
        }
        yield _row(situation, situation.case.subject_id, **meeting)
        if earns is not None and row.written_by and situation.office.policies.on(first)[earns].value > 0:
            yield _row(situation, row.written_by, rate=earns.name, **meeting)


def _instant(written: str, zone: Any) -> datetime:
    """An instant as a form holds it; without a zone it is meant as the clocks at the agency show it."""
    found = datetime.fromisoformat(written)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _entries(case_id: str, kind: str, numbers: tuple[int, ...]) -> Any:
    return (
        select(entries.c.number, entries.c.data, entries.c.written_by)
        .where(entries.c.case_id == case_id, entries.c.kind == kind, entries.c.number.in_(numbers))
        .order_by(entries.c.number)
    )


def _row(situation: Situation, person_id: str, **more: Any) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "case_id": situation.case.id,
        "kind": "",
        "number": 0,
        "activity": situation.process.activity,
        "rate": "",
        "international": False,
        "completed_on": situation.on,
        "starts_at": None,
        "ends_at": None,
    } | more


def _claim(conn: Connection, row: dict[str, Any], at: datetime) -> ClaimTold:
    """Put a claim on the books; one that was taken back before counts again as it was."""
    known = [hour_evidence.c[name] == row[name] for name in ("case_id", "kind", "number", "person_id")]
    before = conn.execute(select(hour_evidence).where(*known)).mappings().one_or_none()
    if before is not None:
        conn.execute(update(hour_evidence).where(hour_evidence.c.id == before["id"]).values(withdrawn_at=None))
        return ClaimTold(id=before["id"], person=row["person_id"], sha256=digest(CLAIM, before))
    row = {"id": new_id(at), **row, "posted_at": at}
    conn.execute(insert(hour_evidence).values(row))
    return ClaimTold(id=row["id"], person=row["person_id"], sha256=digest(CLAIM, row))


def _lost(judgement: Judgement) -> str:
    """Why nothing that the case gave a claim to counts after the step; empty where it stays."""
    keeps, law = judgement.arrow.keeps_hours, judgement.situation.guarding_law
    if keeps is None or law[keeps].value:
        return ""
    return f"Tidak dihitung lagi karena “{judgement.arrow.title}” ({law[keeps].by})"


def _all_of_case(conn: Connection, judgement: Judgement) -> list[Any]:
    """Every claim of the case that stands."""
    query = select(hour_evidence.c.id, hour_evidence.c.person_id).where(
        hour_evidence.c.case_id == judgement.situation.case.id, hour_evidence.c.withdrawn_at.is_(None)
    )
    return list(conn.execute(query))


def _taken_back(conn: Connection, judgement: Judgement, marked: MarkTold | None, entry: EntryTold | None) -> list[Any]:
    """Claims of meetings that the step gives another status, or writes anew."""
    process, counts = judgement.situation.process, judgement.arrow.counts
    kinds = {t.counts.name for t in process.transitions if t.counts is not None}
    lost = {}
    if marked is not None and counts is None and marked.kind in kinds:
        lost[marked.kind] = marked.numbers
    if entry is not None and entry.corrected and entry.kind in kinds:
        lost[entry.kind] = entry.corrected
    return [
        row
        for kind, numbers in lost.items()
        for row in conn.execute(
            select(hour_evidence.c.id, hour_evidence.c.person_id).where(
                hour_evidence.c.case_id == judgement.situation.case.id,
                hour_evidence.c.kind == kind,
                hour_evidence.c.number.in_(numbers),
                hour_evidence.c.withdrawn_at.is_(None),
            )
        )
    ]
