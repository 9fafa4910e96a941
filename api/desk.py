"""The desk: where a request meets the engine. Who asks is checked and what is asked is done in one unit of work."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from api.clock import Clock
from api.identity_provider import Provider
from api.observing import noted
from api.turns import Turns
from workflow.accounts.passwords import Passwords
from workflow.accounts.safe import Safe
from workflow.accounts.second_factor import asks_structural_posts
from workflow.auditing.viewing import is_watched, note_views
from workflow.callers import Caller, Credential, caller_of, note_use
from workflow.database import Connection, Database
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.office import Office, profile_set_at
from workflow.readiness import load_office
from workflow.registry import Registry
from workflow.webhooks.wire import Networks

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("jenjang")

#: Seconds for which the agency's profile is not asked for anew.
_GOOD_FOR = 1.0

#: What a visitor may have done: a plain function over a connection, told who asks and when.
Work = Callable[Concatenate[Connection, Engine, Caller, datetime, P], T]


class Desk:
    """What all requests share. ``changed`` wakes whoever runs effects; ``passwords``: how they are hashed."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        clock: Clock,
        policies: Path | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self.database, self.registry, self.clock, self.policies = database, registry, clock, policies
        self.passwords = passwords or Passwords()
        #: Who vouches for people besides their passwords.
        self.provider: Provider | None = None
        #: Which of the agency's own networks webhooks may go to.
        self.reachable: Networks = ()
        #: Hashing takes a processor and much memory: two at once, and so many wait.
        self.hashing = Turns(2, 40)
        self.changed = asyncio.Event()
        self._engine: Engine | None = None
        self._set_at: datetime | None = None
        self._good_until = 0.0
        self._noting: dict[str, asyncio.Task[None]] = {}

    def engine(self, conn: Connection) -> Engine:
        """The engine with the agency's profile and law. Raises NotMigrated, NotSetUp, PolicyError.

        It is read when first needed, and anew within a second after the profile was set, by whatever process.
        """
        if self._engine is None or (time.monotonic() >= self._good_until and profile_set_at(conn) != self._set_at):
            self._engine = Engine(self.registry, load_office(conn, self.policies))
            self._set_at = profile_set_at(conn)
        if time.monotonic() >= self._good_until:
            self._good_until = time.monotonic() + _GOOD_FOR
        return self._engine

    @property
    def office(self) -> Office | None:
        """The agency, None until it has been read."""
        return self._engine.office if self._engine else None

    @cached_property
    def safe(self) -> Safe:
        """What seals second factors and marks tickets; its key lies in the folder of keys, and is made when first needed."""
        return Safe.of(self.database.address)

    def note_use(self, caller: Caller, at: datetime) -> None:
        """Note a key's use behind the answer's back: what was asked has been read, and must wait for no writer nor fail with it.

        Likewise of a session and of a link.
        """
        used = caller.key_id or caller.session_id or caller.link_id
        if used not in self._noting:
            task = asyncio.get_running_loop().create_task(self._note_use(caller, at), name="jenjang-key-used")
            self._noting[used] = task
            task.add_done_callback(lambda _: self._noting.pop(used, None))

    async def _note_use(self, caller: Caller, at: datetime) -> None:
        try:
            await self.database.run(note_use, caller, at)
        except Problem as problem:
            log.debug("a key's use was not noted: %s", problem.says)
        except Exception:
            log.exception("a key's use was not noted")

    async def settle(self) -> None:
        """Wait for what still goes on behind answers."""
        await asyncio.gather(*self._noting.values(), return_exceptions=True)


# No dataclass: Litestar would have msgspec look into every type below it.
class Visit:
    """One request of whoever holds a key or a session. Routes reach the database through it alone, so none answers a stranger."""

    __slots__ = ("credential", "desk", "noted")

    def __init__(self, desk: Desk, credential: Credential) -> None:
        self.desk, self.credential, self.noted = desk, credential, noted()

    async def look(self, scope: str, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read something, the credential being good for ``scope``. Raises Problem.

        What an auditor looks at is put on record in the same unit, before they are shown it.
        """
        database, at = self.desk.database, self.desk.clock.now()

        def unless_watched(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> tuple[T, ...]:
            return () if is_watched(caller, _name(work)) else (work(conn, engine, caller, at, *args, **kwargs),)

        caller, on, found = await database.look(self._attend, scope, at, unless_watched)
        if not found:
            return await self._run_noted(scope, work, *args, **kwargs)
        if caller.used_on != on:
            self.desk.note_use(caller, at)
        self._note_process(found[0])
        return found[0]

    async def study(self, scope: str, check: Work[P, object], work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read at length what ``check`` allows: an auditor's look is on record first, so that no writer waits for the reading."""
        await self.look(scope, check, *args, **kwargs)
        at = self.desk.clock.now()
        read = self.desk.database.look(self._attend, scope, at, lambda *who: work(*who, *args, **kwargs))
        return (await read)[2]

    async def run(self, scope: str, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Change something, all of it or nothing, the credential being good for ``scope``. Raises Problem."""
        at = self.desk.clock.now()
        result = await self.desk.database.run(self._change, scope, at, lambda *who: work(*who, *args, **kwargs))
        self.desk.changed.set()
        self._note_process(result)
        return result

    def _note_process(self, result: object) -> None:
        process = getattr(result, "process", "")
        if self.noted is not None and isinstance(process, str):
            self.noted.process = process

    async def _run_noted(self, scope: str, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        about = next((each for each in args if isinstance(each, str)), None)

        def noted(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> T:
            result = work(conn, engine, caller, at, *args, **kwargs)
            note_views(conn, caller, at, _name(work), about)
            return result

        return await self.desk.database.run(self._change, scope, self.desk.clock.now(), noted)

    def _attend(
        self, conn: Connection, scope: str, at: datetime, work: Callable[[Connection, Engine, Caller, datetime], T]
    ) -> tuple[Caller, date, T]:
        engine = self.desk.engine(conn)
        on = engine.office.day(at)
        structural = asks_structural_posts(engine.office, at)
        caller = caller_of(conn, self.credential, scope, at, on, structural=structural)
        if self.noted is not None:
            self.noted.who = caller.person_id
        return caller, on, work(conn, engine, caller, at)

    def _change(
        self, conn: Connection, scope: str, at: datetime, work: Callable[[Connection, Engine, Caller, datetime], T]
    ) -> T:
        caller, on, result = self._attend(conn, scope, at, work)
        if caller.used_on != on:
            note_use(conn, caller, at)
        return result


def _name(work: Callable[..., object]) -> str:
    """Under which name a look is put on record."""
    return getattr(work, "__name__", "")
