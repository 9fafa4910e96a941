"""A laptop whose power goes out while it makes a letter, and a server that is killed while it settles: one number, one letter."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.away import Away, Go
from tests.registers import NOTHING_WRONG, verified
from tests.world import World
from workflow.database import Database
from workflow.registers import ledger as ledgers
from workflow.registers import settling, writing
from workflow.registers.ledger import Ledger, read_ledger
from workflow.registers.writing import kit
from workflow.tables import files, letters


def killed(work: Callable[[], object], at: str, where: object, count: int = 1) -> None:
    """Do something in a process of its own that is killed when it calls ``at`` for the ``count``-th time, before that is done."""
    child = os.fork()
    if child == 0:
        calls = 0
        real = getattr(where, at)

        def dying(*args: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **more)

        setattr(where, at, dying)
        try:
            work()
        finally:
            sys.stderr.flush()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it ended by itself"


def standing(away: Away) -> Ledger:
    return read_ledger(away.ledger.read_bytes())


@pytest.mark.parametrize(("at", "where"), [("_append", ledgers), ("_put", writing)])
def test_a_laptop_killed_at_any_step_makes_one_letter_of_one_number(go: Go, at: str, where: object) -> None:
    away = go("BKPSDM", 3)
    away.order()
    killed(away.order, at, where)
    began = len(standing(away).written)
    assert began == (2 if at == "_put" else 1)
    third = away.order()
    found = standing(away)
    assert third.written.number == began + 1
    assert [each.number for each in found.written] == list(range(1, began + 2))
    assert all((away.folder / each.file).exists() for each in found.written)
    assert not list(away.folder.glob(".*"))


@pytest.mark.parametrize("count", [1, 2])
def test_a_laptop_killed_at_the_very_first_line_begins_anew(go: Go, count: int) -> None:
    away = go("BKPSDM", 2)
    killed(away.order, "fsync", os, count)
    assert kit(away.lease).following in (1, 2)
    before = kit(away.lease).following
    assert away.order().written.number == before


@pytest.mark.parametrize("torn", [1, 50, 400])
def test_a_first_line_that_was_cut_off_is_written_anew(go: Go, torn: int) -> None:
    away = go("BKPSDM", 2)
    away.order()
    away.ledger.write_bytes(away.ledger.read_bytes()[:torn])
    assert away.order().written.number == 1


def test_a_server_killed_between_two_letters_goes_on_where_it_was(
    one_world: World, away_from: Callable[[World], Go]
) -> None:
    away = away_from(one_world)("BKPSDM", 4)
    away.scan(away.order(), away.order(), away.order())

    def elsewhere() -> None:
        with closing(Database.open(away.world.database.address)) as database:
            replace(away, world=replace(away.world, database=database)).settle()

    for count in (1, 2, 2):
        killed(elsewhere, "_file", settling, count)
    killed(elsewhere, "_finish", settling)
    assert len(away.world.all(select(letters.c.id))) == 3
    done = away.settle()
    assert {fate.state for fate in done.fates} == {"already"}
    assert done.closed
    assert len(away.world.all(select(files.c.id))) == 6
    assert verified(away.world, "numbers", "files") == NOTHING_WRONG


def test_papers_of_a_letter_that_could_not_be_filed_are_not_kept(go: Go) -> None:
    away = go("BKPSDM", 1)
    printed = away.order()
    away.scan(printed)
    (Path(away.folder) / "pindaian" / f"{printed.path.stem}.png").write_bytes(b"no picture at all")
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert away.world.all(select(files.c.id)) == []
