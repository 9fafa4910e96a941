"""Reports over HTTP: the running figures and a signed report, each with its cases, for those who read reports."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import python_calamine

from tests.api.house import House

AFTER = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
REMARKS = {
    "obstacles": "Balasan instansi penerima di luar daerah rata-rata terlambat satu minggu.",
    "follow_up": "Permohonan dikirim sekurang-kurangnya enam minggu sebelum magang dimulai.",
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def section(report: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in report["figures"] if each["code"] == code)
    return found


def drafted(house: House) -> str:
    """A verifier opens a report."""
    response = house.ask(
        "verifier", "POST", "/api/cases", json={"process": "report", "form": {}}, headers={"Idempotency-Key": "r"}
    )
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def signed(house: House) -> str:
    """A report of the second quarter that the head has signed."""
    case = drafted(house)
    house.clock.set(AFTER)
    house.done("verifier", case, "submit", {"year": 2026, "quarter": 2})
    house.done("agency_chief", case, "report", REMARKS)
    return case


def test_the_running_figures_name_the_cases_behind_each(house: House) -> None:
    case = house.open()
    report = house.read("verifier", "/api/reports/2026-1")
    (row,) = section(report, "state")["rows"]
    assert (row["title"], row["cells"]) == ("Magang antarinstansi: Draf", [{"value": 1, "cases": [case]}])
    assert report["counted_on"] == "2026-03-02"
    assert "signed_at" not in report


@pytest.mark.parametrize("who", ["verifier", "agency_chief", "secretary"])
def test_reports_are_for_those_who_make_and_receive_them(house: House, who: str) -> None:
    assert house.get(who, "/api/reports/2026-1").status_code == 200


@pytest.mark.parametrize("who", ["nurse", "director", "contact", "stranger", "administrator", "informatics_head"])
def test_to_everybody_else_there_is_no_report(house: House, who: str) -> None:
    case = signed(house)
    for path in (
        "/api/reports/2026-1",
        "/api/reports/2026-1/xlsx",
        f"/api/cases/{case}/report",
        f"/api/cases/{case}/report/xlsx",
    ):
        response = house.get(who, path)
        assert response.status_code == 404, path
        assert response.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("path", ["2026-5", "2026-0", "1999-1", "9999", "x"])
def test_a_time_that_there_is_not_is_not_found(house: House, path: str) -> None:
    assert house.get("verifier", f"/api/reports/{path}").status_code == 404


def test_a_signed_report_stays_and_its_case_shows_its_remarks(house: House) -> None:
    case = signed(house)
    report = house.read("secretary", f"/api/cases/{case}/report")
    assert (report["case_id"], report["obstacles"]) == (case, REMARKS["obstacles"])
    assert report["signed_at"].startswith("2026-07-01")
    (entry,) = house.read("verifier", f"/api/cases/{case}")["entries"]
    assert [field["name"] for field in entry["fields"]] == ["year", "quarter", "obstacles", "follow_up"]


def test_a_report_without_a_time_yet_says_so(house: House) -> None:
    response = house.get("verifier", f"/api/cases/{drafted(house)}/report")
    assert response.status_code == 409
    assert "belum menyebut tahun" in response.json()["detail"]


def test_a_case_that_is_no_report_has_none(house: House) -> None:
    assert house.get("verifier", f"/api/cases/{house.open()}/report").status_code == 404


def test_the_spreadsheet_is_the_same_every_time(house: House) -> None:
    case = signed(house)
    first, second = (house.get("verifier", f"/api/cases/{case}/report/xlsx") for _ in range(2))
    assert first.content == second.content
    assert first.headers["content-type"] == SHEET
    assert "Laporan pengembangan kompetensi triwulan II tahun 2026.xlsx" in first.headers["content-disposition"]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(first.content))
    assert book.sheet_names == ["Angka", "Berkas", "Koreksi"]
