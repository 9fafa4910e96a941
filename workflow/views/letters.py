"""Letters of a case: what they are, how far, who signs; their PDF once it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, exists, select

from policies.civil_service import full_name
from policies.dates import written
from workflow import cases as case_store
from workflow.authority.sight import place_is_over, seen_cases
from workflow.callers import Caller
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.engine.hidden_entries import Veil
from workflow.errors import NotFound, Problem
from workflow.letters.acting import open_to
from workflow.letters.acts import version_of
from workflow.letters.bodies import body_named
from workflow.letters.correcting import FRAME_FIELDS, correctable
from workflow.letters.parts import LetterFrame
from workflow.letters.route import UNDER_WAY, LetterStep, decoded
from workflow.letters.routing import CLERKS, ROLE_TITLES
from workflow.letters.words import begun_small, file_name
from workflow.tables import cases, effects, files, letter_cases, letters, people, positions, tasks
from workflow.telling.describe_step import LETTER_STATE
from workflow.views.outside import Sight, host_roles, is_addressed_to, reads_letter_of, sight_now_or_then
from workflow.views.shown import PersonLine, people_by_id

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
    ``correctable``: the fields of a draft that may be corrected. ``code``: by which anybody can ask about it.
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


class Pdf(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a letter, with the name they are saved under. ``media_type``: a scan may be a picture."""

    name: str
    content: bytes
    sha256: str
    media_type: str


def letters_of(conn: Connection, sight: Sight, veil: Veil) -> tuple[LetterLine, ...]:
    """The letters of a case that somebody may see, oldest first. ``veil``: what of it is hidden from them."""
    of_case = [row for row in _rows(conn, letter_cases.c.case_id == sight.case.id) if row.id not in veil.letters]
    rows = [row for row in of_case if _is_for(conn, sight, row)]
    under = _under(conn, sight, [row.id for row in rows])
    return tuple(_line(conn, sight, row, len(under.get(row.id, ()))) for row in rows)


def _under(conn: Connection, sight: Sight, letter_ids: list[str]) -> dict[str, list[str]]:
    """The cases under letters now, of those that the caller may see; looking back, the one at hand."""
    if sight.past is not None:
        return {letter_id: [sight.case.id] for letter_id in letter_ids}
    query = (
        select(letter_cases.c.letter_id, letter_cases.c.case_id)
        .join_from(letter_cases, cases, cases.c.id == letter_cases.c.case_id)
        .where(
            letter_cases.c.letter_id.in_(letter_ids),
            letter_cases.c.changed_by.is_(None),
            seen_cases((sight.process,), sight.caller.person_id, sight.caller.on),
        )
        .order_by(letter_cases.c.case_id)
    )
    found: dict[str, list[str]] = {}
    for row in conn.execute(query) if letter_ids else ():
        found.setdefault(row.letter_id, []).append(row.case_id)
    return found


def letter_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, letter_id: str) -> LetterPage:
    """A letter, to whoever may see its case. Raises NotFound."""
    row, sight = _seen(conn, engine, caller, letter_id)
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    past, closed = sight.past, sight.outside or sight.past is not None
    waiting = conn.execute(select(tasks.c.assignee_id).where(tasks.c.letter_id == letter_id)).scalars().all()
    acts = () if past else open_to(conn, engine.office, engine.registry, letter_id, caller.actor, at)
    file = conn.execute(select(files.c.sha256, files.c.size).where(files.c.id == row.file_id)).one_or_none()
    under = _under(conn, sight, [letter_id]).get(letter_id, [])
    return LetterPage(
        letter=_line(conn, sight, row, len(under)),
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
        route=() if sight.outside else _route(conn, sight.process, row),
        correctable=_correctable(row) if "correct" in acts else (),
    )


_STEPS = {"paraf": "Paraf", "number": "Nomor", "sign": "Tanda tangan"}


def _correctable(row: Row[Any]) -> tuple[str, ...]:
    return (*FRAME_FIELDS, *correctable(body_named(row.body_type)))


def _route(conn: Connection, process: Process, row: Row[Any]) -> tuple[RouteLine, ...]:
    steps = decoded(row.route)
    posts = [step.position_id for step in steps if step.position_id]
    found = conn.execute(select(positions.c.id, positions.c.title).where(positions.c.id.in_(posts))) if posts else ()
    titles = {each.id: each.title for each in found}
    under_way = row.state in UNDER_WAY and row.state != "to_mend"
    return tuple(
        RouteLine(
            kind=step.kind,
            kind_title=_STEPS[step.kind],
            state="done" if step.at else "waiting" if under_way and number == row.turn else "later",
            by=step.name,
            post=step.title or titles.get(step.position_id or "") or _office(process, step),
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
    row, sight = _seen(conn, engine, caller, letter_id)
    if sight.outside or sight.past:
        raise NotFound(f"Surat {letter_id} tidak ada, atau bukan untuk Anda lihat.")
    return Draft(name=f"konsep-{row.id}.pdf", engine=engine)


def letter_pdf(conn: Connection, engine: Engine, caller: Caller, _at: datetime, letter_id: str) -> Pdf:
    """The file of a letter. Raises NotFound, NotSigned, BeingPrepared."""
    row, _ = _seen(conn, engine, caller, letter_id)
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


def may_see_file(conn: Connection, sight: Sight, file_id: str) -> bool:
    """Whether a file is that of a letter which somebody may see."""
    rows = _rows(conn, (letters.c.file_id == file_id) | (letters.c.scan_id == file_id))
    return any(_is_for(conn, sight, row) and row.signed_at is not None for row in rows)


def check_seen(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> None:
    """Raise NotFound, alike for what is not there and not theirs to know of; NotYours where their place on its case is over."""
    _, sight = _seen(conn, engine, caller, letter_id)
    if sight.past:
        raise place_is_over()


def _seen(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> tuple[Row[Any], Sight]:
    """A letter, and the first of its cases that the caller may see: now, by being waited for, or then. Raises NotFound."""
    rows, theirs = _rows(conn, letters.c.id == letter_id), False
    then: tuple[Row[Any], Sight] | None = None
    for row in rows:
        case = case_store.load(conn, row.case_id)
        try:
            sight = sight_now_or_then(conn, engine.registry.process(case.process), case, caller)
        except NotFound:
            continue
        if not reads_letter_of(conn, engine.office, sight, row):
            continue
        theirs = theirs or sight.past is None
        if _is_for(conn, sight, row) and sight.past is None:
            return row, sight
        then = (row, sight) if then is None and sight.past and _is_for(conn, sight, row) else then
    of_cases = [row for row in rows if row.changed_by is None]
    if of_cases and not theirs and _may_act(conn, engine, caller, letter_id):
        case = case_store.load(conn, of_cases[0].case_id)
        caller.looked_at.append(case.id)
        return of_cases[0], Sight(engine.registry.process(case.process), case, caller, outside=False)
    if then is not None:
        return then
    raise NotFound(f"Surat {letter_id} tidak ada, atau bukan untuk Anda lihat.")


def _may_act(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> bool:
    """Whether a letter waits for somebody of the agency who was never asked about its case: a keeper of the registers."""
    noon = engine.office.noon(caller.on)
    return not caller.is_contact and bool(open_to(conn, engine.office, engine.registry, letter_id, caller.actor, noon))


def _rows(conn: Connection, which: Any) -> list[Row[Any]]:
    signer = people.alias("signer")
    query = (
        select(
            letters,
            letter_cases.c.case_id,
            letter_cases.c.changed_by,
            signer.c.name.label("signer_name"),
            signer.c.front_title,
            signer.c.back_title,
        )
        .join_from(letters, letter_cases)
        .join(signer, signer.c.id == letters.c.signed_by, isouter=True)
        .where(which)
        .order_by(letters.c.issued_at, letters.c.id)
    )
    return list(conn.execute(query))


def _is_for(conn: Connection, sight: Sight, row: Row[Any]) -> bool:
    """Whether a letter is for the one who looks: from outside signed ones to them, or theirs to sign; then, signed ones."""
    if sight.past is not None:
        return not sight.outside and sight.past.saw_letter(row)
    if not sight.outside:
        return True
    hosts = host_roles(sight.process)
    letter = sight.process.letters.get(row.kind)
    if letter is None:
        return False
    if letter.signer in hosts:
        return not sight.caller.is_contact
    to_host = letter.to in hosts or any(
        sight.process.letters[kind].to in hosts for kind in letter.takes_back if kind in sight.process.letters
    )
    if not to_host or row.signed_at is None:
        return False
    body = msgspec.json.decode(row.body)
    host = body.get("host")
    if letter.cancels and not _cancels_for_host(conn, sight, row):
        return False
    return is_addressed_to(conn, sight, host.get("name") if isinstance(host, dict) else None)


def _cancels_for_host(conn: Connection, sight: Sight, row: Row[Any]) -> bool:
    """Whether a cancellation cancels a letter that was addressed to the host."""
    kinds = conn.execute(select(letters.c.kind).where(letters.c.cancelled_by == row.id)).scalars()
    hosts = host_roles(sight.process)
    return any(sight.process.letters[kind].to in hosts for kind in kinds if kind in sight.process.letters)


def _line(conn: Connection, sight: Sight, row: Row[Any], under: int) -> LetterLine:
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
