"""For the auditor: sight by assignment, the log of looks, samples and archives."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from tests.offices import change, gone
from tests.world import World
from workflow.auditing import access, sampling, viewing
from workflow.auditing.archive import CHAIN, INDEX, write_archive
from workflow.auditing.assignments import assignment_rows, give_assignment, require_in_force, revoke_assignment
from workflow.auditing.sampling import Sample, Wanted
from workflow.authority import sight
from workflow.callers import Caller
from workflow.cases import load
from workflow.errors import NotFound, NotYours, Problem
from workflow.people.person import PeopleError
from workflow.tables import cases, entries, events, files, group_members, letters, views
from workflow.views.cases import case_page
from workflow.views.outside import sight_of

TODAY = date(2026, 3, 2)
LATER = TODAY + timedelta(days=30)


def auditor(world: World, who: str = "stranger") -> None:
    """Put somebody into the group of auditors."""
    change(world, insert(group_members).values(group_name="auditor", unit_id="", person_id=world.ids[who]))


def assigned(world: World, who: str = "stranger", from_on: date = TODAY, until_on: date = LATER) -> str:
    """An auditor with an assignment; answers its id."""
    auditor(world, who)
    return give(world, who, from_on=from_on, until_on=until_on)


def give(world: World, who: str = "stranger", **other: Any) -> str:
    terms: dict[str, Any] = {
        "letter_number": "700/12/ITDA/2026",
        "letter_on": TODAY,
        "about": "Pemeriksaan magang",
        "from_on": TODAY,
    }
    terms |= {"until_on": LATER, "given_by": None} | other
    return world.database.write(give_assignment, world.ids[who], at=world.at, **terms)


def caller(world: World, who: str, assignment: str | None = None, scopes: str = "read act letters") -> Caller:
    """Somebody of the office as they ask on the day of the world."""
    on = world.engine.office.day(world.at)
    kind = "contact" if who == "contact" else "staff"
    partner = "RSPROV" if who == "contact" else None
    return Caller("key", world.ids[who], who, kind, partner, frozenset(scopes.split()), on, on, assignment)


def sees(world: World, case: str, who: str, on: date = TODAY) -> bool:
    def look(conn: Connection) -> tuple[bool, bool]:
        stored = load(conn, case)
        process = world.engine.registry.process(stored.process)
        person = world.ids[who]
        listed = conn.execute(select(cases.c.id).where(cases.c.id == case, sight.seen_cases((process,), person, on)))
        return sight.may_see(conn, process, stored, person, on), listed.first() is not None

    alone, listed = world.database.read(look)
    assert alone == listed
    return alone


# --- Assignments -----------------------------------------------------------------------------------------------------


def test_an_auditor_sees_cases_on_the_days_of_the_assignment_and_on_no_other(world: World) -> None:
    case = world.submitted()
    auditor(world)
    assert not sees(world, case, "stranger")
    give(world)
    assert not sees(world, case, "stranger", TODAY - timedelta(days=1))
    assert sees(world, case, "stranger", TODAY)
    assert sees(world, case, "stranger", LATER)
    assert not sees(world, case, "stranger", LATER + timedelta(days=1))


def test_an_assignment_that_is_revoked_opens_nothing_from_that_day(world: World) -> None:
    case, given = world.submitted(), assigned(world)
    world.database.write(revoke_assignment, given, TODAY + timedelta(days=3))
    assert sees(world, case, "stranger", TODAY + timedelta(days=2))
    assert not sees(world, case, "stranger", TODAY + timedelta(days=3))
    with pytest.raises(PeopleError, match="sudah dicabut"):
        world.database.write(revoke_assignment, given, TODAY + timedelta(days=3))
    world.database.write(revoke_assignment, given, TODAY)
    assert not sees(world, case, "stranger")


def test_whoever_is_no_auditor_any_more_sees_nothing_by_an_assignment_that_still_runs(world: World) -> None:
    case, given = world.submitted(), assigned(world)
    change(world, delete(group_members).where(group_members.c.group_name == "auditor"))
    assert not sees(world, case, "stranger")
    with pytest.raises(PeopleError, match="tidak berlaku"):
        world.database.read(require_in_force, given, TODAY)


def test_whoever_left_sees_nothing_by_an_assignment_that_still_runs(world: World) -> None:
    case = world.submitted()
    assigned(world)
    gone(world, "stranger", on=TODAY + timedelta(days=2))
    assert sees(world, case, "stranger", TODAY + timedelta(days=1))
    assert not sees(world, case, "stranger", TODAY + timedelta(days=2))


def test_an_assignment_of_one_auditor_opens_nothing_to_another(world: World) -> None:
    case = world.submitted()
    assigned(world)
    auditor(world, "clerk_1")
    assert not sees(world, case, "clerk_1")


@pytest.mark.parametrize(
    ("who", "terms", "says"),
    [
        ("clerk_1", {}, "belum terdaftar sebagai auditor"),
        ("contact", {}, "bukan pegawai"),
        ("regent", {}, "bukan pegawai"),
        ("stranger", {"until_on": TODAY - timedelta(days=1)}, "sebelum mulai"),
        ("stranger", {"letter_on": TODAY + timedelta(days=1)}, "tidak berlaku surut"),
        ("stranger", {"letter_number": "  "}, "Nomor surat tugas wajib"),
        ("stranger", {"about": "x" * 301}, "paling banyak 300"),
        ("stranger", {"until_on": date(2099, 1, 1)}, "sepuluh tahun"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused_with_the_reason(
    who: str, terms: dict[str, Any], says: str, one_world: World
) -> None:
    auditor(one_world)
    with pytest.raises(PeopleError, match=says):
        give(one_world, who, **terms)


def test_nobody_who_leaves_before_it_ends_is_given_an_assignment(one_world: World) -> None:
    auditor(one_world)
    gone(one_world, "stranger", on=LATER)
    with pytest.raises(PeopleError, match="tercatat keluar"):
        give(one_world)


def test_assignments_are_listed_with_what_became_of_them(one_world: World) -> None:
    world = one_world
    given = assigned(world)
    give(world, from_on=LATER, until_on=LATER)
    rows = world.database.read(assignment_rows, TODAY, past=False)
    assert [row[4] for row in rows] == ["berlaku", "belum mulai"]
    world.database.write(revoke_assignment, given, TODAY)
    assert [row[4] for row in world.database.read(assignment_rows, TODAY, past=False)] == ["belum mulai"]
    rows = world.database.read(assignment_rows, LATER + timedelta(days=1), past=True)
    assert [row[4] for row in rows] == ["dicabut sejak 2 Maret 2026", "berakhir"]


def test_an_auditor_who_is_only_the_host_of_a_case_sees_it_as_a_host(one_world: World) -> None:
    world = one_world
    given = assigned(world, "health_head")
    case = world.road("verify", host="unit:DINKES", funding="none", estimate=0)

    def outside(conn: Connection) -> bool:
        stored = load(conn, case)
        return sight_of(
            conn, world.engine.registry.process("internship"), stored, caller(world, "health_head", given)
        ).outside

    assert not world.database.read(outside), "an auditor with no part in it"
    world.fire(case, "request_host", "agency_chief")
    assert world.database.read(outside), "by the role alone"


# --- The log of looks ------------------------------------------------------------------------------------------------


def looked(world: World, who: str, assignment: str | None, case: str) -> list[Any]:
    """Somebody opens the page of a case; answers what is on record of looks."""

    def look(conn: Connection) -> None:
        someone = caller(world, who, assignment)
        case_page(conn, world.engine, someone, world.at, case)
        viewing.note_views(conn, someone, world.at, "case_page", case)

    world.database.write(look)
    return world.all(select(views))


def test_what_an_auditor_looks_at_is_on_record_and_what_others_look_at_is_not(world: World) -> None:
    case, given = world.submitted(), assigned(world)
    assert looked(world, "verifier", None, case) == []
    (row,) = looked(world, "stranger", given, case)
    assert (row.assignment_id, row.case_id, row.what, row.subject_id) == (given, case, "case_page", None)


def test_an_auditors_look_at_a_case_of_their_own_is_no_look_under_the_assignment(world: World) -> None:
    given = assigned(world, "nursing_head")
    assert looked(world, "nursing_head", given, world.submitted()) == []


def test_the_cases_own_people_see_who_looked_and_a_host_does_not(world: World) -> None:
    case, given = world.road("request_host"), assigned(world)
    looked(world, "stranger", given, case)
    found = world.database.read(
        lambda conn: viewing.case_views(conn, world.engine, caller(world, "nurse"), world.at, case)
    )
    (line,) = found.items
    assert (line.auditor, line.letter_number, line.what_title) == ("Stranger", "700/12/ITDA/2026", "berkas")
    with pytest.raises(NotYours, match="instansi asal"):
        world.database.read(
            lambda conn: viewing.case_views(conn, world.engine, caller(world, "contact"), world.at, case)
        )
    with pytest.raises(NotFound):
        world.database.read(
            lambda conn: viewing.case_views(conn, world.engine, caller(world, "clerk_1"), world.at, case)
        )


# --- Samples ---------------------------------------------------------------------------------------------------------


def drawn(world: World, who: str = "stranger", assignment: str | None = None, **wanted: Any) -> Sample:
    return world.database.read(
        lambda conn: sampling.draw_sample(
            conn, world.engine, caller(world, who, assignment), world.at, wanted=Wanted(**wanted)
        )
    )


def opened_by_clerks(world: World, *numbers: int) -> list[str]:
    found = []
    for number in numbers:
        world.at += timedelta(seconds=1)
        found.append(world.open(f"clerk_{number}"))
    return found


def test_a_sample_can_be_drawn_again_by_anybody_who_has_the_list(world: World) -> None:
    given = assigned(world)
    listed = opened_by_clerks(world, *range(1, 9))
    sample = drawn(world, assignment=given, seed="700/12", size=3)
    by_hand = sorted((hashlib.sha256(f"700/12{case}".encode()).hexdigest(), case) for case in listed)[:3]
    assert [(line.hash, line.id) for line in sample.chosen] == by_hand
    assert sample.population == 8
    assert sample.population_sha256 == hashlib.sha256("".join(f"{c}\n" for c in sorted(listed)).encode()).hexdigest()
    assert drawn(world, assignment=given, seed="700/12", size=3) == sample
    assert drawn(world, assignment=given, seed="700/13", size=3).chosen != sample.chosen


def test_cases_that_come_later_do_not_change_who_is_chosen_in_a_period(world: World) -> None:
    given = assigned(world)
    opened_by_clerks(world, *range(1, 6))
    before = drawn(world, assignment=given, seed="benih", size=2, from_on=TODAY, until_on=TODAY)
    world.go_to(TODAY + timedelta(days=1))
    opened_by_clerks(world, *range(6, 11))
    assert drawn(world, assignment=given, seed="benih", size=2, from_on=TODAY, until_on=TODAY) == before
    assert drawn(world, assignment=given, seed="benih", size=2).population == 10


def test_an_auditors_own_cases_are_left_out_with_the_reason(world: World) -> None:
    given = assigned(world, "nursing_head")
    own, other = world.submitted(), world.open("clerk_1")
    sample = drawn(world, "nursing_head", given, seed="benih", size=5)
    assert [line.id for line in sample.chosen] == [other]
    assert [(line.id, line.reason) for line in sample.excluded] == [(own, sampling.OWN_PART)]
    assert (sample.population, sample.excluded_count) == (1, 1)


def test_a_sample_is_of_one_process_and_one_unit_where_asked(one_world: World) -> None:
    given = assigned(one_world, "clerk_1")
    case = one_world.open("stranger")
    opened_by_clerks(one_world, 2)
    sample = drawn(one_world, "clerk_1", given, seed="x", size=5, unit="DINKES", process="internship")
    assert [line.id for line in sample.chosen] == [case]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"seed": " ", "size": 1}, "Benih"),
        ({"seed": "x", "size": 0}, "Besar sampel"),
        ({"seed": "x", "size": 501}, "Besar sampel"),
        ({"seed": "x", "size": 1, "unit": "TIADA"}, "Unit TIADA tidak dikenal"),
        ({"seed": "x", "size": 1, "process": "tiada"}, "tidak dikenal"),
        ({"seed": "x", "size": 1, "from_on": LATER, "until_on": TODAY}, "sebelum mulai"),
        ({"seed": "x", "size": 1, "until_on": date(9999, 12, 31)}, "periksa tahunnya"),
    ],
)
def test_a_sample_that_cannot_be_drawn_says_why(wanted: dict[str, Any], says: str, one_world: World) -> None:
    given = assigned(one_world)
    with pytest.raises(Problem, match=says):
        drawn(one_world, assignment=given, **wanted)


def test_only_those_who_examine_draw_samples(one_world: World) -> None:
    auditor(one_world)
    for who in ("stranger", "nurse", "hospital_head", "contact"):
        with pytest.raises(NotYours):
            drawn(one_world, who, seed="x", size=1)
    assert drawn(one_world, "verifier", seed="x", size=1).population == 0


# --- Archives --------------------------------------------------------------------------------------------------------


def archive(world: World, case: str) -> bytes:
    target = io.BytesIO()
    office, registry = world.engine.office, world.engine.registry
    world.database.read(lambda conn: write_archive(conn, office, registry, case, target))
    return target.getvalue()


def rows_in(content: bytes, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return list(csv.DictReader(io.StringIO(opened.read(name).decode("utf-8-sig"))))


def test_an_archive_holds_the_whole_case_in_order_of_time_and_its_index_vouches_for_each_file(world: World) -> None:
    case = world.road("complete")
    content = archive(world, case)
    index = rows_in(content, INDEX)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = sorted(name for name in opened.namelist() if not name.startswith("000-"))
        assert [row["nama"] for row in index] == names
        for row in index:
            held = opened.read(row["nama"])
            assert (row["sha256"], row["ukuran"]) == (hashlib.sha256(held).hexdigest(), str(len(held)))
            assert row["keterangan"] == ""
        assert "Oleh nurse" in opened.read(names[0]).decode()
    assert names[0] == "001-2026-03-02-berkas-dibuka.txt"
    days = [name[4:14] for name in names]
    assert days == sorted(days)
    assert sum("lampiran-bukti" in name for name in names) == 2, "the host's certificate and the proof of cost"
    assert sum("catatan-harian-" in name for name in names) == 10


def test_the_chain_in_an_archive_is_that_of_the_case(world: World) -> None:
    case = world.submitted()
    chain = rows_in(archive(world, case), CHAIN)
    stored = world.all(select(events).where(events.c.case_id == case).order_by(events.c.sequence))
    assert [row["sidik"] for row in chain] == [event.hash for event in stored]
    assert [row["sidik_sebelumnya"] for row in chain] == [event.previous_hash for event in stored]


def test_the_same_case_gives_the_same_archive_whenever_it_is_made(world: World) -> None:
    case = world.road("assess")
    first = archive(world, case)
    world.go_to(date(2026, 6, 1))
    assert archive(world, case) == first


def test_a_letters_pdf_stands_behind_the_event_of_its_signature(world: World) -> None:
    case = world.road("introduce")
    letter = world.all(select(letters).where(letters.c.kind == "internship_assignment"))[0]
    file = world.file("nurse", "surat.pdf")
    change(world, update(letters).where(letters.c.id == letter.id).values(file_id=file))
    names = [row["nama"] for row in rows_in(archive(world, case), INDEX)]
    place = next(number for number, name in enumerate(names) if name.endswith("-surat-tugas.pdf"))
    assert names[place - 1].endswith("-terbitkan-surat-tugas.txt")


def test_an_archive_says_where_a_file_is_not_the_one_that_was_handed_in(world: World) -> None:
    case = world.road("assess")
    change(world, update(files).values(content=b"%PDF-1.7 another"))
    remarks = {row["keterangan"] for row in rows_in(archive(world, case), INDEX)}
    assert any("BERBEDA" in remark for remark in remarks)


def test_a_name_that_is_a_formula_stands_in_the_index_as_text(one_world: World) -> None:
    world = one_world
    file = world.file("nurse", "=HYPERLINK(1).pdf")
    case = world.open(form={"attachments": [file]})
    assert rows_in(archive(world, case), INDEX)
    assert not any(cell.startswith("=") for row in rows_in(archive(world, case), INDEX) for cell in row.values())


def test_an_archive_of_a_case_whose_event_was_erased_still_holds_its_files(one_world: World) -> None:
    world = one_world
    case = world.road("assess")
    change(world, update(events).where(events.c.case_id == case).values(payload=None, salt=None))
    names = [row["nama"] for row in rows_in(archive(world, case), INDEX)]
    assert sum("lampiran-bukti" in name for name in names) == 1
    assert sum("catatan-harian-" in name for name in names) == len(
        world.all(select(entries).where(entries.c.kind == "logbook"))
    )


@pytest.mark.parametrize(
    ("who", "scopes", "refusal"),
    [
        ("verifier", "read letters", None),
        ("administrator", "read letters", None),
        ("stranger", "read letters", None),
        ("stranger", "read", "letters"),
        ("nurse", "read letters", "hanya untuk auditor"),
        ("nursing_head", "read letters", "hanya untuk auditor"),
        ("contact", "read letters", "hanya untuk auditor"),
        ("clerk_2", "read letters", "tidak ada, atau bukan"),
    ],
)
def test_an_archive_is_for_auditors_verifiers_and_administrators(
    who: str, scopes: str, refusal: str | None, one_world: World
) -> None:
    world = one_world
    given = assigned(world)
    auditor(world, "clerk_2")
    case = world.road("request_host")
    someone = caller(world, who, given if who == "stranger" else None, scopes)

    def ask(conn: Connection) -> None:
        access.may_take_archive(conn, world.engine, someone, world.at, case)

    if refusal is None:
        world.database.read(ask)
    else:
        with pytest.raises(Problem, match=refusal):
            world.database.read(ask)


def test_an_archive_is_not_handed_to_the_auditor_whose_case_it_is(one_world: World) -> None:
    world = one_world
    given = assigned(world, "nursing_head")
    own, other = world.submitted(), world.open("clerk_1")
    with pytest.raises(NotYours, match="sendiri berperan"):
        world.database.write(access.hand_over_archive, world.engine, given, own, world.at)
    world.database.write(access.hand_over_archive, world.engine, given, other, world.at)
    (row,) = world.all(select(views))
    assert (row.case_id, row.what) == (other, "may_take_archive")
    world.go_to(LATER + timedelta(days=1))
    with pytest.raises(PeopleError, match="tidak berlaku"):
        world.database.write(access.hand_over_archive, world.engine, given, other, world.at)
