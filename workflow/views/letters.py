"""Letters of a case: what they are, how far, who signs; their PDF once it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, exists, select

from policies.civil_service import full_name
from policies.dates import written
from workflow.callers import Caller
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import Veil
from workflow.errors import NotFound, Problem
from workflow.letters.acting import judged
from workflow.letters.acts import version_of
from workflow.letters.bodies import body_named
from workflow.letters.correcting import FRAME_FIELDS, correctable
from workflow.letters.parts import LetterFrame
from workflow.letters.route import UNDER_WAY, LetterStep, decoded
from workflow.letters.routing import CLERKS, ROLE_TITLES
from workflow.letters.words import begun_small, file_name
from workflow.tables import effects, files, letter_cases, letters, positions, tasks
from workflow.telling.status_words import LETTER_STATE
from workflow.views.letter_brief import (
    ClosedAct,
    GistLine,
    HappenedLine,
    SentLine,
    TextLine,
    basis_of,
    closed_acts,
    considered,
    gist_lines,
    happened,
    sent,
    texts_to_correct,
)
from workflow.views.letter_sight import cases_under, is_for, letter_rows, seen_letter
from workflow.views.outside import Sight, veil_of
from workflow.views.shown import PersonLine, ReasonLine, people_by_id

#: Seconds after which asking again for a letter that is being made is worth while.
SOON = 2


class NotSigned(Problem):
    """There is no PDF, as the letter has not been signed, or never will be."""

    status, type, title = 409, "letter-not-signed", "Surat belum ditandatangani"


class CannotBeMade(Problem):
    """What the letter holds cannot be laid out: it is to be corrected first."""

    status, type, title = 422, "letter-cannot-be-made", "Surat tidak dapat dibuat"


class BeingPrepared(Problem):
    """The letter is signed and its PDF is being made."""

    status, type, title = 409, "letter-being-prepared", "Surat sedang disiapkan"


class LetterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A letter in a list. ``number`` and ``dated_on`` come with the signature.

    ``cases``: how many of the cases under it the caller may see. ``taken_off``: how the case at hand came off it, where it did.
    """

    id: str
    kind: str
    title: str
    state: str
    state_title: str
    issued_at: datetime
    due_on: date
    number: str | None = None
    dated_on: date | None = None
    signed_by: str | None = None
    signed_as: str | None = None
    signed_at: datetime | None = None
    cases: int = 1
    taken_off: str | None = None
    method: str = "electronic"
    #: What kept it from being numbered, made, signed or sent the last time.
    trouble: str | None = None


class RouteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step on a letter's way: ``kind`` (paraf, number, sign), ``state`` (done, waiting, later), by whom and as what."""

    kind: str
    kind_title: str
    state: str
    by: str
    post: str
    at: datetime | None = None


class LetterPage(msgspec.Struct, frozen=True, kw_only=True):
    """A letter. ``body``: what it says, by field; null to those outside. ``sha256`` and ``size`` are its PDF's, once made.

    ``waits_for``: who may act on it now; ``yours_to_sign``: whether the caller is among those who may sign it; ``acts``: what the
    caller may do with it. ``route``: whom it passes, in order; ``version``: by which an act says which draft was seen;
    ``correctable``: the fields of a draft that may be corrected, ``texts``: how they are now. ``code``: by which anybody can ask
    about it; ``statement``: what its QR code says. ``closed``: what the caller may not do with it, and why.

    Those inside are told as well what it settles (``gist``), what was weighed when it was issued, with its ``basis`` in law, what
    ``happened`` to it since, and whom it was ``sent`` to.
    """

    letter: LetterLine
    case_ids: tuple[str, ...]
    subject: str
    addressee: tuple[str, ...]
    addressee_place: str
    #: The post that it passes on its way up.
    through: str
    copies: tuple[str, ...]
    waits_for: tuple[PersonLine, ...]
    yours_to_sign: bool
    body: dict[str, Any] | None
    sha256: str | None = None
    size: int | None = None
    cancelled_by: str | None = None
    void_reason: str | None = None
    code: str | None = None
    version: str | None = None
    acts: tuple[str, ...] = ()
    route: tuple[RouteLine, ...] = ()
    correctable: tuple[str, ...] = ()
    texts: tuple[TextLine, ...] = ()
    closed: tuple[ClosedAct, ...] = ()
    statement: str | None = None
    gist: tuple[GistLine, ...] = ()
    considered: tuple[ReasonLine, ...] = ()
    basis: tuple[str, ...] = ()
    happened: tuple[HappenedLine, ...] = ()
    sent: tuple[SentLine, ...] = ()


class Pdf(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a letter, with the name they are saved under. ``media_type``: a scan may be a picture."""

    name: str
    content: bytes
    sha256: str
    media_type: str


def letters_of(conn: Connection, sight: Sight, veil: Veil) -> tuple[LetterLine, ...]:
    """The letters of a case that somebody may see, oldest first. ``veil``: what of it is hidden from them."""
    of_case = [row for row in letter_rows(conn, letter_cases.c.case_id == sight.case.id) if row.id not in veil.letters]
    rows = [row for row in of_case if is_for(conn, sight, row)]
    under = cases_under(conn, sight, [row.id for row in rows])
    return tuple(letter_line(conn, sight, row, len(under.get(row.id, ()))) for row in rows)


def letter_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, letter_id: str) -> LetterPage:
    """A letter, to whoever may see its case. Raises NotFound."""
    row, sight = seen_letter(conn, engine, caller, letter_id)
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    past, closed = sight.past, sight.outside or sight.past is not None
    waiting = conn.execute(select(tasks.c.assignee_id).where(tasks.c.letter_id == letter_id)).scalars().all()
    judgements = {} if past else judged(conn, engine.office, engine.registry, letter_id, caller.actor, at)
    acts = tuple(name for name, problem in judgements.items() if problem is None)
    file = conn.execute(select(files.c.sha256, files.c.size).where(files.c.id == row.file_id)).one_or_none()
    under = cases_under(conn, sight, [letter_id]).get(letter_id, [])
    page = LetterPage(
        letter=letter_line(conn, sight, row, len(under)),
        case_ids=tuple(dict.fromkeys((*under, sight.case.id))) if not sight.outside else (sight.case.id,),
        subject=frame.subject,
        addressee=frame.addressee,
        addressee_place=frame.addressee_place,
        through=frame.through,
        copies=frame.copies,
        waits_for=() if closed else tuple(people_by_id(conn, waiting).values()),
        yours_to_sign="sign" in acts,
        body=None if sight.outside else msgspec.json.decode(row.body),
        sha256=file.sha256 if file else None,
        size=file.size if file else None,
        cancelled_by=None if past else row.cancelled_by,
        void_reason=None if closed else row.void_reason,
        code=row.code if row.signed_at is not None else None,
        version=None if closed else version_of(row._asdict()),
        acts=acts,
        route=() if sight.outside else route_lines(sight.process, row, posts_passed(conn, [row])),
        correctable=_correctable(row) if "correct" in acts else (),
        texts=texts_to_correct(row) if "correct" in acts else (),
        closed=() if closed else closed_acts(judgements),
        statement=row.statement if row.signed_at is not None else None,
    )
    return page if sight.outside else _told_inside(conn, engine, sight, row, at, page)


def _told_inside(
    conn: Connection, engine: Engine, sight: Sight, row: Row[Any], at: datetime, page: LetterPage
) -> LetterPage:
    """The page with what only those inside are told."""
    events, veil = sight.events(conn), veil_of(conn, engine.office, sight, at)
    weighed = considered(events, veil, row.id)
    return msgspec.structs.replace(
        page,
        gist=gist_lines(row),
        considered=weighed,
        basis=basis_of(row, weighed),
        happened=happened(events, veil, row.id),
        sent=() if sight.past else sent(conn, row.id),
    )


_STEPS = {"paraf": "Paraf", "number": "Nomor", "sign": "Tanda tangan"}


def _correctable(row: Row[Any]) -> tuple[str, ...]:
    return (*FRAME_FIELDS, *correctable(body_named(row.body_type)))


def posts_passed(conn: Connection, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """The titles of the posts that letters pass, by id."""
    posts = {step.position_id for row in rows for step in decoded(row.route) if step.position_id}
    found = conn.execute(select(positions.c.id, positions.c.title).where(positions.c.id.in_(posts))) if posts else ()
    return {each.id: each.title for each in found}


def route_lines(process: Process, row: Row[Any], posts: Mapping[str, str]) -> tuple[RouteLine, ...]:
    """Whom a letter passes, in order, and how far it is. ``posts``: the titles of those that it passes."""
    steps = decoded(row.route)
    under_way = row.state in UNDER_WAY and row.state != "to_mend"
    return tuple(
        RouteLine(
            kind=step.kind,
            kind_title=_STEPS[step.kind],
            state="done" if step.at else "waiting" if under_way and number == row.turn else "later",
            by=step.name,
            post=step.title or posts.get(step.position_id or "") or _office(process, step),
            at=step.at,
        )
        for number, step in enumerate(steps)
    )


def _office(process: Process, step: LetterStep) -> str:
    """What people call whoever takes a step that nobody has taken yet."""
    return process.role[step.role].title if step.role in process.role else ROLE_TITLES[CLERKS]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that somebody may see: its name as a file, and what it is laid out by."""

    name: str
    engine: Any


def letter_draft(conn: Connection, engine: Engine, caller: Caller, _at: datetime, letter_id: str) -> Draft:
    """What a preview of a letter needs. Raises NotFound also for those outside, who see nothing before it is signed."""
    row, sight = seen_letter(conn, engine, caller, letter_id)
    if sight.outside or sight.past:
        raise NotFound(f"Surat {letter_id} tidak ada, atau bukan untuk Anda lihat.")
    return Draft(name=f"konsep-{row.id}.pdf", engine=engine)


def letter_pdf(conn: Connection, engine: Engine, caller: Caller, _at: datetime, letter_id: str) -> Pdf:
    """The file of a letter. Raises NotFound, NotSigned, BeingPrepared."""
    row, _ = seen_letter(conn, engine, caller, letter_id)
    # Of what was signed on paper, the scan is the letter.
    file = conn.execute(select(files).where(files.c.id == (row.scan_id or row.file_id))).one_or_none()
    if file is not None and row.signed_at is not None:
        name = file_name(row.number or row.id, file.media_type)
        return Pdf(name=name, content=file.content, sha256=file.sha256, media_type=file.media_type)
    if row.signed_at is None:
        void = "Surat ini tidak berlaku lagi dan tidak pernah ditandatangani, sehingga tidak ada berkasnya."
        raise NotSigned(
            void if row.state == "void" else "Surat ini masih menunggu tanda tangan; berkasnya dibuat sesudah itu."
        )
    raise _not_yet(conn, letter_id)


def _not_yet(conn: Connection, letter_id: str) -> Problem:
    parked = exists().where(
        effects.c.kind == "render",
        effects.c.subject_id == letter_id,
        effects.c.done_at.is_(None),
        effects.c.parked_at.is_not(None),
    )
    if conn.execute(select(parked)).scalar_one():
        return BeingPrepared(
            "Berkas surat ini gagal dibuat dan menunggu pemeriksaan pengelola sistem. Suratnya sendiri sah bernomor; "
            "penandatangannya dapat mengembalikannya untuk diperbaiki."
        )
    return BeingPrepared(
        "Surat sudah ditandatangani dan berkasnya sedang disiapkan. Coba lagi sebentar lagi.",
        more={"retry_after": SOON},
    )


def letter_line(conn: Connection, sight: Sight, row: Row[Any], under: int) -> LetterLine:
    """A letter in a list. ``under``: how many cases under it the caller may see."""
    process = sight.process
    stands = sight.past.letter_state(row.id) if sight.past else row.state
    letter, state = process.letters.get(row.kind), LETTER_STATE.get(stands, stands)
    return LetterLine(
        id=row.id,
        kind=row.kind,
        title=letter.title if letter else row.kind,
        state=stands,
        state_title=state[:1].upper() + state[1:],
        issued_at=row.issued_at,
        due_on=row.due_on,
        number=row.number,
        dated_on=row.dated_on,
        signed_by=full_name(row.front_title, row.signer_name, row.back_title) if row.signer_name else None,
        signed_as=row.signed_title,
        signed_at=row.signed_at,
        cases=under,
        method=row.method,
        trouble=None if sight.outside or sight.past else row.trouble,
        taken_off=None if sight.past else _taken_off(conn, process, row),
    )


def _taken_off(conn: Connection, process: Process, row: Row[Any]) -> str | None:
    """What took the case at hand off a letter that stays in force for others."""
    if row.changed_by is None:
        return None
    if row.changed_by == row.id:
        return "Berkas ini dikeluarkan dari surat ini sebelum ditandatangani."
    change = conn.execute(select(letters).where(letters.c.id == row.changed_by)).one()
    letter = process.letters.get(change.kind)
    title = letter.title if letter else change.kind
    if change.number is None:
        return f"Berkas ini dikeluarkan dari surat ini dengan {begun_small(title)}, yang menunggu tanda tangan."
    on = f"Nomor {change.number} tanggal {written(change.dated_on)}"
    return f"Berkas ini dikeluarkan dari surat ini dengan {begun_small(title)} {on}."
