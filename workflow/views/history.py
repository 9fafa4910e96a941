"""The history of a case: each event with who acted, in which capacity, on what grounds; erased ones too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from policies.wording import say_money
from workflow import cases as case_store
from workflow.audit import ERASED, HELD, RELEASED, Event
from workflow.callers import Caller
from workflow.definition import Process, Transition
from workflow.engine import recording
from workflow.engine.engine import Engine
from workflow.engine.evidence import said_of_books
from workflow.engine.hidden_entries import Veil
from workflow.letters.routing import ROLE_TITLES
from workflow.people.mandates import MANDATES
from workflow.tables import mandates
from workflow.telling.explain_event import said_of_letter
from workflow.views.outside import Sight, host_roles, is_current, partner_people, sight_now_or_then, veil_of
from workflow.views.recorded import RecordedLine, recorded_line
from workflow.views.shown import FieldLine, ReasonLine, field_lines

#: Events that are no step of a process.
OTHER = {
    recording.OPENED: "Berkas dibuka",
    recording.SUCCEEDED: "Menggantikan peserta lain",
    **recording.LETTER_EVENTS,
    recording.RESEATED: "Penerima tugas disesuaikan",
    recording.ESCALATED: "Tugas diteruskan karena lewat tenggat",
    recording.NAMED: "Orang ditunjuk administrator",
    recording.TASK_MOVED: "Tugas dipindahkan administrator",
    recording.HOURS_RECOUNTED: "JP dihitung ulang menurut ketentuan yang berlaku",
    recording.MOVED: "Peserta pindah perangkat daerah",
    recording.MOVED_BACK: "Peserta kembali pada perangkat daerah semula",
    recording.MOVE_CONTINUED: "Dilanjutkan, karena perangkat daerah yang baru tidak menjawab",
    ERASED: "Isi peristiwa dihapus menurut ketentuan",
    HELD: "Penghapusan ditahan",
    RELEASED: "Penahanan penghapusan diakhiri",
}

_CAPACITIES = {
    "plt": "Plt. {}",
    "plh": "Plh. {}",
    "pj": "Pj. {}",
    "mandat": "a.n. {}",
    "delegasi": "{} (delegasi)",
}


class LentPostLine(msgspec.Struct, frozen=True, kw_only=True):
    """The mandate in which somebody acted: for which post, in the place of whom (empty where it was vacant), by which letter."""

    kind: str
    title: str
    post: str
    holder: str
    basis_number: str | None = None
    basis_on: date | None = None


class ActorLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who acted; the role alone where who wrote it is for a few. ``capacity``: the post, or the mandate for it."""

    id: str | None
    name: str
    role: str = ""
    role_title: str = ""
    capacity: str = ""
    mandate: LentPostLine | None = None


class UsedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the law that a rule read: its value, since when it is in force, and by which article."""

    parameter: str
    value: Any
    since: date
    by: str


class DecisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule answered then: its reasons with citations, the facts that it saw and the numbers that it used."""

    rule: str
    title: str
    revision: int
    grade: str
    reasons: tuple[ReasonLine, ...]
    facts: dict[str, Any]
    used: tuple[UsedLine, ...]


class EventLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a case. ``erased``: what it said has been erased by law; that it happened remains."""

    sequence: int
    id: str
    type: str
    title: str
    at: datetime
    erased: bool
    actor: ActorLine | None
    from_state: str | None = None
    from_title: str | None = None
    to_state: str | None = None
    to_title: str | None = None
    given: tuple[FieldLine, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    acknowledged: tuple[str, ...] = ()
    posted: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    #: Of a letter on its way: what was corrected, and why it was sent back or voided.
    said: tuple[str, ...] = ()
    recorded: RecordedLine | None = None
    hash: str = ""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The events of a case, oldest first."""

    case_id: str
    events: tuple[EventLine, ...]
    reference: str


def history(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> History:
    """What happened to a case; from outside, only what one's own people did or was recorded for them, without the grounds.

    Raises NotFound.
    """
    case = case_store.load(conn, case_id)
    process = engine.registry.process(case.process)
    sight = sight_now_or_then(conn, process, case, caller)
    events, veil = sight.events(conn), veil_of(conn, engine.office, sight, at)
    if sight.outside:
        return History(case_id=case.id, reference=case.reference, events=tuple(_own(conn, sight, events, veil)))
    return History(
        case_id=case.id, reference=case.reference, events=tuple(_line(conn, process, event, veil) for event in events)
    )


def _own(conn: Connection, sight: Sight, events: Iterable[Event], veil: Veil) -> Iterator[EventLine]:
    own = partner_people(conn, sight.caller)
    for event in events:
        payload = event.payload or {}
        if payload.get("actor", {}).get("id") in own or _is_recorded_for(sight, payload):
            line = _line(conn, sight.process, event, veil)
            yield msgspec.structs.replace(line, decisions=(), posted=(), acknowledged=(), letters=(), said=(), hash="")


def _is_recorded_for(sight: Sight, payload: dict[str, Any]) -> bool:
    """Whether an answer was put on record for those who look from outside."""
    answered_for = payload.get("recorded", {}).get("for")
    return answered_for in host_roles(sight.process) and is_current(
        sight.process, payload.get("form", {}), sight.caller
    )


def _line(conn: Connection, process: Process, event: Event, veil: Veil) -> EventLine:
    payload = event.payload
    if payload is None:
        return EventLine(
            sequence=event.sequence,
            id=event.id,
            type=event.type,
            title=_title(process, event.type, None),
            at=event.at,
            erased=True,
            actor=None,
            hash=event.hash,
        )
    before, after = payload.get("from", ""), payload.get("to", "")
    arrow, hidden = recording.arrow_taken(process, event.type, payload), veil.hides_event(payload)
    return EventLine(
        sequence=event.sequence,
        id=event.id,
        type=event.type,
        title=_title(process, event.type, arrow),
        at=event.at,
        erased=False,
        actor=_actor(conn, process, payload.get("actor", {}), unnamed=veil.hides_writer(payload)),
        from_state=before or None,
        from_title=_state_title(process, before),
        to_state=after or None,
        to_title=_state_title(process, after),
        given=()
        if hidden
        else field_lines(conn, arrow.takes if arrow else process.form, payload.get("given", payload.get("form", {}))),
        decisions=() if hidden else tuple(_decision(arrow, decided) for decided in veil.decided(payload)),
        acknowledged=tuple(payload.get("acknowledged", ())),
        posted=tuple(f"{says}: {say_money(rupiah)}" if rupiah else says for says, rupiah in said_of_books(payload)),
        letters=tuple(letter["id"] for letter in (*payload.get("letters", ()), *filter(None, [payload.get("letter")]))),
        said=(veil.said_instead(payload),) if hidden else tuple(said_of_letter(payload)),
        recorded=recorded_line(conn, process, payload),
        hash=event.hash,
    )


def _title(process: Process, type_: str, arrow: Transition | None) -> str:
    if arrow is not None:
        return arrow.title
    named = next((t.title for t in process.transitions if t.trigger == type_), None)
    return OTHER.get(type_) or named or type_


def _state_title(process: Process, state: str) -> str | None:
    return process.state[state].title if state in process.state else state or None


def _actor(conn: Connection, process: Process, who: dict[str, Any], *, unnamed: bool) -> ActorLine:
    role = who.get("role", "")
    if unnamed:
        title = process.role[role].title if role in process.role else role
        return ActorLine(id=None, name=title, role=role, role_title=title)
    return ActorLine(
        id=who.get("id"),
        name=who.get("name", "Sistem"),
        role=role,
        role_title=process.role[role].title if role in process.role else ROLE_TITLES.get(role, role),
        capacity=_capacity(who),
        mandate=_mandate(conn, who["mandate"]) if who.get("mandate") else None,
    )


def _mandate(conn: Connection, told: dict[str, Any]) -> LentPostLine:
    """The holder as the event tells it; the letter as it is recorded, as long as it is."""
    letter = select(mandates.c.basis_number, mandates.c.basis_on).where(mandates.c.id == told.get("id"))
    row = conn.execute(letter).one_or_none()
    return LentPostLine(
        kind=told["kind"],
        title=MANDATES.get(told["kind"], told["kind"]),
        post=told.get("for") or "",
        holder=told.get("of") or "",
        basis_number=row.basis_number if row else None,
        basis_on=row.basis_on if row else None,
    )


def _capacity(who: dict[str, Any]) -> str:
    mandate = who.get("mandate")
    post = who.get("post", "")
    said = _CAPACITIES.get(mandate["kind"], "{}").format(mandate.get("for") or post) if mandate else post
    return f"{said}, menggantikan pejabat di bawahnya" if who.get("in_place") and said else said


def _decision(arrow: Transition | None, decided: Mapping[str, Any]) -> DecisionLine:
    rules = {rule.name: rule.title for rule in arrow.rules} if arrow else {}
    name = decided["rule"]
    return DecisionLine(
        rule=name,
        title=rules.get(name, name),
        revision=decided["revision"],
        grade=decided["grade"],
        reasons=tuple(
            ReasonLine(**{**reason, "by": tuple(reason["by"]), "rule": name}) for reason in decided["reasons"]
        ),
        facts=decided["facts"],
        used=tuple(
            UsedLine(parameter=u["parameter"], value=u["value"], since=date.fromisoformat(u["since"]), by=u["by"])
            for u in decided["used"]
        ),
    )
