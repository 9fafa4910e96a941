"""Facts and form fields as people read them: what each is called, and its value in words."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from policies.dates import written
from workflow.definition import Process, Transition
from workflow.forms import label

#: Facts that come from a source rather than from a form, and the parts that they are made of.
FACTS = {
    "about": "perihal",
    "absent": "tidak hadir",
    "agreements": "Kerja sama dengan instansi penerima",
    "asn_kind": "Jenis ASN",
    "attended_days": "Hari hadir",
    "available": "tersedia",
    "budget": "Mata anggaran",
    "changed": "Isian yang diubah",
    "chosen_days": "Hari yang dipilih",
    "conditions": "ketentuan",
    "confirmed_days": "Hari yang sudah dikonfirmasi",
    "consented": "Kepala perangkat daerah menyetujui",
    "contract_ends_on": "Akhir perjanjian kerja",
    "deadline_passed": "Tenggat sudah lewat",
    "ended_on": "Hari terakhir bila diakhiri lebih awal",
    "ends_on": "Tanggal selesai",
    "fee": "biaya tambahan",
    "from_on": "sejak",
    "group": "kelompok",
    "held": "Yang sudah dicadangkan atau diikat",
    "host_inside": "Instansi penerima perangkat daerah sendiri",
    "host_name": "Nama instansi penerima",
    "host_unit": "Unit penerima",
    "kind": "jenis",
    "last_predicate": "Predikat kinerja tahun terakhir",
    "last_predicate_year": "Tahun predikat",
    "level": "tingkat",
    "number": "nomor",
    "on": "Tanggal pemeriksaan",
    "other_activities": "Kegiatan purnawaktu lain",
    "participant_unit": "Unit kerja peserta",
    "planned_days": "Hari kerja yang direncanakan",
    "proposal": "Usul instansi penerima",
    "same_post": "Pegawai berjabatan sama",
    "sanctions": "Hukuman disiplin tercatat",
    "starts_on": "Tanggal mulai",
    "status": "Status kepegawaian",
    "title": "nama",
    "total": "jumlah",
    "until_on": "sampai",
    "whole_unit": "Pegawai perangkat daerah",
    "year": "tahun",
}

#: Words of closed lists, as people say them.
CHOICES = {
    "funding": {"none": "tanpa biaya", "agency_budget": "anggaran daerah", "host": "instansi penerima"},
    "cause": {"illness": "sakit", "misconduct": "pelanggaran", "need_of_service": "kebutuhan dinas"},
}

_MONEY = frozenset({"estimate", "cost", "held", "available", "fee"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rupiah(amount: int) -> str:
    """Whole rupiah: ``Rp1.500.000,00``."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def labels(process: Process, transition: Transition | None = None) -> dict[str, str]:
    """What people call each fact and field of a step: the step's own form first, then the request, then the facts."""
    structs = [process.form, *([transition.takes] if transition is not None and transition.takes is not None else [])]
    forms = {name: title for struct in structs for name, title in _fields(struct)}
    return {**forms, **{name: title for name, title in FACTS.items() if name not in forms}}


def _fields(struct: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """The fields of a form with their labels, those of the forms in it included."""
    for field in msgspec.structs.fields(struct):
        yield field.name, label(field)
        for part in _structs(field.type):
            yield from _fields(part)


def _structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in typing.get_args(kind):
        yield from _structs(part)


def said(name: str, value: Any, named: Mapping[str, str] = FACTS) -> str:
    """A value of a stored fact or field, in words; ``named``: what its parts are called."""
    if value is None or value == "":
        return "belum diketahui" if value is None else "tidak diisi"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int) and name in _MONEY:
        return rupiah(value)
    if isinstance(value, str):
        return _said_text(name, value)
    if isinstance(value, Mapping):
        parts = {part: inner for part, inner in value.items() if inner not in ("", None)}
        return ", ".join(f"{named.get(part, part).lower()} {said(part, inner)}" for part, inner in parts.items())
    if isinstance(value, list | tuple):
        return "; ".join(said(name, each, named) for each in value) or "tidak ada"
    return str(value)


def _said_text(name: str, value: str) -> str:
    if _DAY.fullmatch(value):
        return written(date.fromisoformat(value))
    return CHOICES.get(name, {}).get(value, value)
