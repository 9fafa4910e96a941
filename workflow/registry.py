"""The processes there are: found by their module, proved against facts, templates and parameters, each with its machine."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import msgspec
from transitions import Machine

import workflow.processes
import workflow.sources
from policies.parameters import History, Policies
from workflow.definition import Among, DefinitionError, Posting, Process, Role, Transition, facts_of
from workflow.engine.grounds import parameters_of
from workflow.engine.machine import machine_for
from workflow.errors import NotFound
from workflow.facts import SOURCES, fields_of, unfilled
from workflow.letters import sources as letter_sources  # noqa: F401 - registers the facts that letters are made of
from workflow.letters.layout import stray_fields, template_exists
from workflow.office import POSTS
from workflow.people.groups import GROUPS
from workflow.reports import sources as report_sources  # noqa: F401 - registers the facts that reports are made of

# Every module of the facts' sources registers what it fills; a process may bring one of its own.
for _module in pkgutil.iter_modules(workflow.sources.__path__, "workflow.sources."):
    importlib.import_module(_module.name)

#: Sources that read the form's field of their name themselves, and more.
OVER_FORMS = frozenset({"exemption"})


@dataclass(frozen=True)
class Registry:
    """Every process by name, with its machine and the fingerprint of its definition."""

    processes: Mapping[str, Process]
    machines: Mapping[str, Machine]
    fingerprints: Mapping[str, str]

    @classmethod
    @cache
    def discover(cls) -> Registry:
        """Import every module of workflow/processes and take its PROCESS; always the same registry. Raises DefinitionError."""
        found = {}
        for module in pkgutil.iter_modules(workflow.processes.__path__):
            process = getattr(importlib.import_module(f"workflow.processes.{module.name}"), "PROCESS", None)
            if process is not None:
                found[process.name] = process
        return cls.of(*found.values())

    @classmethod
    def of(cls, *processes: Process) -> Registry:
        """A registry of given processes. Raises DefinitionError where one asks for what does not exist."""
        known = Policies.load().histories
        faults = [f"{process.name}: {fault}" for process in processes for fault in _faults(process, known)]
        if faults:
            raise DefinitionError("\n".join(faults))
        return cls(
            {process.name: process for process in processes},
            {process.name: machine_for(process) for process in processes},
            {process.name: fingerprint(process) for process in processes},
        )

    @cached_property
    def listed(self) -> frozenset[str]:
        """The roles of those whom a list chooses, of every process."""
        return frozenset(
            role.name for process in self.processes.values() for role in process.roles if role.chosen is not None
        )

    def process(self, name: str) -> Process:
        """A process by name. Raises NotFound."""
        if name not in self.processes:
            raise NotFound(f"Proses “{name}” tidak dikenal; yang ada: {', '.join(self.processes)}.")
        return self.processes[name]


def fingerprint(process: Process) -> str:
    """A digest of all that a definition says, so that a case can tell under which one it began."""
    return hashlib.sha256(msgspec.json.encode(_plain(process), order="sorted")).hexdigest()


def _plain(thing: Any) -> Any:
    """A definition as plain data: functions and types by name."""
    if isinstance(thing, type):
        return thing.__name__
    if hasattr(thing, "__dataclass_fields__"):
        return {name: _plain(getattr(thing, name)) for name in thing.__dataclass_fields__}
    if isinstance(thing, tuple):
        return [_plain(part) for part in thing]
    return thing.__qualname__ if callable(thing) else thing


def _faults(process: Process, known: Mapping[str, History]) -> Iterator[str]:
    """``known``: the histories of the shipped parameters, by name."""
    yield from _without_parameters(process, known)
    for transition in process.transitions:
        for what, kind in (*_asked(transition), *_moved(process, transition)):
            yield from (
                f"{transition.trigger}: {what} asks for the fact {name!r}, which nothing fills"
                for name in unfilled(kind, process, transition)
            )
        for letter in transition.issues:
            if not template_exists(letter.template):
                yield f"letter {letter.name}: no template {letter.template!r}"
            elif missing := stray_fields(letter.template, letter.body):
                yield f"letter {letter.name}: {letter.template} asks for {', '.join(missing)}, which neither it nor its body has"
    for group in process.seen_by:
        if group not in GROUPS:
            yield f"seen_by: no group {group!r}"
    yield from _timed(process)
    for role in process.roles:
        yield from _about(role, process)
    yield from _shadowed(process)


def _without_parameters(process: Process, known: Mapping[str, History]) -> Iterator[str]:
    asked = [(f"state {state.name}:", state.within) for state in process.states if state.within is not None]
    asked += [(f"letter {letter.name}:", letter.within) for letter in process.letters.values()]
    asked += [(f"role {role.name}:", role.within) for role in process.roles if role.within is not None]
    for transition in process.transitions:
        for rule in transition.rules:
            asked += [(f"{transition.trigger}: {rule.name}:", handle) for handle in parameters_of(rule.answer)]
    yield from (f"{where} no parameter {handle.name!r}" for where, handle in asked if handle.name not in known)


def _shadowed(process: Process) -> Iterator[str]:
    """A rule must not ask for a fact that a source and a form both fill: the source would win unseen."""
    for transition in process.transitions:
        filled = set(transition.takes.__struct_fields__) if transition.takes else set()
        for rule in transition.rules:
            for name in sorted(filled & set(fields_of(rule.facts)) & set(SOURCES) - OVER_FORMS):
                yield f"{transition.trigger}: {rule.name} asks for {name!r}, which a source fills and its form too"


def _timed(process: Process) -> Iterator[str]:
    """What is asked of the facts for the time of a state."""
    for state in process.states:
        if state.runs_from is not None:
            missing = unfilled(facts_of(state.runs_from), process, None)
            yield from (f"state {state.name} asks for the fact {name!r}, which nothing fills" for name in missing)


def _about(role: Role, process: Process) -> Iterator[str]:
    if role.group and role.group not in GROUPS:
        yield f"role {role.name}: no group {role.group!r}"
    if role.post and role.post not in POSTS:
        yield f"role {role.name}: no post {role.post!r}; the agency knows {', '.join(POSTS)}"
    for function in (role.find, role.when, role.chosen, role.left_out, role.signs_as):
        if function is not None:
            yield from (
                f"role {role.name} asks for the fact {name!r}, which nothing fills"
                for name in unfilled(facts_of(function), process, None)
            )


def _moved(process: Process, transition: Transition) -> Iterator[tuple[str, type[Any]]]:
    """What is asked of the facts where a transition moves money."""
    functions = {Posting.RESERVE: process.promises, Posting.SPEND: process.charges, Posting.RETURN: process.returns}
    for posting, function in functions.items():
        if posting in transition.posts and function is not None:
            yield f"what it posts ({posting})", facts_of(function)


def _asked(transition: Transition) -> Iterator[tuple[str, type[Any]]]:
    """Everything about a transition that asks for facts."""
    yield from ((rule.name, rule.facts) for rule in transition.rules)
    if isinstance(transition.to, Among):
        yield "its target", facts_of(transition.to.choose)
    if transition.amends is not None:
        yield "what it amends", facts_of(transition.amends)
    if transition.when is not None:
        yield "its condition", facts_of(transition.when)
    for entry in (transition.writes, transition.keeps):
        if entry is not None and entry.hidden is not None:
            yield f"entry {entry.name}", facts_of(entry.hidden)
    if transition.keeps is not None:
        yield f"entry {transition.keeps.name}", transition.keeps.takes
    for letter in transition.issues:
        yield f"letter {letter.name}", letter.body
        if letter.when is not None:
            yield f"letter {letter.name}", facts_of(letter.when)
