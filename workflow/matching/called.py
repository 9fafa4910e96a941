"""How people of a round are called. A number that nobody here has stands for itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from workflow.tables import people, units

_PORTION = 500


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as tables call them."""

    id: str
    name: str
    nip: str
    unit: str


@dataclass(frozen=True)
class Called:
    """People by id, with the ids of their units. Whoever is not known is called by what was typed for them."""

    lines: dict[str, PersonLine]
    unit_id: dict[str, str | None]

    def __getitem__(self, person: str) -> PersonLine:
        return self.lines.get(person) or PersonLine(id=person, name="", nip=person, unit="")


def called_as(conn: Connection, ids: Iterable[str]) -> Called:
    """How people are called."""
    wanted, found = sorted(ids), Called({}, {})
    for start in range(0, len(wanted), _PORTION):
        query = select(
            people.c.id,
            people.c.nip,
            people.c.front_title,
            people.c.name,
            people.c.back_title,
            people.c.unit_id,
            units.c.name.label("unit"),
        ).select_from(people.outerjoin(units))
        for row in conn.execute(query.where(people.c.id.in_(wanted[start : start + _PORTION]))):
            name = full_name(row.front_title, row.name, row.back_title)
            found.lines[row.id] = PersonLine(id=row.id, name=name, nip=row.nip or "", unit=row.unit or "")
            found.unit_id[row.id] = row.unit_id
    return found
