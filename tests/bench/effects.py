"""Effects a second by one and two workers on PostgreSQL: letters made and signed, mail to a server, from a full queue to none.

A worker that is to find a queue stands still while that is filled.
"""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection, insert, select

from tests.bench.contest import Contender, show, show_rates, show_ratio, take_turns
from tests.bench.office import CLOCK
from tests.bench.serving import PROCESSORS, Served, busy_seconds, worker
from tests.mailing import mail_server, with_addresses
from tests.workers import jobs
from tests.world import World, build
from workflow import effects
from workflow.database import Database
from workflow.ids import new_id
from workflow.letters.parts import LetterFrame
from workflow.migrations import migrate
from workflow.tables import effects as table
from workflow.tables import letter_cases, letters

LETTERS, MESSAGES = 20, 240
#: People who are told of a step in one unit, and so by one job.
TOLD_AT_ONCE = 2
#: Effects by which every worker has loaded what it works with.
WARM_UP = 16
#: Seconds for one queue.
LONGEST = 120.0
ONE, TWO = "one worker", "two workers"

#: Owes so many effects. Answers their ids.
Fill: TypeAlias = Callable[[World, int], list[str]]


class Crew:
    """Workers on a database of their own."""

    def __init__(self, world: World, workers: Sequence[Served], fill: Fill) -> None:
        self._world, self._workers, self._fill = world, workers, fill
        self._busy: list[float] = []

    def turn(self, count: int) -> float:
        """Fill the queue, and see it emptied."""
        with self._standing_still():
            owed = self._fill(self._world, count)
        began, machine = time.perf_counter(), busy_seconds()
        while jobs(self._world.database):
            if time.perf_counter() - began > LONGEST:
                raise TimeoutError(f"{count} effects are not done after {LONGEST:.0f} seconds")
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        self._busy.append((busy_seconds() - machine) / seconds / PROCESSORS)
        self._require_done(owed)
        return count / seconds

    def cpu_seconds(self) -> float:
        """Processor time of the workers so far, with the processes that make their letters."""
        return sum(each.cpu_seconds() for each in self._workers)

    @property
    def busy(self) -> float:
        """How much of all processors was busy with anything: near 1 it is the machine that is measured."""
        return statistics.median(self._busy)

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        for each in self._workers:
            os.kill(each.session, signal.SIGSTOP)
        try:
            yield
        finally:
            for each in self._workers:
                os.kill(each.session, signal.SIGCONT)

    def _require_done(self, owed: list[str]) -> None:
        done = table.c.done_at.is_not(None) & table.c.error.is_(None)
        failed = self._world.all(select(table.c.error).where(table.c.id.in_(owed), ~done))
        if failed:
            raise RuntimeError(f"{len(failed)} of {len(owed)} effects are not done: {failed[0].error}")


def measure_letters(fresh: Callable[[], str], folder: Path) -> None:
    """Letters; no mail goes out. ``fresh`` answers the address of an empty database."""
    _measure("Letters made and signed", fresh, _letters, LETTERS, _settings(folder, "off"))


def measure_mail(fresh: Callable[[], str], folder: Path) -> None:
    """Messages, to a server that takes each at once."""
    with mail_server() as (server, port):
        _measure(
            "Mail to an SMTP server", fresh, _messages, MESSAGES, _settings(folder, f"smtp://127.0.0.1:{port}?tls=none")
        )
        if len({content for _, content in server.taken}) < MESSAGES:
            raise RuntimeError(f"the mail server has had {len(server.taken)} messages only")


def _settings(folder: Path, mail: str) -> dict[str, str]:
    return {
        **CLOCK,
        "JENJANG_KEYS": str(folder / "keys"),
        "JENJANG_MAIL": mail,
        "JENJANG_MAIL_FROM": "jenjang@kemuning.example",
    }


def _measure(what: str, fresh: Callable[[], str], fill: Fill, count: int, settings: Mapping[str, str]) -> None:
    with ExitStack() as stack:
        crews = {}
        for name, number in ((ONE, 1), (TWO, 2)):
            world = _office(fresh())
            stack.callback(world.database.close)
            workers = [stack.enter_context(worker(world.database.address, **settings)) for _ in range(number)]
            crews[name] = Crew(world, workers, fill)
            crews[name].turn(WARM_UP)
        contenders = {name: Contender(crew.turn, crew.cpu_seconds) for name, crew in crews.items()}
        rates = take_turns(contenders, count)
    show(f"{what}, {count} in a queue on PostgreSQL, {PROCESSORS} processors")
    show_rates(rates)
    show_ratio(rates, contenders, TWO, ONE)
    for name, each in contenders.items():
        show(
            f"  {name}: {each.spent:.1f} ms of the workers' processor time each; the machine {crews[name].busy:.0%} busy"
        )


def _office(address: str) -> World:
    database = Database.open(address)
    migrate(database)
    world = with_addresses(build(database))
    world.road("request_host")
    return world


def _letters(world: World, count: int) -> list[str]:
    """So many signed letters like the one to the host, each with a number and a code of its own."""
    return world.database.write(_copies, world, count)


def _copies(conn: Connection, world: World, count: int) -> list[str]:
    of_kind = select(letters).where(letters.c.kind == "internship_request")
    like = conn.execute(of_kind.order_by(letters.c.id).limit(1)).one()
    case = conn.execute(select(letter_cases.c.case_id).where(letter_cases.c.letter_id == like.id)).scalar_one()
    owed = []
    for _ in range(count):
        world.keys += 1
        row = _another(like._asdict(), 1000 + world.keys, world)
        conn.execute(insert(letters).values(row))
        conn.execute(insert(letter_cases).values(letter_id=row["id"], case_id=case))
        owed.append(effects.owe(conn, effects.RENDER, None, row["id"], {}, world.at))
    return owed


def _another(row: dict[str, Any], number: int, world: World) -> dict[str, Any]:
    frame = msgspec.json.decode(row["frame"], type=LetterFrame)
    said, code = f"800.1.4.1/{number}/SETDA/2026", f"UJI{number:07}"
    told = msgspec.json.encode(msgspec.structs.replace(frame, number=said, code=code)).decode()
    own = {"id": new_id(world.at), "frame": told, "code": code, "number": said, "register_number": number}
    not_made = {"state": "to_render", "sealed": 0, "statement": None, "file_id": None, "unsigned_sha256": None}
    return {**row, **own, **not_made}


def _messages(world: World, count: int) -> list[str]:
    """So many messages about a case, each other words, as many in one unit as a step tells."""
    case = world.all(select(letter_cases.c.case_id).limit(1))[0].case_id
    told = ("secretary", "verifier")
    owed = []
    for first in range(0, count, TOLD_AT_ONCE):
        world.keys += 1
        owed += world.database.write(
            _tell, world, case, [told[n % 2] for n in range(first, min(first + TOLD_AT_ONCE, count))]
        )
    return owed


def _tell(conn: Connection, world: World, case: str, names: list[str]) -> list[str]:
    says = {"says": f"Magang antarinstansi: berkas diperbarui, pemberitahuan {world.keys}."}
    return [effects.owe(conn, effects.MESSAGE, case, world.ids[name], says, world.at) for name in names]
