"""The book of letters that came in: what somebody answered on paper, put on record for them with the scan of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, extract, func, insert, select

from policies.dates import written
from workflow.database import lock
from workflow.engine.evidence import INCOMING, IncomingTold, digest
from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.forms import IncomingLetter, label_of
from workflow.ids import new_id
from workflow.tables import files, incoming, incoming_cases

#: What a scan can be; a word processor's file has no signature on it.
SCANS = ("application/pdf", "image/png", "image/jpeg")


def sender_named(situation: Situation) -> str:
    """Whose letter answers a request: the institution that its form names."""
    field = situation.process.host_field
    return str(situation.form.get(field) or "")


def check_paper(conn: Connection, paper: IncomingLetter, sender: str, on: date, *, of_days: bool = True) -> None:
    """A paper must be one that can have come in by this day, with a scan that is one. Raises InvalidForm.

    ``of_days``: what it answers is which days were worked; a logbook proves nothing else.
    """
    found = _faults(conn, paper, sender, on)
    if paper.channel == "logbook" and not of_days:
        says = "Buku catatan harian hanya membuktikan hari yang dijalani. Pilih surat, surel, atau WhatsApp."
        found.append(("channel", says))
    faults = [FieldError(field, label_of(IncomingLetter, field), says) for field, says in found if says]
    if faults:
        raise InvalidForm("Periksa surat yang dicatat.", fields=tuple(faults))


def _faults(conn: Connection, paper: IncomingLetter, sender: str, on: date) -> list[tuple[str, str]]:
    found = []
    if paper.channel != "logbook" and not paper.number.strip():
        found.append(("number", "Nomor surat belum diisi; hanya buku catatan harian yang tidak bernomor."))
    if paper.dated_on > paper.received_on:
        found.append(
            (
                "dated_on",
                f"Tanggal surat mendahului tanggal diterima: pilih paling lambat {written(paper.received_on)}.",
            )
        )
    if paper.received_on > on:
        found.append(("received_on", f"Tanggal diterima belum tiba: pilih paling lambat {written(on)}."))
    kind = conn.execute(select(files.c.media_type).where(files.c.id == paper.scan)).scalar_one_or_none()
    if kind is not None and kind not in SCANS:
        found.append(("scan", "Pindaian harus berupa PDF, PNG, atau JPEG dari surat aslinya."))
    other = entry_of(conn, sender, paper)
    if other is not None and other.dated_on != paper.dated_on:
        says = (
            f"Surat bernomor {paper.number} dari pengirim ini sudah diagendakan bertanggal {written(other.dated_on)} "
            f"(agenda {other.register_number}/{other.register_year}). Periksa nomor atau tanggalnya."
        )
        found.append(("dated_on", says))
    return found


def entry_of(conn: Connection, sender: str, paper: IncomingLetter) -> Row[Any] | None:
    """The entry of the same letter of that year, whoever made it; None where there is none, or it bears no number."""
    if not paper.number.strip():
        return None
    asked = {"sender": sender, "number": paper.number.strip(), "year": paper.dated_on.year}
    return conn.execute(_SAME, asked).first()


def enter(
    conn: Connection, paper: IncomingLetter, sender: str, case_id: str, sequence: int, recorded_by: str, at: datetime
) -> IncomingTold:
    """Put a letter into the book, or find it there, and tie it to the case and the event that it answers with.

    The same letter that answers several cases, or that two officers record, has one entry. Raises InvalidForm.
    """
    lock(conn, "incoming")
    check_paper(conn, paper, sender, paper.received_on)
    entry = entry_of(conn, sender, paper)
    row = dict(entry._mapping) if entry is not None else _new(conn, paper, sender, recorded_by, at)  # noqa: SLF001
    tie = {"incoming_id": row["id"], "case_id": case_id, "sequence": sequence, "file_id": paper.scan}
    conn.execute(insert(incoming_cases).values(tie))
    return IncomingTold(
        id=row["id"],
        agenda=f"{row['register_number']}/{row['register_year']}",
        file=paper.scan,
        sha256=digest(INCOMING, row),
    )


def _new(conn: Connection, paper: IncomingLetter, sender: str, recorded_by: str, at: datetime) -> dict[str, Any]:
    year = paper.received_on.year
    last = conn.execute(select(func.max(incoming.c.register_number)).where(incoming.c.register_year == year))
    given = {name: value for name, value in msgspec.structs.asdict(paper).items() if name != "scan"}
    row = {
        **given,
        "id": new_id(at),
        "number": paper.number.strip(),
        "register_year": year,
        "register_number": (last.scalar_one() or 0) + 1,
        "sender": sender,
        "recorded_by": recorded_by,
        "recorded_at": at,
    }
    conn.execute(insert(incoming).values(row))
    return row


_SAME = select(incoming).where(
    incoming.c.sender == bindparam("sender"),
    incoming.c.number == bindparam("number"),
    extract("year", incoming.c.dated_on) == bindparam("year"),
)
