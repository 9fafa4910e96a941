"""What elements look like, worked out once for the process: letters are much alike, and so are their elements.

WeasyPrint works out each property of each element anew for each letter. Here the same declarations within the same parent
give a copy of what they gave before. It is done on a class of WeasyPrint's own, so the version is pinned, and a test notices
where that class has changed.
"""

from __future__ import annotations

from typing import Any, Final

from tinycss2 import serialize
from weasyprint.css import StyleFor
from weasyprint.css.properties import INITIAL_VALUES

#: Looks that are kept, and past how many all are let go: all letters together have less than half as many.
_kept: Final[dict[tuple[Any, ...], Any]] = {}
_MOST: Final = 2_000
_theirs: Final = StyleFor.set_computed_styles


def _set(
    self: Any,
    element: Any,
    parent: Any,
    root: Any = None,
    pseudo_type: str | None = None,
    base_url: str | None = None,
    target_collector: Any = None,
) -> None:
    """As theirs, for elements; the boxes around a page, which have no tag, are theirs."""
    if not hasattr(element, "tag"):
        _theirs(self, element, parent, root, pseudo_type, base_url, target_collector)
        return
    looks = self.get_computed_styles()
    cascaded = self.get_cascaded_styles().get((element, pseudo_type), {})
    above = None if parent is None else looks[parent, None]
    try:
        key = (self.font_config, base_url, id(above and above.kept), pseudo_type, _said(cascaded))
        found = _kept.get(key)
    except (AttributeError, TypeError):  # within what is not kept, or a value that cannot be looked up
        _theirs(self, element, parent, root, pseudo_type, base_url, target_collector)
        return
    if found is None:
        _theirs(self, element, parent, root, pseudo_type, base_url, None)  # its anchor is collected below
        found = _kept[key] = _complete(looks[element, pseudo_type], above, looks[root, None])
    look = looks[element, pseudo_type] = found.copy()
    look.kept = found
    if target_collector and look["anchor"]:
        target_collector.collect_anchor(look["anchor"])


def _said(cascaded: Any) -> frozenset[tuple[Any, ...]]:
    """The declarations, to be looked up. Those of variables are parts of a text, of which no two are alike."""
    return frozenset(
        (name, serialize(value) if name.startswith("__") else value, weight)
        for name, (value, weight) in cascaded.items()
    )


def _complete(look: Any, above: Any, root: Any) -> Any:
    """With every property worked out, hanging on what is kept rather than on one letter's."""
    look.parent_style = above and above.kept
    if above is not None:
        look.root_style = root.kept
    for name in INITIAL_VALUES:
        look[name]
    return look


def trim() -> None:
    """Between letters: let go of what is kept where that has become too much."""
    if len(_kept) > _MOST:
        _kept.clear()


StyleFor.set_computed_styles = _set
