"""Hours of learning on pages: one's own year and where each comes from, a unit's, the agency's, and the same as files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.accounts import Browser
from tests.api.house import House, Sample
from tests.pages.mentors import a_pair, logged
from tests.pages.people import seen, signed_in


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The nurse has had two meetings confirmed and a third not."""
    with a_pair(sample, tmp_path_factory.mktemp("hours")) as (house, case):
        logged(house, case)
        house.done("nurse", case, "confirm_session", {"numbers": [1, 2]})
        yield house


@pytest.fixture(scope="module")
def nurse(house: House) -> Browser:
    return signed_in(house, "nurse")


def test_ones_own_year_says_how_much_of_what_and_where_each_hour_comes_from(house: House, nurse: Browser) -> None:
    page = nurse.get("/jam-pelajaran")
    words, found = seen(page), house.read("nurse", "/api/me/hours")
    assert f"{found['hours']} JP dari sekurang-kurangnya 20 JP" in words
    assert "Target 20 JP" in words
    for line in found["lines"]:
        assert line["says"] in words
    assert "1 pertemuan menunggu konfirmasi mentee" in words
    assert 'href="/berkas/' in page.text
    assert "style=" not in page.text


def test_what_was_not_counted_stands_apart_with_its_reason(house: House, nurse: Browser) -> None:
    lines = house.read("nurse", "/api/me/hours")["lines"]
    words = seen(nurse.get("/jam-pelajaran"))
    uncounted = [line for line in lines if line["stands"] and line["hours"] <= 0]
    assert ("Yang tidak dihitung, dan sebabnya" in words) is bool(uncounted)


def test_another_year_is_asked_for_by_its_address(nurse: Browser) -> None:
    assert "Belum ada JP yang dibukukan" in seen(nurse.get("/jam-pelajaran?tahun=2025"))
    assert "Jam pelajaran 2026" in seen(nurse.get("/jam-pelajaran?tahun=lalu"))
    assert nurse.get("/jam-pelajaran?tahun=1066").status_code == 404


def test_a_unit_shows_who_has_had_nothing_and_can_be_narrowed_to_them(house: House) -> None:
    director = signed_in(house, "director")
    everyone, nothing = (seen(director.get(f"/jam-pelajaran/unit/RSUD{asked}")) for asked in ("", "?hanya=belum"))
    assert "Kirana Maheswari" in everyone
    assert "Kirana Maheswari" not in nothing
    assert "Sriyatun" in nothing
    assert "Belum ada JP" in everyone
    assert 'href="/jam-pelajaran/unit/RSUD"' in director.get("/jam-pelajaran").text


def test_the_agency_shows_every_unit_to_whoever_compiles(house: House) -> None:
    verifier = signed_in(house, "verifier")
    page = verifier.get("/jam-pelajaran/instansi")
    assert 'href="/jam-pelajaran/unit/RSUD?tahun=2026"' in page.text
    assert "Seluruh perangkat daerah" in seen(verifier.get("/jam-pelajaran"))
    assert seen(verifier.get("/jam-pelajaran/instansi?hanya=belum")).count("Belum ada") > 1


@pytest.mark.parametrize(
    "path", ["/jam-pelajaran/unit/RSUD", "/jam-pelajaran/instansi", "/jam-pelajaran/pegawai/{nurse}"]
)
def test_to_a_colleague_there_are_no_hours_of_others(house: House, path: str) -> None:
    colleague = signed_in(house, "second_nurse")
    path = path.format(nurse=house.sample.ids["nurse"])
    for asked in (path, f"{path}/csv", f"{path}/xlsx"):
        assert colleague.get(asked).status_code == 404, asked


def test_the_same_figures_are_taken_away_as_files(house: House, nurse: Browser) -> None:
    mine = f"/jam-pelajaran/pegawai/{house.sample.ids['nurse']}"
    for kind in ("csv", "xlsx"):
        assert f'href="{mine}/{kind}?tahun=2026"' in nurse.get("/jam-pelajaran").text
        page, api = (
            nurse.get(f"{mine}/{kind}"),
            house.get("nurse", f"/api/people/{house.sample.ids['nurse']}/hours/{kind}"),
        )
        assert page.content == api.content
    assert nurse.get(f"{mine}/doc").status_code == 404
