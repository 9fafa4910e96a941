"""Absences: the chain of each, and the row as its newest event tells it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from policies.parameters import Policies
from workflow.chain import faults
from workflow.engine.evidence import as_stored
from workflow.people.absences import AbsenceEvent, told
from workflow.registry import Registry
from workflow.tables import absence_events, absences
from workflow.verification.findings import STREAMED, Finding, Looked
from workflow.verification.reading import read

PART = "absences"


def look_at_absences(conn: Connection, _: Registry, __: Policies) -> Looked:
    """All absences, one after the other."""
    for row in conn.execute(
        select(*as_stored(absences)).order_by(absences.c.id), execution_options=STREAMED
    ).mappings():
        query = select(*as_stored(absence_events)).where(absence_events.c.absence_id == row["id"])
        links = conn.execute(query.order_by(absence_events.c.sequence)).mappings().all()
        for found in faults(row["id"], links, row["version"], row["head"]):
            yield Finding(PART, f"Ketidakhadiran {row['id']}: {found}")
        last = read(links[-1]["payload"], AbsenceEvent) if links else None
        if last is not None and last.absence != told(row):
            yield Finding(PART, f"Ketidakhadiran {row['id']}: tidak lagi seperti yang dicatat peristiwa terakhirnya.")
        yield from (None for _ in links)
