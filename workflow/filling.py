"""Reading what somebody filled in: every error at once, each with the field's own label, in Indonesian."""

from __future__ import annotations

import re
import types
import typing
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from workflow.errors import FieldError, InvalidForm
from workflow.forms import label_of
from workflow.telling.form_words import complaint

F = TypeVar("F", bound=msgspec.Struct)

#: Years that a date on a form may lie in: beyond them it is a slip of the keyboard, and days cannot be counted on from it.
YEARS = range(1900, 2200)
#: Errors told at once at most: a body full of rubbish must not be answered with a larger one.
TOLD_AT_ONCE = 50
#: Characters of an unknown field's name that are told.
_NAME = 60
#: Below this a number means the same everywhere (RFC 8259, 6).
_EXACT = 2**53
#: What word processors put in the place of a hyphen and a space, and between signs where nobody sees it.
_PLAIN = {0x2011: "-", 0x00A0: " ", 0x200B: None}
#: Signs that no letter can print that are told of one text at most.
_SIGNS = 8


@dataclass(frozen=True)
class FileNamed:
    """A file that a form names: the field, what people call that, and the file's id."""

    field: str
    label: str
    id: str


@dataclass(frozen=True)
class PersonNamed:
    """Somebody whom a form names: the field, what people call that, and what was filled in."""

    field: str
    label: str
    named: str


@dataclass(frozen=True)
class CaseNamed:
    """Another case that a form names: the field, what people call that, what was filled in, and which cases may be named."""

    field: str
    label: str
    named: str
    process: str
    states: tuple[str, ...]


def read_form(struct: type[F], values: Mapping[str, Any], *, known: Mapping[str, Any] | None = None) -> F:
    """A whole form: ``values`` as given, over what is ``known`` already. Raises InvalidForm with every field that is wrong."""
    merged = without_blanks(struct, plain_values({**(known or {}), **values}))
    _refuse(chain(_unknown(struct, values), _wrong(struct, merged), _missing(struct, merged)))
    return msgspec.convert(merged, struct, strict=True)


def read_part(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> dict[str, Any]:
    """Any part of a form; only names and types are checked. An empty text or null clears a field."""
    values = plain_values(values)
    kept = without_blanks(struct, dropped_blanks(values))
    _refuse(chain(_unknown(struct, values), _wrong(struct, kept)))
    return {**values, **kept}


def read_nothing(values: Mapping[str, Any]) -> None:
    """What is sent to a step that asks for nothing. Raises InvalidForm where that is anything."""
    _refuse(_unknown(None, values), "Tindakan ini tidak meminta isian.")


def _refuse(faults: Iterator[FieldError], says: str = "Periksa isian berikut.") -> None:
    told = tuple(islice(faults, TOLD_AT_ONCE))
    if told:
        raise InvalidForm(says, fields=told)


def readable(struct: type[msgspec.Struct] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form knows and can read of the values: what rules may look at while the rest is still wrong."""
    if struct is None:
        return {}
    faults = _wrong(struct, without_blanks(struct, values))
    wrong = {re.split(r"[.\[]", fault.field, maxsplit=1)[0] for fault in faults}
    return {name: value for name, value in values.items() if name in _fields(struct) and name not in wrong}


def missing_fields(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of required fields that are not given yet."""
    return tuple(fault.field for fault in _missing(struct, values))


def file_ids(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of files that a form refers to, in the fields that take files."""
    return tuple(file.id for file in files_named(struct, values))


def files_named(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[FileNamed, ...]:
    """The files that a form refers to, each with the field that names it."""
    return tuple(
        FileNamed(place, called, value)
        for field in _file_fields(struct)
        for place, called, value in _placed(field.name, label_of(struct, field.name), values.get(field.name))
        if isinstance(value, str) and value
    )


def people_named(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[PersonNamed, ...]:
    """Those whom a form names, by NIP or by id, each with the field that does."""
    return tuple(
        PersonNamed(place, called, value)
        for field in _people_fields(struct)
        for place, called, value in _placed(field.name, label_of(struct, field.name), values.get(field.name))
        if isinstance(value, str) and value.strip()
    )


def cases_named(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[CaseNamed, ...]:
    """The cases that a form names, by number or by id, each with the field that does."""
    return tuple(
        CaseNamed(place, called, value, _mark(field.type, "case"), _mark(field.type, "states"))
        for field in _case_fields(struct)
        for place, called, value in _placed(field.name, label_of(struct, field.name), values.get(field.name))
        if isinstance(value, str) and value.strip()
    )


def case_fields(struct: type[msgspec.Struct]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The fields that name another case, each with the process that it must be of, and in which states."""
    return {field.name: (_mark(field.type, "case"), _mark(field.type, "states")) for field in _case_fields(struct)}


def takes_people(struct: type[msgspec.Struct], name: str) -> bool:
    """Whether a field names people."""
    return any(field.name == name for field in _people_fields(struct))


def with_ids(struct: type[msgspec.Struct] | None, values: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The same with people and cases that the form names by their ids, as far as ``ids`` has them by what was filled in."""
    fields = {field.name for field in (*_people_fields(struct), *_case_fields(struct))} if struct else set()
    return {name: _with_ids(value, ids) if name in fields else value for name, value in values.items()}


def _with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [_with_ids(part, ids) for part in value]
    return ids.get(value, value) if isinstance(value, str) else value


@lru_cache(maxsize=256)
def _people_fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return tuple(field for field in _fields(struct).values() if _is_marked(field.type, "person"))


@lru_cache(maxsize=256)
def _case_fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return tuple(field for field in _fields(struct).values() if _is_marked(field.type, "case"))


@lru_cache(maxsize=256)
def _file_fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return tuple(field for field in _fields(struct).values() if _is_marked(field.type, "file"))


def takes_files(struct: type[msgspec.Struct], name: str) -> bool:
    """Whether a field names uploaded files."""
    return any(field.name == name for field in _file_fields(struct))


def takes_decimals(struct: type[msgspec.Struct], name: str) -> bool:
    """Whether a field takes a number that need not be whole."""
    field = _fields(struct).get(name)
    return field is not None and _bare(field.type) is float


def _placed(place: str, called: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, list | tuple):
        yield from ((f"{place}[{n}]", f"{called} butir {n + 1}", part) for n, part in enumerate(value))
    else:
        yield place, called, value


def dropped_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """A draft without the fields that were cleared."""
    return {name: value for name, value in values.items() if value not in ("", None)}


def without_blanks(struct: type[msgspec.Struct] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what was left blank where nothing need be filled in, within lists and structures too."""
    known = _fields(struct) if struct is not None else {}
    return {
        name: _without_blanks_within(known[name].type, value) if name in known else value
        for name, value in values.items()
        if name not in known or not _left_blank(known[name], value)
    }


def _left_blank(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    # An optional text may say that it is blank: at verification that takes the budget line off the request.
    return not field.required and (value is None or (value == "" and field.default != ""))


def _without_blanks_within(kind: Any, value: Any) -> Any:
    bare = _bare(kind)
    if isinstance(value, list | tuple) and typing.get_origin(bare) in (tuple, list):
        return [_without_blanks_within(typing.get_args(bare)[0], part) for part in value]
    if isinstance(value, Mapping) and isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return without_blanks(bare, value)
    return value


def plain_values(value: Any) -> Any:
    """The same with whole numbers as integers, 8.0 and 9E+1 as 8 and 90, and with texts of signs that letters can print.

    So they are also to what is stored and hashed.
    """
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value.translate(_PLAIN))
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, Mapping):
        return {name: plain_values(part) for name, part in value.items()}
    return [plain_values(part) for part in value] if isinstance(value, list | tuple) else value


def on_the_clock(struct: type[msgspec.Struct] | None, values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The same with each instant as the clocks of ``zone`` show it, whatever zone it was sent in; what is none stays as it is."""
    instants = _instant_fields(struct) if struct is not None else frozenset()
    return {name: _in_zone(value, zone) if name in instants else value for name, value in values.items()}


@lru_cache(maxsize=256)
def _instant_fields(struct: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(name for name, field in _fields(struct).items() if _bare(field.type) is datetime)


def _in_zone(value: Any, zone: ZoneInfo) -> Any:
    try:
        read = msgspec.convert(value, datetime, strict=True)
        return read.astimezone(zone).isoformat() if read.tzinfo is not None else value
    except (msgspec.ValidationError, OverflowError):
        return value  # the reading of the form says what is wrong with it


# --- What is wrong ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _fields(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(struct)}


def _unknown(
    struct: type[msgspec.Struct] | None, values: Mapping[str, Any], place: str = "", called: str = ""
) -> Iterator[FieldError]:
    """Names that nothing asks for. ``struct``: None where nothing is asked for at all."""
    known = _fields(struct) if struct is not None else {}
    instead = f"yang dikenal: {', '.join(known)}" if known else "di sini tidak ada yang diminta"
    for name in values:
        if name not in known:
            short = name if len(name) <= _NAME else f"{name[:_NAME]}…"
            says = f"Isian “{short}” tidak dikenal; {instead}."
            yield FieldError(place + short, short, f"{called}: {says}" if called else says)


def _wrong(
    struct: type[msgspec.Struct], values: Mapping[str, Any], place: str = "", called: str = ""
) -> Iterator[FieldError]:
    for name, field in _fields(struct).items():
        value = values.get(name)
        if name not in values or (field.required and _is_blank(value)):
            continue  # what is blank is missing, and said as such
        yield from faults_in(field.type, value, place + name, called + label_of(struct, name))


def _missing(
    struct: type[msgspec.Struct], values: Mapping[str, Any], place: str = "", called: str = ""
) -> Iterator[FieldError]:
    for name, field in _fields(struct).items():
        if field.required and _is_blank(values.get(name)):
            says = label_of(struct, name)
            yield FieldError(place + name, called + says, f"{called}{says} belum diisi.")


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def faults_in(kind: Any, value: Any, place: str, called: str) -> Iterator[FieldError]:
    """Everything that is wrong with a value of a type, down to the innermost field. ``called``: what people call its place."""
    within = list(islice(_faults_within(kind, value, place, called), TOLD_AT_ONCE))
    if within:
        yield from within
        return
    try:
        read = msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError:
        yield FieldError(place, called, f"{called}: {complaint(kind, value)}")
        return
    if why_not := _beyond_type(kind, read):
        yield FieldError(place, called, f"{called}: {why_not}")


def _faults_within(kind: Any, value: Any, place: str, called: str) -> Iterator[FieldError]:
    """What is wrong inside a list or a structure; a list that is too long is not looked through."""
    bare = _bare(kind)
    if isinstance(value, list | tuple) and typing.get_origin(bare) in (tuple, list):
        most = max((meta.max_length or 0 for meta in _metas(kind)), default=0)
        if not most or len(value) <= most:
            item = typing.get_args(bare)[0]
            for part_place, part_called, part in _placed(place, called, value):
                yield from faults_in(item, part, part_place, part_called)
    elif isinstance(value, Mapping) and isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        inner = (f"{place}.", f"{called}, ")
        yield from _unknown(bare, value, inner[0], called)
        yield from _wrong(bare, value, *inner)
        yield from _missing(bare, value, *inner)


def _beyond_type(kind: Any, read: Any) -> str:
    """What a type cannot say: years that are meant, decimals that are kept, characters that nothing stores or prints."""
    if isinstance(read, date) and read.year not in YEARS:
        return f"tahunnya harus dari {YEARS.start} sampai {YEARS.stop - 1}."
    if _holds_null_character(read):
        return "ada karakter kosong (U+0000) yang tidak dapat disimpan."
    if isinstance(read, str) and (lacking := _undrawable(read)):
        signs = ", ".join(f"“{sign}” (U+{ord(sign):04X})" for sign in lacking[:_SIGNS])
        return f"memuat tanda yang tidak ada dalam fon surat: {signs}. Hapus tanda itu, atau tulis dengan huruf Latin."
    if isinstance(read, float):
        for decimals in (meta.extra["decimals"] for meta in _metas(kind) if meta.extra and "decimals" in meta.extra):
            if round(read, decimals) != read:
                return f"paling banyak {decimals} angka di belakang koma."
    return ""


def _undrawable(text: str) -> str:
    """The signs of a text that no letter can print."""
    if text.isascii() and text.isprintable():
        return ""
    from workflow.letters.pdf import unprintable  # noqa: PLC0415 - reads the fonts once, which few texts need

    return unprintable(text)


def _holds_null_character(value: Any) -> bool:
    """Whether a text within has the one character that PostgreSQL cannot store."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_null_character(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_null_character(part) for part in value)


# --- Types -----------------------------------------------------------------------------------------------------------


def _bare(kind: Any) -> Any:
    """A type without its annotations and without None."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(kind) if part is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _metas(kind: Any) -> Iterator[msgspec.Meta]:
    """The annotations of a type, those of its only alternative to None included."""
    if typing.get_origin(kind) is typing.Annotated:
        inner, *metas = typing.get_args(kind)
        yield from (meta for meta in metas if isinstance(meta, msgspec.Meta))
        yield from _metas(inner)
    elif typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(kind) if part is not type(None)]
        yield from _metas(rest[0]) if len(rest) == 1 else ()


def _is_marked(kind: Any, what: str) -> bool:
    return bool(_mark(kind, what))


def _mark(kind: Any, what: str) -> Any:
    """What a type, or that of what it lists, says of itself that it names; None where it says nothing of the sort."""
    for meta in _metas(kind):
        if (meta.extra or {}).get(what):
            return (meta.extra or {})[what]
    if typing.get_origin(_bare(kind)) in (tuple, list):
        return _mark(typing.get_args(_bare(kind))[0], what)
    return None
