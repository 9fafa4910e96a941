"""The command line as a person uses it, on a small office imported from the sample."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.command_line import main
from tests.offices import PreparedOffice, sqlite_copy
from tests.stages import Stages, reached
from tests.world import World, without_paraf

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "sample"
PROFILE = ROOT / "templates" / "profiles" / "kemuning.toml"

Run = Callable[..., Result]


def invoke(*args: str | Path) -> Result:
    """A command as it was typed; nothing is caught that the command line itself does not catch."""
    return CliRunner().invoke(main, [str(each) for each in args], prog_name="jenjang", catch_exceptions=False)


@dataclass(frozen=True)
class Typed:
    """Commands typed where JENJANG_DATABASE names a database of one's own: ``office("groups", "list")``."""

    path: Path

    @property
    def address(self) -> str:
        """As the environment has it."""
        return f"sqlite:///{self.path}"

    def __call__(self, *args: str | Path) -> Result:
        return invoke(*args)


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """The database named does not exist yet."""
    typed = Typed(tmp_path / "kantor.db")
    monkeypatch.setenv("JENJANG_DATABASE", typed.address)
    return typed


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, imported by command once for all tests."""
    path = tmp_path_factory.mktemp("cli") / "kantor.db"
    # What is typed here is about commands: nobody initials letters before they are signed.
    profile = path.with_name(PROFILE.name)
    profile.write_text(without_paraf(PROFILE.read_text()))
    shutil.copy(PROFILE.with_suffix(".svg"), path.parent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JENJANG_DATABASE", f"sqlite:///{path}")
        for command in (
            ("migrate",),
            ("agency", "set", profile),
            ("import-people", SAMPLE / "pegawai.csv"),
            ("import-partners", SAMPLE / "mitra.csv"),
            ("import-agreements", SAMPLE / "kerja-sama.csv"),
            ("import-budgets", SAMPLE / "anggaran.csv"),
        ):
            result = invoke(*command)
            assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def office(imported: Path, fresh: Typed) -> Typed:
    """The database named has the sample in it."""
    shutil.copy(imported, fresh.path)
    return fresh


@pytest.fixture(scope="session")
def stages(sqlite_office: PreparedOffice) -> Stages:
    """An internship at each of its stages; what is typed here is typed beside a file."""
    return reached(sqlite_office)


@pytest.fixture
def standing_at(stages: Stages, tmp_path: Path) -> Iterator[Callable[[str], tuple[World, str]]]:
    """Opens a stage in a file of its own; answers the world and the case."""
    with ExitStack() as opened:

        def standing(name: str) -> tuple[World, str]:
            office, case = stages[name]
            return opened.enter_context(sqlite_copy(office, tmp_path / f"{name}.db")), case

        yield standing


@pytest.fixture
def run() -> Run:
    """Gives a command that needs no database."""
    return invoke
