"""Kinds of awards: who nominates, who decides, and where a nomination goes next."""

from __future__ import annotations

from datetime import date

import pytest

from policies.budget import Fund
from policies.incentive import (
    COMPARED,
    KINDS,
    SATYALANCANA,
    DecidingFacts,
    KindFacts,
    MoneyFacts,
    NomineeFacts,
    ReturnedFacts,
    RouteFacts,
    award_amount,
    is_compared,
    is_conferred_by_the_president,
    is_small_recognition,
    it_brings_money,
    title_of,
    where_a_nomination_goes,
    where_a_returned_one_goes,
    where_the_money_leads,
    who_decides,
    who_nominates,
)
from policies.records import AwardRoundRecord
from tests.answers import TODAY, law_on

LAW = law_on(TODAY)


def round_with(amount: int) -> AwardRoundRecord:
    return AwardRoundRecord(
        "r", "Putaran 2026", "open", ("regional",), (), date(2026, 4, 1), (), (), amount, "L", amount
    )


def test_every_kind_is_exactly_one_of_the_three_sorts() -> None:
    for kind in KINDS:
        facts = KindFacts(kind)
        assert [is_compared(facts), is_conferred_by_the_president(facts), is_small_recognition(facts)].count(True) == 1
    assert {*SATYALANCANA, *COMPARED, "recognition"} == set(KINDS)


def test_a_kind_is_called_by_its_title_and_an_unknown_one_by_its_code() -> None:
    assert title_of("satyalancana_20") == "Satyalancana Karya Satya XX Tahun"
    assert title_of("other") == "other"


def test_the_head_nominates_and_the_secretary_nominates_a_head() -> None:
    assert who_nominates(NomineeFacts(False), LAW) == "nominee_head"
    assert who_nominates(NomineeFacts(True), LAW) == "secretary"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "recognition"])
@pytest.mark.parametrize("head", [True, False])
def test_the_regent_decides_what_is_more_than_small_recognition(kind: str, head: bool) -> None:
    assert who_decides(DecidingFacts(kind, head), LAW) == "regent"


def test_the_head_of_the_unit_decides_small_recognition_and_the_secretary_that_of_a_head() -> None:
    assert who_decides(DecidingFacts("recognition", False), LAW) == "nominee_head"
    assert who_decides(DecidingFacts("recognition", True), LAW) == "secretary"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("satyalancana_10", "upward_review"),
        ("satyalancana_20", "upward_review"),
        ("satyalancana_30", "upward_review"),
        ("regional", "scoring"),
        ("self_development", "scoring"),
        ("recognition", "decision"),
    ],
)
def test_a_verified_nomination_goes_where_its_kind_says(kind: str, state: str) -> None:
    assert where_a_nomination_goes(RouteFacts(kind, None)) == state
    assert where_a_nomination_goes(RouteFacts(kind, "verification")) == state


@pytest.mark.parametrize("state", ["decision", "upward_review"])
def test_what_was_sent_back_to_be_examined_goes_straight_back(state: str) -> None:
    assert where_a_nomination_goes(RouteFacts("regional", state)) == state


HELD, AWAITED = Fund(2026, "L26", "Penghargaan Pegawai (2026)", 0, 0, 1), Fund(2027, "", "", 0, 0, 0, awaiting=1)


@pytest.mark.parametrize(
    ("returned_from", "amount", "without", "funds", "state"),
    [
        ("decision", 1, False, (HELD,), "decision"),
        ("decision", 1, False, (AWAITED,), "decision"),
        ("decision", 1, False, (), "budget_check"),
        ("decision", 1, True, (), "decision"),
        ("decision", 0, False, (), "decision"),
        ("verification", 1, False, (HELD,), "decision"),
        ("verification", 1, False, (), "scoring"),
        (None, 1, False, (), "scoring"),
    ],
)
def test_what_was_recommended_before_goes_back_to_the_decision_by_way_of_the_budget_where_that_was_released(
    returned_from: str | None, amount: int, without: bool, funds: tuple[Fund, ...], state: str
) -> None:
    facts = RouteFacts("regional", returned_from, round_with(amount), without, funds)
    assert where_a_nomination_goes(facts) == state


@pytest.mark.parametrize(
    ("returned_from", "changed", "state"),
    [
        (None, (), "unit_review"),
        ("unit_review", (), "unit_review"),
        ("verification", (), "verification"),
        ("verification", ("kind",), "unit_review"),
    ],
)
def test_a_returned_nomination_passes_the_head_again_only_where_something_has_changed(
    returned_from: str | None, changed: tuple[str, ...], state: str
) -> None:
    assert where_a_returned_one_goes(ReturnedFacts(returned_from, changed)) == state


@pytest.mark.parametrize(
    ("kind", "amount", "without", "brings"),
    [
        ("regional", 5_000_000, False, 5_000_000),
        ("regional", 5_000_000, True, 0),
        ("regional", 0, False, 0),
        ("self_development", 1, False, 1),
        ("satyalancana_10", 5_000_000, False, 0),
    ],
)
def test_only_what_is_compared_brings_the_money_of_its_round(
    kind: str, amount: int, without: bool, brings: int
) -> None:
    facts = MoneyFacts(kind, round_with(amount), without)
    assert award_amount(facts) == brings
    assert it_brings_money(facts) is (brings > 0)
    assert where_the_money_leads(facts) == ("budget_check" if brings else "decision")


def test_without_a_round_there_is_no_money() -> None:
    assert award_amount(MoneyFacts("regional", None, False)) == 0
