"""Figures that are read on a page and taken away as a table: the head that their routes share, and the table as a download."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api.openapi import needs, problems
from api.routes.files import download
from workflow.errors import NotFound
from workflow.filing import proper_name
from workflow.hours.sheets import Sheet

Year = Annotated[int | None, QueryParameter(description="Tahun; bawaannya tahun berjalan")]
Head = Callable[[str, str, str], Callable[[Callable[..., Any]], HTTPRouteHandler]]


def head_of(tag: str) -> Head:
    """The head of the routes of one chapter of the description: path, operation and summary are each route's own."""

    def head(path: str, operation: str, summary: str) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
        return get(
            path,
            operation_id=operation,
            security=needs("read"),
            tags=[tag],
            summary=summary,
            responses=problems(404, 422),
        )

    return head


async def table_file(
    sheet: Sheet, file_type: str, on: date, types: Mapping[str, str], write: Callable[[Sheet, str, date], bytes]
) -> Response[bytes]:
    """A table as a file; only whoever may see it is told which ``types`` there are. Raises NotFound."""
    if file_type not in types:
        raise NotFound(f"Bentuk berkas {file_type!r} tidak ada; yang ada: {', '.join(types)}.")
    content = await asyncio.to_thread(write, sheet, file_type, on)  # others must not wait for it
    name = proper_name(sheet.title.replace(":", ""), f".{file_type}")
    return download(content, types[file_type], name, hashlib.sha256(content).hexdigest())
