"""Countries as lists of partners name them, in Indonesian or English; kept in Indonesian."""

from __future__ import annotations

from functools import lru_cache

from policies.civil_service import plain
from policies.credit import HOME

#: As letters call some that the list of names calls otherwise.
_SPOKEN = {"BN": "Brunei Darussalam", "GB": "Inggris", "HK": "Hong Kong", "MM": "Myanmar", "MO": "Makau"}
#: What else people write.
_ALSO = {
    "amerika": "Amerika Serikat",
    "as": "Amerika Serikat",
    "cina": "Tiongkok",
    "korea": "Korea Selatan",
    "nkri": HOME,
    "republik indonesia": HOME,
    "republik rakyat tiongkok": "Tiongkok",
    "ri": HOME,
    "usa": "Amerika Serikat",
}
#: Two letters stand for countries and a few groups of them; three digits stand for continents.
_GROUPS = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def read_country(text: str) -> str:
    """The Indonesian name of the country that a text names. Raises ValueError where it names none.

    A misspelt name must not pass for another country: abroad more hours are credited.
    """
    found = _names().get(plain(text))
    if found is None:
        raise ValueError(
            f"negara {text.strip()!r} tidak dikenal; tulis namanya dalam bahasa Indonesia, misalnya Malaysia"
        )
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 - slow to import, and only some lists name a country

    indonesian, english = Locale.parse("id").territories, Locale.parse("en").territories
    names = dict(_ALSO)
    for code in sorted(indonesian):
        if len(code) == 2 and code not in _GROUPS:
            kept = _SPOKEN.get(code, indonesian[code])
            names |= {plain(each): kept for each in (english.get(code, kept), indonesian[code], kept)}
    return names
