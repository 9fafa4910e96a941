"""Who could be nominated, and what is within one's reach: from the record, by the rules of a nomination, in a few statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from policies.decision import Grade
from tests.awards import nomination, set_record
from tests.hours import book
from tests.world import MONDAY, World
from workflow.awards.candidates import CandidateLine, KindCandidates, candidates
from workflow.awards.reach import KindReach, reach
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.tables import people, performances, sanctions

ON = MONDAY.date()
#: Ten years ago in March: enough from the first day of the month on.
TEN_YEARS = date(2016, 3, 20)


def listed(world: World, kind: str, unit: str = "") -> KindCandidates:
    (found,) = world.database.read(candidates, world.engine.office, ON, kind=kind, unit=unit).kinds
    return found


def line_of(world: World, who: str, kind: str) -> CandidateLine | None:
    return next((each for each in listed(world, kind).candidates if each.person_id == world.ids[who]), None)


def within(world: World, who: str, kind: str) -> KindReach:
    found = world.database.read(reach, world.engine.office, world.ids[who], ON)
    return next(each for each in found.kinds if each.kind == kind)


def fit(world: World, who: str = "nurse", **columns: Any) -> None:
    """On record with all that a Satyalancana X asks for."""
    set_record(world, who, **{"cpns_on": TEN_YEARS, "unpaid_leave": "Tidak", "medal": "", **columns})


def test_whoever_has_served_long_enough_could_be_nominated_and_is_told_what_to_hand_in(world: World) -> None:
    fit(world)
    line = line_of(world, "nurse", "satyalancana_10")
    assert line is not None
    assert (line.qualifies, line.unknown, line.warnings, line.higher) == (True, (), (), "")
    assert "keputusan pengangkatan CPNS" in line.missing[0].says
    assert line.missing[0].by == ("PP 1/2010",)
    stated = listed(world, "satyalancana_10").stated
    assert [each.rule for each in stated] == ["incentive_eligibility.no_discipline_case_is_open"]


def test_what_is_not_on_record_is_unknown_and_never_a_no(world: World) -> None:
    fit(world, unpaid_leave=None, sanctions_known=None)
    line = line_of(world, "nurse", "satyalancana_10")
    assert line is not None
    assert not line.qualifies
    assert {each.rule for each in line.unknown} == {
        "incentive_service.never_on_unpaid_leave",
        "incentive_eligibility.no_sanction_stands_in_the_way",
    }
    assert all(each.by and each.remedy for each in line.unknown)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"cpns_on": date(2016, 4, 1)}, "incentive_service.service_is_long_enough"),
        ({"unpaid_leave": "Pernah"}, "incentive_service.never_on_unpaid_leave"),
        ({"medal": "X"}, "incentive_service.no_such_medal_is_held"),
        ({"asn_kind": "PPPK"}, "incentive_eligibility.servant_may_have_this_kind"),
        ({"status": "Cuti di luar tanggungan negara"}, "incentive_eligibility.nominee_is_in_service"),
    ],
)
def test_whoever_does_not_qualify_is_counted_under_the_condition_that_keeps_them_out(
    one_world: World, columns: dict[str, Any], rule: str
) -> None:
    fit(one_world)
    before = {each.rule: each.people for each in listed(one_world, "satyalancana_10").kept_out}
    fit(one_world, **columns)
    found = listed(one_world, "satyalancana_10")
    assert line_of(one_world, "nurse", "satyalancana_10") is None
    after = {each.rule: each.people for each in found.kept_out}
    assert after[rule] == before.get(rule, 0) + 1
    assert sum(after.values()) + found.qualify + found.unknown + found.nominated == found.people


def test_a_sanction_of_long_ago_keeps_from_a_satyalancana_for_good_and_not_from_an_award_of_the_region(
    world: World,
) -> None:
    fit(world)
    sanctioned(world, "nurse", "sedang")
    assert line_of(world, "nurse", "satyalancana_10") is None
    assert within(world, "nurse", "satyalancana_10").standing == "closed"
    rule = "incentive_eligibility.no_sanction_stands_in_the_way"
    assert rule in {each.rule for each in within(world, "nurse", "regional").met}


def test_whoever_is_nominated_already_is_not_a_candidate_and_whose_nomination_failed_is_again(world: World) -> None:
    fit(world)
    nomination(world, "nurse", "satyalancana_10", "rejected")
    assert line_of(world, "nurse", "satyalancana_10") is not None
    nomination(world, "nurse", "satyalancana_10", "verification")
    assert line_of(world, "nurse", "satyalancana_10") is None
    assert listed(world, "satyalancana_10").nominated == 1
    assert within(world, "nurse", "satyalancana_10").standing == "nominated"


def test_whoever_was_given_a_satyalancana_is_not_offered_it_again(world: World) -> None:
    fit(world)
    nomination(
        world, "nurse", "satyalancana_10", "awarded", told=[("hand_over", "verifier", {"handed_on": "2026-03-01"})]
    )
    assert line_of(world, "nurse", "satyalancana_10") is None
    found = within(world, "nurse", "satyalancana_10")
    assert found.standing == "closed"
    assert "1 Maret 2026" in found.missing[0].says


def test_who_has_served_for_a_higher_one_is_told_so(one_world: World) -> None:
    fit(one_world, cpns_on=date(1995, 3, 1))
    line = line_of(one_world, "nurse", "satyalancana_10")
    assert line is not None
    assert line.higher == "Satyalancana Karya Satya XXX Tahun"


def test_an_award_of_the_region_asks_for_two_good_years_and_hours(world: World) -> None:
    case = world.open("nurse")
    assert line_of(world, "nurse", "regional") is None
    world.database.write(book, world.ids["nurse"], case, 20, world.at)
    line = line_of(world, "nurse", "regional")
    assert line is not None
    assert [each.says for each in line.unknown] == ["Predikat kinerja tahun 2024 belum diketahui."]
    rated(world, "nurse", 2024, "Baik")
    line = line_of(world, "nurse", "regional")
    assert line is not None
    assert line.qualifies
    assert len(listed(world, "regional").stated) == 2, "the discipline statement and the word of the Inspektorat"


def test_the_list_can_be_of_one_unit(one_world: World) -> None:
    fit(one_world)
    fit(one_world, "stranger")
    everywhere, there = (listed(one_world, "satyalancana_10", unit) for unit in ("", "DINKES"))
    assert {each.name for each in everywhere.candidates if each.qualifies} == {"Nurse", "Stranger"}
    assert {each.unit_id for each in there.candidates} == {"DINKES"}
    assert (there.qualify, there.people) == (1, 2)


def test_who_has_left_is_not_asked_about(one_world: World) -> None:
    fit(one_world, left_on=ON)
    assert line_of(one_world, "nurse", "satyalancana_10") is None
    with pytest.raises(NotFound):
        within(one_world, "nurse", "satyalancana_10")


def test_a_kind_that_there_is_not_is_said(one_world: World) -> None:
    with pytest.raises(NotFound, match="satyalancana_30"):
        listed(one_world, "recognition")


def test_the_list_takes_as_many_statements_for_all_as_for_one(one_world: World) -> None:
    def counted() -> int:
        said: list[str] = []

        def work(conn: Connection) -> None:
            event.listen(conn, "before_cursor_execute", lambda _c, _u, statement, *_: said.append(statement))
            candidates(conn, one_world.engine.office, ON)

        one_world.database.read(work)
        return len(said)

    few = counted()
    row = {"kind": "staff", "asn_kind": "PNS", "status": "Aktif", "cpns_on": TEN_YEARS, "unit_id": "RSUD"}
    more = [{"id": new_id(MONDAY), "name": f"Pegawai {number}", **row} for number in range(50)]
    one_world.database.write(lambda conn: conn.execute(insert(people), more))
    assert counted() == few <= 8


# --- Within reach ----------------------------------------------------------------------------------------------------


def test_whoever_has_not_served_long_enough_is_told_how_many_days_are_left(world: World) -> None:
    fit(world, cpns_on=date(2016, 5, 17))
    found = within(world, "nurse", "satyalancana_10")
    assert (found.standing, found.reached_on, found.days) == ("not_yet", date(2026, 5, 1), 60)
    assert "1 Mei 2026, 60 hari lagi" in found.says
    assert found.missing[0].by == ("PP 35/2010 Pasal 22",)
    assert {each.rule for each in found.met} >= {"incentive_service.never_on_unpaid_leave"}


def test_whoever_lacks_hours_is_told_how_many(world: World) -> None:
    case = world.open("nurse")
    world.database.write(book, world.ids["nurse"], case, 12, world.at)
    assert (within(world, "nurse", "regional").hours_missing, within(world, "nurse", "regional").standing) == (
        8,
        "not_yet",
    )
    found = within(world, "nurse", "self_development")
    assert (found.hours_missing, found.meetings_missing) == (28, 4)


def test_hours_of_the_year_before_count_and_leave_nothing_missing(world: World) -> None:
    case = world.open("nurse")
    world.database.write(book, world.ids["nurse"], case, 20, world.at, year=2025)
    assert within(world, "nurse", "regional").hours_missing == 0


def test_a_year_without_a_good_predicate_is_named_with_its_article(one_world: World) -> None:
    rated(one_world, "nurse", 2024, "Kurang")
    found = within(one_world, "nurse", "regional")
    (reason,) = (each for each in found.missing if each.rule == "incentive_eligibility.predicates_are_good")
    assert "tahun 2024: Kurang" in reason.says
    assert "PermenPANRB 6/2022" in reason.by


def test_what_is_nearest_comes_first(one_world: World) -> None:
    fit(one_world)
    kinds = one_world.database.read(reach, one_world.engine.office, one_world.ids["nurse"], ON).kinds
    assert [each.standing for each in kinds] == ["qualifies", "not_yet", "not_yet", "not_yet", "not_yet"]
    assert kinds[0].kind == "satyalancana_10"
    assert [each.kind for each in kinds][-2:] == ["satyalancana_20", "satyalancana_30"]
    assert all(each.grade == Grade.ALLOWED for kind in kinds for each in kind.met)


def sanctioned(world: World, who: str, level: str) -> None:
    row = {
        "id": new_id(MONDAY),
        "person_id": world.ids[who],
        "level": level,
        "from_on": date(2018, 1, 1),
        "until_on": date(2019, 1, 1),
    }
    world.database.write(lambda conn: conn.execute(insert(sanctions).values(row)))


def rated(world: World, who: str, year: int, predicate: str) -> None:
    row = {"person_id": world.ids[who], "year": year, "predicate": predicate}
    world.database.write(lambda conn: conn.execute(insert(performances).values(row)))
