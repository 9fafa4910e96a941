"""What a letter's page tells besides the letter: what was weighed, what was done to it, whom it went to, what may be corrected."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from sqlalchemy import Connection, Row, select

from workflow.audit import Event
from workflow.effects import SEND
from workflow.engine.hidden_entries import Veil
from workflow.engine.recording import LETTER_EVENTS
from workflow.errors import NotFound, Problem
from workflow.letters.bodies import body_named
from workflow.letters.correcting import FRAME_FIELDS, correctable, text_label
from workflow.letters.gist import gist
from workflow.letters.parts import LetterFrame
from workflow.mail.recipients import NAMED, PARTNER
from workflow.tables import effects, partners
from workflow.telling.explain_event import said_of_letter
from workflow.views.shown import ReasonLine, people_by_id

#: What people call each act on a letter.
ACT_TITLES: Final = {
    "initial": "Bubuhkan paraf",
    "number": "Isi nomor",
    "sign": "Tanda tangani",
    "hand_in": "Serahkan pindaian",
    "correct": "Koreksi konsep",
    "resubmit": "Ajukan kembali",
    "send_back": "Kembalikan untuk diperbaiki",
    "insert": "Beri nomor sisipan",
    "by_hand": "Tanda tangani di atas kertas",
    "void": "Nyatakan tidak berlaku",
}
#: Why somebody gets a letter.
_GETS: Final = {
    "subject": "yang bersangkutan",
    "addressee": "alamat surat",
    "copy": "tembusan",
    "handed": "penerima",
    "drafter": "penyusun",
}
#: The order in which what was weighed is read: what speaks against it first.
_GRADES: Final = ("refused", "unknown", "warned", "allowed")


class GistLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a letter settles: who, where, when, what it costs, what for."""

    label: str
    says: str


class ClosedAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act on a letter that is not the caller's to do, or not now; ``problem``: the last part of its type, ``detail``: why."""

    act: str
    title: str
    problem: str
    detail: str
    reasons: tuple[ReasonLine, ...] = ()


class TextLine(msgspec.Struct, frozen=True, kw_only=True):
    """A text of a draft that the caller may correct. ``choices``: what it can be, where it is no free text."""

    name: str
    label: str
    value: str | tuple[str, ...] | None
    choices: tuple[str, ...] = ()


class HappenedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a letter, when and by whom; ``said``: each correction with what stood there before, notes and reasons."""

    title: str
    at: datetime
    by: str
    said: tuple[str, ...] = ()


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom a letter went to, or is to go to: ``why``, and ``state``: done, waiting, parked or dropped, with ``says``."""

    to: str
    why: str
    state: str
    at: datetime | None = None
    says: str = ""


def gist_lines(row: Row[Any]) -> tuple[GistLine, ...]:
    """The gist of a letter."""
    return tuple(GistLine(label=label, says=says) for label, says in gist(msgspec.json.decode(row.body)))


def considered(events: Sequence[Event], veil: Veil, letter_id: str) -> tuple[ReasonLine, ...]:
    """What the rules last said on the case's way up to the step that issued the letter; what warns comes first."""
    found: dict[str, list[ReasonLine]] = {}
    for event in events:
        payload = event.payload or {}
        if not veil.hides_event(payload):
            found |= {decided["rule"]: _reasons(decided) for decided in veil.decided(payload)}
        if any(each["id"] == letter_id for each in payload.get("letters", ())):
            break
    lines = dict.fromkeys(line for several in found.values() for line in several)
    return tuple(sorted(lines, key=lambda line: _GRADES.index(line.grade)))


def _reasons(decided: Mapping[str, Any]) -> list[ReasonLine]:
    return [
        ReasonLine(**{**reason, "by": tuple(reason["by"]), "rule": decided["rule"]}) for reason in decided["reasons"]
    ]


def basis_of(row: Row[Any], weighed: Sequence[ReasonLine]) -> tuple[str, ...]:
    """The law that a letter names itself; else that of what was weighed."""
    body = msgspec.json.decode(row.body)
    own = next((body[name] for name in ("basis", "award_basis", "whole_basis") if body.get(name)), ())
    return tuple(own) if isinstance(own, list) else tuple(dict.fromkeys(by for line in weighed for by in line.by))


def happened(events: Sequence[Event], veil: Veil, letter_id: str) -> tuple[HappenedLine, ...]:
    """What was done to a letter, oldest first, by its case's events."""
    return tuple(
        HappenedLine(
            title=LETTER_EVENTS[event.type],
            at=event.at,
            by=payload.get("actor", {}).get("name", "Sistem"),
            said=tuple(said_of_letter(payload)),
        )
        for event in events
        if event.type in LETTER_EVENTS and (payload := event.payload or {}).get("letter", {}).get("id") == letter_id
        if not veil.hides_event(payload)
    )


def sent(conn: Connection, letter_id: str) -> tuple[SentLine, ...]:
    """Whom a letter went to by mail, or is to."""
    query = select(effects).where(effects.c.subject_id == letter_id, effects.c.kind == SEND).order_by(effects.c.id)
    owed = [(row, json.loads(row.payload)) for row in conn.execute(query)]
    names = _names(conn, [str(payload["to"]) for _, payload in owed])
    return tuple(
        SentLine(
            to=names[str(payload["to"])],
            why=_GETS.get(payload.get("as", ""), ""),
            state="parked"
            if row.parked_at
            else "waiting"
            if row.done_at is None
            else "dropped"
            if row.error
            else "done",
            at=row.done_at,
            says=row.error or "",
        )
        for row, payload in owed
    )


def _names(conn: Connection, to: Sequence[str]) -> dict[str, str]:
    known = {key: line.name for key, line in people_by_id(conn, to).items()}
    codes = [each.removeprefix(PARTNER) for each in to if each.startswith(PARTNER)]
    named = conn.execute(select(partners.c.id, partners.c.name).where(partners.c.id.in_(codes))) if codes else ()
    known |= {f"{PARTNER}{row.id}": row.name for row in named}
    return {each: known.get(each, each.removeprefix(NAMED).removeprefix(PARTNER)) for each in to}


def closed_acts(judged: Mapping[str, Problem | None]) -> tuple[ClosedAct, ...]:
    """The acts that may not be done, each with why; not those of whoever may not know of them."""
    return tuple(
        ClosedAct(
            act=name,
            title=ACT_TITLES[name],
            problem=problem.type,
            detail=problem.detail,
            reasons=tuple(
                ReasonLine(grade=r.grade.value, says=r.says, by=r.by, remedy=r.remedy) for r in problem.reasons
            ),
        )
        for name, problem in judged.items()
        if problem is not None and not isinstance(problem, NotFound)
    )


def texts_to_correct(row: Row[Any]) -> tuple[TextLine, ...]:
    """The texts of a draft that may be corrected, of its frame and of its body, as they are now."""
    body, frame = msgspec.json.decode(row.body), msgspec.json.decode(row.frame)
    hints = get_type_hints(LetterFrame)
    lines = [_text(name, frame.get(name), hints[name]) for name in FRAME_FIELDS]
    return (*lines, *(_text(name, body.get(name)) for name in correctable(body_named(row.body_type))))


def _text(name: str, value: Any, hint: Any = None) -> TextLine:
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    return TextLine(name=name, label=text_label(name), value=value, choices=choices)
