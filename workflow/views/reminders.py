"""Reminding those whom a case waits for: by whoever looks after it, once a working day for each role, kept on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, exists, select

from policies.dates import written
from workflow import cases as case_store
from workflow import effects
from workflow.authority.sight import groups_that_see
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.errors import NotNow, NotYours, Problem
from workflow.letters.words import begun_small
from workflow.links.sharing import (
    CHANNELS,
    COPIED,
    MAIL,
    WHATSAPP,
    Shared,
    note_share,
    reminder_text,
    shares_of,
    whatsapp_address,
)
from workflow.office import Office
from workflow.people.groups import GROUPS
from workflow.tables import group_members, link_shares, tasks
from workflow.telling.form_words import either
from workflow.views.cases import subjects_of, waits_of
from workflow.views.outside import Sight, sight_of, veil_of
from workflow.views.shown import people_by_id

#: The ways of sending a text oneself.
ONESELF: Final = (WHATSAPP, COPIED)


class ReminderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder that was sent, or opened for sending: to whom, when, by whom, by which channel."""

    person_id: str
    person: str
    at: datetime
    by: str
    channel_title: str


class ReminderText(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder as ready text, and the address that opens it in WhatsApp."""

    person_id: str
    person: str
    text: str
    whatsapp: str


class ReminderTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The texts for those whom a case waits for in a role; none for those of whom it is not told that they are waited for."""

    reference: str
    role: str
    items: tuple[ReminderText, ...]


class Reminded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a reminder. ``sent``: it goes out now; where it does not, ``says`` tells since when it has been."""

    sent: bool
    says: str


def remind(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, role: str) -> Reminded:
    """Remind whoever a case waits for in a role. Whoever was reminded on this working day is left in peace.

    Raises NotFound, NotYours, NotNow.
    """
    case = case_store.load(conn, case_id, lock=True)
    process = _looked_after(conn, engine, case, caller).process
    waiting = select(tasks.c.assignee_id, tasks.c.due_on).where(tasks.c.case_id == case.id, tasks.c.role == role)
    due = {row.assignee_id: row.due_on for row in conn.execute(waiting)}
    if not due:
        raise _waits_no_more()
    known = process.role.get(role)
    who = begun_small(known.title) if known else "yang ditunggu"
    late = [person for person in due if not _reminded_lately(conn, engine.office, case, person, at)]
    if not late:
        return Reminded(
            sent=False, says=f"Sudah diingatkan hari ini: {who}. Pengingat berikutnya pada hari kerja berikutnya."
        )
    title = process.state[case.state].title
    effects.tell(
        conn,
        case.id,
        {
            person: f"{process.title}: {caller.name} mengingatkan bahwa berkas berstatus “{title}” menunggu tindakan Anda, "
            f"tenggat {written(due[person])}."
            for person in late
        },
        at,
        asks=effects.BY_COLLEAGUE,
    )
    for person in late:
        note_share(conn, Shared(MAIL, person, case_id=case.id, by=caller.person_id), at)
    return Reminded(sent=True, says=f"Pengingat dikirim kepada {who}.")


def reminder_texts(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, role: str
) -> ReminderTexts:
    """The reminders as texts that the caller may send themselves. Raises NotFound, NotYours, NotNow."""
    case = case_store.load(conn, case_id)
    sight = _looked_after(conn, engine, case, caller)
    waits = waits_of(conn, [sight], lambda _: veil_of(conn, engine.office, sight, at)).get(case.id, ())
    waits = tuple(wait for wait in waits if wait.role == role)
    if not waits:
        raise _waits_no_more()
    subject = subjects_of(conn, [sight])[case.id].name
    items = []
    for wait in waits:
        if wait.person is not None:
            text = reminder_text(
                wait.person.name,
                process=sight.process.title,
                task=either(tuple(action.title for action in wait.actions)),
                subject=subject,
                reference=case.reference,
                due_on=wait.due_on,
                site=engine.office.profile.site,
            )
            told = ReminderText(
                person_id=wait.person.id, person=wait.person.name, text=text, whatsapp=whatsapp_address(text)
            )
            items.append(told)
    return ReminderTexts(reference=case.reference, role=role, items=tuple(items))


def note_sending(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, role: str, channel: str
) -> ReminderTexts:
    """Put on record that the caller takes the texts to send them themselves. Raises NotFound, NotYours, NotNow, Problem."""
    texts = reminder_texts(conn, engine, caller, at, case_id, role)
    if channel not in ONESELF:
        raise Problem(f"Saluran “{channel[:20]}” tidak dikenal; pilih salah satu dari {either(ONESELF)}.")
    case = case_store.load(conn, case_id)
    for item in texts.items:
        note_share(conn, Shared(channel, item.person_id, case_id=case.id, by=caller.person_id), at)
    return texts


def reminders_of(conn: Connection, case_ids: Sequence[str]) -> dict[str, tuple[ReminderLine, ...]]:
    """The newest reminder to each who was reminded of a case by hand, by the case's id."""
    rows = {(row.case_id, row.person_id): row for row in reversed(shares_of(conn, case_ids=case_ids))}
    names = people_by_id(conn, [person_id for _, person_id in rows])
    found: dict[str, list[ReminderLine]] = {}
    for (case_id, person_id), row in rows.items():
        line = ReminderLine(
            person_id=person_id,
            person=names[person_id].name,
            at=row.at,
            by=row.by_name or "Sistem",
            channel_title=CHANNELS[row.channel],
        )
        found.setdefault(case_id, []).append(line)
    return {case_id: tuple(lines) for case_id, lines in found.items()}


def _looked_after(conn: Connection, engine: Engine, case: Case, caller: Caller) -> Sight:
    """How somebody sees a case that they look after. Raises NotFound, NotYours."""
    process = engine.registry.process(case.process)
    sight = sight_of(conn, process, case, caller)
    if sight.outside or not _looks_after(conn, process, case, caller):
        raise NotYours(
            "Mengingatkan pejabat yang ditunggu hanya dapat dilakukan oleh pengelola kepegawaian unit peserta, "
            f"{GROUPS['bkpsdm.verifier']}, dan administrator."
        )
    return sight


def _waits_no_more() -> NotNow:
    return NotNow("Berkas ini tidak lagi menunggu pihak itu. Muat ulang halamannya untuk melihat siapa yang ditunggu.")


def _looks_after(conn: Connection, process: Process, case: Case, caller: Caller) -> bool:
    mine = group_members.c.person_id == caller.person_id
    of_unit = (group_members.c.group_name == "personnel_officer") & (group_members.c.unit_id == (case.unit_id or ""))
    in_groups = group_members.c.group_name.in_(groups_that_see(process))
    return bool(conn.execute(select(exists().where(mine, of_unit | in_groups))).scalar_one())


def _reminded_lately(conn: Connection, office: Office, case: Case, person_id: str, at: datetime) -> bool:
    """Whether somebody was reminded of a case by hand since the last working day that is not over."""
    query = (
        select(link_shares.c.at)
        .where(
            link_shares.c.case_id == case.id,
            link_shares.c.person_id == person_id,
            link_shares.c.channel == MAIL,
            link_shares.c.link_id.is_(None),
        )
        .order_by(link_shares.c.at.desc())
        .limit(1)
    )
    last = conn.execute(query).scalar_one_or_none()
    if last is None:
        return False
    next_day: date = office.next_working_day(office.day(last) + timedelta(days=1), case.unit_id)
    return office.day(at) < next_day
