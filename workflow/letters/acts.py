"""What can be done with a letter on its way. ``version``: of the draft that was seen (see ``version_of``), where that matters."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from workflow.errors import FieldError, InvalidForm, NotFound


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


class _Act(msgspec.Struct, frozen=True, kw_only=True, tag_field="act", tag=_snake):
    version: str | None = None


class Initial(_Act, frozen=True, kw_only=True):
    """Initial a draft; with ``changes`` after correcting it."""

    changes: dict[str, Any] = {}


class Correct(_Act, frozen=True, kw_only=True):
    """Correct texts of a draft, by field."""

    changes: dict[str, Any]


class Resubmit(_Act, frozen=True, kw_only=True):
    """Send a mended draft on its way again."""


class SendBack(_Act, frozen=True, kw_only=True):
    """Send a draft back to whoever drafted it, with what is to be mended."""

    note: str


class Number(_Act, frozen=True, kw_only=True):
    """Enter the number that another system gave."""

    number: str


class Insert(_Act, frozen=True, kw_only=True):
    """Give a letter a number between two others, for a reason. ``after``: the number of the register that it comes behind."""

    after: int
    reason: str


class Sign(_Act, frozen=True, kw_only=True):
    """Sign a letter."""


class Freeze(_Act, frozen=True, kw_only=True):
    """Take the number and fix the letter, to be sealed next by a key that asks for a secret."""


class ByHand(_Act, frozen=True, kw_only=True):
    """Choose to sign on paper: the letter is numbered and printed without anything electronic."""


class HandIn(_Act, frozen=True, kw_only=True):
    """Hand in the scan of a letter that was signed on paper, by the id of its file."""

    scan: str


class Void(_Act, frozen=True, kw_only=True):
    """Declare a letter void, for a reason. Its number stays."""

    reason: str


LetterAct = Initial | Correct | Resubmit | SendBack | Number | Insert | Sign | Freeze | ByHand | HandIn | Void


#: What people do with letters, by name: all but what the program does between two of their acts.
ACTS: Mapping[str, type[LetterAct]] = {
    _snake(kind.__name__): kind
    for kind in (Initial, Correct, Resubmit, SendBack, Number, Insert, Sign, ByHand, HandIn, Void)
}


def read_act(name: str, values: Mapping[str, Any]) -> LetterAct:
    """An act by its name, with what it takes. Raises NotFound, InvalidForm."""
    kind = ACTS.get(name)
    if kind is None:
        raise NotFound(f"Perbuatan “{name[:60]}” tidak dikenal; yang ada: {', '.join(ACTS)}.")
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    faults = [FieldError(each, each, f"{each} tidak dikenal di sini.") for each in values if each not in known]
    faults += [
        FieldError(each, each, f"{each} wajib diisi.") for each, f in known.items() if f.required and each not in values
    ]
    if faults:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(faults))
    try:
        found: LetterAct = msgspec.convert({**values, "act": name}, kind)
    except msgspec.ValidationError as error:
        field = str(error).partition("`$.")[2].partition("`")[0] or "act"
        says = f"{field} tidak sesuai jenisnya; kirim teks, bilangan bulat bagi after, atau objek bagi changes."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError(field, field, says),)) from error
    return found


def version_of(row: Mapping[str, Any]) -> str:
    """By which somebody says which draft they saw: whatever is done to a letter changes it."""
    said = "\x1f".join(str(row[name]) for name in ("state", "route", "method", "number", "body", "frame"))
    return sha256(said.encode()).hexdigest()[:16]
