"""The proof of a credited activity: our certificate of its hours, else the host's own; and what it says of the activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from workflow.letters.route import LEFT
from workflow.tables import entries, files, letter_cases, letters
from workflow.verification.reading import read

PDF = "application/pdf"

#: Bodies of letters that prove an activity, the better first, and what people call each.
_PROOFS = {
    "CreditCertificate": "Surat keterangan JP",
    "MenteeCertificate": "Surat keterangan JP",
    "HostCertificate": "Surat keterangan selesai magang",
}
#: The same for whoever else earned by the case than whom it is about.
_PROOFS_OF_OTHERS = {"MentorCertificate": "Surat keterangan mentor"}
_GONE = ("void", "replaced")


class HostTold(msgspec.Struct, frozen=True):
    """The host as a letter names it; blank where it does not."""

    name: str = ""
    city: str = ""
    country: str = ""


class ActivityTold(msgspec.Struct, frozen=True):
    """What a certificate or a request says of an activity; None or blank where it does not."""

    host: HostTold = HostTold()
    section: str = ""
    competency: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    ended_on: date | None = None
    concluded_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The day on which it did end, where it says so."""
        return self.ended_on or self.concluded_on or self.ends_on


class Assessed(msgspec.Struct, frozen=True):
    """What an assessment says of the host's own certificate."""

    certificate_number: str = ""
    certificate_on: date | None = None
    certificate_file: str = ""


@dataclass(frozen=True)
class Paper:
    """The host's own certificate as it was handed in."""

    file: Row[Any]
    said: Assessed


@dataclass(frozen=True)
class Proof:
    """A PDF that proves an activity, its size in bytes, the letter's number and date. ``told`` is None for a host's own paper."""

    file_id: str
    sha256: str
    size: int
    number: str
    dated_on: date | None
    told: ActivityTold | None


def proofs(conn: Connection, of: Select[Any]) -> Callable[[str, bool], Proof | str]:
    """What proves a case for whom it is about, or for another (False); or the sentence that says why nothing does yet.

    ``of``: the ids of the cases, as a query.
    """
    issued, papers = _letters(conn, of), _papers(conn, of)

    def proof(case_id: str, is_subject: bool) -> Proof | str:
        certificates = issued.get(case_id, [])
        if is_subject:
            return _proof(_PROOFS, certificates, papers.get(case_id))
        return _proof(_PROOFS_OF_OTHERS, certificates, None)

    return proof


def _proof(titles: Mapping[str, str], issued: list[Row[Any]], paper: Paper | None) -> Proof | str:
    for body_type, title in titles.items():
        found = [row for row in issued if row.body_type == body_type]
        signed = next((row for row in found if row.state in LEFT), None)
        if signed is not None and signed.file_id is None:
            return f"PDF {title} nomor {signed.number} belum dibuat. Jalankan: jenjang effects run"
        if signed is not None:
            told = read(signed.body, ActivityTold)
            return Proof(signed.file_id, signed.sha256, signed.size, signed.number or "", signed.dated_on, told)
        if found:
            return f"{title} belum ditandatangani. Setelah ditandatangani, kegiatan ini ikut kiriman berikutnya."
    if paper is None:
        return "Tidak ada surat keterangan sebagai bukti. Terbitkan surat keterangannya, atau lampirkan dari instansi penerima."
    file, said = paper.file, paper.said
    if file.media_type != PDF:
        return "Surat keterangan instansi penerima bukan PDF. Mintalah berkas PDF-nya, lalu lampirkan pada penilaian."
    return Proof(file.id, file.sha256, file.size, said.certificate_number, said.certificate_on, told=None)


def _letters(conn: Connection, of: Select[Any]) -> dict[str, list[Row[Any]]]:
    """The certificates of these cases, latest first."""
    query: Any = (
        select(
            letter_cases.c.case_id,
            letters.c.body_type,
            letters.c.state,
            letters.c.number,
            letters.c.dated_on,
            letters.c.body,
            letters.c.file_id,
            files.c.sha256,
            files.c.size,
        )
        .join_from(letter_cases, letters, letters.c.id == letter_cases.c.letter_id)
        .outerjoin(files, files.c.id == letters.c.file_id)
        .where(
            letters.c.body_type.in_([*_PROOFS, *_PROOFS_OF_OTHERS]),
            letters.c.state.not_in(_GONE),
            letter_cases.c.changed_by.is_(None),
            letter_cases.c.case_id.in_(of),
        )
        .order_by(letters.c.signed_at.desc(), letters.c.id.desc())
    )
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in conn.execute(query):
        found[row.case_id].append(row)
    return found


def _papers(conn: Connection, of: Select[Any]) -> dict[str, Paper]:
    """The certificate that the host last handed in with an assessment, by case."""
    assessed = conn.execute(
        select(entries.c.case_id, entries.c.data)
        .where(entries.c.kind == "assessment", entries.c.case_id.in_(of))
        .order_by(entries.c.case_id, entries.c.number)
    )
    said = {row.case_id: read(row.data, Assessed) or Assessed() for row in assessed}
    columns: Any = (files.c.id, files.c.case_id, files.c.media_type, files.c.sha256, files.c.size)
    return {
        file.case_id: Paper(file, said[file.case_id])
        for file in conn.execute(select(*columns).where(files.c.case_id.in_(of)))
        if file.case_id in said and said[file.case_id].certificate_file == file.id
    }
