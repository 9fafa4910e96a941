"""An internship from its first day to its end, or to an end that nobody planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from policies.parameters import Policies
from tests.stages import AFTER, DAY, FIRST, LAST, REPORT, SCORES
from tests.witness import (
    balances,
    body,
    credited,
    frame,
    happened,
    hears,
    last_payload,
    letters_of,
    occupied,
    recorded,
    refused,
    state,
    waiting,
)
from tests.world import World
from workflow.engine.engine import Engine
from workflow.errors import Refused
from workflow.office import Office

Standing = Callable[[str], tuple[World, str]]
BECAUSE = {"reason": "Tenaga dibutuhkan di unit asal."}
FREE = {**BECAUSE, "without_cost": True}


def log(world: World, case: str, *days: date) -> None:
    for day in days:
        world.fire(case, "log_day", "nurse", {**DAY, "worked_on": f"{day}"})


def paper(world: World) -> dict[str, object]:
    """The certificate of the host, as it hands it in."""
    own = {"certificate_number": "445/17/RSPROV/2026", "certificate_on": "2026-04-17"}
    return {**SCORES, **own, "certificate_file": world.file("contact")}


# --- Started ---------------------------------------------------------------------------------------------------------


def test_the_system_starts_it_on_the_first_working_day_from_the_start_date(office: World) -> None:
    """It is to begin on Sunday, 12 April."""
    case = office.road("introduce", starts_on="2026-04-12", ends_on="2026-04-24")
    office.go_to(date(2026, 4, 12))
    assert office.sweep().fired == 0
    office.go_to(date(2026, 4, 13))
    assert office.sweep().fired == 1
    assert state(office, case) == "ongoing"
    assert last_payload(office, case)["actor"] == {"id": None, "name": "Sistem"}


def test_the_participant_may_start_on_the_sunday_itself(office: World) -> None:
    case = office.road("introduce", starts_on="2026-04-12", ends_on="2026-04-24")
    office.go_to(date(2026, 4, 12))
    office.fire(case, "start", "nurse")
    assert state(office, case) == "ongoing"


def test_while_the_introduction_is_missing_the_system_tries_again_each_working_day(standing_at: Standing) -> None:
    world, case = standing_at("assigned")
    for day in (date(2026, 4, 6), date(2026, 4, 7), date(2026, 4, 11), date(2026, 4, 12), date(2026, 4, 13)):
        world.go_to(day)
        held_up = world.sweep().held_up
        assert bool(held_up) is (day.weekday() != 6), day
        assert all(note.endswith("Surat pengantar belum ditandatangani.") for note in held_up)
        assert world.sweep().held_up == []
    world.fire(case, "introduce", "agency_chief")
    world.go_to(date(2026, 4, 14))
    assert world.sweep().fired == 1
    assert state(world, case) == "ongoing"


def test_when_the_period_has_passed_unstarted_the_verifier_is_asked_to_cancel(standing_at: Standing) -> None:
    world, case = standing_at("assigned")
    world.go_to(LAST)
    world.sweep()
    assert "verifier" not in waiting(world, case)
    hear = hears(world, case)
    world.go_to(date(2026, 4, 18))
    world.sweep()
    assert waiting(world, case)["verifier"] == "cancel"
    assert {"verifier", "second_verifier"} <= hear.who
    world.go_to(AFTER)
    assert world.sweep().held_up == []
    world.fire(case, "introduce", "agency_chief")
    with refused(world, case, Refused, rules={"the_period_has_come"}):
        world.fire(case, "start", "nurse")
    world.fire(case, "cancel", "verifier", {"reason": "Jangka waktunya sudah lewat."})
    assert state(world, case) == "cancelled"


# --- On site ---------------------------------------------------------------------------------------------------------


def test_a_night_shift_on_a_sunday_is_logged_like_any_other_day(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 12))
    world.fire(case, "log_day", "nurse", {"worked_on": "2026-04-12", "hours": 12, "activity": "Dinas malam"})
    (entry,) = recorded(world, case, "logbook")
    assert entry.on_date == date(2026, 4, 12)


def test_a_day_is_corrected_until_it_is_confirmed_and_what_stood_before_stays_readable(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    log(world, case, FIRST)
    world.fire(case, "log_day", "nurse", {**DAY, "worked_on": f"{FIRST}", "activity": "Dinas sore"})
    assert [(row.number, row.status) for row in recorded(world, case, "logbook")] == [(1, "corrected"), (2, "written")]
    world.fire(case, "confirm_days", "contact", {"numbers": [2]})
    with refused(world, case, Refused, rules={"the_day_can_be_logged"}):
        log(world, case, FIRST)
    with refused(world, case, Refused, rules={"days_are_chosen", "chosen_numbers_are_open"}):
        world.fire(case, "confirm_days", "contact", {"numbers": [1, 2]})


def test_the_host_confirms_a_week_at_once(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 14))
    log(world, case, *(FIRST + timedelta(days=n) for n in range(9)))
    world.fire(case, "confirm_days", "contact", {"from_on": "2026-04-06", "until_on": "2026-04-12"})
    assert [row.status for row in recorded(world, case, "logbook")] == ["confirmed"] * 7 + ["written"] * 2
    assert last_payload(world, case)["marked"]["numbers"] == [1, 2, 3, 4, 5, 6, 7]


def test_the_host_finishes_on_the_last_day_itself(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(LAST)
    assert world.sweep().fired == 0
    world.fire(case, "finish", "contact")
    assert state(world, case) == "reporting"


def test_the_system_finishes_when_the_last_day_is_over(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 18))
    assert world.sweep().fired == 1
    assert state(world, case) == "reporting"


# --- Ended early, recalled -------------------------------------------------------------------------------------------


def test_ended_early_it_goes_on_to_its_report_and_frees_the_days_that_are_left(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 9))
    hear = hears(world, case)
    end = {"cause": "illness", "reason": "Peserta dirawat.", "last_day": "2026-04-08"}
    world.fire(case, "end_early", "hospital_head", end)
    assert state(world, case) == "reporting"
    assert hear.who == {"nurse", "contact"}
    assert occupied(world, case) == ("absent", FIRST, date(2026, 4, 8))
    log(world, case, date(2026, 4, 8))
    with refused(world, case, Refused, rules={"the_day_can_be_logged"}):
        log(world, case, date(2026, 4, 9))


def test_a_period_without_a_working_day_is_measured_by_its_days(office: World) -> None:
    world = office
    sunday = date(2026, 4, 12)
    case = world.road("introduce", starts_on=sunday.isoformat(), ends_on=sunday.isoformat())
    world.go_to(sunday)
    for trigger, who in (("start", "nurse"), ("finish", "contact")):
        world.fire(case, trigger, who)
    world.fire(case, "report", "nurse", REPORT)
    world.fire(case, "assess", "contact", paper(world))
    with refused(world, case, Refused, rules={"attendance_is_enough"}) as refusal:
        world.fire(case, "complete", "verifier", {"without_cost": True})
    assert refusal.says == ["Hadir 0 dari 1 hari yang direncanakan (0 persen); paling sedikit 80 persen."]


def test_ended_early_it_counts_only_if_enough_of_the_agreed_days_were_attended(standing_at: Standing) -> None:
    """Eight days of eleven are 72 percent; the certificate of one that suffices names the day on which it ended."""
    world, case = standing_at("ongoing")
    world.go_to(date(2026, 4, 15))
    log(world, case, *(FIRST + timedelta(days=n) for n in range(9) if n != 6))
    world.fire(case, "confirm_days", "contact", {"until_on": "2026-04-15"})
    end = {"cause": "illness", "reason": "Sakit.", "last_day": "2026-04-15"}
    world.fire(case, "end_early", "hospital_head", end)
    world.fire(case, "report", "nurse", REPORT)
    log(world, case, date(2026, 4, 15))
    world.fire(case, "assess", "contact", paper(world))
    with refused(world, case, Refused, rules={"attendance_is_enough"}) as refusal:
        world.fire(case, "complete", "verifier", {"without_cost": True})
    assert refusal.says == ["Hadir 8 dari 11 hari yang direncanakan (72 persen); paling sedikit 80 persen."]
    world.fire(case, "return", "verifier", {"to_mend": "Mintalah konfirmasi hari terakhir."})
    world.fire(case, "confirm_days", "contact", {"from_on": "2026-04-15"})
    world.fire(case, "report", "nurse", REPORT)
    world.fire(case, "assess", "contact", paper(world))
    world.fire(case, "complete", "verifier", {"without_cost": True})
    (certificate,) = letters_of(world, case, "internship_credit_certificate")
    assert (body(certificate)["ends_on"], body(certificate)["ended_on"]) == ("2026-04-17", "2026-04-15")
    assert body(certificate)["attended_days"] == 9


def test_recalled_it_is_spent_released_and_the_host_gets_a_letter(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    hear = hears(world, case)
    cost = {"cost": 1_250_000, "proofs": [world.file("hospital_head")]}
    world.fire(case, "recall", "hospital_head", {**BECAUSE, **cost})
    assert state(world, case) == "recalled"
    assert balances(world) == {"available": 8_750_000, "spent": 1_250_000}
    assert credited(world, "nurse") == []
    assert occupied(world, case) is None
    assert {"contact", "nurse"} <= hear.who
    (letter,) = letters_of(world, case, "internship_recall")
    assert letter.number == "800.1.4.1/003/RSUD/2026"
    assert frame(letter)["addressee"] == ["Pimpinan Rumah Sakit Provinsi Contoh"]
    assert body(letter)["reason"] == BECAUSE["reason"]
    assert body(letter)["earlier"][0]["kind"] == "surat pengantar"


def test_recalled_without_cost_everything_is_released(standing_at: Standing) -> None:
    world, case = standing_at("ongoing")
    world.fire(case, "recall", "hospital_head", FREE)
    assert balances(world) == {"available": 10_000_000}


def test_an_agency_may_credit_hours_to_those_it_recalls(standing_at: Standing, tmp_path: Path) -> None:
    (tmp_path / "internship.toml").write_text(
        """
        [credit_when_recalled]
        says = "JP yang diakui bila peserta ditarik sebelum magang selesai"
        unit = "JP"
        since = [{ from = 2020-01-01, value = 5, by = "Praktik daerah" }]
        """,
        encoding="utf-8",
    )
    world, case = standing_at("ongoing")
    old = world.engine.office
    office = Office(old.profile, Policies.load(tmp_path), old.calendar, old.regulations)
    world.engine = Engine(world.engine.registry, office)
    world.fire(case, "recall", "hospital_head", FREE)
    assert credited(world, "nurse") == [(5, "C11")]


# --- Reported, assessed, or not --------------------------------------------------------------------------------------


def test_a_report_that_comes_back_goes_straight_to_final_verification_while_the_days_are_unchanged(
    standing_at: Standing,
) -> None:
    world, case = standing_at("final_verification")
    world.fire(case, "return", "verifier", {"to_mend": "Lampirkan berkas laporannya."})
    assert waiting(world, case) == {"nurse": "log_day report"}
    world.fire(case, "report", "nurse", {**REPORT, "report_file": world.file("nurse")})
    assert state(world, case) == "final_verification"
    assert len(recorded(world, case, "report")) == 2


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_report_goes_to_the_host_again_once_a_day_was_logged_or_confirmed_since(
    standing_at: Standing, confirmed: bool
) -> None:
    world, case = standing_at("final_verification")
    world.fire(case, "return", "verifier", {"to_mend": "Hari Sabtu belum dicatat."})
    log(world, case, date(2026, 4, 11))
    if confirmed:
        world.fire(case, "confirm_days", "contact", {"numbers": [11]})
    world.fire(case, "report", "nurse", REPORT)
    assert state(world, case) == "host_assessment"


def test_a_participant_who_does_not_report_is_reminded_and_then_the_verifier_is_told(standing_at: Standing) -> None:
    """Five working days; the report is never made for the participant."""
    world, case = standing_at("reporting")
    hear = hears(world, case)
    world.go_to(date(2026, 4, 21))
    world.sweep()
    assert hear.who == {"nurse"}
    world.go_to(date(2026, 4, 24))
    world.sweep()
    assert {"nurse", "verifier", "second_verifier"} == hear.who
    assert waiting(world, case)["verifier"] == "close_unmet attest"


def test_a_host_that_does_not_assess_is_done_without_after_its_deadline(standing_at: Standing) -> None:
    """Ten working days; the days that it did not confirm are proven with a document."""
    world, case = standing_at("host_assessment")
    log(world, case, date(2026, 4, 11))
    world.go_to(date(2026, 4, 29))
    with refused(world, case, Refused, rules={"the_host_is_late"}):
        world.fire(case, "waive_assessment", "verifier", {"reason": "Rumah sakit tidak menjawab."})
    world.go_to(date(2026, 4, 30))
    world.sweep()
    assert "waive_assessment" in waiting(world, case)["verifier"]
    world.fire(
        case,
        "waive_assessment",
        "verifier",
        {"reason": "Rumah sakit tidak menjawab.", "numbers": [11], "document": world.file("verifier", "absen.pdf")},
    )
    assert [row.status for row in recorded(world, case, "logbook")] == ["confirmed"] * 10 + ["attested"]
    world.fire(case, "complete", "verifier", {"without_cost": True})
    (certificate,) = letters_of(world, case, "internship_credit_certificate")
    assert body(certificate)["waived_reason"] == "Rumah sakit tidak menjawab."
    assert (body(certificate)["host_certificate"], body(certificate)["score"]) == (None, None)
    assert body(certificate)["attended_days"] == 11
    assert credited(world, "nurse") == [(20, "C11")]


# --- Not met ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["reporting", "host_assessment", "final_verification"])
def test_what_was_not_met_is_closed_with_a_reason_without_credit(standing_at: Standing, stage: str) -> None:
    world, case = standing_at(stage)
    hear = hears(world, case)
    cost = {"cost": 2_000_000, "proofs": [world.file("verifier")]}
    world.fire(case, "close_unmet", "verifier", {"reason": "Peserta tidak hadir.", **cost})
    assert state(world, case) == "unmet"
    assert credited(world, "nurse") == []
    assert letters_of(world, case, "internship_credit_certificate") == []
    assert balances(world) == {"available": 8_000_000, "spent": 2_000_000}
    assert (occupied(world, case), waiting(world, case)) == (None, {})
    assert hear.who == {"nurse", "nursing_head"}


def test_after_the_deadline_it_is_closed_without_a_reason(standing_at: Standing) -> None:
    world, case = standing_at("reporting")
    world.go_to(date(2026, 4, 23))
    with refused(world, case, Refused, rules={"late_or_with_a_reason"}):
        world.fire(case, "close_unmet", "verifier", {"without_cost": True})
    world.go_to(date(2026, 4, 24))
    world.fire(case, "close_unmet", "verifier", {"without_cost": True})
    assert state(world, case) == "unmet"
    assert balances(world) == {"available": 10_000_000}


def test_what_it_cost_above_the_commitment_comes_from_what_is_free(standing_at: Standing) -> None:
    world, case = standing_at("final_verification")
    with refused(world, case, Refused, rules={"cost_is_accounted_for"}):
        world.fire(case, "complete", "verifier", {"cost": 10_000_001, "proofs": [world.file("verifier")]})
    world.fire(case, "complete", "verifier", {"cost": 4_600_000, "proofs": [world.file("verifier")]})
    assert balances(world) == {"available": 5_400_000, "spent": 4_600_000}
    assert happened(world, case)[-1] == "complete"
