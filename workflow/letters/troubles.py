"""What kept a letter from being made or signed, as people read it on its page: what happened, and the way out."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, update

from workflow.letters.layout import LetterError
from workflow.letters.pool import PressBroken
from workflow.proof.keys import MissingKey
from workflow.signatures import SigningFailed
from workflow.signatures.settings import SigningSettingsError
from workflow.tables import letters

#: What says itself, in Indonesian, what happened and what to do.
SAID: Final = (MissingKey, SigningFailed, SigningSettingsError, LetterError)
_TRIED_AGAIN: Final = (
    "Dicoba lagi dengan sendirinya; bila tetap gagal, pengelola sistem melihat sebabnya dengan: jenjang effects list, "
    "dan penandatangannya dapat mengembalikan surat ini untuk diperbaiki"
)


def said(error: Exception) -> str:
    """What went wrong, for people; details that only programmers read stay with the effect."""
    if isinstance(error, PressBroken) or not isinstance(error, SAID):
        return f"Berkas surat gagal dibuat karena kesalahan yang tidak terduga. {_TRIED_AGAIN}"
    return str(error)


def note(conn: Connection, letter_id: str, says: str) -> None:
    """Write down what keeps a letter from being made or signed; one that has left since then is in no trouble."""
    waits = letters.c.state.in_(("to_sign", "to_render"))
    conn.execute(update(letters).where(letters.c.id == letter_id, waits).values(trouble=says))
