"""The table of a report, arrow by arrow: each is fired, each is refused, each rule is seen to refuse, each role is tried."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from policies.report import Period
from tests.circumstances import succeeded
from tests.reporting import AFTER_FIRST, REMARKS, opened, reported, submitted
from tests.witness import name_of, state, waiting
from tests.world import World
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, Problem, Refused
from workflow.processes.report import PROCESS
from workflow.tables import entries, letters

#: from, trigger, by, to: written down a second time so that neither changes unseen.
TABLE = (
    ("drafted", "save", "compiler", "drafted"),
    ("drafted", "submit", "compiler", "head_review"),
    ("drafted", "withdraw", "compiler system", "withdrawn"),
    ("head_review", "return", "personnel_head", "drafted"),
    ("head_review", "report", "personnel_head", "reported"),
    ("head_review", "withdraw", "compiler", "withdrawn"),
)
QUARTER = {"year": 2026, "quarter": 1}
MEND = {"to_mend": "Tambahkan keterangan."}
FORMS: dict[str, dict[str, Any]] = {"save": {"year": 2026}, "submit": QUARTER, "return": MEND, "report": REMARKS}
ARROWS = [(source.name, arrow) for source in PROCESS.states for arrow in PROCESS.from_state(source.name)]


@pytest.fixture
def office(one_world: World) -> World:
    """The day after the first quarter."""
    one_world.go_to(AFTER_FIRST)
    return one_world


def at(world: World, stage: str) -> str:
    """A report that stands in a state."""
    made = {
        "drafted": lambda: opened(world),
        "head_review": lambda: submitted(world),
        "reported": lambda: reported(world),
    }
    if stage == "withdrawn":
        case = opened(world)
        world.fire(case, "withdraw", "verifier")
        return case
    return made[stage]()


def test_the_process_is_the_table() -> None:
    drawn = {(s, t.trigger): (set(PROCESS.actors(t, s)), set(t.targets(s))) for s, t in ARROWS}
    assert drawn == {(source, trigger): (set(by.split()), set(to.split())) for source, trigger, by, to in TABLE}


@pytest.mark.parametrize(("source", "trigger", "by", "to"), TABLE, ids=lambda part: str(part).replace(" ", "-"))
def test_each_arrow_leads_where_it_should(office: World, source: str, trigger: str, by: str, to: str) -> None:
    for role in by.split():
        case = at(office, source)
        if role == "system":
            office.database.write(office.engine.fire, case, trigger, THE_SYSTEM, {}, office.at)
        else:
            office.fire(
                case, trigger, {"compiler": "verifier", "personnel_head": "agency_chief"}[role], FORMS.get(trigger)
            )
        assert state(office, case) == to


@pytest.mark.parametrize("who", ["second_verifier", "secretary", "regent", "administrator", "nurse", "stranger"])
@pytest.mark.parametrize(("source", "trigger"), [(source, trigger) for source, trigger, _, _ in TABLE])
def test_each_arrow_is_refused_to_everybody_else(office: World, source: str, trigger: str, who: str) -> None:
    case = at(office, source)
    with pytest.raises((NotYours, NotFound)):
        office.fire(case, trigger, who, FORMS.get(trigger), acknowledge=())
    assert state(office, case) == source


@pytest.mark.parametrize(("source", "trigger"), [("drafted", "submit"), ("head_review", "report")])
def test_the_two_are_apart(office: World, source: str, trigger: str) -> None:
    other = {"submit": "agency_chief", "report": "verifier"}[trigger]
    case = at(office, source)
    with pytest.raises((NotYours, NotFound)):
        office.fire(case, trigger, other, FORMS[trigger], acknowledge=())


@pytest.mark.parametrize("stage", ["reported", "withdrawn"])
@pytest.mark.parametrize("trigger", sorted({trigger for _, trigger, _, _ in TABLE}))
def test_nothing_more_happens_to_a_closed_report(office: World, stage: str, trigger: str) -> None:
    case = at(office, stage)
    with pytest.raises(NotNow):
        office.fire(case, trigger, "verifier", FORMS.get(trigger), acknowledge=())


@pytest.mark.parametrize(
    ("source", "trigger"),
    [(s.name, t) for s in PROCESS.states for t in FORMS if not s.final and (s.name, t) not in {x[:2] for x in TABLE}],
)
def test_a_step_of_another_state_is_not_now(office: World, source: str, trigger: str) -> None:
    case = at(office, source)
    with pytest.raises(NotNow):
        office.fire(case, trigger, "verifier", FORMS[trigger], acknowledge=())


# --- The rules -------------------------------------------------------------------------------------------------------


def test_a_quarter_is_reported_once_it_is_over(office: World) -> None:
    office.go_to(date(2026, 3, 31))
    case = opened(office)
    with pytest.raises(Refused, match="triwulan I tahun 2026 memuat keadaan sampai dengan 31 Maret 2026"):
        office.fire(case, "submit", "verifier", QUARTER)
    office.go_to(AFTER_FIRST)
    office.fire(case, "submit", "verifier", QUARTER)
    assert state(office, case) == "head_review"


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (1, date(2024, 1, 1), date(2024, 3, 31)),
        (2, date(2024, 4, 1), date(2024, 6, 30)),
        (3, date(2024, 7, 1), date(2024, 9, 30)),
        (4, date(2024, 10, 1), date(2024, 12, 31)),
        (0, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_quarter_has_three_months_and_the_year_all(quarter: int, first: date, last: date) -> None:
    period = Period(2024, quarter)
    assert (period.first, period.last) == (first, last)


def test_a_quarter_is_reported_once(office: World) -> None:
    waits = submitted(office)
    reported(office)
    with pytest.raises(Refused, match="triwulan I tahun 2026 sudah ditandatangani"):
        submitted(office)
    with pytest.raises(Refused, match="sudah ditandatangani"):
        office.fire(waits, "report", "agency_chief", REMARKS)
    office.go_to(date(2026, 7, 1))
    assert state(office, reported(office, quarter=2)) == "reported"


def test_a_report_that_was_withdrawn_does_not_stand_in_the_way(office: World) -> None:
    case = submitted(office)
    office.fire(case, "withdraw", "verifier")
    assert state(office, reported(office)) == "reported"


@pytest.mark.parametrize("remark", ["obstacles", "follow_up"])
def test_a_remark_is_a_sentence(office: World, remark: str) -> None:
    case = submitted(office)
    with pytest.raises(InvalidForm, match="Periksa isian"):
        office.fire(case, "report", "agency_chief", {**REMARKS, remark: "-"}, acknowledge=())
    with pytest.raises(Refused, match="ditulis dengan 2 kata; sekurang-kurangnya 5"):
        office.fire(case, "report", "agency_chief", {**REMARKS, remark: "Nihil-nihil-nihil saja-saja-saja"})
    without = {name: text for name, text in REMARKS.items() if name != remark}
    with pytest.raises(InvalidForm):
        office.fire(case, "report", "agency_chief", without, acknowledge=())


@pytest.mark.parametrize(
    "form", [{"year": 2026}, {"quarter": 1}, {"year": 2026, "quarter": 5}, {"year": 1999, "quarter": 1}]
)
def test_a_time_that_there_is_not_cannot_be_reported(office: World, form: dict[str, int]) -> None:
    case = opened(office)
    with pytest.raises(Problem):
        office.fire(case, "submit", "verifier", form, acknowledge=())


# --- Who waits, who opens, what stays --------------------------------------------------------------------------------


def test_the_head_is_waited_for_and_then_nobody(office: World) -> None:
    case = submitted(office)
    assert waiting(office, case) == {"agency_chief": "return report"}
    office.fire(case, "report", "agency_chief", REMARKS)
    assert waiting(office, case) == {}


def test_a_head_who_compiles_does_not_sign_their_own_report(office: World) -> None:
    succeeded(office, "agency_chief", "verifier")
    case = submitted(office)
    assert set(waiting(office, case)) == {"secretary"}
    office.fire(case, "report", "secretary", REMARKS)
    assert state(office, case) == "reported"


@pytest.mark.parametrize("who", ["nurse", "administrator", "agency_chief", "secretary", "contact"])
def test_only_a_verifier_opens_a_report(office: World, who: str) -> None:
    with pytest.raises(NotYours):
        opened(office, who)


def test_the_step_that_signs_keeps_the_figures_as_one_entry_and_issues_one_letter(office: World) -> None:
    case = reported(office)
    ((kind, number, status, by),) = office.all(
        select(entries.c.kind, entries.c.number, entries.c.status, entries.c.written_by).where(
            entries.c.case_id == case
        )
    )
    assert (kind, number, status, name_of(office, by)) == ("figures", 1, "written", "agency_chief")
    ((letter,),) = office.all(select(letters.c.state).where(letters.c.kind == "competency_report"))
    assert letter == "to_render"
