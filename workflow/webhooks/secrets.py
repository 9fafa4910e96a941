"""The secrets that messages are signed with: derived from the folder of keys, so that none lies in the database."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row
from standardwebhooks import Webhook

from workflow.accounts.safe import Safe

#: How long what is sent is signed by the old secret too, once there is a new one.
OVERLAP: Final = timedelta(days=2)


def secret_of(safe: Safe, webhook_id: str, generation: int) -> str:
    """A secret as its receiver is told it, once."""
    derived = bytes.fromhex(safe.mark("webhook", f"{webhook_id}.{generation}"))
    return f"whsec_{base64.b64encode(derived).decode()}"


def signed(safe: Safe, row: Row[Any], message_id: str, body: str, at: datetime) -> dict[str, str]:
    """The headers of a message (Standard Webhooks): who sends it again is known by its id. ``row``: of ``webhooks``."""
    newest = int(row.generation)
    overlaps = row.overlap_until is not None and at < row.overlap_until and newest > 1
    at = at.astimezone(UTC)  # the library takes any hour for one of UTC
    signatures = [
        Webhook(secret_of(safe, row.id, each)).sign(message_id, at, body)
        for each in ((newest, newest - 1) if overlaps else (newest,))
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
