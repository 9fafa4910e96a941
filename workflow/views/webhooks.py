"""Systems that are told of what happens here: administrators say which, and where; a secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, Row, func, insert, select, update

from workflow.accounts.account import WEBHOOK_CHANGED, change, held
from workflow.accounts.own import require_factor
from workflow.accounts.safe import Safe
from workflow.callers import Caller
from workflow.effects import WEBHOOK, due_again
from workflow.engine.engine import Engine
from workflow.errors import FieldError, InvalidForm, NotFound
from workflow.forms import Form
from workflow.ids import new_id
from workflow.tables import effects, webhooks
from workflow.views.officers import ADMINISTRATOR, by, offices
from workflow.webhooks.events import EVENTS
from workflow.webhooks.secrets import OVERLAP, secret_of
from workflow.webhooks.wire import Networks, fault

#: Webhooks that there may be at once: each is one more row for every step.
MOST: Final = 50


class NewWebhook(Form, frozen=True, kw_only=True):
    """A system as it is to be told. ``owner``: whose it is; ``events``: of what."""

    owner: Annotated[
        str, Meta(title="Sistem penerima", description="Misalnya SIMPEG BKPSDM", min_length=1, max_length=100)
    ]
    address: Annotated[
        str,
        Meta(title="Alamat", description="Alamat https yang menerima pemberitahuan", min_length=1, max_length=500),
    ]
    events: Annotated[
        tuple[Annotated[str, Meta(max_length=20)], ...], Meta(title="Pemberitahuan", max_length=len(EVENTS))
    ]


class WebhookLine(msgspec.Struct, frozen=True, kw_only=True):
    """A system that is told. ``state``: active, failing (nothing reached it lately) or disabled.

    ``waiting`` and ``failed``: messages that are still to reach it, or did not.
    """

    id: str
    owner: str
    address: str
    events: tuple[str, ...]
    state: str
    state_title: str
    created_at: datetime
    reached_at: datetime | None
    failing_since: datetime | None
    overlap_until: datetime | None
    waiting: int
    failed: int


class WebhookList(msgspec.Struct, frozen=True, kw_only=True):
    """Every system that is told, by its name."""

    items: tuple[WebhookLine, ...]


class WebhookSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A new secret, which is shown this once."""

    secret: str
    line: WebhookLine


STATES: Final = {"active": "Aktif", "failing": "Belum tersampaikan", "disabled": "Tidak aktif"}


def webhook_list(conn: Connection, _engine: Engine, caller: Caller, _at: datetime) -> WebhookList:
    """All of them, for an administrator. Raises NotFound."""
    _require(conn, caller)
    rows = conn.execute(_LISTED.order_by(webhooks.c.owner, webhooks.c.id))
    return WebhookList(items=tuple(_line(conn, row) for row in rows))


def add_webhook(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, form: NewWebhook, safe: Safe, networks: Networks
) -> WebhookSecret:
    """Have a system told from now on. Raises NotFound, InvalidForm, and what ``require_factor`` raises."""
    _require(conn, caller)
    require_factor(conn, engine, caller, at)
    events = [event for event in EVENTS if event in form.events]
    if not events or set(form.events) - set(events):
        raise _fault("events", "Pemberitahuan", f"Pilih satu atau lebih dari: {', '.join(EVENTS)}.")
    if wrong := fault(form.address, networks):
        raise _fault("address", "Alamat", wrong)
    if conn.execute(select(func.count()).select_from(_LISTED.subquery())).scalar_one() >= MOST:
        raise _fault("owner", "Sistem penerima", f"Sudah ada {MOST} webhook. Hapus yang tidak dipakai lagi.")
    row = {
        "id": new_id(at),
        "owner": " ".join(form.owner.split()),
        "address": form.address,
        "events": " ".join(events),
        "created_at": at,
        "created_by": caller.person_id,
    }
    conn.execute(insert(webhooks).values(row))
    return _told(conn, caller, str(row["id"]), safe, "ditambahkan", at)


def rotate_webhook(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, webhook_id: str, safe: Safe
) -> WebhookSecret:
    """Make a new secret; for a while messages are signed by the old one too. Raises NotFound, and as ``add_webhook``."""
    found = _found(conn, caller, webhook_id)
    require_factor(conn, engine, caller, at)
    values = {"generation": found.generation + 1, "overlap_until": at + OVERLAP}
    conn.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(values))
    return _told(conn, caller, webhook_id, safe, "diberi rahasia baru", at)


def turn_on_webhook(conn: Connection, _engine: Engine, caller: Caller, at: datetime, webhook_id: str) -> WebhookLine:
    """Tell a system again that was turned off, with all that it has missed. Raises NotFound."""
    _found(conn, caller, webhook_id)
    values = {"disabled_at": None, "failing_since": None}
    conn.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(values))
    due_again(conn, effects.c.kind == WEBHOOK, effects.c.subject_id == webhook_id, at=at)
    return _noted(conn, caller, webhook_id, "diaktifkan lagi", at)


def end_webhook(conn: Connection, _engine: Engine, caller: Caller, at: datetime, webhook_id: str) -> WebhookLine:
    """Tell a system nothing more, what waits neither. Raises NotFound."""
    _found(conn, caller, webhook_id)
    line = _noted(conn, caller, webhook_id, "dihapus", at)
    conn.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(ended_at=at))
    open_ = effects.c.kind == WEBHOOK, effects.c.subject_id == webhook_id, effects.c.done_at.is_(None)
    over = {"done_at": at, "parked_at": None, "claimed_until": None, "error": "Webhook sudah dihapus."}
    conn.execute(update(effects).where(*open_).values(over))
    return line


def _require(conn: Connection, caller: Caller) -> None:
    if ADMINISTRATOR not in offices(conn, caller):
        raise NotFound("Daftar webhook tidak ada, atau bukan untuk Anda lihat.")


def _found(conn: Connection, caller: Caller, webhook_id: str) -> Row[Any]:
    _require(conn, caller)
    row = conn.execute(_LISTED.where(webhooks.c.id == webhook_id)).one_or_none()
    if row is None:
        raise NotFound("Webhook itu tidak ada, atau sudah dihapus.")
    return row


def _told(conn: Connection, caller: Caller, webhook_id: str, safe: Safe, what: str, at: datetime) -> WebhookSecret:
    line = _noted(conn, caller, webhook_id, what, at)
    generation = conn.execute(select(webhooks.c.generation).where(webhooks.c.id == webhook_id)).scalar_one()
    return WebhookSecret(secret=secret_of(safe, webhook_id, generation), line=line)


def _noted(conn: Connection, caller: Caller, webhook_id: str, what: str, at: datetime) -> WebhookLine:
    """Who did it is on the log of their own account."""
    line = _line(conn, conn.execute(_LISTED.where(webhooks.c.id == webhook_id)).one())
    remark = f"Webhook {line.owner} ({webhook_id}) {what}"
    change(conn, held(conn, caller.person_id), WEBHOOK_CHANGED, {}, at, by=by(caller), remark=remark)
    return line


def _line(conn: Connection, row: Row[Any]) -> WebhookLine:
    state = "disabled" if row.disabled_at else "failing" if row.failing_since else "active"
    parked, waits = effects.c.parked_at.is_not(None), effects.c.parked_at.is_(None)
    owed = select(func.count().filter(waits).label("waiting"), func.count().filter(parked).label("failed")).where(
        effects.c.kind == WEBHOOK, effects.c.subject_id == row.id, effects.c.done_at.is_(None)
    )
    counted = conn.execute(owed).one()
    return WebhookLine(
        id=row.id,
        owner=row.owner,
        address=row.address,
        events=tuple(row.events.split()),
        state=state,
        state_title=STATES[state],
        created_at=row.created_at,
        reached_at=row.reached_at,
        failing_since=row.failing_since,
        overlap_until=row.overlap_until,
        waiting=counted.waiting,
        failed=counted.failed,
    )


def _fault(field: str, label: str, says: str) -> InvalidForm:
    return InvalidForm("Periksa isian berikut.", fields=(FieldError(field, label, says),))


_LISTED: Final = select(webhooks).where(webhooks.c.ended_at.is_(None))
