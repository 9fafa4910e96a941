"""What can be done with a case, and doing it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import etag, key_given, version_seen
from api.routes.cases import Key
from workflow.engine.several import MOST
from workflow.engine.steps import Step
from workflow.views import actions, letters_ahead, naming_guides, several_actions
from workflow.views.actions import ActionDone, ActionLine, ActionList
from workflow.views.letters_ahead import LettersAhead
from workflow.views.several_actions import SeveralDone, SeveralTrial

#: Steps in one act at most.
TOGETHER = 10

Rules = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=200)]],
    msgspec.Meta(max_length=50, description="Nama syarat yang peringatannya sudah diketahui"),
]


class FurtherStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step taken in the same act, after the one before it."""

    trigger: Annotated[str, msgspec.Meta(max_length=60)]
    form: dict[str, Any] = {}
    acknowledge: Rules = []


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step takes, the warnings acknowledged, and the steps that follow in the same act: all of it or nothing."""

    form: dict[str, Any] = {}
    acknowledge: Rules = []
    then: Annotated[list[FurtherStep], msgspec.Meta(max_length=TOGETHER - 1)] = []
    recorded: dict[str, Any] | None = None


class ActOnSeveral(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step takes, the same for all; ``cases``: each case by id or number, with the version that was seen (its ETag)."""

    cases: Annotated[
        dict[Annotated[str, msgspec.Meta(max_length=36)], int], msgspec.Meta(min_length=1, max_length=MOST)
    ]
    form: dict[str, Any] = {}
    acknowledge: Rules = []


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form to be tried."""

    form: dict[str, Any] = {}
    acknowledge: Rules = []
    recorded: dict[str, Any] | None = None


Seen = Annotated[
    str | None,
    HeaderParameter(name="If-Match", required=False, description='ETag berkas yang dilihat, misalnya "7"'),
]


@get(
    "/cases/{case_id:str}/actions",
    operation_id="listActions",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Tindakan dari status sekarang: boleh atau tidak, dan mengapa",
    responses=problems(404),
)
async def list_actions(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[ActionList]:
    """Every step from the present state, with the schema of what it takes."""
    found = await visit.look("read", actions.action_list, case_id)
    return Response(found, headers={"ETag": etag(found.version)})


@post(
    "/cases/{case_id:str}/actions/{trigger:str}",
    operation_id="takeAction",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Lakukan tindakan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 507),
)
async def act(
    visit: NamedDependency[Visit],
    case_id: FromPath[str],
    trigger: FromPath[str],
    data: JSONBody[Act],
    if_match: Seen = None,
    idempotency_key: Key = None,
) -> Response[ActionDone]:
    """Take a step, and those that follow in the same act."""
    version, key = version_seen(if_match), key_given(idempotency_key)
    further = (Step(step.trigger, step.form, tuple(step.acknowledge)) for step in data.then)
    steps = (Step(trigger, data.form, tuple(data.acknowledge), data.recorded), *further)
    done = await visit.run("act", naming_guides.act, case_id, steps, version, key)
    return Response(done, headers={"ETag": etag(done.version)})


@post(
    "/actions/{trigger:str}",
    operation_id="takeActionOnSeveral",
    security=needs("act"),
    tags=["Tindakan"],
    summary="Lakukan satu tindakan pada beberapa berkas sekaligus: semuanya, atau tidak satu pun",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def act_on_several(
    visit: NamedDependency[Visit],
    trigger: FromPath[str],
    data: JSONBody[ActOnSeveral],
    idempotency_key: Key = None,
) -> SeveralDone:
    """Take one step with several cases; each must be at the version that was seen."""
    key, step = key_given(idempotency_key), Step(trigger, data.form, tuple(data.acknowledge))
    return await visit.run("act", several_actions.act_on_several, step, data.cases, key)


@post(
    "/actions/{trigger:str}/preview",
    operation_id="previewActionOnSeveral",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Coba satu tindakan pada beberapa berkas sekaligus tanpa melakukannya; yang lebih dahulu disebut ikut dihitung",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def preview_on_several(
    visit: NamedDependency[Visit], trigger: FromPath[str], data: JSONBody[ActOnSeveral]
) -> SeveralTrial:
    """What the act would meet in each case; it is carried out and undone, so that each sees those before as gone already."""
    step = Step(trigger, data.form, tuple(data.acknowledge))
    return await visit.run("read", several_actions.try_on_several, step, data.cases)


@post(
    "/cases/{case_id:str}/actions/{trigger:str}/preview",
    operation_id="previewAction",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Coba tindakan tanpa melakukannya",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415),
)
async def preview_action(
    visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str], data: JSONBody[Trial]
) -> ActionLine:
    """What the step would meet; nothing is written."""
    step = Step(trigger, data.form, tuple(data.acknowledge), data.recorded)
    return await visit.look("read", actions.preview, case_id, step)


@post(
    "/cases/{case_id:str}/actions/{trigger:str}/letters",
    operation_id="previewLettersOfAction",
    security=needs("read"),
    tags=["Tindakan"],
    summary="Surat yang akan terbit bila tindakan dilakukan; tidak ada yang disimpan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 428, 429, 507),
)
async def preview_letters_of_action(
    visit: NamedDependency[Visit], case_id: FromPath[str], trigger: FromPath[str], data: JSONBody[Trial]
) -> LettersAhead:
    """The letters as they would be issued: the step is carried out and undone, and meets what taking it would."""
    step = Step(trigger, data.form, tuple(data.acknowledge), data.recorded)
    return await visit.run("read", letters_ahead.letters_ahead, case_id, step)


ROUTES = (
    list_actions,
    act,
    act_on_several,
    preview_on_several,
    preview_action,
    preview_letters_of_action,
)
