"""What is wrong with a field, in words: the rest of a sentence that begins with the field's label, in Indonesian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import inspect

from workflow.forms import CHOICES, label


def complaint(kind: Any, value: Any) -> str:
    """Why a value cannot be of a type: what it should be, with bounds and choices."""
    info = inspect.type_info(kind)
    kinds = _alternatives(info)
    if kinds and all(isinstance(each, inspect.StructType) and each.tag is not None for each in kinds):
        return _untagged(kinds, value)
    fitting = kinds if len(kinds) == 1 else [each for each in kinds if _is_for(each, value)]
    if len(fitting) == 1:
        extra = info.extra if isinstance(info, inspect.Metadata) else None
        return _told(fitting[0], value, (extra or {}).get("shape", "bentuknya tidak sesuai."))
    return f"harus berupa {either([_called(each) for each in kinds])}." if kinds else "tidak dapat diisi."


def either(words: Sequence[str]) -> str:
    """Several, the last with “atau”."""
    *first, last = words
    return f"{', '.join(first)}{',' if len(first) > 1 else ''} atau {last}" if first else last


def choice(code: Any) -> str:
    """A choice as people call it, with the code that stands for it behind."""
    said = CHOICES.get(code) if isinstance(code, str) else None
    return f"{said} ({code})" if said else str(code)


def number(value: float, decimals: int = 2) -> str:
    """A number as Indonesians write it: ``1.500.000``, ``7,5``."""
    whole, _, broken = f"{value:,.{decimals}f}".partition(".")
    broken = broken.rstrip("0")
    return whole.replace(",", ".") + (f",{broken}" if broken else "")


def _alternatives(kind: inspect.Type) -> list[inspect.Type]:
    """A type without its annotations and without None; several where it is a union."""
    if isinstance(kind, inspect.Metadata):
        return _alternatives(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [each for part in kind.types for each in _alternatives(part)]
    return [] if isinstance(kind, inspect.NoneType) else [kind]


def _is_for(kind: inspect.Type, value: Any) -> bool:
    """Whether a value is of the right kind, so that only its bounds can be wrong."""
    if isinstance(value, bool):
        return isinstance(kind, inspect.BoolType)
    wanted: dict[type[Any], Any] = {
        str: inspect.StrType,
        int: (inspect.IntType, inspect.FloatType),
        float: inspect.FloatType,
        list: (*_LISTS, inspect.TupleType),
        tuple: (*_LISTS, inspect.TupleType),
        dict: (inspect.DictType, inspect.StructType, inspect.DataclassType),
    }
    return isinstance(kind, wanted.get(type(value), ()))


def _told(kind: inspect.Type, value: Any, shape: str) -> str:
    """What a value of this one type should be. ``shape``: what a text should look like that has the right length."""
    if isinstance(kind, inspect.LiteralType):
        return f"pilih salah satu dari {either([choice(code) for code in kind.values])}."
    if isinstance(kind, inspect.EnumType):
        return f"pilih salah satu dari {either([choice(each.value) for each in kind.cls])}."
    if isinstance(kind, inspect.StrType) and isinstance(value, str):
        return _length(kind, len(value), "karakter") or shape
    if isinstance(kind, _LISTS) and isinstance(value, list | tuple):
        return _length(kind, len(value), "butir") or "ada butir yang tidak dapat dibaca."
    if isinstance(kind, inspect.DictType) and isinstance(value, dict):
        return _length(kind, len(value), "isian") or "ada isian yang tidak dapat dibaca."
    if isinstance(kind, inspect.BoolType):
        return f"pilih ya atau tidak{BOOLEAN_WRITTEN}."
    if isinstance(kind, inspect.TupleType):
        return f"harus berupa daftar dengan tepat {len(kind.item_types)} butir."
    return f"harus berupa {_called(kind)}."


def _length(kind: Any, given: int, of: str) -> str:
    """What a length should be; empty where it is not at fault."""
    if kind.min_length is not None and given < kind.min_length:
        return f"paling sedikit {number(kind.min_length)} {of}, yang diisi baru {given}." if given else "belum diisi."
    if kind.max_length is not None and given > kind.max_length:
        return f"paling banyak {number(kind.max_length)} {of}, yang diisi {number(given)}."
    return ""


def _untagged(kinds: Sequence[Any], value: Any) -> str:
    """Of a union that a field tells apart: what that field may say."""
    tags = either([choice(kind.tag) for kind in kinds])
    if not isinstance(value, dict):
        return f"harus berupa objek yang isian “{kinds[0].tag_field}”-nya {tags}."
    return f"isian “{kinds[0].tag_field}” harus salah satu dari {tags}."


def _called(kind: inspect.Type) -> str:
    """What people call a type, with its bounds."""
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return ("bilangan bulat" if isinstance(kind, inspect.IntType) else "angka") + _range(kind)
    if isinstance(kind, inspect.StructType):
        return f"objek dengan isian {', '.join(label(field) for field in msgspec.structs.fields(kind.cls))}"
    return next((called for type_, called in _CALLED.items() if isinstance(kind, type_)), "isi yang dapat dibaca")


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    """The bounds of a number, and of what it must be a multiple."""
    if kind.ge is not None and kind.le is not None:
        said = f" dari {number(kind.ge)} sampai {number(kind.le)}"
    else:
        named = (
            ("lebih dari", kind.gt),
            ("paling kecil", kind.ge),
            ("kurang dari", kind.lt),
            ("paling besar", kind.le),
        )
        bounds = [f"{says} {number(bound)}" for says, bound in named if bound is not None]
        said = f", {' dan '.join(bounds)}" if bounds else ""
    return said + (f", kelipatan {number(kind.multiple_of)}" if kind.multiple_of else "")


#: How programs write what people fill into several fields or choose; pages say it in their own way.
DATE_WRITTEN = "ditulis tahun-bulan-hari, misalnya 2026-03-12"
MOMENT_WRITTEN = "dengan zonanya, misalnya 2026-03-12T08:00:00+07:00"
BOOLEAN_WRITTEN = " (true atau false)"

_LISTS = (inspect.VarTupleType, inspect.ListType, inspect.SetType, inspect.FrozenSetType)
_CALLED: dict[type[Any], str] = {
    inspect.StrType: "teks",
    inspect.BoolType: "ya atau tidak",
    inspect.DateType: f"tanggal yang ada, {DATE_WRITTEN}",
    inspect.DateTimeType: f"tanggal dan jam {MOMENT_WRITTEN}",
    inspect.TimeType: "jam, misalnya 08:00:00",
    inspect.DecimalType: "angka",
    inspect.UUIDType: "UUID",
    inspect.DictType: "objek",
    inspect.DataclassType: "objek",
    **dict.fromkeys((inspect.TupleType, *_LISTS), "daftar"),
}
