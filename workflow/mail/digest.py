"""The daily digest: one mail a working day with all that waits for somebody, for whoever wants that instead of each message.

Until its hour what would be told of cases lies still; the digest takes it up. Not so a reminder of what is late, letters, what is
about no case, and whatever goes to people outside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from policies.civil_service import full_name
from policies.dates import written
from policies.mail import DIGEST_HOUR
from workflow.database import Database
from workflow.effects import DIGEST, MESSAGE, STANDING, due_again, owe
from workflow.mail.asking import asked
from workflow.mail.standing import told_of_standing
from workflow.mail.who import Addressee, NotWanted, person_to
from workflow.office import Office
from workflow.people.person import OUTSIDERS
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import accounts, cases, effects, letters, people, tasks

#: How many tasks one digest lists; the rest it counts.
LONGEST: Final = 50
#: What is held back until the digest.
_HELD: Final = (MESSAGE, STANDING)
#: The remark of what a digest told instead.
TOLD_IN_DIGEST: Final = "Masuk ringkasan harian."


@dataclass(frozen=True)
class Line:
    """A task or a piece of news in a digest, as people read it."""

    reference: str
    page: str
    says: str = ""
    process: str = ""
    subject: str = ""
    asks: str = ""
    due: str = ""


def begins_at(office: Office, on: date) -> datetime:
    """The instant of a day from which its digests go out."""
    hour = office.policies.on(on)[DIGEST_HOUR].value
    return datetime.combine(on, time(hour), office.zone)


def hold(conn: Connection, office: Office, row: Row[Any], at: datetime) -> bool:
    """Leave a message to the next digest, if it is one that whoever it is for wants there. Answers whether it is held back."""
    if row.kind not in _HELD or row.case_id is None or row.attempts:
        return False
    found = conn.execute(_WANTS_DIGESTS, {"person": row.subject_id}).one_or_none()
    if found is None or _is_late_reminder(conn, office, row, at):
        return False
    values = {"due_at": _next(office, found.unit_id, at), "claimed_until": None}
    conn.execute(update(effects).where(effects.c.id == row.id).values(values))
    return True


def _is_late_reminder(conn: Connection, office: Office, row: Row[Any], at: datetime) -> bool:
    """Whether it asks for something whose day has passed."""
    if not json.loads(row.payload).get("asks"):
        return False
    late = select(tasks.c.id).where(
        tasks.c.case_id == row.case_id, tasks.c.assignee_id == row.subject_id, tasks.c.due_on < office.day(at)
    )
    return conn.execute(late.limit(1)).first() is not None


def _next(office: Office, unit_id: str | None, at: datetime) -> datetime:
    """When the next digest of somebody of a unit goes out."""
    today = office.day(at)
    day = office.next_working_day(today, unit_id)
    if at >= begins_at(office, day):
        day = office.next_working_day(today + timedelta(days=1), unit_id)
    return begins_at(office, day)


def release(conn: Connection, person_id: str, at: datetime) -> None:
    """What was held back for somebody's digest is sent by itself."""
    due_again(conn, *_held_for(person_id, at), at=at)


def owe_digests(database: Database, office: Office, at: datetime) -> int:
    """Owe everybody who wants one the digest of this day, once its hour has come. Answers to how many something is owed.

    Each is made once, by compare-and-set, however many runners there are.
    """
    if at < begins_at(office, office.day(at)):
        return 0
    return sum(
        database.write(_owe_digest, office, row.person_id, at)
        for row in database.read(_not_made, office.day(at))
        if office.next_working_day(office.day(at), row.unit_id) == office.day(at)
    )


def _not_made(conn: Connection, on: date) -> Sequence[Row[Any]]:
    query: Any = (
        select(accounts.c.person_id, people.c.unit_id)
        .join_from(accounts, people, people.c.id == accounts.c.person_id)
        .where(accounts.c.mail == "daily", or_(accounts.c.digest_on.is_(None), accounts.c.digest_on < on))
        .where(people.c.kind.not_in(OUTSIDERS))
        .order_by(accounts.c.person_id)
    )
    found: Sequence[Row[Any]] = conn.execute(query).all()
    return found


def _owe_digest(conn: Connection, office: Office, person_id: str, at: datetime) -> bool:
    on = office.day(at)
    mine = update(accounts).where(
        accounts.c.person_id == person_id,
        accounts.c.mail == "daily",
        or_(accounts.c.digest_on.is_(None), accounts.c.digest_on < on),
    )
    if not conn.execute(mine.values(digest_on=on)).rowcount:
        return False  # another runner was faster
    taken = update(effects).where(*_held_for(person_id, at)).values(done_at=at, error=TOLD_IN_DIGEST)
    held = conn.execute(taken.returning(effects.c.id, effects.c.payload)).all()
    # What only asks is in the list of tasks.
    told = sorted(row.id for row in held if not json.loads(row.payload).get("asks"))
    waits = conn.execute(select(tasks.c.id).where(tasks.c.assignee_id == person_id).limit(1)).first()
    if not told and waits is None:
        return False
    owe(conn, DIGEST, None, person_id, {"news": told}, at)
    return True


def _held_for(person_id: str, at: datetime) -> tuple[Any, ...]:
    """Conditions on ``effects``: what would be told somebody of cases, and nobody has tried to send yet."""
    return (
        effects.c.kind.in_(_HELD),
        effects.c.subject_id == person_id,
        effects.c.case_id.is_not(None),
        effects.c.done_at.is_(None),
        effects.c.parked_at.is_(None),
        effects.c.attempts == 0,
        or_(effects.c.claimed_until.is_(None), effects.c.claimed_until <= at),
    )


def read(
    conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime
) -> tuple[Addressee, dict[str, Any]]:
    """To whom a digest goes, and what it says: late first. Raises NotWanted where nothing waits, NoAddress, Rejected."""
    to = person_to(conn, row.subject_id, office.day(at))
    site = office.profile.site.rstrip("/")
    number = conn.execute(select(func.count()).where(tasks.c.assignee_id == row.subject_id)).scalar_one()
    query: Any = _TASKS.where(tasks.c.assignee_id == row.subject_id).limit(LONGEST)
    rows: Sequence[Row[Any]] = conn.execute(query).all()
    news = list(_news(conn, office, registry, row, at))
    if not rows and not news:
        raise NotWanted("Tidak dikirim: tidak ada yang menunggu.")
    on = office.day(at)
    late = [_line(registry, each, site) for each in rows if each.due_on < on]
    others = [_line(registry, each, site) for each in rows if each.due_on >= on]
    return to, {
        "groups": (("Lewat tenggat", late), ("Menunggu Anda", others)),
        "late": len(late),
        "number": number,
        "more": number - len(rows),
        "news": news,
        "page": f"{site}/" if site else "",
    }


def _line(registry: Registry, row: Row[Any], site: str) -> Line:
    process, reference = registry.process(row.process), reference_of(row.case_id)
    return Line(
        reference=reference,
        page=f"{site}/berkas/{reference}" if site else "",
        process=process.title,
        subject=full_name(row.front_title, row.name, row.back_title),
        asks=asked(process, row.state, row.triggers.split(), row.kind),
        due=written(row.due_on),
    )


def _news(conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime) -> Sequence[Line]:
    site, found = office.profile.site.rstrip("/"), []
    told = select(effects).where(effects.c.id.in_(json.loads(row.payload)["news"])).order_by(effects.c.id)
    for each in conn.execute(told).all():
        says = json.loads(each.payload).get("says") or _standing(conn, office, registry, each, at)
        if says:
            reference = reference_of(each.case_id)
            found.append(Line(reference=reference, page=f"{site}/berkas/{reference}" if site else "", says=says))
    return found


def _standing(conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime) -> str:
    try:
        return told_of_standing(conn, office, registry, row, at)
    except NotWanted:
        return ""


#: The unit of somebody, where they want digests.
_WANTS_DIGESTS: Final = (
    select(people.c.unit_id)
    .join_from(people, accounts, accounts.c.person_id == people.c.id)
    .where(people.c.id == bindparam("person"), accounts.c.mail == "daily", people.c.kind.not_in(OUTSIDERS))
)
_TASKS: Final = (
    select(
        tasks.c.case_id,
        tasks.c.triggers,
        tasks.c.due_on,
        cases.c.process,
        cases.c.state,
        people.c.front_title,
        people.c.name,
        people.c.back_title,
        letters.c.kind,
    )
    .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    .join(people, people.c.id == cases.c.subject_id)
    .join(letters, letters.c.id == tasks.c.letter_id, isouter=True)
    .order_by(tasks.c.due_on, tasks.c.id)
)
