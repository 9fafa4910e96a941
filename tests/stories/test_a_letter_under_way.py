"""The life of a letter from its draft until it has left: initialled, corrected, sent back, numbered, signed, or taken off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from tests.letters_on_their_way import act, clerk_for, external, happened, initialled_by, letter, letters_of, row, waits
from tests.offices import prepared
from tests.witness import waiting
from tests.world import World
from workflow.audit import erase, events_of
from workflow.effects import run_due
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, OutOfDate, Refused
from workflow.explain import explain
from workflow.letters.acts import (
    ByHand,
    Correct,
    HandIn,
    Initial,
    Number,
    Resubmit,
    SendBack,
    Sign,
    Void,
    version_of,
)
from workflow.letters.parts import LetterFrame
from workflow.letters.route import decoded
from workflow.registry import Registry
from workflow.tables import letters
from workflow.verification import verify

OFFICES = ("RSUD", "DINKES", "BKPSDM")
NUMBER = "B/800.1.4.1/77/SETDA/2026"


@pytest.fixture
def office(database_url: str) -> Iterator[World]:
    """A small office, on SQLite and on PostgreSQL."""
    with prepared(database_url, Registry.discover()) as found:
        yield found.as_new()


def intact(office: World) -> None:
    """Nothing that was done to letters looks as if it had been touched."""
    registry, policies = office.engine.registry, office.engine.office.policies
    checked = office.database.read(lambda conn: list(verify(conn, registry, policies, ())))
    assert [finding for part in checked for finding in part.findings if finding.part in ("numbers", "cases")] == []


def test_a_letter_is_initialled_corrected_sent_back_numbered_and_signed(office: World) -> None:
    initialled_by(office, *OFFICES)
    external(office)
    case = office.road("request_host")
    request = letter(office, case)
    assert row(office, request).state == "to_paraf"
    assert waits(office, request) == {"hospital_head": "initial"}
    assert "contact" not in waiting(office, case)

    act(office, request, Initial(), "hospital_head")
    act(office, request, Initial(changes={"subject": "Permohonan magang perawat"}), "health_head")
    act(office, request, SendBack(note="Sebutkan ruang intensif."), "agency_chief")
    assert row(office, request).state == "to_mend"
    assert set(waits(office, request).values()) == {"mend"}
    act(office, request, Correct(changes={"attachment": "1 (satu) berkas"}), "verifier")
    act(office, request, Resubmit(), "verifier")

    for who in ("hospital_head", "health_head", "agency_chief"):
        assert waits(office, request) == {who: "initial"}
        act(office, request, Initial(), who)
    assert (row(office, request).state, waits(office, request)) == ("to_number", {"clerk_1": "number"})
    act(office, request, Number(number=NUMBER), "clerk_1")
    assert waits(office, request) == {"secretary": "sign"}
    assert "contact" not in waiting(office, case)
    act(office, request, Sign(), "secretary")

    signed = row(office, request)
    frame = msgspec.json.decode(signed.frame, type=LetterFrame)
    assert (signed.state, signed.number, signed.register, signed.register_number) == (
        "to_render",
        NUMBER,
        "SETDA",
        None,
    )
    assert (frame.number, frame.subject, frame.attachment) == (NUMBER, "Permohonan magang perawat", "1 (satu) berkas")
    assert [step.kind for step in decoded(signed.route)] == ["paraf", "paraf", "paraf", "number", "sign"]
    assert all(step.at and step.name for step in decoded(signed.route))
    assert "confirm" in waiting(office, case)["contact"]
    assert happened(office, case)[-10:] == [
        "letter_initialled",
        "letter_initialled",
        "letter_sent_back",
        "letter_corrected",
        "letter_resubmitted",
        "letter_initialled",
        "letter_initialled",
        "letter_initialled",
        "letter_numbered",
        "letter_signed",
    ]
    intact(office)


def test_the_host_is_asked_only_once_the_letter_has_left(office: World) -> None:
    initialled_by(office, "BKPSDM")
    case = office.road("request_host")
    with pytest.raises(Refused, match="belum ditandatangani"):
        office.fire(case, "confirm", "contact", {"field_supervisor": "Ns. Ratri", "field_supervisor_post": "Kepala"})
    assert office.sweep().reminded == 0
    office.go_to(office.at.date().replace(day=20))
    office.sweep()
    assert waiting(office, case) == {"agency_chief": "initial internship_request"}
    request = letter(office, case)
    act(office, request, Initial(), "agency_chief")
    act(office, request, Sign(), "secretary")
    (stored,) = [each for each in letters_of(office, case) if each.id == request]
    assert stored.dated_on == office.engine.office.day(office.at)
    assert "contact" in waiting(office, case)
    intact(office)


def test_a_request_withdrawn_in_the_middle_takes_its_draft_along(office: World) -> None:
    initialled_by(office, *OFFICES)
    case = office.road("request_host")
    request = letter(office, case)
    act(office, request, Initial(), "hospital_head")
    office.fire(case, "withdraw", "nurse", {"reason": "Sakit."})
    assert (row(office, request).state, waits(office, request)) == ("void", {})
    with pytest.raises(NotNow, match="tidak berlaku"):
        act(office, request, Initial(), "hospital_head")
    intact(office)


def test_a_letter_signed_on_paper_has_its_number_and_its_scan(office: World) -> None:
    initialled_by(office, "BKPSDM")
    clerk_for(office, "clerk_1")
    case = office.road("request_host")
    request = letter(office, case)
    act(office, request, Initial(), "agency_chief")
    act(office, request, ByHand(), "secretary")
    printed = row(office, request)
    assert (printed.state, printed.method, printed.register_number, printed.signed_at) == (
        "to_sign",
        "by_hand",
        1,
        None,
    )
    assert msgspec.json.decode(printed.frame, type=LetterFrame).by_hand
    assert waits(office, request) == {"secretary": "hand_in", "clerk_1": "hand_in"}
    with pytest.raises(NotNow, match="di atas kertas"):
        act(office, request, Sign(), "secretary")
    scan = office.file("clerk_1", "pindaian.pdf")
    with pytest.raises(InvalidForm):
        act(office, request, HandIn(scan=scan), "secretary")
    act(office, request, HandIn(scan=scan), "clerk_1")
    handed_in = row(office, request)
    assert (handed_in.state, handed_in.scan_id, handed_in.number) == ("signed", scan, printed.number)
    assert "contact" in waiting(office, case)
    intact(office)


def test_nobody_initials_out_of_turn_twice_or_what_they_have_not_seen(office: World) -> None:
    initialled_by(office, "RSUD", "BKPSDM")
    case = office.road("request_host")
    request = letter(office, case)
    seen = version_of(row(office, request)._asdict())
    with pytest.raises(NotYours, match="menunggu Direktur"):
        act(office, request, Initial(), "verifier")
    with pytest.raises(NotFound):
        act(office, request, Initial(), "stranger")
    act(office, request, Correct(changes={"subject": "Permohonan"}, version=seen), "hospital_head")
    with pytest.raises(OutOfDate):
        act(office, request, Initial(version=seen), "hospital_head")
    act(office, request, Initial(), "hospital_head")
    with pytest.raises(NotNow, match="sudah diparaf oleh Hospital Head"):
        act(office, request, Initial(), "hospital_head")
    intact(office)


def test_what_is_no_text_of_the_letter_is_not_corrected(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    for changes, says in (
        ({"participants": []}, "bukan teks yang boleh dikoreksi"),
        ({"number": "1"}, "bukan teks yang boleh dikoreksi"),
        ({"colour": "merah"}, "tidak ada pada surat ini"),
        ({"subject": " "}, "tidak boleh dikosongkan"),
        ({"urgency": "Gawat"}, "tidak sesuai jenis"),
        ({"subject": 7}, "tidak sesuai jenis"),
    ):
        with pytest.raises(InvalidForm) as caught:
            act(office, request, Correct(changes=changes), "agency_chief")
        assert says in caught.value.fields[0].says
    assert row(office, request).state == "to_paraf"


def test_a_number_stands_on_one_letter(office: World) -> None:
    external(office)
    first, second = (letter(office, office.road("request_host", who)) for who in ("nurse", "second_nurse"))
    for bad in (" ", "x" * 101, "1\n2"):
        with pytest.raises(InvalidForm):
            act(office, first, Number(number=bad), "clerk_1")
    act(office, first, Number(number=NUMBER), "clerk_1")
    with pytest.raises(Refused, match=first):
        act(office, second, Number(number=NUMBER), "clerk_1")
    act(office, first, SendBack(note="Salah alamat."), "secretary")
    act(office, first, Resubmit(), "verifier")
    assert (row(office, first).state, row(office, first).number) == ("to_sign", NUMBER)
    intact(office)


def test_a_draft_nobody_awaits_is_voided_by_its_drafter_and_a_signed_letter_by_its_post(office: World) -> None:
    initialled_by(office, "RSUD", post="personnel_head")
    case = office.road("assign")
    office.fire(case, "introduce", "agency_chief")
    introduction = letter(office, case, "internship_introduction")
    with pytest.raises(NotYours):
        act(office, introduction, Void(reason="Ganda."), "nurse")
    with pytest.raises(InvalidForm):
        act(office, introduction, Void(reason=" "), "verifier")
    act(office, introduction, Void(reason="Ganda."), "verifier")
    assert (row(office, introduction).state, row(office, introduction).void_reason) == ("void", "Ganda.")
    proposal = letter(office, case, "internship_proposal")
    number = row(office, proposal).number
    act(office, proposal, Void(reason="Terbit keliru."), "hospital_head")
    assert (row(office, proposal).state, row(office, proposal).number) == ("void", number)
    intact(office)


def test_a_letter_that_is_answered_is_not_voided(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    with pytest.raises(Refused, match="ditunggu jawabannya"):
        act(office, request, Void(reason="Keliru."), "verifier")


def test_the_time_of_an_answer_waits_for_the_file_of_the_letter(office: World) -> None:
    case = office.road("request_host")
    office.go_to(office.at.date().replace(day=16))
    swept = office.sweep()
    assert swept.reminded == 0
    assert any("belum selesai dibuat" in note for note in swept.held_up)
    run_due(office.database, office.engine.office, office.at)
    assert "contact" in waiting(office, case)


def test_what_was_done_to_a_letter_is_told_and_each_touch_of_it_is_found(office: World) -> None:
    initialled_by(office, "RSUD", "BKPSDM")
    case = office.road("request_host")
    request = letter(office, case)
    act(office, request, Correct(changes={"subject": "Permohonan"}), "hospital_head")
    act(office, request, SendBack(note="Sebutkan ruang intensif."), "hospital_head")
    story = office.database.read(explain, office.engine.office, office.engine.registry, case)
    assert "Hal: “Permohonan magang” menjadi “Permohonan”." in story
    assert "Catatan perbaikan: Sebutkan ruang intensif." in story
    for values in (
        {"state": "to_sign"},
        {"state": "void"},
        {"turn": 1},
        {"drafter": "participant"},
        {"route": row(office, request).route.replace("paraf", "sign", 1)},
        {"frame": row(office, request).frame.replace("Permohonan", "Penolakan")},
        {"void_reason": "Keliru."},
        {"number": "B/1"},
    ):
        before = row(office, request)._asdict()
        touch(office, request, values)
        assert touched(office), values
        touch(office, request, {name: before[name] for name in values})
    intact(office)


def test_an_event_of_a_letter_can_be_erased_and_the_rest_still_holds(office: World) -> None:
    initialled_by(office, "BKPSDM")
    case = office.road("request_host")
    request = letter(office, case)
    act(office, request, Initial(changes={"subject": "Permohonan"}), "agency_chief")
    act(office, request, Sign(), "secretary")
    for event in office.database.read(events_of, case)[-2:]:
        by = {"id": None, "name": "Sistem"}
        office.database.write(erase, event.id, by=by, basis="UU 27/2022 Pasal 16", at=office.at)
    intact(office)


def touch(office: World, letter_id: str, values: dict[str, Any]) -> None:
    """Change a letter behind everybody's back."""
    office.database.write(lambda conn: conn.execute(update(letters).where(letters.c.id == letter_id).values(values)))


def touched(office: World) -> list[Any]:
    """What is found to have been touched."""
    registry, policies = office.engine.registry, office.engine.office.policies
    checked = office.database.read(lambda conn: list(verify(conn, registry, policies, ("numbers",))))
    return [finding for part in checked for finding in part.findings]
