"""The rules of a year's budget, each by example; and for any sum and period, the parts of the years add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import budget
from policies.budget import Fund, YearShare, shares
from policies.decision import Grade, Rule
from policies.parameters import Policies
from policies.records import BudgetLine
from policies.regulations import Regulations

LAW = Policies.load().on(date(2026, 3, 2))
REGULATIONS = Regulations.load()
FIRST, LAST = date(2026, 4, 6), date(2026, 4, 17)
#: Ten days of December and thirty of January.
OVER_NEW_YEAR: dict[str, Any] = {"starts_on": date(2026, 12, 22), "ends_on": date(2027, 1, 30)}
ALLOWED, REFUSED = Grade.ALLOWED, Grade.REFUSED
LINE, NEXT = BudgetLine("Magang (2026)", 2026, 0, "L26"), BudgetLine("Magang (2027)", 2027, 900, "L27")


@dataclass(frozen=True)
class Example:
    """What a rule answers to some facts."""

    says: str
    rule: Rule
    facts: Any
    grade: Grade


def funded(estimate: int, free: int, held: int = 0, year: int = 2026) -> budget.BudgetFacts:
    line = BudgetLine("Magang (2026)", year, free, "L26")
    return budget.BudgetFacts("agency_budget", estimate, FIRST, LAST, date(2026, 3, 2), line, held)


def fund(year: int, held: int = 0, awaiting: int = 0, available: int = 0, unspent: int = 10_000) -> Fund:
    return Fund(year, f"L{year % 100}", f"Magang ({year})", available, unspent, held, awaiting)


def awaited(year: int, amount: int) -> Fund:
    return Fund(year, "", "", 0, 0, 0, amount)


def spent(cost: int, *funds: Fund, proofs: tuple[str, ...] = ("kuitansi",), **more: Any) -> budget.SpendingFacts:
    days: dict[str, Any] = {"starts_on": FIRST, "ends_on": LAST, "ended_on": None, "on": date(2027, 6, 1)}
    return budget.SpendingFacts(cost, False, proofs, funds=funds, **{**days, **more})


BORNE = budget.the_cost_is_borne
ROOM, FUNDING, SMALLER = budget.budget_has_room, budget.next_budget_has_room, budget.promise_gets_smaller
CARRY, SPENDING = budget.promise_fits_the_next_year, budget.cost_is_accounted_for
FUNDED = budget.FundingFacts((fund(2026, 100), awaited(2027, 300)), NEXT)
CARRIED = budget.CarryFacts((fund(2026, 100), awaited(2027, 300)), 2026, NEXT)
REDUCED = budget.ReductionFacts((fund(2026, 100),), 2026, 99)
BOTH_YEARS = (fund(2026, 1_000), fund(2027, 3_000))

EXAMPLES = (
    Example("the last rupiah may be asked for", ROOM, funded(1_000_000, 1_000_000), ALLOWED),
    Example("one rupiah too many", ROOM, funded(1_000_001, 1_000_000), REFUSED),
    Example("what the case holds already counts as free for it", ROOM, funded(1_000_000, 400_000, 600_000), ALLOWED),
    Example("the line of another year", ROOM, funded(1, 1_000_000, year=2025), REFUSED),
    Example("no line chosen", ROOM, replace(funded(1, 1), budget=None), REFUSED),
    Example("a host that pays needs no line", ROOM, replace(funded(1, 0), funding="host", budget=None), ALLOWED),
    Example("what is free needs no line", ROOM, replace(funded(0, 0), funding="none", budget=None), ALLOWED),
    Example("over the new year only this year's part is asked for", ROOM, replace(funded(4_000, 1_000), **OVER_NEW_YEAR), ALLOWED),
    Example("and that part must fit", ROOM, replace(funded(4_000, 999), **OVER_NEW_YEAR), REFUSED),
    Example("a closed year takes nothing", ROOM, replace(funded(1, 1), closed_years=(2026,)), REFUSED),
    Example(
        "a year that is over and closed passes its part on",
        ROOM,
        replace(funded(4_000, 0), **OVER_NEW_YEAR, closed_years=(2026,), on=date(2027, 1, 4)),
        ALLOWED,
    ),
    Example("held money bears the cost", BORNE, budget.BorneFacts("agency_budget", (fund(2026, 1),)), ALLOWED),
    Example("a host bears it", BORNE, budget.BorneFacts("host", ()), ALLOWED),
    Example("all was released", BORNE, budget.BorneFacts("agency_budget", (fund(2026),)), REFUSED),
    Example("what awaits is funded by its year", FUNDING, FUNDED, ALLOWED),
    Example("nothing awaits", FUNDING, replace(FUNDED, funds=(fund(2026, 100),)), REFUSED),
    Example("no line of the next year chosen", FUNDING, replace(FUNDED, next_budget=None), REFUSED),
    Example("funded from this year's line", FUNDING, replace(FUNDED, next_budget=replace(LINE, available=900)), REFUSED),
    Example("the next year's last rupiah", FUNDING, replace(FUNDED, next_budget=replace(NEXT, available=300)), ALLOWED),
    Example("one rupiah less", FUNDING, replace(FUNDED, next_budget=replace(NEXT, available=299)), REFUSED),
    Example("the next year closed too", FUNDING, replace(FUNDED, closed_years=(2027,)), REFUSED),
    Example("one line a year", FUNDING, replace(FUNDED, funds=(replace(fund(2027, 5, 300), line="L"),)), REFUSED),
    Example("a promise made smaller", SMALLER, REDUCED, ALLOWED),
    Example("a promise left as it was", SMALLER, replace(REDUCED, remains=100), REFUSED),
    Example("a promise of another year", SMALLER, replace(REDUCED, budget_year=2025, remains=0), REFUSED),
    Example("what awaits is released", SMALLER, replace(REDUCED, funds=(awaited(2027, 9),), budget_year=2027, remains=0), ALLOWED),
    Example("carried onto the next year's line", CARRY, CARRIED, ALLOWED),
    Example("with what awaits there, the last rupiah", CARRY, replace(CARRIED, next_budget=replace(NEXT, available=400)), ALLOWED),
    Example("with what awaits there, too much", CARRY, replace(CARRIED, next_budget=replace(NEXT, available=399)), REFUSED),
    Example("carried before the next budget is there", CARRY, replace(CARRIED, next_budget=None), ALLOWED),
    Example("onto an unknown line", CARRY, replace(CARRIED, next_budget=None, next_budget_line="x"), REFUSED),
    Example("onto this year's line", CARRY, replace(CARRIED, next_budget=LINE), REFUSED),
    Example("nothing to carry", CARRY, replace(CARRIED, budget_year=2025), REFUSED),
    Example("into a closed year", CARRY, replace(CARRIED, closed_years=(2027,)), REFUSED),
    Example("without cost", SPENDING, replace(spent(0, proofs=()), without_cost=True), ALLOWED),
    Example("without cost, yet a cost", SPENDING, replace(spent(1, proofs=()), without_cost=True), REFUSED),
    Example("neither a cost nor without cost", SPENDING, spent(0, proofs=()), REFUSED),
    Example("a cost without proof", SPENDING, spent(1, fund(2026, available=5), proofs=()), REFUSED),
    Example("a cost with proof", SPENDING, spent(5, fund(2026, 5)), ALLOWED),
    Example("above what is held, from what is free", SPENDING, spent(8, fund(2026, 5, available=3)), ALLOWED),
    Example("above what is held and free", SPENDING, spent(9, fund(2026, 5, available=3)), REFUSED),
    Example("a cost without a line to bear it", SPENDING, spent(1), REFUSED),
    Example("both years bear their parts", SPENDING, spent(4_000, *BOTH_YEARS, **OVER_NEW_YEAR), ALLOWED),
    Example("a part that awaits", SPENDING, spent(4_000, fund(2026, 1_000), awaited(2027, 3_000), **OVER_NEW_YEAR), REFUSED),
    Example("a carried part is borne by the next year", SPENDING, spent(5, fund(2027, 5)), ALLOWED),
    Example("a closed year with nothing carried", SPENDING, spent(5, fund(2026, available=9), closed_years=(2026,)), REFUSED),
    Example("a lowered ceiling can bear no more", SPENDING, spent(5, fund(2026, 5, unspent=4)), REFUSED),
    Example("a lowered ceiling can bear so much", SPENDING, spent(4, fund(2026, 5, unspent=4)), ALLOWED),
)  # fmt: skip
RULES = {each.name for each in vars(budget).values() if isinstance(each, Rule)}

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.rule.name}: {each.says}")


@every_example
def test_a_rule_answers_as_its_example_says(example: Example) -> None:
    answer = example.rule(example.facts, LAW)
    assert answer.grade is example.grade, [reason.says for reason in answer.reasons]
    for reason in answer.reasons:
        assert reason.says[0].isupper()
        assert reason.says.endswith(".")
        assert "None" not in reason.says
        assert bool(reason.remedy) is (reason.grade is not ALLOWED)
        assert all(REGULATIONS.find(citation) for citation in reason.by)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_seen_to_allow_and_to_refuse(name: str) -> None:
    assert {each.grade for each in EXAMPLES if each.rule.name == name} == {ALLOWED, REFUSED}


def test_a_sum_is_split_by_the_days_of_each_year() -> None:
    assert shares(4_000, **days()) == (YearShare(2026, 1_000), YearShare(2027, 3_000))


def test_the_year_in_which_it_starts_bears_what_does_not_divide() -> None:
    assert shares(7, **days()) == (YearShare(2026, 2), YearShare(2027, 5))


def test_a_period_within_one_year_is_not_split() -> None:
    assert shares(7, FIRST, LAST) == (YearShare(2026, 7),)


def days() -> dict[str, date]:
    return {"first": OVER_NEW_YEAR["starts_on"], "last": OVER_NEW_YEAR["ends_on"]}


def test_what_is_split_is_told_with_what_awaits_the_next_budget() -> None:
    says = [reason.says for reason in ROOM(replace(funded(4_000, 1_000), **OVER_NEW_YEAR), LAW).reasons]
    assert says == [
        "Bagian tahun 2026 dari perkiraan biaya Rp4.000,00: Rp1.000,00; tersedia Rp1.000,00 pada Magang (2026).",
        "Bagian tahun 2027 sebesar Rp3.000,00 menunggu DPA tahun 2027 dan belum dijanjikan.",
    ]


def test_what_is_not_funded_cannot_be_spent_and_the_way_out_is_told() -> None:
    facts = spent(4_000, fund(2026, 1_000), awaited(2027, 3_000), **OVER_NEW_YEAR)
    (refused,) = [reason for reason in SPENDING(facts, LAW).reasons if reason.grade is REFUSED]
    assert refused.says == (
        "Bagian tahun 2027 dari biaya Rp4.000,00: Rp3.000,00; bagian tahun 2027 sebesar Rp3.000,00 menunggu DPA tahun 2027."
    )
    assert refused.remedy.startswith("Danai dahulu bagian tahun 2027")


def test_what_ended_before_the_new_year_is_borne_by_the_old_one_alone() -> None:
    facts = spent(1_000, *BOTH_YEARS, **OVER_NEW_YEAR, ended_on=date(2026, 12, 31))
    assert budget.charges(facts) == (YearShare(2026, 1_000),)


any_day = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(st.integers(0, 10**12), any_day, any_day)
def test_the_parts_of_any_sum_over_any_period_add_up_and_none_is_below_nothing(
    amount: int, one: date, other: date
) -> None:
    first, last = sorted((one, other))
    parts = shares(amount, first, last)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount >= 0 for part in parts)
    assert [part.year for part in parts] == sorted({part.year for part in parts})
    assert parts[0].year == first.year
    assert parts[-1].year <= last.year


funds = st.lists(
    st.builds(fund, st.sampled_from([2026, 2027, 2028]), *[st.integers(0, 5_000)] * 4), unique_by=lambda each: each.year
)


@given(st.integers(1, 20_000), funds, st.sets(st.sampled_from([2026, 2027])))
def test_whatever_is_allowed_to_be_spent_fits_in_every_year(
    cost: int, given_funds: list[Fund], closed: set[int]
) -> None:
    facts = spent(cost, *given_funds, **OVER_NEW_YEAR, closed_years=tuple(closed))
    borne = budget.charges(facts)
    assert sum(share.amount for share in borne) == cost
    if SPENDING(facts, LAW).grade is ALLOWED:
        by_year = {each.year: each for each in given_funds}
        for share in borne:
            assert share.year not in closed
            assert share.amount <= min(
                by_year[share.year].held + by_year[share.year].available, by_year[share.year].unspent
            )
