"""What the file of a block holds besides the block: who may sign in the unit, and the letters that are ready to be printed.

What a case's next step would issue is found by taking that step and undoing it, so that the letter on the laptop is the one
that issuing would make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from workflow import cases, directory
from workflow.authority.bench import Bench, Seat
from workflow.cases import Case
from workflow.definition import SYSTEM, Letter, Transition
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import NotAcknowledged, Problem
from workflow.facts import NeedsFields, Situation
from workflow.letters.parts import LetterFrame
from workflow.letters.route import decoded
from workflow.registers.lease_file import FORMAT, LeaseFile, Prepared
from workflow.registers.leasing import Block, Wanted, lease
from workflow.registers.numbers import Taken
from workflow.registers.officials import name_of, officials
from workflow.registers.on_paper import OnPaper
from workflow.registers.under_way import elsewhere_numbered, letters_under_way, prepared_for
from workflow.tables import letters, positions, units
from workflow.tally import uncounted
from workflow.telling.plain_text import listing


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case whose letters are to be prepared. ``trigger``: the step; empty for each that issues letters, and for what waits.

    ``form``: the step's form.
    """

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
    """A step to be tried out: by whom, who signs on paper, and which of its letters."""

    asked: Asked
    about: str
    arrow: Transition
    seat: Seat
    signer: Seat
    letters: tuple[Letter, ...]


def give_kit(
    conn: Connection,
    engine: Engine,
    wanted: Wanted,
    asked: Sequence[Asked],
    given_by: str,
    at: datetime,
    *,
    waiting: bool = False,
) -> tuple[LeaseFile, list[str]]:
    """Give a block for a laptop, with what its file is to hold. ``given_by``: the clerk's name.

    ``waiting``: with every letter that waits for initials or a signature of the unit. Answers the file before it is sealed, and
    why some letters are not in it. Raises Problem, and then no block was given.
    """
    block = lease(conn, engine.office, wanted, at)
    found = Preparation()
    for each in asked:
        _prepare(conn, engine, block, each, found, at)
    if waiting:
        _prepare_waiting(conn, engine, block, None, found, at)
    lease_file = _lease_file(conn, engine, block, found, (given_by, wanted.purpose.strip()), at)
    return lease_file, list(lease_file.left)


def _lease_file(
    conn: Connection, engine: Engine, block: Block, found: Preparation, given: tuple[str, str], at: datetime
) -> LeaseFile:
    """The file of a block. ``given``: who gave it and for what."""
    return LeaseFile(
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
        left=tuple(dict.fromkeys(found.left)),
        prepared=tuple(msgspec.structs.replace(each, id=str(number)) for number, each in enumerate(found.ready, 1)),
    )


# --- Letters of cases ------------------------------------------------------------------------------------------------


def _prepare(conn: Connection, engine: Engine, block: Block, asked: Asked, found: Preparation, at: datetime) -> None:
    case = cases.load(conn, asked.case)
    asked = msgspec.structs.replace(asked, case=case.id)
    process = engine.registry.process(case.process)
    bench = Bench(Situation(conn, engine.office, process, case, case.form, at))
    about = name_of(conn, case.subject_id)
    tried, mine = False, Preparation()
    if not asked.trigger:
        _prepare_waiting(conn, engine, block, case.id, mine, at)
    for arrow in process.from_state(case.state):
        if not arrow.issues or (asked.trigger and arrow.trigger != asked.trigger):
            continue
        for trial in _trials(bench, asked, about, arrow):
            tried = True
            _try(conn, engine, block, trial, mine, at)
    found.ready += mine.ready
    if asked.trigger or not mine.ready:  # what nobody asked for need not be explained
        found.left += mine.left
    if not tried and not mine.ready and not mine.left:
        what = f"tindakan “{asked.trigger}”" if asked.trigger else "tindakan apa pun"
        found.left.append(
            f"{about} (berkas {case.reference}): tidak ada surat yang menunggu tanda tangan atau terbit dengan {what}."
        )


def _prepare_waiting(
    conn: Connection, engine: Engine, block: Block, case_id: str | None, found: Preparation, at: datetime
) -> None:
    """Letters that are on their way: of a case, or of the block's whole unit."""
    known = {each.letter_id for each in found.ready if each.letter_id}
    for row in letters_under_way(conn, case_id):
        if row.id not in known:
            ready, why_not = prepared_for(conn, engine, block, row, at, of_unit=case_id is None)
            found.ready += ready
            found.left += [why_not] if why_not else []


def _trials(bench: Bench, asked: Asked, about: str, arrow: Transition) -> Iterable[_Trial]:
    """The step by each person who may take it, with each who signs a letter of it: first the actors who sign themselves."""
    situation = bench.situation
    roles = [role for role in situation.process.actors(arrow, situation.case.state) if role != SYSTEM]
    try:
        seats = {seat.person_id: seat for role in roles for seat in bench.seats(role)}
        signing: dict[str, tuple[Seat, list[Letter]]] = {}
        for letter in arrow.issues:
            for seat in bench.seats(letter.signer):
                signing.setdefault(seat.person_id, (seat, []))[1].append(letter)
    except NeedsFields:
        return
    pairs = [(seat, signer, own) for seat in seats.values() for signer, own in signing.values()]
    for seat, signer, own in sorted(pairs, key=lambda pair: pair[0].person_id != pair[1].person_id):
        # Whoever signs the letters of a step that is theirs to take takes it themselves.
        if seat.person_id == signer.person_id or signer.person_id not in seats:
            yield _Trial(asked, about, arrow, seat, signer, tuple(own))


def _try(conn: Connection, engine: Engine, block: Block, trial: _Trial, found: Preparation, at: datetime) -> None:
    """Take a step and undo it; what it issued is ready to be printed."""
    actor = Actor(trial.seat.person_id, trial.seat.name)
    case = cases.load(conn, trial.asked.case)
    attempt = conn.begin_nested()
    try:
        acknowledged = _warned(conn, engine, case.id, trial, actor, at)
        paper = OnPaper(Taken(block.register, block.year, block.first), block.id, (trial.signer.person_id,))
        with uncounted():
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
        if row.signed_by == trial.signer.person_id and row.kind in {letter.name for letter in trial.letters}:
            _keep(conn, engine, block, trial, row, case, acknowledged, found)


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
    case: Case,
    acknowledged: tuple[str, ...],
    found: Preparation,
) -> None:
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    unit_id = conn.execute(_UNIT, {"position": row.position_id}).scalar() or engine.office.profile.secretariat
    if why_not := elsewhere_numbered(engine.office, row.kind, unit_id, block.register):
        found.left.append(f"{trial.about}, {frame.title}: {why_not}")
        return
    classification = engine.registry.process(row.process).letters[row.kind].classification
    found.ready.append(_ready(trial, row, case, acknowledged, frame, (unit_id, classification)))


def _ready(
    trial: _Trial,
    row: Row[Any],
    case: Case,
    acknowledged: tuple[str, ...],
    frame: LetterFrame,
    numbered: tuple[str, str],
) -> Prepared:
    """What a step issued, as it is printed but for number and day. ``numbered``: for which unit, and by which classification."""
    signing = [step for step in decoded(row.route) if step.kind == "sign"]
    signs_themselves = trial.seat.person_id == trial.signer.person_id
    return Prepared(
        id="",
        case_id=case.id,
        version=case.version,
        trigger=trial.arrow.trigger,
        form=msgspec.json.encode(trial.asked.form).decode(),
        acknowledged=acknowledged,
        kind=row.kind,
        title=frame.title,
        about=trial.about,
        signers=tuple(step.by or "" for step in signing),
        signer_name=listing(step.name for step in signing),
        actor="" if signs_themselves else trial.seat.person_id,
        actor_name="" if signs_themselves else trial.seat.name,
        role=row.role,
        unit_id=numbered[0],
        classification=numbered[1],
        template=row.template,
        template_sha256=row.template_sha256,
        body_type=row.body_type,
        body=row.body,
        frame=frame,
    )


_UNIT = select(positions.c.unit_id).where(positions.c.id == bindparam("position"))
