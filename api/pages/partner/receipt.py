"""What a partner has answered, on a page that says so, and as a receipt that proves it without us."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.rendering import page
from api.routes.receipts import receipt_pdf
from workflow.views.linked import linked
from workflow.views.receipts import answer_seen


@get("/mitra/{token:str}/tanda-terima/{event_id:str}", include_in_schema=False)
async def show(
    request: WebRequest, visit: NamedDependency[Visit], token: FromPath[str], event_id: FromPath[str]
) -> Response[str]:
    """What was answered, by whom and when. Raises NotFound."""
    link = await visit.look("read", linked)
    seen = await visit.look("read", answer_seen, event_id)
    top = f"/mitra/{quote(token)}"
    place = top if link.cohort_id is None else f"{top}/berkas/{quote(seen.case_id)}"
    return page(request, "partner_receipt.html", link=link, top=top, place=place, told=seen.answered)


@get("/mitra/{token:str}/tanda-terima/{event_id:str}/pdf", include_in_schema=False)
async def file(request: WebRequest, visit: NamedDependency[Visit], event_id: FromPath[str]) -> Response[bytes]:
    """The receipt, sealed. Raises NotFound, Busy, CannotBeMade."""
    return await receipt_pdf(request, visit, event_id)


ROUTES: Final[tuple[Any, ...]] = (show, file)
