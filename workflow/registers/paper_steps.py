"""The step that a letter on paper stands for, taken through the engine as the person who signed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from policies.dates import written
from workflow import cases
from workflow.authority import Bench
from workflow.engine import Engine
from workflow.errors import NotNow, NotYours, OutOfDate
from workflow.facts import Situation
from workflow.judging import Actor
from workflow.registers.lease_file import Prepared
from workflow.registers.on_paper import OnPaper
from workflow.tables import people


def fire(conn: Connection, engine: Engine, prepared: Prepared, papers: Mapping[str, OnPaper], at: datetime) -> None:
    """Take the step with the letters that were signed for it. Raises Problem."""
    case = cases.load(conn, prepared.case_id, lock=True)
    if case.version != prepared.version:
        raise OutOfDate(
            f"Berkas {prepared.about} sudah berlanjut sejak surat ini disiapkan, sehingga tindakannya tidak dapat dicatat."
        )
    for paper in papers.values():
        check_day(conn, engine, prepared, paper)
    person = conn.execute(select(people).where(people.c.id == prepared.signer)).one()
    outcome = engine.fire(
        conn,
        case.id,
        prepared.trigger,
        Actor(person.id, full_name(person.front_title, person.name, person.back_title)),
        msgspec.json.decode(prepared.form),
        at,
        version=case.version,
        acknowledge=prepared.acknowledged,
        on_paper=papers,
    )
    if {paper.paper.letter_id for paper in papers.values() if paper.paper} - set(outcome.letters):
        raise NotNow(f"Tindakan ini tidak lagi menerbitkan surat yang ditandatangani bagi {prepared.about}.")


def check_day(conn: Connection, engine: Engine, prepared: Prepared, on_paper: OnPaper) -> None:
    """Whoever signed held the post, or its mandate, on the day of the letter too. Raises NotYours."""
    if on_paper.paper is None:
        return
    day, office = on_paper.paper.dated_on, engine.office
    noon = datetime.combine(day, time(12), office.zone)
    case = cases.load(conn, prepared.case_id)
    bench = Bench(Situation(conn, office, engine.registry.process(case.process), case, case.form, noon))
    if bench.seat(prepared.signer, (prepared.role,)) is None:
        raise NotYours(
            f"{prepared.signer_name} tidak berwenang menandatangani pada {written(day)}: jabatan atau pelimpahannya tidak "
            "berlaku pada hari itu."
        )
