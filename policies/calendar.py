"""Working days of the agency and its units: what counts, what does not, and by which decree.

Weekly rest, national holidays, collective leave and local holidays come from ``calendar.toml``. A year whose decree is
not known counts weekly rest and the fixed-date holidays only; a count that touches one is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from policies.dates import WEEKDAYS, days_after, with_weekday
from policies.files import PolicyError, Table, layers
from policies.regulations import Regulations

FILE = "calendar.toml"

#: No text was found that says so: the day of receipt is not counted, and what is received on a day of rest counts as
#: received on the next working day.
RECEIPT_BY = "Praktik daerah"

_YEAR_KEYS = ("by", "holidays", "collective_leave")
_DAY_KEYS = ("on", "says", "by")
_DAY_EXAMPLE = '{ on = 2026-01-01, says = "Tahun Baru" }'
_LOCAL_EXAMPLE = '{ on = 2026-10-12, says = "Hari jadi kabupaten", by = "...", units = ["RSUD"] }'
_ONE_DAY = timedelta(days=1)


class Week(StrEnum):
    """Working days a week of a unit."""

    FIVE_DAY = "5"
    SIX_DAY = "6"


@dataclass(frozen=True)
class Closed:
    """Why a day is no working day, and by which article."""

    says: str
    by: str


@dataclass(frozen=True)
class CountedDay:
    """A line of a receipt. ``number`` is the working day's number, 0 for the day of receipt, None for a day skipped."""

    day: date
    counted: bool
    number: int | None
    why: str
    by: str


@dataclass(frozen=True)
class Count:
    """Working days counted from a day of receipt, with the reason for each day in between.

    ``received`` is day 0: ``start`` itself, or the next working day after it.
    """

    start: date
    days: int
    received: date
    due: date
    receipt: tuple[CountedDay, ...]
    unknown_years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether it touches a year whose holiday decree is not known."""
        return bool(self.unknown_years)

    @property
    def says(self) -> str:
        """The result in one sentence."""
        *earlier, last = (str(year) for year in self.unknown_years or (self.due.year,))
        years = f"{', '.join(earlier)} dan {last}" if earlier else last
        tail = f" (sementara, karena keputusan hari libur {years} belum tercatat)" if self.provisional else ""
        return f"{self.days} hari kerja sejak {with_weekday(self.start)}: jatuh pada {with_weekday(self.due)}{tail}."


Closures = Mapping[date, Closed]


@dataclass(frozen=True)
class WorkCalendar:
    """The working days as shipped, with the agency's own decrees and local holidays laid over them."""

    rest: Mapping[Week, Mapping[int, Closed]]
    fixed: tuple[tuple[int, int, Closed], ...]
    decrees: Mapping[int, Closures]
    local: Mapping[str | None, Closures]
    _years: dict[int, Closures] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, overlay: Path | None = None) -> WorkCalendar:
        """Read the shipped calendar and then the agency's. Raises PolicyError for the first thing that is wrong."""
        regulations = Regulations.load(overlay)
        decrees: dict[int, Closures] = {}
        local: dict[str | None, dict[date, Closed]] = {None: {}}
        (shipped, tables), *own = layers(overlay, FILE)
        rest = _weekly_rest(shipped, tables.pop("week"), regulations)
        fixed = _fixed(shipped, tables.pop("fixed"), regulations)
        for file, layer in [(shipped, tables), *own]:
            for key, content in layer.items():
                if key == "local":
                    _add_local(local, file, content, regulations)
                else:
                    year = _year_of(file, key)
                    decrees[year] = _decree(file, year, content, regulations)
        return cls(rest, fixed, decrees, local)

    def knows(self, year: int) -> bool:
        """Whether the holiday decree of a year is known."""
        return year in self.decrees

    def closed(self, day: date, week: Week = Week.FIVE_DAY, unit: str | None = None) -> Closed | None:
        """Why a day is no working day; None where it is one. A holiday is named before the weekly rest it falls on."""
        return self._year(day.year).get(day) or self.local.get(unit, {}).get(day) or self.rest[week].get(day.weekday())

    def is_working(self, day: date, week: Week = Week.FIVE_DAY, unit: str | None = None) -> bool:
        """Whether the unit works on a day."""
        return self.closed(day, week, unit) is None

    def next_working_day(self, day: date, week: Week = Week.FIVE_DAY, unit: str | None = None) -> date:
        """The day itself where it is a working day, else the first one after it. Never beyond the last day there is."""
        while day < date.max and not self.is_working(day, week, unit):
            day += _ONE_DAY
        return day

    def count(
        self,
        start: date,
        days: int,
        week: Week = Week.FIVE_DAY,
        unit: str | None = None,
        *,
        after_hours: bool = False,
    ) -> Count:
        """Count ``days`` working days from the day of receipt, which is day 0.

        What is received on a day of rest, or ``after_hours``, counts as received on the next working day. Zero days are
        due on that day of receipt. It ends on the last day there is at the latest. Raises ValueError for a negative
        number.
        """
        if days < 0:
            raise ValueError(f"days must be zero or more, not {days}")
        receipt = self._until_received(start, week, unit, after_hours)
        received = day = receipt[-1].day
        number = 0
        while number < days and day < date.max:
            day += _ONE_DAY
            closed = self.closed(day, week, unit)
            number += closed is None
            receipt.append(self._line(day, number, closed, week))
        unknown = tuple(year for year in range(start.year, day.year + 1) if not self.knows(year))
        return Count(start, days, received, day, tuple(receipt), unknown)

    def working_days_between(self, start: date, end: date, week: Week = Week.FIVE_DAY, unit: str | None = None) -> int:
        """Working days after ``start`` up to and with ``end``; none where ``end`` is not later."""
        span = (start + timedelta(days=ahead) for ahead in range(1, (end - start).days + 1))
        return sum(self.is_working(day, week, unit) for day in span)

    def days_left(self, on: date, due: date, week: Week = Week.FIVE_DAY, unit: str | None = None) -> int:
        """The working days that, counted from ``on``, end at ``due``; 0 on the last day and after it."""
        return self.working_days_between(self.next_working_day(on, week, unit), due, week, unit)

    def _until_received(self, start: date, week: Week, unit: str | None, after_hours: bool) -> list[CountedDay]:
        lines: list[CountedDay] = []
        received = self.next_working_day(days_after(start, 1) if after_hours else start, week, unit)
        if received != start:
            closed = self.closed(start, week, unit)
            why = f"Diterima pada hari libur ({closed.says})" if closed else "Diterima setelah jam kerja"
            lines.append(CountedDay(start, False, None, why, closed.by if closed else RECEIPT_BY))
            for ahead in range(1, (received - start).days):
                day = start + timedelta(days=ahead)
                lines.append(self._line(day, 0, self.closed(day, week, unit), week))
        why = "Hari penerimaan, belum dihitung" if not lines else "Dianggap diterima pada hari ini, belum dihitung"
        return [*lines, CountedDay(received, False, 0, why, RECEIPT_BY)]

    def _line(self, day: date, number: int, closed: Closed | None, week: Week) -> CountedDay:
        if closed is not None:
            return CountedDay(day, False, None, closed.says, closed.by)
        tail = "" if self.knows(day.year) else f", sementara: keputusan hari libur {day.year} belum tercatat"
        worked_by = next(iter(self.rest[week].values())).by
        return CountedDay(day, True, number, f"Hari kerja ke-{number}{tail}", worked_by)

    def _year(self, year: int) -> Closures:
        # Counting asks day by day, in each transition: the agency-wide days of a year are put together once.
        if year not in self._years:
            decree = self.decrees.get(year)
            days = decree if decree is not None else {date(year, month, day): why for month, day, why in self.fixed}
            ours = {day: why for day, why in self.local[None].items() if day.year == year}
            self._years[year] = {**ours, **days}
        return self._years[year]


def _weekly_rest(file: Path, content: Any, regulations: Regulations) -> dict[Week, dict[int, Closed]]:
    rest: dict[Week, dict[int, Closed]] = {}
    for week in Week:
        table = Table.of(file, f"week.{week}", content[week.value], ("rest", "by"), '{ rest = ["Minggu"], by = "..." }')
        by = regulations.cited(table)
        rest[week] = {WEEKDAYS.index(name): Closed(name, by) for name in table.content["rest"]}
    return rest


def _fixed(file: Path, content: Any, regulations: Regulations) -> tuple[tuple[int, int, Closed], ...]:
    table = Table.of(file, "fixed", content, ("days",), "[fixed]")
    rows = table.rows("days", ("month", "day", "says", "by"), "[fixed]")
    return tuple(
        (row.content["month"], row.content["day"], Closed(row.text("says"), regulations.cited(row))) for row in rows
    )


def _year_of(file: Path, key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) == 4 and key != "0000"):
        raise PolicyError(file, key, "kunci tidak dikenal; yang dikenal: tahun (misalnya 2027) dan local")
    return int(key)


def _decree(file: Path, year: int, content: Any, regulations: Regulations) -> dict[date, Closed]:
    """The days of one year. A day has its own ``by`` where another decree added it."""
    table = Table.of(file, f"{year:04d}", content, _YEAR_KEYS, f"[{year}]")
    by = regulations.cited(table)
    if "holidays" not in table.content:
        raise table.wrong("holidays harus diisi dengan hari libur nasional tahun itu")
    days: dict[date, Closed] = {}
    for row in (row for name in _YEAR_KEYS[1:] for row in table.rows(name, _DAY_KEYS, _DAY_EXAMPLE)):
        day = row.day("on")
        if day.year != year:
            raise row.wrong(f"tanggal {day.isoformat()} tidak termasuk tahun {year}")
        if day in days:
            raise row.wrong(f"tanggal {day.isoformat()} tertulis dua kali; gabungkan namanya dalam satu baris")
        days[day] = Closed(row.text("says"), regulations.cited(row) if "by" in row.content else by)
    if not days:
        raise table.wrong("holidays harus berisi sekurang-kurangnya satu hari libur")
    return days


def _add_local(local: dict[str | None, dict[date, Closed]], file: Path, content: Any, regulations: Regulations) -> None:
    table = Table(file, "local", {"local": content})
    for row in table.rows("local", (*_DAY_KEYS, "units"), _LOCAL_EXAMPLE):
        closed = Closed(row.text("says"), regulations.cited(row))
        units = row.content.get("units", [None])
        if not isinstance(units, list) or not units:
            raise row.wrong('units harus berupa daftar kode unit, misalnya ["RSUD"]; tanpa units berlaku bagi semua')
        for unit in units:
            if unit is not None and (not isinstance(unit, str) or not unit.strip()):
                raise row.wrong(f"kode unit {unit!r} harus berupa teks")
            local.setdefault(unit, {})[row.day("on")] = closed
