"""What the command line looks up and lists: people and their posts, groups, mandates, keys, effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from policies.civil_service import full_name
from policies.dates import written
from policies.nip import read_nip
from workflow.effects import MAILED, due_again
from workflow.errors import NotFound
from workflow.office import REGENT
from workflow.people.agency import stored_profile
from workflow.people.groups import GROUPS
from workflow.people.mandates import MANDATES
from workflow.people.person import PeopleError, Person, UnknownPerson, find_person
from workflow.tables import (
    absences,
    agency,
    api_keys,
    effects,
    group_members,
    mandates,
    people,
    performances,
    positions,
    sanctions,
    tasks,
    units,
)
from workflow.telling.plain_text import listing

#: What people are, as the command line says it.
KINDS = {
    "staff": "pegawai",
    "contact": "narahubung mitra",
    "guide": "pembimbing lapangan pada mitra",
    "official": "pejabat tanpa NIP",
}

#: The zone in which dates are meant before an agency has said which is its own.
ZONE = "Asia/Jakarta"


def zone(conn: Connection) -> str:
    """The name of the agency's time zone."""
    profile = stored_profile(conn)
    return profile.zone if profile else ZONE


def profile_text(conn: Connection) -> str | None:
    """The agency's profile as it was last set; None before the agency is set up."""
    return conn.execute(select(agency.c.profile)).scalar_one_or_none()


# --- Finding ---------------------------------------------------------------------------------------------------------


def person_named(conn: Connection, text: str) -> Person:
    """A person by NIP, id or e-mail address; ``bupati`` is the regent, ``mitra:KODE`` a partner's contact. Raises UnknownPerson."""
    word = text.strip().casefold()
    if word in ("bupati", "regent"):
        holder = conn.execute(select(positions.c.holder_id).where(positions.c.id == REGENT)).scalar_one_or_none()
        if holder is None:
            raise UnknownPerson("Kepala daerah belum dikenal. Jalankan lebih dahulu: jenjang agency set BERKAS")
        return find_person(conn, holder)
    kind, _, code = text.strip().partition(":")
    if kind.casefold() in ("mitra", "partner") and code:
        query = select(people.c.id).where(
            func.lower(people.c.partner_id) == code.casefold(),
            people.c.kind == "contact",
            people.c.left_on.is_(None),
        )
        contact = conn.execute(query.order_by(people.c.id)).scalars().first()
        if contact is None:
            raise UnknownPerson(f"Mitra {code} tidak dikenal atau belum memiliki narahubung.")
        return find_person(conn, contact)
    return find_person(conn, text)


@dataclass(frozen=True)
class Post:
    """A post, and who holds it."""

    id: str
    title: str
    unit_id: str | None
    holder: str | None


def post_named(conn: Connection, text: str) -> Post:
    """A post by id, ``bupati``, a unit's code (its head), ``KODE/Nama jabatan``, or the NIP of its holder. Raises PeopleError."""
    text = text.strip()
    conditions: list[Any] = [positions.c.id == text]
    if text.casefold() == "bupati":
        conditions = [positions.c.id == REGENT]
    unit, slash, title = text.partition("/")
    if slash:
        conditions.append(
            (func.lower(positions.c.unit_id) == unit.casefold())
            & (func.lower(positions.c.title) == title.strip().casefold())
        )
    else:
        heads = select(units.c.head_position_id).where(func.lower(units.c.id) == text.casefold())
        conditions.append(positions.c.id.in_(heads))
    digits = text.replace(" ", "").lstrip("'")
    if digits.isdecimal():
        conditions.append(positions.c.holder_id == find_person(conn, text).id)
    query = (
        select(positions, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(positions, people, positions.c.holder_id == people.c.id, isouter=True)
        .where(or_(*conditions))
    )
    rows = conn.execute(query).all()
    if len(rows) == 1:
        return Post(rows[0].id, rows[0].title, rows[0].unit_id, _name(rows[0]) if rows[0].name else None)
    if rows:
        several = "; ".join(
            f"{row.unit_id}/{row.title} ({row.subunit or 'tanpa subunit'}, id {row.id})" for row in rows
        )
        raise PeopleError(f"Lebih dari satu jabatan cocok dengan {text!r}: {several}. Sebutkan id-nya.")
    raise PeopleError(
        f"Jabatan {text!r} tidak dikenal. Sebutkan kode unit (kepalanya), KODE/Nama jabatan, NIP pemangkunya, atau id jabatan."
    )


def _name(row: Any) -> str:
    return full_name(row.front_title or "", row.name, row.back_title or "")


# --- One person ------------------------------------------------------------------------------------------------------


def person_card(conn: Connection, person: Person, on: date) -> str:
    """All that is known of a person, in Indonesian; what is not recorded says "belum diketahui"."""
    row = conn.execute(select(people).where(people.c.id == person.id)).one()
    lines = [person.full_name, *(f"  {label}: {value}" for label, value in _card(conn, row, on))]
    return "\n".join(lines)


def _card(conn: Connection, row: Row[Any], on: date) -> Iterator[tuple[str, str]]:
    unknown = "belum diketahui"
    kind = KINDS[row.kind]
    yield "Id", row.id
    yield "Jenis", f"{kind}{f' ({row.partner_id})' if row.partner_id else ''}"
    if row.nip:
        yield "NIP", read_nip(row.nip).grouped()
    if row.kind == "staff":
        yield "Pangkat/golongan", " ".join(filter(None, (row.asn_kind, row.grade))) or unknown
        yield "Status kepegawaian", row.status or unknown
    yield "Jabatan", row.post or unknown
    if row.unit_id:
        name = conn.execute(select(units.c.name).where(units.c.id == row.unit_id)).scalar_one_or_none()
        yield "Unit kerja", f"{name or row.unit_id} ({row.unit_id}){f', {row.subunit}' if row.subunit else ''}"
    if row.kind == "staff":
        yield "Atasan langsung", _superior(conn, row.superior_position_id) or unknown
        yield from _records(conn, row.id)
    yield from _authority(conn, row.id, on)
    waiting = conn.execute(select(func.count()).select_from(tasks).where(tasks.c.assignee_id == row.id)).scalar_one()
    yield "Tugas yang menunggu", str(waiting)
    if row.left_on:
        yield "Keluar sejak", written(row.left_on)
    if row.missing_since:
        yield "Tidak ada dalam impor sejak", f"{written(row.missing_since)}; tugasnya tetap sampai dicatat keluar"


def _superior(conn: Connection, position_id: str | None) -> str | None:
    query = (
        select(positions.c.title, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(positions, people, positions.c.holder_id == people.c.id, isouter=True)
        .where(positions.c.id == position_id)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return f"{row.title} ({_name(row) if row.name else 'jabatan kosong'})"


def _records(conn: Connection, person_id: str) -> Iterator[tuple[str, str]]:
    marks = conn.execute(
        select(performances).where(performances.c.person_id == person_id).order_by(performances.c.year.desc())
    ).all()
    yield "Predikat kinerja", "; ".join(f"{row.year}: {row.predicate}" for row in marks) or "belum diketahui"
    for row in conn.execute(select(sanctions).where(sanctions.c.person_id == person_id).order_by(sanctions.c.from_on)):
        since = written(row.from_on) if row.from_on else "tanggal mulai belum diketahui"
        until = written(row.until_on) if row.until_on else "tanggal akhir belum diketahui"
        yield "Hukuman disiplin", f"{row.level}, {since} sampai {until}"


def _authority(conn: Connection, person_id: str, on: date) -> Iterator[tuple[str, str]]:
    held = conn.execute(select(positions).where(positions.c.holder_id == person_id).order_by(positions.c.title)).all()
    if held:
        yield "Memangku", listing(f"{row.title}{f' ({row.unit_id})' if row.unit_id else ''}" for row in held)
    groups = conn.execute(
        select(group_members).where(group_members.c.person_id == person_id).order_by(group_members.c.group_name)
    ).all()
    if groups:
        yield "Kelompok", listing(_group_title(row) for row in groups)
    query = (
        select(mandates, positions.c.title)
        .join_from(mandates, positions, positions.c.id == mandates.c.position_id)
        .where(mandates.c.receiver_id == person_id, mandates.c.until_on >= on, mandates.c.revoked_on.is_(None))
    )
    for row in conn.execute(query):
        yield "Pelimpahan", f"{MANDATES[row.kind]} {row.title}, {written(row.from_on)} sampai {written(row.until_on)}"
    query = select(absences).where(absences.c.person_id == person_id, absences.c.until_on >= on)
    query = query.where(absences.c.until_on >= absences.c.from_on)
    for row in conn.execute(query.order_by(absences.c.from_on)):
        yield "Tidak di tempat", f"{written(row.from_on)} sampai {written(row.until_on)}: {row.reason}"


def _group_title(row: Row[Any]) -> str:
    title = GROUPS.get(row.group_name, row.group_name)
    return f"{title} {row.unit_id}" if row.unit_id else title


# --- Lists -----------------------------------------------------------------------------------------------------------


def group_rows(conn: Connection, group: str | None = None) -> list[tuple[str, str, str, str, str]]:
    """Every group with its members: code, title, unit, name, NIP; a group that is empty has a row without a name."""
    query = (
        select(group_members.c.group_name, group_members.c.unit_id, people)
        .join_from(group_members, people, people.c.id == group_members.c.person_id)
        .order_by(group_members.c.group_name, group_members.c.unit_id, people.c.name)
    )
    members: dict[str, list[Row[Any]]] = {name: [] for name in GROUPS}
    for row in conn.execute(query):
        members.setdefault(row.group_name, []).append(row)
    return [
        (name, GROUPS.get(name, name), *cells)
        for name, rows in members.items()
        if group is None or name == group
        for cells in ([_member(row) for row in rows] or [("", "(belum ada anggota)", "")])
    ]


def _member(row: Row[Any]) -> tuple[str, str, str]:
    left = f" (keluar sejak {written(row.left_on)})" if row.left_on else ""
    return row.unit_id or "", f"{_name(row)}{left}", row.nip or row.id


def mandate_rows(conn: Connection, on: date, *, past: bool = False) -> list[tuple[str, str, str, str, str, str, str]]:
    """Mandates: id, kind, post, receiver, days, state, basis; those that are over only where asked for."""
    query = (
        select(
            mandates,
            positions.c.title,
            positions.c.unit_id.label("of_unit"),
            people.c.front_title,
            people.c.name,
            people.c.back_title,
        )
        .join_from(mandates, positions, positions.c.id == mandates.c.position_id)
        .join(people, people.c.id == mandates.c.receiver_id)
        .order_by(mandates.c.from_on, mandates.c.id)
    )
    if not past:
        query = query.where(mandates.c.until_on >= on, or_(mandates.c.revoked_on.is_(None), mandates.c.revoked_on > on))
        query = query.where(mandates.c.refused_on.is_(None))
    return [
        (
            row.id,
            MANDATES[row.kind],
            f"{row.title}{f' ({row.of_unit})' if row.of_unit else ''}",
            _name(row),
            f"{written(row.from_on)} sampai {written(row.until_on)}"
            + (f", dicabut sejak {written(row.revoked_on)}" if row.revoked_on else ""),
            _answer(row),
            f"{row.basis_number}, {written(row.basis_on)}; cakupan {row.scope}, unit {row.units}, surat {row.letters}",
        )
        for row in conn.execute(query)
    ]


def _answer(row: Row[Any]) -> str:
    """What the receiver of a mandate said to it."""
    if row.refused_on is not None:
        return f"ditolak {written(row.refused_on)}"
    return f"diterima {written(row.accepted_on)}" if row.accepted_on is not None else "menunggu jawaban penerima"


def key_rows(conn: Connection, at: datetime) -> list[tuple[str, str, str, str, str, str]]:
    """API keys: id, holder, label, scopes, state, last use. The keys themselves are nowhere."""
    query = (
        select(api_keys, people.c.front_title, people.c.name, people.c.back_title, people.c.left_on)
        .join_from(api_keys, people, people.c.id == api_keys.c.person_id)
        .order_by(api_keys.c.created_at, api_keys.c.id)
    )
    return [
        (
            row.id,
            _name(row),
            row.label,
            row.scopes,
            _key_state(row, at),
            written(row.last_used_on) if row.last_used_on else "-",
        )
        for row in conn.execute(query)
    ]


def _key_state(row: Row[Any], at: datetime) -> str:
    if row.revoked_at is not None:
        return "dicabut"
    if row.expires_at is not None and row.expires_at <= at:
        return "berakhir"
    return "pemegang keluar" if row.left_on is not None and row.left_on <= at.date() else "berlaku"


# --- Effects ---------------------------------------------------------------------------------------------------------

EFFECTS = {"render": "buat PDF surat", "message": "pesan", "dispatch": "tujuan surat", "send": "kirim surat"}


def effect_rows(conn: Connection) -> list[tuple[str, str, str, str, str, str]]:
    """Effects that are not done: id, kind, case or letter, state, attempts, error."""
    query = select(effects).where(effects.c.done_at.is_(None)).order_by(effects.c.due_at, effects.c.id)
    return [
        (
            row.id,
            EFFECTS.get(row.kind, row.kind),
            row.case_id or row.subject_id,
            "gagal, perlu diperiksa" if row.parked_at else "menunggu kirim" if row.kind in MAILED else "menunggu",
            str(row.attempts),
            row.error or "-",
        )
        for row in conn.execute(query)
    ]


def retry_effects(conn: Connection, effect_id: str | None, at: datetime) -> int:
    """Make parked effects due again: one of them, or all. Answers how many. Raises NotFound where the one named is not parked."""
    meant: list[ColumnElement[bool]] = [effects.c.parked_at.is_not(None)]
    if effect_id is not None:
        meant.append(effects.c.id == effect_id)
    number = due_again(conn, *meant, at=at)
    if effect_id is not None and not number:
        known = conn.execute(select(effects.c.done_at).where(effects.c.id == effect_id)).one_or_none()
        why = "tidak ada" if known is None else "sudah selesai" if known.done_at else "masih menunggu, belum gagal"
        raise NotFound(f"Tindak lanjut {effect_id} {why}. Yang gagal terlihat dengan: jenjang effects list")
    return number
