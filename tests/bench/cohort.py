"""A step for a cohort of a hundred against the same step for a hundred cases one by one, on each database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select

from tests.bench.contest import show
from tests.cohorts import COMMON, make_officer
from tests.world import World, build
from workflow.database import Database
from workflow.engine.cohorts import CohortAct, Member, Roster
from workflow.ids import new_id
from workflow.tables import people, positions

#: People in the cohort; the shipped parameter allows no more.
SIZE = 100
#: Colleagues who stay, so that nobody is refused for leaving too few behind.
STAYING = 900
#: The steps that a cohort takes as one, and by whom.
ROAD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("endorse", "hospital_head", {}),
    ("forward", "hospital_head", {}),
    ("verify", "verifier", {}),
    ("request_host", "secretary", {}),
    ("confirm", "contact", {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}),
    ("assign", "hospital_head", {}),
)


def measure(database: Database, dialect: str) -> None:
    """Lead two hundred people down the road, half as a cohort, half one by one; print seconds, ratio and statements a case."""
    try:
        world = build(database)
        names = database.write(_crowd, world)
        together, cases = _opened(world, names[:SIZE])
        _, alone = _opened(world, names[SIZE:])
        for name, case in zip(names, [*cases, *alone], strict=True):
            world.fire(case, "submit", name)
        show(f"\ncohort of {SIZE} on {dialect}: seconds as one and one by one, their ratio; statements a case")
        for trigger, who, form in ROAD:
            _compare(world, trigger, who, form, together, alone)
    finally:
        database.close()


def _compare(world: World, trigger: str, who: str, form: dict[str, Any], cohort: str, alone: list[str]) -> None:
    engine, actor = world.engine, world.actor(who)
    known = tuple(reason.rule for reason in world.preview(alone[0], trigger, who, form).warnings)
    world.at += timedelta(seconds=1)
    with _counted() as as_one:
        began = time.perf_counter()
        act = CohortAct(trigger=trigger, form=form, acknowledge=known)
        outcome = world.database.write(engine.fire_cohort, cohort, actor, act, world.at)
        seconds = time.perf_counter() - began
    if outcome.stayed:
        raise RuntimeError(f"{trigger}: {outcome.stayed[0].detail}")
    with _counted() as one_by_one:
        began = time.perf_counter()
        for case in alone:
            world.database.write(engine.fire, case, trigger, actor, form, world.at, acknowledge=known)
        apart = time.perf_counter() - began
    statements = f"{as_one[0] / SIZE:5.1f} {one_by_one[0] / SIZE:5.1f}"
    show(f"  {trigger:<14} {seconds:6.2f} {apart:6.2f}  x {seconds / apart:4.2f}   {statements}")


@contextmanager
def _counted() -> Iterator[list[int]]:
    """How many statements are executed meanwhile."""
    count = [0]

    def note(*_: Any) -> None:
        count[0] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _opened(world: World, names: list[str]) -> tuple[str, list[str]]:
    """A cohort, and its cases."""
    make_officer(world, "clerk_10")
    members = tuple(Member(_nip(int(name))) for name in names)
    roster = Roster(world.engine.registry.process("internship"), "Rombongan", COMMON, members)
    outcome = world.database.write(world.engine.open_cohort, world.actor("clerk_10"), roster, world.at)
    return outcome.cohort_id, [moved.case_id for moved in outcome.moved]


def _nip(number: int) -> str:
    """An invented NIP."""
    return f"198502{1 + number // 1000:02d}201001{1 + number % 2}{number % 1000:03d}"


def _crowd(conn: Connection, world: World) -> list[str]:
    """Staff of the hospital, each of a post of their own; answers the names of those who shall go."""
    post = conn.execute(select(positions.c.id).where(positions.c.holder_id == world.ids["hospital_head"])).scalar_one()
    rows = []
    for number in range(2 * SIZE + STAYING):
        world.ids[str(number)] = new_id(world.at)
        rows.append(
            {
                "id": world.ids[str(number)],
                "kind": "staff",
                "nip": _nip(number),
                "name": f"Clerk {number}",
                "asn_kind": "PNS",
                "grade": "III/d",
                "post": f"Pengadministrasi {number}",
                "unit_id": "RSUD",
                "superior_position_id": post,
                "status": "Aktif",
                "sanctions_known": True,
            }
        )
    conn.execute(insert(people), rows)
    return [str(number) for number in range(2 * SIZE)]


def on_both(folder: str, address: str) -> None:
    """Measure on a new SQLite file and on an empty PostgreSQL database."""
    opened: tuple[Callable[[], Database], ...] = (
        lambda: Database.open(f"sqlite:///{folder}/cohort.db"),
        lambda: Database.open(address),
    )
    for open_it in opened:
        database = open_it()
        measure(database, database.dialect)
