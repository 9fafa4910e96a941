"""What a partner has answered, on a page that says so, and as a receipt that proves it without us."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.rendering import page
from api.problems import Busy
from api.routes.files import download
from api.turns import TooMany, Turns
from workflow.letters.layout import LetterError
from workflow.proof.keys import MissingKey
from workflow.proof.receipts import receipt
from workflow.signatures.signer import SigningFailed
from workflow.views.letters import CannotBeMade
from workflow.views.linked import linked
from workflow.views.receipts import answer_seen

#: Receipts that are made at once, and that may wait for it.
_AT_ONCE, _HELD = 1, 20


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
    seen = await visit.look("read", answer_seen, event_id)
    desk = visit.desk
    making: Turns = request.app.state.setdefault("receipts", Turns(_AT_ONCE, _HELD))
    try:
        content = await making.take(receipt, desk.database, seen.office, seen.answered, desk.clock.now())
    except TooMany:
        raise Busy("Banyak tanda terima sedang dibuat. Coba lagi sebentar lagi.") from None
    except (LetterError, MissingKey, SigningFailed) as error:
        raise CannotBeMade(f"Tanda terima belum dapat dibuat; jawaban Anda tetap tercatat. {error}") from error
    return download(content, "application/pdf", seen.answered.file_name, hashlib.sha256(content).hexdigest())


ROUTES: Final[tuple[Any, ...]] = (show, file)
