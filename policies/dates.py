"""Dates as an Indonesian office writes them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def written(day: date) -> str:
    """``9 Maret 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def with_weekday(day: date) -> str:
    """``Senin, 9 Maret 2026``."""
    return f"{WEEKDAYS[day.weekday()]}, {written(day)}"


def days_after(day: date, days: int) -> date:
    """So many days later, and never beyond the last day that a calendar has."""
    return day + timedelta(days=min(days, (date.max - day).days))


def months_earlier(day: date, months: int) -> date:
    """The same day so many months before; the last day of a month that has no such day, the first day of all for one too early."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
