"""Webhooks: for administrators, which systems are told of what happens here."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from workflow.views import webhooks
from workflow.views.webhooks import NewWebhook, WebhookLine, WebhookList, WebhookSecret


@get(
    "/webhooks",
    operation_id="listWebhooks",
    security=needs("read"),
    tags=["Webhook"],
    summary="Sistem yang diberi tahu, bagi administrator; rahasianya tidak ditampilkan",
    responses=problems(404),
)
async def list_webhooks(visit: NamedDependency[Visit]) -> WebhookList:
    """Every webhook."""
    return await visit.look("read", webhooks.webhook_list)


@post(
    "/webhooks",
    operation_id="addWebhook",
    security=needs("act"),
    tags=["Webhook"],
    summary="Beri tahu sebuah sistem mulai sekarang; rahasianya ditampilkan sekali",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def add_webhook(visit: NamedDependency[Visit], data: JSONBody[NewWebhook]) -> Response[WebhookSecret]:
    """Add a webhook. Its secret is answered once, so that asking again makes another."""
    desk = visit.desk
    return Response(await visit.run("act", webhooks.add_webhook, data, desk.safe, desk.reachable), status_code=201)


@post(
    "/webhooks/{webhook_id:str}/rotate",
    operation_id="rotateWebhookSecret",
    security=needs("act"),
    tags=["Webhook"],
    summary="Ganti rahasia webhook; selama dua hari pesan ditandatangani juga dengan yang lama",
    status_code=200,
    responses=problems(404, 507),
)
async def rotate_webhook(visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> WebhookSecret:
    """Make a new secret."""
    return await visit.run("act", webhooks.rotate_webhook, webhook_id, visit.desk.safe)


@post(
    "/webhooks/{webhook_id:str}/enable",
    operation_id="enableWebhook",
    security=needs("act"),
    tags=["Webhook"],
    summary="Aktifkan lagi webhook, dan kirim ulang yang belum sampai",
    status_code=200,
    responses=problems(404, 507),
)
async def enable_webhook(visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> WebhookLine:
    """Tell a system again."""
    return await visit.run("act", webhooks.turn_on_webhook, webhook_id)


@post(
    "/webhooks/{webhook_id:str}/end",
    operation_id="endWebhook",
    security=needs("act"),
    tags=["Webhook"],
    summary="Hapus webhook seketika, beserta yang menunggu",
    status_code=200,
    responses=problems(404, 507),
)
async def end_webhook(visit: NamedDependency[Visit], webhook_id: FromPath[str]) -> WebhookLine:
    """Tell a system nothing more."""
    return await visit.run("act", webhooks.end_webhook, webhook_id)


ROUTES = (list_webhooks, add_webhook, rotate_webhook, enable_webhook, end_webhook)
