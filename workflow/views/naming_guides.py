"""A partner's contact names a guide whom nobody here knows yet: they are made known with the step that appoints them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from workflow import cases as case_store
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.steps import Step
from workflow.errors import FieldError, InvalidForm
from workflow.forms import label_of
from workflow.people.guides import register_guide
from workflow.people.person import PeopleError
from workflow.tables import people
from workflow.views import actions
from workflow.views.actions import ActionDone
from workflow.views.outside import sight_now_or_then

#: The fields in which a step says who the guide is.
_NAME, _POST = "field_supervisor", "field_supervisor_post"


def act(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    at: datetime,
    case_id: str,
    steps: tuple[Step, ...],
    version: int,
    key: str | None,
) -> ActionDone:
    """``actions.act``; a guide by an e-mail address that nobody has is registered for the caller's own partner first.

    All or nothing: where the step is refused nobody has been registered. Raises Problem.
    """
    if caller.kind == "contact" and caller.partner_id is not None:
        steps = tuple(_with_known_guide(conn, engine, caller, at, case_id, step) for step in steps)
    return actions.act(conn, engine, caller, at, case_id, steps, version, key)


def _with_known_guide(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, step: Step) -> Step:
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    arrow = next((each for each in process.transitions if each.trigger == step.trigger and each.appoints), None)
    address = str(step.form.get(arrow.appoints) or "").strip().lower() if arrow else ""
    if arrow is None or arrow.takes is None or "@" not in address:
        return step
    sight = sight_now_or_then(conn, process, case, caller)
    name, post = (str(step.form.get(field) or "").strip() for field in (_NAME, _POST))
    # What is missing the form itself says.
    if sight.past is None and sight.current and name and post and not _is_known(conn, address):
        try:
            register_guide(conn, caller.partner_id or "", name, post, address, at)
        except PeopleError as problem:
            label = label_of(arrow.takes, arrow.appoints)
            raise InvalidForm(str(problem), fields=(FieldError(arrow.appoints, label, str(problem)),)) from problem
    return replace(step, form={**step.form, arrow.appoints: address})


def _is_known(conn: Connection, address: str) -> bool:
    """Whether anybody has this address; whether the step may name them is for its own rules to say."""
    query = select(people.c.id).where(func.lower(people.c.email) == address, people.c.left_on.is_(None))
    return conn.execute(query.limit(1)).first() is not None
