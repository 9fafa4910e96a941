"""How much a letter may hold: bounds that no office meets, so that no letter takes minutes, or more memory than there is.

They stand in the types of everything that a letter is made of; ``told`` says which of them was passed, and the way out.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from msgspec import Meta

#: A name, a post, a number, an address: what stands on a line or two. In characters, as all of these.
Line = Annotated[str, Meta(max_length=1_000)]
#: A paragraph, or several that somebody typed as one: some five pages.
Prose = Annotated[str, Meta(max_length=20_000)]
#: A text that must say something, a page at most.
Said = Annotated[str, Meta(pattern=r"\S", max_length=4_000)]

#: Lines of an addressee, of a letterhead, above a signature.
Lines = Annotated[tuple[Line, ...], Meta(max_length=20)]
#: Who gets a copy (tembusan).
Copies = Annotated[tuple[Line, ...], Meta(max_length=100)]
#: Considerations, grounds, notes.
Sayings = Annotated[tuple[Said, ...], Meta(max_length=100)]
#: The rules that a letter rests on.
Basis = Annotated[tuple[Prose, ...], Meta(max_length=100)]

#: Those whom a letter may name: as many as may go together in a cohort.
MOST_PEOPLE: Final = 1_000
#: Lines of a table or an attachment.
MOST_LINES: Final = 500
#: Characters of an emblem as a ``data:`` address; see ``emblem.LARGEST``.
MOST_EMBLEM: Final = 1_400_000

_TOO_MUCH: Final = re.compile(r"Expected `(str|array)` of length <= (\d+)")


def told(complaint: str) -> str:
    """What msgspec complains of, where a bound was passed: which, and the way out, in Indonesian; empty for anything else."""
    found = _TOO_MUCH.search(complaint)
    if found is None:
        return ""
    if found[1] == "str":
        return f"terlalu panjang, paling banyak {found[2]} karakter; ringkaslah, atau pindahkan ke lampiran."
    return (
        f"terlalu banyak, paling banyak {found[2]} butir; kurangi, atau sertakan daftarnya sebagai berkas tersendiri."
    )
