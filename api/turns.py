"""Work that a request may ask for and that takes long: so much at once, so much that waits, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class TooMany(Exception):
    """As many wait as may."""


class Turns:
    """``at_once`` are at work beside the request loop, and with those that wait there are ``held`` at most.

    ``threads``: where they are at work; the loop's own by default.
    """

    def __init__(self, at_once: int, held: int, threads: Executor | None = None) -> None:
        self._turn, self._most, self._held = asyncio.Semaphore(at_once), held, 0
        self._threads = threads

    @property
    def idle(self) -> bool:
        """Nobody is at work, and nobody waits."""
        return self._held == 0

    async def take(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have something done when its turn has come. Raises TooMany at once where too many wait."""
        if self._held >= self._most:
            raise TooMany
        self._held += 1
        try:
            async with self._turn:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._held -= 1


class TurnsOfEach:
    """Turns of each person: one of theirs is at work, and with those that wait there are ``held`` at most."""

    def __init__(self, held: int, threads: Executor) -> None:
        self._most, self._threads = held, threads
        self._turns: dict[str, Turns] = {}

    async def take(self, person: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have something done when this person's turn has come; nobody else waits for it. Raises TooMany as ``Turns``."""
        turns = self._turns.setdefault(person, Turns(1, self._most, self._threads))
        try:
            return await turns.take(work, *args, **kwargs)
        finally:
            if turns.idle:
                self._turns.pop(person, None)
