"""The catchword (kata sambung) under each page that goes on: the first word of the next one, read from the pages laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import TextBox

#: Where a part of the letter begins anew: nothing goes on from the page before.
_NEW_PAGE: Final = frozenset({"page", "left", "right", "recto", "verso", "always"})
#: The mark of a point in a list says nothing alone.
_MARK: Final = re.compile(r"[0-9]{1,3}[.)]|[a-z][.)]|[-•]")


def catchwords(document: Document) -> dict[int, str]:
    """Page number -> the first word of the page after it, or the first two where the first only numbers a point.

    Pages after which an attachment begins have none: a catchword joins what belongs together.
    """
    found, begun = {}, set[Any]()
    for number, page in enumerate(document.pages):
        root = page._page_box.children[0]  # noqa: SLF001 - WeasyPrint shows pages, not what is on them
        opened = {box.element for box in _above_first_text(root) if box.style["break_before"] in _NEW_PAGE} - begun
        begun |= opened
        if number and not opened and (words := list(islice(_words(root), 2))):
            found[number] = " ".join(words) if _MARK.fullmatch(words[0]) else words[0]
    return found


def _above_first_text(box: Any) -> list[Any]:
    """The boxes that hold the first text in the flow of a page; empty where there is none."""
    for child in _flowing(box):
        if isinstance(child, TextBox):
            if child.text.strip():
                return [box]
        elif inner := _above_first_text(child):
            return [box, *inner]
    return []


def _words(box: Any) -> Iterator[str]:
    for child in _flowing(box):
        if isinstance(child, TextBox):
            yield from child.text.split()
        else:
            yield from _words(child)


def _flowing(box: Any) -> Iterator[Any]:
    """What is in a box, without what stands aside of the text and the head of a table, which every page repeats."""
    for child in getattr(box, "children", ()):
        aside = not child.is_in_normal_flow() and not getattr(child, "is_outside_marker", False)
        if not aside and not getattr(child, "is_header", False):
            yield child
