"""The bare unit over HTTP through our own stack: the same server, ``Database.run`` and statements, and the one route of the peer.

With BENCH_DATABASE empty the same application answers without a database: the floor.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from litestar import Litestar, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from api.reading import JsonRequest
from api.security import protect
from tests.bench.bare_unit import NEXT, unit
from workflow.database import Database

KEY = "Bearer bench"

Version = Annotated[int, msgspec.Meta(ge=0)]


class Seen(msgspec.Struct, frozen=True):
    """The version on which somebody acts."""

    version: Version


class Moved(msgspec.Struct, frozen=True):
    """Where the case stands now."""

    state: str
    version: int


def _has_the_key(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    if not hmac.compare_digest(connection.headers.get("authorization", ""), KEY):
        raise NotAuthorizedException


@post("/cases/{case_id:str}/{trigger:str}", status_code=200, guards=[_has_the_key])
async def fire(case_id: FromPath[str], trigger: FromPath[str], data: JSONBody[Seen], state: State) -> Moved:
    """Fire a trigger on a case, in one transaction."""
    database: Database | None = state.database
    if database is None:
        return Moved(NEXT["review" if data.version % 2 else "drafted"], data.version + 1)
    return Moved(*await database.run(unit, case_id, trigger, data.version))


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    address = os.environ["BENCH_DATABASE"]
    app.state.database = Database.open(address) if address else None
    yield
    if app.state.database is not None:
        await app.state.database.aclose()


def create() -> Litestar:
    """The application, as Jenjang's own is set up, on the database that BENCH_DATABASE names."""
    return Litestar(
        [fire],
        request_class=JsonRequest,
        before_send=[protect],
        lifespan=[_lifespan],
        openapi_config=None,
        logging_config=None,
    )
