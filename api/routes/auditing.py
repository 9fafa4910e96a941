"""For auditors: samples, what to ask about, a whole case as an archive; and for a case's own people, who looked at it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import IO, Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.me import After, Limit
from workflow.auditing import access, archive, questions, sampling, viewing
from workflow.auditing.questions import QuestionList
from workflow.auditing.sampling import LARGEST, LONGEST_SEED, Sample, Wanted
from workflow.auditing.viewing import LookList, ViewList
from workflow.callers import Caller
from workflow.database import Connection
from workflow.engine.engine import Engine
from workflow.process_log.exporting import FORMS, Asked, may_take_process_log, write_process_log
from workflow.sealing import proving
from workflow.sealing.proving import CaseProof
from workflow.views import examination
from workflow.views.examination import CaseFile, Examination

#: Bytes that are sent at a time.
PIECE = 256 * 1024

From = Annotated[date | None, QueryParameter(name="from", description="Hari pertama, menurut waktu setempat")]
Until = Annotated[date | None, QueryParameter(name="until", description="Hari terakhir, menurut waktu setempat")]


@get(
    "/audit/sample",
    operation_id="drawSample",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Sampel berkas dengan benih yang disebut, yang dapat diundi ulang oleh siapa pun",
    responses=problems(400, 404),
)
async def draw_sample(
    visit: NamedDependency[Visit],
    # What is missing is told to those who may ask, not before the key has been looked up.
    seed: Annotated[str, QueryParameter(description=f"Benih undian, 1 sampai {LONGEST_SEED} huruf")] = "",
    size: Annotated[int, QueryParameter(description=f"Banyaknya berkas, 1 sampai {LARGEST}")] = 0,
    from_on: From = None,
    until_on: Until = None,
    process: Annotated[str | None, QueryParameter(description="Nama proses", max_length=60)] = None,
    unit: Annotated[str | None, QueryParameter(description="Kode unit", max_length=64)] = None,
) -> Sample:
    """A sample of the cases that were opened in a period."""
    return await visit.look("read", sampling.draw_sample, wanted=Wanted(seed, size, from_on, until_on, process, unit))


@get(
    "/audit/questions",
    operation_id="listQuestions",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Hal-hal yang perlu ditanyakan, menurut jenisnya",
    responses=problems(400),
)
async def list_questions(
    visit: NamedDependency[Visit],
    from_on: From = None,
    until_on: Until = None,
    kind: Annotated[str | None, QueryParameter(description="Satu jenis saja", max_length=60)] = None,
    limit: Limit = 100,
) -> QuestionList:
    """What to ask about in a period."""
    return await visit.study(
        "read",
        questions.may_ask,
        questions.question_list,
        from_on=from_on,
        until_on=until_on,
        kind=kind,
        limit=limit,
    )


@get(
    "/cases/{case_id:str}/views",
    operation_id="listViews",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Auditor yang melihat berkas ini, yang terbaru lebih dahulu",
    responses=problems(404),
)
async def list_views(visit: NamedDependency[Visit], case_id: FromPath[str], limit: Limit = 100) -> ViewList:
    """Who looked at a case under which assignment."""
    return await visit.look("read", viewing.case_views, case_id, limit=limit)


@get(
    "/audit",
    operation_id="getExamination",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Penugasan saya, dan proses serta unit yang boleh saya periksa",
    responses=problems(),
)
async def get_examination(visit: NamedDependency[Visit]) -> Examination:
    """How the caller may examine."""
    return await visit.look("read", examination.examination)


@get(
    "/audit/looks",
    operation_id="listLooks",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Yang sudah saya lihat selama penugasan ini, yang terbaru lebih dahulu",
    responses=problems(400),
)
async def list_looks(visit: NamedDependency[Visit], after: After = None, limit: Limit = 50) -> LookList:
    """The caller's own looks."""
    return await visit.look("read", viewing.own_looks, after=after, limit=limit)


@get(
    "/cases/{case_id:str}/file",
    operation_id="getCaseFile",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Seluruh berkas menurut urutan waktu, seperti isi arsipnya",
    responses=problems(404),
)
async def get_case_file(visit: NamedDependency[Visit], case_id: FromPath[str]) -> CaseFile:
    """A case as a file."""
    return await visit.look("read", examination.case_file, case_id)


@get(
    "/cases/{case_id:str}/archive.zip",
    operation_id="getArchive",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Seluruh berkas sebagai satu ZIP menurut urutan waktu",
    media_type="application/zip",
    responses=problems(404),
)
async def get_archive(visit: NamedDependency[Visit], case_id: FromPath[str]) -> Stream:
    """A case as one ZIP; the same case gives the same bytes."""
    return await archived(visit, case_id)


async def archived(visit: Visit, case_id: str) -> Stream:
    """The archive of a case, as it is sent. Raises NotFound, NotYours, OutOfScope."""
    written = await visit.study("read", access.may_take_archive, _written, case_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{archive.archive_name(case_id)}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Length": str(written.seek(0, 2)),
    }
    return Stream(_pieces(written), media_type="application/zip", headers=headers)


def _written(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> IO[bytes]:
    """The archive in a file without a name, which is gone once it is closed; what is hidden is for auditors alone."""
    sealed_at = None if caller.assignment_id else at
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    try:
        archive.write_archive(
            conn, engine.office, engine.registry, case_id, target, reader=caller.person_id, at=sealed_at
        )
    except BaseException:
        target.close()
        raise
    return target


async def _pieces(written: IO[bytes]) -> AsyncIterator[bytes]:
    with written:
        written.seek(0)
        while piece := await asyncio.to_thread(written.read, PIECE):
            yield piece


@get(
    "/cases/{case_id:str}/proof",
    operation_id="getProof",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Bukti bahwa peristiwa berkas ini tidak diubah sejak disegel, untuk diperiksa tanpa sistem ini",
    responses=problems(404, 409),
)
async def get_proof(
    visit: NamedDependency[Visit],
    case_id: FromPath[str],
    payloads: Annotated[
        bool, QueryParameter(description="Dengan isi peristiwanya; hanya bagi auditor yang bertugas")
    ] = False,
) -> CaseProof:
    """The events of a case with their places in the log."""
    return await visit.look("read", proving.seen_proof, case_id, payloads=payloads)


@get(
    "/processes/{name:str}/log",
    operation_id="getProcessLog",
    security=needs("read"),
    tags=["Pengawasan"],
    summary="Peristiwa berkas suatu proses untuk process mining, dengan nama samaran",
    media_type="application/octet-stream",
    responses=problems(400, 404),
)
async def get_process_log(
    visit: NamedDependency[Visit],
    name: FromPath[str],
    form: Annotated[
        str, QueryParameter(name="format", description=f"Bentuknya: {', '.join(FORMS)}", max_length=10)
    ] = "xes",
    from_on: From = None,
    until_on: Until = None,
    names: Annotated[bool, QueryParameter(description="Dengan nama; hanya bagi auditor dan administrator")] = False,
) -> Stream:
    """The log of a process, of the cases that were opened in a period."""
    return await logged(visit, Asked(name, form, from_on, until_on, names))


async def logged(visit: Visit, asked: Asked) -> Stream:
    """The log of a process, as it is sent. Raises NotYours, NotFound, Problem."""
    written = await visit.study("read", may_take_process_log, _log_written, asked)
    form = FORMS[asked.form]
    headers = {
        "Content-Disposition": f'attachment; filename="log-{asked.process}.{form.ending}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Length": str(written.seek(0, 2)),
    }
    return Stream(_pieces(written), media_type=form.media_type, headers=headers)


def _log_written(conn: Connection, engine: Engine, caller: Caller, at: datetime, asked: Asked) -> IO[bytes]:
    """The log in a file without a name, which is gone once it is closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    try:
        write_process_log(conn, engine, caller, at, asked, target)
    except BaseException:
        target.close()
        raise
    return target


ROUTES = (
    get_examination,
    list_looks,
    get_case_file,
    draw_sample,
    list_questions,
    list_views,
    get_archive,
    get_proof,
    get_process_log,
)
