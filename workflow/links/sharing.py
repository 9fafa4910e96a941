"""Texts ready to be sent by hand, and the record of who opened them for sending, to whom, when, by which channel.

For pages of any kind: ``reminder_text`` for one of our own people who is late, ``partner_text`` for somebody outside with their
link, ``whatsapp_address`` for the address that opens either in WhatsApp, and ``note_share`` once somebody has opened it. A share
names to whom it goes (``person_id``) and the case or the link that it is about; tasks come and go, so it names none.
A page records first (POST) and then shows a page with the link to WhatsApp: a form may not lead to another host.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Row, insert, or_, select

from policies.dates import written
from policies.wording import with_full_stop
from workflow.ids import new_id
from workflow.tables import link_shares, people

MAIL: Final = "mail"
COPIED: Final = "copied"
WHATSAPP: Final = "whatsapp"

#: What people call each channel.
CHANNELS: Final = {MAIL: "surel", COPIED: "disalin", WHATSAPP: "WhatsApp"}


@dataclass(frozen=True)
class Shared:
    """To whom something was opened for sending, by which channel, and what it was about; ``by`` is empty for the service."""

    channel: str
    person_id: str
    link_id: str | None = None
    case_id: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Addressed:
    """What a text for somebody outside names: who, about whom, and how the link is opened."""

    name: str
    agency: str
    process: str
    subjects: Sequence[str]
    address: str
    code: str
    typed_at: str
    until: date


def partner_text(to: Addressed) -> str:
    """What somebody outside is sent with their link: about whom it is, how it is opened, until when."""
    about = to.subjects[0] if len(to.subjects) == 1 else f"{len(to.subjects)} peserta"
    asks = with_full_stop(f"{to.agency} menunggu tanggapan Anda tentang {to.process} untuk {about}")
    return (
        f"Yth. {to.name},\n\n"
        f"{asks} Berkasnya dibuka tanpa akun melalui tautan khusus untuk Anda:\n{to.address}\n\n"
        f"Bila tautan itu tidak dapat dibuka, ketikkan kode {to.code} pada {to.typed_at}\n\n"
        f"Tautan dan kode berlaku sampai {written(to.until)}. Terima kasih."
    )


def reminder_text(name: str, *, process: str, task: str, subject: str, reference: str, due_on: date, site: str) -> str:
    """What one of our own people is sent who is late with a task; it leads to the case, for whoever has signed in.

    ``task``: what they are asked to do; ``site``: the agency's address of Jenjang, empty where there is none.
    """
    where = f"\n{site.rstrip('/')}/berkas/{reference}" if site else ""
    return (
        f"Yth. {name},\n\n"
        f"Berkas {reference} ({process}, {subject}) masih menunggu Anda: {task}. Batas waktunya {written(due_on)}. Mohon dibuka "
        f"pada Jenjang.{where}\n\nTerima kasih."
    )


def whatsapp_address(text: str, phone: str = "") -> str:
    """The address that opens a text in WhatsApp, for the sender to send. ``phone``: as it is dialled; empty lets them choose."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    number = f"62{digits[1:]}" if digits.startswith("0") else digits
    return f"https://wa.me/{number}?text={quote(text, safe='')}"


def note_share(conn: Connection, shared: Shared, at: datetime) -> None:
    """Put on record that a text was opened for sending, or mailed."""
    conn.execute(
        insert(link_shares).values(
            id=new_id(at),
            link_id=shared.link_id,
            case_id=shared.case_id,
            person_id=shared.person_id,
            channel=shared.channel,
            at=at,
            by=shared.by,
        )
    )


def shares_of(conn: Connection, *, link_ids: Sequence[str] = (), case_ids: Sequence[str] = ()) -> Sequence[Row[Any]]:
    """What was sent about links or cases, the last first: ``link_id``, ``case_id``, ``person_id``, ``channel``, ``at``, ``by``.

    ``by_name``: what whoever sent it is called, None for the service.
    """
    query: Any = (
        select(link_shares, people.c.name.label("by_name"))
        .join_from(link_shares, people, people.c.id == link_shares.c.by, isouter=True)
        .where(or_(link_shares.c.link_id.in_(link_ids), link_shares.c.case_id.in_(case_ids)))
        .order_by(link_shares.c.at.desc(), link_shares.c.id.desc())
    )
    found: Sequence[Row[Any]] = conn.execute(query).all()
    return found
