"""An internship that comes back, is refused or is given up before anybody is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.stages import FIRST, LAST
from tests.witness import (
    balances,
    body,
    due,
    form,
    frame,
    happened,
    hears,
    last_payload,
    letters_of,
    occupied,
    refused,
    state,
    waiting,
)
from tests.world import World
from workflow.errors import NotNow

Standing = Callable[[str], tuple[World, str]]
MEND = {"to_mend": "Perjelas tujuan dan kompetensinya."}
BECAUSE = {"reason": "Ada tugas yang mendesak."}

#: Where a request can be returned from, by whom, and what the superiors before them did.
REVIEWS = [
    ("supervisor_review", "nursing_head"),
    ("agency_review", "hospital_head"),
    ("verification", "verifier"),
]

# --- Returned --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "who"), REVIEWS)
def test_a_returned_request_goes_straight_back_to_the_one_who_returned_it(
    standing_at: Standing, stage: str, who: str
) -> None:
    world, case = standing_at(stage)
    hear = hears(world, case)
    world.fire(case, "return", who, MEND)
    assert state(world, case) == "drafted"
    assert waiting(world, case) == {"nurse": "save submit withdraw"}
    assert hear.who == {"nurse"}
    assert occupied(world, case) is None
    world.fire(case, "submit", "nurse", {"goal": "Menerapkan asuhan keperawatan intensif pada pasien bedah jantung."})
    assert state(world, case) == stage
    assert who in waiting(world, case)


@pytest.mark.parametrize(("stage", "who"), REVIEWS[1:])
@pytest.mark.parametrize(
    "change",
    [
        {"host": "partner:RSUNIV"},
        {"starts_on": "2026-04-07"},
        {"ends_on": "2026-04-18"},
        {"estimate": 4_000_001},
        {"funding": "host"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_returned_request_goes_through_all_superiors_when_host_dates_or_cost_changed(
    standing_at: Standing, stage: str, who: str, change: dict[str, object]
) -> None:
    world, case = standing_at(stage)
    world.fire(case, "return", who, MEND)
    world.fire(case, "submit", "nurse", change)
    assert state(world, case) == "supervisor_review"


def test_what_is_changed_and_changed_back_before_it_is_submitted_is_no_change(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    world.fire(case, "return", "verifier", MEND)
    world.fire(case, "save", "nurse", {"estimate": 9_000_000, "host": ""})
    world.fire(case, "submit", "nurse", {"estimate": 4_000_000, "host": "partner:RSPROV"})
    assert state(world, case) == "verification"


def test_naming_what_was_left_at_its_default_is_no_change(office: World) -> None:
    """A page sends every field each time; a program may leave out what it does not set."""
    case = office.open("nurse")
    asked = dict(office.straight(funding="none", estimate=0)[0][2])
    del asked["funding"], asked["estimate"]
    office.fire(case, "submit", "nurse", asked)
    office.fire(case, "endorse", "nursing_head")
    office.fire(case, "return", "hospital_head", MEND)
    office.fire(case, "submit", "nurse", {"funding": "none", "estimate": 0, "budget_line": ""})
    assert state(office, case) == "agency_review"


def test_the_clock_stands_still_while_a_request_is_returned_and_goes_on_with_the_days_left(
    standing_at: Standing,
) -> None:
    """The verifier has five working days, uses three, and finds two when the request comes back a month later."""
    world, case = standing_at("verification")
    assert due(world, case) == date(2026, 3, 7)
    world.go_to(date(2026, 3, 5))
    world.fire(case, "return", "verifier", MEND)
    world.go_to(date(2026, 3, 30))
    world.fire(case, "submit", "nurse")
    assert due(world, case) == date(2026, 4, 1)


def test_a_request_that_was_returned_late_comes_back_with_one_day_left(standing_at: Standing) -> None:
    world, case = standing_at("supervisor_review")
    world.go_to(date(2026, 3, 6))
    world.fire(case, "return", "nursing_head", MEND)
    world.fire(case, "submit", "nurse")
    assert due(world, case) == date(2026, 3, 7)


def test_a_request_that_goes_through_all_superiors_again_begins_every_clock_anew(standing_at: Standing) -> None:
    world, case = standing_at("verification")
    world.go_to(date(2026, 3, 5))
    world.fire(case, "return", "verifier", MEND)
    world.fire(case, "submit", "nurse", {"estimate": 5_000_000})
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "forward", "hospital_head")
    assert due(world, case) == date(2026, 3, 11)
    assert len(letters_of(world, case, "internship_proposal")) == 2


def test_the_signatory_sends_back_to_the_verifier_who_may_return_it_further(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_signature")
    hear = hears(world, case)
    world.fire(case, "send_back", "secretary", {"to_mend": "Pilih mata anggaran yang lain."})
    assert state(world, case) == "verification"
    assert hear.who == {"verifier", "second_verifier"}
    assert last_payload(world, case)["given"] == {"to_mend": "Pilih mata anggaran yang lain."}
    world.fire(case, "return", "verifier", MEND)
    world.fire(case, "submit", "nurse")
    assert state(world, case) == "verification"


# --- Rejected --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "who", "answer"),
    [
        ("supervisor_review", "nursing_head", BECAUSE),
        ("agency_review", "hospital_head", BECAUSE),
        ("verification", "verifier", {**BECAUSE, "rule": "PerLAN 10/2018"}),
        ("awaiting_signature", "secretary", BECAUSE),
    ],
)
def test_a_rejection_closes_the_case_with_its_reason(
    standing_at: Standing, stage: str, who: str, answer: dict[str, str]
) -> None:
    world, case = standing_at(stage)
    hear = hears(world, case)
    world.fire(case, "reject", who, answer)
    assert state(world, case) == "rejected"
    assert last_payload(world, case)["given"] == answer
    assert waiting(world, case) == {}
    assert occupied(world, case) is None
    (told,) = hear.says("nurse")
    assert told.startswith(
        "Magang antarinstansi: berkas ini sekarang berstatus “Ditolak”. Langkah terakhir: Tolak, oleh "
    )
    assert told.endswith("Alasannya dapat dibaca pada berkas.")


def test_after_a_rejection_the_same_days_can_be_asked_for_again(standing_at: Standing) -> None:
    world, case = standing_at("supervisor_review")
    world.fire(case, "reject", "nursing_head", BECAUSE)
    again = world.submitted()
    assert occupied(world, again) == ("held", FIRST, LAST)


# --- Withdrawn -------------------------------------------------------------------------------------------------------

EARLY = ["drafted", "supervisor_review", "agency_review", "verification", "awaiting_signature"]
ASKED = ["awaiting_host", "host_proposal", "host_unavailable", "accepted"]


@pytest.mark.parametrize("stage", EARLY + ASKED)
def test_a_participant_withdraws_until_the_assignment_and_nothing_stays_held(standing_at: Standing, stage: str) -> None:
    world, case = standing_at(stage)
    hear = hears(world, case)
    why = {"note" if stage == "drafted" else "reason": "Ada keperluan keluarga."}
    world.fire(case, "withdraw", "nurse", why)
    assert state(world, case) == "withdrawn"
    assert balances(world) == {"available": 10_000_000}
    to_cancel = stage in ASKED and stage != "host_unavailable"
    assert occupied(world, case) is None
    assert waiting(world, case) == ({"secretary": "sign internship_cancellation"} if to_cancel else {})
    assert hear.who == ({"contact"} if stage in ASKED else set())


def test_what_a_host_was_asked_is_cancelled_with_a_letter_that_says_why(standing_at: Standing) -> None:
    world, case = standing_at("awaiting_host")
    world.fire(case, "withdraw", "nurse")
    (request,) = letters_of(world, case, "internship_request")
    (cancellation,) = letters_of(world, case, "internship_cancellation")
    assert (request.state, request.cancelled_by) == ("to_render", cancellation.id)
    assert [each["number"] for each in body(cancellation)["cancels"]] == [request.number]
    assert body(cancellation)["reason"] == "yang bersangkutan mengundurkan diri"
    assert frame(cancellation)["addressee"] == ["Pimpinan Rumah Sakit Provinsi Contoh"]
    world.sign(cancellation.id, "secretary")
    (request,) = letters_of(world, case, "internship_request")
    assert request.state == "void"
    assert waiting(world, case) == {}


def test_once_assigned_a_participant_can_no_longer_withdraw(standing_at: Standing) -> None:
    world, case = standing_at("assigned")
    with refused(world, case, NotNow):
        world.fire(case, "withdraw", "nurse")


def test_a_host_that_was_never_asked_does_not_hear_that_a_request_was_withdrawn(standing_at: Standing) -> None:
    """The first host declined; the second was named but its request is not signed yet."""
    world, case = standing_at("host_unavailable")
    world.fire(case, "change_host", "nurse", {"host": "partner:RSUNIV", "section": "Instalasi Gawat Darurat"})
    hear = hears(world, case)
    world.fire(case, "withdraw", "nurse")
    assert hear.who == set()


@pytest.mark.parametrize("stage", ["drafted", "verification"])
def test_a_draft_or_return_that_nobody_touches_is_withdrawn_by_the_system_after_reminders(
    standing_at: Standing, stage: str
) -> None:
    world, case = standing_at(stage)
    if stage == "verification":
        world.fire(case, "return", "verifier", MEND)
    hear = hears(world, case)
    days = _sweep_until_closed(world, case)
    assert state(world, case) == "withdrawn"
    reminder = "Magang antarinstansi: berkas berstatus “Draf” menunggu tindakan Anda, tenggat 14 April 2026."
    assert hear.says("nurse")[:2] == [reminder, reminder]
    assert days[-1] == date(2026, 4, 15)
    assert happened(world, case)[-1] == "withdraw"
    assert last_payload(world, case)["actor"] == {"id": None, "name": "Sistem"}


def test_saving_a_draft_starts_its_time_anew(standing_at: Standing) -> None:
    world, case = standing_at("drafted")
    assert due(world, case) == date(2026, 4, 14)
    world.go_to(date(2026, 3, 30))
    world.fire(case, "save", "nurse", {"section": "Instalasi Bedah"})
    assert due(world, case) == date(2026, 5, 6)
    world.go_to(date(2026, 4, 20))
    assert world.sweep().fired == 0
    assert state(world, case) == "drafted"
    assert form(world, case)["section"] == "Instalasi Bedah"


def _sweep_until_closed(world: World, case: str) -> list[date]:
    """Sweep day by day; answers the days until the case was closed."""
    days = [world.at.date()]
    while state(world, case) == "drafted":
        days.append(days[-1] + timedelta(days=1))
        world.go_to(days[-1])
        world.sweep()
    return days
