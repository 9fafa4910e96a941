"""Nominations as they stand, for figures and files: whose, of which kind, since when, scored or not, given or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select

from policies.civil_service import full_name
from workflow.awards.record import HANDED_OVER, PROCESS
from workflow.office import Office
from workflow.tables import cases, entries, people, units

#: The process by which an award is taken back after the hand-over, and the state in which it is.
REVOCATION: Final = "award_revocation"
REVOKED: Final = "revoked"
#: The states of a nomination in which the award was given.
GIVEN: Final = ("decreed", "awarded")


@dataclass(frozen=True)
class Given:
    """A nomination that a unit sent. ``scored``: by somebody of the panel; ``awarded``: decreed and not revoked since.

    ``handed_on``: the day of the hand-over, also where the award was revoked since.
    """

    case_id: str
    reference: str
    person_id: str
    name: str
    nip: str
    sex: str | None
    asn_kind: str | None
    grade: str | None
    unit_id: str
    unit: str
    kind: str
    thanks_by: str
    state: str
    without_money: bool
    nominated_on: date
    awarded_on: date | None
    handed_on: date | None
    scored: bool

    @property
    def awarded(self) -> bool:
        """Whether the award was given and stands."""
        return self.awarded_on is not None


def all_given(conn: Connection, office: Office) -> tuple[Given, ...]:
    """Every nomination that was sent to the personnel agency, the earliest first. In five statements."""
    dates, handed = _dates(conn), latest(conn.execute(HANDED_OVER))
    scored = set(conn.execute(_SCORED).scalars())
    revoked = revoked_awards(conn)
    found = []
    for row in conn.execute(_NOMINATIONS):
        nominated_on = dates.get((row.id, "submission"))
        if nominated_on is None:
            continue
        form = msgspec.json.decode(row.form)
        awarded_on = dates.get((row.id, "keppres")) or dates.get((row.id, "decree"))
        stands = row.state in GIVEN and row.id not in revoked
        found.append(
            Given(
                case_id=row.id,
                reference=row.reference,
                person_id=row.subject_id,
                name=full_name(row.front_title or "", row.name or "", row.back_title or ""),
                nip=row.nip or "",
                sex=row.sex,
                asn_kind=row.asn_kind,
                grade=row.grade,
                unit_id=row.unit_id or "",
                unit=row.unit_name or "",
                kind=str(form.get("kind", "")),
                thanks_by=str(form.get("thanks_by") or "certificate"),
                state=row.state,
                without_money=bool(form.get("without_money")),
                nominated_on=nominated_on,
                awarded_on=(awarded_on or office.day(row.closed_at or row.opened_at)) if stands else None,
                handed_on=date.fromisoformat(handed[row.id]["handed_on"]) if row.id in handed else None,
                scored=row.id in scored,
            )
        )
    return tuple(found)


def revoked_awards(conn: Connection) -> frozenset[str]:
    """The awards that were taken back by a case of their own: the ids of their nominations."""
    return frozenset(msgspec.json.decode(form).get("award_case", "") for form in conn.execute(_REVOKED).scalars())


def latest(rows: Iterable[Any]) -> Mapping[str, dict[str, Any]]:
    """What the last entry of each case says, by case."""
    return {row.case_id: msgspec.json.decode(row.data) for row in rows}


def _dates(conn: Connection) -> Mapping[tuple[str, str], date]:
    """The days of the entries that count: the first submission, the last of all others."""
    found: dict[tuple[str, str], date] = {}
    for row in conn.execute(_DATED):
        found[row.case_id, row.kind] = row.first_on if row.kind == "submission" else row.last_on
    return found


_NOMINATIONS = (
    select(
        *(cases.c[name] for name in ("id", "reference", "subject_id", "state", "form", "opened_at", "closed_at")),
        *(
            people.c[name]
            for name in ("name", "front_title", "back_title", "nip", "sex", "asn_kind", "grade", "unit_id")
        ),
        units.c.name.label("unit_name"),
    )
    .join_from(cases, people, people.c.id == cases.c.subject_id)
    .outerjoin(units, units.c.id == people.c.unit_id)
    .where(cases.c.process == PROCESS)
    .order_by(cases.c.opened_at, cases.c.id)
)
_DATED = (
    select(
        entries.c.case_id,
        entries.c.kind,
        func.min(entries.c.on_date).label("first_on"),
        func.max(entries.c.on_date).label("last_on"),
    )
    .join_from(entries, cases)
    .where(cases.c.process == PROCESS, entries.c.kind.in_(("submission", "decree", "keppres")))
    .group_by(entries.c.case_id, entries.c.kind)
)
_SCORED = (
    select(entries.c.case_id)
    .distinct()
    .join_from(entries, cases)
    .where(cases.c.process == PROCESS, entries.c.kind == "score")
)
_REVOKED = select(cases.c.form).where(cases.c.process == REVOCATION, cases.c.state == REVOKED)
