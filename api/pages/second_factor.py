"""What the pages of the second factor share: the picture for the app's camera, and recovery codes, shown once."""

from __future__ import annotations

import io
from typing import Any, Final

from litestar import Response

from api.desk import Visit
from api.pages.cookies import session_cookie
from api.pages.entrance import WebRequest, browser_of, desk_of, form_page
from api.pages.forms import Field
from api.refusals import refused
from workflow.accounts import own
from workflow.accounts.own import OwnFactor
from workflow.errors import FieldError, InvalidForm

FACTOR_CODE: Final = Field(
    name="code",
    kind="text",
    label="Kode",
    hint="Enam angka yang sedang tampil pada aplikasi autentikator, atau satu kode pemulihan.",
)
FIRST_CODE: Final = Field(name="code", kind="text", label="Kode enam angka yang kini tampil pada aplikasi")
CURRENT_CODE: Final = Field(
    name="current", kind="text", label="Kode dari aplikasi yang sekarang", hint="Atau satu kode pemulihan."
)


def picture(factor: OwnFactor) -> Response[bytes]:
    """The QR code as a file of its own, as pages have nothing inline; dark on light also where a page is dark."""
    import segno  # noqa: PLC0415 - seldom needed

    drawn = io.BytesIO()
    segno.make(factor.address, error="m", micro=False).save(drawn, kind="svg", scale=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def after_setup(request: WebRequest, codes: tuple[str, ...], to: str) -> Response[Any]:
    """The recovery codes, shown here and never again."""
    return form_page(
        request,
        "second_factor.html",
        (),
        factor=OwnFactor(is_set=True),
        to=to,
        codes=codes,
        action="",
        picture="",
        sets_up=False,
    )


async def once_more(request: WebRequest, visit: Visit, code: str) -> None:
    """See to it that the second factor is given once more where that is asked for. Raises InvalidForm, GuessedTooOften."""
    if not await visit.look("read", own.asks_factor):
        return
    if not code.strip():
        says = "Masukkan kode faktor kedua."
        raise InvalidForm("Periksa isian berikut.", fields=(FieldError("code", "Kode faktor kedua", says),))
    safe, browser = desk_of(request).safe, browser_of(request)
    await visit.run("act", own.count_guess, safe, browser)
    try:
        await visit.run("act", own.give_factor_again, safe, code, browser)
    except InvalidForm:
        refused(request, "wrong-code")
        raise


def new_token(request: WebRequest, answer: Response[Any], token: str) -> Response[Any]:
    """The session goes on under another token."""
    answer.set_cookie(session_cookie(request, token))
    return answer
