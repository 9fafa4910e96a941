"""Several at once, on real connections: one wins, the other learns why; what two together would break stays whole."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from tests.letters_on_their_way import external, letter
from tests.offices import PreparedOffice, away, change, lend, opened, post_of
from tests.witness import broken
from tests.world import REQUEST, World
from workflow.audit import events_of
from workflow.budgets.faults import imbalances
from workflow.cases import load
from workflow.database import Database
from workflow.engine.engine import Outcome
from workflow.engine.steps import Step
from workflow.engine.sweep import Swept, sweep
from workflow.errors import InvalidForm, KeyReused, NotNow, OutOfDate, Problem, Refused
from workflow.letters.acts import Number, Sign
from workflow.registers.numbers import advance
from workflow.tables import cases, effects, events, files, letters, registers

#: Seconds for which a unit is held open once its work is done, so that the others meet it and not what it left.
HELD = 0.08

Act = Callable[[Connection], Any]


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """The office, on either database."""
    found: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def world(office: PreparedOffice) -> World:
    """Its world, as new."""
    return office.as_new()


def in_threads(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same moment, each in a thread. Answers each one's answer or what it raised."""
    answers: list[Any] = [None] * len(works)
    start = Barrier(len(works))

    def run(number: int) -> None:
        start.wait(timeout=20)
        try:
            answers[number] = works[number]()
        except Exception as error:  # noqa: BLE001 - handed on to the test
            answers[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def at_once(office: PreparedOffice, acts: Sequence[Act], held: float = HELD) -> list[Any]:
    """Run units at the same moment, each on a connection of its own."""

    def unit(conn: Connection, act: Act) -> Any:
        answer = act(conn)
        time.sleep(held)
        return answer

    with ExitStack() as stack:
        databases = [stack.enter_context(opened(office.url, office.world)).database for _ in acts]
        for database in databases:
            database.read(lambda conn: conn.execute(select(1)).scalar_one())
        return in_threads([partial(database.write, unit, act) for database, act in zip(databases, acts, strict=True)])


def fire(world: World, case: str, trigger: str, who: str, form: dict[str, Any] | None = None, **more: Any) -> Act:
    """A person's step, as a unit still to be run."""
    return lambda conn: world.engine.fire(conn, case, trigger, world.actor(who), form or {}, world.at, **more)


def sorted_out(answers: list[Any]) -> tuple[list[Outcome], list[Problem]]:
    """Who won and who lost; anything else that was raised fails the test."""
    strange = [answer for answer in answers if not isinstance(answer, Outcome | Problem)]
    assert not strange, repr(strange)
    won = [answer for answer in answers if isinstance(answer, Outcome)]
    return won, [answer for answer in answers if isinstance(answer, Problem)]


def intact(world: World) -> None:
    """The chains hold and the books balance."""
    assert broken(world.database) == []
    assert world.database.read(imbalances) == []


# --- One wins --------------------------------------------------------------------------------------------------------


def test_of_two_approvals_at_once_one_wins_and_the_other_learns_who(office: PreparedOffice, world: World) -> None:
    away(world, "nursing_head")
    case = world.submitted()
    answers = at_once(
        office, [fire(world, case, "endorse", who, version=2) for who in ("nursing_head", "hospital_head")]
    )
    (won,), (lost,) = sorted_out(answers)
    assert isinstance(lost, OutOfDate)
    payload = world.database.read(events_of, case)[-1].payload
    assert payload is not None
    assert f"diubah oleh {payload['actor']['name']}" in lost.says
    assert (won.state, won.version) == ("agency_review", 3)
    assert lost.more == {"version": 3}
    intact(world)


def test_of_an_approval_and_a_withdrawal_at_once_one_wins(office: PreparedOffice, world: World) -> None:
    case = world.submitted()
    answers = at_once(
        office,
        [
            fire(world, case, "endorse", "nursing_head", version=2),
            fire(world, case, "withdraw", "nurse", version=2),
        ],
    )
    (won,), (lost,) = sorted_out(answers)
    assert isinstance(lost, OutOfDate)
    stored = world.database.read(load, case)
    assert (stored.state, stored.version) == (won.state, 3)
    intact(world)


def test_of_many_approvals_at_once_one_wins(office: PreparedOffice, world: World) -> None:
    case = world.submitted()
    answers = at_once(office, [fire(world, case, "endorse", "nursing_head", version=2) for _ in range(6)], held=0.02)
    won, lost = sorted_out(answers)
    assert (len(won), len(lost)) == (1, 5)
    assert {type(problem) for problem in lost} == {OutOfDate}
    assert [event.type for event in world.database.read(events_of, case)] == ["opened", "submit", "endorse"]


def test_units_that_share_a_commit_do_not_share_a_fate(sqlite_world: World) -> None:
    world = sqlite_world
    own, others = world.submitted(), [world.submitted(who) for who in ("second_nurse", "clerk_1", "clerk_2")]

    async def scenario() -> list[Any]:
        acts = [fire(world, own, "endorse", "nursing_head", version=2) for _ in range(5)]
        acts += [fire(world, case, "reject", "hospital_head", {"reason": "Tidak."}, version=2) for case in others]
        return await asyncio.gather(*(world.database.run(act) for act in acts), return_exceptions=True)

    won, lost = sorted_out(asyncio.run(scenario()))
    assert Counter(outcome.case_id for outcome in won) == Counter([own, *others[1:]])
    assert Counter(type(problem).__name__ for problem in lost) == {"OutOfDate": 4, "NotYours": 1}
    intact(world)


# --- What two together would break -----------------------------------------------------------------------------------


def test_two_requests_that_together_leave_too_few_at_work_do_not_both_pass(
    office: PreparedOffice, world: World
) -> None:
    world.road("forward", "third_nurse")
    one, other = world.road("endorse"), world.road("endorse", "second_nurse")
    answers = at_once(office, [fire(world, case, "forward", "hospital_head", version=3) for case in (one, other)])
    (won,), (lost,) = sorted_out(answers)
    assert won.state == "verification"
    assert isinstance(lost, Refused)
    assert {reason.rule for reason in lost.reasons if reason.grade.value == "refused"} == {
        "internship.enough_people_stay"
    }
    intact(world)


def test_whoever_moved_since_they_asked_counts_where_they_are_now(office: PreparedOffice, world: World) -> None:
    world.road("forward", "third_nurse")
    moved, other = world.road("endorse"), world.road("endorse", "second_nurse")
    change(world, update(cases).where(cases.c.id == moved).values(unit_id="DINKES"))  # where the case was opened
    heads = {moved: "health_head", other: "hospital_head"}
    answers = at_once(office, [fire(world, case, "forward", head, version=3) for case, head in heads.items()])
    won, lost = sorted_out(answers)
    assert (len(won), [type(problem) for problem in lost]) == (1, [Refused])


def test_two_requests_that_together_overspend_the_budget_do_not_both_pass(office: PreparedOffice, world: World) -> None:
    one, other = (world.road("verify", who, estimate=6_000_000) for who in ("nurse", "second_nurse"))
    answers = at_once(office, [fire(world, case, "request_host", "secretary", version=5) for case in (one, other)])
    (won,), (lost,) = sorted_out(answers)
    assert won.state == "awaiting_host"
    assert isinstance(lost, Refused)
    assert {reason.rule for reason in lost.reasons if reason.grade.value == "refused"} == {"budget.budget_has_room"}
    intact(world)


def test_two_requests_of_one_person_for_the_same_days_do_not_both_pass(office: PreparedOffice, world: World) -> None:
    one, other = world.open(), world.open()
    answers = at_once(office, [fire(world, case, "submit", "nurse", REQUEST, version=1) for case in (one, other)])
    (won,), (lost,) = sorted_out(answers)
    assert won.state == "supervisor_review"
    assert isinstance(lost, Refused)
    assert {reason.rule for reason in lost.reasons if reason.grade.value == "refused"} == {
        "internship.participant_is_free"
    }


def test_requests_that_have_nothing_to_do_with_each_other_all_pass(office: PreparedOffice, world: World) -> None:
    found = [world.submitted(who) for who in ("nurse", "second_nurse", "third_nurse", "fourth_nurse")]
    won, lost = sorted_out(
        at_once(office, [fire(world, case, "endorse", "nursing_head", version=2) for case in found], held=0)
    )
    assert (len(won), lost) == (4, [])
    intact(world)


# --- Numbers ---------------------------------------------------------------------------------------------------------


def test_no_number_is_given_twice_or_skipped_under_eight_threads(office: PreparedOffice, world: World) -> None:
    each = 6

    def numbers(database: Database, thread: int) -> Callable[[], list[int]]:
        def take(conn: Connection, turn: int) -> int:
            number = advance(conn, "RSUD", 2026, 1)
            if (thread + turn) % 4 == 0:
                raise LookupError("not signed after all")
            return number

        def work() -> list[int]:
            taken = []
            for turn in range(each):
                try:
                    taken.append(database.write(take, turn))
                except LookupError:
                    continue
            return taken

        return work

    with ExitStack() as stack:
        databases = [stack.enter_context(opened(office.url, office.world)).database for _ in range(8)]
        answers = in_threads([numbers(database, thread) for thread, database in enumerate(databases)])
    taken = sorted(number for answer in answers for number in answer)
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) == 8 * each * 3 // 4
    assert world.all(select(registers.c.last_number)) == [(len(taken),)]


def test_letters_signed_at_once_are_numbered_one_after_the_other(office: PreparedOffice, world: World) -> None:
    found = [world.road("endorse", who) for who in ("nurse", "second_nurse")]
    found += [world.submitted(who) for who in ("clerk_1", "clerk_2")]
    for case in found[2:]:
        world.fire(case, "endorse", "hospital_head")
    won, lost = sorted_out(at_once(office, [fire(world, case, "forward", "hospital_head") for case in found], held=0))
    assert (len(won), lost) == (4, [])
    rows = world.all(select(letters.c.register_number, letters.c.number).order_by(letters.c.register_number))
    assert [row.register_number for row in rows] == [1, 2, 3, 4]
    assert len({row.number for row in rows}) == 4
    intact(world)


def test_a_letter_signed_twice_at_once_has_one_number(office: PreparedOffice, world: World) -> None:
    lend(world, "mandat", post_of(world, "agency_chief"), "second_verifier")
    case = world.road("complete")
    ((letter, before),) = world.all(
        select(letters.c.id, select(func.count()).select_from(events).scalar_subquery()).where(
            letters.c.state == "to_sign"
        )
    )

    def sign(who: str) -> Act:
        return lambda conn: world.engine.letter(conn, letter, Sign(), world.actor(who), world.at)

    (won,), (lost,) = sorted_out(at_once(office, [sign("agency_chief"), sign("second_verifier")]))
    assert won.case_id == case
    assert isinstance(lost, NotNow)
    assert world.all(select(func.count()).select_from(events)) == [(before + 1,)]
    assert world.all(select(func.max(registers.c.last_number)).where(registers.c.register == "BKPSDM")) == [(2,)]
    intact(world)


def test_a_number_entered_at_once_for_two_letters_stands_on_one(office: PreparedOffice, world: World) -> None:
    external(world)
    found = [letter(world, world.road("request_host", who)) for who in ("nurse", "second_nurse")]

    def enter(letter_id: str) -> Act:
        return lambda conn: world.engine.letter(
            conn, letter_id, Number(number="B/7/SETDA/2026"), world.actor("clerk_1"), world.at
        )

    (won,), (lost,) = sorted_out(at_once(office, [enter(letter_id) for letter_id in found]))
    assert won.letters
    assert isinstance(lost, Refused)
    assert "sudah dipakai" in lost.says
    intact(world)


def test_a_letter_signed_while_its_case_is_cancelled_leaves_no_doubt(office: PreparedOffice, world: World) -> None:
    case = world.road("confirm")
    lend(world, "mandat", post_of(world, "hospital_head"), "clerk_1")
    world.fire(case, "assign", "hospital_head")

    def cancel(conn: Connection) -> Outcome:
        return world.engine.fire(conn, case, "cancel", world.actor("verifier"), {"reason": "Batal saja."}, world.at)

    def introduce(conn: Connection) -> Outcome:
        return world.engine.fire(conn, case, "introduce", world.actor("agency_chief"), {}, world.at)

    won, lost = sorted_out(at_once(office, [cancel, introduce]))
    assert won
    assert world.database.read(load, case).state == "cancelled"
    assert all(isinstance(problem, NotNow) for problem in lost)
    standing = world.all(
        select(letters.c.kind).where(letters.c.state.in_(["to_render", "signed"]), letters.c.cancelled_by.is_(None))
    )
    assert {row.kind for row in standing} == {"internship_proposal"}
    intact(world)


def test_one_file_named_at_once_for_two_cases_belongs_to_one_and_the_other_is_told(
    office: PreparedOffice, world: World
) -> None:
    drafts = [world.open(), world.open()]
    ours, wanted = world.file("nurse"), world.file("nurse")
    acts = [fire(world, case, "save", "nurse", {"attachments": [wanted]}) for case in drafts]
    won, lost = sorted_out(at_once(office, acts))
    assert (len(won), [type(problem) for problem in lost]) == (1, [InvalidForm])
    assert [(fault.field, fault.label) for fault in lost[0].fields] == [("attachments[0]", "Lampiran butir 1")]
    assert f"berkas {wanted} tidak ada, atau bukan unggahan Anda" in lost[0].fields[0].says
    (loser,) = set(drafts) - {won[0].case_id}
    assert world.database.read(load, loser).version == 1
    world.fire(won[0].case_id, "save", "nurse", {"attachments": [ours, wanted]})
    assert {row.case_id for row in world.all(select(files.c.case_id))} == {won[0].case_id}
    intact(world)


def test_a_further_step_that_loses_its_file_to_another_case_is_named(office: PreparedOffice, world: World) -> None:
    wanted = world.file("nurse")
    further = (Step("save", {"attachments": [wanted]}),)
    acts = [fire(world, world.open(), "save", "nurse", {"goal": "Belajar"}, then=further) for _ in range(2)]
    won, lost = sorted_out(at_once(office, acts))
    assert (len(won), [problem.more for problem in lost]) == (1, [{"step": "save"}])
    intact(world)


# --- Keys and sweeps -------------------------------------------------------------------------------------------------


def test_the_same_key_used_at_once_acts_once_and_answers_everybody(office: PreparedOffice, world: World) -> None:
    def open_it(conn: Connection) -> Outcome:
        return world.engine.open(conn, "internship", world.actor("nurse"), {}, world.at, key="k1")

    won, lost = sorted_out(at_once(office, [open_it] * 3))
    assert lost == []
    assert sorted(outcome.repeated for outcome in won) == [False, True, True]
    assert len({outcome.case_id for outcome in won}) == 1
    assert world.all(select(func.count()).select_from(cases)) == [(1,)]


def test_a_step_with_the_same_key_at_once_is_taken_once(office: PreparedOffice, world: World) -> None:
    case = world.road("finish")
    day = {"worked_on": "2026-04-07", "hours": 7, "activity": "Dinas pagi"}
    version = world.database.read(load, case).version
    act = fire(world, case, "log_day", "nurse", day, version=version, key="k1")
    won, lost = sorted_out(at_once(office, [act] * 3))
    assert lost == []
    assert sorted(outcome.repeated for outcome in won) == [False, True, True]
    assert world.database.read(load, case).version == version + 1


def test_one_key_used_at_once_for_two_cases_moves_one_of_them(office: PreparedOffice, world: World) -> None:
    submitted = [world.submitted("nurse"), world.submitted("second_nurse")]
    acts = [fire(world, case, "endorse", "nursing_head", version=2, key="k1") for case in submitted]
    won, lost = sorted_out(at_once(office, acts))
    assert len(won) == 1
    assert [type(problem) for problem in lost] == [KeyReused]
    assert sorted(world.database.read(load, case).version for case in submitted) == [2, 3]
    intact(world)


def test_two_sweeps_at_once_take_each_rung_once(office: PreparedOffice, world: World) -> None:
    world.submitted()
    world.open("clerk_1")
    held_up = world.road("assign", "second_nurse")
    world.go_to(date(2026, 5, 4))

    with ExitStack() as stack:
        databases = [stack.enter_context(opened(office.url, office.world)).database for _ in range(2)]
        answers = in_threads([partial(sweep, database, world.engine, world.at) for database in databases])
    for answer in answers:
        assert isinstance(answer, Swept), repr(answer)
    both = [sum(getattr(answer, name) for answer in answers) for name in ("reminded", "escalated", "fired")]
    # the superior: one reminder, one escalation; the draft: two reminders, withdrawn; the start: the verifier is asked
    assert both == [3, 2, 1]
    assert sum(held_up in note for answer in answers for note in answer.held_up) == 1
    assert Counter(row.type for row in world.all(select(events.c.type)))["escalated"] == 2
    told = world.all(select(effects.c.subject_id, effects.c.payload).where(effects.c.payload.contains("lewat tenggat")))
    assert len(told) == len(set(told))
    intact(world)
