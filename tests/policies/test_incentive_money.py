"""The money of an award: what it promises, whether it fits, and what becomes of what is deferred."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.budget import Fund, Promise
from policies.decision import Grade
from policies.incentive_money import (
    AwardBudgetFacts,
    BorneFacts,
    DeferredFacts,
    PromiseFacts,
    UnborneFacts,
    WholeFacts,
    an_award_is_released_whole,
    award_fits_the_budget,
    the_award_is_borne,
    the_money_was_released,
    the_new_budget_year_has_come,
    what_it_promises,
    years_end_has_come,
)
from policies.records import AwardRoundRecord, BudgetLine, Payment
from tests.answers import TODAY, allows, law_on, refuses

AMOUNT = 5_000_000
LINE = BudgetLine("Penghargaan Pegawai (2026)", 2026, AMOUNT, "L26")
ROUND = AwardRoundRecord(
    "r", "Putaran", "comparing", ("regional",), (), date(2026, 2, 1), (), (), AMOUNT, "L26", 3 * AMOUNT
)
FACTS = AwardBudgetFacts("regional", ROUND, False, LINE, (), 0, (), TODAY)


def held(amount: int, line: str = "L26") -> Fund:
    return Fund(2026, line, "Penghargaan Pegawai (2026)", 0, amount, amount)


def test_an_award_promises_its_whole_amount_of_the_line_that_bears_it() -> None:
    facts = PromiseFacts("regional", ROUND, False, LINE)
    assert what_it_promises(facts) == Promise("L26", AMOUNT)
    assert what_it_promises(replace(facts, award_budget=None)) == Promise("", 0)
    assert what_it_promises(replace(facts, without_money=True)) == Promise("", 0)
    assert what_it_promises(replace(facts, kind="satyalancana_10")) == Promise("", 0)


def test_the_last_rupiah_fits_and_one_more_does_not() -> None:
    assert allows(award_fits_the_budget, FACTS)
    short = replace(FACTS, award_budget=replace(LINE, available=AMOUNT - 1))
    assert "piagam saja" in refuses(award_fits_the_budget, short)


def test_what_the_case_holds_on_the_line_already_counts_as_free_for_it() -> None:
    empty = replace(FACTS, award_budget=replace(LINE, available=0))
    assert allows(award_fits_the_budget, replace(empty, funds=(held(AMOUNT),)))
    assert refuses(award_fits_the_budget, replace(empty, funds=(held(AMOUNT, "L-other"),)))


def test_the_ceiling_of_the_round_holds_for_all_of_it_together() -> None:
    assert allows(award_fits_the_budget, replace(FACTS, promised_in_round=2 * AMOUNT))
    assert "pagu putaran" in refuses(award_fits_the_budget, replace(FACTS, promised_in_round=2 * AMOUNT + 1))


def test_a_money_award_without_a_line_is_refused_with_the_way_out() -> None:
    said = refuses(award_fits_the_budget, replace(FACTS, award_budget=None))
    assert "mata anggarannya belum dipilih" in said
    assert "tanpa uang" in said


@pytest.mark.parametrize("year", [2025, 2027])
def test_only_a_line_of_the_current_year_bears_it(year: int) -> None:
    assert "Pilih mata anggaran tahun 2026" in refuses(
        award_fits_the_budget, replace(FACTS, award_budget=replace(LINE, year=year))
    )


def test_a_closed_year_bears_nothing() -> None:
    assert "sudah ditutup" in refuses(award_fits_the_budget, replace(FACTS, closed_years=(2026,)))


def test_an_award_without_money_asks_for_none() -> None:
    for changed in (replace(FACTS, without_money=True), replace(FACTS, award_round=replace(ROUND, amount=0))):
        assert allows(award_fits_the_budget, replace(changed, award_budget=None))


@given(st.lists(st.integers(0, 20), max_size=30), st.integers(0, 100), st.integers(0, 100))
def test_however_many_approvals_race_neither_line_nor_ceiling_is_overspent(
    amounts: list[int], available: int, ceiling: int
) -> None:
    free, promised, law = available, 0, law_on(TODAY)
    for amount in amounts:
        facts = replace(
            FACTS,
            award_round=replace(ROUND, amount=amount, ceiling=ceiling),
            award_budget=replace(LINE, available=free),
            promised_in_round=promised,
        )
        if award_fits_the_budget(facts, law).grade is Grade.ALLOWED:
            given_away = what_it_promises(PromiseFacts("regional", facts.award_round, False, facts.award_budget)).amount
            free, promised = free - given_away, promised + given_away
    assert free >= 0
    assert promised <= min(ceiling, available)


def test_nothing_is_decreed_on_money_that_is_not_held() -> None:
    facts = BorneFacts("regional", ROUND, False, (held(AMOUNT),))
    assert allows(the_award_is_borne, facts)
    assert refuses(the_award_is_borne, replace(facts, funds=(held(AMOUNT - 1),)))
    assert allows(the_award_is_borne, replace(facts, funds=(), without_money=True))


# --- Deferred --------------------------------------------------------------------------------------------------------

DEFERRED = date(2026, 10, 5)


def test_the_money_is_asked_for_again_on_the_first_day_of_the_new_year() -> None:
    assert not the_new_budget_year_has_come(DeferredFacts(DEFERRED, date(2026, 12, 31)))
    assert the_new_budget_year_has_come(DeferredFacts(DEFERRED, date(2027, 1, 1)))


def test_what_is_deferred_is_closed_in_the_last_month_of_the_year_at_the_earliest() -> None:
    assert "1 Desember 2026" in refuses(years_end_has_come, DeferredFacts(DEFERRED, date(2026, 11, 30)))
    assert allows(years_end_has_come, DeferredFacts(DEFERRED, date(2026, 12, 1)))
    assert allows(years_end_has_come, DeferredFacts(DEFERRED, date(2027, 2, 1)))
    in_december = date(2026, 12, 30)
    assert allows(years_end_has_come, DeferredFacts(in_december, in_december + timedelta(days=1)))


# --- Released --------------------------------------------------------------------------------------------------------


def test_an_award_is_released_whole_or_not_at_all() -> None:
    assert allows(an_award_is_released_whole, WholeFacts(0))
    assert "akan tersisa Rp1,00" in refuses(an_award_is_released_whole, WholeFacts(1))


@pytest.mark.parametrize(
    ("without", "paid", "funds", "released"),
    [
        (False, None, (), True),
        (False, None, (held(AMOUNT),), False),
        (False, Payment(AMOUNT, 0, AMOUNT, "1", TODAY), (), False),
        (True, None, (), False),
    ],
)
def test_money_is_bound_again_only_where_it_is_still_to_be_paid_and_nothing_bears_it(
    without: bool, paid: Payment | None, funds: tuple[Fund, ...], released: bool
) -> None:
    assert the_money_was_released(UnborneFacts("regional", ROUND, without, paid, funds)) is released
