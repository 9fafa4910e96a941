"""For whom each view of awards is, for every kind of person; and that a look at accounts is put on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from tests.awards import award_round, caller, nomination, paid
from tests.offices import change, lend, post_of
from tests.workflow.test_auditing import assigned
from tests.world import World
from workflow.auditing.viewing import case_views
from workflow.authority.sight import may_see
from workflow.awards import seeing
from workflow.cases import load
from workflow.errors import NotFound
from workflow.tables import group_members, views
from workflow.views.choices import criteria

EVERYBODY = ("verifier", "agency_chief", "treasurer", "secretary", "regent", "hospital_head", "nursing_head", "nurse",
    "administrator", "stranger", "contact")  # fmt: skip
KEEPERS = {"verifier", "agency_chief"}
PAYERS = {"verifier", "treasurer"}
OUTSIDE = {"contact"}
LISTS = (
    seeing.seen_candidates, seeing.seen_candidates_sheet, seeing.seen_record, seeing.seen_record_sheet,
)  # fmt: skip


def sees(world: World, who: str, view: Callable[..., Any], *asked: Any) -> bool:
    """Whether somebody is shown a view; what is not for them is as if it were not there."""
    try:
        world.database.write(view, world.engine, caller(world, who), world.at, *asked)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("view", LISTS, ids=lambda view: view.__name__)
def test_candidates_and_the_record_are_for_who_keeps_awards(
    one_world: World, who: str, view: Callable[..., Any]
) -> None:
    assert sees(one_world, who, view) is (who in KEEPERS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_figures_are_for_all_staff_and_names_in_them_for_who_keeps_awards(one_world: World, who: str) -> None:
    assert sees(one_world, who, seeing.seen_fairness) is (who not in OUTSIDE)
    assert sees(one_world, who, seeing.seen_fairness_sheet) is (who not in OUTSIDE)
    if who not in OUTSIDE:
        found = one_world.database.read(seeing.seen_fairness, one_world.engine, caller(one_world, who), one_world.at)
        table = next(each for each in found.tables if each.code == "unit")
        health = next(each for each in table.lines if each.code == "DINKES")
        assert health.staff == (2 if who in KEEPERS else None)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_list_to_pay_is_for_who_verifies_and_who_pays(one_world: World, who: str) -> None:
    found = award_round(one_world)
    assert sees(one_world, who, seeing.seen_payments, found) is (who in PAYERS)
    assert sees(one_world, who, seeing.seen_payments_sheet, found) is (who in PAYERS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_of_staff_sees_their_own_reach(one_world: World, who: str) -> None:
    assert sees(one_world, who, seeing.seen_own_reach) is (who not in {"contact", "regent"})
    if who not in {"contact", "regent"}:
        seen = one_world.database.read(seeing.seen_own_reach, one_world.engine, caller(one_world, who), one_world.at)
        assert seen.person_id == one_world.ids[who]


def test_an_auditor_sees_candidates_and_names_within_an_assignment_and_no_accounts(world: World) -> None:
    change(world, insert(group_members).values(group_name="auditor", unit_id="", person_id=world.ids["clerk_1"]))
    assert not sees(world, "clerk_1", seeing.seen_candidates)
    assigned(world, "stranger")
    assert sees(world, "stranger", seeing.seen_candidates)
    assert sees(world, "stranger", seeing.seen_record)
    assert not sees(world, "stranger", seeing.seen_payments, award_round(world))


def test_who_stands_in_for_the_head_of_the_personnel_agency_sees_what_the_head_sees(world: World) -> None:
    chief = post_of(world, "agency_chief")
    lend(world, "plh", chief, "clerk_1")
    assert sees(world, "clerk_1", seeing.seen_candidates)


def test_who_stands_in_for_a_part_of_it_alone_does_not(one_world: World) -> None:
    chief = post_of(one_world, "agency_chief")
    lend(one_world, "mandat", chief, "clerk_1", scope="internship")
    assert not sees(one_world, "clerk_1", seeing.seen_candidates)


def test_what_is_no_round_is_as_little_there_as_a_round_that_one_may_not_see(one_world: World) -> None:
    found, case = award_round(one_world), one_world.open("nurse")
    said = set()
    for who, named in (("nurse", found), ("nurse", case), ("nurse", "tidak-ada")):
        with pytest.raises(NotFound) as refused:
            one_world.database.write(
                seeing.seen_payments, one_world.engine, caller(one_world, who), one_world.at, named
            )
        said.add(refused.value.says)
    assert len(said) == 1


@pytest.mark.parametrize("year", [1, 99999])
def test_a_year_that_cannot_be_meant_is_not_found(one_world: World, year: int) -> None:
    for view in (seeing.seen_fairness, seeing.seen_record):
        with pytest.raises(NotFound):
            one_world.database.read(view, one_world.engine, caller(one_world, "verifier"), one_world.at, year=year)


def test_whoever_is_shown_an_account_is_put_on_record_and_the_nominee_can_read_it(world: World) -> None:
    found = award_round(world)
    case = nomination(world, "nurse", "regional", "decreed", of_round=found, told=[("payment", "verifier", paid())])
    nomination(world, "second_nurse", "regional", "decreed", of_round=found)
    assert sees(world, "treasurer", seeing.seen_payments, found)
    (row,) = world.all(select(views))
    assert (row.case_id, row.viewer_id, row.assignment_id) == (case, world.ids["treasurer"], None)
    told = world.database.read(case_views, world.engine, caller(world, "nurse"), world.at, case)
    (look,) = told.items
    assert (look.auditor, look.what_title) == ("Treasurer", "daftar nominatif dengan nomor rekening")
    assert (look.letter_number, look.letter_on) == ("", None)


def test_nobody_is_put_on_record_who_was_shown_nothing(one_world: World) -> None:
    found = award_round(one_world)
    nomination(one_world, "nurse", "regional", "decreed", of_round=found, told=[("payment", "verifier", paid())])
    assert not sees(one_world, "nurse", seeing.seen_payments, found)
    assert one_world.all(select(views)) == []


def test_a_panel_member_is_offered_what_the_round_scores_by(one_world: World) -> None:
    of_round = award_round(one_world)
    offers = one_world.database.read(criteria, of_round)
    assert [(each.value, each.title) for each in offers] == [
        ("Kinerja", "Kinerja (bobot 60 persen)"),
        ("Inovasi", "Inovasi (bobot 40 persen)"),
    ]
    assert one_world.database.read(criteria, "") == ()


def test_the_inspektorat_sees_the_nominations_that_it_is_to_clear(one_world: World) -> None:
    case, who = nomination(one_world, "nurse", "regional", "verification"), one_world.ids["stranger"]
    process, on = one_world.engine.registry.process("incentive"), one_world.at.date()

    def seen(conn: Connection) -> bool:
        return may_see(conn, process, load(conn, case), who, on)

    assert not one_world.database.read(seen)
    member = insert(group_members).values(group_name="inspektorat.clearance", unit_id="", person_id=who)
    one_world.database.write(lambda conn: conn.execute(member))
    assert one_world.database.read(seen)
