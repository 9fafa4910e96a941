"""What takes long is done beside the request loop, some of it at once, and more than may wait is sent away."""

from __future__ import annotations

import asyncio
import threading

import pytest

from api.turns import TooMany, Turns


def test_more_than_may_wait_are_sent_away_and_the_loop_goes_on() -> None:
    done = threading.Event()

    async def asked() -> list[object]:
        turns = Turns(1, 2)
        first = [asyncio.create_task(turns.take(done.wait, 30)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooMany):
            await turns.take(done.wait, 30)
        done.set()
        assert await asyncio.gather(*first) == [True, True]
        return [await turns.take(done.wait, 30)]

    assert asyncio.run(asked()) == [True]
