"""Every arrow of mentoring: fired once by whoever may, refused to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.circumstances import alter
from tests.mentoring import (
    BECAUSE,
    EVALUATION,
    LAST_DAY,
    OTHER_MENTOR,
    PROPOSAL,
    agreed,
    logged,
    meeting,
    met,
    opened,
    proposal,
)
from tests.turns import found
from tests.witness import state
from tests.world import World
from workflow.definition import SYSTEM
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import NotFound, NotNow, NotYours, Problem
from workflow.processes.mentoring import PROCESS

NOTE: dict[str, Any] = {}
TO_MEND = {"to_mend": "Mohon perbaiki tujuannya."}
#: Who plays a role in the office; where two roles fall to one person, the arrows of either.
PLAYERS = {
    "mentee": "nurse",
    "mentor": "second_nurse",
    "new_mentor": OTHER_MENTOR,
    "supervisor": "nursing_head",
    "mentee_head": "hospital_head",
    "agency_head": "hospital_head",
    "verifier": "verifier",
    SYSTEM: SYSTEM,
}
EVERYBODY = (
    *("nurse", "second_nurse", OTHER_MENTOR, "nursing_head", "hospital_head", "verifier"),
    *("stranger", "clerk_1", "contact"),
)
BY_THEMSELVES = ("supervisor_review", "mentor_consent", "agency_approval")
FOR_THEM = ("mentee_consent", "mentor_consent", "agency_approval")
PROPOSED = ("supervisor_review", *FOR_THEM)
UNDER_WAY = ("active", "paused", "replacement_consent")
MEETING = ("active", "paused", "evaluation")
OPENERS = ("mentee", "supervisor", "verifier")
DAY = date(2026, 3, 10)

#: What must have happened before, and the form that is then filled in.
Form = dict[str, Any] | Callable[[World, str], dict[str, Any]]


def asks(trigger: str, who: str, form: dict[str, Any] = NOTE) -> Form:
    """One has asked for something; the other answers with ``form``."""

    def prepared(world: World, case: str) -> dict[str, Any]:
        more = {"new_ends_on": "2026-09-08"} if trigger == "ask_extension" else {}
        world.fire(case, trigger, PLAYERS[who], {**BECAUSE, **more})
        return form

    return prepared


def after_a_meeting(form: dict[str, Any]) -> Form:
    """A meeting was logged and awaits the mentee."""

    def prepared(world: World, case: str) -> dict[str, Any]:
        world.go_to(date(2026, 3, 11))
        logged(world, case, DAY)
        return form

    return prepared


def orphaned(world: World, case: str) -> dict[str, Any]:
    """A meeting is disputed, and the mentor who logged it is no longer in service."""
    form = {**CHOSEN, **BECAUSE}
    world.go_to(date(2026, 3, 11))
    logged(world, case, DAY)
    world.fire(case, "dispute_session", "nurse", form)
    alter(world, "second_nurse", left_on=world.at.date())
    return form


def before_a_meeting(world: World, _case: str) -> dict[str, Any]:
    """A meeting was held, and nobody has logged it."""
    world.go_to(date(2026, 3, 11))
    return meeting(DAY)


def left(who: str) -> Form:
    """Somebody is no longer in service."""

    def prepared(world: World, _case: str) -> dict[str, Any]:
        alter(world, who, left_on=world.at.date())
        return NOTE

    return prepared


def unanswered(world: World, case: str) -> dict[str, Any]:
    """Something was asked, and nobody has answered in time."""
    world.fire(case, "ask_pause", "nurse", BECAUSE)
    world.at += timedelta(days=14)
    return NOTE


def objected(world: World, case: str) -> dict[str, Any]:
    """The head of the mentee's unit objects."""
    world.fire(case, "object", "hospital_head", BECAUSE)
    return BECAUSE


def at_its_end(world: World, _case: str) -> dict[str, Any]:
    """The period is over."""
    world.go_to(LAST_DAY + timedelta(days=1))
    return NOTE


def evaluated(world: World, case: str) -> dict[str, Any]:
    """Both have evaluated."""
    for who in ("nurse", "second_nurse"):
        world.fire(case, "evaluate", who, EVALUATION)
    return NOTE


def attested(world: World, _case: str) -> dict[str, Any]:
    """What a verifier puts on record with a document."""
    says = {"fact": "mentor_status", "value": "Aktif", "says": "Menurut surat keterangan."}
    return {**says, "document": world.file("verifier")}


def other_mentor(world: World, _case: str) -> dict[str, Any]:
    """Somebody else is to be mentor."""
    return {**BECAUSE, "new_mentor": world.ids["fourth_nurse"]}


def replaced(world: World, case: str) -> dict[str, Any]:
    """Another mentor has consented, with whom the mentee has not agreed yet."""
    named = {**BECAUSE, "new_mentor": world.ids[OTHER_MENTOR]}
    world.fire(case, "replace_mentor", "hospital_head", named)
    world.fire(case, "consent", OTHER_MENTOR)
    return NOTE


def whole(world: World, _case: str) -> dict[str, Any]:
    """A whole proposal."""
    return proposal(world)


EXTENSION = {**BECAUSE, "new_ends_on": "2026-09-08"}
CHOSEN = {"numbers": [1]}
#: From which state, by which trigger, in which role, with which form, to which state.
SCENES: tuple[tuple[str, str, str, Form, str], ...] = (
    *(("drafted", "save", role, PROPOSAL, "drafted") for role in OPENERS),
    ("drafted", "propose", "mentee", whole, "supervisor_review"),
    ("drafted", "propose", "supervisor", whole, "mentee_consent"),
    ("drafted", "propose", "verifier", whole, "mentee_consent"),
    *((where, "withdraw", "mentee", NOTE, "withdrawn") for where in ("drafted", *BY_THEMSELVES)),
    *(
        (where, "withdraw", role, NOTE, "withdrawn")
        for where in ("drafted", *FOR_THEM)
        for role in ("supervisor", "verifier")
    ),
    ("drafted", "withdraw", SYSTEM, NOTE, "withdrawn"),
    *((where, "attest", "verifier", attested, where) for where in ("drafted", *PROPOSED, *UNDER_WAY)),
    ("supervisor_review", "endorse", "supervisor", NOTE, "mentor_consent"),
    ("mentee_consent", "agree", "mentee", NOTE, "mentor_consent"),
    ("mentee_consent", "disagree", "mentee", BECAUSE, "withdrawn"),
    ("mentor_consent", "consent", "mentor", NOTE, "agency_approval"),
    ("mentor_consent", "decline", "mentor", BECAUSE, "declined"),
    *((where, "lapse", SYSTEM, NOTE, "withdrawn") for where in ("mentee_consent", "mentor_consent")),
    *(
        (where, trigger, role, form, to)
        for where, role in (("supervisor_review", "supervisor"), ("agency_approval", "agency_head"))
        for trigger, form, to in (("return", TO_MEND, "drafted"), ("reject", BECAUSE, "rejected"))
    ),
    ("agency_approval", "approve", "agency_head", NOTE, "active"),
    ("active", "object", "mentee_head", BECAUSE, "active"),
    ("active", "answer_objection", "verifier", objected, "active"),
    *((where, "log_session", "mentor", before_a_meeting, where) for where in MEETING),
    *((where, "confirm_session", "mentee", after_a_meeting(CHOSEN), where) for where in MEETING),
    *((where, "dispute_session", "mentee", after_a_meeting({**CHOSEN, **BECAUSE}), where) for where in MEETING),
    *(
        (where, "correct_session", "mentor", after_a_meeting({**meeting(DAY, end="09:00"), "number": 1}), where)
        for where in MEETING
    ),
    *((where, "withdraw_session", "mentor", after_a_meeting({**CHOSEN, **BECAUSE}), where) for where in MEETING),
    *((where, "withdraw_session", "verifier", orphaned, where) for where in ("active", "evaluation")),
    *(
        ("active", trigger, role, form, "active")
        for trigger, form in (("ask_extension", EXTENSION), ("ask_pause", BECAUSE), ("ask_conclusion", BECAUSE))
        for role in ("mentor", "mentee")
    ),
    ("active", "accept_ask", "mentor", asks("ask_extension", "mentee"), "active"),
    ("active", "accept_ask", "mentee", asks("ask_pause", "mentor"), "paused"),
    ("active", "refuse_ask", "mentor", asks("ask_pause", "mentee", BECAUSE), "active"),
    ("active", "refuse_ask", "mentee", asks("ask_conclusion", "mentor", BECAUSE), "active"),
    ("active", "lapse_ask", SYSTEM, unanswered, "active"),
    *(("paused", "resume", role, NOTE, "active") for role in ("mentor", "mentee")),
    *((where, "replace_mentor", "agency_head", other_mentor, "replacement_consent") for where in UNDER_WAY),
    ("replacement_consent", "consent", "new_mentor", NOTE, "active"),
    ("active", "agree_anew", "mentee", replaced, "active"),
    ("replacement_consent", "decline", "new_mentor", BECAUSE, "paused"),
    ("replacement_consent", "lapse", SYSTEM, NOTE, "paused"),
    ("active", "conclude", "mentor", asks("ask_conclusion", "mentee"), "evaluation"),
    ("active", "conclude", "mentee", asks("ask_conclusion", "mentor"), "evaluation"),
    *((where, "conclude", SYSTEM, at_its_end, "evaluation") for where in UNDER_WAY),
    *(
        (where, "end_early", role, BECAUSE, "evaluation")
        for where in UNDER_WAY
        for role in ("mentor", "mentee", "agency_head", "verifier")
    ),
    *(("evaluation", "evaluate", role, EVALUATION, "evaluation") for role in ("mentor", "mentee")),
    ("evaluation", "certify", "verifier", evaluated, "completed"),
    ("evaluation", "close_unmet", "verifier", BECAUSE, "unmet"),
    *((where, "close_departed", SYSTEM, left("nurse"), "withdrawn") for where in ("drafted", *PROPOSED)),
    *((where, "close_departed", SYSTEM, left("nurse"), "evaluation") for where in UNDER_WAY),
    *((where, "lose_mentor", SYSTEM, left("second_nurse"), "drafted") for where in PROPOSED),
    ("active", "lose_mentor", SYSTEM, left("second_nurse"), "paused"),
)


def standing(world: World, where: str, opener: str = "mentee", *, with_meetings: bool = False) -> str:
    """A pair in a state, opened by whoever plays a role."""
    if where in UNDER_WAY or where == "evaluation":
        case = agreed(world)
        world.fire(case, "approve", "hospital_head")
        if with_meetings:
            met(world, case, *(date(2026, 3, 10) + timedelta(days=14 * n) for n in range(4)))
        if where == "paused":
            world.fire(case, "ask_pause", "second_nurse", BECAUSE)
            world.fire(case, "accept_ask", "nurse")
        if where == "replacement_consent":
            world.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": world.ids[OTHER_MENTOR]})
        if where == "evaluation":
            world.go_to(max(date(2026, 3, 11), world.at.date()))
            world.fire(case, "end_early", "nurse", BECAUSE)
        return case
    case = opened(world, by=PLAYERS[opener])
    if where == "drafted":
        return case
    world.fire(case, "propose", PLAYERS[opener], proposal(world))
    if where in ("supervisor_review", "mentee_consent"):
        return case
    world.fire(case, *(("endorse", "nursing_head") if opener == "mentee" else ("agree", "nurse")))
    if where == "agency_approval":
        world.fire(case, "consent", "second_nurse")
    return case


def opener_of(where: str, trigger: str, role: str) -> str:
    """Who must have opened the case of a scene; a supervisor is asked about what a mentee proposed, and the other way round."""
    if trigger in ("save", "propose", "withdraw") and role in OPENERS:
        return role
    return "supervisor" if where == "mentee_consent" else "mentee"


@pytest.mark.parametrize(("where", "trigger", "role", "form", "to"), SCENES)
def test_whoever_may_takes_the_step(office: World, where: str, trigger: str, role: str, form: Form, to: str) -> None:
    case = standing(office, where, opener_of(where, trigger, role), with_meetings=trigger == "certify")
    given = form(office, case) if callable(form) else form
    if role == SYSTEM:
        office.database.write(office.engine.fire, case, trigger, THE_SYSTEM, given, office.at)
    else:
        office.fire(case, trigger, PLAYERS[role], given)
    assert state(office, case) == to
    assert found(office) == []


def test_every_arrow_is_among_the_scenes() -> None:
    tried = {(where, trigger, role) for where, trigger, role, _, _ in SCENES}
    known = {
        (where, arrow.trigger, role)
        for where in PROCESS.state
        for arrow in PROCESS.from_state(where)
        for role in PROCESS.actors(arrow, where)
    }
    assert tried == known


@pytest.mark.parametrize("where", [state.name for state in PROCESS.states if not state.final])
def test_nobody_else_takes_any_step(office: World, where: str) -> None:
    case = standing(office, where, opener_of(where, "", ""))
    for trigger in {arrow.trigger for arrow in PROCESS.from_state(where)}:
        roles = {role for arrow in PROCESS.arrows(where, trigger) for role in PROCESS.actors(arrow, where)}
        may = {PLAYERS.get(role) for role in roles}
        for who in EVERYBODY:
            if who in may:
                continue
            with pytest.raises(Problem) as refused:
                office.database.write(office.engine.fire, case, trigger, office.actor(who), {}, office.at)
            assert isinstance(refused.value, NotYours | NotFound | NotNow), (trigger, who, refused.value.says)
