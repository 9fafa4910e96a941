"""Forms drawn from the JSON Schema of what a step takes, and what was posted read as the API would have been sent it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any, Final

from api.pages import typed
from workflow.errors import FieldError
from workflow.telling.form_words import BOOLEAN_WRITTEN, DATE_WRITTEN, MOMENT_WRITTEN
from workflow.views.schemas import FILE_ID, PERSON

#: What a form brought: each name with all that was sent under it, in order. Files are no part of it.
Posted = Mapping[str, Sequence[str]]

#: Longer texts get a field of several lines, more choices a list that opens.
_ONE_LINE, _FEW = 200, 6
#: Rows offered beyond those that are filled in.
_BLANK_ROWS = 3
_MOST_ROWS = 200

_HINTS: Final = {
    "date": "Misalnya 27 3 2026",
    "money": "Dalam rupiah, misalnya 1.500.000",
    "person": "NIP, misalnya 19870314 201101 2 003",
    "people": "Satu NIP pada setiap baris",
    "numbers": "Pisahkan dengan koma, misalnya 1, 3, 4",
}
#: How what is asked for is sent where several may be.
_LISTS: Final = frozenset({"checkboxes", "files", "people", "numbers", "rows"})
_NO_OTHER: Final = "Tidak ada"


@dataclass(frozen=True)
class Choice:
    """One of several: what is sent, what people call it, and a line below that, if any."""

    value: Any
    label: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field as it is drawn by ``parts/fields.html``, in the state it is in.

    ``kind``: text, longtext, number, money, date, moment, yes_no, choice_few, choice_many, checkboxes, file, files, person,
    people, numbers or rows; of people that are sought by name finder or finders; ``anything`` is for nobody to fill in.
    ``value``: the text as it stands in the field; of checkboxes and files one for each, of a date its three parts, of a moment
    four. ``rows``: the fields of each row. ``most``: characters or entries at most, if there is a limit. ``search``: what people
    are sought by.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    value: Any = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    fault: str = ""
    most: int | None = None
    rows: tuple[tuple[Field, ...], ...] = ()
    search: str = ""

    @property
    def id(self) -> str:
        """Where the summary of errors leads."""
        if self.kind in ("date", "moment"):
            return f"{self.name}-day"
        if self.kind in ("finder", "finders"):
            return f"{self.name}-cari"
        return self.rows[0][0].id if self.rows else self.name


def fields(
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    faults: Sequence[FieldError] = (),
    choices: Mapping[str, Sequence[Choice]] | None = None,
    *,
    required: Collection[str] | None = None,
    zone: tzinfo = UTC,
) -> tuple[Field, ...]:
    """The fields of a form with what is known, said or chosen so far.

    ``choices``: for fields whose choices only the page knows, such as budget lines. ``required``: the fields that the form will
    need in the end, where the schema is that of a draft. Of a schema whose fields depend on a choice only that choice is drawn
    until it is made.
    """
    needed = schema.get("required", ()) if required is None else required
    drawing = _Drawing({fault.field: fault.says for fault in reversed(faults)}, choices or {}, zone, schema)
    return tuple(
        drawing.field(name, part, values.get(name, part.get("default")), required=name in needed)
        for name, part in _properties(schema, values.get).items()
    )


def read(schema: Mapping[str, Any], posted: Posted, *, zone: tzinfo = UTC) -> dict[str, Any]:
    """What was posted, as the API would have been sent it; only fields that were posted.

    What cannot be read stays text, so that the engine's own complaint names the field.
    """
    found: dict[str, Any] = {}
    for name, part in _properties(schema, lambda field: (posted.get(field) or ("",))[-1]).items():
        if any(sent == name or sent.startswith((f"{name}-", f"{name}[")) for sent in posted):
            found[name] = _read(name, part, posted, schema, zone)
    return found


#: What is said of a field to programs, and to people who have the fields before them.
_ON_PAGES: Final = {
    DATE_WRITTEN: "misalnya 27 3 2026",
    MOMENT_WRITTEN: "misalnya 27 3 2026 pukul 08.00",
    BOOLEAN_WRITTEN: "",
}


def on_pages(faults: Sequence[FieldError]) -> list[FieldError]:
    """The same faults in words for people who fill in fields."""
    found = list(faults)
    for written, shown in _ON_PAGES.items():
        found = [replace(fault, says=fault.says.replace(written, shown)) for fault in found]
    return found


def faults_told(drawn: Sequence[Field], faults: Sequence[FieldError]) -> tuple[tuple[str, str], ...]:
    """Each fault with the place on the page to which it leads, for the summary on top; empty where no field bears it."""
    places = dict(_places(drawn))
    told = []
    for fault in faults:
        path = fault.field
        while path not in places and re.search(r"[.\[]", path):
            path = re.split(r"[.\[](?=[^.\[]*$)", path)[0]
        told.append((places.get(path, ""), fault.says))
    return tuple(told)


def gathered(pairs: Sequence[tuple[str, Any]]) -> dict[str, list[str]]:
    """The texts of a posted form, each name with all that was sent under it; files are left to whoever stores them."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


# --- Of what kind a field is -----------------------------------------------------------------------------------------


def _properties(schema: Mapping[str, Any], chosen: Any) -> dict[str, dict[str, Any]]:
    """The fields to ask for; of a schema with variants those of the one that is chosen, until then the choice alone."""
    known: dict[str, dict[str, Any]] = schema["properties"]
    variants = schema.get("oneOf")
    if not variants:
        return known
    (by,) = (name for name, part in variants[0]["properties"].items() if "const" in part)
    for variant in variants:
        if variant["properties"][by]["const"] == chosen(by):
            return {name: part if name == by else variant["properties"].get(name, part) for name, part in known.items()}
    return {by: known[by]}


def _bare(part: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A part's schema without null and blank, its structure in place."""
    alternatives = [each for each in part.get("anyOf", ()) if each.get("type") != "null" and each.get("const") != ""]
    bare = {**part, **alternatives[0]} if alternatives else dict(part)
    if "$ref" in bare:
        bare |= schema["$defs"][bare.pop("$ref").rpartition("/")[2]]
    return bare


def _codes(bare: Mapping[str, Any]) -> tuple[Choice, ...]:
    if "oneOf" in bare:
        return tuple(Choice(each["const"], each["title"]) for each in bare["oneOf"])
    return tuple(Choice(code, str(code) or _NO_OTHER) for code in bare.get("enum", ()))


def _kind(bare: Mapping[str, Any], schema: Mapping[str, Any], choices: Sequence[Choice]) -> str:
    of = bare.get("type")
    if of == "array":
        return _kind_of_list(_bare(bare["items"], schema), choices)
    if choices:
        return "choice_few" if len(choices) <= _FEW else "choice_many"
    if of == "boolean":
        return "yes_no"
    if of in ("integer", "number"):
        return "money" if "rupiah" in bare.get("title", "").lower() else "number"
    if of == "string":
        by_format = {"date": "date", "date-time": "moment", FILE_ID: "file", PERSON: "person"}
        longer = bare.get("maxLength", _ONE_LINE + 1) > _ONE_LINE
        return by_format.get(bare.get("format", ""), "longtext" if longer else "text")
    return "anything"


def _kind_of_list(item: Mapping[str, Any], choices: Sequence[Choice]) -> str:
    if item.get("type") == "object":
        return "rows"
    if choices:
        return "checkboxes"
    by_format = {FILE_ID: "files", PERSON: "people"}
    return "numbers" if item.get("type") == "integer" else by_format.get(item.get("format", ""), "anything")


# --- Drawing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawing:
    faults: Mapping[str, str]
    choices: Mapping[str, Sequence[Choice]]
    zone: tzinfo
    schema: Mapping[str, Any]

    def field(
        self, name: str, part: Mapping[str, Any], value: Any, *, required: bool, called: str | None = None
    ) -> Field:
        """One field. ``called``: its name in the schema, where ``name`` is its place in a row."""
        bare = _bare(part, self.schema)
        items = _bare(bare["items"], self.schema) if bare.get("type") == "array" else bare
        offered = tuple(self.choices.get(called or name, ()))
        choices = offered or _codes(items)
        kind = _kind(bare, self.schema, choices)
        # What is offered needs no word on how to write it, which is what the API is told there.
        hint = "" if offered else bare.get("description", _HINTS.get(kind, ""))
        return Field(
            name=name,
            kind=kind,
            label=bare.get("title", called or name),
            hint=hint[:1].upper() + hint[1:],
            value=self._value(kind, value),
            choices=choices,
            required=required,
            fault=self.faults.get(name) or ("" if kind == "rows" else self._fault_within(name)),
            most=bare.get("maxItems", bare.get("maxLength")),
            rows=tuple(self._rows(name, bare, items, value)) if kind == "rows" else (),
        )

    def _value(self, kind: str, value: Any) -> Any:
        if kind in ("number", "money"):
            return typed.number_shown(value, money=kind == "money")
        if kind == "date":
            return typed.day_shown(value)
        if kind == "moment":
            return typed.moment_shown(value, self.zone)
        if kind == "yes_no":
            return {True: "true", False: "false", None: ""}.get(value, str(value))
        if kind in _LISTS:
            entries = value if isinstance(value, list | tuple) else [value] if value else []
            texts = tuple(str(each) for each in entries if not isinstance(each, Mapping))
            return {"people": "\n".join(texts), "numbers": ", ".join(texts), "rows": ()}.get(kind, texts)
        return "" if value is None else str(value)

    def _rows(
        self, name: str, bare: Mapping[str, Any], item: Mapping[str, Any], value: Any
    ) -> Iterator[tuple[Field, ...]]:
        given = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
        offered = min(len(given) + _BLANK_ROWS, bare.get("maxItems", _MOST_ROWS))
        for number in range(max(offered, len(given), 1)):
            row = given[number] if number < len(given) else {}
            yield tuple(
                self.field(
                    f"{name}[{number}].{inner}", part, row.get(inner), required=inner in item["required"], called=inner
                )
                for inner, part in item["properties"].items()
            )

    def _fault_within(self, name: str) -> str:
        return next((says for place, says in self.faults.items() if place.startswith(f"{name}[")), "")


def _places(drawn: Sequence[Field]) -> Iterator[tuple[str, str]]:
    for field in drawn:
        yield field.name, field.id
        for row in field.rows:
            yield from _places(row)


# --- Reading ---------------------------------------------------------------------------------------------------------


def _read(name: str, part: Mapping[str, Any], posted: Posted, schema: Mapping[str, Any], zone: tzinfo) -> Any:
    bare = _bare(part, schema)
    items = _bare(bare["items"], schema) if bare.get("type") == "array" else bare
    kind = _kind(bare, schema, _codes(items))
    if kind in _LISTS or bare.get("type") == "array":
        value: Any = _read_list(kind, name, items, posted, schema, zone)
    else:
        value = _read_one(kind, name, bare, posted, zone)
    clearable = any(each.get("const") == "" for each in part.get("anyOf", ()))
    if value in ("", []) and clearable:
        return ""
    nullable = any(each.get("type") == "null" for each in part.get("anyOf", ()))
    return None if value == "" and nullable else value


def _read_one(kind: str, name: str, bare: Mapping[str, Any], posted: Posted, zone: tzinfo) -> Any:
    text = (posted.get(name) or ("",))[-1].replace("\r\n", "\n").strip()
    if kind in ("date", "moment"):
        day = text or typed.day_of(*(_last(posted, f"{name}-{of}") for of in ("day", "month", "year")))
        return typed.moment_of(day, _last(posted, f"{name}-time"), zone) if kind == "moment" and "T" not in day else day
    if kind in ("number", "money"):
        return typed.number_of(text, whole=bare["type"] == "integer")
    if kind == "yes_no":
        return {"true": True, "false": False}.get(text, text)
    codes = {str(choice.value): choice.value for choice in _codes(bare)}
    return codes.get(text, text)


def _read_list(
    kind: str, name: str, item: Mapping[str, Any], posted: Posted, schema: Mapping[str, Any], zone: tzinfo
) -> list[Any]:
    if kind == "rows":
        return _read_rows(name, item, posted, schema, zone)
    sent = [part.strip() for part in posted.get(name, ())]
    if kind in ("people", "numbers"):
        sent = [part.strip() for text in sent for part in re.split(r"[\n,;]", text)]
    given = [part for part in sent if part]
    return [typed.number_of(part, whole=True) for part in given] if kind == "numbers" else given


def _read_rows(
    name: str, item: Mapping[str, Any], posted: Posted, schema: Mapping[str, Any], zone: tzinfo
) -> list[Any]:
    places = (re.match(rf"{re.escape(name)}\[([0-9]{{1,3}})\]\.", sent) for sent in posted)
    numbers = sorted({int(place[1]) for place in places if place})
    rows = []
    for number in numbers[:_MOST_ROWS]:
        within = f"{name}[{number}]."
        row = {
            inner: _read(within + inner, part, posted, schema, zone)
            for inner, part in item["properties"].items()
            if any(sent == within + inner or sent.startswith(f"{within}{inner}-") for sent in posted)
        }
        if any(value not in ("", None, []) for value in row.values()):
            rows.append(row)
    return rows


def _last(posted: Posted, name: str) -> str:
    return (posted.get(name) or ("",))[-1]
