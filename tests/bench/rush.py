"""Connections that are kept alive, over which people ask one thing after another until it is time to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from tests.bench.errands import Asked, Errands, Told, Unexpected
from tests.bench.load import Answer, answer_of

#: Of all people together.
CONNECTIONS = 16
#: Seconds for one answer, and until it is looked again for something to do.
PATIENCE, PAUSE = 60.0, 0.01
#: Answers that must not be, after which it is stopped.
ENOUGH = 50


def rush(ports: Sequence[int], errands: Errands, is_over: Callable[[], bool]) -> float:
    """Ask until it is over, or too much went wrong; what is on its way then is answered. Answers the seconds that it took.

    Connections are spread over ``ports``.
    """
    return asyncio.run(_rush(ports, errands, is_over))


async def _rush(ports: Sequence[int], errands: Errands, is_over: Callable[[], bool]) -> float:
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            group.create_task(_work(ports[number % len(ports)], errands, is_over))
    return time.perf_counter() - began


async def _work(port: int, errands: Errands, is_over: Callable[[], bool]) -> None:
    told = errands.told
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not is_over() and len(told.errors) < ENOUGH:
        asked = errands.next()
        if asked is None:
            await asyncio.sleep(PAUSE)
            continue
        began = time.perf_counter()
        writer.write(asked.wire)
        async with asyncio.timeout(PATIENCE):
            answer = await answer_of(reader)
        _note(told, asked, answer, time.perf_counter() - began)
    writer.close()


def _note(told: Told, asked: Asked, answer: Answer, seconds: float) -> None:
    try:
        came_of_it = asked.heed(answer)
    except Unexpected as error:
        told.errors.append(str(error))
        came_of_it = "error"
    told.outcomes[came_of_it] += 1
    told.seconds[asked.kind if came_of_it in ("read", "done") else f"act, {came_of_it}"].append(seconds)
