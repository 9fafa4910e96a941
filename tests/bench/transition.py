"""The full transition through the engine, without HTTP: decisions, tasks, deadlines, event, effects. Against the bare unit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from tests.bench.bare_unit import Awaited
from tests.bench.bare_unit import prepare as prepare_bare_unit
from tests.bench.contest import ratio, show, show_rates, take_turns
from tests.world import World, build
from workflow.database import Database
from workflow.sqlite import SqliteDatabase

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
        left = iter(range(count))

        async def keep_firing(case: str, who: str, superior: str) -> None:
            for _ in left:
                await self._fire(case, "submit", who)
                await self._fire(case, "return", superior)

        began = time.perf_counter()
        await asyncio.gather(*[keep_firing(*case) for case in self._cases])
        return 2 * count / (time.perf_counter() - began)

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
    """Rates, and the statements of one endorsement."""
    bare_database = Database.open(f"sqlite:///{folder / 'bare.db'}")
    bare_database.write(prepare_bare_unit)
    world = build(Database.open(f"sqlite:///{folder / 'world.db'}"))
    show(f"One endorse executes {len(_statements_of_an_endorse(world))} SQL statements")
    bare, steps = Awaited(bare_database, len(PAIRS)), Steps(replace(world))
    bare_name, full_name = "bare unit through Database.run", "full transition through Database.run (submit, return)"
    rates = take_turns({bare_name: bare.turn, full_name: steps.turn}, 400)
    show(f"Full transition on SQLite, {len(PAIRS)} at once")
    show_rates(rates)
    show(f"  full / bare: {ratio(rates, full_name, bare_name):.0%}")
    bare.close()
    steps.close()


def _statements_of_an_endorse(world: World) -> list[str]:
    case = world.submitted("verifier")
    warned = tuple(reason.rule for reason in world.preview(case, "endorse", "agency_chief", {}).warnings)
    with _statements(world.database) as executed:
        actor = world.actor("agency_chief")
        world.database.write(world.engine.fire, case, "endorse", actor, {}, world.at, key="once", acknowledge=warned)
    return executed


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
