"""Many at once: each task decided alone, in the order of the list, with its own verdict and event."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.bulk import (
    HEAD,
    caller,
    choices,
    endorsed,
    left,
    lines,
    ordered,
    page,
    run,
    run_one,
    states,
    tried,
    versions,
    waiting,
)
from tests.cohorts import gathered
from tests.offices import PreparedOffice, all_stored, change, hold, opened, post_of
from tests.pairs import active, pairing
from tests.witness import broken
from tests.workflow.test_auditing import assigned
from tests.world import World
from workflow.audit import events_of
from workflow.bulk.ordering import cancel
from workflow.bulk.pages import bulk_list
from workflow.bulk.rows import forget_old
from workflow.bulk.running import run_due
from workflow.callers import Caller
from workflow.engine.idempotency import KEPT_DAYS
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, KeyReused, NotFound, NotNow
from workflow.filing import file_content
from workflow.people import issue_key, revoke_key
from workflow.references import reference_of
from workflow.tables import api_keys, bulk_acts, bulk_lines, events, files, letters, people, tasks

ENDORSE = Step("endorse", {})
FORWARD = Step("forward", {})


def taken(world: World, case: str, trigger: str) -> int:
    """How often a step was taken with a case."""
    return [event.type for event in world.database.read(events_of, case)].count(trigger)


# --- Choosing --------------------------------------------------------------------------------------------------------


def test_tasks_are_chosen_with_their_versions_and_what_is_open_for_all(world: World) -> None:
    several = waiting(world)
    found = choices(world)
    assert {line.case_id: line.version for line in found.items} == versions(world, several)
    assert [offer.trigger for offer in found.offers] == ["endorse", "return", "reject"]
    assert [need.name for need in found.offers[1].needs] == ["to_mend"]
    assert not found.more


def test_what_is_open_for_some_alone_is_not_offered(world: World) -> None:
    several = waiting(world, 2)
    world.fire(several[0], "endorse", HEAD)
    triggers = [offer.trigger for offer in choices(world).offers]
    assert "endorse" not in triggers
    assert "forward" not in triggers
    assert {line.state for line in choices(world).items} == {"supervisor_review", "agency_review"}
    assert [line.case_id for line in choices(world, state="agency_review").items] == [several[0]]
    assert choices(world, process="exchange").items == ()
    with pytest.raises(NotNow, match=reference_of(several[0])):
        ordered(world, several, ENDORSE)


def test_tasks_are_named_by_case_number_and_those_of_others_are_not_there(world: World) -> None:
    first, second = waiting(world, 2)
    assert [line.case_id for line in choices(world, HEAD, reference_of(second)).items] == [second]
    told = set()
    for named in (first, "019cac7d-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound) as missing:
            choices(world, "nursing_head", named)
        told.add(missing.value.says.replace(named, "X"))
    assert len(told) == 1


def test_letters_to_be_signed_are_named_apart(world: World) -> None:
    world.road("complete")
    waits = {row.letter_id for row in world.all(select(tasks).where(tasks.c.assignee_id == world.ids["agency_chief"]))}
    assert waits - {None}
    found = choices(world, "agency_chief")
    assert set(found.letters) == waits
    assert (found.items, found.offers) == ((), ())


# --- Trying ----------------------------------------------------------------------------------------------------------


def test_a_trial_says_for_each_what_would_come_of_it_and_writes_nothing(world: World) -> None:
    several = endorsed(world, 2)
    changed = endorsed(world, 1, first=3)
    seen = versions(world, [*several, *changed])
    world.fire(changed[0], "return", HEAD, {"to_mend": "Lengkapi jadwal."})
    before = world.database.read(all_stored)
    found = tried(world, seen, FORWARD)
    assert [line.answer for line in found.items] == ["allowed", "allowed", "refused"]
    assert found.items[2].obstacles[0].problem == "out-of-date"
    assert found.items[0].reasons[0].by
    assert (found.allowed, found.warned, found.refused) == (2, 0, 1)
    assert world.database.read(all_stored) == before


# --- Doing it --------------------------------------------------------------------------------------------------------


def test_each_is_decided_with_its_own_verdict_and_event(world: World) -> None:
    several = endorsed(world, 6)
    warned = tried(world, several, FORWARD).acknowledge
    act = ordered(world, several, replace(FORWARD, acknowledge=warned))
    assert (act.total, act.left) == (6, 6)
    assert states(world, several) == ["agency_review"] * 6, "ordering does nothing yet"
    assert run(world) == 6
    found = lines(world, act.id)
    outcomes = [found[case].outcome for case in several]
    assert outcomes == ["done"] * 4 + ["refused"] * 2, "four of sixteen can be away at once"
    assert states(world, several) == ["verification"] * 4 + ["agency_review"] * 2
    for case in several[:4]:
        (event,) = found[case].events
        assert world.all(select(events.c.case_id, events.c.type).where(events.c.id == event)) == [(case, "forward")]
        assert any(reason.by for reason in found[case].reasons)
    for case in several[4:]:
        assert any(reason.grade == "refused" and reason.by for reason in found[case].reasons)
    progress = page(world, act.id).progress
    assert (progress.done, progress.refused, progress.left) == (4, 2, 0)
    assert progress.ended_at is not None
    assert broken(world.database) == []


def test_a_warning_goes_through_only_where_its_rule_was_acknowledged(world: World) -> None:
    several = endorsed(world, 2)
    for case in several:
        world.fire(case, "forward", HEAD)
    change(world, update(people).where(people.c.id == world.ids["clerk_1"]).values(sanctions_known=False))
    verify = Step("verify", {"budget_line": world.budget_line})
    found = tried(world, several, verify, "verifier")
    assert [line.answer for line in found.items] == ["warned", "allowed"]
    act = ordered(world, several, verify, "verifier")
    run(world)
    refused, done = lines(world, act.id, "verifier").values()
    assert (refused.problem, refused.acknowledge) == ("not-acknowledged", found.acknowledge)
    assert done.outcome == "done"
    act = ordered(world, several[:1], replace(verify, acknowledge=found.acknowledge), "verifier")
    run(world)
    assert [line.outcome for line in lines(world, act.id, "verifier").values()] == ["done"]


def test_a_case_that_was_changed_meanwhile_is_refused_alone(world: World) -> None:
    several = waiting(world)
    seen = versions(world, several)
    world.fire(several[1], "withdraw", "clerk_2", {"reason": "Batal berangkat."})
    act = ordered(world, seen, ENDORSE)
    run(world)
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "refused", "done"]
    assert found[several[1]].problem == "out-of-date"


def test_a_case_that_does_not_await_them_is_refused_in_its_turn(world: World) -> None:
    several = waiting(world, 1)
    drafted = world.open("clerk_2")
    act = ordered(world, [*several, drafted], ENDORSE)
    assert (act.left, act.refused) == (2, 0)
    run(world)
    found = lines(world, act.id)
    assert [found[case].problem for case in (*several, drafted)] == ["", "not-now"]
    assert states(world, [drafted]) == ["drafted"]


def test_what_is_wrong_with_the_form_is_told_once_and_nothing_is_ordered(world: World) -> None:
    several = waiting(world, 2)
    with pytest.raises(InvalidForm):
        ordered(world, several, Step("reject", {}))
    assert world.all(select(bulk_acts.c.id)) == []


def test_a_case_that_is_not_theirs_is_answered_like_one_that_does_not_exist(world: World) -> None:
    several = waiting(world, 1)
    told = set()
    for case in (several[0], "019cac7d-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound) as missing:
            ordered(world, {case: 1}, ENDORSE, "stranger")
        told.add(missing.value.says.replace(reference_of(case), "X"))
    assert len(told) == 1


@pytest.mark.parametrize("number", [0, 1001])
def test_there_is_a_least_and_a_most(world: World, number: int) -> None:
    with pytest.raises(InvalidForm, match="1 sampai 1000"):
        ordered(world, {str(each): 1 for each in range(number)}, ENDORSE)


def test_one_case_is_not_named_twice(world: World) -> None:
    (case,) = waiting(world, 1)
    with pytest.raises(InvalidForm, match="dua kali"):
        ordered(world, {case: 2, reference_of(case): 2}, ENDORSE)


# --- Again, at the same time, in the middle --------------------------------------------------------------------------


def test_the_same_key_orders_once(world: World) -> None:
    several = waiting(world)
    seen = versions(world, several)
    first = ordered(world, seen, ENDORSE, key="once")
    run(world)
    again = ordered(world, seen, ENDORSE, key="once")
    assert (again.id, again.repeated, again.done) == (first.id, True, 3)
    with pytest.raises(KeyReused):
        ordered(world, seen, Step("endorse", {"note": "Lain."}), key="once")
    assert len(world.all(select(bulk_acts.c.id))) == 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_acts_run_by_two_at_once_take_each_step_once(database: str, request: pytest.FixtureRequest) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{database}_office")
    world = office.as_new()
    several = waiting(world, 6)
    acts = [ordered(world, several, ENDORSE), ordered(world, several[::-1], ENDORSE)]
    with opened(office.url, world) as other, ThreadPoolExecutor(2) as threads:
        for each in (world, other):
            threads.submit(run_due, each.database, world.engine, lambda: world.at)
    run(world)  # either may have ended where the other had the last act in hand
    assert left(world) == []
    assert [taken(world, case, "endorse") for case in several] == [1] * 6
    found = [lines(world, act.id) for act in acts]
    assert sorted(line.outcome for each in found for line in each.values()) == ["done"] * 6 + ["refused"] * 6
    assert broken(world.database) == []


@pytest.mark.parametrize("seated_anew", [False, True])
def test_whoever_loses_the_post_in_the_middle_does_no_more(world: World, seated_anew: bool) -> None:
    several = waiting(world)
    act = ordered(world, several, ENDORSE)
    assert run_one(world, act.id) == 1
    hold(world, post_of(world, HEAD), "treasurer")
    if seated_anew:
        for case in several[1:]:
            world.database.write(world.engine.reseat, case, world.at)
    run(world)
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "refused", "refused"]
    assert {found[case].problem for case in several[1:]} == {"not-yours"}
    assert states(world, several[1:]) == ["supervisor_review"] * 2


def test_what_is_left_can_be_cancelled_and_what_is_done_stays(world: World) -> None:
    several = waiting(world)
    act = ordered(world, several, ENDORSE)
    run_one(world, act.id)
    with pytest.raises(NotFound):
        world.database.write(cancel, world.engine, caller(world, "verifier"), world.at, act.id)
    for _ in range(2):
        after = world.database.write(cancel, world.engine, caller(world, HEAD), world.at, act.id)
        assert (after.done, after.cancelled, after.left) == (1, 2, 0)
    assert run(world) == 0
    assert states(world, several) == ["agency_review", "supervisor_review", "supervisor_review"]
    over = ordered(world, several[1:], ENDORSE)
    run(world)
    with pytest.raises(NotNow, match="sudah selesai"):
        world.database.write(cancel, world.engine, caller(world, HEAD), world.at, over.id)


def test_a_key_that_is_revoked_does_no_more(world: World) -> None:
    several = waiting(world, 2)
    world.database.write(issue_key, world.ids[HEAD], "uji", "read act", world.at)
    ((key_id,),) = world.all(select(api_keys.c.id))
    act = ordered(world, several, ENDORSE, key_id=key_id)
    run_one(world, act.id)
    world.database.write(revoke_key, key_id, world.at)
    run(world)
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "refused"]
    assert "dicabut" in found[several[1]].detail
    assert left(world) == []


def test_a_key_that_has_expired_does_no_more(world: World) -> None:
    several = waiting(world, 2)
    world.database.write(issue_key, world.ids[HEAD], "uji", "read act", world.at, world.at + timedelta(hours=1))
    ((key_id,),) = world.all(select(api_keys.c.id))
    act = ordered(world, several, ENDORSE, key_id=key_id)
    run_one(world, act.id)
    world.at += timedelta(hours=1)
    run(world)
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "refused"]
    assert "habis masa berlakunya" in found[several[1]].detail


# --- One file for all ------------------------------------------------------------------------------------------------

MEETING = {"met_on": "2026-03-02", "topic": "Rencana"}


def met(world: World, proof: str, number: int = 3) -> tuple[World, list[str], Step]:
    """Pairs of one mentor, who puts the same meeting on record for each, with the same file."""
    pair = pairing(world)
    return (
        pair,
        [active(pair, f"clerk_{each}") for each in range(1, number + 1)],
        Step("log", MEETING | {"proof": proof}),
    )


def test_one_file_serves_all_lines_and_is_kept_once(world: World) -> None:
    proof = world.file("stranger")
    pair, several, step = met(world, proof)
    assert [line.answer for line in tried(pair, several, step, "stranger").items] == ["allowed"] * 3
    act = ordered(pair, several, step, "stranger")
    run(pair)
    assert [line.outcome for line in lines(pair, act.id, "stranger").values()] == ["done"] * 3
    assert pair.all(select(func.count()).select_from(files)) == [(1,)]
    for number in (1, 2, 3):
        seen = pair.database.read(file_content, pair.engine, caller(pair, f"clerk_{number}"), pair.at, proof)
        assert seen.content
    with pytest.raises(NotFound):
        pair.database.read(file_content, pair.engine, caller(pair, "clerk_9"), pair.at, proof)
    assert broken(pair.database) == []


def test_a_file_that_goes_on_after_the_first_line_was_refused_serves_the_rest(world: World) -> None:
    pair, several, step = met(world, world.file("stranger"))
    seen = versions(pair, several)
    act = ordered(pair, seen, step, "stranger")
    pair.fire(several[0], "log", "stranger", MEETING)
    run(pair)
    assert [line.problem for line in lines(pair, act.id, "stranger").values()] == ["out-of-date", "", ""]


@pytest.mark.parametrize("whose", ["of another case", "of somebody else"])
def test_a_file_that_a_single_step_may_not_name_serves_none(world: World, whose: str) -> None:
    proof = world.file("stranger" if whose == "of another case" else "clerk_9")
    pair, several, step = met(world, proof)
    if whose == "of another case":
        pair.fire(active(pair, "clerk_9"), "log", "stranger", dict(step.form))
    with pytest.raises(InvalidForm) as refused:
        ordered(pair, several, step, "stranger")
    assert [fault.field for fault in refused.value.fields] == ["proof"]


# --- A cohort shares its letter --------------------------------------------------------------------------------------


def test_of_a_cohort_one_shared_letter_is_issued_for_those_who_may_go(world: World) -> None:
    together = gathered(world, *(f"clerk_{number}" for number in range(1, 7))).until("endorse")
    several = list(together.cases.values())
    alone = endorsed(world, 1, first=7)
    ((before,),) = world.all(select(func.count()).select_from(letters))
    chosen = [*several[:2], *alone, *several[2:]]
    warned = tried(world, chosen, FORWARD).acknowledge
    act = ordered(world, chosen, replace(FORWARD, acknowledge=warned))
    assert run_one(world, act.id) == 6
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done"] * 4 + ["refused"] * 2
    assert len({found[case].letters for case in several[:4]}) == 1
    assert {line.cohort_id for line in found.values()} == {"", together.id}
    assert all(any(reason.by for reason in found[case].reasons) for case in several[4:])
    run(world)
    assert world.all(select(func.count()).select_from(letters)) == [(before + 1,)]
    assert lines(world, act.id)[alone[0]].outcome == "refused"
    assert broken(world.database) == []


def test_a_case_of_a_cohort_that_was_changed_goes_alone(world: World) -> None:
    together = gathered(world).until("endorse")
    several = list(together.cases.values())
    act = ordered(world, several, FORWARD)
    world.fire(several[0], "return", HEAD, {"to_mend": "Lengkapi jadwal."})
    run(world)
    found = lines(world, act.id)
    assert found[several[0]].problem == "out-of-date"
    assert [found[case].outcome for case in several[1:]] == ["done", "done"], found
    assert len({found[case].letters for case in several[1:]}) == 1


def test_where_one_of_a_cohort_is_left_each_goes_alone(world: World) -> None:
    together = gathered(world).until("endorse")
    several = list(together.cases.values())
    act = ordered(world, several, FORWARD)
    for case in several[1:]:
        world.fire(case, "return", HEAD, {"to_mend": "Lengkapi jadwal."})
    assert run(world) == 3
    found = lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "refused", "refused"]
    assert {line.cohort_id for line in found.values()} == {""}


# --- Who sees it -----------------------------------------------------------------------------------------------------


def test_an_act_is_seen_by_whoever_ordered_it_and_by_auditors_alone(world: World) -> None:
    several = waiting(world, 2)
    act = ordered(world, several, ENDORSE)
    run(world)
    for who in ("verifier", "clerk_1", "administrator"):
        with pytest.raises(NotFound):
            page(world, act.id, who)
        assert world.database.read(bulk_list, world.engine, caller(world, who), world.at).items == ()
    assert [each.id for each in world.database.read(bulk_list, world.engine, caller(world, HEAD), world.at).items] == [
        act.id
    ]
    auditor = audits(world, "stranger")
    assert [each.id for each in world.database.read(bulk_list, world.engine, auditor, world.at).items] == [act.id]
    shown = page(world, act.id, auditor)
    assert {line.case_id for line in shown.items} == set(several)
    assert set(auditor.looked_at) >= set(several)
    assert all(not line.reasons for line in shown.items)


def audits(world: World, who: str) -> Caller:
    """Somebody with an assignment to audit, at the desk."""
    return replace(caller(world, who), assignment_id=assigned(world, who))


def test_whoever_looks_from_outside_is_told_no_grounds(world: World) -> None:
    together = gathered(world).until("request_host")
    several = list(together.cases.values())
    guest = replace(caller(world, "contact"), kind="contact", partner_id="RSPROV")
    step = Step("confirm", {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"})
    versions_seen = versions(world, several)
    assert {line.case_id for line in choices(world, guest).items} == set(several)
    inside = {reason.rule for line in tried(world, several, step, "verifier").items for reason in line.reasons}
    outside = {reason.rule for line in tried(world, several, step, guest).items for reason in line.reasons}
    assert outside <= inside | {""}
    act = ordered(world, versions_seen, step, guest)
    run(world)
    shown = lines(world, act.id, guest)
    assert {line.outcome for line in shown.values()} == {"done"}
    assert all(not line.reasons for line in shown.values())


def test_lines_come_in_pages(world: World) -> None:
    several = waiting(world)
    act = ordered(world, several, ENDORSE)
    first = page(world, act.id, limit=2)
    assert ([line.case_id for line in first.items], first.next) == (several[:2], 2)
    rest = page(world, act.id, limit=2, after=2)
    assert ([line.case_id for line in rest.items], rest.next) == (several[2:], None)


def test_acts_are_forgotten_as_long_after_their_end_as_keys_are(world: World) -> None:
    several = waiting(world, 2)
    act = ordered(world, several, ENDORSE)
    later = world.at + timedelta(days=KEPT_DAYS + 1)
    assert world.database.write(forget_old, later) == 0, "it has not ended"
    run(world)
    assert world.database.write(forget_old, world.at + timedelta(days=KEPT_DAYS - 1)) == 0
    assert world.database.write(forget_old, later) == 1
    assert world.all(select(bulk_lines.c.position).where(bulk_lines.c.bulk_id == act.id)) == []
