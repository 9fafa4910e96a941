"""What an exchange of staff asks for beside what an internship does."""

from __future__ import annotations

from datetime import date

import pytest

import policies.exchange as policy
from policies.decision import Grade
from policies.parameters import Parameter, Policies

LAW = Policies.load().on(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("country", "grade", "hours", "parameter"),
    [
        ("Indonesia", Grade.ALLOWED, 20, policy.HOURS),
        ("Malaysia", Grade.WARNED, 24, policy.HOURS_ABROAD),
    ],
)
def test_an_exchange_is_credited_by_its_own_row_of_the_table(
    country: str, grade: Grade, hours: int, parameter: Parameter[int]
) -> None:
    decision = policy.hours_follow_the_partners_country(policy.CreditFacts(country), LAW)
    (reason,) = decision.reasons
    assert (decision.grade, reason.says) == (grade, f"Mitra berada di {country}; pertukaran dihitung {hours} JP.")
    assert LAW[parameter].value == hours


def test_the_counterpart_works_in_a_unit_that_is_known() -> None:
    rule = policy.counterpart_has_a_place
    assert rule(policy.PlaceFacts("Dinas Kesehatan"), LAW).grade is Grade.ALLOWED
    assert rule(policy.PlaceFacts(None), LAW).grade is Grade.REFUSED
