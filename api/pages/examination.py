"""Examining: samples, what to ask about, a case as a file in order of time, and what one has looked at; each look is on record."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from api.desk import Visit
from api.pages.addresses import After, From, Kind, Unit, Until, day_in, further
from api.pages.entrance import WebRequest
from api.pages.shown import shown
from api.routes.auditing import archived
from api.routes.files import download
from workflow.auditing import questions, sampling, viewing
from workflow.auditing.sampling import Sample, Wanted
from workflow.errors import NotYours, Problem
from workflow.references import reference_of
from workflow.sealing import proving
from workflow.views import examination as view
from workflow.views import inbox

#: Questions of one kind that a page shows.
_A_PAGE: Final = 50

Seed = Annotated[str, QueryParameter(name="benih", required=False, max_length=200)]
Size = Annotated[str, QueryParameter(name="banyak", required=False, max_length=10)]


@get("/pemeriksaan", include_in_schema=False)
async def examine(
    request: WebRequest,
    visit: NamedDependency[Visit],
    seed: Seed = "",
    size: Size = "",
    from_on: From = "",
    until_on: Until = "",
    kind: Kind = "",
    unit: Unit = "",
) -> Response[str]:
    """The sample that is asked for, or the form that asks for one. Raises NotYours."""
    found = await visit.look("read", view.examination)
    sample: Sample | None = None
    problem: Problem | None = None
    if seed or size:
        try:
            first, last = day_in(from_on, "dari"), day_in(until_on, "sampai")
            number = int(size) if size.isascii() and size.isdigit() else 0
            wanted = Wanted(seed, number, first, last, kind or None, unit or None)
            sample = await visit.look("read", sampling.draw_sample, wanted=wanted)
        except NotYours:
            raise
        except Problem as refused:
            problem = refused
    return await shown(
        request,
        visit,
        "examination.html",
        examination=found,
        sample=sample,
        problem=problem,
        faults=[("benih", problem.says)] if problem else [],
        given={"benih": seed, "banyak": size, "dari": from_on, "sampai": until_on, "jenis": kind, "unit": unit},
        reference_of=reference_of,
    )


@get("/pemeriksaan/pertanyaan", include_in_schema=False)
async def ask(
    request: WebRequest,
    visit: NamedDependency[Visit],
    from_on: From = "",
    until_on: Until = "",
    kind: Kind = "",
) -> Response[str]:
    """What to ask about in a period, this year as it is opened; both days left out ask about all years. Raises NotYours."""
    found = problem = None
    await visit.look("read", view.examination)
    if not request.query_params:
        from_on = f"{(await visit.look('read', inbox.me)).today.year}-01-01"
    try:
        asked: dict[str, Any] = {
            "from_on": day_in(from_on, "dari"),
            "until_on": day_in(until_on, "sampai"),
            "kind": kind or None,
            "limit": _A_PAGE,
        }
        found = await visit.study("read", questions.may_ask, questions.question_list, **asked)
    except NotYours:
        raise
    except Problem as refused:
        problem = refused
    return await shown(
        request,
        visit,
        "questions.html",
        found=found,
        problem=problem,
        faults=[("dari", problem.says)] if problem else [],
        given={"dari": from_on, "sampai": until_on, "jenis": kind},
        kinds={name: each.title for name, each in questions.KINDS.items()},
        reference_of=reference_of,
    )


@get("/pemeriksaan/berkas/{case_id:str}", include_in_schema=False)
async def case_file(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """A case as a file in order of time. Raises NotFound, NotYours."""
    found = await visit.look("letters", view.case_file, case_id)
    return await shown(request, visit, "case_file.html", file=found)


@get("/pemeriksaan/berkas/{case_id:str}/arsip", include_in_schema=False)
async def archive(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Stream:
    """The same as one ZIP. Raises NotFound, NotYours."""
    return await archived(visit, case_id)


@get("/pemeriksaan/berkas/{case_id:str}/bukti", include_in_schema=False)
async def proof(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[bytes]:
    """The proof of a case, as a file. Raises NotFound, NotYours, NotSealedYet."""
    found = await visit.look("read", proving.seen_proof, case_id)
    content = msgspec.json.encode(found)
    return download(content, "application/json", f"bukti-{found.reference}.json", hashlib.sha256(content).hexdigest())


@get("/pemeriksaan/berkas/{case_id:str}/akses", include_in_schema=False)
async def case_views(request: WebRequest, visit: NamedDependency[Visit], case_id: FromPath[str]) -> Response[str]:
    """Which auditors looked at a case, for those who see it from inside. Raises NotFound, NotYours."""
    found = await visit.look("read", viewing.case_views, case_id)
    return await shown(request, visit, "case_views.html", found=found, reference=reference_of(found.case_id))


@get("/pemeriksaan/catatan", include_in_schema=False)
async def looks(request: WebRequest, visit: NamedDependency[Visit], after: After = "") -> Response[str]:
    """What the auditor has looked at under this assignment. Raises NotYours."""
    found = await visit.look("read", viewing.own_looks, after=after or None)
    following = further("/pemeriksaan/catatan", found.next)
    return await shown(request, visit, "looks.html", found=found, following=following)


ROUTES: Final[tuple[Any, ...]] = (examine, ask, case_file, archive, proof, case_views, looks)
