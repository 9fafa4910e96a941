"""A step whose facts the form does not say yet is refused with what it needs, wherever the facts are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta
from sqlalchemy import update

from policies.decision import Decision, decide, rule
from policies.parameters import Law
from tests.offices import change
from tests.world import World
from workflow.cases import load
from workflow.definition import SAME, Among, Process, Role, State, Transition
from workflow.engine.engine import Engine
from workflow.errors import InvalidForm, NotNow, Problem, Refused
from workflow.forms import Form, Note
from workflow.registry import Registry
from workflow.tables import cases


class Leave(Form, frozen=True, kw_only=True):
    starts_on: Annotated[date, Meta(title="Tanggal mulai")]
    reason: Annotated[str, Meta(title="Alasan", max_length=200)] = ""


@dataclass(frozen=True)
class DayFacts:
    starts_on: date


def where(facts: DayFacts) -> str:
    return "review" if facts.starts_on.year == 2026 else "done"


def in_2026(facts: DayFacts) -> bool:
    return facts.starts_on.year == 2026


def with_reason(facts: DayFacts) -> Mapping[str, Any]:
    return {"reason": f"mulai {facts.starts_on}"}


def who(facts: DayFacts, law: Law) -> str:
    return "personnel_head" if facts.starts_on <= law.on else "secretary"


@rule("Mulai pada tahun 2026")
def begins_in_2026(facts: DayFacts, _: Law) -> Decision:
    return decide(facts.starts_on.year == 2026, "Tahun mulai.", "PerLAN 10/2018")


LEAVE = Process(
    name="leave",
    title="Cuti",
    version=1,
    basis=("PerLAN 10/2018",),
    form=Leave,
    opened_by=("participant",),
    seen_by=(),
    roles=(
        Role("participant", "Pemohon", person=True),
        Role("supervisor", "Atasan langsung", of="participant"),
        Role("chief", "Pejabat yang ditunjuk", find=who, says="menurut tanggalnya"),
    ),
    states=(
        State("drafted", "Draf", waits=("participant",)),
        State("review", "Diperiksa", waits=("supervisor",)),
        State("done", "Selesai", final=True),
    ),
    transitions=(
        Transition("send", "drafted", Among(where, ("review", "done")), by="participant", title="Kirim", takes=Note),
        Transition("hurry", "drafted", SAME, by="participant", title="Segerakan", when=in_2026, when_says="tahun ini"),
        Transition("explain", "drafted", SAME, by="participant", title="Jelaskan", takes=Note, amends=with_reason),
        Transition("check", "drafted", SAME, by="participant", title="Periksa", guards=(begins_in_2026,)),
        Transition("appoint", "drafted", SAME, by=("chief", "participant"), title="Tunjuk", takes=Note),
        Transition("drop", "drafted", "done", by="supervisor", title="Hapus"),
        Transition("approve", "review", "done", by="supervisor", title="Setujui"),
    ),
)  # fmt: skip


@pytest.fixture
def leave(office: World) -> World:
    """An office whose only process is the small one."""
    return replace(office, engine=Engine(Registry.of(LEAVE), office.engine.office))


def opened(world: World, form: Mapping[str, Any]) -> str:
    return world.database.write(world.engine.open, "leave", world.actor("nurse"), form, world.at).case_id


@pytest.mark.parametrize("trigger", ["send", "hurry", "explain", "check", "appoint"])
def test_a_step_whose_facts_the_form_does_not_say_yet_is_refused_with_what_it_needs(leave: World, trigger: str) -> None:
    case = opened(leave, {})
    judgement = leave.preview(case, trigger, "nurse")
    assert judgement.needs == ("starts_on",)
    with pytest.raises(InvalidForm) as refusal:
        leave.fire(case, trigger, "nurse", acknowledge=())
    assert [(fault.field, fault.says) for fault in refusal.value.fields] == [
        ("starts_on", "Tanggal mulai belum diisi.")
    ]
    assert type(judgement.obstacles[0]) is InvalidForm
    assert leave.database.read(load, case).version == 1


@pytest.mark.parametrize("trigger", ["send", "hurry", "explain", "check", "appoint"])
def test_what_is_stored_but_cannot_be_read_any_more_lets_nothing_through(leave: World, trigger: str) -> None:
    case = opened(leave, {"starts_on": "2026-05-04"})
    change(leave, update(cases).where(cases.c.id == case).values(form='{"starts_on": "bulan depan"}'))
    with pytest.raises(Refused, match="isian tersimpan yang tidak terbaca"):
        leave.fire(case, trigger, "nurse", acknowledge=())


@pytest.mark.parametrize("trigger", ["send", "hurry", "explain", "check", "appoint"])
def test_the_same_step_is_taken_once_the_form_says_it(leave: World, trigger: str) -> None:
    case = opened(leave, {"starts_on": "2026-05-04"})
    outcome = leave.fire(case, trigger, "nurse", acknowledge=())
    assert outcome.state == ("review" if trigger == "send" else "drafted")


def test_a_step_that_is_not_needed_is_told_apart_from_one_that_cannot_be_known_yet(leave: World) -> None:
    case = opened(leave, {"starts_on": "2025-05-04"})
    with pytest.raises(NotNow, match="tidak diperlukan"):
        leave.fire(case, "hurry", "nurse", acknowledge=())


def test_all_steps_are_shown_while_the_form_is_blank(leave: World) -> None:
    case = opened(leave, {})
    found = leave.database.read(leave.engine.actions, case, leave.actor("nurse"), leave.at)
    assert {judgement.arrow.trigger for judgement in found} == {t.trigger for t in LEAVE.from_state("drafted")}
    assert all(isinstance(problem, Problem) for judgement in found for problem in judgement.obstacles)
    assert msgspec.structs.fields(Leave)[0].required
