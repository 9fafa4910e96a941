"""The same key of the same account is answered as the first time; only committed answers are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from tests.world import REQUEST, World
from workflow.engine import idempotency
from workflow.engine.engine import Outcome
from workflow.errors import KeyReused, NotYours, Refused
from workflow.letters.acts import Sign
from workflow.tables import cases, events, letters
from workflow.tables import idempotency as kept


def count(world: World, table: object) -> int:
    (row,) = world.all(select(func.count()).select_from(table))  # type: ignore[arg-type]
    return int(row[0])


def first_time(outcome: Outcome) -> Outcome:
    return msgspec.structs.replace(outcome, repeated=False)


def test_the_same_key_opens_one_case_and_answers_it_twice(world: World) -> None:
    def open_it() -> Outcome:
        return world.database.write(
            world.engine.open, "internship", world.actor("nurse"), {"section": "IGD"}, world.at, key="k1"
        )

    first, second = open_it(), open_it()
    assert not first.repeated
    assert second.repeated
    assert first_time(second) == first
    assert count(world, cases) == 1


def test_the_same_key_takes_a_step_once_and_answers_it_twice(world: World) -> None:
    case = world.submitted()
    first = world.fire(case, "endorse", "nursing_head", {"note": "Setuju."}, version=2, key="k1", acknowledge=())
    world.fire(case, "return", "hospital_head", {"to_mend": "Perbaiki tujuannya."})
    again = world.fire(case, "endorse", "nursing_head", {"note": "Setuju."}, version=2, key="k1", acknowledge=())
    assert again.repeated
    assert first_time(again) == first
    assert again.state == "agency_review", "the answer is the first one, whatever has happened since"
    assert count(world, events) == 4


def test_the_order_of_the_fields_does_not_make_another_request() -> None:
    one, other = {"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}
    assert idempotency.digest([one]) == idempotency.digest([other])
    assert idempotency.digest([one]) != idempotency.digest([{**one, "a": 2}])


@pytest.mark.parametrize("change", ["form", "version", "trigger", "case", "acknowledge", "then"])
def test_the_same_key_with_another_request_is_refused(one_world: World, change: str) -> None:
    world = one_world
    case, other = world.submitted(), world.submitted("second_nurse")
    given: dict[str, Any] = {"form": {"note": "Setuju."}, "version": 2, "key": "k1", "acknowledge": ()}
    world.fire(case, "endorse", "nursing_head", **given)
    changes: dict[str, dict[str, Any]] = {
        "form": {"form": {"note": "Setuju sekali."}},
        "version": {"version": 3},
        "acknowledge": {"acknowledge": ("internship.performance_is_good",)},
        "then": {"then": (world.then("forward"),)},
    }
    trigger = "reject" if change == "trigger" else "endorse"
    with pytest.raises(KeyReused, match="Kunci “k1” sudah dipakai untuk permintaan lain"):
        world.fire(other if change == "case" else case, trigger, "nursing_head", **{**given, **changes.get(change, {})})


def test_a_key_belongs_to_one_account(world: World) -> None:
    case, other = world.submitted(), world.submitted("stranger", host="unit:RSUD", funding="none", estimate=0)
    world.fire(case, "endorse", "nursing_head", key="k1")
    outcome = world.fire(other, "endorse", "health_head", key="k1")
    assert not outcome.repeated
    assert outcome.case_id == other


def test_a_refused_act_is_not_kept_and_its_key_can_be_used_again(world: World) -> None:
    case = world.open()
    with pytest.raises(Refused):
        world.fire(case, "submit", "nurse", {**REQUEST, "ends_on": "2026-04-01"}, key="k1")
    with pytest.raises(NotYours):
        world.fire(case, "attest", "nurse", key="k1")
    assert count(world, kept) == 0
    assert world.fire(case, "submit", "nurse", REQUEST, key="k1").state == "supervisor_review"


def test_the_same_key_signs_a_letter_once(world: World) -> None:
    case = world.road("complete")
    (letter,) = world.all(select(letters.c.id).where(letters.c.state == "to_sign"))

    def sign() -> Outcome:
        return world.database.write(
            world.engine.letter, letter.id, Sign(), world.actor("agency_chief"), world.at, key="k1"
        )

    first, second = sign(), sign()
    assert second.repeated
    assert first_time(second) == first
    assert first.case_id == case


def test_answers_are_forgotten_after_thirty_days_by_the_daily_sweep(world: World) -> None:
    case = world.open()
    world.fire(case, "save", "nurse", {"section": "IGD"}, key="k1")
    world.at += timedelta(days=29)
    world.sweep()
    assert count(world, kept) == 1
    world.at += timedelta(days=2)
    world.sweep()
    assert count(world, kept) == 0


def test_the_system_needs_no_key_and_none_is_kept_for_it(world: World) -> None:
    world.open()
    world.at += timedelta(days=90)
    world.sweep()
    assert count(world, kept) == 0
