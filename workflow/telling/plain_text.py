"""Plain text for people: tables and lists that are never cut, whatever the width of what shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from policies.dates import written
from policies.parameters import Value
from policies.records import DOCUMENTS

#: Posts that an agency's profile or a parameter may name, as people call them.
POSTS = {"personnel_head": "kepala unit kepegawaian", "secretary": "Sekretaris Daerah", "regent": "kepala daerah"}


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], indent: str = "  ") -> list[str]:
    """Lines of a table whose columns are as wide as what stands in them."""
    listed = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in listed) for column in range(len(headings))]
    listed.insert(1, ["-" * width for width in widths])
    return [
        (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in listed
    ]


def listing(items: Iterable[str], joined: str = "dan") -> str:
    """``A``, ``A dan B``, ``A, B dan C``."""
    *rest, last = list(dict.fromkeys(items)) or [""]
    return f"{', '.join(rest)} {joined} {last}" if rest else last


def ended(sentence: str) -> str:
    """A sentence with its full stop, once: names with titles bring one along."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def amount(value: Any, unit: str) -> str:
    """A parameter's value with its unit; words need none."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list):
        return ", ".join(DOCUMENTS.get(each, str(each)) for each in value) or "tidak ada"
    if isinstance(value, str):
        return POSTS.get(value, value)
    return f"{value} {unit}".strip()


def cited(since: date, by: str) -> str:
    """Since when and by which article, as it stands behind a value."""
    return f"{by}, sejak {written(since)}"


def provision(value: Value[Any]) -> str:
    """A parameter in one line: what it says, its value, its citation."""
    return f"{value.says}: {amount(value.value, value.unit)} ({cited(value.since, value.by)})"
