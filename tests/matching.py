"""Rounds of mentoring in tests: people of an office, answering through the acts themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tests.world import World
from workflow.callers import Caller
from workflow.filling import read_form
from workflow.matching import acting, publishing
from workflow.matching.acting import NewRound
from workflow.matching.answers import Given
from workflow.matching.proposing import Asked, propose
from workflow.matching.publishing import PublishedPart
from workflow.matching.told import Proposed
from workflow.tables import effects

NURSING, INTENSIVE, LAW = "Keperawatan dasar", "Keperawatan intensif", "Penyusunan produk hukum"
ROUND: dict[str, Any] = {
    "title": "Mentoring semester dua",
    "fields": [NURSING, INTENSIVE, LAW],
    "offers_until": "2026-03-13",
    "wishes_until": "2026-03-20",
    "starts_on": "2026-04-06",
    "ends_on": "2026-09-30",
    "meetings": "Dua kali sebulan, masing-masing 90 menit.",
}
#: A day on which all answers are in.
ANSWERED = date(2026, 3, 23)


@dataclass
class Table:
    """One round in an office."""

    world: World
    round_id: str = ""
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, world: World, **changes: Any) -> Table:
        """A round that the verifier has opened."""
        table = cls(world)
        form = read_form(NewRound, {**ROUND, **changes})
        table.round_id = world.database.write(
            acting.open_round, world.engine, table.caller("verifier"), world.at, form, None
        ).id
        return table

    def caller(self, who: str) -> Caller:
        """A person of the office, asking."""
        kind = "contact" if who == "contact" else "staff"
        return Caller("", self.world.ids[who], who, kind, None, frozenset(), None, self.world.at.date())

    def act(self, work: Any, who: str, *args: Any) -> Any:
        """Something done with this round, a second after what was done before."""
        world = self.world
        world.at += timedelta(seconds=1)
        return world.database.write(work, world.engine, self.caller(who), world.at, self.round_id, *args)

    def see(self, work: Any, who: str, *args: Any) -> Any:
        """Something read of this round."""
        world = self.world
        return world.database.read(work, world.engine, self.caller(who), world.at, self.round_id, *args)

    def offer(
        self,
        who: str,
        *fields: str,
        capacity: int = 1,
        would: Sequence[str] = (),
        would_not: Sequence[str] = (),
        by: str = "",
    ) -> None:
        """A mentor's offer."""
        self._answer("offer", who, fields, would, would_not, by, capacity)

    def wish(
        self, who: str, *goals: str, would: Sequence[str] = (), would_not: Sequence[str] = (), by: str = ""
    ) -> None:
        """A mentee's wish."""
        self._answer("wish", who, goals, would, would_not, by)

    def _answer(
        self,
        side: Any,
        who: str,
        fields: Sequence[str],
        would: Sequence[str],
        would_not: Sequence[str],
        by: str,
        capacity: int = 0,
    ) -> None:
        ids = self.world.ids
        wanted, unwanted = (tuple(ids[name] for name in names) for names in (would, would_not))
        given = Given(side, ids[who], tuple(fields), wanted, unwanted, capacity)
        self.act(acting.hand_in, by or who, [given])

    def bind(self, mentor: str, mentee: str, bond: str, reason: str = "Kebutuhan dinas.") -> None:
        """The verifier fixes or forbids a pair."""
        self.act(acting.bind, "verifier", self.world.ids[mentor], self.world.ids[mentee], bond, reason)

    def asked(self, who: str = "verifier") -> Asked:
        """What a proposal rests on."""
        asked: Asked = self.see(acting.round_asked, who)
        return asked

    def proposed(self, who: str = "verifier") -> Proposed:
        """A proposal, on record."""
        asked = self.asked(who)
        proposed = propose(asked)
        world = self.world
        world.database.write(acting.keep_proposal, world.engine, self.caller(who), world.at, asked, proposed)
        return proposed

    def told(self, who: str) -> list[str]:
        """The messages of rounds that somebody is owed, oldest first."""
        query = select(effects.c.payload).where(
            effects.c.subject_id == self.world.ids[who], effects.c.case_id.is_(None)
        )
        rows = self.world.all(query.order_by(effects.c.due_at, effects.c.id))
        return [str(json.loads(row.payload)["says"]) for row in rows]

    def pairs(self, proposed: Proposed) -> dict[str, str]:
        """Mentee -> mentor, by the names of the office."""
        names = {person: name for name, person in self.world.ids.items()}
        return {names[pair.mentee]: names[pair.mentor] for pair in proposed.result.pairs}

    def alone(self, proposed: Proposed) -> dict[str, str]:
        """Who is in no pair, and why."""
        names = {person: name for name, person in self.world.ids.items()}
        return {names[each.person]: each.reason for each in proposed.result.unmatched}

    def publish(self, number: int, who: str = "verifier") -> PublishedPart:
        """A proposal published to its end."""
        while True:
            done: PublishedPart = self.act(publishing.publish, who, number)
            if not done.left:
                return done
