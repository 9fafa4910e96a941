"""Reports as they are shown: a running one, or that of a case; to whom, and with the cases that they may open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, exists, or_, select

from policies.decision import Grade, Reason
from policies.parameters import NotInForce
from policies.report import Period, read_period
from workflow import cases as case_store
from workflow.authority.mandate_queries import in_force
from workflow.authority.sight import assignments_in_force, seen_cases
from workflow.callers import Caller
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotNow, Refused, no_such_case
from workflow.office import POSTS, Office
from workflow.reports.figures import PROCESS, corrections, count, frozen
from workflow.reports.parts import Cell, Correction, Row, Section
from workflow.reports.reading import PAGE
from workflow.tables import cases, group_members, mandates, positions
from workflow.views.outside import sight_of

#: The group that compiles reports.
COMPILERS = "bkpsdm.verifier"


class Report(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A report: running, or as it was signed. ``counted_on``: the day of its figures.

    ``cases`` of a figure, and ``added`` and ``removed`` of a correction, are ids: each opens as ``/api/cases/ID``.
    """

    title: str
    year: int
    quarter: int
    first_on: date
    last_on: date
    counted_on: date
    figures: tuple[Section, ...]
    corrections: tuple[Correction, ...]
    case_id: str | None = None
    signed_at: datetime | None = None
    obstacles: str = ""
    follow_up: str = ""


def running(conn: Connection, office: Office, processes: Iterable[Process], period: Period, on: date) -> Report:
    """A report as it would be if it were signed now. Raises Refused where the law of its time knows no target."""
    processes = tuple(processes)
    try:
        figures = count(conn, office, processes, period, on)
    except NotInForce as absent:
        remedy = "Pilih kurun yang lebih baru, atau lengkapi riwayat ketentuan itu."
        raise Refused(str(absent), reasons=(Reason(Grade.REFUSED, str(absent), (), remedy),)) from absent
    return Report(
        title=f"Laporan pengembangan kompetensi {period.title}",
        year=period.year,
        quarter=period.quarter,
        first_on=period.first,
        last_on=period.last,
        counted_on=on,
        figures=figures,
        corrections=corrections(conn, office, processes, period, on),
    )


def signed(conn: Connection, office: Office, case_id: str) -> Report | None:
    """The report of a case as it was signed; None where it is not."""
    found = frozen(conn, case_id)
    if found is None:
        return None
    told = found.reported
    period = Period(told.year, told.quarter)
    return Report(
        title=f"Laporan pengembangan kompetensi {period.title}",
        year=told.year,
        quarter=told.quarter,
        first_on=period.first,
        last_on=period.last,
        counted_on=office.day(found.signed_at),
        figures=told.figures,
        corrections=told.corrections,
        case_id=case_id,
        signed_at=found.signed_at,
        obstacles=told.obstacles,
        follow_up=told.follow_up,
    )


def report_of_case(conn: Connection, office: Office, processes: Iterable[Process], case_id: str, on: date) -> Report:
    """The report of a case: as it was signed, or as it runs now. Raises NotFound, NotNow where it names no time yet."""
    case = case_store.load(conn, case_id)
    if case.process != PROCESS:
        raise no_such_case(case.id)
    found = signed(conn, office, case.id)
    if found is not None:
        return found
    if case.form.get("year") is None or case.form.get("quarter") is None:
        raise NotNow("Laporan ini belum menyebut tahun dan triwulannya. Isilah draf itu lebih dahulu.")
    report = running(conn, office, processes, Period(case.form["year"], case.form["quarter"]), on)
    return msgspec.structs.replace(report, case_id=case.id)


# --- For whom --------------------------------------------------------------------------------------------------------


def seen_running(conn: Connection, engine: Engine, caller: Caller, at: datetime, written: str) -> Report:
    """The running report for a caller. Raises NotFound for whoever reads no reports, and for a time that there is not."""
    on = engine.office.day(at)
    period = read_period(written)
    if period is None or not reads_reports(conn, engine.office, caller, on):
        raise NotFound("Laporan itu tidak ada, atau bukan untuk Anda lihat.")
    caller.looked_at.append(None)
    processes = tuple(engine.registry.processes.values())
    return _for(conn, processes, caller, on, running(conn, engine.office, processes, period, on))


def seen_of_case(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> Report:
    """The report of a case for a caller. Raises NotFound, NotNow."""
    on = engine.office.day(at)
    case = case_store.load(conn, case_id)
    if case.process != PROCESS or not reads_reports(conn, engine.office, caller, on):
        raise no_such_case(case.id)
    sight_of(conn, engine.registry.process(PROCESS), case, caller)
    processes = tuple(engine.registry.processes.values())
    return _for(conn, processes, caller, on, report_of_case(conn, engine.office, processes, case.id, on))


def reads_reports(conn: Connection, office: Office, caller: Caller, on: date) -> bool:
    """Whether reports are for somebody: who compiles, signs, passes on or receives them, and auditors within an assignment."""
    who = caller.person_id
    posts = [post for post in (office.post(conn, name) for name in POSTS) if post is not None]
    lent = exists().where(mandates.c.receiver_id == who, mandates.c.position_id.in_(posts), in_force(on))
    reads = or_(
        exists().where(group_members.c.person_id == who, group_members.c.group_name == COMPILERS),
        exists().where(positions.c.id.in_(posts), positions.c.holder_id == who),
        lent,
        assignments_in_force(who, on).exists(),
    )
    return bool(conn.execute(select(reads)).scalar_one())


def _for(conn: Connection, processes: tuple[Process, ...], caller: Caller, on: date, report: Report) -> Report:
    """A report with the cases that the caller may open; the numbers stay as they are."""
    named = {
        case_id for section in report.figures for row in section.lines for cell in row.cells for case_id in cell.cases
    }
    named |= {case_id for each in report.corrections for case_id in (*each.added, *each.removed)}
    visible: set[str] = set()
    ordered = sorted(named)
    for start in range(0, len(ordered), PAGE):
        shown = cases.c.id.in_(ordered[start : start + PAGE]) & seen_cases(processes, caller.person_id, on, caller.only)
        visible.update(conn.execute(select(cases.c.id).where(shown)).scalars())
    if visible == named:
        return report

    def kept(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(case_id for case_id in ids if case_id in visible)

    def line(row: Row) -> Row:
        cells = tuple(Cell(value=cell.value, cases=kept(cell.cases)) for cell in row.cells)
        return msgspec.structs.replace(row, cells=cells)

    return msgspec.structs.replace(
        report,
        figures=tuple(
            msgspec.structs.replace(
                section, rows=tuple(map(line, section.rows)), total=section.total and line(section.total)
            )
            for section in report.figures
        ),
        corrections=tuple(
            msgspec.structs.replace(each, added=kept(each.added), removed=kept(each.removed))
            for each in report.corrections
        ),
    )
