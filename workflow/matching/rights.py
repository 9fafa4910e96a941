"""Who may do what with a round: BKPSDM runs it, everyone answers for themselves, personnel officers for their unit.

Whoever takes part in a round does not run it. Auditors read all of it within their assignment, unless they take part.
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
APART: Final = (
    "Anda sendiri ikut putaran ini sebagai mentor atau mentee, sehingga tidak menjalankannya. Mintalah anggota lain "
    "Verifikator BKPSDM; bila tidak ada, mintalah administrator menambah anggota kelompok itu."
)


@dataclass(frozen=True)
class Rights:
    """What somebody may do with a round. ``units``: for whose people they hand in as a personnel officer.

    ``apart``: they would run it, but take part in it. ``audits``: they read it under an assignment.
    """

    who: Who
    coordinates: bool
    units: frozenset[str]
    apart: bool = False
    audits: bool = False

    @property
    def reads_all(self) -> bool:
        """Whether they see what everyone handed in and what is proposed."""
        return self.coordinates or self.audits

    def answers_for(self, person: str, unit: str | None) -> bool:
        """Whether they may hand in for a person of a unit."""
        return self.coordinates or person == self.who.id or (unit is not None and unit in self.units)


def rights_of(conn: Connection, caller: Caller, found: Round | None = None) -> Rights:
    """The rights of a caller who is of the agency; those with a round, where one is given."""
    query = select(group_members.c.group_name, group_members.c.unit_id)
    groups = conn.execute(query.where(group_members.c.person_id == caller.person_id)).all()
    takes_part = found is not None and found.takes_part(caller.person_id)
    runs = any(row.group_name == COORDINATORS for row in groups)
    return Rights(
        Who(caller.person_id, caller.name),
        runs and not takes_part,
        frozenset(row.unit_id for row in groups if row.group_name == "personnel_officer"),
        apart=runs and takes_part,
        audits=caller.assignment_id is not None and not takes_part,
    )


def seen_round(conn: Connection, caller: Caller, round_id: str, *, lock: bool = False) -> tuple[Round, Rights]:
    """A round and what the caller may do with it. Raises NotFound, also for whoever belongs to a partner."""
    if caller.is_contact:
        raise no_such_round(round_id)
    found = load(conn, round_id, lock=lock)
    return found, rights_of(conn, caller, found)


def run_round(conn: Connection, caller: Caller, round_id: str, *, lock: bool = False) -> tuple[Round, Who]:
    """The same for whoever runs it. Raises NotFound, NotYours."""
    found, rights = seen_round(conn, caller, round_id, lock=lock)
    require_coordinator(rights)
    return found, rights.who


def read_round(conn: Connection, caller: Caller, round_id: str) -> Round:
    """A round for those who see all of it: who runs it, and auditors. Raises NotFound, NotYours."""
    found, rights = seen_round(conn, caller, round_id)
    if not rights.audits:
        require_coordinator(rights)
    return found


def require_coordinator(rights: Rights) -> None:
    """Raises NotYours for whoever is not of the group that runs rounds, or takes part in this one."""
    if rights.apart:
        raise NotYours(APART)
    if not rights.coordinates:
        raise NotYours(
            "Putaran mentoring dijalankan oleh Verifikator BKPSDM. Hubungi BKPSDM bila ada yang perlu diubah."
        )
