"""Who may act: relations looked up when needed, mandates with both names, separations kept, and nobody ever stuck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from tests.offices import DAY, TODAY, away, change, gone, hold, lend, names, post_of, revoke, waiting
from tests.world import REQUEST, World
from workflow.audit import events_of
from workflow.authority.bench import Bench, Seat
from workflow.cases import load
from workflow.errors import NotFound, NotYours, Refused
from workflow.facts import Situation
from workflow.office import REGENT
from workflow.references import named
from workflow.tables import group_members, participants, people, positions, tasks, units

INSIDE: dict[str, Any] = {"host": "unit:DINKES", "funding": "none", "estimate": 0}
AT_BKPSDM: dict[str, Any] = {"host": "unit:BKPSDM", "funding": "none", "estimate": 0}


def seats(world: World, case: str, role: str) -> list[str]:
    """Who may play a role: the name, the mandate by which, and ^ where they act in somebody's place."""

    def look(conn: Connection) -> tuple[Seat, ...]:
        stored = load(conn, case)
        process = world.engine.registry.process(stored.process)
        return Bench(Situation(conn, world.engine.office, process, stored, stored.form, world.at)).seats(role)

    return [
        names(world)[seat.person_id] + (f" ({seat.mandate})" if seat.mandate else "") + ("^" if seat.climbed else "")
        for seat in world.database.read(look)
    ]


def last_actor(world: World, case: str) -> dict[str, Any]:
    """The actor of the newest event."""
    payload = world.database.read(events_of, case)[-1].payload
    assert payload is not None
    actor: dict[str, Any] = payload["actor"]
    return actor


def reseat(world: World, case: str) -> bool:
    return world.database.write(world.engine.reseat, case, world.at)


def name(world: World, case: str, who: str, role: str, person: str) -> bool:
    """Somebody names a person for a role."""
    return world.database.write(
        world.engine.reseat, case, world.at, actor=world.actor(who), name={role: world.ids[person]}
    )


# --- Relations -------------------------------------------------------------------------------------------------------


def test_each_role_is_a_relation_of_the_case(world: World) -> None:
    case = world.submitted()
    assert seats(world, case, "participant") == ["nurse"]
    assert seats(world, case, "supervisor") == ["nursing_head"]
    assert seats(world, case, "agency_head") == ["hospital_head"]
    assert sorted(seats(world, case, "verifier")) == ["second_verifier", "verifier"]
    assert seats(world, case, "personnel_head") == ["agency_chief"]
    assert seats(world, case, "signatory") == ["secretary"]
    assert seats(world, case, "assigner") == ["hospital_head"]
    assert seats(world, case, "host") == ["contact"]


def test_a_host_that_is_a_unit_of_ours_is_answered_for_by_its_head_and_asked_by_the_personnel_head(
    world: World,
) -> None:
    case = world.submitted(**INSIDE)
    assert seats(world, case, "host") == ["health_head"]
    assert seats(world, case, "signatory") == ["agency_chief"]


def test_every_contact_of_a_partner_may_answer_for_it(world: World) -> None:
    change(
        world,
        update(people).where(people.c.id == world.ids["stranger"]).values(kind="contact", partner_id="RSPROV"),
    )
    case = world.submitted()
    assert sorted(seats(world, case, "host")) == ["contact", "stranger"]


# --- Vacant, on leave, standing in -----------------------------------------------------------------------------------


def test_the_task_of_a_vacant_post_climbs_to_the_superior(world: World) -> None:
    gone(world, "nursing_head")
    case = world.submitted()
    assert waiting(world, case) == {"hospital_head": "endorse return reject"}
    world.fire(case, "endorse", "hospital_head")
    assert last_actor(world, case) == {
        "id": world.ids["hospital_head"],
        "name": "hospital_head",
        "role": "supervisor",
        "post": "Direktur Rumah Sakit Umum Daerah",
        "in_place": True,
    }


def test_a_task_climbs_over_every_vacant_post_to_the_secretary_and_then_the_regent(world: World) -> None:
    gone(world, "nursing_head", "hospital_head")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["secretary^"]
    gone(world, "secretary")
    assert seats(world, case, "supervisor") == ["regent^"]
    assert seats(world, case, "signatory") == ["regent^"]


def test_a_participant_without_a_superior_on_record_answers_to_the_head_of_the_unit(world: World) -> None:
    change(world, update(people).where(people.c.id == world.ids["nurse"]).values(superior_position_id=None))
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["hospital_head^"]


def test_superiors_in_a_circle_end_with_the_administrators_and_not_in_a_loop(world: World) -> None:
    change(
        world,
        update(positions)
        .where(positions.c.id == post_of(world, "hospital_head"))
        .values(superior_id=post_of(world, "nursing_head")),
    )
    gone(world, "nursing_head", "hospital_head")
    case = world.submitted()
    assert seats(world, case, "supervisor") == []
    assert waiting(world, case) == {"administrator": "name_someone"}


def test_a_holder_on_leave_without_a_stand_in_keeps_the_task_and_the_superior_gets_it_too(world: World) -> None:
    away(world, "nursing_head")
    case = world.submitted()
    assert set(waiting(world, case)) == {"nursing_head", "hospital_head"}
    assert world.fire(case, "endorse", "hospital_head").state == "agency_review"


def test_a_holder_on_leave_with_a_stand_in_is_left_in_peace_and_both_names_are_recorded(world: World) -> None:
    away(world, "nursing_head")
    mandate = lend(world, "plh", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    assert waiting(world, case) == {"second_nurse": "endorse return reject"}
    with pytest.raises(NotYours):
        world.fire(case, "endorse", "nursing_head")
    world.fire(case, "endorse", "second_nurse")
    assert last_actor(world, case) == {
        "id": world.ids["second_nurse"],
        "name": "second_nurse",
        "role": "supervisor",
        "post": "Kepala Bidang Keperawatan",
        "mandate": {
            "kind": "plh",
            "id": mandate,
            "for": "Kepala Bidang Keperawatan",
            "of": "Nursing Head",
            "givers": [world.ids["nursing_head"]],
        },
    }


def test_after_the_leave_the_holder_is_back_beside_the_stand_in_whose_mandate_runs_on(world: World) -> None:
    away(world, "nursing_head", until_on=TODAY)
    lend(world, "plh", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["second_nurse (plh)"]
    world.at += DAY
    assert seats(world, case, "supervisor") == ["nursing_head", "second_nurse (plh)"]


def test_an_acting_head_of_a_vacant_post_decides_in_their_own_name_for_the_post(world: World) -> None:
    post = post_of(world, "nursing_head")
    gone(world, "nursing_head")
    mandate = lend(world, "plt", post, "second_nurse")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["second_nurse (plt)"]
    world.fire(case, "endorse", "second_nurse")
    assert last_actor(world, case)["mandate"] == {"kind": "plt", "id": mandate, "for": "Kepala Bidang Keperawatan"}


@pytest.mark.parametrize("kind", ["mandat", "delegasi"])
def test_lent_authority_leaves_the_holder_theirs(world: World, kind: str) -> None:
    lend(world, kind, post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["nursing_head", f"second_nurse ({kind})"]
    world.fire(case, "endorse", "second_nurse")
    assert last_actor(world, case)["mandate"]["of"] == "Nursing Head"


@pytest.mark.parametrize(
    ("what", "days"),
    [
        ("not begun", {"from_on": TODAY + DAY}),
        ("over", {"from_on": TODAY - 9 * DAY, "until_on": TODAY - DAY}),
        ("for another process", {"scope": "mentoring,incentive"}),
    ],
)
def test_a_mandate_does_not_count_when(world: World, what: str, days: dict[str, Any]) -> None:
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse", **days)
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["nursing_head"], what
    with pytest.raises(NotFound):
        world.fire(case, "endorse", "second_nurse")


def test_a_mandate_counts_on_its_first_and_last_day_and_within_its_scope(world: World) -> None:
    lend(
        world,
        "mandat",
        post_of(world, "nursing_head"),
        "second_nurse",
        from_on=TODAY,
        until_on=TODAY + DAY,
        scope="mentoring,internship",
    )
    case = world.submitted()
    for _ in range(2):
        assert seats(world, case, "supervisor") == ["nursing_head", "second_nurse (mandat)"]
        world.at += DAY
    assert seats(world, case, "supervisor") == ["nursing_head"]


def test_a_mandate_ends_on_the_day_from_which_it_is_revoked(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    revoke(world, mandate, TODAY + DAY)
    assert seats(world, case, "supervisor") == ["nursing_head", "second_nurse (mandat)"]
    world.at += DAY
    assert seats(world, case, "supervisor") == ["nursing_head"]
    with pytest.raises(NotYours):
        world.fire(case, "endorse", "second_nurse")


def test_a_mandate_that_begins_after_the_task_was_given_counts_before_anybody_seats_the_case_anew(world: World) -> None:
    case = world.submitted()
    lend(world, "mandat", post_of(world, "nursing_head"), "stranger")
    assert not world.preview(case, "endorse", "stranger").obstacles
    offered = world.database.read(world.engine.actions, case, world.actor("stranger"), world.at)
    assert [judgement.arrow.trigger for judgement in offered if judgement.seat] == ["endorse", "return", "reject"]
    assert world.fire(case, "endorse", "stranger").state == "agency_review"


def test_the_receiver_of_a_mandate_who_has_left_does_not_act(world: World) -> None:
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    gone(world, "second_nurse")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["nursing_head"]


# --- Those who come and go -------------------------------------------------------------------------------------------


def test_a_person_who_has_left_does_nothing_any_more(world: World) -> None:
    case = world.road("endorse")
    gone(world, "hospital_head")
    with pytest.raises(NotYours):
        world.fire(case, "forward", "hospital_head", acknowledge=())
    with pytest.raises(NotYours, match=r"tidak dapat membuka|untuk dirinya sendiri"):
        world.open("hospital_head")


def test_a_person_who_will_leave_acts_until_that_day(world: World) -> None:
    case = world.submitted()
    gone(world, "nurse", "verifier", "nursing_head", on=TODAY + DAY)
    assert seats(world, case, "participant") == ["nurse"]
    assert seats(world, case, "supervisor") == ["nursing_head"]
    assert sorted(seats(world, case, "verifier")) == ["second_verifier", "verifier"]
    world.at += DAY
    assert seats(world, case, "participant") == []
    assert seats(world, case, "supervisor") == ["hospital_head^"]
    assert seats(world, case, "verifier") == ["second_verifier"]


def test_a_new_head_inherits_the_tasks_and_the_old_one_loses_them(world: World) -> None:
    case = world.road("endorse")
    hold(world, post_of(world, "hospital_head"), "health_head")
    assert waiting(world, case) == {"hospital_head": "forward return reject"}
    assert reseat(world, case)
    assert not reseat(world, case), "the second time there is nothing to change"
    assert waiting(world, case) == {"health_head": "forward return reject"}
    with pytest.raises(NotYours):
        world.fire(case, "forward", "hospital_head")
    assert world.fire(case, "forward", "health_head").state == "verification"


def test_a_letter_that_awaits_a_signature_is_inherited_too_even_of_a_closed_case(world: World) -> None:
    case = world.road("complete")
    letter = select(tasks.c.assignee_id, tasks.c.letter_id).where(tasks.c.letter_id.is_not(None))
    assert [row.assignee_id for row in world.all(letter)] == [world.ids["agency_chief"]]
    hold(world, post_of(world, "agency_chief"), "health_head")
    world.sweep()
    ((assignee, letter_id),) = world.all(letter)
    assert assignee == world.ids["health_head"]
    with pytest.raises(NotYours):
        world.sign(letter_id, "agency_chief")
    assert world.sign(letter_id, "health_head").case_id == case


# --- Separations -----------------------------------------------------------------------------------------------------

DECIDING = ("supervisor", "agency_head", "verifier", "signatory", "assigner", "personnel_head")


def test_a_participant_never_decides_their_own_case_by_mandate(world: World) -> None:
    for holder in ("nursing_head", "hospital_head", "agency_chief", "secretary"):
        lend(world, "mandat", post_of(world, holder), "nurse")
    case = world.submitted()
    for role in DECIDING:
        assert "nurse" not in " ".join(seats(world, case, role)).replace("nursing", "")
    with pytest.raises(NotYours):
        world.fire(case, "endorse", "nurse")
    other = world.submitted("second_nurse")
    assert seats(world, other, "supervisor") == ["nursing_head", "nurse (mandat)"], "another's case they do decide"


def test_a_participant_never_stands_in_for_their_own_superior(world: World) -> None:
    away(world, "nursing_head")
    lend(world, "plh", post_of(world, "nursing_head"), "nurse")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["hospital_head^"]


def test_a_participant_never_decides_their_own_case_as_a_member_of_a_group(world: World) -> None:
    case = world.submitted("verifier", **INSIDE)
    assert seats(world, case, "verifier") == ["second_verifier"]
    with pytest.raises(NotYours):
        world.fire(case, "attest", "verifier", {}, acknowledge=())


def test_a_participant_never_decides_their_own_case_as_a_head(world: World) -> None:
    case = world.submitted("hospital_head")
    assert seats(world, case, "supervisor") == ["secretary"]
    assert seats(world, case, "agency_head") == ["secretary^"]
    assert seats(world, case, "assigner") == ["secretary"], "the secretary assigns a head"
    world.fire(case, "endorse", "secretary")
    with pytest.raises(NotYours):
        world.fire(case, "forward", "hospital_head", acknowledge=())
    assert world.fire(case, "forward", "secretary").state == "verification"


def test_the_case_of_the_secretary_goes_to_the_regent(world: World) -> None:
    case = world.submitted("secretary")
    assert seats(world, case, "supervisor") == ["regent^"]
    assert seats(world, case, "agency_head") == ["regent^"]
    assert seats(world, case, "signatory") == ["regent^"]
    world.fire(case, "endorse", "regent")
    assert world.fire(case, "forward", "regent").state == "verification"


def test_the_case_of_the_head_of_the_personnel_agency_is_not_signed_by_themselves(world: World) -> None:
    case = world.submitted("agency_chief", **INSIDE)
    assert seats(world, case, "signatory") == ["secretary^"]
    assert seats(world, case, "personnel_head") == ["secretary^"]


def test_whoever_answers_for_the_host_neither_asks_it_nor_verifies(world: World) -> None:
    change(
        world,
        insert(group_members).values(group_name="bkpsdm.verifier", unit_id="", person_id=world.ids["agency_chief"]),
    )
    case = world.submitted(**AT_BKPSDM)
    assert seats(world, case, "host") == ["agency_chief"]
    assert seats(world, case, "signatory") == ["secretary^"]
    assert seats(world, case, "personnel_head") == ["secretary^"]
    assert "agency_chief" not in seats(world, case, "verifier")


def test_whoever_stands_in_for_the_head_of_the_host_does_not_verify_either(world: World) -> None:
    lend(world, "mandat", post_of(world, "health_head"), "verifier")
    case = world.submitted(**INSIDE)
    assert seats(world, case, "host") == ["health_head", "verifier (mandat)"]
    assert seats(world, case, "verifier") == ["second_verifier"]


@pytest.mark.parametrize(
    ("acted", "as_role", "kept_from"),
    [
        ("verifier", "verifier", "host"),
        ("agency_chief", "signatory", "host"),
        ("agency_chief", "personnel_head", "host"),
        ("agency_chief", "host", "signatory"),
        ("agency_chief", "host", "personnel_head"),
        ("verifier", "host", "verifier"),
    ],
)
def test_who_has_acted_on_one_side_does_not_act_on_the_other(
    world: World, acted: str, as_role: str, kept_from: str
) -> None:
    case = world.submitted(**INSIDE)
    hold(world, post_of(world, "health_head"), acted)
    change(
        world,
        insert(participants).values(
            id=f"acted-{acted}",
            case_id=case,
            role=as_role,
            person_id=world.ids[acted],
            fixed=False,
            acted=True,
            since_at=world.at,
        ),
    )
    assert acted not in {seat.rstrip("^") for seat in seats(world, case, kept_from)}
    assert seats(world, case, kept_from), "and yet nobody is stuck"


def test_one_person_may_endorse_and_forward_where_both_fall_to_them(world: World) -> None:
    gone(world, "nursing_head")
    case = world.submitted()
    world.fire(case, "endorse", "hospital_head")
    assert world.fire(case, "forward", "hospital_head").state == "verification"


# --- Groups ----------------------------------------------------------------------------------------------------------


def empty_group(world: World) -> None:
    change(world, delete(group_members).where(group_members.c.group_name == "bkpsdm.verifier"))


def test_an_empty_group_falls_to_the_head_of_the_personnel_agency_and_then_up(world: World) -> None:
    empty_group(world)
    case = world.road("forward")
    assert seats(world, case, "verifier") == ["agency_chief^"]
    assert world.fire(case, "verify", "agency_chief", {"budget_line": world.budget_line}).state == "awaiting_signature"
    gone(world, "agency_chief")
    assert seats(world, case, "verifier") == ["secretary^"]


def test_a_group_of_which_only_the_participant_is_left_falls_to_the_head_of_the_personnel_agency(world: World) -> None:
    gone(world, "second_verifier")
    case = world.submitted("verifier", **INSIDE)
    assert seats(world, case, "verifier") == ["agency_chief^"]


# --- Nobody at all ---------------------------------------------------------------------------------------------------


@pytest.fixture
def orphaned(world: World) -> tuple[World, str]:
    """A request whose every superior has left, up to the regent."""
    gone(world, "nursing_head", "hospital_head", "secretary", "regent")
    return world, world.submitted()


def test_where_nobody_is_left_the_administrators_are_asked_to_name_someone(orphaned: tuple[World, str]) -> None:
    world, case = orphaned
    assert waiting(world, case) == {"administrator": "name_someone"}


def test_an_administrator_never_decides_the_task_they_are_asked_about(orphaned: tuple[World, str]) -> None:
    world, case = orphaned
    for trigger in ("endorse", "return", "reject"):
        with pytest.raises(NotYours):
            world.fire(case, trigger, "administrator", {}, acknowledge=())


def test_whom_an_administrator_names_may_act_and_it_is_on_record(orphaned: tuple[World, str]) -> None:
    world, case = orphaned
    assert name(world, case, "administrator", "supervisor", "health_head")
    assert waiting(world, case) == {"health_head": "endorse return reject"}
    event = world.database.read(events_of, case)[-1]
    assert event.type == "named"
    assert event.payload is not None
    assert event.payload["actor"]["name"] == "administrator"
    assert event.payload["named"] == {"supervisor": world.ids["health_head"]}
    assert world.fire(case, "endorse", "health_head").state == "agency_review"


def test_another_person_can_be_named_in_place_of_the_first(orphaned: tuple[World, str]) -> None:
    world, case = orphaned
    name(world, case, "administrator", "supervisor", "health_head")
    name(world, case, "administrator", "supervisor", "agency_chief")
    assert seats(world, case, "supervisor") == ["agency_chief"]


def test_a_new_holder_of_the_post_takes_over_from_the_one_who_was_named(orphaned: tuple[World, str]) -> None:
    world, case = orphaned
    name(world, case, "administrator", "supervisor", "health_head")
    hold(world, REGENT, "clerk_1")
    assert seats(world, case, "supervisor") == ["clerk_1^"]


Naming = Callable[[World, str], object]

#: Who may not be named, or may not name.
WRONG_NAMINGS: dict[str, tuple[Naming, str]] = {
    "by somebody who is no administrator": (
        lambda world, case: name(world, case, "verifier", "supervisor", "health_head"),
        "Hanya administrator",
    ),
    "by the system": (
        lambda world, case: world.database.write(
            world.engine.reseat, case, world.at, name={"supervisor": world.ids["health_head"]}
        ),
        "Hanya administrator",
    ),
    "of themselves": (
        lambda world, case: name(world, case, "administrator", "supervisor", "administrator"),
        "bukan administrator",
    ),
    "of the participant": (
        lambda world, case: name(world, case, "administrator", "supervisor", "nurse"),
        "bukan pemohon",
    ),
    "of a partner's contact": (
        lambda world, case: name(world, case, "administrator", "supervisor", "contact"),
        "harus pegawai",
    ),
    "of somebody who has left": (
        lambda world, case: name(world, case, "administrator", "supervisor", "hospital_head"),
        "masih bertugas",
    ),
    "for the participant's role": (
        lambda world, case: name(world, case, "administrator", "participant", "second_nurse"),
        "Peran “participant” tidak dapat ditunjuk",
    ),
    "for a role that does not exist": (
        lambda world, case: name(world, case, "administrator", "judge", "health_head"),
        "Peran “judge” tidak dapat ditunjuk",
    ),
    "for a role that nobody waits for now": (
        lambda world, case: name(world, case, "administrator", "verifier", "health_head"),
        "tidak sedang menunggu Verifikator BKPSDM",
    ),
}


@pytest.mark.parametrize(("naming", "says"), WRONG_NAMINGS.values(), ids=WRONG_NAMINGS)
def test_nobody_is_named(orphaned: tuple[World, str], naming: Naming, says: str) -> None:
    world, case = orphaned
    before = world.database.read(load, case)
    with pytest.raises(NotYours, match=says):
        naming(world, case)
    assert world.database.read(load, case) == before


def test_nobody_is_named_where_somebody_can_act(world: World) -> None:
    case = world.submitted()
    with pytest.raises(NotYours, match="Masih ada yang berwenang sebagai Atasan langsung"):
        name(world, case, "administrator", "supervisor", "health_head")
    draft = world.open()
    with pytest.raises(NotYours, match="tidak sedang menunggu Penandatangan"):
        name(world, draft, "administrator", "signatory", "health_head")


def test_nobody_of_ours_is_named_to_answer_for_a_partner_without_contacts(world: World) -> None:
    case = world.road("verify")
    gone(world, "contact")
    world.fire(case, "request_host", "secretary")
    assert waiting(world, case) == {"administrator": "name_someone"}
    with pytest.raises(NotYours, match="daftarkan narahubung mitra"):
        name(world, case, "administrator", "host", "stranger")


def test_an_administrator_is_not_asked_about_their_own_case(world: World) -> None:
    change(
        world,
        insert(group_members).values(group_name="administrator", unit_id="", person_id=world.ids["stranger"]),
    )
    gone(world, "agency_chief", "secretary", "regent")
    case = world.submitted("administrator", host="unit:RSUD", funding="none", estimate=0)
    assert waiting(world, case) == {"stranger": "name_someone"}
    with pytest.raises(NotYours, match="bukan untuk berkas yang ia sendiri menjadi pihaknya"):
        name(world, case, "administrator", "supervisor", "health_head")


# --- Cases of others -------------------------------------------------------------------------------------------------


def test_a_case_of_another_unit_is_not_there_for_a_stranger(world: World) -> None:
    case = world.submitted()
    there_is_none = []
    for given in (case, "01990000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound) as missing:
            world.preview(given, "endorse", "stranger")
        there_is_none.append(missing.value.says.replace(named(given), "…").split(",")[0].rstrip("."))
        with pytest.raises(NotFound):
            world.fire(given, "endorse", "stranger", acknowledge=())
        with pytest.raises(NotFound):
            world.fire(given, "endorse", "stranger", acknowledge=(), version=99)
        with pytest.raises(NotFound):
            world.fire(given, "no_such_trigger", "stranger", acknowledge=())
        with pytest.raises(NotFound):
            world.database.read(world.engine.actions, given, world.actor("stranger"), world.at)
    assert len(set(there_is_none)) == 1


def test_a_letter_of_another_unit_is_not_there_for_a_stranger(world: World) -> None:
    case = world.road("complete")
    ((letter,),) = world.all(select(tasks.c.letter_id).where(tasks.c.case_id == case))
    for given in (letter, "01990000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            world.sign(given, "stranger")


def test_units_without_a_head_do_not_stop_anything(world: World) -> None:
    change(world, update(units).values(head_position_id=None))
    case = world.open()
    world.fire(case, "submit", "nurse", REQUEST)
    assert seats(world, case, "agency_head") == ["regent^"]
    assert seats(world, case, "personnel_head") == ["regent^"]


# --- Nobody to sign for ----------------------------------------------------------------------------------------------


def test_a_letter_without_any_post_to_sign_for_is_refused_with_the_way_out(world: World) -> None:
    case = world.road("assess")
    change(
        world,
        update(units).where(units.c.id == "BKPSDM").values(head_position_id=None),
        update(positions).values(holder_id=None),
    )
    with pytest.raises(Refused, match="kepala unit kepegawaian belum tercatat") as refused:
        world.fire(case, "complete", "verifier", {"without_cost": True})
    assert "Impor pegawai" in refused.value.reasons[0].remedy
    assert world.database.read(load, case).state == "final_verification"
