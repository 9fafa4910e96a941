"""The holder of the key: who they are, what awaits them."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from workflow import filters, queries
from workflow.filters import Narrowed
from workflow.queries import TaskList
from workflow.views import awaited, inbox
from workflow.views.awaited import AwaitedList, TaskCounts
from workflow.views.inbox import Me

After = Annotated[str | None, QueryParameter(description="Nilai “next” dari halaman sebelumnya", max_length=100)]
Limit = Annotated[int, QueryParameter(description="Banyaknya per halaman", ge=1, le=100)]


OfProcess = Annotated[str | None, QueryParameter(description="Nama proses", max_length=60)]
InState = Annotated[str | None, QueryParameter(name="state", description="Nama status", max_length=60)]
Search = Annotated[
    str, QueryParameter(description="Nomor berkas, bagian nama, atau NIP lengkap peserta", max_length=filters.LONGEST)
]


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
    responses=problems(400, 404),
)
async def list_tasks(
    visit: NamedDependency[Visit],
    process: OfProcess = None,
    in_state: InState = None,
    search: Search = "",
    late: Annotated[bool, QueryParameter(description="Hanya yang lewat tenggat")] = False,
    after: After = None,
    limit: Limit = 50,
) -> TaskList:
    """The caller's inbox."""
    narrowed = Narrowed(process=process, state=in_state, search=search)
    return await visit.look("read", queries.inbox, narrowed=narrowed, late=late, after=after, limit=limit)


@get(
    "/tasks/counts",
    operation_id="countTasks",
    security=needs("read"),
    tags=["Saya"],
    summary="Banyaknya tugas saya, yang lewat tenggat, dan yang saya tunggu dari orang lain",
    responses=problems(),
)
async def count_tasks(visit: NamedDependency[Visit]) -> TaskCounts:
    """How many there are, each counted no further than 100."""
    return await visit.look("read", awaited.task_counts)


@get(
    "/awaited",
    operation_id="listAwaited",
    security=needs("read"),
    tags=["Saya"],
    summary="Berkas saya, yang saya buka, dan milik orang yang saya pimpin, yang menunggu orang lain",
    responses=problems(400, 404),
)
async def list_awaited(
    visit: NamedDependency[Visit],
    process: OfProcess = None,
    in_state: InState = None,
    search: Search = "",
    after: After = None,
    limit: Limit = 50,
) -> AwaitedList:
    """What others owe the caller, the most urgent first."""
    narrowed = Narrowed(process=process, state=in_state, search=search)
    return await visit.look("read", awaited.awaited_list, narrowed=narrowed, after=after, limit=limit)


ROUTES = (
    get_me,
    list_tasks,
    count_tasks,
    list_awaited,
)
