"""Authority lent for a time: for a vacant post (plt, pj), an absent holder (plh), by delegasi or mandat (UU 30/2014)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from policies.authority import FOR_VACANT_POSTS, STAND_INS
from policies.dates import written
from workflow.ids import new_id
from workflow.people.person import OUTSIDERS, PeopleError, Person, find_person, require_plausible
from workflow.tables import mandates, people, positions

#: Every kind of mandate, and how letters and pages call it.
MANDATES: Final[dict[str, str]] = {
    "plt": "Pelaksana Tugas (Plt.)",
    "plh": "Pelaksana Harian (Plh.)",
    "pj": "Penjabat (Pj.)",
    "delegasi": "Delegasi",
    "mandat": "Mandat",
}
_SCOPE = re.compile(r"\*|[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*")


def grant_mandate(  # noqa: PLR0913, PLR0917 - what the letter that lends authority must say
    conn: Connection,
    kind: str,
    position_id: str,
    receiver: str,
    from_on: date,
    until_on: date,
    scope: str,
    basis_number: str,
    basis_on: date,
    *,
    at: datetime,
) -> str:
    """Records a mandate of a post's authority, both days included; answers its id. Raises PeopleError.

    ``receiver``: NIP, id or e-mail address. ``scope``: ``*`` or the names of processes, with commas.
    """
    kind = kind.strip().casefold()
    scope = ",".join(part.strip() for part in scope.split(","))
    if kind not in MANDATES:
        raise PeopleError(f"Jenis pelimpahan {kind!r} tidak ada. Yang ada: {', '.join(MANDATES)}.")
    if not _SCOPE.fullmatch(scope):
        raise PeopleError(f"Cakupan {scope!r} tidak sah: tulis * atau nama proses dengan koma, misalnya internship.")
    if until_on < from_on:
        raise PeopleError(f"Pelimpahan tidak dapat berakhir {written(until_on)}, sebelum berlaku {written(from_on)}.")
    require_plausible(from_on, until_on)
    basis_number = " ".join(basis_number.split())
    if not basis_number or len(basis_number) > 100:
        raise PeopleError("Nomor surat dasar pelimpahan wajib diisi, paling banyak 100 huruf.")
    if basis_on > from_on:
        raise PeopleError(
            f"Surat dasar bertanggal {written(basis_on)} tidak dapat melimpahkan wewenang sejak {written(from_on)}: "
            "pelimpahan tidak berlaku surut."
        )
    person = find_person(conn, receiver)
    _check_receiver(conn, kind, position_id, person, from_on, until_on)
    mandate_id = new_id(at)
    conn.execute(
        insert(mandates).values(
            id=mandate_id,
            kind=kind,
            position_id=position_id,
            receiver_id=person.id,
            from_on=from_on,
            until_on=until_on,
            scope=scope,
            basis_number=basis_number,
            basis_on=basis_on,
        )
    )
    return mandate_id


def _check_receiver(
    conn: Connection, kind: str, position_id: str, person: Person, from_on: date, until_on: date
) -> None:
    post = conn.execute(select(positions).where(positions.c.id == position_id)).mappings().first()
    if post is None:
        raise PeopleError(f"Jabatan {position_id!r} tidak dikenal.")
    if person.kind in OUTSIDERS:
        raise PeopleError(
            f"{person.full_name} adalah narahubung atau pembimbing pada mitra dan tidak dapat menerima wewenang."
        )
    if person.left_on is not None and person.left_on <= until_on:
        raise PeopleError(f"{person.full_name} keluar sejak {written(person.left_on)}, sebelum pelimpahan berakhir.")
    if post["holder_id"] == person.id:
        raise PeopleError(f"{person.full_name} sendiri memegang jabatan {post['title']}.")
    if kind in FOR_VACANT_POSTS and post["holder_id"] is not None:
        # A holder who leaves before it begins makes room for it.
        left_on = conn.execute(select(people.c.left_on).where(people.c.id == post["holder_id"])).scalar_one()
        if left_on is None or left_on > from_on:
            raise PeopleError(f"Jabatan {post['title']} tidak kosong. Bagi pejabat yang berhalangan, gunakan Plh.")
    if kind in STAND_INS:
        _refuse_second_stand_in(conn, position_id, post["title"], from_on, until_on)


def _refuse_second_stand_in(conn: Connection, position_id: str, title: str, from_on: date, until_on: date) -> None:
    other = conn.execute(
        select(mandates.c.from_on, mandates.c.until_on, people.c.name)
        .join(people, people.c.id == mandates.c.receiver_id)
        .where(mandates.c.position_id == position_id, mandates.c.kind.in_(STAND_INS), mandates.c.revoked_on.is_(None))
        .where(mandates.c.from_on <= until_on, mandates.c.until_on >= from_on)
    ).first()
    if other is not None:
        raise PeopleError(
            f"Jabatan {title} sudah dijalankan oleh {other.name} sejak {written(other.from_on)} "
            f"sampai {written(other.until_on)}. Cabut pelimpahan itu lebih dahulu."
        )


def revoke_mandate(conn: Connection, mandate_id: str, on: date) -> None:
    """Ends a mandate from ``on``, the first day on which it no longer holds. Raises PeopleError."""
    row = conn.execute(select(mandates).where(mandates.c.id == mandate_id)).mappings().first()
    if row is None:
        raise PeopleError(f"Pelimpahan {mandate_id!r} tidak dikenal. Id-nya terlihat dengan: jenjang mandates list")
    if row["revoked_on"] is not None:
        raise PeopleError(f"Pelimpahan ini sudah dicabut sejak {written(row['revoked_on'])}.")
    if on > row["until_on"]:
        raise PeopleError(f"Pelimpahan ini sudah berakhir pada {written(row['until_on'])}.")
    conn.execute(update(mandates).where(mandates.c.id == mandate_id).values(revoked_on=on))
