"""An account and its log: what changed of it, by whom; a row of ``accounts`` is what its newest event tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, insert, select, update

from workflow.chain import NOTHING_BEFORE, End, canonical, joined
from workflow.database import insert_or
from workflow.engine.evidence import as_written
from workflow.people.mandate_log import By
from workflow.tables import account_events, accounts

INVITED, PASSWORD_SET, SIGNED_IN, SESSIONS_ENDED = "invited", "password_set", "signed_in", "sessions_ended"
FACTOR_SET, FACTOR_REMOVED, CODES_MADE, CODE_USED = "factor_set", "factor_removed", "codes_made", "code_used"
REHASHED = "rehashed"
GROUP_JOINED, GROUP_LEFT, KEY_ISSUED, KEY_REVOKED = "group_joined", "group_left", "key_issued", "key_revoked"
CONTACT_CHANGED = "contact_changed"
DELIVERY_RETRIED, DELIVERY_TOLD = "delivery_retried", "delivery_told"
WEBHOOK_CHANGED = "webhook_changed"

#: What people call each of these.
SAYS: Final = {
    INVITED: "Undangan dibuat",
    PASSWORD_SET: "Kata sandi ditetapkan",
    SIGNED_IN: "Masuk",
    SESSIONS_ENDED: "Sesi diakhiri",
    FACTOR_SET: "Faktor kedua dipasang",
    FACTOR_REMOVED: "Faktor kedua dihapus administrator",
    CODES_MADE: "Kode pemulihan dibuat",
    CODE_USED: "Kode pemulihan dipakai",
    REHASHED: "Kata sandi disimpan ulang dengan perlindungan terbaru",
    GROUP_JOINED: "Masuk kelompok",
    GROUP_LEFT: "Keluar dari kelompok",
    KEY_ISSUED: "Kunci API diterbitkan",
    KEY_REVOKED: "Kunci API dicabut",
    CONTACT_CHANGED: "Data narahubung diubah",
    DELIVERY_RETRIED: "Mencoba lagi pengiriman yang gagal",
    DELIVERY_TOLD: "Mencatat surat yang gagal dikirim sebagai sampai",
    WEBHOOK_CHANGED: "Mengubah webhook",
}


class AccountEvent(Struct, frozen=True, kw_only=True):
    """An event: who did it, empty for the command line, and the account as it left it; of secrets no more than a hash."""

    by: By
    account: dict[str, str]
    remark: str = ""


def stored(conn: Connection, person_id: str, *, lock: bool = False) -> Mapping[str, Any] | None:
    """Somebody's account; None where they have none."""
    query = select(accounts).where(accounts.c.person_id == person_id)
    row = conn.execute(query.with_for_update() if lock else query).mappings().first()
    return dict(row) if row is not None else None


def held(conn: Connection, person_id: str) -> Mapping[str, Any]:
    """Somebody's account, to be changed; an empty one is made where they have none."""
    new = insert_or(conn.dialect.name, accounts).values(person_id=person_id, head=NOTHING_BEFORE)
    conn.execute(new.on_conflict_do_nothing(index_elements=[accounts.c.person_id]))
    row = stored(conn, person_id, lock=True)
    assert row is not None  # noqa: S101 - it was just made, and nothing ever deletes one
    return row


def change(
    conn: Connection,
    row: Mapping[str, Any],
    kind: str,
    values: Mapping[str, Any],
    at: datetime,
    *,
    by: By | None = None,
    remark: str = "",
) -> Mapping[str, Any]:
    """Write what changes of an account that was read with its lock, and the event that tells of it. Answers it as it is now."""
    after = {**row, **values}
    payload = canonical(AccountEvent(by=by or By(), account=told(after), remark=remark))
    link = joined(row["person_id"], kind, payload, at, End(row["version"], row["head"]))
    conn.execute(insert(account_events).values(person_id=row["person_id"], **link))
    ends = {"version": link["sequence"], "head": link["hash"]}
    conn.execute(update(accounts).where(accounts.c.person_id == row["person_id"]).values({**values, **ends}))
    return {**after, **ends}


def told(row: Mapping[str, Any] | RowMapping) -> dict[str, str]:
    """An account as an event tells it: whoever swaps a secret in the database is seen, and none can be read here."""
    return {
        "person_id": row["person_id"],
        "password": _known_by(row["password_hash"]),
        "password_at": str(as_written(row["password_at"]) or ""),
        "factor": _known_by(row["factor"]),
        "factor_at": str(as_written(row["factor_at"]) or ""),
    }


def _known_by(secret: str | None) -> str:
    return sha256(secret.encode()).hexdigest() if secret else ""
