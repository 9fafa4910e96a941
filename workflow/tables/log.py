"""The one log of all that was recorded: which event stands where, the tree above them, and the heads that were signed."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, Text, event, inspect, text

from workflow.tables.accounts import account_events
from workflow.tables.agency import absence_events, mandate_events
from workflow.tables.cases import events
from workflow.tables.letters import register_events
from workflow.tables.matching import round_events
from workflow.tables.schema import Instant, metadata

#: Every table of chained events, by its name: all of them go into the log.
CHAINS: Final = {
    table.name: table
    for table in (events, mandate_events, absence_events, account_events, register_events, round_events)
}

#: Append-only, without gaps from 0 on. ``leaf``: SHA-256 as RFC 9162 section 2.1.1 makes it of the event's own hash.
log = Table(
    "log",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("chain", String(20), nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
)

#: The root of each full subtree of 256 to the power of ``level`` leaves, from level 1 on, by its place at that level.
log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

#: Heads that were signed: over how many leaves, and the note (C2SP checkpoint) as it was given out.
log_heads = Table(
    "log_heads",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

#: Events that are still to be put into the log, with the hash that they were recorded under. Written by the database itself,
#: in the transaction that records the event: one that commits late is found when it does, and none can be forgotten.
unsealed = Table(
    "unsealed",
    metadata,
    Column("event_id", String(36), primary_key=True),
    Column("chain", String(20), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

_ON_SQLITE: Final = """
CREATE TRIGGER IF NOT EXISTS {chain}_unsealed AFTER INSERT ON {chain} BEGIN
    INSERT INTO unsealed (event_id, chain, hash, at) VALUES (NEW.id, '{chain}', NEW.hash, NEW.at) ON CONFLICT DO NOTHING;
END
"""
_ON_POSTGRESQL: Final = """
CREATE OR REPLACE TRIGGER {chain}_unsealed AFTER INSERT ON {chain}
REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION note_unsealed('{chain}')
"""
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION note_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsealed (event_id, chain, hash, at) SELECT id, TG_ARGV[0], hash, at FROM recorded ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
"""


def put_triggers(conn: Connection) -> None:
    """Put in place what notes new events for the log; what is there stays.

    After each migration too: SQLite loses a table's triggers when a migration makes the table anew.
    """
    made = set(inspect(conn).get_table_names())
    if unsealed.name not in made:
        return
    on_sqlite = conn.dialect.name == "sqlite"
    if not on_sqlite:
        conn.execute(text(_FUNCTION))
    for chain in sorted(made & CHAINS.keys()):
        conn.execute(text((_ON_SQLITE if on_sqlite else _ON_POSTGRESQL).format(chain=chain)))


def take_triggers(conn: Connection) -> None:
    """Take them away again."""
    for chain in sorted(set(inspect(conn).get_table_names()) & CHAINS.keys()):
        of_table = f" ON {chain}" if conn.dialect.name == "postgresql" else ""
        conn.execute(text(f"DROP TRIGGER IF EXISTS {chain}_unsealed{of_table}"))
    if conn.dialect.name == "postgresql":
        conn.execute(text("DROP FUNCTION IF EXISTS note_unsealed()"))


@event.listens_for(metadata, "after_create")
def _with_triggers(_target: MetaData, connection: Connection, **_: Any) -> None:
    put_triggers(connection)
