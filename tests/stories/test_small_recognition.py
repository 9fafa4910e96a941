"""Thanks in writing and a unit's own piagam: without a round, a panel or money."""

from __future__ import annotations

from tests.award_rounds import (
    VERIFIER,
    all_signed,
    found,
    handing,
    kinds_of,
    letter,
    nomination,
    open_round,
    opened,
    proposed,
)
from tests.witness import name_of, refused, state, waiting
from tests.world import World
from workflow.errors import Refused


def thanked(world: World, who: str, head: str, **changes: str) -> str:
    """Small recognition up to the decision."""
    case = proposed(world, who, "recognition", **changes)
    assert "nominate" in waiting(world, case)[head]
    world.fire(case, "nominate", head)
    world.fire(case, "verify", VERIFIER)
    assert state(world, case) == "decision"
    return case


def test_a_piagam_of_the_unit_by_its_head(awards: World) -> None:
    case = thanked(awards, "nurse", "hospital_head")
    awards.fire(case, "decree", "hospital_head")
    all_signed(awards, case)
    assert name_of(awards, letter(awards, case, "award_unit_certificate").signed_by) == "hospital_head"
    awards.fire(case, "hand_over", VERIFIER, handing(awards))
    assert state(awards, case) == "awarded"
    assert kinds_of(awards, case) == ["award_submission", "award_unit_certificate"]
    assert found(awards) == []


def test_thanks_in_a_letter(awards: World) -> None:
    case = thanked(awards, "nurse", "hospital_head", thanks_by="letter")
    awards.fire(case, "decree", "hospital_head")
    assert kinds_of(awards, case)[-1] == "award_thanks"
    all_signed(awards, case)
    awards.fire(case, "hand_over", VERIFIER, handing(awards))
    assert state(awards, case) == "awarded"


def test_a_head_is_thanked_by_the_secretary(awards: World) -> None:
    case = thanked(awards, "hospital_head", "secretary")
    assert list(waiting(awards, case)) == ["secretary"]
    awards.fire(case, "decree", "secretary")
    assert name_of(awards, letter(awards, case, "award_unit_certificate").signed_by) == "secretary"


def test_small_recognition_names_no_round(awards: World) -> None:
    of_round, case = open_round(awards), opened(awards, "nurse")
    with refused(awards, case, Refused, rules={"round_takes_the_nomination"}):
        awards.fire(case, "propose", "nurse", nomination(awards, "nurse", "recognition", of_round))
