"""Links by which a partner's people open a case without an account: listed, made, sent on, handed on, ended."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from workflow.views import linked, links
from workflow.views.linked import ForwardedTo
from workflow.views.links import LinkLine, LinkList, SharedText


class NewLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom a link is made: the id of a partner's contact or guide who has a place on the case."""

    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class EndLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a link ends."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=300)]


class ShareLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which channel a link is sent on. By mail the service sends it; else the text is answered for the caller to send."""

    channel: Literal["mail", "copied", "whatsapp"]


class ForwardLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The colleague of the same partner who is to answer instead."""

    name: Annotated[str, msgspec.Meta(max_length=200)]
    post: Annotated[str, msgspec.Meta(max_length=200)]
    email: Annotated[str, msgspec.Meta(max_length=254)]


@get(
    "/cases/{case_id:str}/links",
    operation_id="listLinks",
    security=needs("read"),
    tags=["Berkas"],
    summary="Tautan mitra pada sebuah berkas: untuk siapa, dikirim kapan dan lewat apa, dibuka kapan, berlaku sampai kapan",
    responses=problems(404),
)
async def list_links(visit: NamedDependency[Visit], case_id: FromPath[str]) -> LinkList:
    """The links of a case, without what opens it."""
    return await visit.look("read", links.link_list, case_id)


@post(
    "/cases/{case_id:str}/links",
    operation_id="issueLink",
    security=needs("act"),
    tags=["Berkas"],
    summary="Buat tautan untuk narahubung atau pembimbing lapangan mitra; yang masih berlaku dipakai lagi",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def issue_link(
    visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[NewLink]
) -> Response[LinkLine]:
    """Make a link; asked again, the same one is answered."""
    done = await visit.run("act", links.issue_link, case_id, data.person, visit.desk.safe)
    return Response(done, status_code=201)


@post(
    "/cases/{case_id:str}/links/{link_id:str}/revoke",
    operation_id="revokeLink",
    security=needs("act"),
    tags=["Berkas"],
    summary="Cabut tautan mitra dengan alasan",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def revoke_link(
    visit: NamedDependency[Visit], case_id: FromPath[str], link_id: FromPath[str], data: JSONBody[EndLink]
) -> LinkLine:
    """End a link."""
    return await visit.run("act", links.revoke_link, case_id, link_id, data.reason)


@post(
    "/cases/{case_id:str}/links/{link_id:str}/share",
    operation_id="shareLink",
    security=needs("act"),
    tags=["Berkas"],
    summary="Kirim ulang tautan mitra lewat surel, atau ambil teksnya untuk dikirim sendiri; pengirimannya tercatat",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def share_link(
    visit: NamedDependency[Visit], case_id: FromPath[str], link_id: FromPath[str], data: JSONBody[ShareLink]
) -> SharedText:
    """Send a link on."""
    return await visit.run("act", links.share_link, case_id, link_id, data.channel, visit.desk.safe)


@post(
    "/cases/{case_id:str}/links/forward",
    operation_id="forwardLink",
    security=needs("act"),
    tags=["Berkas"],
    summary="Teruskan tautan sendiri kepada rekan pada mitra yang sama; bagi narahubung mitra, dan tautan lama tidak berlaku lagi",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def forward_link(
    visit: NamedDependency[Visit], case_id: FromPath[str], data: JSONBody[ForwardLink]
) -> ForwardedTo:
    """Hand one's own link on."""
    return await visit.run("act", linked.forward_own, case_id, visit.desk.safe, data.name, data.post, data.email)


ROUTES = (list_links, issue_link, revoke_link, share_link, forward_link)
