"""The process pages: the procedure drawn and in words for everybody, and the way of a case for whoever may see it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from api.pages.diagram import drawn
from tests.api.house import House, Sample
from tests.pages.people import seen, signed_in
from tests.pages.programme import looked_after
from workflow.views.procedures import ProcedureState, ProcedureStep


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with looked_after(sample, tmp_path_factory.mktemp("processes")) as house:
        yield house


@pytest.fixture(scope="module")
def case(house: House) -> str:
    return str(house.read("nurse", f"/api/cases/{house.road('endorse')}")["reference"])


def test_everybody_reads_how_a_request_runs_with_the_law_behind_it(house: House) -> None:
    nurse = signed_in(house, "nurse")
    assert "Magang antarinstansi" in seen(nurse.get("/proses"))
    page = nurse.get("/proses/internship")
    assert page.status_code == 200
    words = seen(page)
    for said in (
        "Menunggu persetujuan atasan langsung",
        "PP 11/2017 Pasal 203",
        "sejak 1 Januari 2020",
        "Waktu: 2 hari kerja",
    ):
        assert said in words, said
    assert "Garis tebal" not in words


def test_each_state_of_each_process_is_drawn_and_told(house: House) -> None:
    nurse = signed_in(house, "nurse")
    for line in house.read("nurse", "/api/processes")["items"]:
        page = nurse.get(f"/proses/{line['name']}")
        assert page.status_code == 200, line
        states = house.read("nurse", f"/api/processes/{line['name']}")["states"]
        assert page.text.count("<rect ") == len(states) == len(re.findall(r'id="status-\d+"', page.text))
        assert "style=" not in page.text


def test_a_process_that_there_is_not_is_not_found(house: House) -> None:
    assert signed_in(house, "nurse").get("/proses/pension").status_code == 404


def test_the_way_of_a_case_is_shown_to_whoever_may_see_it_and_to_nobody_else(house: House, case: str) -> None:
    own = signed_in(house, "nurse").get(f"/proses/internship?berkas={case}")
    assert own.status_code == 200
    assert own.text.count("app-diagram__state--passed") == 3
    assert own.text.count("app-diagram__line--passed") == 2
    assert own.text.count("app-diagram__state--now") == 1
    stranger = signed_in(house, "stranger")
    there, nowhere = (stranger.get(f"/proses/internship?berkas={each}") for each in (case, "AAAA-AAAA"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert seen(there).replace(case, "") == seen(nowhere).replace("AAAA-AAAA", "")


def test_a_case_of_another_process_has_no_way_on_this_one(house: House, case: str) -> None:
    assert signed_in(house, "nurse").get(f"/proses/exchange?berkas={case}").status_code == 404


def state(name: str, **steps: str) -> ProcedureState:
    lines = tuple(
        ProcedureStep(
            trigger=trigger, title=trigger, first_at=name, by="", leads_to=(to,), guards=(), letters=(), says=()
        )
        for trigger, to in steps.items()
    )
    return ProcedureState(name=name, title=name.title(), final=not steps, says=(), steps=lines)


def test_ways_that_meet_lie_in_lanes_of_their_own_and_those_to_one_state_share_a_line() -> None:
    drawing = drawn(
        [state("a", go="b", stop="d"), state("b", go="c", stop="d", back="a"), state("c", go="d", back="b"), state("d")]
    )
    said = [line.says for line in drawing.lines]
    assert "A → D: stop; B → D: stop" in said
    lanes = {line.path.split("H")[1].split("V")[0] for line in drawing.lines if "H" in line.path}
    assert len(lanes) == 3
    assert all(0 < int(each) < drawing.width for each in lanes)
