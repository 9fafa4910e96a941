"""A round is fair: nothing is done behind somebody's back, nobody runs their own, nobody has two mentors or guides their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.circumstances import alter
from tests.matching import ANSWERED, INTENSIVE, LAW, NURSING, Table
from tests.mentoring import opened
from tests.world import World, nip_of
from workflow.auditing.assignments import give_assignment
from workflow.auditing.viewing import assignment_views, note_views
from workflow.callers import Caller
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, OutOfDate
from workflow.matching import acting, pages
from workflow.matching.answers import Given
from workflow.matching.log import erase, load
from workflow.matching.told import Who
from workflow.tables import assignments, cases, group_members, people, round_events
from workflow.verification import verify


@pytest.fixture
def table(world: World) -> Table:
    """A round, opened; everyone has an address, and the clerk 1 is personnel officer of the hospital."""
    officer = {"group_name": "personnel_officer", "unit_id": "RSUD", "person_id": world.ids["clerk_1"]}
    world.database.write(lambda conn: conn.execute(insert(group_members).values(officer)))
    address = update(people).where(people.c.kind == "staff").values(email=people.c.id + "@kemuning.example")
    world.database.write(lambda conn: conn.execute(address))
    return Table.opened(world)


def wish_of(table: Table, who: str) -> Any:
    return table.world.database.read(load, table.round_id).wishes[table.world.ids[who]]


def findings(table: Table) -> list[tuple[str, bool]]:
    world = table.world
    registry, policies = world.engine.registry, world.engine.office.policies
    parts = world.database.read(lambda conn: list(verify(conn, registry, policies, ("rounds",))))
    return [(found.says, found.fails) for part in parts for found in part.findings]


# --- In somebody's name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["clerk_1", "verifier"])
def test_whom_somebody_does_not_want_stays_whatever_others_hand_in_for_them(table: Table, by: str) -> None:
    ids = table.world.ids
    table.wish("clerk_2", NURSING, would=("second_nurse",), would_not=("nurse",))
    table.wish("clerk_2", NURSING, would=("nurse",), would_not=("third_nurse",), by=by)
    assert wish_of(table, "clerk_2").would_not == (ids["nurse"], ids["third_nurse"])
    assert wish_of(table, "clerk_2").would == ()
    table.act(acting.withdraw, by, ids["clerk_2"], "wish", "Pindah tugas.")
    table.wish("clerk_2", INTENSIVE, by=by)
    assert wish_of(table, "clerk_2").would_not == (ids["nurse"], ids["third_nurse"])
    table.wish("clerk_2", INTENSIVE)
    assert wish_of(table, "clerk_2").would_not == ()


def test_what_somebody_withdraws_themselves_is_not_kept_for_a_later_wish(table: Table) -> None:
    table.wish("clerk_2", NURSING, would_not=("nurse",))
    table.act(acting.withdraw, "clerk_2", None, "wish", "Tidak jadi ikut.")
    table.wish("clerk_2", NURSING, by="clerk_1")
    assert wish_of(table, "clerk_2").would_not == ()


def test_whoever_is_answered_for_is_told_what_was_changed_in_their_name_and_finds_what_it_was(table: Table) -> None:
    before = len(table.told("clerk_2"))
    table.wish("clerk_2", NURSING, would=("second_nurse",))
    assert len(table.told("clerk_2")) == before
    table.act(acting.withdraw, "clerk_1", table.world.ids["clerk_2"], "wish", "Salah daftar.")
    table.wish("clerk_2", INTENSIVE, by="clerk_1")
    table.wish("clerk_2", LAW, would=("nurse",), by="clerk_1")
    withdrawn, anew, changed = table.told("clerk_2")[before:]
    assert "clerk_1 menarik keinginan Anda" in withdrawn
    assert "Salah daftar." in withdrawn
    assert f"Kini: tujuan {INTENSIVE}" in anew
    assert f"Kini: tujuan {LAW}. Semula: tujuan {INTENSIVE}." in changed
    assert "orang yang Anda inginkan ikut berubah" in changed
    history = table.see(pages.round_answers, "clerk_2").history
    assert [(line.by, line.answer.fields if line.answer else line.reason) for line in history] == [
        ("clerk_2", (NURSING,)),
        ("clerk_1", "Salah daftar."),
        ("clerk_1", (INTENSIVE,)),
        ("clerk_1", (LAW,)),
    ]
    assert len(history[0].answer.would) == 1
    assert table.see(pages.round_answers, "clerk_1").history == ()


# --- Who runs it -----------------------------------------------------------------------------------------------------


def test_a_verifier_who_takes_part_does_not_run_the_round_and_another_does(table: Table) -> None:
    ids = table.world.ids
    table.wish("verifier", NURSING)
    table.offer("nurse", NURSING)
    for work, args in (
        (acting.bind, (ids["nurse"], ids["verifier"], "pin", "Karena dekat.")),
        (acting.round_asked, ()),
        (acting.close_round, ("Sudah selesai.",)),
        (pages.proposal_page, ()),
    ):
        with pytest.raises(NotYours, match="Anda sendiri ikut putaran ini"):
            table.act(work, "verifier", *args)
    with pytest.raises(InvalidForm):
        table.wish("stranger", LAW, by="verifier")
    page = table.see(pages.round_page, "verifier")
    assert page.running is None
    assert "anggota lain Verifikator BKPSDM" in page.apart
    table.world.go_to(ANSWERED)
    number = table.proposed("second_verifier").number
    with pytest.raises(NotYours):
        table.publish(number)
    assert table.publish(number, "second_verifier").opened == 1
    table.act(acting.withdraw, "verifier", None, "wish", "Tidak jadi ikut.")
    with pytest.raises(NotYours):  # they are in a pair of it
        table.asked()


def test_whoever_decided_on_pairs_takes_no_part_and_nobody_records_their_own_lateness(table: Table) -> None:
    table.offer("nurse", NURSING)
    table.wish("clerk_2", NURSING)
    table.bind("nurse", "clerk_2", "forbid")
    for by in ("verifier", "second_verifier"):
        with pytest.raises(InvalidForm) as raised:
            table.wish("verifier", NURSING, by=by)
        assert "sudah ikut menetapkan pasangan" in raised.value.fields[0].says
    table.world.go_to(ANSWERED)
    with pytest.raises(NotNow, match="Verifikator BKPSDM lain"):
        table.wish("second_verifier", NURSING)


# --- Two mentors, and each other's mentor ------------------------------------------------------------------------------


def two_rounds(world: World) -> tuple[Table, Table]:
    """Two rounds in which the same mentee wishes, of other mentors."""
    first, second = Table.opened(world), Table.opened(world)
    first.offer("nurse", NURSING)
    second.offer("second_nurse", NURSING)
    for each in (first, second):
        each.wish("clerk_2", NURSING)
    world.go_to(ANSWERED)
    return first, second


def test_a_mentee_with_a_mentor_from_another_round_gets_no_second_one(world: World) -> None:
    first, second = two_rounds(world)
    numbers = [each.proposed().number for each in (first, second)]
    assert first.publish(numbers[0]).opened == 1
    (failed,) = second.publish(numbers[1]).not_opened
    assert "paling banyak 1 mentor" in failed.why
    assert "paling banyak 1 mentor" in second.alone(second.proposed())["clerk_2"]
    third = Table.opened(world, offers_until="2026-03-25", wishes_until="2026-03-26")
    given = Given("wish", world.ids["clerk_2"], (NURSING,))
    assert "paling banyak 1 mentor" in third.act(acting.hand_in, "clerk_2", [given]).warnings[0]
    later = Table.opened(
        world,
        offers_until="2026-03-25",
        wishes_until="2026-03-26",
        starts_on="2026-10-01",
        ends_on="2026-12-31",
    )
    assert later.act(acting.hand_in, "clerk_2", [given]).warnings == ()


def test_two_rounds_published_at_once_give_a_mentee_one_mentor(world: World) -> None:
    rounds = two_rounds(world)
    numbers = [each.proposed().number for each in rounds]
    with ThreadPoolExecutor(2) as two:
        done = list(
            two.map(
                lambda each, number, who: each.publish(number, who), rounds, numbers, ("verifier", "second_verifier")
            )
        )
    assert sorted(each.opened for each in done) == [0, 1]


def test_two_who_would_guide_each_other_are_paired_one_way(world: World) -> None:
    table = Table.opened(world)
    for who, other in (("nurse", "second_nurse"), ("second_nurse", "nurse")):
        table.offer(who, NURSING, would=(other,))
        table.wish(who, NURSING, would=(other,))
    world.go_to(ANSWERED)
    proposed = table.proposed()
    assert len(table.pairs(proposed)) == 1
    (alone,) = [each for each in proposed.result.unmatched if each.side == "mentee"]
    assert "dalam peran sebaliknya" in alone.reason
    table.bind("nurse", "second_nurse", "pin")
    with pytest.raises(NotNow, match="penetapan sebaliknya"):
        table.bind("second_nurse", "nurse", "pin")
    assert findings(table) == []


def test_whoever_is_guided_by_somebody_is_not_their_mentor_in_a_round(world: World) -> None:
    first, second = Table.opened(world), Table.opened(world)
    first.offer("nurse", NURSING)
    first.wish("second_nurse", NURSING)
    second.offer("second_nurse", NURSING)
    second.wish("nurse", NURSING)
    world.go_to(ANSWERED)
    number, other = first.proposed().number, second.proposed().number
    assert first.publish(number).opened == 1
    (failed,) = second.publish(other).not_opened
    assert "keduanya tidak saling membimbing" in failed.why
    assert second.pairs(second.proposed()) == {}
    assert findings(second) == []


# --- What nobody learns -----------------------------------------------------------------------------------------------


def test_an_unknown_number_is_taken_from_a_member_as_a_known_one_is(table: Table) -> None:
    nips = {row.id: row.nip for row in table.world.all(select(people.c.id, people.c.nip))}
    known, unknown = nips[table.world.ids["stranger"]], nip_of(500)
    told, shown = [], []
    for number in (known, unknown):
        done = table.act(acting.hand_in, "clerk_2", [Given("wish", table.world.ids["clerk_2"], (NURSING,), (number,))])
        told.append(done)
        (line,) = table.see(pages.round_answers, "clerk_2").items
        (name,) = line.would
        shown.append((name.id, name.name, name.unit, name.nip == number))
    assert told[0] == told[1]
    assert shown[0] == shown[1]
    assert "tidak diperiksa" in told[0].note
    (line,) = table.see(pages.round_answers, "verifier").items
    assert line.would[0].nip == unknown
    with pytest.raises(InvalidForm, match="Periksa isian") as raised:
        table.act(acting.hand_in, "clerk_2", [Given("wish", table.world.ids["clerk_2"], (NURSING,), ("12345",))])
    assert "bukan NIP yang benar" in raised.value.fields[0].says
    with pytest.raises(InvalidForm) as raised:
        table.act(acting.hand_in, "verifier", [Given("wish", table.world.ids["clerk_2"], (NURSING,), (unknown,))])
    assert "tidak dikenal" in raised.value.fields[0].says


# --- Messages ---------------------------------------------------------------------------------------------------------


def test_all_who_may_take_part_are_told_that_a_round_opens_and_reminded_once_before_each_last_day(world: World) -> None:
    everyone = update(people).where(people.c.kind == "staff").values(email=people.c.id + "@kemuning.example")
    world.database.write(lambda conn: conn.execute(everyone))
    alter(world, "clerk_9", email=None)
    alter(world, "clerk_10", left_on=date(2026, 1, 1))
    table = Table.opened(world)
    assert [len(table.told(who)) for who in ("clerk_2", "clerk_9", "clerk_10", "contact")] == [1, 0, 0, 0]
    assert "Calon mentor memasukkan tawaran sampai dengan 13 Maret 2026" in table.told("clerk_2")[0]
    table.offer("nurse", NURSING)
    proposed_at = table.see(pages.round_page, "verifier").version
    for day in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 17), date(2026, 3, 18)):
        world.go_to(day)
        world.sweep()
        world.sweep()
    first, second = table.told("clerk_2")[1:]
    assert "Batas memasukkan tawaran sebagai mentor" in first
    assert "tinggal 3 hari lagi, sampai dengan 13 Maret 2026" in first
    assert "keinginan sebagai mentee" in second
    assert len(table.told("nurse")) == 1
    assert table.see(pages.round_page, "verifier").version == proposed_at + 2


def test_everyone_is_told_how_the_round_went_for_them_and_nothing_of_what_others_wished(table: Table) -> None:
    world = table.world
    table.offer("nurse", NURSING, would=("clerk_2",), would_not=("clerk_3",))
    table.offer("third_nurse", LAW)
    table.wish("clerk_2", NURSING, would=("nurse",))
    table.wish("clerk_3", NURSING)
    world.go_to(ANSWERED)
    table.publish(table.proposed().number)
    told = {who: table.told(who)[-1] for who in ("nurse", "third_nurse", "clerk_2", "clerk_3")}
    assert "dipasangkan sebagai mentor bagi" in told["nurse"]
    assert "yang ingin Anda bimbing" in told["nurse"]
    assert "pilihan" not in told["nurse"]
    assert "pilihan ke-1" in told["clerk_2"]
    assert "ingin" not in told["clerk_2"].split("dipasangkan dengan mentor")[1]
    assert f"Tidak ada mentee yang menuju {LAW}." in told["third_nurse"]
    assert "semuanya sudah penuh atau menurut ketentuan putaran" in told["clerk_3"]
    assert "kehendak" not in told["clerk_3"]
    (result,) = table.see(pages.round_page, "clerk_3").my_results
    assert result.reason in told["clerk_3"]
    assert table.see(pages.round_page, "clerk_2").my_results == ()


def test_what_stands_in_somebodys_record_goes_by_no_mail(table: Table) -> None:
    table.wish("clerk_2", NURSING)
    table.offer("nurse", NURSING)
    table.world.go_to(ANSWERED)
    alter(table.world, "clerk_2", status="Cuti di Luar Tanggungan Negara")
    table.publish(table.proposed().number)
    assert "CLTN" not in table.told("clerk_2")[-1]
    assert "Sebabnya dapat Anda baca" in table.told("clerk_2")[-1]
    assert "CLTN" in table.see(pages.round_page, "clerk_2").my_results[0].reason


def test_whoever_handed_in_is_told_that_a_round_was_closed(table: Table) -> None:
    table.wish("clerk_2", NURSING)
    table.act(acting.close_round, "verifier", "Anggaran berubah")
    assert "ditutup. Alasan: Anggaran berubah." in table.told("clerk_2")[-1]
    assert "ditutup" not in table.told("clerk_3")[-1]


# --- Auditors ---------------------------------------------------------------------------------------------------------


def auditor(table: Table) -> Caller:
    world = table.world
    member = {"group_name": "auditor", "person_id": world.ids["clerk_6"]}
    world.database.write(lambda conn: conn.execute(insert(group_members).values(member)))
    given = world.database.write(
        give_assignment,
        world.ids["clerk_6"],
        "700/12",
        date(2026, 3, 1),
        "Putaran mentoring",
        date(2026, 3, 2),
        date(2026, 6, 30),
        None,
        world.at,
    )
    return replace(table.caller("clerk_6"), assignment_id=given)


def test_an_auditor_reads_a_round_within_the_assignment_and_runs_nothing_of_it(table: Table) -> None:
    world = table.world
    table.offer("nurse", NURSING)
    table.wish("clerk_2", NURSING, would_not=("second_nurse",))
    table.proposed()
    caller = auditor(table)

    def see(work: Any, who: Caller = caller) -> Any:
        return world.database.read(work, world.engine, who, world.at, table.round_id)

    assert see(pages.round_page).running.offers == 1
    assert [len(line.would_not) for line in see(pages.round_answers).items] == [0, 1]
    assert len(see(pages.proposal_page).pairs) == 1
    with pytest.raises(NotYours):
        see(acting.round_asked)
    without = table.caller("clerk_6")
    assert see(pages.round_page, without).running is None
    with pytest.raises(NotYours):
        see(pages.proposal_page, without)
    table.wish("clerk_6", NURSING)
    with pytest.raises(NotYours):
        see(pages.proposal_page)


def test_what_an_auditor_looked_at_of_a_round_is_on_record_with_its_name(table: Table) -> None:
    caller, world = auditor(table), table.world
    world.database.write(note_views, caller, world.at, "proposal_page", table.round_id)
    given = world.all(select(assignments.c.id))[0].id
    (row,) = world.database.read(lambda conn: list(assignment_views(conn, world.engine.office, given)))
    assert row[1:] == ("usulan pasangan", "-", "Mentoring semester dua")


# --- Erased by law ----------------------------------------------------------------------------------------------------


def erased(table: Table, kind: str, number: int = 0) -> None:
    world = table.world
    query = select(round_events.c.id).where(round_events.c.round_id == table.round_id, round_events.c.type == kind)
    found = world.all(query.order_by(round_events.c.sequence))[number].id
    who = Who(world.ids["verifier"], "verifier")
    world.database.write(lambda conn: erase(conn, found, by=who, basis="UU 27/2022 Pasal 16", at=world.at))


def published(table: Table) -> Table:
    """The same with a pair published, an older wish, a withdrawal and a bond."""
    table.offer("nurse", NURSING, capacity=2)
    table.offer("second_nurse", NURSING)
    table.wish("clerk_2", INTENSIVE)
    table.wish("clerk_2", NURSING)
    table.wish("clerk_3", NURSING)
    table.act(acting.withdraw, "clerk_3", None, "wish", "Tidak jadi ikut.")
    table.bind("nurse", "clerk_2", "pin")
    table.world.go_to(ANSWERED)
    table.publish(table.proposed().number)
    return table


def test_whatever_is_erased_the_chain_holds_and_the_round_stands_as_it_did(table: Table) -> None:
    published(table)
    world = table.world
    before = world.database.read(load, table.round_id)
    for kind in ("withdrawn", "bound", "published", "proposed"):
        erased(table, kind)
    after = world.database.read(load, table.round_id)
    for name in ("offers", "wishes", "pins", "paired", "unfinished", "proposals"):
        assert getattr(after, name) == getattr(before, name), name
    assert not any(fails for _, fails in findings(table))
    assert len(findings(table)) == 4
    with pytest.raises(NotNow, match="telah dihapus"):
        table.publish(1)
    assert len(world.all(select(cases.c.id))) == 1
    with pytest.raises(NotFound, match="dihapus"):
        table.see(pages.proposal_page, "verifier")


def test_an_answer_that_is_erased_is_gone_and_no_older_one_takes_its_place(table: Table) -> None:
    published(table)
    erased(table, "handed_in", 3)  # the second wish of the clerk 2
    found = table.world.database.read(load, table.round_id)
    assert table.world.ids["clerk_2"] not in found.wishes
    assert not found.is_current
    stored = table.world.all(select(round_events.c.payload).where(round_events.c.payload.is_not(None)))
    assert len(stored) == found.version - 1
    assert not any(fails for _, fails in findings(table))


def test_what_was_erased_already_or_says_nothing_of_anybody_is_not_erased(table: Table) -> None:
    published(table)
    erased(table, "withdrawn")
    for kind in ("withdrawn", "opened", "publishing", "erased"):
        with pytest.raises(NotNow):
            erased(table, kind)


def test_a_payload_that_is_gone_without_an_erasure_is_found(table: Table) -> None:
    published(table)
    gone = update(round_events).where(round_events.c.type == "withdrawn").values(payload=None, salt=None)
    table.world.database.write(lambda conn: conn.execute(gone))
    assert any(fails for _, fails in findings(table))


# --- Between proposal and publishing --------------------------------------------------------------------------------------


def test_a_proposal_that_was_erased_or_is_out_of_date_is_not_published(table: Table) -> None:
    table.offer("nurse", NURSING)
    table.wish("clerk_2", NURSING)
    table.world.go_to(ANSWERED)
    number = table.proposed().number
    erased(table, "proposed")
    with pytest.raises(OutOfDate):
        table.publish(number)
    again = table.proposed().number
    table.world.at += timedelta(days=1)
    table.act(acting.withdraw, "clerk_2", None, "wish", "Tidak jadi ikut.")
    with pytest.raises(OutOfDate):
        table.publish(again)


def test_a_case_that_a_mentee_asked_for_themselves_counts_as_their_mentor(table: Table) -> None:
    world = table.world
    table.offer("nurse", NURSING)
    table.wish("clerk_2", NURSING)
    world.go_to(ANSWERED)
    case = opened(world, "clerk_2", "clerk_2")
    assert table.pairs(table.proposed()) == {"clerk_2": "nurse"}
    world.fire(case, "propose", "clerk_2", {**_REQUEST, "mentor": world.ids["third_nurse"]})
    assert table.pairs(table.proposed()) == {}


_REQUEST = {
    "competency": "Keperawatan dasar",
    "goal": "Menguasai asuhan keperawatan dasar di bangsal.",
    "starts_on": "2026-04-06",
    "ends_on": "2026-09-30",
    "plan": "Dua kali sebulan, masing-masing 90 menit.",
}
