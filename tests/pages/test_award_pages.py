"""Awards on pages: who could be nominated and how evenly awards are given, and the list to pay with each look on record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from tests.accounts import CHEAP
from tests.api.house import House, Sample, served
from tests.awards import award_round, nomination, paid
from tests.pages.people import seen, signed_in
from tests.world import World
from workflow import references
from workflow.tables import views


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("awards") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def found(house: House) -> str:
    """The number of a round in which the nurse was given an award that is paid."""
    ids = {**house.sample.ids, "hospital_head": house.sample.ids["director"]}
    with closing(house.with_database()) as database:
        world = World(database, None, ids, house.sample.budget_line)  # type: ignore[arg-type] # nobody acts in it
        of_round = award_round(world)
        nomination(world, "nurse", "regional", "decreed", of_round=of_round, told=[("payment", "verifier", paid())])
    return references.reference_of(of_round)


def test_a_round_is_called_by_its_title_in_lists_and_on_its_own_page(house: House, found: str) -> None:
    verifier = signed_in(house, "verifier")
    title = house.read("verifier", f"/api/cases/{found}")["called"]
    assert title == "Pegawai Berprestasi 2026"
    for path in ("/putaran", "/berkas?proses=award_round"):
        assert f">{title}</a>" in verifier.get(path).text
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in verifier.get(f"/berkas/{found}").text


@pytest.mark.parametrize(
    "path", ["/penghargaan/calon", "/penghargaan/calon?jenis=regional", "/penghargaan/calon/berkas"]
)
def test_candidates_are_for_who_keeps_awards_and_not_there_for_others(house: House, path: str) -> None:
    assert [signed_in(house, who).get(path).status_code for who in ("verifier", "agency_chief")] == [200, 200]
    for who in ("nurse", "director", "secretary", "stranger", "administrator", "contact"):
        assert signed_in(house, who).get(path).status_code == 404, who


def test_candidates_are_named_by_kind_and_taken_away_as_a_file(house: House) -> None:
    verifier = signed_in(house, "verifier")
    kinds = seen(verifier.get("/penghargaan/calon"))
    assert "Memenuhi syarat" in kinds
    assert "NIP" not in kinds
    named = seen(verifier.get("/penghargaan/calon?jenis=satyalancana_10&unit=RSUD"))
    assert "orang memenuhi syarat" in named
    assert "Hanya unit RSUD" in named
    assert verifier.get("/penghargaan/calon/berkas?bentuk=xlsx").content[:2] == b"PK"
    assert verifier.get("/penghargaan/calon?jenis=gosip").status_code == 404


def test_figures_are_open_to_staff_without_names_and_closed_to_partners(house: House, found: str) -> None:
    assert found
    whole, told = (seen(signed_in(house, who).get("/penghargaan/pemerataan")) for who in ("verifier", "nurse"))
    assert "–" in told
    assert len(told) < len(whole)
    assert signed_in(house, "contact").get("/penghargaan/pemerataan").status_code == 404
    assert (
        signed_in(house, "nurse").get("/penghargaan/pemerataan/berkas?bentuk=csv").content.startswith(b"\xef\xbb\xbf")
    )
    for year in ("99999", "abcd"):
        assert signed_in(house, "nurse").get(f"/penghargaan/pemerataan?tahun={year[:4]}").status_code == 404


def test_the_list_to_pay_is_for_who_verifies_and_each_look_is_on_record(house: House, found: str) -> None:
    path, verifier = f"/penghargaan/putaran/{found}/pembayaran", signed_in(house, "verifier")
    assert path in verifier.get("/putaran").text
    assert "0012345678" in seen(verifier.get(path))
    sheet = verifier.get(f"{path}/berkas?bentuk=xlsx")
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
    with closing(house.with_database()) as database:
        looks = database.read(lambda conn: [(row.what, row.viewer_id) for row in conn.execute(select(views))])
    assert looks == [("seen_payments", house.sample.ids["verifier"])] * 2
    for who in ("nurse", "director", "agency_chief", "secretary", "administrator", "contact"):
        answer = signed_in(house, who).get(path)
        assert answer.status_code == signed_in(house, who).get(f"{path}/berkas").status_code == 404, who
        assert "0012345678" not in answer.text
    assert verifier.get("/penghargaan/putaran/AAAA-AAAA/pembayaran").status_code == 404
