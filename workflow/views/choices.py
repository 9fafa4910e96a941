"""What the fields of a form offer: where one may go, which line pays, what is scored, which case is meant, what is attested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, and_, select

from workflow.attesting import attestable_facts, attests, fact_title
from workflow.budgets.books import line_title, next_years
from workflow.cases import Case
from workflow.definition import Transition
from workflow.engine.engine import Engine
from workflow.filling import case_fields
from workflow.tables import budgets, cases, partners, units
from workflow.views.outside import Sight, host_fields
from workflow.views.shown import cases_called

#: Cases offered at most, the latest first; any other can be named by its number.
_MOST_CASES: Final = 200


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a field takes, and what people call it."""

    value: str
    title: str


def offered(
    conn: Connection, engine: Engine, sight: Sight, arrow: Transition, case: Case, at: datetime
) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """What some fields offer, by their names: places, lines of the year in which the period begins, cases, criteria, facts."""
    names = set(arrow.takes.__struct_fields__) if arrow.takes else set()
    for name in host_fields(sight.process):
        if name in names:
            yield name, hosts(conn, case.unit_id)
    if "budget_line" in names:
        first = str(case.form.get((sight.process.period or ("",))[0]) or engine.office.day(at))
        yield "budget_line", budget_lines(conn, int(first[:4]), case.unit_id)
    if "next_budget_line" in names:
        years = next_years(conn, case.id)
        yield "next_budget_line", tuple(line for year in years for line in budget_lines(conn, year, case.unit_id))
    if "scores" in names:
        yield "scores", criteria(conn, str(case.form.get("round") or ""))
    for name, (process, states) in (case_fields(arrow.takes) if arrow.takes else {}).items():
        yield name, cases_in(conn, process, states)
    if attests(arrow):
        yield "fact", tuple(Choice(value=name, title=fact_title(name)) for name in attestable_facts(sight.process))


def hosts(conn: Connection, apart_from: str | None) -> tuple[Choice, ...]:
    """Where one may go: partners first, then our own units but the participant's."""
    outside = conn.execute(select(partners.c.id, partners.c.name).order_by(partners.c.name))
    inside = conn.execute(
        select(units.c.id, units.c.name).where(units.c.id != (apart_from or "")).order_by(units.c.name)
    )
    return (
        *(Choice(value=f"partner:{row.id}", title=row.name) for row in outside),
        *(Choice(value=f"unit:{row.id}", title=row.name) for row in inside),
    )


def budget_lines(conn: Connection, year: int, first: str | None) -> tuple[Choice, ...]:
    """The budget lines of a year, each with the unit whose it is; those of the unit ``first`` before the others'."""
    query = (
        select(budgets, units.c.name.label("unit"))
        .join_from(budgets, units, units.c.id == budgets.c.unit_id, isouter=True)
        .where(budgets.c.year == year)
        .order_by(budgets.c.unit_id != (first or ""), units.c.name, budgets.c.activity_code, budgets.c.account_code)
    )
    return tuple(
        Choice(value=row.id, title=f"{row.unit or row.unit_id}: {line_title(row.activity, row.account, row.year)}")
        for row in conn.execute(query)
    )


def criteria(conn: Connection, of_round: str) -> tuple[Choice, ...]:
    """What the nominees of a round are scored by, each with its weight: a panel member need not see the round itself."""
    form = conn.execute(select(cases.c.form).where(cases.c.id == of_round)).scalar_one_or_none()
    listed = msgspec.json.decode(form).get("criteria", ()) if form else ()
    return tuple(Choice(value=each["name"], title=f"{each['name']} (bobot {each['weight']} persen)") for each in listed)


def cases_in(conn: Connection, process: str, states: tuple[str, ...]) -> tuple[Choice, ...]:
    """The cases of a process in some states, the latest first: by their own title, or whom they are about, with their number."""
    which = and_(cases.c.process == process, cases.c.state.in_(states))
    return tuple(Choice(value=case, title=title) for case, title in cases_called(conn, which, _MOST_CASES).items())
