"""Bare Litestar with as many routes as BENCH_ROUTES says, ``/health`` among them; what starting is measured against.

It imports nothing of ours.
"""

from __future__ import annotations

import os

from litestar import Litestar, get
from litestar.params import FromPath


@get("/health")
async def health() -> dict[str, str]:
    """Answer."""
    return {"status": "ok"}


async def _answer(thing: FromPath[str]) -> dict[str, str]:
    return {"thing": thing}


def create() -> Litestar:
    """The application."""
    others = int(os.environ["BENCH_ROUTES"]) - 1
    routes = [get(f"/r{number}/{{thing:str}}")(_answer) for number in range(others)]
    return Litestar([health, *routes], openapi_config=None, logging_config=None)
