"""Acts on letters, each in one transaction with an event for every case that shares the letter. None moves a case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from policies.parameters import NotInForce
from workflow import cases as case_store
from workflow import effects
from workflow.authority.bench import Bench, Seat, foresee_acted
from workflow.cases import Case
from workflow.engine.evidence import LetterTold
from workflow.engine.judging import Actor
from workflow.engine.recording import (
    BY_HAND,
    CORRECTED,
    INITIALLED,
    NUMBERED,
    RESUBMITTED,
    SENT_BACK,
    SIGNED,
    VOIDED,
    record_letter,
)
from workflow.engine.taking import Done
from workflow.errors import NotNow, Problem
from workflow.facts import Situation
from workflow.ids import new_id
from workflow.letters import acts, away, drafting, finishing, inserting, leaving, signing, taking_effect
from workflow.letters.calling_back import undo
from workflow.letters.desk import Desk, Did, check_printed, check_version, seat_for
from workflow.letters.due_days import begun
from workflow.letters.route import LEFT, UNDER_WAY
from workflow.letters.routing import asked, lay, lift
from workflow.letters.sources import letter_cases_of
from workflow.letters.words import begun_small
from workflow.mail.dispatch import owe_letter, tell_voided
from workflow.office import Office
from workflow.registers.on_paper import OnPaper
from workflow.registry import Registry
from workflow.tables import files, letters
from workflow.telling.plain_text import ended


def act(
    conn: Connection,
    office: Office,
    registry: Registry,
    letter_id: str,
    wanted: acts.LetterAct,
    actor: Actor,
    at: datetime,
) -> list[Done]:
    """Do something with a letter. Raises Problem, and then nothing was changed; NotFound for whoever may not know of it."""
    desk = _at_desk(conn, office, registry, letter_id, actor, at)
    may, does = _ACTS[type(wanted)]
    seat = may(desk)
    check_version(desk, wanted)
    did = does(desk, seat, wanted)
    return _recorded(desk, did) if did is not None else [Done(case, "", (letter_id,)) for case in desk.shared[:1]]


def judged(
    conn: Connection, office: Office, registry: Registry, letter_id: str, actor: Actor, at: datetime
) -> Mapping[str, Problem | None]:
    """Each act on a letter, by name: None where it is this person's and its time, else why not; none on one that is void.

    ``act`` asks the same before it does one.
    """
    row = conn.execute(select(letters).where(letters.c.id == letter_id)).one()
    if row.state not in (*UNDER_WAY, *LEFT):
        return {}
    shared = [case_store.load(conn, case_id) for case_id in letter_cases_of(conn, letter_id)]
    desk = _desk(conn, office, registry, row, shared, actor, at)
    return {name: _why_not(desk, acts.ACTS[name]) for name in _IN_ORDER}


def judged_for(
    conn: Connection, office: Office, registry: Registry, wanted: Mapping[str, str], actor: Actor, at: datetime
) -> Mapping[str, Problem | None]:
    """Of several letters the one act that each is wanted for, as ``judged`` answers it; none on one that is void.

    ``wanted``: the act's name, by letter. What they have in common is looked up once.
    """
    counts = letters.c.state.in_((*UNDER_WAY, *LEFT))
    rows = {row.id: row for row in conn.execute(select(letters).where(letters.c.id.in_(wanted), counts))}
    sharing = signing.sharing(conn, rows)
    known: dict[Any, Sequence[Row[Any]]] = {}
    situations = {
        letter_id: Situation(conn, office, registry.process(lead.process), lead, lead.form, at, known=known)
        for letter_id, lead in signing.leads_of(conn, sharing).items()
    }
    if situations:  # what one of them looks up, all of them know
        foresee_acted(next(iter(situations.values())), {each.case.id for each in situations.values()})
    return {
        letter_id: _why_not(
            _laid_before(actor, situation, rows[letter_id], sharing[letter_id]), acts.ACTS[wanted[letter_id]]
        )
        for letter_id, situation in situations.items()
    }


def open_to(
    conn: Connection, office: Office, registry: Registry, letter_id: str, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """The acts on a letter, by name, that are this person's and whose time it is."""
    found = judged(conn, office, registry, letter_id, actor, at)
    return tuple(name for name, problem in found.items() if problem is None)


def _why_not(desk: Desk, kind: type[acts.LetterAct]) -> Problem | None:
    try:
        _ACTS[kind][0](desk)
    except Problem as problem:
        return problem
    except NotInForce as error:
        return NotNow(str(error))
    return None


def lock_cases(conn: Connection, letter_id: str) -> list[Case]:
    """The cases that share a letter, locked in the order of their ids, as whoever else locks several locks them."""
    return [case_store.load(conn, case_id, lock=True) for case_id in letter_cases_of(conn, letter_id)]


def _at_desk(conn: Connection, office: Office, registry: Registry, letter_id: str, actor: Actor, at: datetime) -> Desk:
    shared = lock_cases(conn, letter_id)
    row = signing.load(conn, letter_id)  # after its cases, as every other act locks them
    return _desk(conn, office, registry, row, shared, actor, at)


def _desk(
    conn: Connection, office: Office, registry: Registry, row: Row[Any], shared: list[Case], actor: Actor, at: datetime
) -> Desk:
    lead = signing.lead_of(conn, row, shared)
    situation = Situation(conn, office, registry.process(lead.process), lead, lead.form, at)
    return _laid_before(actor, situation, row, shared)


def _laid_before(actor: Actor, situation: Situation, row: Row[Any], shared: list[Case]) -> Desk:
    bench = Bench(situation).apart_from(case.subject_id for case in shared)
    return Desk(situation.office, shared, row, bench, actor, situation.at)


def sealed(
    conn: Connection, office: Office, registry: Registry, letter_id: str, content: bytes, actor: Actor, at: datetime
) -> list[Done]:
    """Record a signature whose key asked for a secret: ``content`` is the PDF with it, of a letter that was frozen before."""
    desk = _at_desk(conn, office, registry, letter_id, actor, at)
    seat = seat_for(desk, "sign")
    if desk.row.signed_by is None:
        raise NotNow(f"{desk.title} belum bernomor; ulangi penandatanganannya.")
    if desk.row.method == "by_hand":  # printed while its key was asked
        raise NotNow(f"{desk.title} ini ditandatangani di atas kertas dan menunggu pindaiannya.")
    check_printed(desk, seat)
    values = signing.step_done(desk.bench, desk.values, seat, at)
    file_id = _kept(desk, content)
    values |= {"file_id": file_id, "sealed": desk.row.sealed + 1, "trouble": None}
    if values["state"] == "to_render":
        values["state"] = "signed"
    return _recorded(desk, Did(SIGNED, seat, values))


def signed_away(
    conn: Connection,
    office: Office,
    registry: Registry,
    letter_id: str,
    given: OnPaper,
    actor: Actor,
    at: datetime,
) -> list[Done]:
    """Record that a letter on its way was signed on paper while there was no network. Raises Problem."""
    desk = _at_desk(conn, office, registry, letter_id, actor, at)
    return _recorded(desk, away.signed_away(desk, given))


#: Of each act whose it is and whether its time is, which raises Problem where it is not, and what it does.
_ACTS: Final[dict[type, tuple[Callable[[Desk], Seat], Callable[[Desk, Seat, Any], Did | None]]]] = {
    acts.Initial: (drafting.may_initial, drafting.initial),
    acts.Correct: (drafting.may_correct, drafting.correct),
    acts.Resubmit: (drafting.may_resubmit, drafting.resubmit),
    acts.SendBack: (drafting.may_send_back, drafting.send_back),
    acts.Void: (drafting.may_void, drafting.void),
    acts.Number: (finishing.may_number, finishing.number),
    acts.Insert: (inserting.may_insert, inserting.insert),
    acts.Sign: (finishing.may_sign, finishing.sign),
    acts.Freeze: (finishing.may_sign, finishing.freeze),
    acts.ByHand: (finishing.may_by_hand, finishing.by_hand),
    acts.HandIn: (finishing.may_hand_in, finishing.hand_in),
}
#: The acts of people as they are offered: what a letter waits for first.
_IN_ORDER: Final = (
    "initial",
    "number",
    "sign",
    "hand_in",
    "correct",
    "resubmit",
    "send_back",
    "insert",
    "by_hand",
    "void",
)


# --- What is recorded of it ------------------------------------------------------------------------------------------


def _recorded(desk: Desk, did: Did) -> list[Done]:
    """Store the letter as the act leaves it, with an event for each case; lay it before whoever is next, and tell them."""
    conn, process = desk.bench.conn, desk.bench.situation.process
    values = {**did.values, **begun(desk.bench, desk.values, did.values, desk.at)}
    conn.execute(update(letters).where(letters.c.id == desk.row.id).values(values))
    row = {**desk.values, **values}
    leaves = row["state"] in LEFT and desk.row.state not in LEFT
    restores = _called_back(desk, row)
    told = taking_effect.signed(desk.bench, row, desk.at) if leaves else signing.told_of(row, restores=restores)
    done = [_record(desk, did, case, told, leaves=leaves) for case in desk.shared]
    messages: dict[str, str] = {}
    for each in done if leaves else ():
        situation = Situation(conn, desk.office, process, each.case, each.case.form, desk.at)
        effects.tell(conn, each.case.id, leaving.begin(situation, desk.row.kind), desk.at, asks=effects.NEW_TASK)
    if row["state"] in UNDER_WAY:
        messages = asked(desk.bench, row, lay(desk.bench, row, desk.at))
    else:
        lift(desk.bench, desk.row.id)
    if leaves and row["state"] == "signed":
        owe_letter(conn, desk.row.id, desk.at)
    _tell(desk, did, messages)
    if did.kind == VOIDED and desk.row.state in LEFT:
        drafters = {seat.person_id for seat in desk.bench.seats(desk.row.drafter)}
        besides = {desk.actor.person_id or "", *drafters}
        tell_voided(conn, desk.office, row, desk.title, besides, desk.at, process=process)
    return done


def _called_back(desk: Desk, row: Mapping[str, Any]) -> tuple[str, ...]:
    """A letter that had left is on its way again: nobody makes its file, nobody is asked for an answer to it, it ends no other.

    Answers the ids of those that count again, none where it has not been called back.
    """
    if desk.row.state not in LEFT or row["state"] not in UNDER_WAY:
        return ()
    conn, process = desk.bench.conn, desk.bench.situation.process
    effects.not_owed(conn, effects.RENDER, desk.row.id, f"{desk.title} dikembalikan untuk diperbaiki.", desk.at)
    for case in desk.shared:
        leaving.begin_later(conn, process, case, desk.row.kind)
    taking_effect.tell_they_count_again(conn, desk.row.id, desk.letter, desk.at)
    return undo(conn, desk.letter, desk.row.id, desk.at)


def _record(desk: Desk, did: Did, case: Case, told: LetterTold, *, leaves: bool) -> Done:
    process = desk.bench.situation.process
    now = leaving.entered(process, case, desk.row.kind, desk.office, desk.at) if leaves else case
    case, event = record_letter(
        desk.bench.conn,
        case,
        did.kind,
        told,
        desk.actor,
        did.seat,
        desk.at,
        after=now,
        more=did.more,
        files=did.files if case.id == desk.bench.situation.case.id else (),
    )
    return Done(case, event, (told.id,))


def _tell(desk: Desk, did: Did, messages: dict[str, str]) -> None:
    """Whoever is next, and whoever drafted the letter; never the one who acted."""
    process = desk.bench.situation.process
    happened = did.says or ended(f"{desk.title} {_HAPPENED[did.kind]} {desk.actor.name}")
    if note := did.more.get("note") or did.more.get("reason"):
        happened = f"{happened} {note}"
    drafters = desk.bench.seats(desk.row.drafter)
    for seat in drafters:
        before = messages.get(seat.person_id, "")
        messages[seat.person_id] = f"{before} {happened}" if before else f"{process.title}: {begun_small(happened)}"
    messages.pop(desk.actor.person_id or "", None)
    effects.tell(desk.bench.conn, desk.bench.situation.case.id, messages, desk.at)


_HAPPENED: Final = {
    INITIALLED: "sudah diparaf oleh",
    CORRECTED: "dikoreksi oleh",
    RESUBMITTED: "diajukan kembali oleh",
    SENT_BACK: "dikembalikan oleh",
    NUMBERED: "diberi nomor oleh",
    BY_HAND: "dicetak untuk ditandatangani basah oleh",
    SIGNED: "ditandatangani oleh",
    VOIDED: "dinyatakan tidak berlaku oleh",
}


def _kept(desk: Desk, content: bytes) -> str:
    """Keep the sealed PDF of a letter. Answers the file's id."""
    file_id = new_id(desk.at)
    name = f"{(desk.row.number or desk.row.id).replace('/', '-')}.pdf"
    desk.bench.conn.execute(
        insert(files).values(
            id=file_id,
            name=name,
            media_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            case_id=desk.bench.situation.case.id,
            uploaded_by=None,
            uploaded_at=desk.at,
        )
    )
    return file_id
