"""What time it is. Nobody below ``api/`` asks: each unit of work is told its instant."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
    """Runs like any clock from the instant it was set to, and can be moved forward by whoever knows ``secret``.

    ``file``: where the demo runs as several processes of one machine, what they all go by.
    """

    def __init__(self, start: datetime, secret: str, file: Path | None = None) -> None:
        self._check(start)
        if len(secret) < 16:
            raise ValueError("the demo clock needs a secret of 16 characters or more")
        self.secret = secret
        self._set_to, self._set_when = start.astimezone(UTC), time.monotonic()
        self._last_set: datetime | None = None
        self._file, self._read = file, 0
        if file is not None and not file.exists():
            self._write(file)

    def now(self) -> datetime:
        self._look()
        return self._set_to + timedelta(seconds=time.monotonic() - self._set_when)

    def set(self, at: datetime) -> None:
        """Move to a later instant; asked again it moves no more. Raises ClockGoesForward."""
        self._check(at)
        self._look()
        if at.astimezone(UTC) == self._last_set:
            return
        if at < self.now():
            raise ClockGoesForward(
                f"Jam peragaan sudah {self.now().isoformat(timespec='seconds')}; tidak dapat mundur ke {at.isoformat()}."
            )
        self._set_to = self._last_set = at.astimezone(UTC)
        self._set_when = time.monotonic()
        if self._file is not None:
            self._write(self._file)

    def _write(self, file: Path) -> None:
        # Monotonic time is the machine's, not the process's.
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        beside.write_text(f"{self._set_to.isoformat()} {self._set_when!r}")
        beside.replace(file)

    def _look(self) -> None:
        """Go by the file, if another has set it."""
        if self._file is not None and (changed := self._file.stat().st_mtime_ns) != self._read:
            set_to, set_when = self._file.read_text().split()
            self._set_to, self._set_when, self._read = datetime.fromisoformat(set_to), float(set_when), changed
            self._last_set = self._set_to

    @staticmethod
    def _check(at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {at!r}")
