"""What msgspec complains of in a file that people write, said in Indonesian with the key and the way out."""

from __future__ import annotations

import re
import typing
from typing import Any, Final

import msgspec

from workflow.letters.bounds import told

_KINDS: Final = {
    "str": "teks",
    "int": "bilangan bulat",
    "float": "bilangan",
    "bool": "true atau false",
    "array": "daftar",
    "object": "tabel",
}


#: How a complaint about a value of the right kind begins -> what is wrong with it.
_MISFITS: Final = {
    r"matching regex '\\S'": "wajib diisi; tidak boleh kosong.",
    "matching regex": "bentuk tulisannya tidak dikenal; lihat contoh yang disertakan.",
    "encoded date": "bukan tanggal; tulis tanpa tanda petik, misalnya 2026-03-12.",
    "`array` of length >= ": "isinya kurang; tambahkan.",
    "`int` >= ": "bilangannya terlalu kecil.",
    "`int` <= ": "bilangannya terlalu besar.",
}


def explained(complaint: str, kind: type[msgspec.Struct], prefix: str = "") -> tuple[str, str]:
    """Key and reason out of a complaint such as ``Expected `str`, got `int` - at `$.regent.name```.

    ``kind`` is what was converted to, ``prefix`` the key it stands under in the file.
    """
    says, _, where = complaint.partition(" - at `$")
    inner = where.rstrip("`").lstrip(".")
    key = f"{prefix}.{inner}".strip(".")
    under = f"{key}." if key else ""
    if unknown := re.search(r"unknown field `(.+)`", says):
        known = ", ".join(_fields(_type_at(kind, inner)))
        return f"{under}{unknown[1]}", f"kunci tidak dikenal; hapus atau perbaiki ejaannya. Yang dikenal: {known}."
    if absent := re.search(r"missing required field `(.+)`", says):
        return f"{under}{absent[1]}", "wajib diisi; tambahkan kunci ini."
    if wrong := re.search(r"Expected `(.+?)`, got `(.+?)`", says):
        return key, f"harus berupa {_kinds(wrong[1])}, bukan {_kinds(wrong[2])}."
    if choice := re.search(r"Invalid enum value '(.*)'", says):
        options = ", ".join(dict.fromkeys(_choices(_type_at(kind, inner))))
        return key, f'nilai "{choice[1]}" tidak dikenal; yang dikenal: {options}.'
    if much := told(complaint):
        return key, much
    return key, next((reason for sign, reason in _MISFITS.items() if sign in says), f"tidak dapat dipakai: {says}.")


def _kinds(names: str) -> str:
    return " atau ".join(_KINDS.get(name.strip(), name.strip()) for name in names.split("|") if name.strip() != "null")


def _type_at(kind: Any, key: str) -> Any:
    """The declared type of a field below a struct, by its dotted key; of one item where the key counts into a list."""
    for step in filter(None, key.split(".")):
        kind = _fields(kind).get(step.partition("[")[0])
    return kind


def _fields(kind: Any) -> dict[str, Any]:
    """The fields of the struct that a type is, or is made of: ``tuple[Row, ...]``, ``str | Point``."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    return next(filter(None, map(_fields, typing.get_args(kind))), {})


def _choices(kind: Any) -> list[str]:
    """The words that a Literal, alone or beside None, allows."""
    if isinstance(kind, str):
        return [kind]
    return [word for part in typing.get_args(kind) for word in _choices(part)]
