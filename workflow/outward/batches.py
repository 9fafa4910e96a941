"""Makes up a batch: what is sent now, what waits for an answer, what was refused and is still the same, what is left and why."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from workflow.database import lock
from workflow.ids import new_id
from workflow.outward.activities import Key, Left, Person, Ready, Value, unrecorded
from workflow.outward.layout import Layout
from workflow.outward.sheets import written
from workflow.tables import files, outward_records

_MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Sent:
    """A row of a batch. ``too_large``: its evidence is beyond what the layout says."""

    number: int
    person: Person
    evidence: str
    size: int  # bytes
    too_large: bool


@dataclass(frozen=True)
class SentBefore:
    """An activity that was sent before: the row that it went with, when, and why it was refused (empty while it waits)."""

    person: Person
    batch: str
    row: int
    sent_at: datetime
    reason: str


@dataclass(frozen=True)
class Batch:
    """What an export came to. ``id`` is empty where there was nothing to send, or it was only looked at."""

    id: str
    rows: tuple[Sent, ...]
    waiting: tuple[SentBefore, ...]
    refused: tuple[SentBefore, ...]
    left: tuple[Left, ...]


def export(
    conn: Connection, layout: Layout, *, at: datetime, on: date, again: bool = False, dry_run: bool = False
) -> Batch:
    """Record a batch of all that is ready and was not sent yet, with the bytes of its file; the caller owns the transaction.

    What a system refused goes again once something about it has changed. ``again``: also what waits for an answer, and
    what was refused and is the same. ``dry_run``: say what would go, and record nothing.
    """
    lock(conn, f"outward:{layout.system}")
    before = _latest(conn, layout.system)
    ready: list[Ready] = []
    waiting: list[SentBefore] = []
    refused: list[SentBefore] = []
    left: list[Left] = []
    for each in unrecorded(conn, layout):
        last = before.get(each.key)
        if last is not None and last.status == "sent" and not again:
            waiting.append(_sent_before(each, last))
        elif isinstance(each, Left):
            left.append(each)
        elif last is not None and last.status == "refused" and last.digest == each.digest and not again:
            refused.append(_sent_before(each, last))
        else:
            ready.append(each)
    batch_id = _next_id(conn, layout.system, on)
    names = _evidence_names(ready)
    if ready and not dry_run:
        _record(conn, layout, batch_id, ready, names, before, at)
    rows = tuple(
        Sent(number, each.person, name, each.proof.size, each.proof.size > layout.largest_evidence)
        for number, (each, name) in enumerate(zip(ready, names, strict=True), start=1)
    )
    made = "" if dry_run or not ready else batch_id
    return Batch(made, rows, tuple(waiting), tuple(refused), tuple(left))


def _sent_before(each: Ready | Left, last: Row[Any]) -> SentBefore:
    return SentBefore(each.person, last.batch_id, last.row_number, last.sent_at, last.reason or "")


def _latest(conn: Connection, system: str) -> dict[Key, Row[Any]]:
    """The last attempt for each activity."""
    query = (
        select(outward_records)
        .where(outward_records.c.system == system)
        .order_by(outward_records.c.case_id, outward_records.c.person_id, outward_records.c.attempt)
    )
    return {(row.case_id, row.person_id): row for row in conn.execute(query)}


def _next_id(conn: Connection, system: str, on: date) -> str:
    """``SIASN-2026-0007``: batches of a system are counted anew each year."""
    prefix = f"{system.upper()}-{on.year}-"
    known = conn.execute(
        select(outward_records.c.batch_id).where(outward_records.c.batch_id.startswith(prefix)).distinct()
    ).scalars()
    return f"{prefix}{max((int(each.removeprefix(prefix)) for each in known), default=0) + 1:04d}"


def _evidence_names(ready: list[Ready]) -> list[str]:
    """``NIP.pdf``, and ``NIP-1.pdf`` and so on where one NIP has several."""
    times, seen = Counter(each.person.nip for each in ready), Counter[str]()
    names = []
    for nip in (each.person.nip for each in ready):
        seen[nip] += 1
        names.append(f"{nip}-{seen[nip]}.pdf" if times[nip] > 1 else f"{nip}.pdf")
    return names


def _record(
    conn: Connection,
    layout: Layout,
    batch_id: str,
    ready: list[Ready],
    names: list[str],
    before: dict[Key, Row[Any]],
    at: datetime,
) -> None:
    numbered = list(enumerate(zip(ready, names, strict=True), start=1))
    rows = [{**each.values, **_of_the_batch(batch_id, number, name)} for number, (each, name) in numbered]
    sheet_id = _keep(conn, f"{batch_id}.{layout.file}", _MEDIA_TYPES[layout.file], written(layout, rows, at), at)
    conn.execute(
        insert(outward_records),
        [
            {
                "id": new_id(at),
                "case_id": each.key[0],
                "person_id": each.key[1],
                "system": layout.system,
                "attempt": before[each.key].attempt + 1 if each.key in before else 1,
                "batch_id": batch_id,
                "row_number": number,
                "status": "sent",
                "sent_at": at,
                "digest": each.digest,
                "sheet_id": sheet_id,
                "evidence_id": each.proof.file_id,
                "evidence_name": name,
            }
            for number, (each, name) in numbered
        ],
    )


def _of_the_batch(batch_id: str, number: int, name: str) -> dict[str, Value]:
    return {"batch": batch_id, "row": number, "reference": f"{batch_id}-{number}", "evidence": name}


def _keep(conn: Connection, name: str, media_type: str, content: bytes, at: datetime) -> str:
    """The file as it is sent, so that it can be written again; it belongs to no case, and nobody reads it through one."""
    file_id = new_id(at)
    conn.execute(
        insert(files).values(
            id=file_id,
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            case_id=None,
            uploaded_by=None,
            uploaded_at=at,
        )
    )
    return file_id
