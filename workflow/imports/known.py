"""What the database already knows when an export arrives, read once, so that the rest of the import is plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from workflow.imports.staff import StaffRow
from workflow.office import REGENT
from workflow.people.agency import stored_profile
from workflow.tables import people, performances, positions, sanctions, units


@dataclass(slots=True)
class Post:
    """A position while the import works out who holds it and to whom it answers."""

    id: str
    unit_id: str | None
    subunit: str
    title: str
    echelon: str | None
    holder_id: str | None = None
    superior_id: str | None = None
    #: Not in the database yet.
    new: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """Staff by NIP, units by code, posts by id, predicates by person and year, sanctions by person."""

    staff: dict[str, dict[str, Any]]
    units: dict[str, dict[str, Any]]
    posts: dict[str, Post]
    predicates: dict[tuple[str, int], str]
    sanctions: dict[str, list[dict[str, Any]]]
    #: The unit whose head answers to the regent, where an agency profile names one and there is a regent.
    secretariat: str | None

    def serving(self, nip: str, on: date) -> bool:
        """Whether this NIP is known, and not as someone who has left by that day."""
        person = self.staff.get(nip)
        return person is not None and not has_left(person, on)


def has_left(person: dict[str, Any], on: date) -> bool:
    """Whether someone has left by a day; the day they leave is their first day away."""
    return person["left_on"] is not None and person["left_on"] <= on


def read_known(conn: Connection) -> Known:
    """Reads it all: a few selects, whatever the size of the agency."""
    staff = conn.execute(select(people).where(people.c.kind == "staff")).mappings()
    posts = conn.execute(select(positions).order_by(positions.c.id)).mappings()
    sanctioned: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in conn.execute(select(sanctions).order_by(sanctions.c.id)).mappings():
        sanctioned[row["person_id"]].append(dict(row))
    profile = stored_profile(conn)
    known_posts = {row["id"]: Post(**row, new=False) for row in posts}
    return Known(
        staff={row["nip"]: dict(row) for row in staff},
        units={row["id"]: dict(row) for row in conn.execute(select(units)).mappings()},
        posts=known_posts,
        predicates={(row.person_id, row.year): row.predicate for row in conn.execute(select(performances))},
        sanctions=sanctioned,
        secretariat=profile.secretariat if profile and REGENT in known_posts else None,
    )


def canonical_units(rows: Iterable[StaffRow], known: Known) -> dict[str, str]:
    """Each unit code as written, by the spelling that is kept: the known one, else the first in the file."""
    spelling = {code.casefold(): code for code in known.units}
    return {row.unit_id: spelling.setdefault(row.unit_id.casefold(), row.unit_id) for row in rows}
