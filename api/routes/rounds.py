"""Rounds of mentoring: opened, answered, proposed, changed, published; everyone sees what is theirs to see."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, MultipartBody, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from api.reading import key_given
from api.routes.cases import Key
from api.routes.cohorts import LARGEST_LIST
from api.routes.files import ENVELOPE, download, is_a_form, unreadable_form
from api.routes.reports import SHEET
from workflow.filing import ENDINGS, proper_name
from workflow.matching import acting, pages, publishing, sheet
from workflow.matching.acting import Bond, FieldName, HandedInDone, NewRound, Reason, RoundDone
from workflow.matching.answers import Given
from workflow.matching.proposing import propose
from workflow.matching.publishing import PublishedPart
from workflow.matching.shown import AnswerList, ProposalPage, RoundList, RoundPage
from workflow.matching.told import Side

Person = Annotated[str, msgspec.Meta(max_length=64)]
Names = Annotated[list[Person], msgspec.Meta(max_length=50)]
Fields = Annotated[list[FieldName], msgspec.Meta(min_length=1, max_length=50)]
Number = Annotated[int | None, QueryParameter(description="Nomor usulan; tanpa itu yang terbaru", ge=1)]


class RoundAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer of a mentor or a wish of a mentee, people by NIP or id; ``person``: for whom, oneself where it is left out."""

    side: Side
    fields: Fields
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    would: Names = []
    would_not: Names = []
    person: Person | None = None


class RoundAnswerForm(msgspec.Struct, kw_only=True):
    """A spreadsheet of offers or of wishes."""

    file: UploadFile
    side: Literal["offer", "wish"]


class TakenBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer or a wish that is taken back, and why."""

    side: Side
    reason: Reason
    person: Person | None = None


class RoundBond(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pair that is fixed (pin), forbidden (forbid) or left to the proposal again (free), and why."""

    mentor: Person
    mentee: Person
    bond: Bond
    reason: Reason


class PublishProposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number of the proposal that was reviewed."""

    proposal: Annotated[int, msgspec.Meta(ge=1)]


class CloseRound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a round ends."""

    reason: Reason


@post(
    "/rounds",
    operation_id="openRound",
    security=needs("act"),
    tags=["Putaran"],
    summary="Buka putaran pemasangan mentor dan mentee",
    responses=problems(400, 413, 415, 422, 507),
)
async def open_round(
    visit: NamedDependency[Visit], data: JSONBody[NewRound], idempotency_key: Key = None
) -> Response[RoundDone]:
    """Open a round."""
    done = await visit.run("act", acting.open_round, data, key_given(idempotency_key))
    return Response(done, status_code=201, headers={"Location": f"/api/rounds/{done.id}"})


@get(
    "/rounds",
    operation_id="listRounds",
    security=needs("read"),
    tags=["Putaran"],
    summary="Semua putaran, yang terbaru lebih dahulu",
    responses=problems(),
)
async def list_rounds(visit: NamedDependency[Visit]) -> RoundList:
    """The rounds."""
    return await visit.look("read", pages.round_list)


@get(
    "/rounds/{round_id:str}",
    operation_id="getRound",
    security=needs("read"),
    tags=["Putaran"],
    summary="Satu putaran: bidang, batas waktu, dan pasangan saya",
    responses=problems(404),
)
async def get_round(visit: NamedDependency[Visit], round_id: FromPath[str]) -> RoundPage:
    """A round."""
    return await visit.look("read", pages.round_page, round_id)


@get(
    "/rounds/{round_id:str}/answers",
    operation_id="listRoundAnswers",
    security=needs("read"),
    tags=["Putaran"],
    summary="Tawaran dan keinginan yang boleh saya lihat",
    responses=problems(404),
)
async def list_round_answers(visit: NamedDependency[Visit], round_id: FromPath[str]) -> AnswerList:
    """What came in."""
    return await visit.look("read", pages.round_answers, round_id)


@post(
    "/rounds/{round_id:str}/answers",
    operation_id="answerRound",
    security=needs("act"),
    tags=["Putaran"],
    summary="Ajukan tawaran sebagai mentor atau keinginan sebagai mentee, untuk diri sendiri atau pegawai unit",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def answer_round(
    visit: NamedDependency[Visit], round_id: FromPath[str], data: JSONBody[RoundAnswer]
) -> HandedInDone:
    """Hand in an offer or a wish; it takes the place of an earlier one."""
    given = Given(
        data.side, data.person or "", tuple(data.fields), tuple(data.would), tuple(data.would_not), data.capacity
    )
    return await visit.run("act", acting.hand_in, round_id, [given])


@post(
    "/rounds/{round_id:str}/answers/list",
    operation_id="answerRoundFromList",
    security=needs("act"),
    tags=["Putaran"],
    summary="Ajukan tawaran atau keinginan banyak pegawai dari daftar CSV atau XLSX",
    guards=[is_a_form],
    exception_handlers={LookupError: unreadable_form, UnicodeDecodeError: unreadable_form},
    request_max_body_size=LARGEST_LIST + ENVELOPE,
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def answer_round_from_list(
    visit: NamedDependency[Visit], round_id: FromPath[str], data: MultipartBody[RoundAnswerForm]
) -> HandedInDone:
    """The same from a spreadsheet, all rows or none."""
    content, filename = await data.file.read(), proper_name(data.file.filename, "")
    given = await visit.study("act", acting.may_list, acting.listed, round_id, data.side, content, filename)
    return await visit.run("act", acting.hand_in, round_id, given)


@post(
    "/rounds/{round_id:str}/withdrawals",
    operation_id="withdrawRoundAnswer",
    security=needs("act"),
    tags=["Putaran"],
    summary="Tarik kembali tawaran atau keinginan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def withdraw_round_answer(
    visit: NamedDependency[Visit], round_id: FromPath[str], data: JSONBody[TakenBack]
) -> RoundDone:
    """Take an offer or a wish back."""
    return await visit.run("act", acting.withdraw, round_id, data.person, data.side, data.reason)


@post(
    "/rounds/{round_id:str}/bonds",
    operation_id="bindPair",
    security=needs("act"),
    tags=["Putaran"],
    summary="Tetapkan atau larang satu pasangan, atau lepaskan kembali",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def bind_pair(visit: NamedDependency[Visit], round_id: FromPath[str], data: JSONBody[RoundBond]) -> RoundDone:
    """Fix or forbid a pair; the next proposal is worked out around it."""
    return await visit.run("act", acting.bind, round_id, data.mentor, data.mentee, data.bond, data.reason)


@post(
    "/rounds/{round_id:str}/proposals",
    operation_id="proposePairs",
    security=needs("act"),
    tags=["Putaran"],
    summary="Hitung usulan pasangan yang terbaik bagi semua",
    responses=problems(404, 409, 422, 507),
)
async def propose_pairs(visit: NamedDependency[Visit], round_id: FromPath[str]) -> ProposalPage:
    """Work a proposal out and put it on record. No transaction waits while it is worked out."""
    return await proposed(visit, round_id)


async def proposed(visit: Visit, round_id: str) -> ProposalPage:
    """A proposal, worked out and put on record. Raises Problem."""
    asked = await visit.look("act", acting.round_asked, round_id)
    made = await asyncio.to_thread(propose, asked)
    await visit.run("act", acting.keep_proposal, asked, made)
    return await visit.look("act", pages.proposal_page, round_id, made.number)


@get(
    "/rounds/{round_id:str}/proposal",
    operation_id="getProposal",
    security=needs("read"),
    tags=["Putaran"],
    summary="Usulan pasangan beserta alasannya, dan yang belum berpasangan beserta sebabnya",
    responses=problems(400, 404),
)
async def get_proposal(visit: NamedDependency[Visit], round_id: FromPath[str], number: Number = None) -> ProposalPage:
    """A proposal."""
    return await visit.look("read", pages.proposal_page, round_id, number)


@get(
    "/rounds/{round_id:str}/proposal/xlsx",
    operation_id="getProposalSheet",
    security=needs("read"),
    tags=["Putaran"],
    summary="Usulan pasangan sebagai XLSX",
    media_type=SHEET,
    responses=problems(400, 404),
)
async def get_proposal_sheet(
    visit: NamedDependency[Visit], round_id: FromPath[str], number: Number = None
) -> Response[bytes]:
    """The same as a spreadsheet."""
    page = await visit.look("read", pages.proposal_page, round_id, number)
    content = await asyncio.to_thread(sheet.sheet_of, page)
    name = proper_name(f"{page.title} usulan {page.number}", ENDINGS[SHEET])
    return download(content, SHEET, name, hashlib.sha256(content).hexdigest())


@post(
    "/rounds/{round_id:str}/publish",
    operation_id="publishProposal",
    security=needs("act"),
    tags=["Putaran"],
    summary="Terbitkan usulan: satu berkas mentoring bagi tiap pasangan; dapat diulang tanpa menggandakan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def publish_proposal(
    visit: NamedDependency[Visit], round_id: FromPath[str], data: JSONBody[PublishProposal]
) -> PublishedPart:
    """Open a case for each pair, a cohort at a time; whoever asks again goes on where it stopped."""
    return await published(visit, round_id, data.proposal)


async def published(visit: Visit, round_id: str, number: int) -> PublishedPart:
    """A proposal, published to its end. Raises Problem."""
    while True:
        done = await visit.run("act", publishing.publish, round_id, number)
        if not done.left:
            return done


@post(
    "/rounds/{round_id:str}/close",
    operation_id="closeRound",
    security=needs("act"),
    tags=["Putaran"],
    summary="Tutup putaran; berkas yang sudah terbit tetap berjalan",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def close_round(visit: NamedDependency[Visit], round_id: FromPath[str], data: JSONBody[CloseRound]) -> RoundDone:
    """End a round."""
    return await visit.run("act", acting.close_round, round_id, data.reason)


ROUTES = (
    open_round,
    list_rounds,
    get_round,
    list_round_answers,
    answer_round,
    answer_round_from_list,
    withdraw_round_answer,
    bind_pair,
    propose_pairs,
    get_proposal,
    get_proposal_sheet,
    publish_proposal,
    close_round,
)
