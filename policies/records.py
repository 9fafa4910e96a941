"""What is on record about people, money and agreements: the small shapes that several policies ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEVELS = ("ringan", "sedang", "berat")

#: What an agreement with a partner can be called.
AGREEMENT_KINDS = ("Perjanjian Kerja Sama", "Nota Kesepahaman", "Nota Kesepakatan")


@dataclass(frozen=True)
class Sanction:
    """A disciplinary sanction. A bound that is not recorded is None, and then counts against the person until attested.

    Raises ValueError for a level that does not exist or an end before the start.
    """

    level: str
    from_on: date | None
    until_on: date | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", self.level.strip().lower())
        if self.level not in LEVELS:
            raise ValueError(f"tingkat hukuman disiplin {self.level!r} tidak dikenal; pilih {', '.join(LEVELS)}")
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValueError("hukuman disiplin tidak dapat berakhir sebelum mulai")

    def in_force(self, on: date) -> bool:
        """Whether it binds on a day; without dates it does."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True)
class Activity:
    """Another full-time activity of the same person."""

    title: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Headcount:
    """A group of colleagues, the person asked about included: how many there are, and how many others will be absent at once."""

    group: str
    total: int
    absent: int

    @property
    def present(self) -> int:
        """How many stay at work when the person leaves too."""
        return self.total - self.absent - 1


@dataclass(frozen=True)
class Agreement:
    """A Perjanjian Kerja Sama or Nota Kesepahaman with a partner."""

    kind: str
    number: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class BudgetLine:
    """A line of the year's budget and what is still free on it, in whole rupiah; ``line`` is its id."""

    title: str
    year: int
    available: int
    line: str = ""


@dataclass(frozen=True)
class Proposal:
    """What the host offered instead of the dates and cost asked for; None leaves a date as it was. The fee is in whole rupiah."""

    starts_on: date | None
    ends_on: date | None
    fee: int
    conditions: str

    @property
    def changes_dates_or_cost(self) -> bool:
        """Such an offer needs the consent of the unit's head first."""
        return self.starts_on is not None or self.ends_on is not None or self.fee > 0


@dataclass(frozen=True)
class Places:
    """How many a host takes at once in a section, and how many others are there at the most on a day of the period."""

    section: str
    number: int
    taken: int


@dataclass(frozen=True)
class Extension:
    """A longer period that was asked for and is not answered yet; the further cost in whole rupiah."""

    ends_on: date
    cost: int
    reason: str
    host_consents: bool


@dataclass(frozen=True)
class Move:
    """A participant works in another unit than when the case was opened.

    ``answer_by``: the last day on which the new head may answer; None where nobody is asked, or silence has continued.
    """

    unit: str
    answer_by: date | None
    answered: bool
