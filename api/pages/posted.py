"""What a form of a page was sent with, whichever page it stands on."""

from __future__ import annotations

import uuid

from api.pages.entrance import WebRequest
from api.pages.forms import Posted, gathered


async def posted_form(request: WebRequest) -> dict[str, list[str]]:
    """The texts that were posted, each name with all that was sent under it."""
    return gathered(list((await request.form()).multi_items()))


def last(posted: Posted, name: str) -> str:
    """What was sent under a name; of several the last, as of a field that stands twice on a page; empty where nothing was."""
    return (posted.get(name) or ("",))[-1]


def version_in(text: str) -> int | None:
    """The version of something that was seen, as a form carries it; None where it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def version_of(posted: Posted) -> int:
    """Which version was seen by whoever sent it; 0, which nothing has, where none is said."""
    return version_in(last(posted, "version")) or 0


def key_of(posted: Posted) -> str:
    """By which a second sending is known; a new one where none was sent."""
    return last(posted, "key")[:200] or str(uuid.uuid4())
