"""Credited activities as rows of a layout: each either ready to be sent, or named with the reason why not yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, case, exists, func, select

from policies.civil_service import full_name
from policies.credit import ACTIVITIES, Unit
from policies.nip import read_nip
from workflow.hours.ledger import stands
from workflow.outward.evidence import ActivityTold, HostTold, Proof, proofs
from workflow.outward.layout import Layout
from workflow.tables import cases, hour_evidence, outward_records, partners, people, units
from workflow.verification.reading import read

#: What a column holds before it is written.
Value = str | int | date | None

#: An activity: the case, and the person who earned hours by it.
Key = tuple[str, str]

#: These name the row, and are known only once the batch is made up.
OF_THE_BATCH = ("batch", "row", "reference", "evidence")


@dataclass(frozen=True)
class Person:
    """Whose activity it is, as findings name them."""

    name: str
    nip: str
    case_id: str

    @property
    def says(self) -> str:
        """Name and NIP where they are recorded, and the case."""
        return f"{self.name or '(tanpa nama)'}{f' ({self.nip})' if self.nip else ''}, berkas {self.case_id}"


@dataclass(frozen=True)
class Ready:
    """An activity that can be sent. ``digest``: of all that is said, the batch apart, and of the evidence."""

    key: Key
    person: Person
    values: Mapping[str, Value]
    proof: Proof
    digest: str


@dataclass(frozen=True)
class Left:
    """An activity that stays behind for now, with the reason and the way out."""

    key: Key
    person: Person
    says: str


class _Form(msgspec.Struct, frozen=True):
    """What a request says of its activity; blank once erased."""

    host: str = ""
    section: str = ""
    competency: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


class _Memory(msgspec.Struct, frozen=True):
    ended_on: date | None = None


def unrecorded(conn: Connection, layout: Layout) -> list[Ready | Left]:
    """Every credited activity that the system takes and has not recorded, by NIP and then by date."""
    recorded = exists().where(
        outward_records.c.case_id == hour_evidence.c.case_id,
        outward_records.c.person_id == hour_evidence.c.person_id,
        outward_records.c.system == layout.system,
        outward_records.c.status == "recorded",
    )
    hosts, proof_of = _hosts(conn), proofs(conn, select(hour_evidence.c.case_id).where(~recorded))
    found = [
        _judged(row, layout, hosts, proof_of)
        for row in conn.execute(_CREDITED.where(~recorded))
        if row.activity in layout.kinds
    ]
    return sorted(found, key=_order)


def _order(each: Ready | Left) -> tuple[str, str, str]:
    starts_on = each.values["starts_on"] if isinstance(each, Ready) else ""
    return each.person.nip, str(starts_on), " ".join(each.key)


def _judged(
    row: Row[Any], layout: Layout, hosts: Mapping[str, HostTold], proof_of: Callable[[str, bool], Proof | str]
) -> Ready | Left:
    key, person = (row.case_id, row.person_id), Person((row.name or "").strip(), row.nip or "", row.case_id)
    why_not = _why_not(row, person)
    if why_not:
        return Left(key, person, why_not)
    proof = proof_of(row.case_id, row.person_id == row.subject_id)
    if isinstance(proof, str):
        return Left(key, person, proof)
    values = _values(row, layout, proof, hosts)
    blank = [c for c in layout.columns if c.required and c.value not in OF_THE_BATCH and _blank(c.value, values)]
    if blank:
        named = ", ".join(column.heading for column in blank)
        return Left(key, person, f"Kolom wajib {named} tidak dapat diisi dari berkas ini. Lengkapi datanya.")
    return Ready(key, person, values, proof, _digest(layout, values, proof))


def _why_not(row: Row[Any], person: Person) -> str:
    """What is wrong with whose activity it is, and its hours; empty where nothing is."""
    if not person.name:
        return "Nama pegawai kosong. Lengkapi dengan impor data pegawai."
    if not person.nip:
        return "Pegawai belum mempunyai NIP. Lengkapi dengan impor data pegawai."
    try:
        read_nip(person.nip)
    except ValueError as wrong:
        return f"NIP tidak sah ({wrong}). Perbaiki dengan impor data pegawai."
    return "" if row.hours > 0 else f"JP yang dicatat {row.hours}; tidak ada yang dilaporkan."


def _blank(value: str, values: Mapping[str, Value]) -> bool:
    return bool(value) and values[value] in (None, "")


def _values(row: Row[Any], layout: Layout, proof: Proof, hosts: Mapping[str, HostTold]) -> dict[str, Value]:
    """What each column may hold. The certificate's words come first, so that row and evidence say the same."""
    told = proof.told or ActivityTold()
    form, memory = read(row.form, _Form) or _Form(), read(row.memory, _Memory) or _Memory()
    activity = ACTIVITIES[row.activity]
    # Colleagues meet without a host: in their own unit.
    own = HostTold(row.unit_name or "") if activity.unit is Unit.SESSION else HostTold()
    host = told.host if told.host.name else hosts.get(form.host, own)
    competency = told.competency or form.competency
    last_day = told.last_day or memory.ended_on or form.ends_on
    return {
        "nip": row.nip,
        "name": full_name(row.front_title or "", row.name, row.back_title or ""),
        "plain_name": row.name,
        "asn_kind": row.asn_kind,
        "post": row.post,
        "unit": row.unit_id,
        "unit_name": row.unit_name,
        "activity": activity.name,
        "activity_code": activity.code,
        "kind": layout.kinds[activity.code],
        "title": f"{activity.name}: {competency}" if competency else activity.name,
        "competency": competency,
        "host": host.name,
        "city": host.city,
        "country": host.country or "Indonesia",
        "section": told.section or form.section,
        "starts_on": told.starts_on or form.starts_on,
        "ends_on": last_day,
        "year": row.year,
        "hours": row.hours,
        "certificate_number": proof.number,
        "certificate_on": proof.dated_on,
    }


def _digest(layout: Layout, values: Mapping[str, Value], proof: Proof) -> str:
    said = [[c.heading, str(values.get(c.value, c.fixed))] for c in layout.columns if c.value not in OF_THE_BATCH]
    return hashlib.sha256(json.dumps([said, proof.sha256], ensure_ascii=False).encode()).hexdigest()


def _hosts(conn: Connection) -> dict[str, HostTold]:
    """Institutions as requests name them: ``partner:CODE`` or ``unit:CODE``."""
    found = {
        f"partner:{row.id}": HostTold(row.name, row.city, row.country)
        for row in conn.execute(select(partners.c.id, partners.c.name, partners.c.city, partners.c.country))
    }
    return found | {f"unit:{row.id}": HostTold(row.name) for row in conn.execute(select(units.c.id, units.c.name))}


_STANDS: Any = stands().subquery()
_OF_THE_ROW: Any = (
    cases.c.subject_id,
    cases.c.form,
    cases.c.memory,
    people.c.name,
    people.c.front_title,
    people.c.back_title,
    people.c.nip,
    people.c.asn_kind,
    people.c.post,
    people.c.unit_id,
    units.c.name.label("unit_name"),
)
#: One row for each activity that is over and each person who has a claim by it, with all its hours. Those of a pair that met
#: in two years go together, in the year of the last: the system takes an activity once.
_CREDITED: Any = (
    select(
        hour_evidence.c.case_id,
        hour_evidence.c.person_id,
        hour_evidence.c.activity,
        func.max(case((_STANDS.c.hours > 0, _STANDS.c.year))).label("year"),
        func.sum(_STANDS.c.hours).label("hours"),
        *_OF_THE_ROW,
    )
    .join_from(hour_evidence, _STANDS, _STANDS.c.evidence_id == hour_evidence.c.id)
    .join(cases, cases.c.id == hour_evidence.c.case_id)
    .join(people, people.c.id == hour_evidence.c.person_id)
    .outerjoin(units, units.c.id == people.c.unit_id)
    .where(cases.c.closed_at.is_not(None))
    .group_by(hour_evidence.c.case_id, hour_evidence.c.person_id, hour_evidence.c.activity, *_OF_THE_ROW)
)
