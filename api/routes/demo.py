"""The demo's clock, moved over HTTP. Registered only where the app was given a DemoClock."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from litestar import post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler
from litestar.params import JSONBody

from api.clock import DemoClock
from api.desk import Desk
from api.problems import Malformed
from workflow.callers import Unauthenticated
from workflow.engine.sweep import sweep


class SetClock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The instant to go to, with its zone; ``sweep``: then do what is due."""

    at: datetime
    sweep: bool = False


class ClockSet(msgspec.Struct, frozen=True, kw_only=True):
    """The instant that the clock now shows, and what the sweep did, if one was asked for."""

    at: datetime
    swept: dict[str, Any] | None = None


def knows_the_secret(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Lets in whoever started the demo. Raises Unauthenticated."""
    desk: Desk = connection.app.state.desk
    shown = connection.headers.get("authorization", "").partition(" ")[2]
    if not isinstance(desk.clock, DemoClock) or not hmac.compare_digest(shown.encode(), desk.clock.secret.encode()):
        raise Unauthenticated("Jam peragaan hanya dapat dimajukan oleh yang menjalankan peragaan.")


@post("/demo/clock", guards=[knows_the_secret], include_in_schema=False, status_code=200)
async def set_clock(state: State, data: JSONBody[SetClock]) -> ClockSet:
    """Move the demo's clock forward."""
    desk: Desk = state.desk
    if data.at.tzinfo is None:
        raise Malformed("Waktu harus menyebut zonanya, misalnya 2026-03-02T08:00:00+07:00.")
    assert isinstance(desk.clock, DemoClock)  # noqa: S101 # the guard has made sure
    desk.clock.set(data.at)
    desk.changed.set()
    swept = await asyncio.to_thread(_sweep, desk) if data.sweep else None
    return ClockSet(at=desk.clock.now(), swept=swept)


def _sweep(desk: Desk) -> dict[str, Any]:
    return asdict(sweep(desk.database, desk.database.read(desk.engine), desk.clock.now()))
