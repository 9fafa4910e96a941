"""A job of several effects: each is done once, whoever runs it besides, and none waits for what goes wrong with another."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import NoResultFound

from tests.mailing import Difficult, mail_server, post_by, read_mail, with_addresses
from tests.offices import change
from tests.workers import until
from tests.workflow.test_webhooks import HOOKS
from tests.world import World
from workflow.effects import BACKOFF, MESSAGE, WEBHOOK
from workflow.mail.smtp import Smtp
from workflow.tables import effects
from workflow.workers.working import Bench, run_owed


@pytest.fixture
def server() -> Iterator[tuple[Difficult, Smtp]]:
    with mail_server() as (handler, port):
        yield handler, Smtp("127.0.0.1", port, "none", patience=10)


@pytest.fixture
def messages(world: World) -> list[str]:
    """What a few steps have left to be mailed."""
    with_addresses(world)
    world.road("forward")
    wanted = select(effects.c.id).where(effects.c.kind == MESSAGE, effects.c.done_at.is_(None)).order_by(effects.c.id)
    found = [row.id for row in world.all(wanted)]
    assert len(found) > 2
    return found


def bench(world: World, way: Smtp, now: datetime | None = None) -> Bench:
    at = now or world.at
    return Bench(world.database, lambda _: world.engine, lambda: at, post_by(world, way), hooks=HOOKS)


def going_on() -> bool:
    """Nobody has told the worker to stop."""
    return False


def test_of_a_worker_that_was_taken_for_dead_and_goes_on_one_message_at_most_is_repeated(
    world: World, messages: list[str], server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    handler.dawdle = 1.5
    at_it = bench(world, way)
    first = threading.Thread(target=run_owed, args=(at_it, messages, going_on), kwargs={"begun_before": False})
    first.start()
    until(lambda: handler.waiting == 1, "the first message is on its way")
    handler.dawdle = 0.1
    run_owed(at_it, messages, going_on, begun_before=True)
    first.join()
    sent = Counter(str(read_mail(content)["Message-ID"]) for _, content in handler.taken)
    assert len(sent) == len(messages)
    assert sum(sent.values()) <= len(messages) + 1


def test_what_goes_wrong_with_one_keeps_no_other_waiting(
    world: World, messages: list[str], server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    # Nothing that could be told of is there.
    change(world, update(effects).where(effects.c.id == messages[0]).values(kind=WEBHOOK))
    with pytest.raises(NoResultFound):
        run_owed(bench(world, way), messages, going_on, begun_before=False)
    assert len(handler.taken) == len(messages) - 1


def test_what_was_tried_waits_for_its_time_also_where_its_job_is_begun_again(
    world: World, messages: list[str], server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    change(world, update(effects).values(attempts=1, due_at=world.at + timedelta(minutes=BACKOFF[0])))
    run_owed(bench(world, way), messages, going_on, begun_before=True)
    assert handler.taken == []
    run_owed(bench(world, way, world.at + timedelta(minutes=BACKOFF[0])), messages, going_on, begun_before=True)
    assert len(handler.taken) == len(messages)
