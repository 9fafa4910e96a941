"""The sources of facts about the money of an award, and about the days on which it was decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from policies.records import (
    BudgetLine,
    Payment,
    SpentOn,
)
from workflow.budgets import books
from workflow.engine.recorded_entries import Recorded, recorded
from workflow.facts import Situation, source
from workflow.sources.award_round import nominations_in_round, round_locks, round_row
from workflow.sources.case import line_of


def _line_id(situation: Situation) -> str:
    """The line that bears the award: as it is chosen in this step, as it was chosen, or the round's."""
    row = round_row(situation)
    of_round = msgspec.json.decode(row.form).get("budget_line") if row is not None else ""
    return str(situation.given.get("budget_line") or situation.form.get("budget_line") or of_round or "")


def _line_locks(situation: Situation) -> Iterable[str]:
    line, held = _line_id(situation), books.lock_names(situation.conn, situation.case.id)
    return {*round_locks(situation), *([f"budget:{line}"] if line else []), *held}


@source(locks=_line_locks)
def award_budget(situation: Situation) -> BudgetLine | None:
    """The line that bears the award, and what is free on it; None where none is named, or there is no such line."""
    return line_of(situation, _line_id(situation))


@source(locks=_line_locks)
def promised_in_round(situation: Situation) -> int:
    """What the other nominations of the round hold, await of a later year or have spent, in rupiah."""
    others = (row.id for row in nominations_in_round(situation) if row.id != situation.case.id)
    return books.total_of(situation.conn, others)


@source()
def deferred_on(situation: Situation) -> date:
    """The day on which the award was put off for want of a budget: it stands deferred since."""
    return situation.case.entered_on


@source()
def decreed_on(situation: Situation) -> date | None:
    """The day of the decree, of a medal that of the Keppres; None before."""
    conferred = recorded(situation, "keppres")
    return _day_of(recorded(situation, "decree")) or (
        date.fromisoformat(conferred[-1].data["keppres_on"]) if conferred else None
    )


@source()
def proposed_upward_on(situation: Situation) -> date | None:
    """The day on which the regent proposed it to the President; None before."""
    return _day_of(recorded(situation, "upward"))


def _day_of(found: list[Recorded]) -> date | None:
    return found[-1].on_date if found else None


@source()
def payment(situation: Situation) -> Payment | None:
    """What was paid for the award, of a revocation for the one that it names; None where nothing was."""
    return paid_in(situation, _award_case(situation))


def _award_case(situation: Situation) -> str:
    return str(situation.form.get("award_case") or situation.case.id)


def _award_lines(situation: Situation) -> Iterable[str]:
    """What is paid back and what is paid out of a line at once wait for each other."""
    return books.lock_names(situation.conn, _award_case(situation))


@source(locks=_award_lines)
def award_spent(situation: Situation) -> tuple[SpentOn, ...]:
    """What was spent for the award, of a revocation for the one that it names, by line; nothing where nothing was."""
    found = books.standing(situation.conn, _award_case(situation))
    return tuple(_spent(situation, each) for each in found if each.account == "spent" and each.line and each.amount > 0)


def _spent(situation: Situation, each: books.Holding) -> SpentOn:
    line = line_of(situation, each.line)
    return SpentOn(each.line, line.title if line else "", each.year, each.amount)


def paid_in(situation: Situation, case_id: str) -> Payment | None:
    """What was paid for the award of a case; None where nothing was."""
    found = recorded(situation, "payment", of_case=case_id)
    if not found:
        return None
    paid = found[-1].data
    return Payment(paid["gross"], paid["tax"], paid["net"], paid["sp2d_number"], date.fromisoformat(paid["sp2d_on"]))
