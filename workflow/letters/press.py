"""WeasyPrint, with all that is made once for the process. Only ``pdf`` imports this, when the first PDF is made."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from workflow.letters.layout import LETTERS, SNUG_STYLESHEET, STYLESHEET
from workflow.letters.profile import TEMPLATES

#: What is raised where a letter asks for a file that it may not read. A BaseException: it passes every ``except
#: Exception``.
Unreachable = FatalURLFetchingError

_VARIANT: Final = "pdf/a-3a"
#: The ids in templates of what ends a part of the file, and of what begins it where that is not the first page.
_PARTS: Final = (("signatures", ""), ("attachment-signatures", "attachment"))
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


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Reads below the templates folder and ``data:`` addresses; anything else stops the letter."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> Any:
        address = urlsplit(url)
        below = address.scheme == "file" and Path(url2pathname(address.path)).resolve().is_relative_to(TEMPLATES)
        if not below and address.scheme != "data":
            raise ValueError(f"not below the templates folder: {url}")
        return super().fetch(url, headers)


_lock: Final = threading.Lock()
_files: Final = OwnFiles()
_fonts: Final = FontConfiguration()
_stylesheet, _snug = (
    CSS(filename=str(LETTERS / name), url_fetcher=_files, font_config=_fonts) for name in (STYLESHEET, SNUG_STYLESHEET)
)
_pictures: Final[dict[str, Any]] = {}


@dataclass
class Colours:
    """The colour profile that PDF/A asks for, in the shape of WeasyPrint's own, which opens and writes it anew each time."""

    content: bytes
    name: str = "sRGB2014"
    components: tuple[str, ...] = ("r", "g", "b")
    pdf_reference: Any = None


_colours: Final = Colours((resources.files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())


def press(html_text: str, attached: bytes, name: str, at: datetime, title: str | None) -> bytes:
    """The PDF. ``attached`` is embedded under ``name``; ``at`` is in UTC. Raises Unreachable."""
    with _lock:
        document = _laid_out(HTML(string=html_text, base_url=str(LETTERS / "_"), url_fetcher=_files))
        document.metadata.created = document.metadata.modified = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        if title is not None:
            document.metadata.title = title
        made = _written(document, attached, name, at)
        return _written(document, attached, name, at, plain=True) if _AMBIGUOUS in made else made


def _written(document: Document, attached: bytes, name: str, at: datetime, *, plain: bool = False) -> bytes:
    """The file. ``plain``: nothing in it is compressed, and no stream ends but in text or padding; about six times as large."""
    attachment = Attachment(
        file_obj=BytesIO(attached),
        name=name,
        description="Data surat (JSON)",
        relationship="Data",
        created=at,  # left out, it would be now, and the bytes another each time
        modified=at,
    )
    made: bytes = document.write_pdf(
        pdf_variant=_VARIANT,
        output_intent="as rendered",  # told "srgb" again, it would open its own profile again
        attachments=[attachment],
        finisher=_finish,
        uncompressed_pdf=plain,
    )
    return made


def _laid_out(source: HTML) -> Document:
    """The letter on its pages; set closer where that saves one of them."""
    document = _rendered(source, _stylesheet)
    if _spills(document):
        snug = _rendered(source, _stylesheet, _snug)
        if len(snug.pages) < len(document.pages):
            return snug
    return document


def _rendered(source: HTML, *stylesheets: CSS) -> Document:
    return source.render(
        font_config=_fonts,
        stylesheets=list(stylesheets),
        pdf_variant=_VARIANT,
        cache=_pictures,
        color_profiles={"srgb": _colours},
    )


def _spills(document: Document) -> bool:
    """A part of it runs over onto a page with so little that coming closer may save that: signed in its upper half."""
    return any(
        place[1] < page.height / 2 and begins not in page.anchors
        for page in document.pages[1:]
        for ends, begins in _PARTS
        if (place := page.anchors.get(ends)) is not None
    )


def _finish(_: Any, made: Any) -> None:
    """Says PDF/UA-1 beside PDF/A-3a, and leaves the metadata readable: WeasyPrint writes one variant at a time.

    Says too of each header of a table what it heads: WeasyPrint only names it in the cells.
    """
    stream = _object(made, made.catalog["Metadata"])
    before, end, after = stream.stream[0].rpartition(b"</rdf:RDF>")
    stream.stream[0] = before + _ACCESSIBLE + end + after
    stream.compress = False
    for header in made.objects:
        if isinstance(header, dict) and header.get("S") == "/TH":
            group = _object(made, _object(made, header["P"])["P"])
            header["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _object(made: Any, reference: bytes) -> Any:
    """What a reference such as ``12 0 R`` stands for."""
    return made.objects[int(reference.split()[0])]
