"""Every form that a step takes is drawn, and what a browser sends of it is what was drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.pages import forms, typed
from api.pages.forms import Choice
from api.pages.rendering import environment
from workflow.errors import FieldError
from workflow.registry import Registry
from workflow.views.step_schemas import step_schema

ZONE = ZoneInfo("Asia/Makassar")


def every_schema() -> dict[str, dict[str, Any]]:
    """The schema of what each step takes; those that are alike once."""
    steps = [(process, step) for process in Registry.discover().processes.values() for step in process.transitions]
    asked = {f"{process.name}.{step.trigger}": step_schema(process, step) for process, step in steps}
    alike = {
        json.dumps({**schema, "title": ""}, sort_keys=True): (name, schema) for name, schema in asked.items() if schema
    }
    return dict(alike.values())


def every_shape() -> dict[str, dict[str, Any]]:
    """One form for the fields of a kind: every shape that a field has in any step, once."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for schema in SCHEMAS.values():
        for variant in schema.get("oneOf") or [schema]:
            for name, part in variant["properties"].items():
                kind = next(iter(forms.fields({"properties": {name: part}, "$defs": schema.get("$defs")}, {}))).kind
                shape = json.dumps({**part, "title": "", "description": ""}, sort_keys=True)
                if "const" not in part and kind != "anything":
                    found.setdefault(kind, {})[shape] = {"name": name, "part": part, "defs": schema.get("$defs", {})}
    return {
        kind: {
            "properties": {f"{each['name']}_{number}": each["part"] for number, each in enumerate(shapes.values())},
            "$defs": {name: part for each in shapes.values() for name, part in each["defs"].items()},
        }
        for kind, shapes in found.items()
    }


SCHEMAS = every_schema()
SHAPES = every_shape()


class Sent(HTMLParser):
    """What a browser would send of a form, as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.posted: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self._within: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.ids += [has["id"]] if "id" in has else []
        if tag == "input" and has.get("type") != "file":
            if has["type"] not in ("radio", "checkbox") or "checked" in has:
                self.posted.setdefault(has["name"], []).append(has["value"])
        elif tag in ("textarea", "select"):
            self._within = has["name"]
            self.posted.setdefault(has["name"], []).append("")
        elif tag == "option" and "selected" in has and self._within:
            self.posted[self._within] = [has["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._within = None

    def handle_data(self, data: str) -> None:
        # A browser leaves the first line break of a text out, and sends the others as CR LF.
        if self._within and self.lasttag == "textarea":
            self.posted[self._within] = [data.removeprefix("\n").replace("\n", "\r\n")]


def drawn(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Sent:
    fields = forms.fields(schema, values, zone=ZONE)
    template = environment().from_string("{% from 'parts/fields.html' import drawn_all %}{{ drawn_all(fields) }}")
    return Sent(template.render(fields=fields))


TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).map(str.strip)
LINES = st.lists(TEXT, max_size=3).map("\n".join).map(str.strip)
ID = st.text("0123456789abcdef-", min_size=1, max_size=36)


def values_of(part: Mapping[str, Any], schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:  # noqa: C901, PLR0912 - a case a type
    """Values that a part of a schema allows, as JSON has them."""
    if "anyOf" in part:
        return st.one_of(*(values_of(each, schema) for each in part["anyOf"]))
    if "$ref" in part:
        return values_of(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "const" in part:
        return st.just(part["const"])
    if "oneOf" in part or "enum" in part:
        return st.sampled_from([each["const"] for each in part.get("oneOf", ())] or part["enum"])
    match part.get("type"), part.get("format"):
        case "object", _:
            return st.fixed_dictionaries({name: values_of(each, schema) for name, each in part["properties"].items()})
        case "array", _:
            several = st.lists(values_of(part["items"], schema), max_size=3, unique_by=json.dumps)
            codes = [each["const"] for each in part["items"].get("oneOf", ())]
            return several.map(lambda chosen: sorted(chosen, key=codes.index)) if codes else several
        case "integer", _:
            return st.integers(part.get("minimum", 0), part.get("maximum", 10**12))
        case "number", _:
            return st.integers(1, 2400).map(lambda hundredths: hundredths / 100)
        case "boolean", _:
            return st.booleans()
        case "null", _:
            return st.none()
        case "string", "date":
            return st.dates().filter(lambda day: day.year > 999).map(lambda day: day.isoformat())
        case "string", "date-time":
            minutes = st.integers(-(10**7), 10**8)
            return minutes.map(lambda minute: datetime.fromtimestamp(60 * minute, ZONE).isoformat())
        case "string", ("file-id" | "person"):
            return ID if "file-id" in part.values() else ID.filter(lambda name: name.strip("-") != "")
        case "string", _:
            return LINES if part.get("maxLength", 999) > 200 else TEXT
    raise AssertionError(part)


def as_said(part: Mapping[str, Any], value: Any) -> Any:
    """A blank is one thing, however it is said: null and [] and a text of nothing clear a field of a draft alike."""
    clearable = any(each.get("const") == "" for each in part.get("anyOf", ()))
    return "" if clearable and value in (None, "", []) else value


def is_row_of_nothing(value: Any) -> bool:
    return isinstance(value, dict) and not any(each not in ("", None, []) for each in value.values())


def test_every_field_of_every_step_is_of_a_kind_that_is_drawn_and_bears_a_label() -> None:
    for name, schema in SCHEMAS.items():
        chosen = [variant["properties"]["fact"]["const"] for variant in schema.get("oneOf", ())]
        for values in [{"fact": fact} for fact in chosen] or [{}]:
            fields = forms.fields(schema, values)
            assert [field.name for field in fields] == list(schema["properties"]), name
            for field in chain(fields, *(row for whole in fields for row in whole.rows)):
                assert field.kind != "anything", (name, field)
                assert field.label != field.name.rpartition(".")[2], (name, field)


@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_drawn_is_what_a_browser_sends_and_is_read_back_as_it_was(kind: str) -> None:
    schema = SHAPES[kind]
    forms_filled = st.fixed_dictionaries({name: values_of(part, schema) for name, part in schema["properties"].items()})

    @settings(max_examples=10, suppress_health_check=list(HealthCheck))
    @given(forms_filled)
    def there_and_back(values: dict[str, Any]) -> None:
        sent = drawn(schema, values)
        assert len(set(sent.ids)) == len(sent.ids)
        kept = {
            name: [row for row in value if not is_row_of_nothing(row)] if isinstance(value, list) else value
            for name, value in values.items()
        }
        wanted = {name: as_said(schema["properties"][name], value) for name, value in kept.items()}
        assert forms.read(schema, sent.posted, zone=ZONE) == wanted

    there_and_back()


def test_of_an_attestation_the_fact_is_asked_for_first_and_then_what_it_needs() -> None:
    schema = SCHEMAS["mentoring.attest"]
    assert [field.name for field in forms.fields(schema, {})] == ["fact"]
    fields = {field.name: field for field in forms.fields(schema, {"fact": "status"})}
    assert fields["fact"].value == "status"
    assert Choice("Aktif", "Aktif") in fields["value"].choices
    posted = {"fact": ["", "sanctions"], "value": [""], "value[4].level": ["berat"], "value[4].from_on-year": [""]}
    assert forms.read(schema, posted) == {"fact": "sanctions", "value": [{"level": "berat", "from_on": None}]}


def test_only_what_was_on_the_page_is_read() -> None:
    schema = SCHEMAS["mentoring.save"]
    assert forms.read(schema, {"goal": [" Mampu\r\nsendiri "], "lain": ["x"]}) == {"goal": "Mampu\nsendiri"}


@pytest.mark.parametrize(
    ("text", "whole", "value"),
    [
        ("1.500.000", True, 1_500_000),
        ("Rp 1.500.000,00", True, 1_500_000),
        ("1500000", True, 1_500_000),
        ("7,5", False, 7.5),
        ("7.5", False, 7.5),
        ("8,00", False, 8),
        ("1.500,25", False, 1500.25),
        ("7,5", True, "7,5"),
        ("1,500,000", True, "1,500,000"),
        ("١٢", True, "١٢"),
        ("sejuta", True, "sejuta"),
        ("9" * 5000, True, "9" * 5000),
    ],
)
def test_numbers_are_read_as_indonesians_write_them(text: str, whole: bool, value: object) -> None:
    assert typed.number_of(text, whole=whole) == value


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        (("9", "3", "2026"), "2026-03-09"),
        (("09", "Maret", "2026"), "2026-03-09"),
        (("31", "2", "2026"), "31-2-2026"),
        (("9", "3", "26"), "9-3-26"),
        (("", "", ""), ""),
        (("9", "", ""), "9--"),
    ],
)
def test_dates_are_three_fields_and_stay_as_typed_where_there_is_no_such_day(
    parts: tuple[str, str, str], value: str
) -> None:
    read = typed.day_of(*parts)
    assert read == value
    assert typed.day_of(*typed.day_shown(read)) == value


@pytest.mark.parametrize(("clock", "read"), [("09:30", "09:30"), ("9.30", "09:30"), ("0930", "09:30"), ("25:00", None)])
def test_a_time_is_read_on_the_agency_s_clock(clock: str, read: str | None) -> None:
    wanted = f"2026-03-09T{read}:00+08:00" if read else f"2026-03-09T{clock}"
    assert typed.moment_of("2026-03-09", clock, ZONE) == wanted
    assert typed.moment_shown(wanted, ZONE) == ("9", "3", "2026", read or clock)


def test_each_fault_leads_to_the_field_that_bears_it() -> None:
    schema = SCHEMAS["internship.assess"]
    faults = (
        FieldError("scores[1].score", "Nilai", "Nilai butir 2: harus berupa bilangan bulat."),
        FieldError("scores", "Nilai", "Nilai: paling sedikit 1 butir."),
        FieldError("lain", "lain", "Isian “lain” tidak dikenal."),
    )
    fields = forms.fields(schema, {"scores": [{"aspect": "Disiplin", "score": 90}, {"score": "banyak"}]}, faults)
    scores = next(field for field in fields if field.kind == "rows")
    assert [inner.fault for inner in scores.rows[1]] == ["", faults[0].says, ""]
    assert [place for place, _ in forms.faults_told(fields, faults)] == ["scores[1].score", "scores[0].aspect", ""]


def test_choices_that_only_the_page_knows_are_offered_and_what_a_draft_needs_in_the_end_is_told() -> None:
    schema = SCHEMAS["mentoring.save"]
    chosen = {"mentor": [Choice("p1", "Siti Azhari")]}
    fields = {
        field.name: field for field in forms.fields(schema, {"mentor": "p1"}, choices=chosen, required=["mentor"])
    }
    assert (fields["mentor"].kind, fields["mentor"].value) == ("choice_few", "p1")
    assert [name for name, field in fields.items() if field.required] == ["mentor"]


def test_how_the_api_names_a_choice_is_not_told_where_choices_are_offered() -> None:
    part = {"type": "string", "title": "Instansi", "description": "partner:KODE untuk mitra", "maxLength": 80}
    offered = {"host": (Choice("partner:A", "RSUP Telaga"),)}
    (drawn,) = forms.fields({"properties": {"host": part}}, {}, choices=offered)
    (asked,) = forms.fields({"properties": {"host": part}}, {})
    assert (drawn.hint, asked.hint) == ("", "Partner:KODE untuk mitra")


@pytest.mark.parametrize(("value", "is_said"), [("", True), ("a", False)])
def test_a_choice_that_is_made_from_the_start_is_not_called_optional(value: str, is_said: bool) -> None:
    field = forms.Field(
        name="way", kind="choice_few", label="Cara", value=value, required=False, choices=(Choice("a", "A"),)
    )
    macros = environment().get_template("parts/fields.html").make_module({})
    assert ("opsional" in macros.drawn(field)) == is_said  # type: ignore[attr-defined]
