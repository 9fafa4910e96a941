"""Reading what somebody filled in: every error at once, each with the field's own label, in Indonesian."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from workflow.errors import FieldError, InvalidForm
from workflow.forms import label

F = TypeVar("F", bound=msgspec.Struct)

#: Years that a date on a form may lie in: beyond them it is a slip of the keyboard, and days cannot be counted on from it.
YEARS = range(1900, 2200)


def read_form(struct: type[F], values: Mapping[str, Any], *, known: Mapping[str, Any] | None = None) -> F:
    """A whole form: ``values`` as given, over what is ``known`` already. Raises InvalidForm with every field that is wrong."""
    merged = {**(known or {}), **values}
    faults = [*_unknown(struct, values), *_wrong(struct, merged), *_missing(struct, merged)]
    if faults:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(faults))
    return msgspec.convert(merged, struct, strict=True)


def read_part(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> dict[str, Any]:
    """Any part of a form; only names and types are checked. An empty text or null clears a field."""
    kept = {name: value for name, value in values.items() if value not in ("", None)}
    faults = [*_unknown(struct, values), *_wrong(struct, kept)]
    if faults:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(faults))
    return dict(values)


def readable(struct: type[msgspec.Struct] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form knows and can read of the values: what rules may look at while the rest is still wrong."""
    if struct is None:
        return {}
    wrong = {re.split(r"[.\[]", fault.field, maxsplit=1)[0] for fault in _wrong(struct, values)}
    return {name: value for name, value in values.items() if name in _fields(struct) and name not in wrong}


def missing_fields(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of required fields that are not given yet."""
    return tuple(fault.field for fault in _missing(struct, values))


def file_ids(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of files that a form refers to, in the fields that take files."""
    return tuple(
        file_id
        for field in _fields(struct).values()
        if _takes_files(field.type)
        for file_id in _as_list(values.get(field.name))
        if isinstance(file_id, str) and file_id
    )


def dropped_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    """A draft without the fields that were cleared."""
    return {name: value for name, value in values.items() if value not in ("", None)}


@lru_cache(maxsize=256)
def _fields(struct: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(struct)}


def _unknown(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> Iterator[FieldError]:
    known = _fields(struct)
    for name in values:
        if name not in known:
            yield FieldError(name, name, f"Isian “{name}” tidak dikenal; yang dikenal: {', '.join(known)}.")


def _wrong(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, field in _fields(struct).items():
        value = values.get(name)
        if name not in values or (field.required and value in (None, "")):
            continue  # what is blank is missing, and said as such
        if _holds_null_character(value):
            yield FieldError(
                name, label(field), f"{label(field)}: ada karakter kosong (U+0000) yang tidak dapat disimpan."
            )
            continue
        try:
            read = msgspec.convert(value, field.type, strict=True)
            if isinstance(read, date) and read.year not in YEARS:
                says = f"{label(field)}: tahunnya harus antara {YEARS.start} dan {YEARS.stop - 1}."
                yield FieldError(name, label(field), says)
        except msgspec.ValidationError as error:
            where = str(error).partition(" - at `$")[2].rstrip("`")
            yield FieldError(name + where, label(field), f"{label(field)}: {explained(field.type, str(error))}")


def _holds_null_character(value: Any) -> bool:
    """Whether a text within has the one character that PostgreSQL cannot store."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_null_character(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_null_character(part) for part in value)


def _missing(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, field in _fields(struct).items():
        if field.required and values.get(name) in (None, ""):
            yield FieldError(name, label(field), f"{label(field)} belum diisi.")


_EXPECTED = {
    "`str` of length >=": "terlalu pendek",
    "`str` of length <=": "terlalu panjang",
    "`array` of length >=": "belum diisi",
    "`int` >=": "terlalu kecil",
    "`int` <=": "terlalu besar",
    "`float`": "harus berupa angka dalam batas yang wajar",
}


def explained(kind: Any, english: str) -> str:
    """The library's complaint, in the reader's language; bounds are named where there are any."""
    for sign, says in _EXPECTED.items():
        if f"Expected {sign}" in english:
            bound = english.partition(sign)[2].split(" - at")[0].strip()
            return f"{says} (batasnya {bound})." if bound else f"{says}."
    bare = _bare(kind)
    if typing.get_origin(bare) is typing.Literal:
        return f"pilih salah satu dari {', '.join(map(str, typing.get_args(bare)))}."
    named = {
        date: "tanggal, misalnya 2026-03-12",
        datetime: "waktu",
        int: "bilangan bulat",
        bool: "ya atau tidak (true/false)",
    }
    if bare in named:
        return f"harus berupa {named[bare]}."
    if typing.get_origin(bare) in (tuple, list):
        return "harus berupa daftar dengan isi yang benar."
    return "harus berupa teks." if bare is str else "isiannya tidak dapat dibaca."


def _bare(kind: Any) -> Any:
    """A type without its annotations and without None."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(kind) if part is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _takes_files(kind: Any) -> bool:
    if typing.get_origin(kind) is typing.Annotated:
        inner, *metas = typing.get_args(kind)
        return any((getattr(meta, "extra", None) or {}).get("file") for meta in metas) or _takes_files(inner)
    return any(_takes_files(part) for part in typing.get_args(kind))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
