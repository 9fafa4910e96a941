"""What ``make crash`` follows: the tests, the units that they write, and the arrows of the processes that those units take.

An arrow counts once for each state that it leaves; where a trigger means several arrows in a state, each counts.
"""

from __future__ import annotations

import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, select, tuple_

from workflow.database import Database
from workflow.definition import Process, Transition
from workflow.engine import taking
from workflow.engine.judgement import Judgement
from workflow.engine.recording import judged_payload
from workflow.postgresql import PostgresqlDatabase
from workflow.registry import Registry
from workflow.sqlite import SqliteDatabase
from workflow.tables import events

ROOT: Final = Path(__file__).parents[2]
#: The stories, the tables in which every arrow has its row, and what is done besides.
FOLLOWED: Final = (
    *("tests/stories/test_*.py", "tests/workflow/test_*_table.py"),
    *("tests/workflow/test_entries.py", "tests/workflow/test_letter_route.py", "tests/workflow/test_several.py"),
)

Write = Callable[..., Any]
#: How units are written while nobody stands there.
WRITES: Final[dict[type[Database], Write]] = {each: each.write for each in (SqliteDatabase, PostgresqlDatabase)}


def followed() -> list[Path]:
    """The files that are followed."""
    return sorted(file for pattern in FOLLOWED for file in ROOT.glob(pattern))


def every_arrow() -> list[str]:
    """The arrows of all processes by their names."""
    return [
        _named(process, source, arrow)
        for process in Registry.discover().processes.values()
        for arrow in process.transitions
        for source in arrow.sources
    ]


def _named(process: Process, source: str, arrow: Transition) -> str:
    name = f"{process.name}/{source} {arrow.trigger}"
    by = (arrow.by,) if isinstance(arrow.by, str) else arrow.by
    return name if len(process.arrows(source, arrow.trigger)) == 1 else f"{name} by {' or '.join(by)}"


class Noted(dict[tuple[str, int], str]):
    """Arrows by the events that were written of them, or were to be: the case, and the number of the event in it."""

    def kept(self, conn: Connection) -> set[str]:
        """Those whose events are there."""
        here = tuple_(events.c.case_id, events.c.sequence).in_(list(self))
        return {
            self[case, number] for case, number in conn.execute(select(events.c.case_id, events.c.sequence).where(here))
        }


@contextmanager
def noting() -> Iterator[Noted]:
    """The arrows that are taken meanwhile, also those that are undone."""
    noted = Noted()

    def noted_first(judgement: Judgement, *args: Any) -> dict[str, Any]:
        situation, case = judgement.situation, judgement.situation.case
        noted[case.id, case.version + 1] = _named(situation.process, case.state, judgement.arrow)
        return judged_payload(judgement, *args)

    with pytest.MonkeyPatch.context() as here:
        here.setattr(f"{taking.__name__}.{judged_payload.__name__}", noted_first)
        yield noted


@dataclass(frozen=True)
class Unit:
    """What is written in one transaction."""

    work: Callable[..., Any]
    given: tuple[Any, ...]
    named: Mapping[str, Any]

    def __call__(self, conn: Connection) -> Any:
        return self.work(conn, *self.given, **self.named)

    def by(self, write: Write, database: Database) -> Any:
        """Have it written, as it was asked."""
        return write(database, self.work, *self.given, **self.named)

    @property
    def function(self) -> Any:
        """What it is made of."""
        work: Any = self.work
        while isinstance(work, partial):
            work = work.func
        return work

    @property
    def is_ours(self) -> bool:
        """Whether it is none of a test's own."""
        return str(getattr(self.function, "__module__", "")).startswith("workflow.")


class Following(ABC):
    """Stands where units are written."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While units are written."""
        with pytest.MonkeyPatch.context() as here:
            for each in WRITES:
                here.setattr(each, "write", self._instead_of(each.write))
            yield

    def _instead_of(self, write: Write) -> Write:
        def instead(database: Database, work: Any, *args: Any, **kwargs: Any) -> Any:
            unit = Unit(work, args, kwargs)
            # A fork takes along only the thread that forks.
            if unit.is_ours and threading.current_thread() is threading.main_thread():
                return self.meet(write, database, unit)
            return unit.by(write, database)

        return instead

    @abstractmethod
    def meet(self, write: Write, database: Database, unit: Unit) -> Any:
        """Have one of our units written: ``unit.by(write, database)``."""


if __name__ == "__main__":
    sys.stdout.write(" ".join(str(file.relative_to(ROOT)) for file in followed()) + "\n")
