"""How a request is asked for: in which parts its form is put to people, in which words, and what is asked only then.

A process that is not named here is asked in one part. Every field of a form that opens a process belongs to one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from policies.incentive import COMPARED, RECOGNITION, REGIONAL, SATYALANCANA, SELF_DEVELOPMENT
from policies.incentive_conduct import (
    RECOGNITION_DOCUMENTS,
    REGIONAL_DOCUMENTS,
    SATYALANCANA_DOCUMENTS,
    SELF_DEVELOPMENT_DOCUMENTS,
)
from policies.parameters import Law, NotInForce
from policies.records import DOCUMENTS
from workflow.filing import LARGEST
from workflow.forms import kept_fields

#: Whether a field is asked for, by what is filled in so far.
Applies = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Part:
    """Fields that are asked together. ``name``: as it stands in an address; ``hints``: what helps with a field."""

    name: str
    title: str
    fields: tuple[str, ...]
    says: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """How a process is asked for.

    ``says``: what it is for, in a sentence. ``asked_first``: rules that need nothing but the person, asked before anything is
    filled in. ``only``: when a field is asked for at all. ``wanted``: which fields the law in force needs besides the form.
    ``foretold``: rules of later steps, told before it is sent. ``about_another``: it is never about whoever opens it.
    """

    says: str
    parts: tuple[Part, ...]
    asked_first: tuple[str, ...] = ()
    only: Mapping[str, Applies] = field(default_factory=dict)
    wanted: Callable[[Mapping[str, Any], Law], tuple[str, ...]] = lambda _form, _law: ()
    foretold: tuple[str, ...] = ()
    about_another: bool = False


def is_one_of(name: str, *values: str) -> Applies:
    """Asked for where another field has one of some values."""
    return partial(_is_one_of, name, values)


def _is_one_of(name: str, values: tuple[str, ...], form: Mapping[str, Any]) -> bool:
    return form.get(name) in values


# --- Awards ----------------------------------------------------------------------------------------------------------

_PAPERS_OF: Final = {
    **dict.fromkeys(SATYALANCANA, SATYALANCANA_DOCUMENTS),
    REGIONAL: REGIONAL_DOCUMENTS,
    SELF_DEVELOPMENT: SELF_DEVELOPMENT_DOCUMENTS,
    RECOGNITION: RECOGNITION_DOCUMENTS,
}


def papers_wanted(form: Mapping[str, Any], law: Law) -> tuple[str, ...]:
    """The documents that the law in force lists for the kind of award that is chosen."""
    listed = _PAPERS_OF.get(str(form.get("kind")))
    if listed is None:
        return ()
    try:
        return tuple(law[listed].value)
    except NotInForce:
        return ()


# --- The words -------------------------------------------------------------------------------------------------------

_PERIOD_HINTS: Final = {"ends_on": "Hari terakhir Anda mengikutinya."}
_PLAN_HINT: Final = "Nomor atau judul butir dalam rencana pengembangan kompetensi tahun ini."
_ATTACHED: Final = f"PDF, foto, atau dokumen Word/Excel, paling besar {LARGEST // 2**20} MB tiap berkas."

ASKED: Final[Mapping[str, Asking]] = {
    "internship": Asking(
        "Bekerja dan belajar beberapa waktu di instansi lain, lalu membawa pulang yang dipelajari.",
        (
            Part(
                "tempat",
                "Tempat magang",
                ("host", "section"),
                "Pilih instansi yang dituju. Instansi itu baru dihubungi setelah permohonan Anda disetujui.",
                {
                    "host": "Mitra kerja sama lebih dahulu, kemudian perangkat daerah kita sendiri.",
                    "section": "Misalnya Instalasi Rawat Intensif atau Bidang Pelayanan.",
                },
            ),
            Part("waktu", "Waktu", ("starts_on", "ends_on"), "", _PERIOD_HINTS),
            Part(
                "tujuan",
                "Yang hendak dipelajari",
                ("competency", "goal", "plan_item", "outside_plan_reason"),
                "",
                {
                    "competency": "Misalnya keperawatan intensif.",
                    "goal": "Apa yang akan dapat Anda kerjakan di unit kerja sesudah magang?",
                    "plan_item": f"{_PLAN_HINT} Kosongkan bila magang ini di luar rencana.",
                    "outside_plan_reason": "Isi hanya bila magang ini tidak ada dalam rencana.",
                },
            ),
            Part(
                "biaya",
                "Biaya magang",
                ("funding",),
                "Siapa yang menanggung biaya magang, bila ada?",
            ),
            Part(
                "perkiraan-biaya",
                "Perkiraan biaya",
                ("estimate", "budget_line"),
                "",
                {
                    "estimate": "Jumlah seluruhnya: transpor, penginapan, dan biaya lain. Dalam rupiah, misalnya 1.500.000.",
                    "budget_line": "Boleh dikosongkan; verifikator BKPSDM akan memilihnya.",
                },
            ),
            Part(
                "lampiran",
                "Lampiran",
                ("attachments",),
                "Lampirkan bila ada, misalnya undangan atau surat penerimaan.",
                {"attachments": _ATTACHED},
            ),
        ),
        ("participant_is_in_service", "participant_bears_no_heavy_sanction", "performance_is_good"),
        {
            "estimate": is_one_of("funding", "agency_budget", "host"),
            "budget_line": is_one_of("funding", "agency_budget"),
        },
        foretold=("enough_people_stay", "agreement_covers_the_period"),
    ),
    "mentoring": Asking(
        "Belajar dari rekan yang lebih berpengalaman melalui pertemuan berkala selama beberapa bulan.",
        (
            Part(
                "mentor",
                "Mentor",
                ("mentor",),
                "Pilih rekan yang Anda harapkan membimbing. Ia diminta kesediaannya lebih dahulu.",
            ),
            Part(
                "tujuan",
                "Yang hendak dipelajari",
                ("competency", "goal", "plan_item"),
                "",
                {
                    "competency": "Misalnya penyusunan anggaran.",
                    "goal": "Apa yang ingin Anda kuasai pada akhir mentoring?",
                    "plan_item": _PLAN_HINT,
                },
            ),
            Part(
                "waktu",
                "Waktu dan pertemuan",
                ("starts_on", "ends_on", "plan", "media"),
                "",
                {
                    "plan": "Seberapa sering bertemu, dan apa yang dibahas? Misalnya dua minggu sekali, satu jam.",
                    "media": "Misalnya ruang rapat bidang, atau daring.",
                },
            ),
            Part("lampiran", "Lampiran", ("attachments",), "Lampirkan bila ada.", {"attachments": _ATTACHED}),
        ),
        ("mentee_is_in_service", "mentee_bears_no_heavy_sanction"),
    ),
    "exchange": Asking(
        "Bertugas di instansi mitra, sementara pegawai mitra itu bertugas di tempat kita.",
        (
            Part("mitra", "Instansi mitra", ("host", "host_post"), "Ke mana Anda pergi, dan untuk tugas apa?"),
            Part("waktu", "Waktu", ("starts_on", "ends_on"), "", _PERIOD_HINTS),
            Part(
                "tujuan",
                "Yang hendak dipelajari",
                ("competency", "goal"),
                "",
                {"goal": "Apa yang akan dapat Anda kerjakan sesudah kembali?"},
            ),
            Part(
                "pegawai-mitra",
                "Pegawai mitra yang datang",
                ("counterpart_name", "counterpart_post", "counterpart_starts_on", "counterpart_ends_on"),
            ),
            Part("tempat-kita", "Tugasnya di tempat kita", ("placed_unit", "placed_post")),
            Part(
                "ketentuan",
                "Ketentuan dan lampiran",
                ("termination", "attachments"),
                "",
                {
                    "termination": "Misalnya: masing-masing pegawai kembali bertugas dalam tujuh hari.",
                    "attachments": _ATTACHED,
                },
            ),
        ),
        ("participant_is_in_service", "participant_bears_no_heavy_sanction", "performance_is_good"),
    ),
    "incentive": Asking(
        "Mengusulkan penghargaan: Satyalancana, penghargaan daerah, atau ucapan terima kasih perangkat daerah.",
        (
            Part(
                "jenis",
                "Penghargaan",
                ("kind", "grounds"),
                "",
                {"grounds": "Ceritakan dengan contoh: apa yang dikerjakan, kapan, dan apa hasilnya."},
            ),
            Part(
                "putaran",
                "Putaran dan bentuk",
                ("round", "thanks_by"),
                "",
                {"round": "Pilih putaran yang masih menerima usul."},
            ),
            Part(
                "dokumen",
                "Dokumen",
                tuple(DOCUMENTS),
                "Hanya dokumen untuk jenis penghargaan yang Anda pilih. " + _ATTACHED,
            ),
        ),
        ("nominee_is_in_service", "no_sanction_stands_in_the_way"),
        {
            "round": is_one_of("kind", *SATYALANCANA, *COMPARED),
            "thanks_by": is_one_of("kind", RECOGNITION),
            "medal_certificate": is_one_of("kind", *SATYALANCANA),
            "achievement": is_one_of("kind", *COMPARED, RECOGNITION),
            "development": is_one_of("kind", *COMPARED, RECOGNITION),
            "other": lambda form: bool(form.get("kind")),
            # These are asked for where the law lists them.
            **dict.fromkeys(
                ("cpns_decree", "rank_decree", "post_decree", "contract", "curriculum_vitae", "appraisal"),
                lambda _: False,
            ),
        },
        papers_wanted,
    ),
    "award_round": Asking(
        "Membuka putaran penghargaan: jenisnya, jatah tiap perangkat daerah, tim penilai, dan uang pembinaannya.",
        (
            Part("putaran", "Putaran", ("title", "kinds", "closes_on")),
            Part("jatah", "Jatah dan jumlah penerima", ("quota", "receivers")),
            Part(
                "penilai",
                "Tim penilai",
                ("chair", "chair_substitute", "secretary", "members", "substitutes"),
                "Tidak perlu diisi bila putaran hanya memuat Satyalancana.",
            ),
            Part("kriteria", "Kriteria penilaian", ("criteria",), "Jumlah seluruh bobot harus 100 persen."),
            Part("uang", "Uang pembinaan", ("amount", "ceiling", "budget_line")),
        ),
    ),
    "award_revocation": Asking(
        "Mengusulkan pencabutan penghargaan yang sudah diserahkan.",
        (
            Part("penghargaan", "Penghargaan yang dicabut", ("award_case",)),
            Part("alasan", "Alasan dan bukti", ("ground", "explanation", "evidence"), "", {"evidence": _ATTACHED}),
        ),
        about_another=True,
    ),
    "report": Asking("Menyusun laporan triwulan atau tahunan.", (Part("masa", "Masa laporan", ("year", "quarter")),)),
}


def asking_of(process: str, form: type[msgspec.Struct]) -> Asking:
    """How a process is asked for; of one that is not named here, all at once."""
    known = ASKED.get(process)
    return known or Asking("", (Part("isian", "Isian", tuple(asked_fields(form))),))


def asked_fields(form: type[msgspec.Struct]) -> Iterator[str]:
    """The fields of a form that people fill in."""
    kept = kept_fields(form)
    return (each.name for each in msgspec.structs.fields(form) if each.name not in kept)


def applying(asking: Asking, form: Mapping[str, Any], wanted: tuple[str, ...]) -> frozenset[str]:
    """The fields that are asked for, by what is filled in so far; what the law wants always is."""
    return frozenset(
        name
        for part in asking.parts
        for name in part.fields
        if name in wanted or name not in asking.only or asking.only[name](form)
    )
