"""A message about a case as mail: which case it is, whom it is about, when, and what is asked of the one who gets it.

No more than that goes by mail, which others may read on its way. A contact whose institution has no part in the case any
more gets neither its dates nor anything to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from policies.civil_service import full_name
from policies.dates import written
from workflow import cases
from workflow.cases import Case
from workflow.definition import Process
from workflow.effects import STANDING
from workflow.letters.words import period
from workflow.mail.asking import asked
from workflow.mail.repeats import check_is_news, tasks_of
from workflow.mail.standing import caller_as, told_of_standing, waited_for
from workflow.mail.who import Addressee, addressee, told
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import letters, people, tasks
from workflow.views.cases import period_of
from workflow.views.outside import host_fields


def read(
    conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime
) -> tuple[Addressee, dict[str, Any]]:
    """To whom an effect says something, and what. Raises NotWanted, NoAddress, Rejected."""
    to = addressee(conn, told(row), office.day(at))
    payload = json.loads(row.payload)
    if row.case_id is None:
        said, site = payload["says"], office.profile.site.rstrip("/")
        link = payload.get("link") or (f"{site}{payload['page']}" if site and "page" in payload else "")
        says = f"{said}\n\n{link}" if link else said
        title = payload.get("title", "Jenjang")
        return to, {"says": says, "said": said, "title": title, "case": "", "about": "", "page": link}
    case = cases.load(conn, row.case_id)
    process = registry.process(case.process)
    own = caller_as(conn, office, row.subject_id, at)
    asked_of = tasks_of(conn, row.case_id, row.subject_id)
    if row.kind == STANDING:
        says = told_of_standing(conn, office, registry, row, at)
    else:
        check_is_news(conn, office, row, asked_of, at)
        now = waited_for(conn, office, process, case, own, at)
        says = f"{payload['says']}\n\n{now}" if now else payload["says"]
    site = office.profile.site.rstrip("/")
    page = f"{site}/berkas/{case.reference}" if site and own is not None else ""
    context = {"says": says, "page": page, "tasks": asked_of}
    lines = list(_about(conn, process, case, row.subject_id, within=own is not None))
    widest = max(len(label) for label, _ in lines)
    about = "\n".join(f"{label:<{widest}} : {value}" for label, value in lines)
    return to, context | {"title": process.title, "case": case.reference, "about": about, "facts": lines}


def _about(
    conn: Connection, process: Process, case: Case, person_id: str, *, within: bool
) -> Iterator[tuple[str, str]]:
    """``within``: whether whoever gets the message is of the agency itself."""
    yield "Nomor berkas", case.reference
    subject: Any = conn.execute(_PERSON, {"id": case.subject_id}).one()
    yield process.role[process.subject].title, full_name(subject.front_title, subject.name, subject.back_title)
    if not within and not _is_still_with(conn, process, case, person_id):
        return
    days = period_of(process, case)
    if days is not None:
        yield "Jangka waktu", period(days.starts_on, days.ended_on or days.ends_on)
    for task in conn.execute(_WAITING, {"case": case.id, "person": person_id}).all():
        yield "Tugas Anda kini", asked(process, case.state, task.triggers.split(), task.kind)
        yield "Paling lambat", written(task.due_on)


def _is_still_with(conn: Connection, process: Process, case: Case, person_id: str) -> bool:
    """Whether a case is still with the institution of somebody outside."""
    partner = conn.execute(_PARTNER, {"id": person_id}).scalar_one_or_none()
    return partner is None or f"partner:{partner}" in {str(case.form.get(field)) for field in host_fields(process)}


_PERSON: Final = select(people).where(people.c.id == bindparam("id"))
_PARTNER: Final = select(people.c.partner_id).where(people.c.id == bindparam("id"))
_WAITING: Final = (
    select(tasks.c.triggers, tasks.c.due_on, letters.c.kind)
    .join_from(tasks, letters, letters.c.id == tasks.c.letter_id, isouter=True)
    .where(tasks.c.case_id == bindparam("case"), tasks.c.assignee_id == bindparam("person"))
    .order_by(tasks.c.due_on, tasks.c.id)
)
