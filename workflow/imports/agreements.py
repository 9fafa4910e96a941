"""Import of agreements with partners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workflow.database import lock
from workflow.ids import new_id
from workflow.imports.cells import Row
from workflow.imports.listing import read_listing
from workflow.imports.report import ImportReport, Missing
from workflow.tables import agreements, partners

HEADINGS = ("KODE MITRA", "JENIS", "NOMOR KAMI", "NOMOR MITRA", "TENTANG", "BERLAKU SEJAK", "BERLAKU SAMPAI")

_KINDS = {
    **dict.fromkeys(("perjanjian kerja sama", "perjanjian kerjasama", "pks"), "Perjanjian Kerja Sama"),
    **dict.fromkeys(("nota kesepahaman", "mou", "memorandum of understanding"), "Nota Kesepahaman"),
    **dict.fromkeys(("nota kesepakatan", "kesepakatan bersama"), "Nota Kesepakatan"),
}


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement. Dates are None only in a row that is rejected."""

    partner: str
    kind: str
    our_number: str
    their_number: str | None
    about: str
    from_on: date | None
    until_on: date | None


def import_agreements(
    conn: Connection,
    source: bytes,
    filename: str,
    *,
    at: datetime,
    on: date,
    dry_run: bool = False,
    skip_rejected: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Imports agreements; the caller owns the transaction.

    ``missing`` names those in force on ``on`` that the file does not name; they stay as they are.
    Raises UnreadableSheet where the file is no table.
    """
    listing = read_listing(source, filename, HEADINGS, _read, key=_key, key_heading="NOMOR KAMI", progress=progress)
    lock(conn, "import:agreements")
    codes = {code.casefold(): code for code in conn.execute(select(partners.c.id)).scalars()}

    def partner_is_known(row: Row, agreement: AgreementRow) -> bool:
        if agreement.partner.casefold() not in codes:
            row.reject("KODE MITRA", "Mitra belum dikenal. Impor data mitra lebih dahulu, atau perbaiki kodenya.")
        return row.sound

    listing.keep(partner_is_known)
    known = {_key_of(row): dict(row) for row in conn.execute(select(agreements)).mappings()}
    write = listing.writable(dry_run=dry_run, skip_rejected=skip_rejected)
    new, changed = 0, 0
    for _, agreement in listing.things:
        before = known.pop(_key(agreement), None)
        now = _agreement(agreement, codes, before)
        new += before is None
        changed += before is not None and not now.items() <= before.items()
        if write and before is None:
            conn.execute(insert(agreements).values(id=new_id(at), **now))
        elif write and before is not None:
            conn.execute(update(agreements).where(agreements.c.id == before["id"]).values(now))
    missing = [
        Missing(row["our_number"], f"{row['kind']} dengan {row['partner_id']}")
        for key, row in known.items()
        if listing.seen and row["until_on"] >= on and key not in listing.seen
    ]
    return listing.report(new=new, changed=changed, missing=missing, written=write)


def _key(row: AgreementRow) -> tuple[str, str]:
    return row.partner.casefold(), row.our_number.casefold()


def _key_of(row: Any) -> tuple[str, str]:
    return row["partner_id"].casefold(), row["our_number"].casefold()


def _read(row: Row) -> AgreementRow:
    from_on, until_on = row.required_day("BERLAKU SEJAK"), row.required_day("BERLAKU SAMPAI")
    if from_on and until_on and until_on < from_on:
        row.reject("BERLAKU SAMPAI", "Kerja sama tidak dapat berakhir sebelum berlaku.")
    kind = row.choice("JENIS", _KINDS, dict.fromkeys(_KINDS.values()))
    if kind is None and row.sound:
        row.reject("JENIS", "Wajib diisi.")
    return AgreementRow(
        partner=row.required("KODE MITRA", 64),
        kind=kind or "",
        our_number=row.required("NOMOR KAMI", 100),
        their_number=row.text("NOMOR MITRA", 100),
        about=row.required("TENTANG", 300),
        from_on=from_on,
        until_on=until_on,
    )


def _agreement(row: AgreementRow, codes: dict[str, str], before: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "partner_id": codes[row.partner.casefold()],
        "kind": row.kind,
        "our_number": row.our_number,
        "their_number": row.their_number or (before or {}).get("their_number", ""),
        "about": row.about,
        "from_on": row.from_on,
        "until_on": row.until_on,
    }
