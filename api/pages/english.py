"""Pages in English: the catalogue, read when English is first asked for, and how English writes days, times and figures.

The catalogue is templates/language/en.po, compiled by ``make setup``. What a process file, a form or a page says by name (states,
steps, roles, labels, hints) is looked up there where a template reads it: see ``EnglishPages``. What the law says, why, and what
letters say is in no catalogue and stays Indonesian.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from typing import Any, Final

from babel.dates import format_date
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from api.pages.assets import BUILT, NotBuilt
from workflow.letters.words import moment

#: Attributes that hold words of ours; so do all whose names end in ``_title``. What people typed stands in others, but for names
#: that they gave, such as a cohort's, which the catalogue does not have.
_WORDS: Final = frozenset({"title", "label", "hint", "says", "fault", "detail", "heading", "where"})

#: What is said of a field where forms are read, where its label is put before it.
_COMPLAINTS: Final = (
    "%(label)s belum diisi.",
    "%(label)s: harus berupa tanggal yang ada, misalnya 27 3 2026.",
    "%(label)s: harus berupa tanggal dan jam misalnya 27 3 2026 pukul 08.00.",
    "%(label)s: harus berupa angka.",
    "%(label)s: harus berupa bilangan bulat.",
    "%(label)s: pilih ya atau tidak.",
)


class English(str):
    """A text that has been translated, so that it is not taken for one that stayed Indonesian."""

    __slots__ = ()


class EnglishPages(Environment):
    """Templates that read every word of ours in English where the catalogue has it."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``state.title``."""
        return _read(attribute, super().getattr(obj, attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``step["title"]``, and the ``title`` of each of several."""
        return _read(argument, super().getitem(obj, argument))


@cache
def catalogue() -> GNUTranslations:
    """All that is said in English. Raises NotBuilt."""
    try:
        with (BUILT / "en.mo").open("rb") as file:
            return GNUTranslations(file)
    except FileNotFoundError:
        raise NotBuilt(f"{BUILT}: en.mo belum ada. Jalankan: make setup") from None


def english(text: str) -> str:
    """A text in English; as it is where the catalogue does not have it."""
    if not text or type(text) is not str:
        return text
    said = catalogue().gettext(text)
    return _complaint(text) if said == text else English(said)


def _complaint(text: str) -> str:
    for complaint in _COMPLAINTS:
        label = text.removesuffix(complaint.removeprefix("%(label)s"))
        if label != text:
            return English(catalogue().gettext(complaint) % {"label": catalogue().gettext(label)})
    return text


def told(text: Any) -> Any:
    """A text in English; where there is no English for it, marked as Indonesian, for whoever has pages read aloud."""
    said = english(text) if isinstance(text, str) else text
    if type(said) is not str or not said:
        return said
    return Markup('<span lang="id">{}</span>').format(said)


def long_date(day: date) -> str:
    """``12 March 2026``."""
    return format_date(day, "d MMMM y", locale="en_GB")


@pass_context
def instant(context: Context, at: datetime) -> str:
    """An instant on the agency's clock: ``12 March 2026, 10:15 WIB``."""
    zone = context["zone"]
    local, (_, _, named) = at.astimezone(zone), moment(at, zone).rpartition(" ")
    return f"{long_date(local.date())}, {local:%H:%M} {named}"


def number(value: float, decimals: int = 2) -> str:
    """``1,500,000``, ``7.5``."""
    whole, _, broken = f"{value:,.{decimals}f}".partition(".")
    broken = broken.rstrip("0")
    return whole + (f".{broken}" if broken else "")


def rupiah(amount: int) -> str:
    """Whole rupiah: ``Rp1,500,000``."""
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}"


def _read(name: Any, value: Any) -> Any:
    is_ours = type(value) is str and isinstance(name, str) and (name in _WORDS or name.endswith("_title"))
    return english(value) if is_ours else value


#: How templates write what is not a text of ours.
FILTERS: Final[dict[str, Any]] = {
    "long_date": long_date,
    "number": number,
    "rupiah": rupiah,
    "instant": instant,
    "told": told,
}
