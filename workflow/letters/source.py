"""A letter's HTML, with the rules of a browser that letters need: the same look with a sixth of the styles.

WeasyPrint's own rules give each element of a page six styles for marks of lists and footnotes that it might have.
"""

from __future__ import annotations

import re
from typing import Any, Final

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.html import UA

#: What every element would have a style for, though no letter has a footnote.
_NOTES: Final = re.compile(r"^::(?:footnote|note)-[a-z]+ *\{[^{}]*\}\n", re.MULTILINE)
#: The mark of a point: only points have one.
_MARKS: Final = re.compile(r"^::marker(?= *\{)", re.MULTILINE)


class Source(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
    """A letter to lay out."""

    def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: ARG002 - letters have no forms
        return [_RULES]


def rules() -> str:
    """A browser's rules, as far as letters need them."""
    return _MARKS.sub("li::marker", _NOTES.sub("", UA))


_RULES: Final = CSS(string=rules(), counter_style=CounterStyle())
