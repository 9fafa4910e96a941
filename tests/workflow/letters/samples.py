"""The letters that the tests make: every kind once, and the variants that look different. All people are invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from workflow.letters.bodies import internship as bodies
from workflow.letters.parts import (
    HostLine,
    LetterFrame,
    LetterReference,
    ParticipantLine,
    SignatureBlock,
    signature_block,
)
from workflow.letters.profile import load_profile

PROFILE = load_profile()
SIGNED_AT = datetime(2026, 3, 12, 3, 15, tzinfo=UTC)

BKPSDM = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
LAN = "Peraturan Lembaga Administrasi Negara Nomor 10 Tahun 2018 tentang Pengembangan Kompetensi Pegawai Negeri Sipil"
PP = (
    "Peraturan Pemerintah Nomor 11 Tahun 2017 tentang Manajemen Pegawai Negeri Sipil sebagaimana telah diubah dengan "
    "Peraturan Pemerintah Nomor 17 Tahun 2020"
)
PPPK_PP = "Peraturan Pemerintah Nomor 49 Tahun 2018 tentang Manajemen Pegawai Pemerintah dengan Perjanjian Kerja"
PPPK_LAN = (
    "Peraturan Lembaga Administrasi Negara Nomor 15 Tahun 2020 tentang Pengembangan Kompetensi Pegawai Pemerintah dengan "
    "Perjanjian Kerja"
)
ASN = "Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara"

TITIN = ParticipantLine(
    name="Ns. Titin Pramono, S.Kep.",
    nip="19850102 200507 2 001",
    rank="Penata Tingkat I (III/d)",
    post="Perawat Ahli Muda",
    unit="Dinas Kesehatan",
)
YUSUF = ParticipantLine(
    name="Yusuf D'Costa, A.Md.Kep.",
    nip="19940817 202221 1 007",
    rank="Golongan VII",
    post="Perawat Terampil",
    unit="Dinas Kesehatan",
)
CHIEF = ParticipantLine(
    name="Nining Utami Utomo, S.Sos.",
    nip="19750417 201406 2 001",
    rank="Pembina Tingkat I (IV/b)",
    post=f"Kepala {BKPSDM}",
    unit=BKPSDM,
)
SEKDA = ParticipantLine(
    name="Maruli Gunawan",
    nip="19720129 199810 1 001",
    rank="Pembina Utama Madya (IV/d)",
    post="Sekretaris Daerah",
    unit="Sekretariat Daerah",
)
LONG = ParticipantLine(
    name="Dr. dr. Raden Ayu Kusumaningtyas Wijayakusuma Prawirodirdjo-Hadiningrat, Sp.PD., Sp.JP(K)., M.Kes., FINASIM",
    nip="19790314 200604 2 003",
    rank="Pembina Utama Muda (IV/c)",
    post="Kepala Bidang Pencegahan dan Pengendalian Penyakit Menular serta Tidak Menular",
    unit="Dinas Pengendalian Penduduk, Keluarga Berencana, Pemberdayaan Perempuan, dan Perlindungan Anak",
)

RSUD = HostLine(
    name="Rumah Sakit Umum Daerah Kemuning",
    head="Direktur Rumah Sakit Umum Daerah Kemuning",
    address="Jalan Cempaka Nomor 40",
    city="Kemuning Kota",
    inside=True,
)
RSPROV = HostLine(
    name="Rumah Sakit Umum Daerah Provinsi Sungai Jernih",
    head="Direktur Rumah Sakit Umum Daerah Provinsi Sungai Jernih",
    address="Jalan Merdeka Nomor 21",
    city="Sungai Jernih",
    inside=False,
)
ABROAD = HostLine(
    name="Institut Jantung Contoh",
    head="Pimpinan Institut Jantung Contoh",
    address="Jalan Tasik 145",
    city="Kuala Lumpur",
    inside=False,
    country="Malaysia",
)

HEALTH_HEAD = signature_block(
    "Kepala Dinas Kesehatan", "Siti Azhari, A.Md.", "Pembina Utama Muda (IV/c)", "19811214 201411 2 001"
)
PERSONNEL_HEAD = signature_block(
    f"Kepala {BKPSDM}", "Nining Utami Utomo, S.Sos.", "Pembina Tingkat I (IV/b)", "19750417 201406 2 001"
)
SECRETARY = signature_block(
    "Sekretaris Daerah",
    "Maruli Gunawan",
    "Pembina Utama Madya (IV/d)",
    "19720129 199810 1 001",
    for_title="Bupati Kemuning",
)
SECRETARY_ITSELF = msgspec.structs.replace(SECRETARY, lines=("SEKRETARIS DAERAH,",))
REGENT = signature_block("Bupati Kemuning", "Ratna Suryaningrat", is_regent=True)
HOSPITAL_HEAD = signature_block(
    "Direktur Rumah Sakit Umum Daerah Kemuning",
    "Muhammad Subekti, S.E.",
    "Pembina Utama Muda (IV/c)",
    "19850910 201401 1 001",
    "plt",
)

PROPOSAL_LETTER = LetterReference(
    kind="surat usulan",
    number="800.1.4.1/015/DINKES/2026",
    dated_on=date(2026, 3, 2),
    by="Kepala Dinas Kesehatan",
    code="internship_proposal",
)
REQUEST_LETTER = LetterReference(
    kind="surat permohonan magang",
    number="800.1.4.1/042/SETDA/2026",
    dated_on=date(2026, 3, 5),
    by="Sekretaris Daerah a.n. Bupati Kemuning",
    code="internship_request",
)
ASSIGNMENT_LETTER = LetterReference(
    kind="surat tugas",
    number="800.1.11.1/021/DINKES/2026",
    dated_on=date(2026, 3, 12),
    by="Kepala Dinas Kesehatan",
    code="internship_assignment",
)
INTRODUCTION_LETTER = LetterReference(
    kind="surat pengantar",
    number="800.1.4.1/077/BKPSDM/2026",
    dated_on=date(2026, 3, 16),
    by=f"Kepala {BKPSDM}",
    code="internship_introduction",
)
HOST_LETTER = LetterReference(
    kind="surat keterangan",
    number="445/118/RSUD-SJ/2026",
    dated_on=date(2026, 5, 4),
    by="Direktur Rumah Sakit Umum Daerah Provinsi Sungai Jernih",
)
SUPERVISOR = bodies.FieldSupervisor(name="Ns. Ratna Kumala, M.Kep.", post="Kepala Ruang Instalasi Gawat Darurat")


@dataclass(frozen=True)
class Sample:
    """One letter: its template, frame and body."""

    name: str
    template: str
    letter: LetterFrame
    body: bodies.Internship


def _internship(host: HostLine = RSPROV) -> dict[str, Any]:
    return {
        "participants": (TITIN,),
        "host": host,
        "section": "Instalasi Gawat Darurat",
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2026, 4, 30),
        "competency": "penanganan kegawatdaruratan medis",
    }


_COSTED: dict[str, Any] = {
    "goal": "Mampu melakukan triase dan penanganan awal pasien gawat darurat sesuai standar rumah sakit rujukan.",
    "cost_source": "DPA Dinas Kesehatan Tahun Anggaran 2026, belanja perjalanan dinas",
}
_ATTENDED: dict[str, Any] = {"attended_days": 20, "planned_days": 21, "score": Decimal("88.50"), "predicate": "Baik"}


def _frame(kind: str, title: str, unit: str, unit_name: str, signer: SignatureBlock, **more: Any) -> LetterFrame:
    given: dict[str, Any] = {
        "kind": kind,
        "title": title,
        "letterhead": PROFILE.letterhead(unit, unit_name),
        "signatures": (signer,),
        "place": PROFILE.seat,
        "number": PROFILE.number(kind, unit=unit, sequence=21, on=date(2026, 3, 12)),
        "dated_on": date(2026, 3, 12),
        "signed_at": SIGNED_AT,
        "certified": True,
    }
    return LetterFrame(**{**given, **more})


def _to_host(host: HostLine) -> dict[str, Any]:
    return {"addressee": (host.head,), "addressee_place": ", ".join(filter(None, (host.city, host.country)))}


def _proposal() -> Sample:
    body = bodies.InternshipProposal(
        **_internship(),
        **_COSTED,
        plan_item="Rencana pengembangan kompetensi tahun 2026, butir 14",
        cost_estimate=12_500_000,
    )
    frame = _frame(
        "internship_proposal",
        "Surat Usulan Peserta Magang",
        "DINKES",
        "Dinas Kesehatan",
        HEALTH_HEAD,
        subject="Usulan Peserta Magang",
        attachment="1 (satu) berkas",
        addressee=(f"Kepala {BKPSDM}", "Kabupaten Kemuning"),
        addressee_place="Kemuning Kota",
    )
    return Sample("internship_proposal", "internship_proposal.html", frame, body)


def _request() -> Sample:
    body = bodies.InternshipRequest(
        **_internship(),
        **_COSTED,
        earlier=(PROPOSAL_LETTER,),
        reply_days=10,
    )
    frame = _frame(
        "internship_request",
        "Surat Permohonan Magang",
        "SETDA",
        "Sekretariat Daerah",
        SECRETARY,
        subject="Permohonan Magang",
        urgency="Segera",
        addressee=(RSPROV.head, "u.p. Wakil Direktur Sumber Daya Manusia dan Pendidikan"),
        addressee_place="Sungai Jernih",
        copies=("Bupati Kemuning (sebagai laporan)", f"Kepala {BKPSDM}", "Kepala Dinas Kesehatan"),
    )
    return Sample("internship_request", "internship_request.html", frame, body)


def _assignment() -> Sample:
    body = bodies.InternshipAssignment(
        **_internship(),
        **_COSTED,
        basis=(ASN, LAN),
        earlier=(REQUEST_LETTER, PROPOSAL_LETTER),
        field_supervisor=SUPERVISOR,
        conditions="Peserta membawa surat keterangan sehat dan mengikuti orientasi hari pertama.",
    )
    frame = _frame(
        "internship_assignment",
        "Surat Tugas",
        "DINKES",
        "Dinas Kesehatan",
        HEALTH_HEAD,
        copies=(f"Kepala {BKPSDM}", RSPROV.head),
    )
    return Sample("internship_assignment", "internship_assignment.html", frame, body)


def _introduction() -> Sample:
    body = bodies.InternshipIntroduction(
        **_internship(),
        earlier=(ASSIGNMENT_LETTER, REQUEST_LETTER, PROPOSAL_LETTER),
        field_supervisor=SUPERVISOR,
    )
    frame = _frame(
        "internship_introduction",
        "Surat Pengantar",
        "BKPSDM",
        BKPSDM,
        PERSONNEL_HEAD,
        **_to_host(RSPROV),
    )
    return Sample("internship_introduction", "internship_introduction.html", frame, body)


def _host_certificate() -> Sample:
    body = bodies.HostCertificate(
        **_internship(RSUD),
        **_ATTENDED,
        earlier=(INTRODUCTION_LETTER, ASSIGNMENT_LETTER, REQUEST_LETTER, PROPOSAL_LETTER),
        field_supervisor=SUPERVISOR,
    )
    frame = _frame(
        "internship_host_certificate",
        "Surat Keterangan Selesai Magang",
        "RSUD",
        RSUD.name,
        HOSPITAL_HEAD,
        copies=("Kepala Dinas Kesehatan",),
    )
    return Sample("internship_host_certificate", "internship_host_certificate.html", frame, body)


def _credit_certificate() -> Sample:
    body = bodies.CreditCertificate(
        **_internship(),
        **_ATTENDED,
        hours=20,
        basis=(LAN,),
        host_certificate=HOST_LETTER,
    )
    frame = _frame(
        "internship_credit_certificate",
        "Surat Keterangan Pengembangan Kompetensi",
        "BKPSDM",
        BKPSDM,
        PERSONNEL_HEAD,
    )
    return Sample("internship_credit_certificate", "internship_credit_certificate.html", frame, body)


def _recall() -> Sample:
    body = bodies.InternshipRecall(
        **_internship(),
        reason="Kebutuhan dinas mendesak pada Pusat Kesehatan Masyarakat Muara Kemuning.",
        earlier=(INTRODUCTION_LETTER, ASSIGNMENT_LETTER, REQUEST_LETTER, PROPOSAL_LETTER),
    )
    frame = _frame(
        "internship_recall",
        "Surat Penarikan Peserta Magang",
        "DINKES",
        "Dinas Kesehatan",
        HEALTH_HEAD,
        subject="Penarikan Peserta Magang",
        urgency="Segera",
        copies=(f"Kepala {BKPSDM}",),
        **_to_host(RSPROV),
    )
    return Sample("internship_recall", "internship_recall.html", frame, body)


def _cancellation() -> Sample:
    body = bodies.InternshipCancellation(
        **_internship(),
        reason="peserta menjalani perawatan kesehatan",
        cancels=(REQUEST_LETTER,),
    )
    frame = _frame(
        "internship_cancellation",
        "Surat Pembatalan",
        "SETDA",
        "Sekretariat Daerah",
        SECRETARY,
        subject="Pembatalan Permohonan Magang",
        **_to_host(RSPROV),
    )
    return Sample("internship_cancellation", "internship_cancellation.html", frame, body)


def _change() -> Sample:
    body = bodies.InternshipChange(
        **_internship(),
        reason="peserta menjalani perawatan kesehatan",
        changes=(REQUEST_LETTER,),
        successor=YUSUF,
    )
    frame = _frame(
        "internship_change",
        "Surat Perubahan",
        "SETDA",
        "Sekretariat Daerah",
        SECRETARY,
        subject="Perubahan Peserta Magang",
        copies=("Kepala Dinas Kesehatan",),
        **_to_host(RSPROV),
    )
    return Sample("internship_change", "internship_change.html", frame, body)


def _assignment_change() -> Sample:
    body = bodies.InternshipChange(
        **_internship(),
        reason="peserta menjalani perawatan kesehatan",
        changes=(ASSIGNMENT_LETTER,),
    )
    frame = _frame(
        "internship_assignment_change",
        "Surat Perubahan Surat Tugas",
        "DINKES",
        "Dinas Kesehatan",
        HEALTH_HEAD,
        subject="Perubahan Surat Tugas Magang",
    )
    return Sample("internship_assignment_change", "internship_assignment_change.html", frame, body)


def _replacement() -> Sample:
    body = bodies.InternshipReplacement(
        **_internship(),
        reason="peserta menjalani perawatan kesehatan",
        changes=(REQUEST_LETTER,),
        successor=YUSUF,
    )
    frame = _frame(
        "internship_replacement",
        "Pemberitahuan Penggantian Peserta",
        "SETDA",
        "Sekretariat Daerah",
        SECRETARY,
        subject="Penggantian Peserta Magang",
        urgency="Segera",
        copies=("Kepala Dinas Kesehatan",),
        **_to_host(RSPROV),
    )
    return Sample("internship_replacement", "internship_replacement.html", frame, body)


def _extension() -> Sample:
    body = bodies.InternshipExtension(
        **{**_internship(), "ends_on": date(2026, 5, 29)},
        **_COSTED,
        basis=(ASN, LAN),
        ended_before=date(2026, 4, 30),
        consent=f"surat {RSPROV.head} Nomor 445/131/RSUD-SJ/2026 tanggal 20 April 2026",
        earlier=(INTRODUCTION_LETTER, ASSIGNMENT_LETTER, REQUEST_LETTER, PROPOSAL_LETTER),
        field_supervisor=SUPERVISOR,
    )
    frame = _frame(
        "internship_extension",
        "Surat Tugas Perpanjangan",
        "DINKES",
        "Dinas Kesehatan",
        HEALTH_HEAD,
        copies=(f"Kepala {BKPSDM}", RSPROV.head),
    )
    return Sample("internship_extension", "internship_extension.html", frame, body)


def _return() -> Sample:
    body = bodies.InternshipReturn(
        **_internship(RSUD),
        last_day=date(2026, 4, 20),
        reason="Instalasi Gawat Darurat direnovasi sehingga pembimbingan tidak dapat dilanjutkan.",
        earlier=(INTRODUCTION_LETTER, ASSIGNMENT_LETTER, REQUEST_LETTER, PROPOSAL_LETTER),
    )
    frame = _frame(
        "internship_return",
        "Surat Pengembalian Peserta",
        "RSUD",
        RSUD.name,
        HOSPITAL_HEAD,
        subject="Pengembalian Peserta Magang",
        addressee=("Kepala Dinas Kesehatan",),
        addressee_place="Kemuning Kota",
        copies=(f"Kepala {BKPSDM}",),
    )
    return Sample("internship_return", "internship_return.html", frame, body)


#: Each kind of letter once, with one participant, signed.
LETTERS = (
    _proposal(),
    _request(),
    _assignment(),
    _introduction(),
    _host_certificate(),
    _credit_certificate(),
    _recall(),
    _cancellation(),
    _change(),
    _assignment_change(),
    _replacement(),
    _extension(),
    _return(),
)


def _variant(of: Sample, name: str, frame: dict[str, Any] | None = None, **body: Any) -> Sample:
    letter = msgspec.structs.replace(of.letter, **(frame or {}))
    return Sample(f"{of.name}_{name}", of.template, letter, msgspec.structs.replace(of.body, **body))


#: A draft has no signature block: who signs is known when they have.
_DRAFT: dict[str, Any] = {"draft": True, "number": None, "dated_on": None, "signed_at": None, "signatures": ()}
_SEVERAL: dict[str, Any] = {"participants": (TITIN, YUSUF, LONG)}
_by_name: Callable[[str], Sample] = {sample.name: sample for sample in LETTERS}.__getitem__

#: What looks different: drafts, several participants, what is left out or done without.
VARIANTS = (
    _variant(
        _by_name("internship_proposal"),
        "unplanned",
        participants=(YUSUF,),
        plan_item=None,
        unplanned_reason="Kebutuhan baru setelah perluasan Instalasi Gawat Darurat.",
        cost_source="tanpa biaya",
        cost_estimate=None,
    ),
    _variant(_by_name("internship_request"), "draft", _DRAFT, **_SEVERAL),
    _variant(_by_name("internship_assignment"), "several", **_SEVERAL, conditions=None, cost_source="tanpa biaya"),
    _variant(_by_name("internship_introduction"), "several", **_SEVERAL),
    _variant(_by_name("internship_host_certificate"), "draft", _DRAFT),
    _variant(
        _by_name("internship_credit_certificate"),
        "waived",
        score=None,
        predicate=None,
        host_certificate=None,
        waived_reason="Instansi penerima tidak menyampaikan penilaian sampai batas waktu.",
    ),
    _variant(
        _by_name("internship_credit_certificate"),
        "waived_again",
        attended_days=24,
        waived_reason="Bupati telah menarik pembimbing lapangan ke tempat lain.",
    ),
    _variant(
        _by_name("internship_credit_certificate"),
        "contract_staff_abroad",
        participants=(YUSUF,),
        host=ABROAD,
        host_certificate=msgspec.structs.replace(HOST_LETTER, number="IJC/HR/2026/031", by=ABROAD.head),
        hours=24,
        basis=(ASN, PPPK_PP, PPPK_LAN),
    ),
    _variant(
        _by_name("internship_assignment"),
        "contract_staff_abroad",
        {"copies": (f"Kepala {BKPSDM}",)},
        participants=(YUSUF,),
        host=ABROAD,
        basis=(ASN, PPPK_PP, PPPK_LAN),
    ),
    _variant(_by_name("internship_assignment"), "both_kinds", **_SEVERAL, basis=(ASN, PP, PPPK_PP, LAN, PPPK_LAN)),
    _variant(_by_name("internship_request"), "abroad", _to_host(ABROAD), host=ABROAD),
    _variant(
        _by_name("internship_proposal"),
        "of_the_personnel_head",
        {
            "letterhead": PROFILE.letterhead("SETDA", "Sekretariat Daerah"),
            "signatures": (SECRETARY_ITSELF,),
            "number": "800.1.4.1/022/SETDA/2026",
            "addressee": ("Bupati Kemuning",),
            "standing": "above",
        },
        participants=(CHIEF,),
    ),
    _variant(
        _by_name("internship_proposal"),
        "of_the_secretary",
        {
            "letterhead": PROFILE.regent_letterhead(),
            "signatures": (REGENT,),
            "number": "800.1.4.1/022/SETDA/2026",
            "addressee": (f"Kepala {BKPSDM}",),
            "standing": "below",
        },
        participants=(SEKDA,),
    ),
    _variant(
        _by_name("internship_request"),
        "to_a_superior",
        {
            "letterhead": PROFILE.letterhead("BKPSDM", BKPSDM),
            "signatures": (PERSONNEL_HEAD,),
            "number": "800.1.4.1/022/BKPSDM/2026",
            "addressee": ("Sekretaris Daerah",),
            "addressee_place": "Kemuning Kota",
            "standing": "above",
            "copies": (),
        },
        host=HostLine(
            name="Sekretariat Daerah", head="Sekretaris Daerah", address="", city="Kemuning Kota", inside=True
        ),
    ),
    _variant(_by_name("internship_cancellation"), "several", **_SEVERAL, cancels=(REQUEST_LETTER, INTRODUCTION_LETTER)),
    _variant(
        _by_name("internship_cancellation"),
        "to_participant",
        {
            "letterhead": PROFILE.letterhead("DINKES", "Dinas Kesehatan"),
            "signatures": (HEALTH_HEAD,),
            "number": "800.1.4.1/022/DINKES/2026",
            "subject": "Pembatalan Surat Tugas",
            "addressee": (),
            "addressee_place": "",
        },
        cancels=(ASSIGNMENT_LETTER,),
    ),
)

#: As letters mostly are: a unit with a long name, three rules as their basis, one copy.
_AT_THE_HOSPITAL: dict[str, Any] = {"participants": (msgspec.structs.replace(TITIN, unit=RSUD.name),)}
TYPICAL = (
    _variant(
        _by_name("internship_request"),
        "typical",
        {"copies": (RSUD.head,)},
        **_AT_THE_HOSPITAL,
        cost_source="anggaran Fasilitasi magang antarinstansi – Belanja perjalanan dinas (2026)",
    ),
    _variant(
        _by_name("internship_assignment"),
        "typical",
        {
            "letterhead": PROFILE.letterhead("RSUD", RSUD.name),
            "signatures": (HOSPITAL_HEAD,),
            "copies": (f"Kepala {BKPSDM}",),
        },
        **_AT_THE_HOSPITAL,
        basis=(ASN, PP, LAN),
        cost_source="anggaran Fasilitasi magang antarinstansi – Belanja perjalanan dinas (2026)",
    ),
    _variant(_by_name("internship_credit_certificate"), "typical", **_AT_THE_HOSPITAL, basis=(ASN, PP, LAN)),
)

_FIRST = ("Arum", "Bimo", "Citra", "Danu", "Elok", "Fajar", "Gita", "Hanum")
_LAST = ("Paramita", "Wirasena", "Lesmana", "Kusuma", "Pertiwi")
_POSTS = (
    ("Perawat Ahli Muda", "Penata Tingkat I (III/d)"),
    ("Perawat Ahli Pertama", "Penata Muda Tingkat I (III/b)"),
    ("Bidan Penyelia", "Penata (III/c)"),
)
_SECTIONS = (
    ("Instalasi Gawat Darurat", "Ns. Ratna Kumala, M.Kep."),
    ("Instalasi Rawat Intensif", "dr. Wahyu Anggara, Sp.An."),
    ("Instalasi Bedah Sentral", ""),
)


def _invented(number: int) -> ParticipantLine:
    """One of a cohort; every fourth is contract staff."""
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}, A.Md.Kep."
    if number % 4 == 3:
        nip = f"1993{number % 12 + 1:02}{number % 28 + 1:02} 202321 {number % 2 + 1} {number + 1:03}"
        return msgspec.structs.replace(YUSUF, name=name, nip=nip)
    post, rank = _POSTS[number % len(_POSTS)]
    nip = f"1988{number % 12 + 1:02}{number % 28 + 1:02} 201503 {number % 2 + 1} {number + 1:03}"
    return ParticipantLine(name=name, nip=nip, rank=rank, post=post, unit="Dinas Kesehatan")


def _placed(number: int, person: ParticipantLine) -> ParticipantLine:
    section, guide = _SECTIONS[number % len(_SECTIONS)]
    return msgspec.structs.replace(person, section=section, guide=guide)


#: Forty who go together; the third has the longest name, post and unit.
COHORT = (TITIN, YUSUF, LONG, *map(_invented, range(37)))
_PLACED = tuple(_placed(number, person) for number, person in enumerate(COHORT))
_ALL_SECTIONS = "Instalasi Gawat Darurat, Instalasi Rawat Intensif, dan Instalasi Bedah Sentral"

#: The same letters for three, five and forty who go together; a letter of one is above.
_SHARED = (
    "internship_proposal",
    "internship_request",
    "internship_assignment",
    "internship_introduction",
    "internship_extension",
    "internship_return",
)
_SIZES = {"of_three": 3, "of_five": 5, "of_forty": 40}
COHORTS = (
    *(_variant(_by_name(kind), name, participants=COHORT[:size]) for kind in _SHARED for name, size in _SIZES.items()),
    *(
        _variant(_by_name("internship_change"), name, remaining=COHORT[1:size], successor=None)
        for name, size in _SIZES.items()
    ),
)

#: Of a cohort: drafts, sections and guides of their own, several who leave, nobody who is addressed.
COHORT_VARIANTS = (
    _variant(_by_name("internship_request"), "of_forty_draft", _DRAFT, participants=COHORT),
    _variant(_by_name("internship_assignment"), "of_three_placed", participants=_PLACED[:3], section=_ALL_SECTIONS),
    _variant(_by_name("internship_assignment"), "of_forty_placed", participants=_PLACED, section=_ALL_SECTIONS),
    _variant(
        _by_name("internship_introduction"),
        "of_three_sections",
        participants=tuple(msgspec.structs.replace(person, guide="") for person in _PLACED[:3]),
        section=_ALL_SECTIONS,
    ),
    _variant(
        _by_name("internship_assignment_change"),
        "of_five",
        participants=_PLACED[:1],
        remaining=_PLACED[1:5],
        successor=_PLACED[6],
        section=_ALL_SECTIONS,
    ),
    _variant(
        _by_name("internship_change"),
        "of_many_who_leave",
        participants=COHORT[:5],
        remaining=COHORT[5:],
        successor=None,
        changes=(REQUEST_LETTER, INTRODUCTION_LETTER),
    ),
    _variant(_by_name("internship_replacement"), "of_two_letters", changes=(INTRODUCTION_LETTER, REQUEST_LETTER)),
    _variant(_by_name("internship_cancellation"), "of_five", participants=COHORT[:5]),
    _variant(
        _by_name("internship_cancellation"),
        "of_forty_to_participants",
        {"addressee": (), "addressee_place": ""},
        participants=COHORT,
    ),
    _variant(_by_name("internship_recall"), "of_three", participants=COHORT[:3]),
    _variant(_by_name("internship_recall"), "of_five", participants=COHORT[:5]),
)

ALL = (*LETTERS, *VARIANTS, *TYPICAL, *COHORTS, *COHORT_VARIANTS)


def largest_of_each_kind(samples: Mapping[str, tuple[str, Any, Any]]) -> list[str]:
    """Of samples by name (a kind, its signatures, its body), those that say most, and those whose names are the longest."""
    said = {name: len(msgspec.json.encode(body)) for name, (_, _, body) in samples.items()}
    kinds = {kind for kind, _, _ in samples.values()}
    most = {max((name for name in samples if samples[name][0] == kind), key=lambda name: said[name]) for kind in kinds}
    return [
        name
        for name, (_, _, body) in samples.items()
        if name in most or LONG.name in msgspec.json.encode(body).decode()
    ]
