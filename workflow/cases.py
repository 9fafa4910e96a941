"""A case as it is stored, and the few ways to read and write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from workflow import database
from workflow.engine.gathering import EVERY_ROW
from workflow.errors import OutOfDate, no_such_case
from workflow.ids import new_id
from workflow.references import read_reference, reference_of
from workflow.tables import cases


@dataclass(frozen=True)
class Case:
    """One run of a process. ``version`` counts its events and ``head`` is the hash of the last; ``memory`` is the engine's own."""

    id: str
    process: str
    process_version: int
    fingerprint: str
    state: str
    version: int
    form: dict[str, Any]
    subject_id: str
    unit_id: str | None
    memory: dict[str, Any]
    opened_at: datetime
    entered_on: date
    closed_at: datetime | None
    head: str

    @property
    def reference(self) -> str:
        """The number by which people call it."""
        return reference_of(self.id)


def new_case_id(conn: Connection, at: datetime) -> str:
    """An id for a new case, the number of which no other case has."""
    return free_id(conn, iter(lambda: new_id(at), ""))


def free_id(conn: Connection, drawn: Iterator[str]) -> str:
    """The first of several ids whose number is free; until the unit ends it is kept from others who draw the same."""
    return next(each for each in drawn if _is_free(conn, reference_of(each)))


def _is_free(conn: Connection, reference: str) -> bool:
    database.lock(conn, f"reference:{reference}")  # whoever draws it at this moment waits, and then finds it taken
    return conn.execute(_NUMBERED, {"reference": reference}).first() is None


def id_of(conn: Connection, named: str) -> str:
    """The id of a case that was named by its id or its number. What names none is answered as it came, for whoever loads it."""
    reference = read_reference(named)
    found = conn.execute(_NUMBERED, {"reference": reference}).scalar_one_or_none() if reference else None
    return found or named


def load(conn: Connection, named: str, *, lock: bool = False) -> Case:
    """The case of an id or of a number that people call it by, locked for this transaction where asked. Raises NotFound."""
    row = conn.execute(_CASE_LOCKED if lock else _CASE, {"case": id_of(conn, named)}).one_or_none()
    if row is None:
        raise no_such_case(named)
    return from_row(row)


def load_several(conn: Connection, case_ids: Iterable[str]) -> dict[str, Case]:
    """Cases by their ids, read in one look; what names none is left out."""
    wanted = sorted(set(case_ids))
    return {row.id: from_row(row) for row in conn.execute(_CASES, {"cases": wanted})} if wanted else {}


def from_row(row: Row[Any]) -> Case:
    """A case from a row of its table."""
    values = row._asdict()
    del values["reference"]
    return Case(
        **{**values, "form": msgspec.json.decode(values["form"]), "memory": msgspec.json.decode(values["memory"])}
    )


def called(form: Mapping[str, Any], name: str) -> str:
    """What a case is called: by its own title, where its form has one; else by whom it is about, whose name is given."""
    return str(form.get("title") or name)


def add(conn: Connection, case: Case) -> None:
    """Store a new case."""
    conn.execute(insert(cases).values(**columns(case)))


def store(conn: Connection, case: Case, seen: int) -> None:
    """Store a changed case over the version that was seen. Raises OutOfDate where it is another by now."""
    row = columns(case)
    done = conn.execute(_STORE, {"case": case.id, "seen": seen, **{name: row[name] for name in _CHANGED}})
    if done.rowcount != 1:
        raise OutOfDate("Berkas baru saja diubah orang lain. Muat ulang, lalu periksa kembali.")


def columns(case: Case) -> dict[str, Any]:
    """The case as its row holds it."""
    values = {name: getattr(case, name) for name in Case.__dataclass_fields__}
    return {
        **values,
        "form": msgspec.json.encode(case.form).decode(),
        "memory": msgspec.json.encode(case.memory).decode(),
    }


_NUMBERED = select(cases.c.id).where(cases.c.reference == bindparam("reference"))
_CASE = select(cases).where(cases.c.id == bindparam("case"))
_CASE_LOCKED = _CASE.with_for_update()
_CASES = select(cases).where(cases.c.id.in_(bindparam("cases", expanding=True)))
#: Whom a case is about, and under which definition it began, never changes; the unit only while it is a draft.
_CHANGED = ("unit_id", "state", "version", "form", "memory", "entered_on", "closed_at", "head")
_STORE = (
    update(cases)
    .where(cases.c.id == bindparam("case"), cases.c.version == bindparam("seen"))
    .values({name: bindparam(name) for name in _CHANGED})
    .execution_options(**{EVERY_ROW: True})
)
