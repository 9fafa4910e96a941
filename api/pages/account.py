"""One's own account: the password, the second factor, and the sessions that are open, ended one by one or all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest, browser_of, checked, desk_of, entered, form_page, hashed, seen_next, typed
from api.pages.forms import Choice, Field
from api.pages.rendering import said
from api.pages.second_factor import CURRENT_CODE, FACTOR_CODE, FIRST_CODE, after_setup, new_token, picture
from api.pages.sign_in import AGAIN, NEW_PASSWORD, wants_keys_revoked
from api.refusals import refused
from workflow.accounts import own
from workflow.accounts.attempts import GuessedTooOften
from workflow.accounts.own import NewPassword
from workflow.accounts.passwords import is_too_large
from workflow.accounts.signing_in import WrongNameOrPassword
from workflow.errors import FieldError, InvalidForm, Problem
from workflow.mail import preference
from workflow.mail.preference import MailPreference
from workflow.views import inbox

_HOW = Field(name="how", kind="choice_few", label="Cara menerima surel")
CURRENT = Field(name="current", kind="text", label="Kata sandi sekarang")
_WRONG = FieldError("current", "Kata sandi sekarang", "Kata sandi sekarang tidak cocok. Ketik sekali lagi.")
_DIFFERENT = FieldError(
    "again", "Ulangi kata sandi baru", "Kata sandi baru yang diulang tidak sama. Ketik keduanya lagi."
)


@get("/akun", include_in_schema=False)
async def show_account(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The account of whoever asks."""
    return await _account_page(request, visit)


@post("/akun/sandi", include_in_schema=False)
async def change_password(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Changes the password, for the one there is; every other session ends."""
    desk, browser, form = desk_of(request), browser_of(request), await typed(request)
    password, current = form.get("password", ""), form.get("current", "")
    try:
        await visit.look("act", own.check_new_password, password)
        if form.get("again", "") != password:
            return await _account_page(request, visit, [_DIFFERENT], 422)
        was = await visit.look("act", own.kept_password)
        if was is None:
            await visit.look("act", own.require_shown)
        await visit.run("act", own.count_guess, desk.safe, browser)
        is_right = not is_too_large(current) and (await checked(desk, current, was))[0]
        if was is not None and not is_right:
            refused(request, "wrong-password")
            return await _account_page(request, visit, [_WRONG], 422)
        new = NewPassword(was, await hashed(desk, password), wants_keys_revoked(form))
        done = await visit.run("act", own.change_password, desk.safe, new, browser)
    except InvalidForm as problem:
        return await _account_page(request, visit, list(problem.fields), problem.status)
    except (GuessedTooOften, WrongNameOrPassword) as problem:
        fault = FieldError("current", "Kata sandi sekarang", problem.says)
        return await _account_page(request, visit, [fault], problem.status)
    return entered(request, done, "/akun")


@post("/akun/sesi/{session_id:str}", include_in_schema=False)
async def end_session(visit: NamedDependency[Visit], session_id: FromPath[str]) -> Response[Any]:
    """Ends one of one's own sessions. Raises NotFound."""
    await visit.run("act", own.end_session, session_id)
    return seen_next("/akun")


@post("/akun/sesi", include_in_schema=False)
async def end_others(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Ends all sessions but this one, and where that is wanted all keys."""
    await visit.run("act", own.end_others, revoke_keys=wants_keys_revoked(await typed(request)))
    return seen_next("/akun")


@post("/akun/surel", include_in_schema=False)
async def choose_mail(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Has mail come each time, or once a day."""
    form = await typed(request)
    try:
        await visit.run("act", preference.choose_mail, form.get("how", ""))
    except InvalidForm as problem:
        return await _account_page(request, visit, list(problem.fields), problem.status)
    return seen_next("/akun")


@get("/akun/faktor-kedua", include_in_schema=False)
async def show_replacing(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """Has a second factor set up, or another one in place of it."""
    return await _replacing_page(request, visit)


@get("/akun/faktor-kedua.svg", include_in_schema=False)
async def show_picture(request: WebRequest, visit: NamedDependency[Visit]) -> Response[bytes]:
    """What the app's camera reads."""
    return picture(await visit.run("act", own.begin_setup, desk_of(request).safe))


@post("/akun/faktor-kedua", include_in_schema=False)
async def replace_factor(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Sets up another second factor, for a code of the one there is."""
    desk, browser, form = desk_of(request), browser_of(request), await typed(request)
    current, code = form.get("current", ""), form.get("code", "")
    try:
        await visit.run("act", own.count_guess, desk.safe, browser)
        token, codes = await visit.run("act", own.replace_factor, desk.safe, current, code, browser)
    except (InvalidForm, GuessedTooOften) as problem:
        refused(request, _code_refused(problem))
        return await _replacing_page(request, visit, problem)
    return new_token(request, after_setup(request, codes, "/akun"), token)


@post("/akun/kode-pemulihan", include_in_schema=False)
async def renew_codes(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Makes other recovery codes, for a code of the app."""
    desk, browser, form = desk_of(request), browser_of(request), await typed(request)
    try:
        await visit.run("act", own.count_guess, desk.safe, browser)
        codes = await visit.run("act", own.renew_codes, desk.safe, form.get("code", ""), browser)
    except (InvalidForm, GuessedTooOften) as problem:
        refused(request, _code_refused(problem))
        faults = list(problem.fields) or [FieldError("code", "Kode", problem.says)]
        return await _account_page(request, visit, faults, problem.status)
    return after_setup(request, codes, "/akun")


ROUTES = (
    show_account,
    change_password,
    end_session,
    end_others,
    choose_mail,
    show_replacing,
    show_picture,
    replace_factor,
    renew_codes,
)


async def _account_page(
    request: WebRequest, visit: Visit, faults: list[FieldError] | None = None, status: int = 200
) -> Response[str]:
    me = await visit.look("read", inbox.me)
    account = await visit.look("read", own.own_account)
    mail = await visit.look("read", preference.mail_preference)
    office = desk_of(request).office
    zone = office.zone if office else None
    return form_page(
        request,
        "account.html",
        (CURRENT, NEW_PASSWORD, AGAIN, FACTOR_CODE, _mail_field(request, mail)),
        faults or (),
        status=status,
        me=me,
        account=account,
        zone=zone,
        provider=provider.name if (provider := desk_of(request).provider) else "",
    )


def _code_refused(problem: Problem) -> str:
    return "wrong-code" if isinstance(problem, InvalidForm) else problem.type


def _mail_field(request: WebRequest, mail: MailPreference) -> Field:
    daily = said(
        request,
        "Satu surel pukul %(hour)s pada hari kerja, berisi semua yang menunggu Anda. Pengingat yang sudah lewat tenggat tetap "
        "dikirim segera.",
        hour=f"{mail.digest_hour:02}.00",
    )
    choices = (
        Choice(preference.EACH, "Setiap kali", "Satu surel untuk setiap tugas atau kabar."),
        Choice(preference.DAILY, "Ringkasan harian", daily),
    )
    return replace(_HOW, choices=choices, value=mail.how)


async def _replacing_page(request: WebRequest, visit: Visit, problem: Problem | None = None) -> Response[str]:
    factor = await visit.run("act", own.begin_setup, desk_of(request).safe)
    faults = list(problem.fields) or [FieldError("code", "Kode", problem.says)] if problem else []
    return form_page(
        request,
        "second_factor.html",
        (CURRENT_CODE, FIRST_CODE) if factor.is_set else (FIRST_CODE,),
        faults,
        status=problem.status if problem else 200,
        me=await visit.look("read", inbox.me),
        factor=factor,
        to="/akun",
        codes=(),
        action="/akun/faktor-kedua",
        picture="/akun/faktor-kedua.svg",
        sets_up=True,
    )
