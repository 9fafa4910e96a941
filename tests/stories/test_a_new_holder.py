"""A new head takes over what waits for the post, with the day's export of staff and by nothing else."""

from __future__ import annotations

from typing import Any

from tests.exports import as_csv, person
from tests.offices import DAY, lend, messages, post_of, revoke, waiting
from tests.registers import NOTHING_WRONG, verified
from tests.world import POSTS, STAFF, UNITS, World, build, nip_of
from workflow.database import Database
from workflow.engine.affected import affected_cases
from workflow.engine.sweep import reseat_cases
from workflow.imports import import_staff

NIPS = {name: nip_of(number) for number, name in enumerate((*POSTS, *STAFF), 1)}


def exported(**moved: tuple[str, str, str | None]) -> bytes:
    """The day's file of all staff; ``moved``: whose unit, post and superior are others by now."""
    rows = []
    for name, (unit, post, superior) in {**POSTS, **STAFF, **moved}.items():
        cells: dict[str, Any] = {"NIP": NIPS[name], "NAMA": name.replace("_", " ").title(), "JABATAN": post}
        cells |= {
            "KODE UNIT KERJA": unit,
            "UNIT KERJA": UNITS[unit],
            "NIP ATASAN LANGSUNG": NIPS.get(superior or "", ""),
        }
        cells |= {"JENIS KELAMIN": "L" if NIPS[name][14] == "1" else "P", "GOLONGAN": "III/d"}
        if post in {title for _, title, _ in POSTS.values()}:
            cells |= {"JENIS JABATAN": "Struktural", "ESELON": "III.a"}
        rows.append({**person(1), **cells})
    return as_csv(*rows)


def imported(world: World, source: bytes) -> None:
    """Import a file as the command does: whatever it touched is seated anew."""
    on = world.engine.office.day(world.at)
    report = world.database.write(import_staff, source, "pegawai.csv", at=world.at, on=on)
    assert report.written, report.rejected
    assert report.touched is not None
    held_up: list[str] = []
    concerned = world.database.read(affected_cases, world.engine, report.touched)
    reseat_cases(world.database, world.engine, concerned, world.at, held_up)
    assert held_up == []


def test_a_new_head_inherits_what_waits_at_the_import_and_ends_what_their_predecessor_lent(database_url: str) -> None:
    world = build(Database.open(database_url))
    imported(world, exported())
    post = post_of(world, "nursing_head")
    mandate = lend(world, "delegasi", post, "fourth_nurse")
    case, other = world.submitted(), world.submitted("second_nurse")
    assert set(waiting(world, case)) == {"nursing_head", "fourth_nurse"}
    world.fire(other, "endorse", "nursing_head")
    world.at += DAY
    title, superior = "Kepala Bidang Keperawatan", "hospital_head"
    changed = exported(
        third_nurse=("RSUD", title, superior),
        nursing_head=("DINKES", "Sanitarian", "health_head"),
        **{name: ("RSUD", STAFF[name][1], "third_nurse") for name in ("nurse", "second_nurse", "fourth_nurse")},
    )
    imported(world, changed)
    assert post_of(world, "third_nurse") == post, "the post is the same one"
    assert set(waiting(world, case)) == {"third_nurse", "fourth_nurse"}, "and what was delegated has passed on"
    assert set(waiting(world, other)) == {"hospital_head"}, "what was done stays done"
    revoke(world, mandate, world.at.date(), by="third_nurse")
    world.sweep()
    assert set(waiting(world, case)) == {"third_nurse"}
    world.fire(case, "endorse", "third_nurse")
    assert "hospital_head" in waiting(world, case)
    assert messages(world, case)["hospital_head"]
    assert [line for part in ("chain", "cases", "posts", "mandates") for line in verified(world, part)] == NOTHING_WRONG
    world.database.close()
