"""A value that a regulation fixes, as a history: from which day, what, by which article.

The numbers live in ``policies/data/*.toml``; an agency lays a folder of its own over them (``JENJANG_POLICIES``). A
rule names a number by its handle (``law[MAX_DAYS]``) and gets the value in force on the day of the law, with citation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from policies.bounds import why_not
from policies.dates import written
from policies.files import SHIPPED, PolicyError, Table, read_toml, require_folder
from policies.regulations import Regulations

__all__ = [
    "DECLARED",
    "Entry",
    "History",
    "Law",
    "NotInForce",
    "Parameter",
    "Policies",
    "PolicyError",
    "Value",
    "parameter",
]

T = TypeVar("T")

#: Files of the data folder that hold something other than parameters, each read by the module of its name.
NOT_PARAMETERS = frozenset({"calendar", "regulations"})


class NotInForce(Exception):
    """No value of a parameter is in force on a day. A rule that meets it refuses; it does not crash."""

    def __init__(self, parameter: str, on: date, repealed_by: str | None = None) -> None:
        why = f"dicabut dengan {repealed_by}" if repealed_by else "belum ada ketentuannya"
        super().__init__(f"Ketentuan {parameter} tidak berlaku pada {written(on)}: {why}.")
        self.parameter, self.on, self.repealed_by = parameter, on, repealed_by


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """The handle by which code names a parameter: ``topic.key``, and the type its values have."""

    name: str
    kind: type[T]


#: Every handle that code declares; the tests hold it against the data, both ways.
DECLARED: dict[str, Parameter[Any]] = {}


def parameter(name: str, kind: type[T]) -> Parameter[T]:
    """Declare the handle of a parameter; one name belongs to one handle."""
    if name in DECLARED:
        raise ValueError(f"parameter {name!r} is declared twice")
    handle = Parameter(name, kind)
    DECLARED[name] = handle
    return handle


@dataclass(frozen=True)
class Value(Generic[T]):
    """A parameter's value on a day: what it is, since when, and by which article."""

    parameter: str
    value: T
    since: date
    by: str
    says: str
    unit: str


@dataclass(frozen=True)
class Entry:
    """One row of a history. ``value`` is None where the article repeals the parameter."""

    since: date
    value: Any
    by: str


@dataclass(frozen=True)
class History:
    """All that was ever in force under one name, oldest first."""

    name: str
    says: str
    unit: str
    entries: tuple[Entry, ...]
    file: Path

    def on(self, day: date) -> Value[Any]:
        """The value in force on a day. Raises NotInForce before the first entry and after a repeal."""
        current = None
        for entry in self.entries:
            if entry.since <= day:
                current = entry
        if current is None or current.value is None:
            raise NotInForce(self.name, day, current.by if current else None)
        return Value(self.name, current.value, current.since, current.by, self.says, self.unit)


@dataclass
class Law:
    """The parameters as they stand on one day. Remembers which were read, for the record of a decision."""

    histories: Mapping[str, History]
    on: date
    used: dict[str, Value[Any]] = field(default_factory=dict)

    def __getitem__(self, handle: Parameter[T]) -> Value[T]:
        value = self.histories[handle.name].on(self.on) if handle.name in self.histories else None
        if value is None:
            raise NotInForce(handle.name, self.on)
        self.used[handle.name] = value
        return value


@dataclass(frozen=True)
class Policies:
    """Every parameter's history: the shipped ones, an agency's own laid over them by name."""

    histories: Mapping[str, History]
    regulations: Regulations
    overlay: Path | None = None

    @classmethod
    def load(cls, overlay: Path | None = None) -> Policies:
        """Read the shipped files and then the agency's folder. Raises PolicyError for the first thing that is wrong."""
        regulations = Regulations.load(overlay)
        histories = {history.name: history for history in _read_folder(SHIPPED, regulations)}
        if overlay is not None:
            for own in _read_folder(require_folder(overlay), regulations):
                _same_kind(own, histories)
                histories[own.name] = own
        return cls(histories, regulations, overlay)

    def on(self, day: date) -> Law:
        """The law on a day."""
        return Law(self.histories, day)


def _read_folder(folder: Path, regulations: Regulations) -> Iterator[History]:
    for file in sorted(folder.glob("*.toml")):
        if file.stem in NOT_PARAMETERS:
            continue
        for key, content in read_toml(file).items():
            yield _history(Table.of(file, key, content, ("says", "unit", "since"), f"[{key}]"), regulations)


def _history(table: Table, regulations: Regulations) -> History:
    says, unit = table.text("says"), table.text("unit")
    rows = table.rows("since", ("from", "value", "by", "repealed"), "[{ from = 2026-01-01, value = 5, by = ... }]")
    if not rows:
        raise table.wrong("since harus berisi sekurang-kurangnya satu baris")
    entries = tuple(_entry(row, regulations) for row in rows)
    days = [entry.since for entry in entries]
    if days != sorted(set(days)):
        raise table.wrong("baris since harus berurutan menurut tanggal, dan satu tanggal hanya satu kali")
    if len({type(entry.value) for entry in entries if entry.value is not None}) > 1:
        raise table.wrong("semua nilai dalam satu riwayat harus sejenis")
    for entry in entries:
        if entry.value is not None and (reason := why_not(table.file.stem, unit, entry.value)):
            raise table.wrong(f"baris sejak {entry.since.isoformat()}: {reason}")
    return History(f"{table.file.stem}.{table.key}", says, unit, entries, table.file)


def _entry(row: Table, regulations: Regulations) -> Entry:
    since = row.day("from")
    if "by" not in row.content:
        raise row.wrong(f"baris sejak {since.isoformat()} tidak menyebut dasar hukumnya (by)")
    by = regulations.cited(row)
    if row.content.get("repealed") is True and "value" not in row.content:
        return Entry(since, None, by)
    if "value" not in row.content or "repealed" in row.content:
        raise row.wrong(f"baris sejak {since.isoformat()} harus berisi value, atau repealed = true")
    value = row.content["value"]
    # A day count, a share or an amount below zero, and TOML's nan and inf, can only be slips of the keyboard.
    if isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
        raise row.wrong(f"nilai {value!r} sejak {since.isoformat()} harus berupa bilangan nol atau lebih")
    return Entry(since, value, by)


def _same_kind(own: History, shipped: Mapping[str, History]) -> None:
    """An agency may change a number, not invent a parameter nor change what kind of thing one is or in what unit."""
    topic, key = own.name.split(".", 1)
    if own.name not in shipped:
        known = ", ".join(name.split(".", 1)[1] for name in sorted(shipped) if name.startswith(f"{topic}."))
        reason = f"yang dikenal: {known}" if known else f"tidak ada berkas ketentuan bernama {topic}.toml"
        raise PolicyError(own.file, key, f"ketentuan ini tidak dikenal; {reason}")
    ours = shipped[own.name]
    listed = any(isinstance(entry.value, list) for entry in ours.entries)
    # A list that is shipped empty says nothing of what it may hold; every list of the law holds words.
    expected = {kind for entry in ours.entries for kind in _kinds(entry.value)} or ({"daftar str"} if listed else set())
    for entry in own.entries:
        lists = entry.value is None or isinstance(entry.value, list) is listed
        if not (lists and _kinds(entry.value) <= expected):
            kinds = " atau ".join(sorted(expected))
            raise PolicyError(own.file, key, f"nilai {entry.value!r} harus sejenis dengan bawaannya ({kinds})")
    if own.unit.split() != ours.unit.split():
        # The rules count in the unit as shipped; "minggu" in its place would be days all the same.
        raise PolicyError(own.file, key, f"unit {own.unit!r} harus sama dengan bawaannya, {ours.unit!r}")


def _kinds(value: Any) -> set[str]:
    """The type of a value, or of each thing in a list; none for a repeal."""
    if isinstance(value, list):
        return {f"daftar {type(item).__name__}" for item in value}
    return set() if value is None else {type(value).__name__}
