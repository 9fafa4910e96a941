"""Who may take a step of a case, and a task moved to another who may: for whoever may see the case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from workflow import cases
from workflow.authority.who_can import WhoCan
from workflow.authority.who_can import who_can as answered
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.in_force import by_law_in_force
from workflow.engine.reseating import require_administrator
from workflow.engine.steps import check_visible
from workflow.errors import NotYours, OutOfDate
from workflow.facts import Situation
from workflow.people.person import find_person


class MoveTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task that is moved: of which role, to whom (NIP or id), and why; both are told."""

    role: Annotated[str, Meta(max_length=60)]
    person: Annotated[str, Meta(max_length=64)]
    reason: Annotated[str, Meta(min_length=5, max_length=1000)]


class TaskMoved(msgspec.Struct, frozen=True, kw_only=True):
    """A case after a task of it was moved."""

    id: str
    version: int


@by_law_in_force
def who_can(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, trigger: str, on: date | None
) -> WhoCan:
    """Who may take a step on a day, and who not. Raises NotFound where the case is not theirs to see, NotNow, NotYours."""
    case = cases.load(conn, case_id)
    check_visible(conn, engine.registry.process(case.process), [case], caller.actor, engine.office.day(at))
    if caller.is_contact:
        raise NotYours("Siapa yang berwenang di instansi asal hanya diperlihatkan kepada pegawainya.")
    caller.looked_at.append(case.id)
    return answered(conn, engine, case, trigger, on, at, reader=caller.person_id)


@by_law_in_force
def move_task(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, form: MoveTask, version: int
) -> TaskMoved:
    """An administrator moves a task; where nobody is left for it, they name somebody. Raises NotFound, NotYours, OutOfDate."""
    case = cases.load(conn, case_id, lock=True)
    process = engine.registry.process(case.process)
    check_visible(conn, process, [case], caller.actor, engine.office.day(at))
    if case.version != version:
        says = (
            "Berkas sudah berubah sejak Anda melihatnya. Muat ulang, lalu periksa kembali sebelum memindahkan tugasnya."
        )
        raise OutOfDate(says, more={"version": case.version})
    # Nobody else is told whether there is such a person.
    require_administrator(Situation(conn, engine.office, process, case, case.form, at), caller.actor)
    person = find_person(conn, form.person)
    engine.reseat(
        conn, case.id, at, actor=caller.actor, name={form.role: person.id}, reason=" ".join(form.reason.split())
    )
    return TaskMoved(id=case.id, version=cases.load(conn, case.id).version)
