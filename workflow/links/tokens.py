"""What opens a link: a token for its address, a short code to type. Both are made from its id by the service's key, never kept."""

from __future__ import annotations

import base64
import hmac
from typing import Final
from uuid import UUID

from workflow.accounts.safe import Safe
from workflow.accounts.tickets import ALPHABET, in_groups, read_off

_TOKEN, _CODE, _MARK = "link", "link code", "link mark"
#: Bytes of an id, and of what proves that we made it into a token.
_ID: Final = 16
_PROOF: Final = 16
_SIGNS: Final = 12


def token_of(safe: Safe, link_id: str) -> str:
    """The token of a link, of 43 signs; the same each time, so that it can be shown again."""
    raw = UUID(link_id).bytes
    return base64.urlsafe_b64encode(raw + _proof(safe, raw)).decode().rstrip("=")


def id_of(safe: Safe, token: str) -> str | None:
    """The id of the link that a token was made for with this key; None where it was not."""
    try:
        raw = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    link_id, proof = raw[:_ID], raw[_ID:]
    is_ours = len(raw) == _ID + _PROOF and hmac.compare_digest(proof, _proof(safe, link_id))
    found = str(UUID(bytes=link_id)) if is_ours else None
    # Of several ways to write the same bytes one counts: an address is nothing but itself.
    return found if found and token_of(safe, found) == token else None


def code_of(safe: Safe, link_id: str) -> str:
    """The short code of a link, as ``K7QF-2M9X-0RTB``."""
    return in_groups(_signs(safe, link_id))


def mark_of(safe: Safe, link_id: str) -> str:
    """What the code of a link is looked up by; without the key no code can be tried out on it."""
    return safe.mark(_MARK, _signs(safe, link_id))


def mark_of_typed(safe: Safe, code: str) -> str:
    """The same of a code as somebody typed it: spaces, dashes, small letters and mistaken signs do no harm."""
    return safe.mark(_MARK, read_off(code))


def _proof(safe: Safe, raw: bytes) -> bytes:
    return bytes.fromhex(safe.mark(_TOKEN, raw.hex()))[:_PROOF]


def _signs(safe: Safe, link_id: str) -> str:
    number = int(safe.mark(_CODE, link_id), 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(_SIGNS))
