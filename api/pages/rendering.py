"""Pages as HTML: one Jinja environment, and what every page is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from litestar import Request, Response
from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup, escape

from api.clock import DemoClock
from api.desk import Desk
from api.pages import assets
from api.pages.cookies import ENGLISH, INDONESIAN, LANGUAGES, language_of
from api.pages.directions import isolated
from api.pages.menu import menu
from workflow.errors import Problem
from workflow.letters.words import long_date, moment, rupiah
from workflow.office import Office
from workflow.telling.form_words import number

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates" / "pages"

#: Nothing from elsewhere, nothing inline: what a page may do beyond showing text is in its own files.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(
    request: Request[Any, Any, Any],
    template: str | Template,
    *,
    problem: Problem | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """A page made from a template in templates/pages.

    The template knows ``agency``, ``me``, ``csrf_input``, ``here``, ``today``, ``demo`` besides ``context``, which may set any of
    them. ``problem``: why what was sent was not done, None where nothing was; its status is the page's, if no other is named.
    """
    told = {**_known(request), "problem": problem, **context}
    return Response(
        isolated(environment(language_of(request)).get_template(template).render(told)),
        media_type="text/html",
        status_code=status or (problem.status if problem else 200),
        headers={"Content-Security-Policy": POLICY, **(headers or {})},
    )


def csrf_input(request: Request[Any, Any, Any]) -> Markup:
    """The hidden field that a form of ours is sent with; empty where nothing asks for it."""
    token = value_or_default(ScopeState.from_scope(request.scope).csrf_token, "")
    return Markup('<input type="hidden" name="_csrf_token" value="{}">').format(token) if token else Markup("")


def place_of(request: Request[Any, Any, Any]) -> str:
    """What is open, to come back to: the path as it was asked for, with its query."""
    query = request.scope["query_string"].decode("ascii", "replace")
    raw = request.scope.get("raw_path") or b""
    path = raw.decode("ascii", "replace").partition("?")[0] or request.url.path
    return f"{path}?{query}" if query else path


def said(request: Request[Any, Any, Any], text: str, **values: object) -> str:
    """A text of ours in the language of the page. ``values``: what stands for each ``%(name)s`` in it."""
    found = _translations(language_of(request)).gettext(text)
    return found % values if values else found


@cache
def environment(language: str = INDONESIAN) -> Environment:
    """Templates with their filters in one of ``LANGUAGES``; in Indonesian, in which they are written, texts stay as they are."""
    made = _kind(language)(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.globals |= {"asset": assets.address, "menu": menu, "language": language, "languages": LANGUAGES}
    made.filters |= {"paragraphs": paragraphs, **_filters(language)}
    made.install_gettext_translations(_translations(language), newstyle=True)  # type: ignore[attr-defined]
    return made


# What only English needs is loaded when the first page in English is asked for.


def _kind(language: str) -> type[Environment]:
    if language == ENGLISH:
        from api.pages.english import EnglishPages  # noqa: PLC0415 - see above

        return EnglishPages
    return Environment


def _translations(language: str) -> NullTranslations:
    if language == ENGLISH:
        from api.pages.english import catalogue  # noqa: PLC0415 - see above

        return catalogue()
    return NullTranslations()


def _filters(language: str) -> dict[str, Any]:
    """How days, times and figures are written, and ``told``: a text of ours that no attribute holds."""
    if language == ENGLISH:
        from api.pages.english import FILTERS  # noqa: PLC0415 - see above

        return FILTERS
    return {"long_date": long_date, "number": number, "rupiah": rupiah, "instant": instant, "told": lambda text: text}


def paragraphs(text: str) -> Markup:
    """What somebody wrote, with its paragraphs and lines."""
    parts = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(
        Markup('<p class="govuk-body">{}</p>').format(Markup("<br>").join(escape(line) for line in part.split("\n")))
        for part in parts
        if part
    )


@pass_context
def instant(context: Context, at: datetime) -> str:
    """An instant on the agency's clock."""
    return moment(at, context["zone"])


def _known(request: Request[Any, Any, Any]) -> dict[str, Any]:
    office, now = _office(request), _now(request)
    return {
        "agency": office.profile.agency if office else "",
        "me": None,
        "csrf_input": csrf_input(request),
        "here": request.url.path,
        "place": place_of(request),
        "today": office.day(now) if office else now.date(),
        "zone": office.zone if office else UTC,
        "demo": _is_demo(request),
    }


def _office(request: Request[Any, Any, Any]) -> Office | None:
    """The agency, None until the desk has read it."""
    desk: Desk | None = request.app.state.get("desk")
    return desk.office if desk else None


def _is_demo(request: Request[Any, Any, Any]) -> bool:
    """Whether all of it is invented."""
    desk: Desk | None = request.app.state.get("desk")
    return desk is not None and isinstance(desk.clock, DemoClock)


def _now(request: Request[Any, Any, Any]) -> datetime:
    desk: Desk | None = request.app.state.get("desk")
    return desk.clock.now() if desk else datetime.now(UTC)
