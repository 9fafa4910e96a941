"""To whom a signed letter is sent: whom it is about, whom it is addressed to, who gets a copy or is handed it, who prepared it.

Each gets it once, for the first of these reasons. Posts are found by the titles that the letter itself names, so that nobody
gets a letter which does not name them, but those whom it is handed to as a whole: all heads of units, the members of a panel. A
partner gets it through its contacts, or at its own address where they have none. What is for a few is sent to them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, or_, select

from workflow import cases
from workflow.authority.bench import Bench, holders
from workflow.definition import Letter, Process
from workflow.engine.hidden_entries import reads_letter
from workflow.facts import Situation
from workflow.letters.parts import LetterFrame
from workflow.letters.signing import kinds_taken_back
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import letter_cases, letters, participants, partners, people

Reason = Literal["subject", "addressee", "copy", "handed", "drafter"]

#: What a partner that is meant itself, rather than one of its people, is called in an effect.
PARTNER = "partner:"
#: How somebody is called whom a letter names and nobody here knows.
NAMED = "named:"


@dataclass(frozen=True)
class Recipient:
    """Who gets a letter: a person's id, or ``partner:CODE``, and why."""

    to: str
    reason: Reason


def recipients(
    conn: Connection, office: Office, registry: Registry, letter_id: str, at: datetime
) -> tuple[Recipient, ...]:
    """Who gets a letter, each once."""
    row = conn.execute(select(letters).where(letters.c.id == letter_id)).one()
    if not row.process:
        from workflow.mail.of_no_case import reachable  # noqa: PLC0415 - it answers in the words of this module

        return reachable(conn, row._asdict(), office.day(at))[0]
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    found: dict[str, Recipient] = {}
    benches = list(benches_of(conn, office, registry, letter_id, at))
    # All of one reason before the next: whom a shared letter is about gets it as such, whichever case comes first.
    for part in (_subjects, _addressed, _copied, _handed, _drafters):
        for bench in benches:
            for recipient in part(bench, row, frame):
                if reads_letter(bench.situation, _letter(bench.situation.process, row), row.id, recipient.to):
                    found.setdefault(recipient.to, recipient)
    return tuple(found.values())


def drafters(bench: Bench, row: Row[Any]) -> tuple[str, ...]:
    """The people who prepared a letter: who has acted in its drafter's role on the case, else whoever plays it now."""
    if row.drafter not in bench.situation.process.role:
        return ()
    acted = select(participants.c.person_id).where(
        participants.c.case_id == bench.situation.case.id,
        participants.c.role == row.drafter,
        participants.c.acted,
        participants.c.person_id.is_not(None),
        participants.c.until_at.is_(None),
    )
    found = tuple(bench.conn.execute(acted.order_by(participants.c.person_id)).scalars())
    return found or tuple(seat.person_id for seat in bench.seats(row.drafter))


def benches_of(conn: Connection, office: Office, registry: Registry, letter_id: str, at: datetime) -> Iterator[Bench]:
    """The seats of each case that is under a letter."""
    under = select(letter_cases.c.case_id).where(
        letter_cases.c.letter_id == letter_id, letter_cases.c.changed_by.is_(None)
    )
    known: dict[Any, Any] = {}
    for case_id in conn.execute(under.order_by(letter_cases.c.case_id)).scalars().all():
        case = cases.load(conn, case_id)
        yield Bench(Situation(conn, office, registry.process(case.process), case, case.form, at, known=known))


def _subjects(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:  # noqa: ARG001 - parts are alike
    yield Recipient(bench.situation.case.subject_id, "subject")


def _addressed(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:
    for role in _addressed_roles(bench, row):
        if bench.is_outside(role):
            yield from _of_partner(bench, row, frame)
        else:
            yield from _at_posts(bench, role, (*frame.addressee, frame.through), "addressee")


def _copied(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:
    letter = _letter(bench.situation.process, row)
    for role in letter.copies if letter else ():
        if not bench.is_outside(role):
            yield from _at_posts(bench, role, frame.copies, "copy")


def _handed(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:  # noqa: ARG001 - parts are alike
    letter = _letter(bench.situation.process, row)
    for role in letter.handed_to if letter else ():
        yield from (Recipient(seat.person_id, "handed") for seat in bench.holding(role))


def _drafters(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:  # noqa: ARG001 - parts are alike
    yield from (Recipient(person, "drafter") for person in drafters(bench, row))


def _letter(process: Process, row: Row[Any]) -> Letter | None:
    """The letter as the process has it; one of an older version of the process may have none."""
    return process.letters.get(row.kind)


def _addressed_roles(bench: Bench, row: Row[Any]) -> tuple[str, ...]:
    """The roles that a letter is addressed to; one that takes others back goes where they went."""
    known = bench.situation.process.letters
    letter = _letter(bench.situation.process, row)
    if letter is None:
        return ()
    kinds = [known[kind] for kind in kinds_taken_back(bench.conn, row.id) if kind in known]
    roles = (letter.to, letter.through, *(each.to for each in kinds))
    return tuple(dict.fromkeys(role for role in roles if role in bench.situation.process.role))


def _of_partner(bench: Bench, row: Row[Any], frame: LetterFrame) -> Iterator[Recipient]:
    """The contacts of the partner that the letter names, which may be another than the case names by now."""
    body = msgspec.json.decode(row.body)
    host = body.get("host") if isinstance(body, dict) else None
    names = {line.removeprefix("Pimpinan ") for line in frame.addressee}
    if isinstance(host, dict):
        names.add(str(host.get("name")))
    named = select(partners.c.id).where(partners.c.name.in_(names)).order_by(partners.c.id)
    for partner_id in bench.conn.execute(named).scalars():
        contacts = contacts_of(bench.conn, partner_id, bench.situation.on)
        yield from (Recipient(contact, "addressee") for contact in contacts)
        if not contacts:
            yield Recipient(f"{PARTNER}{partner_id}", "addressee")


def contacts_of(conn: Connection, partner_id: str, on: date) -> tuple[str, ...]:
    """The contacts of a partner who have an e-mail address."""
    there = or_(people.c.left_on.is_(None), people.c.left_on > on)
    query = select(people.c.id).where(
        people.c.partner_id == partner_id, people.c.kind == "contact", people.c.email.is_not(None), there
    )
    return tuple(conn.execute(query.order_by(people.c.id)).scalars())


def _at_posts(bench: Bench, role: str, titles: tuple[str, ...], reason: Reason) -> Iterator[Recipient]:
    """Who holds the first post of a role's line that the letter names; nobody of a role that nobody plays now."""
    for position_id in bench.line(role):
        post = bench.post(position_id)
        if post is not None and post.title in titles:
            found = holders(bench.situation, role, position_id)
            yield from (Recipient(seat.person_id, reason) for seat in found if seat.person_id)
            return
