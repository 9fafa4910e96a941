"""Letters as rows: issued with their body, numbered and signed in one transaction, rendered by an effect, cancelled, never changed.

The number is taken when the letter is signed, so that a draft burns none. Rendering reads what was stored; it looks nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, Row, bindparam, delete, insert, select, update

from workflow.authority import Bench, Seat, administrators, holders
from workflow.database import insert_or
from workflow.definition import Letter, facts_of
from workflow.effects import owe
from workflow.errors import NotFound
from workflow.evidence import LETTER, LetterTold, digest
from workflow.facts import Situation, gather
from workflow.ids import new_id
from workflow.letters.framing import drafted, letterhead_of, readdressed, signed_block, signing_post
from workflow.letters.layout import template_sha256
from workflow.letters.parts import LetterFrame
from workflow.letters.sources import in_force, reference
from workflow.seating import NAME_SOMEONE
from workflow.tables import letter_cases, letters, registers, tasks

SIGN = "sign"


@dataclass(frozen=True)
class Issued:
    """The letters that a step issued, as its event tells them, and the ids of those that no longer await a signature."""

    letters: tuple[LetterTold, ...] = ()
    dropped: tuple[str, ...] = ()


def issue(situation: Situation, bench: Bench, letter: Letter, actor_id: str | None, at: datetime) -> Issued:
    """Issue a letter of a step: signed at once where the actor signs it, else laid before whoever does."""
    if letter.when is not None and not letter.when(gather(facts_of(letter.when), situation)):
        return Issued()
    if not letter.cancels:
        return Issued((_issue(situation, bench, letter, actor_id, at, ()),))
    dropped = _drop_unsigned(situation.conn, situation.case.id, letter.cancels)
    done = [_issue(each, bench, letter, actor_id, at, old) for each, old in _cancellations(situation, letter)]
    return Issued(tuple(done), dropped)


def _cancellations(situation: Situation, letter: Letter) -> list[tuple[Situation, tuple[Row[Any], ...]]]:
    """For each post whose letters are in force, the situation in which its cancellation is written.

    Of each kind only the latest: what was sent to an earlier host has been answered, and is not this host's to know.
    """
    conn, case = situation.conn, situation.case
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


def _drop_unsigned(conn: Connection, case_id: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Letters of these kinds that nobody has signed are no longer to be signed. Answers their ids."""
    unsigned = conn.execute(
        select(letters.c.id)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case_id, letters.c.kind.in_(kinds), letters.c.state == "to_sign")
    ).scalars()
    ids = tuple(sorted(unsigned))
    if ids:
        conn.execute(delete(tasks).where(tasks.c.letter_id.in_(ids)))
        conn.execute(update(letters).where(letters.c.id.in_(ids)).values(state="void"))
    return ids


def _issue(
    situation: Situation,
    bench: Bench,
    letter: Letter,
    actor_id: str | None,
    at: datetime,
    cancelled: tuple[Row[Any], ...],
) -> LetterTold:
    conn, office, case = situation.conn, situation.office, situation.case
    body = gather(letter.body, situation)
    fixed_post = cancelled[0].position_id if cancelled else None
    role = cancelled[0].role if cancelled else letter.signer
    seats = signers(bench, role, fixed_post)
    own = next((seat for seat in seats if seat.person_id == actor_id), None)
    frame = drafted(bench, letter, own or next(iter(seats), None), cancelled)
    days = int(situation.law[letter.within].value)
    letter_id, due_on = new_id(at), office.count(office.day(at), days, case.unit_id).due
    row: dict[str, Any] = {
        "id": letter_id,
        "kind": letter.name,
        "process": situation.process.name,
        "state": "to_sign",
        "template": letter.template,
        "template_sha256": template_sha256(letter.template),
        "body_type": letter.body.__name__,
        "body": msgspec.json.encode(body).decode(),
        "frame": msgspec.json.encode(frame).decode(),
        "role": role,
        "position_id": fixed_post,
        "issued_at": at,
        "due_on": due_on,
    }
    if own is not None:
        row |= _signature(bench, row, frame, own, at, tuple(old.kind for old in cancelled))
    conn.execute(_NEW_LETTER, row)
    conn.execute(_NEW_LETTER_CASE, {"letter_id": letter_id, "case_id": case.id})
    if cancelled:
        conn.execute(
            update(letters).where(letters.c.id.in_([row.id for row in cancelled])).values(cancelled_by=letter_id)
        )
    if own is not None:
        told = _signed(bench, row, at)
    else:
        _lay_before(bench, letter_id, role, seats, due_on, at)
        told = LetterTold(id=letter_id, kind=letter.name, sha256=digest(LETTER, row))
    return msgspec.structs.replace(told, cancels=tuple(sorted(old.id for old in cancelled)))


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


def sign(bench: Bench, row: Row[Any], seat: Seat, at: datetime) -> LetterTold:
    """Number and sign a letter that was laid before somebody. Answers the signed letter, as its event tells it."""
    conn = bench.conn
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    kinds = conn.execute(select(letters.c.kind).where(letters.c.cancelled_by == row.id)).scalars()
    values = _signature(bench, dict(row._mapping), frame, seat, at, tuple(kinds))  # noqa: SLF001 - SQLAlchemy's public name for it
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
    return _signed(bench, {**row._mapping, **values}, at)  # noqa: SLF001 - as above


def _signature(
    bench: Bench, row: Mapping[str, Any], frame: LetterFrame, seat: Seat, at: datetime, cancelled: tuple[str, ...]
) -> dict[str, Any]:
    """What signing writes into a letter: its number, from the register of the signing post's unit, and its last frame.

    ``cancelled``: the kinds of letters that it cancels.
    """
    office, process = bench.situation.office, bench.situation.process
    letter, on = process.letters[row["kind"]], office.day(at)
    post = signing_post(bench, seat)
    frame = readdressed(bench, letter, seat, post, frame)
    unit_id = post.unit_id or office.profile.secretariat
    sequence = take_number(bench.conn, unit_id, on.year)
    number = office.profile.number(
        letter.name, unit=unit_id, sequence=sequence, on=on, classification=letter.classification
    )
    # A letter that was signed a.n. the regent is cancelled a.n. the regent too.
    for_regent = letter.for_regent or any(process.letters[kind].for_regent for kind in cancelled)
    block = signed_block(bench, seat, post, for_regent=for_regent)
    signed = msgspec.structs.replace(
        frame,
        number=number,
        dated_on=on,
        signed_at=at,
        signatures=(block,),
        draft=False,
        letterhead=letterhead_of(office, post),
    )
    return {
        "state": "to_render",
        "frame": msgspec.json.encode(signed).decode(),
        "position_id": row["position_id"] or post.id,
        "signed_by": seat.person_id,
        "signed_title": block.title,
        "signed_at": at,
        "number": number,
        "dated_on": on,
        "register_unit_id": unit_id,
        "register_year": on.year,
        "register_number": sequence,
    }


def _signed(bench: Bench, row: Mapping[str, Any], at: datetime) -> LetterTold:
    """What a letter changes once it is signed: those that it cancels or replaces; an effect renders it."""
    conn, letter = bench.conn, bench.situation.process.letters[row["kind"]]
    voids: tuple[str, ...] = ()
    if letter.cancels:
        void = update(letters).where(letters.c.cancelled_by == row["id"]).values(state="void").returning(letters.c.id)
        voids = tuple(sorted(conn.execute(void).scalars()))
    replaces = () if letter.cancels else _replace_earlier(conn, row["id"], letter.name)
    owe(conn, "render", None, row["id"], {}, at)
    return LetterTold(
        id=row["id"],
        kind=letter.name,
        sha256=digest(LETTER, row),
        number=row["number"],
        voids=voids,
        replaces=replaces,
    )


def _replace_earlier(conn: Connection, letter_id: str, kind: str) -> tuple[str, ...]:
    """A letter of the same kind on the same case, signed earlier, is no longer the one that counts; its number stays.

    Answers the ids of those that this one replaces.
    """
    return tuple(sorted(conn.execute(_EARLIER, {"letter": letter_id, "of_kind": kind}).scalars()))


def take_number(conn: Connection, unit_id: str, year: int) -> int:
    """The next number of a register, taken for good. Two at once wait for each other; none is given twice or skipped."""
    row = {"unit_id": unit_id, "year": year, "last_number": 1}
    return int(conn.execute(_next_number(conn.dialect.name), row).scalar_one())


@cache
def _next_number(dialect: str) -> Executable:
    row = insert_or(dialect, registers)
    added = row.on_conflict_do_update(
        index_elements=registers.primary_key.columns, set_={"last_number": registers.c.last_number + 1}
    )
    return added.returning(registers.c.last_number)


def load(conn: Connection, letter_id: str) -> Row[Any]:
    """A letter's row, locked. Raises NotFound."""
    row = conn.execute(select(letters).where(letters.c.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return row


# --- Statements, built once ------------------------------------------------------------------------------------------

_NEW_LETTER = insert(letters)
_NEW_LETTER_CASE = insert(letter_cases)
_SAME_CASES = select(letter_cases.c.case_id).where(letter_cases.c.letter_id == bindparam("letter"))
_EARLIER = (
    update(letters)
    .where(
        letters.c.id.in_(select(letter_cases.c.letter_id).where(letter_cases.c.case_id.in_(_SAME_CASES))),
        letters.c.id != bindparam("letter"),
        letters.c.kind == bindparam("of_kind"),
        letters.c.state.in_(["to_render", "signed"]),
    )
    .values(state="replaced")
    .returning(letters.c.id)
)
