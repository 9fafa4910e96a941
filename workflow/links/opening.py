"""What a link opens, for whom and until when: the cases of a partner that somebody of it answers for, or guides in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, exists, func, select

from policies.civil_service import full_name
from policies.links import GUIDE_DAYS, HOST_DAYS
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.people.person import OUTSIDERS
from workflow.registry import Registry
from workflow.tables import cases, cohort_cases, participants, people, tasks

#: What a link is for: answering for the host; or keeping the days and the assessment of whom one guides there.
HOST: Final = "host"
GUIDE: Final = "guide"
#: What whoever holds a link for each of these is called.
PURPOSES: Final = {HOST: "narahubung mitra", GUIDE: "pembimbing lapangan"}
#: Kinds of people, and what a link of theirs is for.
PURPOSE_OF: Final = {"contact": HOST, "guide": GUIDE}


class CannotLink(Problem):
    """Somebody to whom a link for this would open nothing."""

    status, type, title = 422, "cannot-link", "Tautan tidak dapat dibuat"


@dataclass(frozen=True)
class Opened:
    """Who opens what: one of a case and a cohort."""

    person_id: str
    case_id: str | None = None
    cohort_id: str | None = None


def opens(conn: Connection, registry: Registry, to: Opened) -> frozenset[str]:
    """The ids of the cases that are with the person's partner now, and on which they have a place themselves."""
    partner_id = conn.execute(select(people.c.partner_id).where(people.c.id == to.person_id)).scalar_one_or_none()
    return frozenset(row.id for row in _asked_for(conn, to) if _is_with(registry, row, partner_id))


def require_of_host(conn: Connection, engine: Engine, to: Opened, purpose: str, at: datetime) -> str:
    """For what a link of theirs is. Raises CannotLink where it would open nothing. Others who make one for them wait for us."""
    row: Any = conn.execute(select(people).where(people.c.id == to.person_id).with_for_update()).one_or_none()
    name = full_name(row.front_title, row.name, row.back_title) if row is not None else to.person_id
    if row is None or row.kind not in OUTSIDERS:
        raise CannotLink(f"{name} bukan narahubung atau pembimbing dari mitra. Pegawai sendiri masuk dengan akunnya.")
    if row.left_on is not None and row.left_on <= engine.office.day(at):
        raise CannotLink(f"{name} tercatat tidak lagi pada mitranya. Pilih narahubung yang lain.")
    known: str = PURPOSE_OF[row.kind]
    if purpose not in ("", known):
        raise CannotLink(f"{name} dikenal sebagai {PURPOSES[known]}; tautan untuk {PURPOSES[purpose]} bukan untuknya.")
    if not opens(conn, engine.registry, to):
        raise CannotLink(
            f"Berkas ini belum pernah, atau tidak lagi, menunggu {name}. Tautan dapat dibuat setelah mitranya diminta menjawab."
        )
    return known


def lasts_until(conn: Connection, engine: Engine, to: Opened, purpose: str, at: datetime) -> datetime:
    """Until when a link made now is good: some days beyond the latest of its tasks and of the periods of its cases."""
    office = engine.office
    of_theirs = opens(conn, engine.registry, to)
    due = select(func.max(tasks.c.due_on)).where(tasks.c.case_id.in_(of_theirs), tasks.c.assignee_id == to.person_id)
    ends = (_ends_on(engine.registry, row) for row in _asked_for(conn, to) if row.id in of_theirs)
    last = max(day for day in (office.day(at), conn.execute(due).scalar(), *ends) if day is not None)
    days = office.policies.on(office.day(at))[GUIDE_DAYS if purpose == GUIDE else HOST_DAYS].value
    return datetime.combine(last + timedelta(days=days + 1), time.min, office.zone)


def thing_for(conn: Connection, registry: Registry, person_id: str, case_id: str) -> Opened:
    """What somebody outside opens about a case: its cohort where more of its cases are theirs, else the case alone."""
    of_case = (
        select(cohort_cases.c.cohort_id)
        .where(cohort_cases.c.case_id == case_id, cohort_cases.c.left_at.is_(None))
        .order_by(cohort_cases.c.cohort_id.desc())
    )
    for cohort_id in conn.execute(of_case).scalars().all():
        whole = Opened(person_id, cohort_id=cohort_id)
        theirs = opens(conn, registry, whole)
        if len(theirs) > 1 and case_id in theirs:
            return whole
    return Opened(person_id, case_id)


def _asked_for(conn: Connection, to: Opened) -> Sequence[Row[Any]]:
    has_place = exists().where(
        participants.c.case_id == cases.c.id,
        participants.c.person_id == to.person_id,
        participants.c.until_at.is_(None),
    )
    asked: Select[Any] = select(cases.c.id, cases.c.process, cases.c.form).where(has_place)
    if to.case_id is not None:
        asked = asked.where(cases.c.id == to.case_id)
    else:
        of_cohort = (cohort_cases.c.cohort_id == to.cohort_id, cohort_cases.c.left_at.is_(None))
        asked = asked.join(cohort_cases, cohort_cases.c.case_id == cases.c.id).where(*of_cohort)
    return conn.execute(asked).all()


def _is_with(registry: Registry, row: Row[Any], partner_id: str | None) -> bool:
    """Whether a case is with a partner now."""
    process, form = registry.process(row.process), json.loads(row.form)
    return partner_id is not None and f"partner:{partner_id}" in {
        str(form.get(role.partner)) for role in process.roles if role.partner
    }


def _ends_on(registry: Registry, row: Row[Any]) -> date | None:
    """The last day of a case's period; None where it has none yet."""
    period = registry.process(row.process).period
    last = json.loads(row.form).get(period[1]) if period else None
    return date.fromisoformat(last) if last else None
