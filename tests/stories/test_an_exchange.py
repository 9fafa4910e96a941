"""An exchange of staff: one of ours to a hospital of the province, one of theirs to us, for the same months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.circumstances import agreed, alter
from tests.cohorts import LETTER
from tests.stories.test_a_cohort import found
from tests.witness import body, credited, happened, last_payload, state, waiting
from tests.world import World
from workflow.authority.sight import may_see
from workflow.cases import load
from workflow.errors import NotYours, Refused
from workflow.processes.exchange import PROCESS
from workflow.tables import letters, tasks

REQUEST: dict[str, Any] = {
    "host": "partner:RSPROV",
    "host_post": "Perawat Instalasi Rawat Intensif",
    "starts_on": "2026-04-06",
    "ends_on": "2026-06-30",
    "competency": "Keperawatan intensif",
    "goal": "Menerapkan asuhan keperawatan intensif di RSUD.",
    "counterpart_name": "Ns. Ratri Puspita, S.Kep.",
    "counterpart_post": "Perawat Ahli Muda",
    "counterpart_starts_on": "2026-04-06",
    "counterpart_ends_on": "2026-06-30",
    "placed_unit": "unit:RSUD",
    "placed_post": "Perawat Instalasi Rawat Inap",
    "termination": "Pertukaran berakhir tujuh hari setelah salah satu instansi memberitahukannya secara tertulis.",
}
GUIDE = {"field_supervisor": "Ns. Bimo Santoso, M.Kep.", "field_supervisor_post": "Kepala Ruang"}
SCORES = {"scores": [{"aspect": "Orientasi pelayanan", "score": 88}, {"aspect": "Kerja sama", "score": 92}]}


def asked(world: World, **changes: Any) -> str:
    """An exchange that was submitted."""
    engine, actor = world.engine, world.actor("nurse")
    case = world.database.write(engine.open, "exchange", actor, {}, world.at).case_id
    world.fire(case, "submit", "nurse", {**REQUEST, **changes})
    return case


def arranged(world: World) -> str:
    """An exchange to which the partner has agreed."""
    case = asked(world)
    for trigger, who in (
        ("endorse", "nursing_head"),
        ("forward", "hospital_head"),
        ("verify", "verifier"),
        ("request_host", "secretary"),
    ):
        world.fire(case, trigger, who)
    world.fire(case, "confirm", "contact", GUIDE)
    return case


def test_an_exchange_from_the_request_to_credited_hours(office: World) -> None:
    case = arranged(office)
    assert waiting(office, case)["regent"] == "decide reject"
    office.fire(case, "decide", "regent")
    (decree,) = office.all(select(letters).where(letters.c.kind == "exchange_decree"))
    assert decree.signed_title == "Bupati Kemuning"
    told = body(decree)
    assert told["counterpart_name"] == REQUEST["counterpart_name"]
    assert told["placed_at"] == "Rumah Sakit Umum Daerah Kemuning"
    assert "Perjanjian Kerja Sama Nomor" in told["agreement"]
    office.go_to(date(2026, 4, 6))
    assert office.sweep().fired == 1
    assert state(office, case) == "ongoing"
    office.go_to(date(2026, 7, 1))
    assert office.sweep().fired == 1
    office.fire(case, "report", "nurse", {"summary": "Laporan akhir pertukaran pegawai."})
    office.fire(case, "assess", "contact", SCORES)
    office.fire(case, "complete", "verifier")
    assert state(office, case) == "completed"
    assert credited(office, "nurse") == [(20, "C8")]
    (certificate,) = office.all(select(letters).where(letters.c.kind == "exchange_certificate"))
    office.sign(certificate.id, "agency_chief")
    assert found(office) == []


def test_only_the_regent_decides_and_sees_that_it_was_not_coordinated(office: World) -> None:
    case = arranged(office)
    with pytest.raises(NotYours):
        office.fire(case, "decide", "secretary")
    preview = office.preview(case, "decide", "regent")
    assert [reason.says for reason in preview.warnings] == ["Belum tercatat koordinasi dengan LAN dan BKN."]
    for name in ("LAN", "BKN"):
        form = {
            "coordinated_with": name,
            "letter_number": f"B/{name}/2026",
            "letter_on": "2026-03-01",
            "document": office.file("verifier"),
        }
        office.fire(case, "coordinate", "verifier", form)
    assert not office.preview(case, "decide", "regent").warnings


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"counterpart_ends_on": "2026-06-29"}, "berbeda dari pegawai kita"),
        ({"host": "unit:DINKES"}, "Mitra pertukaran: Dinas Kesehatan"),
        ({"placed_unit": "unit:TIADA"}, "Perangkat daerah itu tidak terdaftar"),
        ({"ends_on": "2027-04-06", "counterpart_ends_on": "2027-04-06"}, "Lama pertukaran 366 hari"),
    ],
)
def test_both_sides_are_equal_outside_and_within_a_year(office: World, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(office, **changes)
    assert any(says in reason.says for reason in refused.value.reasons)


def test_without_an_agreement_there_is_no_exchange(office: World) -> None:
    agreed(office, ("Nota Kesepahaman", date(2025, 1, 1), date(2028, 1, 1)))
    with pytest.raises(Refused, match="Tidak ada Perjanjian Kerja Sama"):
        asked(office)


def test_the_gap_need_not_be_filled_twice(office: World) -> None:
    """Whoever comes to the same unit takes the place; elsewhere the usual share must stay."""
    case = asked(office, placed_unit="unit:DINKES")
    office.fire(case, "endorse", "nursing_head")
    facts = office.preview(case, "forward", "hospital_head").judged[0].facts
    assert facts.placed_unit == "unit:DINKES"
    assert facts.same_post.total == 4


def test_the_partner_answers_on_paper_and_it_is_recorded(office: World) -> None:
    case = asked(office)
    for trigger, who in (
        ("endorse", "nursing_head"),
        ("forward", "hospital_head"),
        ("verify", "verifier"),
        ("request_host", "secretary"),
    ):
        office.fire(case, trigger, who)
    paper = {**LETTER, "scan": office.file("second_verifier")}
    office.fire(case, "confirm", "second_verifier", GUIDE, recorded=paper)
    assert state(office, case) == "awaiting_decree"
    assert last_payload(office, case)["recorded"]["signer_name"] == LETTER["signer_name"]


def test_whoever_has_left_is_not_sent_and_the_final_verifier_closes_it(office: World) -> None:
    case = arranged(office)
    office.fire(case, "decide", "regent")
    office.go_to(date(2026, 4, 6))
    alter(office, "nurse", left_on=date(2026, 4, 6))
    assert any("tidak lagi bertugas" in note for note in office.sweep().held_up)
    assert "close_departed" in waiting(office, case)["verifier"]
    with pytest.raises(Refused, match="tidak lagi bertugas"):
        office.fire(case, "start", "contact")
    office.fire(case, "close_departed", "verifier", {"reason": "Pegawai meninggal dunia."})
    assert state(office, case) == "ended"
    kinds = [row.kind for row in office.all(select(letters))]
    assert kinds.count("exchange_cancellation") == 2
    assert found(office) == []


def test_it_is_closed_at_once_where_nothing_was_decided_yet(office: World) -> None:
    case = arranged(office)
    alter(office, "nurse", left_on=office.at.date())
    office.database.write(office.engine.reseat, case, office.at)
    assert (state(office, case), happened(office, case)[-1]) == ("ended", "close_departed")
    assert found(office) == []


def test_it_ends_early_by_its_clause(office: World) -> None:
    case = arranged(office)
    office.fire(case, "decide", "regent")
    office.go_to(date(2026, 4, 6))
    office.fire(case, "start", "nurse")
    office.at += timedelta(days=30)
    office.fire(case, "end_early", "contact", {"reason": "Kebutuhan layanan mendesak.", "last_day": "2026-05-05"})
    assert state(office, case) == "reporting"
    assert happened(office, case)[-1] == "end_early"


def test_the_regents_decree_is_taken_back_when_it_is_cancelled(office: World) -> None:
    case = arranged(office)
    office.fire(case, "decide", "regent")
    office.fire(case, "cancel", "verifier", {"reason": "Pegawai mitra mengundurkan diri."})
    assert state(office, case) == "cancelled"
    kinds = [row.kind for row in office.all(select(letters).order_by(letters.c.id))]
    assert kinds.count("exchange_cancellation") == 2
    assert found(office) == []


def test_whoever_is_to_sign_a_letter_sees_its_case(office: World) -> None:
    """No step of an exchange ever waits for the head of the personnel agency, but its certificate does."""
    case = arranged(office)
    office.fire(case, "cancel", "verifier", {"reason": "Pegawai mitra mengundurkan diri."})
    (letter,) = office.all(select(letters).where(letters.c.kind == "exchange_cancellation"))
    signer = next(name for name, person in office.ids.items() if person in signers_of(office, letter.id))
    stored = office.database.read(load, case)
    person, on = office.ids[signer], office.at.date()
    assert office.database.read(may_see, PROCESS, stored, person, on)


def signers_of(world: World, letter: str) -> set[str]:
    """Those before whom a letter lies."""
    return {row.assignee_id for row in world.all(select(tasks).where(tasks.c.letter_id == letter))}
