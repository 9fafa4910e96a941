"""The figures of the programme: for whom they are, that they count right, and that no draft of others is told by a number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.api.house import House, Sample
from tests.pages.people import seen, signed_in
from tests.pages.programme import looked_after
from workflow.views.stays import share


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two requests: one waits for the superior, one has been withdrawn after a day."""
    with looked_after(sample, tmp_path_factory.mktemp("health")) as house:
        house.road("submit")
        other = house.open("second_nurse")
        house.clock.set(datetime(2026, 3, 9, 3, tzinfo=UTC))
        house.done("second_nurse", other, "withdraw", {})
        yield house


@pytest.mark.parametrize("who", ["nurse", "nursing_head", "contact", "auditor"])
def test_the_figures_are_not_for_everybody(house: House, who: str) -> None:
    answer = signed_in(house, who).get("/kelola/program")
    assert answer.status_code == 403
    assert "Angka program hanya untuk" in seen(answer)


@pytest.mark.parametrize("who", ["verifier", "administrator", "secretary", "agency_chief"])
def test_bkpsdm_and_those_who_head_the_agency_see_all_of_it(house: House, who: str) -> None:
    page = signed_in(house, who).get("/kelola/program")
    assert page.status_code == 200
    assert "Magang antarinstansi: Menunggu persetujuan atasan langsung 0 1" in seen(page)


def test_an_officer_sees_the_figures_of_their_own_unit_alone(house: House) -> None:
    own, other = (house.read(who, "/api/programme") for who in ("officer", "other_officer"))
    assert [sum(p["open"] for p in each["processes"]) for each in (own, other)] == [1, 0]
    there, nowhere = (house.get("other_officer", "/api/programme", params={"unit": u}) for u in ("RSUD", "ANTAH"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.json()["detail"].replace("RSUD", "ANTAH") == nowhere.json()["detail"]


def test_what_is_late_where_it_waits_and_how_long_it_took_is_counted(house: House) -> None:
    found = house.read("verifier", "/api/programme", params={"process": "internship"})
    (process,) = found["processes"]
    assert (process["open"], process["late"], process["ended"]) == (1, 1, 1)
    assert process["days_median"] == process["days_most"] == 6  # a hospital works on Saturdays
    assert [(wait["role"], wait["late"]) for wait in found["waits"]] == [("supervisor", 1)]
    assert [(month["opened"], month["ended"]) for month in found["months"]][-1] == (2, 1)
    assert {stay["state"]: (stay["stays"], stay["most"], stay["in_time"]) for stay in found["stays"]} == {
        "drafted": (2, 6, 2)
    }
    assert "Lama pada setiap status" in seen(signed_in(house, "verifier").get("/kelola/program?jenis=internship"))


def test_a_process_that_there_is_not_has_no_figures(house: House) -> None:
    assert signed_in(house, "verifier").get("/kelola/program?jenis=pension").status_code == 404


@pytest.mark.parametrize(
    ("values", "median", "most"), [([3], 3, 3), ([1, 2, 3, 4], 2, 4), (range(1, 11), 5, 9), (range(1, 101), 50, 90)]
)
def test_a_share_of_all_values_is_always_one_of_them(values: range, median: int, most: int) -> None:
    assert (share(values, 0.5), share(values, 0.9)) == (median, most)


def test_the_log_of_a_process_is_offered_to_those_who_examine_it(house: House) -> None:
    log = "/kelola/program/log?jenis=internship&bentuk=jsonl&dari=&sampai="
    assert 'action="/kelola/program/log"' in signed_in(house, "verifier").get("/kelola/program").text
    lines = [json.loads(line) for line in signed_in(house, "verifier").get(log).text.splitlines()]
    assert [line["step"] for line in lines] == ["opened", "submit", "opened", "withdraw"]
    # Whoever heads the agency sees figures, and no cases for that.
    assert "/kelola/program/log" not in signed_in(house, "secretary").get("/kelola/program").text
    for who in ("secretary", "nurse", "contact"):
        assert signed_in(house, who).get(log).status_code == 403, who
    assert signed_in(house, "verifier").get(log.replace("dari=", "dari=kemarin")).status_code == 400
