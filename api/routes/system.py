"""Whether the service lives, and whether it can work."""

from __future__ import annotations

import asyncio

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.openapi import ResponseSpec

from api.desk import Desk
from workflow.readiness import Readiness, readiness


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
    """Looks at the database, its tables, the agency, and what letters are made with."""
    desk: Desk = state.desk
    found = await asyncio.to_thread(readiness, desk.database, desk.engine, desk.clock.now())
    return Response(found, status_code=200 if found.ready else 503)


@get("/robots.txt", include_in_schema=False, media_type="text/plain", sync_to_thread=False)
def robots() -> str:
    """Search engines list nothing of this: pages are for those who sign in, and letters for those who hold them."""
    return "User-agent: *\nDisallow: /\n"
