"""Those whom a form names, by NIP or by id: put there by their ids, or refused where nobody who is in service is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from workflow.engine.heirs import STAFF
from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.filling import PersonNamed, people_named, with_people


def by_their_ids(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What was filled in, with people by their ids; whoever is not known stays as they were named."""
    named = people_named(struct, values) if struct else ()
    found = {each.named: person for each in named if (person := _in_service(situation, each)) is not None}
    return with_people(struct, values, found)


def refuse_strangers(situation: Situation, struct: type[msgspec.Struct], values: Mapping[str, Any]) -> None:
    """Everybody named must be of the staff and in service. Raises InvalidForm with the fields that name another."""
    faults = tuple(
        FieldError(
            each.field,
            each.label,
            f"{each.label}: tidak ada pegawai aktif dengan NIP atau id “{each.named}”. Periksa nomornya, atau pilih pegawai lain.",
        )
        for each in people_named(struct, values)
        if _in_service(situation, each) is None
    )
    if faults:
        raise InvalidForm("Ada orang yang tidak dikenal.", fields=faults)


def without_strangers(
    situation: Situation, struct: type[msgspec.Struct] | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What was filled in, without the fields that name somebody who is not known: what rules may look at."""
    strangers = {
        each.field.partition("[")[0]
        for each in (people_named(struct, values) if struct else ())
        if _in_service(situation, each) is None
    }
    return {name: value for name, value in values.items() if name not in strangers}


def _in_service(situation: Situation, person: PersonNamed) -> str | None:
    """The id of somebody who is named; None where that is nobody who is in service on the day."""
    for row in situation.look_up(STAFF, named=person.named.replace(" ", "")):
        if row.left_on is None or row.left_on > situation.on:
            return str(row.id)
    return None
