"""The QR code of a letter, as a picture that a template names."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Final

#: Modules on a side with the quiet zone, at most: at ``WIDTH`` each is 0.36 mm, which a telephone reads from a copied page.
MODULES: Final = 93
#: Millimetres, with the quiet zone.
WIDTH: Final = 34
_QUIET: Final = 4
#: Any of the eight can be read. To try them all for the one that looks most even takes longer than all else of a code.
_MASK: Final = 2


def drawn(text: str) -> str:
    """The QR code of a text as a ``data:`` address, one pixel a module: draw it ``image-rendering: pixelated``, 34 mm wide.

    A picture and no drawing: of the two the faster in a PDF, and one kilobyte. Raises ValueError for a text that is too long.
    """
    import segno  # noqa: PLC0415 - needed only where letters are made

    # 15 % of it may be spoilt; 7 % where it is long.
    made = (segno.make_qr(text, error=level, boost_error=True, mask=_MASK) for level in ("m", "l"))
    code = next((each for each in made if each.symbol_size(border=_QUIET)[0] <= MODULES), None)
    if code is None:
        raise ValueError(f"a QR code of {len(text)} signs would be too fine to read")
    picture = BytesIO()
    code.save(picture, kind="png", scale=1, border=_QUIET)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
