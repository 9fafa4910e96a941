"""The table of an internship, arrow by arrow: each is fired, each is refused, each rule is seen to refuse, each role is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from policies.decision import Grade
from tests import circumstances
from tests.cohorts import nip_of_person
from tests.money import budget_line
from tests.stages import AFTER, DAY, FIRST, GUIDE, LAST, OFFER, REPORT, SCORES
from tests.turns import EMAIL, OFFICER, asked_by, extension, go_along, limit_places, make_guide, make_officers, paper
from tests.witness import last_payload, recorded, refused, state
from tests.world import REQUEST, World
from workflow.cases import load
from workflow.definition import SYSTEM
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import (
    InvalidForm,
    NotAcknowledged,
    NotFound,
    NotNow,
    NotYours,
    OutOfDate,
    Problem,
    Refused,
)
from workflow.processes.internship import PROCESS
from workflow.tables import cases, entries

#: from, trigger, by, to: the procedure as it was agreed, written down a second time so that neither changes unseen.
PROMISING = (
    *("awaiting_host", "host_proposal", "host_unavailable", "accepted", "assigned"),
    *("ongoing", "reporting", "host_assessment", "final_verification"),
)
BEFORE_ASSIGNMENT = (
    *("supervisor_review", "agency_review", "verification", "awaiting_signature"),
    *("awaiting_host", "host_proposal", "host_unavailable", "accepted"),
)
ANSWERED = ("accepted", "host_proposal", "host_unavailable")
ON_SITE = ("ongoing", "reporting", "host_assessment")
CONTESTED = (*ANSWERED, "assigned", *ON_SITE, "final_verification")
TABLE = (
    ("drafted", "save", "participant personnel_officer", "drafted"),
    ("drafted", "submit", "participant", "supervisor_review agency_review verification"),
    ("supervisor_review", "endorse", "supervisor", "agency_review"),
    ("agency_review", "forward", "agency_head", "verification"),
    ("verification", "verify", "verifier", "awaiting_signature"),
    ("awaiting_signature", "request_host", "signatory", "awaiting_host"),
    ("awaiting_signature", "send_back", "signatory", "verification"),
    ("awaiting_host", "confirm", "host", "accepted"),
    ("awaiting_host", "propose_changes", "host", "host_proposal"),
    ("host_proposal", "consent_changes", "agency_head", "host_proposal"),
    ("host_proposal", "accept_changes", "verifier", "accepted"),
    ("host_proposal", "decline_changes", "verifier", "awaiting_host"),
    ("awaiting_host", "decline", "host", "host_unavailable"),
    ("awaiting_host", "lapse", "system", "host_unavailable"),
    ("host_unavailable", "change_host", "participant", "verification supervisor_review"),
    ("host_unavailable", "close", "verifier", "declined"),
    ("accepted", "assign", "assigner", "assigned"),
    ("assigned", "introduce", "personnel_head", "assigned"),
    ("assigned", "start", "host participant system", "ongoing"),
    ("ongoing", "log_day", "participant", "ongoing"),
    ("reporting", "log_day", "participant", "reporting"),
    ("host_assessment", "log_day", "participant", "host_assessment"),
    ("ongoing", "confirm_days", "host guide", "ongoing"),
    ("reporting", "confirm_days", "host guide", "reporting"),
    ("host_assessment", "confirm_days", "host guide", "host_assessment"),
    ("ongoing", "finish", "host system", "reporting"),
    ("ongoing", "end_early", "agency_head", "reporting"),
    ("ongoing", "hand_back", "host", "reporting"),
    ("reporting", "report", "participant", "host_assessment final_verification"),
    ("host_assessment", "assess", "host guide", "final_verification"),
    ("host_assessment", "waive_assessment", "verifier", "final_verification"),
    ("final_verification", "complete", "final_verifier", "completed"),
    ("supervisor_review", "return", "supervisor", "drafted"),
    ("agency_review", "return", "agency_head", "drafted"),
    ("verification", "return", "verifier", "drafted"),
    ("final_verification", "return", "final_verifier", "reporting"),
    ("supervisor_review", "reject", "supervisor", "rejected"),
    ("agency_review", "reject", "agency_head", "rejected"),
    ("verification", "reject", "verifier", "rejected"),
    ("awaiting_signature", "reject", "signatory", "rejected"),
    ("drafted", "withdraw", "participant system", "withdrawn"),
    ("supervisor_review", "withdraw", "participant", "withdrawn"),
    ("agency_review", "withdraw", "participant", "withdrawn"),
    ("verification", "withdraw", "participant", "withdrawn"),
    ("awaiting_signature", "withdraw", "participant", "withdrawn"),
    ("awaiting_host", "withdraw", "participant", "withdrawn"),
    ("host_proposal", "withdraw", "participant", "withdrawn"),
    ("host_unavailable", "withdraw", "participant", "withdrawn"),
    ("accepted", "withdraw", "participant", "withdrawn"),
    ("accepted", "cancel", "verifier", "cancelled"),
    ("assigned", "cancel", "verifier", "cancelled"),
    ("ongoing", "recall", "agency_head new_head", "recalled"),
    ("reporting", "close_unmet", "verifier", "unmet"),
    ("host_assessment", "close_unmet", "verifier", "unmet"),
    ("final_verification", "close_unmet", "final_verifier", "unmet"),
    # Somebody else goes instead; the period, the section or the guide changes.
    *((name, "replace", "agency_head", "withdrawn") for name in (*BEFORE_ASSIGNMENT, "assigned")),
    ("ongoing", "request_extension", "host participant", "ongoing"),
    ("ongoing", "consent_extension", "host", "ongoing"),
    ("ongoing", "choose_line", "verifier budget_officer", "ongoing"),
    ("ongoing", "extend", "assigner", "ongoing"),
    ("ongoing", "decline_extension", "assigner", "ongoing"),
    ("ongoing", "start_late", "host", "ongoing"),
    *((name, "move_section", "host", name) for name in ("accepted", "assigned", "ongoing")),
    *((name, "appoint_guide", "host", name) for name in ("accepted", "assigned", *ON_SITE)),
    # What the host says besides, and what it holds against an answer recorded for it.
    *((name, "inform", "host", name) for name in ("awaiting_host", *CONTESTED)),
    *((name, "contest", "host", name) for name in CONTESTED),
    *((name, "settle", "final_verifier", f"awaiting_host {name}") for name in ANSWERED),
    *((name, "settle", "final_verifier", name) for name in ("assigned", *ON_SITE)),
    ("final_verification", "settle", "final_verifier", "host_assessment final_verification"),
    # Moved, or gone: the new head answers for a time; what was not assigned yet the system closes.
    *((name, "continue", "new_head", name) for name in (*BEFORE_ASSIGNMENT, "assigned", "ongoing")),
    *((name, "recall", "new_head", "cancelled") for name in (*BEFORE_ASSIGNMENT, "assigned")),
    *((name, "close_departed", "final_verifier system", "ended") for name in ("drafted", *BEFORE_ASSIGNMENT)),
    *((name, "close_departed", "final_verifier", "ended") for name in ("assigned", *ON_SITE, "final_verification")),
    *((name, "keep_earned", "final_verifier", "final_verification") for name in ON_SITE),
    # What an import did not know is put on record with its proof, wherever a rule may still ask for it.
    *((name, "attest", "verifier", name) for name in ("drafted", "supervisor_review", "agency_review", "verification")),
    *((name, "attest", "verifier", name) for name in ("host_proposal", "host_unavailable", "ongoing", "reporting")),
    *((name, "attest", "verifier", name) for name in ("host_assessment", "final_verification")),
    # What is promised of a year's budget is funded, released or carried as long as something may be promised.
    *((name, "fund_next_year", "verifier budget_officer", name) for name in PROMISING),
    *((name, "release_promise", "budget_officer", name) for name in PROMISING),
    *((name, "carry_promise", "budget_officer", name) for name in PROMISING),
)
LABELS = {
    "withdrawn": "Permohonan ditarik",
    "cancelled": "Dibatalkan",
    "recalled": "Peserta ditarik instansi asal",
    "host_unavailable": "Instansi penerima tidak tersedia",
    "unmet": "Tidak memenuhi ketentuan",
    "rejected": "Ditolak",
    "completed": "Selesai",
}

ARROWS = [(s.name, t) for s in PROCESS.states for t in PROCESS.from_state(s.name)]
NAMES = {(source, t.trigger) for source, t in ARROWS}

Form = dict[str, Any] | Callable[[World], dict[str, Any]] | None
Prepare = Callable[[World, str], object]


@pytest.fixture
def standing_at(standing_at: Callable[[str], tuple[World, str]]) -> Callable[[str], tuple[World, str]]:
    """A stage, in an office where two units have a personnel officer."""

    def opened(stage: str) -> tuple[World, str]:
        world, case = standing_at(stage)
        make_officers(world)
        return world, case

    return opened


def test_the_process_is_the_table() -> None:
    drawn = {(s, t.trigger): (set(PROCESS.actors(t, s)), set(t.targets(s))) for s, t in ARROWS}
    assert drawn == {(source, trigger): (set(by.split()), set(to.split())) for source, trigger, by, to in TABLE}


def test_the_states_are_called_what_offices_call_them() -> None:
    assert {name: PROCESS.state[name].title for name in LABELS} == LABELS


# --- Each arrow, fired -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """A step at a stage: who takes it, with what, and where it leads; ``first`` happens before."""

    stage: str
    trigger: str
    who: str
    form: Form = None
    to: str = ""
    first: Prepare | None = None
    day: date | None = None

    def set_up(self, world: World, case: str) -> dict[str, Any]:
        """Let happen what happens before; answers the form."""
        if self.day is not None:
            world.go_to(self.day)
        if self.first is not None:
            self.first(world, case)
        return filled(world, self.form)


def filled(world: World, form: Form) -> dict[str, Any]:
    """A form, with the files that it names."""
    return form(world) if callable(form) else form or {}


def act(world: World, case: str, scene: Scene, form: dict[str, Any]) -> None:
    """Take the step, as the system where the scene says so."""
    if scene.who == SYSTEM:
        world.database.write(world.engine.fire, case, scene.trigger, THE_SYSTEM, form, world.at)
    else:
        world.fire(case, scene.trigger, scene.who, form)


def logged(world: World, case: str, *days: date) -> None:
    """The participant logs days."""
    for day in days or (FIRST,):
        world.fire(case, "log_day", "nurse", {**DAY, "worked_on": day.isoformat()})


def returned(stage_of: str) -> Prepare:
    """The one whom a stage waits for returns the request."""
    who = {"agency_review": "hospital_head", "verification": "verifier"}[stage_of]
    return lambda world, case: world.fire(case, "return", who, {"to_mend": "Perjelas tujuannya."})


def assessed_and_returned(world: World, case: str) -> None:
    """The verifier sends the final report back to the participant."""
    world.fire(case, "return", "verifier", {"to_mend": "Lampirkan laporannya."})


def with_proof(world: World) -> dict[str, Any]:
    return {"cost": 3_500_000, "proofs": [world.file("verifier")]}


def certified(world: World, who: str = "contact") -> dict[str, Any]:
    certificate = {"certificate_number": "445/17/2026", "certificate_on": "2026-04-17"}
    return {**SCORES, **certificate, "certificate_file": world.file(who)}


def handed_back(world: World, who: str = "contact") -> dict[str, Any]:
    letter = {"return_number": "445/21/2026", "return_on": "2026-04-06", "return_file": world.file(who)}
    return {**EARLY, **letter}


def guided(world: World, case: str) -> None:
    """The host appoints a guide of its own."""
    make_guide(world)
    world.fire(case, "appoint_guide", "contact", {**GUIDE, "account": EMAIL})


def informed_on_paper(world: World, case: str) -> None:
    """A verifier puts on record what the host wrote besides."""
    world.fire(case, "inform", "second_verifier", BECAUSE, recorded=paper(world, "second_verifier"))


def contested(world: World, case: str) -> None:
    """The host holds something against what was recorded for it."""
    informed_on_paper(world, case)
    world.fire(case, "contest", "contact", {"reason": "Surat itu bukan dari kami."})


def after(*steps: Prepare) -> Prepare:
    """One thing after the other."""

    def all_of_them(world: World, case: str) -> None:
        for step in steps:
            step(world, case)

    return all_of_them


def substitute(who: str) -> Callable[[World], dict[str, Any]]:
    """Somebody is to go instead."""
    return lambda world: {"successor": nip_of_person(world, who), **BECAUSE}


def paid(world: World) -> dict[str, Any]:
    return {"budget_line": world.budget_line}


def without_a_line(world: World, case: str) -> None:
    """The internship costs the agency nothing so far, and a longer period is asked for that does."""
    asked_by("contact", extension_cost=1_000_000)(world, case)
    form = world.database.read(load, case).form
    kept = {name: value for name, value in form.items() if name not in ("budget_line", "funding", "estimate")}
    world.database.write(
        lambda conn: conn.execute(
            update(cases).where(cases.c.id == case).values(form=msgspec.json.encode(kept).decode())
        )
    )


def attestation(world: World) -> dict[str, Any]:
    proof = {"document": world.file("verifier"), "says": "Menurut surat keputusan terakhir."}
    return {"fact": "status", "value": "Aktif", **proof}


def next_line(world: World) -> dict[str, Any]:
    return {"next_budget_line": budget_line(world, 2027)}


def all_released(world: World, case: str) -> None:
    """What the case holds is released."""
    world.fire(case, "release_promise", "treasurer", {**BECAUSE, "budget_year": 2026})


def awaiting_next_year(world: World, case: str) -> None:
    """What the case holds is carried into the next year, whose budget is not there yet."""
    world.fire(case, "carry_promise", "treasurer", {**BECAUSE, "budget_year": 2026})


NOTE, MEND, BECAUSE = {"note": "Setuju."}, {"to_mend": "Perjelas tujuannya."}, {"reason": "Ada tugas yang mendesak."}
BY_NO_RULE = {"reason": "Tidak tercantum dalam rencana.", "rule": "kebijakan kantor"}
BREACH = {"reason": "Tidak tercantum dalam rencana.", "rule": "PerLAN 10/2018"}
FREE_OF_COST = {**BECAUSE, "without_cost": True}
ELSEWHERE = {"host": "partner:RSUNIV", "section": "Instalasi Gawat Darurat"}
EARLY = {"cause": "illness", "reason": "Peserta sakit.", "last_day": "2026-04-06"}
SURGERY = {"section": "Instalasi Bedah", **BECAUSE}
UPHELD, DISMISSED = {"upheld": True, **BECAUSE}, {"upheld": False, **BECAUSE}
CHOSEN = {"from_on": "2026-04-06", "until_on": "2026-04-17"}
LATE, OVER = date(2026, 5, 11), date(2026, 4, 18)


def moved(world: World, case: str) -> None:
    """The participant works at the health office by now, as an import has found."""
    circumstances.alter(world, "nurse", unit_id="DINKES")
    world.database.write(world.engine.reseat, case, world.at)


def has_left(world: World, _: str) -> None:
    """The participant is no longer in service; nothing has been seated anew since."""
    circumstances.alter(world, "nurse", left_on=world.at.date())


def has_left_early(world: World, case: str) -> None:
    """The same, before enough days were confirmed."""
    open_again = update(entries).where(entries.c.kind == "logbook").values(status="written")
    world.database.write(lambda conn: conn.execute(open_again))
    has_left(world, case)


def has_left_at_the_end(world: World, case: str) -> None:
    """The same, after all days were confirmed."""
    logged(world, case, *(FIRST + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)))
    world.fire(case, "confirm_days", "contact", CHOSEN)
    has_left(world, case)


REACHED = (
    Scene("drafted", "save", "nurse", {"section": "Instalasi Bedah"}, "drafted"),
    Scene("drafted", "submit", "nurse", {}, "supervisor_review"),
    Scene("agency_review", "submit", "nurse", {}, "agency_review", returned("agency_review")),
    Scene("verification", "submit", "nurse", {}, "verification", returned("verification")),
    Scene("drafted", "withdraw", "nurse", {}, "withdrawn"),
    Scene("drafted", "withdraw", SYSTEM, {}, "withdrawn"),
    Scene("supervisor_review", "endorse", "nursing_head", NOTE, "agency_review"),
    Scene("supervisor_review", "return", "nursing_head", MEND, "drafted"),
    Scene("supervisor_review", "reject", "nursing_head", BECAUSE, "rejected"),
    Scene("supervisor_review", "withdraw", "nurse", {}, "withdrawn"),
    Scene("agency_review", "forward", "hospital_head", NOTE, "verification"),
    Scene("agency_review", "return", "hospital_head", MEND, "drafted"),
    Scene("agency_review", "reject", "hospital_head", BECAUSE, "rejected"),
    Scene("agency_review", "withdraw", "nurse", {}, "withdrawn"),
    Scene("verification", "verify", "verifier", paid, "awaiting_signature"),
    Scene("verification", "return", "second_verifier", MEND, "drafted"),
    Scene("verification", "reject", "verifier", BREACH, "rejected"),
    Scene("verification", "withdraw", "nurse", {}, "withdrawn"),
    Scene("awaiting_signature", "request_host", "secretary", NOTE, "awaiting_host"),
    Scene("awaiting_signature", "send_back", "secretary", MEND, "verification"),
    Scene("awaiting_signature", "reject", "secretary", BECAUSE, "rejected"),
    Scene("awaiting_signature", "withdraw", "nurse", {}, "withdrawn"),
    Scene("awaiting_host", "confirm", "contact", GUIDE, "accepted"),
    Scene("awaiting_host", "propose_changes", "contact", OFFER, "host_proposal"),
    Scene("awaiting_host", "decline", "contact", BECAUSE, "host_unavailable"),
    Scene("awaiting_host", "lapse", SYSTEM, {}, "host_unavailable"),
    Scene("awaiting_host", "withdraw", "nurse", {}, "withdrawn"),
    Scene("host_proposal", "consent_changes", "hospital_head", NOTE, "host_proposal"),
    Scene(
        "host_proposal",
        "accept_changes",
        "verifier",
        {},
        "accepted",
        lambda world, case: world.fire(case, "consent_changes", "hospital_head"),
    ),
    Scene("host_proposal", "decline_changes", "verifier", BECAUSE, "awaiting_host"),
    Scene("host_proposal", "withdraw", "nurse", {}, "withdrawn"),
    Scene("host_unavailable", "change_host", "nurse", ELSEWHERE, "verification"),
    Scene("host_unavailable", "change_host", "nurse", {**ELSEWHERE, "estimate": 5_000_000}, "supervisor_review"),
    Scene("host_unavailable", "close", "verifier", BECAUSE, "declined"),
    Scene("host_unavailable", "withdraw", "nurse", {}, "withdrawn"),
    Scene("accepted", "assign", "hospital_head", NOTE, "assigned"),
    Scene("accepted", "cancel", "verifier", BECAUSE, "cancelled"),
    Scene("accepted", "withdraw", "nurse", {}, "withdrawn"),
    Scene("assigned", "introduce", "agency_chief", NOTE, "assigned"),
    Scene("introduced", "start", "nurse", {}, "ongoing", day=FIRST),
    Scene("introduced", "start", "contact", {}, "ongoing", day=FIRST),
    Scene("introduced", "start", SYSTEM, {}, "ongoing", day=FIRST),
    Scene("assigned", "cancel", "verifier", BECAUSE, "cancelled"),
    Scene("ongoing", "log_day", "nurse", {**DAY, "worked_on": "2026-04-06"}, "ongoing"),
    Scene("ongoing", "confirm_days", "contact", CHOSEN, "ongoing", logged),
    Scene("ongoing", "finish", "contact", {}, "reporting", day=LAST),
    Scene("ongoing", "finish", SYSTEM, {}, "reporting", day=AFTER),
    Scene("ongoing", "end_early", "hospital_head", EARLY, "reporting"),
    Scene("ongoing", "recall", "hospital_head", FREE_OF_COST, "recalled"),
    Scene("reporting", "log_day", "nurse", {**DAY, "worked_on": "2026-04-11"}, "reporting"),
    Scene(
        "reporting",
        "confirm_days",
        "contact",
        {"numbers": [11]},
        "reporting",
        lambda world, case: logged(world, case, date(2026, 4, 11)),
    ),
    Scene("reporting", "report", "nurse", REPORT, "host_assessment"),
    Scene("final_verification", "report", "nurse", REPORT, "final_verification", assessed_and_returned),
    Scene("reporting", "close_unmet", "verifier", {"without_cost": True}, "unmet", day=LATE),
    Scene("host_assessment", "log_day", "nurse", {**DAY, "worked_on": "2026-04-12"}, "host_assessment"),
    Scene(
        "host_assessment",
        "confirm_days",
        "contact",
        {"until_on": "2026-04-12"},
        "host_assessment",
        lambda world, case: logged(world, case, date(2026, 4, 12)),
    ),
    Scene("host_assessment", "assess", "contact", certified, "final_verification"),
    Scene("host_assessment", "waive_assessment", "verifier", BECAUSE, "final_verification", day=LATE),
    Scene("host_assessment", "close_unmet", "verifier", FREE_OF_COST, "unmet"),
    Scene("final_verification", "complete", "verifier", with_proof, "completed"),
    Scene("final_verification", "return", "verifier", MEND, "reporting"),
    Scene("final_verification", "close_unmet", "verifier", FREE_OF_COST, "unmet"),
    *(Scene(source, "attest", "verifier", attestation, source) for source, trigger, *_ in TABLE if trigger == "attest"),
    *(
        Scene(stage, "fund_next_year", who, next_line, stage, awaiting_next_year)
        for stage in PROMISING
        for who in ("verifier", "treasurer")
    ),
    *(Scene(stage, "release_promise", "treasurer", {**BECAUSE, "budget_year": 2026}, stage) for stage in PROMISING),
    *(Scene(stage, "carry_promise", "treasurer", {**BECAUSE, "budget_year": 2026}, stage) for stage in PROMISING),
    Scene("drafted", "save", OFFICER, {"section": "Instalasi Bedah"}, "drafted"),
    *(
        Scene(stage, "replace", "hospital_head", substitute("second_nurse"), "withdrawn")
        for stage in (*BEFORE_ASSIGNMENT, "assigned")
    ),
    Scene("ongoing", "hand_back", "contact", handed_back, "reporting"),
    Scene("ongoing", "confirm_days", "guide", CHOSEN, "ongoing", after(guided, logged)),
    Scene(
        "reporting",
        "confirm_days",
        "guide",
        {"numbers": [11]},
        "reporting",
        after(guided, lambda world, case: logged(world, case, date(2026, 4, 11))),
    ),
    Scene(
        "host_assessment",
        "confirm_days",
        "guide",
        {"until_on": "2026-04-12"},
        "host_assessment",
        after(guided, lambda world, case: logged(world, case, date(2026, 4, 12))),
    ),
    Scene(
        "host_assessment",
        "assess",
        "guide",
        lambda world: certified(world, "guide"),
        "final_verification",
        guided,
    ),
    Scene("ongoing", "request_extension", "contact", extension(), "ongoing"),
    Scene("ongoing", "request_extension", "nurse", extension(), "ongoing"),
    Scene("ongoing", "consent_extension", "contact", NOTE, "ongoing", asked_by("nurse")),
    Scene("ongoing", "choose_line", "verifier", paid, "ongoing", without_a_line),
    Scene("ongoing", "choose_line", "treasurer", paid, "ongoing", without_a_line),
    Scene("ongoing", "extend", "hospital_head", NOTE, "ongoing", asked_by("contact")),
    Scene("ongoing", "decline_extension", "hospital_head", BECAUSE, "ongoing", asked_by("nurse")),
    Scene(
        "ongoing",
        "start_late",
        "contact",
        {"started_on": "2026-04-08", **BECAUSE},
        "ongoing",
        day=date(2026, 4, 8),
    ),
    *(Scene(stage, "move_section", "contact", SURGERY, stage) for stage in ("accepted", "assigned", "ongoing")),
    *(Scene(stage, "appoint_guide", "contact", GUIDE, stage) for stage in ("accepted", "assigned", *ON_SITE)),
    *(Scene(stage, "inform", "contact", BECAUSE, stage) for stage in ("awaiting_host", *CONTESTED)),
    *(Scene(stage, "contest", "contact", BECAUSE, stage, informed_on_paper) for stage in CONTESTED),
    *(Scene(stage, "settle", "verifier", UPHELD, "awaiting_host", contested) for stage in ANSWERED),
    *(Scene(stage, "settle", "verifier", DISMISSED, stage, contested) for stage in CONTESTED),
    Scene("final_verification", "settle", "verifier", UPHELD, "host_assessment", contested),
    *(
        Scene(stage, "continue", "health_head", NOTE, stage, moved)
        for stage in (*BEFORE_ASSIGNMENT, "assigned", "ongoing")
    ),
    *(Scene(stage, "recall", "health_head", BECAUSE, "cancelled", moved) for stage in (*BEFORE_ASSIGNMENT, "assigned")),
    Scene("ongoing", "recall", "health_head", FREE_OF_COST, "recalled", moved),
    *(Scene(stage, "close_departed", "verifier", {}, "ended", has_left) for stage in ("drafted", *BEFORE_ASSIGNMENT)),
    *(Scene(stage, "close_departed", SYSTEM, {}, "ended", has_left) for stage in ("drafted", *BEFORE_ASSIGNMENT)),
    *(
        Scene(stage, "close_departed", "verifier", FREE_OF_COST, "ended", has_left_early)
        for stage in ("assigned", *ON_SITE, "final_verification")
    ),
    Scene("ongoing", "keep_earned", "verifier", NOTE, "final_verification", has_left_at_the_end, day=LAST),
    *(Scene(stage, "keep_earned", "verifier", NOTE, "final_verification", has_left) for stage in ON_SITE[1:]),
)


def named(scene: Scene) -> str:
    return f"{scene.stage}-{scene.trigger}-{scene.who}"


@pytest.mark.parametrize("scene", REACHED, ids=lambda scene: f"{named(scene)}-{scene.to}")
def test_an_arrow_leads_where_the_table_says(standing_at: Callable[[str], tuple[World, str]], scene: Scene) -> None:
    world, case = standing_at(scene.stage)
    act(world, case, scene, scene.set_up(world, case))
    assert state(world, case) == scene.to


def source_of(scene: Scene) -> str:
    """The state that a step is taken from: the stage's own, or the one that what happens first leads to."""
    if scene.stage == "introduced":
        return "assigned"
    if scene.first is assessed_and_returned:
        return "reporting"
    return "drafted" if scene.trigger == "submit" else scene.stage


def test_every_arrow_is_fired_to_each_of_its_targets_by_each_of_its_roles() -> None:
    reached = {(source_of(scene), scene.trigger, scene.to) for scene in REACHED}
    assert reached == {(source, t.trigger, target) for source, t in ARROWS for target in t.targets(source)}
    fired = {(source_of(scene), scene.trigger, scene.who) for scene in REACHED}
    for source, trigger in NAMES:
        arrow = PROCESS.arrow(source, trigger)
        assert arrow is not None
        assert len({who for s, t, who in fired if (s, t) == (source, trigger)}) == len(PROCESS.actors(arrow, source))


# --- Each arrow, refused ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Denial:
    """A step that is not taken: what is raised, and by which rules where rules refuse it."""

    scene: Scene
    why: type[Problem]
    rules: str = ""


def no(
    stage: str, trigger: str, who: str, why: type[Problem], form: Form = None, rules: str = "", **more: Any
) -> Denial:
    return Denial(Scene(stage, trigger, who, form, **more), why, rules)


def second_introduction(world: World, case: str) -> None:
    world.fire(case, "introduce", "agency_chief")


def consented(world: World, case: str) -> None:
    world.fire(case, "consent_changes", "hospital_head")


EACH_REFUSED = (
    no("drafted", "save", "nurse", InvalidForm, {"starts_on": "besok"}),
    no("drafted", "submit", "second_nurse", NotFound),
    no("drafted", "withdraw", "verifier", NotYours),
    no("drafted", "attest", "nurse", NotYours, {}),
    no("supervisor_review", "endorse", "hospital_head", NotYours, NOTE),
    no("supervisor_review", "return", "nursing_head", InvalidForm, {}),
    no("supervisor_review", "reject", "nursing_head", InvalidForm, {"reason": "tak"}),
    no("supervisor_review", "withdraw", "nursing_head", NotYours),
    no("supervisor_review", "attest", "nursing_head", NotYours),
    no("agency_review", "forward", "nursing_head", NotYours, NOTE),
    no("agency_review", "return", "nursing_head", NotYours, MEND),
    no("agency_review", "reject", "nurse", NotYours, BECAUSE),
    no("agency_review", "withdraw", "second_nurse", NotFound),
    no("agency_review", "attest", "verifier", InvalidForm, {"fact": "status", "value": "Aktif", "says": "Menurut SK."}),
    no("verification", "verify", "agency_chief", NotFound),
    no("verification", "return", "hospital_head", NotYours, MEND),
    no("verification", "reject", "verifier", InvalidForm, BECAUSE),
    no("verification", "withdraw", "verifier", NotYours),
    no("verification", "attest", "hospital_head", NotYours),
    no("awaiting_signature", "request_host", "agency_chief", NotFound),
    no("awaiting_signature", "send_back", "secretary", InvalidForm, {}),
    no("awaiting_signature", "reject", "verifier", NotYours, BREACH),
    no("awaiting_signature", "withdraw", "secretary", NotYours),
    no("awaiting_host", "confirm", "contact", InvalidForm, {"field_supervisor": "Ns. Ratri Puspita"}),
    no("awaiting_host", "propose_changes", "contact", InvalidForm, {**OFFER, "fee": -1}),
    no("awaiting_host", "decline", "other_contact", NotFound, BECAUSE),
    no("awaiting_host", "lapse", "verifier", NotYours),
    no("awaiting_host", "withdraw", "contact", NotYours),
    no("host_proposal", "consent_changes", "hospital_head", NotNow, NOTE, first=consented),
    no("host_proposal", "accept_changes", "contact", NotYours),
    no("host_proposal", "decline_changes", "hospital_head", NotYours, BECAUSE),
    no("host_proposal", "withdraw", "verifier", NotYours),
    no("host_proposal", "attest", "contact", NotYours),
    no("host_unavailable", "change_host", "nurse", InvalidForm, {"host": "partner:RSUNIV"}),
    no("host_unavailable", "close", "nurse", NotYours, BECAUSE),
    no("host_unavailable", "withdraw", "contact", NotYours),
    no("host_unavailable", "attest", "nurse", NotYours),
    no("accepted", "assign", "agency_chief", NotFound),
    no("accepted", "cancel", "nurse", NotYours, BECAUSE),
    no("accepted", "withdraw", "hospital_head", NotYours),
    no("assigned", "introduce", "agency_chief", NotNow, NOTE, first=second_introduction),
    no("assigned", "start", "nurse", Refused, day=FIRST),
    no("assigned", "cancel", "verifier", InvalidForm, {}),
    no("ongoing", "log_day", "contact", NotYours, {**DAY, "worked_on": "2026-04-06"}),
    no("ongoing", "confirm_days", "nurse", NotYours, CHOSEN),
    no("ongoing", "finish", "nurse", NotYours, day=LAST),
    no("ongoing", "end_early", "contact", NotYours, EARLY),
    no("ongoing", "hand_back", "hospital_head", NotYours, EARLY),
    *(no(stage, "replace", "nurse", NotYours, BECAUSE) for stage in (*BEFORE_ASSIGNMENT, "assigned")),
    no("ongoing", "request_extension", "hospital_head", NotYours, extension()),
    no("ongoing", "consent_extension", "contact", NotNow, NOTE),
    no("ongoing", "choose_line", "verifier", NotNow, paid),
    no("ongoing", "extend", "hospital_head", NotNow, NOTE),
    no("ongoing", "decline_extension", "hospital_head", NotNow, BECAUSE),
    no("ongoing", "start_late", "nurse", NotYours, {"started_on": "2026-04-06", **BECAUSE}),
    no("accepted", "move_section", "verifier", NotYours, SURGERY),
    no("assigned", "move_section", "nurse", NotYours, SURGERY),
    no("ongoing", "move_section", "contact", InvalidForm, {"section": "Instalasi Bedah"}),
    *(
        no(stage, "appoint_guide", "contact", InvalidForm, {**GUIDE, "account": "tak-dikenal@rsprov.example"})
        for stage in ("accepted", "assigned", *ON_SITE)
    ),
    *(no(stage, "inform", "nurse", NotYours, BECAUSE) for stage in ("awaiting_host", *CONTESTED)),
    *(no(stage, "contest", "contact", NotNow, BECAUSE) for stage in CONTESTED),
    *(no(stage, "settle", "verifier", NotNow, DISMISSED) for stage in CONTESTED),
    no("ongoing", "recall", "verifier", NotYours, FREE_OF_COST),
    no("ongoing", "attest", "contact", NotYours),
    no("reporting", "log_day", "nurse", InvalidForm, {**DAY, "worked_on": "2026-04-11", "hours": 25}),
    no("reporting", "confirm_days", "nurse", NotYours, CHOSEN),
    no("reporting", "report", "nurse", InvalidForm, {"summary": "Singkat."}),
    no("reporting", "close_unmet", "hospital_head", NotYours, FREE_OF_COST),
    no("reporting", "attest", "nurse", NotYours),
    no("host_assessment", "log_day", "verifier", NotYours, {**DAY, "worked_on": "2026-04-11"}),
    no("host_assessment", "confirm_days", "verifier", NotYours, CHOSEN),
    no("host_assessment", "assess", "contact", InvalidForm, {"scores": []}),
    no("host_assessment", "waive_assessment", "contact", NotYours, BECAUSE),
    no("host_assessment", "close_unmet", "contact", NotYours, FREE_OF_COST),
    no("host_assessment", "attest", "contact", NotYours),
    no("final_verification", "complete", "second_nurse", NotFound),
    no("final_verification", "return", "verifier", InvalidForm, {}),
    no("final_verification", "close_unmet", "nurse", NotYours, FREE_OF_COST),
    no("final_verification", "attest", "nurse", NotYours),
    *(no(stage, "fund_next_year", "treasurer", NotNow, {"next_budget_line": "tak-ada"}) for stage in PROMISING),
    *(
        no(stage, trigger, "nurse", NotYours, {**BECAUSE, "budget_year": 2026})
        for stage in PROMISING
        for trigger in ("release_promise", "carry_promise")
    ),
    *(no(stage, "continue", "hospital_head", NotYours) for stage in (*BEFORE_ASSIGNMENT, "assigned", "ongoing")),
    *(no(stage, "recall", "hospital_head", NotYours, BECAUSE) for stage in (*BEFORE_ASSIGNMENT, "assigned")),
    *(no(stage, "close_departed", "verifier", NotNow) for stage in ("drafted", *BEFORE_ASSIGNMENT)),
    *(
        no(stage, "close_departed", "hospital_head", NotYours, FREE_OF_COST, first=has_left_early)
        for stage in ("assigned", *ON_SITE, "final_verification")
    ),
    *(no(stage, "keep_earned", "verifier", NotNow) for stage in ON_SITE),
)


@pytest.mark.parametrize("denial", EACH_REFUSED, ids=lambda denial: named(denial.scene))
def test_an_arrow_is_refused_and_nothing_changes(
    standing_at: Callable[[str], tuple[World, str]], denial: Denial
) -> None:
    world, case = standing_at(denial.scene.stage)
    form = denial.scene.set_up(world, case)
    with refused(world, case, denial.why):
        act(world, case, denial.scene, form)


def test_every_arrow_is_refused_at_least_once() -> None:
    assert {(source_of(each.scene), each.scene.trigger) for each in EACH_REFUSED} == NAMES


# --- Each rule of each arrow, seen to refuse -------------------------------------------------------------------------


def host_abroad(world: World, _: str) -> None:
    circumstances.lies_in(world, "Malaysia")


def unpaid_leave(world: World, _: str) -> None:
    circumstances.alter(world, "nurse", status="CLTN")


def heavy_sanction(world: World, _: str) -> None:
    circumstances.sanction(world, "nurse", "berat", date(2026, 1, 5), date(2027, 1, 4))


def contract_at_its_end(world: World, _: str) -> None:
    circumstances.alter(world, "nurse", asn_kind="PPPK", grade="IX", contract_ends_on=date(2026, 5, 31))


def two_nurses_away(world: World, _: str) -> None:
    circumstances.away(world, "second_nurse", "third_nurse", from_on=date(2026, 4, 13), until_on=date(2026, 4, 30))


def nothing_agreed(world: World, _: str) -> None:
    circumstances.agreed(world)


def no_money_left(world: World, _: str) -> None:
    circumstances.cut_budget(world, 6_000_001)


def elsewhere_from_20_april(world: World, _: str) -> None:
    world.submitted(starts_on="2026-04-20", ends_on="2026-04-24")


def then_consented(first: Prepare) -> Prepare:
    return after(first, consented)


def no_place(section: str = "Instalasi Rawat Intensif", host: str = "partner:RSPROV") -> Prepare:
    return lambda world, _: limit_places(world, 0, section, host)


def asked_beyond_a_year(world: World, case: str) -> None:
    """What was asked for while the limit was longer."""
    asked_by("contact")(world, case)
    (asked,) = recorded(world, case, "extension_asked")
    longer = update(entries).where(entries.c.id == asked.id).values(data=asked.data.replace("2026-04-24", "2027-04-24"))
    world.database.write(lambda conn: conn.execute(longer))


def away_too_long(who: str) -> Prepare:
    return lambda world, _: circumstances.alter(
        world, who, asn_kind="PPPK", grade="IX", contract_ends_on=date(2026, 5, 31)
    )


#: A rule that stands in the way of a substitute: of whom, and what had happened before.
OF_A_SUBSTITUTE: dict[str, tuple[str, Prepare]] = {
    "substitute_is_of_the_same_unit": ("administrator", lambda *_: None),
    "substitute_does_not_go_along_already": ("second_nurse", lambda world, case: go_along(world, case, "second_nurse")),
    "participant_is_in_service": (
        "second_nurse",
        lambda world, _: circumstances.alter(world, "second_nurse", status="CLTN"),
    ),
    "participant_bears_no_heavy_sanction": (
        "second_nurse",
        lambda world, _: circumstances.sanction(world, "second_nurse", "berat", date(2026, 1, 5), date(2027, 1, 4)),
    ),
    "performance_is_good": ("second_nurse", lambda world, _: circumstances.judged(world, "second_nurse", "Kurang")),
    "the_period_is_not_over": ("second_nurse", lambda world, _: world.go_to(OVER)),
    "participant_is_free": ("second_nurse", lambda world, _: world.submitted("second_nurse")),
    "contract_outlasts_the_internship": ("second_nurse", away_too_long("second_nurse")),
    "enough_people_stay": ("fourth_nurse", two_nurses_away),
    "host_has_a_place": ("second_nurse", no_place()),
    "agreement_covers_the_period": ("second_nurse", nothing_agreed),
    "budget_has_room": ("second_nurse", no_money_left),
}
#: A rule that stands in the way of a longer period, and what had happened before.
OF_AN_EXTENSION: dict[str, Prepare] = {
    "host_consents_to_the_extension": asked_by("nurse"),
    "whole_period_is_allowed": asked_beyond_a_year,
    "participant_is_free": after(elsewhere_from_20_april, asked_by("contact")),
    "contract_outlasts_the_internship": after(contract_at_its_end, asked_by("contact")),
    "enough_people_stay": after(two_nurses_away, asked_by("contact")),
    "host_has_a_place": after(no_place(), asked_by("contact")),
    "agreement_covers_the_period": after(nothing_agreed, asked_by("contact")),
    "budget_has_room": after(
        lambda world, _: circumstances.cut_budget(world, 5_000_001), asked_by("contact", extension_cost=1_000_000)
    ),
}


def warned_of(rule: str) -> type[Problem]:
    return NotAcknowledged if rule in ("contract_outlasts_the_internship", "performance_is_good") else Refused


def unattended(world: World, case: str) -> None:
    """The internship comes to its final verification with a single day on record."""
    logged(world, case, FIRST)
    world.fire(case, "confirm_days", "contact", CHOSEN)
    world.fire(case, "finish", "contact")
    world.fire(case, "report", "nurse", REPORT)
    world.fire(case, "assess", "contact", certified(world))


BY_RULE = (
    no("drafted", "submit", "nurse", Refused, rules="participant_is_in_service", first=unpaid_leave),
    no("drafted", "submit", "nurse", Refused, rules="participant_bears_no_heavy_sanction", first=heavy_sanction),
    no("drafted", "submit", "nurse", Refused, {"starts_on": "2026-03-02"}, rules="period_is_allowed"),
    no(
        "drafted",
        "submit",
        "nurse",
        Refused,
        {"ends_on": "2026-04-20"},
        rules="participant_is_free",
        first=elsewhere_from_20_april,
    ),
    no(
        "drafted",
        "submit",
        "nurse",
        NotAcknowledged,
        rules="contract_outlasts_the_internship",
        first=contract_at_its_end,
    ),
    no("drafted", "submit", "nurse", Refused, {"host": "unit:RSUD"}, rules="host_is_another_institution"),
    no("drafted", "submit", "nurse", Refused, {"plan_item": ""}, rules="plan_or_reason_is_named"),
    no("drafted", "submit", "nurse", Refused, {"estimate": 0}, rules="estimate_matches_its_source"),
    no(
        "drafted",
        "submit",
        "nurse",
        NotAcknowledged,
        rules="performance_is_good",
        first=lambda world, _: circumstances.judged(world, "nurse", "Kurang"),
    ),
    no("agency_review", "forward", "hospital_head", Refused, rules="enough_people_stay", first=two_nurses_away),
    no("verification", "verify", "verifier", Refused, paid, rules="participant_is_in_service", first=unpaid_leave),
    no("verification", "reject", "verifier", Refused, BY_NO_RULE, rules="rejection_cites_a_regulation"),
    no(
        "verification",
        "verify",
        "verifier",
        Refused,
        paid,
        rules="participant_bears_no_heavy_sanction",
        first=heavy_sanction,
    ),
    no("verification", "verify", "verifier", NotAcknowledged, paid, rules="the_period_is_not_over", day=FIRST),
    no("verification", "verify", "verifier", Refused, paid, rules="the_period_is_not_over", day=OVER),
    no("verification", "verify", "verifier", Refused, paid, rules="enough_people_stay", first=two_nurses_away),
    no("verification", "verify", "verifier", Refused, paid, rules="agreement_covers_the_period", first=nothing_agreed),
    no("verification", "verify", "verifier", Refused, paid, rules="budget_has_room", first=no_money_left),
    no("awaiting_signature", "request_host", "secretary", NotAcknowledged, rules="the_period_is_not_over", day=FIRST),
    no("awaiting_signature", "request_host", "secretary", Refused, rules="the_period_is_not_over", day=OVER),
    no("awaiting_signature", "request_host", "secretary", Refused, rules="budget_has_room", first=no_money_left),
    no("awaiting_host", "propose_changes", "contact", Refused, GUIDE, rules="the_offer_says_what_changes"),
    no("host_proposal", "accept_changes", "verifier", Refused, rules="head_consents_where_needed"),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="period_is_allowed",
        first=consented,
        day=date(2026, 4, 13),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="participant_is_free",
        first=then_consented(elsewhere_from_20_april),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        NotAcknowledged,
        rules="contract_outlasts_the_internship",
        first=then_consented(contract_at_its_end),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="enough_people_stay",
        first=then_consented(two_nurses_away),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="agreement_covers_the_period",
        first=then_consented(nothing_agreed),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="budget_has_room",
        first=then_consented(lambda world, _: circumstances.cut_budget(world, 5_500_001)),
    ),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        Refused,
        {"host": REQUEST["host"], "section": REQUEST["section"]},
        rules="host_is_a_different_one",
    ),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        Refused,
        {**ELSEWHERE, "host": "unit:RSUD"},
        rules="host_is_another_institution",
    ),
    no("host_unavailable", "change_host", "nurse", Refused, ELSEWHERE, rules="period_is_allowed", day=FIRST),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        Refused,
        {**ELSEWHERE, "ends_on": "2026-04-20"},
        rules="participant_is_free",
        first=elsewhere_from_20_april,
    ),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        NotAcknowledged,
        ELSEWHERE,
        rules="contract_outlasts_the_internship",
        first=contract_at_its_end,
    ),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        Refused,
        {**ELSEWHERE, "funding": "none"},
        rules="estimate_matches_its_source",
    ),
    no("accepted", "assign", "hospital_head", NotAcknowledged, rules="the_period_is_not_over", day=LAST),
    no("accepted", "assign", "hospital_head", Refused, rules="the_period_is_not_over", day=OVER),
    no("introduced", "start", "nurse", Refused, rules="the_period_has_come", day=date(2026, 4, 5)),
    no(
        "ongoing",
        "log_day",
        "nurse",
        Refused,
        {**DAY, "worked_on": "2026-04-07"},
        rules="the_day_can_be_logged",
    ),
    no("ongoing", "confirm_days", "contact", Refused, CHOSEN, rules="days_are_chosen"),
    no("ongoing", "confirm_days", "contact", Refused, {"numbers": [1, 99]}, "chosen_numbers_are_open", first=logged),
    no("ongoing", "finish", "contact", Refused, rules="the_period_is_over", day=date(2026, 4, 16)),
    no(
        "ongoing",
        "end_early",
        "hospital_head",
        Refused,
        {**EARLY, "last_day": "2026-04-07"},
        rules="the_last_day_is_within_the_period",
    ),
    no("ongoing", "recall", "hospital_head", Refused, BECAUSE, rules="cost_is_accounted_for"),
    no("host_assessment", "assess", "contact", Refused, SCORES, rules="host_certificate_is_complete"),
    no("host_assessment", "waive_assessment", "verifier", Refused, BECAUSE, rules="the_host_is_late"),
    no(
        "host_assessment",
        "waive_assessment",
        "verifier",
        Refused,
        {**BECAUSE, "numbers": [99]},
        rules="chosen_numbers_are_open",
        day=LATE,
    ),
    no(
        "host_assessment",
        "waive_assessment",
        "verifier",
        Refused,
        {**BECAUSE, "numbers": [11]},
        rules="attested_days_are_proven",
        first=lambda world, case: logged(world, case, date(2026, 4, 11)),
        day=LATE,
    ),
    no(
        "ongoing",
        "complete",
        "verifier",
        Refused,
        {"without_cost": True},
        rules="attendance_is_enough",
        first=unattended,
        day=LAST,
    ),
    no(
        "final_verification",
        "complete",
        "verifier",
        NotAcknowledged,
        {"without_cost": True},
        rules="hours_follow_the_hosts_country",
        first=host_abroad,
    ),
    no("final_verification", "complete", "verifier", Refused, rules="cost_is_accounted_for"),
    no("reporting", "close_unmet", "verifier", Refused, {"without_cost": True}, rules="late_or_with_a_reason"),
    no("reporting", "close_unmet", "verifier", Refused, BECAUSE, rules="cost_is_accounted_for"),
    no("accepted", "assign", "hospital_head", Refused, rules="the_cost_is_borne", first=all_released),
    no(
        "assigned",
        "fund_next_year",
        "verifier",
        Refused,
        lambda world: {"next_budget_line": budget_line(world, 2027, 3_999_999)},
        rules="next_budget_has_room",
        first=awaiting_next_year,
    ),
    no(
        "assigned",
        "release_promise",
        "treasurer",
        Refused,
        {**BECAUSE, "budget_year": 2026, "remains": 4_000_000},
        rules="promise_gets_smaller",
    ),
    no("drafted", "submit", "nurse", Refused, rules="host_has_a_place", first=no_place()),
    no("agency_review", "forward", "hospital_head", Refused, rules="host_has_a_place", first=no_place()),
    no("verification", "verify", "verifier", Refused, paid, rules="host_has_a_place", first=no_place()),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="host_has_a_place",
        first=then_consented(no_place()),
    ),
    no(
        "host_proposal",
        "accept_changes",
        "verifier",
        Refused,
        rules="no_contest_is_open",
        first=after(consented, contested),
    ),
    no(
        "host_unavailable",
        "change_host",
        "nurse",
        Refused,
        ELSEWHERE,
        rules="host_has_a_place",
        first=no_place("Instalasi Gawat Darurat", "partner:RSUNIV"),
    ),
    no("accepted", "assign", "hospital_head", Refused, rules="no_contest_is_open", first=contested),
    no(
        "final_verification",
        "complete",
        "verifier",
        Refused,
        {"without_cost": True},
        rules="no_contest_is_open",
        first=contested,
    ),
    *(
        no("assigned", "replace", "hospital_head", warned_of(rule), substitute(who), rule, first=first)
        for rule, (who, first) in OF_A_SUBSTITUTE.items()
    ),
    no(
        "ongoing",
        "hand_back",
        "contact",
        Refused,
        lambda world: {**handed_back(world), "last_day": "2026-04-07"},
        rules="the_last_day_is_within_the_period",
    ),
    no("ongoing", "hand_back", "contact", Refused, EARLY, rules="host_return_is_complete"),
    no("ongoing", "request_extension", "nurse", Refused, extension("2026-04-17"), "extension_is_asked_in_time"),
    *(
        no("ongoing", "extend", "hospital_head", warned_of(rule), rules=rule, first=first)
        for rule, first in OF_AN_EXTENSION.items()
    ),
    no(
        "ongoing",
        "move_section",
        "contact",
        Refused,
        SURGERY,
        rules="host_has_a_place",
        first=no_place("Instalasi Bedah"),
    ),
    no(
        "ongoing",
        "start_late",
        "contact",
        Refused,
        {"started_on": "2026-04-06", **BECAUSE},
        rules="late_start_is_within_the_period",
    ),
    no(
        "ongoing", "carry_promise", "treasurer", Refused, {**BECAUSE, "budget_year": 2025}, "promise_fits_the_next_year"
    ),
    no("assigned", "close_departed", "verifier", Refused, BECAUSE, rules="cost_is_accounted_for", first=has_left),
    no(
        "reporting", "close_departed", "verifier", Refused, FREE_OF_COST, rules="nothing_earned_is_lost", first=has_left
    ),
    no("ongoing", "keep_earned", "verifier", Refused, NOTE, rules="attendance_is_enough", first=has_left),
    no("introduced", "start", "contact", Refused, rules="participant_is_still_to_go", first=has_left, day=FIRST),
)


@pytest.mark.parametrize("denial", BY_RULE, ids=lambda denial: f"{denial.scene.trigger}-{denial.rules}")
def test_a_rule_stands_in_the_way_of_its_arrow(standing_at: Callable[[str], tuple[World, str]], denial: Denial) -> None:
    world, case = standing_at(denial.scene.stage)
    form = denial.scene.set_up(world, case)
    with refused(world, case, denial.why, rules={denial.rules}) as refusal:
        world.fire(case, denial.scene.trigger, denial.scene.who, form, acknowledge=())
    assert all(says.endswith(".") for says in refusal.says)


def test_every_rule_of_every_arrow_is_seen_to_refuse() -> None:
    asked = {(t.trigger, rule.name.partition(".")[2]) for _, t in ARROWS for rule in t.rules}
    assert {(denial.scene.trigger, denial.rules) for denial in BY_RULE} == asked


@pytest.mark.parametrize(
    "denial",
    [each for each in BY_RULE if each.why is NotAcknowledged],
    ids=lambda each: each.scene.trigger + each.rules,
)
def test_a_warning_is_acknowledged_and_the_acknowledgement_is_kept(
    standing_at: Callable[[str], tuple[World, str]], denial: Denial
) -> None:
    world, case = standing_at(denial.scene.stage)
    form = denial.scene.set_up(world, case)
    outcome = world.fire(case, denial.scene.trigger, denial.scene.who, form)
    (event,) = [e for e in world.database.read(_events, case) if e.id in outcome.events]
    assert [name.partition(".")[2] for name in event.payload["acknowledged"]] == [denial.rules]


def _events(conn: Any, case: str) -> list[Any]:
    from workflow.audit import events_of  # noqa: PLC0415

    return list(events_of(conn, case))


# --- Each state, each trigger, each role -----------------------------------------------------------------------------

#: Who plays which roles on the case of a nurse who goes to the provincial hospital.
PLAYS = {
    "nurse": {"participant"},
    "nursing_head": {"supervisor"},
    "hospital_head": {"agency_head", "assigner"},
    "verifier": {"verifier", "final_verifier"},
    "second_verifier": {"verifier", "final_verifier"},
    "secretary": {"signatory"},
    "contact": {"host"},
    "guide": {"guide"},
    OFFICER: {"personnel_officer"},
    "agency_chief": {"personnel_head"},
    "treasurer": {"budget_officer"},
    SYSTEM: {"system"},
}
#: Who plays none.
OTHERS = ("administrator", "regent", "second_nurse", "health_head", "stranger", "other_contact", "clerk_1")
TRIGGERS = sorted({trigger for _, trigger, *_ in TABLE})
BY = {(source, trigger): set(by.split()) for source, trigger, by, _ in TABLE}


@pytest.mark.parametrize("name", [s.name for s in PROCESS.states if not s.final])
def test_each_trigger_is_for_exactly_the_roles_that_the_table_names(
    standing_at: Callable[[str], tuple[World, str]], name: str
) -> None:
    world, case = standing_at(name)
    if name in ON_SITE:
        guided(world, case)
    else:
        make_guide(world)
    world.database.write(_try_everyone, world, case, name)


def _try_everyone(conn: Any, world: World, case: str, name: str) -> None:
    """In one unit, for a step that is refused has written nothing."""
    for trigger in TRIGGERS:
        by = BY.get((name, trigger), set())
        for who in (*PLAYS, *(OTHERS if by else ())):
            actor, allowed = THE_SYSTEM if who == SYSTEM else world.actor(who), PLAYS.get(who, set()) & by
            if not allowed:
                with pytest.raises((NotYours, NotNow, NotFound)):
                    world.engine.fire(conn, case, trigger, actor, {}, world.at)
                continue
            judgement = world.engine.preview(conn, case, trigger, actor, {}, world.at)
            assert not [each for each in judgement.obstacles if isinstance(each, NotYours)], (trigger, who)
            assert who == SYSTEM or (judgement.seat is not None and judgement.seat.role in allowed)


def test_every_role_is_played_by_somebody_here() -> None:
    assert set().union(*PLAYS.values()) == {*PROCESS.role, SYSTEM} - {"recorder", *PROCESS.at_times}


@pytest.mark.parametrize(
    ("stage", "trigger", "who", "form"),
    [
        ("supervisor_review", "reject", "nursing_head", BECAUSE),
        ("host_unavailable", "close", "verifier", BECAUSE),
        ("accepted", "cancel", "verifier", BECAUSE),
        ("drafted", "withdraw", "nurse", {}),
        ("ongoing", "recall", "hospital_head", FREE_OF_COST),
        ("final_verification", "close_unmet", "verifier", FREE_OF_COST),
        ("final_verification", "complete", "verifier", with_proof),
        ("assigned", "replace", "hospital_head", substitute("second_nurse")),
    ],
)
def test_nothing_happens_to_a_closed_case_any_more(
    standing_at: Callable[[str], tuple[World, str]], stage: str, trigger: str, who: str, form: Form
) -> None:
    world, case = standing_at(stage)
    world.fire(case, trigger, who, filled(world, form))
    title = PROCESS.state[state(world, case)].title
    for again in TRIGGERS:
        with pytest.raises(NotNow) as caught:
            world.database.write(world.engine.fire, case, again, world.actor("verifier"), {}, world.at)
        assert caught.value.says == f"Berkas sudah ditutup dengan status “{title}”; tidak ada tindakan lagi."


# --- Answers that are recorded for the host --------------------------------------------------------------------------

#: What a host answers may be put on record for it; that it contests what was recorded, it says itself.
RECORDABLE = {
    *("confirm", "propose_changes", "decline", "start", "confirm_days", "finish", "hand_back", "assess"),
    *("request_extension", "consent_extension", "move_section", "appoint_guide", "start_late", "inform"),
}
ON_PAPER = [scene for scene in REACHED if scene.who == "contact" and scene.trigger in RECORDABLE]


def test_every_step_of_the_host_but_its_contest_can_be_recorded_for_it() -> None:
    by_host = {trigger for _, trigger, by, _ in TABLE if "host" in by.split()}
    assert {t.trigger for t in PROCESS.transitions if t.recorded_by} == RECORDABLE == by_host - {"contest"}
    assert {(source_of(scene), scene.trigger) for scene in ON_PAPER} == {
        (source, t.trigger) for source, t in ARROWS if t.recorded_by
    }


@pytest.mark.parametrize("who", ["second_verifier", OFFICER])
@pytest.mark.parametrize("scene", ON_PAPER, ids=lambda scene: f"{named(scene)}-{scene.to}")
def test_an_answer_on_paper_is_recorded_for_the_host(
    standing_at: Callable[[str], tuple[World, str]], scene: Scene, who: str
) -> None:
    world, case = standing_at(scene.stage)
    of_their_own = {"assess": certified, "hand_back": handed_back}.get(scene.trigger)
    form = replace(scene, form=lambda world: of_their_own(world, who) if of_their_own else filled(world, scene.form))
    given = form.set_up(world, case)
    world.fire(case, scene.trigger, who, given, recorded=paper(world, who))
    assert state(world, case) == scene.to
    told = last_payload(world, case)
    assert (told["actor"]["id"], told["actor"]["role"]) == (world.ids[who], "recorder")
    assert told["recorded"]["for"] == "host"
    assert told["incoming"]["agenda"] == "1/2026"


# --- Bad input -------------------------------------------------------------------------------------------------------


def test_an_unknown_trigger_is_answered_with_those_that_are_known(
    standing_at: Callable[[str], tuple[World, str]],
) -> None:
    world, case = standing_at("supervisor_review")
    with refused(world, case, NotNow) as refusal:
        world.fire(case, "aprove", "nursing_head")
    assert refusal.problem.says.startswith("Tindakan “aprove” tidak dikenal pada Magang antarinstansi; yang dikenal:")


def test_a_trigger_of_another_state_is_answered_with_what_can_be_done_now(
    standing_at: Callable[[str], tuple[World, str]],
) -> None:
    world, case = standing_at("awaiting_host")
    with refused(world, case, NotNow) as refusal:
        world.fire(case, "assign", "hospital_head")
    assert refusal.problem.says.startswith("Status berkas “Menunggu balasan instansi penerima”. Yang dapat dilakukan")


def test_every_wrong_field_is_named_at_once(standing_at: Callable[[str], tuple[World, str]]) -> None:
    world, case = standing_at("drafted")
    wrong = {"starts_on": "6 April", "estimate": -1, "funding": "dana desa", "hotel": "Melati"}
    with refused(world, case, InvalidForm) as refusal:
        world.fire(case, "submit", "nurse", wrong)
    assert {fault.field for fault in refusal.problem.fields} == set(wrong)


def test_a_file_of_somebody_else_cannot_be_attached(standing_at: Callable[[str], tuple[World, str]]) -> None:
    world, case = standing_at("drafted")
    theirs = world.file("stranger")
    with refused(world, case, InvalidForm):
        world.fire(case, "submit", "nurse", {"attachments": [theirs]})


def test_the_slower_of_two_approvals_learns_who_was_faster(standing_at: Callable[[str], tuple[World, str]]) -> None:
    world, case = standing_at("verification")
    seen = 4
    world.fire(case, "verify", "verifier", paid(world), version=seen)
    with refused(world, case, OutOfDate) as refusal:
        world.fire(case, "send_back", "secretary", MEND, version=seen)
    assert refusal.problem.says.startswith("Berkas sudah diubah oleh verifier.")


def test_somebody_who_has_left_can_do_nothing(standing_at: Callable[[str], tuple[World, str]]) -> None:
    world, case = standing_at("supervisor_review")
    circumstances.alter(world, "nursing_head", left_on=date(2026, 3, 1))
    with refused(world, case, NotYours):
        world.fire(case, "endorse", "nursing_head")


def test_a_refused_rule_says_what_it_saw_and_the_way_out(standing_at: Callable[[str], tuple[World, str]]) -> None:
    world, case = standing_at("verification")
    circumstances.cut_budget(world, 7_000_000)
    with refused(world, case, Refused) as refusal:
        world.fire(case, "verify", "verifier", paid(world))
    (reason,) = [r for r in refusal.problem.reasons if r.grade is Grade.REFUSED]
    assert reason.says.startswith("Perkiraan biaya Rp4.000.000,00; tersedia Rp3.000.000,00 pada Fasilitasi magang")
    assert reason.by == ("Permendagri 77/2020",)
    assert reason.remedy == "Kurangi biaya, pilih mata anggaran lain, atau tunggu perubahan anggaran."
