"""Questions about people: two places at once, approving one another, leave, and tasks moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations, groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, case, exists, false, func, or_, select, true

from policies.dates import written
from policies.wording import with_full_stop
from workflow.auditing.inquiry import Found, Inquiry, date_of, role_title, says_mark
from workflow.definition import Process
from workflow.engine.recording import NAMED, TASK_MOVED
from workflow.references import reference_of
from workflow.tables import absences, cases, entries, events, hour_evidence, occupations, participants
from workflow.telling.plain_text import listing

#: Assignments of one person that are compared with each other.
_COMPARED = 50
#: Cases, notes or days that one question lists; the rest is counted.
_LISTED = 20


def overlapping(inquiry: Inquiry) -> Iterator[Found]:
    """Periods of one person that overlap, in cases that are carried out or were: each pair once."""
    dated = [entry.name for process in _processes(inquiry) for entry in process.entries.values() if entry.date]
    away = exists().where(occupations.c.case_id == cases.c.id, occupations.c.stage == "absent")
    worked = or_(
        exists().where(hour_evidence.c.case_id == cases.c.id),
        exists().where(entries.c.case_id == cases.c.id, entries.c.kind.in_(dated)),
    )
    query = (
        select(cases.c.id, cases.c.process, cases.c.subject_id, cases.c.form, cases.c.memory)
        .where(inquiry.reach, _has_days(inquiry), or_(away, and_(cases.c.closed_at.is_not(None), worked)))
        # An expression has no index: all cases are looked at once as they lie, and the few that are left are sorted.
        .order_by(func.coalesce(cases.c.subject_id, ""), cases.c.id)
    )
    for subject, rows in groupby(inquiry.rows(query), key=lambda row: row.subject_id):
        spans = [(row.id, *span) for row in rows if (span := _span(inquiry.process(row), row)) is not None]
        for one, other in combinations(spans[:_COMPARED], 2):
            first, last = max(one[1], other[1]), min(one[2], other[2])
            if first <= last and inquiry.period.holds(first):
                yield _overlap(inquiry, subject, (one, other), first, last)


def _has_days(inquiry: Inquiry) -> ColumnElement[bool]:
    """A condition on ``cases``: those whose own period may touch the one that is asked about. Two that meet in it both do."""
    form, asked, found = cases.c.form, inquiry.period, []
    for process in _processes(inquiry):
        if process.period is None:
            continue
        begins, ends = (inquiry.said(form, name) for name in process.period)
        begun = begins <= asked.until_on.isoformat() if asked.until_on else true()
        days: ColumnElement[bool] = begun
        if asked.from_on:
            # The last day first: of most cases it has long gone by, and then the first is not looked for. One that ended otherwise
            # than was asked for has another last day; of those there are few.
            late_enough = or_(ends >= asked.from_on.isoformat(), says_mark(cases.c.memory, '"ended_on"'))
            days = case((late_enough, begun), else_=false())
        found.append(and_(func.coalesce(cases.c.process, "") == process.name, days))
    return or_(false(), *found)


def _overlap(
    inquiry: Inquiry, subject: str, spans: tuple[tuple[str, date, date], ...], first: date, last: date
) -> Found:
    name = inquiry.name(subject)
    told = listing(
        f"{written(begins)} sampai {written(ends)} (berkas {reference_of(case_id)})" for case_id, begins, ends in spans
    )
    return Found(
        on=first,
        case_ids=tuple(case_id for case_id, _, _ in spans),
        people=(name,),
        dates=(first, last),
        says=f"{name} tercatat menjalani dua penugasan: {told}. Keduanya tumpang tindih {_days(first, last)}.",
        ask="Di mana ia sebenarnya berada pada hari-hari itu? Cocokkan daftar hadir di kedua tempat, dan pastikan tidak ada "
        "uang harian atau JP yang dihitung dua kali.",
    )


def _span(process: Process, row: Row[Any]) -> tuple[date, date] | None:
    form, memory = msgspec.json.decode(row.form), msgspec.json.decode(row.memory)
    first, last = (date_of(form.get(name)) for name in process.period or ("", ""))
    last = date_of(memory.get("ended_on")) or last
    return (first, last) if first and last else None


def mutual(inquiry: Inquiry) -> Iterator[Found]:
    """Two people of whom each decided on the other's case; each pair once. To record an answer for the host is no decision."""
    decisions = (
        select(participants.c.person_id.label("person"), cases.c.subject_id.label("subject"))
        .join_from(participants, cases, cases.c.id == participants.c.case_id)
        .where(inquiry.reach, participants.c.acted, participants.c.role.not_in(_recorders(inquiry)))
        .where(participants.c.person_id != cases.c.subject_id)
        .distinct()
    )
    # Of each pair one decided within the period; the other did at any time, on a case of whoever decided then.
    asked = (*inquiry.period.within(participants.c.since_at), *inquiry.period.made_within(participants.c.id))
    decided = decisions.where(*asked).cte("decided")
    back = decisions.where(cases.c.subject_id.in_(select(decided.c.person))).cte("back")
    one = case((decided.c.person < decided.c.subject, decided.c.person), else_=decided.c.subject).label("one")
    other = case((decided.c.person < decided.c.subject, decided.c.subject), else_=decided.c.person).label("other")
    pairs = (
        select(one, other)
        .join_from(decided, back, and_(back.c.person == decided.c.subject, back.c.subject == decided.c.person))
        .distinct()
        .order_by(one, other)
    )
    for pair in inquiry.rows(pairs):
        ways = [_decided(inquiry, *two) for two in ((pair.one, pair.other), (pair.other, pair.one))]
        days = sorted(inquiry.day(row.since_at) for rows in ways for row in rows)
        if any(inquiry.period.holds(day) for day in days):
            yield _mutual(inquiry, inquiry.name(pair.one), inquiry.name(pair.other), ways, days)


def _decided(inquiry: Inquiry, person: str, subject: str) -> list[Row[Any]]:
    """On which cases of one person another decided, in which role and since when."""
    query = (
        select(cases.c.id, cases.c.process, participants.c.role, participants.c.since_at)
        .join_from(participants, cases, cases.c.id == participants.c.case_id)
        .where(inquiry.reach, participants.c.acted, participants.c.role.not_in(_recorders(inquiry)))
        .where(participants.c.person_id == person, cases.c.subject_id == subject)
        .order_by(participants.c.since_at, cases.c.id)
    )
    return list(inquiry.conn.execute(query))


def _mutual(inquiry: Inquiry, one: str, other: str, ways: list[list[Row[Any]]], days: list[date]) -> Found:
    roles = [listing(role_title(inquiry.process(row), row.role) for row in rows) for rows in ways]
    case_ids = tuple(dict.fromkeys(row.id for rows in ways for row in rows))
    return Found(
        on=days[-1],
        case_ids=case_ids[:_LISTED],
        people=(one, other),
        dates=(days[0], days[-1]),
        says=f"{one} bertindak sebagai {roles[0]} pada berkas {other}, dan {other} bertindak sebagai {roles[1]} pada berkas "
        f"{one} ({len(case_ids)} berkas).",
        ask="Apakah keputusan yang satu berkaitan dengan keputusan yang lain? Tanyakan dasar kewenangan keduanya, dan mengapa "
        "tidak diputus oleh pejabat lain.",
    )


def days_on_leave(inquiry: Inquiry) -> Iterator[Found]:
    """Days that were logged while an absence from service was on record."""
    dated = [entry.name for process in _processes(inquiry) for entry in process.entries.values() if entry.date]
    query = (
        select(
            entries.c.case_id,
            entries.c.on_date,
            cases.c.subject_id,
            absences.c.id.label("absence"),
            absences.c.reason,
            absences.c.from_on,
            absences.c.until_on,
        )
        .join_from(entries, cases, cases.c.id == entries.c.case_id)
        .join(
            absences,
            and_(
                absences.c.person_id == cases.c.subject_id,
                absences.c.from_on <= entries.c.on_date,
                absences.c.until_on >= entries.c.on_date,
            ),
        )
        .where(inquiry.reach, entries.c.kind.in_(dated), entries.c.status != "corrected")
        .order_by(entries.c.case_id, absences.c.id, entries.c.on_date)
    )
    for _, grouped in groupby(inquiry.rows(query), key=lambda row: (row.case_id, row.absence)):
        rows = [row for row in grouped if inquiry.period.holds(row.on_date)]
        if rows:
            yield _on_leave(inquiry, rows)


def _on_leave(inquiry: Inquiry, rows: list[Row[Any]]) -> Found:
    row, name = rows[0], inquiry.name(rows[0].subject_id)
    days = list(dict.fromkeys(each.on_date for each in rows))
    more = f" dan {len(days) - _LISTED} hari lain" if len(days) > _LISTED else ""
    return Found(
        on=days[0],
        case_ids=(row.case_id,),
        people=(name,),
        dates=tuple(days[:_LISTED]),
        says=f"{name} tercatat tidak di tempat {written(row.from_on)} sampai {written(row.until_on)} ({row.reason}), "
        f"tetapi ada catatan kegiatan pada {listing(written(day) for day in days[:_LISTED])}{more}.",
        ask="Catatan mana yang benar? Mintalah surat izin atau surat cutinya serta daftar hadir di tempat kegiatan, dan tanyakan "
        "kepada yang mengonfirmasi hari-hari itu apakah ia melihat peserta hadir.",
    )


def moved_by_hand(inquiry: Inquiry) -> Iterator[Found]:
    """Tasks that an administrator gave to somebody by name."""
    for row, event in inquiry.events(events.c.type.in_((NAMED, TASK_MOVED))):
        if event.payload is None:
            continue
        process, on = inquiry.process(row), inquiry.day(event.at)
        chosen = event.payload.get("named", {})
        told = listing(f"{inquiry.name(person)} sebagai {role_title(process, role)}" for role, person in chosen.items())
        yield Found(
            on=on,
            case_ids=(event.case_id,),
            people=(inquiry.actor(event), *(inquiry.name(person) for person in chosen.values())),
            dates=(on,),
            says=with_full_stop(f"Pada {written(on)} {inquiry.actor(event)} menunjuk {told}"),
            ask="Mengapa tidak ada lagi pejabat yang berwenang pada saat itu, siapa yang meminta penunjukan ini, dan apa dasar "
            "tertulisnya? Periksa apakah yang ditunjuk berkepentingan pada hasilnya.",
        )


def _processes(inquiry: Inquiry) -> tuple[Process, ...]:
    return tuple(inquiry.registry.processes.values())


def _recorders(inquiry: Inquiry) -> tuple[str, ...]:
    """The roles of whoever only records an answer."""
    return tuple(process.recorder for process in _processes(inquiry) if process.recorder)


def _days(first: date, last: date) -> str:
    return f"pada {written(first)}" if first == last else f"sejak {written(first)} sampai {written(last)}"
