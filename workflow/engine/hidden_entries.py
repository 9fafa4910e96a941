"""Entries that are for whoever wrote them alone, as long as their condition holds: what of a case is hidden from somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from workflow.definition import Entry, facts_of
from workflow.facts import NeedsFields, Situation, gather
from workflow.filling import file_ids
from workflow.tables import entries

#: What is read in the place of what an entry says.
HIDDEN = "Isinya belum dibuka."


@dataclass(frozen=True)
class Veil:
    """What is hidden of a case. ``kinds``: entries whose condition holds now; ``reader``: from whom, None for just anybody."""

    kinds: frozenset[str] = frozenset()
    reader: str | None = None

    def hides(self, kind: str, written_by: str | None) -> bool:
        """Whether what an entry says is hidden: of a kind that is, and written by somebody else."""
        return kind in self.kinds and (self.reader is None or written_by != self.reader)

    def hides_event(self, payload: Mapping[str, Any]) -> bool:
        """Whether an event wrote such an entry, so that what was filled in and found then is hidden too."""
        entry = payload.get("entry")
        return entry is not None and self.hides(entry["kind"], payload.get("actor", {}).get("id"))


#: Nothing is hidden.
OPEN = Veil()


def veil_over(situation: Situation, reader: str | None) -> Veil:
    """What is hidden of a case from somebody at this moment."""
    kinds = (entry.name for entry in situation.process.entries.values() if _is_hidden(entry, situation))
    return Veil(frozenset(kinds), reader)


def _is_hidden(entry: Entry, situation: Situation) -> bool:
    if entry.hidden is None:
        return False
    try:
        return entry.hidden(gather(facts_of(entry.hidden), situation))
    except (NeedsFields, msgspec.ValidationError):
        return True  # what cannot be told is not opened


def hides_file(situation: Situation, veil: Veil, file_id: str) -> bool:
    """Whether a file was handed in with an entry that is hidden."""
    if not veil.kinds:
        return False
    query = select(entries).where(entries.c.case_id == situation.case.id, entries.c.kind.in_(veil.kinds))
    return any(
        file_id in file_ids(situation.process.entries[row.kind].takes, msgspec.json.decode(row.data))
        for row in situation.conn.execute(query)
        if veil.hides(row.kind, row.written_by)
    )
