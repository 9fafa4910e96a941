"""The registers, for those who keep them, and for auditors at work: which numbers were given, to what, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    FromClause,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)

from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours
from workflow.letters.types import TYPES
from workflow.queries import BadCursor
from workflow.registers.leasing import CLERKS, open_numbers
from workflow.registers.numbers import book, style_of
from workflow.registry import Registry
from workflow.tables import group_members, leases, letter_cases, letters, registers, units, void_numbers
from workflow.telling.status_words import LETTER_STATE

#: What a number is that bears no letter, beside the states of letters.
VOID_NUMBER, VOID_TITLE = "void_number", "Tanpa surat"


class BlockLine(msgspec.Struct, frozen=True, kw_only=True):
    """A block of numbers. ``open``: those that are neither used nor void; ``trouble``: what keeps some from being settled."""

    id: str
    first: int
    last: int
    unit: str
    unit_name: str
    offline: bool
    purpose: str
    given_at: datetime
    settled_at: datetime | None
    open: tuple[int, ...]
    trouble: str | None


class RegisterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A register in a year. ``kind``: own, leased or external; ``last``: the last number, 0 where another system numbers."""

    code: str
    year: int
    kind: str
    last: int
    issued: int
    void: int
    blocks: tuple[BlockLine, ...]


class RegisterList(msgspec.Struct, frozen=True, kw_only=True):
    """All registers, the newest year first."""

    items: tuple[RegisterLine, ...]


class NumberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was given. ``state``: of its letter, or ``void_number`` where it bears none; ``reason``: why it is void."""

    sequence: int | None
    suffix: str
    number: str | None
    dated_on: date | None
    letter_id: str | None
    kind: str | None
    title: str | None
    state: str
    state_title: str
    by_hand: bool
    cases: int
    reason: str | None


class RegisterBook(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a register, in the order of its numbers. ``next``: what to pass as ``after`` for the following page."""

    code: str
    year: int
    items: tuple[NumberLine, ...]
    next: str | None = None


def register_list(conn: Connection, engine: Engine, caller: Caller, _at: datetime) -> RegisterList:
    """Every register. Raises NotYours."""
    _check_keeper(conn, caller)
    return RegisterList(items=all_registers(conn, engine))


def register_book(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    code: str,
    year: int,
    after: str | None = None,
    limit: int = 50,
) -> RegisterBook:
    """The numbers of a register in a year. Raises NotYours, NotFound, BadCursor."""
    _check_keeper(conn, caller)
    return book_of(conn, engine.registry, code, year, after, limit)


def _check_keeper(conn: Connection, caller: Caller) -> None:
    if caller.assignment_id is None:
        belongs = select(group_members.c.person_id).where(
            group_members.c.person_id == caller.person_id, group_members.c.group_name.in_(CLERKS)
        )
        if conn.execute(belongs.limit(1)).first() is None:
            raise NotYours(
                "Buku agenda surat keluar dibaca oleh petugas buku agenda, administrator, dan auditor selama penugasannya."
            )
    caller.looked_at.append(None)


# --- Registers -------------------------------------------------------------------------------------------------------


def all_registers(conn: Connection, engine: Engine) -> tuple[RegisterLine, ...]:
    """Every register with its blocks, the newest year first."""
    last = {(row.register, row.year): row.last_number for row in conn.execute(select(registers))}
    issued = {(row.code, row.year): row.issued for row in conn.execute(_ISSUED) if row.issued}
    void = {(row.register, row.year): row.void for row in conn.execute(_VOID)}
    blocks: dict[tuple[str, int], list[BlockLine]] = {}
    query = select(leases, units.c.name.label("unit_name")).join_from(leases, units, units.c.id == leases.c.unit_id)
    for row in conn.execute(query.order_by(leases.c.first)).all():
        blocks.setdefault((row.register, row.year), []).append(_block(conn, row))
    return tuple(
        RegisterLine(
            code=code,
            year=year,
            kind=style_of(engine.office, code).kind,
            last=last.get((code, year), 0),
            issued=issued.get((code, year), 0),
            void=void.get((code, year), 0),
            blocks=tuple(blocks.get((code, year), ())),
        )
        for code, year in sorted(last.keys() | issued.keys(), key=lambda of: (-of[1], of[0]))
    )


# All of it stands in the index of their numbers, so that no letter is read.
_ISSUED = (
    select(
        letters.c.register.label("code"),
        letters.c.register_year.label("year"),
        func.count(letters.c.number).label("issued"),
    )
    .where(letters.c.register.is_not(None))
    .group_by(letters.c.register, letters.c.register_year)
)
_VOID = select(void_numbers.c.register, void_numbers.c.year, func.count().label("void")).group_by(
    void_numbers.c.register, void_numbers.c.year
)


def _block(conn: Connection, row: Row[Any]) -> BlockLine:
    return BlockLine(
        id=row.id,
        first=row.first,
        last=row.last,
        unit=row.unit_id,
        unit_name=row.unit_name,
        offline=row.offline,
        purpose=row.purpose,
        given_at=row.given_at,
        settled_at=row.settled_at,
        open=tuple(open_numbers(conn, row)) if row.settled_at is None else (),
        trouble=row.trouble,
    )


# --- The numbers of one ----------------------------------------------------------------------------------------------


def book_of(conn: Connection, registry: Registry, code: str, year: int, after: str | None, limit: int) -> RegisterBook:
    """The numbers of a register in a year from a place on. Raises NotFound, BadCursor."""
    titles = {kind: letter.title for process in registry.processes.values() for kind, letter in process.letters.items()}
    asked = {"code": code, "year": year}
    order = (_PLACES.c.place, _PLACES.c.suffix, _PLACES.c.mark)
    query = select(_PLACES).order_by(*order).limit(limit + 1)
    if after:
        found = _CURSOR.fullmatch(after)
        if found is None:
            raise BadCursor(after)
        place = (int(found[1]), found[2], found[3])
        query = query.where(tuple_(*order) > place)
    rows = conn.execute(_standing_at(query.subquery("page")), asked).all()
    if not rows and not after:
        raise NotFound(
            f"Belum ada nomor dalam {book(code, year)}. Lihat kode dan tahun yang ada: jenjang register list."
        )
    page = rows[:limit]
    following = f"{page[-1].place}-{page[-1].suffix}-{page[-1].mark}" if len(rows) > limit else None
    return RegisterBook(code=code, year=year, items=tuple(_lines(page, titles)), next=following)


def _lines(rows: list[Row[Any]] | Any, titles: dict[str, str]) -> Iterator[NumberLine]:
    for row in rows:
        yield NumberLine(
            sequence=row.place or None,
            suffix=row.suffix,
            number=row.number,
            dated_on=row.dated_on,
            letter_id=row.letter_id,
            kind=row.kind,
            title=_own_title(row) or titles.get(row.kind) or row.kind,
            state=row.state,
            state_title=VOID_TITLE if row.state == VOID_NUMBER else LETTER_STATE.get(row.state, row.state),
            by_hand=row.method == "by_hand",
            cases=row.cases,
            reason=row.reason,
        )


def _own_title(row: Row[Any]) -> str:
    """What a letter of no case says itself that it is, and about what: no process names it."""
    if row.frame is None:
        return ""
    frame = msgspec.json.decode(row.frame, type=_Titled)
    kind = TYPES.get(row.kind)
    subject = frame.subject if frame.security == "Biasa" else ""  # of what is kept from others only that it is there
    return ": ".join(filter(None, (frame.title or (kind.title if kind else ""), subject)))


class _Titled(msgspec.Struct, frozen=True):
    """What is read of a frame."""

    title: str = ""
    subject: str = ""
    security: str = "Biasa"


_CURSOR = re.compile(r"([0-9]{1,9})-([a-z]?)-([0-9a-z-]{0,40})")

_CASES = (
    select(func.count())
    .select_from(letter_cases)
    .where(letter_cases.c.letter_id == letters.c.id)
    .correlate(letters)
    .scalar_subquery()
)
# The places alone are put in order; what stands there is looked up for those of a page.
_LETTERS = select(
    func.coalesce(letters.c.register_number, 0).label("place"),
    letters.c.register_suffix.label("suffix"),
    letters.c.id.label("mark"),
    null().label("reason"),
).where(
    letters.c.register == bindparam("code"),
    letters.c.register_year == bindparam("year"),
    letters.c.number.is_not(None),
)
_WITHOUT = select(void_numbers.c.number, literal(""), literal(""), void_numbers.c.reason).where(
    void_numbers.c.register == bindparam("code"), void_numbers.c.year == bindparam("year")
)
_PLACES = union_all(_LETTERS, _WITHOUT).subquery("places")


def _standing_at(page: FromClause) -> Select[Any]:
    """What stands at each of some places."""
    return (
        select(
            page.c.place,
            page.c.suffix,
            page.c.mark,
            letters.c.id.label("letter_id"),
            letters.c.number,
            letters.c.dated_on,
            letters.c.kind,
            func.coalesce(letters.c.state, VOID_NUMBER).label("state"),
            letters.c.method,
            _CASES.label("cases"),
            func.coalesce(letters.c.void_reason, page.c.reason).label("reason"),
            case((letters.c.process == "", letters.c.frame), else_=null()).label("frame"),
        )
        .join_from(page, letters, letters.c.id == page.c.mark, isouter=True)
        .order_by(page.c.place, page.c.suffix, page.c.mark)
    )
