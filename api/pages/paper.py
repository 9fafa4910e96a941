"""The paper by which somebody answered: filled in below a step by whoever records the answer for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from api.desk import Visit
from api.pages import forms
from api.pages.entrance import WebRequest, zone_of
from api.pages.posted import last
from api.pages.uploads import hand_in
from workflow.errors import FieldError

#: What says that an answer is recorded, not given.
RECORD: Final = "record"
#: What stands before the paper's fields on a page, as it does where the engine says what is wrong with one.
_PAPER: Final = "recorded."


async def paper_in(
    request: WebRequest, visit: Visit, schema: Mapping[str, Any] | None, posted: forms.Posted
) -> tuple[Mapping[str, Any] | None, list[FieldError]]:
    """The paper that was filled in, None where nothing is recorded; and the scan that is not taken, if so."""
    if schema is None or not last(posted, RECORD):
        return None, []
    own = {name.removeprefix(_PAPER): list(sent) for name, sent in posted.items() if name.startswith(_PAPER)}
    not_taken = await hand_in(request, visit, schema, own, _PAPER)
    return forms.read(schema, own, zone=zone_of(request)), not_taken


def paper_drawn(
    request: WebRequest,
    schema: Mapping[str, Any] | None,
    paper: Mapping[str, Any] | None,
    faults: Sequence[FieldError],
) -> tuple[forms.Field, ...]:
    """The fields of the paper; none where the caller may not record."""
    if schema is None:
        return ()
    own = [replace(f, field=f.field.removeprefix(_PAPER)) for f in faults if f.field.startswith(_PAPER)]
    drawn = forms.fields(schema, paper or {}, own, zone=zone_of(request))
    return tuple(replace(field, name=f"{_PAPER}{field.name}") for field in drawn)
