"""Accounts: the chain of each, and the row as its newest event tells it, so that no secret was swapped unseen."""

from __future__ import annotations

from sqlalchemy import Connection, select

from policies.parameters import Policies
from workflow.accounts.account import AccountEvent, told
from workflow.chain import faults
from workflow.engine.evidence import as_stored
from workflow.registry import Registry
from workflow.tables import account_events, accounts
from workflow.verification.findings import STREAMED, Finding, Looked
from workflow.verification.reading import read

PART = "accounts"


def look_at_accounts(conn: Connection, _: Registry, __: Policies) -> Looked:
    """All accounts, one after the other."""
    for row in conn.execute(
        select(*as_stored(accounts)).order_by(accounts.c.person_id), execution_options=STREAMED
    ).mappings():
        query = select(*as_stored(account_events)).where(account_events.c.person_id == row["person_id"])
        links = conn.execute(query.order_by(account_events.c.sequence)).mappings().all()
        for found in faults(row["person_id"], links, row["version"], row["head"]):
            yield Finding(PART, f"Akun {row['person_id']}: {found}")
        last = read(links[-1]["payload"], AccountEvent) if links else None
        if last is not None and last.account != told(row):
            yield Finding(PART, f"Akun {row['person_id']}: tidak lagi seperti yang dicatat peristiwa terakhirnya.")
        yield from (None for _ in links)
