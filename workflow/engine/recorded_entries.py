"""The entries of a case as they are stored: what facts are read from, what a step marks or corrects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from workflow.definition import Transition
from workflow.engine.heirs import predecessors
from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.forms import label_of
from workflow.tables import entries


@dataclass(frozen=True)
class Recorded:
    """An entry as it is stored."""

    kind: str
    number: int
    status: str
    on_date: date
    data: dict[str, Any]
    written_by: str | None
    written_at: datetime
    marked_at: datetime | None
    #: The number of the entry that this one was written in the place of.
    instead_of: int | None = None


def recorded(situation: Situation, kind: str, *, of_case: str = "") -> list[Recorded]:
    """Entries of a kind, oldest first; of this case or of another."""
    case_id = of_case or situation.case.id
    key = f"entries:{case_id}"
    if key not in situation.cache:
        found: dict[str, list[Recorded]] = {}
        for r in situation.conn.execute(_RECORDED, {"case": case_id}):
            data = msgspec.json.decode(r.data)
            entry = Recorded(
                r.kind, r.number, r.status, r.on_date, data, r.written_by, r.written_at, r.marked_at, r.instead_of
            )
            found.setdefault(r.kind, []).append(entry)
        situation.cache[key] = found
    by_kind: dict[str, list[Recorded]] = situation.cache[key]
    return by_kind.get(kind, [])


_RECORDED = select(entries).where(entries.c.case_id == bindparam("case")).order_by(entries.c.number)


def inherited(situation: Situation, kind: str) -> list[Recorded]:
    """Entries of a kind; where this case has none of its own, those of the latest whose place was taken that has some."""
    of_each = (recorded(situation, kind, of_case=before) for before in predecessors(situation))
    return recorded(situation, kind) or next(filter(None, of_each), [])


def marked_entries(situation: Situation) -> list[Recorded]:
    """The entries that a step marks: those that its form chooses by ``numbers``, or from ``from_on`` to ``until_on``."""
    marks = situation.transition.marks if situation.transition else None
    if marks is None:
        return []
    numbers = set(situation.given.get("numbers") or ())
    first, last = (
        msgspec.convert(situation.given.get(name), date | None, strict=False) for name in ("from_on", "until_on")
    )
    ranged = first is not None or last is not None
    return [
        entry
        for entry in recorded(situation, marks.entry.name)
        if entry.status in marks.from_
        and (entry.number in numbers or (ranged and (first or date.min) <= entry.on_date <= (last or date.max)))
    ]


def check_corrected(situation: Situation, arrow: Transition) -> None:
    """The entry that a step corrects must be one that can still be. Raises InvalidForm."""
    if arrow.corrects is None or arrow.takes is None:
        return
    number = situation.given.get("number")
    found = (e for e in recorded(situation, arrow.corrects.name) if e.number == number)
    if not any(entry.status in arrow.corrects_from for entry in found):
        called = label_of(arrow.takes, "number")
        says = f"{called}: {arrow.corrects.title} nomor {number} tidak ada, atau tidak dapat diubah lagi. Pilih nomor lain."
        raise InvalidForm(says, fields=(FieldError("number", called, says),))
