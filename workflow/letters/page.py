"""The page that a letter is laid out on, as a stylesheet: what the agency's profile says of it, and what every page bears."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workflow.letters.style import PageStyle

_FONTS: Final = {"sans": "Naskah", "serif": "Naskah Serif"}
#: How wide ": " is, in em: what follows a colon hangs by that much. A box for the colon alone would cost another layout.
_COLONS: Final = {"sans": 0.556, "serif": 0.64}
#: The column of labels of orders and decrees, in em: as wide as ``Memperhatikan`` and ``KEDELAPAN``.
_LABELS: Final = {"sans": 7.0, "serif": 8.2}
#: What place and date take beside Nomor, Sifat, Lampiran and Hal, in em: ``Kemuning Kota, 22 September 2026``.
_DATES: Final = {"sans": 16.5, "serif": 19.0}
#: What lies between the two, in em, so that they stand beside each other however their widths are rounded.
_GAP: Final = 0.1
#: How wide capitals are, in em, in posts as they mostly are; what the columns of two signatories lose to what hangs before
#: a post and to the gap between them, and a point, in centimetres.
_CAPITALS: Final = {"sans": 0.66, "serif": 0.74}
_BESIDE, _POINT = 1.35, 2.54 / 72
#: With a width, so that none is sought by measuring each word.
_FOOTER: Final = "width: 100%; font-size: 7pt; line-height: 1.25; white-space: pre-line"
#: The share of the profile's line height that lines have where a letter is set closer, and what nothing goes below.
_SNUG, _CLOSEST_LINES = 0.93, 1.1
#: By how much a catchword may reach into the line, in centimetres: the longest words of official letters need four.
_CATCHWORD_WIDTH: Final = 5


#: The elements of the head that ask for catchwords, and for what is set closer to be tried first.
CATCHWORDS: Final = "catchwords"
CROWDED: Final = "crowded"
#: Measured over all letters of an internship, on A4 and F4: of those below hardly any runs over, of those above few come to fit.
_CROWDED: Final = (1.2, 1.3)
#: How wide a sign is on average, in em.
_SIGN: Final = 0.5
_TAG, _BLOCK = re.compile(r"<[^>]*>"), re.compile(r"<(?:p|tr|li|div|h1|br)\b")


def page_css(page: PageStyle, *, draft: bool, footer: str = "") -> str:
    """The page as the profile wants it, with numbers from the second page on and KONSEP on every page of a draft.

    ``footer``: the lines under every page. What lies on its side is one sheet to hang up, and bears no page numbers.
    """
    font = f"'{_FONTS[page.font]}'"
    colon = _COLONS[page.font]
    snug = min(page.line_height, max(_CLOSEST_LINES, page.line_height * _SNUG))
    width, height = page.size
    margin = " ".join(f"{side:g}cm" for side in (page.top, page.right, page.bottom, page.left))
    draft_mark = (
        "background: url(konsep.svg) no-repeat center / 15cm auto; "
        '@top-right { content: "KONSEP"; color: #8a1f11; font-weight: bold; letter-spacing: 0.2em }'
    )
    boxes = (
        f"@bottom-center {{ content: {css_string(footer)}; {_FOOTER} }}",
        '@top-center { content: "- " counter(page) " -" }' if page.orientation == "portrait" else "",
        draft_mark if draft else "",
    )
    return (
        f"@page {{ size: {width}mm {height}mm; margin: {margin}; font-family: {font}; {' '.join(boxes)} }}\n"
        "@page :first { @top-center { content: none } }\n"
        f"html {{ font-family: {font}; font-size: {page.font_size:g}pt; line-height: {page.line_height:g}; "
        f"--snug-line-height: {snug:g} }}\n"
        f".rows td {{ padding-left: {colon:g}em; text-indent: -{colon:g}em }}\n"
        f".clauses > tbody > tr > th {{ width: {_LABELS[page.font]:g}em }}\n"
        f".head .dated {{ width: {_DATES[page.font] - _GAP:g}em }}\n"
        f".reference {{ width: {page.room[0] - _DATES[page.font] * page.font_size * _POINT:.3g}cm }}"
    )


def catchword_mark(page: PageStyle) -> str:
    """Tells ``press`` to set catchwords, and how wide the margin is beside which they stand; empty where there are none."""
    if not page.catchwords or page.orientation == "landscape":
        return ""
    return f'<meta name="{CATCHWORDS}" content="{page.right:g}cm">\n'


def crowded_mark(page: PageStyle, text: str) -> str:
    """Tells ``press`` of a letter that is likely to run a little over its one page, to be tried closer first; else empty.

    What is laid out in vain takes as long as all the rest of a letter.
    """
    low, high = _CROWDED
    return f'<meta name="{CROWDED}" content="">\n' if low < _fullness(page, text) < high else ""


def _fullness(page: PageStyle, text: str) -> float:
    """A letter's lines, roughly, to those of a page: its signs, and one line more for each thing that begins a line."""
    width, height = page.room
    body = text.partition("</head>")[2]
    signs = len(" ".join(_TAG.sub("", body).split()))
    across = width / (page.font_size * _POINT * _SIGN)
    down = height / (page.font_size * _POINT * page.line_height)
    return (signs / across + len(_BLOCK.findall(body))) / down


def catchword_css(words: Mapping[int, str], right: str) -> str:
    """The first word of the next page under each page that goes on. ``words``: page number -> word; ``right``: the margin.

    The box in the corner reaches back into the line, so that the footer beside it keeps its width.
    """
    box = f"margin: 0 {right} 0 -{_CATCHWORD_WIDTH}cm; width: {_CATCHWORD_WIDTH}cm; text-align: right; vertical-align: top"
    return "\n".join(
        f"@page :nth({number}) {{ @bottom-right-corner {{ content: {css_string(f'{word} …')}; {box} }} }}"
        for number, word in words.items()
    )


def narrow_line(page: PageStyle) -> int:
    """How many capitals a line of a post holds where two sign beside each other."""
    column = page.room[0] / 2 - _BESIDE
    return max(10, int(column / (page.font_size * _POINT * _CAPITALS[page.font])))


def title_line(page: PageStyle) -> int:
    """How many capitals a line of a title holds."""
    return int(page.room[0] / (page.font_size * _POINT * _CAPITALS[page.font]))


def css_string(text: str) -> str:
    """A text as a string in CSS, whatever signs are in it."""
    return (
        '"'
        + "".join(
            character if character.isalnum() or character in " .,:" else f"\\{ord(character):x} " for character in text
        )
        + '"'
    )
