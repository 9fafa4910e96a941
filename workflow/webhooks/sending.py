"""Tells systems what is owed to them: taken in hand first, sent, and written down, as mail is.

Whoever was not reached is tried again with growing pauses, then shown as failed. Where nothing reached a system for days, it is
turned off and administrators are told; what it has missed can be sent again once it is on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urljoin

import msgspec
from sqlalchemy import Connection, Row, select, update

from workflow import effects
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.effects import CALLED, WEBHOOK
from workflow.office import Office
from workflow.people.groups import members
from workflow.tables import effects as table
from workflow.tables import webhooks
from workflow.tally import running
from workflow.webhooks.events import read
from workflow.webhooks.secrets import signed
from workflow.webhooks.wire import PATIENCE, Networks, NotReached, send

#: How long nothing may have reached a system before it is turned off.
LONG: Final = timedelta(days=3)
#: "Gone": whoever answers so wants to hear no more.
_GONE: Final = 410


@dataclass(frozen=True)
class Hooks:
    """How systems are told. ``networks``: of the agency's own that may be reached; ``patience``: seconds for one message."""

    safe: Safe
    networks: Networks = ()
    patience: float = PATIENCE

    def run_due(
        self, database: Database, office: Office, at: datetime, *, stopped: Callable[[], bool] = lambda: False
    ) -> int:
        """Tell what is due. Answers how much was told; what failed is written down with its effect."""
        done = 0
        for effect_id, _, _ in database.read(effects.due, at, 50, CALLED):
            if stopped():
                break
            done += self.run(database, office, effect_id, at)
        return done

    def run(
        self, database: Database, office: Office, effect_id: str, at: datetime, *, left_behind: datetime | None = None
    ) -> bool:
        """Tell one system one thing. Answers whether it was told; see ``effects.take``."""
        taken = database.write(_taken, effect_id, at, left_behind=left_behind)
        if taken is None:
            return False
        row, hook = taken
        with running(database, effect_id, WEBHOOK):
            try:
                status = self._told(office, row, hook, at)
            except NotReached as error:
                database.write(_failed, office, row, hook, str(error), at)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is written down with the effect, and shown
                database.write(_failed, office, row, hook, type(error).__name__, at)
            else:
                if 200 <= status < 300:
                    database.write(_reached, row, at)
                    return True
                database.write(_failed, office, row, hook, f"Dijawab dengan {status}.", at, gone=status == _GONE)
        return False

    def _told(self, office: Office, row: Row[Any], hook: Row[Any], at: datetime) -> int:
        body = msgspec.json.encode(_linked(office, read(row.payload)))
        headers = signed(self.safe, hook, row.id, body.decode(), at)
        headers |= {"Content-Type": "application/json", "User-Agent": "Jenjang"}
        return send(hook.address, body, headers, self.networks, self.patience)


def _linked(office: Office, message: dict[str, Any]) -> dict[str, Any]:
    """A message with where to look, if the agency has told its address."""
    data, site = message["data"], office.profile.site
    if site:
        data["links"] = {
            "page": urljoin(site, f"/berkas/{data['case_id']}"),
            "api": urljoin(site, f"/api/cases/{data['case_id']}"),
        }
    return message


def _taken(
    conn: Connection, effect_id: str, at: datetime, *, left_behind: datetime | None
) -> tuple[Row[Any], Row[Any]] | None:
    """Take a message in hand with whom it is for; None where there is nothing to be told, or nobody any more."""
    row = effects.take(conn, effect_id, at, left_behind=left_behind)
    if row is None:
        return None
    hook = conn.execute(select(webhooks).where(webhooks.c.id == row.subject_id)).one()
    if hook.ended_at is not None:
        effects.finished(conn, row.id, at, "Webhook sudah dihapus.")
        return None
    if hook.disabled_at is not None:
        effects.park(conn, row.id, "Webhook sedang tidak aktif.", at)
        return None
    return row, hook


def _reached(conn: Connection, row: Row[Any], at: datetime) -> None:
    effects.finished(conn, row.id, at)
    well = update(webhooks).where(webhooks.c.id == row.subject_id)
    conn.execute(well.values(reached_at=at, failing_since=None))


def _failed(
    conn: Connection, office: Office, row: Row[Any], hook: Row[Any], why: str, at: datetime, *, gone: bool = False
) -> None:
    effects.failed(conn, row.id, why, at)
    since = conn.execute(select(webhooks.c.failing_since).where(webhooks.c.id == hook.id)).scalar_one()
    if since is None:
        conn.execute(update(webhooks).where(webhooks.c.id == hook.id).values(failing_since=at))
    if gone or (since is not None and at - since >= LONG):
        _turn_off(conn, office, hook, why, at)


def _turn_off(conn: Connection, office: Office, hook: Row[Any], why: str, at: datetime) -> None:
    """Nothing more is sent there. What waits is parked, so that it can be sent again."""
    on = webhooks.c.id == hook.id, webhooks.c.disabled_at.is_(None)
    if not conn.execute(update(webhooks).where(*on).values(disabled_at=at)).rowcount:
        return
    open_ = table.c.kind == WEBHOOK, table.c.subject_id == hook.id, table.c.done_at.is_(None)
    error = f"Webhook dinonaktifkan: {why}"
    conn.execute(update(table).where(*open_).values(parked_at=at, error=error, claimed_until=None))
    says = (
        f"Webhook bagi {hook.owner} dinonaktifkan karena lama tidak tersampaikan. Kesalahan terakhir: {why} Periksa sistem "
        "penerimanya, lalu aktifkan lagi pada Kelola, Webhook."
    )
    people = dict.fromkeys(members(conn, "administrator", on=office.day(at)), says)
    effects.tell(conn, None, people, at, title="Webhook dinonaktifkan", page="/kelola/webhook")
