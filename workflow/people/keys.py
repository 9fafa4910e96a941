"""API keys: shown once, stored as a hash, revocable, each with its scopes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from workflow.ids import new_id
from workflow.people.person import PeopleError, find_person
from workflow.tables import api_keys

#: What a key may be for: to look, to act on cases, to fetch and sign letters, to hand in lists of people, partners and budgets.
SCOPES: Final = ("read", "act", "letters", "import")
#: With these whoever has the key acts in its holder's name.
ACTING: Final = frozenset({"act", "letters"})


def covers(scopes: Collection[str], scope: str) -> bool:
    """Whether what a key is good for is good for this: whoever may act may import."""
    return scope in scopes or (scope == "import" and "act" in scopes)


_PREFIX = "jj_"


def issue_key(
    conn: Connection,
    person_id: str,
    label: str,
    scopes: Iterable[str],
    at: datetime,
    expires_at: datetime | None = None,
) -> str:
    """A new key for someone who has not left. Only its hash is stored: it is shown now or never. Raises PeopleError."""
    person = find_person(conn, person_id)
    label = " ".join(label.split())
    if not label or len(label) > 100:
        raise PeopleError("Kunci memerlukan nama yang memberi tahu kegunaannya, paling banyak 100 huruf.")
    asked = set(scopes.split() if isinstance(scopes, str) else scopes)
    if not asked or not asked <= set(SCOPES):
        raise PeopleError(f"Cakupan kunci harus satu atau lebih dari: {', '.join(SCOPES)}.")
    if person.left_on is not None and person.left_on <= at.date():
        raise PeopleError(f"{person.full_name} tercatat keluar; kunci tidak dapat dibuat.")
    if expires_at is not None and expires_at <= at:
        raise PeopleError("Kunci tidak dapat berakhir sebelum dibuat.")
    key = _PREFIX + secrets.token_urlsafe(32)
    conn.execute(
        insert(api_keys).values(
            id=new_id(at),
            hash=_hash(key),
            person_id=person.id,
            label=label,
            scopes=" ".join(scope for scope in SCOPES if scope in asked),
            created_at=at,
            expires_at=expires_at,
        )
    )
    return key


def revoke_key(conn: Connection, key_or_id: str, at: datetime) -> None:
    """Ends a key at once; ``at`` is when that was. Once revoked it stays so. Raises PeopleError where there is none."""
    column = api_keys.c.hash if key_or_id.startswith(_PREFIX) else api_keys.c.id
    value = _hash(key_or_id) if key_or_id.startswith(_PREFIX) else key_or_id
    found = conn.execute(select(api_keys.c.id, api_keys.c.revoked_at).where(column == value)).first()
    if found is None:
        raise PeopleError("Kunci tidak dikenal. Sebutkan id kunci atau kuncinya sendiri.")
    if found.revoked_at is None:
        conn.execute(update(api_keys).where(api_keys.c.id == found.id).values(revoked_at=at))


def _hash(key: str) -> str:
    # The key is 32 random bytes: no salt and no slow hash would make it harder to guess.
    return hashlib.sha256(key.encode()).hexdigest()
