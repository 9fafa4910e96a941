"""A process that takes steps and is killed in the middle, as by the power going out: a server that forks one child a step.

What it does is a step in a case, an act on a letter, a signature with a secret, or what is owed: letters to be made, mail to be
sent, and what is left of bulk acts.
It reads one request a line from standard input and answers one line each: how the child ended, and the number of SQL
statements that it came to. The child kills itself (SIGKILL: nothing is cleaned up) before the statement asked for, or just
before or after the commit, or before it gives a file its name.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn

import msgspec
from sqlalchemy import Connection, event
from sqlalchemy import Engine as SqlEngine

from tests import compiled  # noqa: F401 - at work once it is imported
from workflow.bulk.running import run_due as run_bulk
from workflow.database import Database
from workflow.effects import run_due
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.letters.acts import LetterAct
from workflow.letters.with_secret import sign_with_secret
from workflow.mail.folder import Folder
from workflow.mail.post import Post
from workflow.office import Office
from workflow.registry import Registry

#: Asked for in place of the number of a statement.
BEFORE_COMMIT, AFTER_COMMIT, BEFORE_RENAME, NEVER = -1, -2, -3, 0

#: A trigger fired in a case; an act on a letter; signing one with a secret; running what is due.
Work = Literal["step", "letter", "secret", "render", "mail", "bulk"]


class Crash(msgspec.Struct, frozen=True, kw_only=True):
    """A step to take, and where to die in it. ``case``: or the letter; ``trigger``: or the act; ``folder``: for mail."""

    url: str
    case: str
    trigger: str
    person: str
    name: str
    form: dict[str, Any]
    at: datetime
    key: str
    die: int = NEVER
    work: Work = "step"
    folder: str = ""


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How a child ended: killed or not, and the statements it had begun."""

    killed: bool
    statements: int


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit("unreachable")


#: What is done in one transaction.
_IN_ONE = ("step", "letter")


def _step(crash: Crash, engine: Engine, conn: Connection) -> None:
    actor = Actor(crash.person, crash.name)
    if crash.work == "letter":
        act: LetterAct = msgspec.convert({"act": crash.trigger, **crash.form}, LetterAct)
        engine.letter(conn, crash.case, act, actor, crash.at, key=crash.key)
    else:
        engine.fire(conn, crash.case, crash.trigger, actor, crash.form, crash.at, key=crash.key)


def _run(crash: Crash, engine: Engine, database: Database) -> None:
    if crash.work in _IN_ONE:
        database.write(partial(_step, crash, engine))
    elif crash.work == "secret":
        actor = Actor(crash.person, crash.name)
        sign_with_secret(database, engine, [crash.case], crash.form["secret"], actor, crash.at, key=crash.key or None)
    elif crash.work == "render":
        run_due(database, engine.office, crash.at)
    elif crash.work == "bulk":
        run_bulk(database, engine, lambda: crash.at)
    else:
        Post(Folder(Path(crash.folder)), engine.registry).run_due(database, engine.office, crash.at)


def _whole(crash: Crash, engine: Engine) -> Ending:
    """In the server itself, that children find compiled and loaded what the work takes: all of it, and nobody dies."""
    begun = 0

    def before(*_: Any) -> None:
        nonlocal begun
        begun += 1

    # No connection is left open, for none may be taken into a child.
    with closing(Database.open(crash.url)) as database:
        event.listen(SqlEngine, "before_cursor_execute", before)
        try:
            _run(crash, engine, database)
        finally:
            event.remove(SqlEngine, "before_cursor_execute", before)
    return Ending(killed=False, statements=begun)


def _take(crash: Crash, engine: Engine, told: int) -> None:
    """In the child: take the step and die where asked. Each statement is told to the parent before it runs."""
    database = Database.open(crash.url)
    begun = 0

    @event.listens_for(SqlEngine, "before_cursor_execute")
    def _before(*_: Any) -> None:
        nonlocal begun
        begun += 1
        os.write(told, b".")
        if begun == crash.die:
            _die()

    @event.listens_for(SqlEngine, "commit")
    def _commit(*_: Any) -> None:
        if crash.die == BEFORE_COMMIT:
            _die()

    def _named(happens: str, _: Any) -> None:
        if happens == "os.rename":
            _die()

    if crash.die == BEFORE_RENAME:
        sys.addaudithook(_named)
    _run(crash, engine, database)
    if crash.die == AFTER_COMMIT:
        _die()


def _forked(crash: Crash, engine: Engine) -> Ending:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(read)
            _take(crash, engine, write)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(write)
    statements = 0
    while chunk := os.read(read, 4096):
        statements += len(chunk)
    os.close(read)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        raise RuntimeError("the child failed; its own words are above")
    return Ending(killed=os.WIFSIGNALED(status), statements=statements)


class CrashServer:
    """The forking process, as seen from the tests."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def take(self, crash: Crash) -> Ending:
        """Take a step in a process of its own, which dies where it is told to."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(crash) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the server has failed; its own words are in the captured stderr"
        return msgspec.json.decode(answer, type=Ending)


@contextmanager
def crash_server() -> Iterator[CrashServer]:
    """Start the server; it ends with its standard input."""
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crashing"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield CrashServer(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def main() -> None:
    """Serve until standard input ends."""
    registry = Registry.discover()
    engines: dict[str, Engine] = {}
    for line in sys.stdin.buffer:
        crash = msgspec.json.decode(line, type=Crash)
        if crash.url not in engines or crash.die == NEVER:  # the office may have changed since
            with closing(Database.open(crash.url)) as database:
                engines[crash.url] = Engine(registry, database.read(Office.load))
        ending = (_whole if crash.die == NEVER else _forked)(crash, engines[crash.url])
        sys.stdout.buffer.write(msgspec.json.encode(ending) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
