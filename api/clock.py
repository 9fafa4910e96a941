"""What time it is. Nobody below ``api/`` asks: each unit of work is told its instant."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from workflow.errors import Problem


class ClockGoesForward(Problem):
    """The demo's clock was asked to go back: events would stand before those that they follow."""

    status, type, title = 409, "clock-goes-forward", "Jam hanya dapat dimajukan"


class Clock(Protocol):
    """Tells an aware instant."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """Runs like any clock from the instant it was set to, and can be moved forward by whoever knows ``secret``."""

    def __init__(self, start: datetime, secret: str) -> None:
        self._check(start)
        if len(secret) < 16:
            raise ValueError("the demo clock needs a secret of 16 characters or more")
        self.secret = secret
        self._set_to, self._set_when = start.astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._set_to + timedelta(seconds=time.monotonic() - self._set_when)

    def set(self, at: datetime) -> None:
        """Move to a later instant. Raises ClockGoesForward."""
        self._check(at)
        if at < self.now():
            raise ClockGoesForward(
                f"Jam peragaan sudah {self.now().isoformat(timespec='seconds')}; tidak dapat mundur ke {at.isoformat()}."
            )
        self._set_to, self._set_when = at.astimezone(UTC), time.monotonic()

    @staticmethod
    def _check(at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {at!r}")
