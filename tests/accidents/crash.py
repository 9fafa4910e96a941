"""``make crash``: pytest with ``-p tests.accidents.crash`` kills whatever its tests write, and counts. Settings: ``CRASH_…``.

On the database that ``--database`` names. ``FOLDER`` has what was killed; ``ONLY``: kinds by a pattern; ``MINUTES``; ``ANEW``:
forget what was killed before.
"""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.accidents.covering import NAME
from tests.accidents.everywhere import Killing
from tests.accidents.following import every_arrow

DIALECTS: Final = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Strike while the tests run that are asked for."""
    folder = Path(os.environ.get("CRASH_FOLDER", ".bench/crash")).absolute()
    if not hasattr(config, "workerinput"):
        for note in filter(Path.is_file, folder.glob(f"{config.option.database}/*")):
            if os.environ.get("CRASH_ANEW") or not note.read_text():
                note.unlink()  # what was begun and not finished is begun anew
    killing = Killing(
        folder,
        config.option.database,
        only=os.environ.get("CRASH_ONLY", ""),
        until=time.monotonic() + 60 * float(os.environ.get("CRASH_MINUTES") or 120),
    )
    config.stash[_KILLING] = killing
    striking = ExitStack()
    striking.enter_context(killing.at_work())
    config.add_cleanup(striking.close)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing limited it, every arrow has been killed in."""
    config = session.config
    if not hasattr(config, "workerinput") and _is_whole(config) and _missed(config, config.option.database):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How much has been killed, and in which arrows nothing was."""
    killed, arrows = config.stash[_KILLING].killed(), every_arrow()
    terminalreporter.section("kill -9")
    for dialect in DIALECTS:
        mine = [each for each in killed if each.kind.startswith(dialect)]
        missed = _missed(config, dialect)
        terminalreporter.write_line(
            f"{dialect}: {len(mine)} kinds of unit killed {sum(each.points for each in mine)} times; "
            f"{len(arrows) - len(missed)} of {len(arrows)} arrows"
        )
        if missed and (config.get_verbosity() > 0 or (dialect == config.option.database and _is_whole(config))):
            terminalreporter.write_line("  not killed in: " + ", ".join(missed))


_KILLING = pytest.StashKey[Killing]()


def _is_whole(config: pytest.Config) -> bool:
    killing, covering = config.stash[_KILLING], config.pluginmanager.get_plugin(NAME)
    return not killing.only and time.monotonic() < killing.until and covering is not None and bool(covering.whole)


def _missed(config: pytest.Config, dialect: str) -> list[str]:
    killed = {
        arrow for each in config.stash[_KILLING].killed() if each.kind.startswith(dialect) for arrow in each.arrows
    }
    return [arrow for arrow in every_arrow() if arrow not in killed]
