"""The award for active self-development: JP from the book of hours and mentoring given, through to the piagam."""

from __future__ import annotations

from datetime import date, timedelta

from tests.award_rounds import (
    CHAIR,
    CRITERIA,
    PANEL,
    VERIFIER,
    all_signed,
    clearance,
    found,
    handing,
    letter,
    nomination,
    open_round,
    opened,
    scored,
)
from tests.hours import book
from tests.mentoring import MENTOR, OTHER_MENTOR, met, running
from tests.witness import credited, name_of, refused, state
from tests.world import World
from workflow.errors import Refused
from workflow.telling.explain import explain

KIND, CLOSES_ON = "self_development", date(2026, 5, 29)
#: JP from courses: with two meetings as a mentee, at 2 JP each, they make the forty that the award asks for.
COURSES = 36


def _round_of(world: World) -> str:
    one = [{"kind": KIND, "number": 1}]
    named = {"title": "Pengembangan Diri 2026", "kinds": [KIND], "quota": [], "receivers": one, "criteria": CRITERIA}
    no_money = {"amount": 0, "ceiling": 0, "budget_line": ""}
    return open_round(world, closes_on=CLOSES_ON.isoformat(), **named, **no_money)


def _courses(world: World, case: str) -> None:
    """Put straight on the books, after the last meeting: a meeting counts all hours of a person anew from their evidence."""
    world.database.write(book, world.ids[MENTOR], case, COURSES, world.at, activity="B1")


def test_whoever_learned_and_guided_others_earns_the_award_by_what_is_on_the_books(awards: World) -> None:
    gives, takes = running(awards), running(awards, mentor=OTHER_MENTOR, mentee=MENTOR)
    met(awards, takes, date(2026, 3, 11), mentor=OTHER_MENTOR, mentee=MENTOR)
    met(awards, gives, date(2026, 3, 12), date(2026, 3, 17), date(2026, 3, 24))
    of_round, case = _round_of(awards), opened(awards, MENTOR)
    _courses(awards, case)
    asked = nomination(awards, MENTOR, KIND, of_round, development=[awards.file(MENTOR)])
    with refused(awards, case, Refused, rules={"hours_are_reached"}) as refusal:
        awards.fire(case, "propose", MENTOR, asked)
    told = " ".join(refusal.says)
    assert "JP yang dihitung: 38 pada tahun 2026; sekurang-kurangnya 40 JP." in told
    assert "Pertemuan mentoring yang diberikan: 3; sekurang-kurangnya 4." in told
    met(awards, gives, date(2026, 3, 31))
    met(awards, takes, date(2026, 4, 1), mentor=OTHER_MENTOR, mentee=MENTOR)
    _courses(awards, of_round)
    assert sum(hours for hours, _ in credited(awards, MENTOR)) == 40
    awards.fire(case, "propose", MENTOR, asked)
    _from_the_unit_to_the_piagam(awards, case)
    told = awards.database.read(explain, awards.engine.office, awards.engine.registry, case)
    assert "JP yang dihitung: 40 pada tahun 2026; sekurang-kurangnya 40 JP." in told
    assert "Pertemuan mentoring yang diberikan: 4; sekurang-kurangnya 4." in told
    assert found(awards) == []


def _from_the_unit_to_the_piagam(world: World, case: str) -> None:
    world.fire(case, "nominate", "hospital_head")
    world.fire(case, "clear", "auditor", clearance(world))
    world.fire(case, "verify", VERIFIER)
    assert state(world, case) == "scoring"
    world.go_to(CLOSES_ON + timedelta(days=1))
    world.sweep()
    scored(world, case, 90, 80, PANEL)
    world.fire(case, "recommend", CHAIR)
    assert state(world, case) == "decision", "no money, so no budget is asked"
    all_signed(world, case)
    world.fire(case, "decree", "regent")
    all_signed(world, case)
    world.fire(case, "extract", "agency_chief")
    all_signed(world, case)
    world.fire(case, "hand_over", VERIFIER, handing(world))
    assert state(world, case) == "awarded"
    assert name_of(world, letter(world, case, "award_certificate").signed_by) == "regent"


def test_one_whose_hours_are_of_years_ago_is_refused_with_both_reasons(awards: World) -> None:
    of_round = _round_of(awards)
    case = opened(awards, "nurse")
    awards.database.write(book, awards.ids["nurse"], case, 60, awards.at, activity="B1", year=2024)
    asked = nomination(awards, "nurse", KIND, of_round, development=[awards.file("nurse")])
    with refused(awards, case, Refused, rules={"hours_are_reached"}) as refusal:
        awards.fire(case, "propose", "nurse", asked)
    assert "JP yang dihitung: 0 pada tahun 2026" in refusal.says[0]
    assert any("diberikan: 0" in each for each in refusal.says)
    assert state(awards, case) == "drafted"


def test_the_proof_of_development_is_handed_in_with_the_nomination(awards: World) -> None:
    of_round = _round_of(awards)
    case = opened(awards, "nurse")
    awards.database.write(book, awards.ids["nurse"], case, 60, awards.at, activity="B1")
    with refused(awards, case, Refused, rules={"hours_are_reached", "files_are_complete"}) as refusal:
        awards.fire(case, "propose", "nurse", nomination(awards, "nurse", KIND, of_round))
    assert any("engembangan diri" in each for each in refusal.says)
