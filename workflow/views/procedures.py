"""A process as the procedure that everybody may read: each state with its steps, the law behind each, and today's numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from policies.decision import Rule
from policies.parameters import Parameter, Policies
from workflow.callers import Caller
from workflow.definition import SAME, Process, State, Transition
from workflow.engine.engine import Engine
from workflow.engine.grounds import grounds_of
from workflow.telling.describe import provisions_of
from workflow.telling.describe_state import Description
from workflow.telling.describe_step import by_whom_else, conditions, filled_in, left_behind
from workflow.telling.plain_text import amount
from workflow.views.processes import ProcessLine, process_line


class BasisLine(msgspec.Struct, frozen=True, kw_only=True):
    """A regulation that the process stands on: as it is cited, and its full title."""

    citation: str
    title: str


class GuardLine(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold for a step. ``by``: the articles; ``provisions``: the numbers in force; ``may_warn``: it may only warn."""

    title: str
    by: tuple[str, ...]
    provisions: tuple[str, ...]
    may_warn: bool


class ProcedureStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step from one state. ``leads_to``: states by name, its own where it stays; ``says``: what else there is to know of it.

    ``first_at``: the first state from which it can be taken: what it asks and does is the same from all of them.
    """

    trigger: str
    title: str
    first_at: str
    by: str
    leads_to: tuple[str, ...]
    guards: tuple[GuardLine, ...]
    letters: tuple[str, ...]
    says: tuple[str, ...]


class ProcedureState(msgspec.Struct, frozen=True, kw_only=True):
    """A state: whom it waits for and how long, in words, and the steps out of it."""

    name: str
    title: str
    final: bool
    says: tuple[str, ...]
    steps: tuple[ProcedureStep, ...]


class PastValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a parameter from a day on, in words, and the article that set it; empty where that repealed it."""

    since: date
    value: str
    by: str


class ProvisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the process goes by. ``value``: today's, empty where none is in force; ``history``: newest first.

    ``own``: the agency has set it itself, in the place of the one that is shipped.
    """

    name: str
    says: str
    value: str
    history: tuple[PastValue, ...]
    own: bool


class ProcedurePage(msgspec.Struct, frozen=True, kw_only=True):
    """The procedure of a process by the law of a day. ``opened_by``: who may open a case, in words."""

    process: ProcessLine
    on: date
    opened_by: tuple[str, ...]
    basis: tuple[BasisLine, ...]
    states: tuple[ProcedureState, ...]
    provisions: tuple[ProvisionLine, ...]


def procedure_page(_: Connection, engine: Engine, _caller: Caller, at: datetime, name: str) -> ProcedurePage:
    """The procedure of a process as the law stands today. Raises NotFound."""
    process, policies = engine.registry.process(name), engine.office.policies
    description = Description(process, policies, engine.office.day(at))
    return ProcedurePage(
        process=process_line(process),
        on=description.on,
        opened_by=tuple(process.role[role].title for role in process.opened_by),
        basis=tuple(BasisLine(citation=each, title=policies.regulations.full_title(each)) for each in process.basis),
        states=tuple(_state(description, state) for state in process.states),
        provisions=tuple(_provision(policies, each, description) for each in provisions_of(description).values()),
    )


def _state(description: Description, state: State) -> ProcedureState:
    process = description.process
    return ProcedureState(
        name=state.name,
        title=state.title,
        final=state.final,
        says=() if state.final else tuple(description.waiting(state)),
        steps=tuple(_step(description, process, state, step) for step in process.from_state(state.name)),
    )


def _step(description: Description, process: Process, state: State, step: Transition) -> ProcedureStep:
    return ProcedureStep(
        trigger=step.trigger,
        title=step.title,
        first_at=next(each.name for each in process.states if each.name in step.sources),
        by=description.titles(process.actors(step, state.name), "atau"),
        leads_to=(state.name,) if step.to == SAME else tuple(dict.fromkeys(step.targets(state.name))),
        guards=tuple(_guard(description, rule) for rule in step.rules),
        letters=tuple(f"{letter.title}, ditandatangani {description.signer(letter)}" for letter in step.issues),
        says=(
            *by_whom_else(description, step),
            *filled_in(step),
            *conditions(description, step),
            *(line.strip() for line in left_behind(description, step) if not line.startswith("Surat: ")),
        ),
    )


def _guard(description: Description, rule: Rule) -> GuardLine:
    grounds = grounds_of(rule, description.policies.regulations)
    return GuardLine(
        title=rule.title,
        by=grounds.citations,
        provisions=tuple(description.provision(each) for each in grounds.parameters),
        may_warn=grounds.may_warn,
    )


def _provision(policies: Policies, parameter: Parameter[Any], description: Description) -> ProvisionLine:
    history, now = policies.histories.get(parameter.name), description.value(parameter)
    past = history.entries[::-1] if history else ()
    return ProvisionLine(
        name=parameter.name,
        says=history.says if history else parameter.name,
        value=amount(now.value, now.unit) if now else "",
        history=tuple(
            PastValue(
                since=each.since,
                value="" if each.value is None or history is None else amount(each.value, history.unit),
                by=each.by,
            )
            for each in past
        ),
        own=bool(history and policies.overlay and history.file.is_relative_to(policies.overlay)),
    )
