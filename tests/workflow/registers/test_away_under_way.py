"""Letters that wait for a signature when the network goes down, and steps whose letters another signs: on paper, and home again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.away import Away, Go
from tests.letters_on_their_way import act, external, initialled_by, letter
from tests.letters_on_their_way import row as letter_row
from tests.offices import hold, lend, messages, post_of
from tests.offices import waiting as waiting_for
from tests.registers import NOTHING_WRONG, verified
from tests.workflow.registers.test_crashes import killed
from tests.workflow.test_letter_route import with_letter
from tests.world import World
from workflow.audit import last_event
from workflow.database import Database
from workflow.errors import Problem, Refused
from workflow.letters.acts import ByHand, Correct, Freeze, Initial, SendBack
from workflow.letters.profile import LetterKind
from workflow.letters.route import decoded
from workflow.people import leave
from workflow.registers import settling
from workflow.registers.lease_file import Prepared
from workflow.registers.preparing import Asked
from workflow.registers.writing import kit
from workflow.tables import cases, effects, files, letters, void_numbers

PARTS = ("chain", "decisions", "cases", "numbers", "files", "posts")


@pytest.fixture
def waiting(world: World, go: Go) -> tuple[Away, str, str]:
    """A certificate awaits the signature of the head of BKPSDM, and a laptop has it: with the case and the letter."""
    case = world.road("complete")
    away = go("BKPSDM", 4, waiting=True)
    (row,) = world.all(select(letters).where(letters.c.state == "to_sign"))
    return away, case, str(row.id)


def letter_of(away: Away, letter: str) -> Any:
    (row,) = away.world.all(select(letters).where(letters.c.id == letter))
    return row


def only(away: Away) -> Prepared:
    (prepared,) = kit(away.lease).waiting
    return prepared


def told(away: Away, case: str) -> dict[str, Any]:
    event = away.world.database.read(last_event, case)
    assert event is not None
    assert event.payload is not None
    return event.payload


def test_a_letter_that_waited_for_a_signature_is_signed_on_paper_and_comes_home(
    waiting: tuple[Away, str, str],
) -> None:
    away, case, letter = waiting
    before = letter_of(away, letter)
    prepared = only(away)
    assert (prepared.letter_id, prepared.signers) == (letter, (away.world.ids["agency_chief"],))
    away.pass_days(1)
    printed = away.print()
    assert (printed.written.id, printed.written.frame.code) == (letter, before.code)
    assert letter_of(away, letter) == before
    away.pass_days(1)
    away.scan(printed)

    done = away.settle()

    assert [(fate.number, fate.state) for fate in done.fates] == [(printed.written.number, "filed")]
    assert done.closed
    row = letter_of(away, letter)
    assert (row.state, row.method, row.number) == ("signed", "by_hand", printed.written.frame.number)
    assert (row.register, row.register_number, row.signed_by) == (
        "BKPSDM",
        printed.written.number,
        away.world.ids["agency_chief"],
    )
    assert row.dated_on == printed.written.dated_on
    payload = told(away, case)
    assert payload["actor"]["id"] == away.world.ids["agency_chief"]
    assert payload["on_paper"]["recorded_by"]["id"] == away.world.ids["administrator"]
    assert "left_post_on" not in payload["on_paper"]
    assert verified(away.world, *PARTS) == NOTHING_WRONG
    assert [fate.state for fate in away.settle().fates] == ["already"]


def test_only_letters_of_the_unit_are_taken_along(world: World, go: Go) -> None:
    world.road("complete")
    assert kit(go("SETDA", 2, waiting=True).lease).waiting == ()


def test_a_letter_is_signed_on_paper_once_whoever_of_several_may_sign_it(world: World, go: Go) -> None:
    world.road("complete")
    lend(world, "mandat", post_of(world, "agency_chief"), "verifier", from_on=world.at.date())
    away = go("BKPSDM", 3, waiting=True)
    first, second = kit(away.lease).waiting
    assert {first.signers, second.signers} == {(world.ids["agency_chief"],), (world.ids["verifier"],)}
    away.print("1")
    assert kit(away.lease).waiting == ()
    with pytest.raises(Refused, match="sudah dibuat dengan nomor"):
        away.print("2")


def test_whoever_signed_and_retired_since_is_recorded_with_both_facts(waiting: tuple[Away, str, str]) -> None:
    away, case, _ = waiting
    world = away.world
    printed = away.print()
    away.scan(printed)
    away.pass_days(3)
    left = world.engine.office.day(world.at)
    world.database.write(leave, world.ids["agency_chief"], left)
    (fate,) = away.settle().fates
    assert (fate.state, fate.says) == ("filed", "")
    paper = told(away, case)["on_paper"]
    assert (paper["dated_on"], paper["left_post_on"]) == (printed.written.dated_on.isoformat(), left.isoformat())
    assert verified(world, *PARTS) == NOTHING_WRONG


def test_a_step_of_somebody_who_lost_the_post_since_is_recorded_with_both_facts(world: World, go: Go) -> None:
    case = world.road("verify")
    away = go("SETDA", 2, case)
    away.scan(away.print())
    away.pass_days(3)
    hold(world, post_of(world, "secretary"), "health_head")
    (fate,) = away.settle().fates
    assert fate.state == "filed"
    payload = told(away, case)
    assert payload["actor"]["id"] == world.ids["secretary"]
    assert payload["actor"]["post"] == "Sekretaris Daerah"
    left = world.engine.office.day(world.at).isoformat()
    assert payload["on_paper"]["internship_request"]["left_post_on"] == left
    assert verified(world, *PARTS) == NOTHING_WRONG


def test_whoever_had_lost_the_post_before_the_day_of_the_letter_is_named(waiting: tuple[Away, str, str]) -> None:
    away, _, letter = waiting
    away.pass_days(1)
    hold(away.world, post_of(away.world, "agency_chief"), "health_head")
    away.pass_days(1)
    away.scan(away.print())
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert "Agency Chief tidak berwenang menandatangani pada" in fate.says
    assert letter_of(away, letter).state == "to_sign"


# --- What became of the letter meanwhile -----------------------------------------------------------------------------


def signed_online(away: Away, letter: str) -> None:
    away.world.sign(letter, "agency_chief")


def printed_online(away: Away, letter: str) -> None:
    world = away.world
    world.database.write(world.engine.letter, letter, ByHand(), world.actor("agency_chief"), world.at)


def sent_back(away: Away, letter: str) -> None:
    world = away.world
    world.database.write(world.engine.letter, letter, SendBack(note="Perbaiki."), world.actor("agency_chief"), world.at)


def corrected(away: Away, letter: str) -> None:
    world = away.world
    act = Correct(changes={"copies": ["Arsip"]})
    world.database.write(world.engine.letter, letter, act, world.actor("agency_chief"), world.at)


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (signed_online, "sudah ditandatangani dalam aplikasi dengan Nomor"),
        (printed_online, "sudah diberi nomor dalam aplikasi dengan Nomor"),
        (sent_back, "sudah dikembalikan kepada penyusunnya"),
        (corrected, "sudah dikoreksi dalam aplikasi"),
    ],
)
def test_a_letter_of_which_something_else_became_is_named_and_its_paper_is_kept_as_void(
    waiting: tuple[Away, str, str], happens: Callable[[Away, str], None], says: str
) -> None:
    away, case, letter = waiting
    printed = away.print()
    away.scan(printed)
    happens(away, letter)
    stood = letter_of(away, letter)

    held = away.settle()

    number = printed.written.number
    assert held.open == (number,)
    assert says in held.fates[0].says
    assert f"--void {number}" in held.fates[0].says
    assert verified(away.world, *PARTS) == NOTHING_WRONG

    done = away.settle(void={number: "Sudah selesai dalam aplikasi"})

    assert [(fate.state, fate.says) for fate in done.fates] == [("void", "Sudah selesai dalam aplikasi")]
    assert done.closed
    assert letter_of(away, letter) == stood
    (paper,) = away.world.all(select(letters).where(letters.c.register_number == number, letters.c.process == ""))
    assert (paper.state, paper.void_reason) == ("void", "Sudah selesai dalam aplikasi")
    kept = {row.id for row in away.world.all(select(files.c.id))}
    assert {paper.file_id, paper.scan_id} <= kept
    assert verified(away.world, *PARTS) == NOTHING_WRONG
    assert [fate.state for fate in away.settle().fates] == ["already"]
    assert case


def test_a_case_that_moved_holds_the_paper_of_its_step_until_it_is_kept_as_void(world: World, go: Go) -> None:
    case = world.road("verify")
    away = go("SETDA", 2, case)
    away.scan(away.print())
    world.fire(case, "request_host", "secretary")
    assert "sudah berlanjut" in away.settle().fates[0].says
    assert away.settle(void={1: "Diterbitkan dalam aplikasi"}).closed
    assert [row.reason for row in world.all(select(void_numbers))] == ["tidak terpakai"]
    assert verified(world, "chain", "cases", "files", "posts") == NOTHING_WRONG


def test_a_number_that_is_not_in_the_ledger_cannot_be_kept_as_void(waiting: tuple[Away, str, str]) -> None:
    away, _, _ = waiting
    printed = away.print()
    away.scan(printed)
    with pytest.raises(Problem, match="Nomor 99 tidak ada suratnya"):
        away.settle(void={99: "Keliru"})
    with pytest.raises(Refused, match="belum diisi"):
        away.settle(void={printed.written.number: " "})


def test_a_letter_that_waited_for_initials_is_initialled_on_paper(world: World, go: Go) -> None:
    initialled_by(world, "BKPSDM")
    case = world.road("verify")
    world.fire(case, "request_host", "secretary")
    request = letter(world, case)
    assert letter_row(world, request).state == "to_paraf"
    away = go("SETDA", 2, case)
    printed = away.print(only(away).id)
    away.scan(printed)
    act(world, request, Initial(), "agency_chief")  # meanwhile, where there was a network: it says the same as before
    assert away.settle().closed
    row = letter_row(world, request)
    assert (row.state, row.method, row.register_number) == ("signed", "by_hand", printed.written.number)
    assert [(step.kind, step.name) for step in decoded(row.route)] == [("paraf", "Agency Chief"), ("sign", "Secretary")]
    ((state,),) = world.all(select(cases.c.state).where(cases.c.id == case))
    assert state == "awaiting_host"
    assert set(waiting_for(world, case)) == {"contact"}
    assert verified(world, *PARTS) == NOTHING_WRONG


def test_initials_that_nobody_gave_are_not_invented(world: World, go: Go) -> None:
    initialled_by(world, "BKPSDM")
    case = world.road("verify")
    world.fire(case, "request_host", "secretary")
    away = go("SETDA", 2, case)
    away.scan(away.print())
    assert away.settle().closed
    assert [step.kind for step in decoded(letter_row(world, letter(world, case)).route)] == ["sign"]
    assert verified(world, *PARTS) == NOTHING_WRONG


# --- Steps whose letters another signs -------------------------------------------------------------------------------


@pytest.fixture
def completing(world: World, away_from: Callable[[World], Go]) -> tuple[Away, str]:
    """The verifier's last step is taken away with the certificate that the head of BKPSDM signs."""
    case = world.road("assess")
    form = {"cost": 3_500_000, "proofs": [world.file("verifier")]}
    asked = Asked(case=case, trigger="complete", form=form)
    return away_from(world)("BKPSDM", 3, asked), case


def test_a_step_is_taken_by_one_and_its_letter_signed_on_paper_by_another(completing: tuple[Away, str]) -> None:
    away, case = completing
    world = away.world
    mine = next(each for each in kit(away.lease).waiting if each.actor == world.ids["verifier"])
    assert (mine.trigger, mine.signers) == ("complete", (world.ids["agency_chief"],))
    assert "tindakan oleh Verifier" in mine.says
    printed = away.print(mine.id)
    assert kit(away.lease).waiting == ()  # nobody else takes the step any more
    away.scan(printed)
    assert away.settle().closed
    (row,) = world.all(
        select(letters).where(letters.c.register_number == printed.written.number, letters.c.register == "BKPSDM")
    )
    assert (row.state, row.method, row.signed_by) == ("signed", "by_hand", world.ids["agency_chief"])
    payload = told(away, case)
    assert (payload["actor"]["id"], payload["to"]) == (world.ids["verifier"], "completed")
    assert payload["on_paper"][row.kind]["signers"] == [world.ids["agency_chief"]]
    assert any("dicatat oleh Administrator sebagai tindakan Anda" in says for says in messages(world, case)["verifier"])
    assert verified(world, *PARTS) == NOTHING_WRONG


# --- Crashes ---------------------------------------------------------------------------------------------------------


def test_a_server_killed_while_it_takes_a_paper_for_a_letter_takes_it_once(
    one_world: World, away_from: Callable[[World], Go]
) -> None:
    one_world.road("complete")
    away = away_from(one_world)("BKPSDM", 2, waiting=True)
    away.scan(away.print())

    def elsewhere() -> None:
        with closing(Database.open(away.world.database.address)) as database:
            replace(away, world=replace(away.world, database=database)).settle()

    for at in ("_file", "sign", "_finish"):
        killed(elsewhere, at, settling)
    assert away.settle().closed
    numbered = away.world.all(select(letters.c.id).where(letters.c.register == "BKPSDM", letters.c.method == "by_hand"))
    assert len(numbered) == 1
    owed = away.world.all(
        select(effects.c.id).where(effects.c.kind == "dispatch", effects.c.subject_id == numbered[0].id)
    )
    assert len(owed) == 1
    assert verified(away.world, *PARTS) == NOTHING_WRONG


def test_days_are_counted_from_the_paper(waiting: tuple[Away, str, str]) -> None:
    away, _, letter = waiting
    printed = away.print()
    away.scan(printed)
    away.pass_days(5)
    away.settle()
    assert letter_of(away, letter).dated_on == away.world.at.date() - timedelta(days=5)


# --- Several signatories, and what a block cannot number -------------------------------------------------------------


def test_a_step_s_letter_with_two_signatories_is_signed_by_both_on_paper(world: World, go: Go) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    case = world.road("verify")
    away = go("SETDA", 2, case)
    prepared = only(away)
    both = (world.ids["secretary"], world.ids["agency_chief"])
    assert prepared.signers == both
    assert "ditandatangani Secretary dan Agency Chief" in prepared.says
    printed = away.print()
    assert len(printed.written.frame.signatures) == 2
    away.scan(printed)
    assert [fate.state for fate in away.settle().fates] == ["filed"]
    found = letter_row(world, letter(world, case))
    assert (found.state, found.method, found.signed_by) == ("signed", "by_hand", both[0])
    assert [step.by for step in decoded(found.route) if step.at] == list(both)
    assert verified(world, *PARTS) == NOTHING_WRONG


def test_a_paper_whose_second_signatory_held_the_post_no_more_on_its_day_is_held(world: World, go: Go) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    case = world.road("verify")
    away = go("SETDA", 2, case)
    hold(world, post_of(world, "agency_chief"), "clerk_1")
    away.pass_days(1)
    away.scan(away.print())
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert "bukan mereka yang tercetak" in fate.says


def test_a_letter_under_way_with_two_signatories_is_signed_by_both_on_paper(world: World, go: Go) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    case = world.road("request_host")
    away = go("SETDA", 2, waiting=True)
    assert only(away).signers == (world.ids["secretary"], world.ids["agency_chief"])
    printed = away.print()
    away.scan(printed)
    assert [fate.state for fate in away.settle().fates] == ["filed"]
    assert letter_row(world, letter(world, case)).state == "signed"
    assert verified(world, *PARTS) == NOTHING_WRONG


def test_a_letter_that_has_a_number_stays_at_home_and_the_kit_says_the_way_out(world: World, go: Go) -> None:
    initialled_by(world, "BKPSDM")
    case = world.road("request_host")
    request = letter(world, case)
    act(world, request, Initial(), "agency_chief")
    act(world, request, Freeze(), "secretary")
    away = go("SETDA", 2, waiting=True)
    assert kit(away.lease).waiting == ()
    (says,) = kit(away.lease).lease.left
    assert f"sudah bernomor {letter_row(world, request).number}" in says
    assert "cetak surat ini untuk ditandatangani basah" in says
    act(world, request, ByHand(), "secretary")  # the way out
    (says,) = kit(replace(away, folder=_again(go, away)).lease).lease.left
    assert "serahkan pindaiannya" in says


def _again(go: Go, away: Away) -> Any:
    """Another laptop of the same unit, in place of the first."""
    away.folder.rename(away.folder.with_name("laptop-lama"))
    return go("SETDA", 2, waiting=True).folder


def test_a_letter_that_another_system_numbers_stays_at_home_and_the_kit_says_the_way_out(world: World, go: Go) -> None:
    with_letter(world, "internship_credit_certificate", signer="personnel_head")
    external(world, "BKPSDM-KELUAR")
    profile = world.engine.office.profile
    kinds = {**profile.letters, "internship_credit_certificate": LetterKind(register="BKPSDM-KELUAR")}
    numbered = msgspec.structs.replace(profile, letters=kinds)
    world.engine = replace(world.engine, office=replace(world.engine.office, profile=numbered))
    world.road("complete")
    away = go("BKPSDM", 2, waiting=True)
    assert kit(away.lease).waiting == ()
    (says,) = kit(away.lease).lease.left
    assert "dinomori sistem lain" in says
    assert "Mintalah nomor kepada pengelola sistem itu" in says
