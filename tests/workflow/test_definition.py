"""A process that cannot be run is refused when its file is imported, with a message that names what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

import pytest
from msgspec import Meta

from policies.decision import Decision, decide, rule
from policies.parameters import Law, Parameter
from workflow.definition import (
    SAME,
    SYSTEM,
    WAITING,
    Among,
    Apart,
    DefinitionError,
    Entry,
    Escalate,
    Fire,
    Letter,
    Mark,
    Occupancy,
    OnDate,
    Posting,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Because, Form, Note, PersonId
from workflow.letters.bodies.internship import InternshipProposal
from workflow.registry import Registry, fingerprint


class DayAgain(Form, frozen=True, kw_only=True):
    day: Annotated[date, Meta(title="Tanggal")]
    number: Annotated[int, Meta(title="Nomor")]


class Leave(Form, frozen=True, kw_only=True):
    guide: Annotated[PersonId, Meta(title="Pembimbing")] = ""
    starts_on: Annotated[date, Meta(title="Tanggal mulai")]
    ends_on: Annotated[date, Meta(title="Tanggal selesai")]
    host: Annotated[str, Meta(title="Tempat")] = ""


class Day(Form, frozen=True, kw_only=True):
    day: Annotated[date, Meta(title="Tanggal")]


DAYS = Parameter("internship.supervisor_days", int)
UNKNOWN_DAYS = Parameter("internship.no_such_days", int)
DIARY = Entry("diary", "Catatan", Day, date="day")


@dataclass(frozen=True)
class DayFacts:
    starts_on: date


@dataclass(frozen=True)
class OddFacts:
    moon_phase: str


def _where(facts: DayFacts) -> str:
    return "review" if facts.starts_on.day else "nowhere"


def _where_by_the_moon(facts: OddFacts) -> str:
    return facts.moon_phase


def _who_by_the_moon(facts: OddFacts, law: Law) -> str:
    return law[DAYS].by + facts.moon_phase


@rule("Bulan purnama")
def moon_is_full(facts: OddFacts, law: Law) -> Decision:
    return decide(facts.moon_phase == "full", "Bulan.", law[DAYS])


@rule("Tidak terlalu lama")
def not_too_long(facts: DayFacts, law: Law) -> Decision:
    return decide(facts.starts_on.day < law[UNKNOWN_DAYS].value, "Hari.", "PerLAN 10/2018")


def letter(name: str = "internship_proposal", **more: Any) -> Letter:
    given: dict[str, Any] = {"signer": "chief", "within": DAYS, **more}
    return Letter(
        name=name, title="Surat", body=InternshipProposal, classification="800.1.4.1", subject="Cuti", **given
    )


ROLES = (Role("applicant", "Pemohon", person=True), Role("chief", "Atasan", of="applicant"))
STATES = (
    State("drafted", "Draf", waits=("applicant",), within=DAYS, late=(Remind(0.5), Fire("withdraw", 1.0))),
    State("review", "Diperiksa", waits=("chief",), within=DAYS, late=(Escalate(1.0),)),
    State("done", "Selesai", final=True),
    State("withdrawn", "Ditarik", final=True),
)
TRANSITIONS = (
    Transition("submit", "drafted", "review", by="applicant", title="Ajukan", takes=Leave),
    Transition("withdraw", "drafted", "withdrawn", by=("applicant", SYSTEM), title="Tarik"),
    Transition("approve", "review", "done", by="chief", title="Setujui", takes=Note),
    Transition("return", "review", "drafted", by=WAITING, title="Kembalikan", takes=Because, pauses_clock=True),
)


def process(**changes: Any) -> Process:
    whole: dict[str, Any] = {
        "name": "leave",
        "title": "Cuti",
        "version": 1,
        "basis": ("PerLAN 10/2018",),
        "form": Leave,
        "roles": ROLES,
        "states": STATES,
        "transitions": TRANSITIONS,
        "opened_by": ("applicant",),
        "seen_by": ("auditor",),
        "period": ("starts_on", "ends_on"),
    }
    return Process(**{**whole, **changes})


def with_states(*more: State, **changed: dict[str, Any]) -> dict[str, Any]:
    """The states, some of them changed by name, and more of them."""
    states = tuple(replace(state, **changed.get(state.name, {})) for state in STATES)
    return {"states": (*states, *more)}


def with_steps(*more: Transition, **changed: dict[str, Any]) -> dict[str, Any]:
    """The transitions, some of them changed by trigger, and more of them."""
    steps = tuple(replace(step, **changed.get(step.trigger, {})) for step in TRANSITIONS)
    return {"transitions": (*steps, *more)}


def with_roles(*more: Role) -> dict[str, Any]:
    return {"roles": (*ROLES, *more)}


def step(trigger: str, source: str, to: Any, by: Any = "chief", **more: Any) -> Transition:
    return Transition(trigger, source, to, by=by, title=trigger, **more)


def test_a_process_that_lacks_nothing_is_sound() -> None:
    sound = process()
    assert Registry.of(sound).process("leave") is sound
    assert sound.subject == "applicant"
    assert sound.initial == "drafted"
    arrow = sound.arrow("review", "return")
    assert arrow is not None
    assert sound.actors(arrow, "review") == ("chief",)
    assert sound.arrow("done", "approve") is None


GUIDE = Role("guide", "Pembimbing", named="guide")


def is_late(facts: DayFacts) -> bool:
    return facts.starts_on.day > 1


def test_one_trigger_may_lead_two_roles_to_two_states() -> None:
    found = process(**with_steps(step("submit", "drafted", "done", "chief")))
    assert [t.to for t in found.arrows("drafted", "submit")] == ["review", "done"]
    for role, to in (("applicant", "review"), ("chief", "done"), ("", "review")):
        arrow = found.arrow("drafted", "submit", role)
        assert arrow is not None
        assert arrow.to == to
    assert "submit" in Registry.of(found).machines["leave"].events


def test_the_system_alone_may_take_a_step_at_once_where_no_rung_fires_it() -> None:
    found = process(**with_steps(step("expire", "review", "done", by=SYSTEM, at_once=True, when=is_late)))
    assert "expire" in [t.trigger for t in found.from_state("review")]


def test_a_named_person_may_be_waited_for_where_somebody_else_has_a_way_out() -> None:
    guided = State("guided", "Dibimbing", waits=("guide",), within=DAYS, late=(Fire("give_up", 1.0),))
    steps = (
        step("ask", "review", "guided"),
        step("agree", "guided", "done", "guide"),
        step("give_up", "guided", "withdrawn", SYSTEM),
    )
    found = process(**with_roles(GUIDE) | with_states(guided) | with_steps(*steps))
    assert [role.name for role in found.named] == ["guide"]


#: What is wrong, how the definition says it, and what the message must name.
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a state that nothing leads to": (
        with_states(State("lost", "Hilang", waits=("chief",)), review={})
        | with_steps(step("approve_lost", "lost", "done")),
        "state lost cannot be reached",
    ),
    "a state without a way to a final one": (
        with_states(State("limbo", "Menggantung", waits=("chief",)))
        | with_steps(step("park", "review", "limbo"), step("ponder", "limbo", SAME)),
        "from state limbo no final state can be reached",
    ),
    "no final state at all": (with_states(done={"final": False, "waits": ("chief",)}), "from state done"),
    "a state where nobody waits": (with_states(review={"waits": ()}), "nobody waits in state review, and no deadline"),
    "a state that waits for one who can do nothing": (
        with_states(drafted={"waits": ("applicant", "chief")}),
        "state drafted waits for chief, who can do nothing there",
    ),
    "a state that depends on the silence of the applicant": (
        with_states(drafted={"late": ()}),
        "state drafted depends on the silence of applicant",
    ),
    "a system's step that no deadline fires": (
        with_steps(step("expire", "review", "done", by=SYSTEM)),
        "expire is the system's alone, but no rung fires it",
    ),
    "an arrow out of a final state": (
        with_steps(step("reopen", "done", "review")),
        "state done is final, yet reopen leaves it",
    ),
    "a final state in which somebody waits": (
        with_states(done={"waits": ("chief",)}),
        "state done is final: nobody waits there",
    ),
    "a final state that occupies": (
        with_states(done={"occupies": Occupancy.HELD}),
        "state done is final: nobody waits there, no time runs and nothing is held",
    ),
    "a state defined twice": (with_states(State("review", "Lagi", waits=("chief",))), "state review is defined twice"),
    "a role defined twice": (with_roles(Role("chief", "Lagi", group="auditor")), "role chief is defined twice"),
    "an arrow defined twice": (
        with_steps(step("approve", "review", "withdrawn")),
        "arrow approve from review is defined twice for chief",
    ),
    "an arrow defined twice for one of several roles": (
        with_roles(GUIDE)
        | with_steps(step("approve", "review", "withdrawn", WAITING), approve={"by": ("chief", "guide")}),
        "arrow approve from review is defined twice for chief",
    ),
    "a person named by a field that the form lacks": (
        with_roles(Role("guide", "Pembimbing", named="tutor")) | with_steps(step("help", "review", SAME, "guide")),
        "role guide: the form has no field 'tutor' that names a person",
    ),
    "a person named by a field that names none": (
        with_roles(Role("guide", "Pembimbing", named="host")) | with_steps(step("help", "review", SAME, "guide")),
        "role guide: the form has no field 'host' that names a person",
    ),
    "the head of the unit of nobody in particular": (
        with_roles(Role("head", "Kepala", heads="chief")) | with_steps(step("help", "review", SAME, "head")),
        "role head heads the unit of chief, which is nobody in particular",
    ),
    "a state that depends on the silence of somebody who is named": (
        with_roles(GUIDE)
        | with_states(State("guided", "Dibimbing", waits=("guide",)))
        | with_steps(step("ask", "review", "guided"), step("agree", "guided", "done", "guide")),
        "state guided depends on the silence of guide",
    ),
    "a step judged by the law of one that there is not": (
        with_steps(approve={"by_law_of": "propose"}),
        "approve is judged by the law of 'propose', which is no step",
    ),
    "a mark on entries of a status that none ever has": (
        with_steps(
            step("log", "review", SAME, takes=Day, writes=DIARY), approve={"marks": Mark(DIARY, "seen", ("lost",))}
        ),
        "approve marks diary that is 'lost', which it never is",
    ),
    "a correction of entries of a status that none ever has": (
        with_steps(
            step("log", "review", SAME, takes=Day, writes=DIARY),
            approve={"takes": DayAgain, "corrects": DIARY, "corrects_from": ("disputed",)},
        ),
        "approve corrects diary that is 'disputed', which it never is",
    ),
    "a correction that does not say of which entry": (
        with_steps(step("log", "review", SAME, takes=Day, writes=DIARY), approve={"takes": Day, "corrects": DIARY}),
        "approve corrects diary, but does not take its fields and its 'number'",
    ),
    "a correction of what nothing writes": (
        with_steps(approve={"takes": DayAgain, "corrects": DIARY}),
        "approve corrects diary, which no transition writes",
    ),
    "a step that both corrects and writes": (
        with_steps(approve={"takes": Day, "corrects": DIARY, "writes": DIARY}),
        "approve either corrects an entry or writes one, not both",
    ),
    "a step at once under no condition": (
        with_steps(step("expire", "review", "done", by=SYSTEM, at_once=True)),
        "expire is taken at once: by the system, under a condition (when)",
    ),
    "a target that does not exist": (with_steps(submit={"to": "reviw"}), "submit: no state called 'reviw'"),
    "a source that does not exist": (with_steps(submit={"source": "draft"}), "submit: no state called 'draft'"),
    "a declared target that does not exist": (
        with_steps(submit={"to": Among(_where, ("review", "nowhere"))}),
        "submit: no state called 'nowhere'",
    ),
    "an unknown role in by": (
        with_steps(approve={"by": "supervisr"}),
        "approve: no role called 'supervisr'; the process has applicant, chief",
    ),
    "an unknown role in waits": (with_states(review={"waits": ("boss",)}), "state review: no role called 'boss'"),
    "an unknown role in tells": (with_steps(approve={"tells": ("host",)}), "approve: no role called 'host'"),
    "an unknown role to escalate to": (
        with_states(review={"late": (Escalate(1.0, to="boss"),)}),
        "state review: no role called 'boss'",
    ),
    "an unknown role in a separation": ({"apart": (Apart("chief", to="boss"),)}, "apart: no role called 'boss'"),
    "an unknown role below another": (
        with_roles(Role("director", "Direktur", of="deputy")),
        "role director: no role called 'deputy'",
    ),
    "an unknown signer": (
        with_steps(approve={"issues": (letter(signer="boss"),)}),
        "approve issues internship_proposal: no role called 'boss'",
    ),
    "an unknown opener": ({"opened_by": ("anyone",)}, "opened_by: no role called 'anyone'"),
    "a role that never acts": (
        with_roles(Role("witness", "Saksi", group="auditor")),
        "role witness never acts",
    ),
    "a role of no kind": (with_roles(Role("ghost", "Bayangan")), "role ghost must be exactly one kind of relation"),
    "a role of two kinds": (
        with_roles(Role("both", "Keduanya", group="auditor", post="secretary")),
        "role both must be exactly one kind of relation",
    ),
    "nobody whom the case is about": (
        {"roles": (replace(ROLES[0], person=False, group="auditor"), replace(ROLES[1], of="", heads="applicant"))},
        "exactly one role must be the person",
    ),
    "a host field that the form lacks": (
        with_roles(Role("host", "Penerima", partner="hostel")),
        "role host: the form has no field 'hostel'",
    ),
    "a period that the form lacks": ({"period": ("starts_on", "finishes_on")}, "the form has no field 'finishes_on'"),
    "a retraced field that the form lacks": ({"retraced_by": ("purpose",)}, "the form has no field 'purpose'"),
    "WAITING where nobody waits": (
        with_states(review={"waits": (), "late": (Fire("approve", OnDate("ends_on")),)})
        | with_steps(approve={"by": ("chief", SYSTEM)}),
        "return from review is for whoever waits, but nobody does",
    ),
    "a part of something other than the form": (
        with_steps(approve={"partial": True}),
        "approve takes a part of something other than the form",
    ),
    "a clock paused that does not run": (
        with_states(review={"within": None, "late": ()}),
        "return pauses a clock that does not run",
    ),
    "a letter that nothing issues before a step": (
        with_steps(approve={"after": (letter(),)}),
        "approve comes after letter internship_proposal, which no transition issues",
    ),
    "a letter that cancels what nothing issues": (
        with_steps(approve={"issues": (letter(cancels=("summons",)),)}),
        "letter internship_proposal takes back 'summons', which no transition issues",
    ),
    "an entry that is not what the step takes": (
        with_steps(approve={"writes": DIARY}),
        "approve writes diary but does not take Day",
    ),
    "an entry dated by a field it does not have": (
        with_steps(approve={"takes": Day, "writes": replace(DIARY, date="written_on")}),
        "approve writes diary, whose date 'written_on' it does not take",
    ),
    "an entry both filled in and gathered": (
        with_steps(approve={"takes": Day, "writes": DIARY, "keeps": replace(DIARY, date="")}),
        "approve either writes what was filled in or keeps what is gathered, not both",
    ),
    "a gathered entry dated by a field": (
        with_steps(approve={"keeps": DIARY}),
        "approve keeps diary, which is dated by its step",
    ),
    "a letter that more than three initial": (
        with_steps(approve={"issues": (letter(paraf=("chief",) * 4),)}),
        "letter internship_proposal is initialled by more than 3",
    ),
    "a letter that a role initials that there is not": (
        with_steps(approve={"issues": (letter(paraf=("boss",)),)}),
        "approve issues internship_proposal: no role called 'boss'",
    ),
    "a letter that nobody known mends": (
        with_steps(approve={"issues": (letter(drafter="boss"),)}),
        "approve issues internship_proposal: no role called 'boss'",
    ),
    "a letter that one signs twice": (
        with_steps(approve={"issues": (letter(cosigners=("chief",)),)}),
        "letter internship_proposal is signed by chief twice",
    ),
    "a state that answers a letter which does not come with it": (
        with_states(review={"after": (letter(),)}) | with_steps(approve={"issues": (letter(),)}),
        "state review answers letter internship_proposal, which no arrow into it issues",
    ),
    "a letter through a role that there is not": (
        with_steps(approve={"issues": (letter(through="boss"),)}),
        "approve issues internship_proposal: no role called 'boss'",
    ),
    "a mark on entries that nothing writes": (
        with_steps(approve={"marks": Mark(DIARY, "confirmed")}),
        "approve marks diary, which no transition writes",
    ),
    "a period ended on a day that is not asked for": (
        with_steps(approve={"ends_period": "last_day"}),
        "approve ends the period on 'last_day', which it does not take",
    ),
    "a credit for no activity": (
        with_steps(approve={"posts": (Posting.CREDIT,)}),
        "approve posts a credit, but the process names no activity",
    ),
    "days held of a process without a period": (
        with_states(review={"occupies": Occupancy.HELD}) | {"period": None},
        "state review occupies the participant, but the process names no period",
    ),
    "a rung at a share of no time": (
        with_states(review={"within": None, "late": (Remind(0.5),)})
        | with_steps(**{"return": {"pauses_clock": False}}),
        "state review has a rung at a share of its time, but no time",
    ),
    "a rung on a day that the form lacks": (
        with_states(review={"late": (Remind(OnDate("payday")),)}),
        "state review: the form has no date 'payday'",
    ),
    "a rung tried again until a day that the form lacks": (
        with_states(drafted={"late": (Fire("withdraw", 1.0, again=True, until="payday"),)}),
        "state drafted: the form has no date 'payday'",
    ),
    "a rung with a last day that is tried once": (
        with_states(drafted={"late": (Fire("withdraw", 1.0, until="ends_on"),)}),
        "state drafted: withdraw has a last day for trying again, but is tried once",
    ),
    "a rung that fires what the system may not": (
        with_states(review={"late": (Fire("approve", 1.0),)}),
        "state review: the system may not fire 'approve' there",
    ),
    "a last day for trying again that the form lacks": (
        with_states(drafted={"late": (Fire("withdraw", 1.0, again=True, until="payday"),)}),
        "state drafted: the form has no date 'payday'",
    ),
    "a last day for what is tried once": (
        with_states(drafted={"late": (Fire("withdraw", 1.0, until="ends_on"),)}),
        "state drafted: withdraw has a last day for trying again, but is tried once",
    ),
    "a rung that fires what is no step there": (
        with_states(review={"late": (Fire("submit", 1.0),)}),
        "state review: the system may not fire 'submit' there",
    ),
}


@pytest.mark.parametrize(("changes", "named"), FAULTS.values(), ids=FAULTS)
def test_a_process_is_refused_for(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        process(**changes)
    assert "process 'leave' is not sound" in str(refused.value)
    assert named in str(refused.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DefinitionError) as refused:
        process(**with_states(review={"waits": ()}, drafted={"late": ()}))
    assert "nobody waits in state review" in str(refused.value)
    assert "silence of applicant" in str(refused.value)


#: What only the rest of the house can tell: facts, templates, parameters, groups and posts.
MISSING: dict[str, tuple[dict[str, Any], str]] = {
    "a fact that a guard asks for": (
        with_steps(approve={"guards": (moon_is_full,)}),
        "leave: approve: test_definition.moon_is_full asks for the fact 'moon_phase', which nothing fills",
    ),
    "a fact that a target asks for": (
        with_steps(submit={"to": Among(_where_by_the_moon, ("review",))}),
        "leave: submit: its target asks for the fact 'moon_phase'",
    ),
    "a fact that an amendment asks for": (
        with_steps(approve={"amends": _where_by_the_moon}),
        "leave: approve: what it amends asks for the fact 'moon_phase'",
    ),
    "a fact by which a role is found": (
        with_roles(Role("oracle", "Penentu", find=_who_by_the_moon))
        | with_steps(step("bless", "review", "done", by="oracle")),
        "leave: role oracle asks for the fact 'moon_phase'",
    ),
    "a fact of a letter": (
        with_steps(approve={"issues": (letter(when=_where_by_the_moon),)}),
        "leave: approve: letter internship_proposal asks for the fact 'moon_phase'",
    ),
    "a template": (
        with_steps(approve={"issues": (letter("letter_to_nobody"),)}),
        "leave: letter letter_to_nobody: no template 'letter_to_nobody.html'",
    ),
    "the parameter of a state's time": (
        with_states(review={"within": UNKNOWN_DAYS}),
        "leave: state review: no parameter 'internship.no_such_days'",
    ),
    "the parameter of a letter's time": (
        with_steps(approve={"issues": (letter(within=UNKNOWN_DAYS),)}),
        "leave: letter internship_proposal: no parameter 'internship.no_such_days'",
    ),
    "the parameter that a guard reads": (
        with_steps(approve={"guards": (not_too_long,)}),
        "leave: approve: test_definition.not_too_long: no parameter 'internship.no_such_days'",
    ),
    "a group": (
        with_roles(Role("board", "Panel", group="bkpsdm.verifiers"))
        | with_steps(step("vote", "review", "done", "board")),
        "leave: role board: no group 'bkpsdm.verifiers'",
    ),
    "a group that may see": ({"seen_by": ("auditors",)}, "leave: seen_by: no group 'auditors'"),
    "a post": (
        with_roles(Role("sekda", "Sekda", post="secretery")) | with_steps(step("sign", "review", "done", "sekda")),
        "leave: role sekda: no post 'secretery'",
    ),
}


@pytest.mark.parametrize(("changes", "named"), MISSING.values(), ids=MISSING)
def test_a_process_is_not_registered_without(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        Registry.of(process(**changes))
    assert named in str(refused.value)


def test_every_process_of_the_house_is_sound_and_has_a_machine(registry: Registry) -> None:
    assert registry.processes
    for name, found in registry.processes.items():
        machine = registry.machines[name]
        assert set(machine.states) == set(found.state)
        assert not machine.models, "no row is ever added as a model"


def test_the_fingerprint_changes_with_the_definition_and_only_with_it() -> None:
    assert fingerprint(process()) == fingerprint(process())
    for changes in (
        with_states(review={"title": "Ditinjau"}),
        with_steps(approve={"once": True}),
        with_steps(submit={"guards": (moon_is_full,)}),
        {"version": 2},
        {"apart": (Apart("chief", to="applicant"),)},
    ):
        assert fingerprint(process(**changes)) != fingerprint(process())
