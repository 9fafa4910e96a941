"""Forwarding: whoever got a link for the host names a colleague of the same partner, who gets a link of their own by mail.

The link that was forwarded ends, and its row says to which it led.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from workflow import effects
from workflow.accounts.safe import Safe
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, Problem
from workflow.ids import new_id
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.links.links import Link, LinkOver, find, issue, still_opens
from workflow.links.opening import HOST, CannotLink, Opened, opens
from workflow.tables import links, people

_LONGEST: Final = 200


class CannotForward(Problem):
    """A link that is not to be forwarded, or not to this person."""

    status, type, title = 422, "cannot-forward", "Tautan tidak dapat diteruskan"


def forward(
    conn: Connection, engine: Engine, safe: Safe, link: Link, name: str, post: str, email: str, at: datetime
) -> Link:
    """Hand a link on to a colleague, who becomes a contact of the partner where they are none yet. Answers the new link.

    Raises InvalidForm, CannotForward, LinkOver.
    """
    if link.purpose != HOST:
        raise CannotForward(
            "Pembimbing lapangan ditunjuk oleh narahubung instansi Anda. Mintalah narahubung menunjuk penggantinya."
        )
    conn.execute(
        select(links.c.id).where(links.c.id == link.id).with_for_update()
    )  # two at once are one after the other
    standing = find(conn, link.id)
    if not standing.is_good(at):
        raise LinkOver("Tautan ini sudah tidak berlaku, sehingga tidak dapat diteruskan lagi.")
    given = _read(name, post, email)
    holder: Any = conn.execute(select(people).where(people.c.id == link.person_id)).one()
    colleague = _colleague(conn, holder, given, at)
    open_now = still_opens(conn, engine.registry, standing)
    for case_id in sorted(open_now):
        engine.reseat(conn, case_id, at)
    to = Opened(colleague, link.case_id, link.cohort_id)
    if not opens(conn, engine.registry, to):
        raise CannotForward(
            "Berkas ini sedang tidak menunggu tanggapan instansi Anda, sehingga belum dapat diteruskan. Teruskanlah setelah ada "
            "yang perlu dijawab."
        )
    try:
        new = issue(conn, engine, safe, to, at)
    except CannotLink as cannot:
        raise CannotForward(cannot.says) from cannot
    ended = {"revoked_at": at, "revoked_by": link.person_id, "revoked_why": "Diteruskan.", "forwarded_to": new.id}
    conn.execute(update(links).where(links.c.id == link.id).values(ended))
    (first, *_) = sorted(open_now)
    effects.tell(conn, first, {colleague: f"{holder.name} meneruskan berkas ini kepada Anda untuk ditanggapi."}, at)
    return new


def _colleague(conn: Connection, holder: Any, given: dict[str, str], at: datetime) -> str:
    """The contact of the same partner with this address; a new one where nobody has it. Raises CannotForward."""
    known = conn.execute(
        select(people).where(func.lower(people.c.email) == given["email"], people.c.left_on.is_(None))
    ).all()
    if any(row.id == holder.id for row in known):
        raise CannotForward("Alamat surel itu milik Anda sendiri. Tulis alamat surel rekan yang akan menjawab.")
    same = [row.id for row in known if row.kind == "contact" and row.partner_id == holder.partner_id]
    if same:
        return str(same[0])
    if known:  # of whom a stranger need not learn
        raise CannotForward(
            "Alamat surel itu tidak dapat dipakai untuk narahubung instansi Anda. Pakai alamat yang lain."
        )
    person_id = new_id(at)
    new = {"id": person_id, "kind": "contact", "partner_id": holder.partner_id, **given}
    conn.execute(insert(people).values(new))
    return person_id


def _read(name: str, post: str, email: str) -> dict[str, str]:
    """What the colleague is called, and their address. Raises InvalidForm."""
    faults: list[FieldError] = []
    given = {"name": " ".join(name.split()), "post": " ".join(post.split()), "email": ""}
    for field, label in (("name", "Nama"), ("post", "Jabatan")):
        if not 3 <= len(given[field]) <= _LONGEST or not given[field].isprintable():
            faults.append(FieldError(field, label, f"{label} rekan wajib diisi, 3 sampai {_LONGEST} huruf."))
    try:
        given["email"] = read_email(email.strip())
    except Wrong as wrong:
        faults.append(FieldError("email", "Alamat surel", f"Alamat surel: {wrong}"))
    if faults:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(faults))
    return given
