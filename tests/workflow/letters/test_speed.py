"""What makes letters fast changes nothing in them, and rests on parts of WeasyPrint that are still there."""

from __future__ import annotations

import msgspec
import pytest
from weasyprint import HTML
from weasyprint.css import StyleFor
from weasyprint.html import UA
from weasyprint.images import SVGImage

from tests.workflow.letters.samples import ALL, PROFILE, SIGNED_AT
from workflow.letters import kept_drawings, kept_styles, press
from workflow.letters.layout import html
from workflow.letters.pdf import pdf
from workflow.letters.source import rules
from workflow.letters.specimen import specimen_proof

SAMPLES = [
    next(each for each in ALL if each.name == name) for name in ("internship_request_typical", "internship_proposal")
]


def _text(number: int = 0) -> str:
    frame = msgspec.structs.replace(SAMPLES[number].letter, code="7KQ2M4XW9P")
    return html(SAMPLES[number].template, frame, SAMPLES[number].body, PROFILE, proof=specimen_proof(frame, PROFILE))


def _made(text: str) -> bytes:
    return pdf(text, body_json=b"{}", at=SIGNED_AT)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """WeasyPrint as it comes."""

    monkeypatch.setattr(StyleFor, "set_computed_styles", kept_styles._theirs)
    monkeypatch.setattr(SVGImage, "draw", kept_drawings._theirs)
    monkeypatch.setattr(press, "Source", HTML)
    monkeypatch.setattr(press, "settle", lambda _: None)
    return monkeypatch


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_a_letter_is_the_same_bytes_as_weasyprint_makes_by_itself(
    number: int, nothing_kept: pytest.MonkeyPatch
) -> None:
    theirs = _made(_text(number))
    nothing_kept.undo()
    assert _made(_text(number)) == theirs
    assert _made(_text(number)) == theirs  # and so is the next, of which much is kept


def test_letters_of_one_kind_work_out_nearly_all_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:

    _made(_text())
    anew = []

    def counted(self: object, element: object, *rest: object) -> None:
        anew.append(element)
        theirs(self, element, *rest)

    theirs = kept_styles._theirs
    monkeypatch.setattr(kept_styles, "_theirs", counted)
    _made(_text())
    assert len([element for element in anew if hasattr(element, "tag")]) <= 2


def test_looks_that_have_become_too_many_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(kept_styles, "_MOST", 10)
    before = _made(_text())
    assert not kept_styles._kept
    assert _made(_text()) == before


def test_a_drawing_of_more_than_lines_is_drawn_each_time() -> None:

    plain = '<svg xmlns="http://www.w3.org/2000/svg"><g><path d="M0 0H9" fill="#123456"/></g></svg>'
    for drawing, kept in (
        (plain, True),
        (plain.replace("#123456", "url(#a)"), False),
        (plain.replace("<g>", '<image href="data:image/png;base64,"/><g>'), False),
        (plain.replace("<g>", "<text>a</text><g>"), False),
    ):
        root = HTML(string=drawing).etree_element.find(".//{http://www.w3.org/2000/svg}svg")
        root = root if root is not None else HTML(string=drawing).etree_element.find(".//svg")
        assert all(kept_drawings._is_plain(element) for element in root.iter()) is kept, drawing


def test_the_rules_of_a_browser_style_no_marks_that_no_letter_has() -> None:

    dropped = [line for line in UA.splitlines() if line not in rules().splitlines()]
    assert len(dropped) == 6
    assert all(line.startswith(("::footnote-", "::note-", "::marker ")) for line in dropped)
