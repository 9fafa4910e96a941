"""How fairly awards are given: shares by unit, sex, rank and kind; members' scores; the same few; and what of it is for all."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from tests.awards import award_round, handed_over, nomination, revocation, score, set_record
from tests.world import MONDAY, World
from workflow.awards.fairness import Fairness, FairnessLine, fairness
from workflow.tables import people

CLERKS = tuple(f"clerk_{number}" for number in range(1, 11))


def figures(world: World, year: int = 2026, *, open_to_all: bool = False) -> Fairness:
    on = world.engine.office.day(world.at)
    return world.database.read(fairness, world.engine.office, year, on, open_to_all=open_to_all)


def line(found: Fairness, table: str, title: str) -> FairnessLine:
    lines = next(each.lines for each in found.tables if each.code == table)
    return next(each for each in lines if each.title == title)


def counts(each: FairnessLine) -> tuple[int | None, ...]:
    return each.staff, each.nominated, each.scored, each.awarded


HOSPITAL = "Rumah Sakit Umum Daerah Kemuning"


def test_people_are_counted_by_unit_sex_rank_and_kind(world: World) -> None:
    world.database.write(lambda conn: conn.execute(update(people).where(people.c.kind == "staff").values(sex="P")))
    set_record(world, "nurse", sex="L", grade="II/a")
    nomination(world, "nurse", "regional", "scoring", told=[("score", "treasurer", score(80, 80))])
    nomination(world, "second_nurse", "regional", "awarded", told=[("hand_over", "verifier", handed_over())])
    nomination(world, "stranger", "satyalancana_10", "verification")
    nomination(world, "stranger", "regional", "drafted", nominated_on=None)
    found = figures(world)
    assert counts(found.total) == (24, 3, 1, 1)
    assert counts(line(found, "unit", HOSPITAL)) == (16, 2, 1, 1)
    assert counts(line(found, "unit", "Dinas Kesehatan")) == (2, 1, 0, 0)
    assert counts(line(found, "sex", "Laki-laki")) == (1, 1, 1, 0)
    assert counts(line(found, "sex", "Perempuan")) == (23, 2, 0, 1)
    assert counts(line(found, "rank", "PNS golongan II")) == (1, 1, 1, 0)
    assert counts(line(found, "kind", "Penghargaan Pegawai Berprestasi")) == (24, 2, 1, 1)
    assert (line(found, "unit", HOSPITAL).nominated_share, line(found, "unit", HOSPITAL).awarded_share) == (13, 50)


def test_a_person_nominated_for_two_kinds_is_one_person(one_world: World) -> None:
    nomination(one_world, "nurse", "regional", "verification")
    nomination(one_world, "nurse", "self_development", "verification")
    assert figures(one_world).total.nominated == 1


def test_only_nominations_of_the_year_count(one_world: World) -> None:
    nomination(one_world, "nurse", "regional", "rejected", nominated_on=date(2025, 12, 31))
    assert (figures(one_world).total.nominated, figures(one_world, 2025).total.nominated) == (0, 1)


def test_an_award_that_was_revoked_is_none(world: World) -> None:
    case = nomination(world, "nurse", "regional", "awarded", told=[("hand_over", "verifier", handed_over())])
    assert figures(world).total.awarded == 1
    revocation(world, case, "refused")
    assert figures(world).total.awarded == 1
    revocation(world, case)
    assert figures(world).total.awarded == 0


# --- The same few ----------------------------------------------------------------------------------------------------


def test_the_same_few_are_named_to_who_keeps_awards(world: World) -> None:
    for kind, on in (("regional", date(2024, 5, 6)), ("self_development", date(2025, 5, 6))):
        nomination(world, "nurse", kind, "awarded", nominated_on=on, told=[("decree", "regent", {})])
    nomination(world, "second_nurse", "regional", "awarded", told=[("decree", "regent", {})])
    nomination(
        world, "second_nurse", "regional", "awarded", nominated_on=date(2019, 5, 6), told=[("decree", "regent", {})]
    )
    found = figures(world)
    (again,) = found.repeated
    assert (again.name, len(again.awards), found.repeated_people) == ("Nurse", 2, 1)
    assert again.awards[0] == "Penghargaan Pegawai Berprestasi, 6 Mei 2024"


# --- Members ---------------------------------------------------------------------------------------------------------


def scored_round(world: World, state: str) -> str:
    found = award_round(world, state=state)
    for who, one, other in (("nurse", (90, 90), (80, 80)), ("second_nurse", (70, 70), (80, 80))):
        told = [("score", "treasurer", score(*one)), ("score", "administrator", score(*other))]
        nomination(world, who, "regional", "awarded", of_round=found, told=told)
    return found


def test_each_member_s_scores_are_held_against_the_panel_s_mean(world: World) -> None:
    scored_round(world, "finished")
    first, second = figures(world).members
    assert {first.name, second.name} == {"Treasurer", "Administrator"}
    assert (first.nominees, first.above, first.apart) == (2, 0, 500)
    assert (second.nominees, second.above, second.apart) == (2, 0, 500)


@pytest.mark.parametrize("state", ["comparing", "cancelled"])
def test_scores_of_a_round_that_is_not_concluded_stay_sealed(world: World, state: str) -> None:
    scored_round(world, state)
    assert figures(world).members == ()


def test_who_declared_a_conflict_is_not_held_against_the_others(one_world: World) -> None:
    found = award_round(one_world, state="finished")
    told = [
        ("score", "treasurer", score(100, 100)),
        ("score", "administrator", score(80, 80)),
        ("conflict", "treasurer", {"conflict": "Saudara kandung calon"}),
    ]
    nomination(one_world, "nurse", "regional", "awarded", of_round=found, told=told)
    (only,) = figures(one_world).members
    assert (only.name, only.apart) == ("Administrator", 0)


# --- For all ---------------------------------------------------------------------------------------------------------


def test_in_the_open_nothing_is_told_about_fewer_people_than_the_parameter_allows(world: World) -> None:
    for who in (*CLERKS, "stranger"):
        nomination(world, who, "regional", "verification")
    full, shown = figures(world), figures(world, open_to_all=True)
    assert counts(line(full, "unit", "Dinas Kesehatan"))[:2] == (2, 1)
    hidden = line(shown, "unit", "Dinas Kesehatan")
    assert (hidden.staff, hidden.nominated, hidden.nominated_share) == (None, None, None)
    assert line(shown, "unit", HOSPITAL).nominated is None, "the total would tell the other"
    assert (shown.total.staff, shown.total.nominated) == (24, 11)
    assert line(shown, "kind", "Penghargaan Pegawai Berprestasi").nominated == 11


def test_in_the_open_nobody_is_named(world: World) -> None:
    scored_round(world, "finished")
    for on in (date(2025, 5, 6), MONDAY.date()):
        nomination(world, "nurse", "regional", "awarded", nominated_on=on, told=[("decree", "regent", {})])
    shown = figures(world, open_to_all=True)
    assert (shown.members, shown.repeated, shown.repeated_people) == ((), (), None)
    assert figures(world).repeated_people == 1
