"""Who may do what with a letter in which state; and who may sign it in whose place."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from tests.letters_on_their_way import act, clerk_for, external, initialled_by, letter, row, waits
from tests.offices import PreparedOffice, change, post_of
from tests.offices import lend as office_lends
from tests.world import World
from workflow.callers import Caller
from workflow.definition import Letter
from workflow.errors import NotFound, NotNow, NotYours, Problem, Refused
from workflow.letters.acts import (
    ByHand,
    Correct,
    Freeze,
    HandIn,
    Initial,
    Insert,
    LetterAct,
    Number,
    Resubmit,
    SendBack,
    Sign,
    Void,
)
from workflow.letters.parts import LetterFrame
from workflow.letters.profile import ProfileError, profile_from_text
from workflow.letters.route import decoded
from workflow.registry import Registry
from workflow.tables import agency, people, positions
from workflow.views.letters import LetterPage, letter_page

KIND = "internship_credit_certificate"
#: hospital_head initials, clerk_1 numbers, agency_chief signs, verifier mends, the nurse is whom it is about.
PEOPLE = ("hospital_head", "clerk_1", "agency_chief", "verifier", "nurse", "stranger")
ACTS: dict[str, LetterAct] = {
    "initial": Initial(),
    "correct": Correct(changes={"subject": "Pengantar"}),
    "resubmit": Resubmit(),
    "send_back": SendBack(note="Perbaiki."),
    "number": Number(number="B/1"),
    "insert": Insert(after=1, reason="Terlewat."),
    "sign": Sign(),
    "freeze": Freeze(),
    "by_hand": ByHand(),
    "hand_in": HandIn(scan="SCAN"),
    "void": Void(reason="Ganda."),
}
#: What may be done in each state of a letter, and by whom; everything else is refused.
ALLOWED: dict[str, set[tuple[str, str]]] = {
    "to_paraf": {
        ("initial", "hospital_head"),
        ("correct", "hospital_head"),
        ("send_back", "hospital_head"),
        ("void", "verifier"),
    },
    "to_number": {("number", "clerk_1"), ("send_back", "clerk_1"), ("void", "verifier")},
    "to_sign": {
        ("sign", "agency_chief"),
        ("freeze", "agency_chief"),
        ("correct", "agency_chief"),
        ("send_back", "agency_chief"),
        ("by_hand", "agency_chief"),
        ("by_hand", "clerk_1"),
        ("void", "verifier"),
    },
    "to_mend": {("correct", "verifier"), ("resubmit", "verifier"), ("void", "verifier")},
    "printed": {
        ("hand_in", "agency_chief"),
        ("hand_in", "clerk_1"),
        ("send_back", "agency_chief"),
        ("void", "verifier"),
    },
    "to_render": {("void", "agency_chief")},
    "void": set(),
}
#: How a letter comes into each state.
ROADS: dict[str, list[tuple[str, str]]] = {
    "to_paraf": [],
    "to_number": [("initial", "hospital_head")],
    "to_sign": [("initial", "hospital_head"), ("number", "clerk_1")],
    "to_mend": [("send_back", "hospital_head")],
    "printed": [("initial", "hospital_head"), ("number", "clerk_1"), ("by_hand", "agency_chief")],
    "to_render": [("initial", "hospital_head"), ("number", "clerk_1"), ("sign", "agency_chief")],
    "void": [("void", "verifier")],
}


class _Undo(Exception):
    """Nothing of it is to be kept."""


@pytest.fixture
def world(one_office: PreparedOffice) -> World:
    return one_office.as_new()


def certified(world: World) -> str:
    """A certificate on its way, which no step of its case needs any more."""
    case = world.road("assess")
    initialled_by(world, "RSUD", post="personnel_head")
    external(world, "BKPSDM")
    world.fire(case, "complete", "verifier", {"cost": 3_500_000, "proofs": [world.file("verifier")]})
    return letter(world, case, KIND)


def tried(world: World, letter_id: str, wanted: LetterAct, who: str) -> Problem | None:
    """What would come of an act; nothing of it is kept."""

    def unit(conn: Connection) -> None:
        world.engine.letter(conn, letter_id, wanted, world.actor(who), world.at)
        raise _Undo

    try:
        world.database.write(unit)
    except _Undo:
        return None
    except Problem as problem:
        return problem
    raise AssertionError("a unit that raises was kept")


@pytest.mark.parametrize("state", ALLOWED)
def test_each_act_on_a_letter_is_for_those_who_are_asked_and_for_nobody_else(world: World, state: str) -> None:
    letter_id = certified(world)
    for name, who in ROADS[state]:
        act(world, letter_id, ACTS[name], who)
    assert row(world, letter_id).state == {"printed": "to_sign"}.get(state, state)
    for name, wanted in ACTS.items():
        for who in PEOPLE:
            handed_in = HandIn(scan=world.file(who)) if name == "hand_in" else wanted
            problem = tried(world, letter_id, handed_in, who)
            assert (problem is None) == ((name, who) in ALLOWED[state]), (name, who, problem)
            if who == "stranger":
                assert isinstance(problem, NotFound), (name, problem)


@pytest.mark.parametrize("state", ALLOWED)
def test_the_page_of_a_letter_lists_what_its_reader_may_do_and_nothing_else(world: World, state: str) -> None:
    letter_id = certified(world)
    for name, who in ROADS[state]:
        act(world, letter_id, ACTS[name], who)
    for who in PEOPLE[:-1]:
        asked = {name for name, whose in ALLOWED[state] if whose == who} - {"freeze"}
        try:
            page = page_of(world, letter_id, who)
        except NotFound:
            assert (who, asked) == (
                "clerk_1",
                set(),
            )  # who keeps the registers sees it once it is theirs to do something with
        else:
            assert (set(page.acts), page.yours_to_sign) == (asked, "sign" in asked), who
            assert bool(page.correctable) == ("correct" in asked)


def page_of(world: World, letter_id: str, who: str) -> LetterPage:
    """A letter as one of the agency sees it."""
    day = world.engine.office.day(world.at)
    caller = Caller("k", world.ids[who], who, "staff", None, frozenset({"read"}), None, day)
    return world.database.read(letter_page, world.engine, caller, world.at, letter_id)


def test_a_keeper_of_the_registers_sees_a_letter_that_they_may_number_or_print(world: World) -> None:
    certificate = letter_to_sign(world)
    with pytest.raises(NotFound):
        page_of(world, certificate, "clerk_1")
    clerk_for(world, "clerk_1")
    assert page_of(world, certificate, "clerk_1").acts == ("insert", "by_hand")
    act(world, certificate, Sign(), "agency_chief")
    with pytest.raises(NotFound):
        page_of(world, certificate, "clerk_1")


def test_in_the_place_of_one_who_left_nobody_is_offered_what_they_would_be_refused(world: World) -> None:
    lend(world, "mandat", "agency_chief", "second_verifier")
    certificate = letter_to_sign(world)
    assert "sign" in page_of(world, certificate, "second_verifier").acts
    left = update(people).where(people.c.id == world.ids["agency_chief"]).values(left_on=date(2026, 1, 2))
    world.database.write(lambda conn: conn.execute(left))
    assert not {"sign", "by_hand"} & set(page_of(world, certificate, "second_verifier").acts)


def test_an_office_without_a_head_the_subject_and_the_signatory_initial_nothing(world: World) -> None:
    initialled_by(world, "RSUD/Bidang Kosong", "NOWHERE", "BKPSDM", "RSUD", post="personnel_head")
    case = world.road("assign")
    world.fire(case, "introduce", "agency_chief")
    assert waits(world, letter(world, case, "internship_introduction")) == {"hospital_head": "initial"}


def test_a_part_of_a_unit_initials_by_the_highest_post_there(world: World) -> None:
    within = positions.c.title == "Kepala Bidang Keperawatan"
    world.database.write(
        lambda conn: conn.execute(update(positions).where(within).values(subunit="Bidang Keperawatan", echelon="III.b"))
    )
    initialled_by(world, "RSUD/Bidang Keperawatan", post="personnel_head")
    case = world.road("assign")
    world.fire(case, "introduce", "agency_chief")
    assert waits(world, letter(world, case, "internship_introduction")) == {"nursing_head": "initial"}


@pytest.mark.parametrize(
    ("paraf", "says"),
    [
        ('mayor = ["RSUD"]', "tidak dikenal"),
        ('secretary = ["RSUD", "DINKES", "BKPSDM", "SETDA"]', "paling banyak 3"),
        ('secretary = ["RSUD/"]', "UNIT/Subunit"),
        ('secretary = [""]', "UNIT/Subunit"),
    ],
)
def test_a_profile_whose_order_of_initials_cannot_be_followed_is_refused(world: World, paraf: str, says: str) -> None:
    ((text,),) = world.all(select(agency.c.profile))
    with pytest.raises(ProfileError, match=says):
        profile_from_text(f"{text}\n[paraf]\n{paraf}\n")


# --- In whose place somebody signs -----------------------------------------------------------------------------------


def lend(world: World, kind: str, post: str, receiver: str) -> None:
    """Lend the authority of somebody's post."""
    office_lends(world, kind, post_of(world, post), receiver, from_on=date(2026, 1, 1))


def with_letter(world: World, kind: str, **changes: Any) -> None:
    """The processes, one of whose letters is otherwise."""
    process = world.engine.registry.process("internship")
    changed = dataclasses.replace(process.letters[kind], **changes)

    def swapped(several: tuple[Letter, ...]) -> tuple[Letter, ...]:
        return tuple(changed if each.name == kind else each for each in several)

    transitions = tuple(dataclasses.replace(t, issues=swapped(t.issues)) for t in process.transitions)
    others = [each for each in world.engine.registry.processes.values() if each.name != "internship"]
    registry = Registry.of(dataclasses.replace(process, transitions=transitions), *others)
    world.engine = dataclasses.replace(world.engine, registry=registry)


def block(world: World, letter_id: str, number: int = 0) -> tuple[str, ...]:
    """What stands above a signature."""
    return msgspec.json.decode(row(world, letter_id).frame, type=LetterFrame).signatures[number].lines


def test_a_stand_in_signs_no_decision_and_it_awaits_the_holder(world: World) -> None:
    with_letter(world, "internship_assignment", decides=True)
    lend(world, "plh", "hospital_head", "nursing_head")
    case = world.road("confirm")
    world.fire(case, "assign", "nursing_head")
    assignment = letter(world, case, "internship_assignment")
    assert waits(world, assignment) == {"hospital_head": "sign"}
    with pytest.raises(Refused, match="tidak berwenang menandatangani keputusan") as caught:
        act(world, assignment, Sign(), "nursing_head")
    assert "SE BKN 1/2021" in ", ".join(caught.value.reasons[0].by)
    act(world, assignment, Sign(), "hospital_head")
    assert block(world, assignment) == ("DIREKTUR RUMAH SAKIT UMUM DAERAH,",)


def test_a_stand_in_signs_what_decides_nothing(world: World) -> None:
    lend(world, "plh", "hospital_head", "nursing_head")
    case = world.road("confirm")
    world.fire(case, "assign", "nursing_head")
    assignment = letter(world, case, "internship_assignment")
    assert block(world, assignment) == ("Plh. DIREKTUR RUMAH SAKIT UMUM DAERAH,",)


def test_an_acting_head_who_was_appointed_to_a_vacant_post_signs_what_decides(world: World) -> None:
    with_letter(world, "internship_assignment", decides=True)
    case = world.road("confirm")
    post = post_of(world, "hospital_head")
    change(world, update(positions).where(positions.c.id == post).values(holder_id=None))
    office_lends(world, "pj", post, "nursing_head")
    world.database.write(world.engine.reseat, case, world.at)
    world.fire(case, "assign", "nursing_head")
    assert block(world, letter(world, case, "internship_assignment")) == ("Pj. DIREKTUR RUMAH SAKIT UMUM DAERAH,",)


def test_whoever_signs_by_mandate_of_one_who_holds_it_by_mandate_signs_on_behalf_of_both(world: World) -> None:
    lend(world, "mandat", "secretary", "agency_chief")
    case = world.road("verify")
    world.fire(case, "request_host", "agency_chief")
    lines = block(world, letter(world, case))
    assert lines[:3] == ("a.n. BUPATI KEMUNING", "SEKRETARIS DAERAH,", "u.b.")
    assert lines[3].startswith("KEPALA BADAN KEPEGAWAIAN")


def test_a_mandate_ends_with_whoever_gave_it(world: World) -> None:
    lend(world, "mandat", "agency_chief", "second_verifier")
    case = world.road("complete")
    certificate = letter(world, case, "internship_credit_certificate")
    left = update(people).where(people.c.id == world.ids["agency_chief"]).values(left_on=date(2026, 1, 2))
    world.database.write(lambda conn: conn.execute(left))
    world.database.write(world.engine.reseat, case, world.at)
    with pytest.raises(NotYours, match="pemberinya tidak memangku jabatan itu"):
        act(world, certificate, Sign(), "second_verifier")


def test_two_signatories_sign_in_order_and_both_are_printed_with_the_first(world: World) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    case = world.road("request_host")
    request = letter(world, case)
    assert waits(world, request) == {"secretary": "sign"}
    with pytest.raises(Problem):
        act(world, request, Sign(), "agency_chief")
    act(world, request, Sign(), "secretary")
    half = row(world, request)
    assert (half.state, half.number is not None, half.signed_at) == ("to_sign", True, None)
    assert block(world, request, 1)[0].startswith("KEPALA BADAN KEPEGAWAIAN")
    with pytest.raises(NotNow, match="ditandatangani sebagian"):
        act(world, request, Correct(changes={"subject": "Lain"}), "agency_chief")
    with pytest.raises(NotNow, match="sudah ditandatangani oleh Secretary"):
        act(world, request, Sign(), "secretary")
    act(world, request, SendBack(note="Salah bagian."), "agency_chief")
    sent_back = row(world, request)
    assert (sent_back.state, sent_back.number, sent_back.signed_by) == ("to_mend", half.number, None)
    act(world, request, Resubmit(), "verifier")
    act(world, request, Sign(), "secretary")
    act(world, request, Sign(), "agency_chief")
    done = row(world, request)
    assert (done.state, done.number) == ("to_render", half.number)
    assert [step.name for step in decoded(done.route)] == ["Secretary", "Agency Chief"]


def test_a_later_signatory_is_the_one_who_is_printed(world: World) -> None:
    with_letter(world, "internship_request", cosigners=("personnel_head",))
    case = world.road("request_host")
    request = letter(world, case)
    act(world, request, Sign(), "secretary")
    lend(world, "mandat", "agency_chief", "second_verifier")
    with pytest.raises(Refused, match="tercetak Agency Chief"):
        act(world, request, Sign(), "second_verifier")


def test_nobody_signs_for_a_post_that_they_lost_between_page_and_click(world: World) -> None:
    clerk_for(world, "clerk_1")
    request = letter_to_sign(world)
    taken = update(positions).where(positions.c.holder_id == world.ids["agency_chief"])
    world.database.write(lambda conn: conn.execute(taken.values(holder_id=world.ids["health_head"])))
    with pytest.raises(Problem, match="menunggu Kepala Badan Kepegawaian"):
        act(world, request, Sign(), "agency_chief")
    act(world, request, Sign(), "health_head")


def letter_to_sign(world: World) -> str:
    """A certificate that awaits its signature."""
    return letter(world, world.road("complete"), "internship_credit_certificate")


def test_a_letter_fixed_for_a_secret_keeps_its_number_and_is_signed_with_its_file(world: World) -> None:
    certificate = letter_to_sign(world)
    world.database.write(world.engine.letter, certificate, Freeze(), world.actor("agency_chief"), world.at)
    fixed = row(world, certificate)
    assert (fixed.state, fixed.signed_at, fixed.register_number) == ("to_sign", None, 2)
    again = act(world, certificate, Freeze(), "agency_chief")
    assert (again.events, row(world, certificate).number) == ((), fixed.number)
    world.at = world.at.replace(minute=59)
    world.database.write(world.engine.sealed, certificate, b"%PDF-1.7 sealed", world.actor("agency_chief"), world.at)
    done = row(world, certificate)
    assert (done.state, done.number, done.sealed) == ("signed", fixed.number, 1)


def test_a_letter_whose_key_failed_can_be_signed_on_paper_under_its_number(world: World) -> None:
    certificate = letter_to_sign(world)
    act(world, certificate, Freeze(), "agency_chief")
    number = row(world, certificate).number
    with pytest.raises(NotNow, match="sudah bernomor; kembalikan untuk diperbaiki"):
        act(world, certificate, Correct(changes={"subject": "Lain"}), "agency_chief")
    caller = Caller("k", world.ids["agency_chief"], "agency_chief", "staff", None, frozenset({"read"}), None)
    page = world.database.read(letter_page, world.engine, caller, world.at, certificate)
    assert (page.acts, page.correctable) == (("sign", "send_back", "by_hand"), ())
    act(world, certificate, ByHand(), "agency_chief")
    printed = row(world, certificate)
    assert (printed.method, printed.number, printed.statement) == ("by_hand", number, None)
    with pytest.raises(NotNow, match="di atas kertas"):
        world.database.write(world.engine.sealed, certificate, b"%PDF-1.7", world.actor("agency_chief"), world.at)


def test_an_act_is_done_once_for_one_key(world: World) -> None:
    certificate = letter_to_sign(world)
    first = act(world, certificate, Sign(), "agency_chief", key="k1")
    again = act(world, certificate, Sign(), "agency_chief", key="k1")
    assert (first.events, again.repeated) == (again.events, True)
