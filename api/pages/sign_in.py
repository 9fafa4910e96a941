"""Signing in and out, the second factor, and setting a password by a link or a code. Following a link changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.desk import Desk, Visit
from api.pages.cookies import token_of
from api.pages.entrance import (
    WebRequest,
    browser_of,
    desk_of,
    entered,
    form_page,
    hashed,
    left,
    path_of_ours,
    seen_next,
    sign_in,
    typed,
)
from api.pages.forms import Field
from api.pages.second_factor import FACTOR_CODE, FIRST_CODE, after_setup, new_token, picture
from api.problems import Busy
from api.refusals import refused
from workflow.accounts import own, signing_in, tickets
from workflow.accounts.attempts import Count, GuessedTooOften, counts, take, take_back
from workflow.accounts.granting import valid_keys
from workflow.accounts.own import OwnFactor
from workflow.accounts.sessions import end_token
from workflow.accounts.signing_in import HasLeft, WrongNameOrPassword
from workflow.callers import SECOND_FACTOR
from workflow.database import Connection
from workflow.errors import FieldError, InvalidForm, NotNow, Problem
from workflow.people.person import Person

NAME: Final = Field(
    name="name",
    kind="text",
    label="NIP, alamat surel, atau nama lengkap",
    hint="Nama boleh ditulis tanpa gelar. Bila ada pegawai lain yang bernama sama, pakailah NIP.",
)
PASSWORD: Final = Field(name="password", kind="text", label="Kata sandi")
NEW_PASSWORD: Final = Field(
    name="password",
    kind="text",
    label="Kata sandi baru",
    hint="Beberapa kata yang tidak berkaitan mudah diingat dan sulit ditebak.",
)
AGAIN: Final = Field(name="again", kind="text", label="Ulangi kata sandi baru")
CODE: Final = Field(
    name="kode", kind="text", label="Kode aktivasi", hint="Seperti tercetak pada lembar dari administrator."
)


def wants_keys_revoked(form: Mapping[str, str]) -> bool:
    """Whether the box is ticked by which API keys end together with a password or sessions."""
    return form.get("revoke_keys") == "true"


To = Annotated[str, QueryParameter(name="ke", required=False, max_length=2000)]


@get("/masuk", include_in_schema=False)
async def show_sign_in(request: WebRequest, to: To = "/") -> Response[str]:
    """Asks for name and password."""
    return _sign_in_page(request, to)


@post("/masuk", include_in_schema=False)
async def do_sign_in(request: WebRequest) -> Response[Any]:
    """Signs in, and goes to where they wanted."""
    form = await typed(request)
    name, to = form.get("name", ""), form.get("to", "/")
    missing = [
        FieldError(field, label, says)
        for field, label, says in (
            ("name", NAME.label, _NO_NAME),
            ("password", "Kata sandi", "Isi kata sandi."),
        )
        if not form.get(field, "").strip()
    ]
    if missing:
        return _sign_in_page(request, to, status=422, name=name, faults=missing)
    try:
        done = await sign_in(request, name, form["password"])
    except (WrongNameOrPassword, HasLeft, GuessedTooOften, Busy) as problem:
        refused(request, problem.type)
        return _sign_in_page(request, to, problem, name=name, faults=[FieldError("name", NAME.label, problem.says)])
    return entered(request, done, path_of_ours(to))


@post("/keluar", include_in_schema=False)
async def sign_out(request: WebRequest) -> Response[Any]:
    """Ends the session; without one nothing happens."""
    desk, token = desk_of(request), token_of(request)
    if token:
        at = desk.clock.now()
        await desk.database.run(end_token, token, at)
    return left(request)


@get("/masuk/faktor-kedua", include_in_schema=False)
async def show_second_factor(request: WebRequest, visit: NamedDependency[Visit], to: To = "/") -> Response[str]:
    """Asks for the second factor, or has it set up."""
    factor = await visit.look(SECOND_FACTOR, own.own_factor)
    if not factor.is_set:
        factor = await visit.run(SECOND_FACTOR, own.begin_setup, desk_of(request).safe)
    return _factor_page(request, factor, to)


@post("/masuk/faktor-kedua", include_in_schema=False)
async def give_second_factor(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Takes a code; the session may do all from then on, under a new token."""
    form, desk, browser = await typed(request), desk_of(request), browser_of(request)
    to, code = form.get("to", "/"), form.get("code", "")
    factor = await visit.look(SECOND_FACTOR, own.own_factor)
    try:
        await visit.run(SECOND_FACTOR, own.count_guess, desk.safe, browser)
        if factor.is_set:
            token = await visit.run(SECOND_FACTOR, own.give_factor, desk.safe, code, browser)
            return new_token(request, seen_next(path_of_ours(to)), token)
        token, codes = await visit.run(SECOND_FACTOR, own.set_up_factor, desk.safe, code, browser)
    except (InvalidForm, GuessedTooOften, NotNow) as problem:
        refused(request, "wrong-code" if isinstance(problem, InvalidForm) else problem.type)
        if not factor.is_set:
            factor = await visit.run(SECOND_FACTOR, own.begin_setup, desk.safe)
        faults = list(problem.fields) or [FieldError("code", "Kode", problem.says)]
        return _factor_page(request, factor, to, problem, faults)
    return new_token(request, after_setup(request, codes, path_of_ours(to)), token)


@get("/masuk/faktor-kedua.svg", include_in_schema=False)
async def show_picture(request: WebRequest, visit: NamedDependency[Visit]) -> Response[bytes]:
    """What the app's camera reads while the first factor is being set up. Raises NotNow."""
    factor = await visit.look(SECOND_FACTOR, own.own_factor)
    if factor.is_set:
        raise NotNow("Faktor kedua sudah dipasang.")
    return picture(await visit.run(SECOND_FACTOR, own.begin_setup, desk_of(request).safe))


@get("/aktivasi", include_in_schema=False)
async def ask_for_code(
    request: WebRequest, code: Annotated[str, QueryParameter(name="kode", required=False, max_length=200)] = ""
) -> Response[Any]:
    """Asks for the code that was handed over on paper."""
    plain = "".join(sign for sign in code if sign.isascii() and (sign.isalnum() or sign in "-_"))
    return (
        seen_next(f"/aktivasi/{plain}")
        if plain
        else form_page(request, "activate.html", (CODE,), person="", code="", done=False)
    )


@get("/aktivasi/{code:str}", include_in_schema=False)
async def show_activation(request: WebRequest, code: FromPath[str]) -> Response[Any]:
    """Asks for a password, whoever follows the link and however often: it is used up only by setting one."""
    desk, at, network = desk_of(request), desk_of(request).clock.now(), browser_of(request).network

    try:
        await desk.database.run(_count_code, desk, code, network, at)
        whose = await desk.database.look(_whose, desk, code, at)
        await desk.database.run(_was_right, desk, code, network, at)
    except (tickets.NoTicket, HasLeft, GuessedTooOften) as problem:
        return _no_ticket(request, problem)
    return _activation_page(request, code, whose)


@post("/aktivasi/{code:str}", include_in_schema=False)
async def activate(request: WebRequest, code: FromPath[str]) -> Response[Any]:
    """Sets the password; then they sign in with it."""
    desk, browser, form = desk_of(request), browser_of(request), await typed(request)
    at, password = desk.clock.now(), form.get("password", "")

    def check(conn: Connection, person: Person) -> None:
        signing_in.check_new(desk.engine(conn).office, person, password, at)

    def keep(conn: Connection, kept: str) -> Person:
        ends = wants_keys_revoked(form)
        return signing_in.set_password(conn, desk.engine(conn), desk.safe, code, kept, at, revoke_keys=ends)

    try:
        await desk.database.run(_count_code, desk, code, browser.network, at)
        whose = await desk.database.look(_whose, desk, code, at)
        await desk.database.run(_was_right, desk, code, browser.network, at)
        try:
            await desk.database.look(check, whose.person)
        except InvalidForm as problem:
            return _activation_page(request, code, whose, list(problem.fields), problem.status)
        if form.get("again", "") != password:
            return _activation_page(request, code, whose, [_DIFFERENT], 422)
        await desk.database.run(keep, await hashed(desk, password))
    except (tickets.NoTicket, HasLeft, GuessedTooOften) as problem:
        return _no_ticket(request, problem)
    return form_page(request, "activate.html", (), person="", code="", done=True)


@get("/lupa-sandi", include_in_schema=False)
async def show_forgotten(request: WebRequest) -> Response[str]:
    """Asks for whom a link is wanted."""
    return form_page(request, "forgot.html", (NAME,), done=False)


@post("/lupa-sandi", include_in_schema=False)
async def send_link(request: WebRequest) -> Response[str]:
    """Owes a mail to whoever is called so; the answer is the same for anybody."""
    desk, browser, name = desk_of(request), browser_of(request), (await typed(request)).get("name", "")
    at = desk.clock.now()
    faults, status = [], 200
    if not name.strip():
        faults, status = [FieldError("name", NAME.label, _NO_NAME)], 422
    else:
        try:
            await desk.database.run(lambda c: signing_in.ask_for_link(c, desk.engine(c), desk.safe, name, browser, at))
            desk.changed.set()
        except GuessedTooOften as problem:
            faults, status = [FieldError("name", NAME.label, problem.says)], problem.status
    return form_page(request, "forgot.html", (replace(NAME, value=name),), faults, status=status, done=not faults)


ROUTES = (
    show_sign_in,
    do_sign_in,
    sign_out,
    show_second_factor,
    give_second_factor,
    show_picture,
    ask_for_code,
    show_activation,
    activate,
    show_forgotten,
    send_link,
)

_NO_NAME = "Isi NIP, alamat surel, atau nama lengkap."
#: Signs of a code as it may be typed; a link has more.
_LONGEST_CODE = 30
_DIFFERENT = FieldError("again", "Ulangi kata sandi", "Kata sandi yang diulang tidak sama. Ketik keduanya sekali lagi.")


def _count_code(conn: Connection, desk: Desk, code: str, network: str, at: datetime) -> None:
    """Codes on paper are short: whoever tries many is slowed, by their network. A link nobody guesses. Raises GuessedTooOften."""
    take(conn, _counts(conn, desk, code, network, at), at)


def _was_right(conn: Connection, desk: Desk, code: str, network: str, at: datetime) -> None:
    """Whoever has a code is no guesser: a whole office may activate its accounts in one morning."""
    take_back(conn, _counts(conn, desk, code, network, at))


def _counts(conn: Connection, desk: Desk, code: str, network: str, at: datetime) -> tuple[Count, ...]:
    if len(code) > _LONGEST_CODE:
        return ()
    office = desk.engine(conn).office
    return counts(office.policies.on(office.day(at)), "", network)[1:]


def _sign_in_page(
    request: WebRequest,
    to: str,
    problem: Problem | None = None,
    *,
    status: int = 200,
    name: str = "",
    faults: list[FieldError] | None = None,
) -> Response[str]:
    headers = {"Retry-After": str(problem.more["wait"])} if problem and "wait" in problem.more else {}
    return form_page(
        request,
        "sign_in.html",
        (replace(NAME, value=name), PASSWORD),
        faults or (),
        status=problem.status if problem else status,
        headers=headers,
        to=path_of_ours(to),
        provider=provider.name if (provider := desk_of(request).provider) else "",
    )


def _factor_page(
    request: WebRequest,
    factor: OwnFactor,
    to: str,
    problem: Problem | None = None,
    faults: list[FieldError] | None = None,
) -> Response[str]:
    return form_page(
        request,
        "second_factor.html",
        (FACTOR_CODE if factor.is_set else FIRST_CODE,),
        faults or (),
        status=problem.status if problem else 200,
        factor=factor,
        to=path_of_ours(to),
        codes=(),
        action="/masuk/faktor-kedua",
        picture="/masuk/faktor-kedua.svg",
        sets_up=not factor.is_set,
    )


@dataclass(frozen=True)
class _Whose:
    """Whose link or code it is, and what their API keys are for that are good now."""

    person: Person
    keys: tuple[str, ...]


def _whose(conn: Connection, desk: Desk, code: str, at: datetime) -> _Whose:
    person = signing_in.holder_of(conn, desk.engine(conn), desk.safe, code, at)
    return _Whose(person, valid_keys(conn, person.id, at))


def _activation_page(
    request: WebRequest, code: str, whose: _Whose, faults: list[FieldError] | None = None, status: int = 200
) -> Response[str]:
    return form_page(
        request,
        "activate.html",
        (NEW_PASSWORD, AGAIN),
        faults or (),
        status=status,
        code=code,
        person=whose.person.full_name,
        keys=whose.keys,
        done=False,
    )


def _no_ticket(request: WebRequest, problem: Problem) -> Response[str]:
    refused(request, problem.type)
    fault = FieldError("kode", "Kode aktivasi", problem.says)
    return form_page(request, "activate.html", (CODE,), [fault], status=problem.status, code="", person="", done=False)
