"""What a partner's people have answered, and the sealed receipt of it: for themselves, by key here and by link on their pages."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.desk import Visit
from api.openapi import needs, problems
from api.problems import Busy
from api.routes.files import download
from api.turns import TooMany, Turns
from workflow.letters.layout import LetterError
from workflow.proof.keys import MissingKey
from workflow.proof.receipts import Answered, receipt
from workflow.signatures.signer import SigningFailed
from workflow.views.letters import CannotBeMade
from workflow.views.receipts import answer_seen

#: Receipts that are made at once, and that may wait for it.
_AT_ONCE, _HELD = 1, 20


@get(
    "/receipts/{event_id:str}",
    operation_id="getReceipt",
    security=needs("read"),
    tags=["Berkas"],
    summary="Jawaban mitra sebagaimana tercatat; bagi narahubung dan pembimbing mitra itu sendiri",
    responses=problems(404),
)
async def get_receipt(visit: NamedDependency[Visit], event_id: FromPath[str]) -> Answered:
    """What was answered. ``event_id``: the event of the answer, as taking the step and the history tell it."""
    return (await visit.look("read", answer_seen, event_id)).answered


@get(
    "/receipts/{event_id:str}/pdf",
    operation_id="getReceiptPdf",
    security=needs("read"),
    tags=["Berkas"],
    summary="Tanda terima bersegel atas jawaban mitra, sebagai PDF",
    media_type="application/pdf",
    responses=problems(404),
)
async def get_receipt_pdf(
    request: Request[Any, Any, State], visit: NamedDependency[Visit], event_id: FromPath[str]
) -> Response[bytes]:
    """The receipt."""
    return await receipt_pdf(request, visit, event_id)


async def receipt_pdf(request: Request[Any, Any, State], visit: Visit, event_id: str) -> Response[bytes]:
    """The receipt, sealed, to be kept. Raises NotFound, Busy, CannotBeMade."""
    seen, desk = await visit.look("read", answer_seen, event_id), visit.desk
    making: Turns = request.app.state.setdefault("receipts", Turns(_AT_ONCE, _HELD))
    try:
        content = await making.take(receipt, desk.database, seen.office, seen.answered, desk.clock.now())
    except TooMany:
        raise Busy("Banyak tanda terima sedang dibuat. Coba lagi sebentar lagi.") from None
    except (LetterError, MissingKey, SigningFailed) as error:
        raise CannotBeMade(f"Tanda terima belum dapat dibuat; jawaban Anda tetap tercatat. {error}") from error
    return download(content, "application/pdf", seen.answered.file_name, hashlib.sha256(content).hexdigest())


ROUTES: Final[tuple[Any, ...]] = (get_receipt, get_receipt_pdf)
