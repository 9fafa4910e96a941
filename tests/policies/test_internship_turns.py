"""The rules of an internship off the straight road, each by example: the last that holds, the first that fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import policies.internship_turns as turns
from policies.decision import Grade, Rule
from policies.parameters import Policies
from policies.records import Extension, Places
from policies.regulations import Regulations

LAW = Policies.load().on(date(2026, 3, 2))
REGULATIONS = Regulations.load()
FIRST, LAST, DAY = date(2026, 4, 6), date(2026, 4, 17), timedelta(days=1)
ALLOWED, REFUSED = Grade.ALLOWED, Grade.REFUSED
#: The 365th day of an internship that starts on the first day.
LONGEST = date(2027, 4, 5)
ASKED = turns.AskedExtensionFacts(date(2026, 4, 24), FIRST, LAST, LAST)
LATE = turns.LateStartFacts(date(2026, 4, 8), FIRST, LAST, date(2026, 4, 8))
WANTED = Extension(date(2026, 4, 24), 0, "Belum tuntas.", host_consents=True)
OUTSIDE = turns.ReturnFacts(host_inside=False, return_number="445/21", return_on=LAST, return_file="1")

EXAMPLES: tuple[tuple[str, Rule, Any, Grade], ...] = (
    ("host names no number", turns.host_has_a_place, turns.PlaceFacts(None), ALLOWED),
    ("last place", turns.host_has_a_place, turns.PlaceFacts(Places("IGD", 2, 1)), ALLOWED),
    ("no place left", turns.host_has_a_place, turns.PlaceFacts(Places("IGD", 2, 2)), REFUSED),
    ("same unit", turns.substitute_is_of_the_same_unit, turns.SubstituteFacts("RSUD", "RSUD"), ALLOWED),
    ("another unit", turns.substitute_is_of_the_same_unit, turns.SubstituteFacts("DINKES", "RSUD"), REFUSED),
    (
        "not along yet",
        turns.substitute_does_not_go_along_already,
        turns.TogetherFacts(goes_along_already=False),
        ALLOWED,
    ),
    (
        "along already",
        turns.substitute_does_not_go_along_already,
        turns.TogetherFacts(goes_along_already=True),
        REFUSED,
    ),
    ("asked on the last day", turns.extension_is_asked_in_time, ASKED, ALLOWED),
    ("asked the day after", turns.extension_is_asked_in_time, replace(ASKED, on=LAST + DAY), REFUSED),
    ("no longer than it is", turns.extension_is_asked_in_time, replace(ASKED, new_ends_on=LAST), REFUSED),
    ("365 days in all", turns.extension_is_asked_in_time, replace(ASKED, new_ends_on=LONGEST), ALLOWED),
    ("366 days in all", turns.extension_is_asked_in_time, replace(ASKED, new_ends_on=LONGEST + DAY), REFUSED),
    ("host agrees", turns.host_consents_to_the_extension, turns.ExtensionFacts(WANTED), ALLOWED),
    (
        "host is silent",
        turns.host_consents_to_the_extension,
        turns.ExtensionFacts(replace(WANTED, host_consents=False)),
        REFUSED,
    ),
    ("nothing asked", turns.host_consents_to_the_extension, turns.ExtensionFacts(None), REFUSED),
    ("whole year", turns.whole_period_is_allowed, turns.WholePeriodFacts(FIRST, LONGEST, LAST), ALLOWED),
    ("over a year", turns.whole_period_is_allowed, turns.WholePeriodFacts(FIRST, LONGEST + DAY, LAST), REFUSED),
    ("came today", turns.late_start_is_within_the_period, LATE, ALLOWED),
    ("came on the first day", turns.late_start_is_within_the_period, replace(LATE, started_on=FIRST), REFUSED),
    ("will come", turns.late_start_is_within_the_period, replace(LATE, started_on=LATE.on + DAY), REFUSED),
    ("nothing contested", turns.no_contest_is_open, turns.ContestFacts(""), ALLOWED),
    ("contested", turns.no_contest_is_open, turns.ContestFacts("Bukan surat kami"), REFUSED),
    ("own unit", turns.host_return_is_complete, turns.ReturnFacts(True, "", None, ""), ALLOWED),
    ("with its letter", turns.host_return_is_complete, OUTSIDE, ALLOWED),
    ("without a number", turns.host_return_is_complete, replace(OUTSIDE, return_number=""), REFUSED),
    ("without a date", turns.host_return_is_complete, replace(OUTSIDE, return_on=None), REFUSED),
    ("without the file", turns.host_return_is_complete, replace(OUTSIDE, return_file=""), REFUSED),
)
RULES = {name: found for name, found in vars(turns).items() if isinstance(found, Rule) and "turns" in found.name}


@pytest.mark.parametrize(
    ("rule", "facts", "grade"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES]
)
def test_a_rule_answers_as_its_example_says(rule: Rule, facts: Any, grade: Grade) -> None:
    decision = rule(facts, LAW)
    assert decision.grade is grade
    for reason in decision.reasons:
        assert reason.says.endswith(".")
        assert reason.by
        assert all(REGULATIONS.find(citation) for citation in reason.by)
        assert reason.grade is ALLOWED or reason.remedy


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_seen_to_allow_and_to_refuse(name: str) -> None:
    assert {grade for _, rule, _, grade in EXAMPLES if rule is RULES[name]} == {ALLOWED, REFUSED}


@pytest.mark.parametrize("state", ["accepted", "host_proposal", "host_unavailable"])
def test_a_contest_that_is_upheld_asks_the_host_again_and_else_all_stays(state: str) -> None:
    assert turns.where_a_settled_answer_goes(turns.SettlementFacts(True, state)) == "awaiting_host"
    assert turns.where_a_settled_answer_goes(turns.SettlementFacts(False, state)) == state


def test_an_assessment_that_is_contested_with_reason_is_given_anew() -> None:
    facts = turns.SettlementFacts(True, "final_verification")
    assert turns.where_a_settled_assessment_goes(facts) == "host_assessment"
    assert turns.where_a_settled_assessment_goes(replace(facts, upheld=False)) == "final_verification"


def test_what_nobody_asked_for_needs_no_consent_and_no_answer() -> None:
    assert not turns.an_extension_is_asked(turns.ExtensionFacts(None))
    assert not turns.the_host_is_to_consent(turns.ExtensionFacts(WANTED))
    assert turns.the_host_is_to_consent(turns.ExtensionFacts(replace(WANTED, host_consents=False)))
