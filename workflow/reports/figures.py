"""The figures of a report: counted now, or as they were frozen when it was signed; and what changed since earlier reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from policies.report import Period
from workflow.definition import Process
from workflow.forms.report import FIGURES, Reported
from workflow.office import Office
from workflow.reports import hours, money, standing
from workflow.reports.breakdowns import HOURS, PARTICIPANTS, Counted, breakdowns
from workflow.reports.parts import Correction, Row, Section
from workflow.reports.reading import Kind, Window, credited, kinds, participations
from workflow.tables import cases, entries

#: The process whose cases are reports.
PROCESS = "report"

#: A number of an earlier report: the kind of activity and the column.
_Place = tuple[str, str]


@dataclass(frozen=True)
class Frozen:
    """A report as it was signed."""

    case_id: str
    signed_at: datetime
    reported: Reported


@dataclass
class _Number:
    title: str
    value: int
    cases: set[str]


def count(
    conn: Connection, office: Office, processes: Iterable[Process], period: Period, on: date
) -> tuple[Section, ...]:
    """Every section of a report, counted on a day. Raises NotInForce where the law of its last day knows no target."""
    found, window = kinds(processes), Window(period, on, office.zone)
    law = office.policies.on(window.last)
    return (
        *_counted(conn, found, window).sections(),
        standing.by_state(conn, found, window),
        hours.target(conn, law, window),
        money.budget(conn, window),
        *money.awaited(conn, window),
        standing.agreed(conn, law, window),
    )


def _counted(conn: Connection, found: Mapping[str, Kind], window: Window) -> Counted:
    counted = Counted(breakdowns(found))
    counted.add(participations(conn, found, window), ran=True)
    counted.add(credited(conn, window), ran=False)
    return counted


def frozen(conn: Connection, case_id: str) -> Frozen | None:
    """The report of a case as it was signed; None where it is not."""
    return next(iter(_frozen(conn, entries.c.case_id == case_id)), None)


def _frozen(conn: Connection, *which: object) -> list[Frozen]:
    query = (
        select(entries.c.case_id, entries.c.written_at, entries.c.data)
        .join_from(entries, cases)
        .where(cases.c.process == PROCESS, entries.c.kind == FIGURES.name, *which)  # type: ignore[arg-type]
        .order_by(entries.c.written_at, entries.c.id)
    )
    return [
        Frozen(row.case_id, row.written_at, msgspec.json.decode(row.data, type=Reported)) for row in conn.execute(query)
    ]


def corrections(
    conn: Connection, office: Office, processes: Iterable[Process], period: Period, on: date, *, apart_from: str = ""
) -> tuple[Correction, ...]:
    """What is another now than the reports of this year and the year before say, and no later report has said yet.

    Only what is counted is compared, by kind of activity: that somebody changed post since is no correction.
    """
    since = date(period.year - 1, 1, 1)
    earlier = [each for each in _frozen(conn, entries.c.on_date >= since) if each.case_id != apart_from]
    found = kinds(processes)
    changed: list[Correction] = []
    for report in earlier:
        then = Period(report.reported.year, report.reported.quarter)
        if then.year < period.year - 1:
            continue
        told = _told(report, earlier)
        now = _numbers(_counted(conn, found, Window(then, on, office.zone)).kinds())
        changed += _differences(report, told, now)
    return tuple(changed)


def _numbers(rows: Iterable[Row]) -> dict[_Place, _Number]:
    return {
        (row.code, measure): _Number(row.title, cell.value, set(cell.cases))
        for row in rows
        for measure, cell in zip((PARTICIPANTS, HOURS), row.cells, strict=True)
    }


def _told(report: Frozen, reports: Iterable[Frozen]) -> dict[_Place, _Number]:
    """The numbers of a report as the reports after it have corrected them."""
    section = next(section for section in report.reported.figures if section.code == "kind")
    numbers = _numbers(section.rows)
    for later in reports:
        for correction in later.reported.corrections:
            if correction.report == report.case_id:
                number = numbers.setdefault((correction.code, correction.measure), _Number(correction.title, 0, set()))
                number.value = correction.now
                number.cases = (number.cases | set(correction.added)) - set(correction.removed)
    return numbers


def _differences(report: Frozen, told: Mapping[_Place, _Number], now: Mapping[_Place, _Number]) -> Iterable[Correction]:
    for place in sorted({*told, *now}, key=lambda place: (place[0], place[1] != PARTICIPANTS)):
        named = now.get(place) or told[place]
        before = told.get(place) or _Number(named.title, 0, set())
        after = now.get(place) or _Number(named.title, 0, set())
        if before.value != after.value or before.cases != after.cases:
            yield Correction(
                report=report.case_id,
                year=report.reported.year,
                quarter=report.reported.quarter,
                code=place[0],
                title=named.title,
                measure=place[1],
                was=before.value,
                now=after.value,
                added=tuple(sorted(after.cases - before.cases)),
                removed=tuple(sorted(before.cases - after.cases)),
            )
