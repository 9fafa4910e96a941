"""Letters that wait for initials or a signature, made ready for a laptop: as whoever may sign them now would send them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from workflow import cases
from workflow.authority.bench import Bench, Seat
from workflow.cases import Case
from workflow.engine.engine import Engine
from workflow.errors import Problem
from workflow.facts import NeedsFields, Situation
from workflow.letters import signing
from workflow.letters.away import READY, draft_of, steps_on_paper
from workflow.letters.framing import signing_post
from workflow.letters.parts import LetterFrame
from workflow.letters.route import LetterStep, decoded, encoded
from workflow.letters.routing import signers
from workflow.letters.sources import letter_cases_of
from workflow.registers.lease_file import Prepared
from workflow.registers.leasing import Block
from workflow.registers.numbers import register_of, series_of
from workflow.registers.officials import name_of
from workflow.tables import letter_cases, letters


def letters_under_way(conn: Connection, case_id: str | None = None) -> list[Row[Any]]:
    """The letters that wait for initials or a signature and have no number yet: of a case, or all."""
    query = select(letters).where(
        letters.c.state.in_(READY), letters.c.number.is_(None), letters.c.method == "electronic"
    )
    if case_id is not None:
        of_case = select(letter_cases.c.letter_id).where(
            letter_cases.c.case_id == case_id, letter_cases.c.changed_by.is_(None)
        )
        query = query.where(letters.c.id.in_(of_case))
    return list(conn.execute(query.order_by(letters.c.id)).all())


def prepared_for(
    conn: Connection, engine: Engine, block: Block, row: Row[Any], at: datetime, *, of_unit: bool
) -> tuple[list[Prepared], str]:
    """A letter as each who may sign it first would send it from this block; and why it cannot be, empty where it can.

    ``of_unit``: only what the block's own unit signs; what another signs is passed over without a word.
    """
    shared = [cases.load(conn, case_id) for case_id in letter_cases_of(conn, row.id)]
    lead = signing.lead_of(conn, row, shared)
    process = engine.registry.process(lead.process)
    title = process.letters[row.kind].title
    situation = Situation(conn, engine.office, process, lead, lead.form, at)
    bench = Bench(situation).apart_from(case.subject_id for case in shared)
    try:
        seats = signers(bench, process.letters[row.kind], _first_signature(row))
        ready = [each for seat in seats for each in _ready(bench, block, row, seat, shared, of_unit=of_unit)]
    except (Problem, NeedsFields) as problem:
        return [], "" if of_unit else f"{title} ({row.id}): {getattr(problem, 'detail', problem)}"
    why = "" if ready or of_unit else f"{title} ({row.id}): tidak dapat ditandatangani dengan nomor {block.register}."
    return ready, why


def _first_signature(row: Row[Any]) -> LetterStep:
    return next(step for step in decoded(row.route) if step.kind == "sign")


def _ready(
    bench: Bench, block: Block, row: Row[Any], seat: Seat, shared: Sequence[Case], *, of_unit: bool
) -> Iterator[Prepared]:
    conn, office, process = bench.conn, bench.situation.office, bench.situation.process
    unit_id = signing_post(bench, seat).unit_id or office.profile.secretariat
    if series_of(office, register_of(office, row.kind, unit_id)) != block.register:
        return
    if of_unit and unit_id != block.unit_id:
        return
    numberless = dict.fromkeys(("register", "register_year", "register_number", "dated_on"))
    # Nothing of it is kept but its words, so any number will do that no other has.
    begun = {**row._asdict(), **numberless, "number": row.code, "route": encoded(steps_on_paper(row))}
    values = signing.fixed(bench, begun, seat, bench.situation.at, signing.kinds_taken_back(conn, row.id), by_hand=True)
    signatories = [step for step in decoded(values["route"]) if step.kind == "sign"]
    yield Prepared(
        id="",
        letter_id=row.id,
        draft=draft_of(row._asdict()),
        case_id=bench.situation.case.id,
        version=bench.situation.case.version,
        trigger="",
        form="{}",
        acknowledged=(),
        kind=row.kind,
        title=process.letters[row.kind].title,
        about=_about(conn, shared),
        signers=tuple(step.by or "" for step in signatories),
        signer_name=seat.name,
        role=row.role,
        unit_id=unit_id,
        classification=process.letters[row.kind].classification,
        template=row.template,
        template_sha256=row.template_sha256,
        body_type=row.body_type,
        body=row.body,
        frame=msgspec.json.decode(values["frame"], type=LetterFrame),
    )


def _about(conn: Connection, shared: Sequence[Case]) -> str:
    first = name_of(conn, shared[0].subject_id)
    return f"{first} dan {len(shared) - 1} lainnya" if len(shared) > 1 else first
