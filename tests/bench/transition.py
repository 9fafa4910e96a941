"""The full transition through the engine, without HTTP: decisions, tasks, deadlines, event, effects. Against the bare unit."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import event

from api.clock import DemoClock
from api.desk import Desk, Visit
from tests.bench.bare_unit import Awaited
from tests.bench.bare_unit import prepare as prepare_bare_unit
from tests.bench.contest import Contender, show, show_rates, show_ratio, take_turns
from tests.bench.serving import peer_unit
from tests.world import MONDAY, World, build
from workflow.callers import Key
from workflow.database import Database
from workflow.engine.steps import Step
from workflow.people import issue_key
from workflow.sqlite import SqliteDatabase
from workflow.views import actions

BARE, FULL = "bare unit through Database.run", "full transition through Database.run (submit, return)"
#: Steps in a turn, and how many times as many bare units.
STEPS, QUICKER = 120, 5
TO_MEND = {"to_mend": "Mohon perbaiki tujuan magang."}
#: Who asks, each for an internship of their own, and who returns it to them.
PAIRS = [
    *[(who, "nursing_head") for who in ("nurse", "second_nurse", "third_nurse", "fourth_nurse")],
    *[(f"clerk_{number}", "hospital_head") for number in range(1, 11)],
]


class Steps:
    """Requests that are submitted and returned in turn, so many at once; each is a whole transition."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cases = [(world.submitted(who), who, superior) for who, superior in PAIRS]
        self._runner = asyncio.Runner()
        self._warned: dict[str, tuple[str, ...]] = {}
        for case, who, superior in self._cases:
            self._warned["return"] = self._warnings(case, "return", superior)
            world.fire(case, "return", superior, TO_MEND)
            self._warned["submit"] = self._warnings(case, "submit", who)

    def turn(self, count: int) -> float:
        return self._runner.run(self._turn(count))

    async def _turn(self, count: int) -> float:
        left = iter(range(count // 2))

        async def keep_firing(case: str, who: str, superior: str) -> None:
            for _ in left:
                await self._fire(case, "submit", who)
                await self._fire(case, "return", superior)

        began = time.perf_counter()
        await asyncio.gather(*[keep_firing(*case) for case in self._cases])
        return count // 2 * 2 / (time.perf_counter() - began)

    async def _fire(self, case: str, trigger: str, who: str) -> None:
        world = self._world
        world.at += timedelta(seconds=1)
        world.keys += 1
        form = TO_MEND if trigger == "return" else {}
        fire, actor, key = world.engine.fire, world.actor(who), str(world.keys)
        warned = self._warned[trigger]
        await world.database.run(fire, case, trigger, actor, form, world.at, key=key, acknowledge=warned)

    def _warnings(self, case: str, trigger: str, who: str) -> tuple[str, ...]:
        form = TO_MEND if trigger == "return" else {}
        return tuple(reason.rule for reason in self._world.preview(case, trigger, who, form).warnings)

    def close(self) -> None:
        self._runner.run(self._world.database.aclose())
        self._runner.close()


def on_sqlite(folder: Path) -> None:
    """Rates, and the statements of an endorsement and of a step that issues a letter."""
    for trigger, executed in _statements_of_steps(f"sqlite:///{folder / 'counted.db'}").items():
        _show_statements(trigger, executed)
    _measure(f"sqlite:///{folder / 'bare.db'}", f"sqlite:///{folder / 'world.db'}", {})


def on_postgresql(bare: str, office: str, djangos: str) -> None:
    """Rates, those of the peers' bare unit too. Each has a database of its own, but for asyncpg, which has our bare unit's."""
    with peer_unit("asyncpg_unit.py", bare) as asyncpg, peer_unit("django_unit.py", djangos) as django:
        _measure(bare, office, {"asyncpg, bare unit": asyncpg, "Django + django-fsm-2, bare unit": django})


def _measure(bare_address: str, office_address: str, peers: Mapping[str, Contender]) -> None:
    bare_database = Database.open(bare_address)
    bare_database.write(prepare_bare_unit)
    world = build(Database.open(office_address))
    bare, steps = Awaited(bare_database, len(PAIRS)), Steps(replace(world))
    contenders = {FULL: Contender(steps.turn), BARE: Contender(bare.turn), **peers}
    rates = take_turns({name: partial(_turn, each, name) for name, each in contenders.items()}, STEPS)
    show(f"Full transition on {bare_database.dialect}, {len(PAIRS)} at once")
    show_rates(rates)
    for name in (BARE, *peers):
        show_ratio(rates, contenders, FULL, name)
    bare.close()
    steps.close()


def _turn(contender: Contender, name: str, count: int) -> float:
    # Of the bare units so few would be done too soon to be measured.
    return contender(count if name == FULL else count * QUICKER)


def _show_statements(trigger: str, executed: list[str]) -> None:
    kinds = Counter(statement.split()[0].lower().replace("with", "select") for statement in executed)
    parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    show(f"One {trigger} through the API executes {len(executed)} SQL statements, BEGIN and COMMIT apart: {parts}")


def _statements_of_steps(address: str) -> dict[str, list[str]]:
    """All that the database is asked for one step, the check of the key included; not the first of the day."""
    world = build(Database.open(address))
    steps = {"endorse": "nursing_head", "forward": "hospital_head"}
    keys = {who: world.database.write(issue_key, world.ids[who], "bench", "act", MONDAY) for who in steps.values()}
    desk = Desk(world.database, world.engine.registry, DemoClock(MONDAY + timedelta(hours=1), "rahasia-jam-peragaan"))
    submitted = [world.submitted(who) for who in ("nurse", "second_nurse")]
    counted: dict[str, list[str]] = {}

    async def take_both() -> None:
        for version, (trigger, who) in enumerate(steps.items(), start=2):
            first, second = [
                Visit(desk, Key(keys[who])).run(
                    "act", actions.act, case, (Step(trigger, {}, ()),), version, f"{trigger}-{case}"
                )
                for case in submitted
            ]
            await first
            with _statements(world.database) as counted[trigger]:
                await second
        await world.database.aclose()

    asyncio.run(take_both())
    return counted


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    if not isinstance(database, SqliteDatabase):
        raise TypeError("statements are counted on SQLite")
    executed: list[str] = []

    def note(*call: object) -> None:
        executed.append(str(call[2]))

    event.listen(database._engine, "before_cursor_execute", note)
    yield executed
    event.remove(database._engine, "before_cursor_execute", note)
