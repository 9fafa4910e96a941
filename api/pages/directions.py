"""Names that are written from right to left, kept apart from the words around them, wherever on a page they stand."""

from __future__ import annotations

import re
from typing import Final

#: Hebrew, Arabic, Syriac, Thaana, N'Ko and their like, with the forms that old files have of them.
_SIGN: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_ANY: Final = re.compile(f"[{_SIGN}]")
#: Tags, and what is text to the browser, whatever stands in it; or a run of such signs with the spaces between them.
_PARTS: Final = re.compile(
    rf"<(?P<plain>title|textarea|option|script|style)\b.*?</(?P=plain)>|<[^>]*>|(?P<run>[{_SIGN}]+(?:[\s.'’\"-]+[{_SIGN}]+)*)",
    re.DOTALL | re.IGNORECASE,
)


def isolated(html: str) -> str:
    """A page whose words from right to left stand each in an element of its own, so that figures beside them stay in place."""
    if not _ANY.search(html):
        return html
    return _PARTS.sub(lambda part: f"<bdi>{part['run']}</bdi>" if part["run"] else part[0], html)
