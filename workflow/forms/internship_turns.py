"""What is filled in where an internship leaves the straight road: substitute, extension, return, an answer that is contested."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from workflow.definition import Entry
from workflow.forms import Because, FileId, Form, Line, Note, Rupiah, Words
from workflow.forms.internship import EarlyEnd


class Withdrawal(Form, frozen=True, kw_only=True):
    """A participant withdraws; the host that was asked, and others who go on under the same letters, read why."""

    reason: Annotated[Words, Meta(title="Alasan")] = "yang bersangkutan mengundurkan diri"


class Replacement(Because, frozen=True, kw_only=True):
    """Who goes instead, and why."""

    successor: Annotated[
        str,
        Meta(
            title="Pengganti",
            max_length=40,
            pattern=r"^[0-9A-Fa-f -]{18,40}$",
            extra={"person": True, "shape": "pilih orangnya, atau isilah 18 angka NIP-nya."},
        ),
    ]


class ExtensionRequest(Because, frozen=True, kw_only=True):
    """A longer period, and what it costs on top."""

    new_ends_on: Annotated[date, Meta(title="Tanggal selesai yang diminta")]
    extension_cost: Annotated[Rupiah, Meta(title="Tambahan biaya (rupiah)")] = 0


class ChosenLine(Form, frozen=True, kw_only=True):
    """The line that bears what a longer period costs, where none was chosen yet."""

    budget_line: Annotated[str, Meta(title="Mata anggaran", min_length=1, max_length=200)]


class Guide(Form, frozen=True, kw_only=True):
    """The host's own person who guides the participant from now on.

    ``account``: how they are known here, if they are to confirm days and assess themselves: an e-mail address or a NIP.
    """

    field_supervisor: Annotated[str, Meta(title="Pembimbing lapangan", min_length=3, max_length=200)]
    field_supervisor_post: Annotated[str, Meta(title="Jabatan pembimbing lapangan", min_length=3, max_length=200)]
    account: Annotated[Line, Meta(title="Alamat surel atau NIP pembimbing")] = ""


class OtherSection(Because, frozen=True, kw_only=True):
    """Another section of the same host."""

    section: Annotated[str, Meta(title="Bagian yang baru", min_length=3, max_length=200)]


class LateStart(Because, frozen=True, kw_only=True):
    """The day on which the participant came, later than agreed, and why."""

    started_on: Annotated[date, Meta(title="Tanggal kedatangan")]


class HandBack(EarlyEnd, frozen=True, kw_only=True):
    """The host gives the participant back; an outside host with its own letter."""

    return_number: Annotated[Line, Meta(title="Nomor surat pengembalian")] = ""
    return_on: Annotated[date | None, Meta(title="Tanggal surat pengembalian")] = None
    return_file: Annotated[FileId, Meta(title="Berkas surat pengembalian")] = ""


class Contest(Because, frozen=True, kw_only=True):
    """What the host holds against an answer that was recorded for it."""

    document: Annotated[FileId, Meta(title="Dokumen pendukung")] = ""


class Settlement(Because, frozen=True, kw_only=True):
    """Whether a contest is upheld, and why."""

    upheld: Annotated[bool, Meta(title="Keberatan diterima")]


class Departure(Form, frozen=True, kw_only=True):
    """A case ends as its participant is gone; others who go on under the same letters read why."""

    reason: Annotated[Words, Meta(title="Alasan")] = (
        "yang bersangkutan pindah ke instansi penerima atau tidak lagi bertugas"
    )


# --- What stays on record within the case ----------------------------------------------------------------------------

EXTENSION_ASKED = Entry("extension_asked", "Permintaan perpanjangan", ExtensionRequest)
EXTENSION_CONSENT = Entry("extension_consent", "Persetujuan perpanjangan oleh instansi penerima", Note)
EXTENDED = Entry("extended", "Perpanjangan", Note)
EXTENSION_ANSWER = Entry("extension_answer", "Penolakan perpanjangan", Because)
GUIDE = Entry("guide", "Pembimbing lapangan", Guide)
SECTION_MOVED = Entry("section_moved", "Perpindahan bagian", OtherSection)
LATE_START = Entry("late_start", "Mulai terlambat", LateStart)
INFORMATION = Entry("information", "Keterangan dari instansi penerima", Because)
CONTEST = Entry("contest", "Keberatan instansi penerima", Contest)
SETTLEMENT = Entry("settlement", "Jawaban atas keberatan", Settlement)
MOVE_ANSWER = Entry("move_answer", "Persetujuan perangkat daerah yang baru", Note)
