"""What a case does with money: it reserves, binds, spends and gives back, and what it has of one year it carries to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from workflow.budgets.books import AWAITING, EXPECTED, HELD, Holding, Movement, balance, held_by, move, standing

#: What the movement says that makes a deficit smaller.
COVERS = "Menutup kekurangan pagu"


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


def give_back(conn: Connection, case_id: str, budget_id: str, amount: int, says: str, at: datetime) -> list[Movement]:
    """Of what was spent something was paid back: it is free again."""
    return _post(conn, [Movement(budget_id, "spent", "available", amount, says)], case_id, at)


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


def _posted(conn: Connection, movement: Movement, case_id: str, at: datetime) -> Movement:
    return msgspec.structs.replace(movement, id=move(conn, movement, case_id, at))
