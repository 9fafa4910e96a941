"""Letters that wait for initials or a signature, made ready for a laptop: as whoever may sign them now would send them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

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
from workflow.office import Office
from workflow.registers.lease_file import Prepared
from workflow.registers.leasing import Block
from workflow.registers.numbers import register_of, series_of, style_of
from workflow.registers.officials import name_of
from workflow.tables import letter_cases, letters
from workflow.telling.plain_text import listing

#: Why a letter that another system numbers gets no number of a block, with the way out.
_OF_ANOTHER_SYSTEM: Final = (
    "dinomori sistem lain, dan nomor blok ini dapat berbenturan dengan nomornya. Mintalah nomor kepada pengelola sistem itu dan "
    "isikan selagi ada jaringan, lalu cetak suratnya untuk ditandatangani basah."
)


def letters_under_way(conn: Connection, case_id: str | None = None) -> list[Row[Any]]:
    """The letters that wait for initials, a number or a signature: of a case, or all."""
    query = select(letters).where(letters.c.state.in_((*READY, "to_number")))
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
        if of_unit and not any(_unit_of(bench, seat) == block.unit_id for seat in seats):
            return [], ""
        if why := _why_not(bench, block, row, seats):
            return [], f"{title} bagi {_about(conn, shared)}: {why}"
        ready = [each for seat in seats for each in _ready(bench, block, row, seat, shared, of_unit=of_unit)]
    except (Problem, NeedsFields) as problem:
        return [], "" if of_unit else f"{title} ({row.id}): {getattr(problem, 'detail', problem)}"
    why = "" if ready or of_unit else f"{title} ({row.id}): tidak dapat ditandatangani dengan nomor {block.register}."
    return ready, why


def _why_not(bench: Bench, block: Block, row: Row[Any], seats: Sequence[Seat]) -> str:
    """Why a letter cannot get a number of the block, with the way out; empty where it can."""
    if row.method == "by_hand":
        return (
            f"sudah dicetak dengan Nomor {row.number} untuk ditandatangani basah. Tanda tangani cetakan itu, lalu serahkan "
            "pindaiannya pada halaman surat setelah jaringan pulih."
        )
    if row.number is not None:
        return (
            f"sudah bernomor {row.number}, dan satu surat tidak boleh bernomor dua. Selagi ada jaringan, cetak surat ini untuk "
            "ditandatangani basah pada halamannya; setelah jaringan pulih, serahkan pindaiannya di sana."
        )
    if row.state == "to_number":
        return _OF_ANOTHER_SYSTEM
    units = dict.fromkeys(_unit_of(bench, seat) for seat in seats)
    reasons = [elsewhere_numbered(bench.situation.office, row.kind, unit_id, block.register) for unit_id in units]
    return "" if not all(reasons) else next(iter(reasons), "")


def elsewhere_numbered(office: Office, kind: str, unit_id: str, register: str) -> str:
    """Why a kind of letter that a unit signs gets no number of a register, with the way out; empty where it does."""
    own = register_of(office, kind, unit_id)
    if style_of(office, own).kind == "external":
        return _OF_ANOTHER_SYSTEM
    if series_of(office, own) != register:
        return f"dinomori dari buku agenda {own}, bukan {register}. Mintalah blok nomor dari buku agenda {own}."
    return ""


def _unit_of(bench: Bench, seat: Seat) -> str:
    """The unit in whose register whoever signs first numbers."""
    return signing_post(bench, seat).unit_id or bench.situation.office.profile.secretariat


def _first_signature(row: Row[Any]) -> LetterStep:
    return next(step for step in decoded(row.route) if step.kind == "sign")


def _ready(
    bench: Bench, block: Block, row: Row[Any], seat: Seat, shared: Sequence[Case], *, of_unit: bool
) -> Iterator[Prepared]:
    conn, office, process = bench.conn, bench.situation.office, bench.situation.process
    unit_id = _unit_of(bench, seat)
    if elsewhere_numbered(office, row.kind, unit_id, block.register):
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
        signer_name=listing(step.name for step in signatories),
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
