"""Fields that name people: sought by name, chosen from whom was found. Without scripts a button seeks, with them a list opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency

from api.desk import Visit
from api.pages.entrance import WebRequest
from api.pages.forms import Choice, Field, Posted
from api.pages.rendering import said
from api.problems import MEDIA_TYPE
from api.searching import colleagues, named
from workflow.errors import InvalidForm, Problem, TooOften
from workflow.views.colleagues import MOST, ColleagueLine

#: What a field's search is sent under, after the field's own name; and the button that seeks.
SOUGHT: Final = "-cari"
SEEK: Final = "cari"

_KINDS: Final = {"person": "finder", "people": "finders"}


@get("/cari/pegawai", include_in_schema=False)
async def find(request: WebRequest, visit: NamedDependency[Visit]) -> Response[Any]:
    """Colleagues by name or NIP, for the list that opens below a field. What is wrong is said in ``says``."""
    try:
        found = await colleagues(visit, request.query_params.get("kata", "")[:200])
    except (InvalidForm, TooOften) as problem:
        return Response({"items": [], "more": False, "says": problem.says}, status_code=problem.status)
    except Problem as problem:
        return Response({"says": problem.says}, status_code=problem.status, media_type=MEDIA_TYPE)
    items = [{"id": each.id, "name": each.name, "about": about(each)} for each in found.items]
    return Response({"items": items, "more": found.more, "says": ""})


def about(person: ColleagueLine) -> str:
    """What tells somebody from others of the same name."""
    return ", ".join(filter(None, (person.post, person.unit, f"NIP …{person.nip_end}" if person.nip_end else "")))


async def with_people(
    request: WebRequest, visit: Visit, drawn: Sequence[Field], posted: Posted | None = None
) -> tuple[Field, ...]:
    """The fields of a form, those that name people with who is chosen and who was found."""
    asked = []
    for field in drawn:
        if field.kind in _KINDS:
            text = ((posted or {}).get(f"{field.name}{SOUGHT}") or ("",))[-1].strip()[:200]
            asked.append(await _found(request, visit, field, text))
        else:
            asked.append(field)
    return tuple(asked)


def is_seeking(posted: Posted) -> bool:
    """Whether somebody wants to seek before all else: by the button, or by a name that was typed where nobody is chosen."""
    typed = [name for name, sent in posted.items() if name.endswith(SOUGHT) and sent[-1].strip()]
    return bool(typed) and (SEEK in posted or any(not any(posted.get(name.removesuffix(SOUGHT), ())) for name in typed))


async def _found(request: WebRequest, visit: Visit, field: Field, text: str) -> Field:
    """A field with its choices: who is chosen already, then who was found; the only one found is chosen."""
    several = field.kind == "people"
    chosen = [each for each in str(field.value).split("\n") if each.strip()]
    found: tuple[ColleagueLine, ...] = ()
    fault, more = field.fault, False
    try:
        known = await named(visit, chosen)
    except TooOften as problem:  # whom they chose stays chosen
        known = tuple(ColleagueLine(id=each, name=_UNNAMED, post="", unit="", nip_end="") for each in chosen)
        fault = problem.says
    if text:
        try:
            listed = await colleagues(visit, text)
            found, more = listed.items, listed.more
            fault = fault if found else "Tidak ada pegawai yang cocok. Periksa ejaannya, atau cari dengan NIP lengkap."
        except (InvalidForm, TooOften) as problem:
            fault = problem.says
    people = {each.id: each for each in (*known, *found)}
    value = tuple(each.id for each in known)
    if not value and len(found) == 1:
        value = (found[0].id,)
    return replace(
        field,
        kind=_KINDS[field.kind],
        hint=said(request, _MORE, number=MOST) if more else _HINT,
        value=value if several else "".join(value[:1]),
        choices=tuple(Choice(each.id, each.name, about(each)) for each in people.values()),
        search=text,
        fault=fault,
    )


_UNNAMED: Final = "Pegawai yang sudah dipilih"
_HINT: Final = "Ketik sebagian nama, atau NIP lengkap."
_MORE: Final = "Ditampilkan %(number)s orang pertama. Bila belum ada, ketik nama yang lebih lengkap."

ROUTES: Final[tuple[Any, ...]] = (find,)
