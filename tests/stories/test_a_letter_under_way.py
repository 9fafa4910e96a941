"""The life of a letter from its draft until it has left: initialled, corrected, sent back, numbered, signed, or taken off."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from tests.letters_on_their_way import act, clerk_for, external, happened, initialled_by, letter, letters_of, row, waits
from tests.mailing import file_letters, mail_all, post_by, read_mail, text_of, with_addresses
from tests.witness import waiting
from tests.world import World
from workflow.audit import erase, events_of
from workflow.callers import Caller
from workflow.effects import run_due
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, OutOfDate, Refused
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
from workflow.mail.folder import Folder
from workflow.queries import case_list, inbox
from workflow.references import reference_of
from workflow.tables import effects, files, letters, people
from workflow.telling.explain import explain
from workflow.verification import verify
from workflow.views.actions import act_on_letter, action_list
from workflow.views.cases import case_page
from workflow.views.letters import letter_page

OFFICES = ("RSUD", "DINKES", "BKPSDM")
INTRODUCTION = "internship_introduction"
NUMBER = "B/800.1.4.1/77/SETDA/2026"


@pytest.fixture
def office(world: World) -> World:
    """A small office, on SQLite and on PostgreSQL."""
    return world


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
    assert waiting(office, case) == dict.fromkeys(("agency_chief", "secretary"), "initial internship_request")
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


def _printed_by_hand(office: World, who: str = "nurse") -> str:
    """A letter that was printed and waits for its scan."""
    request = letter(office, office.road("request_host", who))
    act(office, request, Initial(), "agency_chief")
    act(office, request, ByHand(), "secretary")
    return request


def _change(conn: Connection, letter_id: str, values: dict[str, Any]) -> None:
    conn.execute(update(letters).where(letters.c.id == letter_id).values(values))


def _scanned(office: World, content: bytes, **kept: str) -> str:
    """A file of the clerk with this content. Answers its id."""
    scan = office.file("clerk_1", "pindaian.pdf")
    values = {"content": content, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **kept}
    office.database.write(lambda conn: conn.execute(update(files).where(files.c.id == scan).values(values)))
    return scan


def test_a_scan_is_what_a_scanner_makes_and_is_no_letter_already(office: World) -> None:
    initialled_by(office, "BKPSDM")
    clerk_for(office, "clerk_1")
    request, other = _printed_by_hand(office), _printed_by_hand(office, "second_nurse")
    sheet = _scanned(office, b"PK", media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    with pytest.raises(InvalidForm, match="tidak dapat diterima") as refused:
        act(office, request, HandIn(scan=sheet), "clerk_1")
    assert "harus berupa PDF, PNG, atau JPEG" in refused.value.fields[0].says
    picture = _scanned(office, b"\xff\xd8\xff", media_type="image/jpeg")
    act(office, request, HandIn(scan=picture), "clerk_1")
    for taken in ("scan_id", "file_id"):
        values = {"scan_id": None, "file_id": None, taken: picture}
        office.database.write(_change, request, values)
        with pytest.raises(InvalidForm, match="tidak dapat diterima") as refused:
            act(office, other, HandIn(scan=_scanned(office, b"\xff\xd8\xff", media_type="image/jpeg")), "clerk_1")
        assert "surat lain" in refused.value.fields[0].says
    act(office, other, HandIn(scan=_scanned(office, b"%PDF-1.7 lain")), "clerk_1")
    assert row(office, other).state == "signed"


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
        ({"section": "Ruang lain"}, "bukan teks yang boleh dikoreksi"),
        ({"cost_source": "APBN"}, "bukan teks yang boleh dikoreksi"),
        ({"colour": "merah"}, "tidak ada pada surat ini"),
        ({"subject": " "}, "tidak boleh dikosongkan"),
        ({"subject": "Permohonan \N{GRINNING FACE}"}, "tidak ada dalam fon surat"),
        ({"urgency": "Gawat"}, "tidak sesuai jenis"),
        ({"subject": 7}, "tidak sesuai jenis"),
    ):
        with pytest.raises(InvalidForm) as caught:
            act(office, request, Correct(changes=changes), "agency_chief")
        assert says in caught.value.fields[0].says
    assert row(office, request).state == "to_paraf"


def test_what_is_pasted_from_another_program_is_taken_as_it_reads(office: World) -> None:
    initialled_by(office, "BKPSDM")
    request = letter(office, office.road("request_host"))
    act(
        office,
        request,
        Correct(changes={"goal": "Menguasai\N{NO-BREAK SPACE}ventilator,\tlalu\r\nmelatih."}),
        "agency_chief",
    )
    assert json.loads(row(office, request).body)["goal"] == "Menguasai ventilator, lalu\nmelatih."


def test_a_sign_that_no_letter_can_print_is_refused_at_the_step_that_would_issue_it(office: World) -> None:
    named = update(people).where(people.c.id == office.ids["nurse"]).values(name="Kirana \N{GRINNING FACE}")
    office.database.write(lambda conn: conn.execute(named))
    with pytest.raises(Refused, match="\N{GRINNING FACE}"):
        office.road("forward")
    assert office.all(letters.select()) == []


def test_a_sign_that_no_letter_can_print_is_refused_as_it_is_filled_in(office: World) -> None:
    with pytest.raises(InvalidForm) as refused:
        office.road("submit", goal="Mampu merawat pasien \N{GRINNING FACE} dengan ventilator di ruang rawat intensif.")
    (fault,) = refused.value.fields
    assert (fault.field, "U+1F600" in fault.says) == ("goal", True)


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
    case = office.road("assess")
    initialled_by(office, "RSUD", post="personnel_head")
    office.fire(case, "complete", "verifier", {"cost": 3_500_000, "proofs": [office.file("verifier")]})
    certificate = letter(office, case, "internship_credit_certificate")
    with pytest.raises(NotYours):
        act(office, certificate, Void(reason="Ganda."), "nurse")
    with pytest.raises(InvalidForm):
        act(office, certificate, Void(reason=" "), "verifier")
    act(office, certificate, Void(reason="Ganda."), "verifier")
    assert (row(office, certificate).state, row(office, certificate).void_reason) == ("void", "Ganda.")
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


def test_a_letter_that_its_case_still_needs_is_not_voided_but_mended_or_cancelled_with_its_case(office: World) -> None:
    initialled_by(office, "RSUD", post="personnel_head")
    case = office.road("assign")
    office.fire(case, "introduce", "agency_chief")
    assignment, introduction = letter(office, case, "internship_assignment"), letter(office, case, INTRODUCTION)
    with pytest.raises(Refused, match="masih diperlukan berkasnya") as signed:
        act(office, assignment, Void(reason="Keliru."), "hospital_head")
    assert signed.value.reasons[0].remedy.startswith(
        "Batalkan berkasnya, yang mencabut suratnya dengan surat pembatalan"
    )
    act(office, introduction, SendBack(note="Periksa tanggalnya."), "hospital_head")
    with pytest.raises(Refused, match="masih diperlukan berkasnya") as drafted:
        act(office, introduction, Void(reason="Ganda."), "verifier")
    assert drafted.value.reasons[0].remedy.startswith("Perbaiki surat ini")
    sees = Caller("k", office.ids["verifier"], "verifier", "staff", None, frozenset({"read"}), None)
    page = office.database.read(letter_page, office.engine, sees, office.at, introduction)
    assert page.acts == ("correct", "resubmit")
    office.fire(case, "cancel", "verifier", {"reason": "Ruang magang ditutup."})
    assert row(office, introduction).state == "void"
    intact(office)


def test_whoever_got_a_letter_by_mail_is_told_when_it_is_void_and_nobody_who_did_not(
    office: World, tmp_path: Path
) -> None:
    case = with_addresses(office).road("verify")
    proposal = file_letters(office)[0]
    mail_all(office, post_by(office, Folder(tmp_path)))
    stored = row(office, proposal)
    act(office, proposal, Void(reason="Terbit keliru."), "hospital_head")
    owed = office.all(select(effects).where(effects.c.subject_id == proposal, effects.c.kind == "message"))
    names = {person: name for name, person in office.ids.items()}
    says = {names[told["to"]]: told["says"] for told in (json.loads(each.payload) for each in owed)}
    assert set(says) == {"nurse", "agency_chief"}
    assert f"Nomor {stored.number} tanggal " in says["nurse"]
    since = "oleh Kabupaten Kemuning sejak 2 Maret 2026."
    assert says["nurse"].endswith(f"dinyatakan tidak berlaku {since} Alasan: Terbit keliru.")
    assert case not in str(says)
    mail_all(office, post_by(office, Folder(tmp_path)))
    (left,) = {each.error for each in office.all(select(effects).where(effects.c.done_at.is_(None)))} or {None}
    assert left is None


def test_whoever_is_outside_learns_that_a_letter_is_void_but_not_why(office: World, tmp_path: Path) -> None:
    case = with_addresses(office).road("assign")
    file_letters(office)
    mail_all(office, post_by(office, Folder(tmp_path)))
    act(office, letter(office, case), Void(reason="Keliru."), "secretary")
    mail_all(office, post_by(office, Folder(tmp_path)))
    texts = [text_of(read_mail(each.read_bytes())) for each in tmp_path.rglob("*.eml")]
    (outside,) = [
        text
        for text in texts
        if "yang telah dikirimkan kepada Anda, dinyatakan" in text and "Alasan: Keliru." not in text
    ]
    assert outside.startswith("Yth. Contact,")
    assert "dinyatakan tidak berlaku oleh Kabupaten Kemuning sejak 2 Maret 2026." in outside
    assert "Alasan pembatalannya tidak disampaikan melalui surel" in outside
    assert "Keliru." not in outside
    assert reference_of(case) not in outside


def test_the_time_of_an_answer_waits_for_the_file_of_the_letter(office: World) -> None:
    case = office.road("request_host")
    office.go_to(office.at.date().replace(day=16))
    swept = office.sweep()
    assert swept.reminded == 0
    assert any("belum selesai dibuat" in note for note in swept.held_up)
    run_due(office.database, office.engine.office, office.at)
    assert "contact" in waiting(office, case)


def test_who_looks_at_a_case_reads_which_letter_its_state_waits_for(office: World) -> None:
    initialled_by(office, "RSUD")
    case = office.road("request_host")
    request = letter(office, case)

    sees = Caller("k", office.ids["nurse"], "nurse", "staff", None, frozenset({"read"}), None)

    def said() -> tuple[str, bool, bool]:
        page = office.database.read(case_page, office.engine, sees, office.at, case)
        story = office.database.read(explain, office.engine.office, office.engine.registry, case)
        return page.state_awaits, page.deadline is None, "(menunggu surat permohonan magang keluar)" in story

    assert said() == ("Menunggu surat permohonan magang keluar", True, True)
    # Wherever the state is shown, so is what it awaits.
    signatory = Caller("k", office.ids["secretary"], "secretary", "staff", None, frozenset({"read", "act"}), None)
    initials = Caller(
        "k", office.ids["hospital_head"], "hospital_head", "staff", None, frozenset({"read", "act"}), None
    )
    contact = Caller("k", office.ids["contact"], "contact", "contact", "RSPROV", frozenset({"read"}), None)

    def beside() -> list[str]:
        shown: list[Any] = [
            *office.database.read(case_list, office.engine, sees, office.at).items,
            *office.database.read(inbox, office.engine, initials, office.at).items,
            office.database.read(action_list, office.engine, sees, office.at, case),
        ]
        return [each.state_awaits for each in shown]

    assert beside() == ["Menunggu surat permohonan magang keluar"] * 3
    assert [each.state_awaits for each in office.database.read(case_list, office.engine, contact, office.at).items] in (
        [],
        [""],
    )
    done = office.database.write(act_on_letter, office.engine, initials, office.at, request, Initial(), "k-1")
    assert done.state_awaits == "Menunggu surat permohonan magang keluar"
    done = office.database.write(act_on_letter, office.engine, signatory, office.at, request, Sign(), "k-2")
    assert (done.state_title, done.state_awaits) == ("Menunggu balasan instansi penerima", "")
    assert set(beside()) == {""}
    assert said() == ("", False, False)


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
