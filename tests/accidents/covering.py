"""A whole run of the tests fails where those that ``make crash`` follows leave an arrow of a process untaken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.accidents.following import Following, Unit, Write, every_arrow, noting
from workflow.database import Database

NAME: Final = "covering"


class Covering(Following):
    """A plugin of pytest. Of several processes each notes what its own tests take, and the first gathers it."""

    def __init__(self, files: frozenset[Path], dialect: str = "sqlite") -> None:
        #: Whether every test that is followed is run.
        self.whole = True
        #: The arrows that they have taken on the database on which each table has its rows.
        self.taken: set[str] = set()
        self._followed, self._dialect = files, dialect
        self._follows = False

    def meet(self, write: Write, database: Database, unit: Unit) -> Any:
        if not self._follows or database.dialect != self._dialect:
            return unit.by(write, database)
        with noting() as noted:
            found = unit.by(write, database)
        if not self.taken.issuperset(noted.values()):
            self.taken |= database.read(noted.kept)
        return found

    def missed(self) -> list[str]:
        """The arrows that no test has taken; none are told where not all of them were run."""
        return [arrow for arrow in every_arrow() if arrow not in self.taken] if self.whole else []

    def begins(self, file: Path) -> None:
        """A test of a file."""
        self._follows = file in self._followed

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.whole &= self._followed.isdisjoint(item.path for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        named = any("::" in argument for argument in session.config.args)
        self.whole &= not named and self._followed <= {item.path for item in session.items}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.begins(item.path)
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        told = getattr(node, "workeroutput", {})
        self.whole &= told.get("whole", False)
        self.taken.update(told.get("taken", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput |= {"whole": self.whole, "taken": sorted(self.taken)}
            return
        self.whole &= session.exitstatus == pytest.ExitCode.OK and not session.config.option.collectonly
        if self.missed():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if missed := self.missed():
            terminalreporter.section("arrows that no test takes which make crash follows")
            terminalreporter.write_line("\n".join(missed))
