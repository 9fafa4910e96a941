"""Correcting the draft of a letter: prose of its body and what stands around it; never persons, places, law, marks, money."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from workflow.errors import FieldError, InvalidForm
from workflow.letters.bodies import body_named
from workflow.letters.bounds import told
from workflow.letters.field_labels import field_label
from workflow.letters.parts import LetterFrame
from workflow.letters.pdf import unprintable

#: What of the frame may be corrected, and what people call it.
FRAME_FIELDS: Final = {
    "subject": "Hal",
    "copies": "Tembusan",
    "urgency": "Tingkat urgensi",
    "security": "Tingkat keamanan",
    "attachment": "Lampiran",
}
#: What of a body may be corrected: prose that somebody wrote. Whatever is not named here comes from the case, which is where it
#: is mended: persons and their posts, where they are placed, dates, money and its source, agreements, law, marks.
CORRECTABLE: Final = frozenset(
    {
        "about",
        "agenda",
        "closing",
        "competency",
        "conditions",
        "considering",
        "event",
        "follow_up",
        "goal",
        "notes",
        "obstacles",
        "opening",
        "plan",
        "purpose",
        "reason",
        "recitals",
        "replacement_reason",
        "unplanned_reason",
        "waived_reason",
    }
)
#: The kinds of texts that a body has.
_TEXTS: Final = (str, str | None, tuple[str, ...])
#: Signs in one text: more than a page is no correction.
LONGEST: Final = 4000
_EMPTY: Final = "tidak boleh dikosongkan; isilah teksnya, atau kembalikan surat ini kepada penyusunnya."
_EMPTY_POINT: Final = "ada butir yang kosong; isilah, atau hapus butirnya."

#: A field -> how it was, and how it is.
Differences = dict[str, tuple[Any, Any]]


def corrected(row: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[dict[str, Any], Differences]:
    """What a correction writes into a letter, and every difference that it makes. Raises InvalidForm with all that is wrong."""
    kind = body_named(row["body_type"])
    frame = msgspec.json.decode(row["frame"], type=LetterFrame)
    body = msgspec.json.decode(row["body"], type=kind)
    texts = correctable(kind)
    faults: list[FieldError] = []
    into: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    differences: Differences = {}
    for name, value in changes.items():
        inside = name in texts
        if not inside and name not in FRAME_FIELDS:
            faults.append(_fault(name, _not_to_be_corrected(name, kind, texts)))
            continue
        thing, wanted = (body, texts[name]) if inside else (frame, _FRAME_TYPES[name])
        before = getattr(thing, name)
        try:
            after = _text(value, wanted, before)
        except (ValueError, msgspec.ValidationError) as error:
            faults.append(_fault(name, f"{text_label(name)}: {_why(error)}"))
            continue
        if after != before:
            into[inside][name] = after
            differences[name] = (before, after)
    if faults:
        raise InvalidForm("Koreksi ini belum benar; tidak ada yang diubah.", fields=tuple(faults))
    if "copies" in into[False]:
        into[False]["copies_chosen"] = True
    return {
        "body": msgspec.json.encode(msgspec.structs.replace(body, **into[True])).decode(),
        "frame": msgspec.json.encode(msgspec.structs.replace(frame, **into[False])).decode(),
    }, differences


def correctable(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The texts of a body that may be corrected, each with its type: none of what others have agreed to as it stands."""
    agreed_to: frozenset[str] = getattr(kind, "AGREED_TO", frozenset())
    return {name: hint for name, hint in texts_of(kind).items() if name in CORRECTABLE - agreed_to}


def texts_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """All texts of a body, each with its type, which bounds it."""
    hints, bounded = typing.get_type_hints(kind), typing.get_type_hints(kind, include_extras=True)
    return {name: bounded[name] for name in kind.__struct_fields__ if hints[name] in _TEXTS}


def _text(value: object, wanted: Any, before: object) -> Any:
    """A text as it may stand in the letter. Raises ValueError, ValidationError."""
    found = msgspec.convert(_plain(value), wanted)
    parts = [found] if isinstance(found, str) else list(found or ())
    if isinstance(found, str):
        found = found.strip()
        if not found and before:
            raise ValueError(_EMPTY)
    if isinstance(found, tuple):
        found = tuple(part.strip() for part in found)
        if not all(found):
            raise ValueError(_EMPTY_POINT)
    if sum(map(len, parts)) > LONGEST:
        raise ValueError(f"paling banyak {LONGEST} huruf; ringkaslah, atau pindahkan ke lampiran.")
    if any(not (sign.isprintable() or sign == "\n") for part in parts for sign in part):
        raise ValueError("memuat tanda yang tidak dapat dicetak; ketik ulang teksnya.")
    if lacking := unprintable("".join(parts)):
        raise ValueError(f"memuat tanda yang tidak ada dalam fon surat ({lacking[:8]}); tulis dengan huruf Latin.")
    return found


def _plain(value: object) -> object:
    """A text as people type it: other programs leave tabs, hard spaces and their own line ends in what is pasted."""
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\N{NO-BREAK SPACE}", " ").replace("\t", " ")


def _why(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError):
        if "matching regex" in str(error):
            return _EMPTY_POINT if "`$[" in str(error) else _EMPTY
        return (
            told(str(error))
            or "isinya tidak sesuai jenis kolom ini; kirim teks, daftar teks, atau salah satu pilihan yang ada."
        )
    return str(error)


def _not_to_be_corrected(name: str, kind: type[msgspec.Struct], texts: Mapping[str, Any]) -> str:
    if name in kind.__struct_fields__ or name in LetterFrame.__struct_fields__:
        return (
            f"{name} bukan teks yang boleh dikoreksi: orang, tempat, tanggal, uang, dasar hukum, dan penilaian berasal dari "
            "berkasnya. Perbaiki berkasnya, lalu terbitkan surat ini kembali."
        )
    named = ", ".join(f"{text_label(text)} ({text})" for text in (*FRAME_FIELDS, *texts))
    return f"{name} tidak ada pada surat ini; yang dapat dikoreksi: {named}."


def text_label(name: str) -> str:
    """What people call a text of a letter, of its frame or of its body."""
    return FRAME_FIELDS.get(name) or field_label(name)


def _fault(name: str, says: str) -> FieldError:
    return FieldError(name, text_label(name), says)


_FRAME_TYPES: Final = {
    name: hint for name, hint in typing.get_type_hints(LetterFrame, include_extras=True).items() if name in FRAME_FIELDS
}
