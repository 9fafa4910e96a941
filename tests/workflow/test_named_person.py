"""A role of whom the form names: found by NIP or id, asked, silent, replaced, kept apart, and with superiors of their own."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Meta
from sqlalchemy import Connection, select

from tests.offices import gone, waiting
from tests.pairs import active, opened, pairing
from tests.world import World
from workflow.authority.sight import may_see
from workflow.cases import load
from workflow.engine.named_others import refuse_strangers
from workflow.errors import InvalidForm, NotFound, NotYours
from workflow.facts import Situation
from workflow.forms import Form, PersonId
from workflow.tables import participants, people


@pytest.fixture
def pair(world: World) -> World:
    """An office whose only process is the small one of two."""
    return pairing(world)


def nip(world: World, who: str) -> str:
    ((found,),) = world.all(select(people.c.nip).where(people.c.id == world.ids[who]))
    return str(found)


def form_of(world: World, case: str) -> dict[str, object]:
    return world.database.read(load, case).form


def spaced(number: str) -> str:
    return f"{number[:8]} {number[8:14]} {number[14:15]} {number[15:]}"


@pytest.mark.parametrize("how", ["nip", "spaced", "id"])
def test_a_person_is_named_by_nip_or_id_and_kept_by_id(pair: World, how: str) -> None:
    number = nip(pair, "stranger")
    named = {"nip": number, "spaced": spaced(number), "id": pair.ids["stranger"]}[how]
    case = opened(pair, mentor=named)
    assert form_of(pair, case)["mentor"] == pair.ids["stranger"]
    pair.fire(case, "save", "nurse", {"mentor": named})
    outcome = pair.fire(case, "propose", "nurse", {"mentor": named})
    assert outcome.state == "asked"
    assert form_of(pair, case)["mentor"] == pair.ids["stranger"]
    assert waiting(pair, case) == {"stranger": "consent decline"}


@pytest.mark.parametrize("named", ["198001012005011999", "nobody", "contact"])
def test_nobody_is_named_who_is_not_of_the_staff(pair: World, named: str) -> None:
    named = pair.ids.get(named, named)
    case = opened(pair)
    for trigger in ("save", "propose"):
        with pytest.raises(InvalidForm) as refused:
            pair.fire(case, trigger, "nurse", {"mentor": named}, acknowledge=())
        (fault,) = refused.value.fields
        assert (fault.field, fault.label) == ("mentor", "Mentor")
        assert "Periksa nomornya" in fault.says
    with pytest.raises(InvalidForm):
        opened(pair, mentor=named)


class Enrolled(Form, frozen=True, kw_only=True):
    mentor: Annotated[PersonId, Meta(title="Mentor")]
    beside: Annotated[str, Meta(title="Berkas lain", extra={"case": "pairing", "states": ("drafted",)})]


@pytest.mark.parametrize(
    ("mentor", "beside", "says", "fields"),
    [
        ("stranger", "tidak-ada", "Ada berkas yang tidak dikenal.", ["beside"]),
        ("tidak-ada", "", "Ada orang yang tidak dikenal.", ["mentor"]),
        ("tidak-ada", "tidak-ada", "Ada orang yang tidak dikenal.", ["mentor", "beside"]),
        # PostgreSQL takes no such text, not even to look for it.
        ("\0", "\0", "Ada orang yang tidak dikenal.", ["mentor", "beside"]),
    ],
)
def test_a_form_that_names_people_and_cases_says_which_of_them_is_not_known(
    pair: World, mentor: str, beside: str, says: str, fields: list[str]
) -> None:
    case = opened(pair)
    values = {"mentor": pair.ids.get(mentor, mentor), "beside": beside or case}

    def check(conn: Connection) -> None:
        stored = load(conn, case)
        process = pair.engine.registry.process(stored.process)
        refuse_strangers(Situation(conn, pair.engine.office, process, stored, stored.form, pair.at), Enrolled, values)

    with pytest.raises(InvalidForm) as refused:
        pair.database.read(check)
    assert refused.value.says == says
    assert [fault.field for fault in refused.value.fields] == fields


def test_whoever_left_the_service_is_named_no_more_even_in_a_draft_of_before(pair: World) -> None:
    case = opened(pair, mentor=pair.ids["stranger"])
    gone(pair, "stranger")
    with pytest.raises(InvalidForm, match="tidak dikenal"):
        pair.fire(case, "propose", "nurse", {"goal": "Belajar"}, acknowledge=())


def test_only_whom_the_form_names_may_answer(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["stranger"]})
    with pytest.raises(NotFound):
        pair.fire(case, "consent", "clerk_1", acknowledge=())
    with pytest.raises(NotYours, match="mentor"):
        pair.fire(case, "consent", "nurse", acknowledge=())
    assert pair.fire(case, "consent", "stranger").state == "review"


def test_nobody_is_their_own_mentor(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["nurse"]})
    assert waiting(pair, case) == {}, "nobody can be named in that place; time goes on"
    with pytest.raises(NotYours):
        pair.fire(case, "consent", "nurse", acknowledge=())


def test_a_silent_mentor_holds_nothing_up(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["stranger"]})
    pair.go_to(pair.engine.office.day(pair.at).replace(month=4))
    pair.sweep()
    assert pair.database.read(load, case).state == "withdrawn"


def test_a_mentor_who_leaves_is_asked_no_more_and_their_head_is_still_known(pair: World) -> None:
    case = active(pair)
    gone(pair, "stranger", on=pair.engine.office.day(pair.at))
    pair.sweep()
    assert "stranger" not in waiting(pair, case)
    pair.fire(case, "replace", "verifier", {"other": pair.ids["second_nurse"]})
    assert "second_nurse" in waiting(pair, case)


def test_the_head_and_the_superior_are_those_of_the_mentor_and_not_of_the_subject(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["verifier"]})
    with pytest.raises((NotYours, NotFound)):
        pair.fire(case, "decline", "nursing_head", acknowledge=())
    pair.fire(case, "consent", "verifier")
    assert waiting(pair, case) == {"agency_chief": "assign"}


def test_a_mentor_who_heads_their_unit_is_assigned_by_whoever_stands_above(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["health_head"]})
    pair.fire(case, "consent", "health_head")
    assert waiting(pair, case) == {"secretary": "assign"}


def test_roles_that_stand_on_somebody_not_named_yet_are_nobodys(pair: World) -> None:
    case = opened(pair)
    actions = pair.database.read(pair.engine.actions, case, pair.actor("nurse"), pair.at)
    assert [judged.arrow.trigger for judged in actions] == ["save", "propose", "withdraw"]


def test_whoever_was_asked_sees_the_case_and_others_do_not(pair: World) -> None:
    case = opened(pair)

    def sees(who: str) -> bool:
        stored = pair.database.read(load, case)
        process = pair.engine.registry.process("pairing")
        return pair.database.read(may_see, process, stored, pair.ids[who], pair.engine.office.day(pair.at))

    pair.fire(case, "save", "nurse", {"mentor": pair.ids["stranger"]})
    assert not sees("stranger"), "a draft is nobody else's"
    pair.fire(case, "propose", "nurse", {"mentor": pair.ids["stranger"]})
    assert sees("stranger")
    assert not sees("clerk_1")
    ((role,),) = pair.all(
        select(participants.c.role).where(
            participants.c.case_id == case, participants.c.person_id == pair.ids["stranger"]
        )
    )
    assert role == "mentor"


def test_one_trigger_leads_each_role_where_theirs_leads(pair: World) -> None:
    own, others = opened(pair), opened(pair, "second_nurse")
    assert pair.fire(own, "propose", "nurse", {"mentor": pair.ids["stranger"]}).state == "asked"
    assert pair.fire(others, "propose", "nursing_head", {"mentor": pair.ids["stranger"]}).state == "review"
    assert waiting(pair, others) == {"health_head": "assign"}
    with pytest.raises(NotFound):
        pair.fire(opened(pair, "third_nurse"), "propose", "clerk_1", {}, acknowledge=())


def test_each_role_reads_of_one_trigger_what_it_means_to_them(pair: World) -> None:
    case = opened(pair)
    for who, title in (("nurse", "Usulkan"), ("nursing_head", "Usulkan langsung")):
        found = pair.database.read(pair.engine.actions, case, pair.actor(who), pair.at)
        assert [judged.arrow.title for judged in found if judged.arrow.trigger == "propose"] == [title]


def test_whoever_may_not_take_a_trigger_is_told_all_who_may(pair: World) -> None:
    case = opened(pair)
    pair.fire(case, "save", "nurse", {"mentor": pair.ids["stranger"]})
    with pytest.raises(NotYours, match="mentee atau atasan langsung mentee"):
        pair.fire(case, "propose", "hospital_head", {}, acknowledge=())
