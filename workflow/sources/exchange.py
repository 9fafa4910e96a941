"""The sources of facts that only an exchange of staff asks for. See ``facts.py``."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from policies.dates import written
from workflow.engine.recorded_entries import recorded
from workflow.facts import NeedsFields, Situation, source
from workflow.sources.case import agreements_with_host, period
from workflow.tables import units


@source()
def placed_name(situation: Situation) -> str | None:
    """The unit of ours in which the counterpart works, by its name; None where no such unit is known."""
    _, _, code = str(situation.form.get("placed_unit") or "").partition(":")
    if not code:
        raise NeedsFields("placed_unit")
    return next((row.name for row in situation.look_up(_UNIT, unit=code)), None)


@source()
def placed_at(situation: Situation) -> str:
    """The same for letters, which are issued where it is known."""
    return placed_name(situation) or str(situation.form["placed_unit"])


@source()
def agreement(situation: Situation) -> str:
    """The agreement with the partner that covers the whole period, as a letter names it; empty where there is none."""
    first, last = period(situation)
    covering = [each for each in agreements_with_host(situation) if each.from_on <= first and last <= each.until_on]
    return (
        f"{covering[-1].kind} Nomor {covering[-1].number} tanggal {written(covering[-1].from_on)}" if covering else ""
    )


@source()
def coordinated(situation: Situation) -> tuple[str, ...]:
    """With whom the exchange was coordinated, as recorded."""
    return tuple(str(entry.data["coordinated_with"]) for entry in recorded(situation, "coordination"))


_UNIT = select(units.c.name).where(units.c.id == bindparam("unit"))
