"""The facts that a report is made of: counted when it is signed, and from then on what was frozen. See ``workflow/facts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec
from sqlalchemy import select

from policies.report import Period
from workflow.definition import Process
from workflow.facts import NeedsFields, Situation, source
from workflow.forms.report import FIGURES
from workflow.reports.figures import corrections as corrections_of
from workflow.reports.figures import count, frozen
from workflow.reports.parts import Correction, Section, without_cases
from workflow.tables import cases, entries


@cache
def _processes() -> tuple[Process, ...]:
    from workflow.registry import Registry  # noqa: PLC0415 - which imports this module for the sources below

    return tuple(Registry.discover().processes.values())


def _period(situation: Situation) -> Period:
    missing = [name for name in ("year", "quarter") if situation.form.get(name) is None]
    if missing:
        raise NeedsFields(*missing)
    return Period(msgspec.convert(situation.form["year"], int), msgspec.convert(situation.form["quarter"], int))


@source()
def figures(situation: Situation) -> tuple[Section, ...]:
    """The figures of the report."""
    signed = frozen(situation.conn, situation.case.id)
    if signed is not None:
        return signed.reported.figures
    return count(situation.conn, situation.office, _processes(), _period(situation), situation.on)


@source()
def corrections(situation: Situation) -> tuple[Correction, ...]:
    """What it corrects in earlier reports."""
    signed = frozen(situation.conn, situation.case.id)
    if signed is not None:
        return signed.reported.corrections
    period, case = _period(situation), situation.case
    return corrections_of(situation.conn, situation.office, _processes(), period, situation.on, apart_from=case.id)


@source()
def printed_figures(situation: Situation) -> tuple[Section, ...]:
    """The figures as a letter prints them, without the cases."""
    return without_cases(figures(situation))


@source()
def printed_corrections(situation: Situation) -> tuple[Correction, ...]:
    """The corrections as a letter prints them."""
    return tuple(msgspec.structs.replace(each, added=(), removed=()) for each in corrections(situation))


@source()
def whole_basis(situation: Situation) -> tuple[str, ...]:
    """The rules that the process rests on, each with its full title, for whatever kind of civil servant they are."""
    regulations = situation.office.regulations
    return tuple(regulations.full_title(each) for each in situation.process.basis)


def _report_lock(situation: Situation) -> Iterable[str]:
    return (f"report:{situation.form.get('year')}:{situation.form.get('quarter')}",)


@source(locks=_report_lock)
def already_reported(situation: Situation) -> bool:
    """Whether another report of the same time has been signed."""
    period = _period(situation)
    signed = (
        select(cases.c.form)
        .join_from(cases, entries)
        .where(
            cases.c.process == situation.process.name,
            cases.c.id != situation.case.id,
            entries.c.kind == FIGURES.name,
        )
    )
    forms = (msgspec.json.decode(form) for form in situation.conn.execute(signed).scalars())
    return any((form.get("year"), form.get("quarter")) == (period.year, period.quarter) for form in forms)
