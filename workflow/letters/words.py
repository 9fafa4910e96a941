"""Dates, periods, money and lists, as Indonesian letters write them (EYD). No clock is read here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal

# Babel and num2words are imported inside the functions: together they cost the start of the server 80 ms.

_ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}


#: What a letter's file ends in, by what it is.
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}


def file_name(number: str, media_type: str) -> str:
    """The name under which a letter's file is saved, by its number: ``800-12-SETDA-2026.pdf``."""
    return number.replace("/", "-") + _ENDINGS.get(media_type, ".pdf")


def long_date(day: date) -> str:
    """``12 Maret 2026``."""
    from babel.dates import format_date  # noqa: PLC0415 - see above

    return format_date(day, "d MMMM y", locale="id")


def weekday(day: date) -> str:
    """``Kamis``."""
    from babel.dates import format_date  # noqa: PLC0415 - see above

    return format_date(day, "EEEE", locale="id")


def spelled_date(day: date) -> str:
    """``Kamis, tanggal dua belas bulan Maret tahun dua ribu dua puluh enam (12-03-2026)``."""
    from babel.dates import format_date  # noqa: PLC0415 - see above

    month = format_date(day, "MMMM", locale="id")
    return f"{weekday(day)}, tanggal {in_words(day.day)} bulan {month} tahun {in_words(day.year)} ({day:%d-%m-%Y})"


def period(first: date, last: date) -> str:
    """Two dates with what they share said once: ``2 s.d. 31 Maret 2026``, ``20 April s.d. 19 Mei 2026``."""
    if first == last:
        return long_date(first)
    if first.year != last.year:
        return f"{long_date(first)} s.d. {long_date(last)}"
    if first.month != last.month:
        return f"{long_date(first).rsplit(' ', 1)[0]} s.d. {long_date(last)}"
    return f"{first.day} s.d. {long_date(last)}"


def moment(instant: datetime, zone: tzinfo) -> str:
    """An aware instant on the clock of a zone: ``12 Maret 2026 pukul 10.15 WIB``."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone: an instant in a letter must be aware")
    local = instant.astimezone(zone)
    offset = local.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset is not None else 0
    name = _ZONE_NAMES.get(hours, f"UTC{hours:+d}")
    return f"{long_date(local.date())} pukul {local:%H.%M} {name}"


def span(starts: datetime, ends: datetime, zone: tzinfo) -> str:
    """From one instant to another on the clock of a zone: ``12 Maret 2026 pukul 08.00 s.d. 09.30 WIB``."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if first.date() != last.date():
        return f"{moment(starts, zone)} s.d. {moment(ends, zone)}"
    begun, _, name = moment(starts, zone).rpartition(" ")
    return f"{begun} s.d. {last:%H.%M} {name}"


def in_words(number: int) -> str:
    """Terbilang: ``dua puluh``, ``satu juta lima ratus ribu``."""
    from num2words import num2words  # noqa: PLC0415 - see above

    return str(num2words(number, lang="id"))


def counted(number: int) -> str:
    """A number with its words behind it, as letters count things: ``20 (dua puluh)``."""
    return f"{decimal(number)} ({in_words(number)})"


def decimal(number: int | Decimal) -> str:
    """A number with an Indonesian point and comma: ``1.500``, ``88,5``; no decimals where they are zero."""
    whole, _, fraction = f"{number:f}".partition(".") if isinstance(number, Decimal) else (str(number), "", "")
    grouped = f"{int(whole):,}".replace(",", ".")
    if whole.startswith("-") and not grouped.startswith("-"):
        grouped = f"-{grouped}"
    return f"{grouped},{fraction.rstrip('0')}" if fraction.strip("0") else grouped


def rupiah(amount: int) -> str:
    """Whole rupiah: ``Rp1.500.000,00``."""
    return f"{'-' if amount < 0 else ''}Rp{decimal(abs(amount))},00"


def rupiah_in_words(amount: int) -> str:
    """``Rp1.500.000,00 (satu juta lima ratus ribu rupiah)``."""
    return f"{rupiah(amount)} ({in_words(amount)} rupiah)"


def listing(items: Iterable[str], joined: str = "dan") -> str:
    """``A``, ``A dan B``, ``A, B, dan C``."""
    *rest, last = list(items) or [""]
    if not rest:
        return last
    return f"{rest[0]} {joined} {last}" if len(rest) == 1 else f"{', '.join(rest)}, {joined} {last}"


def begun_small(text: str) -> str:
    """The first letter small, for a phrase that stands within a sentence; an abbreviation stays as it is."""
    first = text.split(" ", 1)[0]
    return text if first.isupper() and len(first) > 1 else text[:1].lower() + text[1:]


def begun_large(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def without_stop(text: str) -> str:
    """What somebody typed, trimmed and without a final full stop, so that it can stand inside a sentence."""
    return text.strip().rstrip(".").rstrip()


def capital_name(name: str) -> str:
    """A name in capitals, its degrees as they are: ``Dr. H. BAGAS WIRAYUDHA, S.H., M.Si.``."""
    own, comma, degrees = name.partition(",")
    words = (word if word.endswith(".") else word.upper() for word in own.split(" "))
    return " ".join(words) + comma + degrees
