"""A letter before somebody who wants to do something with it: who may, and when, said so that nobody learns what is not theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn

from sqlalchemy import Row

from policies.decision import Grade, Reason
from workflow.authority.bench import Bench, Seat
from workflow.authority.lapsed import why_not_any_more
from workflow.cases import Case
from workflow.definition import Letter
from workflow.engine.evidence import FileTold
from workflow.engine.judging import Actor
from workflow.engine.steps import check_visible
from workflow.errors import NotNow, NotYours, OutOfDate, Refused
from workflow.letters.acts import LetterAct, version_of
from workflow.letters.framing import check_authority, signing_post
from workflow.letters.route import LEFT, UNDER_WAY, LetterStep, decoded
from workflow.letters.routing import Awaited, all_signers, awaited, is_late, seats_of
from workflow.letters.words import begun_small, moment
from workflow.office import Office


@dataclass
class Desk:
    """A letter before somebody who wants to do something with it: locked, with the cases that share it."""

    office: Office
    shared: list[Case]
    row: Row[Any]
    bench: Bench
    actor: Actor
    at: datetime

    @property
    def title(self) -> str:
        """What the letter is."""
        return self.letter.title

    @property
    def letter(self) -> Letter:
        """What its process says of the letter."""
        return self.bench.situation.process.letters[self.row.kind]

    @property
    def values(self) -> dict[str, Any]:
        """The letter's row by column."""
        return dict(self.row._asdict())

    @property
    def step(self) -> LetterStep | None:
        """The step that the letter waits for; None where it waits for none."""
        steps = decoded(self.row.route)
        return steps[self.row.turn] if self.row.state in UNDER_WAY and self.row.turn < len(steps) else None

    def among(self, seats: Sequence[Seat]) -> Seat | None:
        """The actor's seat among several."""
        return next((seat for seat in seats if seat.person_id == self.actor.person_id), None)


@dataclass
class Did:
    """What an act did: what changes in the letter's row, and what its event says."""

    kind: str
    seat: Seat
    values: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    files: tuple[FileTold, ...] = ()
    #: What whoever drafted it is told, besides those who are waited for next.
    says: str = ""


def seat_for(desk: Desk, kind: str, *, besides: Sequence[Seat] = ()) -> Seat:
    """The actor's seat for a step of this kind that the letter waits for now.

    Raises NotFound for whoever may not see it, NotNow where it waits for something else, NotYours for anybody else.
    """
    step = desk.step if desk.row.state != "to_mend" else None
    waits = step is not None and step.kind == kind
    late = is_late(desk.values)
    seats = seats_of(desk.bench, desk.letter, step, late=late) if waits and step is not None else ()
    seat = desk.among((*seats, *besides))
    if seat is None:
        _refuse_in_another_capacity(desk, step if waits else None)
        check_seen(desk)
    if not waits:
        raise NotNow(_done_already(desk, kind))
    if seat is None:
        mine = _done_by_a_peer(desk, kind)
        if mine is not None:
            raise NotNow(_has_done(desk, mine))
        waits_for = awaited(desk.bench, desk.values)
        roles = [waits_for.role] if waits_for.role in desk.bench.situation.process.role else []
        why = why_not_any_more(desk.bench, roles, desk.actor.person_id) if desk.actor.person_id else ""
        raise NotYours(f"{waited_for(desk, waits_for)} {why}".rstrip())
    return seat


def check_seen(desk: Desk) -> None:
    """Raise NotFound for whoever may know of none of the cases that share the letter."""
    situation = desk.bench.situation
    check_visible(situation.conn, situation.process, desk.shared, desk.actor, situation.on)


def _refuse_in_another_capacity(desk: Desk, step: LetterStep | None) -> None:
    """Whoever stands in for a signatory learns why they may not sign what decides."""
    if step is None or step.kind != "sign":
        return
    seat = desk.among(all_signers(desk.bench, step))
    if seat is not None:
        check_authority(desk.bench, desk.letter, seat, signing_post(desk.bench, seat))


_DONE: Final = {"paraf": "diparaf", "number": "diberi nomor", "sign": "ditandatangani"}


def _done_already(desk: Desk, kind: str) -> str:
    """Why a step cannot be taken now: it was by somebody, or the letter is elsewhere on its way."""
    state = desk.row.state
    if state in ("void", "replaced"):
        return f"{desk.title} ini sudah tidak berlaku."
    if state == "to_mend":
        return f"{desk.title} ini sedang diperbaiki penyusunnya; tunggu sampai diajukan kembali."
    done = [step for step in decoded(desk.row.route) if step.kind == kind and step.at is not None]
    if done:
        return _has_done(desk, done[-1])
    if state in LEFT:
        return f"{desk.title} ini sudah ditandatangani."
    waits = {"to_paraf": "paraf", "to_number": "nomor", "to_sign": "tanda tangan"}[state]
    return f"{desk.title} ini masih menunggu {waits}."


def _done_by_a_peer(desk: Desk, kind: str) -> LetterStep | None:
    """An earlier step of the kind that was the actor's as well, or was taken by them."""
    for step in decoded(desk.row.route)[: desk.row.turn]:
        if step.kind == kind and (
            step.by == desk.actor.person_id or desk.among(seats_of(desk.bench, desk.letter, step))
        ):
            return step
    return None


def _has_done(desk: Desk, step: LetterStep) -> str:
    at = moment(step.at, desk.office.zone) if step.at else ""
    return f"{desk.title} ini sudah {_DONE[step.kind]} oleh {step.name} pada {at}."


def waited_for(desk: Desk, waits: Awaited) -> str:
    """Whom a letter waits for, in words."""
    who = " atau ".join(dict.fromkeys(seat.title or seat.name for seat in waits.seats))
    return f"{desk.title} ini menunggu {who or 'pejabat yang belum ditunjuk'}."


def check_version(desk: Desk, wanted: LetterAct) -> None:
    """Raise OutOfDate for whoever saw another draft than the one that is stored."""
    if wanted.version is not None and wanted.version != version_of(desk.values):
        check_seen(desk)
        raise OutOfDate(f"{desk.title} ini sudah berubah sejak Anda membukanya. Muat ulang, lalu periksa kembali.")


def check_printed(desk: Desk, seat: Seat) -> None:
    """Once the first has signed, every other is the one whose name is printed."""
    step = desk.step
    if step is not None and step.by is not None and step.by != seat.person_id:
        says = f"Pada {begun_small(desk.title)} ini tercetak {step.name}, {step.title}."
        remedy = "Kembalikan surat ini kepada penyusunnya, supaya nama penandatangannya disusun ulang."
        refuse(says, remedy)


def refuse(says: str, remedy: str) -> NoReturn:
    """Raise Refused, with the way out."""
    raise Refused(says, reasons=(Reason(Grade.REFUSED, says, (), remedy),))
