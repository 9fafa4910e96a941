"""Who has how many JP in the year so far, against the target of the law and the ceiling of contract staff."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, and_, or_, select

from policies.credit import PNS_YEARLY_TARGET, PPPK_YEARLY_CEILING
from policies.dates import written
from policies.hours import CALENDAR_YEAR
from policies.nip import Kind
from policies.parameters import Law
from workflow.hours.ledger import YEAR
from workflow.reports.parts import UNKNOWN, Cell, Row, Section, added, share
from workflow.reports.reading import Window, pages
from workflow.tables import hour_evidence, hour_postings, people

#: The columns: everybody; target reached (PNS); some JP, of contract staff up to their ceiling; none; above the ceiling (PPPK).
#: Everybody stands in one of the last four.
_ALL, _REACHED, _SOME, _NONE, _ABOVE = range(5)


@dataclass
class _Staff:
    """People by kind and column, and the cases that their JP come from."""

    goal: int
    ceiling: int
    numbers: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 5))
    cases: defaultdict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    def columns(self, kind: str, hours: int) -> tuple[int, int]:
        """Where somebody with so many JP is counted: contract staff by their ceiling, all others by the target."""
        if hours <= 0:
            return _ALL, _NONE
        if kind == Kind.PPPK:
            return _ALL, _ABOVE if hours > self.ceiling else _SOME
        return _ALL, _REACHED if hours >= self.goal else _SOME

    def row(self, kind: str) -> Row:
        """The line of one kind of staff."""
        numbers, ceiling = self.numbers[kind], kind == Kind.PPPK
        telling = (
            (numbers[_ABOVE], f"melampaui {self.ceiling} JP")
            if ceiling
            else (numbers[_REACHED], f"mencapai {self.goal} JP")
        )
        return Row(
            code=kind or "unknown",
            title=kind or UNKNOWN,
            notes=share(telling[0], numbers[_ALL], telling[1]),
            cells=tuple(
                Cell(value=value, cases=tuple(sorted(self.cases[kind, column]))) for column, value in enumerate(numbers)
            ),
        )


def target(conn: Connection, law: Law, window: Window) -> Section:
    """Staff by how many JP they have so far this year."""
    goal, ceiling, year = law[PNS_YEARLY_TARGET], law[PPPK_YEARLY_CEILING], window.period.year
    staff = _counted(conn, _Staff(goal.value, ceiling.value), window)
    kinds = sorted(staff.numbers, key=lambda kind: (not kind, kind != "PNS", kind))
    rows = tuple(staff.row(kind) for kind in kinds)
    return Section(
        code="target",
        title=f"Capaian {goal.value} JP dalam tahun {year}",
        heading="Jenis ASN",
        says=f"Pegawai menurut JP yang dicatat dalam tahun {year} sampai dengan {written(window.last)}. Target: setiap PNS "
        f"sekurang-kurangnya {goal.value} JP setahun ({goal.by}). PPPK tidak diukur dengan target itu: bagi mereka dihitung "
        f"paling banyak {ceiling.value} JP dalam satu tahun masa perjanjian kerja ({ceiling.by}). {CALENDAR_YEAR}",
        measures=(
            "Pegawai",
            f"{goal.value} JP atau lebih (PNS)",
            f"1 s.d. {goal.value - 1} JP (PPPK: 1 s.d. {ceiling.value} JP)",
            "Belum ada JP",
            f"Di atas {ceiling.value} JP (PPPK)",
        ),
        rows=rows,
        total=added(rows, 5),
    )


def _of_the_year(window: Window) -> Any:
    posted = hour_postings.c
    return and_(posted.account == YEAR, posted.year == window.period.year, posted.posted_at < window.ends_at)


def _in_service(window: Window) -> Any:
    return and_(people.c.kind == "staff", or_(people.c.left_on.is_(None), people.c.left_on > window.last))


def _counted(conn: Connection, staff: _Staff, window: Window) -> _Staff:
    # Whoever is in service is read once, so that a change of staff in the meantime does not count somebody twice.
    in_service = select(people.c.id, people.c.asn_kind).where(_in_service(window))
    kinds = {row.id: row.asn_kind or "" for row in conn.execute(in_service)}
    posted = _posted(conn, window)
    for person, kind in kinds.items():
        hours, sources = posted.get(person, _NOTHING)
        for column in staff.columns(kind, hours):
            staff.numbers[kind][column] += 1
            if sources:
                staff.cases[kind, column] |= sources
    return staff


#: JP in all, and the cases that they come from.
_Posted: TypeAlias = tuple[int, frozenset[str]]
_NOTHING: Final[_Posted] = (0, frozenset())


def _posted(conn: Connection, window: Window) -> dict[str, _Posted]:
    """What was posted in the year up to the end of the window, for each person of whom anything was."""
    posted = hour_postings.c
    query = (
        select(posted.id.label("key"), posted.person_id, posted.hours, hour_evidence.c.case_id)
        .join_from(hour_postings, hour_evidence, hour_evidence.c.id == posted.evidence_id)
        .where(_of_the_year(window), posted.hours != 0)
    )
    hours: Counter[str] = Counter()
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for row in pages(conn, query, posted.id):
        hours[row.person_id] += row.hours
        sources[row.person_id].add(row.case_id)
    return {person: (hours[person], frozenset(found)) for person, found in sources.items()}
