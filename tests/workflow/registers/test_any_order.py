"""In whatever order numbers are taken, lent, used on laptops, spoilt, settled and closed: every integer is accounted for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, func, select

from tests.away import Away, going
from tests.offices import PreparedOffice
from tests.registers import NOTHING_WRONG, lent, looked, numbered_letter, profiled
from tests.world import World
from workflow.errors import Problem
from workflow.registers import take
from workflow.registers.leasing import close
from workflow.registers.writing import kit, spoil
from workflow.tables import leases, letters, registers, void_numbers

ACTS = ("letter", "leased letter", "failed", "block", "laptop", "print", "copy", "spoil", "settle", "close")


@dataclass
class Counter:
    """An office at its registers, with its laptops."""

    world: World
    folder: Path
    laptops: list[Away] = field(default_factory=list)

    def act(self, name: str, which: int) -> None:
        with suppress(Problem):
            getattr(self, name.replace(" ", "_"))(which)

    def letter(self, _: int, unit: str = "SETDA") -> None:
        def issued(conn: Connection) -> None:
            taken = take(conn, self.world.engine.office, unit, unit, self.world.at.date())
            conn.execute(numbered_letter(taken.register, taken.year, taken.number, self.world.at.date()))

        self.world.database.write(issued)

    def leased_letter(self, _: int) -> None:
        self.letter(0, "RSUD")

    def failed(self, _: int) -> None:
        def undone(conn: Connection) -> None:
            take(conn, self.world.engine.office, "SETDA", "SETDA", self.world.at.date())
            raise ValueError

        with suppress(ValueError):
            self.world.database.write(undone)

    def block(self, which: int) -> None:
        lent(self.world, "RSUD", 1 + which % 3)

    def laptop(self, which: int) -> None:
        folder = self.folder / str(len(self.laptops))
        folder.mkdir()
        self.laptops.append(going(self.world, folder)("SETDA", 1 + which % 4))

    def one(self, which: int) -> Away:
        if not self.laptops:
            self.laptop(2)
        return self.laptops[which % len(self.laptops)]

    def print(self, which: int) -> None:
        away = self.one(which)
        printed = away.order("secretary")
        if which % 3:
            away.scan(printed)

    def copy(self, which: int) -> None:
        away = self.one(which)
        folder = self.folder / f"copy-{len(self.laptops)}"
        shutil.copytree(away.folder, folder)
        self.laptops.append(Away(self.world, folder, []))

    def spoil(self, which: int) -> None:
        away = self.one(which)
        spoil(away.lease, kit(away.lease).lease.first + which % 3, "rusak", self.world.at)

    def settle(self, which: int) -> None:
        away = self.one(which)
        if away.ledger.exists():
            away.settle()

    def close(self, which: int) -> None:
        rows = self.world.all(select(leases).order_by(leases.c.id))
        if rows and which % 2:
            lease_id = rows[which % len(rows)].id
            self.world.database.write(close, lease_id, "ditutup", self.world.ids["administrator"], self.world.at)

    def unaccounted(self) -> list[int]:
        """Integers of which nobody can say what became of them, found without the code that checks it."""
        ((last,),) = self.world.all(select(func.coalesce(func.max(registers.c.last_number), 0)))
        known = [row[0] for row in self.world.all(select(letters.c.register_number))]
        known += [row[0] for row in self.world.all(select(void_numbers.c.number))]
        assert len(known) == len(set(known))
        for row in self.world.all(select(leases).where(leases.c.settled_at.is_(None))):
            known += range(row.first if row.offline else row.following, row.last + 1)
        return sorted(set(range(1, last + 1)) - set(known))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pytest.MonkeyPatch], None]:
    folder = tmp_path_factory.mktemp("keys")
    return lambda patch: patch.setenv("JENJANG_KEYS", str(folder))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(some.sampled_from(ACTS), some.integers(0, 11)), max_size=14))
def test_every_integer_is_accounted_for_in_whatever_order_things_happen(
    one_office: PreparedOffice, keys: Callable[[pytest.MonkeyPatch], None], acts: list[tuple[str, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        keys(patch)
        world = profiled(one_office.as_new(), '[registers.RSUD]\nkind = "leased"\nof = "SETDA"\n')
        world.at = datetime(2026, 3, 2, 3, tzinfo=UTC)
        office = Counter(world, Path(folder))
        for name, which in acts:
            office.act(name, which)
        assert office.unaccounted() == []
        assert looked(world) == NOTHING_WRONG
