"""What people fill in, where several processes ask the same: notes, returns, refusals, attestations, spending.

A form is a msgspec struct; each field carries its Indonesian label. Whole rupiah for money.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from policies.award_revocation import GROUNDS
from policies.incentive import KINDS

#: The id of an uploaded file; the engine checks that it exists and ties it to the case.
FileId = Annotated[str, Meta(title="Berkas", max_length=36, extra={"file": True})]

#: Somebody of the staff, by NIP or by id; what is stored is the id (see ``engine/named_others``).
PersonId = Annotated[str, Meta(title="Pegawai", max_length=36, extra={"person": True})]

Line = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=4000)]
#: Whole rupiah; beyond a thousand billion it is a slip of the keyboard.
Rupiah = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
#: Hours of one day; ``decimals`` is kept by ``filling``, as no binary fraction is a multiple of 0.01.
Hours = Annotated[
    float, Meta(gt=0, le=24, description="paling banyak dua angka di belakang koma", extra={"decimals": 2})
]
#: The number of an entry within its case.
Number = Annotated[int, Meta(ge=1, le=1_000_000)]

#: What forms offer by a code, as people call it.
CHOICES = {
    "none": "Tanpa biaya",
    "agency_budget": "Anggaran perangkat daerah",
    "host": "Ditanggung instansi penerima",
    "illness": "Sakit",
    "misconduct": "Pelanggaran",
    "need_of_service": "Kebutuhan dinas",
    "letter": "Surat",
    "email": "Surel",
    "whatsapp": "WhatsApp",
    "logbook": "Buku catatan harian",
    "in_person": "Tatap muka",
    "online": "Daring",
    "phone": "Telepon",
    "extension": "Perpanjangan",
    "pause": "Jeda",
    "conclusion": "Pengakhiran",
    "mentor": "Mentor",
    "mentee": "Mentee",
    **KINDS,
    "certificate": "Piagam",
    **{code: f"{said[0].upper()}{said[1:]}" for code, said in GROUNDS.items()},
}


class Form(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every form: fields by name, nothing unknown."""


class Note(Form, frozen=True, kw_only=True):
    """An approval may carry a note."""

    note: Annotated[Words, Meta(title="Catatan")] = ""


class ToMend(Form, frozen=True, kw_only=True):
    """A return says what to mend."""

    to_mend: Annotated[str, Meta(title="Yang harus diperbaiki", min_length=5, max_length=4000)]


class Because(Form, frozen=True, kw_only=True):
    """A step that needs a reason and nothing else."""

    reason: Annotated[str, Meta(title="Alasan", min_length=5, max_length=4000)]


class Refusal(Form, frozen=True, kw_only=True):
    """A rejection that must name the rule that it rests on."""

    reason: Annotated[str, Meta(title="Alasan penolakan", min_length=5, max_length=4000)]
    rule: Annotated[str, Meta(title="Dasar hukum penolakan", min_length=3, max_length=200)]


class Attestation(Form, frozen=True, kw_only=True):
    """A verifier puts a fact on record that the import did not know, with the document that proves it."""

    fact: Annotated[Line, Meta(title="Keterangan yang dicatat")]
    value: Annotated[Any, Meta(title="Isi keterangan")]
    document: Annotated[FileId, Meta(title="Dokumen bukti")]
    says: Annotated[str, Meta(title="Penjelasan", min_length=5, max_length=4000)]


class IncomingLetter(Form, frozen=True, kw_only=True):
    """The paper by which somebody answered, as whoever records the answer in their place puts it on record.

    A telephone call is no answer: it can only be noted. A paper logbook bears no number.
    """

    channel: Annotated[Literal["letter", "email", "whatsapp", "logbook"], Meta(title="Diterima melalui")]
    number: Annotated[str, Meta(title="Nomor surat", max_length=100)] = ""
    dated_on: Annotated[date, Meta(title="Tanggal surat")]
    signer_name: Annotated[str, Meta(title="Nama penandatangan", min_length=3, max_length=200)]
    signer_post: Annotated[str, Meta(title="Jabatan penandatangan", min_length=3, max_length=200)]
    received_on: Annotated[date, Meta(title="Tanggal diterima")]
    scan: Annotated[FileId, Meta(title="Pindaian surat")]


class Spending(Form, frozen=True, kw_only=True):
    """What it cost in the end, with proofs, or that it cost nothing."""

    cost: Annotated[Rupiah, Meta(title="Biaya (rupiah)")] = 0
    without_cost: Annotated[bool, Meta(title="Tanpa biaya")] = False
    proofs: Annotated[tuple[FileId, ...], Meta(title="Bukti pengeluaran", max_length=50)] = ()


class SpendingBecause(Spending, frozen=True, kw_only=True):
    """The same, where the step also needs its reason."""

    reason: Annotated[str, Meta(title="Alasan", min_length=5, max_length=4000)]


def label(field: msgspec.structs.FieldInfo) -> str:
    """The Indonesian label of a form's field; its name where it has none."""
    info: Any = msgspec.inspect.type_info(field.type)
    title = (getattr(info, "extra_json_schema", None) or {}).get("title")
    return str(title or field.name)


@lru_cache(maxsize=1024)
def label_of(struct: type[Struct], name: str) -> str:
    """What people call a field of a form."""
    return next(label(field) for field in msgspec.structs.fields(struct) if field.name == name)


@lru_cache(maxsize=256)
def kept_fields(struct: type[Struct]) -> frozenset[str]:
    """The fields of a form that the process itself fills in as it goes: nobody is asked for them."""
    return frozenset(
        field.name
        for field in msgspec.structs.fields(struct)
        if (getattr(msgspec.inspect.type_info(field.type), "extra", None) or {}).get("kept")
    )
