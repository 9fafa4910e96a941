"""What an archive says of each letter, for whoever registers it by hand in a records system; and of numbers without one."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Final

import msgspec
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import Row

from workflow.errors import NotFound
from workflow.letters.parts import LetterFrame
from workflow.office import Office
from workflow.registers.numbers import printed
from workflow.registry import Registry
from workflow.telling.status_words import LETTER_STATE

_END: Final = b"%%EOF"
_METHODS: Final = {"electronic": "elektronik", "by_hand": "basah"}


class LetterEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One letter. Keys are the headings that clerks read; ``None`` is what does not apply.

    ``berkas`` and ``pindaian``: where the PDF and the scan of the paper that was signed by hand lie in the archive.
    """

    nomor: str
    tanggal: date
    jenis_naskah: str
    judul: str
    kode_jenis: str
    klasifikasi: str
    hal: str
    dari: str
    kepada: str
    tempat_tujuan: str
    melalui: str
    tembusan: str
    keamanan: str
    urgensi: str
    penanda_tangan: str
    jabatan_penanda_tangan: str
    cara_tanda_tangan: str
    kode_pemeriksaan: str
    keadaan: str
    alasan_batal: str
    buku_agenda: str
    tahun_agenda: int
    nomor_urut: str
    halaman: int | None = None
    berkas: str = ""
    sha256: str = ""
    pindaian: str = ""
    sha256_pindaian: str = ""
    keterangan: str = ""


class VoidEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A number that counts no more: of a letter that is void, or one that never was on a letter."""

    buku_agenda: str
    tahun_agenda: int
    nomor_urut: str
    nomor: str
    tanggal: date
    alasan: str


def letter_entry(row: Row[Any], office: Office, registry: Registry) -> LetterEntry:
    """What is known of a letter before its files are looked at."""
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    state = LETTER_STATE.get(row.state, row.state)
    return LetterEntry(
        nomor=row.number,
        tanggal=row.dated_on,
        jenis_naskah=frame.type.replace("_", " "),
        judul=frame.title,
        kode_jenis=row.kind,
        klasifikasi=_classification(row, office, registry),
        hal=frame.subject,
        dari=row.signed_title or frame.issued_by,
        kepada="; ".join(frame.addressee),
        tempat_tujuan=frame.addressee_place,
        melalui=frame.through,
        tembusan="; ".join(frame.copies),
        keamanan=frame.security,
        urgensi=frame.urgency,
        penanda_tangan="; ".join(block.name for block in frame.signatures),
        jabatan_penanda_tangan="; ".join(block.title for block in frame.signatures),
        cara_tanda_tangan=_METHODS.get(row.method, row.method),
        kode_pemeriksaan=row.code,
        keadaan=state,
        alasan_batal=row.void_reason or "",
        buku_agenda=row.register or "",
        tahun_agenda=row.register_year or row.dated_on.year,
        nomor_urut=printed(row.register_number, row.register_suffix) if row.register_number else "",
    )


def _classification(row: Row[Any], office: Office, registry: Registry) -> str:
    own = office.profile.letters.get(row.kind)
    if own is not None and own.classification:
        return own.classification
    try:
        letter = registry.process(row.process).letters.get(row.kind)
    except NotFound:
        letter = None
    return letter.classification if letter is not None else office.profile.numbers.classification


def pages_of(content: bytes) -> int | None:
    """How many pages a PDF has; None where it cannot be read."""
    if _END not in content[-1024:]:  # a reader would look for it through all of what is no PDF
        return None
    try:
        return int(PdfFileReader(io.BytesIO(content), strict=False).root["/Pages"]["/Count"])
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
