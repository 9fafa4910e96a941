"""Money of revoked awards: what was paid, what came back by which slip (STS), and where that is booked, or why it is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select

from policies.incentive_returning import ReturnFacts, say_booked, what_comes_back
from policies.records import SpentOn
from policies.wording import say_money, with_full_stop
from workflow.budgets.books import line_title
from workflow.tables import budgets, cases, entries, people, postings

#: The entries that say what came back: before the hand-over in the case of the award, after it in one that names that.
RECORDED_IN: Final = ("revocation", "late_revocation")

#: What was spent, or what was booked of a return, by case.
_ByCase = Mapping[str, tuple[SpentOn, ...]]


class ReturnedMoney(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the money of one revoked award, on one line, in whole rupiah.

    ``back``: what came back of it, with the slip (STS) and its day; ``to_book``: by how much the line is to spend less for it,
    ``booked``: by how much it does in the books.
    """

    case_id: str
    reference: str
    name: str
    line_id: str
    line: str
    paid: int
    back: int
    to_book: int
    booked: int
    slip: str
    back_on: date | None
    says: str


class _Said(msgspec.Struct):
    """What of the entry is about money."""

    money_back: int = 0
    money_back_on: date | None = None
    return_slip: str = ""
    why_not_back: str = ""


class _Named(msgspec.Struct):
    award_case: str = ""


def returned_money(conn: Connection, year: int | None = None) -> list[ReturnedMoney]:
    """What became of the money of the awards that were revoked, the earliest first: of those paid in a year, or of all."""
    found = list(_returned(conn))
    return [each for each, of_year in found if year in (None, of_year)]


def _returned(conn: Connection) -> Iterator[tuple[ReturnedMoney, int]]:
    rows = conn.execute(_REVOCATIONS).all()
    if not rows:
        return
    spent, booked = _sums(conn, paid_out=True), _sums(conn, paid_out=False)
    for row in rows:
        said = msgspec.json.decode(row.data, type=_Said)
        paid = spent.get(msgspec.json.decode(row.form, type=_Named).award_case or row.case_id, ())
        left, lowered = said.money_back, {each.line: each.amount for each in booked.get(row.case_id, ())}
        for each in paid:
            back = min(left, each.amount)
            left -= back
            yield _of_line(row, said, each, back, lowered.get(each.line, 0)), each.year


def _of_line(row: Any, said: _Said, spent: SpentOn, back: int, booked: int) -> ReturnedMoney:
    facts = ReturnFacts(back, said.money_back_on, said.return_slip, (spent,))
    return ReturnedMoney(
        case_id=row.case_id,
        reference=row.reference,
        name=row.name,
        line_id=spent.line,
        line=spent.title,
        paid=spent.amount,
        back=back,
        to_book=sum(each.amount for each in what_comes_back(facts)),
        booked=booked,
        slip=said.return_slip,
        back_on=said.money_back_on,
        says=" ".join(_says(facts, said.why_not_back, spent.amount - back)),
    )


def _says(facts: ReturnFacts, why: str, missing: int) -> Iterator[str]:
    if facts.money_back:
        yield f"{say_booked(facts)}."
    if missing:
        yield f"{say_money(missing)} tidak kembali{f': {with_full_stop(why)}' if why.strip() else '.'}"


def _sums(conn: Connection, *, paid_out: bool) -> _ByCase:
    """What cases spent of each line, or what was taken off that again."""
    sign = postings.c.amount > 0 if paid_out else postings.c.amount < 0
    line = (budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year)
    query = (
        select(postings.c.case_id, *line, func.sum(postings.c.amount).label("amount"))
        .join_from(postings, budgets)
        .where(postings.c.account == "spent", sign)
        .group_by(postings.c.case_id, *line)
        .order_by(budgets.c.year, budgets.c.id)
    )
    found: defaultdict[str, tuple[SpentOn, ...]] = defaultdict(tuple)
    for row in conn.execute(query):
        title = line_title(row.activity, row.account, row.year)
        found[row.case_id] += (SpentOn(row.id, title, row.year, abs(int(row.amount))),)
    return found


_REVOCATIONS = (
    select(entries.c.case_id, entries.c.data, cases.c.form, cases.c.reference, people.c.name)
    .select_from(entries.join(cases, cases.c.id == entries.c.case_id).join(people, people.c.id == cases.c.subject_id))
    .where(entries.c.kind.in_(RECORDED_IN))
    .order_by(entries.c.written_at, entries.c.case_id)
)
