"""The table of a nomination, arrow by arrow: each is fired, each is refused to everybody else, each rule is seen to refuse."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from policies.decision import Grade
from policies.incentive import SCORING_DAYS
from tests.award_rounds import (
    AMOUNT,
    BECAUSE,
    CHAIR,
    CHAIR_SUBSTITUTE,
    CLOSES_ON,
    MEMBERS,
    ORGANISER,
    PANEL,
    RULE,
    SECRETARY,
    VERIFIER,
    all_signed,
    clearance,
    closed,
    for_awards,
    handing,
    marks,
    nominated,
    nomination,
    of,
    open_round,
    opened,
    payment,
    proposed,
    scored,
    skilled,
    verified,
)
from tests.circumstances import alter, cut_budget, judged, sanction
from tests.money import budget_line
from tests.offices import PreparedOffice, change, lend, post_of
from tests.witness import balances, name_of, refused, state
from tests.world import World
from workflow.definition import SYSTEM
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import InvalidForm, NotAcknowledged, NotFound, NotNow, NotYours, OutOfDate, Problem, Refused
from workflow.letters.words import begun_small, listing
from workflow.processes.incentive import PROCESS
from workflow.references import reference_of
from workflow.tables import cases, deadlines, entries, events, hour_postings, letter_cases, letters, positions, tasks
from workflow.telling.explain import explain

#: From, trigger, by, to: the procedure as it was agreed, written down a second time so that neither changes unseen.
PROPOSERS = "nominee supervisor personnel_officer"
BEFORE_DECREE = (
    *("unit_review", "verification", "scoring", "budget_check"),
    *("decision", "upward_review", "deferred", "awaiting_president"),
)
HOLDING = ("verification", "decision", "suspended", "decreed")
TABLE = (
    ("drafted", "save", PROPOSERS, "drafted"),
    ("drafted", "propose", PROPOSERS, "unit_review"),
    ("unit_review", "nominate", "agency_head", "verification"),
    ("unit_review", "return", "agency_head", "drafted"),
    ("unit_review", "decline", "agency_head", "declined"),
    ("verification", "verify", "verifier", "scoring upward_review decision budget_check"),
    ("verification", "return", "verifier", "drafted"),
    ("verification", "reject", "verifier", "rejected"),
    ("scoring", "score", "panel_member", "scoring"),
    ("scoring", "declare_conflict", "panel_member", "scoring"),
    ("scoring", "recommend", "panel_chair", "budget_check decision"),
    ("scoring", "not_recommended", "panel_chair", "unsuccessful"),
    ("scoring", "send_back", "verifier", "verification"),
    ("budget_check", "confirm_budget", "budget_officer", "decision"),
    ("budget_check", "no_budget", "budget_officer", "deferred"),
    ("deferred", "retry_budget", "budget_officer system", "budget_check"),
    ("deferred", "without_money", "verifier", "decision"),
    ("deferred", "close", "verifier", "closed"),
    ("decision", "decree", "decider", "decreed"),
    ("decision", "refuse", "decider", "refused"),
    ("decision", "send_back", "decider", "verification"),
    ("upward_review", "propose_upward", "appointing_authority", "awaiting_president"),
    ("upward_review", "send_back", "appointing_authority", "verification"),
    ("upward_review", "refuse", "appointing_authority", "refused"),
    ("awaiting_president", "record_decree", "verifier", "decreed"),
    ("awaiting_president", "record_refusal", "verifier", "not_granted"),
    ("decreed", "extract", "personnel_head", "decreed"),
    ("decreed", "record_payment", "verifier", "decreed"),
    ("decreed", "hand_over", "verifier", "awarded"),
    ("decreed", "revoke", "decider", "revoked"),
    *((name, "withdraw", PROPOSERS, "withdrawn") for name in (*BEFORE_DECREE, "suspended")),
    ("drafted", "withdraw", f"{PROPOSERS} system", "withdrawn"),
    *((name, "suspend", "verifier", "suspended") for name in BEFORE_DECREE),
    ("suspended", "resume", "verifier", " ".join(BEFORE_DECREE)),
    ("suspended", "reject", "verifier", "rejected"),
    # What the Inspektorat states, and what an import did not know, is put on record wherever a rule may still ask for it.
    *((name, "clear", "inspectorate verifier", name) for name in (*BEFORE_DECREE, "suspended")),
    *((name, "attest", "verifier", name) for name in ("drafted", *BEFORE_DECREE, "suspended")),
    # What is promised of a year's budget is funded, carried or released as long as something may be promised.
    *((name, "fund_next_year", "verifier budget_officer", name) for name in HOLDING),
    *((name, "carry_promise", "budget_officer", name) for name in HOLDING),
    *((name, "release_promise", "budget_officer", name) for name in HOLDING if name != "decision"),
    ("decision", "release_promise", "budget_officer", "deferred"),
    ("decreed", "confirm_budget", "budget_officer", "decreed"),
)
ARROWS = [(each.name, arrow) for each in PROCESS.states for arrow in PROCESS.from_state(each.name)]
BY = {(source, trigger): tuple(by.split()) for source, trigger, by, _ in TABLE}
TRIGGERS = sorted({trigger for _, trigger, *_ in TABLE})


def test_the_process_is_the_table() -> None:
    drawn: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for source, arrow in ARROWS:
        by, to = drawn.setdefault((source, arrow.trigger), (set(), set()))
        by.update(PROCESS.actors(arrow, source))
        to.update(arrow.targets(source))
    assert drawn == {(source, trigger): (set(by.split()), set(to.split())) for source, trigger, by, to in TABLE}


# --- Stages, each reached once, and put back for every scene ---------------------------------------------------------


#: Every stage, and the state in which the nomination stands there.
STAGES = {
    # A nurse as pegawai berprestasi, straight on; somebody of another unit beside her in the same round.
    **{name: name for name in ("drafted", "unit_review", "verification", "scoring", "budget_check", "deferred")},
    **{name: name for name in ("decision", "suspended", "decreed")},
    "scored": "scoring",
    "outranked": "scoring",
    "relieved": "scoring",
    "without an award in money": "scoring",
    "to be examined": "verification",
    "excerpt issued": "decreed",
    "paid": "decreed",
    # A medal.
    "medal": "verification",
    "upward_review": "upward_review",
    "medal to be examined": "verification",
    "awaiting_president": "awaiting_president",
    "medal conferred": "decreed",
    # Thanks of the unit.
    "thanks": "verification",
    "piagam": "decision",
    "letter of thanks": "decision",
    "thanked": "decreed",
    "thanks for a head": "unit_review",
}


#: Every stage by its name: the office as it stood there, and the case.
Stages = dict[str, tuple[PreparedOffice, str]]


@dataclass(frozen=True)
class Road:
    """An office, walked along and kept at its stages."""

    office: PreparedOffice
    world: World
    stages: Stages

    def keep(self, name: str, case: str) -> None:
        """The case stands at a stage."""
        assert state(self.world, case) == STAGES[name]
        self.stages[name] = self.office.as_it_is(self.world), case

    @contextmanager
    def aside(self) -> Iterator[Road]:
        """Another road from here, after which the office stands here again."""
        here = self.office.as_it_is(self.world)
        yield replace(self, world=here.as_new())
        here.as_new()


#: The round in which the nurse stands.
OF_ROUND: dict[str, str] = {}


@pytest.fixture(scope="module")
def stages(one_office: PreparedOffice) -> Stages:
    """Each reached once."""
    road = Road(one_office, for_awards(one_office.as_new()), {})
    OF_ROUND["id"] = open_round(road.world)
    for way in (_for_a_medal, _for_thanks, _for_an_award):
        with road.aside() as aside:
            way(aside)
    return road.stages


def _for_an_award(road: Road) -> None:
    world, of_round = road.world, OF_ROUND["id"]
    case = opened(world, "nurse")
    skilled(world, "nurse", case)
    road.keep("drafted", case)
    world.fire(case, "propose", "nurse", nomination(world, "nurse", "regional", of_round))
    road.keep("unit_review", case)
    world.fire(case, "nominate", "hospital_head")
    road.keep("verification", case)
    world.fire(case, "clear", "auditor", clearance(world))
    world.fire(case, "verify", VERIFIER)
    other = verified(world, "stranger", in_round=of_round)
    free = open_round(world, title="Piagam 2026", amount=0, ceiling=0, budget_line="")
    alone = verified(world, "second_nurse", in_round=free)
    closed(world)
    for each in (other, alone):
        scored(world, each, 70, 75, tuple(who for who in PANEL if (each, who) != (other, "health_head")))
    road.keep("without an award in money", alone)
    road.keep("scoring", case)
    world.fire(case, "score", "education_head", marks(90, 80))
    with road.aside() as aside:
        _a_member_is_relieved(aside, case)
    scored(world, case, 90, 80, tuple(who for who in PANEL if who != "education_head"))
    road.keep("scored", case)
    road.keep("outranked", other)
    _to_the_decision(road, case, other)
    _after_the_decree(road, case)


def _to_the_decision(road: Road, case: str, other: str) -> None:
    world = road.world
    world.fire(case, "recommend", CHAIR)
    world.fire(other, "not_recommended", CHAIR, BECAUSE)
    road.keep("budget_check", case)
    with road.aside() as aside:
        aside.world.fire(case, "no_budget", "treasurer", BECAUSE)
        aside.keep("deferred", case)
    world.fire(case, "confirm_budget", "treasurer")
    all_signed(world, case)
    road.keep("decision", case)
    with road.aside() as aside:
        aside.world.fire(case, "send_back", "regent", EXAMINE)
        aside.keep("to be examined", case)
    with road.aside() as aside:
        aside.world.fire(case, "clear", "auditor", clearance(aside.world, clear=False))
        aside.world.fire(case, "suspend", VERIFIER, BECAUSE)
        aside.keep("suspended", case)


def _after_the_decree(road: Road, case: str) -> None:
    world = road.world
    world.fire(case, "decree", "regent")
    all_signed(world, case)
    road.keep("decreed", case)
    world.fire(case, "extract", "agency_chief")
    all_signed(world, case)
    road.keep("excerpt issued", case)
    world.fire(case, "record_payment", VERIFIER, payment(world))
    road.keep("paid", case)


def _a_member_is_relieved(road: Road, case: str) -> None:
    """One who has scored leaves the panel, and one who has not; others come in their places."""
    world = road.world
    seats = {"chair": CHAIR, "chair_substitute": CHAIR_SUBSTITUTE, "secretary": SECRETARY}
    named = {name: world.ids[who] for name, who in seats.items()}
    members = of(world, MEMBERS[0], "teacher", "auditor")
    form = {**named, "members": members, "substitutes": of(world, "pupil"), "reason": "Susunan tim berubah."}
    world.fire(OF_ROUND["id"], "change_panel", "regent", form)
    world.sweep()
    road.keep("relieved", case)


def _for_a_medal(road: Road) -> None:
    world = road.world
    case = nominated(world, "nurse", MEDAL)
    road.keep("medal", case)
    world.fire(case, "clear", VERIFIER, clearance(world, by=VERIFIER))
    world.fire(case, "verify", VERIFIER)
    road.keep("upward_review", case)
    with road.aside() as aside:
        aside.world.fire(case, "send_back", "regent", EXAMINE)
        aside.keep("medal to be examined", case)
    world.fire(case, "propose_upward", "regent")
    all_signed(world, case)
    road.keep("awaiting_president", case)
    world.fire(case, "record_decree", VERIFIER, keppres(world))
    road.keep("medal conferred", case)


def _for_thanks(road: Road) -> None:
    world = road.world
    case = nominated(world, "nurse", "recognition")
    road.keep("thanks", case)
    world.fire(case, "verify", VERIFIER)
    road.keep("piagam", case)
    head = proposed(world, "hospital_head", "recognition")
    road.keep("thanks for a head", head)
    in_writing = nominated(world, "second_nurse", "recognition", thanks_by="letter")
    world.fire(in_writing, "verify", VERIFIER)
    road.keep("letter of thanks", in_writing)
    world.fire(case, "decree", "hospital_head")
    all_signed(world, case)
    road.keep("thanked", case)


At = Callable[[str], tuple[World, str]]


@pytest.fixture
def at(stages: Stages) -> At:
    """Makes the office what it was at a stage, which is named."""

    def stand(name: str) -> tuple[World, str]:
        office, case = stages[name]
        return office.as_new(), case

    return stand


# --- What is filled in, and what happens before ----------------------------------------------------------------------

MEDAL = "satyalancana_10"
NOTE: dict[str, Any] = {}
MEND, EXAMINE = {"to_mend": "Bukti inovasi belum terbaca."}, {"examine": "Keaslian bukti inovasi."}
BREACH, BY_NO_RULE = {**BECAUSE, "rule": RULE}, {**BECAUSE, "rule": "kebijakan kantor"}
TAKEN_BACK = {"reason": "Bukti inovasi tidak benar.", "rule": "PP 11/2017 Pasal 231"}
NOT_REPAID = {**TAKEN_BACK, "why_not_back": "Sudah dipakai untuk berobat."}
KIN = {"conflict": "Saudara ipar dari calon penerima."}
CARRIED = {**BECAUSE, "budget_year": 2026}
NEXT_YEAR, YEARS_END = date(2027, 1, 4), date(2026, 12, 21)

Form = dict[str, Any] | Callable[[World], dict[str, Any]]
Prepare = Callable[[World, str], object]


def keppres(world: World, **changes: Any) -> dict[str, Any]:
    """The President's decree of today."""
    day = world.engine.office.day(world.at).isoformat()
    return {"keppres_number": "45/TK/TAHUN 2026", "keppres_on": day, "excerpt": world.file(VERIFIER), **changes}


def proposal(who: str = "nurse", kind: str = "regional", **changes: Any) -> Callable[[World], dict[str, Any]]:
    """What somebody fills in to propose the nurse: in the round where the kind is compared."""

    def filled_in(world: World) -> dict[str, Any]:
        return {**nomination(world, who, kind, OF_ROUND["id"] if kind == "regional" else ""), **changes}

    return filled_in


def states_that(who: str, clear: bool) -> Callable[[World], dict[str, Any]]:
    """What is stated about discipline, by somebody who has the letter."""
    return lambda world: clearance(world, clear, by=who)


def stated(clear: bool, *, number: str = "700/20/INSP/2026") -> Prepare:
    """The verifier puts it on record."""
    return lambda world, case: world.fire(case, "clear", VERIFIER, clearance(world, clear, number, by=VERIFIER))


def attested(world: World) -> dict[str, Any]:
    """What a verifier puts on record with a document."""
    says = {"fact": "status", "value": "Aktif", "says": "Menurut surat keterangan."}
    return {**says, "document": world.file(VERIFIER)}


def carried(world: World, case: str) -> None:
    """What is promised awaits the next year's budget."""
    world.fire(case, "carry_promise", "treasurer", CARRIED)


def funded_by(ceiling: int) -> Callable[[World], dict[str, Any]]:
    """A line of the next year."""
    return lambda world: {"next_budget_line": budget_line(world, 2027, ceiling)}


def released(world: World, case: str) -> None:
    """What is promised is released."""
    world.fire(case, "release_promise", "treasurer", CARRIED)


def both(one: Prepare, other: Prepare) -> Prepare:
    """One thing after the other."""

    def each(world: World, case: str) -> None:
        one(world, case)
        other(world, case)

    return each


def repaid(world: World) -> dict[str, Any]:
    """All of it came back today."""
    day = world.engine.office.day(world.at).isoformat()
    return {**TAKEN_BACK, "money_back": AMOUNT, "money_back_on": day, "return_slip": "STS-17/2026"}


def revoked_by_keppres(world: World) -> dict[str, Any]:
    """The President has taken the medal back."""
    day = world.engine.office.day(world.at).isoformat()
    by_keppres = {"keppres_number": "9/TK/TAHUN 2026", "keppres_on": day, "keppres_scan": world.file("regent")}
    return {**TAKEN_BACK, **by_keppres}


def as_opened_by(role: str) -> Prepare:
    """As if somebody else had opened it: the first event says so. What follows is undone, and nobody looks at the chain."""

    def change(world: World, case: str) -> None:
        here = (events.c.case_id == case, events.c.sequence == 1)
        (first,) = world.all(select(events.c.payload).where(*here))
        said = json.loads(first.payload)
        said["actor"]["role"] = role
        world.database.write(lambda conn: conn.execute(update(events).where(*here).values(payload=json.dumps(said))))

    return change


# --- Each arrow, fired -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A step at a stage: who takes it, with what, where it leads, and what comes with it; ``first`` happens before.

    ``comes``: letters and entries by their kinds, movements in the books in whole awards, as "available-1"; ``waits``: who has
    something to do afterwards, letters apart.
    """

    stage: str
    trigger: str
    who: str
    form: Form
    to: str
    comes: str = ""
    waits: str = ""
    first: Prepare | None = None
    day: date | None = None

    def set_up(self, world: World, case: str) -> dict[str, Any]:
        """Let happen what happens before; answers the form."""
        if self.day is not None:
            world.go_to(self.day)
        if self.first is not None:
            self.first(world, case)
        return self.form(world) if callable(self.form) else self.form

    @property
    def source(self) -> str:
        """The state that the step is taken from."""
        return STAGES[self.stage]


RESERVED, FREED = "available-1 reserved+1", "available+1 reserved-1"
PROPOSING = "clerk_10 nurse nursing_head"
#: Who verifies where there is no panel; of the two one sits in that of the round.
VERIFYING = "second_verifier verifier"
#: The stages of a nomination without a panel, or with none yet.
NO_PANEL = ("drafted", "upward_review", "awaiting_president")
#: Whom each state waits for.
WAITS = {
    "drafted": PROPOSING,
    "unit_review": "hospital_head",
    "verification": "verifier",
    "scoring": "auditor_head education_head health_head second_verifier secretary",
    "budget_check": "treasurer",
    "deferred": "treasurer verifier",
    "decision": "regent",
    "upward_review": "regent",
    "awaiting_president": VERIFYING,
    "suspended": "verifier",
    "decreed": "agency_chief verifier",
}
#: The stages at which money is promised, and what it is to let it go.
WITH_MONEY = {
    "to be examined": FREED,
    "decision": FREED,
    "suspended": FREED,
    "decreed": "available+1 committed-1",
}


def with_treasurer(stage: str) -> str:
    """Those for whom the state waits, and the treasurer, who is asked about the money."""
    return " ".join(sorted({*WAITS[STAGES[stage]].split(), "treasurer"}))


OPENERS = {"nominee": "nurse", "supervisor": "nursing_head", "personnel_officer": "clerk_10"}


def scene(stage: str, trigger: str, who: str, form: Form, to: str, comes: str = "", **more: Any) -> Scene:
    """A scene after which those have something to do for whom the state waits, unless it says otherwise."""
    return Scene(stage, trigger, who, form, to, comes, **{"waits": WAITS.get(to, ""), **more})


THE_PANEL = WAITS["scoring"]
DECREED = "award_decree decree committed+1 reserved-1"

SCENES = (
    *(scene("drafted", "save", who, {"kind": "regional"}, "drafted") for who in OPENERS.values()),
    *(scene("drafted", "propose", who, proposal(who), "unit_review") for who in OPENERS.values()),
    scene(
        "unit_review",
        "nominate",
        "hospital_head",
        NOTE,
        "verification",
        "award_discipline_statement award_submission submission",
    ),
    scene(
        "thanks for a head",
        "nominate",
        "secretary",
        NOTE,
        "verification",
        "award_submission submission",
        waits=VERIFYING,
    ),
    scene("unit_review", "return", "hospital_head", MEND, "drafted"),
    scene("unit_review", "decline", "hospital_head", BECAUSE, "declined"),
    scene("verification", "verify", VERIFIER, NOTE, "scoring", "award_verification", first=stated(True)),
    scene("medal", "verify", VERIFIER, NOTE, "upward_review", "award_verification", first=stated(True)),
    scene("thanks", "verify", VERIFIER, NOTE, "decision", "award_verification", waits="hospital_head"),
    scene("to be examined", "verify", VERIFIER, NOTE, "decision", "award_verification"),
    scene("to be examined", "verify", VERIFIER, NOTE, "budget_check", "award_verification", first=released),
    scene("medal to be examined", "verify", VERIFIER, NOTE, "upward_review", "award_verification"),
    scene("verification", "return", VERIFIER, MEND, "drafted"),
    scene("to be examined", "return", VERIFIER, MEND, "drafted", FREED),
    scene("verification", "reject", VERIFIER, BREACH, "rejected"),
    scene("to be examined", "reject", VERIFIER, BREACH, "rejected", FREED),
    # The chair is asked to conclude as well, whoever has scored.
    scene("scoring", "score", CHAIR, marks(90, 80), "scoring", "score"),
    *(
        scene("scoring", "score", who, marks(90, 80), "scoring", "score", waits=THE_PANEL.replace(f"{who} ", ""))
        for who in (SECRETARY, *MEMBERS)
    ),
    scene(
        "scoring",
        "declare_conflict",
        "health_head",
        KIN,
        "scoring",
        "conflict",
        waits=THE_PANEL.replace("health_head ", ""),
    ),
    scene("scored", "recommend", CHAIR, NOTE, "budget_check", "award_minutes recommendation"),
    scene("without an award in money", "recommend", CHAIR, NOTE, "decision", "award_minutes recommendation"),
    scene("outranked", "not_recommended", CHAIR, BECAUSE, "unsuccessful", "award_minutes not_recommended"),
    scene("scoring", "send_back", VERIFIER, MEND, "verification"),
    scene("budget_check", "confirm_budget", "treasurer", NOTE, "decision", RESERVED),
    scene("budget_check", "no_budget", "treasurer", BECAUSE, "deferred", "deferral"),
    scene("deferred", "retry_budget", "treasurer", NOTE, "budget_check"),
    scene("deferred", "retry_budget", SYSTEM, NOTE, "budget_check", day=NEXT_YEAR),
    scene("deferred", "without_money", VERIFIER, BECAUSE, "decision"),
    scene("deferred", "close", VERIFIER, BECAUSE, "closed", day=YEARS_END),
    scene("decision", "decree", "regent", NOTE, "decreed", DECREED),
    scene("piagam", "decree", "hospital_head", NOTE, "decreed", "award_unit_certificate decree", waits=VERIFYING),
    scene("letter of thanks", "decree", "hospital_head", NOTE, "decreed", "award_thanks decree", waits=VERIFYING),
    scene("decision", "refuse", "regent", BECAUSE, "refused", FREED),
    scene("piagam", "refuse", "hospital_head", BECAUSE, "refused"),
    scene("decision", "send_back", "regent", EXAMINE, "verification"),
    scene("piagam", "send_back", "hospital_head", EXAMINE, "verification", waits=VERIFYING),
    scene("upward_review", "propose_upward", "regent", NOTE, "awaiting_president", "award_upward_proposal upward"),
    scene("upward_review", "refuse", "regent", BECAUSE, "refused"),
    scene("upward_review", "send_back", "regent", EXAMINE, "verification", waits=VERIFYING),
    scene("awaiting_president", "record_decree", VERIFIER, keppres, "decreed", "keppres", waits=VERIFYING),
    scene("awaiting_president", "record_refusal", VERIFIER, BECAUSE, "not_granted"),
    scene("decreed", "extract", "agency_chief", NOTE, "decreed", "award_certificate award_excerpt", waits="verifier"),
    scene("decreed", "record_payment", VERIFIER, payment, "decreed", "payment committed-1 spent+1"),
    scene("paid", "hand_over", VERIFIER, handing, "awarded", "hand_over"),
    scene("thanked", "hand_over", VERIFIER, handing, "awarded", "hand_over"),
    scene("medal conferred", "hand_over", VERIFIER, handing, "awarded", "hand_over"),
    scene(
        "decreed",
        "revoke",
        "regent",
        TAKEN_BACK,
        "revoked",
        "award_revocation_decree revocation available+1 committed-1",
    ),
    scene("paid", "revoke", "regent", repaid, "revoked", "award_revocation_decree revocation available+1 spent-1"),
    scene("paid", "revoke", "regent", NOT_REPAID, "revoked", "award_revocation_decree revocation"),
    scene("thanked", "revoke", "hospital_head", TAKEN_BACK, "revoked", "award_revocation_decree revocation"),
    scene("medal conferred", "revoke", "regent", revoked_by_keppres, "revoked", "revocation"),
    scene("drafted", "withdraw", SYSTEM, NOTE, "withdrawn"),
    *(
        scene(
            name,
            "withdraw",
            who,
            NOTE if name == "drafted" else BECAUSE,
            "withdrawn",
            FREED if name in ("decision", "suspended") else "",
            first=as_opened_by(role),
        )
        for name in ("drafted", *BEFORE_DECREE, "suspended")
        for role, who in OPENERS.items()
    ),
    *(
        scene(name, "suspend", VERIFIER, BECAUSE, "suspended", first=stated(False), waits=waits)
        for name in BEFORE_DECREE
        for waits in (VERIFYING if name in NO_PANEL else WAITS["suspended"],)
    ),
    scene("suspended", "resume", VERIFIER, NOTE, "decision", first=stated(True)),
    scene("suspended", "resume", VERIFIER, NOTE, "budget_check", first=both(released, stated(True))),
    scene("suspended", "reject", VERIFIER, BREACH, "rejected", FREED),
    *(
        scene(name, "clear", who, states_that(who, clear=True), name, entry)
        for name in (*BEFORE_DECREE, "suspended")
        for who, entry in (("auditor", "clearance"), (VERIFIER, "clearance_letter"))
    ),
    *(
        scene(name, "attest", VERIFIER, attested, name, "attestation")
        for name in ("drafted", *BEFORE_DECREE, "suspended")
    ),
    *(
        scene(stage, "fund_next_year", who, funded_by(10_000_000), STAGES[stage], first=carried)
        for stage in WITH_MONEY
        for who in (VERIFIER, "treasurer")
    ),
    *(
        scene(stage, "carry_promise", "treasurer", CARRIED, STAGES[stage], freed, waits=with_treasurer(stage))
        for stage, freed in WITH_MONEY.items()
    ),
    *(
        scene(stage, "release_promise", "treasurer", CARRIED, STAGES[stage], freed)
        for stage, freed in WITH_MONEY.items()
        if STAGES[stage] not in ("decision", "decreed")
    ),
    scene("decision", "release_promise", "treasurer", CARRIED, "deferred", FREED),
    scene(
        "decreed",
        "release_promise",
        "treasurer",
        CARRIED,
        "decreed",
        "available+1 committed-1",
        waits=with_treasurer("decreed"),
    ),
    scene("decreed", "confirm_budget", "treasurer", NOTE, "decreed", "available-1 committed+1", first=released),
)


def act(world: World, case: str, each: Scene, form: dict[str, Any]) -> None:
    """Take the step, as the system where the scene says so."""
    if each.who == SYSTEM:
        world.database.write(world.engine.fire, case, each.trigger, THE_SYSTEM, form, world.at)
    else:
        world.fire(case, each.trigger, each.who, form)


def what_there_is(world: World, case: str) -> Counter[str]:
    """Letters and entries of a case by their kinds, and what stands in the books of its line."""
    query = select(letters.c.kind).join_from(letters, letter_cases).where(letter_cases.c.case_id == case)
    kinds = [row.kind for row in world.all(query)]
    kinds += [row.kind for row in world.all(select(entries.c.kind).where(entries.c.case_id == case))]
    return Counter(kinds)


def has_come(world: World, before: Counter[str], books: dict[str, int], case: str) -> str:
    """What a step brought: letters, entries, movements."""
    now, moved = what_there_is(world, case), balances(world)
    came = sorted((now - before).elements())
    changes = {name: moved.get(name, 0) - books.get(name, 0) for name in sorted({*moved, *books})}
    return " ".join([*came, *(f"{name}{change // AMOUNT:+d}" for name, change in changes.items() if change)])


def has_to_do(world: World, case: str) -> str:
    """Who has something to do, letters apart."""
    rows = world.all(select(tasks.c.assignee_id).where(tasks.c.case_id == case, tasks.c.letter_id.is_(None)))
    return " ".join(sorted({name_of(world, row.assignee_id) for row in rows}))


@pytest.mark.parametrize("each", SCENES, ids=lambda each: f"{each.stage}-{each.trigger}-{each.who}-{each.to}")
def test_an_arrow_leads_where_the_table_says_with_what_comes_of_it(at: At, each: Scene) -> None:
    world, case = at(each.stage)
    form = each.set_up(world, case)
    before, books = what_there_is(world, case), balances(world)
    act(world, case, each, form)
    assert (state(world, case), has_come(world, before, books, case), has_to_do(world, case)) == (
        each.to,
        each.comes,
        each.waits,
    )


def test_every_arrow_is_fired_to_each_of_its_targets_by_each_of_its_roles() -> None:
    reached = {(each.source, each.trigger, each.to) for each in SCENES}
    reached |= {("suspended", "resume", name) for name in BEFORE_DECREE}  # see below
    assert reached == {(source, arrow.trigger, target) for source, arrow in ARROWS for target in arrow.targets(source)}
    played = {(each.source, each.trigger, role) for each in SCENES for role in PLAYS[each.who]}
    assert not {(source, trigger, role) for (source, trigger), by in BY.items() for role in by} - played


@pytest.mark.parametrize("name", BEFORE_DECREE)
def test_a_nomination_goes_on_where_it_was_halted(at: At, name: str) -> None:
    world, case = at(name)
    waited = has_to_do(world, case)
    stated(False)(world, case)
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    stated(True, number="700/21/INSP/2026")(world, case)
    world.fire(case, "resume", VERIFIER)
    assert (state(world, case), has_to_do(world, case)) == (name, waited)


# --- What is stated later counts ---------------------------------------------------------------------------------------


def of_discipline(*, is_open: bool) -> Prepare:
    """The verifier puts on record whether a discipline case is open."""

    def put(world: World, case: str) -> None:
        says = {"fact": "open_discipline_case", "value": is_open, "says": "Menurut surat tugas pemeriksaan."}
        world.fire(case, "attest", VERIFIER, {**says, "document": world.file(VERIFIER)})

    return put


def stated_by_the_inspectorate(world: World, case: str) -> None:
    """The Inspektorat's own officer clears the nominee."""
    world.fire(case, "clear", "auditor", clearance(world))


@pytest.mark.parametrize("afterwards", [of_discipline(is_open=False), stated(True), stated_by_the_inspectorate])
def test_a_nomination_goes_on_once_it_is_stated_in_any_way_that_the_case_is_over(at: At, afterwards: Prepare) -> None:
    world, case = at("decision")
    of_discipline(is_open=True)(world, case)
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    with refused(world, case, Refused) as refusal:
        world.fire(case, "resume", VERIFIER)
    assert "Belum tercatat" in refusal.problem.says
    afterwards(world, case)
    world.fire(case, "resume", VERIFIER)
    assert state(world, case) == "decision"


@pytest.mark.parametrize("before", [stated(True), stated_by_the_inspectorate])
def test_a_nomination_is_halted_for_a_case_that_is_put_on_record_after_the_clearance(at: At, before: Prepare) -> None:
    world, case = at("decision")
    before(world, case)
    with refused(world, case, Refused):
        world.fire(case, "suspend", VERIFIER, BECAUSE)
    of_discipline(is_open=True)(world, case)
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    assert state(world, case) == "suspended"


@pytest.mark.parametrize(
    ("who", "says"),
    [("auditor", "(dicatat Inspektorat sendiri)"), (VERIFIER, "(dicatat verifikator menurut suratnya)")],
)
def test_a_clearance_says_whether_the_inspectorate_wrote_it_or_a_verifier_by_its_letter(
    at: At, who: str, says: str
) -> None:
    world, case = at("verification")
    world.fire(case, "clear", who, clearance(world, by=who))
    reasons = world.preview(case, "verify", VERIFIER).reasons
    assert [says in each.says for each in reasons if each.rule.endswith("inspectorate_has_cleared")] == [True]


@pytest.mark.parametrize("missing", ["number", "issued_on", "document"])
def test_a_verifier_records_a_clearance_by_the_letter_of_the_inspectorate_alone(at: At, missing: str) -> None:
    world, case = at("verification")
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "clear", VERIFIER, {**clearance(world, by=VERIFIER), missing: ""})
    assert {fault.field for fault in refusal.problem.fields} == {missing}


def test_a_draft_of_somebody_else_keeps_nobody_from_proposing(at: At) -> None:
    world, case = at("drafted")
    other = drafted_twice(world, case)
    world.fire(case, "propose", "nurse", proposal()(world))
    with refused(world, other, Refused) as refusal:
        world.fire(other, "propose", "clerk_10", proposal("clerk_10")(world))
    assert f"pada berkas {reference_of(case)}" in refusal.problem.says


# --- The time for scoring --------------------------------------------------------------------------------------------


def test_the_time_for_scoring_runs_from_the_closing_day_of_the_round(at: At) -> None:
    world, case = at("verification")
    stated(True)(world, case)
    world.fire(case, "verify", VERIFIER)
    days = int(world.engine.office.policies.on(CLOSES_ON)[SCORING_DAYS].value)
    due = world.engine.office.count(CLOSES_ON, days, "RSUD").due
    assert due_days(world, case) == {due}
    later = CLOSES_ON + timedelta(days=14)
    world.fire(
        OF_ROUND["id"], "extend", ORGANISER, {"new_closes_on": later.isoformat(), "reason": "Usul masih sedikit."}
    )
    world.sweep()
    assert due_days(world, case) == {world.engine.office.count(later, days, "RSUD").due}


def test_what_is_verified_after_the_closing_day_is_scored_in_full_time(at: At) -> None:
    world, case = at("scoring")
    world.fire(case, "send_back", VERIFIER, MEND)
    world.fire(case, "verify", VERIFIER)
    today = world.engine.office.day(world.at)
    days = int(world.engine.office.policies.on(today)[SCORING_DAYS].value)
    assert due_days(world, case) == {world.engine.office.count(today, days, "RSUD").due}


def test_a_halt_before_the_closing_day_takes_nothing_of_the_time_for_scoring(at: At) -> None:
    world, case = at("verification")
    stated(True)(world, case)
    world.fire(case, "verify", VERIFIER)
    before = due_days(world, case)
    stated(False, number="700/31/INSP/2026")(world, case)
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    stated(True, number="700/32/INSP/2026")(world, case)
    world.fire(case, "resume", VERIFIER)
    assert due_days(world, case) == before


def due_days(world: World, case: str) -> set[date]:
    """The days by which the state should be left: on the ladder, and of each task."""
    ladder = world.all(select(deadlines.c.due_on).where(deadlines.c.case_id == case))
    waiting = world.all(select(tasks.c.due_on).where(tasks.c.case_id == case, tasks.c.letter_id.is_(None)))
    return {row.due_on for row in (*ladder, *waiting)}


# --- Each arrow, refused to everybody else ---------------------------------------------------------------------------

#: Who plays which roles.
PLAYS = {
    "nurse": {"nominee"},
    "nursing_head": {"supervisor"},
    "clerk_10": {"personnel_officer"},
    "hospital_head": {"agency_head", "decider"},
    "verifier": {"verifier"},
    "second_verifier": {"verifier", "panel_member"},
    "auditor": {"inspectorate"},
    "treasurer": {"budget_officer"},
    "secretary": {"panel_member", "panel_chair", "agency_head"},
    "agency_chief": {"personnel_head"},
    "regent": {"appointing_authority", "decider"},
    "health_head": {"panel_member"},
    "education_head": {"panel_member"},
    "auditor_head": {"panel_member"},
    SYSTEM: {"system"},
}
#: Who plays none: an administrator, one of the same unit, one of another, a substitute who is not needed, a partner's contact.
OTHERS = ("administrator", "second_nurse", "pupil", "stranger", "teacher", "contact")
#: Of whom the role is somebody else's on the case of the nurse.
NOT_HERE = {("secretary", "agency_head"), ("hospital_head", "decider")}
#: To whom the case does not exist; what is about a medal the panel never sees, and who leads the panel in the chair's place
#: sees a nomination once that is needed.
NEVER = {"second_nurse", "pupil", "stranger", "teacher", "contact"}
NOT_YET = {*NEVER, *MEMBERS, "agency_chief"}
OUTSIDE = {
    **dict.fromkeys(("drafted", "unit_review", "verification", "upward_review", "awaiting_president"), NOT_YET),
    **{name: {*NEVER, "agency_chief"} for name in ("scoring", "budget_check", "deferred", "decision", "suspended")},
    "decreed": NEVER,
}
#: Of the panel, why somebody has no part.
NO_PART = {
    ("auditor", "panel_member"): "anggota pengganti; kuorum terpenuhi tanpa pengganti ini.",
}


@pytest.mark.parametrize("name", [each.name for each in PROCESS.states if not each.final])
def test_each_step_is_for_exactly_the_roles_that_the_table_names(at: At, name: str) -> None:
    world, case = at(name)
    world.database.read(_try_everyone, world, case, name)


def _try_everyone(conn: Connection, world: World, case: str, name: str) -> None:
    for (source, trigger), by in BY.items():
        if source != name:
            continue
        for who in (*PLAYS, *OTHERS):
            actor = THE_SYSTEM if who == SYSTEM else world.actor(who)
            allowed = {role for role in PLAYS.get(who, set()) & set(by) if (who, role) not in NOT_HERE}
            if who == "second_verifier" and name not in NO_PANEL:
                allowed -= {"verifier"}
            try:
                judgement = world.engine.preview(conn, case, trigger, actor, {}, world.at)
            except NotFound:
                assert who in OUTSIDE[name], (trigger, who)
                continue
            why = [each.says for each in judgement.obstacles if isinstance(each, NotYours)]
            assert who not in OUTSIDE[name], (trigger, who)
            assert why == ([] if allowed else [_refusal(name, trigger, by, who)]), (trigger, who)
            assert not allowed or who == SYSTEM or (judgement.seat is not None and judgement.seat.role in allowed)


def _refusal(name: str, trigger: str, by: tuple[str, ...], who: str) -> str:
    """In which words a step is refused to somebody whose it is not."""
    if who == SYSTEM:
        return "Langkah ini harus diambil oleh pejabat, bukan oleh sistem."
    (title,) = {arrow.title for arrow in PROCESS.arrows(name, trigger)}
    theirs = listing((begun_small(PROCESS.role[role].title) for role in by if role != "system"), "atau")
    why = [f" Anda tidak termasuk: {NO_PART[who, role]}" for role in by if (who, role) in NO_PART]
    return "".join((f"“{title}” dilakukan oleh {theirs}.", *why))


def test_every_role_is_played_by_somebody_here() -> None:
    """But for those that only sign, or are only told."""
    assert set().union(*PLAYS.values()) == {*PROCESS.role, "system"} - {"nominee_head", "panel_secretary"} - {
        "secretary"
    }


@pytest.mark.parametrize(
    ("stage", "trigger", "who", "form", "why"),
    [
        ("outranked", "score", "health_head", marks(90, 80), "atasan langsung calon."),
        ("relieved", "score", "education_head", marks(90, 80), "sudah berakhir"),
        ("relieved", "declare_conflict", "education_head", KIN, "sudah berakhir"),
    ],
)
def test_who_has_no_part_in_the_panel_is_told_why(
    at: At, stage: str, trigger: str, who: str, form: dict[str, Any], why: str
) -> None:
    world, case = at(stage)
    with refused(world, case, NotYours) as refusal:
        world.fire(case, trigger, who, form)
    assert why in refusal.problem.says


def test_who_comes_into_the_panel_scores_in_the_place_of_whoever_left(at: At) -> None:
    world, case = at("relieved")
    world.fire(case, "score", "teacher", marks(90, 80))
    assert has_to_do(world, case) == "auditor health_head second_verifier secretary"


# --- Whoever proposed takes it back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OPENERS)
def test_a_nomination_is_taken_back_by_whoever_opened_it_alone(at: At, role: str) -> None:
    world, drafted = at("drafted")
    world.fire(drafted, "withdraw", "nurse")
    case = opened(world, "nurse", by=OPENERS[role])
    for again in ("draft", "proposed"):
        for who in OPENERS.values():
            if who != OPENERS[role]:
                with refused(world, case, NotNow) as refusal:
                    world.fire(case, "withdraw", who, BECAUSE if again == "proposed" else NOTE)
                theirs = begun_small(PROCESS.role[role].title)
                assert f"hanya dilakukan oleh {theirs}, karena usul dibuka oleh" in refusal.problem.says
        if again == "draft":
            world.fire(case, "propose", OPENERS[role], proposal(OPENERS[role])(world))
    world.fire(case, "withdraw", OPENERS[role], BECAUSE)
    assert state(world, case) == "withdrawn"


# --- Those who stand in for somebody ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "trigger", "form", "instead_of", "who", "to"),
    [
        ("unit_review", "nominate", NOTE, "hospital_head", "clerk_1", "verification"),
        ("piagam", "decree", NOTE, "hospital_head", "clerk_1", "decreed"),
        ("decision", "refuse", BECAUSE, "regent", "agency_chief", "refused"),
        ("decision", "send_back", EXAMINE, "regent", "agency_chief", "verification"),
        ("upward_review", "propose_upward", NOTE, "regent", "secretary", "awaiting_president"),
        ("decreed", "extract", NOTE, "agency_chief", "administrator", "decreed"),
    ],
)
@pytest.mark.parametrize("kind", ["plt", "plh"])
def test_a_stand_in_does_what_is_no_keputusan(
    at: At, stage: str, trigger: str, form: dict[str, Any], instead_of: str, who: str, to: str, kind: str
) -> None:
    world, case = at(stage)
    _stand_in(world, who, instead_of, kind)
    world.fire(case, trigger, who, form)
    assert state(world, case) == to


@pytest.mark.parametrize(
    ("stage", "trigger", "form", "instead_of", "who", "says"),
    [
        ("decision", "decree", NOTE, "regent", "agency_chief", "Bupati Kemuning"),
        ("decreed", "revoke", TAKEN_BACK, "regent", "agency_chief", "Bupati Kemuning"),
        ("thanked", "revoke", TAKEN_BACK, "hospital_head", "clerk_1", "Direktur Rumah Sakit Umum Daerah"),
    ],
)
@pytest.mark.parametrize("kind", ["plt", "plh"])
def test_a_stand_in_decides_by_no_keputusan(
    at: At, stage: str, trigger: str, form: dict[str, Any], instead_of: str, who: str, says: str, kind: str
) -> None:
    world, case = at(stage)
    _stand_in(world, who, instead_of, kind)
    with refused(world, case, Refused) as refusal:
        world.fire(case, trigger, who, form)
    assert f"{kind.title()}. {says} tidak berwenang" in refusal.problem.says


def _stand_in(world: World, who: str, instead_of: str, kind: str) -> None:
    """A Plh. for one who is away, a Plt. of a post that is vacant by now."""
    post = post_of(world, instead_of)
    if kind == "plt":
        change(world, update(positions).where(positions.c.id == post).values(holder_id=None))
    lend(world, kind, post, who, from_on=world.engine.office.day(world.at), until_on=YEARS_END)


# --- Each arrow, from another state ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each.name for each in PROCESS.states if not each.final])
def test_a_step_of_another_state_is_answered_with_what_can_be_done_now(at: At, name: str) -> None:
    world, case = at(name)
    for trigger in (each for each in TRIGGERS if (name, each) not in BY):
        with pytest.raises(NotNow, match=f"Status berkas “{PROCESS.state[name].title}”. Yang dapat dilakukan sekarang"):
            world.preview(case, trigger, VERIFIER)
        with pytest.raises(NotFound):
            world.preview(case, trigger, "pupil")


ENDS = {each.to: each for each in SCENES if PROCESS.state[each.to].final}


@pytest.mark.parametrize("end", sorted(each.name for each in PROCESS.states if each.final))
def test_nothing_happens_to_a_closed_nomination_any_more(at: At, end: str) -> None:
    each = ENDS[end]
    world, case = at(each.stage)
    act(world, case, each, each.set_up(world, case))
    for trigger in TRIGGERS:
        with pytest.raises(NotNow, match=f"Berkas sudah ditutup dengan status “{PROCESS.state[end].title}”"):
            world.preview(case, trigger, VERIFIER)


ONE_EACH = {(each.source, each.trigger): each for each in SCENES if each.who != SYSTEM}


@pytest.mark.parametrize("each", ONE_EACH.values(), ids=lambda each: f"{each.source}-{each.trigger}")
def test_whoever_saw_another_version_takes_no_step(at: At, each: Scene) -> None:
    world, case = at(each.stage)
    form = each.form(world) if callable(each.form) else each.form
    with pytest.raises(OutOfDate):
        world.fire(case, each.trigger, each.who, form, version=0)


# --- Each rule of each arrow, seen to refuse -------------------------------------------------------------------------


@dataclass(frozen=True)
class Denial:
    """A step that rules stand in the way of: which, and whether they refuse, do not know, or warn."""

    scene: Scene
    rules: str
    grade: Grade = Grade.REFUSED


def no(stage: str, trigger: str, who: str, form: Form, rules: str, first: Prepare | None = None, **more: Any) -> Denial:
    grade = more.pop("grade", Grade.REFUSED)
    return Denial(Scene(stage, trigger, who, form, "", first=first, **more), rules, grade)


def record(**columns: Any) -> Prepare:
    """The nurse's record says something else."""
    return lambda world, _: alter(world, "nurse", **columns)


def sanctioned(world: World, _: str) -> None:
    day = world.engine.office.day(world.at)
    sanction(world, "nurse", "berat", day, date(day.year + 1, 1, 1))


def predicate(says: str | None) -> Prepare:
    return lambda world, _: judged(world, "nurse", says)


def no_hours(world: World, _: str) -> None:
    world.database.write(lambda conn: conn.execute(delete(hour_postings)))


def drafted_twice(world: World, _: str) -> str:
    """The personnel officer has a draft of the same kind; a medal where the case is about one. Answers the other case."""
    asked = json.loads(world.all(select(cases.c.form).where(cases.c.subject_id == world.ids["nurse"]))[0].form)
    other = opened(world, "nurse", by="clerk_10")
    world.fire(other, "save", "clerk_10", {"kind": asked.get("kind", "regional")})
    return other


def proposed_twice(world: World, case: str) -> None:
    """The personnel officer's nomination of the same kind waits for the head of the unit."""
    here = cases.c.id == drafted_twice(world, case)
    world.database.write(lambda conn: conn.execute(update(cases).where(here).values(state="unit_review")))


def of_the_round(state: str = "", **form: Any) -> Prepare:
    """The round stands elsewhere, or says something else."""

    def change(world: World, _: str) -> None:
        here = cases.c.id == OF_ROUND["id"]
        now = world.all(select(cases.c.form, cases.c.state).where(here))[0]
        values = {"form": json.dumps({**json.loads(now.form), **form}), "state": state or now.state}
        world.database.write(lambda conn: conn.execute(update(cases).where(here).values(values)))

    return change


def without_files(world: World, case: str) -> None:
    """What was handed in is less than what is asked for."""
    here = cases.c.id == case
    form = json.loads(world.all(select(cases.c.form).where(here))[0].form)
    kept = {name: value for name, value in form.items() if name not in ("appraisal", "rank_decree")}
    world.database.write(lambda conn: conn.execute(update(cases).where(here).values(form=json.dumps(kept))))


def tomorrow(world: World) -> str:
    return date.fromordinal(world.engine.office.day(world.at).toordinal() + 1).isoformat()


def handed_on(days: int) -> Callable[[World], dict[str, Any]]:
    """Handed over so many days from now."""

    def filled_in(world: World) -> dict[str, Any]:
        day = date.fromordinal(world.engine.office.day(world.at).toordinal() + days)
        return {**handing(world), "handed_on": day.isoformat()}

    return filled_in


def of_a_medal(world: World) -> dict[str, Any]:
    return {**proposal(kind=MEDAL)(world), "medal_certificate": world.file("nurse")}


UNKNOWN, CLEARED = Grade.UNKNOWN, stated(True)
#: What is on record of the nominee: by the rule, what refuses and what is unknown; asked of an award of the region and of a medal.
OF_ANY = (
    ("nominee_is_in_service", record(status="CLTN"), Grade.REFUSED),
    ("nominee_is_in_service", record(status=None), UNKNOWN),
    ("no_sanction_stands_in_the_way", sanctioned, Grade.REFUSED),
    ("no_sanction_stands_in_the_way", record(sanctions_known=False), UNKNOWN),
)
OF_REGIONAL = (
    *OF_ANY,
    ("servant_may_have_this_kind", record(asn_kind=None), UNKNOWN),
    ("predicates_are_good", predicate("Kurang"), Grade.REFUSED),
    ("predicates_are_good", predicate(None), UNKNOWN),
    ("hours_are_reached", no_hours, Grade.REFUSED),
    ("not_nominated_twice", proposed_twice, Grade.REFUSED),
)
OF_A_MEDAL = (
    ("servant_may_have_this_kind", record(asn_kind="PPPK"), Grade.REFUSED),
    ("service_is_long_enough", record(cpns_on=date(2016, 6, 1)), Grade.REFUSED),
    ("service_is_long_enough", record(cpns_on=None), UNKNOWN),
    ("never_on_unpaid_leave", record(unpaid_leave="Pernah"), Grade.REFUSED),
    ("never_on_unpaid_leave", record(unpaid_leave=None), UNKNOWN),
)
CLOSED = of_the_round("finished")

BY_RULE = (
    *(no("drafted", "propose", "nurse", proposal(), rule, first, grade=grade) for rule, first, grade in OF_REGIONAL),
    *(
        no("drafted", "propose", "nurse", of_a_medal, rule, first, grade=grade)
        for rule, first, grade in (*OF_A_MEDAL, ("no_such_medal_is_held", record(medal="X"), Grade.REFUSED))
    ),
    no("drafted", "propose", "nurse", proposal(appraisal=""), "files_are_complete"),
    no("drafted", "propose", "nurse", proposal(round=""), "round_takes_the_nomination"),
    no("unit_review", "nominate", "hospital_head", NOTE, "not_nominated_twice", proposed_twice),
    no("unit_review", "nominate", "hospital_head", NOTE, "round_takes_the_nomination", CLOSED),
    no(
        "unit_review",
        "nominate",
        "hospital_head",
        NOTE,
        "unit_has_a_share_left",
        of_the_round(quota=[{"kind": "regional", "number": 0}]),
    ),
    *(
        no("verification", "verify", VERIFIER, NOTE, rule, both(CLEARED, first), grade=grade)
        for rule, first, grade in OF_REGIONAL
    ),
    *(
        no("medal", "verify", VERIFIER, NOTE, rule, both(CLEARED, first), grade=grade)
        for rule, first, grade in OF_A_MEDAL
    ),
    no(
        "medal",
        "verify",
        VERIFIER,
        NOTE,
        "no_such_medal_is_held files_are_complete",
        both(CLEARED, record(medal="X")),
    ),
    no("verification", "verify", VERIFIER, NOTE, "files_are_complete", both(CLEARED, without_files)),
    no("verification", "verify", VERIFIER, NOTE, "round_takes_the_nomination", both(CLEARED, CLOSED)),
    no(
        "verification",
        "verify",
        VERIFIER,
        NOTE,
        "no_discipline_case_is_open inspectorate_has_cleared",
        grade=UNKNOWN,
    ),
    no("medal", "verify", VERIFIER, NOTE, "no_discipline_case_is_open", stated(False)),
    no(
        "verification",
        "verify",
        VERIFIER,
        NOTE,
        "no_discipline_case_is_open inspectorate_has_cleared",
        stated(False),
    ),
    no("verification", "reject", VERIFIER, BY_NO_RULE, "rejection_cites_a_regulation"),
    no("suspended", "reject", VERIFIER, BY_NO_RULE, "rejection_cites_a_regulation"),
    no("scoring", "score", CHAIR, {"scores": marks(90, 80)["scores"][:1]}, "every_criterion_is_scored"),
    no("scoring", "recommend", CHAIR, NOTE, "the_panel_is_complete nominee_takes_a_place"),
    no("scored", "recommend", CHAIR, NOTE, "the_comparison_is_complete", of_the_round("open")),
    no("outranked", "recommend", CHAIR, NOTE, "nominee_takes_a_place"),
    no("scoring", "not_recommended", CHAIR, BECAUSE, "the_panel_is_complete"),
    no("outranked", "not_recommended", CHAIR, BECAUSE, "the_comparison_is_complete", of_the_round("open")),
    no(
        "scored",
        "not_recommended",
        CHAIR,
        BECAUSE,
        "nominee_takes_no_place the_comparison_is_complete",
        grade=Grade.WARNED,
    ),
    no(
        "budget_check",
        "confirm_budget",
        "treasurer",
        NOTE,
        "award_fits_the_budget",
        lambda world, _: cut_budget(world, 9_000_000),
    ),
    no(
        "decreed",
        "confirm_budget",
        "treasurer",
        NOTE,
        "award_fits_the_budget",
        both(released, lambda world, _: cut_budget(world, 9_000_000)),
    ),
    no("deferred", "close", VERIFIER, BECAUSE, "years_end_has_come"),
    *(no("decision", "decree", "regent", NOTE, rule, first, grade=grade) for rule, first, grade in OF_ANY),
    no("decision", "decree", "regent", NOTE, "no_discipline_case_is_open", stated(False)),
    no("decision", "decree", "regent", NOTE, "predicates_are_good", predicate("Kurang")),
    no("decision", "decree", "regent", NOTE, "predicates_are_good", predicate(None), grade=UNKNOWN),
    no("decision", "decree", "regent", NOTE, "the_award_is_borne", carried),
    *(no("upward_review", "propose_upward", "regent", NOTE, rule, first, grade=grade) for rule, first, grade in OF_ANY),
    no("upward_review", "propose_upward", "regent", NOTE, "no_discipline_case_is_open", stated(False)),
    no(
        "awaiting_president",
        "record_decree",
        VERIFIER,
        lambda world: keppres(world, keppres_on=tomorrow(world)),
        "keppres_is_plausible",
    ),
    no("decreed", "record_payment", VERIFIER, partial(payment, net=AMOUNT), "payment_adds_up"),
    no("decreed", "record_payment", VERIFIER, partial(payment, tax=0), "tax_follows_the_rate", grade=Grade.WARNED),
    no("decreed", "record_payment", VERIFIER, payment, "tax_follows_the_rate", record(grade=None), grade=UNKNOWN),
    no("decreed", "record_payment", VERIFIER, payment, "payment_is_borne", carried),
    no("excerpt issued", "hand_over", VERIFIER, handing, "money_is_paid_before_the_hand_over"),
    *(no("paid", "hand_over", VERIFIER, handed_on(days), "handed_over_between_decree_and_today") for days in (-60, 1)),
    no(
        "decreed",
        "revoke",
        "regent",
        {**TAKEN_BACK, "rule": "kebijakan kantor"},
        "rejection_cites_a_regulation",
    ),
    no("medal conferred", "revoke", "regent", TAKEN_BACK, "a_keppres_revokes_a_satyalancana"),
    no("decreed", "revoke", "regent", revoked_by_keppres, "a_keppres_revokes_a_satyalancana"),
    no("paid", "revoke", "regent", TAKEN_BACK, "money_comes_back_or_why_not"),
    no("decreed", "revoke", "regent", repaid, "money_comes_back_or_why_not return_is_booked"),
    *(
        no(stage, "fund_next_year", "treasurer", funded_by(AMOUNT - 1), "next_budget_has_room", carried)
        for stage in WITH_MONEY
    ),
    *(
        no(stage, "carry_promise", "treasurer", {**BECAUSE, "budget_year": 2025}, "promise_fits_the_next_year")
        for stage in WITH_MONEY
    ),
    *(
        no(stage, "release_promise", "treasurer", {**CARRIED, "remains": 1}, "an_award_is_released_whole")
        for stage in WITH_MONEY
    ),
    *(
        no(stage, "release_promise", "treasurer", {**BECAUSE, "budget_year": 2025}, "promise_gets_smaller")
        for stage in WITH_MONEY
    ),
    no("unit_review", "suspend", VERIFIER, BECAUSE, "there_is_a_case_to_wait_for"),
    no("suspended", "resume", VERIFIER, NOTE, "the_case_is_over"),
)


@pytest.mark.parametrize("denial", BY_RULE, ids=lambda each: f"{each.scene.trigger}-{each.rules}-{each.grade}")
def test_a_rule_stands_in_the_way_of_its_arrow(at: At, denial: Denial) -> None:
    world, case = at(denial.scene.stage)
    form = denial.scene.set_up(world, case)
    why: type[Problem] = NotAcknowledged if denial.grade is Grade.WARNED else Refused
    with pytest.raises(why) as caught:
        world.fire(case, denial.scene.trigger, denial.scene.who, form, acknowledge=())
    grades = {Grade.WARNED} if denial.grade is Grade.WARNED else {Grade.REFUSED, UNKNOWN}
    standing = {reason for reason in caught.value.reasons if reason.grade in grades}
    assert {each.rule.partition(".")[2] for each in standing} == set(denial.rules.split())
    assert denial.grade in {each.grade for each in standing}
    assert all(each.says.endswith(".") and each.by for each in standing)
    assert state(world, case) == denial.scene.source


#: What the form refuses before its rule can: blanks are no words.
BLANK = {
    "conflict_is_named": ("scoring", "declare_conflict", "health_head", {"conflict": "\u2003" * 6}),
    "what_to_examine_is_named": ("decision", "send_back", "regent", {"examine": " " * 6}),
}


@pytest.mark.parametrize("rule", BLANK)
def test_blanks_are_refused_with_the_field_that_they_stand_in(at: At, rule: str) -> None:
    stage, trigger, who, form = BLANK[rule]
    world, case = at(stage)
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, trigger, who, form)
    assert {fault.field for fault in refusal.problem.fields} == set(form)


def test_every_rule_of_every_arrow_is_seen_to_refuse() -> None:
    asked = {(source, arrow.trigger, rule.name.partition(".")[2]) for source, arrow in ARROWS for rule in arrow.rules}
    seen = {(each.scene.source, each.scene.trigger, rule) for each in BY_RULE for rule in each.rules.split()}
    seen |= {(name, "suspend", "there_is_a_case_to_wait_for") for name in BEFORE_DECREE}
    assert seen == {(*arrow, rule) for *arrow, rule in asked if rule not in BLANK}


# --- Its story -------------------------------------------------------------------------------------------------------

#: An id; a code of the program, apart from names of this office and the triggers and states in brackets.
AN_ID, A_CODE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")


@pytest.mark.parametrize("stage", ["scored", "paid", "medal conferred", "suspended"])
def test_the_facts_of_an_award_are_told_without_ids_and_codes(at: At, stage: str) -> None:
    world, case = at(stage)
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    facts = [line for line in told.splitlines() if line.strip().startswith("Fakta:")]
    assert facts
    assert not [line for line in facts if AN_ID.search(line) or set(A_CODE.findall(line)) - set(world.ids)]
