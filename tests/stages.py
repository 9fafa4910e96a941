"""An internship at each of its stages, reached once a session on the straight road and copied for every test that asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from tests.world import MONDAY, REQUEST, World, build
from workflow.database import Database
from workflow.ids import new_id
from workflow.registry import Registry
from workflow.tables import partners, people

#: What a host fills in when it accepts.
GUIDE = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}
#: An offer that moves the period by a week and asks for a fee.
OFFER = {**GUIDE, "new_starts_on": "2026-04-13", "new_ends_on": "2026-04-24", "fee": 500_000}
#: A day of the logbook, without its date.
DAY = {"hours": 7.5, "activity": "Dinas pagi", "learning": "Asuhan keperawatan intensif"}
REPORT = {"summary": "Laporan akhir magang di instalasi rawat intensif."}
SCORES = {"scores": [{"aspect": "Kedisiplinan", "score": 90}, {"aspect": "Keterampilan", "score": 85}]}
#: The first and the last day of the internship that stages and stories stand on, and the Monday after.
FIRST, LAST, AFTER = date(2026, 4, 6), date(2026, 4, 17), date(2026, 4, 20)

#: The state in which the straight road stands after a step. Logging and confirming days come before "reporting" here.
_STAGE_AFTER = {
    "endorse": "agency_review",
    "forward": "verification",
    "verify": "awaiting_signature",
    "request_host": "awaiting_host",
    "confirm": "accepted",
    "assign": "assigned",
    "introduce": "introduced",
    "start": "ongoing",
    "confirm_days": "reporting",
    "report": "host_assessment",
    "assess": "final_verification",
}


@dataclass(frozen=True)
class Stage:
    """A database file in which one internship stands at a stage; ``case`` is empty in an office without any."""

    file: Path
    case: str
    at: datetime


@dataclass(frozen=True)
class Stages:
    """Every stage by name: the states of the process, ``introduced`` (assigned, the introduction signed) and ``office``."""

    world: World
    stages: dict[str, Stage]

    @contextmanager
    def opened(self, name: str, file: Path) -> Iterator[tuple[World, str]]:
        """A copy of a stage in a file that does not exist yet, as the world and the case."""
        stage = self.stages[name]
        file.write_bytes(stage.file.read_bytes())
        with closing(Database.open(f"sqlite:///{file}")) as database:
            yield replace(self.world, database=database, at=stage.at, ids=dict(self.world.ids), log=[]), stage.case


@contextmanager
def opener(stages: Stages, folder: Path) -> Iterator[Callable[[str], tuple[World, str]]]:
    """Opens copies of stages by name, and closes them all at the end."""
    with ExitStack() as opened:
        count = iter(range(1000))
        yield lambda name: opened.enter_context(stages.opened(name, folder / f"{name}-{next(count)}.db"))


def reached(folder: Path) -> Stages:
    """Build the office in a folder, lead one internship down the straight road and keep every stage of it."""
    file = folder / "road.db"
    database = Database.open(f"sqlite:///{file}")
    world = build(database, Registry.discover())
    database.write(_another_partner, world)
    stages: dict[str, Stage] = {}

    def keep(name: str, case: str) -> None:
        stages[name] = Stage(folder / f"{name}.db", case, world.at)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(stages[name].file)) as target:
            source.backup(target)

    keep("office", "")
    case = world.open(form=REQUEST)
    keep("drafted", case)
    for trigger, actor, form in world.straight():
        if trigger == "start":
            world.go_to(FIRST)
        if trigger == "finish":
            world.go_to(LAST)
        if trigger == "complete":
            break
        world.fire(case, trigger, actor, form() if callable(form) else form)
        if trigger == "submit":
            keep("supervisor_review", case)
        if trigger in _STAGE_AFTER:
            keep(_STAGE_AFTER[trigger], case)
    database.close()
    found = Stages(world, stages)
    for name, trigger, answer in (
        ("host_proposal", "propose_changes", OFFER),
        ("host_unavailable", "decline", {"reason": "Ruang magang penuh."}),
    ):
        copy = folder / f"{name}.db"
        with found.opened("awaiting_host", copy) as (aside, _):
            aside.fire(case, trigger, "contact", answer)
            stages[name] = Stage(copy, case, aside.at)
    return found


def _another_partner(conn: Connection, world: World) -> None:
    """A second hospital, for whom an agreement is still missing, with a contact of its own."""
    conn.execute(
        insert(partners).values(
            id="RSUNIV",
            name="Rumah Sakit Universitas Contoh",
            kind="Rumah sakit",
            address="Jalan Contoh 2",
            city="Sungai Jernih",
        )
    )
    world.ids = {**world.ids, "other_contact": new_id(MONDAY)}
    row: dict[str, Any] = {"id": world.ids["other_contact"], "kind": "contact", "name": "Other Contact"}
    conn.execute(insert(people).values(**row, partner_id="RSUNIV"))
