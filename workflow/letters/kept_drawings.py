"""An emblem drawn once for the process: what it puts on the page is kept, and put there again.

WeasyPrint goes through the drawing anew for each letter. It is done on a class of WeasyPrint's own, so the version is pinned,
and a test notices where that class has changed.
"""

from __future__ import annotations

from typing import Any, Final

import pydyf
from weasyprint.images import SVGImage

#: What may be in a drawing that is kept: lines and surfaces, which ask for no file, font or picture.
_PLAIN: Final = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "title", "desc"}
)
_theirs: Final = SVGImage.draw


def _draw(self: Any, stream: Any, width: float, height: float, style: Any) -> None:
    """As theirs. What is drawn stands between saving and restoring the state of the page."""
    kept = self.__dict__.setdefault("kept", {})
    if (width, height) not in kept:
        kept[width, height] = _drawn(self, stream, width, height, style)
    drawn = kept[width, height]
    if drawn is None:
        _theirs(self, stream, width, height, style)
        return
    states, operators = drawn
    for name, state in states.items():
        stream._resources["ExtGState"].setdefault(name, state)  # noqa: SLF001 - it has no other way to name one
    stream.stream.extend(operators)


def _drawn(image: Any, stream: Any, width: float, height: float, style: Any) -> tuple[dict[str, Any], list[Any]] | None:
    """The states that a drawing names, and what it puts on a page; None where it is more than lines and surfaces."""
    root = image._svg.tree._etree_node  # noqa: SLF001 - theirs
    if not all(_is_plain(element) for element in root.iter()):
        return None
    states = pydyf.Dictionary()
    alone = stream.clone(resources={"ExtGState": states})
    _theirs(image, alone, width, height, style)
    return dict(states), alone.stream


def _is_plain(element: Any) -> bool:
    if not isinstance(element.tag, str):  # a comment
        return True
    return element.tag.rpartition("}")[2] in _PLAIN and not any("url(" in value for value in element.attrib.values())


SVGImage.draw = _draw
