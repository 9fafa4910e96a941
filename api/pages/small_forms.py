"""Forms of a page that are no step of a case: drawn from the struct that the API takes, and read as the API would read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import msgspec

from api.pages import forms
from api.pages.entrance import WebRequest
from api.pages.posted import posted_form
from workflow.errors import Problem
from workflow.filling import read_form
from workflow.views.schemas import form_schema

F = TypeVar("F", bound=msgspec.Struct)
Choices = Mapping[str, Sequence[forms.Choice]]

#: What whoever sent a form can mend in it; all else is answered as everywhere.
_TOLD: Final = frozenset({"people", "unknown-person", "invalid-form", "not-now", "not-yours", "mandate", "refused"})
#: The fields of several lines; every other text of these forms is a line, however long it may be.
_PARAGRAPHS: Final = frozenset({"reason"})


async def sent(request: WebRequest, struct: type[msgspec.Struct]) -> dict[str, Any]:
    """What was posted, as the API would have been sent it."""
    return forms.read(form_schema(struct, ""), await posted_form(request))


def filled(struct: type[F], values: Mapping[str, Any]) -> F:
    """The form that was posted. Raises InvalidForm."""
    return read_form(struct, values)


def drawn(
    struct: type[msgspec.Struct],
    values: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    choices: Choices | None = None,
    *,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """What a template is told of a form: its ``fields``, and the ``faults`` for the summary on top of the page."""
    faults = forms.on_pages(problem.fields) if problem is not None else []
    found = forms.fields(form_schema(struct, ""), values or {}, faults, choices)
    fields = tuple(_one_line(field) for field in found if field.name not in without)
    told = forms.faults_told(fields, faults)
    if problem is not None and not told:
        told = (("", problem.says),)
    return {"fields": fields, "faults": told}


def require_told(problem: Problem) -> None:
    """Raise a problem again that no form is drawn for once more."""
    if problem.type not in _TOLD:
        raise problem


def _one_line(field: forms.Field) -> forms.Field:
    return replace(field, kind="text") if field.kind == "longtext" and field.name not in _PARAGRAPHS else field
