"""Processes as data: states, steps, roles, letters and the form, for whoever builds on the API."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from policies.parameters import NotInForce
from workflow.callers import Caller
from workflow.definition import SAME, Letter, Process, Role, State, Transition
from workflow.engine.engine import Engine
from workflow.views.actions import StateLine
from workflow.views.schemas import form_schema
from workflow.views.step_schemas import step_schema


class ProcessLine(msgspec.Struct, frozen=True, kw_only=True):
    """A process by its name, title, version and legal basis."""

    name: str
    title: str
    version: int
    basis: tuple[str, ...]


class ProcessList(msgspec.Struct, frozen=True, kw_only=True):
    """The processes there are."""

    items: tuple[ProcessLine, ...]


class RoleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A role. ``relation``: how it is found: person, named, of, heads, post, find, group or partner."""

    name: str
    title: str
    relation: str


class TimeLine(msgspec.Struct, frozen=True, kw_only=True):
    """The working days that a state allows today, since when, and by which article."""

    working_days: int
    since: date
    by: str


class StatePage(msgspec.Struct, frozen=True, kw_only=True):
    """A state: who is waited for, how long, and whether it is an end."""

    name: str
    title: str
    final: bool
    waits: tuple[str, ...]
    within: TimeLine | None


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that must allow a step."""

    rule: str
    title: str
    revision: int


class LetterKind(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that a step issues, and the role that signs it."""

    name: str
    title: str
    signer: str


class StepPage(msgspec.Struct, frozen=True, kw_only=True):
    """A step: from where to where, by whom, what it takes, which rules must allow it, what it issues."""

    trigger: str
    title: str
    sources: tuple[str, ...]
    leads_to: tuple[StateLine, ...]
    stays: bool
    by: tuple[str, ...]
    takes: dict[str, Any] | None
    rules: tuple[RuleLine, ...]
    issues: tuple[str, ...]
    after: tuple[str, ...]
    writes: str | None


class ProcessPage(msgspec.Struct, frozen=True, kw_only=True):
    """A process. ``form``: the JSON Schema of its request."""

    process: ProcessLine
    initial: str
    opened_by: tuple[str, ...]
    roles: tuple[RoleLine, ...]
    states: tuple[StatePage, ...]
    steps: tuple[StepPage, ...]
    letters: tuple[LetterKind, ...]
    form: dict[str, Any]


def process_list(_: Connection, engine: Engine, _caller: Caller, _at: datetime) -> ProcessList:
    """The processes there are."""
    return ProcessList(items=tuple(process_line(process) for process in engine.registry.processes.values()))


def process_page(_: Connection, engine: Engine, _caller: Caller, at: datetime, name: str) -> ProcessPage:
    """A process as it stands today. Raises NotFound."""
    process = engine.registry.process(name)
    on = engine.office.day(at)
    return ProcessPage(
        process=process_line(process),
        initial=process.initial,
        opened_by=process.opened_by,
        roles=tuple(_role(role) for role in process.roles),
        states=tuple(_state(engine, state, on) for state in process.states),
        steps=tuple(_step(process, transition) for transition in process.transitions),
        letters=tuple(_letter(letter) for letter in process.letters.values()),
        form=copy.deepcopy(form_schema(process.form, process.title)),
    )


def process_line(process: Process) -> ProcessLine:
    """A process by its name, title, version and legal basis."""
    return ProcessLine(name=process.name, title=process.title, version=process.version, basis=process.basis)


def _role(role: Role) -> RoleLine:
    return RoleLine(name=role.name, title=role.title, relation=role.kind)


def _letter(letter: Letter) -> LetterKind:
    return LetterKind(name=letter.name, title=letter.title, signer=letter.signer)


def _state(engine: Engine, state: State, on: date) -> StatePage:
    return StatePage(
        name=state.name, title=state.title, final=state.final, waits=state.waits, within=_time(engine, state, on)
    )


def _time(engine: Engine, state: State, on: date) -> TimeLine | None:
    if state.within is None:
        return None
    try:
        value = engine.office.policies.on(on)[state.within]
    except NotInForce:
        return None
    return TimeLine(working_days=int(value.value), since=value.since, by=value.by)


def _step(process: Process, transition: Transition) -> StepPage:
    targets = dict.fromkeys(target for source in transition.sources for target in transition.targets(source))
    stays = transition.to == SAME
    actors = dict.fromkeys(role for source in transition.sources for role in process.actors(transition, source))
    return StepPage(
        trigger=transition.trigger,
        title=transition.title,
        sources=transition.sources,
        leads_to=tuple(StateLine(state=name, title=process.state[name].title) for name in targets) if not stays else (),
        stays=stays,
        by=tuple(actors),
        takes=step_schema(process, transition),
        rules=tuple(RuleLine(rule=r.name, title=r.title, revision=r.revision) for r in transition.guards),
        issues=tuple(letter.name for letter in transition.issues),
        after=tuple(letter.name for letter in transition.after),
        writes=transition.writes.name if transition.writes else None,
    )
