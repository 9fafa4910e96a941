"""Where things stand on the pages of a PDF, as other people's tools find them."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf

from workflow.letters.style import PageStyle

MILLIMETRE = 72 / 25.4
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


class Word(NamedTuple):
    """A word on a page, in points from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Sheet(NamedTuple):
    """A page: its size in points, its words, and its pictures as words without text."""

    width: float
    height: float
    words: list[Word]
    pictures: list[Word]

    def lines(self) -> list[str]:
        """Words that stand at the same height make a line."""
        rows: defaultdict[float, list[Word]] = defaultdict(list)
        for word in self.words:
            rows[round(word.top)].append(word)
        return [" ".join(word.text for word in sorted(row)) for _, row in sorted(rows.items())]


def read(file: Path, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, file, "-"], check=True, capture_output=True, text=True).stdout


def sheets(file: Path) -> list[Sheet]:
    """The pages of a file; one that is looked at several times in a row is read once."""
    return _sheets(file, file.read_bytes())


@lru_cache(maxsize=1)
def _sheets(file: Path, _: bytes) -> list[Sheet]:
    with pikepdf.open(file) as document:
        pictures = [_pictures(page) for page in document.pages]
    found = []
    for sheet, drawn in zip(read(file, "-bbox").split("<page ")[1:], pictures, strict=True):
        width, height = (float(sheet.partition(f'{side}="')[2].partition('"')[0]) for side in ("width", "height"))
        words = [
            Word(float(left), float(top), float(right), float(bottom), unescape(text))
            for left, top, right, bottom, text in _WORD.findall(sheet)
        ]
        found.append(Sheet(width, height, words, drawn))
    return found


def _pictures(page: Any) -> list[Word]:
    """The boxes of raster pictures on a page."""
    height = float(page.mediabox[3])
    images = {name for name, thing in page.resources.get("/XObject", {}).items() if thing.get("/Subtype") == "/Image"}
    found, matrix, kept = [], pikepdf.Matrix(), []
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        operator = instruction.operator
        if str(operator) == "q":
            kept.append(matrix)
        elif str(operator) == "Q":
            matrix = kept.pop()
        elif str(operator) == "cm":
            matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
        elif str(operator) == "Do" and str(operands[0]) in images:
            box = matrix.transform(pikepdf.Rectangle(0, 0, 1, 1))
            found.append(Word(box.llx, height - box.ury, box.urx, height - box.lly, ""))
    return found


def nothing_overlaps(file: Path, style: PageStyle | None = None) -> None:
    """Every word within the margins, none over another or over a picture, nothing off the page."""
    style = style or PageStyle()
    for sheet in sheets(file):
        assert len(sheet.words) > 10
        for word in (*sheet.words, *sheet.pictures):
            assert word.left >= style.left * 10 * MILLIMETRE - 1.5, word
            assert word.right <= sheet.width - style.right * 10 * MILLIMETRE + 1.5, word
            assert word.top >= 5 * MILLIMETRE, word
            assert word.bottom <= sheet.height - 5 * MILLIMETRE, word
        for one, other in _near(sheet.words):
            # A box is as high as its font may reach; letters themselves keep to its middle.
            assert not _meet(one, other, 0.3 * min(one.bottom - one.top, other.bottom - other.top)), (one, other)
        for word, picture in itertools.product(sheet.words, sheet.pictures):
            assert not _meet(word, picture, 0.3 * (word.bottom - word.top)), (word, picture)


def _near(words: list[Word]) -> Iterator[tuple[Word, Word]]:
    """Pairs of words that share a height."""
    in_order = sorted(words, key=lambda word: word.top)
    for at, one in enumerate(in_order):
        for other in in_order[at + 1 :]:
            if other.top >= one.bottom:
                break
            yield one, other


def _meet(one: Word, other: Word, height: float) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across >= 1 and min(one.bottom, other.bottom) - max(one.top, other.top) >= height


def nobody_signs_alone(file: Path, says: str) -> None:
    """On the page of a signature stand at least two lines of the text that is signed. ``says``: the line above the post."""
    for sheet in sheets(file)[1:]:
        lines = sheet.lines()
        at = next((at for at, line in enumerate(lines) if says in line), None)
        if at is not None:
            before = [
                line for line in lines[:at] if not re.match(r"- \d+ -|Ditetapkan di|pada tanggal|[\w ]+, \d+ ", line)
            ]
            assert len(before) >= 2, lines
