"""What every way out of the house promises, and why a message may not get out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from workflow.errors import Problem


class NotSent(Problem):
    """A message that did not get out. ``says``: why, in Indonesian, with the words of the server where it gave any."""

    status, type, title = 502, "not-sent", "Surel belum terkirim"


class Unreachable(NotSent):
    """Nothing gets out at present: the way itself is closed, whatever the message. No attempt is counted."""


class TryLater(NotSent):
    """This message did not get out now; it may later."""


class Rejected(NotSent):
    """This message will never get out to this address."""


class Line(Protocol):
    """An open way out."""

    def send(self, content: bytes, name: str, sender: str, to: str, /) -> None:
        """Hand over a message as it is written on the wire. ``name``: the same at every attempt. Raises NotSent."""


class Transport(Protocol):
    """A way out."""

    @property
    def says(self) -> str:
        """What it is, without secrets."""

    @property
    def default_sender(self) -> str:
        """The sender where neither a setting nor the agency's profile has one; empty where one is needed."""

    def opened(self) -> AbstractContextManager[Line]:
        """A line for a batch; it connects with the first message. Closing it never fails."""
