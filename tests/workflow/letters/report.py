"""A report to the regent as the tests make it: every section, long names, large amounts. All figures are invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.workflow.letters.samples import BKPSDM, PERSONNEL_HEAD, PP, PPPK_PP, PROFILE, SIGNED_AT
from workflow.letters.bodies.report import CompetencyReport
from workflow.letters.parts import LetterFrame
from workflow.reports.parts import UNKNOWN, Cell, Correction, Row, Section

TEMPLATE = "competency_report.html"
INTERNSHIP = "Magang/praktik kerja (C11): Magang antarinstansi"
_SAYS = "Menurut data pegawai pada hari angka dihitung."
_COUNTED = ("Peserta", "JP")


def row(title: str, *values: int, notes: tuple[str, ...] = (), code: str = "") -> Row:
    """A line with its numbers."""
    return Row(code=code or title, title=title, cells=tuple(Cell(value=value) for value in values), notes=notes)


def _total(*values: int, notes: tuple[str, ...] = ()) -> Row:
    return row("Jumlah", *values, notes=notes, code="total")


def section(title: str, heading: str, *rows: Row, measures: tuple[str, ...] = _COUNTED, **more: Any) -> Section:
    """A table."""
    return Section(code=heading, title=title, heading=heading, measures=measures, rows=rows, **{"says": _SAYS, **more})


_BOTH = _total(37, 520)
_TARGET = (
    "Pegawai",
    "20 JP atau lebih (PNS)",
    "1 s.d. 19 JP (PPPK: 1 s.d. 24 JP)",
    "Belum ada JP",
    "Di atas 24 JP (PPPK)",
)
_ACCOUNTS = ("Pagu", "Sisa", "Dicadangkan", "Diikat", "Dibelanjakan")

FIGURES = (
    section(
        "Ringkasan",
        "Uraian",
        row("Peserta", 37),
        row("Pegawai yang menjadi peserta", 36),
        row("JP yang dicatat", 520),
        row("Pegawai yang memperoleh JP", 26),
        measures=("Jumlah",),
        says="Peserta adalah pegawai yang kegiatannya sudah dimulai dan berlangsung sekurang-kurangnya satu hari dalam kurun "
        "laporan; yang mengikuti dua kegiatan dihitung dua kali sebagai peserta dan satu kali sebagai pegawai. JP dihitung pada "
        "hari pencatatannya.",
    ),
    section(
        "Menurut bentuk kegiatan",
        "Bentuk kegiatan",
        row(INTERNSHIP, 35, 480),
        row("Pertukaran dengan pegawai swasta/BUMN/BUMD (C8): Pertukaran pegawai", 2, 40),
        total=_BOTH,
    ),
    section(
        "Menurut perangkat daerah",
        "Perangkat daerah",
        row(BKPSDM, 3, 60),
        row("Dinas Kesehatan", 10, 120),
        row("Rumah Sakit Umum Daerah Kemuning", 22, 320),
        row(UNKNOWN, 2, 20),
        total=_BOTH,
    ),
    section(
        "Menurut jenis jabatan", "Jenis jabatan", row("Fungsional", 30, 400), row("Pelaksana", 7, 120), total=_BOTH
    ),
    section("Menurut jenis ASN", "Jenis ASN", row("PNS", 30, 420), row("PPPK", 7, 100), total=_BOTH),
    section(
        "Menurut jenis kelamin",
        "Jenis kelamin",
        row("Laki-laki", 12, 160),
        row("Perempuan", 24, 340),
        row(UNKNOWN, 1, 20),
        total=_BOTH,
    ),
    section(
        "Berkas menurut status",
        "Status",
        row("Magang antarinstansi: Sedang berlangsung", 8),
        row("Magang antarinstansi: Selesai", 26),
        row("Magang antarinstansi: Ditarik pemohon", 3),
        measures=("Berkas",),
        total=_total(37),
    ),
    section(
        "Capaian 20 JP dalam tahun 2026",
        "Jenis ASN",
        row("PNS", 4200, 310, 820, 3070, 0, notes=("7,3% mencapai 20 JP",)),
        row("PPPK", 900, 0, 118, 780, 2, notes=("0,2% melampaui 24 JP",)),
        measures=_TARGET,
        total=_total(5100, 310, 938, 3850, 2),
        says="Pegawai menurut JP yang dicatat dalam tahun 2026 sampai dengan 31 Maret 2026. Target: setiap PNS "
        "sekurang-kurangnya 20 JP setahun (PP 11/2017 Pasal 203 ayat (4)). PPPK tidak diukur dengan target itu: bagi mereka "
        "dihitung paling banyak 24 JP dalam satu tahun masa perjanjian kerja (PP 49/2018 Pasal 40 ayat (2)).",
    ),
    section(
        "Anggaran dan realisasi",
        "Mata anggaran",
        row(
            "Fasilitasi magang antarinstansi – Belanja perjalanan dinas (2026)",
            1_250_000_000,
            900_000_000,
            50_000_000,
            100_000_000,
            200_000_000,
            notes=(BKPSDM, "16% dari pagu sudah dibelanjakan"),
        ),
        measures=_ACCOUNTS,
        total=_total(1_250_000_000, 900_000_000, 50_000_000, 100_000_000, 200_000_000),
        money=True,
        says="Dalam rupiah, menurut pembukuan sampai dengan 31 Maret 2026. Diikat berarti sudah dijanjikan dengan surat tugas; "
        "sisa belum dicadangkan bagi siapa pun.",
    ),
    section(
        "Kerja sama",
        "Uraian",
        row("Berlaku", 12),
        row(
            "Berakhir dalam 90 hari sesudahnya",
            1,
            notes=(
                "Rumah Sakit Provinsi: Perjanjian Kerja Sama Nomor 800.1.4.1/12/BKPSDM/2025, sampai dengan 2 Juni 2026",
            ),
        ),
        measures=("Naskah",),
        says="Naskah kerja sama dengan mitra menurut keadaan pada 31 Maret 2026.",
    ),
)
CORRECTION = Correction(
    report="019b", year=2025, quarter=4, code="internship.C11", title=INTERNSHIP, measure="Peserta", was=21, now=22
)
BODY = CompetencyReport(
    year=2026,
    quarter=1,
    whole_basis=(PP, PPPK_PP),
    printed_figures=FIGURES,
    printed_corrections=(CORRECTION,),
    obstacles="Instansi penerima di luar daerah rata-rata menjawab permohonan lewat dari sepuluh hari kerja, sehingga tiga "
    "peserta mengundurkan diri.",
    follow_up="Kerja sama yang akan berakhir diperbarui sebelum Juni, dan permohonan dikirim sekurang-kurangnya enam minggu "
    "sebelum magang dimulai.",
)
FRAME = LetterFrame(
    kind="competency_report",
    title="Laporan pengembangan kompetensi",
    letterhead=PROFILE.letterhead("BKPSDM", BKPSDM),
    signatures=(PERSONNEL_HEAD,),
    place=PROFILE.seat,
    certified=True,
    subject="Laporan pengembangan kompetensi pegawai",
    number="800.1.4.1/021/BKPSDM/2026",
    dated_on=date(2026, 4, 2),
    addressee=("Bupati Kemuning",),
    addressee_place=PROFILE.seat,
    through="Sekretaris Daerah",
    standing="above",
    signed_at=SIGNED_AT,
)
