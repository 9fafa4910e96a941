"""WeasyPrint, with all that is made once for the process. Only ``pdf`` imports this, when the first PDF is made."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import CSS, Attachment
from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import LineBox
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from workflow.letters import kept_drawings, kept_styles  # noqa: F401 - the first is at work once it is imported
from workflow.letters.catchwords import catchwords
from workflow.letters.fields import add_fields, object_at
from workflow.letters.layout import LETTERS, SNUG_STYLESHEET, STYLESHEET
from workflow.letters.page import CATCHWORDS, CROWDED, catchword_css
from workflow.letters.profile import TEMPLATES
from workflow.letters.settled import settle
from workflow.letters.source import Source

#: What is raised where a letter asks for a file that it may not read. A BaseException: it passes every ``except
#: Exception``.
Unreachable = FatalURLFetchingError

_VARIANT: Final = "pdf/a-3a"
#: Pages of one letter. A list of participants fills one with about twelve names; beyond, laying out holds up all letters for
#: minutes and takes hundreds of megabytes.
MOST_PAGES: Final = 250
#: Pixels that setting a full page closer saves: with more room left, it would have fitted without. 2.9 cm.
_SAVED: Final = 110.0
#: The id in templates of the place where a letter is signed.
SIGNATURES: Final = "signatures"
#: The ids in templates of what ends a part of the file, and of what begins it where that is not the first page.
_PARTS: Final = ((SIGNATURES, ""), ("attachment-signatures", "attachment"))
#: A compressed stream whose last byte is a carriage return: with the line feed that follows, a strict reader takes it for
#: the end of a line, and the stream for one byte shorter than it says. One file in twenty-five has such a stream.
_AMBIGUOUS: Final = b"\r\nendstream"

# A file cannot say that it is PDF/UA unless it also describes that vocabulary: PDF/A knows only its own.
_ACCESSIBLE: Final = b"""
<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" pdfuaid:part="1"/>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
  rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <pdfaProperty:name>part</pdfaProperty:name>
      <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
      <pdfaProperty:category>internal</pdfaProperty:category>
      <pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
  </rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


class TooLong(Exception):
    """A letter of more than ``MOST_PAGES`` pages."""


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Reads below the templates folder and ``data:`` addresses; anything else stops the letter.

    ``refused``: what was asked for in vain since it was last emptied. Within a drawing WeasyPrint goes on without it.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> Any:
        address = urlsplit(url)
        below = address.scheme == "file" and Path(url2pathname(address.path)).resolve().is_relative_to(TEMPLATES)
        if not below and address.scheme != "data":
            self.refused.append(url)
            raise ValueError(f"not below the templates folder: {url}")
        return super().fetch(url, headers)


_lock: Final = threading.Lock()
_files: Final = OwnFiles()
_fonts: Final = FontConfiguration()
_stylesheet, _snug = (
    CSS(filename=str(LETTERS / name), url_fetcher=_files, font_config=_fonts) for name in (STYLESHEET, SNUG_STYLESHEET)
)
#: Emblems, decoded once. Codes to check letters by come along, each of them once: past so many pictures all are let go.
_pictures: Final[dict[str, Any]] = {}
_MOST_PICTURES: Final = 32


@dataclass
class Colours:
    """The colour profile that PDF/A asks for, in the shape of WeasyPrint's own, which opens and writes it anew each time."""

    content: bytes
    name: str = "sRGB2014"
    components: tuple[str, ...] = ("r", "g", "b")
    pdf_reference: Any = None


_colours: Final = Colours((resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """What goes into the file beside the letter: the data it was made of, and a field for each who signs it.

    ``data`` is embedded under ``name``; ``at``, in UTC, dates all; ``fields``: what each signature is, in the order of signing.
    """

    data: bytes
    name: str
    at: datetime
    fields: tuple[str, ...] = ()


def press(html_text: str, enclosed: Enclosed, title: str | None) -> bytes:
    """The PDF. Raises Unreachable, and TooLong where it fills more pages than a letter may have."""
    with _lock:
        _files.refused.clear()
        document = _laid_out(Source(string=html_text, base_url=str(LETTERS / "_"), url_fetcher=_files))
        document.metadata.created = document.metadata.modified = f"{enclosed.at:%Y-%m-%dT%H:%M:%SZ}"
        if title is not None:
            document.metadata.title = title
        made = _written(document, enclosed)
        if _AMBIGUOUS in made:
            made = _written(document, enclosed, plain=True)
        if len(_pictures) > _MOST_PICTURES:
            _pictures.clear()
        kept_styles.trim()
        if _files.refused:
            raise Unreachable(f"not below the templates folder: {_files.refused[0]}")
        return made


def _written(document: Document, enclosed: Enclosed, *, plain: bool = False) -> bytes:
    """The file. ``plain``: nothing in it is compressed, and no stream ends but in text or padding; about six times as large."""
    at = enclosed.at
    attachment = Attachment(
        file_obj=BytesIO(enclosed.data),
        name=enclosed.name,
        description="Data surat (JSON)",
        relationship="Data",
        created=at,  # left out, it would be now, and the bytes another each time
        modified=at,
    )
    made: bytes = document.write_pdf(
        pdf_variant=_VARIANT,
        output_intent="as rendered",  # told "srgb" again, it would open its own profile again
        attachments=[attachment],
        finisher=lambda _, made: _finish(document, made, enclosed.fields),
        uncompressed_pdf=plain,
    )
    return made


def _laid_out(source: Source) -> Document:
    """The letter on its pages; set closer where that saves one of them, with the first word of the next page under each."""
    snug: Document | None = None
    if source.etree_element.find(f"head/meta[@name='{CROWDED}']") is not None:
        snug = _rendered(source, _stylesheet, _snug)
        if len(snug.pages) == 1 and _room(snug) < _SAVED:
            return snug
    closer: tuple[CSS, ...] = ()
    document = _rendered(source, _stylesheet)
    if len(document.pages) > MOST_PAGES:
        raise TooLong(f"{len(document.pages)} pages")
    if _spills(document):
        snug = snug or _rendered(source, _stylesheet, _snug)
        if len(snug.pages) < len(document.pages):
            document, closer = snug, (_snug,)
    mark = source.etree_element.find(f"head/meta[@name='{CATCHWORDS}']")
    found = catchwords(document) if mark is not None else {}
    if found:
        under = CSS(string=catchword_css(found, mark.get("content")), url_fetcher=_files, font_config=_fonts)
        document = _rendered(source, _stylesheet, *closer, under)
    return document


def _rendered(source: Source, *stylesheets: CSS) -> Document:
    return source.render(
        font_config=_fonts,
        stylesheets=list(stylesheets),
        pdf_variant=_VARIANT,
        cache=_pictures,
        color_profiles={"srgb": _colours},
    )


def _room(document: Document) -> float:
    """Height below the last line of the first page, in pixels."""
    page = document.pages[0]._page_box  # noqa: SLF001 - WeasyPrint shows pages, not what is on them
    lines = (box for box in page.children[0].descendants() if isinstance(box, LineBox))
    lowest = max((line.position_y + line.height for line in lines), default=0.0)
    return float(page.content_box_y() + page.height - lowest)


def _spills(document: Document) -> bool:
    """A part of it runs over onto a page with so little that coming closer may save that: signed in its upper half."""
    return any(
        place[1] < page.height / 2 and begins not in page.anchors
        for page in document.pages[1:]
        for ends, begins in _PARTS
        if (place := page.anchors.get(ends)) is not None
    )


def _finish(document: Document, made: Any, fields: Sequence[str]) -> None:
    """Says PDF/UA-1 beside PDF/A-3a, and leaves the metadata readable: WeasyPrint writes one variant at a time.

    Says too of each header of a table what it heads: WeasyPrint only names it in the cells. Adds the fields to sign in.
    """
    stream = object_at(made, made.catalog["Metadata"])
    before, end, after = stream.stream[0].rpartition(b"</rdf:RDF>")
    stream.stream[0] = before + _ACCESSIBLE + end + after
    stream.compress = False
    for header in made.objects:
        if isinstance(header, dict) and header.get("S") == "/TH":
            group = object_at(made, object_at(made, header["P"])["P"])
            header["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
    if fields:
        signed_on = [at for at, page in enumerate(document.pages) if SIGNATURES in page.anchors]
        add_fields(made, fields, signed_on[-1] if signed_on else len(document.pages) - 1)
    settle(made)
