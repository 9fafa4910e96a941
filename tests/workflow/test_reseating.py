"""An import reseats only the cases that it can have changed, many in one transaction, and one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from tests.exports import as_csv
from tests.offices import change
from tests.turns import found
from tests.witness import happened, waiting
from tests.world import POSTS, REQUEST, STAFF, UNITS, World
from workflow.engine.affected import affected_cases, groups_and_regent
from workflow.engine.engine import Engine
from workflow.engine.sweep import reseat_cases, waiting_cases
from workflow.imports import ImportReport, Touched, import_staff
from workflow.tables import cases, group_members, people

AT_THE_HOSPITAL = ("nurse", "second_nurse")
INSIDE: dict[str, Any] = {"host": "unit:RSUD", "funding": "none", "estimate": 0}


def export(world: World, **other: Mapping[str, Any]) -> bytes:
    """The export of all staff; of some of them, by name, other cells. ``superior`` and ``post`` as ``world.py`` calls them."""
    numbers = {row.id: row.nip for row in world.all(select(people.c.id, people.c.nip))}
    rows = []
    for name, (unit, title, superior) in {**POSTS, **STAFF}.items():
        said = {"unit": unit, "post": title, "superior": superior, **other.get(name, {})}
        digits = numbers[world.ids[name]]
        rows.append(
            {
                "NIP": digits,
                "NAMA": name.replace("_", " ").title(),
                "JENIS KELAMIN": "L" if digits[14] == "1" else "P",
                "JENIS ASN": "PNS",
                "GOLONGAN": "III/d",
                "JENIS JABATAN": "Struktural"
                if said["post"] in {post for _, post, _ in POSTS.values()}
                else "Pelaksana",
                "ESELON": "II.b" if said["post"] in {post for _, post, _ in POSTS.values()} else "",
                "JABATAN": said["post"],
                "KODE UNIT KERJA": said["unit"],
                "UNIT KERJA": UNITS[said["unit"]],
                "NIP ATASAN LANGSUNG": numbers[world.ids[said["superior"]]] if said["superior"] else "",
            }
        )
    return as_csv(*rows)


def imported(world: World, **other: Mapping[str, Any]) -> ImportReport:
    """An import of the export of today."""
    report: ImportReport = world.database.write(
        import_staff, export(world, **other), "pegawai.csv", at=world.at, on=world.at.date()
    )
    assert report.rejected == ()
    return report


def affected(world: World, touched: Touched | None) -> set[str]:
    """Whose cases an import may have changed."""
    assert touched is not None
    chosen = world.database.read(affected_cases, world.engine, touched)
    assert chosen == sorted(chosen)
    rows = world.all(select(cases.c.subject_id).where(cases.c.id.in_(chosen)))
    return {name for name, person in world.ids.items() if person in {row.subject_id for row in rows}}


@pytest.fixture
def open_cases(world: World) -> dict[str, str]:
    """Three requests of two units before their superiors, in an office whose staff has been imported."""
    imported(world)
    found = {who: world.submitted(who) for who in AT_THE_HOSPITAL}
    found["stranger"] = world.submitted("stranger", **INSIDE)
    reseat_cases(world.database, world.engine, world.database.read(waiting_cases), world.at, [])
    return found


def settled(world: World, touched: Touched | None) -> int:
    """Reseat what an import may have changed; then nothing is left to be reseated. Answers how many changed."""
    assert touched is not None
    held_up: list[str] = []
    chosen = world.database.read(affected_cases, world.engine, touched)
    changed = reseat_cases(world.database, world.engine, chosen, world.at, held_up)
    assert reseat_cases(world.database, world.engine, world.database.read(waiting_cases), world.at, held_up) == 0
    assert held_up == []
    assert found(world) == []
    return changed


@pytest.mark.usefixtures("open_cases")
def test_the_same_file_again_touches_nothing(world: World) -> None:
    report = imported(world)
    assert (report.changed, report.touched) == (0, Touched())
    assert affected(world, report.touched) == set()


def test_a_participant_who_moves_is_the_only_one_reseated(world: World, open_cases: dict[str, str]) -> None:
    report = imported(world, nurse={"unit": "BKPSDM", "superior": "agency_chief"})
    assert affected(world, report.touched) == {"nurse"}
    assert settled(world, report.touched) == 1
    assert "moved" in happened(world, open_cases["nurse"])


@pytest.mark.usefixtures("open_cases")
def test_colleagues_without_a_case_who_move_concern_nobody(world: World) -> None:
    report = imported(world, clerk_1={"unit": "DINKES", "superior": "health_head"}, clerk_2={"post": "Arsiparis"})
    assert report.changed == 2
    assert affected(world, report.touched) == set()


@pytest.mark.usefixtures("open_cases")
def test_a_new_head_concerns_the_cases_of_the_unit_and_those_that_go_to_it(world: World) -> None:
    director = POSTS["hospital_head"][1]
    below: dict[str, Any] = {name: {"superior": "clerk_1"} for name in STAFF if STAFF[name][2] == "hospital_head"}
    swapped: dict[str, Any] = {
        "hospital_head": {"post": "Arsiparis", "superior": "clerk_1"},
        "nursing_head": {"superior": "clerk_1"},
    }
    report = imported(world, **{**below, **swapped, "clerk_1": {"post": director, "superior": "secretary"}})
    assert affected(world, report.touched) == {"nurse", "second_nurse", "stranger"}, "the stranger wants to go there"
    settled(world, report.touched)


def test_a_new_superior_concerns_those_below_and_not_another_unit(world: World, open_cases: dict[str, str]) -> None:
    title = POSTS["nursing_head"][1]
    nurses = {name: {"superior": "fourth_nurse"} for name in STAFF if STAFF[name][2] == "nursing_head"}
    swapped = {"nursing_head": {"post": "Arsiparis"}, "fourth_nurse": {"post": title, "superior": "hospital_head"}}
    report = imported(world, **{**nurses, **swapped})
    assert affected(world, report.touched) == {"nurse", "second_nurse"}
    assert settled(world, report.touched) == 2
    assert waiting(world, open_cases["nurse"]) == {"fourth_nurse": "endorse return reject"}


def test_another_secretary_concerns_every_case(world: World, open_cases: dict[str, str]) -> None:
    title = POSTS["secretary"][1]
    heads: dict[str, Any] = {name: {"superior": "clerk_1"} for name in POSTS if name != "secretary"}
    swapped: dict[str, Any] = {
        "clerk_1": {"unit": "SETDA", "post": title, "superior": None},
        "secretary": {"post": "Arsiparis", "superior": "clerk_1"},
    }
    report = imported(world, **heads, **swapped)
    assert affected(world, report.touched) == set(open_cases)
    settled(world, report.touched)


def test_somebody_who_is_waited_for_and_moves_concerns_their_cases(world: World, open_cases: dict[str, str]) -> None:
    case = open_cases["nurse"]
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "forward", "hospital_head")
    report = imported(world, verifier={"unit": "DINKES", "superior": "health_head"})
    assert affected(world, report.touched) == {"nurse"}
    settled(world, report.touched)


@pytest.mark.usefixtures("open_cases")
def test_a_trial_touches_nothing(world: World) -> None:
    source = export(world, nurse={"unit": "BKPSDM", "superior": "agency_chief"})
    report = world.database.write(import_staff, source, "pegawai.csv", at=world.at, on=world.at.date(), dry_run=True)
    assert (report.changed, report.touched) == (1, Touched())


def test_groups_and_the_line_to_the_regent_are_told_apart_from_what_they_were(world: World) -> None:
    imported(world)
    before = world.database.read(groups_and_regent)
    imported(world, clerk_1={"unit": "DINKES", "superior": "health_head"})
    change(world, people.update().where(people.c.id == world.ids["clerk_1"]).values(email="a@contoh.example"))
    assert world.database.read(groups_and_regent) == before
    change(world, group_members.delete().where(group_members.c.person_id == world.ids["verifier"]))
    assert world.database.read(groups_and_regent) != before


class Stumbling(Engine):
    """An engine that stumbles over one case."""

    case = ""

    def reseat(self, conn: Any, case_id: str, *args: Any, **more: Any) -> bool:
        """As the engine does, and then fails for that one."""
        done = super().reseat(conn, case_id, *args, **more)
        if case_id == Stumbling.case:
            raise RuntimeError("rusak")
        return done


def test_a_case_that_fails_is_noted_undone_and_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    open_cases = {who: world.submitted(who) for who in AT_THE_HOSPITAL}
    change(
        world,
        people.update().where(people.c.id.in_([world.ids[who] for who in AT_THE_HOSPITAL])).values(unit_id="DINKES"),
    )
    monkeypatch.setattr(Stumbling, "case", open_cases["nurse"])
    held_up: list[str] = []
    engine = Stumbling(world.engine.registry, world.engine.office)
    changed = reseat_cases(world.database, engine, sorted(open_cases.values()), world.at, held_up)
    assert (changed, held_up) == (1, [f"{open_cases['nurse']}: RuntimeError: rusak"])
    assert "moved" not in happened(world, open_cases["nurse"])
    assert "moved" in happened(world, open_cases["second_nurse"])
    assert found(world) == []


def test_more_cases_than_one_transaction_takes_are_all_reseated(
    one_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = one_world
    monkeypatch.setattr("workflow.engine.sweep.TOGETHER", 2)
    drafts = [world.open(who, REQUEST) for who in STAFF][:5]
    assert reseat_cases(world.database, world.engine, drafts, world.at, []) == 0
    world.fire(drafts[0], "submit", "nurse")
    change(world, people.update().values(unit_id="DINKES").where(people.c.id == world.ids["nurse"]))
    assert reseat_cases(world.database, world.engine, drafts[::-1], world.at, []) == 1
