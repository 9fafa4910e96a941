"""What an import answers: how many rows, which were rejected and why, what is new, changed or missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow.errors import Problem


class UnreadableSheet(Problem):
    """The file cannot be read as a table at all."""

    status, type, title = 422, "unreadable-sheet", "Berkas tidak dapat dibaca"


class Wrong(ValueError):
    """A cell is wrong; the message, in Indonesian, is the reason that the report gives."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One cell that is wrong. ``row`` is the spreadsheet's own row number (the heading is row 1)."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Something known from an earlier import that the new file no longer names: its number or code, and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Touched:
    """The people, posts and units, by id, of which an import wrote something that may decide who acts."""

    people: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.people or self.posts or self.units)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The whole answer of an import. ``remarks`` are sentences in Indonesian on what it had to conclude by itself.

    ``accepted`` counts the rows without a rejection, ``new`` and ``changed`` what they add or alter, also when
    nothing was written (``written`` is false on a dry run, and when a row was rejected and rejected rows were not to
    be skipped).
    """

    rows: int
    accepted: int
    rejected: tuple[Rejection, ...] = ()
    ignored_headings: tuple[str, ...] = ()
    new: int = 0
    changed: int = 0
    missing: tuple[Missing, ...] = ()
    remarks: tuple[str, ...] = ()
    written: bool = False
    #: What it wrote about who acts; None where an import does not say.
    touched: Touched | None = None

    def for_machines(self) -> dict[str, Any]:
        """The rows, how many are accepted, and each rejection, as the command line prints them with ``--json``."""
        rejected = [
            {"row": each.row, "column": each.column, "value": each.value, "reason": each.reason}
            for each in self.rejected
        ]
        return {"rows": self.rows, "accepted": self.accepted, "rejected": rejected}
