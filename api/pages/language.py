"""The language of the pages: Indonesian unless somebody chose another in this browser.

What a browser asks for (Accept-Language) does not count: those of many civil servants are in English as they came.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, post

from api.pages.cookies import LANGUAGES, language_cookie
from api.pages.entrance import WebRequest, is_of_ours, seen_next, typed

#: Where a form was sent and nothing can be looked at; whoever chooses there goes to the first page.
_NOT_BACK_TO: Final = ("/bahasa", "/keluar")


@post("/bahasa", include_in_schema=False)
async def choose(request: WebRequest) -> Response[Any]:
    """Shows the pages in the chosen language from now on, the one that was open first; never leads to another host."""
    form = await typed(request)
    back = form.get("kembali", "")
    answer = seen_next(back if is_of_ours(back) and not back.startswith(_NOT_BACK_TO) else "/")
    if form.get("bahasa") in LANGUAGES:
        answer.set_cookie(language_cookie(request, form["bahasa"]))
    return answer


ROUTES: Final = (choose,)
