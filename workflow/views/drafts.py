"""A request that is being written: its form in parts, what is filled in, what is still missing, and how it is kept and sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from workflow import cases as case_store
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process, Transition
from workflow.engine.engine import Engine
from workflow.errors import NotNow, NotYours
from workflow.facts import NeedsFields, Situation, gather
from workflow.filling import missing_fields
from workflow.forms import CHOICES, label_of
from workflow.forms.asking import Part, applying, asking_of
from workflow.views.actions import ActionLine, action_list
from workflow.views.cases import SubjectLine, case_page
from workflow.views.shown import FieldLine, ReasonLine, reason_line


class DraftField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that is asked for. ``required``: it cannot be sent without; ``shown``: what is filled in, in words."""

    name: str
    label: str
    required: bool
    missing: bool
    hint: str = ""
    shown: str = ""


class DraftPart(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that are asked for together; those that do not apply, by what is filled in so far, are left out."""

    name: str
    title: str
    says: str
    fields: tuple[DraftField, ...]


class DraftPage(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is being written. ``save``: the step that keeps part of it; ``send``: the one that sends it.

    ``stored``: what is filled in; ``values``: the same with what stands where nothing is chosen; ``set_aside``: fields that hold
    something and do not apply any more. ``ahead``: what rules of later steps would say of it today.
    """

    case_id: str
    reference: str
    process: str
    process_title: str
    says: str
    version: int
    subject: SubjectLine
    own: bool
    parts: tuple[DraftPart, ...]
    save: ActionLine
    send: ActionLine
    form: tuple[FieldLine, ...]
    stored: dict[str, Any]
    values: dict[str, Any]
    set_aside: tuple[str, ...]
    ahead: tuple[ReasonLine, ...]


def draft_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> DraftPage:
    """A request for whoever writes it. Raises NotFound, NotYours; NotNow where it is no draft."""
    listed = action_list(conn, engine, caller, at, case_id)
    case = case_page(conn, engine, caller, at, case_id)
    process = engine.registry.process(case.process)
    lines = {line.trigger: line for line in listed.actions}
    arrows = process.from_state(listed.state) if listed.state else ()
    save = _line(process, arrows, lines, partial=True)
    send = _line(process, arrows, lines, partial=False)
    if save is None or send is None:
        raise NotNow(f"{process.title} {case.reference} bukan draf lagi. Statusnya sekarang: {listed.state_title}.")
    if not save.yours:
        raise NotYours(f"Draf {process.title} {case.reference} hanya diisi oleh yang menyusunnya.")
    stored = case_store.load(conn, case.id)
    values = {**_defaults(process), **stored.form}
    return DraftPage(
        case_id=case.id,
        reference=case.reference,
        process=process.name,
        process_title=process.title,
        says=asking_of(process.name, process.form).says,
        version=case.version,
        subject=case.subject,
        own=case.subject.id == caller.person_id,
        parts=_parts(engine, process, values, send, case.form, at),
        save=save,
        send=send,
        form=case.form,
        stored=dict(stored.form),
        values=values,
        set_aside=left_aside(engine, process, values, stored.form, at),
        ahead=tuple(_ahead(conn, engine, process, stored, at)),
    )


def left_aside(
    engine: Engine, process: Process, values: Mapping[str, Any], stored: Mapping[str, Any], at: datetime
) -> tuple[str, ...]:
    """Fields that hold something and are not asked for by ``values``: they are cleared with the choice that ruled them out."""
    asking = asking_of(process.name, process.form)
    applies = applying(asking, values, asking.wanted(values, engine.office.policies.on(engine.office.day(at))))
    asked = {name for part in asking.parts for name in part.fields}
    return tuple(name for name, value in stored.items() if name in asked - applies and value not in ("", None, [], 0))


def set_aside_by(
    _: Connection, engine: Engine, _caller: Caller, at: datetime, draft: DraftPage, typed: Mapping[str, Any]
) -> tuple[str, ...]:
    """The fields that what is typed into a draft rules out."""
    return left_aside(engine, engine.registry.process(draft.process), {**draft.values, **typed}, draft.stored, at)


def _line(
    process: Process, arrows: tuple[Transition, ...], lines: Mapping[str, ActionLine], *, partial: bool
) -> ActionLine | None:
    """The step that takes the request itself, in part or whole."""
    return next(
        (
            lines[arrow.trigger]
            for arrow in arrows
            if arrow.takes is process.form and arrow.partial is partial and arrow.trigger in lines
        ),
        None,
    )


def _ahead(conn: Connection, engine: Engine, process: Process, case: Case, at: datetime) -> Iterator[ReasonLine]:
    """What rules that are asked later say already; nothing where they need more than is filled in."""
    foretold = asking_of(process.name, process.form).foretold
    rules = {rule.name: rule for arrow in process.transitions for rule in arrow.guards}
    situation = Situation(conn, engine.office, process, case, case.form, at)
    for rule in rules.values():
        if rule.name.rpartition(".")[2] in foretold:
            with suppress(NeedsFields, msgspec.ValidationError):
                yield from map(reason_line, rule(gather(rule.facts, situation), situation.law).reasons)


def _defaults(process: Process) -> dict[str, Any]:
    """What a form says where nothing is chosen: a choice that is made from the start."""
    return {
        field.name: field.default
        for field in msgspec.structs.fields(process.form)
        if isinstance(field.default, str) and field.default
    }


def _parts(
    engine: Engine,
    process: Process,
    values: Mapping[str, Any],
    send: ActionLine,
    filled: tuple[FieldLine, ...],
    at: datetime,
) -> tuple[DraftPart, ...]:
    asking = asking_of(process.name, process.form)
    wanted = asking.wanted(values, engine.office.policies.on(engine.office.day(at)))
    applies = applying(asking, values, wanted)
    needed = {*(send.takes or {}).get("required", ()), *(need.name for need in send.needs), *wanted}
    absent = {*missing_fields(process.form, values), *(need.name for need in send.needs)}
    absent |= {name for name in wanted if not values.get(name)}
    chosen_from_the_start = {name: CHOICES.get(value, value) for name, value in _defaults(process).items()}
    shown = {**chosen_from_the_start, **{line.name: line.shown for line in filled}}

    def drawn(part: Part) -> DraftPart:
        fields = tuple(
            DraftField(
                name=name,
                label=label_of(process.form, name),
                required=name in needed,
                missing=name in absent,
                hint=part.hints.get(name, ""),
                shown=shown.get(name, ""),
            )
            for name in part.fields
            if name in applies
        )
        return DraftPart(name=part.name, title=part.title, says=part.says, fields=fields)

    return tuple(part for part in map(drawn, asking.parts) if part.fields)
