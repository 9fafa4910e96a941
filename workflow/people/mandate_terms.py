"""What a mandate says: kind, post, receiver, days, scope and the letter that it rests on; read and found to be possible."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, select

from policies.dates import written
from policies.parameters import Law
from workflow.authority.lending import EVERYTHING
from workflow.people.person import OUTSIDERS, PeopleError, Person, find_person, require_plausible
from workflow.tables import positions, units

#: Every kind of mandate, and how letters and pages call it.
MANDATES: Final[dict[str, str]] = {
    "plt": "Pelaksana Tugas (Plt.)",
    "plh": "Pelaksana Harian (Plh.)",
    "pj": "Penjabat (Pj.)",
    "delegasi": "Delegasi",
    "mandat": "Mandat",
}
_NAMES = re.compile(r"\*|[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*")
_CODES = re.compile(r"\*|[^,\s*]+(,[^,\s*]+)*")


@dataclass(frozen=True)
class Terms:
    """A mandate as it is proposed. ``receiver``: NIP, id or e-mail address; ``via``: the mandate that is passed on.

    ``scope``, ``units`` and ``letters``: ``*``, or names with commas: of processes, of the units whose cases, of kinds of letters.
    """

    kind: str
    position_id: str
    receiver: str
    from_on: date
    until_on: date
    basis_number: str
    basis_on: date
    scope: str = EVERYTHING
    units: str = EVERYTHING
    letters: str = EVERYTHING
    via: str | None = None

    @staticmethod
    def columns() -> tuple[str, ...]:
        """What a stored mandate says under the same names."""
        return ("kind", "position_id", "from_on", "until_on", "basis_number", "basis_on", "scope", "units", "letters")


@dataclass(frozen=True)
class Today:
    """The moment of an act: the instant, its day at the agency, and the law of that day."""

    at: datetime
    on: date
    law: Law


def checked(conn: Connection, terms: Terms) -> Terms:
    """The terms as they are stored. Raises PeopleError for what cannot be, whoever asks and whoever receives."""
    terms = replace(
        terms,
        kind=terms.kind.strip().casefold(),
        scope=_listed(terms.scope),
        units=_listed(terms.units),
        letters=_listed(terms.letters),
        basis_number=" ".join(terms.basis_number.split()),
    )
    if terms.kind not in MANDATES:
        raise PeopleError(f"Jenis pelimpahan {terms.kind!r} tidak ada. Yang ada: {', '.join(MANDATES)}.")
    _check_scope(conn, terms)
    _check_days(terms)
    if conn.execute(select(positions.c.id).where(positions.c.id == terms.position_id)).first() is None:
        raise PeopleError(f"Jabatan {terms.position_id!r} tidak dikenal.")
    return terms


def receiver_of(conn: Connection, terms: Terms) -> Person:
    """Whom the terms name as the receiver. Raises PeopleError where they cannot receive authority for these days."""
    receiver = find_person(conn, terms.receiver)
    if receiver.kind in OUTSIDERS:
        raise PeopleError(
            f"{receiver.full_name} adalah narahubung atau pembimbing pada mitra dan tidak dapat menerima wewenang."
        )
    if receiver.left_on is not None and receiver.left_on <= terms.until_on:
        raise PeopleError(
            f"{receiver.full_name} keluar sejak {written(receiver.left_on)}, sebelum pelimpahan berakhir."
        )
    return receiver


def is_within(names: str, wider: str) -> bool:
    """Whether a scope lies within another."""
    return wider == EVERYTHING or (names != EVERYTHING and set(names.split(",")) <= set(wider.split(",")))


def _listed(names: str) -> str:
    return ",".join(dict.fromkeys(part.strip() for part in names.split(",")))


def _check_scope(conn: Connection, terms: Terms) -> None:
    if not _NAMES.fullmatch(terms.scope):
        raise PeopleError(
            f"Cakupan {terms.scope!r} tidak sah: tulis * atau nama proses dengan koma, misalnya internship."
        )
    if not _NAMES.fullmatch(terms.letters):
        raise PeopleError(f"Jenis surat {terms.letters!r} tidak sah: tulis * atau nama jenis surat dengan koma.")
    if not _CODES.fullmatch(terms.units):
        raise PeopleError(f"Unit {terms.units!r} tidak sah: tulis * atau kode unit dengan koma.")
    if terms.units != EVERYTHING:
        wanted = terms.units.split(",")
        known = set(conn.execute(select(units.c.id).where(units.c.id.in_(wanted))).scalars())
        if unknown := [code for code in wanted if code not in known]:
            raise PeopleError(f"Unit {', '.join(unknown)} tidak dikenal. Periksa kodenya pada data unit.")


def _check_days(terms: Terms) -> None:
    if terms.until_on < terms.from_on:
        raise PeopleError(
            f"Pelimpahan tidak dapat berakhir {written(terms.until_on)}, sebelum berlaku {written(terms.from_on)}."
        )
    require_plausible(terms.from_on, terms.until_on)
    if not terms.basis_number or len(terms.basis_number) > 100:
        raise PeopleError("Nomor surat dasar pelimpahan wajib diisi, paling banyak 100 huruf.")
    if terms.basis_on > terms.from_on:
        raise PeopleError(
            f"Surat dasar bertanggal {written(terms.basis_on)} tidak dapat melimpahkan wewenang sejak "
            f"{written(terms.from_on)}: pelimpahan tidak berlaku surut."
        )
