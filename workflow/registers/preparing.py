"""What the file of a block holds besides the block: who may sign in the unit, and the letters that are ready to be printed.

What a case's next step would issue is found by taking that step and undoing it, so that the letter on the laptop is the one
that issuing would make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, null, or_, select

from policies.authority import STAND_INS
from policies.civil_service import full_name
from workflow import cases, directory
from workflow.authority import Bench, Seat
from workflow.definition import SYSTEM, Letter, Transition
from workflow.engine import Engine
from workflow.errors import NotAcknowledged, Problem
from workflow.facts import NeedsFields, Situation
from workflow.judging import Actor
from workflow.letters.parts import LetterFrame, SignatureBlock, signature_block
from workflow.letters.sources import grouped, rank_on_letter
from workflow.office import REGENT
from workflow.registers.lease_file import FORMAT, LeaseFile, Official, Prepared
from workflow.registers.leasing import Block, Wanted, lease
from workflow.registers.numbers import Taken, register_of, series_of
from workflow.registers.on_paper import OnPaper
from workflow.tables import letters, mandates, people, positions, units


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case whose letters are to be prepared. ``trigger``: the step; empty for each that issues letters. ``form``: its form."""

    case: str
    trigger: str = ""
    form: dict[str, Any] = {}


@dataclass
class Preparation:
    """What could be prepared, and why the rest could not, for people."""

    ready: list[Prepared] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Trial:
    """A step to be tried out: by whom, and which letters it issues."""

    asked: Asked
    about: str
    arrow: Transition
    seat: Seat
    letters: tuple[Letter, ...]


def give_kit(
    conn: Connection, engine: Engine, wanted: Wanted, asked: Sequence[Asked], given_by: str, at: datetime
) -> tuple[LeaseFile, list[str]]:
    """Give a block for a laptop, with what its file is to hold. ``given_by``: the clerk's name.

    Answers the file before it is sealed, and why some letters are not in it. Raises Problem, and then no block was given.
    """
    block = lease(conn, engine.office, wanted, at)
    return lease_file(conn, engine, block, asked, (given_by, wanted.purpose.strip()), at)


def lease_file(
    conn: Connection, engine: Engine, block: Block, asked: Sequence[Asked], given: tuple[str, str], at: datetime
) -> tuple[LeaseFile, list[str]]:
    """The file of a block, and why some letters are not in it. ``given``: who gave it and for what. Raises Problem."""
    found = Preparation()
    for each in asked:
        _prepare(conn, engine, block, each, found, at)
    made = LeaseFile(
        format=FORMAT,
        id=block.id,
        register=block.register,
        year=block.year,
        first=block.first,
        last=block.last,
        unit_id=block.unit_id,
        unit_name=conn.execute(select(units.c.name).where(units.c.id == block.unit_id)).scalar_one(),
        given_by=given[0],
        given_at=at,
        purpose=given[1],
        profile=directory.profile_text(conn) or "",
        officials=officials(conn, engine, block.unit_id, engine.office.day(at)),
        prepared=tuple(msgspec.structs.replace(each, id=str(number)) for number, each in enumerate(found.ready, 1)),
    )
    return made, found.left


# --- Who may sign ----------------------------------------------------------------------------------------------------


def officials(conn: Connection, engine: Engine, unit_id: str, on: date) -> tuple[Official, ...]:
    """Who may sign for a unit on a day: the holders of its posts, and whoever stands in for one (Plt., Plh., Pj.)."""
    profile = engine.office.profile
    of_unit = positions.c.unit_id == unit_id
    if unit_id == profile.secretariat:
        of_unit = or_(of_unit, positions.c.id == REGENT)
    in_service = or_(people.c.left_on.is_(None), people.c.left_on > on)
    held = select(people, positions.c.id.label("position_id"), positions.c.title, null().label("mandate"))
    held = held.join_from(positions, people, people.c.id == positions.c.holder_id).where(of_unit, in_service)
    lent = select(people, positions.c.id.label("position_id"), positions.c.title, mandates.c.kind.label("mandate"))
    lent = (
        lent.join_from(mandates, people, people.c.id == mandates.c.receiver_id)
        .join(positions, positions.c.id == mandates.c.position_id)
        .where(of_unit, in_service, mandates.c.kind.in_(STAND_INS))
        .where(mandates.c.from_on <= on, mandates.c.until_on >= on)
        .where(or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > on))
    )
    rows = [*conn.execute(held.order_by(positions.c.title)), *conn.execute(lent.order_by(positions.c.title))]
    return tuple(_official(row, profile.regent.title) for row in rows)


def _official(row: Row[Any], regent: str) -> Official:
    name = full_name(row.front_title, row.name, row.back_title)
    return Official(person_id=row.id, nip=row.nip, name=name, block=_block(row, name, regent))


def _block(row: Row[Any], name: str, regent: str) -> SignatureBlock:
    if row.position_id == REGENT and row.mandate is None:
        return signature_block(regent, name, is_regent=True)
    acts_as_regent = row.position_id == REGENT and row.mandate == "pj"
    return signature_block(
        row.title, name, rank_on_letter(row), grouped(row.nip), row.mandate, is_regent=acts_as_regent
    )


# --- Letters of cases ------------------------------------------------------------------------------------------------


def _prepare(conn: Connection, engine: Engine, block: Block, asked: Asked, found: Preparation, at: datetime) -> None:
    case = cases.load(conn, asked.case)
    process = engine.registry.process(case.process)
    bench = Bench(Situation(conn, engine.office, process, case, case.form, at))
    about = _name_of(conn, case.subject_id)
    tried, mine = False, Preparation()
    for arrow in process.from_state(case.state):
        if not arrow.issues or (asked.trigger and arrow.trigger != asked.trigger):
            continue
        for trial in _trials(bench, asked, about, arrow):
            tried = True
            _try(conn, engine, block, trial, mine, at)
    found.ready += mine.ready
    if asked.trigger or not mine.ready:  # what nobody asked for need not be explained
        found.left += mine.left
    if not tried:
        what = f"tindakan “{asked.trigger}”" if asked.trigger else "tindakan apa pun"
        found.left.append(
            f"{about} (berkas {case.id}): tidak ada surat yang ditandatangani sendiri oleh pelaku {what}."
        )


def _trials(bench: Bench, asked: Asked, about: str, arrow: Transition) -> Iterable[_Trial]:
    """The step by each person who may take it and signs a letter of it in their own right."""
    situation = bench.situation
    roles = [role for role in situation.process.actors(arrow, situation.case.state) if role != SYSTEM]
    try:
        seats = {seat.person_id: seat for role in roles for seat in bench.seats(role)}
        signing = {
            letter: {seat.person_id for seat in bench.seats(letter.signer)}
            for letter in arrow.issues
            if not letter.cosigners
        }
    except NeedsFields:
        return
    for person_id, seat in seats.items():
        own = tuple(letter for letter, signers in signing.items() if person_id in signers)
        if own:
            yield _Trial(asked, about, arrow, seat, own)


def _try(conn: Connection, engine: Engine, block: Block, trial: _Trial, found: Preparation, at: datetime) -> None:
    """Take a step and undo it; what it issued is ready to be printed."""
    actor = Actor(trial.seat.person_id, trial.seat.name)
    case = cases.load(conn, trial.asked.case)
    attempt = conn.begin_nested()
    try:
        acknowledged = _warned(conn, engine, case.id, trial, actor, at)
        paper = OnPaper(Taken(block.register, block.year, block.first), block.id, "", "")
        outcome = engine.fire(
            conn,
            case.id,
            trial.arrow.trigger,
            actor,
            trial.asked.form,
            at,
            version=case.version,
            acknowledge=acknowledged,
            on_paper={letter.name: paper for letter in trial.letters},
        )
        rows = conn.execute(select(letters).where(letters.c.id.in_(outcome.letters)).order_by(letters.c.id)).all()
    except Problem as problem:
        faults = " ".join((problem.detail, *(fault.says for fault in problem.fields)))
        found.left.append(f"{trial.about}, “{trial.arrow.title}” oleh {actor.name}: {faults}")
        return
    finally:
        attempt.rollback()
    for row in rows:
        if row.signed_by == actor.person_id and row.kind in {letter.name for letter in trial.letters}:
            _keep(conn, engine, block, trial, row, case.version, acknowledged, found)


def _warned(
    conn: Connection, engine: Engine, case_id: str, trial: _Trial, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """The rules that warn: whoever signs on paper is told of them there, so the step acknowledges them."""
    judgement = engine.preview(conn, case_id, trial.arrow.trigger, actor, trial.asked.form, at)
    for obstacle in judgement.obstacles:
        if not isinstance(obstacle, NotAcknowledged):
            raise obstacle
    return tuple(reason.rule for reason in judgement.warnings)


def _keep(
    conn: Connection,
    engine: Engine,
    block: Block,
    trial: _Trial,
    row: Row[Any],
    version: int,
    acknowledged: tuple[str, ...],
    found: Preparation,
) -> None:
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    unit_id = conn.execute(_UNIT, {"position": row.position_id}).scalar() or engine.office.profile.secretariat
    if series_of(engine.office, register_of(engine.office, row.kind, unit_id)) != block.register:
        found.left.append(f"{trial.about}, {frame.title}: dinomori dari buku agenda lain, bukan {block.register}.")
        return
    found.ready.append(
        Prepared(
            id="",
            case_id=trial.asked.case,
            version=version,
            trigger=trial.arrow.trigger,
            form=msgspec.json.encode(trial.asked.form).decode(),
            acknowledged=acknowledged,
            kind=row.kind,
            title=frame.title,
            about=trial.about,
            signer=trial.seat.person_id,
            signer_name=trial.seat.name,
            role=row.role,
            unit_id=unit_id,
            classification=engine.registry.process(row.process).letters[row.kind].classification,
            template=row.template,
            template_sha256=row.template_sha256,
            body_type=row.body_type,
            body=row.body,
            frame=frame,
        )
    )


def _name_of(conn: Connection, person_id: str) -> str:
    row = conn.execute(select(people).where(people.c.id == person_id)).one()
    return full_name(row.front_title, row.name, row.back_title)


_UNIT = select(positions.c.unit_id).where(positions.c.id == bindparam("position"))
