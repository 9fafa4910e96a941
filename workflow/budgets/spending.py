"""What was booked as spent in a year, payment by payment, and what came back, with number and date of the SP2D or of the STS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, and_, func, select

from workflow.budgets.books import line_title
from workflow.tables import budgets, cases, entries, people, postings


@dataclass(frozen=True)
class Booked:
    """What one step of a case spent of a line, in whole rupiah; below zero: what came back.

    ``number``: of the SP2D, or of the slip (STS) by which it came back; empty where none is on record. ``on``: its day, or the
    day on which it was booked.
    """

    case_id: str
    reference: str
    person_id: str
    name: str
    line_id: str
    line: str
    activity_code: str
    account_code: str
    amount: int
    on: date
    number: str = ""


class _Payment(msgspec.Struct):
    """What of an entry on record says how it was paid; an entry of another kind says nothing."""

    sp2d_number: str = ""
    sp2d_on: date | None = None
    return_slip: str = ""
    money_back_on: date | None = None

    @property
    def number(self) -> str:
        """By which it was paid, or paid back."""
        return self.sp2d_number or self.return_slip


def booked(conn: Connection, year: int, zone: ZoneInfo) -> list[Booked]:
    """All that was spent of a year's lines, the earliest first; days on the clocks of the agency."""
    query = (
        select(
            *budgets.c,
            postings.c.case_id,
            postings.c.posted_at,
            cases.c.reference,
            cases.c.subject_id,
            people.c.name,
            func.sum(postings.c.amount).label("amount"),
        )
        .select_from(
            postings.join(budgets, budgets.c.id == postings.c.budget_id)
            .join(cases, cases.c.id == postings.c.case_id)
            .join(people, people.c.id == cases.c.subject_id)
        )
        .where(budgets.c.year == year, postings.c.account == "spent")
        .group_by(
            *budgets.c, postings.c.case_id, postings.c.posted_at, cases.c.reference, cases.c.subject_id, people.c.name
        )
        .order_by(postings.c.posted_at, postings.c.case_id, budgets.c.id)
    )
    paid = _payments(conn, year)
    return [_booked(row, paid.get((row.case_id, row.posted_at)), zone) for row in conn.execute(query)]


def _booked(row: Any, payment: _Payment | None, zone: ZoneInfo) -> Booked:
    own_day = row.posted_at.astimezone(zone).date()
    return Booked(
        case_id=row.case_id,
        reference=row.reference,
        person_id=row.subject_id,
        name=row.name,
        line_id=row.id,
        line=line_title(row.activity, row.account, row.year),
        activity_code=row.activity_code,
        account_code=row.account_code,
        amount=int(row.amount),
        on=(payment.sp2d_on or payment.money_back_on if payment else None) or own_day,
        number=payment.number if payment else "",
    )


def _payments(conn: Connection, year: int) -> dict[tuple[str, datetime], _Payment]:
    """The payments on record, by the case and the instant of the step that wrote them; as they were corrected since."""
    of_case = and_(entries.c.case_id == postings.c.case_id, postings.c.account == "spent")
    query = (
        select(
            entries.c.case_id,
            entries.c.kind,
            entries.c.number,
            entries.c.instead_of,
            entries.c.written_at,
            entries.c.data,
        )
        .select_from(entries.join(postings, of_case).join(budgets, budgets.c.id == postings.c.budget_id))
        .where(budgets.c.year == year)
        .distinct()
        .order_by(entries.c.number)
    )
    told: dict[tuple[str, datetime], _Payment] = {}
    written_at: dict[tuple[str, str, int], datetime] = {}
    for row in conn.execute(query):
        payment = msgspec.json.decode(row.data, type=_Payment)
        # What corrects an entry stands for the payment of the first.
        first = written_at.get((row.case_id, row.kind, row.instead_of or 0), row.written_at)
        written_at[row.case_id, row.kind, row.number] = first
        if payment.number:
            told[row.case_id, first] = payment
    return told
