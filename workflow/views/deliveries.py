"""What the service still owes the world, for those who look after it: what has failed and why, tried again or told as done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from workflow.accounts.account import DELIVERY_RETRIED, DELIVERY_TOLD, change, held
from workflow.callers import Caller
from workflow.definition import Process
from workflow.directory import retry_effects
from workflow.effects import DIGEST, DISPATCH, MESSAGE, RENDER, SEND, STANDING, WEBHOOK
from workflow.engine.engine import Engine
from workflow.errors import NotFound, NotYours, Problem
from workflow.mail.compose import one_line
from workflow.mail.ledger import record_delivery
from workflow.mail.who import names_of, told
from workflow.people.groups import GROUPS
from workflow.references import reference_of
from workflow.tables import cases, effects, group_members, letters, webhooks
from workflow.views.officers import by
from workflow.webhooks.events import read

#: Who looks after what is sent.
GROUPS_THAT_SEE: Final = ("bkpsdm.verifier", "administrator")
#: What people call each kind.
KINDS: Final = {
    RENDER: "Membuat PDF surat",
    MESSAGE: "Pesan",
    DISPATCH: "Menentukan tujuan surat",
    SEND: "Mengirim surat",
    STANDING: "Kabar berkas",
    DIGEST: "Ringkasan harian",
    WEBHOOK: "Webhook",
}
_LONGEST: Final = 300
#: Deliveries that a line of a log names.
_NAMED: Final = 20


class DeliveryLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is owed. ``to``: whom it goes to, empty where that is nobody, or for a few to know alone.

    ``about``: the case's number, or the letter's. ``failed``: it is not tried again by itself; ``error``: why it did not go.
    ``can_be_told``: it is a letter that may be marked as having reached them in another way.
    """

    id: str
    kind: str
    kind_title: str
    to: str
    reference: str
    letter: str
    failed: bool
    attempts: int
    due_at: datetime
    error: str
    can_be_told: bool


class DeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what is owed, oldest first. ``failed`` and ``waiting``: how many altogether."""

    failed: int
    waiting: int
    items: tuple[DeliveryLine, ...]
    next: str | None = None


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """How many are tried again now."""

    number: int


def delivery_list(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    _at: datetime,
    *,
    waiting: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> DeliveryList:
    """What has failed, or what still ``waiting`` for its turn. Raises NotYours."""
    _require(conn, caller)
    caller.looked_at.append(None)
    failed, turn = _are(failed=True), _are(failed=False)
    query = (
        select(effects, letters.c.number, cases.c.process, webhooks.c.owner)
        .join_from(effects, letters, letters.c.id == effects.c.subject_id, isouter=True)
        .join(webhooks, webhooks.c.id == effects.c.subject_id, isouter=True)
        .join(cases, cases.c.id == effects.c.case_id, isouter=True)
        .where(turn if waiting else failed, effects.c.id > (after or ""))
        .order_by(effects.c.id)
        .limit(limit + 1)
    )
    rows = conn.execute(query).all()
    return DeliveryList(
        failed=_counted(conn, failed),
        waiting=_counted(conn, turn),
        items=tuple(_lines(conn, engine, rows[:limit])),
        next=rows[limit - 1].id if len(rows) > limit else None,
    )


def retry(conn: Connection, _engine: Engine, caller: Caller, at: datetime, delivery_id: str | None = None) -> Retried:
    """Try again what has failed: one of them, or all. Raises NotYours, NotFound where the one named has not failed.

    Who did is on the log of their own account.
    """
    _require(conn, caller, delivery_id)
    failed = conn.execute(select(effects.c.id).where(_are(failed=True)).order_by(effects.c.id)).scalars().all()
    number = retry_effects(conn, delivery_id, at)
    if number:
        _note(conn, caller, DELIVERY_RETRIED, [delivery_id] if delivery_id else failed, at)
    return Retried(number=number)


def mark_delivered(conn: Connection, _engine: Engine, caller: Caller, at: datetime, delivery_id: str, how: str) -> None:
    """A letter that could not be mailed reached them in another way; kept with who says so. Raises NotYours, NotFound, Problem."""
    _require(conn, caller, delivery_id)
    if not how.strip() or len(how) > _LONGEST:
        raise Problem(
            f"Sebutkan bagaimana suratnya sampai, paling banyak {_LONGEST} huruf, misalnya “Diantar langsung, diterima Rina”."
        )
    record_delivery(conn, delivery_id, f"{one_line(how)} (dicatat oleh {caller.name})", at)
    _note(conn, caller, DELIVERY_TOLD, [delivery_id], at)


def _note(conn: Connection, caller: Caller, kind: str, ids: Sequence[str], at: datetime) -> None:
    more = len(ids) - _NAMED
    remark = ", ".join(ids[:_NAMED]) + (f", dan {more} lagi" if more > 0 else "")
    change(conn, held(conn, caller.person_id), kind, {}, at, by=by(caller), remark=remark)


def _require(conn: Connection, caller: Caller, delivery_id: str | None = None) -> None:
    """Raises NotYours, and NotFound where one is named: whoever does not look after them learns of none."""
    mine = group_members.c.person_id == caller.person_id
    belongs = select(exists().where(mine, group_members.c.group_name.in_(GROUPS_THAT_SEE)))
    if not conn.execute(belongs).scalar_one():
        if delivery_id is not None:
            raise NotFound(f"Tindak lanjut {delivery_id[:60]} tidak ada, atau bukan untuk Anda lihat.")
        named = " dan ".join(GROUPS[group].lower() for group in GROUPS_THAT_SEE)
        raise NotYours(f"Daftar pengiriman hanya untuk {named}.".replace("bkpsdm", "BKPSDM"))


def _are(*, failed: bool) -> ColumnElement[bool]:
    parked = effects.c.parked_at.is_not(None) if failed else effects.c.parked_at.is_(None)
    return effects.c.done_at.is_(None) & parked


def _counted(conn: Connection, which: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(effects).where(which)).scalar_one())


def _lines(conn: Connection, engine: Engine, rows: Sequence[Row[Any]]) -> Iterator[DeliveryLine]:
    whom = {row.id: told(row) for row in rows if _may_be_named(engine.registry.processes.get(row.process or ""), row)}
    names = names_of(conn, whom.values())
    for row in rows:
        yield _line(row, str(row.owner) if row.kind == WEBHOOK else names.get(whom.get(row.id, ""), ""))


def _line(row: Row[Any], to: str) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        kind=row.kind,
        kind_title=KINDS.get(row.kind, row.kind),
        to=to,
        reference=_reference(row),
        letter=row.number or "",
        failed=row.parked_at is not None,
        attempts=row.attempts,
        due_at=row.due_at,
        error=row.error or "",
        can_be_told=row.kind == SEND,
    )


def _reference(row: Row[Any]) -> str:
    if row.kind == WEBHOOK:
        return str(read(row.payload)["data"]["reference"])
    return reference_of(row.case_id) if row.case_id else ""


def _may_be_named(process: Process | None, row: Row[Any]) -> bool:
    """Whether it is told whom it goes to. Who has yet to act is for a few where a process keeps its entries from others."""
    if row.kind == MESSAGE and process is not None and any(each.read_by for each in process.entries.values()):
        return False
    return row.kind in (MESSAGE, SEND, STANDING, DIGEST)
