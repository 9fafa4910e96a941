"""The JSON Schema of what a step takes, as people fill it in: titles in Indonesian, files and choices marked."""

from __future__ import annotations

import typing
from functools import lru_cache
from typing import Any

import msgspec

from workflow.filling import file_ids, takes_people
from workflow.forms import CHOICES, kept_fields, label

#: ``format`` of a text that is the id of an uploaded file.
FILE_ID = "file-id"
#: The same of one that names somebody of the staff, by NIP or by id.
PERSON = "person"


@lru_cache(maxsize=256)
def form_schema(struct: type[msgspec.Struct], title: str, *, partial: bool = False) -> dict[str, Any]:
    """The schema of a form. ``partial``: nothing is required, and null or an empty text clears a field.

    The dictionary is shared: copy it before changing anything.
    """
    whole = msgspec.json.schema(struct)
    definitions = {name: for_people(_named_choices(part)) for name, part in whole.pop("$defs").items()}
    root = definitions.pop(whole["$ref"].rpartition("/")[2])
    root["title"] = title
    for name in kept_fields(struct):
        del root["properties"][name]
    for name, field in root["properties"].items():
        if _takes_files(struct, name):
            field.get("items", field)["format"] = FILE_ID
        if takes_people(struct, name):
            field.get("items", field)["format"] = PERSON
    if partial:
        root["required"] = []
        root["properties"] = {name: _clearable(field) for name, field in root["properties"].items()}
    return {**root, **({"$defs": definitions} if definitions else {})}


def _named_choices(part: Any) -> Any:
    """Choices by a code come with what people call them."""
    if isinstance(part, list):
        return [_named_choices(each) for each in part]
    if not isinstance(part, dict):
        return part
    named = {key: _named_choices(each) for key, each in part.items()}
    codes = named.get("enum")
    if isinstance(codes, list) and any(code in CHOICES for code in codes):
        del named["enum"]
        named["oneOf"] = [{"const": code, "title": CHOICES.get(code, str(code))} for code in codes]
    return named


def for_people(definition: dict[str, Any]) -> dict[str, Any]:
    """A struct's own name and docstring are for developers."""
    return {key: value for key, value in definition.items() if key not in ("title", "description")}


def _takes_files(struct: type[msgspec.Struct], name: str) -> bool:
    return file_ids(struct, {name: "x"}) == ("x",)


def _clearable(field: dict[str, Any]) -> dict[str, Any]:
    title: dict[str, Any] = {key: field[key] for key in ("title", "description") if key in field}
    rest = {key: value for key, value in field.items() if key not in title and key != "default"}
    return {**title, "anyOf": [rest, {"type": "null"}, {"const": ""}]}


def labels_of(*structs: type[msgspec.Struct] | None) -> dict[str, str]:
    """The labels of forms' fields by name; of two with one name, the first."""
    found: dict[str, str] = {}
    for struct in structs:
        if struct is not None:
            found = {**_labels(struct), **found}
    return found


@lru_cache(maxsize=256)
def _labels(struct: type[msgspec.Struct]) -> dict[str, str]:
    return {field.name: label(field) for field in msgspec.structs.fields(struct)}


def inner_struct(struct: type[msgspec.Struct], name: str) -> type[msgspec.Struct] | None:
    """The struct that a field holds a list of, if any."""
    hint = typing.get_type_hints(struct).get(name)
    for part in typing.get_args(hint):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
    return None
