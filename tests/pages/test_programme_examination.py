"""Examining on pages: within an assignment alone, each look on record, a sample, the questions, and a case as a file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.house import House, Sample
from tests.pages.people import seen, signed_in
from tests.pages.programme import looked_after
from workflow.sealing.checking import check_proof, read_proof
from workflow.sealing.checkpoint import read_key
from workflow.sealing.sealer import seal
from workflow.tables import views

SAMPLE = "/pemeriksaan?benih=2026-03-02&banyak=5"


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with looked_after(sample, tmp_path_factory.mktemp("examination")) as house:
        yield house


@pytest.fixture(scope="module")
def case(house: House) -> str:
    return str(house.read("nurse", f"/api/cases/{house.road('endorse')}")["reference"])


def looks(house: House) -> list[str]:
    """What is on record of the auditor, oldest first."""
    with closing(house.with_database()) as database:
        return list(database.read(lambda c: c.execute(select(views.c.what).order_by(views.c.id)).scalars()))


@pytest.mark.parametrize("who", ["nurse", "contact", "officer", "director"])
@pytest.mark.parametrize("path", ["", "/pertanyaan", "/catatan", "?benih=a&banyak=5"])
def test_examining_is_for_auditors_and_those_who_see_all_cases(house: House, who: str, path: str) -> None:
    answer = signed_in(house, who).get(f"/pemeriksaan{path}")
    assert answer.status_code == 403
    assert "auditor" in seen(answer)


def test_the_questions_open_on_this_year_and_are_of_all_years_where_that_is_left_out(house: House) -> None:
    auditor = signed_in(house, "auditor")
    field = re.compile(r'<input[^>]* name="dari"[^>]*>')
    opened, emptied = (
        field.findall(auditor.get(f"/pemeriksaan/pertanyaan{query}").text) for query in ("", "?dari=&sampai=&jenis=")
    )
    assert [('value="2026-01-01"' in each) for each in (*opened, *emptied)] == [True, False]


def test_a_case_file_is_not_there_for_a_stranger_nor_open_to_its_own_people(house: House, case: str) -> None:
    for path in ("", "/arsip", "/bukti", "/akses"):
        stranger = signed_in(house, "stranger")
        there, nowhere = (stranger.get(f"/pemeriksaan/berkas/{each}{path}") for each in (case, "AAAA-AAAA"))
        assert (there.status_code, nowhere.status_code) == (404, 404), path
        assert seen(there).replace(case, "") == seen(nowhere).replace("AAAA-AAAA", "")
    nurse = signed_in(house, "nurse")
    refused = [nurse.get(f"/pemeriksaan/berkas/{case}{path}").status_code for path in ("", "/arsip", "/bukti")]
    assert refused == [403] * 3


def test_an_auditor_draws_a_sample_reads_a_case_in_order_of_time_and_each_look_is_on_record(
    house: House, case: str
) -> None:
    before = len(looks(house))
    auditor = signed_in(house, "auditor")
    assert "700/12/ITDA/2026" in seen(auditor.get("/pemeriksaan"))
    assert case in seen(auditor.get(SAMPLE))
    page = auditor.get(f"/pemeriksaan/berkas/{case}")
    told = re.findall(r"<h2[^>]*>\d+\. ([^<]+)</h2>", page.text)
    assert told == ["Berkas dibuka", "Ajukan", "Setujui"]
    archive = zipfile.ZipFile(io.BytesIO(auditor.get(f"/pemeriksaan/berkas/{case}/arsip").content))
    items = [name for name in archive.namelist() if not name.startswith("000-")]
    assert len(items) == len(re.findall(r'class="app-file__item"', page.text))
    assert looks(house)[before:] == ["draw_sample", "case_file", "may_take_archive"]
    assert "seluruh berkas menurut urutan waktu" in seen(auditor.get("/pemeriksaan/catatan"))
    assert "seluruh berkas menurut urutan waktu" in seen(
        signed_in(house, "nurse").get(f"/pemeriksaan/berkas/{case}/akses")
    )


def test_the_proof_of_a_case_is_taken_from_its_file(house: House, case: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path))
    auditor = signed_in(house, "auditor")
    assert f"/pemeriksaan/berkas/{case}/bukti" in auditor.get(f"/pemeriksaan/berkas/{case}").text
    with closing(house.with_database()) as database:
        seal(database, datetime(2026, 3, 2, 4, tzinfo=UTC))
    answer = auditor.get(f"/pemeriksaan/berkas/{case}/bukti")
    assert f'filename="bukti-{case}.json"' in answer.headers["content-disposition"]
    proof = read_proof(answer.content)
    assert check_proof(proof, [read_key(proof.keys[0])]).events == 3
    assert looks(house)[-1] == "seen_proof"


def test_a_sample_without_a_size_and_a_day_that_is_none_say_what_to_write(house: House) -> None:
    auditor = signed_in(house, "auditor")
    for path, says in (
        ("?benih=a&banyak=banyak", "pilih 1 sampai"),
        ("?benih=a&banyak=5&dari=kemarin", "tidak terbaca"),
        ("/pertanyaan?dari=2026-05-01&sampai=2026-04-01", "tidak dapat berakhir"),
        ("/pertanyaan?jenis=gosip", "tidak dikenal"),
    ):
        answer = auditor.get(f"/pemeriksaan{path}")
        assert answer.status_code in {400, 422}, path
        assert says in seen(answer), path


def test_an_auditor_whose_assignment_is_over_examines_nothing_any_more(house: House, case: str) -> None:
    house.clock.set(datetime(2026, 6, 1, 2, tzinfo=UTC))
    auditor = signed_in(house, "auditor")
    assert auditor.get("/pemeriksaan").status_code == 403
    assert auditor.get(f"/pemeriksaan/berkas/{case}").status_code == 404
