"""The groups that processes call upon, and who belongs to them."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select

from workflow.people.person import OUTSIDERS, PeopleError, find_person
from workflow.tables import group_members, people, units

#: Every group there is, and what people call it.
GROUPS: Final[dict[str, str]] = {
    "bkpsdm.verifier": "Verifikator BKPSDM",
    "administrator": "Administrator",
    "auditor": "Auditor",
    "bkpsdm.budget": "Pengelola anggaran pengembangan kompetensi",
    "register_clerk": "Petugas buku agenda",
    "inspektorat.clearance": "Petugas surat keterangan bebas temuan Inspektorat",
    "personnel_officer": "Pengelola kepegawaian unit",
}

#: Groups that each unit has for itself.
PER_UNIT: Final = frozenset({"personnel_officer"})


def add_to_group(conn: Connection, group: str, person: str, unit: str = "") -> None:
    """Adds someone (by NIP, id or e-mail address); once there, nothing changes. Raises PeopleError."""
    _check(conn, group, unit)
    found = find_person(conn, person)
    if found.kind in OUTSIDERS:
        raise PeopleError(
            f"{found.full_name} adalah narahubung atau pembimbing pada mitra dan tidak dapat menjadi anggota {GROUPS[group]}."
        )
    if found.left_on is not None:
        raise PeopleError(f"{found.full_name} tercatat keluar dan tidak dapat menjadi anggota {GROUPS[group]}.")
    if not is_member(conn, group, found.id, unit):
        conn.execute(insert(group_members).values(group_name=group, unit_id=unit, person_id=found.id))


def is_member(conn: Connection, group: str, person_id: str, unit: str = "") -> bool:
    """Whether somebody, by id, is in a group."""
    row = {"group_name": group, "unit_id": unit, "person_id": person_id}
    matches = (group_members.c[column] == value for column, value in row.items())
    return conn.execute(select(group_members.c.person_id).where(*matches)).first() is not None


def remove_from_group(conn: Connection, group: str, person: str, unit: str = "") -> None:
    """Takes someone out of a group. Raises PeopleError where they were not in it."""
    _check(conn, group, unit)
    found = find_person(conn, person)
    removed = conn.execute(
        delete(group_members).where(
            group_members.c.group_name == group, group_members.c.unit_id == unit, group_members.c.person_id == found.id
        )
    )
    if not removed.rowcount:
        where = f" pada unit {unit}" if unit else ""
        raise PeopleError(f"{found.full_name} bukan anggota {GROUPS[group]}{where}.")


def members(conn: Connection, group: str, unit: str = "", *, on: date | None = None) -> tuple[str, ...]:
    """The ids of a group's members by name. Who has left does not count: by ``on``, or at all without it."""
    left = people.c.left_on
    rows = conn.execute(
        select(people.c.id)
        .join(group_members, group_members.c.person_id == people.c.id)
        .where(group_members.c.group_name == group, group_members.c.unit_id == unit)
        .where(left.is_(None) if on is None else or_(left.is_(None), left > on))
        .order_by(people.c.name, people.c.id)
    )
    return tuple(rows.scalars())


def _check(conn: Connection, group: str, unit: str) -> None:
    if group not in GROUPS:
        raise PeopleError(f"Kelompok {group!r} tidak ada. Yang ada: {', '.join(GROUPS)}.")
    if group in PER_UNIT and not unit:
        raise PeopleError(f"{GROUPS[group]} adalah kelompok tiap unit: sebutkan kode unitnya.")
    if group not in PER_UNIT and unit:
        raise PeopleError(f"{GROUPS[group]} adalah kelompok seluruh instansi: jangan sebutkan unit.")
    if unit and conn.execute(select(units.c.id).where(units.c.id == unit)).first() is None:
        raise PeopleError(f"Unit {unit!r} tidak dikenal. Pakai kode unit seperti dalam data pegawai yang diimpor.")
