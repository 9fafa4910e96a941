"""A letter whose file cannot be made, and one that others still rest upon: what may be done about it, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.circumstances import succeeded
from tests.cohorts import gathered
from tests.letters_on_their_way import act, clerk_for, external, happened, initialled_by, letter, row, waits
from tests.stages import GUIDE, OFFER
from tests.stories.test_a_letter_under_way import intact, touch
from tests.stories.test_an_exchange import arranged
from tests.witness import waiting
from tests.world import World
from workflow.callers import Caller
from workflow.effects import DISPATCH, SEND, owed_by, run_due
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, Refused
from workflow.letters.acts import Correct, Initial, Number, Resubmit, SendBack, Sign, Void
from workflow.mail.dispatch import VOID_BY_THEN
from workflow.proof.public import letter_of_code
from workflow.tables import deadlines, effects
from workflow.views.letters import BeingPrepared, letter_page, letter_pdf


@pytest.fixture
def office(world: World) -> World:
    """A small office, on SQLite and on PostgreSQL."""
    return world


def acts(office: World, letter_id: str, who: str) -> tuple[str, ...]:
    """What the page of a letter offers somebody."""
    return office.database.read(letter_page, office.engine, sees(office, who), office.at, letter_id).acts


def sees(office: World, who: str) -> Caller:
    day = office.engine.office.day(office.at)
    return Caller("k", office.ids[who], who, "staff", None, frozenset({"read"}), None, day)


def made(office: World, case: str, letter_id: str) -> list[tuple[str, str]]:
    """How far the making of a letter is, attempt by attempt: its state, and what is said of it."""
    owed = office.database.read(owed_by, case, [letter_id])
    return [(each["state"], each["error"] or "") for each in owed if each["kind"] == "render"]


def unmakeable(office: World, letter_id: str) -> None:
    """The making of a letter fails until nobody tries any more."""
    template = row(office, letter_id).template
    touch(office, letter_id, {"template": "hilang.html"})
    for _ in range(6):
        run_due(office.database, office.engine.office, office.at)
        office.at += timedelta(hours=5)
    touch(office, letter_id, {"template": template})


@pytest.fixture
def request_of(office: World) -> tuple[str, str]:
    """A case whose host is asked by a letter that was signed and cannot be made, and that letter."""

    def asked() -> str:
        case = office.road("request_host")
        unmakeable(office, letter(office, case))
        return case

    assert office.roads
    case = office.roads.walked(office, "the host is asked by a letter that cannot be made", asked)
    return case, letter(office, case)


def test_a_letter_that_cannot_be_made_is_sent_back_mended_and_signed_under_its_number(
    office: World, request_of: tuple[str, str]
) -> None:
    case, request = request_of
    stuck = row(office, request)
    assert (stuck.state, stuck.trouble is not None) == ("to_render", True)
    ((state, _),) = made(office, case, request)
    assert state == "parked"
    assert "confirm" in waiting(office, case)["contact"]
    assert acts(office, request, "secretary") == ("send_back",)
    assert acts(office, request, "verifier") == ()

    act(office, request, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    back = row(office, request)
    assert (back.state, back.number, back.dated_on) == ("to_mend", stuck.number, stuck.dated_on)
    assert (back.signed_at, back.signed_by, back.trouble) == (None, None, None)
    assert waits(office, request) == {"verifier": "mend", "second_verifier": "mend"}
    ((state, says),) = made(office, case, request)
    assert (state, "dikembalikan untuk diperbaiki" in says) == ("done", True)
    intact(office)

    act(office, request, Correct(changes={"subject": "Permohonan"}), "verifier")
    act(office, request, Resubmit(), "verifier")
    act(office, request, Sign(), "secretary")
    assert (row(office, request).state, row(office, request).number) == ("to_render", stuck.number)
    with pytest.raises(BeingPrepared, match="sedang disiapkan"):
        office.database.read(letter_pdf, office.engine, sees(office, "secretary"), office.at, request)
    run_due(office.database, office.engine.office, office.at)
    assert row(office, request).state == "signed"
    assert happened(office, case)[-4:] == [
        "letter_sent_back",
        "letter_corrected",
        "letter_resubmitted",
        "letter_signed",
    ]
    intact(office)


def test_nobody_is_asked_for_an_answer_to_a_letter_that_is_being_mended(
    office: World, request_of: tuple[str, str]
) -> None:
    case, request = request_of
    act(office, request, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    assert "contact" not in waiting(office, case)
    assert office.all(select(deadlines).where(deadlines.c.case_id == case)) == []
    with pytest.raises(Refused, match="belum ditandatangani"):
        office.fire(case, "confirm", "contact", GUIDE)
    office.sweep()
    assert "contact" not in waiting(office, case)
    act(office, request, Resubmit(), "verifier")
    office.go_to(office.at.date() + timedelta(days=1))
    act(office, request, Sign(), "secretary")
    assert "confirm" in waiting(office, case)["contact"]
    begun = {each.falls_on for each in office.all(select(deadlines).where(deadlines.c.case_id == case))}
    assert min(begun) > office.at.date()
    run_due(office.database, office.engine.office, office.at)
    office.fire(case, "confirm", "contact", GUIDE)
    intact(office)


def test_only_those_who_sign_it_take_back_a_letter_and_only_while_it_cannot_be_made(office: World) -> None:
    case = office.road("request_host")
    request = letter(office, case)
    with pytest.raises(NotNow, match="sudah ditandatangani"):
        act(office, request, SendBack(note="Keliru."), "secretary")
    unmakeable(office, request)
    for who, refused in (("verifier", NotYours), ("nurse", NotYours), ("stranger", NotFound)):
        with pytest.raises(refused):
            act(office, request, SendBack(note="Keliru."), who)
    with pytest.raises(InvalidForm):
        act(office, request, SendBack(note=" "), "secretary")
    run_due(office.database, office.engine.office, office.at)
    assert row(office, request).state == "to_render"


def test_a_number_of_another_system_stays_on_a_letter_that_could_not_be_made(office: World) -> None:
    external(office)
    case = office.road("request_host")
    request = letter(office, case)
    act(office, request, Number(number="B/77"), "clerk_1")
    act(office, request, Sign(), "secretary")
    unmakeable(office, request)
    act(office, request, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    act(office, request, Resubmit(), "verifier")
    assert waits(office, request) == {"secretary": "sign"}
    act(office, request, Sign(), "secretary")
    assert row(office, request).number == "B/77"
    intact(office)


def test_a_letter_that_another_is_to_cancel_is_not_sent_back_and_goes_with_it(office: World) -> None:
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    office.fire(case, "confirm", "contact", GUIDE)
    office.fire(case, "assign", "hospital_head")
    assignment = letter(office, case, "internship_assignment")
    unmakeable(office, assignment)
    office.fire(case, "cancel", "verifier", {"reason": "Ruang magang ditutup."})
    assert acts(office, assignment, "hospital_head") == ()
    with pytest.raises(NotNow, match="sedang dibatalkan dengan surat lain"):
        act(office, assignment, SendBack(note="Berkasnya gagal dibuat."), "hospital_head")
    act(office, row(office, assignment).cancelled_by, Sign(), "hospital_head")
    assert (row(office, assignment).state, waits(office, assignment)) == ("void", {})
    intact(office)


@pytest.fixture
def cancelling(office: World) -> tuple[str, str]:
    """A request that was sent to the host, and the letter that cancels it, signed, which cannot be made."""
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    request = letter(office, case)
    office.fire(case, "withdraw", "nurse")
    cancellation = letter(office, case, "internship_cancellation")
    assert (row(office, request).state, row(office, request).cancelled_by) == ("signed", cancellation)
    act(office, cancellation, Sign(), "secretary")
    assert row(office, request).state == "void"
    unmakeable(office, cancellation)
    return request, cancellation


def test_what_a_letter_cancels_is_in_force_again_while_that_is_being_mended(
    office: World, cancelling: tuple[str, str]
) -> None:
    request, cancellation = cancelling
    act(office, cancellation, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    again = row(office, request)
    assert (again.state, again.cancelled_by) == ("signed", cancellation)
    shown = office.database.read(letter_of_code, again.code, office.engine.office.zone)
    assert shown is not None
    assert shown.standing == "valid"
    intact(office)
    act(office, cancellation, Resubmit(), "verifier")
    assert row(office, request).state == "signed"
    act(office, cancellation, Sign(), "secretary")
    assert row(office, request).state == "void"
    run_due(office.database, office.engine.office, office.at)
    assert (row(office, cancellation).state, row(office, request).state) == ("signed", "void")
    intact(office)


def test_a_cancelled_letter_that_was_never_made_is_made_once_it_counts_again(office: World) -> None:
    case = office.road("request_host")
    request = letter(office, case)
    office.fire(case, "withdraw", "nurse")
    cancellation = letter(office, case, "internship_cancellation")
    act(office, cancellation, Sign(), "secretary")
    for each in (request, cancellation):
        touch(office, each, {"template": "hilang.html"})
    for _ in range(6):
        run_due(office.database, office.engine.office, office.at)
        office.at += timedelta(hours=5)
    for each in (request, cancellation):
        touch(office, each, {"template": f"{row(office, each).kind}.html"})
    act(office, cancellation, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    assert row(office, request).state == "to_render"
    run_due(office.database, office.engine.office, office.at)
    assert row(office, request).state == "signed"
    intact(office)


def test_a_letter_that_a_newer_one_replaced_is_in_force_again_while_that_is_being_mended(office: World) -> None:
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    first = letter(office, case)
    office.fire(case, "decline", "contact", {"reason": "Ruang magang penuh."})
    office.fire(case, "change_host", "nurse", {"host": "unit:DINKES", "section": "Bidang Pelayanan"})
    office.fire(case, "verify", "verifier", {"exemption": "Nota Kesepahaman sedang disusun."})
    (signatory,) = [who for who, triggers in waiting(office, case).items() if "request_host" in triggers]
    office.fire(case, "request_host", signatory)
    second = letter(office, case)
    assert (row(office, first).state, row(office, first).cancelled_by) == ("replaced", second)
    unmakeable(office, second)
    act(office, second, SendBack(note="Berkasnya gagal dibuat."), signatory)
    assert (row(office, first).state, row(office, first).cancelled_by) == ("signed", None)
    intact(office)
    act(office, second, Resubmit(), "verifier")
    act(office, second, Sign(), signatory)
    assert (row(office, first).state, row(office, first).cancelled_by) == ("replaced", second)
    intact(office)


def test_whoever_was_not_sent_a_letter_while_it_was_void_gets_it_once_it_counts_again(office: World) -> None:
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    request = letter(office, case)
    of_letter = select(effects).where(effects.c.subject_id == request, effects.c.kind == SEND)
    needless = update(effects).where(effects.c.subject_id == request, effects.c.kind == DISPATCH)
    needless = needless.values(
        kind=SEND, payload='{"to": "x", "as": "addressee"}', error=VOID_BY_THEN, done_at=office.at
    )
    office.fire(case, "withdraw", "nurse")
    cancellation = letter(office, case, "internship_cancellation")
    act(office, cancellation, Sign(), "secretary")
    office.database.write(lambda conn: conn.execute(needless))
    unmakeable(office, cancellation)
    act(office, cancellation, SendBack(note="Berkasnya gagal dibuat."), "secretary")
    assert [(each.done_at, each.error) for each in office.all(of_letter)] == [(None, None)]


def test_a_number_of_another_system_is_the_same_however_it_is_typed(office: World) -> None:
    external(office)
    first, second = (letter(office, office.road("request_host", who)) for who in ("nurse", "second_nurse"))
    act(office, first, Number(number="B/800.1.4.1/77/SETDA/2026"), "clerk_1")
    for typed in ("b/800.1.4.1/77/Setda/2026", "B/800.1.4.1 / 77 / SETDA/2026"):
        with pytest.raises(Refused, match="sudah dipakai surat"):
            act(office, second, Number(number=typed), "clerk_1")
    act(office, second, Number(number=" B/800.1.4.1/78/SETDA/2026 "), "clerk_1")
    assert row(office, second).number == "B/800.1.4.1/78/SETDA/2026"


# --- What others still rest upon -------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "host_proposal": ("propose_changes", OFFER),
    "accepted": ("confirm", GUIDE),
    "host_unavailable": ("decline", {"reason": "Ruang magang penuh."}),
}


@pytest.mark.parametrize("state", ANSWERS)
def test_a_request_that_the_host_may_have_to_answer_once_more_is_not_voided(office: World, state: str) -> None:
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    office.fire(case, ANSWERS[state][0], "contact", ANSWERS[state][1])
    request = letter(office, case)
    with pytest.raises(Refused, match="masih diperlukan berkasnya"):
        act(office, request, Void(reason="Keliru."), "secretary")
    assert "void" not in acts(office, request, "secretary")
    if state == "host_proposal":
        office.fire(case, "decline_changes", "verifier", {"reason": "Jadwal tetap."})
        assert "confirm" in waiting(office, case)["contact"]


def test_a_request_is_voided_where_another_one_comes_before_any_host_is_asked(office: World) -> None:
    case = office.road("request_host")
    run_due(office.database, office.engine.office, office.at)
    office.fire(case, "decline", "contact", {"reason": "Ruang magang penuh."})
    office.fire(case, "change_host", "nurse", {"host": "unit:DINKES", "section": "Bidang Pelayanan"})
    request = letter(office, case)
    act(office, request, Void(reason="Tidak dijawab."), "secretary")
    assert row(office, request).state == "void"
    intact(office)


def test_of_an_exchange_the_answered_request_may_be_voided_and_not_the_decree_that_it_begins_with(
    office: World,
) -> None:
    case = arranged(office)
    request = letter(office, case, "exchange_request")
    assert "void" in acts(office, request, "secretary")
    office.fire(case, "coordinate", "verifier", coordination(office))
    office.fire(case, "decide", "regent")
    with pytest.raises(Refused, match="masih diperlukan berkasnya"):
        act(office, letter(office, case, "exchange_decree"), Void(reason="Keliru."), "regent")
    act(office, request, Void(reason="Keliru."), "secretary")
    assert row(office, request).state == "void"


def coordination(world: World) -> dict[str, Any]:
    told = {"coordinated_with": "LAN", "letter_number": "B/1/2026", "letter_on": "2026-03-01"}
    return {**told, "document": world.file("verifier")}


# --- A letter about several ------------------------------------------------------------------------------------------


def test_none_of_those_whom_a_shared_letter_is_about_numbers_it(office: World) -> None:
    external(office)
    for who in ("clerk_2", "clerk_3", "clerk_7"):
        clerk_for(office, who)
    together = gathered(office).until("request_host")
    request = letter(office, together.cases["clerk_1"])
    assert waits(office, request) == {"clerk_7": "number"}
    with pytest.raises(NotYours):
        act(office, request, Number(number="B/1"), "clerk_2")
    office.sweep()
    assert waits(office, request) == {"clerk_7": "number"}
    act(office, request, Number(number="B/1"), "clerk_7")
    act(office, request, Sign(), "secretary")
    intact(office)


def test_where_a_shared_letter_is_about_all_who_keep_the_registers_it_climbs(office: World) -> None:
    external(office)
    clerk_for(office, "clerk_2")
    together = gathered(office).until("request_host")
    request = letter(office, together.cases["clerk_1"])
    assert waits(office, request) == {"agency_chief": "number"}


def test_none_of_those_whom_a_shared_letter_is_about_initials_or_signs_it(office: World) -> None:
    initialled_by(office, "BKPSDM")
    together = gathered(office).until("request_host")
    request = letter(office, together.cases["clerk_1"])
    assert waits(office, request) == {"agency_chief": "initial"}
    succeeded(office, "agency_chief", "clerk_3")
    office.sweep()
    assert waits(office, request) == {"secretary": "initial"}
    with pytest.raises(NotYours):
        act(office, request, Initial(), "clerk_3")
    act(office, request, Initial(), "secretary")
    succeeded(office, "secretary", "clerk_2")
    office.sweep()
    assert waits(office, request) == {"regent": "sign"}
    assert acts(office, request, "clerk_2") == ()
    act(office, request, Sign(), "regent")
    intact(office)
