"""Posts: whoever holds one today stands in its history, and nobody else does; of a day there is one holder at most."""

from __future__ import annotations

from itertools import groupby, pairwise

from sqlalchemy import Connection, select

from policies.parameters import Policies
from workflow.engine.evidence import as_stored
from workflow.registry import Registry
from workflow.tables import positions, tenures
from workflow.verification.findings import STREAMED, Finding, Looked

PART = "posts"


def look_at_posts(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Every post with its history."""
    holding: dict[str, str | None] = {}
    query = select(*as_stored(tenures)).order_by(tenures.c.position_id, tenures.c.from_on, tenures.c.left_on)
    for position_id, rows in groupby(conn.execute(query, execution_options=STREAMED), key=lambda row: row.position_id):
        # A span that ended on the day on which it began was an error of that day: it is of no day.
        spans = sorted(
            (str(row.from_on), str(row.left_on or "9999"), row.person_id)
            for row in rows
            if row.left_on is None or str(row.left_on) > str(row.from_on)
        )
        if any(before[1] > after[0] for before, after in pairwise(spans)):
            yield Finding(PART, f"Riwayat pemangku jabatan {position_id} bertumpang tindih.")
        holding[position_id] = next((person for _, left, person in spans if left == "9999"), None)
    for row in conn.execute(select(positions.c.id, positions.c.title, positions.c.holder_id).order_by(positions.c.id)):
        yield None
        if holding.get(row.id) != row.holder_id:
            yield Finding(PART, f"Pemangku jabatan {row.title} ({row.id}) berbeda dari riwayatnya.")
