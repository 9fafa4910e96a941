"""What a letter on paper stands for, done through the engine: the step that issues it, or the signature that it waited for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from policies.dates import written
from workflow import cases, effects
from workflow.authority.bench import Bench
from workflow.cases import Case
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.engine.recording import LETTER_EVENTS
from workflow.errors import NotNow, NotYours, OutOfDate
from workflow.facts import Situation
from workflow.letters.route import LetterStep, decoded
from workflow.letters.routing import signers
from workflow.people.tenures import lost_since
from workflow.registers.lease_file import Prepared
from workflow.registers.on_paper import OnPaper
from workflow.tables import events, letters, people


def fire(conn: Connection, engine: Engine, prepared: Prepared, papers: Mapping[str, OnPaper], at: datetime) -> None:
    """Take the step with the letters that were signed for it. Raises Problem."""
    case = cases.load(conn, prepared.case_id, lock=True)
    if _has_moved(conn, case, prepared.version):
        raise OutOfDate(
            f"Berkas {prepared.about} sudah berlanjut sejak surat ini disiapkan, sehingga tindakannya tidak dapat dicatat."
        )
    papers = {kind: _with_facts(conn, engine, case, prepared, paper, at) for kind, paper in papers.items()}
    outcome = engine.fire(
        conn,
        case.id,
        prepared.trigger,
        _actor(conn, prepared.taken_by),
        msgspec.json.decode(prepared.form),
        at,
        version=case.version,
        acknowledge=prepared.acknowledged,
        on_paper=papers,
    )
    if {paper.paper.letter_id for paper in papers.values() if paper.paper} - set(outcome.letters):
        raise NotNow(f"Tindakan ini tidak lagi menerbitkan surat yang ditandatangani bagi {prepared.about}.")
    if prepared.actor:
        _tell_actor(conn, engine, case, prepared, papers.values(), at)


def sign(conn: Connection, engine: Engine, prepared: Prepared, paper: OnPaper, at: datetime) -> None:
    """Put on record that a letter on its way was signed on paper. Raises Problem."""
    case = cases.load(conn, prepared.case_id)
    row = conn.execute(select(letters).where(letters.c.id == prepared.letter_id)).one()
    step = next(each for each in decoded(row.route) if each.kind == "sign")
    paper = _with_facts(conn, engine, case, prepared, paper, at, step)
    engine.signed_away(conn, prepared.letter_id, paper, _actor(conn, prepared.signers[0]), at)


def _actor(conn: Connection, person_id: str) -> Actor:
    person = conn.execute(select(people).where(people.c.id == person_id)).one()
    return Actor(person.id, full_name(person.front_title, person.name, person.back_title))


def _has_moved(conn: Connection, case: Case, version: int) -> bool:
    """Whether anything but letters on their way has happened to a case since."""
    if case.version == version:
        return False
    since = select(events.c.type).where(events.c.case_id == case.id, events.c.sequence > version)
    happened = set(conn.execute(since).scalars())
    return not happened or bool(happened - set(LETTER_EVENTS))


def _with_facts(
    conn: Connection,
    engine: Engine,
    case: Case,
    prepared: Prepared,
    on_paper: OnPaper,
    at: datetime,
    step: LetterStep | None = None,
) -> OnPaper:
    """A paper of somebody who might sign it on its day, with since when they hold that post no more. Raises NotYours.

    ``step``: the letter's own, where it was on its way.
    """
    paper = on_paper.paper
    assert paper is not None  # noqa: S101 - whoever brings one home has it
    process, signer = engine.registry.process(case.process), prepared.signers[0]
    then = Situation(conn, engine.office, process, case, case.form, at).standing_on(paper.dated_on)
    step = step or LetterStep(kind="sign", role=prepared.role)
    seats = signers(Bench(then), process.letters[prepared.kind], step)
    seat = next((seat for seat in seats if seat.person_id == signer), None)
    if seat is None:
        raise NotYours(
            f"{prepared.signer_name} tidak berwenang menandatangani pada {written(paper.dated_on)}: jabatan atau pelimpahannya "
            "tidak berlaku pada hari itu."
        )
    left = lost_since(conn, seat.position_id, signer) if seat.position_id and not seat.mandate else None
    return replace(on_paper, left_post_on=left)


def _tell_actor(
    conn: Connection, engine: Engine, case: Case, prepared: Prepared, papers: Collection[OnPaper], at: datetime
) -> None:
    """Whoever took the step did not sign its letters: they are told what was put on record in their name, and by what."""
    process = engine.registry.process(case.process)
    arrow = process.arrow(case.state, prepared.trigger)
    numbers = " dan ".join(paper.paper.text for paper in papers if paper.paper)
    recorder = next(iter(papers)).recorder
    says = (
        f"{process.title}: “{arrow.title if arrow else prepared.trigger}” dicatat oleh {recorder} sebagai tindakan Anda, menurut "
        f"surat Nomor {numbers} yang ditandatangani basah saat jaringan terputus. Bila tidak benar, laporkan kepada administrator."
    )
    effects.tell(conn, case.id, {prepared.actor: says}, at)
