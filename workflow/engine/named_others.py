"""People and other cases that a form names: put there by their ids, or refused where nobody and nothing known is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from workflow.engine.heirs import STAFF
from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.filling import CaseNamed, PersonNamed, cases_named, people_named, with_ids
from workflow.references import read_reference
from workflow.tables import cases


def by_their_ids(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What was filled in, with people and cases by their ids; whoever is not known stays as they were named."""
    found = {each.named: known for each in _named(struct, values) if (known := _known(situation, each))}
    return with_ids(struct, values, found)


def refuse_strangers(situation: Situation, struct: type[msgspec.Struct], values: Mapping[str, Any]) -> None:
    """Everybody named must be of the staff and in service, each case one that may be named there. Raises InvalidForm."""
    strangers = tuple(each for each in _named(struct, values) if _known(situation, each) is None)
    if strangers:
        people = any(isinstance(each, PersonNamed) for each in strangers)
        says = "Ada orang yang tidak dikenal." if people else "Ada berkas yang tidak dikenal."
        raise InvalidForm(says, fields=tuple(map(_stranger, strangers)))


def without_strangers(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What was filled in, without the fields that name somebody or something not known: what rules may look at."""
    strangers = {each.field.partition("[")[0] for each in _named(struct, values) if _known(situation, each) is None}
    return {name: value for name, value in values.items() if name not in strangers}


def _named(struct: type[msgspec.Struct] | None, values: Mapping[str, Any]) -> Iterator[PersonNamed | CaseNamed]:
    if struct is not None:
        yield from people_named(struct, values)
        yield from cases_named(struct, values)


def _known(situation: Situation, named: PersonNamed | CaseNamed) -> str | None:
    if "\0" in named.named:  # no database is asked for what PostgreSQL does not take as text
        return None
    if isinstance(named, CaseNamed):
        return _case(situation, named)
    return _in_service(situation, named)


def _stranger(named: PersonNamed | CaseNamed) -> FieldError:
    if isinstance(named, CaseNamed):
        says = f"{named.label}: berkas “{named.named}” tidak ada, atau bukan untuk Anda lihat. Periksa nomornya."
    else:
        says = (
            f"{named.label}: tidak ada pegawai aktif dengan NIP atau id “{named.named}”. "
            "Periksa nomornya, atau pilih pegawai lain."
        )
    return FieldError(named.field, named.label, says)


def _in_service(situation: Situation, person: PersonNamed) -> str | None:
    """The id of somebody who is named; None where that is nobody who is in service on the day."""
    for row in situation.look_up(STAFF, named=person.named.replace(" ", "")):
        if row.left_on is None or row.left_on > situation.on:
            return str(row.id)
    return None


def _case(situation: Situation, named: CaseNamed) -> str | None:
    """The id of a case that is named; None where there is none of that process, in a state in which it may be named.

    Sight is not asked: whoever may take the step may know of every case in those states, as of a round that was called out.
    """
    typed = named.named.strip()
    rows = situation.look_up(_CASE, process=named.process, named=typed, reference=read_reference(typed) or "")
    return next((str(row.id) for row in rows if row.state in named.states), None)


_CASE = select(cases).where(
    cases.c.process == bindparam("process"),
    (cases.c.id == bindparam("named")) | (cases.c.reference == bindparam("reference")),
)
