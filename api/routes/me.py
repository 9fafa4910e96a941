"""The holder of the key: who they are, what awaits them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from workflow import queries
from workflow.queries import TaskList
from workflow.views import inbox
from workflow.views.inbox import Me

After = Annotated[str | None, QueryParameter(description="Nilai “next” dari halaman sebelumnya", max_length=100)]
Limit = Annotated[int, QueryParameter(description="Banyaknya per halaman", ge=1, le=100)]


@get("/me", operation_id="getMe", security=needs("read"), tags=["Saya"], summary="Pemegang kunci", responses=problems())
async def get_me(visit: NamedDependency[Visit]) -> Me:
    """The caller: posts, groups, mandates, how many tasks."""
    return await visit.look("read", inbox.me)


@get(
    "/tasks",
    operation_id="listTasks",
    security=needs("read"),
    tags=["Saya"],
    summary="Tugas saya, yang paling mendesak lebih dahulu",
    responses=problems(400),
)
async def list_tasks(visit: NamedDependency[Visit], after: After = None, limit: Limit = 50) -> TaskList:
    """The caller's inbox."""
    return await visit.look("read", queries.inbox, after=after, limit=limit)
