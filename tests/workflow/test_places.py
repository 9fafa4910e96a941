"""How long somebody in particular has their place on a case: held and lost, lost before it was held, taken again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.mentoring import (
    BECAUSE,
    MENTEE,
    MENTOR,
    OTHER_MENTOR,
    agreed,
    by_the_system,
    proposal,
    proposed,
    running,
)
from tests.pairs import active, pairing, sees
from tests.world import World
from workflow import audit
from workflow.errors import NotFound
from workflow.queries import case_list
from workflow.tables import events, participants
from workflow.verification import verify
from workflow.views.actions import action_list
from workflow.views.cases import case_page
from workflow.views.history import history


def seen_by(world: World, who: str, look: Any, *about: Any) -> Any:
    """What somebody is shown."""
    return world.database.read(look, world.engine, sees(world, who), world.at, *about)


def places(world: World, case: str) -> dict[tuple[str, str], str]:
    """Whose places there are on a case: whether each lasts, was held, or was lost before it was."""
    names = {person: name for name, person in world.ids.items()}
    of_case = participants.c.case_id == case, participants.c.role.in_(("mentor", "new_mentor"))
    found: dict[tuple[str, str], str] = {}
    for row in world.all(select(participants).where(*of_case)):
        lost = "held" if row.until_at and row.until_at > row.since_at else "not held"
        found[row.role, names[row.person_id]] = lost if row.until_at else "lasts"
    return found


def replaced(world: World, case: str, by: str = OTHER_MENTOR, **because: str) -> None:
    """Another mentor is named, and consents."""
    named = {**BECAUSE, **because, "new_mentor": world.ids[by]}
    world.fire(case, "replace_mentor", "hospital_head", named)
    world.fire(case, "consent", by)


def found(world: World, *parts: str) -> list[str]:
    """What a check finds."""
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies, parts)))
    return [finding.says for part in checked for finding in part.findings]


def test_a_mentor_who_is_replaced_held_the_place_until_then_and_their_successor_was_a_candidate_until_then(
    world: World,
) -> None:
    case = running(world)
    world.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": world.ids[OTHER_MENTOR]})
    assert places(world, case) == {("mentor", MENTOR): "lasts", ("new_mentor", OTHER_MENTOR): "lasts"}
    world.fire(case, "consent", OTHER_MENTOR)
    assert places(world, case) == {
        ("mentor", MENTOR): "held",
        ("new_mentor", OTHER_MENTOR): "not held",
        ("mentor", OTHER_MENTOR): "lasts",
    }
    ((until,),) = world.all(select(participants.c.until_at).where(participants.c.person_id == world.ids[MENTOR]))
    assert until == world.at
    assert found(world) == []


def test_a_mentor_who_takes_the_place_again_has_it_again(world: World) -> None:
    case = running(world)
    replaced(world, case)
    replaced(world, case, MENTOR)
    assert places(world, case)["mentor", MENTOR] == "lasts"
    assert places(world, case)["mentor", OTHER_MENTOR] == "held"
    assert found(world) == []


@pytest.mark.parametrize("trigger", ["decline", "lapse"])
def test_whoever_would_not_replace_a_mentor_never_held_the_place(world: World, trigger: str) -> None:
    case = running(world)
    world.fire(case, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": world.ids[OTHER_MENTOR]})
    if trigger == "decline":
        world.fire(case, trigger, OTHER_MENTOR, BECAUSE)
    else:
        by_the_system(world, case, trigger)
    assert places(world, case) == {("mentor", MENTOR): "lasts", ("new_mentor", OTHER_MENTOR): "not held"}
    assert found(world) == []


def declined(world: World) -> str:
    case = proposed(world)
    world.fire(case, "endorse", "nursing_head")
    world.fire(case, "decline", MENTOR, BECAUSE)
    return case


def lapsed(world: World) -> str:
    case = proposed(world)
    world.fire(case, "endorse", "nursing_head")
    by_the_system(world, case, "lapse")
    return case


def rejected(world: World) -> str:
    case = agreed(world)
    world.fire(case, "reject", "hospital_head", BECAUSE)
    return case


def changed(world: World) -> str:
    case = agreed(world)
    world.fire(case, "return", "hospital_head", {"to_mend": "Pilih mentor lain."})
    world.fire(case, "save", MENTEE, proposal(world, OTHER_MENTOR))
    return case


@pytest.mark.parametrize("ends", [declined, lapsed, rejected, changed])
def test_a_place_that_was_only_proposed_shows_nothing_once_it_is_lost(ends: Any, world: World) -> None:
    case = ends(world)
    assert places(world, case) == {("mentor", MENTOR): "not held"}
    for look in (case_page, history, action_list):
        with pytest.raises(NotFound):
            seen_by(world, MENTOR, look, case)
        assert seen_by(world, MENTEE, look, case)
    assert seen_by(world, MENTOR, case_list).items == ()
    with pytest.raises(NotFound):
        world.fire(case, "withdraw", MENTOR, acknowledge=())
    assert found(world) == []


def test_a_proposal_that_names_somebody_else_and_then_the_first_again_asks_them_anew(world: World) -> None:
    case = changed(world)
    world.fire(case, "save", MENTEE, proposal(world))
    assert places(world, case) == {("mentor", MENTOR): "not held"}, "a draft is nobody else's"
    world.fire(case, "propose", MENTEE, proposal(world))
    world.fire(case, "endorse", "nursing_head")
    assert places(world, case) == {("mentor", MENTOR): "lasts"}
    assert found(world) == []


@pytest.mark.parametrize("value", [None, datetime(2027, 1, 1, tzinfo=UTC)], ids=["taken away", "moved"])
def test_an_end_of_a_place_that_was_touched_is_found(value: datetime | None, world: World) -> None:
    case = running(world)
    replaced(world, case)
    mentor = participants.c.person_id == world.ids[MENTOR]
    world.database.write(lambda conn: conn.execute(update(participants).where(mentor).values(until_at=value)))
    (says,) = found(world, "cases")
    assert (
        says == f"Pihak mentor ({world.ids[MENTOR]}) tercatat berakhir pada waktu lain daripada menurut peristiwanya."
    )


def test_a_beginning_that_was_moved_to_show_more_is_found(world: World) -> None:
    case = declined(world)
    mentor = participants.c.person_id == world.ids[MENTOR]
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    world.database.write(lambda conn: conn.execute(update(participants).where(mentor).values(since_at=earlier)))
    assert len(found(world, "cases")) == 1, case


def test_an_end_that_no_event_tells_of_is_found(world: World) -> None:
    running(world)
    mentor = participants.c.person_id == world.ids[MENTOR]
    world.database.write(lambda conn: conn.execute(update(participants).where(mentor).values(until_at=world.at)))
    assert found(world, "cases") == [f"Pihak mentor ({world.ids[MENTOR]}) tercatat berakhir tanpa peristiwa."]


def test_what_the_erased_event_told_of_a_place_names_nobody_and_accuses_nobody(world: World) -> None:
    case = running(world)
    replaced(world, case)
    (last,) = world.all(select(events.c.id).where(events.c.case_id == case).order_by(events.c.sequence.desc()).limit(1))
    by = {"id": world.ids["administrator"], "name": "administrator"}
    erased = world.database.write(audit.erase, last.id, by=by, basis="UU 27/2022 Pasal 8", at=world.at)
    assert erased.payload is not None
    assert world.ids[MENTOR] not in json.dumps(erased.payload["erased"])
    assert found(world, "cases") == []


def test_what_was_hidden_from_somebody_when_their_place_ended_is_not_opened_to_them_later(world: World) -> None:
    pair = pairing(world)
    case = active(pair, opens_on="2026-03-05")
    pair.fire(case, "judge", "nurse", {"says": "Sangat membantu."})
    pair.fire(case, "judge", "stranger", {"says": "Sangat rajin."})
    pair.fire(case, "replace", "verifier", {"other": pair.ids["second_nurse"]})
    pair.go_to(date(2026, 3, 6))
    for who, says in (("stranger", [False, True]), ("nurse", [True, True])):
        page = pair.database.read(case_page, pair.engine, sees(pair, who), pair.at, case)
        told = pair.database.read(history, pair.engine, sees(pair, who), pair.at, case)
        assert [bool(entry.fields) for entry in page.entries] == says
        assert [bool(event.given) for event in told.events if event.type == "judge"] == says
