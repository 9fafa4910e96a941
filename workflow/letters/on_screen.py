"""A letter as part of a page: its text as a phone shows it, without paper. The same templates as in print make it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame
from workflow.letters.profile import Profile

_BODY: Final = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
#: What a page has once, or takes from its own styles alone.
_ONCE: Final = re.compile(r'\s(?:id|style|class="surat_[a-z]+")="[^"]*"')
_TAGS: Final = re.compile(r"<(/?)(main|h1)\b")
_PLAIN: Final = {"main": "div", "h1": "p"}


def on_screen(template: str, frame: LetterFrame, body: msgspec.Struct, profile: Profile) -> str:
    """HTML for inside a page. Whatever people wrote is escaped by the template. Raises LetterError."""
    found = _BODY.search(html(template, frame, body, profile))
    text = _ONCE.sub("", found.group(1) if found else "")
    return _TAGS.sub(lambda tag: f"<{tag[1]}{_PLAIN[tag[2]]}", text).strip()
