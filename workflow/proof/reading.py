"""A look into a PDF: the statement in its metadata, the digest of its embedded data, its signatures.

Nothing of the file is run or drawn. It may take much time and memory all the same: a stranger's file belongs to ``apart``.
"""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import Any, Final

from workflow.letters.pdf import ATTACHMENT
from workflow.proof.seen import FileSeen
from workflow.signatures.checked import check

_STATEMENT: Final = re.compile(r"(?:HTTPS?://[A-Z0-9.:-]+)?/VERIFY/[2-9A-Z]{10}/[A-Z2-7]{200,1500}")
#: Levels and entries of the tree of embedded files that are looked through; a letter has one of each.
_DEPTH, _ENTRIES = 4, 64


def look(content: bytes) -> FileSeen:
    """What is in a PDF. Raises nothing for what is wrong with the file: ``trouble`` says it."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - takes most of a second

    if not content.startswith(b"%PDF-"):
        return FileSeen(trouble="Berkas ini bukan PDF.")
    try:
        reader = PdfFileReader(BytesIO(content))
        if reader.encrypted:
            return FileSeen(trouble="PDF ini dikunci dengan kata sandi. Kirimkan berkas aslinya, yang tidak dikunci.")
        statement, body = _statement(reader.root), _body(reader.root)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes the reader raise
        return FileSeen(
            trouble=f"PDF ini rusak, terpotong, atau tidak lazim, sehingga tidak dapat dibaca ({type(error).__name__})."
        )
    signed = check(content)
    return FileSeen(
        statement=statement,
        body_sha256=body,
        signatures=signed.signatures,
        sound=signed.sound,
    )


def _statement(root: Any) -> str:
    if "/Metadata" not in root:
        return ""
    found = _STATEMENT.search(root["/Metadata"].data.decode(errors="replace"))
    return found.group() if found else ""


def _body(root: Any) -> str:
    names = _entry(root, "/Names")
    for name, file in _embedded(_entry(names, "/EmbeddedFiles"), _DEPTH):
        if str(name) == ATTACHMENT:
            return hashlib.sha256(file.get_object()["/EF"]["/F"].data).hexdigest()
    return ""


def _embedded(node: Any, depth: int) -> list[tuple[Any, Any]]:
    names = list(_entry(node, "/Names") or ())[: 2 * _ENTRIES]
    found = list(zip(names[::2], names[1::2], strict=False))
    for below in list(_entry(node, "/Kids") or ())[:_ENTRIES] if depth else ():
        found += _embedded(below.get_object(), depth - 1)
    return found


def _entry(node: Any, name: str) -> Any:
    """What stands under a name, where it refers elsewhere what stands there."""
    return node[name] if node and name in node else None
