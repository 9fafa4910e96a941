"""A mentor in two places at once, on real connections of both databases: what two together would break stays whole."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.mentoring import MENTOR, agreed, by_another_law, meeting, proposed, running
from tests.witness import recorded, state
from tests.workflow.test_concurrency import in_threads
from tests.world import World
from workflow.engine.engine import Outcome
from workflow.errors import Refused

ONE_MENTEE = """
[most_mentees]
says = "Mentee yang dibina seorang mentor pada saat yang sama, paling banyak"
unit = "orang"
since = [{ from = 2020-01-01, value = 1, by = "Praktik daerah" }]
"""
MENTEES = ("nurse", "third_nurse")


def test_a_mentor_at_the_limit_takes_one_of_two_who_ask_at_once(world: World, tmp_path: Path) -> None:
    world = by_another_law(world, tmp_path, ONE_MENTEE)
    asking = [proposed(world, mentee=mentee) for mentee in MENTEES]
    for case in asking:
        world.fire(case, "endorse", "nursing_head")
    engine, actor, write = world.engine, world.actor(MENTOR), world.database.write
    answers = in_threads([partial(write, engine.fire, case, "consent", actor, {}, world.at) for case in asking])
    taken = [answer for answer in answers if isinstance(answer, Outcome)]
    (turned_away,) = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(taken) == 1
    assert [r.says for r in turned_away.reasons if r.remedy] == [
        "Mentor membina 1 mentee lain; paling banyak 1 mentee pada saat yang sama."
    ]
    assert sorted(state(world, case) for case in asking) == ["agency_approval", "mentor_consent"]


def test_a_mentor_at_the_limit_cannot_be_proposed_to_another_mentee(world: World, tmp_path: Path) -> None:
    world = by_another_law(world, tmp_path, ONE_MENTEE)
    agreed(world)
    with pytest.raises(Refused, match="Mentor membina 1 mentee lain"):
        proposed(world, mentee="third_nurse")


def test_of_two_meetings_that_overlap_one_is_logged(world: World) -> None:
    pairs = [running(world, mentee=mentee) for mentee in MENTEES]
    world.go_to(date(2026, 3, 11))
    day, actor, write = date(2026, 3, 10), world.actor(MENTOR), world.database.write
    forms = (meeting(day), meeting(day, start="09:00", end="10:00"))
    answers = in_threads(
        [
            partial(write, world.engine.fire, case, "log_session", actor, form, world.at)
            for case, form in zip(pairs, forms, strict=True)
        ]
    )
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert sorted(len(recorded(world, case, "session")) for case in pairs) == [0, 1]
