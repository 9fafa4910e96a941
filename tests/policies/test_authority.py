"""What may be signed in another's place, and how far authority is lent on."""

from __future__ import annotations

from datetime import date

import pytest

from policies.authority import (
    PassingOnFacts,
    SigningFacts,
    authority_is_passed_on_once,
    lent_no_further_than_through_one,
    may_decide,
    the_mandate_covers_the_letter,
)
from policies.decision import Grade
from policies.parameters import Policies

POLICIES = Policies.load()
LAW = POLICIES.on(date(2026, 3, 2))


@pytest.mark.parametrize(("levels", "grade"), [(0, Grade.ALLOWED), (1, Grade.ALLOWED), (2, Grade.REFUSED)])
def test_what_was_lent_is_lent_on_once(levels: int, grade: Grade) -> None:
    decision = authority_is_passed_on_once(PassingOnFacts(levels), LAW)
    assert decision.grade is grade
    assert any("UU 30/2014 Pasal 13" in by for by in decision.reasons[0].by)


@pytest.mark.parametrize(("levels", "grade"), [(1, Grade.ALLOWED), (2, Grade.ALLOWED), (3, Grade.REFUSED)])
def test_a_letter_is_signed_on_behalf_of_one_and_through_one_more(levels: int, grade: Grade) -> None:
    facts = SigningFacts(
        decides=False, post="Sekretaris Daerah", capacity="mandat", giver_holds_post=True, levels=levels
    )
    assert lent_no_further_than_through_one(facts, LAW).grade is grade


def test_a_mandate_for_other_letters_signs_none_of_these() -> None:
    facts = SigningFacts(False, "Sekretaris Daerah", "mandat", giver_holds_post=True, covered=False)
    assert the_mandate_covers_the_letter(facts, LAW).grade is Grade.REFUSED


@pytest.mark.parametrize(
    ("on", "capacity", "decides"),
    [
        (date(2021, 1, 13), "plh", True),
        (date(2021, 1, 14), "plh", False),
        (date(2021, 1, 13), "mandat", False),
        (date(2026, 3, 2), "mandat", False),
        (date(2026, 3, 2), "delegasi", True),
        (date(2026, 3, 2), "pj", True),
    ],
)
def test_who_signs_what_decides(on: date, capacity: str, decides: bool) -> None:
    assert may_decide(capacity, POLICIES.on(on)) is decides
