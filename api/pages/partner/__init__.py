"""What a partner sees by a link, without an account: the way in, answering for one case or a cohort, and the receipt."""

from __future__ import annotations

from typing import Any, Final

from api.pages.partner import answering, cohort, entrance, receipt

ROUTES: Final[tuple[Any, ...]] = (*entrance.ROUTES, *answering.ROUTES, *cohort.ROUTES, *receipt.ROUTES)
