"""The chain of each case, and the decisions that it holds judged again."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from policies.parameters import Policies
from workflow import audit
from workflow.registry import Registry
from workflow.rejudging import rejudged, rules_of
from workflow.tables import events
from workflow.verification.findings import STREAMED, Finding, Looked


def look_at_chain(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Where a chain does not hold."""
    count = conn.execute(select(func.count()).select_from(events)).scalar_one()
    yield from (None for _ in range(count))
    for found in audit.verify_all(conn):
        yield Finding("chain", found.says, case_id=found.case_id, sequence=found.sequence)


def look_at_decisions(conn: Connection, registry: Registry, policies: Policies) -> Looked:
    """Decisions that come out otherwise now; events that were erased are noted."""
    query = select(events.c.case_id, events.c.sequence, events.c.type, events.c.payload).order_by(
        events.c.case_id, events.c.sequence
    )
    rules = rules_of(registry)
    for row in conn.execute(query, execution_options=STREAMED):
        if row.payload is None:
            says = f"Isi peristiwa {row.type} telah dihapus; hasil pemeriksaannya tidak dapat dihitung ulang."
            yield Finding("decisions", says, False, row.case_id, row.sequence)
            continue
        payload = _decoded(row.payload)
        for decided in payload.get("decisions") or ():
            yield None
            for difference in rejudged(decided, payload.get("law_on"), rules, policies):
                yield Finding("decisions", difference.says, difference.fails, row.case_id, row.sequence)


def _decoded(text: str) -> dict[str, Any]:
    """A payload as stored; one that is no JSON any more says nothing here, the chain has told of it."""
    try:
        payload = msgspec.json.decode(text)
    except (msgspec.DecodeError, TypeError):
        return {}
    return payload if isinstance(payload, dict) else {}
