"""People and their accounts, for those whose office it is."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Visit
from api.openapi import needs, problems
from workflow.views import accounts, people
from workflow.views.accounts import AccountPage, Invited, PrintedCode, SessionsEnded
from workflow.views.people import PersonList, PersonPage, Sought

Words = Annotated[
    str, QueryParameter(max_length=100, description="Kata dalam nama atau jabatan, atau NIP yang lengkap")
]
Unit = Annotated[str, QueryParameter(max_length=64, description="Kode unit")]
After = Annotated[str, QueryParameter(max_length=36, description="“next” dari halaman sebelumnya")]


@get(
    "/people",
    operation_id="listPeople",
    security=needs("read"),
    tags=["Akun"],
    summary="Pegawai menurut nama, bagi BKPSDM dan pengelola kepegawaian unitnya",
    responses=problems(400, 404),
)
async def list_people(
    visit: NamedDependency[Visit], words: Words = "", unit: Unit = "", after: After = ""
) -> PersonList:
    """People."""
    return await visit.look("read", people.people_list, Sought(words, unit, after))


@get(
    "/people/{person_id:str}",
    operation_id="getPerson",
    security=needs("read"),
    tags=["Akun"],
    summary="Satu pegawai: jabatan, kelompok, pelimpahan, dan ketidakhadirannya",
    responses=problems(404),
)
async def get_person(visit: NamedDependency[Visit], person_id: FromPath[str]) -> PersonPage:
    """A person."""
    return await visit.look("read", people.person_page, person_id)


@get(
    "/people/{person_id:str}/account",
    operation_id="getAccount",
    security=needs("read"),
    tags=["Akun"],
    summary="Akun seorang pegawai, sesi, dan catatannya; bagi administrator",
    responses=problems(404),
)
async def get_account(visit: NamedDependency[Visit], person_id: FromPath[str]) -> AccountPage:
    """An account."""
    return await visit.look("read", accounts.account_page, person_id)


@post(
    "/people/{person_id:str}/account/invitation",
    operation_id="inviteToAccount",
    security=needs("act"),
    tags=["Akun"],
    summary="Kirimkan tautan aktivasi lewat surel; oleh administrator",
    status_code=200,
    responses=problems(404, 422, 507),
)
async def invite(visit: NamedDependency[Visit], person_id: FromPath[str]) -> Invited:
    """Invite somebody."""
    return await visit.run("act", accounts.invite, visit.desk.safe, person_id)


@post(
    "/people/{person_id:str}/account/code",
    operation_id="printAccountCode",
    security=needs("act"),
    tags=["Akun"],
    summary="Buat kode aktivasi untuk diserahkan di atas kertas, ditampilkan sekali; oleh administrator",
    status_code=200,
    responses=problems(404, 422, 507),
)
async def print_code(visit: NamedDependency[Visit], person_id: FromPath[str]) -> PrintedCode:
    """A code on paper."""
    return await visit.run("act", accounts.print_code, visit.desk.safe, person_id)


@post(
    "/people/{person_id:str}/account/sessions/end",
    operation_id="endAccountSessions",
    security=needs("act"),
    tags=["Akun"],
    summary="Akhiri semua sesi seorang pegawai seketika; oleh administrator",
    status_code=200,
    responses=problems(404, 507),
)
async def end_sessions(visit: NamedDependency[Visit], person_id: FromPath[str]) -> SessionsEnded:
    """End sessions."""
    return await visit.run("act", accounts.end_sessions, person_id)


@post(
    "/people/{person_id:str}/account/factor/reset",
    operation_id="resetSecondFactor",
    security=needs("act"),
    tags=["Akun"],
    summary="Hapus faktor kedua yang hilang; semua sesinya berakhir; oleh administrator",
    status_code=200,
    responses=problems(404, 507),
)
async def reset_factor(visit: NamedDependency[Visit], person_id: FromPath[str]) -> AccountPage:
    """Take a second factor away."""
    return await visit.run("act", accounts.reset_factor, person_id)


ROUTES = (list_people, get_person, get_account, invite, print_code, end_sessions, reset_factor)
