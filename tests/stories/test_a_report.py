"""A quarter is compiled, returned, mended and reported to the regent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.circumstances import succeeded
from tests.reporting import AFTER_FIRST, AFTER_SECOND, REMARKS, as_signed, now, opened, reported, row, submitted, values
from tests.witness import state, told, waiting
from tests.world import World
from workflow.effects import run_due
from workflow.reports.parts import cases_behind
from workflow.tables import files, letters

KIND = "internship.C11"


def frame(office: World) -> dict[str, Any]:
    """The letter of the report, around its body."""
    ((found,),) = office.all(select(letters.c.frame).where(letters.c.kind == "competency_report"))
    decoded: dict[str, Any] = json.loads(found)
    return decoded


def body(office: World) -> str:
    """What its letter says, as it is stored."""
    ((found,),) = office.all(select(letters.c.body).where(letters.c.kind == "competency_report"))
    return str(found)


def test_a_quarter_is_compiled_returned_mended_and_reported(office: World) -> None:
    internship = office.road("complete")
    office.go_to(AFTER_SECOND)
    case = opened(office)
    office.fire(case, "save", "verifier", {"year": 2026})
    office.fire(case, "submit", "verifier", {"year": 2026, "quarter": 2})
    assert waiting(office, case) == {"agency_chief": "return report"}
    office.fire(case, "return", "agency_chief", {"to_mend": "Periksa dahulu data perangkat daerah."})
    assert waiting(office, case) == {"verifier": "save submit withdraw"}
    office.fire(case, "submit", "verifier", {"year": 2026, "quarter": 2})
    running = now(office, quarter=2)
    office.fire(case, "report", "agency_chief", REMARKS)

    assert state(office, case) == "reported"
    report = as_signed(office, case)
    assert report.figures == running.figures
    assert (report.obstacles, report.follow_up) == (REMARKS["obstacles"], REMARKS["follow_up"])
    assert values(report, "kind") == {KIND: (1, 20), "total": (1, 20)}
    assert row(report, "kind", KIND)[0].cases == (internship,)
    assert values(report, "budget")["total"] == (10_000_000, 6_500_000, 0, 0, 3_500_000)
    assert {each.case_id for each in cases_behind(report.figures)} == {internship}
    assert {"verifier", "secretary"} <= {who for who, _ in told(office, case)}


def test_the_letter_goes_to_the_regent_through_the_secretary(office: World) -> None:
    internship = office.road("complete")
    office.go_to(AFTER_SECOND)
    reported(office, quarter=2)
    letter = frame(office)
    assert (letter["addressee"], letter["through"], letter["standing"]) == (
        ["Bupati Kemuning"],
        "Sekretaris Daerah",
        "above",
    )
    assert letter["copies"] == []
    assert letter["number"]
    assert REMARKS["obstacles"] in body(office)
    assert internship not in body(office), "the letter has the numbers; the cases stay in the case of the report"


def test_a_letter_that_the_secretary_signs_passes_nobody_on_its_way(office: World) -> None:
    office.go_to(AFTER_FIRST)
    succeeded(office, "agency_chief", "verifier")
    case = submitted(office)
    office.fire(case, "report", "secretary", REMARKS)
    letter = frame(office)
    assert (letter["addressee"], letter["through"]) == (["Bupati Kemuning"], "")


def test_the_letter_is_made_and_carries_what_was_signed(office: World) -> None:
    office.road("complete")
    office.go_to(AFTER_SECOND)
    reported(office, quarter=2)
    run_due(office.database, office.engine.office, office.at + timedelta(seconds=1))
    ((stored, file),) = office.all(
        select(letters.c.state, files.c.content)
        .join_from(letters, files, files.c.id == letters.c.file_id)
        .where(letters.c.kind == "competency_report")
    )
    assert stored == "signed"
    assert file.startswith(b"%PDF-")
