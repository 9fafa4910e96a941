"""Letters as rows: issued with their body, numbered and signed in one transaction, rendered by an effect, cancelled, never changed.

The number is taken when the letter is signed, so that a draft burns none. Rendering reads what was stored; it looks nothing up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Insert, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from policies.civil_service import full_name
from workflow.authority import Bench, Seat, administrators, holders
from workflow.case_sources import host_named
from workflow.definition import Letter, Process, facts_of
from workflow.effects import owe
from workflow.errors import NotFound
from workflow.facts import Situation, gather
from workflow.ids import new_id
from workflow.letters.layout import template_sha256
from workflow.letters.parts import LetterFrame, Letterhead, SignatureBlock, signature_block
from workflow.letters.sources import grouped, in_force, rank_on_letter, reference
from workflow.office import REGENT, Office
from workflow.seating import NAME_SOMEONE
from workflow.tables import letter_cases, letters, people, positions, registers, tasks, units

SIGN = "sign"


def issue(situation: Situation, bench: Bench, letter: Letter, actor_id: str | None, at: datetime) -> list[str]:
    """Issue a letter of a step: signed at once where the actor signs it, else laid before whoever does. Answers the ids."""
    if letter.when is not None and not letter.when(gather(facts_of(letter.when), situation)):
        return []
    if letter.cancels:
        return [_issue(each, bench, letter, actor_id, at, old) for each, old in _cancellations(situation, letter)]
    return [_issue(situation, bench, letter, actor_id, at, ())]


def _cancellations(situation: Situation, letter: Letter) -> list[tuple[Situation, tuple[Row[Any], ...]]]:
    """For each post whose letters are in force, the situation in which its cancellation is written. Unsigned ones are dropped.

    Of each kind only the latest: what was sent to an earlier host has been answered, and is not this host's to know.
    """
    conn, case = situation.conn, situation.case
    _drop_unsigned(conn, case.id, letter.cancels)
    latest: dict[str, Row[Any]] = {}
    for row in in_force(conn, case.id):
        if row.kind in letter.cancels:
            latest.setdefault(row.kind, row)
    by_post: dict[str | None, list[Row[Any]]] = {}
    for row in latest.values():
        by_post.setdefault(row.position_id, []).append(row)
    titles = situation.process.letters
    return [
        (
            replace(
                situation,
                given={
                    **situation.given,
                    "cancelled_letters": [reference(titles[row.kind].title, row) for row in rows],
                },
                cache={},
            ),
            tuple(rows),
        )
        for rows in by_post.values()
    ]


def _drop_unsigned(conn: Connection, case_id: str, kinds: tuple[str, ...]) -> None:
    unsigned = conn.execute(
        select(letters.c.id)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case_id, letters.c.kind.in_(kinds), letters.c.state == "to_sign")
    ).scalars()
    ids = list(unsigned)
    if ids:
        conn.execute(delete(tasks).where(tasks.c.letter_id.in_(ids)))
        conn.execute(update(letters).where(letters.c.id.in_(ids)).values(state="void"))


def _issue(
    situation: Situation,
    bench: Bench,
    letter: Letter,
    actor_id: str | None,
    at: datetime,
    cancelled: tuple[Row[Any], ...],
) -> str:
    conn, office, case = situation.conn, situation.office, situation.case
    body = gather(letter.body, situation)
    fixed_post = cancelled[0].position_id if cancelled else None
    role = cancelled[0].role if cancelled else letter.signer
    seats = signers(bench, role, fixed_post)
    frame = _draft_frame(situation, letter, seats, cancelled)
    days = int(situation.law[letter.within].value)
    letter_id, due_on = new_id(at), office.count(office.day(at), days, case.unit_id).due
    conn.execute(
        insert(letters).values(
            id=letter_id,
            kind=letter.name,
            process=situation.process.name,
            state="to_sign",
            template=letter.template,
            template_sha256=template_sha256(letter.template),
            body_type=letter.body.__name__,
            body=msgspec.json.encode(body).decode(),
            frame=msgspec.json.encode(frame).decode(),
            role=role,
            position_id=fixed_post,
            issued_at=at,
            due_on=due_on,
        )
    )
    conn.execute(insert(letter_cases).values(letter_id=letter_id, case_id=case.id))
    if cancelled:
        conn.execute(
            update(letters).where(letters.c.id.in_([row.id for row in cancelled])).values(cancelled_by=letter_id)
        )
    own = next((seat for seat in seats if seat.person_id == actor_id), None)
    if own is not None:
        sign(conn, office, situation.process, load(conn, letter_id), own, at)
    else:
        _lay_before(bench, letter_id, role, seats, due_on, at)
    return letter_id


def signers(bench: Bench, role: str, position_id: str | None) -> tuple[Seat, ...]:
    """Who may sign a letter now: the role's seats, or whoever holds the post that signed what it cancels."""
    if position_id is None:
        return bench.seats(role)
    barred = bench.barred(role)
    found = tuple(seat for seat in holders(bench.situation, role, position_id) if seat.person_id not in barred)
    return found or bench.seats(role)


def _lay_before(bench: Bench, letter_id: str, role: str, seats: tuple[Seat, ...], due_on: date, at: datetime) -> None:
    rows = [
        {
            "id": new_id(at),
            "case_id": bench.situation.case.id,
            "role": role,
            "assignee_id": seat.person_id,
            "triggers": SIGN if seats else NAME_SOMEONE,
            "letter_id": letter_id,
            "due_on": due_on,
            "opened_at": at,
            "escalated": seat.climbed,
        }
        for seat in seats or administrators(bench.situation)
    ]
    if rows:
        bench.conn.execute(insert(tasks), rows)


def reseat_letters(bench: Bench, case_id: str, at: datetime) -> bool:
    """Make the tasks of unsigned letters match who may sign them now. Answers whether that differs from before."""
    conn, changed = bench.conn, False
    query = (
        select(letters)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case_id, letters.c.state == "to_sign")
    )
    for row in conn.execute(query).all():
        seats = signers(bench, row.role, row.position_id)
        wanted = {seat.person_id for seat in seats or administrators(bench.situation)}
        standing = set(conn.execute(select(tasks.c.assignee_id).where(tasks.c.letter_id == row.id)).scalars())
        if wanted != standing:
            conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
            _lay_before(bench, row.id, row.role, seats, row.due_on, at)
            changed = True
    return changed


def sign(conn: Connection, office: Office, process: Process, row: Row[Any], seat: Seat, at: datetime) -> str:
    """Number and sign a letter in the register of the signing post's unit; an effect renders it. Answers the number."""
    letter = process.letters[row.kind]
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    on = office.day(at)
    post = _post(conn, seat, office)
    unit_id = post.unit_id or office.profile.secretariat
    sequence = take_number(conn, unit_id, on.year)
    number = office.profile.number(
        row.kind, unit=unit_id, sequence=sequence, on=on, classification=letter.classification
    )
    for_regent = letter.for_regent or _cancels_for_regent(conn, process, row)
    block = _block(conn, office, seat, post, for_regent=for_regent)
    signed = msgspec.structs.replace(
        frame,
        number=number,
        dated_on=on,
        signed_at=at,
        signatures=(block,),
        draft=False,
        letterhead=_letterhead(conn, office, post),
    )
    conn.execute(
        update(letters)
        .where(letters.c.id == row.id)
        .values(
            state="to_render",
            frame=msgspec.json.encode(signed).decode(),
            position_id=row.position_id or post.id,
            signed_by=seat.person_id,
            signed_title=block.title,
            signed_at=at,
            number=number,
            dated_on=on,
            register_unit_id=unit_id,
            register_year=on.year,
            register_number=sequence,
        )
    )
    conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
    conn.execute(update(letters).where(letters.c.cancelled_by == row.id).values(state="void"))
    if not letter.cancels:
        _replace_earlier(conn, row)
    owe(conn, "render", None, row.id, {}, at)
    return number


def _cancels_for_regent(conn: Connection, process: Process, row: Row[Any]) -> bool:
    """A letter that was signed a.n. the regent is cancelled a.n. the regent too."""
    kinds = conn.execute(select(letters.c.kind).where(letters.c.cancelled_by == row.id)).scalars()
    return any(process.letters[kind].for_regent for kind in kinds)


def _replace_earlier(conn: Connection, row: Row[Any]) -> None:
    """A letter of the same kind on the same case, signed earlier, is no longer the one that counts; its number stays."""
    case = select(letter_cases.c.case_id).where(letter_cases.c.letter_id == row.id)
    same = select(letter_cases.c.letter_id).where(letter_cases.c.case_id.in_(case))
    conn.execute(
        update(letters)
        .where(
            letters.c.id.in_(same),
            letters.c.id != row.id,
            letters.c.kind == row.kind,
            letters.c.state.in_(["to_render", "signed"]),
        )
        .values(state="replaced")
    )


def take_number(conn: Connection, unit_id: str, year: int) -> int:
    """The next number of a register, taken for good. Two at once wait for each other; none is given twice or skipped."""
    here = (registers.c.unit_id == unit_id, registers.c.year == year)
    add = update(registers).where(*here).values(last_number=registers.c.last_number + 1)
    if conn.execute(add).rowcount == 0:
        conn.execute(_new_register(conn), {"unit_id": unit_id, "year": year, "last_number": 0})
        conn.execute(add)
    return int(conn.execute(select(registers.c.last_number).where(*here)).scalar_one())


def _new_register(conn: Connection) -> Insert:
    """An insert that gives way where somebody else opened the book at the same moment."""
    if conn.dialect.name == "postgresql":
        return postgresql.insert(registers).on_conflict_do_nothing()
    return sqlite.insert(registers).on_conflict_do_nothing()


def load(conn: Connection, letter_id: str) -> Row[Any]:
    """A letter's row, locked. Raises NotFound."""
    row = conn.execute(select(letters).where(letters.c.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return row


def _post(conn: Connection, seat: Seat | None, office: Office) -> Row[Any]:
    """The post that a person signs for; the head of the personnel unit's where they act for a group."""
    position_id = (seat and seat.position_id) or office.post(conn, "personnel_head")
    return conn.execute(select(positions).where(positions.c.id == position_id)).one()


def _letterhead(conn: Connection, office: Office, post: Row[Any]) -> Letterhead:
    """The head of the paper of whoever signs: the regent's own, or their unit's."""
    if post.id == REGENT:
        return office.profile.regent_letterhead()
    name = conn.execute(select(units.c.name).where(units.c.id == post.unit_id)).scalar_one()
    return office.profile.letterhead(post.unit_id, name)


def _block(conn: Connection, office: Office, seat: Seat, post: Row[Any], *, for_regent: bool) -> SignatureBlock:
    """The signature block: own name, a.n. the regent where the secretary signs for them, Plt. or Plh. by mandate."""
    person = conn.execute(select(people).where(people.c.id == seat.person_id)).one()
    name = full_name(person.front_title, person.name, person.back_title)
    if post.id == REGENT and seat.mandate == "":
        return signature_block(post.title, name, is_regent=True)
    for_regent = for_regent and post.id == office.post(conn, "secretary")
    kind: Any = seat.mandate if seat.mandate in ("plt", "plh") else None
    title = office.profile.regent.title if for_regent else post.title if seat.mandate == "mandat" else None
    if seat.mandate == "mandat" or (for_regent and kind is None):
        kind = "an"
    own_title = person.post if seat.mandate in ("mandat", "delegasi") and person.post else post.title
    return signature_block(own_title, name, rank_on_letter(person), grouped(person.nip), kind, title)


def _draft_frame(
    situation: Situation, letter: Letter, seats: tuple[Seat, ...], cancelled: tuple[Row[Any], ...]
) -> LetterFrame:
    """The letter around its body, before it is signed: addressee, copies, subject; the number and the block come with signing."""
    conn, office = situation.conn, situation.office
    post = _post(conn, seats[0] if seats else None, office)
    addressee, place = _addressee(situation, letter)
    if cancelled:
        before = msgspec.json.decode(cancelled[0].frame, type=LetterFrame)
        addressee, place = before.addressee, before.addressee_place
    return LetterFrame(
        kind=letter.name,
        title=letter.title,
        letterhead=_letterhead(conn, office, post),
        signatures=(),
        place=office.profile.seat,
        subject=letter.subject,
        addressee=addressee,
        addressee_place=place,
        copies=tuple(title for role in letter.copies for title in [_title(situation, role)] if title),
        draft=True,
    )


def _addressee(situation: Situation, letter: Letter) -> tuple[tuple[str, ...], str]:
    if not letter.to:
        return (), ""
    if situation.process.role[letter.to].partner:
        host = host_named(situation)
        return ((host.head,), host.city) if host else ((), "")
    return (_title(situation, letter.to),), situation.office.profile.seat


def _title(situation: Situation, role: str) -> str:
    """The post that plays a role, as letters address it."""
    seats = Bench(situation).seats(role)
    return next((seat.title for seat in seats if seat.title), situation.process.role[role].title)
