"""The letters of mentoring, as each is issued in the course of a case and signed by whoever signs it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from tests.cohorts import Together
from tests.letters_on_their_way import act, initialled_by, waits
from tests.letters_on_their_way import row as letter_row
from tests.mentoring import (
    ELSEWHERE,
    EVALUATION,
    LAST_DAY,
    MENTOR,
    OTHER_MENTOR,
    agreed,
    logged,
    met,
    running,
)
from tests.witness import body, broken, frame, letters_of, name_of
from tests.world import World
from workflow.ids import new_id
from workflow.letters.acts import Sign
from workflow.tables import cohort_cases, cohorts

MARCH = (date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 24))
APRIL = (date(2026, 4, 7), date(2026, 4, 21))


def issued(world: World, case: str) -> dict[str, Any]:
    """The latest letter of each kind on a case."""
    return {row.kind: row for row in letters_of(world, case)}


def above_the_name(row: Any) -> list[list[str]]:
    """What stands above each signatory's name."""
    return [signature["lines"] for signature in frame(row)["signatures"]]


def test_whoever_assigns_the_mentor_signs_the_order_and_takes_note_of_what_both_agreed_to(office: World) -> None:
    case = running(office)
    letters = issued(office, case)
    assert set(letters) == {"mentoring_assignment", "mentoring_agreement"}
    assert {name_of(office, row.signed_by) for row in letters.values()} == {"hospital_head"}
    (witness,) = frame(letters["mentoring_agreement"])["signatures"]
    assert witness["heading"] == "Mengetahui"
    sides = body(letters["mentoring_agreement"])["agreed"]
    assert [side["role"] for side in sides] == ["Mentor", "Mentee"]
    assert sides[1]["at"] < sides[0]["at"], "the mentee proposed it before the mentor consented"


def test_across_units_the_order_is_signed_on_behalf_of_the_secretary_and_within_one_it_is_not(office: World) -> None:
    across = issued(office, running(office, mentor=ELSEWHERE))["mentoring_assignment"]
    assert above_the_name(across)[0][0] == "a.n. SEKRETARIS DAERAH"
    within = issued(office, running(office, mentee="third_nurse"))["mentoring_assignment"]
    assert above_the_name(within) == [["DIREKTUR RUMAH SAKIT UMUM DAERAH,"]]


def test_another_mentor_is_assigned_by_the_post_that_assigned_the_one_before(office: World) -> None:
    case = running(office)
    old = issued(office, case)["mentoring_assignment"]
    office.fire(
        case, "replace_mentor", "hospital_head", {"new_mentor": office.ids[OTHER_MENTOR], "reason": "Pindah tugas."}
    )
    office.fire(case, "consent", OTHER_MENTOR)
    change = issued(office, case)["mentoring_change"]
    assert waits(office, change.id) == {"hospital_head": "sign"}
    says = body(change)
    assert [each["number"] for each in says["replaces"]] == [old.number]
    assert says["former_mentor"]["name"] != says["mentor_person"]["name"]
    act(office, change.id, Sign(), "hospital_head")
    assert letter_row(office, old.id).state == "void"


def test_where_the_order_was_never_signed_the_replacement_is_assigned_by_one_of_its_own(office: World) -> None:
    initialled_by(office, "RSUD", post="personnel_head")
    case = running(office, mentor=ELSEWHERE)
    unsigned = issued(office, case)["mentoring_assignment"]
    assert waits(office, unsigned.id) == {"hospital_head": "initial"}
    office.fire(case, "replace_mentor", "agency_chief", {"new_mentor": office.ids[MENTOR], "reason": "Pindah tugas."})
    office.fire(case, "consent", MENTOR)
    assert letter_row(office, unsigned.id).state == "void"
    latest = issued(office, case)["mentoring_assignment"]
    assert latest.id != unsigned.id
    assert body(latest)["mentor_person"] != body(unsigned)["mentor_person"]


def test_the_report_is_signed_by_mentor_and_mentee_and_the_certificates_tell_what_counts(office: World) -> None:
    case = running(office)
    met(office, case, *MARCH, *APRIL)
    logged(office, case, APRIL[-1], start="13:00", end="14:00")
    office.go_to(LAST_DAY + timedelta(days=1))
    office.sweep()
    office.fire(case, "evaluate", "nurse", EVALUATION)
    office.fire(case, "evaluate", MENTOR, EVALUATION)
    office.fire(case, "certify", "verifier", acknowledge=("mentoring_conduct.every_meeting_is_answered",))
    letters = issued(office, case)

    report = letters["mentoring_report"]
    assert (len(body(report)["meetings"]), body(report)["open_meetings"]) == (5, 1)
    assert {each["by"]: float(each["mean"]) for each in body(report)["evaluations"]} == {
        "mentee atas mentor": 4.2,
        "mentor atas mentee": 4.2,
    }
    assert waits(office, report.id) == {MENTOR: "sign"}
    act(office, report.id, Sign(), MENTOR)
    assert waits(office, report.id) == {"nurse": "sign"}
    act(office, report.id, Sign(), "nurse")
    assert above_the_name(letter_row(office, report.id)) == [["MENTOR,"], ["MENTEE,"]]
    assert letter_row(office, report.id).number.split("/")[2] == "RSUD"

    meetings = body(letters["mentoring_mentee_certificate"])["counted_meetings"]
    assert [each["hours"] for each in meetings] == [2, 2, 0, 2, 2]
    assert "Pertemuan ketiga pada bulan Maret 2026" in meetings[2]["says"]
    (guide,) = body(letters["mentoring_mentor_certificate"])["guides"]
    assert (guide["meetings"], guide["hours"]) == (5, 0)
    for kind in ("mentoring_mentee_certificate", "mentoring_mentor_certificate"):
        assert waits(office, letters[kind].id) == {"agency_chief": "sign"}
        act(office, letters[kind].id, Sign(), "agency_chief")
    assert broken(office.database) == []


def in_one_class(world: World, *cases: str) -> str:
    """A cohort of cases that were agreed to each alone."""
    cohort = new_id(world.at)
    rows = [
        {"cohort_id": cohort, "case_id": case, "position": number, "joined_at": world.at}
        for number, case in enumerate(cases)
    ]
    values = {
        "id": cohort,
        "process": "mentoring",
        "title": "Kelas mentoring",
        "form": "{}",
        "opened_by": world.ids["verifier"],
        "opened_at": world.at,
    }
    world.database.write(lambda conn: conn.execute(insert(cohorts).values(values)))
    world.database.write(lambda conn: conn.execute(insert(cohort_cases), rows))
    return cohort


def approved_together(world: World, *cases: str) -> None:
    """The head of the hospital assigns the mentors of a class in one act."""
    Together(world, in_one_class(world, *cases)).act("approve", "hospital_head")


def test_several_mentors_of_a_class_are_appointed_by_one_decree(office: World) -> None:
    first, second = agreed(office), agreed(office, mentor="clerk_1", mentee="third_nurse")
    approved_together(office, first, second)
    letters = issued(office, first)
    assert set(letters) == {"mentoring_decree", "mentoring_agreement"}
    assert letters["mentoring_decree"].id == issued(office, second)["mentoring_decree"].id
    assert letters["mentoring_agreement"].id != issued(office, second)["mentoring_agreement"].id
    assert len(body(letters["mentoring_decree"])["pairs"]) == 2

    office.fire(
        first, "replace_mentor", "hospital_head", {"new_mentor": office.ids["clerk_2"], "reason": "Pindah tugas."}
    )
    office.fire(first, "consent", "clerk_2")
    change = issued(office, first)["mentoring_change_apart"]
    act(office, change.id, Sign(), "hospital_head")
    assert letter_row(office, letters["mentoring_decree"].id).state != "void", "it stays in force for the others"


def test_several_mentees_of_one_mentor_share_one_order(office: World) -> None:
    first, second = agreed(office), agreed(office, mentee="third_nurse")
    approved_together(office, first, second)
    shared = issued(office, first)["mentoring_assignment"]
    assert shared.id == issued(office, second)["mentoring_assignment"].id
    assert len(body(shared)["participants"]) == 2
