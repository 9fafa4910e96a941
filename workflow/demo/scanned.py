"""The demo's scanner: a letter that was printed, as it comes back signed and stamped."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

#: A signature in blue ink and a round stamp in violet, about where a letter of one page has room above its signatory's name.
_INK: Final = b"""q 1 0 0 1 345 185 cm 1.6 w 0.35 0.2 0.55 RG
34 0 m 34 18.8 18.8 34 0 34 c -18.8 34 -34 18.8 -34 0 c -34 -18.8 -18.8 -34 0 -34 c 18.8 -34 34 -18.8 34 0 c S
26 0 m 26 14.4 14.4 26 0 26 c -14.4 26 -26 14.4 -26 0 c -26 -14.4 -14.4 -26 0 -26 c 14.4 -26 26 -14.4 26 0 c S
1.2 w 0.1 0.15 0.6 RG 8 -6 m 20 34 34 30 30 4 c 28 -14 40 -10 46 6 c 52 22 58 18 60 4 c 64 -10 74 10 80 8 c
96 4 104 22 118 12 c S Q"""


def signed_by_hand(printed: bytes) -> bytes:
    """What a scanner makes of a letter that was printed, signed and stamped."""
    sheet = IncrementalPdfFileWriter(BytesIO(printed))
    # Before the letter's own drawing, which turns the page upside down.
    sheet.add_stream_to_page(0, sheet.add_object(StreamObject(stream_data=_INK)), prepend=True)
    scan = BytesIO()
    sheet.write(scan)
    return scan.getvalue()
