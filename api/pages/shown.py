"""A page for somebody who has signed in: it always says who they are and how much awaits them."""

from __future__ import annotations

from typing import Any

from litestar import Response

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.rendering import page
from workflow.errors import Problem
from workflow.views import inbox


async def shown(
    request: WebRequest,
    visit: Visit,
    template: str,
    *,
    problem: Problem | None = None,
    status: int | None = None,
    **context: Any,
) -> Response[str]:
    """A page made from a template for whoever's visit it is; ``problem`` and ``status`` as for ``page``. Raises Problem."""
    me = await visit.look("read", inbox.me)
    return page(request, template, problem=problem, status=status, me=me, **context)
