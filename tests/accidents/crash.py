"""``make crash``: pytest with ``-p tests.accidents.crash`` kills whatever its tests write, and counts. Settings: ``CRASH_…``.

``FOLDER`` has what was killed; ``STRIDE``: of PostgreSQL's statements, every how many; ``ONLY``: kinds by a pattern; ``MINUTES``;
``ANEW``: forget what was killed before.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.accidents.everywhere import Killing
from workflow.registry import Registry

DIALECTS: Final = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Strike while the tests run that are asked for."""
    folder = Path(os.environ.get("CRASH_FOLDER", ".bench/crash")).absolute()
    if not hasattr(config, "workerinput"):
        for note in filter(Path.is_file, folder.glob("*/*")):
            if os.environ.get("CRASH_ANEW") or not note.read_text():
                note.unlink()  # what was begun and not finished is begun anew
    killing = Killing(
        folder,
        int(os.environ.get("CRASH_STRIDE") or 5),
        os.environ.get("CRASH_ONLY", ""),
        time.monotonic() + 60 * float(os.environ.get("CRASH_MINUTES") or 120),
    )
    config.stash[_KILLING] = killing
    striking = ExitStack()
    striking.enter_context(killing.striking())
    config.add_cleanup(striking.close)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How much has been killed, and which arrows no story came to."""
    kinds = config.stash[_KILLING].kinds()
    terminalreporter.section("kill -9")
    for dialect in DIALECTS:
        mine = {kind: points for kind, points in kinds.items() if kind.startswith(dialect)}
        arrows = [f"{dialect} fire {arrow}" for arrow in _arrows()]
        missed = [arrow for arrow in arrows if arrow not in mine]
        terminalreporter.line(
            f"{dialect}: {len(mine)} kinds of unit killed {sum(mine.values())} times; "
            f"{len(arrows) - len(missed)} of {len(arrows)} arrows"
        )
        if missed and config.get_verbosity() > 0:
            terminalreporter.line("  not walked: " + ", ".join(missed))


_KILLING = pytest.StashKey[Killing]()


def _arrows() -> list[str]:
    return [
        f"{process.name}/{source} {arrow.trigger}"
        for process in Registry.discover().processes.values()
        for arrow in process.transitions
        for source in arrow.sources
    ]
