"""A message about a case as mail: which case it is, whom it is about, when, and what is asked of the one who gets it.

No more than that goes by mail, which others may read on its way. A contact whose institution has no part in the case any
more gets neither its dates nor anything to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from policies.civil_service import full_name
from policies.dates import written
from workflow import cases
from workflow.cases import Case
from workflow.definition import Process
from workflow.letters.words import begun_small, period
from workflow.mail.who import Addressee, addressee, told
from workflow.office import Office
from workflow.queries import trigger_line
from workflow.registry import Registry
from workflow.tables import letters, people, tasks
from workflow.telling.form_words import either
from workflow.views.cases import period_of
from workflow.views.outside import host_fields


def read(
    conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime
) -> tuple[Addressee, dict[str, Any]]:
    """To whom an effect says something, and what. Raises NotWanted, NoAddress, Rejected."""
    to = addressee(conn, told(row), office.day(at))
    payload = json.loads(row.payload)
    context = {"says": payload["says"], "title": payload.get("title", "Jenjang"), "case": "", "about": ""}
    if row.case_id is None:
        if payload.get("link"):
            context["says"] = f"{payload['says']}\n\n{payload['link']}"
        return to, context
    case = cases.load(conn, row.case_id)
    process = registry.process(case.process)
    lines = list(_about(conn, process, case, row.subject_id))
    widest = max(len(label) for label, _ in lines)
    about = "\n".join(f"{label:<{widest}} : {value}" for label, value in lines)
    return to, context | {"title": process.title, "case": case.reference, "about": about}


def _about(conn: Connection, process: Process, case: Case, person_id: str) -> Iterator[tuple[str, str]]:
    yield "Nomor berkas", case.reference
    subject: Any = conn.execute(select(people).where(people.c.id == case.subject_id)).one()
    yield process.role[process.subject].title, full_name(subject.front_title, subject.name, subject.back_title)
    if not _is_theirs(conn, process, case, person_id):
        return
    days = period_of(process, case)
    if days is not None:
        yield "Jangka waktu", period(days.starts_on, days.ended_on or days.ends_on)
    asked = conn.execute(
        select(tasks.c.triggers, tasks.c.due_on, letters.c.kind)
        .join_from(tasks, letters, letters.c.id == tasks.c.letter_id, isouter=True)
        .where(tasks.c.case_id == case.id, tasks.c.assignee_id == person_id)
        .order_by(tasks.c.due_on, tasks.c.id)
    )
    for task in asked.all():
        yield "Tugas Anda kini", _asked(process, case, task.triggers.split(), task.kind)
        yield "Paling lambat", written(task.due_on)


def _asked(process: Process, case: Case, triggers: list[str], kind: str | None) -> str:
    steps = either(list(dict.fromkeys(trigger_line(process, case.state, trigger).title for trigger in triggers)))
    letter = process.letters.get(kind or "")
    return f"{steps} ({begun_small(letter.title)})" if letter else steps


def _is_theirs(conn: Connection, process: Process, case: Case, person_id: str) -> bool:
    """Whether a case is still with whoever gets the message; always so within the agency."""
    partner = conn.execute(select(people.c.partner_id).where(people.c.id == person_id)).scalar_one_or_none()
    return partner is None or f"partner:{partner}" in {str(case.form.get(field)) for field in host_fields(process)}
