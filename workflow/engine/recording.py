"""What is recorded of an act: its event, and the case as it leaves it, stored together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from workflow import audit, cases
from workflow.authority.bench import Seat
from workflow.cases import Case
from workflow.chain import End
from workflow.definition import SYSTEM, Process, Transition
from workflow.engine import seating
from workflow.engine.evidence import CASE, Evidence, FileTold, LetterTold, digest, parts
from workflow.engine.judgement import Actor, Judged, Judgement
from workflow.webhooks.events import announce

OPENED, SIGNED, RESEATED, ESCALATED, NAMED = "opened", "letter_signed", "reseated", "escalated", "named"
#: The subject works in another unit by now, or again where the case was opened; and nobody objected to it in time.
MOVED, MOVED_BACK, MOVE_CONTINUED = "moved", "moved_back", "move_continued"
#: A case that began in the place of another; a shared draft that was written anew, as somebody no longer stands in it.
SUCCEEDED, REDRAFTED = "succeeded", "letter_redrafted"
#: An administrator moved a task to somebody else who may take it.
TASK_MOVED = "task_moved"
#: Hours of the case were counted anew by a law that was changed after they were booked.
HOURS_RECOUNTED = "hours_recounted"
#: What happened to a letter on its way.
INITIALLED, CORRECTED, SENT_BACK = "letter_initialled", "letter_corrected", "letter_sent_back"
RESUBMITTED, NUMBERED, BY_HAND, VOIDED = "letter_resubmitted", "letter_numbered", "letter_by_hand", "letter_voided"
LEFT_HOUSE = "letter_left"
#: A letter of another case revoked one of this case, or had done so and was called back.
REVOKED, REVOKED_NO_MORE = "letter_revoked", "letter_revoked_no_more"

#: The events that letters have of their own, and what people call them.
LETTER_EVENTS = {
    SIGNED: "Surat ditandatangani",
    REDRAFTED: "Konsep surat bersama disusun ulang",
    INITIALLED: "Surat diparaf",
    CORRECTED: "Konsep surat dikoreksi",
    SENT_BACK: "Konsep surat dikembalikan untuk diperbaiki",
    RESUBMITTED: "Konsep surat diajukan kembali",
    NUMBERED: "Surat diberi nomor",
    BY_HAND: "Surat dicetak untuk ditandatangani basah",
    VOIDED: "Surat dinyatakan tidak berlaku",
    LEFT_HOUSE: "Surat selesai dibuat, waktu jawaban dimulai",
    REVOKED: "Surat dicabut",
    REVOKED_NO_MORE: "Pencabutan surat ditarik kembali",
}


def record(
    conn: Connection, before: Case, after: Case, kind: str, at: datetime, payload: dict[str, Any], told: Evidence
) -> tuple[Case, str]:
    """Write an event of a case and store the case as it leaves it, one version on. Answers the case, and the event's id.

    Raises OutOfDate where the case is another by now than ``before``.
    """
    case = replace(after, version=before.version + 1)
    told = msgspec.structs.replace(told, case=digest(CASE, cases.columns(case)))
    ended = End(before.version, before.head)
    event = audit.append(conn, case.id, kind, at, payload | parts(told), after=ended)
    case = replace(case, head=event.hash)
    cases.store(conn, case, seen=before.version)
    announce(conn, before, case, kind, told, at)
    return case, event.id


def record_letter(  # noqa: PLR0913 - what an event of a letter says, and all but seven have a default
    conn: Connection,
    case: Case,
    kind: str,
    letter: LetterTold,
    actor: Actor,
    seat: Seat | None,
    at: datetime,
    *,
    after: Case | None = None,
    more: dict[str, Any] | None = None,
    files: tuple[FileTold, ...] = (),
) -> tuple[Case, str]:
    """The event of what happened to a letter; the case itself stays where it is. Answers it and the event's id.

    ``after``: the case where its time begins with the letter. ``more``: what the event says besides; ``files``: handed in with it.
    """
    payload = {"actor": who_acted(actor, seat), "state": case.state, **(more or {})}
    case, event = record(conn, case, after or case, kind, at, payload, Evidence(letter=letter, files=files))
    if seat is not None:
        seating.mark_acted(conn, case.id, seat, at)
    return case, event


def who_acted(actor: Actor, seat: Seat | None) -> dict[str, Any]:
    """Who acted, in which role and capacity; with a mandate, also for which post and in the place of whom."""
    who: dict[str, Any] = {"id": actor.person_id, "name": actor.name}
    if seat is not None:
        who["role"] = seat.role
        if seat.title:
            who["post"] = seat.title
        if seat.mandate:
            who["mandate"] = {"kind": seat.mandate, "id": seat.mandate_id, "for": seat.title}
            if seat.lent_by:
                who["mandate"]["of"] = seat.lent_by
            if seat.givers:
                who["mandate"]["givers"] = list(seat.givers)
            if seat.through:
                who["mandate"]["through"] = [each.name for each in seat.through]
        if seat.climbed:
            who["in_place"] = True
    return who


def arrow_taken(process: Process, kind: str, payload: Mapping[str, Any]) -> Transition | None:
    """The arrow that an event tells of; None where it is no step, or the process does not know it any more."""
    before, who = payload.get("from", ""), payload.get("actor", {})
    if before not in process.state:
        return None
    role = payload.get("recorded", {}).get("for") or who.get("role") or ("" if who.get("id") else SYSTEM)
    return process.arrow(before, kind, role)


def acting_seat(judgement: Judgement) -> Seat | None:
    """The seat in which a step is taken: whoever records somebody's answer does so as recorder, kept apart from other roles."""
    seat, recorder = judgement.seat, judgement.situation.process.recorder
    return replace(seat, role=recorder) if seat is not None and judgement.paper is not None else seat


def judged_payload(judgement: Judgement, actor: Actor, acknowledged: tuple[str, ...], state: str) -> dict[str, Any]:
    """All that must be known to explain a step and to judge it again."""
    payload: dict[str, Any] = {
        "actor": who_acted(actor, acting_seat(judgement)),
        "from": judgement.situation.case.state,
        "to": state,
        "given": _exact(judgement.situation.given),
        "form": judgement.situation.form,
        "law_on": judgement.situation.law_on,
        "decisions": [decided(judged) for judged in judgement.judged],
    }
    seen = [reason.rule for reason in judgement.warnings if reason.rule in acknowledged]
    if judgement.paper is not None:
        payload["recorded"] = {**msgspec.to_builtins(judgement.paper), "for": _answered_for(judgement)}
    if judgement.situation.on_paper:
        payload["on_paper"] = {kind: each.told for kind, each in judgement.situation.on_paper.items()}
    return payload | ({"acknowledged": seen} if seen else {})


def _answered_for(judgement: Judgement) -> str:
    """The role for which an answer is recorded."""
    process, state = judgement.situation.process, judgement.situation.case.state
    return next(role for role in process.actors(judgement.arrow, state) if process.role[role].partner)


def _exact(value: Any) -> Any:
    """Numbers with a fraction as text: what is hashed holds no floats."""
    if isinstance(value, float):
        return str(value)
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    return [_exact(part) for part in value] if isinstance(value, list | tuple) else value


def decided(judged: Judged) -> dict[str, Any]:
    """A rule's answer as the event keeps it: facts, revision, reasons, and each parameter's value, date and citation."""
    return {
        "rule": judged.rule.name,
        "revision": judged.rule.revision,
        "facts": msgspec.to_builtins(judged.facts),
        "grade": judged.decision.grade.value,
        "reasons": [
            {"grade": r.grade.value, "says": r.says, "by": list(r.by), "remedy": r.remedy}
            for r in judged.decision.reasons
        ],
        "used": [
            {"parameter": v.parameter, "value": v.value, "since": v.since, "by": v.by} for v in judged.used.values()
        ],
    }
