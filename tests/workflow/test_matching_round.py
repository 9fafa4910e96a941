"""The life of a round: answers, a proposal, a change, cases for all pairs, one who declines, and another mentor for the mentee."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from policies.parameters import Policies
from tests.circumstances import alter, sanction
from tests.matching import ANSWERED, INTENSIVE, NURSING, Table
from tests.mentoring import opened
from tests.world import World
from workflow.engine.engine import Engine
from workflow.errors import NotNow, OutOfDate
from workflow.matching import acting, pages, publishing
from workflow.tables import cases, cohort_cases, cohorts, tasks
from workflow.verification import verify

#: A cohort of two at most, so that a small round is published in several portions.
SMALL = """
[largest]
says = "Banyaknya orang dalam satu rombongan, paling banyak"
unit = "orang"
since = [{ from = 2020-01-01, value = 2, by = "Praktik daerah" }]
"""


@pytest.fixture
def table(world: World) -> Table:
    """A round in which all answers are in."""
    found = Table.opened(world)
    found.offer("nurse", NURSING, capacity=2)
    found.offer("second_nurse", NURSING, INTENSIVE, capacity=2)
    found.offer("third_nurse", INTENSIVE)
    found.wish("clerk_2", NURSING, would=("nurse",))
    found.wish("clerk_3", NURSING, would=("nurse",))
    found.wish("clerk_4", INTENSIVE, would=("third_nurse",))
    found.wish("clerk_5", INTENSIVE)
    world.go_to(ANSWERED)
    return found


def case_of(table: Table, mentee: str) -> Any:
    found = table.world.all(select(cases).where(cases.c.subject_id == table.world.ids[mentee]).order_by(cases.c.id))
    return found[-1]


def faults(table: Table) -> list[str]:
    world = table.world
    check = world.database.read(lambda conn: list(verify(conn, world.engine.registry, world.engine.office.policies)))
    return [found.says for part in check for found in part.findings if found.fails]


def test_a_round_from_its_answers_to_cases_that_await_their_mentees(table: Table) -> None:
    proposed = table.proposed()
    assert table.pairs(proposed) == {
        "clerk_2": "nurse",
        "clerk_3": "nurse",
        "clerk_4": "third_nurse",
        "clerk_5": "second_nurse",
    }
    done = table.publish(proposed.number)
    assert (done.opened, done.left, done.not_opened, len(done.cohorts)) == (4, 0, (), 1)
    opened = case_of(table, "clerk_4")
    assert (opened.process, opened.state) == ("mentoring", "mentee_consent")
    (task,) = table.world.all(select(tasks).where(tasks.c.case_id == opened.id))
    assert task.assignee_id == table.world.ids["clerk_4"]
    assert table.see(pages.round_page, "clerk_4").my_pairs[0].case_id == opened.id
    assert table.see(pages.round_page, "third_nurse").my_pairs[0].case_id == opened.id
    assert table.see(pages.round_page, "stranger").my_pairs == ()
    assert faults(table) == []


def test_what_was_published_is_published_once_however_often_it_is_asked(table: Table) -> None:
    number = table.proposed().number
    first = table.publish(number)
    assert table.publish(number) == first
    assert table.publish(number, "second_verifier") == first
    assert len(table.world.all(select(cases.c.id))) == 4
    assert len(table.world.all(select(cohorts.c.id))) == 1


def test_a_proposal_is_published_only_as_it_was_reviewed_and_when_all_answers_may_be_in(table: Table) -> None:
    number = table.proposed().number
    table.bind("nurse", "clerk_2", "forbid")
    with pytest.raises(OutOfDate):
        table.publish(number)
    number = table.proposed().number
    with pytest.raises(OutOfDate):
        table.publish(number - 1)
    table.world.at -= timedelta(days=10)
    with pytest.raises(NotNow, match="masih dapat masuk sampai 20 Maret 2026"):
        table.publish(number)
    assert table.world.all(select(cases.c.id)) == []


def test_a_pair_that_is_declined_is_proposed_anew_among_who_is_left(table: Table) -> None:
    world = table.world
    table.publish(table.proposed().number)
    world.fire(case_of(table, "clerk_4").id, "agree", "clerk_4")
    world.fire(case_of(table, "clerk_4").id, "decline", "third_nurse", {"reason": "Sedang menyusun akreditasi."})
    world.fire(case_of(table, "clerk_2").id, "agree", "clerk_2")
    again = table.proposed()
    assert table.pairs(again) == {"clerk_4": "second_nurse"}
    assert "sudah pernah dipasangkan" in table.alone(again)["third_nurse"]
    done = table.publish(again.number)
    assert done.opened == 1
    assert (case_of(table, "clerk_4").state, case_of(table, "clerk_4").form.count(world.ids["second_nurse"])) == (
        "mentee_consent",
        1,
    )
    assert len(world.all(select(cases.c.id))) == 5
    assert faults(table) == []


def test_a_pair_that_cannot_be_opened_is_told_and_holds_up_no_other(table: Table) -> None:
    number = table.proposed().number
    sanction(table.world, "clerk_5", "berat")
    done = table.publish(number)
    assert done.opened == 3
    (failed,) = done.not_opened
    assert failed.mentee.id == table.world.ids["clerk_5"]
    assert "hukuman disiplin" in failed.why
    assert faults(table) == []


def test_whoever_leaves_between_proposal_and_publishing_is_told_as_the_reason(table: Table) -> None:
    number = table.proposed().number
    world = table.world
    alter(world, "third_nurse", left_on=world.at.date(), status="Pensiun")
    alter(world, "clerk_5", left_on=world.at.date(), status="Pensiun")
    done = table.publish(number)
    assert done.opened == 2
    told = {each.mentee.id: each.why for each in done.not_opened}
    left = "tidak dapat ikut lagi. Tercatat keluar sejak 23 Maret 2026."
    assert told == {world.ids["clerk_4"]: f"Mentor {left}", world.ids["clerk_5"]: f"Mentee {left}"}
    assert faults(table) == []


def test_two_rounds_together_ask_no_more_of_a_mentor_than_the_law_allows(world: World) -> None:
    first, second = (Table.opened(world) for _ in range(2))
    for each in (first, second):
        each.offer("nurse", NURSING, capacity=5)
    for number in range(1, 5):
        first.wish(f"clerk_{number}", NURSING)
    for mentee in ("clerk_5", "second_nurse", "third_nurse"):
        second.wish(mentee, NURSING)
    world.go_to(ANSWERED)
    numbers = [each.proposed().number for each in (first, second)]
    done = [each.publish(number) for each, number in zip((first, second), numbers, strict=True)]
    assert [each.opened for each in done] == [4, 1]
    assert {each.why.split(",")[0] for each in done[1].not_opened} == {"Mentor sudah membimbing"}
    assert faults(second) == []


def test_a_draft_that_asks_nobody_yet_takes_no_place_of_a_mentor(table: Table) -> None:
    world, before = table.world, table.asked().people
    for _ in range(5):
        world.fire(opened(world, "clerk_1", "clerk_1"), "save", "clerk_1", {"mentor": world.ids["third_nurse"]})
    assert table.asked().people == before
    assert before[world.ids["third_nurse"]].room == 1


def test_a_published_pair_that_is_taken_out_of_its_cohort_or_given_another_mentee_is_found(table: Table) -> None:
    table.publish(table.proposed().number)
    one, world = case_of(table, "clerk_4").id, table.world
    world.database.write(lambda conn: conn.execute(delete(cohort_cases).where(cohort_cases.c.case_id == one)))
    assert any("tidak lagi dalam rombongannya" in says for says in faults(table))
    other = update(cases).where(cases.c.id == one).values(subject_id=world.ids["stranger"])
    world.database.write(lambda conn: conn.execute(other))
    assert any("bukan lagi berkas mentee" in says for says in faults(table))


@pytest.fixture
def in_portions(table: Table, tmp_path: Path) -> Table:
    """The same where a cohort has two people at most."""
    (tmp_path / "cohort.toml").write_text(SMALL)
    office = replace(table.world.engine.office, policies=Policies.load(tmp_path))
    table.world.engine = Engine(table.world.engine.registry, office)
    return table


def test_a_round_that_stops_between_two_portions_goes_on_where_it_stopped(in_portions: Table) -> None:
    number = in_portions.proposed().number
    part = in_portions.act(publishing.publish, "verifier", number)
    assert (part.opened, part.left) == (2, 2)
    assert in_portions.see(pages.round_page, "verifier").state == "publishing"
    with pytest.raises(NotNow, match="sedang diterbitkan"):
        in_portions.act(acting.close_round, "verifier", "Sudah cukup.")
    done = in_portions.publish(number, "second_verifier")
    assert (done.opened, done.left, len(done.cohorts)) == (4, 0, 2)
    gathered = in_portions.world.all(select(cohort_cases.c.case_id))
    assert len({row.case_id for row in gathered}) == len(gathered) == 4
    assert faults(in_portions) == []


def test_two_who_publish_at_once_open_each_pair_once(in_portions: Table) -> None:
    number = in_portions.proposed().number
    with ThreadPoolExecutor(2) as two:
        done = list(two.map(lambda who: in_portions.publish(number, who), ("verifier", "second_verifier")))
    assert [each.opened for each in done] == [4, 4]
    assert len(in_portions.world.all(select(cases.c.id))) == 4
    assert faults(in_portions) == []


class PowerCut(Exception):
    """Stands for the end of the process."""


def test_wherever_publishing_is_cut_off_the_next_attempt_leaves_one_case_a_pair(in_portions: Table) -> None:
    number = in_portions.proposed().number
    world = in_portions.world
    for cut in (3, 17, 40, 90, 150):

        def work(conn: Any, stop: int = cut) -> None:
            count = 0

            def note(*_: Any) -> None:
                nonlocal count
                count += 1
                if count >= stop:
                    raise PowerCut

            event.listen(conn, "before_cursor_execute", note)
            try:
                publishing.publish(
                    conn, world.engine, in_portions.caller("verifier"), world.at, in_portions.round_id, number
                )
            finally:
                event.remove(conn, "before_cursor_execute", note)

        with suppress(PowerCut):
            world.database.write(work)
        opened = len(world.all(select(cases.c.id)))
        assert opened in (0, 2, 4)
        assert opened == len(world.all(select(cohort_cases.c.case_id)))
    assert in_portions.publish(number).opened == 4
    assert faults(in_portions) == []
