"""What people fill in and what stays on record in the course of an internship."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from workflow.definition import Entry
from workflow.forms import Attestation, FileId, Form, Hours, Line, Note, Number, Rupiah, Spending, Words

# --- What people fill in ---------------------------------------------------------------------------------------------


Host = Annotated[
    Line,
    Meta(
        title="Instansi penerima",
        description="partner:KODE untuk mitra, unit:KODE untuk perangkat daerah",
        pattern="^(partner|unit):.",
        extra={"shape": "pilih dari daftar: partner:KODE atau unit:KODE."},
    ),
]


class InternshipRequest(Form, frozen=True, kw_only=True):
    """The request, as it stands at any time; a draft holds part of it."""

    host: Host
    section: Annotated[Line, Meta(title="Bagian yang dituju")]
    starts_on: Annotated[date, Meta(title="Tanggal mulai")]
    ends_on: Annotated[date, Meta(title="Tanggal selesai")]
    competency: Annotated[str, Meta(title="Kompetensi yang dikembangkan", min_length=3, max_length=300)]
    goal: Annotated[str, Meta(title="Tujuan", min_length=3, max_length=2000)]
    plan_item: Annotated[Line, Meta(title="Butir rencana pengembangan kompetensi")] = ""
    outside_plan_reason: Annotated[Words, Meta(title="Di luar rencana, karena")] = ""
    funding: Annotated[Literal["none", "agency_budget", "host"], Meta(title="Sumber dana")] = "none"
    estimate: Annotated[Rupiah, Meta(title="Perkiraan biaya (rupiah)")] = 0
    budget_line: Annotated[Line, Meta(title="Mata anggaran")] = ""
    attachments: Annotated[tuple[FileId, ...], Meta(title="Lampiran", max_length=20)] = ()


class Verification(Note, frozen=True, kw_only=True):
    """The verifier chooses the source of cost, and records an exemption where no agreement is in force."""

    budget_line: Annotated[Line, Meta(title="Mata anggaran")] = ""
    exemption: Annotated[Words, Meta(title="Alasan pengecualian kerja sama")] = ""


class OtherHost(Form, frozen=True, kw_only=True):
    """Another host; period and cost only where they change."""

    host: Host
    section: Annotated[Line, Meta(title="Bagian yang dituju")]
    starts_on: Annotated[date | None, Meta(title="Tanggal mulai")] = None
    ends_on: Annotated[date | None, Meta(title="Tanggal selesai")] = None
    estimate: Annotated[Rupiah | None, Meta(title="Perkiraan biaya (rupiah)")] = None
    funding: Annotated[Literal["none", "agency_budget", "host"] | None, Meta(title="Sumber dana")] = None


class HostReply(Form, frozen=True, kw_only=True):
    """The host accepts: who guides the participant, and its own letter where it wrote one."""

    field_supervisor: Annotated[str, Meta(title="Pembimbing lapangan", min_length=3, max_length=200)]
    field_supervisor_post: Annotated[str, Meta(title="Jabatan pembimbing lapangan", min_length=3, max_length=200)]
    reply_number: Annotated[Line, Meta(title="Nomor surat balasan")] = ""
    reply_on: Annotated[date | None, Meta(title="Tanggal surat balasan")] = None


class HostProposal(HostReply, frozen=True, kw_only=True):
    """The host would accept on other terms."""

    new_starts_on: Annotated[date | None, Meta(title="Tanggal mulai yang diusulkan")] = None
    new_ends_on: Annotated[date | None, Meta(title="Tanggal selesai yang diusulkan")] = None
    fee: Annotated[Rupiah, Meta(title="Biaya tambahan (rupiah)")] = 0
    conditions: Annotated[Words, Meta(title="Ketentuan")] = ""


class EarlyEnd(Form, frozen=True, kw_only=True):
    """Why it ends early, and the last day."""

    cause: Annotated[Literal["illness", "misconduct", "need_of_service"], Meta(title="Sebab")]
    reason: Annotated[str, Meta(title="Alasan", min_length=5, max_length=4000)]
    last_day: Annotated[date, Meta(title="Hari terakhir")]


class LogbookDay(Form, frozen=True, kw_only=True):
    """One day of work and what was learnt; hours as worked, night shifts too."""

    worked_on: Annotated[date, Meta(title="Tanggal")]
    hours: Annotated[Hours, Meta(title="Lama (jam)")]
    activity: Annotated[str, Meta(title="Kegiatan", min_length=3, max_length=4000)]
    learning: Annotated[Words, Meta(title="Yang dipelajari")] = ""


class DayConfirmation(Form, frozen=True, kw_only=True):
    """Which logged days the host confirms: by number, or all from one day to another."""

    numbers: Annotated[tuple[Number, ...], Meta(title="Nomor catatan", max_length=400)] = ()
    from_on: Annotated[date | None, Meta(title="Sejak tanggal")] = None
    until_on: Annotated[date | None, Meta(title="Sampai tanggal")] = None


class FinalReport(Form, frozen=True, kw_only=True):
    """The participant's final report."""

    summary: Annotated[str, Meta(title="Ringkasan laporan", min_length=20, max_length=20000)]
    report_file: Annotated[FileId, Meta(title="Berkas laporan")] = ""


class Score(Form, frozen=True, kw_only=True):
    """One aspect of the assessment, 0 to 100."""

    aspect: Annotated[str, Meta(title="Aspek", min_length=3, max_length=200)]
    score: Annotated[int, Meta(title="Nilai", ge=0, le=100)]
    remark: Annotated[Words, Meta(title="Keterangan")] = ""


class Assessment(Form, frozen=True, kw_only=True):
    """The host's scores; an outside host also hands in its own certificate."""

    scores: Annotated[tuple[Score, ...], Meta(title="Penilaian", min_length=1, max_length=50)]
    certificate_number: Annotated[Line, Meta(title="Nomor surat keterangan")] = ""
    certificate_on: Annotated[date | None, Meta(title="Tanggal surat keterangan")] = None
    certificate_file: Annotated[FileId, Meta(title="Berkas surat keterangan")] = ""


class Waiver(Form, frozen=True, kw_only=True):
    """Goes on without the host's assessment; unconfirmed days may be attested with a document."""

    reason: Annotated[str, Meta(title="Alasan", min_length=5, max_length=4000)]
    numbers: Annotated[tuple[Number, ...], Meta(title="Nomor catatan yang dibuktikan", max_length=400)] = ()
    document: Annotated[FileId, Meta(title="Dokumen bukti kehadiran")] = ""


class Completion(Spending, frozen=True, kw_only=True):
    """The last check, with the cost."""

    note: Annotated[Words, Meta(title="Catatan")] = ""


class Unmet(Spending, frozen=True, kw_only=True):
    """Closed without credit: after the deadline, or earlier with a reason."""

    reason: Annotated[Words, Meta(title="Alasan")] = ""


# --- What stays on record within the case ----------------------------------------------------------------------------

HOST_REPLY = Entry("host_reply", "Kesediaan instansi penerima", HostReply)
PROPOSAL = Entry("host_proposal", "Usul perubahan dari instansi penerima", HostProposal)
CONSENT = Entry("consent", "Persetujuan atas perubahan", Note)
LOGBOOK = Entry("logbook", "Catatan harian", LogbookDay, date="worked_on", one_a_day=True)
VERIFICATION = Entry("verification", "Hasil verifikasi", Verification)
REPORT = Entry("report", "Laporan akhir", FinalReport)
ASSESSMENT = Entry("assessment", "Penilaian instansi penerima", Assessment)
WAIVER = Entry("waiver", "Penilaian ditiadakan", Waiver)
ATTESTATION = Entry("attestation", "Keterangan yang dibuktikan", Attestation)
