"""What people type into fields, and what it stands for: numbers, dates and times as Indonesians write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Final

from workflow.telling.form_words import number

_MONTHS: Final = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")

_GROUPED: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3}){1,5}(,[0-9]{1,6})?")
_PLAIN: Final = re.compile(r"-?[0-9]{1,17}([.,][0-9]{1,6})?")
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"([0-9]{1,2})[.:]?([0-9]{2})(?:[.:]00)?")


def number_of(text: str, *, whole: bool) -> int | float | str:
    """``Rp 1.500.000`` or ``7,5`` as a number; as it stands where it is none. ``whole``: no other number will do."""
    bare = re.sub(r"^[Rr]p\.?|[\s\u00a0]", "", text.strip())
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif _PLAIN.fullmatch(bare):
        bare = bare.replace(",", ".")
    else:
        return text
    value = Decimal(bare)
    if value == value.to_integral_value():
        return int(value)
    return text if whole else float(value)


def number_shown(value: object, *, money: bool) -> str:
    """A number as it stands in its field; ``money`` with its thousands apart, which a year must not have."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    return number(value) if money else f"{Decimal(repr(value)):f}".replace(".", ",")


def day_of(day: str, month: str, year: str) -> str:
    """Three fields as ``2026-03-12``; as they were typed, in the order of the fields, where there is no such day."""
    typed = [part.strip() for part in (day, month, year)]
    name = typed[1][:3].lower()
    numbers = [typed[0], str(_MONTHS.index(name) + 1) if name in _MONTHS else typed[1], typed[2]]
    if all(re.fullmatch("[0-9]{1,4}", part) for part in numbers) and len(numbers[2]) == 4:
        try:
            return date(*(int(part) for part in reversed(numbers))).isoformat()
        except ValueError:
            pass
    return "-".join(typed) if any(typed) else ""


def day_shown(value: object) -> tuple[str, str, str]:
    """Day, month and year as they stand in their fields."""
    text = value.isoformat() if isinstance(value, date) else str(value or "")
    if _ISO_DAY.fullmatch(text):
        year, month, day = text.split("-")
        return day.lstrip("0"), month.lstrip("0"), year
    day, month, year, *_ = [*text.split("-", 2), "", "", ""]
    return day, month, year


def moment_of(day: str, clock: str, zone: tzinfo) -> str:
    """A day and a time as an instant with its zone; as they were typed where they are none."""
    found = _TIME.fullmatch(clock.strip())
    try:
        at = time(int(found[1]), int(found[2])) if found else None
        if at is not None and _ISO_DAY.fullmatch(day):
            return datetime.combine(date.fromisoformat(day), at, zone).isoformat()
    except ValueError:
        pass
    return f"{day}T{clock.strip()}" if day or clock.strip() else ""


def moment_shown(value: object, zone: tzinfo) -> tuple[str, str, str, str]:
    """Day, month, year and time as they stand in their fields, on the clocks of ``zone``."""
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        local = at.astimezone(zone)
        return (*day_shown(local.date()), f"{local:%H:%M}")
    day, _, clock = text.partition("T")
    return (*day_shown(day), clock)
