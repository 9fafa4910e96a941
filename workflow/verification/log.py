"""The log: every event in it once and as it was recorded, its nodes and roots worked out anew, its heads signed by our keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Table, func, or_, select

from policies.parameters import Policies
from workflow.engine.evidence import as_stored
from workflow.registry import Registry
from workflow.sealing.checkpoint import NotGenuine, VerifierKey, check
from workflow.sealing.keys import log_keys
from workflow.sealing.merkle import STRIDE, Growing, leaf_hash
from workflow.sealing.sealer import entry_of
from workflow.tables import CHAINS, log, log_heads, log_nodes, unsealed
from workflow.verification.findings import STREAMED, Finding, Looked

PART: Final = "log"

#: How long an event may wait to be sealed where the log is kept.
PATIENCE: Final = timedelta(hours=1)


def look_at_log(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Whether what was sealed is what is recorded. Reads the log once, row by row, and each table of events beside it."""
    yield from (None for _ in range(conn.execute(_ALL).scalar_one()))
    yield from _tree(conn)
    for chain, table in CHAINS.items():
        yield from _recorded(conn, chain, table)


def late(conn: Connection, at: datetime) -> Finding | None:
    """That events wait to be sealed for too long, where the log has begun; None where none does."""
    begun = conn.execute(select(log_heads.c.size).limit(1)).first()
    count, since = conn.execute(_LATE.where(unsealed.c.at < at - PATIENCE)).one()
    if begun is None or not count:
        return None
    says = f"{count} peristiwa menunggu disegel lebih dari satu jam, yang terlama sejak {since:%Y-%m-%d %H:%M} UTC."
    return Finding(PART, f"{says} Jalankan server, atau: jenjang log seal")


# --- The tree --------------------------------------------------------------------------------------------------------


def _tree(conn: Connection) -> Iterator[Finding]:
    """Positions without gaps, nodes and heads as the leaves make them; what is wrong first makes all that follows wrong too."""
    growing, keys = Growing(), log_keys(conn)
    levels = conn.execute(_LEVELS).scalars().all()
    with ExitStack() as opened:

        def streamed(query: Select[Any]) -> Iterator[Row[Any]]:
            return iter(opened.enter_context(conn.execute(query, execution_options=STREAMED)))

        heads, leaves = streamed(_HEADS), streamed(_LEAVES)
        nodes = {level: streamed(_NODES.where(log_nodes.c.level == level)) for level in levels}
        awaited = next(heads, None)
        for row in leaves:
            if row.position != growing.size:
                says = f"Log tidak memuat daun nomor {growing.size}; sesudahnya langsung nomor {row.position}."
                yield Finding(PART, says)
                return
            for level, node in growing.add(bytes(row.leaf)):
                place = (growing.size >> STRIDE * level) - 1
                kept = next(nodes.get(level, iter(())), None)
                if kept is None or (kept.place, bytes(kept.hash)) != (place, node):
                    yield Finding(PART, f"Simpul log tingkat {level} nomor {place} tidak sesuai dengan daunnya.")
                    return
            while awaited is not None and awaited.size == growing.size:
                yield from _head(awaited, growing.root, keys)
                awaited = next(heads, None)
        if awaited is not None:
            yield Finding(PART, f"Kepala log mencakup {awaited.size} daun, sedangkan log hanya memuat {growing.size}.")


def _head(row: Row[Any], root: bytes, keys: list[VerifierKey]) -> Iterator[Finding]:
    where = f"Kepala log dengan {row.size} daun"
    if bytes(row.root) != root:
        yield Finding(PART, f"{where} tidak sesuai dengan isi log: ada yang diubah sesudah disegel.")
    for key in keys:
        try:
            signed = check(row.note, key)
        except NotGenuine:
            continue
        if (signed.size, signed.root) != (row.size, root):
            yield Finding(PART, f"{where}: yang ditandatangani bukan akar log ini.")
        return
    yield Finding(PART, f"{where} tidak ditandatangani dengan kunci log ini.")


# --- What was recorded -----------------------------------------------------------------------------------------------


def _recorded(conn: Connection, chain: str, table: Table) -> Iterator[Finding]:
    """Events that were removed or written anew since they were sealed, and such as were kept from being sealed."""
    owner, *_ = (column.name for column in table.primary_key)
    sealed = (
        select(log.c.position, log.c.leaf, *as_stored(table, owner, "sequence", "hash"))
        .select_from(log.outerjoin(table, table.c.id == log.c.event_id))
        .where(log.c.chain == chain)
    )
    for row in conn.execute(sealed, execution_options=STREAMED).mappings():
        if row["hash"] is None:
            yield Finding(PART, f"Peristiwa yang disegel sebagai daun nomor {row['position']} tidak ada lagi.")
        elif leaf_hash(entry_of(str(row["hash"]))) != bytes(row["leaf"]):
            yield _finding(chain, row[owner], row["sequence"], "bukan lagi yang disegel: ditulis ulang sesudahnya")
    waiting = (
        select(*as_stored(table, owner, "sequence"), unsealed.c.event_id, table.c.hash, unsealed.c.hash.label("noted"))
        .select_from(
            table.outerjoin(log, log.c.event_id == table.c.id).outerjoin(unsealed, unsealed.c.event_id == table.c.id)
        )
        .where(log.c.event_id.is_(None), or_(unsealed.c.event_id.is_(None), unsealed.c.hash != table.c.hash))
    )
    for row in conn.execute(waiting, execution_options=STREAMED).mappings():
        says = (
            "tidak disegel dan tidak menunggu disegel" if row["event_id"] is None else "ditulis ulang sebelum disegel"
        )
        yield _finding(chain, row[owner], row["sequence"], says)


def _finding(chain: str, owner: str, sequence: int, says: str) -> Finding:
    if chain == "events":
        return Finding(PART, f"Peristiwa nomor {sequence} {says}.", case_id=owner, sequence=sequence)
    return Finding(PART, f"Peristiwa nomor {sequence} pada {chain} {owner} {says}.")


_ALL = select(
    select(func.count()).select_from(log).scalar_subquery()
    + select(func.count()).select_from(unsealed).scalar_subquery()
)
_LATE = select(func.count(), func.min(unsealed.c.at)).select_from(unsealed)
_LEAVES = select(log.c.position, log.c.leaf).order_by(log.c.position)
_HEADS = select(log_heads.c.size, log_heads.c.root, log_heads.c.note).order_by(log_heads.c.size)
_LEVELS = select(log_nodes.c.level).distinct()
_NODES = select(log_nodes.c.place, log_nodes.c.hash).order_by(log_nodes.c.place)
