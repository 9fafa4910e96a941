"""What remains of a form once what people wrote in it is gone: days, figures, choices and codes, and that something stood there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import inspect

#: Stands in the place of a text.
GONE: Final = "(dihapus)"
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Codes of institutions and units, as forms hold them. The agency gives them; a name is none.
_CODE: Final = re.compile(r"(partner|unit):[A-Z0-9._-]{1,40}")


def without_texts(stored: str, form: type[msgspec.Struct] | None) -> str:
    """A stored form without what was written in words. ``form``: what it is, None where nobody knows any more."""
    kind = inspect.type_info(form) if form is not None else inspect.AnyType()
    return msgspec.json.encode(_kept(msgspec.json.decode(stored), kind)).decode()


def _kept(value: Any, kind: inspect.Type) -> Any:
    if isinstance(value, Mapping):
        fields = _fields(kind)
        return {name: _kept(each, fields.get(name, inspect.AnyType())) for name, each in value.items()}
    if isinstance(value, list):
        inner = _of_list(kind)
        return [_kept(each, inner) for each in value]
    if not isinstance(value, str) or not value or _says_nothing_in_words(kind):
        return value
    return value if _ID.fullmatch(value) or _CODE.fullmatch(value) else GONE


def _each(kind: inspect.Type) -> list[inspect.Type]:
    """A type without what is told around it, and the types that it may be one of."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return [one for each in kind.types for one in _each(each)] if isinstance(kind, inspect.UnionType) else [kind]


def _fields(kind: inspect.Type) -> dict[str, inspect.Type]:
    return {
        field.encode_name: field.type
        for each in _each(kind)
        if isinstance(each, inspect.StructType)
        for field in each.fields
    }


def _of_list(kind: inspect.Type) -> inspect.Type:
    for each in _each(kind):
        if isinstance(each, inspect.VarTupleType | inspect.ListType | inspect.SetType):
            return each.item_type
    return inspect.AnyType()


def _says_nothing_in_words(kind: inspect.Type) -> bool:
    """Whether a text of this type is a day, an hour or one of a few words of ours."""
    closed = (
        inspect.DateType,
        inspect.DateTimeType,
        inspect.TimeType,
        inspect.DecimalType,
        inspect.LiteralType,
        inspect.EnumType,
    )
    return all(isinstance(each, (*closed, inspect.NoneType)) for each in _each(kind))
