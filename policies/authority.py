"""Who acts while somebody is away: from which length an absence sends what waits for them to whoever stands above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.parameters import Law, parameter

LONG_ABSENCE_DAYS = parameter("authority.long_absence_days", int)


@dataclass(frozen=True)
class AbsenceFacts:
    """The first and the last day of an absence, and the day by which whoever is away should act; None where no time runs."""

    from_on: date
    until_on: date
    due_on: date | None


def is_away_too_long(facts: AbsenceFacts, law: Law) -> bool:
    """A long absence, counted whole, lets the task climb; a short one only where the task is due before they are back."""
    days = (facts.until_on - facts.from_on).days + 1
    return days >= law[LONG_ABSENCE_DAYS].value or (facts.due_on is not None and facts.due_on <= facts.until_on)
