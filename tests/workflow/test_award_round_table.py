"""Every arrow of a round of awards and of a revocation: who takes it and what comes with it, and that nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from tests.award_rounds import (
    BECAUSE,
    CHAIR,
    CHAIR_SUBSTITUTE,
    SECRETARY,
    a_round,
    awarded,
    drafted_round,
    for_awards,
    of,
    open_round,
)
from tests.awards import handed_over, nomination
from tests.offices import PreparedOffice, change, lend, post_of
from tests.witness import hears, letters_of, recorded, state
from tests.witness import waiting as waiting_and_signing
from tests.world import World
from workflow.definition import SYSTEM, Process
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import NotFound, NotNow, NotYours, Refused
from workflow.processes import award_revocation, award_round
from workflow.tables import cohorts, positions

ROUND, REVOCATION = "award_round", "award_revocation"
PROCESSES: Mapping[str, Process] = {ROUND: award_round.PROCESS, REVOCATION: award_revocation.PROCESS}
#: Who plays a role. A round is about the verifier who opens it, so the role of the group falls to the others of the group.
PLAYERS: Mapping[str, Mapping[str, str]] = {
    ROUND: {
        "organiser": "verifier",
        "verifier": "second_verifier",
        "secretary": "secretary",
        "appointing_authority": "regent",
        SYSTEM: SYSTEM,
    },
    REVOCATION: {
        "verifier": "verifier",
        "personnel_head": "agency_chief",
        "decider": "regent",
        SYSTEM: SYSTEM,
    },
}
#: Whom the revocation is about, by its state.
HOLDERS = {"drafted": "second_nurse", "head_review": "third_nurse", "decision": "nurse"}
GROUP = ("verifier", "second_verifier")
EVERYBODY = (
    *("regent", "secretary", "agency_chief", *GROUP, "treasurer", "administrator", *HOLDERS.values(), "hospital_head"),
    *("nursing_head", "health_head", "auditor", "clerk_10", "stranger", "contact"),
)
LAST_DAY = date(2026, 6, 30)
#: Who acts where somebody stands in for a post, being nothing else on the case.
STAND_IN = "auditor_head"


@dataclass(frozen=True)
class Table:
    """An office with a case of each process in each state that is not final. ``awards``: what the revocations are about."""

    world: World
    cases: Mapping[tuple[str, str], str]
    awards: Mapping[str, str]

    def fire(self, case: str, trigger: str, who: str, form: dict[str, Any]) -> None:
        """Somebody takes a step, or the system."""
        world = self.world
        if who == SYSTEM:
            world.database.write(world.engine.fire, case, trigger, THE_SYSTEM, form, world.at)
        else:
            world.fire(case, trigger, who, form)


Form = dict[str, Any] | Callable[[Table], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """An arrow as a role takes it, and what comes with it.

    ``asks``: who has a task on the case then; ``letters``: what is issued; ``entry``: what is written; ``tells``: who hears of it.
    """

    process: str
    where: str
    trigger: str
    role: str
    form: Form
    to: str
    asks: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    entry: str = ""
    tells: tuple[str, ...] = ()


# --- What is filled in -----------------------------------------------------------------------------------------------

NOTE: dict[str, Any] = {}
TO_MEND = {"to_mend": "Jumlah penerima belum benar."}
SAID = {"answer": "Saya menerima dan akan mengembalikannya."}
LATER = {"new_closes_on": "2026-07-31", "reason": "Ada permintaan perangkat daerah."}


def compared(table: Table) -> dict[str, Any]:
    """A whole round of what is compared."""
    return a_round(table.world, closes_on=LAST_DAY.isoformat())


def of_medals(table: Table) -> dict[str, Any]:
    """A whole round of Satyalancana alone."""
    nobody: dict[str, Any] = {"chair": "", "chair_substitute": "", "secretary": "", "members": [], "substitutes": []}
    nothing: dict[str, Any] = {"criteria": [], "amount": 0, "ceiling": 0, "budget_line": "", "quota": []}
    return {**compared(table), **nobody, **nothing, "receivers": [], "kinds": ["satyalancana_10"]}


def after_the_last_day(table: Table) -> dict[str, Any]:
    """The last day is over."""
    table.world.go_to(LAST_DAY + timedelta(days=1))
    return NOTE


def other_panel(table: Table) -> dict[str, Any]:
    """The panel with another member."""
    world = table.world
    named = {"chair": CHAIR, "chair_substitute": CHAIR_SUBSTITUTE, "secretary": SECRETARY}
    return {
        **{function: world.ids[who] for function, who in named.items()},
        "members": of(world, "health_head", "teacher", "auditor_head"),
        "substitutes": of(world, "auditor"),
        "reason": "Seorang anggota berhenti bertugas.",
    }


def why(world: World, award: str) -> dict[str, Any]:
    """Which award is taken back, and why."""
    return {
        "award_case": award,
        "ground": "false_data",
        "explanation": "Bukti inovasi ternyata karya perangkat daerah lain.",
        "evidence": [world.file("verifier")],
    }


def whole(table: Table) -> dict[str, Any]:
    """A whole revocation of what the draft is about."""
    return why(table.world, table.awards["drafted"])


#: Nothing is asked back: what comes back of money has tests of its own.
KEPT = {"rule": "PP 11/2017 Pasal 231", "money_back": 0, "why_not_back": "Penerima meninggal tanpa ahli waris."}


# --- The rows --------------------------------------------------------------------------------------------------------

BEFORE_IT_IS_CALLED = {"panel_decision": "regent", "awaiting_call": "secretary"}
RUNNING = ("open", "comparing")
SENDERS_BACK = {"panel_decision": "appointing_authority", "awaiting_call": "secretary"}
CALLERS = ("organiser", "verifier")

ROWS: tuple[Row, ...] = (
    # A round
    *(Row(ROUND, "drafted", "save", role, NOTE, "drafted", GROUP) for role in CALLERS),
    Row(ROUND, "drafted", "submit", "organiser", compared, "panel_decision", ("regent",), tells=("regent",)),
    Row(ROUND, "drafted", "submit", "organiser", of_medals, "awaiting_call", ("secretary",), tells=("secretary",)),
    Row(ROUND, "drafted", "withdraw", "organiser", NOTE, "withdrawn"),
    Row(ROUND, "drafted", "withdraw", SYSTEM, NOTE, "withdrawn", tells=("verifier",)),
    *(
        Row(ROUND, where, "return", role, TO_MEND, "drafted", GROUP, tells=GROUP)
        for where, role in SENDERS_BACK.items()
    ),
    *(Row(ROUND, where, "withdraw", role, NOTE, "withdrawn") for where in BEFORE_IT_IS_CALLED for role in CALLERS),
    Row(ROUND, "panel_decision", "appoint_panel", "appointing_authority", NOTE, "awaiting_call", ("secretary",),
        ("award_panel_decree",), tells=("secretary",)),
    Row(ROUND, "awaiting_call", "call", "secretary", NOTE, "open", GROUP, ("award_call",), tells=GROUP),
    *(Row(ROUND, "open", "extend", role, LATER, "open", GROUP, entry="extension") for role in CALLERS),
    Row(ROUND, "open", "close_nominations", "organiser", after_the_last_day, "comparing", GROUP, tells=GROUP[1:]),
    Row(ROUND, "open", "close_nominations", "verifier", after_the_last_day, "comparing", GROUP, tells=GROUP[:1]),
    Row(ROUND, "open", "close_nominations", SYSTEM, after_the_last_day, "comparing", GROUP, tells=GROUP),
    *(
        Row(ROUND, where, "change_panel", "appointing_authority", other_panel, where, GROUP, ("award_panel_change",),
            "panel_change", GROUP[:1])
        for where in RUNNING
    ),
    *(Row(ROUND, "comparing", "finish", role, NOTE, "finished") for role in (*CALLERS, SYSTEM)),
    *(Row(ROUND, where, "cancel", role, BECAUSE, "cancelled") for where in RUNNING for role in CALLERS),
    # A revocation: what it does to money and letters has tests of its own
    Row(REVOCATION, "drafted", "save", "verifier", NOTE, "drafted", GROUP),
    Row(REVOCATION, "drafted", "submit", "verifier", whole, "head_review", ("agency_chief",)),
    Row(REVOCATION, "drafted", "withdraw", "verifier", NOTE, "withdrawn"),
    Row(REVOCATION, "drafted", "withdraw", SYSTEM, NOTE, "withdrawn"),
    Row(REVOCATION, "head_review", "forward", "personnel_head", NOTE, "decision", ("regent",)),
    Row(REVOCATION, "head_review", "return", "personnel_head", TO_MEND, "drafted", GROUP),
    Row(REVOCATION, "head_review", "answer", "holder", SAID, "head_review", ("agency_chief",), entry="holder_answer"),
    Row(REVOCATION, "decision", "answer", "holder", SAID, "decision", ("regent",), entry="holder_answer"),
    Row(REVOCATION, "decision", "revoke", "decider", KEPT, "revoked", entry="late_revocation"),
    Row(REVOCATION, "decision", "refuse", "decider", BECAUSE, "refused"),
    *(Row(REVOCATION, where, "withdraw", "verifier", BECAUSE, "withdrawn") for where in ("head_review", "decision")),
)  # fmt: skip
STATES = tuple((name, state.name) for name, process in PROCESSES.items() for state in process.states if not state.final)
#: A row that leads to each final state.
LAST = tuple({(row.process, row.to): row for row in ROWS if PROCESSES[row.process].state[row.to].final}.values())


def named(row: Row) -> str:
    """What pytest calls a row."""
    return f"{row.process}-{row.where}-{row.trigger}-{row.role}-{row.to}"


# --- The cases -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(one_office: PreparedOffice) -> tuple[PreparedOffice, Table]:
    """The table, built once."""
    world = for_awards(one_office.as_new())
    _, award = awarded(world)
    told = [("decree", "regent", {}), ("hand_over", "verifier", handed_over("2026-03-25"))]
    # What awaits its decision is an award with money and letters; the others are on record alone.
    awards = {"decision": award} | {
        where: nomination(world, HOLDERS[where], "regional", "awarded", told=told)
        for where in ("drafted", "head_review")
    }
    cases = {(REVOCATION, where): a_revocation(world, where, award) for where, award in awards.items()}
    table = Table(world, {**cases, **rounds(world)}, awards)
    return one_office.as_it_is(world), table


def a_revocation(world: World, where: str, award: str) -> str:
    """One in a state."""
    actor, person = world.actor("verifier"), world.ids[HOLDERS[where]]
    case = world.database.write(world.engine.open, REVOCATION, actor, {}, world.at, person=person).case_id
    if where != "drafted":
        world.fire(case, "submit", "verifier", why(world, award))
    if where == "decision":
        world.fire(case, "forward", "agency_chief")
    return case


def rounds(world: World) -> dict[tuple[str, str], str]:
    """One in each state."""
    found = {"comparing": open_round(world, closes_on="2026-04-30")}
    world.go_to(date(2026, 5, 1))
    world.database.write(world.engine.fire, found["comparing"], "close_nominations", THE_SYSTEM, {}, world.at)
    found["open"] = open_round(world, closes_on=LAST_DAY.isoformat())
    for where in ("drafted", "panel_decision", "awaiting_call"):
        found[where] = drafted_round(world)
        if where != "drafted":
            world.fire(found[where], "submit", "verifier", a_round(world, closes_on=LAST_DAY.isoformat()))
    world.fire(found["awaiting_call"], "appoint_panel", "regent")
    return {(ROUND, where): case for where, case in found.items()}


@pytest.fixture
def at(built: tuple[PreparedOffice, Table]) -> Table:
    """The table as it was built, for each test."""
    office, found = built
    return replace(found, world=office.as_new())


def player(row: Row) -> str:
    """Who takes the step of a row."""
    return HOLDERS.get(row.where, "nurse") if row.role == "holder" else PLAYERS[row.process][row.role]


def filled_in(row: Row, at: Table) -> dict[str, Any]:
    """The form of a row."""
    return row.form(at) if callable(row.form) else row.form


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_whoever_may_takes_the_step_with_all_that_comes_with_it(at: Table, row: Row) -> None:
    world, case = at.world, at.cases[row.process, row.where]
    form = filled_in(row, at)
    heard, issued = hears(world, case), len(letters_of(world, case))
    written = len(recorded(world, case, row.entry))
    at.fire(case, row.trigger, player(row), form)
    assert state(world, case) == row.to
    assert asked(world, case) == set(row.asks)
    assert len(recorded(world, case, row.entry)) - written == bool(row.entry)
    if row.process == ROUND:
        assert tuple(letter.kind for letter in letters_of(world, case)[issued:]) == row.letters
        assert heard.who == set(row.tells)


def asked(world: World, case: str) -> set[str]:
    """Who has a task on a case, letters apart."""
    found = waiting_and_signing(world, case)
    return {who for who, what in found.items() if not all(each.startswith("sign ") for each in what.split(", "))}


def test_every_arrow_is_among_the_rows() -> None:
    tried_ones = {(row.process, row.where, row.trigger, row.role) for row in ROWS}
    known = {
        (name, where, arrow.trigger, role)
        for name, process in PROCESSES.items()
        for where in process.state
        for arrow in process.from_state(where)
        for role in process.actors(arrow, where)
    }
    assert tried_ones == known


def test_every_target_of_an_arrow_is_among_the_rows() -> None:
    reached = {(row.process, row.where, row.trigger, row.to) for row in ROWS}
    known = {
        (name, where, arrow.trigger, to)
        for name, process in PROCESSES.items()
        for where in process.state
        for arrow in process.from_state(where)
        for to in arrow.targets(where)
    }
    assert reached == known


# --- Who may not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "where"), STATES)
def test_nobody_else_takes_any_step(at: Table, name: str, where: str) -> None:
    process = PROCESSES[name]

    for row in {row.trigger: row for row in ROWS if (row.process, row.where) == (name, where)}.values():
        roles = {role for arrow in process.arrows(where, row.trigger) for role in process.actors(arrow, where)}
        may = {player(replace(row, role=role)) for role in roles}
        may |= set(GROUP) if "verifier" in roles else set()
        for who in (each for each in EVERYBODY if each not in may):
            with pytest.raises((NotYours, NotFound)):
                at.fire(at.cases[name, where], row.trigger, who, filled_in(row, at))


@pytest.mark.parametrize(("name", "where"), STATES)
def test_the_system_takes_only_what_falls_to_it(at: Table, name: str, where: str) -> None:
    process = PROCESSES[name]

    for arrow in process.from_state(where):
        if SYSTEM not in process.actors(arrow, where):
            with pytest.raises(NotYours, match="bukan oleh sistem"):
                at.fire(at.cases[name, where], arrow.trigger, SYSTEM, {})


# --- When not --------------------------------------------------------------------------------------------------------


def elsewhere(process: Process, where: str) -> dict[str, str]:
    """The steps that there are not in a state, each with a role that takes it in some other."""
    here = {arrow.trigger for arrow in process.from_state(where)}
    found = {row.trigger: row.role for row in ROWS if PROCESSES[row.process] is process and row.role != SYSTEM}
    return {trigger: role for trigger, role in found.items() if trigger not in here}


@pytest.mark.parametrize(("name", "where"), STATES)
def test_what_is_for_another_state_is_not_done_by_whoever_may_do_it_there(at: Table, name: str, where: str) -> None:
    for trigger, role in elsewhere(PROCESSES[name], where).items():
        who = player(Row(name, where, trigger, role, NOTE, where))
        with pytest.raises((NotNow, NotFound)):
            at.fire(at.cases[name, where], trigger, who, {})


@pytest.mark.parametrize("row", LAST, ids=named)
def test_nothing_is_done_any_more_with_what_has_ended(at: Table, row: Row) -> None:
    case = at.cases[row.process, row.where]
    at.fire(case, row.trigger, player(row), filled_in(row, at))
    for trigger, role in elsewhere(PROCESSES[row.process], row.to).items():
        with pytest.raises(NotNow, match="sudah ditutup"):
            at.fire(case, trigger, player(replace(row, role=role)), {})


def test_of_a_round_of_medals_there_is_no_panel_to_change(at: Table) -> None:
    world = at.world
    case = drafted_round(world)
    world.fire(case, "submit", "verifier", of_medals(at))
    world.fire(case, "call", "secretary")
    with pytest.raises(NotNow):
        world.fire(case, "change_panel", "regent", other_panel(at))


@pytest.mark.parametrize("trigger", ["finish", "cancel"])
def test_a_round_does_not_end_while_a_nomination_is_under_way(at: Table, trigger: str) -> None:
    case = at.cases[ROUND, "comparing"]
    with_a_cohort(at.world, case)
    nomination(at.world, "stranger", "regional", "scoring", of_round=case)
    with pytest.raises(NotNow):
        at.fire(case, trigger, "verifier", BECAUSE)


def with_a_cohort(world: World, of_round: str) -> None:
    """A round that somebody joined."""
    row = {"id": of_round, "process": "incentive", "title": "Putaran", "form": "{}", "opened_by": world.ids["verifier"]}
    world.database.write(lambda conn: conn.execute(insert(cohorts).values(**row, opened_at=world.at)))


# --- In somebody's stead ---------------------------------------------------------------------------------------------

#: The roles that are posts, each with who holds it.
POSTS = {
    "secretary": "secretary",
    "appointing_authority": "regent",
    "personnel_head": "agency_chief",
    "decider": "regent",
}
#: What is decided by keputusan, so that nobody decides it for the holder.
IN_PERSON = {"appoint_panel", "change_panel", "revoke"}
FOR_A_POST = tuple(row for row in ROWS if row.role in POSTS)


@pytest.mark.parametrize("kind", ["plt", "plh"])
@pytest.mark.parametrize("row", FOR_A_POST, ids=named)
def test_a_stand_in_does_what_the_holder_does_but_decides_by_no_keputusan(at: Table, row: Row, kind: str) -> None:
    world, case = at.world, at.cases[row.process, row.where]
    post = post_of(world, POSTS[row.role])
    if kind == "plt":
        change(world, update(positions).where(positions.c.id == post).values(holder_id=None))
    lend(world, kind, post, STAND_IN, from_on=world.at.date())
    if row.trigger in IN_PERSON:
        with pytest.raises(Refused, match="tidak berwenang"):
            at.fire(case, row.trigger, STAND_IN, filled_in(row, at))
        assert state(world, case) == row.where
    else:
        at.fire(case, row.trigger, STAND_IN, filled_in(row, at))
        assert state(world, case) == row.to


# --- Small recognition -----------------------------------------------------------------------------------------------


def test_who_gave_a_recognition_takes_it_back_and_the_regent_does_not(at: Table) -> None:
    world = at.world
    told = [("decree", "hospital_head", {}), ("hand_over", "verifier", handed_over("2026-03-25"))]
    award = nomination(world, "fourth_nurse", "recognition", "awarded", told=told)
    actor, person = world.actor("verifier"), world.ids["fourth_nurse"]
    case = world.database.write(world.engine.open, REVOCATION, actor, {}, world.at, person=person).case_id
    world.fire(case, "submit", "verifier", why(world, award))
    world.fire(case, "forward", "agency_chief")
    for who in ("regent", "secretary", "agency_chief"):
        with pytest.raises(NotYours):
            world.fire(case, "refuse", who, BECAUSE)
    world.fire(case, "refuse", "hospital_head", BECAUSE)
    assert state(world, case) == "refused"
