"""Whether the service lives, and whether it can work."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.openapi import ResponseSpec

from api.metrics import Metrics, only_watchers
from workflow.readiness import Readiness, Watched, readiness


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "ok"


@get(
    "/health",
    operation_id="getHealth",
    tags=["Sistem"],
    summary="Apakah layanan hidup",
    security=[],
    sync_to_thread=False,
)
def health() -> Health:
    """Says that the process answers; looks at nothing else."""
    return Health()


@get(
    "/ready",
    operation_id="getReadiness",
    tags=["Sistem"],
    summary="Apakah layanan siap bekerja",
    security=[],
    responses={
        503: ResponseSpec(
            Readiness, generate_examples=False, description="Ada yang belum siap; says menyebut jalan keluarnya"
        )
    },
)
async def ready(state: State) -> Response[Readiness]:
    """Looks at the database, its tables, the agency, keys, what letters are made with, what is owed, and the last backup."""
    desk, serving = state.desk, state.serving
    apart = not serving.runner and desk.database.dialect == "postgresql"
    watched = Watched(serving.heartbeat if apart else None, serving.backup_within, serving.backup_required)
    found = await asyncio.to_thread(readiness, desk.database, desk.engine, desk.clock.now(), watched)
    return Response(found, status_code=200 if found.ready else 503)


@get("/metrics", include_in_schema=False, media_type="text/plain; version=0.0.4; charset=utf-8", guards=[only_watchers])
async def figures(request: Request[Any, Any, Any], state: State) -> bytes:
    """Figures for whoever watches over the service: for this machine and the networks that are set."""
    metrics: Metrics = request.state.metrics
    return await metrics.text(state.desk, state.serving.heartbeat)


@get("/robots.txt", include_in_schema=False, media_type="text/plain", sync_to_thread=False)
def robots() -> str:
    """Search engines list nothing of this: pages are for those who sign in, and letters for those who hold them."""
    return "User-agent: *\nDisallow: /\n"
