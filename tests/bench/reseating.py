"""An import of ten thousand staff of whom twenty moved, with two thousand open cases: only what changed is seated anew."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import delete, select, update

from tests.bench.contest import show
from tests.exports import as_csv
from tests.world import REQUEST, World, build
from workflow.database import Database
from workflow.engine.affected import affected_cases
from workflow.engine.judging import Actor
from workflow.engine.sweep import reseat_cases, waiting_cases
from workflow.imports import ImportReport, import_staff
from workflow.tables import cases, deadlines, people, tasks

STAFF, OPEN_CASES, MOVED = 10_000, 2_000, 20
#: A unit has its head and a hundred of its staff.
UNIT = 100
ROUNDS = 3


def measure(database: Database) -> None:
    """Import the staff in turns with twenty of them in another unit or back, and reseat what changed or everything."""
    world = build(database)
    sources = (_export(0), _export(MOVED))
    _import(world, sources[0])
    _open_cases(world)
    figures: dict[str, list[float]] = {"import": [], "what changed": [], "everything": [], "each alone": []}
    chosen: list[str] = []
    for turn in range(ROUNDS):
        report = _timed(figures["import"], lambda turn=turn: _import(world, sources[(turn + 1) % 2]))  # type: ignore[misc]
        chosen = _timed(figures["what changed"], lambda report=report: _reseat_changed(world, report))  # type: ignore[misc]
        if not MOVED <= len(chosen) < OPEN_CASES / 10:
            raise RuntimeError(f"{len(chosen)} cases were chosen")
        waiting = database.read(waiting_cases)
        _timed(figures["everything"], lambda waiting=waiting: _reseat(world, waiting))  # type: ignore[misc]
        _timed(figures["each alone"], lambda waiting=waiting: _reseat_alone(world, waiting))  # type: ignore[misc]
    middle = {name: statistics.median(times) for name, times in figures.items()}
    show(
        f"Reseating on {database.dialect}: {STAFF:,} staff, {OPEN_CASES:,} open cases, {MOVED} moved; seconds, median of {ROUNDS}"
    )
    for name, seconds in middle.items():
        show(f"  {name:<13} {seconds:8.3f}   x {seconds / middle['everything']:.3f} of everything")
    show(f"  cases chosen: {len(chosen)}")
    database.close()


def _timed(times: list[float], work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    answer = work()
    times.append(time.perf_counter() - began)
    return answer


def _import(world: World, source: bytes) -> ImportReport:
    """An import as the command makes it, with a new moment for what it writes."""
    report: ImportReport = world.database.write(import_staff, source, "pegawai.csv", at=world.at, on=world.at.date())
    if report.rejected:
        raise RuntimeError(report.rejected[0])
    return report


def _reseat_changed(world: World, report: ImportReport) -> list[str]:
    assert report.touched is not None
    chosen = world.database.read(affected_cases, world.engine, report.touched)
    _reseat(world, chosen)
    return chosen


def _reseat(world: World, case_ids: list[str]) -> None:
    held_up: list[str] = []
    reseat_cases(world.database, world.engine, case_ids, world.at, held_up)
    if held_up:
        raise RuntimeError(held_up[0])


def _reseat_alone(world: World, case_ids: list[str]) -> None:
    for case_id in case_ids:
        world.database.write(world.engine.reseat, case_id, world.at)


def _open_cases(world: World) -> None:
    """Every fifth of the staff has asked, and waits for the superior; put there without the steps that lead to it."""
    query = select(people.c.id, people.c.name).where(people.c.nip.is_not(None), people.c.unit_id.like("U%"))
    staff = world.all(query.order_by(people.c.nip))
    for row in staff[:: STAFF // OPEN_CASES]:
        world.database.write(world.engine.open, "internship", Actor(row.id, row.name), REQUEST, world.at)

    def submit(conn: Any) -> None:
        conn.execute(update(cases).values(state="supervisor_review", form=msgspec.json.encode(REQUEST).decode()))
        conn.execute(delete(tasks))
        conn.execute(delete(deadlines))

    world.database.write(submit)
    _reseat(world, world.database.read(waiting_cases))


def _export(moved: int) -> bytes:
    """All staff, the head of each unit first; of those who have a case so many are in the next unit."""
    rows = []
    for number in range(STAFF):
        unit, place = divmod(number, UNIT)
        has_case = place and number % (STAFF // OPEN_CASES) == 0
        if has_case and moved:
            unit, moved = (unit + 1) % (STAFF // UNIT), moved - 1
        rows.append(
            {
                "NIP": _nip(number),
                "NAMA": f"Pegawai {_letters(number)}",
                "JENIS KELAMIN": "P",
                "JENIS ASN": "PNS",
                "GOLONGAN": "III/b",
                "JENIS JABATAN": "Fungsional" if place else "Struktural",
                "ESELON": "" if place else "II.b",
                "JABATAN": "Perawat Ahli Pertama" if place else f"Kepala Unit {unit}",
                "KODE UNIT KERJA": f"U{unit:03d}",
                "UNIT KERJA": f"Unit {unit}",
                "NIP ATASAN LANGSUNG": _nip(unit * UNIT) if place else "",
            }
        )
    return as_csv(*rows)


def _nip(number: int) -> str:
    """An invented NIP; three digits are too few for so many, so that the month of appointment differs too."""
    series, serial = divmod(number, 999)
    return f"19880214{2010 + series // 12}{1 + series % 12:02d}2{serial + 1:03d}"


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()
