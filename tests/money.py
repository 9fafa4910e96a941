"""Budget lines of ``world.py`` beside its own, and ceilings that change, as an import writes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from tests.world import World
from workflow.budgets import ceilings
from workflow.ids import new_id
from workflow.tables import budgets


def budget_line(world: World, year: int, ceiling: int = 10_000_000, activity: str = "Fasilitasi magang") -> str:
    """A line of a year, with its ceiling. Answers its id."""
    line = new_id(world.at)
    row = {
        "id": line,
        "year": year,
        "unit_id": "BKPSDM",
        "activity_code": line[-12:],
        "activity": activity,
        "account_code": "5.1.02.04.01.0001",
        "account": "Belanja perjalanan dinas",
        "ceiling": ceiling,
    }

    def add(conn: Any) -> None:
        conn.execute(insert(budgets).values(**row))
        ceilings.set_ceiling(conn, line, ceiling, world.at, first=True)

    world.database.write(add)
    return line


def set_ceiling(world: World, line: str, ceiling: int) -> None:
    """The ceiling of a line becomes another."""

    def change(conn: Any) -> None:
        conn.execute(update(budgets).where(budgets.c.id == line).values(ceiling=ceiling))
        ceilings.set_ceiling(conn, line, ceiling, world.at)

    world.database.write(change)
