"""The books: they balance, every movement of a case is one that its log tells of, every ceiling adds up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from policies.parameters import Policies
from workflow.budgets import books, faults
from workflow.budgets.books import Movement
from workflow.budgets.remaining import deficits
from workflow.budgets.returns import returned_money
from workflow.engine.evidence import as_written
from workflow.registry import Registry
from workflow.tables import budgets, postings
from workflow.telling.fact_words import rupiah
from workflow.verification.findings import Finding, Looked, strays
from workflow.verification.replay import Histories, History, Posted, rows_of

PART = "books"

#: No budget of an agency comes near it, and SQLite could not add up much more.
MOST = 10**15

#: The accounts between which a ceiling moves; nothing else is posted without a case.
_OF_CEILINGS = ("ceiling", "available", "deficit")


def look_at_books(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Every movement sums to zero, every line holds, every ceiling is the one that was granted."""
    yield from (None for _ in range(conn.execute(_MOVEMENTS).scalar_one()))
    if untrue := [
        Finding(PART, f"Mutasi {each} melampaui {rupiah(MOST)}.") for each in conn.execute(_BEYOND).scalars()
    ]:
        yield from untrue
    else:
        yield from (Finding(PART, says) for says in faults.imbalances(conn))
        yield from _ceilings(conn)
        yield from _deficits(conn)
        yield from _returns(conn)
    yield from strays(conn, PART, "Mutasi", postings)


def look_at_posted(conn: Connection, _: Registry, histories: Histories) -> Looked:
    """What cases posted is what their logs tell."""
    posted = rows_of(conn, postings, histories)
    for case_id, history in histories.items():
        found = _movements(history, posted.get(case_id, []))
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found)


_Said = Iterator[tuple[str, int | None]]


def _movements(history: History, rows: Iterable[RowMapping]) -> _Said:
    expected = dict(history.movements)
    for movement_id, pair in groupby(sorted(rows, key=_movement_id), key=_movement_id):
        posted = expected.pop(movement_id, None)
        if posted is None:
            yield f"Mutasi {movement_id} tidak berasal dari peristiwa mana pun.", None
        elif sorted(map(_posting, pair)) != sorted(_postings(posted)):
            yield f"Mutasi {movement_id} ({_movement(posted)}) tidak lagi sama dengan yang dicatat.", posted.sequence
    for movement_id, posted in expected.items():
        yield f"Mutasi {movement_id} ({_movement(posted)}) tidak ada lagi.", posted.sequence


def _movement_id(row: RowMapping) -> str:
    return str(row["movement_id"])  # on SQLite bytes may have been put in its place


def _posting(row: RowMapping) -> tuple[str, ...]:
    return tuple(str(as_written(row[name])) for name in ("budget_id", "year", "account", "amount", "says", "posted_at"))


def _postings(posted: Posted) -> Iterator[tuple[str, ...]]:
    told = posted.told
    if isinstance(told, Movement):
        for account, amount in ((told.source, -told.amount), (told.target, told.amount)):
            yield str(told.line or None), str(told.year or None), account, str(amount), told.says, posted.at


def _movement(posted: Posted) -> str:
    told = posted.told
    return f"{told.says} {rupiah(told.amount)}" if isinstance(told, Movement) else ""


def _sum(amount: Any) -> str:
    """Rupiah; what is no number as it stands."""
    return rupiah(int(amount)) if isinstance(amount, int | Decimal) else str(amount)


_MOVEMENTS = select(func.count(postings.c.movement_id.distinct()))
_BEYOND = select(postings.c.movement_id).where(~postings.c.amount.between(-MOST, MOST)).distinct()
_GRANTED = func.coalesce(func.sum(postings.c.amount).filter(postings.c.account.in_(["available", "deficit"])), 0)
_TAKEN = func.coalesce(func.sum(postings.c.amount).filter(postings.c.account == "ceiling"), 0)
_OTHER_CEILINGS = (
    select(budgets, _GRANTED.label("granted"))
    .select_from(budgets.outerjoin(postings, and_(postings.c.budget_id == budgets.c.id, postings.c.case_id.is_(None))))
    .group_by(*budgets.c)
    .having(or_(budgets.c.ceiling != _GRANTED, -budgets.c.ceiling != _TAKEN))
    .order_by(budgets.c.id)
)
_OF_NO_CASE = (
    select(postings.c.movement_id)
    .where(postings.c.case_id.is_(None), postings.c.account.not_in(_OF_CEILINGS) | postings.c.budget_id.is_(None))
    .distinct()
)


def _ceilings(conn: Connection) -> Iterator[Finding]:
    """What was granted without a case is the ceiling of its line, and nothing else is posted without one."""
    for row in conn.execute(_OTHER_CEILINGS):
        title = books.line_title(row.activity, row.account, row.year)
        says = (
            f"Pagu mata anggaran {title} tercatat {_sum(row.ceiling)}, sedangkan menurut mutasinya {_sum(row.granted)}."
        )
        yield Finding(PART, says)
    for movement_id in conn.execute(_OF_NO_CASE).scalars():
        yield Finding(
            PART, f"Mutasi {movement_id} menyentuh uang yang dipegang berkas, tetapi tidak menyebut berkasnya."
        )


def _deficits(conn: Connection) -> Iterator[Finding]:
    """A ceiling below what is promised is no fault of the books, but worth knowing until it has been decided."""
    for each in deficits(conn):
        says = f"Pagu mata anggaran {each.title} kurang {rupiah(each.missing)} dari yang sudah dijanjikan; putuskan satu per satu."
        yield Finding(PART, says, fails=False)


def _returns(conn: Connection) -> Iterator[Finding]:
    """What came back of a revoked award lowers what its line spent, or not, by the day on which it was paid in."""
    for each in returned_money(conn):
        if each.booked != each.to_book:
            says = (
                f"Pengembalian dengan STS {each.slip or '(tanpa nomor)'} dibukukan {rupiah(each.booked)} pada {each.line}, "
                f"sedangkan menurut tanggal setorannya {rupiah(each.to_book)}."
            )
            yield Finding(PART, says, case_id=each.case_id)
