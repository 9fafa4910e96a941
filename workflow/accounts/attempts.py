"""Slowing down a guesser, and nobody else: each wrong guess beyond a few makes the next one wait longer, up to a bound.

Guesses are counted by whom they are about together with the network they come from, and by the network. A browser in which
somebody has signed in before shows a mark and is counted by that alone: no stranger can make a colleague wait. Counts lie in the
database, so that all processes share them, and are forgotten; nothing is ever locked for good.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, select, update

from policies.accounts import FREE_ATTEMPTS, LONGEST_WAIT_MINUTES, NETWORK_ATTEMPTS
from policies.parameters import Law
from workflow.database import insert_or
from workflow.errors import Problem
from workflow.tables import attempts

#: After so long without a guess one begins anew.
FORGOTTEN: Final = timedelta(hours=1)
#: No network waits longer than that: others sit there too.
_NETWORK_WAIT: Final = 60


class GuessedTooOften(Problem):
    """Too many wrong guesses of late. ``more``: the seconds to wait, as ``wait``."""

    status, type, title = 429, "guessed-too-often", "Terlalu banyak percobaan"


@dataclass(frozen=True)
class Count:
    """One thing that is counted: under which key, how many guesses are free, how many seconds the next one waits at most."""

    key: str
    free: int
    longest: int


def counts(law: Law, about: str, network: str, device: str = "") -> tuple[Count, ...]:
    """What a guess counts for. ``about``: what is guessed; ``device``: the mark of a browser that is known for it."""
    free, longest = law[FREE_ATTEMPTS].value, law[LONGEST_WAIT_MINUTES].value * 60
    if device:
        return (Count(_key("device", about, device), free, longest),)
    return (
        Count(_key("account", about, network), free, longest),
        Count(_key("network", network), law[NETWORK_ATTEMPTS].value, min(_NETWORK_WAIT, longest)),
    )


def take(conn: Connection, guess: Iterable[Count], at: datetime) -> None:
    """Count a guess before it is looked at, so that many at once are many. Raises GuessedTooOften, and then counts nothing."""
    for each in sorted(guess, key=lambda count: count.key):  # in one order, so that none waits for the other
        new = insert_or(conn.dialect.name, attempts).values(key=each.key, number=0, last_at=at, wait_until=at)
        conn.execute(new.on_conflict_do_nothing(index_elements=[attempts.c.key]))
        row = conn.execute(select(attempts).where(attempts.c.key == each.key).with_for_update()).one()
        if row.wait_until > at:
            raise _too_often(row.wait_until - at)
        made = 1 if at - row.last_at > FORGOTTEN else row.number + 1
        wait = timedelta(seconds=_wait(made - each.free, each.longest))
        values = {"number": made, "last_at": at, "wait_until": at + wait}
        conn.execute(update(attempts).where(attempts.c.key == each.key).values(values))


def forgive(conn: Connection, guess: Iterable[Count]) -> None:
    """It was right: what is counted of them begins anew; of their network only this guess is taken back."""
    own, *network = guess
    conn.execute(delete(attempts).where(attempts.c.key == own.key))
    take_back(conn, network)


def take_back(conn: Connection, guess: Iterable[Count]) -> None:
    """It was no wrong guess: it counts no more."""
    keys = [each.key for each in guess]
    less = {"number": attempts.c.number - 1, "wait_until": attempts.c.last_at}
    conn.execute(update(attempts).where(attempts.c.key.in_(keys), attempts.c.number > 0).values(less))


def forget_old(conn: Connection, at: datetime) -> None:
    """Forget whoever has not guessed for long and waits no more."""
    old = attempts.c.last_at < at - FORGOTTEN
    conn.execute(delete(attempts).where(old, attempts.c.wait_until < at))


def _wait(beyond: int, longest: int) -> int:
    """Seconds before the next guess: none at first, then doubled with each."""
    return 0 if beyond < 0 else min(2 ** min(beyond, 20), longest)


def _too_often(left: timedelta) -> GuessedTooOften:
    seconds = max(1, math.ceil(left.total_seconds()))
    waits = f"{seconds} detik" if seconds < 120 else f"{math.ceil(seconds / 60)} menit"
    return GuessedTooOften(
        f"Terlalu banyak percobaan yang keliru. Tunggu {waits}, lalu coba lagi; akun tidak dikunci. "
        "Bila lupa kata sandi, mintalah tautan untuk menggantinya.",
        more={"wait": seconds},
    )


def _key(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
