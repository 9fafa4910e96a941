"""The facts of awards that are taken back: before the hand-over in their own case, after it in another that names it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Row, bindparam, select

from policies.award_revocation import GROUNDS
from policies.records import AwardRecord
from policies.wording import with_full_stop
from workflow.engine.recorded_entries import recorded
from workflow.facts import NeedsFields, Situation, source
from workflow.letters.bodies.awards import MoneyReturn
from workflow.letters.kinds.incentive import REVOKED_WITH_IT
from workflow.letters.parts import LetterFrame, LetterReference
from workflow.letters.sources import in_force, reference
from workflow.sources.award_letters import person_line
from workflow.sources.award_money import paid_in
from workflow.tables import cases, people

#: By which an award is given.
AWARDING: Final = ("award_decree", "award_unit_certificate", "award_thanks")


def _names_another(situation: Situation) -> bool:
    """Whether the case is a revocation that names the case of the award."""
    return "award_case" in situation.process.form.__struct_fields__


def _award_row(situation: Situation) -> Row[Any]:
    """The case of the award. Raises NeedsFields before it is named."""
    named = str(situation.form.get("award_case") or "") if _names_another(situation) else situation.case.id
    rows = situation.look_up(_AWARD, award=named) if named else ()
    if not rows:
        raise NeedsFields("award_case")
    return rows[0]


# --- The award -------------------------------------------------------------------------------------------------------


def _lock(situation: Situation) -> tuple[str, ...]:
    """Two do not take back the same award at once."""
    named = situation.form.get("award_case")
    return (f"award:{named}",) if named else ()


@source(locks=_lock)
def award(situation: Situation) -> AwardRecord | None:
    """The award that the case names; None where that was never decided."""
    row = _award_row(situation)
    decree = next(iter(_letters(situation, row.id, AWARDING)), None)
    keppres = recorded(situation, "keppres", of_case=row.id)
    decided, handed = (recorded(situation, kind, of_case=row.id) for kind in ("decree", "hand_over"))
    if not (decided or keppres):
        return None
    decreed_on = _day(keppres, "keppres_on") or (decree.dated_on if decree else decided[-1].on_date)
    return AwardRecord(
        case=row.id,
        reference=row.reference,
        person_id=row.subject_id,
        person_name=row.name,
        kind=_kind(row),
        state=row.state,
        decree_number=str(keppres[-1].data["keppres_number"]) if keppres else decree.number if decree else "",
        decreed_on=decreed_on,
        awarded_on=_day(handed, "handed_on"),
        payment=paid_in(situation, row.id),
        revoked=row.state == "revoked" or any(each.state == "revoked" for each in _revocations(situation, row.id)),
    )


def _kind(row: Row[Any]) -> str:
    return str(msgspec.json.decode(row.form).get("kind", ""))


def _day(found: list[Any], name: str) -> date | None:
    return date.fromisoformat(found[-1].data[name]) if found else None


@source(locks=_lock)
def open_revocations(situation: Situation) -> tuple[str, ...]:
    """References of other revocations of the same award that are not closed; of a draft nobody else is to know."""
    others = _revocations(situation, _award_row(situation).id)
    return tuple(each.reference for each in others if each.closed_at is None and each.state != "drafted")


def _revocations(situation: Situation, award_case: str) -> list[Row[Any]]:
    rows = situation.conn.execute(_REVOCATIONS, {"case": situation.case.id})
    return [row for row in rows if msgspec.json.decode(row.form).get("award_case") == award_case]


@source()
def holder_id(situation: Situation) -> str:
    """The id of the person whom the case is about."""
    return situation.case.subject_id


@source()
def revoked_kind(situation: Situation) -> str:
    """The kind of the award that is taken back."""
    return _kind(_award_row(situation))


# --- Letters ---------------------------------------------------------------------------------------------------------


def _letters(situation: Situation, case_id: str, kinds: tuple[str, ...]) -> tuple[LetterReference, ...]:
    """The letters of these kinds that are in force in the case of the award, the latest first."""
    return tuple(
        reference(msgspec.json.decode(row.frame, type=LetterFrame).title, row)
        for row in in_force(situation.conn, case_id)
        if row.kind in kinds
    )


@source()
def revoked_letters(situation: Situation) -> tuple[LetterReference, ...]:
    """Those by which it was awarded, the latest first."""
    return _letters(situation, _award_row(situation).id, REVOKED_WITH_IT)


@source()
def was_awarded_by_letter(situation: Situation) -> bool:
    """Whether a letter by which it was awarded is in force."""
    return bool(_letters(situation, _award_row(situation).id, AWARDING))


@source()
def revocation_reason(situation: Situation) -> str:
    """Why: as it was typed, of a revocation after the hand-over behind the ground that was chosen."""
    if not _names_another(situation):
        return str(situation.given.get("reason") or "")
    return f"{GROUNDS[str(situation.form['ground'])]}: {with_full_stop(str(situation.form['explanation']))}"


@source()
def revocation_rule(situation: Situation) -> str:
    """The full title of the instrument that the step names for it; empty where none is known."""
    found = situation.office.regulations.find(str(situation.given.get("rule") or ""))
    return found.title if found else ""


@source()
def money_returns(situation: Situation) -> tuple[MoneyReturn, ...]:
    """What was paid and what came back of it; nothing where nothing was paid."""
    row = _award_row(situation)
    paid = paid_in(situation, row.id)
    if paid is None:
        return ()
    given = situation.given
    return (
        MoneyReturn(
            name=person_line(situation, row.subject_id).name,
            paid=paid.gross,
            back=int(given.get("money_back") or 0),
            back_on=msgspec.convert(given.get("money_back_on"), date | None, strict=False),
            why=str(given.get("why_not_back") or ""),
            slip=str(given.get("return_slip") or "").strip(),
        ),
    )


_AWARD = (
    select(cases, people.c.name)
    .join_from(cases, people, people.c.id == cases.c.subject_id)
    .where(cases.c.id == bindparam("award"), cases.c.process == "incentive")
)
_REVOCATIONS = (
    select(cases)
    .where(cases.c.process == "award_revocation", cases.c.id != bindparam("case"))
    .order_by(cases.c.opened_at)
)
