"""What is owed by mail, as an officer sees it: listed, tried again, and marked where it came back by other means."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from workflow.effects import DIGEST, DISPATCH, MAILED, MESSAGE, SEND, STANDING, due_again, finished
from workflow.errors import NotFound
from workflow.mail.compose import effect_of, one_line
from workflow.mail.dispatch import settle
from workflow.mail.post import Post
from workflow.mail.who import names_of, told
from workflow.office import Office
from workflow.references import reference_of
from workflow.tables import effects, letters

KINDS = {MESSAGE: "pesan", DISPATCH: "tujuan surat", SEND: "surat", STANDING: "kabar", DIGEST: "ringkasan"}


def mail_rows(conn: Connection) -> list[tuple[str, str, str, str, str, str, str]]:
    """What has not been sent: id, kind, to whom, about what, state, attempts, reason."""
    query = (
        select(effects, letters.c.number)
        .join_from(effects, letters, letters.c.id == effects.c.subject_id, isouter=True)
        .where(effects.c.done_at.is_(None), effects.c.kind.in_(MAILED))
        .order_by(effects.c.due_at, effects.c.id)
    )
    rows = conn.execute(query).all()
    whom = {row.id: told(row) for row in rows if row.kind != DISPATCH}
    names = names_of(conn, whom.values())
    return [
        (
            row.id,
            KINDS[row.kind],
            names[whom[row.id]] if row.id in whom else "-",
            f"Nomor {row.number}"
            if row.number
            else f"berkas {reference_of(row.case_id)}"
            if row.case_id
            else row.subject_id,
            "gagal, perlu diperiksa" if row.parked_at else "menunggu kirim",
            str(row.attempts),
            row.error or "-",
        )
        for row in rows
    ]


def retry(conn: Connection, which: str | None, at: datetime) -> int:
    """Make mail that has failed, or that waits for its next attempt, due now: one message, those of one letter, or all.

    ``which``: the id of a message, or the id or number of a letter. Answers how many. Raises NotFound where none is meant.
    """
    meant: list[ColumnElement[bool]] = [effects.c.kind.in_(MAILED)]
    if which is not None:
        of_letter = select(letters.c.id).where(letters.c.number == which)
        meant.append(or_(effects.c.id == which, effects.c.subject_id == which, effects.c.subject_id.in_(of_letter)))
    number = due_again(conn, *meant, at=at)
    if which is not None and not number:
        raise NotFound(
            f"Tidak ada surel yang belum terkirim dengan id atau nomor surat {which}. Lihat: jenjang mail list"
        )
    return number


def record_bounce(conn: Connection, post: Post, office: Office, message_id: str, reason: str, at: datetime) -> str:
    """A message came back by other means, such as to the mailbox of the sender: it counts as not sent, with the reason.

    ``message_id``: as the returned message shows it. Answers its effect's id. Raises NotFound.
    """
    effect_id = effect_of(message_id)
    kinds = effects.c.kind.in_((MESSAGE, SEND, STANDING, DIGEST))
    row = conn.execute(select(effects).where(effects.c.id == effect_id, kinds)).one_or_none()
    if row is None:
        raise NotFound(
            f"Tidak ada surel dengan Message-ID {one_line(message_id)}. Salin Message-ID surel asli dari surel yang kembali."
        )
    post.returned(conn, office, row, f"kembali: {one_line(reason)}", at)
    return effect_id


def record_delivery(conn: Connection, effect_id: str, how: str, at: datetime) -> None:
    """A letter that could not be mailed reached whom it was for in another way. Raises NotFound."""
    row = conn.execute(
        select(effects).where(effects.c.id == effect_id, effects.c.kind == SEND, effects.c.done_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(f"Tidak ada surat yang belum terkirim dengan id {effect_id}. Lihat: jenjang mail list")
    finished(conn, effect_id, at, f"Disampaikan dengan cara lain: {one_line(how)}")
    settle(conn, row.subject_id)
