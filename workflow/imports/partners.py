"""Import of partner institutions and their contact persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from policies.credit import HOME
from workflow.database import lock
from workflow.ids import new_id
from workflow.imports.cells import Row, read_email
from workflow.imports.countries import read_country
from workflow.imports.listing import read_listing
from workflow.imports.report import ImportReport, Missing
from workflow.tables import partners, people

HEADINGS = ("KODE", "NAMA INSTANSI", "JENIS", "ALAMAT", "KOTA", "NAMA KONTAK", "JABATAN KONTAK", "EMAIL KONTAK")
#: The country, which decides at which rate an internship there is credited. A blank cell means Indonesia: an ALAMAT and a KOTA
#: without a country are Indonesian ones. Where the column is not there, what was known stays.
COUNTRY = "NEGARA"
#: The institution's own address, to which letters go where its contact has none. Where the column is not there, or the cell is
#: blank, what was known stays.
EMAIL = "POS-EL"


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One institution and its contact; None is a cell that was blank, of the country a column that is not there."""

    code: str
    name: str
    kind: str
    address: str | None
    city: str | None
    country: str | None
    email: str | None
    contact_name: str | None
    contact_post: str | None
    contact_email: str | None


def import_partners(
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
    """Imports partners; the caller owns the transaction.

    The file says who the contact is: whoever it was before has left from ``on``, and their keys open nothing any more.
    Raises UnreadableSheet where the file is no table.
    """
    listing = read_listing(
        source,
        filename,
        HEADINGS,
        _read,
        optional=(COUNTRY, EMAIL),
        key=lambda row: row.code.casefold(),
        key_heading="KODE",
        progress=progress,
    )
    lock(conn, "import:partners")
    known = {row["id"].casefold(): dict(row) for row in conn.execute(select(partners)).mappings()}
    contacts = [dict(row) for row in conn.execute(select(people).where(people.c.kind == "contact")).mappings()]
    write = listing.writable(dry_run=dry_run, skip_rejected=skip_rejected)
    changes = _Changes(conn, at, on, write=write)
    for _, row in listing.things:
        before = known.get(row.code.casefold())
        now = _institution(row, before)
        changed = changes.institution(before, now)
        of_partner = [contact for contact in contacts if contact["partner_id"] == now["id"]]
        changed = changes.contact(row, now["id"], of_partner) or changed
        changes.changed += before is not None and changed
    missing = [
        Missing(row["id"], row["name"]) for code, row in known.items() if listing.seen and code not in listing.seen
    ]
    return listing.report(
        new=changes.new, changed=changes.changed, missing=missing, written=write, remarks=changes.remarks
    )


def name_contact(
    conn: Connection, partner_id: str, name: str, post: str, email: str, *, at: datetime, on: date
) -> tuple[str, ...]:
    """Say who answers for a partner, as an import would: known again by name; of another name another person, who follows.

    Answers, in Indonesian, who is no longer its contact.
    """
    known = select(people).where(people.c.kind == "contact", people.c.partner_id == partner_id)
    row = PartnerRow(
        code=partner_id,
        name="",
        kind="",
        address=None,
        city=None,
        country=None,
        email=None,
        contact_name=name,
        contact_post=post or None,
        contact_email=email or None,
    )
    changes = _Changes(conn, at, on, write=True)
    changes.contact(row, partner_id, [dict(each) for each in conn.execute(known).mappings()])
    return tuple(changes.remarks)


def _read(row: Row) -> PartnerRow:
    contact_name = row.text("NAMA KONTAK")
    contact_post, contact_email = row.text("JABATAN KONTAK"), row.read("EMAIL KONTAK", read_email)
    if contact_name is None and row.sound and (contact_post or contact_email):
        row.reject("NAMA KONTAK", "Wajib diisi bila jabatan atau alamat surel kontak diisi.")
    return PartnerRow(
        code=row.required("KODE", 64),
        name=row.required("NAMA INSTANSI"),
        kind=row.required("JENIS", 60),
        address=row.text("ALAMAT", 300),
        city=row.text("KOTA", 100),
        country=(row.read(COUNTRY, read_country) or HOME) if row.has(COUNTRY) else None,
        email=row.read(EMAIL, read_email) if row.has(EMAIL) else None,
        contact_name=contact_name,
        contact_post=contact_post,
        contact_email=contact_email,
    )


def _institution(row: PartnerRow, before: dict[str, Any] | None) -> dict[str, Any]:
    old = before or {"id": row.code, "address": "", "city": "", "country": HOME, "email": None}
    return {
        "id": old["id"],
        "name": row.name,
        "kind": row.kind,
        "address": row.address or old["address"],
        "city": row.city or old["city"],
        "country": row.country or old["country"],
        "email": row.email or old["email"],
    }


class _Changes:
    """Counts what an import of partners alters, and writes it where it may."""

    def __init__(self, conn: Connection, at: datetime, on: date, *, write: bool) -> None:
        self.new, self.changed = 0, 0
        self.remarks: list[str] = []
        self._conn, self._at, self._on, self._write = conn, at, on, write

    def institution(self, before: dict[str, Any] | None, now: dict[str, Any]) -> bool:
        """Adds or alters an institution; answers whether it differs from before."""
        if before is None:
            self.new += 1
            if self._write:
                self._conn.execute(insert(partners).values(now))
        elif before != now and self._write:
            self._conn.execute(update(partners).where(partners.c.id == now["id"]).values(now))
        return before != now

    def contact(self, row: PartnerRow, partner_id: str, known: list[dict[str, Any]]) -> bool:
        """Makes the row's contact the partner's one contact; a row without a name leaves things as they are."""
        if row.contact_name is None:
            return False
        before = next((each for each in known if _bare_name(each["name"]) == _bare_name(row.contact_name)), None)
        now = {
            "name": row.contact_name,
            "post": row.contact_post or (before or {}).get("post"),
            "email": row.contact_email or (before or {}).get("email"),
            "left_on": None,
        }
        changed = before is None or not now.items() <= before.items()
        if changed and self._write:
            if before is None:
                self._conn.execute(
                    insert(people).values(id=new_id(self._at), kind="contact", partner_id=partner_id, **now)
                )
            else:
                self._conn.execute(update(people).where(people.c.id == before["id"]).values(now))
        return self._replace([each for each in known if each is not before and each["left_on"] is None], row) or changed

    def _replace(self, others: list[dict[str, Any]], row: PartnerRow) -> bool:
        for other in others:
            self.remarks.append(
                f"Narahubung {row.code} sekarang {row.contact_name}; {other['name']} dicatat keluar dan kuncinya "
                "tidak berlaku lagi."
            )
            if self._write:
                self._conn.execute(update(people).where(people.c.id == other["id"]).values(left_on=self._on))
        return bool(others)


def _bare_name(name: str) -> str:
    """A name without academic titles, by which a contact is known again; another name is another person."""
    words = name.partition(",")[0].casefold().split()
    return " ".join(word for word in words if not word.endswith(".")) or name.casefold()
