"""Partners: their agreements, places and contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.addresses import Done
from api.pages.entrance import WebRequest, seen_next
from api.pages.shown import shown
from api.pages.small_forms import drawn, filled, sent
from api.routes.partners import contact_set
from workflow.errors import InvalidForm, Problem
from workflow.views import partners
from workflow.views.partners import ContactForm


@get("/kelola/mitra", include_in_schema=False)
async def show_partners(request: WebRequest, visit: NamedDependency[Visit]) -> Response[str]:
    """The partners. Raises NotFound."""
    return await shown(request, visit, "agency_partners.html", partners=await visit.look("read", partners.partner_list))


@get("/kelola/mitra/{partner_id:str}", include_in_schema=False)
async def show_partner(
    request: WebRequest, visit: NamedDependency[Visit], partner_id: FromPath[str], did: Done = ""
) -> Response[str]:
    """A partner. Raises NotFound."""
    return await _partner(request, visit, partner_id, did=did)


@post("/kelola/mitra/{partner_id:str}/narahubung", include_in_schema=False)
async def set_contact(request: WebRequest, visit: NamedDependency[Visit], partner_id: FromPath[str]) -> Response[Any]:
    """Says who answers for a partner. Raises NotFound, NotYours."""
    await visit.look("read", partners.partner_page, partner_id)
    values = await sent(request, ContactForm)
    try:
        await contact_set(visit, partner_id, filled(ContactForm, values))
    except InvalidForm as problem:
        return await _partner(request, visit, partner_id, values=values, problem=problem)
    return seen_next(f"/kelola/mitra/{quote(partner_id)}?selesai=narahubung")


async def _partner(
    request: WebRequest,
    visit: Visit,
    partner_id: str,
    *,
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    did: str = "",
) -> Response[str]:
    page = await visit.look("read", partners.partner_page, partner_id)
    contact = next((each for each in page.contacts if each.kind == "contact"), None)
    known = {"name": contact.name, "post": contact.post, "email": contact.email} if contact else {}
    return await shown(
        request,
        visit,
        "agency_partner.html",
        problem=problem,
        partner=page,
        did=did,
        **drawn(ContactForm, values if values is not None else known, problem),
    )


ROUTES: Final[tuple[Any, ...]] = (show_partners, show_partner, set_contact)
