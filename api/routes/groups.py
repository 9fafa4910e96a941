"""Groups and their members, changed by administrators; the inboxes follow at once."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reseating import reseat
from workflow.views import groups
from workflow.views.groups import GroupList, GroupPage, Membership


@get(
    "/groups",
    operation_id="listGroups",
    security=needs("read"),
    tags=["Akun"],
    summary="Kelompok kerja dan banyak anggotanya, bagi BKPSDM",
    responses=problems(404),
)
async def list_groups(visit: NamedDependency[Visit]) -> GroupList:
    """The groups."""
    return await visit.look("read", groups.group_list)


@get(
    "/groups/{group:str}",
    operation_id="getGroup",
    security=needs("read"),
    tags=["Akun"],
    summary="Satu kelompok dan anggotanya, bagi BKPSDM",
    responses=problems(404),
)
async def get_group(visit: NamedDependency[Visit], group: FromPath[str]) -> GroupPage:
    """A group."""
    return await visit.look("read", groups.group_page, group)


@post(
    "/groups/{group:str}/members",
    operation_id="addGroupMember",
    security=needs("act"),
    tags=["Akun"],
    summary="Tambahkan anggota kelompok; oleh administrator",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def add_member(visit: NamedDependency[Visit], group: FromPath[str], data: JSONBody[Membership]) -> GroupPage:
    """Add somebody to a group."""
    done = await visit.run("act", groups.add_member, group, data)
    await reseat_all(visit)
    return done


@post(
    "/groups/{group:str}/members/remove",
    operation_id="removeGroupMember",
    security=needs("act"),
    tags=["Akun"],
    summary="Keluarkan anggota kelompok; oleh administrator",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def remove_member(visit: NamedDependency[Visit], group: FromPath[str], data: JSONBody[Membership]) -> GroupPage:
    """Take somebody out of a group."""
    done = await visit.run("act", groups.remove_member, group, data)
    await reseat_all(visit)
    return done


async def reseat_all(visit: Visit) -> None:
    """The inboxes follow: a group may have tasks in any case."""
    await reseat(visit, await visit.look("act", groups.all_waiting))


ROUTES = (list_groups, get_group, add_member, remove_member)
