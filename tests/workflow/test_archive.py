"""The archive of letters: whole or not there, checkable by anybody, and the same each time."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.offices import change
from tests.world import MONDAY, World
from workflow import effects
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.letters.archive import LETTERS, LETTERS_JSON, SUMS, VOID, Asked, Exported, WrongPeriod, export
from workflow.outward.folder import AlreadyThere
from workflow.tables import files, letters, void_numbers

MARCH = Asked(date(2026, 3, 1), date(2026, 3, 31))


def exported(world: World, target: Path, asked: Asked = MARCH) -> Exported:
    return export(world.database, world.engine.office, world.engine.registry, asked, target)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def with_a_letter(world: World) -> World:
    """An office in which a proposal has been signed, and made."""
    world.road("forward")
    while effects.run_due(world.database, world.engine.office, world.at):
        pass
    return world


def many(world: World, count: int, content: bytes = b"%PDF-1.7 rekaan") -> None:
    """More letters like the first, each with a file of its own."""
    first: Any = world.all(select(letters))[0]
    for number in range(2, count + 2):
        file_id, letter_id = new_id(world.at), new_id(world.at)
        own = content + str(number).encode()
        change(
            world,
            insert(files).values(
                id=file_id,
                name=f"{number}.pdf",
                media_type="application/pdf",
                size=len(own),
                sha256=hashlib.sha256(own).hexdigest(),
                content=own,
                uploaded_at=world.at,
            ),
        )
        copied = {**first._asdict(), "id": letter_id, "register_number": number, "file_id": file_id}
        copied |= {"number": f"800.1.4.1/{number:03d}/RSUD/2026", "code": f"CODE{number:06d}"}
        change(world, insert(letters).values(copied))


def test_a_letter_goes_into_the_archive_with_all_that_a_records_system_asks_for(world: World, tmp_path: Path) -> None:
    with_a_letter(world)
    done = exported(world, tmp_path / "arsip")
    assert (done.letters, done.files, done.void, done.lacking, done.altered) == (1, 1, 0, [], [])
    (row,) = rows(tmp_path / "arsip", LETTERS)
    said = {
        "nomor": "800.1.4.1/001/RSUD/2026",
        "tanggal": "2026-03-02",
        "judul": "Surat usulan",
        "klasifikasi": "800.1.4.1",
        "keamanan": "Biasa",
        "urgensi": "Biasa",
        "penanda_tangan": "Hospital Head",
        "cara_tanda_tangan": "elektronik",
        "buku_agenda": "RSUD",
        "nomor_urut": "1",
        "halaman": "1",
        "berkas": "surat/RSUD/2026/800.1.4.1-001-RSUD-2026.pdf",
    }
    assert {key: row[key] for key in said} == said
    assert row["kepada"].startswith("Kepala Badan Kepegawaian")
    assert hashlib.sha256((tmp_path / "arsip" / row["berkas"]).read_bytes()).hexdigest() == row["sha256"]
    (as_json,) = json.loads((tmp_path / "arsip" / LETTERS_JSON).read_text("utf-8"))
    assert {key: str(value) if value is not None else "" for key, value in as_json.items()} == row


def test_a_number_between_two_others_is_written_as_in_the_register(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    change(world, update(letters).values(register_number=101, register_suffix="a"))
    exported(world, tmp_path / "arsip")
    assert [row["nomor_urut"] for row in rows(tmp_path / "arsip", LETTERS)] == ["101.a"]


def test_its_checksums_hold_until_a_byte_is_changed(one_world: World, tmp_path: Path) -> None:
    world, folder = with_a_letter(one_world), tmp_path / "arsip"
    many(world, 3)
    exported(world, folder)
    check = ["sha256sum", "--check", "--strict", SUMS]
    done = subprocess.run(check, cwd=folder, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.count(": OK") == 4 + 3  # the letters and the three lists
    changed = folder / rows(folder, LETTERS)[0]["berkas"]
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    assert subprocess.run(check, cwd=folder, capture_output=True, check=False, timeout=30).returncode == 1


def test_the_same_letters_make_the_same_bytes(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    many(world, 3)
    for name in ("a.zip", "b.zip"):
        exported(world, tmp_path / name)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second
    exported(world, tmp_path / "folder")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(
            path.relative_to(tmp_path / "folder").as_posix()
            for path in (tmp_path / "folder").rglob("*")
            if path.is_file()
        )


def test_only_letters_of_the_period_and_of_the_unit_are_in_it(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    for number, (asked, letters_found) in enumerate(
        [
            (Asked(date(2026, 3, 2), date(2026, 3, 2)), 1),
            (Asked(date(2026, 3, 3), date(2026, 3, 31)), 0),
            (Asked(date(2026, 3, 1), date(2026, 3, 31), "RSUD"), 1),
            (Asked(date(2026, 3, 1), date(2026, 3, 31), "SETDA"), 0),
        ]
    ):
        assert exported(world, tmp_path / str(number), asked).letters == letters_found
        assert len(json.loads((tmp_path / str(number) / LETTERS_JSON).read_text("utf-8"))) == letters_found
    with pytest.raises(NotFound, match="Unit RSUDX tidak dikenal"):
        exported(world, tmp_path / "x", Asked(MARCH.first, MARCH.last, "RSUDX"))
    with pytest.raises(WrongPeriod):
        exported(world, tmp_path / "x", Asked(MARCH.last, MARCH.first))
    assert not (tmp_path / "x").exists()


def test_numbers_that_count_no_more_are_listed_with_the_reason(world: World, tmp_path: Path) -> None:
    with_a_letter(world)
    change(world, update(letters).values(state="void", void_reason="=Salah nama"))
    unused = {"register": "RSUD", "year": 2026, "number": 9, "reason": "tidak terpakai", "voided_at": MONDAY}
    change(world, insert(void_numbers).values(unused))
    assert exported(world, tmp_path / "arsip").void == 2
    void, unused_row = rows(tmp_path / "arsip", VOID)
    assert (void["nomor"], void["alasan"]) == ("800.1.4.1/001/RSUD/2026", "'=Salah nama")
    assert (unused_row["nomor_urut"], unused_row["nomor"], unused_row["alasan"]) == ("9", "", "tidak terpakai")
    (row,) = rows(tmp_path / "arsip", LETTERS)
    assert row["keadaan"] == "tidak berlaku"


def test_the_scan_of_a_letter_signed_by_hand_lies_beside_it(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    scan = world.file("verifier", "pindaian.PDF")
    change(world, update(letters).values(method="by_hand", scan_id=scan))
    assert exported(world, tmp_path / "arsip").files == 2
    (row,) = rows(tmp_path / "arsip", LETTERS)
    assert (row["cara_tanda_tangan"], row["pindaian"]) == (
        "basah",
        "surat/RSUD/2026/800.1.4.1-001-RSUD-2026-pindaian.pdf",
    )


def test_a_letter_without_a_file_is_named_and_one_that_was_altered_too(one_world: World, tmp_path: Path) -> None:
    world = one_world
    world.road("forward")
    assert exported(world, tmp_path / "satu").lacking == ["800.1.4.1/001/RSUD/2026"]
    with_a_letter_made = effects.run_due(world.database, world.engine.office, world.at)
    assert with_a_letter_made == 1
    change(world, update(files).values(content=b"%PDF-1.7 lain"))
    done = exported(world, tmp_path / "dua")
    assert done.altered == ["surat/RSUD/2026/800.1.4.1-001-RSUD-2026.pdf"]
    (row,) = rows(tmp_path / "dua", LETTERS)
    assert row["keterangan"] == "ISI BERKAS BERBEDA DARI SIDIK YANG DICATAT"


def test_nothing_is_left_of_an_export_that_failed_and_nothing_is_written_over(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    ((frame,),) = world.all(select(letters.c.frame))
    change(world, update(letters).values(frame="{}"))
    with pytest.raises(Exception, match="required field"):
        exported(world, tmp_path / "arsip")
    assert list(tmp_path.iterdir()) == []
    change(world, update(letters).values(frame=frame))
    exported(world, tmp_path / "arsip")
    before = (tmp_path / "arsip" / SUMS).read_bytes()
    with pytest.raises(AlreadyThere):
        exported(world, tmp_path / "arsip")
    assert (tmp_path / "arsip" / SUMS).read_bytes() == before


def test_two_numbers_that_differ_in_signs_alone_do_not_share_a_file(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    many(world, 2)
    for number, text in ((2, "800/1"), (3, "800-1")):
        change(world, update(letters).where(letters.c.register_number == number).values(number=text))
    exported(world, tmp_path / "arsip")
    paths = [row["berkas"] for row in rows(tmp_path / "arsip", LETTERS)]
    assert paths[1:] == ["surat/RSUD/2026/800-1.pdf", "surat/RSUD/2026/800-1-2.pdf"]


def test_memory_does_not_grow_with_the_number_of_letters(one_world: World, tmp_path: Path) -> None:
    world = with_a_letter(one_world)
    many(world, 60, b"%PDF-1.7" + bytes(300_000))
    tracemalloc.start()
    try:
        exported(world, tmp_path / "arsip.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000, "61 letters have 18 MB"
