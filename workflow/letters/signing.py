"""Signing letters: who may, laying a letter before them, its number from the register, and what it changes once it is signed.

The number is taken when the letter is signed, so that a draft burns none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Executable, Row, bindparam, delete, func, insert, or_, select, update

from workflow.authority import Bench, Seat, administrators, holders
from workflow.cases import Case
from workflow.database import insert_or
from workflow.definition import Process
from workflow.effects import owe
from workflow.errors import NotFound
from workflow.evidence import LETTER, LetterTold, digest
from workflow.ids import new_id
from workflow.letters.framing import letterhead_of, readdressed, signed_block, signing_post
from workflow.letters.parts import LetterFrame
from workflow.seating import NAME_SOMEONE, take_part
from workflow.tables import cases as cases_table
from workflow.tables import cohort_cases, letter_cases, letters, registers, tasks

SIGN = "sign"


def signers(bench: Bench, role: str, position_id: str | None) -> tuple[Seat, ...]:
    """Who may sign a letter now: the role's seats, or whoever holds the post that signed what it cancels."""
    if position_id is None:
        return bench.seats(role)
    barred = bench.barred(role)
    found = tuple(seat for seat in holders(bench.situation, role, position_id) if seat.person_id not in barred)
    return found or bench.seats(role)


def lay_before(bench: Bench, letter_id: str, role: str, seats: tuple[Seat, ...], due_on: date, at: datetime) -> None:
    """Put a letter among the tasks of those who may sign it; administrators' where nobody is left."""
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
    # Whoever is to sign must be able to see the case, also where no step of it ever waited for them.
    take_part(bench.conn, bench.situation.case.id, {(role, seat.person_id) for seat in seats}, at)


def reseat_letters(bench: Bench, case_id: str, at: datetime) -> bool:
    """Make the tasks of unsigned letters match who may sign them now. Answers whether that differs from before."""
    conn, changed = bench.conn, False
    query = (
        select(letters)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case_id, letter_cases.c.changed_by.is_(None), letters.c.state == "to_sign")
    )
    for row in conn.execute(query).all():
        laid = conn.execute(select(tasks.c.assignee_id, tasks.c.case_id).where(tasks.c.letter_id == row.id)).all()
        if laid and case_id not in {task.case_id for task in laid}:
            continue  # one of the others who share it answers for its tasks
        seats = signers(bench, row.role, row.position_id)
        wanted = {seat.person_id for seat in seats or administrators(bench.situation)}
        standing = {task.assignee_id for task in laid}
        if wanted != standing:
            conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
            lay_before(bench, row.id, row.role, seats, row.due_on, at)
            changed = True
    return changed


def sign(bench: Bench, row: Row[Any], seat: Seat, at: datetime) -> LetterTold:
    """Number and sign a letter that was laid before somebody. Answers the signed letter, as its event tells it."""
    conn = bench.conn
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    values = signature(bench, dict(row._mapping), frame, seat, at, kinds_taken_back(conn, row.id))  # noqa: SLF001 - SQLAlchemy's public name for it
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
    return signed(bench, {**row._mapping, **values}, at)  # noqa: SLF001 - as above


def kinds_taken_back(conn: Connection, letter_id: str) -> tuple[str, ...]:
    """The kinds of letters that a letter cancels or changes."""
    return tuple(conn.execute(_TAKEN_BACK, {"letter": letter_id}).scalars())


def signature(
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


def signed(bench: Bench, row: Mapping[str, Any], at: datetime) -> LetterTold:
    """What a letter changes once it is signed: those that it cancels or replaces; an effect renders it."""
    conn, letter = bench.conn, bench.situation.process.letters[row["kind"]]
    voids: tuple[str, ...] = ()
    if letter.cancels:
        void = update(letters).where(letters.c.cancelled_by == row["id"]).values(state="void").returning(letters.c.id)
        voids = tuple(sorted(conn.execute(void).scalars()))
    replaces, changes = ((), ()) if letter.takes_back else _replace_earlier(bench, row["id"], letter.name)
    owe(conn, "render", None, row["id"], {}, at)
    return LetterTold(
        id=row["id"],
        kind=letter.name,
        sha256=digest(LETTER, row),
        number=row["number"],
        voids=voids,
        replaces=replaces,
        changes=changes,
    )


def _replace_earlier(bench: Bench, letter_id: str, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A letter of the same kind on the same cases, signed earlier, no longer counts for them; its number stays.

    Answers the ids of those that are replaced, and of those that go on counting for others.
    """
    conn, process = bench.conn, bench.situation.process
    own = set(conn.execute(select(letter_cases.c.case_id).where(letter_cases.c.letter_id == letter_id)).scalars())
    replaced: list[str] = []
    changed: list[str] = []
    for earlier in conn.execute(_EARLIER, {"letter": letter_id, "of_kind": kind}).scalars().all():
        if others_under(process, conn, earlier, own):
            off = [{"of_letter": earlier, "of_case": case_id, "by": letter_id} for case_id in sorted(own)]
            conn.execute(TAKE_OFF, off)
            changed.append(earlier)
        else:
            conn.execute(update(letters).where(letters.c.id == earlier).values(state="replaced"))
            replaced.append(earlier)
    return tuple(replaced), tuple(changed)


def others_under(process: Process, conn: Connection, letter_id: str, leaving: Collection[str]) -> list[str]:
    """The cases that go on under a letter, or were carried out under it, but for those that leave; in their cohort's order."""
    found = conn.execute(_STILL_UNDER, {"letter": letter_id, "done": process.carried_out}).scalars()
    return [case_id for case_id in found if case_id not in leaving]


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


def lead_of(conn: Connection, row: Row[Any], shared: Sequence[Case]) -> Case:
    """Of the cases that share a letter the one on which it is laid before somebody, by whom it says who may sign."""
    laid = set(conn.execute(select(tasks.c.case_id).where(tasks.c.letter_id == row.id)).scalars())
    return next((case for case in shared if case.id in laid), shared[0])


def load(conn: Connection, letter_id: str) -> Row[Any]:
    """A letter's row, locked. Raises NotFound."""
    row = conn.execute(select(letters).where(letters.c.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return row


# --- Statements, built once ------------------------------------------------------------------------------------------

#: A case leaves a letter; ``by``: the letter that takes it off.
TAKE_OFF = (
    update(letter_cases)
    .where(letter_cases.c.letter_id == bindparam("of_letter"), letter_cases.c.case_id == bindparam("of_case"))
    .values(changed_by=bindparam("by"))
)
_STILL_UNDER = (
    select(letter_cases.c.case_id)
    .join_from(letter_cases, cases_table, cases_table.c.id == letter_cases.c.case_id)
    .join(cohort_cases, cohort_cases.c.case_id == letter_cases.c.case_id, isouter=True)
    .where(
        letter_cases.c.letter_id == bindparam("letter"),
        letter_cases.c.changed_by.is_(None),
        or_(cases_table.c.closed_at.is_(None), cases_table.c.state.in_(bindparam("done", expanding=True))),
    )
    .group_by(letter_cases.c.case_id)
    .order_by(func.min(cohort_cases.c.position), letter_cases.c.case_id)
)
_TAKEN_BACK = (
    select(letters.c.kind)
    .where(
        or_(
            letters.c.cancelled_by == bindparam("letter"),
            letters.c.id.in_(select(letter_cases.c.letter_id).where(letter_cases.c.changed_by == bindparam("letter"))),
        )
    )
    .order_by(letters.c.id)
)
_SAME_CASES = select(letter_cases.c.case_id).where(letter_cases.c.letter_id == bindparam("letter"))
_EARLIER = (
    select(letters.c.id)
    .where(
        letters.c.id.in_(
            select(letter_cases.c.letter_id).where(
                letter_cases.c.case_id.in_(_SAME_CASES), letter_cases.c.changed_by.is_(None)
            )
        ),
        letters.c.id != bindparam("letter"),
        letters.c.kind == bindparam("of_kind"),
        letters.c.state.in_(["to_render", "signed"]),
    )
    .order_by(letters.c.id)
)
