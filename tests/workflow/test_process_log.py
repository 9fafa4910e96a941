"""The log of a process as tools for process mining read it: complete, in order, and without anybody's name."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types
from lxml import etree  # type: ignore[import-untyped] # ships no types
from sqlalchemy import select, update

from tests.offices import PreparedOffice
from tests.world import World
from workflow import audit
from workflow.auditing.access import examiner_at_the_desk
from workflow.errors import NotFound, Problem
from workflow.process_log import exporting, rows
from workflow.process_log.exporting import FORMS, Asked, wanted_at_the_desk
from workflow.references import reference_of
from workflow.tables import cases, events, people

XES = "{http://www.xes-standard.org/}"
#: In which order the standard's schema wants what stands in a log, and of which types attributes are.
ORDER = ("extension", "global", "classifier", "string", "trace")
TYPES = {"string", "date", "int"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest) -> PreparedOffice:
    """An office in which an internship has gone all the way and another has begun."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = office.as_new()
    world.road("complete")
    world.open("second_nurse")
    return office.as_it_is(world)


@pytest.fixture
def world(walked: PreparedOffice) -> World:
    return walked.as_new()


def exported(world: World, form: str, process: str = "internship", **asked: Any) -> bytes:
    target = io.BytesIO()

    def write(conn: Any) -> None:
        who = examiner_at_the_desk(conn, world.engine, None)
        exporting.write(conn, wanted_at_the_desk(world.engine, who, Asked(process, form, **asked)), form, target)

    world.database.read(write)
    return target.getvalue()


def ids(world: World) -> list[str]:
    return [case_id for (case_id,) in world.all(select(cases.c.id).order_by(cases.c.id))]


def happened(world: World, case_id: str) -> list[audit.Event]:
    return world.database.read(audit.events_of, case_id)


def said(element: Any) -> dict[str, str]:
    return {each.get("key"): each.get("value") for each in element if each.get("key")}


def test_xes_has_a_trace_for_each_case_and_an_event_for_each_step(world: World) -> None:
    log = etree.fromstring(exported(world, "xes"))
    traces = log.findall(f"{XES}trace")
    assert [said(trace)["concept:name"] for trace in traces] == [reference_of(each) for each in ids(world)]
    for trace, case_id in zip(traces, ids(world), strict=True):
        found = [said(event) for event in trace.findall(f"{XES}event")]
        told = happened(world, case_id)
        assert [each["step"] for each in found] == [event.type for event in told]
        assert [datetime.fromisoformat(each["time:timestamp"]) for each in found] == [event.at for event in told]
        assert {each["lifecycle:transition"] for each in found} == {"complete"}
    first = said(traces[0].findall(f"{XES}event")[2])
    assert (first["concept:name"], first["org:role"], first["org:group"]) == ("Setujui", "Atasan langsung", "RSUD")


def test_xes_stands_as_the_standards_schema_wants_it(world: World) -> None:
    log = etree.fromstring(exported(world, "xes"))
    assert log.tag == f"{XES}log"
    assert float(log.get("xes.version")) == 1849.2016
    places = [ORDER.index(etree.QName(each).localname) for each in log]
    assert places == sorted(places)
    declared = {each.get("prefix"): each.get("uri") for each in log.findall(f"{XES}extension")}
    assert declared == {
        name: f"http://www.xes-standard.org/{name}.xesext" for name in ("concept", "lifecycle", "time", "org")
    }
    # Each part's attributes come before its events, are of a type of the standard, and none is said twice.
    for part in (*log.findall(f"{XES}trace"), *log.iter(f"{XES}event")):
        names = [etree.QName(each).localname for each in part]
        attributes = [name for name in names if name != "event"]
        assert set(attributes) <= TYPES
        assert names[: len(attributes)] == attributes
        keys = [each.get("key") for each in part if each.get("key")]
        assert len(keys) == len(set(keys))
        assert {key.partition(":")[0] for key in keys if ":" in key} <= declared.keys()
    always = {each.get("scope"): set(said(each)) for each in log.findall(f"{XES}global")}
    assert always.keys() == {"trace", "event"}
    for scope, named in always.items():
        assert all(named <= said(each).keys() for each in log.iter(f"{XES}{scope}"))


def relations(what: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in what["relationships"]:
        found.setdefault(each["qualifier"], []).append(each["objectId"])
    return found


#: OCEL 2.0 in JSON, as its specification tells it.
NAMED = {"type": "object", "required": ["name", "attributes"], "properties": {"name": {"type": "string"}}}
RELATED = {"type": "array", "items": {"type": "object", "required": ["objectId", "qualifier"]}}
OCEL = {
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "additionalProperties": False,
    "properties": {
        "objectTypes": {"type": "array", "items": NAMED},
        "eventTypes": {"type": "array", "items": NAMED},
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "time": {"type": "string", "format": "date-time"},
                    "attributes": {"type": "array", "items": {"type": "object", "required": ["name", "value"]}},
                    "relationships": RELATED,
                },
            },
        },
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "attributes": {"type": "array", "items": {"type": "object", "required": ["name", "value", "time"]}},
                    "relationships": RELATED,
                },
            },
        },
    },
}


def test_ocel_is_of_its_schema_and_names_only_what_it_declares(world: World) -> None:
    log = json.loads(exported(world, "ocel"))
    Draft202012Validator(OCEL).validate(log)
    objects = {each["id"]: each["type"] for each in log["objects"]}
    assert len(objects) == len(log["objects"])
    declared = {each["name"]: {of["name"] for of in each["attributes"]} for each in log["objectTypes"]}
    assert declared.keys() == {"case", "person", "unit", "letter", "cohort", "register"}
    for each in log["objects"]:
        assert {of["name"] for of in each["attributes"]} <= declared[each["type"]]
        assert {of["objectId"] for of in each["relationships"]} <= objects.keys()
    kinds = {each["name"]: {of["name"] for of in each["attributes"]} for each in log["eventTypes"]}
    for event in log["events"]:
        assert {of["name"] for of in event["attributes"]} <= kinds[event["type"]]
        assert {of["objectId"] for of in event["relationships"]} <= objects.keys()
    assert len(log["events"]) == sum(len(happened(world, case_id)) for case_id in ids(world))


def test_ocel_tells_what_each_event_is_about(world: World) -> None:
    log = json.loads(exported(world, "ocel"))
    event = next(each for each in log["events"] if each["type"] == "Terbitkan surat tugas")
    about = relations(event)
    (case,), (letter,) = about["case"], about["letter"]
    assert case == f"case:{reference_of(ids(world)[0])}"
    objects = {each["id"]: each for each in log["objects"]}
    assert {"name": "kind", "value": "internship_assignment"}.items() <= objects[letter]["attributes"][0].items()
    assert relations(objects[letter])["register"] == about["register"]
    assert about["unit of the actor"] == ["unit:RSUD"]
    assert relations(objects[case])["unit"] == ["unit:RSUD"]


def test_csv_and_json_lines_say_the_same(world: World) -> None:
    table = list(csv.DictReader(io.StringIO(exported(world, "csv").decode())))
    lines = [json.loads(line) for line in exported(world, "jsonl").splitlines()]
    assert [list(each) for each in lines] == [list(rows.COLUMNS)] * len(table)
    other = "resource"  # a pseudonym, which is another in each export
    plain = [{name: str(value) for name, value in each.items() if name != other} for each in lines]
    assert plain == [{name: value for name, value in each.items() if name != other} for each in table]


@pytest.mark.parametrize("form", FORMS)
def test_nobody_is_named_nor_known_again_in_the_next_export(world: World, form: str) -> None:
    first, second = exported(world, form).decode(), exported(world, form).decode()
    for row in world.all(select(people.c.id, people.c.nip, people.c.name)):
        assert row.id not in first
        assert row.nip is None or row.nip not in first
    assert "Nursing Head" not in first
    assert "Asuhan" not in first, "what was given stays out"
    assert first != second
    assert len(first) == len(second)


def test_one_person_is_one_pseudonym_within_an_export(world: World) -> None:
    lines = [json.loads(line) for line in exported(world, "jsonl").splitlines()]
    nurse = {each["resource"] for each in lines if each["role"] == "Peserta magang" and each["case_state"] == "Selesai"}
    assert len(nurse) == 1
    (second,) = (each["resource"] for each in lines if each["case_state"] != "Selesai")
    assert second not in nurse


def test_people_are_named_where_it_was_asked_for(world: World) -> None:
    lines = [json.loads(line) for line in exported(world, "jsonl", names=True).splitlines()]
    assert "Nursing Head" in {each["resource"] for each in lines}
    assert '"value":"Nursing Head"' in exported(world, "ocel", names=True).decode()


@pytest.mark.parametrize("form", FORMS)
def test_an_erased_event_keeps_its_place_and_says_of_nobody(world: World, form: str) -> None:
    case = ids(world)[0]
    third = happened(world, case)[2]
    by = {"id": world.ids["administrator"], "name": "Administrator"}
    world.database.write(audit.erase, third.id, by=by, basis="UU 27/2022 Pasal 8", at=world.at)
    told = exported(world, form, names=True).decode()
    # Of the whole case only this event was the superior's.
    assert "Nursing Head" not in told
    if form == "jsonl":
        line = [json.loads(each) for each in told.splitlines()][2]
        assert (line["step"], line["resource"], line["role"], line["unit"]) == ("endorse", "", "", "")


def test_a_cell_that_a_spreadsheet_would_compute_is_text(world: World) -> None:
    world.database.write(
        lambda conn: conn.execute(update(people).where(people.c.id == world.ids["nurse"]).values(name="=1+1"))
    )
    table = list(csv.DictReader(io.StringIO(exported(world, "csv", names=True).decode())))
    assert table[0]["resource"] == "'=1+1"


def test_what_no_xml_may_hold_is_left_out(world: World) -> None:
    touched = update(people).where(people.c.id == world.ids["nurse"]).values(name='a\x01b<&"\ufffe')
    world.database.write(lambda conn: conn.execute(touched))
    log = etree.fromstring(exported(world, "xes", names=True))
    assert {said(each).get("org:resource") for each in log.iter(f"{XES}event")} >= {'ab<&"'}


def test_a_period_takes_whole_cases_by_the_day_on_which_they_were_opened(world: World) -> None:
    opened = [row.opened_at.date() for row in world.all(select(cases.c.opened_at).order_by(cases.c.id))]
    assert opened[0] < opened[1]
    for first, last, taken in (
        (None, None, ids(world)),
        (opened[0], opened[0], ids(world)[:1]),
        (opened[0] + timedelta(days=1), None, ids(world)[1:]),
        (date(2030, 1, 1), None, []),
    ):
        lines = [json.loads(line) for line in exported(world, "jsonl", from_on=first, until_on=last).splitlines()]
        assert len(lines) == sum(len(happened(world, each)) for each in taken)
        assert len(
            etree.fromstring(exported(world, "xes", from_on=first, until_on=last)).findall(f"{XES}trace")
        ) == len(taken)
        log = json.loads(exported(world, "ocel", from_on=first, until_on=last))
        assert sum(each["type"] == "case" for each in log["objects"]) == len(taken)


def test_there_is_no_log_of_what_there_is_not(world: World) -> None:
    with pytest.raises(NotFound, match="Proses 'tidak-ada'"):
        exported(world, "xes", "tidak-ada")
    with pytest.raises(NotFound, match="xes, ocel, csv, jsonl"):
        exported(world, "docx")
    with pytest.raises(Problem, match="sebelum mulai"):
        exported(world, "xes", from_on=date(2026, 3, 2), until_on=date(2026, 3, 1))


def test_an_event_that_the_process_no_longer_knows_is_told_by_its_own_name(world: World) -> None:
    case = ids(world)[1]
    (event,) = happened(world, case)
    payload = msgspec.json.encode(
        {**(event.payload or {}), "actor": {"id": world.ids["nurse"], "role": "gone"}}
    ).decode()
    touched = update(events).where(events.c.id == event.id).values(type="vanished", payload=payload)
    world.database.write(lambda conn: conn.execute(touched))
    line = json.loads(exported(world, "jsonl").splitlines()[-1])
    assert (line["activity"], line["step"], line["role"]) == ("vanished", "vanished", "gone")
    assert "vanished" in {each["name"] for each in json.loads(exported(world, "ocel"))["eventTypes"]}
