"""The proof of a case: each of its events with its place in the log, and the head that covers them; it needs no database."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import msgspec
from sqlalchemy import Connection, select

from workflow import cases as case_store
from workflow.auditing.access import may_take_proof
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.evidence import as_written
from workflow.errors import NotYours
from workflow.sealing.heads import head
from workflow.sealing.tree import Tree
from workflow.tables import events, log

#: What a proof says it is; a later form gets another number.
FORM: Final = "jenjang-proof/1"
#: What a reader tells back of a proof, or keeps in memory, is no longer than this, whatever somebody hands in.
_Short = Annotated[str, msgspec.Meta(max_length=40)]


class ProvenEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event without what it says: its hash can be worked out from the rest (``workflow.chain``), and its leaf from that.

    ``position`` and ``path`` (hexadecimal, from the leaf upwards): where it stands in the log; absent while it waits to be
    sealed. ``payload`` and ``salt`` only where they were asked for, and never of an erased event.
    """

    sequence: int
    type: str
    id: str
    at: str
    previous: str
    payload_hash: str
    hash: str
    leaf: str | None = None
    position: int | None = None
    path: tuple[str, ...] = ()
    payload: str | None = None
    salt: str | None = None


class CaseProof(msgspec.Struct, frozen=True, kw_only=True, rename={"case_id": "case"}):
    """The events of a case, oldest first, and the signed head of the log that they are proven by.

    ``keys``: those that heads of this log are signed with, as the sender tells; a reader takes them from the agency itself.
    """

    form: _Short
    case_id: _Short
    reference: _Short
    events: tuple[ProvenEvent, ...]
    checkpoint: str
    keys: tuple[str, ...]


def seen_proof(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, *, payloads: bool = False
) -> CaseProof:
    """The proof of a case for whoever may take it; what events say only for an auditor on duty. Raises NotFound, NotYours."""
    may_take_proof(conn, engine, caller, at, case_id)
    if payloads and caller.assignment_id is None:
        raise NotYours("Isi peristiwa hanya disertakan bagi auditor selama penugasannya berlaku.")
    return case_proof(conn, case_id, payloads=payloads)


def case_proof(conn: Connection, case_id: str, *, payloads: bool = False) -> CaseProof:
    """The proof of a case. Raises NotFound, NotSealedYet."""
    case = case_store.load(conn, case_id)
    newest = head(conn)
    tree = Tree(conn)
    query = select(events, log.c.position, log.c.leaf).select_from(
        events.outerjoin(log, (log.c.event_id == events.c.id) & (log.c.position < newest.size))
    )
    rows = conn.execute(query.where(events.c.case_id == case.id).order_by(events.c.sequence)).all()
    proven = tuple(
        ProvenEvent(
            sequence=row.sequence,
            type=row.type,
            id=row.id,
            at=as_written(row.at),
            previous=row.previous_hash,
            payload_hash=row.payload_hash,
            hash=row.hash,
            leaf=None if row.leaf is None else row.leaf.hex(),
            position=row.position,
            path=() if row.position is None else _hexadecimal(tree.inclusion(row.position, newest.size)),
            payload=row.payload if payloads else None,
            salt=row.salt if payloads else None,
        )
        for row in rows
    )
    return CaseProof(
        form=FORM,
        case_id=case.id,
        reference=case.reference,
        events=proven,
        checkpoint=newest.checkpoint,
        keys=newest.keys,
    )


def _hexadecimal(hashes: list[bytes]) -> tuple[str, ...]:
    return tuple(each.hex() for each in hashes)
