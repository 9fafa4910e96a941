"""Workers on one PostgreSQL: what is owed is done once, whoever of them is killed, stopped or cut off."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update

from api.telemetry import traces
from tests.collectors import collector, said
from tests.mailing import with_addresses
from tests.offices import change
from tests.receivers import receiver
from tests.workers import end, jobs, kill, owed, until, worker
from tests.world import World
from workflow import effects, spans
from workflow.backlog import workers
from workflow.migrations import head_revision
from workflow.tables import effect_tallies, files, letters, upkeep, webhooks
from workflow.tables import effects as table
from workflow.upkeep import done, take
from workflow.workers.calling import call_anew, take_over


@pytest.fixture
def world(postgresql_world: World) -> World:
    """A small office on PostgreSQL with no jobs of anybody before, as migrations would have made it."""
    change(postgresql_world, text("DELETE FROM procrastinate_jobs"))
    change(postgresql_world, text("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)"))
    change(postgresql_world, text("DELETE FROM alembic_version"))
    change(postgresql_world, text(f"INSERT INTO alembic_version VALUES ('{head_revision()}')"))  # noqa: S608 # our own
    return with_addresses(postgresql_world)


def pdfs(world: World) -> int:
    query = select(func.count()).where(files.c.uploaded_by.is_(None), files.c.media_type == "application/pdf")
    return int(world.all(query)[0][0])


def sent(folder: Path) -> list[str]:
    """The messages that went out, each file one."""
    return sorted(path.name for path in (folder / "mail").glob("**/*.eml"))


def jobs_in_hand(world: World) -> list[int]:
    doing = text("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND queue_name <> 'upkeep'")
    return [row.id for row in world.all(doing)]


def called_for(world: World) -> list[tuple[str, list[str]]]:
    """What jobs there are: the queue of each, and the effects that it runs."""
    found = text("SELECT queue_name, args->'effect_ids' AS ids FROM procrastinate_jobs WHERE queue_name <> 'upkeep'")
    return [(row.queue_name, row.ids) for row in world.all(found)]


def test_a_step_calls_once_for_all_that_goes_out_and_once_for_each_letter(world: World) -> None:
    world.road("forward")
    owing = {row.id for row in world.all(select(table.c.id).where(table.c.done_at.is_(None)))}
    called = called_for(world)
    assert sorted(each for _, ids in called for each in ids) == sorted(owing)
    assert [len(ids) for queue, ids in called if queue == "letters"] == [1]
    steps = len(world.all(select(table.c.due_at).distinct()))
    assert 0 < len([ids for queue, ids in called if queue == "outgoing"]) <= steps < len(owing)


def test_an_undone_step_calls_for_nothing(world: World) -> None:
    world.submitted()

    def undone(*_: object) -> None:
        raise RuntimeError("the power goes out")

    before = jobs(world.database)
    with pytest.raises(RuntimeError):
        world.database.write(lambda conn: undone(effects.owe(conn, effects.RENDER, None, "letter", {}, world.at)))
    assert jobs(world.database) == before


def test_two_workers_make_each_letter_and_send_each_message_once(world: World, tmp_path: Path) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(world.database.conninfo, tmp_path))
        world.road("forward")
        until(lambda: owed(world.database) == 0, "everything that was owed")
        until(lambda: jobs(world.database) == 0, "no job is left")
    assert pdfs(world) == len(world.all(select(letters.c.id)))
    assert len(sent(tmp_path)) == len(set(sent(tmp_path))) > 0


def test_the_trace_of_a_step_goes_on_in_the_worker_that_does_what_it_calls_for(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collector(monkeypatch) as collecting:
        with traces(), spans.span("step"):
            world.road("forward")
        with worker(world.database.conninfo, tmp_path):
            until(lambda: owed(world.database) == 0, "everything that was owed")
        step = collecting.until("step")
        job = collecting.until("job run_effects", lambda span: said(span)["messaging.destination.name"] == "letters")
        effect = collecting.until("effect render")
    assert job.trace_id == effect.trace_id == step.trace_id
    assert (job.parent_span_id, effect.parent_span_id) == (step.span_id, job.span_id)


def test_a_worker_that_is_told_to_stop_ends_well_and_at_once(world: World, tmp_path: Path) -> None:
    with worker(world.database.conninfo, tmp_path) as process:
        began = time.monotonic()
        assert end(process) == 0
        assert time.monotonic() - began < 15


def test_what_a_killed_worker_had_in_hand_is_taken_over(world: World, tmp_path: Path) -> None:
    world.road("forward")
    with worker(world.database.conninfo, tmp_path) as first:
        until(lambda: bool(jobs_in_hand(world)), "it has begun")
        kill(first)
    left = jobs_in_hand(world)
    change(world, update(table).where(table.c.done_at.is_(None)).values(claimed_until=world.at + effects.IN_HAND))
    with worker(world.database.conninfo, tmp_path):
        until(lambda: not set(left) & set(jobs_in_hand(world)), "what it had in hand is taken over")
        # What it had taken in hand without a job of its own comes free by itself, after a quarter of an hour.
        change(world, update(table).values(claimed_until=None))
        until(lambda: owed(world.database) == 0, "everything that was owed")
    assert pdfs(world) == len(world.all(select(letters.c.id)))


@pytest.mark.parametrize(("silent", "alive"), [(14, 1), (16, 0)])
def test_a_worker_lives_until_it_has_missed_three_of_the_heartbeats_that_are_set(
    silent: int, alive: int, world: World
) -> None:
    change(world, text("DELETE FROM procrastinate_workers"))
    beat = f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '{silent} seconds')"  # noqa: S608
    change(world, text(beat))
    assert world.database.read(workers, 5.0) == alive
    assert world.database.read(workers) == 1, "by the ten seconds of where nobody says"


def test_what_has_no_job_is_called_for_once_when_it_is_due(world: World) -> None:
    world.road("forward")
    change(world, text("DELETE FROM procrastinate_jobs"))
    number = owed(world.database)
    kinds = (*effects.RUN, *effects.MAILED)
    world.database.write(call_anew, world.at - timedelta(days=1), kinds)
    assert jobs(world.database) == 0
    for _ in range(2):
        world.database.write(call_anew, world.at, kinds)
        assert jobs(world.database) == number


@pytest.mark.parametrize(("minutes", "taken_over"), [(59, 0), (61, 1)])
def test_a_job_that_a_living_worker_could_not_report_is_taken_over_after_an_hour(
    world: World, minutes: int, taken_over: int
) -> None:
    world.submitted()
    change(
        world,
        text("DELETE FROM procrastinate_workers"),
        text("DELETE FROM procrastinate_jobs WHERE queue_name = 'upkeep'"),
        text("INSERT INTO procrastinate_workers DEFAULT VALUES"),
        text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"),
        text(f"UPDATE procrastinate_events SET at = now() - interval '{minutes} minutes' WHERE type = 'started'"),  # noqa: S608 # a number
    )
    assert jobs(world.database) == 1
    assert world.database.write(take_over, 30.0) == taken_over


def test_a_worker_finishes_what_was_owed_before_there_were_workers(world: World, tmp_path: Path) -> None:
    world.road("forward")
    change(world, text("DELETE FROM procrastinate_jobs"))
    with worker(world.database.conninfo, tmp_path):
        until(lambda: owed(world.database) == 0, "everything that was owed")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_duty_is_taken_up_once_a_day_and_again_where_it_was_left_unfinished(
    database: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(f"{database}_world")
    change(world, upkeep.delete())
    on = world.at.date()
    assert world.database.write(take, "sweep", on, world.at)
    assert not world.database.write(take, "sweep", on, world.at + timedelta(hours=1))
    assert world.database.write(take, "sweep", on, world.at + timedelta(hours=3))
    world.database.write(done, "sweep", on, world.at + timedelta(hours=3))
    assert not world.database.write(take, "sweep", on, world.at + timedelta(hours=9))
    assert world.database.write(take, "sweep", on + timedelta(days=1), world.at + timedelta(days=1))


def test_a_worker_tells_other_systems_and_what_it_did_is_in_the_sums(world: World, tmp_path: Path) -> None:
    with receiver() as there:
        row = {"owner": "SIMPEG", "address": there.address, "events": "case.opened case.moved", "created_at": world.at}
        named = {"id": "01990000-0000-7000-8000-00000000000a", "created_by": world.ids["nurse"]}
        change(world, insert(webhooks).values({**row, **named}))
        told = select(table.c.id).where(table.c.kind == effects.WEBHOOK)
        # The others find that the address was allowed to none of them.
        with worker(world.database.conninfo, tmp_path):
            world.submitted()
            until(
                lambda: all(row.attempts for row in world.all(select(table).where(table.c.kind == effects.WEBHOOK))),
                "it tried",
            )
        assert there.messages == []
        change(world, update(table).values(due_at=world.at))
        with worker(
            world.database.conninfo, tmp_path, JENJANG_WEBHOOK_NETWORKS="127.0.0.0/8", JENJANG_LOG="json"
        ) as process:
            until(lambda: owed(world.database) == 0, "everything that was owed")
            end(process)
            assert process.stdout is not None
            lines = [json.loads(line) for line in process.stdout.read().splitlines() if line.startswith("{")]
    assert sorted(there.ids) == sorted(row.id for row in world.all(told))
    sums = {(row.kind, row.outcome): row.number for row in world.all(select(effect_tallies))}
    assert sums[effects.WEBHOOK, "done"] == sums[effects.WEBHOOK, "failed"] == 2
    told_of = {line["effect"]: line["outcome"] for line in lines if line["says"] == "effect"}
    assert {told_of[each] for each in there.ids} == {"done"}
