"""Files that come with a form: stored before all else, so that they are kept whatever becomes of the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar.datastructures import UploadFile

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.routes.files import ENVELOPE
from workflow import filing
from workflow.errors import FieldError

#: Bytes of one form with its files at most: two of the largest that are taken.
LARGEST: Final = 2 * filing.LARGEST + ENVELOPE


async def hand_in(
    request: WebRequest, visit: Visit, takes: Mapping[str, Any], posted: dict[str, list[str]], before: str = ""
) -> list[FieldError]:
    """Store the files that were sent for the fields of a form, and add their ids to what was posted; what is not taken, and why.

    ``before``: what stands before the names of the fields on the page, and not in ``posted``.
    """
    not_taken = []
    for name, file in (await request.form()).multi_items():
        field = name.removeprefix(before).removesuffix("-new")
        is_asked = name == f"{before}{field}-new" and re.split(r"[.\[]", field)[0] in takes["properties"]
        if not (is_asked and isinstance(file, UploadFile) and file.filename):
            continue
        try:
            stored = await visit.run("act", filing.store_file, file.filename, await file.read())
        except (filing.TooLargeFile, filing.UnknownKind) as problem:
            not_taken.append(FieldError(f"{before}{field}", field, problem.says))
        else:
            posted.setdefault(field, []).append(stored.id)
    return not_taken
