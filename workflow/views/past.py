"""A case as it stood until an instant, told by its own log: all that somebody sees whose place on it ended then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from workflow.audit import Event, events_of
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.evidence import Evidence, LetterTold


@dataclass(frozen=True)
class EntryThen:
    """How an entry stood: its status, and who had given it that and when; nobody where it was as written."""

    status: str = "written"
    marked_by: str | None = None
    marked_at: datetime | None = None


@dataclass(frozen=True)
class Past:
    """What lies before ``until`` and is seen; what lies at that instant or later is not. ``events``: oldest first."""

    until: datetime
    events: Sequence[Event]

    def case(self, process: Process, now: Case) -> Case:
        """The case as it stood. Of what the engine remembers, only what never changes."""
        last, step = self.events[-1], self._step
        return replace(
            now,
            state=self.state(process),
            form=step.get("form", {}),
            memory={name: value for name, value in now.memory.items() if name == "instead_of"},
            version=self.version,
            head=last.hash,
            entered_on=last.at.date(),
            closed_at=None,
        )

    def state(self, process: Process) -> str:
        """The state that the case was in."""
        return str(self._step.get("to", process.initial))

    @property
    def version(self) -> int:
        """How many events there were."""
        return self.events[-1].sequence

    @cached_property
    def _step(self) -> dict[str, Any]:
        """What the last step said: only a step says where the case is, and what is asked for."""
        payloads = (event.payload or {} for event in reversed(self.events))
        return next((payload for payload in payloads if "form" in payload), {})

    def saw_letter(self, row: Row[Any]) -> bool:
        """Whether a letter had been signed by then: what is signed stays as it is, and readable."""
        return row.signed_at is not None and row.signed_at < self.until

    def entry(self, row: Row[Any]) -> EntryThen | None:
        """How an entry stood; None for one that was not there yet."""
        if row.written_at >= self.until:
            return None
        return self._marks.get((row.kind, row.number), EntryThen())

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that had been handed in for the case."""
        return frozenset(file.id for _, told in self._told for file in told.files)

    def letter_state(self, letter_id: str) -> str:
        """How a letter that had been signed stood: it, or what no longer counted by then."""
        stands = "signed"
        for letter in self._letters:
            if letter_id in (*letter.voids, *letter.revokes) or (letter.id, letter.state) == (letter_id, "void"):
                stands = "void"
            elif letter_id in letter.replaces:
                stands = "replaced"
            elif letter_id in letter.restores:
                stands = "signed"
        return stands

    @property
    def _letters(self) -> Iterator[LetterTold]:
        for _, told in self._told:
            yield from told.letters
            if told.letter is not None:
                yield told.letter

    @cached_property
    def _marks(self) -> dict[tuple[str, int], EntryThen]:
        found: dict[tuple[str, int], EntryThen] = {}
        for event, told in self._told:
            by = (event.payload or {}).get("actor", {}).get("id")
            if told.marked:
                mark = EntryThen(told.marked.status, by, event.at)
                found |= {(told.marked.kind, number): mark for number in told.marked.numbers}
            if told.entry:
                mark = EntryThen("corrected", by, event.at)
                found |= {(told.entry.kind, number): mark for number in told.entry.corrected}
        return found

    @property
    def _told(self) -> Iterator[tuple[Event, Evidence]]:
        for event in self.events:
            yield event, msgspec.convert(event.payload or {}, Evidence)


def past_of(conn: Connection, case_id: str, until: datetime) -> Past | None:
    """What of a case lies before an instant; None where nothing does."""
    events = [event for event in events_of(conn, case_id) if event.at < until]
    return Past(until, tuple(events)) if events else None
