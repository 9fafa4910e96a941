"""Two hundred people of the big office who are at work: four agencies with heads and employees, and those who serve them all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import Connection, delete, insert, select, text, update

from tests.bench.big_office import NOW, STAFF, UNITS, Staff, reopened
from tests.bench.working_day import AWAY
from tests.world import MONDAY, World
from workflow.accounts.account import held
from workflow.accounts.sessions import begin
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.office import Office
from workflow.people import issue_key
from workflow.registry import Registry
from workflow.tables import occupations, people, performances, unsealed

#: Those who serve everybody, by the names under which they stand in the office's register of people.
FOR_ALL: Final = (
    *("verifier", "second_verifier", "administrator", "treasurer"),
    *("agency_chief", "secretary", "regent", "contact"),
)
#: Agencies that work, and people of each: a head, three heads of sections, who keeps the personnel files, and employees.
AGENCIES, EACH = 4, 48
_HEADS: Final = 4
_OFFICER: Final = 9


@dataclass(frozen=True)
class Agency:
    """Who of an agency is at work. Employees are taken in their order, so that the same office gives the same people."""

    head: str
    officer: str
    superiors: tuple[str, ...]
    employees: tuple[Staff, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """All of them."""
        return (self.head, *self.superiors, self.officer, *(each.id for each in self.employees))


@dataclass(frozen=True)
class Province:
    """Everybody at work: by agency, those for all by name; and by person what shows who asks, the contact's session aside."""

    agencies: tuple[Agency, ...]
    for_all: dict[str, str]
    keys: dict[str, str]
    sessions: dict[str, str]


def seat(database: Database) -> Province:
    """Have two hundred people of a big office come to work, each with a key, and with a session that begins at ``NOW``."""
    office = database.read(Office.load)
    named = database.read(_named)
    world = World(database, Engine(Registry.discover(), office), named, "")
    return database.write(_seat, office, reopened(world).staff, named)


def _named(conn: Connection) -> dict[str, str]:
    names = {name.replace("_", " ").title(): name for name in FOR_ALL}
    rows = conn.execute(select(people.c.id, people.c.name).where(people.c.name.in_(names)))
    return {names[row.name]: row.id for row in rows}


def _seat(conn: Connection, office: Office, staff: list[Staff], for_all: dict[str, str]) -> Province:
    first, last = AWAY
    elsewhere = select(occupations.c.person_id).where(occupations.c.from_on <= last, occupations.c.until_on >= first)
    away = set(conn.execute(elsewhere).scalars())
    of_unit = STAFF // UNITS
    agencies = tuple(_agency(staff[of_unit * n : of_unit * (n + 1)], away) for n in range(AGENCIES))
    everybody = [*for_all.values(), *(person for agency in agencies for person in agency.people)]
    _known(conn, agencies)
    for number, person in enumerate(everybody):  # so that mail is made for them
        conn.execute(update(people).where(people.c.id == person).values(email=f"pegawai.{number}@kemuning.example"))
    # What is to be sealed of the years before is no work of this day; rows that are only deleted would be walked past.
    conn.execute(text(f"TRUNCATE {unsealed.name}") if conn.dialect.name == "postgresql" else delete(unsealed))
    keys = {person: issue_key(conn, person, "bench", "read act letters", MONDAY) for person in everybody}
    insiders = [person for person in everybody if person != for_all["contact"]]
    for person in insiders:
        held(conn, person)
    sessions = {person: begin(conn, office, person, "demo", "bench", NOW, second_factor=True) for person in insiders}
    return Province(agencies, for_all, keys, sessions)


def _agency(staff: list[Staff], away: set[str]) -> Agency:
    """``away``: whose own cases of years keep them away when others of these go."""
    free = (each for place, each in enumerate(staff) if place > _OFFICER and each.id not in away)
    heads = [each.id for each in staff[:_HEADS]]
    agency = Agency(heads[0], staff[_OFFICER].id, tuple(heads[1:]), tuple(islice(free, EACH - _HEADS - 1)))
    if len(agency.people) < EACH:
        raise RuntimeError(f"only {len(agency.people)} of {EACH} people of an agency are there")
    return agency


def _known(conn: Connection, agencies: tuple[Agency, ...]) -> None:
    """What the rules ask of whoever goes: they are permanent, and were rated well."""
    everybody = [person for agency in agencies for person in agency.people]
    conn.execute(update(people).where(people.c.id.in_(everybody)).values(asn_kind="PNS"))
    rated = [{"person_id": each, "year": year, "predicate": "Baik"} for each in everybody for year in (2024, 2025)]
    conn.execute(insert(performances), rated)
