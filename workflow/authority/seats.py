"""A seat: somebody who may play a role for a post, as its holder or by a mandate; and who those are, on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from policies.authority import STAND_INS, AbsenceFacts, is_away_too_long
from workflow.authority.lending import EVERYTHING, Lent, Standing, covers, standing
from workflow.authority.seat_queries import HOLDERS
from workflow.engine.timing import due_day
from workflow.facts import Situation


@dataclass(frozen=True)
class Between:
    """Somebody to whom authority was lent who passed it on: who, and the kind of mandate by which they hold it."""

    person_id: str
    name: str
    kind: str


@dataclass(frozen=True)
class Seat:
    """A person who may play a role now, and in which capacity: a post, a mandate for it, or in place of somebody below.

    ``lent_by``: who holds the post that a mandate is for; empty where it is vacant. ``away``: for too long to be waited for.
    ``givers``: the ids of those in whose name a mandate is used; ``through``: those who passed it on;
    ``letters``: the kinds of letters that it is for, a scope for each mandate that it goes through.
    """

    person_id: str
    name: str
    role: str
    position_id: str | None = None
    title: str = ""
    mandate: str = ""
    mandate_id: str | None = None
    lent_by: str = ""
    climbed: bool = False
    away: bool = False
    givers: tuple[str, ...] = ()
    through: tuple[Between, ...] = ()
    letters: tuple[str, ...] = (EVERYTHING,)

    @property
    def people(self) -> frozenset[str]:
        """Whoever acts here, and those in whose name they do: what keeps one of them apart keeps this seat apart."""
        return frozenset((self.person_id, *self.givers))

    def signs(self, letter: str) -> bool:
        """Whether a kind of letter is within what was lent."""
        return all(covers(names, letter) for names in self.letters)


@dataclass(frozen=True)
class Against:
    """What keeps a person from a role: being the ``subject`` or a ``rival``, or that they play, or acted in, another ``role``.

    ``deputy``: who acted in that role in their name; empty where they did themselves.
    """

    why: str
    role: str
    deputy: str = ""


def holders(situation: Situation, role: str, position_id: str) -> tuple[Seat, ...]:
    """Who may act for a post on a day: its holder, unless on leave with a stand-in, and whoever has a mandate for it."""
    rows = situation.look_up(HOLDERS, position=position_id, on=situation.on)
    lent = [_lent_seat(situation, role, each) for each in lent_for(situation, rows).lent]
    stood_in = any(seat.mandate in STAND_INS for seat in lent)
    held = [
        Seat(row.id, row.name, role, position_id, row.title, away=_is_away_too_long(situation, row))
        for row in rows
        if row.id is not None and row.mandate_id is None and not (row.away_until and stood_in)
    ]
    return (*held, *lent)


def lent_for(situation: Situation, rows: Sequence[Row[Any]]) -> Standing:
    """The mandates for a post that give something on this case, and why the others do not."""
    return standing(rows, situation.process.name, situation.case.unit_id, situation.law)


def _lent_seat(situation: Situation, role: str, lent: Lent) -> Seat:
    row = lent.row
    return Seat(
        row.id,
        row.name,
        role,
        row.position_id,
        row.title,
        row.kind,
        row.mandate_id,
        row.lent_by or "",
        away=_is_away_too_long(situation, row),
        givers=lent.givers,
        through=tuple(Between(each.id, each.name, each.kind) for each in lent.between),
        letters=lent.letters,
    )


def _is_away_too_long(situation: Situation, row: Row[Any]) -> bool:
    """Whether the holder of a post is away for so long that what waits for them climbs; where nobody stands in for them."""
    if row.away_until is None:
        return False
    process, case = situation.process, situation.case
    runs = not process.state[case.state].final
    due_on = due_day(situation.office, process, case) if runs else None
    return is_away_too_long(AbsenceFacts(row.away_from, row.away_until, due_on), situation.law)
