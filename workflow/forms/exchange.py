"""What people fill in and what stays on record in the course of an exchange of staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from workflow.definition import Entry
from workflow.forms import Because, FileId, Form, Line, Note, Words
from workflow.forms.internship import FinalReport, Host, Score

Unit = Annotated[
    Line,
    Meta(
        title="Perangkat daerah tempat pegawai mitra bertugas",
        description="unit:KODE",
        pattern="^unit:.",
        extra={"shape": "pilih dari daftar: unit:KODE."},
    ),
]


class ExchangeRequest(Form, frozen=True, kw_only=True):
    """Who goes where, who comes instead, to which posts and for which period; a draft holds part of it."""

    host: Host
    host_post: Annotated[str, Meta(title="Jabatan pegawai kita di instansi mitra", min_length=3, max_length=200)]
    starts_on: Annotated[date, Meta(title="Tanggal mulai")]
    ends_on: Annotated[date, Meta(title="Tanggal selesai")]
    competency: Annotated[str, Meta(title="Kompetensi yang dikembangkan", min_length=3, max_length=300)]
    goal: Annotated[str, Meta(title="Tujuan", min_length=3, max_length=2000)]
    counterpart_name: Annotated[str, Meta(title="Nama pegawai mitra", min_length=3, max_length=200)]
    counterpart_post: Annotated[str, Meta(title="Jabatan pegawai mitra di instansinya", min_length=3, max_length=200)]
    counterpart_starts_on: Annotated[date, Meta(title="Tanggal mulai pegawai mitra")]
    counterpart_ends_on: Annotated[date, Meta(title="Tanggal selesai pegawai mitra")]
    placed_unit: Unit
    placed_post: Annotated[str, Meta(title="Jabatan pegawai mitra di tempat kita", min_length=3, max_length=200)]
    termination: Annotated[
        str, Meta(title="Ketentuan bila pertukaran diakhiri lebih awal", min_length=10, max_length=2000)
    ]
    attachments: Annotated[tuple[FileId, ...], Meta(title="Lampiran", max_length=20)] = ()


class PartnerReply(Form, frozen=True, kw_only=True):
    """The partner agrees to the exchange, and says who guides our employee."""

    field_supervisor: Annotated[str, Meta(title="Pembimbing di instansi mitra", min_length=3, max_length=200)]
    field_supervisor_post: Annotated[str, Meta(title="Jabatan pembimbing", min_length=3, max_length=200)]


class Coordination(Note, frozen=True, kw_only=True):
    """A letter by which the exchange was coordinated with a national agency."""

    coordinated_with: Annotated[Line, Meta(title="Instansi")]
    letter_number: Annotated[str, Meta(title="Nomor surat", min_length=1, max_length=100)]
    letter_on: Annotated[date, Meta(title="Tanggal surat")]
    document: Annotated[FileId, Meta(title="Berkas surat")]


class EarlyEnd(Because, frozen=True, kw_only=True):
    """Why it ends before its time, by the clause agreed upon, and the last day."""

    last_day: Annotated[date, Meta(title="Hari terakhir")]


class PerformanceAssessment(Form, frozen=True, kw_only=True):
    """The partner's assessment of performance, in the place of the superior at home."""

    scores: Annotated[tuple[Score, ...], Meta(title="Penilaian", min_length=1, max_length=50)]
    remark: Annotated[Words, Meta(title="Catatan")] = ""


PARTNER_REPLY = Entry("host_reply", "Kesediaan mitra", PartnerReply)
COORDINATION = Entry("coordination", "Koordinasi", Coordination)
REPORT = Entry("report", "Laporan akhir", FinalReport)
ASSESSMENT = Entry("assessment", "Penilaian kinerja oleh mitra", PerformanceAssessment)
