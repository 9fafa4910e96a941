"""Who may do what with a round: BKPSDM runs it, everyone answers for themselves, personnel officers for their unit.

Whoever belongs to a partner does not learn that there are rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from workflow.callers import Caller
from workflow.errors import NotYours
from workflow.matching.log import Round, load, no_such_round
from workflow.matching.told import Who
from workflow.tables import group_members

#: The group that runs rounds.
COORDINATORS: Final = "bkpsdm.verifier"


@dataclass(frozen=True)
class Rights:
    """What somebody may do with rounds. ``units``: for whose people they hand in as a personnel officer."""

    who: Who
    coordinates: bool
    units: frozenset[str]

    def answers_for(self, person: str, unit: str | None) -> bool:
        """Whether they may hand in for a person of a unit."""
        return self.coordinates or person == self.who.id or (unit is not None and unit in self.units)


def rights_of(conn: Connection, caller: Caller) -> Rights:
    """The rights of a caller who is of the agency."""
    query = select(group_members.c.group_name, group_members.c.unit_id)
    found = conn.execute(query.where(group_members.c.person_id == caller.person_id)).all()
    return Rights(
        Who(caller.person_id, caller.name),
        any(row.group_name == COORDINATORS for row in found),
        frozenset(row.unit_id for row in found if row.group_name == "personnel_officer"),
    )


def seen_round(conn: Connection, caller: Caller, round_id: str, *, lock: bool = False) -> tuple[Round, Rights]:
    """A round and what the caller may do with it. Raises NotFound, also for whoever belongs to a partner."""
    if caller.is_contact:
        raise no_such_round(round_id)
    rights = rights_of(conn, caller)
    return load(conn, round_id, lock=lock), rights


def run_round(conn: Connection, caller: Caller, round_id: str, *, lock: bool = False) -> tuple[Round, Who]:
    """The same for whoever runs it. Raises NotFound, NotYours."""
    found, rights = seen_round(conn, caller, round_id, lock=lock)
    require_coordinator(rights)
    return found, rights.who


def require_coordinator(rights: Rights) -> None:
    """Raises NotYours for whoever is not of the group that runs rounds."""
    if not rights.coordinates:
        raise NotYours(
            "Putaran mentoring dijalankan oleh Verifikator BKPSDM. Hubungi BKPSDM bila ada yang perlu diubah."
        )
