"""The books: money by double entry in whole rupiah. Each movement sums to zero and is never changed.

Money goes through a line of a year's budget. A part of a later year awaits a line: it lies on "awaiting" of that year. Where a
ceiling is lowered below what is promised, what is missing lies on "deficit" of the line as a negative balance, nothing is free,
and whatever comes free covers it first; so "available" is never below nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import msgspec
from sqlalchemy import Connection, Executable, bindparam, case, func, insert, or_, select

from workflow.ids import new_id
from workflow.tables import budgets, cases, postings

#: In this order money moves through a line. "ceiling" is what the budget granted, as a negative balance, and so is "deficit".
ACCOUNTS = ("ceiling", "available", "reserved", "committed", "spent", "deficit")
#: What a case holds of a line.
HELD = ("reserved", "committed")
#: Without a line: what is promised by nobody yet, and its counterpart.
AWAITING, EXPECTED = "awaiting", "expected"


class Movement(msgspec.Struct, frozen=True):
    """Money in whole rupiah, from one account of a budget line to another. ``id`` is empty until it has been posted.

    Without a ``line`` it is between the accounts of a ``year`` whose budget is awaited.
    """

    line: str
    source: str
    target: str
    amount: int
    says: str
    id: str = ""
    year: int = 0


@dataclass(frozen=True)
class Holding:
    """What a case has on one account of a line, or of a year without a line; ``latest``: its last posting there."""

    line: str
    year: int
    account: str
    amount: int
    latest: str


def line_title(activity: str, account: str, year: int) -> str:
    """What people call a budget line."""
    return f"{activity} – {account} ({year})"


def balance(conn: Connection, budget_id: str, account: str) -> int:
    """The balance of one account of a line, in rupiah."""
    return int(
        conn.execute(
            select(func.coalesce(func.sum(postings.c.amount), 0)).where(
                postings.c.budget_id == budget_id, postings.c.account == account
            )
        ).scalar_one()
    )


def standing(conn: Connection, case_id: str) -> list[Holding]:
    """All that a case ever had to do with, by year, line and account; balances of zero too."""
    return [
        Holding(row.budget_id or "", row.year, row.account, int(row.amount), row.latest)
        for row in conn.execute(_standing(), {"case": case_id})
    ]


@cache
def _standing() -> Executable:
    year = func.coalesce(budgets.c.year, postings.c.year).label("year")
    return (
        select(
            postings.c.budget_id,
            year,
            postings.c.account,
            func.sum(postings.c.amount).label("amount"),
            func.max(postings.c.id).label("latest"),
        )
        .join_from(postings, budgets, postings.c.budget_id == budgets.c.id, isouter=True)
        .where(postings.c.case_id == bindparam("case"), postings.c.account.in_([*HELD, "spent", AWAITING]))
        .group_by(postings.c.budget_id, year, postings.c.account)
        .order_by(year, postings.c.budget_id, postings.c.account.desc())
    )


def held_by(conn: Connection, case_id: str) -> dict[tuple[str, str], int]:
    """What a case holds now, by line and account; nothing where it holds nothing."""
    return {(each.line, each.account): each.amount for each in standing(conn, case_id) if each.line and each.amount}


def lock_names(conn: Connection, case_id: str) -> tuple[str, ...]:
    """What must be locked before the money of a case is moved: the lines that it has to do with."""
    return tuple(sorted({f"budget:{each.line}" for each in standing(conn, case_id) if each.line}))


def next_years(conn: Connection, case_id: str) -> tuple[int, ...]:
    """The years whose lines may take over what a case awaits, or holds of the year before."""
    found = [each for each in standing(conn, case_id) if each.amount and each.account in (*HELD, AWAITING)]
    return tuple(sorted({each.year + (each.account != AWAITING) for each in found}))


def move(conn: Connection, movement: Movement, case_id: str | None, at: datetime) -> str:
    """Post one movement: two rows that sum to zero. Answers its id; nothing is posted for an amount of zero."""
    if movement.amount == 0:
        return ""
    movement_id = new_id(at)
    conn.execute(
        insert(postings),
        [
            {
                "id": new_id(at),
                "movement_id": movement_id,
                "budget_id": movement.line or None,
                "year": movement.year or None,
                "account": account,
                "amount": amount,
                "case_id": case_id,
                "says": movement.says,
                "posted_at": at,
            }
            for account, amount in ((movement.source, -movement.amount), (movement.target, movement.amount))
        ],
    )
    return movement_id


# --- What a case does with money -------------------------------------------------------------------------------------


def reserve(
    conn: Connection,
    case_id: str,
    budget_id: str | None,
    amount: int,
    at: datetime,
    later: Mapping[int, int] | None = None,
) -> list[Movement]:
    """Make what the case holds equal to ``amount`` on a line, and ``later`` years' parts what they say.

    A later part stays on the line of its year as far as it was funded there; what is missing awaits the budget of that year.
    Anything else is released first.
    """
    held, wanted = standing(conn, case_id), dict(later or {})
    movements: list[Movement] = []
    for line, year in sorted({(each.line, each.year) for each in held if each.line and each.line != budget_id}):
        here = [each for each in held if each.line == line]
        kept = min(wanted.get(year, 0), _sum(here, HELD))
        wanted[year] = wanted.get(year, 0) - kept
        movements += _lowered(here, _sum(here, HELD) - kept, "Cadangan dilepas")
    if budget_id is not None:
        here = [each for each in held if each.line == budget_id]
        missing = amount - _sum(here, HELD)
        movements += _lowered(here, -missing, "Cadangan dikurangi")
        movements.append(Movement(budget_id, "available", "reserved", max(missing, 0), "Dicadangkan"))
    for year in sorted({*wanted, *(each.year for each in held if each.account == AWAITING)}):
        waiting = sum(each.amount for each in held if each.account == AWAITING and each.year == year)
        movements.append(_await(year, wanted.get(year, 0) - waiting))
    return _post(conn, movements, case_id, at)


def commit(conn: Connection, case_id: str, at: datetime) -> list[Movement]:
    """What was reserved is bound by the assignment."""
    movements = [
        Movement(each.line, "reserved", "committed", each.amount, "Diikat")
        for each in standing(conn, case_id)
        if each.account == "reserved"
    ]
    return _post(conn, movements, case_id, at)


def spend(conn: Connection, case_id: str, budget_id: str | None, amount: int, at: datetime) -> list[Movement]:
    """What it cost, from the commitment first and from the free room of the line for the rest."""
    if amount == 0 or budget_id is None:
        return []
    bound = held_by(conn, case_id).get((budget_id, "committed"), 0)
    from_bound = min(bound, amount)
    movements = [
        Movement(budget_id, "committed", "spent", from_bound, "Dibelanjakan"),
        Movement(budget_id, "available", "spent", amount - from_bound, "Dibelanjakan di atas ikatan"),
    ]
    return _post(conn, movements, case_id, at)


def release(conn: Connection, case_id: str, at: datetime) -> list[Movement]:
    """Whatever the case still holds goes back to the line, and it awaits nothing any more."""
    held = standing(conn, case_id)
    return _post(conn, list(_lowered(held, _sum(held, (*HELD, AWAITING)), "Dilepas")), case_id, at)


def hand_over(conn: Connection, case_id: str, at: datetime) -> list[Movement]:
    """Whatever the case still holds is let go of for another to take it over at once, so that no deficit comes between."""
    held = standing(conn, case_id)
    movements = _lowered(held, _sum(held, (*HELD, AWAITING)), "Dilepas bagi pengganti")
    return [_posted(conn, movement, case_id, at) for movement in movements if movement.amount]


def take_over(conn: Connection, case_id: str, held: Iterable[Holding], at: datetime) -> list[Movement]:
    """What another case held and let go of is now this one's."""
    says = "Dialihkan kepada pengganti"
    movements = [
        Movement(each.line, "available", each.account, each.amount, says)
        if each.line
        else _await(each.year, each.amount, says)
        for each in held
        if each.account in (*HELD, AWAITING) and each.amount
    ]
    return [_posted(conn, movement, case_id, at) for movement in movements]


def fund(conn: Connection, case_id: str, budget_id: str, year: int, at: datetime) -> list[Movement]:
    """What awaited the budget of a year is reserved on a line of it."""
    waiting = sum(e.amount for e in standing(conn, case_id) if e.account == AWAITING and e.year == year)
    says = f"Didanai dari DPA tahun {year}"
    return _post(conn, [_await(year, -waiting, says), _taken(budget_id, waiting, says)], case_id, at)


def reduce(conn: Connection, case_id: str, year: int, remains: int, at: datetime) -> list[Movement]:
    """What a case holds or awaits of a year becomes ``remains``; what awaits goes first, what is bound last."""
    held = [each for each in standing(conn, case_id) if each.year == year]
    excess = _sum(held, (*HELD, AWAITING)) - remains
    return _post(conn, list(_lowered(held, excess, "Janji dikurangi" if remains else "Janji dilepas")), case_id, at)


def carry(conn: Connection, case_id: str, year: int, budget_id: str | None, at: datetime) -> list[Movement]:
    """What a case holds or awaits of a year is reserved on a line of the next, with what awaits it; without a line it waits too."""
    held = standing(conn, case_id)
    here = [each for each in held if each.year == year]
    carried = _sum(here, (*HELD, AWAITING))
    movements = [*_lowered(here, carried, f"Dialihkan ke tahun {year + 1}")]
    says = f"Dialihkan dari tahun {year}"
    if budget_id is None:
        movements.append(_await(year + 1, carried, f"{says}, menunggu DPA tahun {year + 1}"))
    else:
        waiting = sum(e.amount for e in held if e.account == AWAITING and e.year == year + 1)
        movements += [_await(year + 1, -waiting, says), _taken(budget_id, carried + waiting, says)]
    return _post(conn, movements, case_id, at)


def _sum(holdings: Iterable[Holding], accounts: tuple[str, ...]) -> int:
    return sum(each.amount for each in holdings if each.account in accounts)


def _lowered(holdings: Iterable[Holding], by: int, says: str) -> Iterator[Movement]:
    """Give back so much of what is held or awaited: what awaits first, what is bound last."""
    order = (AWAITING, *HELD)
    for each in sorted(
        (e for e in holdings if e.account in order), key=lambda e: (order.index(e.account), e.year, e.line)
    ):
        part = max(min(each.amount, by), 0)
        by -= part
        yield (
            Movement(each.line, each.account, "available", part, says) if each.line else _await(each.year, -part, says)
        )


def _await(year: int, amount: int, says: str = "") -> Movement:
    """More, or less where it is below zero, awaits the budget of a year."""
    if amount < 0:
        return Movement("", AWAITING, EXPECTED, -amount, says or "Tidak lagi menunggu DPA", year=year)
    return Movement("", EXPECTED, AWAITING, amount, says or f"Menunggu DPA tahun {year}", year=year)


def _taken(budget_id: str, amount: int, says: str) -> Movement:
    return Movement(budget_id, "available", "reserved", amount, says)


def _post(conn: Connection, movements: list[Movement], case_id: str, at: datetime) -> list[Movement]:
    """Post what moves something; what comes free on a line covers its deficit first."""
    done = [_posted(conn, movement, case_id, at) for movement in movements if movement.amount]
    for line in sorted({movement.line for movement in done if movement.target == "available"}):
        covered = min(-balance(conn, line, "deficit"), balance(conn, line, "available"))
        if covered > 0:
            done.append(_posted(conn, Movement(line, "available", "deficit", covered, COVERS), case_id, at))
    return done


#: What the movement says that makes a deficit smaller.
COVERS = "Menutup kekurangan pagu"


def _posted(conn: Connection, movement: Movement, case_id: str, at: datetime) -> Movement:
    return msgspec.structs.replace(movement, id=move(conn, movement, case_id, at))


# --- Ceilings --------------------------------------------------------------------------------------------------------


def set_ceiling(conn: Connection, budget_id: str, ceiling: int, at: datetime, *, first: bool = False) -> int:
    """Post what a ceiling grew or shrank by; the line must be locked. Answers what is missing on the line now.

    What shrinks is taken from what is free, and beyond that it is a deficit; what grows covers a deficit first.
    """
    growth = ceiling + balance(conn, budget_id, "ceiling")
    says = f"Pagu {rupiah(ceiling)}" if first else f"Pagu menjadi {rupiah(ceiling)}"
    missing, free = -balance(conn, budget_id, "deficit"), balance(conn, budget_id, "available")
    if growth >= 0:
        covered = min(growth, missing)
        movements = [
            Movement(budget_id, "ceiling", "deficit", covered, says),
            Movement(budget_id, "ceiling", "available", growth - covered, says),
        ]
        missing -= covered
    else:
        taken = min(-growth, free)
        movements = [
            Movement(budget_id, "available", "ceiling", taken, says),
            Movement(budget_id, "deficit", "ceiling", -growth - taken, says),
        ]
        missing += -growth - taken
    for movement in movements:
        move(conn, movement, None, at)
    return missing


def rupiah(amount: int) -> str:
    """Whole rupiah, short: ``Rp1.500.000``."""
    return f"Rp{amount:,}".replace(",", ".")


# --- Faults ----------------------------------------------------------------------------------------------------------


def imbalances(conn: Connection) -> list[str]:
    """Movements that do not sum to zero, lines that hold less than nothing, and closed cases that still hold something.

    A deficit is none of these: a ceiling was lowered, and the books say so.
    """
    return [*_unbalanced(conn), *_below_nothing(conn), *_left_behind(conn)]


def _unbalanced(conn: Connection) -> Iterator[str]:
    query = (
        select(postings.c.movement_id, func.sum(postings.c.amount).label("sum"))
        .group_by(postings.c.movement_id)
        .having(func.sum(postings.c.amount) != 0)
    )
    for row in conn.execute(query):
        yield f"Mutasi {row.movement_id} tidak seimbang: selisih {row.sum}."


def _below_nothing(conn: Connection) -> Iterator[str]:
    total = func.sum(postings.c.amount)
    query = (
        select(
            budgets.c.activity,
            budgets.c.account.label("account_title"),
            budgets.c.year,
            postings.c.account,
            total.label("sum"),
        )
        .join_from(postings, budgets)
        .where(postings.c.account != "ceiling")
        .group_by(budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year, postings.c.account)
        # A deficit is below nothing by its nature.
        .having(case((postings.c.account == "deficit", -total), else_=total) < 0)
    )
    for row in conn.execute(query):
        title = line_title(row.activity, row.account_title, row.year)
        yield f"Mata anggaran {title}: akun {row.account} bernilai {row.sum}."
    free = func.sum(postings.c.amount).filter(postings.c.account == "available")
    missing = func.sum(postings.c.amount).filter(postings.c.account == "deficit")
    both = (
        select(budgets.c.activity, budgets.c.account, budgets.c.year)
        .join_from(postings, budgets)
        .group_by(budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year)
        .having(free > 0, missing < 0)
    )
    for activity, account, year in conn.execute(both):
        yield f"Mata anggaran {line_title(activity, account, year)}: kekurangannya tidak ditutup dengan yang tersedia."


def _left_behind(conn: Connection) -> Iterator[str]:
    total = func.sum(postings.c.amount)
    query = (
        select(postings.c.case_id, postings.c.account, total.label("sum"), cases.c.closed_at)
        .join_from(postings, cases, postings.c.case_id == cases.c.id)
        .where(postings.c.account.in_([*HELD, AWAITING]))
        .group_by(postings.c.case_id, postings.c.year, postings.c.account, cases.c.closed_at)
        .having(or_(cases.c.closed_at.is_not(None) & (total != 0), (postings.c.account == AWAITING) & (total < 0)))
    )
    for row in conn.execute(query):
        if row.closed_at is None:
            yield f"Berkas {row.case_id}: akun {row.account} bernilai {row.sum}."
        else:
            yield f"Berkas {row.case_id} sudah ditutup, tetapi masih memegang {row.sum} pada akun {row.account}."
