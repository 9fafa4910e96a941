"""Dated records within a case, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Entry:
    """A dated record within a case.

    ``date`` names the field of its struct that dates it; ``one_a_day``: a later one for the same day takes the place of an
    unconfirmed one, which stays readable in the history. ``hidden``: a function of facts; while it holds, what the entry says
    is for whoever wrote it alone (``hidden_says``: until when, for people). ``read_by``: the roles that read what somebody else
    wrote, with auditors within an assignment; whoever else sees the case does not, nor what rules say that ask for the facts that
    it ``tells_in``. Empty: everybody who sees the case.
    """

    name: str
    title: str
    takes: type[msgspec.Struct]
    date: str = ""
    one_a_day: bool = False
    hidden: Callable[[Any], bool] | None = None
    hidden_says: str = ""
    read_by: tuple[str, ...] = ()
    tells_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Sets the status of entries already written; the form says which by ``numbers`` or by ``from_on`` and ``until_on``.

    ``from_``: the statuses of those that can be chosen.
    """

    entry: Entry
    status: str
    from_: tuple[str, ...] = ("written",)
