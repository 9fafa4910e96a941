"""Forms over HTTP: what they take is told before, and what is wrong is told in the words of those who fill them in."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types
from msgspec import inspect

from tests.api.house import PDF, REQUEST, House
from workflow.attesting import SHAPES
from workflow.facts import SOURCES
from workflow.registry import Registry

SANCTION = {"level": "ringan", "from_on": "2024-01-02", "until_on": "2024-06-30"}
AGREEMENT = {
    "kind": "Perjanjian Kerja Sama",
    "number": "12/PKS/2026",
    "from_on": "2026-01-01",
    "until_on": "2026-12-31",
}


def attestation(house: House, fact: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "value": value, "document": house.upload("verifier"), "says": "Menurut surat keputusan."}


def taken(house: House, who: str, case: str, trigger: str) -> dict[str, Any]:
    """The schema of what a step takes."""
    listed = house.read(who, f"/api/cases/{case}/actions")["actions"]
    found: dict[str, Any] = next(action["takes"] for action in listed if action["trigger"] == trigger)
    return found


# --- What is attested ------------------------------------------------------------------------------------------------


def test_every_fact_that_can_be_attested_has_a_shape() -> None:
    assert set(SHAPES) == {name for name, source in SOURCES.items() if source.attestable}


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("status", "Sakti", "Isi keterangan, Status kepegawaian: pilih salah satu dari Aktif, CLTN, "),
        ("status", 5, "Isi keterangan, Status kepegawaian: pilih salah satu dari Aktif, CLTN, "),
        (
            "last_predicate",
            "Lumayan",
            "Isi keterangan, Predikat kinerja tahun terakhir: pilih salah satu dari Baik, Butuh Perbaikan, Kurang, ",
        ),
        (
            "sanctions",
            [{**SANCTION, "level": "parah"}],
            "Isi keterangan, Hukuman disiplin tercatat butir 1, Tingkat: pilih salah satu dari berat, ringan, atau sedang.",
        ),
        (
            "sanctions",
            [SANCTION, {**SANCTION, "until_on": "2023-01-01"}],
            "Isi keterangan, Hukuman disiplin tercatat butir 2: tidak dapat berakhir sebelum mulai.",
        ),
        ("sanctions", [SANCTION] * 21, "Isi keterangan, Hukuman disiplin tercatat: paling banyak 20 butir, "),
        (
            "agreements",
            [{**AGREEMENT, "kind": "Surat cinta"}],
            "Isi keterangan, Kerja sama dengan instansi penerima butir 1, Jenis naskah: pilih salah satu dari ",
        ),
        (
            "contract_ends_on",
            "9999-12-31",
            "Isi keterangan, Akhir perjanjian kerja: tahunnya harus dari 1900 sampai 2199.",
        ),
        ("status", None, "Isi keterangan belum diisi."),
        ("shoe_size", 42, "Keterangan yang dicatat: “shoe_size” tidak dapat dicatat; pilih salah satu dari Kerja sama"),
    ],
)
def test_what_is_attested_must_be_something_that_the_fact_can_be(
    house: House, fact: str, value: Any, says: str
) -> None:
    case = house.open()
    form = attestation(house, fact, value)
    response = house.act("verifier", case, "attest", form)
    assert response.status_code == 422
    (fault,) = response.json()["fields"]
    assert fault["says"].startswith(says)
    takes = taken(house, "verifier", case, "attest")
    if fault["says"].startswith("Isi") and "tahunnya" not in says and "berakhir" not in says:
        assert not Draft202012Validator(takes, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(form)


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("status", "CLTN", "CLTN"),
        ("last_predicate", "Sangat Baik", "Sangat Baik"),
        ("contract_ends_on", "2027-12-31", "31 Desember 2027"),
        ("sanctions", [], "tidak ada"),
        ("sanctions", [{"level": "ringan"}, SANCTION], "tingkat ringan; tingkat ringan, sejak 2 Januari 2024, "),
        ("agreements", [AGREEMENT], "jenis Perjanjian Kerja Sama, nomor 12/PKS/2026, sejak 1 Januari 2026, "),
    ],
)
def test_what_is_attested_fits_the_schema_that_comes_with_the_step_and_is_shown_in_words(
    house: House, fact: str, value: Any, shown: str
) -> None:
    case = house.open()
    form = attestation(house, fact, value)
    takes = taken(house, "verifier", case, "attest")
    Draft202012Validator(takes, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(form)
    titles = {choice["const"]: choice["title"] for choice in takes["properties"]["fact"]["oneOf"]}
    house.done("verifier", case, "attest", form)
    (entry,) = house.read("verifier", f"/api/cases/{case}")["entries"]
    said = {field["name"]: field["shown"] for field in entry["fields"]}
    assert said["fact"] == titles[fact]
    assert said["value"].startswith(shown)


def test_the_description_of_the_api_tells_the_shape_of_what_is_attested(quiet: House) -> None:
    schemas = quiet.client.get("/schema/openapi.json").json()["components"]["schemas"]
    described = schemas["AttestationForm"]
    for variant in described["oneOf"]:
        items = variant["properties"]["value"].get("items", {})
        if "$ref" in items:
            variant["properties"]["value"]["items"] = schemas[items["$ref"].rpartition("/")[2]]
    assert {variant["properties"]["fact"]["const"] for variant in described["oneOf"]} == set(SHAPES)
    told: dict[str, Any] = {}
    for process in ("internship", "mentoring", "incentive"):
        page = quiet.read("nurse", f"/api/processes/{process}")
        for takes in (step["takes"] for step in page["steps"] if step["trigger"] == "attest"):
            told |= {variant["title"]: variant for variant in takes["oneOf"]}
    assert told == {variant["title"]: variant for variant in described["oneOf"]}
    assert "<code>Sangat Kurang</code>" in quiet.client.get("/api/docs").text


# --- Bounds ----------------------------------------------------------------------------------------------------------


def test_every_list_and_every_text_of_every_form_has_a_most() -> None:
    def boundless(kind: Any, where: str) -> list[str]:
        match kind:
            case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner, max_length=int()):
                return boundless(inner, where)
            case inspect.VarTupleType() | inspect.ListType() | inspect.StrType(max_length=None):
                return [where]
            case inspect.IntType(le=None) | inspect.IntType(ge=None) | inspect.FloatType(le=None):
                return [where]
            case inspect.UnionType(types=types):
                return [fault for each in types for fault in boundless(each, where)]
            case inspect.StructType(fields=fields):
                return [fault for each in fields for fault in boundless(each.type, f"{where}.{each.name}")]
        return []

    forms = {t.takes for p in Registry.discover().processes.values() for t in p.transitions if t.takes}
    faults = [
        fault
        for form in forms
        for field in msgspec.structs.fields(form)
        for fault in boundless(inspect.type_info(field.type), f"{form.__name__}.{field.name}")
    ]
    assert faults == []


def test_more_attachments_than_are_taken_are_refused_as_the_schema_says(house: House) -> None:
    case = house.open()
    most = taken(house, "nurse", case, "submit")["properties"]["attachments"]["maxItems"]
    response = house.act("nurse", case, "save", {"attachments": ["x"] * (most + 1)})
    assert response.status_code == 422
    (fault,) = response.json()["fields"]
    assert fault["says"] == f"Lampiran: paling banyak {most} butir, yang diisi {most + 1}."


@pytest.mark.parametrize(
    ("hours", "shown"), [("8.0", "8"), ("7.50", "7,5"), ("0.25", "0,25"), ("2.4E+1", "24"), ("8", "8")]
)
def test_hours_are_kept_and_shown_as_people_write_them(house: House, hours: str, shown: str) -> None:
    case = house.road("start")
    body = f'{{"form": {{"worked_on": "2026-04-06", "hours": {hours}, "activity": "Dinas pagi"}}}}'
    version = house.read("nurse", f"/api/cases/{case}")["version"]
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": "jam", "Content-Type": "application/json"}
    logged = house.ask("nurse", "POST", f"/api/cases/{case}/actions/log_day", content=body, headers=headers)
    assert logged.status_code == 200, logged.text
    page = house.read("nurse", f"/api/cases/{case}")
    (entry,) = [entry for entry in page["entries"] if entry["kind"] == "logbook"]
    assert [field["shown"] for field in entry["fields"] if field["name"] == "hours"] == [shown]
    event = house.read("nurse", f"/api/cases/{case}/history")["events"][-1]
    assert [field["shown"] for field in event["given"] if field["name"] == "hours"] == [shown]


@pytest.mark.parametrize("hours", [0, -1, 1e-09, 24.01, 7.333, "8"])
def test_hours_that_nobody_works_are_refused(house: House, hours: Any) -> None:
    case = house.road("start")
    response = house.act("nurse", case, "log_day", {"worked_on": "2026-04-06", "hours": hours, "activity": "Dinas"})
    assert response.status_code == 422
    assert [fault["label"] for fault in response.json()["fields"]] == ["Lama (jam)"]


def test_a_form_sent_with_its_optional_fields_left_blank_is_taken_like_a_draft_of_them(house: House) -> None:
    blank = {
        "plan_item": "",
        "outside_plan_reason": "Kebutuhan ruang baru",
        "funding": "",
        "estimate": "",
        "budget_line": "",
    }
    case = house.open(form={**REQUEST, "estimate": 5_000_000, "funding": "agency_budget"})
    house.done("nurse", case, "submit", {**blank, "attachments": ""})
    said = {field["name"] for field in house.read("nurse", f"/api/cases/{case}")["form"]}
    assert said == {*REQUEST, "outside_plan_reason"} - {"plan_item"}
    refused = house.act("nurse", house.open(), "submit", {**REQUEST, **blank, "section": "", "goal": "  "})
    assert [field["says"] for field in refused.json()["fields"]] == [
        "Bagian yang dituju belum diisi.",
        "Tujuan belum diisi.",
    ]


def test_a_step_that_asks_for_nothing_answers_rubbish_with_less_than_it_was_sent(house: House) -> None:
    case = house.road("introduce")
    response = house.act("nurse", case, "start", {f"{number}-{'x' * 300}": 1 for number in range(3000)})
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-form")
    assert len(response.content) < 30_000


def test_choices_are_told_with_what_people_call_them(house: House) -> None:
    case = house.open()
    funding = taken(house, "nurse", case, "submit")["properties"]["funding"]
    assert {"const": "none", "title": "Tanpa biaya"} in funding["oneOf"]
    response = house.act("nurse", case, "save", {"funding": "uang saku"})
    assert "Tanpa biaya (none)" in response.json()["fields"][0]["says"]


def test_a_file_that_a_field_names_is_told_by_that_field(house: House) -> None:
    case = house.road("start")
    house.clock.set(house.clock.now().replace(month=4, day=10))
    house.done("contact", case, "finish", {})
    form = {"summary": "Laporan akhir magang di rumah sakit.", "report_file": house.upload("stranger", "x.pdf", PDF)}
    response = house.act("nurse", case, "report", form)
    assert [(fault["field"], fault["label"]) for fault in response.json()["fields"]] == [
        ("report_file", "Berkas laporan")
    ]
