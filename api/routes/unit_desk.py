"""For the personnel officer of a unit: what waits there and for whom, and reminding them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.me import After, Limit
from workflow.views import reminders, unit_desk
from workflow.views.reminders import Reminded, ReminderTexts
from workflow.views.unit_desk import UnitDesk

Show = Annotated[
    Literal["late", "recordable"] | None,
    QueryParameter(
        description="late: hanya yang lewat tenggat; recordable: hanya yang jawabannya dapat dicatat dari surat"
    ),
]


class Remind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The role whose players are reminded, by its code name."""

    role: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class SendOneself(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which channel the caller sends the text themselves."""

    channel: Literal["whatsapp", "copied"]


@get(
    "/unit-desk",
    operation_id="getUnitDesk",
    security=needs("read"),
    tags=["Kepegawaian unit"],
    summary="Berkas unit yang menunggu seseorang, yang paling mendesak lebih dahulu",
    responses=problems(400),
)
async def get_unit_desk(
    visit: NamedDependency[Visit], show: Show = None, after: After = None, limit: Limit = 25
) -> UnitDesk:
    """The desk of a unit's personnel officer."""
    return await visit.look("read", unit_desk.unit_desk, show=show, after=after, limit=limit)


@post(
    "/cases/{case_id:str}/reminders",
    operation_id="remind",
    security=needs("act"),
    tags=["Kepegawaian unit"],
    summary="Ingatkan pihak yang ditunggu berkas; paling banyak satu kali setiap hari kerja",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 507),
)
async def remind(visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[Remind]) -> Reminded:
    """Remind whoever a case waits for in a role."""
    return await visit.run("act", reminders.remind, case_id, data.role)


@get(
    "/cases/{case_id:str}/reminders/{role:str}",
    operation_id="getReminderTexts",
    security=needs("read"),
    tags=["Kepegawaian unit"],
    summary="Pengingat sebagai teks siap kirim, beserta alamat yang membukanya di WhatsApp",
    responses=problems(404, 409),
)
async def get_reminder_texts(
    visit: NamedDependency[Visit], case_id: FromPath[str], role: FromPath[str]
) -> ReminderTexts:
    """The reminders as texts."""
    return await visit.look("read", reminders.reminder_texts, case_id, role)


@post(
    "/cases/{case_id:str}/reminders/{role:str}",
    operation_id="noteSending",
    security=needs("act"),
    tags=["Kepegawaian unit"],
    summary="Catat bahwa pengingat dikirim sendiri, dan lewat saluran apa",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 507),
)
async def note_sending(
    visit: NamedDependency[Visit], case_id: FromPath[str], role: FromPath[str], data: JSONBody[SendOneself]
) -> ReminderTexts:
    """Put a sending on record."""
    return await visit.run("act", reminders.note_sending, case_id, role, data.channel)


ROUTES: Final[tuple[Any, ...]] = (get_unit_desk, remind, get_reminder_texts, note_sending)
