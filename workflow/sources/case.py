"""The sources of facts about the host, the money and what stands on record within the case. See ``facts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from policies.budget import Fund
from policies.credit import HOME, is_abroad
from policies.records import Agreement, BudgetLine, Proposal
from workflow.budgets import books
from workflow.engine.recorded_entries import Recorded, inherited, marked_entries, recorded
from workflow.facts import SOURCES, NeedsFields, Situation, source
from workflow.tables import (
    agreements,
    budgets,
    partners,
    positions,
    units,
)
from workflow.tables import closed_years as closed


def period(situation: Situation) -> tuple[date, date]:
    """The first and the last day that the form asks for. Raises NeedsFields where it does not say yet."""
    names = situation.process.period or ("", "")
    missing = [name for name in names if not situation.form.get(name)]
    if missing:
        raise NeedsFields(*missing)
    first, last = (msgspec.convert(situation.form[name], date, strict=False) for name in names)
    return first, last


# --- The host --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Host:
    """The institution that the form names; ``unit_id`` where it is one of our own. ``country``: in Indonesian."""

    name: str
    head: str
    address: str
    city: str
    unit_id: str | None
    partner_id: str | None
    country: str = HOME

    @property
    def country_abroad(self) -> str:
        """The country, where it is named: abroad."""
        return self.country if is_abroad(self.country) else ""

    @property
    def place(self) -> str:
        """Where letters find it: the city, and abroad the country."""
        return ", ".join(part for part in (self.city, self.country_abroad) if part)


def host_named(situation: Situation) -> Host | None:
    """The host that the form names; None where it names none that is known."""
    if "host_named" not in situation.cache:
        situation.cache["host_named"] = _look_up_host(situation)
    found: Host | None = situation.cache["host_named"]
    return found


def _look_up_host(situation: Situation) -> Host | None:
    field = situation.process.host_field
    kind, _, code = str(situation.form.get(field) or "").partition(":")
    if not code:
        raise NeedsFields(field)
    if kind == "partner":
        found = situation.look_up(_PARTNER, partner=code)
        if not found:
            return None
        row = found[0]
        return Host(row.name, f"Pimpinan {row.name}", row.address, row.city, None, row.id, row.country)
    if kind != "unit":
        return None
    return next(
        (
            Host(row.name, row.title or f"Kepala {row.name}", "", situation.office.profile.seat, row.id, None)
            for row in situation.look_up(_UNIT, unit=code)
        ),
        None,
    )


_PARTNER = select(partners).where(partners.c.id == bindparam("partner"))
_UNIT = (
    select(units.c.id, units.c.name, positions.c.title)
    .join_from(units, positions, units.c.head_position_id == positions.c.id, isouter=True)
    .where(units.c.id == bindparam("unit"))
)


@source()
def host_name(situation: Situation) -> str | None:
    """The host's name; None where it is not registered."""
    found = host_named(situation)
    return found.name if found else None


@source()
def host_unit(situation: Situation) -> str | None:
    """The unit that is the host; None for a partner."""
    found = host_named(situation)
    return found.unit_id if found else None


@source()
def host_inside(situation: Situation) -> bool:
    """Whether the host is a unit of our own."""
    return host_unit(situation) is not None


@source()
def host_country(situation: Situation) -> str:
    """The country that the host is in; a unit of our own is at home, and so is a partner of which nothing else is recorded."""
    found = host_named(situation)
    return found.country if found else HOME


@source(attestable=True, name="agreements")
def agreements_with_host(situation: Situation) -> tuple[Agreement, ...]:
    """Agreements with the host, whenever in force."""
    found = host_named(situation)
    rows = situation.look_up(_AGREEMENTS, partner=found.partner_id if found else None)
    return tuple(Agreement(row.kind, row.our_number, row.from_on, row.until_on) for row in rows)


_AGREEMENTS = select(agreements).where(agreements.c.partner_id == bindparam("partner")).order_by(agreements.c.from_on)


# --- Money -----------------------------------------------------------------------------------------------------------


def _budget_locks(situation: Situation) -> Iterable[str]:
    """Every line that a step may touch: those that are chosen, and those that the case has to do with already."""
    chosen = [
        situation.given.get("budget_line"),
        situation.form.get("budget_line"),
        situation.given.get("next_budget_line"),
    ]
    held_too = (name for case_id in _holders(situation) for name in books.lock_names(situation.conn, case_id))
    return {*(f"budget:{line}" for line in chosen if line), *held_too}


def _holders(situation: Situation) -> tuple[str, ...]:
    """The cases whose money counts as this one's: its own, and that of the one whose place it takes."""
    return (situation.case.id, *([situation.instead_of.id] if situation.instead_of else []))


def budget_id(situation: Situation) -> str | None:
    """The budget line of the request; None where none is chosen."""
    found: str | None = situation.form.get("budget_line") or None
    return found


@source(locks=_budget_locks)
def budget(situation: Situation) -> BudgetLine | None:
    """The chosen line and what is free on it; None where none is chosen or it does not exist."""
    return line_of(situation, budget_id(situation))


@source(locks=_budget_locks)
def next_budget(situation: Situation) -> BudgetLine | None:
    """The line of the next year that is filled in for this step; None where none is, or it does not exist."""
    return line_of(situation, situation.given.get("next_budget_line"))


def line_of(situation: Situation, line_id: Any) -> BudgetLine | None:
    """A budget line and what is free on it; None where there is no such line."""
    row = situation.conn.execute(_LINE, {"line": str(line_id)}).one_or_none() if line_id else None
    if row is None:
        return None
    free = books.balance(situation.conn, row.id, "available")
    return BudgetLine(books.line_title(row.activity, row.account, row.year), row.year, free, row.id)


_LINE = select(budgets).where(budgets.c.id == bindparam("line"))


@source(locks=_budget_locks)
def held(situation: Situation) -> int:
    """What this case has reserved or committed on the chosen line, in rupiah."""
    return sum(
        amount
        for case_id in _holders(situation)
        for (line, account), amount in books.held_by(situation.conn, case_id).items()
        if line == budget_id(situation) and account != "spent"
    )


@source(locks=_budget_locks)
def funds(situation: Situation) -> tuple[Fund, ...]:
    """What the case has in the budget of each year: on the line that it holds money on, else the chosen one, else its latest."""
    conn, chosen = situation.conn, line_of(situation, budget_id(situation))
    by_year: dict[int, list[books.Holding]] = {chosen.year: []} if chosen else {}
    for each in books.standing(conn, situation.case.id):
        by_year.setdefault(each.year, []).append(each)
    return tuple(_fund(situation, year, by_year[year], chosen) for year in sorted(by_year))


def _fund(situation: Situation, year: int, holdings: list[books.Holding], chosen: BudgetLine | None) -> Fund:
    lines = [each for each in holdings if each.line]
    holding = [each for each in lines if each.account in books.HELD and each.amount]
    latest = max(holding or lines, key=lambda each: each.latest, default=None)
    line = chosen if chosen and chosen.year == year and not holding else line_of(situation, latest and latest.line)
    awaiting = sum(each.amount for each in holdings if each.account == books.AWAITING)
    if line is None:
        return Fund(year, "", "", 0, 0, 0, awaiting)
    ceiling, spent = (books.balance(situation.conn, line.line, account) for account in ("ceiling", "spent"))
    total = sum(each.amount for each in holding)
    return Fund(year, line.line, line.title, line.available, -ceiling - spent, total, awaiting)


@source()
def awaited_years(situation: Situation) -> tuple[int, ...]:
    """The years whose budget the case awaits for a part of its cost."""
    holdings = books.standing(situation.conn, situation.case.id)
    return tuple(sorted({each.year for each in holdings if each.account == books.AWAITING and each.amount}))


@source()
def closed_years(situation: Situation) -> tuple[int, ...]:
    """The budget years that are closed."""
    return tuple(situation.conn.execute(_CLOSED).scalars())


_CLOSED = select(closed.c.year).order_by(closed.c.year)


# --- Entries ---------------------------------------------------------------------------------------------------------


@source()
def attested(situation: Situation) -> dict[str, Any]:
    """Facts that verifiers put on record with a document, by name, the latest of each; but what another entry stated since."""
    latest = {str(entry.data["fact"]): entry for entry in recorded(situation, "attestation")}
    return {name: entry.data["value"] for name, entry in latest.items() if not _stated_since(situation, name, entry)}


def _stated_since(situation: Situation, name: str, attestation: Recorded) -> bool:
    kinds = SOURCES[name].stated_in if name in SOURCES else ()
    return any(each.written_at > attestation.written_at for kind in kinds for each in recorded(situation, kind))


@source()
def proposal(situation: Situation) -> Proposal | None:
    """The host's latest offer."""
    offers = inherited(situation, "host_proposal")
    return _offered(situation, offers[-1].data) if offers else None


@source()
def offer(situation: Situation) -> Proposal:
    """The host's offer as it is filled in for this step."""
    return _offered(situation, situation.given)


def _offered(situation: Situation, data: dict[str, Any]) -> Proposal:
    """An offer. A date that is the one asked for is no change; the step may have put the offered ones into its form already."""
    asked = situation.case.form
    first, last = (
        msgspec.convert(
            data.get(f"new_{name}") if data.get(f"new_{name}") != asked.get(name) else None, date | None, strict=False
        )
        for name in ("starts_on", "ends_on")
    )
    fee = msgspec.convert(data.get("fee", 0), int)
    return Proposal(first, last, fee, msgspec.convert(data.get("conditions", ""), str))


@source()
def consented(situation: Situation) -> bool:
    """Whether the head of the unit consented after the latest offer."""
    offers, consents = inherited(situation, "host_proposal"), inherited(situation, "consent")
    return bool(offers and consents and consents[-1].written_at >= offers[-1].written_at)


@source()
def confirmed_days(situation: Situation) -> tuple[date, ...]:
    """Days of the logbook that the host confirmed or a document attests."""
    return tuple(sorted({e.on_date for e in recorded(situation, "logbook") if e.status in ("confirmed", "attested")}))


@source()
def chosen_days(situation: Situation) -> tuple[date, ...]:
    """The days of the entries that the step's form chooses, of those that the step can mark."""
    return tuple(entry.on_date for entry in marked_entries(situation))


@source()
def stray_numbers(situation: Situation) -> tuple[int, ...]:
    """Numbers that the step's form chooses and that belong to no entry that the step can mark."""
    numbers = set(situation.given.get("numbers") or ())
    return tuple(sorted(numbers - {entry.number for entry in marked_entries(situation)}))


@source()
def attended_days(situation: Situation) -> int:
    """Different days confirmed or attested."""
    return len(confirmed_days(situation))


@source()
def planned_days(situation: Situation) -> int:
    """Working days of the period, by the calendar of the participant's unit; every day of one that has none, as a weekend."""
    first, last = period(situation)
    unit_id, calendar = situation.case.unit_id, situation.office.calendar
    working = calendar.working_days_between(first - timedelta(days=1), last, situation.office.week(unit_id), unit_id)
    return working or (last - first).days + 1


@source()
def ended_on(situation: Situation) -> date | None:
    """The last day, where it ended early."""
    return msgspec.convert(situation.case.memory.get("ended_on"), date | None, strict=False)


@source()
def assessed(situation: Situation) -> bool:
    """Whether the host has assessed, or the assessment was waived."""
    return bool(recorded(situation, "assessment") or recorded(situation, "waiver"))


@source()
def days_changed_since_assessment(situation: Situation) -> bool:
    """Whether a day was logged or confirmed after the assessment."""
    last = max((e.written_at for kind in ("assessment", "waiver") for e in recorded(situation, kind)), default=None)
    if last is None:
        return False
    return any(max(e.written_at, e.marked_at or e.written_at) > last for e in recorded(situation, "logbook"))
