"""Assignments to examine (surat tugas pengawasan): given for a letter and some days, revoked, listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from policies.civil_service import full_name
from policies.dates import written
from workflow.authority.sight import AUDITOR, assignments_in_force
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.people.person import PeopleError, Person, find_person, require_plausible
from workflow.tables import assignments, group_members, people, views

#: Characters that the columns hold.
LONGEST: Final = {"Nomor surat tugas": 100, "Uraian penugasan": 300}


def give_assignment(  # noqa: PLR0913, PLR0917 - what a letter of assignment must say
    conn: Connection,
    person: str,
    letter_number: str,
    letter_on: date,
    about: str,
    from_on: date,
    until_on: date,
    given_by: str | None,
    at: datetime,
) -> str:
    """Let an auditor look into cases on these days, both included; answers the assignment's id. Raises PeopleError.

    ``person``: NIP, id or e-mail address of a member of the group of auditors who is in service on all of the days.
    ``given_by``: who records it, by id; None from the command line.
    """
    letter_number, about = " ".join(letter_number.split()), " ".join(about.split())
    for title, text in zip(LONGEST, (letter_number, about), strict=True):
        if not text or len(text) > LONGEST[title]:
            raise PeopleError(f"{title} wajib diisi, paling banyak {LONGEST[title]} huruf.")
    if until_on < from_on:
        raise PeopleError(f"Penugasan tidak dapat berakhir {written(until_on)}, sebelum mulai {written(from_on)}.")
    if letter_on > from_on:
        raise PeopleError(
            f"Surat tugas bertanggal {written(letter_on)} tidak dapat membuka akses sejak {written(from_on)}: "
            "penugasan tidak berlaku surut."
        )
    require_plausible(letter_on, from_on, until_on)
    found = find_person(conn, person)
    _check_auditor(conn, found, until_on)
    row = {
        "id": new_id(at),
        "person_id": found.id,
        "letter_number": letter_number,
        "letter_on": letter_on,
        "about": about,
        "from_on": from_on,
        "until_on": until_on,
        "given_by": given_by,
        "given_at": at,
    }
    conn.execute(insert(assignments).values(row))
    return str(row["id"])


def _check_auditor(conn: Connection, person: Person, until_on: date) -> None:
    if person.kind != "staff":
        raise PeopleError(
            f"{person.full_name} bukan pegawai; penugasan pengawasan hanya bagi pegawai yang masih bertugas."
        )
    if person.left_on is not None and person.left_on <= until_on:
        raise PeopleError(
            f"{person.full_name} tercatat keluar sejak {written(person.left_on)}, sebelum penugasan berakhir."
        )
    belongs = select(group_members.c.person_id).where(
        group_members.c.group_name == AUDITOR, group_members.c.person_id == person.id
    )
    if conn.execute(belongs).first() is None:
        raise PeopleError(
            f"{person.full_name} belum terdaftar sebagai auditor. Daftarkan lebih dahulu: "
            f"jenjang groups add {AUDITOR} {person.nip or person.id}"
        )


def revoke_assignment(conn: Connection, assignment_id: str, on: date) -> None:
    """End an assignment from ``on``, the first day on which it opens nothing any more. Raises NotFound, PeopleError."""
    row = assignment(conn, assignment_id)
    if row.revoked_on is not None and row.revoked_on <= on:
        raise PeopleError(f"Penugasan ini sudah dicabut sejak {written(row.revoked_on)}.")
    if on > row.until_on:
        raise PeopleError(f"Penugasan ini sudah berakhir pada {written(row.until_on)}.")
    conn.execute(update(assignments).where(assignments.c.id == assignment_id).values(revoked_on=on))


def require_in_force(conn: Connection, assignment_id: str, on: date) -> None:
    """Raises NotFound, and PeopleError for an assignment that opens nothing on a day."""
    row = assignment(conn, assignment_id)
    running: list[Any] = list(conn.execute(assignments_in_force(row.person_id, on)).scalars())
    if assignment_id not in running:
        raise PeopleError(
            f"Penugasan itu tidak berlaku pada {written(on)}; lihat jangka waktunya dengan: jenjang audit list --all"
        )


def assignment(conn: Connection, assignment_id: str) -> Row[Any]:
    """An assignment as it is recorded. Raises NotFound."""
    row = conn.execute(select(assignments).where(assignments.c.id == assignment_id)).one_or_none()
    if row is None:
        raise NotFound(f"Penugasan {assignment_id} tidak dikenal. Id-nya terlihat dengan: jenjang audit list")
    return row


def assignment_rows(conn: Connection, on: date, *, past: bool) -> list[tuple[str, ...]]:
    """Assignments for a table: id, auditor, letter, days, state, how often something was looked at. ``past``: ended ones too."""
    query = (
        select(
            assignments,
            people.c.front_title,
            people.c.name,
            people.c.back_title,
            select(func.count()).where(views.c.assignment_id == assignments.c.id).scalar_subquery().label("looks"),
        )
        .join_from(assignments, people, people.c.id == assignments.c.person_id)
        .order_by(assignments.c.from_on, assignments.c.id)
    )
    return [
        (
            row.id,
            full_name(row.front_title, row.name, row.back_title),
            f"{row.letter_number} tanggal {written(row.letter_on)}: {row.about}",
            f"{written(row.from_on)} sampai {written(row.until_on)}",
            _state(row, on),
            str(row.looks),
        )
        for row in conn.execute(query)
        if past or (row.until_on >= on and (row.revoked_on is None or row.revoked_on > on))
    ]


def _state(row: Row[Any], on: date) -> str:
    if row.revoked_on is not None:
        return f"dicabut sejak {written(row.revoked_on)}"
    if row.until_on < on:
        return "berakhir"
    return "berlaku" if row.from_on <= on else "belum mulai"
