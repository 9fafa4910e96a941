"""What is not known, what speaks against it, and what two requests may not do together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from policies.decision import Grade
from tests import circumstances
from tests.stages import FIRST, LAST
from tests.witness import (
    balances,
    form,
    happened,
    last_payload,
    occupied,
    recorded,
    refused,
    state,
)
from tests.world import REQUEST, World
from workflow.errors import InvalidForm, NotAcknowledged, Refused

Standing = Callable[[str], tuple[World, str]]
BINDING, MERE = "Perjanjian Kerja Sama", "Nota Kesepahaman"


def attest(world: World, case: str, fact: str, value: Any, who: str = "verifier") -> None:
    proof = {"document": world.file(who, "sk.pdf"), "says": "Menurut surat keputusan yang dilampirkan."}
    world.fire(case, "attest", who, {"fact": fact, "value": value, **proof})


# --- Not known -------------------------------------------------------------------------------------------------------


def test_a_blank_status_is_unknown_until_a_verifier_attests_it_with_a_document(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.alter(world, "nurse", status=None)
    with refused(world, case, Refused, rules={"participant_is_in_service"}) as refusal:
        world.fire(case, "submit", "nurse")
    (reason,) = [each for each in refusal.problem.reasons if each.grade is Grade.UNKNOWN]
    assert reason.says == "Status kepegawaian belum diketahui."
    assert reason.remedy.startswith("Verifikator mencatat status kepegawaian dengan surat keputusan")
    attest(world, case, "status", "Aktif")
    world.fire(case, "submit", "nurse")
    assert state(world, case) == "supervisor_review"
    (entry,) = recorded(world, case, "attestation")
    assert entry.written_by == world.ids["verifier"]


def test_what_was_attested_last_counts(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.alter(world, "nurse", status=None)
    attest(world, case, "status", "Aktif")
    attest(world, case, "status", "CLTN", "second_verifier")
    with refused(world, case, Refused, rules={"participant_is_in_service"}):
        world.fire(case, "submit", "nurse")


def test_a_sanction_without_dates_counts_until_it_is_attested_that_it_ended(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.sanction(world, "nurse", "sedang")
    with refused(world, case, Refused, rules={"participant_bears_no_heavy_sanction"}):
        world.fire(case, "submit", "nurse")
    ended = {"level": "sedang", "from_on": "2024-05-02", "until_on": "2025-05-01"}
    attest(world, case, "sanctions", [ended])
    world.fire(case, "submit", "nurse")
    assert state(world, case) == "supervisor_review"


def test_an_attestation_holds_for_this_case_alone(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.alter(world, "nurse", status=None)
    attest(world, case, "status", "Aktif")
    other = world.open(form={**REQUEST, "starts_on": "2026-09-07", "ends_on": "2026-09-11"})
    with refused(world, other, Refused, rules={"participant_is_in_service"}):
        world.fire(other, "submit", "nurse")


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("shoe_size", 42, "Keterangan yang dicatat: “shoe_size” tidak dapat dicatat; pilih salah satu dari "),
        ("budget", 5, "Keterangan yang dicatat: “budget” tidak dapat dicatat; pilih salah satu dari "),
        (
            "contract_ends_on",
            "akhir tahun",
            "Isi keterangan, Akhir perjanjian kerja: harus berupa tanggal yang ada, ditulis tahun-bulan-hari, ",
        ),
        ("sanctions", "tidak ada", "Isi keterangan, Hukuman disiplin tercatat: harus berupa daftar."),
    ],
)
def test_only_what_rules_ask_for_is_attested_and_only_in_its_own_kind(
    standing_at: Standing, fact: str, value: object, says: str
) -> None:
    world, case = standing_at("verification")
    proof = {"document": world.file("verifier"), "says": "Menurut surat keputusan."}
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "attest", "verifier", {"fact": fact, "value": value, **proof})
    assert refusal.problem.says.startswith(says)


def test_nothing_is_attested_without_a_document_of_ones_own(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    given = {"fact": "status", "value": "Aktif", "says": "Menurut surat keputusan."}
    for document in ("", "tidak-ada", world.file("second_verifier")):
        with refused(world, case, InvalidForm):
            world.fire(case, "attest", "verifier", {**given, "document": document})


# --- Warned of -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("predicate", [None, "Kurang", "Butuh Perbaikan"])
def test_a_weak_or_blank_predicate_is_acknowledged_not_refused(standing_at: Standing, predicate: str | None) -> None:
    world, case = standing_at("drafted")
    circumstances.judged(world, "nurse", predicate)
    with refused(world, case, NotAcknowledged) as refusal:
        world.fire(case, "submit", "nurse", acknowledge=())
    assert refusal.problem.more == {"acknowledge": ["internship.performance_is_good"]}
    world.fire(case, "submit", "nurse", acknowledge=("internship.performance_is_good",))
    assert last_payload(world, case)["acknowledged"] == ["internship.performance_is_good"]


def test_to_acknowledge_another_warning_is_not_to_acknowledge_this_one(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.judged(world, "nurse", None)
    with refused(world, case, NotAcknowledged):
        world.fire(case, "submit", "nurse", acknowledge=("internship.period_is_allowed",))


def test_a_refusal_is_not_overcome_by_acknowledging_it(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.alter(world, "nurse", status="CLTN")
    with refused(world, case, Refused):
        world.fire(case, "submit", "nurse", acknowledge=("internship.participant_is_in_service",))


def test_every_reason_is_told_together(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    circumstances.alter(world, "nurse", status="CLTN")
    circumstances.sanction(world, "nurse", "berat")
    with refused(world, case, Refused) as refusal:
        world.fire(case, "submit", "nurse", {"host": "unit:RSUD", "plan_item": ""})
    assert refusal.rules == {
        "participant_is_in_service",
        "participant_bears_no_heavy_sanction",
        "host_is_another_institution",
        "plan_or_reason_is_named",
    }


# --- The agreement with the host -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ([(BINDING, FIRST, date(2026, 4, 16))], "berlaku sampai 16 April 2026."),
        ([(MERE, date(2025, 1, 1), date(2027, 1, 1))], "Yang ada hanya Nota Kesepahaman Nomor"),
    ],
    ids=["ends-earlier", "only-a-memorandum"],
)
def test_an_agreement_that_falls_short_is_a_warning_that_the_verifier_acknowledges(
    standing_at: Standing, kept: list[tuple[str, date, date]], says: str
) -> None:
    world, case = standing_at("verification")
    circumstances.agreed(world, *kept)
    paid = {"budget_line": world.budget_line}
    with refused(world, case, NotAcknowledged, rules={"agreement_covers_the_period"}) as refusal:
        world.fire(case, "verify", "verifier", paid, acknowledge=())
    assert says in refusal.says[0]
    world.fire(case, "verify", "verifier", paid)
    assert state(world, case) == "awaiting_signature"


def test_without_any_agreement_an_exemption_is_recorded_with_its_reason(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    circumstances.agreed(world)
    paid = {"budget_line": world.budget_line}
    with refused(world, case, Refused, rules={"agreement_covers_the_period"}):
        world.fire(case, "verify", "verifier", paid)
    world.fire(case, "verify", "verifier", {**paid, "exemption": "Rumah sakit rujukan nasional"})
    payload = last_payload(world, case)
    assert payload["given"]["exemption"] == "Rumah sakit rujukan nasional"
    (decided,) = [
        each for each in payload["decisions"] if each["rule"] == "internship_host.agreement_covers_the_period"
    ]
    assert decided["reasons"][0]["says"].endswith("dikecualikan dengan alasan: Rumah sakit rujukan nasional.")


def test_an_agreement_that_the_import_does_not_know_is_attested(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    circumstances.agreed(world)
    found = {"kind": BINDING, "number": "12/2026", "from_on": "2026-01-01", "until_on": "2026-12-31"}
    attest(world, case, "agreements", [found])
    world.fire(case, "verify", "verifier", {"budget_line": world.budget_line})
    assert state(world, case) == "awaiting_signature"


def test_what_changed_after_the_request_is_seen_at_verification(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    circumstances.sanction(world, "nurse", "berat", date(2026, 3, 1), date(2027, 2, 28))
    with refused(world, case, Refused, rules={"participant_bears_no_heavy_sanction"}):
        world.fire(case, "verify", "verifier", {"budget_line": world.budget_line})


# --- Two requests ----------------------------------------------------------------------------------------------------


def test_nobody_asks_for_the_same_days_twice_until_the_first_is_given_up(standing_at: Standing) -> None:
    world, case = standing_at("supervisor_review")
    second = world.open(form={**REQUEST, "starts_on": "2026-04-17", "ends_on": "2026-04-30"})
    with refused(world, second, Refused, rules={"participant_is_free"}) as refusal:
        world.fire(second, "submit", "nurse")
    assert refusal.says == [
        "Bertumpang tindih dengan magang antarinstansi tanggal 6 April 2026 sampai dengan 17 April 2026."
    ]
    world.fire(case, "withdraw", "nurse")
    world.fire(second, "submit", "nurse")
    assert occupied(world, second) == ("held", LAST, date(2026, 4, 30))


def test_two_requests_that_together_leave_too_few_of_a_post_are_not_both_forwarded(standing_at: Standing) -> None:
    """Of four nurses two may be away at once; a request that nobody consented to does not count as absence."""
    world, _ = standing_at("agency_review")
    cases = {who: world.submitted(who) for who in ("second_nurse", "third_nurse")}
    for case in cases.values():
        world.fire(case, "endorse", "nursing_head")
    for case in cases.values():
        world.fire(case, "forward", "hospital_head")
    first = cases["second_nurse"]
    late = world.submitted("fourth_nurse")
    world.fire(late, "endorse", "nursing_head")
    with refused(world, late, Refused, rules={"enough_people_stay"}) as refusal:
        world.fire(late, "forward", "hospital_head")
    (says,) = refusal.says
    assert says.startswith(
        "Dari 4 pegawai dengan jabatan Perawat Ahli Pertama pada atasan yang sama, 1 tetap bertugas;"
    )
    world.fire(first, "return", "verifier", {"to_mend": "Geser ke bulan Mei."})
    world.fire(late, "forward", "hospital_head")
    assert state(world, late) == "verification"


def test_two_requests_that_together_exceed_the_budget_are_not_both_signed(office: World) -> None:
    """Both were verified while the money was there; it is asked for again when the host is asked."""
    cases = []
    for who in ("nurse", "second_nurse"):
        case = office.submitted(who, estimate=6_000_000)
        office.fire(case, "endorse", "nursing_head")
        office.fire(case, "forward", "hospital_head")
        office.fire(case, "verify", "verifier", {"budget_line": office.budget_line})
        cases.append(case)
    first, second = cases
    office.fire(first, "request_host", "secretary")
    with refused(office, second, Refused, rules={"budget_has_room"}):
        office.fire(second, "request_host", "secretary")
    assert balances(office) == {"available": 4_000_000, "reserved": 6_000_000}
    office.fire(first, "withdraw", "nurse")
    office.fire(second, "request_host", "secretary")
    assert balances(office) == {"available": 4_000_000, "reserved": 6_000_000}


def test_the_line_of_another_year_pays_for_nothing(standing_at: Standing) -> None:
    world, _ = standing_at("office")
    case = world.submitted(starts_on="2027-02-01", ends_on="2027-02-05")
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "forward", "hospital_head")
    with refused(world, case, Refused, rules={"budget_has_room"}) as refusal:
        world.fire(case, "verify", "verifier", {"budget_line": world.budget_line})
    assert refusal.says[0].startswith("Fasilitasi magang – Belanja perjalanan dinas (2026) adalah anggaran tahun 2026")
    assert form(world, case).get("budget_line") is None
    assert happened(world, case)[-1] == "forward"
