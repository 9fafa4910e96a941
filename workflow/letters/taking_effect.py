"""What a letter changes once all have signed it: it cancels, replaces or revokes others; and how that is undone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, or_, select, union_all, update

from workflow import cases
from workflow.authority.bench import Bench
from workflow.definition import Letter, Process
from workflow.effects import owe
from workflow.engine.evidence import LetterTold
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import REVOKED, REVOKED_NO_MORE, record_letter
from workflow.letters.leaving import discovered
from workflow.letters.parts import LetterFrame
from workflow.letters.route import LEFT
from workflow.letters.signing import TAKE_OFF, others_under, told_of
from workflow.letters.sources import in_force
from workflow.letters.words import begun_small, long_date
from workflow.tables import letter_cases, letters


def signed(bench: Bench, row: Mapping[str, Any], at: datetime) -> LetterTold:
    """What a letter changes once all have signed; an effect makes its PDF."""
    conn, letter = bench.conn, bench.situation.process.letters[row["kind"]]
    more: dict[str, tuple[str, ...]] = {}
    if letter.cancels:
        void = update(letters).where(letters.c.cancelled_by == row["id"]).values(state="void").returning(letters.c.id)
        more["voids"] = tuple(sorted(conn.execute(void).scalars()))
    elif letter.revoked_in:
        _revoke_in_another(bench, row, letter, at)
    elif letter.revokes:
        own = _own_cases(conn, row["id"])
        more["revokes"], more["changes"] = _revoke(conn, bench.situation.process, row["id"], letter.revokes, own)
    elif not letter.takes_back:
        more["replaces"], more["changes"] = _replace_earlier(bench, row["id"], letter.name)
    if row["state"] == "to_render":
        owe(conn, "render", None, row["id"], {}, at)
    return told_of(row, **more)


def _own_cases(conn: Connection, letter_id: str) -> list[str]:
    query = select(letter_cases.c.case_id).where(letter_cases.c.letter_id == letter_id)
    return list(conn.execute(query.order_by(letter_cases.c.case_id)).scalars())


def _replace_earlier(bench: Bench, letter_id: str, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A letter of the same kind on the same cases, signed earlier, no longer counts for them; its number stays.

    Answers the ids of those that are replaced, and of those that go on counting for others.
    """
    conn, process = bench.conn, bench.situation.process
    own = _own_cases(conn, letter_id)
    earlier = conn.execute(_EARLIER, {"letter": letter_id, "of_kind": kind}).scalars().all()
    return _end(conn, process, letter_id, earlier, own, "replaced")


# --- Revoking --------------------------------------------------------------------------------------------------------


def _revoke(
    conn: Connection, process: Process, letter_id: str, kinds: Collection[str], own: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The letters of these kinds that are in force in some cases are void, or go on for others without these.

    Answers the ids of both.
    """
    found = {row.id for case_id in own for row in in_force(conn, case_id) if row.kind in kinds}
    return _end(conn, process, letter_id, sorted(found), own, "void")


def _end(
    conn: Connection, process: Process, by: str, ended: Collection[str], own: Collection[str], state: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Letters count no more, or go on without some cases. Answers the ids of both."""
    for_all: list[str] = []
    changed: list[str] = []
    for letter_id in ended:
        if others_under(process, conn, letter_id, own):
            conn.execute(TAKE_OFF, [{"of_letter": letter_id, "of_case": each, "by": by} for each in sorted(own)])
            changed.append(letter_id)
        else:
            conn.execute(update(letters).where(letters.c.id == letter_id).values(state=state, cancelled_by=by))
            for_all.append(letter_id)
    return tuple(for_all), tuple(changed)


def _revoke_in_another(bench: Bench, row: Mapping[str, Any], letter: Letter, at: datetime) -> None:
    """The same with the letters of the case that this one names, whose log tells of each."""
    conn, case_id = bench.conn, str(bench.situation.form[letter.revoked_in])
    process = discovered().process(cases.load(conn, case_id, lock=True).process)
    void, changed = _revoke(conn, process, row["id"], letter.revokes, (case_id,))
    frame = msgspec.json.decode(row["frame"], type=LetterFrame)
    number, day = row["number"], long_date(row["dated_on"])
    says = f"dengan {begun_small(frame.title)} Nomor {number} tanggal {day}."
    for each in _rows(conn, (*void, *changed)):
        done = f"{'Dicabut' if each.id in void else 'Dicabut bagi berkas ini'} {says}"
        _tell(conn, case_id, REVOKED, told_of(each._asdict(), revoked_by=row["id"]), done, at)


def tell_they_count_again(conn: Connection, letter_id: str, letter: Letter, at: datetime) -> None:
    """A letter is called back that had revoked letters of another case: these count again, which the log of that case tells.

    To be asked before anything of it is undone.
    """
    if not letter.revoked_in:
        return
    for row in conn.execute(_REVOKED_BY, {"by_letter": letter_id}).all():
        told = told_of(
            {**row._asdict(), "state": "to_render" if row.state == "void" else row.state}, restores=(row.id,)
        )
        _tell(conn, row.case_id, REVOKED_NO_MORE, told, "", at)


def _rows(conn: Connection, ids: Collection[str]) -> Iterator[Row[Any]]:
    yield from conn.execute(select(letters).where(letters.c.id.in_(ids)).order_by(letters.c.id)).all()


def _tell(conn: Connection, case_id: str, kind: str, told: LetterTold, says: str, at: datetime) -> None:
    case = cases.load(conn, case_id, lock=True)
    record_letter(conn, case, kind, told, THE_SYSTEM, None, at, more={"revoked": says} if says else None)


# --- Statements, built once ------------------------------------------------------------------------------------------

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
        letters.c.state.in_(LEFT),
    )
    .order_by(letters.c.id)
)
_REVOKED_BY = (
    select(letters, letter_cases.c.case_id)
    .join_from(letters, letter_cases)
    .where(
        # Found by either, each by its own index; then it is asked of each case.
        letters.c.id.in_(
            union_all(
                select(letters.c.id).where(letters.c.cancelled_by == bindparam("by_letter")),
                select(letter_cases.c.letter_id).where(letter_cases.c.changed_by == bindparam("by_letter")),
            )
        ),
        or_(letters.c.cancelled_by == bindparam("by_letter"), letter_cases.c.changed_by == bindparam("by_letter")),
    )
    .order_by(letters.c.id)
)
