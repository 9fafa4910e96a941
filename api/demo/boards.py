"""What the demo is played on: a server with a clock, everybody's keys, and how what happens is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from api.demo import story
from api.demo.service import Service
from api.demo.visitor import PATIENCE, Answer, Unexpected, Visitor
from policies.dates import with_weekday
from workflow.demo.cast import Player

#: What a sweep counts, as it is told.
SWEPT = {
    "reminded": "diingatkan",
    "escalated": "diajukan kepada yang lebih tinggi",
    "fired": "langkah oleh sistem",
}

#: Seconds between two looks at something that is being made.
PAUSE = 0.15


@dataclass(kw_only=True)
class Boards:
    """A server, everybody's keys, and the hour. ``watcher``: somebody who sees how far the cases are that others act on.

    ``unsent``: why messages could not be sent.
    """

    service: Service
    keys: Mapping[str, str]
    zone: str
    tell: Callable[[str], None]
    watcher: Player
    today: date = story.FIRST_DAY
    _clock: tuple[int, int] = story.FIRST_HOUR
    _told: date | None = None
    _hour: str = ""
    unsent: set[str] = field(default_factory=set)
    _moved: set[str] = field(default_factory=set)

    # --- Telling ------------------------------------------------------------------------------------------------------

    def say(self, line: str) -> None:
        """Tell something, under the heading of its day."""
        if self._told != self.today:
            self.tell(f"\n{with_weekday(self.today)}")
            self._told = self.today
        self.tell(line)

    def add(self, line: str) -> None:
        """Tell more of what was just done."""
        self.say(f"           {line}")

    def did(self, player: Player, what: str, state: str = "") -> None:
        """Tell what somebody did, and where that led."""
        self.say(f"  {self._hour}  {player.name} ({player.part}): {what}.{f' Status: {state}.' if state else ''}")

    def done(self, player: Player, what: str, answer: Answer, *, quiet: bool = False) -> Answer:
        """An answer that must not be a refusal, told unless ``quiet``. Raises Unexpected."""
        if answer.refused:
            reasons = "; ".join(reason["says"] for reason in answer.document.get("reasons", ()))
            raise Unexpected(
                f"{player.name}, {what}: {answer.document.get('detail', answer.status)} {reasons}".rstrip()
            )
        if not quiet:
            self.did(player, what, answer.document["state_title"])
        return answer

    # --- People and the hour ------------------------------------------------------------------------------------------

    def visitor(self, player: Player) -> Visitor:
        """Somebody with their key. Raises Unexpected where the demo has none for them."""
        if player.id not in self.keys:
            raise Unexpected(f"Peragaan tidak menyiapkan kunci bagi {player.name}, {player.post}.")
        return Visitor(self.service.port, self.keys[player.id], player.name, self.service.tries_for)

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return story.instant(self.today, *self._clock, self.zone)

    def go_to(self, day: date, hour: int, minute: int, *, sweep: bool = False) -> None:
        """Move the clock, once all is made that was to be made by then; with ``sweep`` the system then looks for what is due."""
        self.settle()
        self.today, self._clock = day, (hour, minute)
        swept = self.service.go_to(self.now, sweep=sweep)
        self._hour = f"{hour:02d}.{minute:02d}"
        if sweep:
            done = ", ".join(f"{swept[name]} {title}" for name, title in SWEPT.items() if swept.get(name))
            self.say(f"  {self._hour}  Sistem memeriksa tenggat: {done or 'tidak ada yang jatuh tempo'}.")

    def later(self, hour: int, minute: int) -> None:
        """Later on the same day."""
        self.go_to(self.today, hour, minute)

    def moved(self, *cases: str) -> None:
        """Something was done about these cases: letters and messages may be on their way."""
        self._moved.update(cases)

    def settle(self) -> None:
        """Wait until the letters of these cases are made and their messages sent. Raises Unexpected where a letter fails."""
        until = time.monotonic() + PATIENCE + self.service.tries_for
        visitor = self.visitor(self.watcher)
        while self._moved:
            case = min(self._moved)
            answer = visitor.ask("GET", f"/api/cases/{case}")
            # Somebody's draft is nobody else's to see, and nothing is owed on it.
            owed: list[dict[str, Any]] = [] if answer.refused else answer.document["owed"]
            for line in owed:
                if line["state"] == "parked" and line["kind"] == "render":
                    raise Unexpected(f"Surat gagal dibuat: {line['error']}")
                if line["state"] == "parked":
                    self.unsent.add(line["error"])
            if not any(line["state"] == "waiting" for line in owed):
                self._moved.discard(case)
            elif time.monotonic() > until:
                raise Unexpected(f"Surat atau surel belum selesai setelah {PATIENCE:.0f} detik; lihat demo/server.log.")
            else:
                time.sleep(PAUSE)
