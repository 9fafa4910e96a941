"""Workers that are killed in the middle, told to stop in the middle, or older than what they find."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from tests.accidents.letters import all_is_done, all_is_well, kinds_in_hand
from tests.bulk import ordered, states, waiting
from tests.mailing import mail_server, read_mail
from tests.offices import change
from tests.workers import end, kill, owed, until, worker
from tests.world import World
from workflow import effects
from workflow.engine.steps import Step
from workflow.tables import bulk_acts
from workflow.tables import effects as table
from workflow.workers.working import PATIENCE

Took = Callable[[str, float], None]


@pytest.mark.parametrize("moment", [effects.RENDER, effects.SEND])
def test_killed_in_the_middle_of_a_letter_or_its_mail_another_worker_finishes_it(
    staffed: World, tmp_path: Path, moment: str, took: Took
) -> None:
    with mail_server() as (server, port):
        settings = {"JENJANG_MAIL": f"smtp://127.0.0.1:{port}?tls=none&timeout=100"}
        server.dawdle = 60.0 if moment == effects.SEND else 0.0
        staffed.road("forward")
        with worker(staffed.database.conninfo, tmp_path, **settings) as first:
            if moment == effects.RENDER:
                until(lambda: moment in kinds_in_hand(staffed), "it makes a letter")
            else:
                until(lambda: server.waiting > 0, "the mail server has a message and has not answered")
            server.dawdle = 0.0  # but for what it has already
            kill(first)
            assert owed(staffed.database) > 0
            began = time.monotonic()
        with worker(staffed.database.conninfo, tmp_path, **settings):
            all_is_done(staffed)
            took(f"worker killed while it would {moment}", time.monotonic() - began)
        all_is_well(staffed)
        # Where the server had the message and nobody heard its yes, it is sent again as the same message.
        known = {str(read_mail(content)["Message-ID"]) for _, content in server.taken}
        assert len(known) == sent(staffed)
        assert all(
            times <= 2 for times in Counter(read_mail(content)["Message-ID"] for _, content in server.taken).values()
        )


def sent(world: World) -> int:
    """How many effects went out as a message."""
    ((number,),) = world.all(
        select(func.count()).where(table.c.kind.in_(effects.MAILED), table.c.payload.contains('"address"'))
    )
    return int(number)


def test_told_to_stop_in_the_middle_of_a_long_mail_it_ends_in_time_and_leaves_the_rest(
    staffed: World, tmp_path: Path, took: Took
) -> None:
    with mail_server() as (server, port):
        settings = {"JENJANG_MAIL": f"smtp://127.0.0.1:{port}?tls=none"}
        server.dawdle = 5.0
        staffed.road("forward")
        with worker(staffed.database.conninfo, tmp_path, **settings) as first:
            until(lambda: server.waiting > 0, "a message is on its way")
            began = time.monotonic()
            first.send_signal(signal.SIGTERM)
            assert first.wait(PATIENCE + 30) == 0
            took("worker told to stop while mail waits", time.monotonic() - began)
        left = owed(staffed.database)
        assert left > 0
        assert jobs_in_hand(staffed) == []
        server.dawdle = 0.0
        with worker(staffed.database.conninfo, tmp_path, **settings):
            all_is_done(staffed)
        all_is_well(staffed)
        assert (
            len({read_mail(content)["Message-ID"] for _, content in server.taken}) == len(server.taken) == sent(staffed)
        )


def test_told_to_stop_in_the_middle_of_a_bulk_act_it_ends_and_another_goes_on(
    staffed: World, tmp_path: Path, took: Took
) -> None:
    cases = waiting(staffed, 9)
    ordered(staffed, cases, Step("endorse", {}))
    with worker(staffed.database.conninfo, tmp_path) as first:
        until(lambda: "agency_review" in states(staffed, cases), "it has begun")
        began = time.monotonic()
        assert end(first) == 0
        took("worker told to stop in a bulk act", time.monotonic() - began)
    with worker(staffed.database.conninfo, tmp_path):
        until(lambda: bulk_acts_open(staffed) == 0, "the act has ended")
        all_is_done(staffed)
    assert states(staffed, cases) == ["agency_review"] * len(cases)
    all_is_well(staffed)


def bulk_acts_open(world: World) -> int:
    ((number,),) = world.all(select(func.count()).select_from(bulk_acts).where(bulk_acts.c.ended_at.is_(None)))
    return int(number)


def jobs_in_hand(world: World) -> list[str]:
    doing = text("SELECT task_name FROM procrastinate_jobs WHERE status = 'doing' AND queue_name <> 'upkeep'")
    return [row.task_name for row in world.all(doing)]


# --- Beside a newer one -----------------------------------------------------------------------------------------------


def test_what_a_later_version_owes_is_left_to_its_workers(staffed: World, tmp_path: Path) -> None:
    staffed.road("forward")
    ((mine,),) = staffed.all(select(table.c.id).where(table.c.kind == effects.RENDER))
    newer = str(staffed.database.write(effects.owe, "fax", None, staffed.ids["nurse"], {"says": "x"}, staffed.at))
    defer = (
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('{0}', '{1}', 0, NULL, NULL, '{{}}'::jsonb, NULL)"
        "::procrastinate_job_to_defer_v1])"
    )
    change(staffed, text(defer.format("faxes", "run_fax").replace(":", "\\:")))
    change(staffed, text(defer.format("letters", "draw_letter").replace(":", "\\:")))
    with worker(staffed.database.conninfo, tmp_path):
        until(lambda: owed(staffed.database) == 1, "all but one is done")
        until(lambda: jobs_in_hand(staffed) == [], "nothing is in hand")
    ((attempts, error, parked, claimed),) = staffed.all(
        select(table.c.attempts, table.c.error, table.c.parked_at, table.c.claimed_until).where(table.c.id == newer)
    )
    assert (attempts, error, parked, claimed) == (0, None, None, None)
    queued = staffed.all(
        text("SELECT task_name FROM procrastinate_jobs WHERE queue_name <> 'upkeep' AND status = 'todo'")
    )
    assert [row.task_name for row in queued] == ["run_fax"]
    assert staffed.all(select(table.c.done_at.is_not(None)).where(table.c.id == mine)) == [(True,)]


def test_a_letter_whose_job_an_older_worker_threw_away_is_called_for_again(staffed: World, tmp_path: Path) -> None:
    staffed.road("forward")
    change(staffed, text("UPDATE procrastinate_jobs SET task_name = 'render_letter_v2'"))
    with worker(staffed.database.conninfo, tmp_path):
        all_is_done(staffed)
    all_is_well(staffed)
