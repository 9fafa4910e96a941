"""How long what a closed case says is kept before its personal data is erased, by the kind of case."""

from __future__ import annotations

from datetime import date
from typing import Final

from policies.parameters import Law, NotInForce, Parameter, Value, parameter

#: The law by which personal data is erased once the time for keeping it is over.
BASIS: Final = "UU 27/2022 Pasal 42 ayat (1) huruf a dan Pasal 43 ayat (1) huruf a"

#: Full years from the day on which a case was closed, by process. What has none here is kept.
YEARS: Final[dict[str, Parameter[int]]] = {
    name: parameter(f"retention.{name}", int)
    for name in ("internship", "mentoring", "exchange", "incentive", "award_revocation", "award_round", "report")
}
#: Whether it is done without a list that a person has confirmed.
AUTOMATIC: Final = parameter("retention.automatic", int)


def years_kept(process: str, law: Law) -> Value[int] | None:
    """For how many years a closed case of a process is kept; None where nothing in force lets it be erased."""
    try:
        return law[YEARS[process]] if process in YEARS else None
    except NotInForce:
        return None


def kept_until(closed_on: date, years: int) -> date:
    """The first day on which what a case says may be erased; from 29 February on 1 March of a year that has none."""
    try:
        return closed_on.replace(year=closed_on.year + years)
    except ValueError:
        return date(closed_on.year + years, 3, 1)


def last_closed(today: date, years: int) -> date:
    """The last day on which a case was closed whose time is over today: the other way round of ``kept_until``."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # on 29 February, of a year that has none
        return date(today.year - years, 2, 28)
