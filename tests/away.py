"""A laptop away from the network, in tests: a block's file in a folder, letters made from it, scans, and the way home."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.registers import called
from tests.world import World
from workflow.proof.keys import signing_key
from workflow.registers.lease_file import sealed
from workflow.registers.leasing import Wanted
from workflow.registers.ledger import ledger_path
from workflow.registers.preparing import Asked, give_kit
from workflow.registers.settling import Settlement, settle
from workflow.registers.writing import Printed, kit, print_prepared, print_standalone

ORDER = """
type = "surat_tugas"
unit = "BKPSDM"
unit_name = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
title = "Surat Tugas"

[[signatures]]
name = "{name}"
position_title = "{title}"
nip = "{nip}"

[body]
duties = ["memeriksa daftar hadir pegawai"]
grounds = ["Rencana kerja tahun 2026"]

[[body.participants]]
name = "Verifier"
post = "Analis Sumber Daya Manusia Aparatur"
unit = "BKPSDM"
"""
PNG = b"\x89PNG\r\n\x1a\n a scan of "


@dataclass
class Away:
    """A world, and the folder of a laptop with the file of a block."""

    world: World
    folder: Path
    left: list[str]

    @property
    def lease(self) -> Path:
        return self.folder / "blok.json"

    @property
    def ledger(self) -> Path:
        return ledger_path(self.lease)

    def print(self, prepared: str = "1", on: date | None = None) -> Printed:
        return print_prepared(self.lease, prepared, on, self.world.at)

    def order(self, who: str = "agency_chief", on: date | None = None) -> Printed:
        source = self.folder / "tugas.toml"
        official = next(each for each in kit(self.lease).lease.officials if each.person_id == self.world.ids[who])
        source.write_text(
            ORDER.format(name=official.name, title=official.block.title, nip=official.block.nip), encoding="utf-8"
        )
        return print_standalone(self.lease, source, on, self.world.at)

    def scan(self, *printed: Printed) -> None:
        (self.folder / "pindaian").mkdir(exist_ok=True)
        for each in printed:
            path = self.folder / "pindaian" / f"{each.path.stem}.png"
            path.write_bytes(PNG + each.path.name.encode())

    def settle(self, who: str = "administrator", void: dict[int, str] | None = None) -> Settlement:
        caller, world = called(self.world, who), self.world
        return settle(world.database, world.engine, self.ledger, None, caller, world.at, void=void or {})

    def pass_days(self, days: int) -> None:
        self.world.at += timedelta(days=days)


Go = Callable[..., Away]


def going(world: World, folder: Path) -> Go:
    """Takes blocks of a world's numbers away to folders below one; JENJANG_KEYS must name where its keys lie."""

    def away(unit: str = "SETDA", count: int = 5, *case_ids: str | Asked, waiting: bool = False) -> Away:
        laptop = folder / f"laptop-{unit}"
        laptop.mkdir()
        key = signing_key(world.database, world.at)
        wanted = Wanted(unit, count, "Jaringan terputus", world.ids["administrator"], offline=True)
        asked = [case if isinstance(case, Asked) else Asked(case=case) for case in case_ids]
        given = (wanted, asked, "Administrator", world.at)
        lease, left = world.database.write(give_kit, world.engine, *given, waiting=waiting)
        (laptop / "blok.json").write_bytes(sealed(lease, key))
        return Away(world, laptop, left)

    return away
