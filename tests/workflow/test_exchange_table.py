"""Every arrow of an exchange: fired once by whoever may, refused to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.circumstances import alter
from tests.stories.test_an_exchange import GUIDE, REQUEST, SCORES
from tests.turns import found
from tests.witness import happened, state, waiting
from tests.workflow.test_moves import moves
from tests.world import World
from workflow.definition import SYSTEM
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import NotFound, NotYours, Problem
from workflow.processes.exchange import PROCESS

NOTE: dict[str, Any] = {}
BECAUSE = {"reason": "Ada keperluan dinas yang mendesak."}
TO_MEND = {"to_mend": "Mohon perbaiki tujuannya."}
#: The road, and the state in which each step leaves the case.
ROAD: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("submit", "nurse", REQUEST, "supervisor_review"),
    ("endorse", "nursing_head", NOTE, "agency_review"),
    ("forward", "hospital_head", NOTE, "verification"),
    ("verify", "verifier", NOTE, "awaiting_signature"),
    ("request_host", "secretary", NOTE, "awaiting_host"),
    ("confirm", "contact", GUIDE, "awaiting_decree"),
    ("decide", "regent", NOTE, "decided"),
    ("start", "nurse", NOTE, "ongoing"),
    ("finish", "contact", NOTE, "reporting"),
    ("report", "nurse", {"summary": "Laporan akhir pertukaran pegawai."}, "host_assessment"),
    ("assess", "contact", SCORES, "final_verification"),
    ("complete", "verifier", NOTE, "completed"),
)
#: Who plays a role in the office, and who plays none of those that may take a step.
PLAYERS = {
    "participant": "nurse",
    "supervisor": "nursing_head",
    "agency_head": "hospital_head",
    "verifier": "verifier",
    "final_verifier": "second_verifier",
    "secretary": "secretary",
    "host": "contact",
    "appointing_authority": "regent",
    SYSTEM: SYSTEM,
}
EVERYBODY = (
    "nurse",
    "nursing_head",
    "hospital_head",
    "verifier",
    "secretary",
    "contact",
    "regent",
    "stranger",
    "clerk_1",
)


def coordination(world: World) -> dict[str, Any]:
    letter = {"coordinated_with": "LAN", "letter_number": "B/1/2026", "letter_on": "2026-03-01"}
    return {**letter, "document": world.file("verifier")}


def departed(world: World) -> dict[str, Any]:
    """The participant has left the service."""
    alter(world, "nurse", left_on=world.at.date())
    return BECAUSE


#: From which state, by which trigger, in which role, with which form, to which state.
SCENES: tuple[tuple[str, str, str, Any, str], ...] = (
    ("drafted", "save", "participant", {"goal": "Belajar asuhan intensif."}, "drafted"),
    *(
        (before, trigger, role, form, after)
        for before, (trigger, _, form, after), role in zip(
            ("drafted", *(step[3] for step in ROAD)),
            ROAD,
            ("participant", "supervisor", "agency_head", "verifier", "secretary", "host", "appointing_authority",
             "participant", "host", "participant", "host", "final_verifier"),
            strict=False,
        )
    ),
    *(
        (where, trigger, role, form, to)
        for where, role in (("supervisor_review", "supervisor"), ("agency_review", "agency_head"), ("verification", "verifier"))
        for trigger, form, to in (("return", TO_MEND, "drafted"), ("reject", BECAUSE, "rejected"))
    ),
    ("drafted", "withdraw", "participant", NOTE, "withdrawn"),
    ("drafted", "withdraw", SYSTEM, NOTE, "withdrawn"),
    *((s, "withdraw", "participant", NOTE, "withdrawn")
      for s in ("supervisor_review", "agency_review", "verification", "awaiting_signature")),
    ("awaiting_signature", "send_back", "secretary", TO_MEND, "verification"),
    ("awaiting_host", "decline", "host", BECAUSE, "declined"),
    ("awaiting_host", "lapse", SYSTEM, NOTE, "declined"),
    ("awaiting_decree", "coordinate", "verifier", coordination, "awaiting_decree"),
    ("awaiting_decree", "reject", "appointing_authority", BECAUSE, "rejected"),
    ("awaiting_decree", "cancel", "verifier", BECAUSE, "cancelled"),
    ("decided", "cancel", "verifier", BECAUSE, "cancelled"),
    ("decided", "start", "host", NOTE, "ongoing"),
    ("decided", "start", SYSTEM, NOTE, "ongoing"),
    ("ongoing", "finish", SYSTEM, NOTE, "reporting"),
    ("ongoing", "end_early", "host", {**BECAUSE, "last_day": "2026-06-29"}, "reporting"),
    ("ongoing", "end_early", "agency_head", {**BECAUSE, "last_day": "2026-06-29"}, "reporting"),
    ("reporting", "close_unmet", "verifier", BECAUSE, "unmet"),
    ("host_assessment", "close_unmet", "verifier", BECAUSE, "unmet"),
    ("final_verification", "return", "final_verifier", TO_MEND, "reporting"),
    ("final_verification", "close_unmet", "final_verifier", BECAUSE, "unmet"),
    *((s.name, "close_departed", "final_verifier", departed, "ended") for s in PROCESS.states if not s.final),
    *((s, "close_departed", SYSTEM, departed, "ended")
      for s in ("drafted", "supervisor_review", "agency_review", "verification", "awaiting_signature", "awaiting_host",
                "awaiting_decree")),
)  # fmt: skip


BEFORE_IT_BEGINS = (
    "supervisor_review",
    "agency_review",
    "verification",
    "awaiting_signature",
    "awaiting_host",
    "awaiting_decree",
    "decided",
)
#: What the head of the unit to which somebody moved may do: from which state, with which form, to which state.
AFTER_A_MOVE: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    *((where, "continue", NOTE, where) for where in (*BEFORE_IT_BEGINS, "ongoing")),
    *((where, "recall", BECAUSE, "cancelled") for where in BEFORE_IT_BEGINS),
    ("ongoing", "end_early", {**BECAUSE, "last_day": "2026-06-26"}, "reporting"),
)


def standing(world: World, where: str) -> str:
    """An exchange in a state."""
    case = world.database.write(world.engine.open, "exchange", world.actor("nurse"), {}, world.at).case_id
    for trigger, who, form, after in ROAD:
        if where == "drafted" or state(world, case) == where:
            break
        if trigger == "start":
            world.go_to(date(2026, 4, 6))
        if trigger == "finish":
            world.go_to(date(2026, 6, 30))
        world.fire(case, trigger, who, form)
        assert state(world, case) == after
    if where == "decided":
        world.go_to(date(2026, 4, 6))
    if where == "ongoing":
        world.go_to(date(2026, 6, 30))
    return case


@pytest.mark.parametrize(("where", "trigger", "role", "form", "to"), SCENES)
def test_whoever_may_takes_the_step(
    office: World,
    where: str,
    trigger: str,
    role: str,
    form: dict[str, Any] | Callable[[World], dict[str, Any]],
    to: str,
) -> None:
    case = standing(office, where)
    given = form(office) if callable(form) else form
    if role == SYSTEM:
        office.database.write(office.engine.fire, case, trigger, THE_SYSTEM, given, office.at)
    else:
        office.fire(case, trigger, PLAYERS[role], given)
    assert state(office, case) == to


@pytest.mark.parametrize(("where", "trigger", "form", "to"), AFTER_A_MOVE)
def test_the_new_head_answers_for_whoever_has_moved(
    office: World, where: str, trigger: str, form: dict[str, Any], to: str
) -> None:
    case = standing(office, where)
    if where == "ongoing":
        office.go_to(date(2026, 6, 29))
    moves(office, case)
    assert "health_head" in waiting(office, case)
    office.fire(case, trigger, "health_head", form)
    assert state(office, case) == to
    assert found(office) == []


def test_silence_lets_an_exchange_go_on_after_a_move(office: World) -> None:
    case = standing(office, "awaiting_decree")
    moves(office, case)
    office.go_to(date(2026, 3, 20))
    office.sweep()
    assert "health_head" not in waiting(office, case)
    assert "move_continued" in happened(office, case)


def test_every_arrow_is_among_the_scenes() -> None:
    tried = {(where, trigger, role) for where, trigger, role, _, _ in SCENES}
    tried |= {(where, trigger, "new_head") for where, trigger, _, _ in AFTER_A_MOVE}
    known = {
        (where, arrow.trigger, role)
        for where in PROCESS.state
        for arrow in PROCESS.from_state(where)
        for role in PROCESS.actors(arrow, where)
    }
    # What a colleague prepares is told in the stories of a cohort; the same step is tried as the participant's here.
    assert known - tried == {("drafted", "save", "personnel_officer")}
    assert tried <= known


@pytest.mark.parametrize("where", [state.name for state in PROCESS.states if not state.final])
def test_nobody_else_takes_any_step(office: World, where: str) -> None:
    case = standing(office, where)
    for arrow in PROCESS.from_state(where):
        may = {PLAYERS.get(role) for role in PROCESS.actors(arrow, where)}
        may |= {"verifier"} if "second_verifier" in may else set()
        for who in EVERYBODY:
            if who in may:
                continue
            with pytest.raises(Problem) as refused:
                office.database.write(office.engine.fire, case, arrow.trigger, office.actor(who), {}, office.at)
            assert isinstance(refused.value, NotYours | NotFound), (arrow.trigger, who, refused.value.says)
