"""Cohorts: opened from what was typed or from a list, looked at, moved together."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, MultipartBody

from api.desk import Visit
from api.openapi import needs, problems
from api.problems import Malformed
from api.reading import etag, key_given, read_json, version_seen
from api.routes.actions import Rules, Seen
from api.routes.cases import Key
from api.routes.files import ENVELOPE, is_a_form, unreadable_form
from api.routes.me import After, Limit
from workflow.engine.cohorts import CohortAct, Member, OwnStep
from workflow.filing import proper_name
from workflow.views import cohort_actions, cohort_opening, cohorts
from workflow.views.cohort_actions import CohortActions, CohortDone
from workflow.views.cohort_opening import Common
from workflow.views.cohorts import CohortList, CohortPage

Name = Annotated[str, msgspec.Meta(max_length=60)]
Title = Annotated[str, msgspec.Meta(max_length=200)]
CaseId = Annotated[str, msgspec.Meta(max_length=36)]
#: Names in one request at most, whatever the law allows in a cohort.
MOST = 1000
#: Bytes of a list; a hundred names have some 10 KB.
LARGEST_LIST = 1024 * 1024


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody in a cohort, by NIP or id, and what of the form is theirs alone."""

    person: Annotated[str, msgspec.Meta(max_length=64)]
    form: dict[str, Any] = {}


class OpenCohort(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cohort: what its members ask for alike, and who they are: named here, or in a list that was handed in as a file."""

    process: Name
    title: Title
    form: dict[str, Any] = {}
    members: Annotated[list[NewMember], msgspec.Meta(max_length=MOST)] = []
    file: CaseId | None = None


class CohortForm(msgspec.Struct, kw_only=True):
    """The same as a form with the list beside it; ``form`` is JSON."""

    file: UploadFile
    process: str
    title: str
    form: str = "{}"


class OwnAct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one case does instead: another step, or the same with more in its form."""

    trigger: Name = ""
    form: dict[str, Any] = {}


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each case does, by its id; ``recorded``: the paper, where it is put on record for whoever answered."""

    each: dict[CaseId, OwnAct]
    acknowledge: Rules = []
    recorded: dict[str, Any] | None = None


class CohortDeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the step takes, what some cases do instead, which are left out, and the warnings acknowledged."""

    form: dict[str, Any] = {}
    acknowledge: Rules = []
    each: dict[CaseId, OwnAct] = {}
    without: Annotated[list[CaseId], msgspec.Meta(max_length=MOST)] = []
    recorded: dict[str, Any] | None = None


@post(
    "/cohorts",
    operation_id="openCohort",
    security=needs("act"),
    tags=["Rombongan"],
    summary="Buka berkas bagi satu rombongan sekaligus",
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def open_cohort(
    visit: NamedDependency[Visit], data: JSONBody[OpenCohort], idempotency_key: Key = None
) -> Response[CohortDone]:
    """Open a case for each of a list, all or none."""
    key, common = key_given(idempotency_key), Common(data.process, data.title, data.form)
    if data.file is not None:
        if data.members:
            raise Malformed("Sebutkan peserta dengan “members” atau dengan “file”, tidak keduanya.")
        found = await visit.study("act", cohort_opening.may_list, cohort_opening.listed_in_file, common, data.file)
        return _opened(await visit.run("act", cohort_opening.open_from_list, common, found, key))
    members = tuple(Member(member.person, member.form) for member in data.members)
    return _opened(await visit.run("act", cohort_opening.open_cohort, common, members, key))


@post(
    "/cohorts/list",
    operation_id="openCohortFromList",
    security=needs("act"),
    tags=["Rombongan"],
    summary="Buka berkas bagi satu rombongan dari daftar CSV atau XLSX",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=LARGEST_LIST + ENVELOPE,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def open_cohort_from_list(
    visit: NamedDependency[Visit], data: MultipartBody[CohortForm], idempotency_key: Key = None
) -> Response[CohortDone]:
    """The same with a list: a column NIP, and columns of the form by their labels or names."""
    key, form = key_given(idempotency_key), read_json(data.form.encode() or b"{}")
    if not isinstance(form, dict):
        raise Malformed("Isian “form” harus objek JSON.")
    common = Common(data.process, data.title, form)
    content, filename = await data.file.read(), proper_name(data.file.filename, "")
    found = await visit.study("act", cohort_opening.may_list, cohort_opening.listed, common, content, filename)
    return _opened(await visit.run("act", cohort_opening.open_from_list, common, found, key))


def _opened(done: CohortDone) -> Response[CohortDone]:
    return Response(done, status_code=201, headers={"Location": f"/api/cohorts/{done.id}", "ETag": etag(done.version)})


@get(
    "/cohorts",
    operation_id="listCohorts",
    security=needs("read"),
    tags=["Rombongan"],
    summary="Rombongan dengan berkas yang boleh saya lihat, yang terbaru lebih dahulu",
    responses=problems(400),
)
async def list_cohorts(visit: NamedDependency[Visit], after: After = None, limit: Limit = 50) -> CohortList:
    """The cohorts of which the caller may see a case."""
    return await visit.look("read", cohorts.cohort_list, after=after, limit=limit)


@get(
    "/cohorts/{cohort_id:str}",
    operation_id="getCohort",
    security=needs("read"),
    tags=["Rombongan"],
    summary="Satu rombongan dengan berkas-berkasnya",
    responses=problems(404),
)
async def get_cohort(visit: NamedDependency[Visit], cohort_id: FromPath[str]) -> Response[CohortPage]:
    """A cohort, with its version as ETag."""
    page = await visit.look("read", cohorts.cohort_page, cohort_id)
    return Response(page, headers={"ETag": etag(page.version)})


@get(
    "/cohorts/{cohort_id:str}/actions",
    operation_id="listCohortActions",
    security=needs("read"),
    tags=["Rombongan"],
    summary="Tindakan bagi rombongan: bagi berapa berkas boleh, dan bagi yang lain mengapa tidak",
    responses=problems(404, 422),
)
async def list_cohort_actions(visit: NamedDependency[Visit], cohort_id: FromPath[str]) -> Response[CohortActions]:
    """Every step that a case of it offers the caller."""
    found = await visit.look("read", cohort_actions.cohort_actions, cohort_id)
    return Response(found, headers={"ETag": etag(found.version)})


@post(
    "/cohorts/{cohort_id:str}/actions/{trigger:str}",
    operation_id="takeCohortAction",
    security=needs("act"),
    tags=["Rombongan"],
    summary="Lakukan tindakan bagi semua yang memenuhi syarat; yang lain disebut beserta alasannya",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def act_together(
    visit: NamedDependency[Visit],
    cohort_id: FromPath[str],
    trigger: FromPath[str],
    data: JSONBody[CohortDeed],
    if_match: Seen = None,
    idempotency_key: Key = None,
) -> Response[CohortDone]:
    """Take a step with all cases that may take it."""
    return await _done(visit, cohort_id, _deed(trigger, data), if_match, idempotency_key)


@post(
    "/cohorts/{cohort_id:str}/actions/{trigger:str}/preview",
    operation_id="previewCohortAction",
    security=needs("read"),
    tags=["Rombongan"],
    summary="Coba tindakan bagi rombongan tanpa melakukannya; yang lebih dahulu dalam daftar ikut dihitung",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def preview_together(
    visit: NamedDependency[Visit], cohort_id: FromPath[str], trigger: FromPath[str], data: JSONBody[CohortDeed]
) -> CohortDone:
    """What the step would do; it is carried out and undone, so that whoever comes later sees those before as gone already."""
    return await visit.run("read", cohort_actions.trial, cohort_id, _deed(trigger, data))


@post(
    "/cohorts/{cohort_id:str}/answers",
    operation_id="answerCohort",
    security=needs("act"),
    tags=["Rombongan"],
    summary="Jawab bagi tiap nama dalam satu perbuatan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def answer_cohort(
    visit: NamedDependency[Visit],
    cohort_id: FromPath[str],
    data: JSONBody[Answers],
    if_match: Seen = None,
    idempotency_key: Key = None,
) -> Response[CohortDone]:
    """What each case does, by name; only those that are named act."""
    return await _done(visit, cohort_id, _answers(data), if_match, idempotency_key)


@post(
    "/cohorts/{cohort_id:str}/answers/preview",
    operation_id="previewAnswers",
    security=needs("read"),
    tags=["Rombongan"],
    summary="Coba jawaban bagi tiap nama tanpa melakukannya",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def preview_answers(
    visit: NamedDependency[Visit], cohort_id: FromPath[str], data: JSONBody[Answers]
) -> CohortDone:
    """What the answers would do."""
    return await visit.run("read", cohort_actions.trial, cohort_id, _answers(data))


async def _done(
    visit: Visit, cohort_id: str, deed: CohortAct, if_match: str | None, idempotency_key: str | None
) -> Response[CohortDone]:
    version, key = version_seen(if_match), key_given(idempotency_key)
    done = await visit.run("act", cohort_actions.act, cohort_id, deed, version, key)
    return Response(done, headers={"ETag": etag(done.version)})


def _deed(trigger: str, data: CohortDeed) -> CohortAct:
    return CohortAct(
        trigger=trigger,
        form=data.form,
        acknowledge=tuple(data.acknowledge),
        each=_each(data.each),
        without=tuple(data.without),
        recorded=data.recorded,
    )


def _answers(data: Answers) -> CohortAct:
    return CohortAct(acknowledge=tuple(data.acknowledge), each=_each(data.each), recorded=data.recorded)


def _each(named: dict[CaseId, OwnAct]) -> dict[str, OwnStep]:
    return {case_id: OwnStep(trigger=own.trigger, form=own.form) for case_id, own in named.items()}


ROUTES = (
    open_cohort,
    open_cohort_from_list,
    list_cohorts,
    get_cohort,
    list_cohort_actions,
    act_together,
    preview_together,
    answer_cohort,
    preview_answers,
)
