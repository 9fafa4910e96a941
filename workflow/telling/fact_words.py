"""Facts as people read them: what each is called, and its value in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from policies.dates import written
from policies.records import DOCUMENTS
from workflow.definition import Process, Transition
from workflow.forms import CHOICES
from workflow.views.schemas import labels_of

#: Facts that come from a source rather than from a form, and the parts that they are made of.
FACTS = {
    "about": "perihal",
    "absent": "tidak hadir",
    "agreements": "Kerja sama dengan instansi penerima",
    "already_reported": "Sudah dilaporkan",
    "asn_kind": "Jenis ASN",
    "attended_days": "Hari hadir",
    "available": "tersedia",
    "awaiting": "menunggu DPA",
    "awaited_years": "Tahun yang menunggu DPA",
    "cited": "Peraturan yang disebut",
    "budget": "Mata anggaran",
    "changed": "Isian yang diubah",
    "closed_years": "Tahun anggaran yang sudah ditutup",
    "chosen_days": "Hari yang dipilih",
    "conditions": "ketentuan",
    "confirmed_days": "Hari yang sudah dikonfirmasi",
    "consented": "Kepala perangkat daerah menyetujui",
    "contract_ends_on": "Akhir perjanjian kerja",
    "coordinated": "Instansi yang sudah diajak berkoordinasi",
    "deadline_passed": "Tenggat sudah lewat",
    "ended_on": "Hari terakhir bila diakhiri lebih awal",
    "ends_on": "Tanggal selesai",
    "goes_along_already": "Sudah termasuk rombongan",
    "extension": "Perpanjangan yang diminta",
    "fee": "biaya tambahan",
    "from_on": "sejak",
    "funds": "Anggaran berkas menurut tahun",
    "group": "kelompok",
    "held": "Yang sudah dicadangkan atau diikat",
    "holder_id": "Penerima penghargaan",
    "host_consents": "disetujui instansi penerima",
    "host_country": "Negara instansi penerima",
    "host_inside": "Instansi penerima perangkat daerah sendiri",
    "host_name": "Nama instansi penerima",
    "host_unit": "Unit penerima",
    "kind": "jenis",
    "last_predicate": "Predikat kinerja tahun terakhir",
    "last_predicate_year": "Tahun predikat",
    "level": "tingkat",
    "line": "kode",
    "next_budget": "Mata anggaran tahun berikutnya",
    "exemption": "Alasan pengecualian kerja sama",
    "number": "nomor",
    "on": "Tanggal pemeriksaan",
    "offer": "Usul yang diajukan",
    "open_contest": "Keberatan yang belum dijawab",
    "other_activities": "Kegiatan purnawaktu lain",
    "participant_left_on": "Tidak lagi bertugas sejak",
    "participant_unit": "Unit kerja peserta",
    "places": "Tempat pada bagian yang dituju",
    "placed_name": "Perangkat daerah tempat pegawai mitra bertugas",
    "planned_days": "Hari kerja yang direncanakan",
    "predecessor_unit": "Unit kerja yang diganti",
    "proposal": "Usul instansi penerima",
    "same_post": "Pegawai berjabatan sama",
    "section": "bagian",
    "sanctions": "Hukuman disiplin tercatat",
    "starts_on": "Tanggal mulai",
    "status": "Status kepegawaian",
    "taken": "sudah terisi",
    "title": "nama",
    "stray_numbers": "Nomor yang tidak dapat dipilih",
    "total": "jumlah",
    "unit_now": "Unit kerja peserta sekarang",
    "unspent": "belum dibelanjakan",
    "until_on": "sampai",
    "whole_unit": "Pegawai perangkat daerah",
    "year": "tahun",
    # Of mentoring
    "ask_days": "Batas waktu menjawab permintaan (hari kerja)",
    "asked_on": "diminta tanggal",
    "by": "oleh",
    "chosen_meetings": "Catatan pertemuan yang dipilih",
    "confirmed_meetings": "Pertemuan yang dikonfirmasi",
    "current_mentor": "Mentor sekarang",
    "current_mentor_left_on": "Mentor tidak lagi bertugas sejak",
    "disputed_meetings": "Pertemuan yang disanggah",
    "ends_at": "selesai",
    "evaluation_is_over": "Waktu penilaian sudah lewat",
    "evaluation_began_at": "Evaluasi dimulai pada",
    "evaluation_since": "Evaluasi sejak",
    "logged_on": "Pertemuan pertama kali dicatat pada",
    "meetings_of_another": "Catatan mentor sebelumnya",
    "mentee_evaluated": "Mentee sudah menilai",
    "mentee_grade": "Golongan mentee",
    "mentee_id": "Mentee",
    "mentee_post": "Jabatan mentee",
    "mentor_asn_kind": "Jenis ASN mentor",
    "mentor_evaluated": "Mentor sudah menilai",
    "mentor_grade": "Golongan mentor",
    "mentor_id": "Mentor",
    "mentor_known_for": "Kompetensi yang pernah dibina mentor",
    "mentor_left_on": "Mentor tidak lagi bertugas sejak",
    "mentor_post": "Jabatan mentor",
    "mentor_sanctions": "Hukuman disiplin mentor tercatat",
    "mentor_status": "Status kepegawaian mentor",
    "mentor_unit": "Unit kerja mentor",
    "met_from": "Pertemuan mulai",
    "met_on": "Hari pertemuan",
    "met_until": "Pertemuan selesai",
    "now": "Waktu pemeriksaan",
    "objected": "Keberatan pernah diajukan",
    "open_ask": "Permintaan yang belum dijawab",
    "open_objection": "Keberatan yang belum dijawab",
    "opened_by": "Pembuka usul",
    "other_meetings": "Pertemuan lain mentor pada waktu itu",
    "orphaned_meetings": "Nomor yang disanggah tanpa mentor yang mencatatnya",
    "other_mentees": "Mentee lain yang dibina",
    "own_case": "pada berkas ini",
    "own_open_meetings": "Pertemuan mentor sendiri yang belum dikonfirmasi",
    "reference": "berkas",
    "starts_at": "mulai",
    "stray_meetings": "Nomor yang tidak dapat dipilih",
    "unconfirmed_meetings": "Pertemuan yang belum dikonfirmasi",
    "working_days_asked": "Hari kerja sejak diminta",
    "working_days_assigned": "Hari kerja sejak mentor ditugaskan",
    # Of awards
    "amount": "uang pembinaan",
    "announced_closing_day": "Batas akhir pengusulan semula",
    "award": "Penghargaan yang hendak dicabut",
    "award_budget": "Mata anggaran uang pembinaan",
    "award_round": "Putaran penghargaan",
    "award_spent": "Belanja untuk penghargaan itu",
    "awarded_on": "diserahkan tanggal",
    "budget_line": "mata anggaran",
    "by_criterion": "hasil tiap kriteria",
    "case": "berkas",
    "ceiling": "pagu",
    "chair_has_concluded": "Ketua tim penilai sudah menetapkan hasil",
    "clear": "bebas temuan",
    "clearance": "Keterangan Inspektorat",
    "closes_on": "batas akhir pengusulan",
    "concluded_together": "Disimpulkan bersama berkas",
    "cpns_on": "Pengangkatan CPNS",
    "criteria": "kriteria penilaian",
    "criterion": "kriteria",
    "declared": "benturan kepentingan yang dinyatakan",
    "decree_number": "nomor keputusan",
    "decreed_on": "Ditetapkan tanggal",
    "deferred_on": "Ditunda sejak",
    "document": "dokumen",
    "documents": "Berkas usul",
    "drafted": "masih draf",
    "file": "berkas",
    "final": "sudah ditutup",
    "function": "kedudukan",
    "gross": "jumlah kotor",
    "hours": "JP",
    "hours_by_year": "JP menurut tahun",
    "in_service": "masih bertugas",
    "is_nominee": "calon sendiri",
    "is_rival": "calon lain dalam putaran yang sama",
    "issued_on": "tanggal surat",
    "kinds": "jenis penghargaan",
    "medal": "Satyalancana Karya Satya terakhir",
    "mentoring_given": "Pertemuan mentoring yang diberikan",
    "name": "nama",
    "net": "jumlah bersih",
    "nominated_of_unit": "Calon lain dari perangkat daerah itu",
    "nominated_on": "Diusulkan tanggal",
    "nominee_grade": "Golongan calon",
    "on_paper": "dicatat verifikator menurut suratnya",
    "open_discipline_case": "Pemeriksaan disiplin yang berjalan",
    "open_revocations": "Usul pencabutan yang berjalan",
    "other_nominations": "Usul lain atas nama yang sama",
    "paid_on": "dibayar tanggal",
    "panel": "Tim penilai",
    "panel_result": "Nilai akhir",
    "panel_result_by_criterion": "Rata-rata tiap kriteria",
    "participant_is_head": "Calon kepala perangkat daerah",
    "payment": "Pembayaran",
    "person_id": "pegawai",
    "person_name": "nama",
    "points": "nilai",
    "predicate": "predikat",
    "predicates": "Predikat kinerja menurut tahun",
    "promised_in_round": "Sudah dijanjikan dalam putaran",
    "proposed_upward_on": "Diusulkan kepada Presiden tanggal",
    "quota": "jatah tiap perangkat daerah",
    "replaced": "sudah diganti",
    "result": "hasil",
    "revoked": "sudah dicabut",
    "rivals": "Calon lain dalam putaran yang sama",
    "same_unit": "satu perangkat daerah",
    "scored": "sudah menilai",
    "scores_awaited": "Penilai yang belum menilai",
    "scores_counted": "Penilaian yang dihitung",
    "service_months": "masa kerja (bulan)",
    "standing_in_round": "Usul dalam putaran",
    "state": "status",
    "subordinate": "bawahan langsung",
    "substitute_rank": "urutan pengganti",
    "superior": "atasan langsung",
    "tax": "pajak",
    "this_case": "Berkas ini",
    "unpaid_leave": "Pernah mengambil cuti di luar tanggungan negara",
    "verified": "sudah bertindak sebagai verifikator",
    "weight": "bobot",
}

_MONEY = frozenset(
    {
        *("estimate", "cost", "held", "available", "awaiting", "unspent", "remains", "fee"),
        *("amount", "ceiling", "gross", "tax", "net", "promised_in_round"),
    }
)
#: Where nothing is an answer; everywhere else it means that nobody knows.
_MAY_BE_NONE = frozenset(
    {
        "action_on",
        *("award_budget", "award_round", "awarded_on", "decreed_on", "nominated_on", "payment", "proposed_upward_on"),
        "budget",
        "next_budget",
        "certificate_on",
        "current_mentor_left_on",
        "ended_on",
        "evaluation_since",
        "extension",
        "host_unit",
        "mentor_left_on",
        "open_ask",
        "participant_left_on",
        "places",
        "proposal",
        "return_on",
    }
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: An instant on the clock that it was kept by: its day, hours and minutes.
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


def rupiah(amount: int) -> str:
    """Whole rupiah: ``Rp1.500.000,00``."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def fact_labels(process: Process, transition: Transition | None = None) -> dict[str, str]:
    """What people call each fact of a step: as the step's form or the request calls it, else by the list above."""
    return {**FACTS, **labels_of(transition.takes if transition else None, process.form)}


def when(value: str) -> str:
    """A day or an instant as it is stored, in words; empty where the text is neither."""
    day, hour = _DAY.fullmatch(value), _INSTANT.fullmatch(value)
    try:
        if hour:
            return f"{written(date.fromisoformat(hour[1]))} pukul {hour[2]}.{hour[3]}"
        return written(date.fromisoformat(value)) if day else ""
    except ValueError:  # there is no such day
        return ""


def said(name: str, value: Any) -> str:
    """A value of a stored fact, in words."""
    if value is None:
        return "tidak ada" if name in _MAY_BE_NONE else "belum diketahui"
    if value == "":
        return "tidak diisi"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int) and name in _MONEY:
        return rupiah(value)
    if isinstance(value, str):
        return DOCUMENTS.get(value, value) if name == "document" else when(value) or CHOICES.get(value, value)
    if isinstance(value, Mapping):
        parts = {part: inner for part, inner in value.items() if inner not in ("", None)}
        return ", ".join(f"{FACTS.get(part, part).lower()} {said(part, inner)}" for part, inner in parts.items())
    if isinstance(value, list | tuple):
        return "; ".join(said(name, each) for each in value) or "tidak ada"
    return str(value)
