"""A mentoring pair in the office of ``world.py``: what it fills in, and the roads that several tests take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from policies.parameters import Policies
from tests.world import World
from workflow.engine.engine import Engine, Outcome
from workflow.engine.judging import THE_SYSTEM

MENTEE, MENTOR, OTHER_MENTOR, ELSEWHERE = "nurse", "second_nurse", "third_nurse", "stranger"
FIRST_DAY, LAST_DAY = date(2026, 3, 9), date(2026, 6, 8)
PROPOSAL: dict[str, Any] = {
    "competency": "Asuhan keperawatan intensif",
    "goal": "Mampu memberi asuhan keperawatan intensif tanpa pendampingan.",
    "starts_on": FIRST_DAY.isoformat(),
    "ends_on": LAST_DAY.isoformat(),
    "plan": "Dua kali sebulan, masing-masing sembilan puluh menit.",
}
BECAUSE = {"reason": "Ada keperluan dinas yang mendesak."}
EVALUATION = {
    "mastery": 5,
    "communication": 4,
    "achievement": 4,
    "commitment": 5,
    "application": 3,
    "gap_before": 3,
    "gap_after": 1,
}


def proposal(world: World, mentor: str = MENTOR, **changes: Any) -> dict[str, Any]:
    """What is filled in to propose a mentor."""
    return {**PROPOSAL, "mentor": world.ids[mentor], **changes}


def meeting(day: date, start: str = "08:00", end: str = "09:30", **changes: Any) -> dict[str, Any]:
    """A meeting of a day, in the agency's zone."""
    return {
        "starts_at": f"{day}T{start}:00+07:00",
        "ends_at": f"{day}T{end}:00+07:00",
        "medium": "in_person",
        "place": "Ruang Rapat Keperawatan",
        "topic": "Pemantauan pasien kritis",
        "result": "Mentee dapat membaca monitor pasien.",
        **changes,
    }


def opened(world: World, by: str = MENTEE, mentee: str = MENTEE) -> str:
    """A draft, opened by the mentee or for them. Answers the case's id."""
    person = None if by == mentee else world.ids[mentee]
    engine, actor = world.engine, world.actor(by)
    return world.database.write(engine.open, "mentoring", actor, {}, world.at, person=person).case_id


def proposed(world: World, mentor: str = MENTOR, mentee: str = MENTEE, **changes: Any) -> str:
    """A pair that the mentee proposed."""
    case = opened(world, mentee, mentee)
    world.fire(case, "propose", mentee, proposal(world, mentor, **changes))
    return case


def agreed(world: World, mentor: str = MENTOR, mentee: str = MENTEE, **changes: Any) -> str:
    """One to which superior and mentor have agreed."""
    case = proposed(world, mentor, mentee, **changes)
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "consent", mentor)
    return case


def running(world: World, mentor: str = MENTOR, mentee: str = MENTEE, **changes: Any) -> str:
    """One that was approved, on its first day."""
    case = agreed(world, mentor, mentee, **changes)
    world.fire(case, "approve", "hospital_head" if mentor != ELSEWHERE else "agency_chief")
    world.go_to(max(FIRST_DAY, world.at.date()))
    return case


def met(world: World, case: str, *days: date, mentor: str = MENTOR, mentee: str = MENTEE) -> None:
    """Meetings that were logged and confirmed, each on the day after it."""
    for day in days:
        world.go_to(date.fromordinal(day.toordinal() + 1))
        number = logged(world, case, day, mentor=mentor)
        world.fire(case, "confirm_session", mentee, {"numbers": [number]})


def logged(world: World, case: str, day: date, mentor: str = MENTOR, **changes: Any) -> int:
    """A meeting that was logged. Answers its number."""
    from tests.witness import recorded  # noqa: PLC0415 - witness looks at worlds, this makes them

    world.fire(case, "log_session", mentor, meeting(day, **changes))
    return int(recorded(world, case, "session")[-1].number)


def by_the_system(world: World, case: str, trigger: str, form: Mapping[str, Any] | None = None) -> Outcome:
    """The system takes a step."""
    return world.database.write(world.engine.fire, case, trigger, THE_SYSTEM, form or {}, world.at)


def by_another_law(world: World, folder: Path, text: str, file: str = "mentoring.toml") -> World:
    """The same office under a folder of its own parameters."""
    (folder / file).write_text(text, "utf-8")
    old = world.engine.office
    return replace(world, engine=Engine(world.engine.registry, replace(old, policies=Policies.load(folder))))
