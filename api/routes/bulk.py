"""Many at once: tasks chosen, a step tried for all of them, ordered, and how far it is."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import key_given
from api.routes.actions import Rules
from api.routes.cases import Key
from api.routes.me import After, Limit
from workflow.bulk import choosing, ordering, pages, trying
from workflow.bulk.choosing import MOST, BulkChoices, Wanted
from workflow.bulk.pages import BulkList, BulkPage, BulkProgress
from workflow.bulk.trying import BulkTrial
from workflow.engine.steps import Step

Name = Annotated[str, msgspec.Meta(max_length=60)]
Id = Annotated[str, msgspec.Meta(max_length=36)]
Position = Annotated[int, QueryParameter(description="Nilai “next” dari halaman sebelumnya", ge=0)]


class TasksWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the caller's tasks: by the task's id or the case's id or number, else all of a process and a state."""

    tasks: Annotated[list[Id], msgspec.Meta(max_length=MOST)] = []
    process: Name | None = None
    state: Name | None = None


class BulkDeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step for many; ``cases``: each by id or number with the version that was seen, in the order to be kept."""

    trigger: Name
    cases: Annotated[dict[Id, int], msgspec.Meta(min_length=1, max_length=MOST)]
    form: dict[str, Any] = {}
    acknowledge: Rules = []


@post(
    "/bulk/choices",
    operation_id="chooseTasks",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Pilih paling banyak 1.000 tugas saya, dan lihat tindakan yang terbuka bagi semuanya",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422),
)
async def choose_tasks(visit: NamedDependency[Visit], data: JSONBody[TasksWanted]) -> BulkChoices:
    """Tasks of the inbox with their versions, and the steps that are open for all of them."""
    wanted = Wanted(tuple(data.tasks), data.process, data.state)
    return await visit.look("read", choosing.bulk_choices, wanted)


@post(
    "/bulk/preview",
    operation_id="previewBulkAct",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Coba satu tindakan bagi banyak berkas tanpa melakukannya; masing-masing dinilai sendiri",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422),
)
async def preview_bulk_act(visit: NamedDependency[Visit], data: JSONBody[BulkDeed]) -> BulkTrial:
    """What would come of each case."""
    return await visit.look("read", trying.bulk_trial, _step(data), data.cases)


@post(
    "/bulk",
    operation_id="orderBulkAct",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Mulai satu tindakan bagi banyak berkas; masing-masing diputuskan sendiri, berturut-turut, di belakang jawaban ini",
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def order_bulk_act(
    visit: NamedDependency[Visit], data: JSONBody[BulkDeed], idempotency_key: Key = None
) -> Response[BulkProgress]:
    """Order a step for many cases; it is done by the runner."""
    key = key_given(idempotency_key)
    done = await visit.run("act", ordering.order, _step(data), data.cases, key)
    return Response(done, status_code=201, headers={"Location": f"/api/bulk/{done.id}"})


@get(
    "/bulk",
    operation_id="listBulkActs",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Tindakan massal saya, yang terbaru lebih dahulu",
    responses=problems(400),
)
async def list_bulk_acts(visit: NamedDependency[Visit], after: After = None, limit: Limit = 50) -> BulkList:
    """The caller's bulk acts."""
    return await visit.look("read", pages.bulk_list, after=after, limit=limit)


@get(
    "/bulk/{bulk_id:str}",
    operation_id="getBulkAct",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Kemajuan satu tindakan massal, dan hasil tiap berkas beserta alasannya",
    responses=problems(400, 404),
)
async def get_bulk_act(
    visit: NamedDependency[Visit], bulk_id: FromPath[str], after: Position = 0, limit: Limit = 50
) -> BulkPage:
    """How far a bulk act is."""
    return await visit.look("read", pages.bulk_page, bulk_id, after=after, limit=limit)


@post(
    "/bulk/{bulk_id:str}/cancel",
    operation_id="cancelBulkAct",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Batalkan yang belum dilakukan dari satu tindakan massal; yang sudah dilakukan tetap",
    status_code=200,
    responses=problems(400, 404, 409, 507),
)
async def cancel_bulk_act(visit: NamedDependency[Visit], bulk_id: FromPath[str]) -> BulkProgress:
    """Cancel what is left."""
    return await visit.run("act", ordering.cancel, bulk_id)


def _step(data: BulkDeed) -> Step:
    return Step(data.trigger, data.form, tuple(data.acknowledge))


ROUTES = (choose_tasks, preview_bulk_act, order_bulk_act, list_bulk_acts, get_bulk_act, cancel_bulk_act)
