"""What people fill in, and what stays on record, from a nomination to the award."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from policies.incentive_panel import scores_are_sealed
from workflow.definition import Entry
from workflow.forms import Because, FileId, Form, Line, Note, Rupiah, Words

#: The kinds of award.
AwardKind = Literal[
    "satyalancana_10", "satyalancana_20", "satyalancana_30", "regional", "self_development", "recognition"
]
#: The states of a round in which nominations name it: open to all, and closed but for those that were sent back.
_OF_A_ROUND = Meta(max_length=36, extra={"case": "award_round", "states": ("open", "comparing")})


class Nomination(Form, frozen=True, kw_only=True):
    """Which award, why, in which round, with which documents; a draft holds part of it.

    ``without_money`` and ``budget_line`` are kept by the process alone. The fields of documents are named as those of
    ``policies.records.DOCUMENTS``.
    """

    kind: Annotated[AwardKind, Meta(title="Jenis penghargaan")]
    grounds: Annotated[str, Meta(title="Alasan pengusulan", min_length=20, max_length=4000)]
    round: Annotated[str, Meta(title="Putaran penghargaan"), _OF_A_ROUND] = ""
    thanks_by: Annotated[Literal["certificate", "letter"], Meta(title="Bentuk apresiasi perangkat daerah")] = (
        "certificate"
    )
    cpns_decree: Annotated[FileId, Meta(title="Keputusan pengangkatan CPNS")] = ""
    rank_decree: Annotated[FileId, Meta(title="Keputusan pangkat terakhir")] = ""
    post_decree: Annotated[FileId, Meta(title="Keputusan jabatan terakhir")] = ""
    contract: Annotated[FileId, Meta(title="Perjanjian kerja PPPK")] = ""
    medal_certificate: Annotated[FileId, Meta(title="Piagam atau petikan Keppres Satyalancana sebelumnya")] = ""
    curriculum_vitae: Annotated[FileId, Meta(title="Daftar riwayat hidup")] = ""
    appraisal: Annotated[FileId, Meta(title="Dokumen evaluasi kinerja terakhir")] = ""
    achievement: Annotated[tuple[FileId, ...], Meta(title="Bukti prestasi atau inovasi", max_length=20)] = ()
    development: Annotated[tuple[FileId, ...], Meta(title="Bukti pengembangan diri", max_length=20)] = ()
    other: Annotated[tuple[FileId, ...], Meta(title="Berkas lain", max_length=20)] = ()
    without_money: Annotated[bool, Meta(title="Tanpa uang pembinaan", extra={"kept": True})] = False
    budget_line: Annotated[Line, Meta(title="Mata anggaran", extra={"kept": True})] = ""


class CriterionMark(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points for one criterion, by its name in the round, and why."""

    criterion: Annotated[str, Meta(title="Kriteria penilaian", min_length=3, max_length=200)]
    points: Annotated[int, Meta(title="Nilai", ge=0, le=100, description="0 sampai 100")]
    remark: Annotated[Words, Meta(title="Catatan")] = ""


class Score(Form, frozen=True, kw_only=True):
    """A panel member's points for a nominee, one for each criterion."""

    scores: Annotated[tuple[CriterionMark, ...], Meta(title="Nilai tiap kriteria", min_length=1, max_length=20)]
    remark: Annotated[Words, Meta(title="Catatan umum")] = ""


class Conflict(Form, frozen=True, kw_only=True):
    """Why a panel member does not score a nominee: a relation that would make the score doubtful."""

    conflict: Annotated[str, Meta(title="Hubungan dengan calon penerima", min_length=5, max_length=1000)]


class PanelResult(Struct, frozen=True, kw_only=True):
    """What the panel gave a nominee in all, as everybody on the case may know it: no member's own points, and nobody else's."""

    panel_result: Annotated[str, Meta(title="Nilai akhir, rata-rata tim penilai")]
    panel_result_by_criterion: Annotated[str, Meta(title="Rata-rata tiap kriteria")]


class InspectorateClearance(Form, frozen=True, kw_only=True):
    """What the Inspektorat says of a nominee."""

    number: Annotated[str, Meta(title="Nomor surat keterangan", min_length=1, max_length=100)]
    issued_on: Annotated[date, Meta(title="Tanggal surat keterangan")]
    clear: Annotated[bool, Meta(title="Bebas temuan dan tidak sedang diperiksa")]
    document: Annotated[FileId, Meta(title="Surat keterangan")]


class ClearanceLetter(InspectorateClearance, frozen=True, kw_only=True):
    """The same, as a verifier records it by the Inspektorat's own letter."""

    document: Annotated[FileId, Meta(title="Pindaian surat keterangan Inspektorat")]


class Examination(Form, frozen=True, kw_only=True):
    """What whoever decides wants to be examined first."""

    examine: Annotated[str, Meta(title="Yang harus diperiksa", min_length=5, max_length=4000)]


class Confirmation(Form, frozen=True, kw_only=True):
    """From which line the award is paid: the round's, where none is chosen."""

    budget_line: Annotated[Line, Meta(title="Mata anggaran, bila bukan mata anggaran putaran")] = ""
    note: Annotated[Words, Meta(title="Catatan")] = ""


class Keppres(Form, frozen=True, kw_only=True):
    """The President's decree, as its excerpt says."""

    keppres_number: Annotated[str, Meta(title="Nomor Keputusan Presiden", min_length=1, max_length=100)]
    keppres_on: Annotated[date, Meta(title="Tanggal Keputusan Presiden")]
    excerpt: Annotated[FileId, Meta(title="Petikan Keputusan Presiden")]


class NotGranted(Because, frozen=True, kw_only=True):
    """Why the President's decree does not name somebody, with whatever says so."""

    document: Annotated[FileId, Meta(title="Surat atau daftar yang membuktikannya")] = ""


class Paid(Form, frozen=True, kw_only=True):
    """What was paid, to which account, and by which order of the treasury (SP2D)."""

    account: Annotated[str, Meta(title="Nomor rekening penerima", min_length=5, max_length=40)]
    bank: Annotated[str, Meta(title="Bank", min_length=2, max_length=100)]
    gross: Annotated[Rupiah, Meta(title="Jumlah kotor (rupiah)")]
    tax: Annotated[Rupiah, Meta(title="Pajak penghasilan (rupiah)")]
    net: Annotated[Rupiah, Meta(title="Jumlah bersih (rupiah)")]
    sp2d_number: Annotated[str, Meta(title="Nomor SP2D", min_length=1, max_length=100)]
    sp2d_on: Annotated[date, Meta(title="Tanggal SP2D")]
    proof: Annotated[FileId, Meta(title="Bukti pembayaran")] = ""


class HandOver(Form, frozen=True, kw_only=True):
    """When and where the award was handed over."""

    handed_on: Annotated[date, Meta(title="Tanggal penyerahan")]
    place: Annotated[str, Meta(title="Tempat atau acara", min_length=2, max_length=200)]
    note: Annotated[Words, Meta(title="Catatan")] = ""


class RevokedAward(Form, frozen=True, kw_only=True):
    """By which rule it is taken back, of a Satyalancana by which Keppres, and what of the money came back, or why not all of it."""

    rule: Annotated[str, Meta(title="Dasar hukum pencabutan", min_length=3, max_length=200)]
    keppres_number: Annotated[str, Meta(title="Nomor Keppres pencabutan, bagi tanda kehormatan", max_length=100)] = ""
    keppres_on: Annotated[date | None, Meta(title="Tanggal Keppres pencabutan, bagi tanda kehormatan")] = None
    keppres_scan: Annotated[FileId, Meta(title="Pindaian Keppres pencabutan, bagi tanda kehormatan")] = ""
    money_back: Annotated[Rupiah, Meta(title="Uang yang dikembalikan (rupiah)")] = 0
    money_back_on: Annotated[date | None, Meta(title="Tanggal pengembalian")] = None
    return_slip: Annotated[str, Meta(title="Nomor surat tanda setoran (STS)", max_length=100)] = ""
    why_not_back: Annotated[Words, Meta(title="Alasan uang tidak dikembalikan seluruhnya")] = ""


class Revocation(RevokedAward, frozen=True, kw_only=True):
    """Why an award that was decreed is taken back before its hand-over."""

    reason: Annotated[str, Meta(title="Alasan pencabutan", min_length=5, max_length=4000)]


_UNTIL_ALL = "sampai semua penilai memberi nilai atau ketua tim penilai menetapkan hasilnya"

SUBMISSION = Entry("submission", "Usul kepala perangkat daerah", Note)
VERIFICATION = Entry("award_verification", "Hasil verifikasi", Note)
CLEARANCE = Entry("clearance", "Keterangan Inspektorat", InspectorateClearance)
CLEARANCE_ON_PAPER = Entry("clearance_letter", "Surat keterangan Inspektorat yang dicatat verifikator", ClearanceLetter)
#: Who reads what each member gave or declared, and the berita acara: whoever scores, chairs or records, verifies, or decides.
PANEL_AND_DECIDER = ("panel_member", "panel_chair", "panel_secretary", "verifier", "decider")
SCORE = Entry("score", "Nilai tim penilai", Score, hidden=scores_are_sealed, hidden_says=_UNTIL_ALL,
    read_by=PANEL_AND_DECIDER, tells_in=("panel", "standing_in_round"))  # fmt: skip
CONFLICT = Entry("conflict", "Pernyataan benturan kepentingan", Conflict, read_by=PANEL_AND_DECIDER)
RECOMMENDATION = Entry("recommendation", "Hasil penilaian: direkomendasikan", PanelResult)
NOT_RECOMMENDED = Entry("not_recommended", "Hasil penilaian: tidak direkomendasikan", PanelResult)
DEFERRAL = Entry("deferral", "Penundaan karena anggaran", Because)
UPWARD = Entry("upward", "Usul kepada Presiden", Note)
KEPPRES = Entry("keppres", "Keputusan Presiden", Keppres)
DECREED = Entry("decree", "Penetapan", Note)
PAYMENT = Entry("payment", "Pembayaran", Paid)
HANDED_OVER = Entry("hand_over", "Penyerahan", HandOver)
REVOKED = Entry("revocation", "Pencabutan", Revocation)
