"""How the caller wants mail about their cases."""

from __future__ import annotations

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from workflow.mail import preference
from workflow.mail.preference import How, MailPreference


class ChooseMail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``each``: every message as it comes; ``daily``: one digest a working day."""

    how: How


@get(
    "/me/mail",
    operation_id="getMyMail",
    security=needs("read"),
    tags=["Saya"],
    summary="Cara saya menerima surel: setiap kali, atau ringkasan harian",
    responses=problems(),
)
async def get_my_mail(visit: NamedDependency[Visit]) -> MailPreference:
    """How the caller gets mail."""
    return await visit.look("read", preference.mail_preference)


@post(
    "/me/mail",
    operation_id="chooseMyMail",
    security=needs("act"),
    tags=["Saya"],
    summary="Pilih surel setiap kali (each) atau ringkasan harian (daily)",
    status_code=200,
    responses=problems(400, 413, 415, 422, 507),
)
async def choose_my_mail(visit: NamedDependency[Visit], data: JSONBody[ChooseMail]) -> MailPreference:
    """Have it otherwise from now on."""
    return await visit.run("act", preference.choose_mail, data.how)


ROUTES = (get_my_mail, choose_my_mail)
