"""Webhooks, for administrators: which systems are told of what happens here. A secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, seen_next, typed
from api.pages.forms import Choice
from api.pages.second_factor import FACTOR_CODE, once_more
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, sent
from workflow.accounts import own
from workflow.errors import Problem
from workflow.views import webhooks as view
from workflow.views.webhooks import NewWebhook, WebhookSecret
from workflow.webhooks.events import EVENTS

PAGE: Final = "/kelola/webhook"


@get(PAGE, include_in_schema=False)
async def webhook_list(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Every webhook. Raises NotFound."""
    return await _page(request, visit)


@post(PAGE, include_in_schema=False)
async def add(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Has a system told from now on. Raises NotFound."""
    await visit.look("read", view.webhook_list)
    values = await sent(request, NewWebhook)
    desk = visit.desk
    try:
        form = filled(NewWebhook, values)
        await once_more(request, visit, (await typed(request)).get("code", ""))
        made = await visit.run("act", view.add_webhook, form, desk.safe, desk.reachable)
    except Problem as problem:
        return await _refused(request, visit, problem, values)
    return await _page(request, visit, made=made)


@post(PAGE + "/{webhook_id:str}/rahasia", include_in_schema=False)
async def rotate(request: WebRequest, visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> Response[str]:
    """Makes a new secret. Raises NotFound."""
    await visit.look("read", view.webhook_list)
    try:
        await once_more(request, visit, (await typed(request)).get("code", ""))
        made = await visit.run("act", view.rotate_webhook, webhook_id, visit.desk.safe)
    except Problem as problem:
        return await _refused(request, visit, problem)
    return await _page(request, visit, made=made)


@post(PAGE + "/{webhook_id:str}/aktifkan", include_in_schema=False)
async def turn_on(visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> Response[Any]:
    """Tells a system again. Raises NotFound."""
    await visit.run("act", view.turn_on_webhook, webhook_id)
    return seen_next(PAGE)


@post(PAGE + "/{webhook_id:str}/hapus", include_in_schema=False)
async def end(visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> Response[Any]:
    """Tells a system nothing more. Raises NotFound."""
    await visit.run("act", view.end_webhook, webhook_id)
    return seen_next(PAGE)


async def _refused(
    request: WebRequest, visit: Visit, problem: Problem, values: Mapping[str, Any] | None = None
) -> Response[str]:
    if problem.status not in (403, 422, 429):
        raise problem
    return await _page(request, visit, values=values, problem=problem)


async def _page(
    request: WebRequest,
    visit: Visit,
    *,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    made: WebhookSecret | None = None,
) -> Response[str]:
    found = await visit.look("read", view.webhook_list)
    offered = [Choice(event, title, event) for event, title in EVENTS.items()]
    told = drawn(NewWebhook, values, problem, {"events": offered})
    wrong = {fault.field: fault.says for fault in problem.fields} if problem else {}
    code = replace(FACTOR_CODE, label="Kode faktor kedua", fault=wrong.get("code", ""))
    if code.fault:
        told["faults"] = (("code", code.fault),)
    return await shown(
        request,
        visit,
        "webhooks.html",
        problem=problem,
        webhooks=found.items,
        events=EVENTS,
        made=made,
        action=PAGE,
        code=code if await visit.look("read", own.asks_factor) else None,
        **told,
    )


ROUTES: Final[tuple[Any, ...]] = (webhook_list, add, rotate, turn_on, end)
