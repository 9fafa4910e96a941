"""The sources of facts about a case that leaves the straight road: extension, contest, substitute, places at the host."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Date, bindparam, func, select

from policies.civil_service import plain
from policies.records import Extension, Places
from workflow.engine.heirs import predecessors
from workflow.engine.recorded_entries import inherited, recorded
from workflow.facts import Situation, source
from workflow.incoming import sender_named
from workflow.sources.case import period
from workflow.sources.step import most_at_once
from workflow.tables import cases, cohort_cases, incoming, incoming_cases, occupations
from workflow.tables import places as places_table


@source()
def state(situation: Situation) -> str:
    """Where the case stands."""
    return situation.case.state


@source()
def extension(situation: Situation) -> Extension | None:
    """The longer period that is asked for and not answered yet."""
    asked = recorded(situation, "extension_asked")
    answered = [e.written_at for kind in ("extended", "extension_answer") for e in recorded(situation, kind)]
    if not asked or max(answered, default=asked[-1].written_at) > asked[-1].written_at:
        return None
    latest = asked[-1]
    consents = recorded(situation, "extension_consent")
    by_host = latest.written_by != situation.case.subject_id
    return Extension(
        msgspec.convert(latest.data["new_ends_on"], date, strict=False),
        int(latest.data["extension_cost"]),
        latest.data["reason"],
        by_host or bool(consents and consents[-1].written_at >= latest.written_at),
    )


@source()
def answers_recorded(situation: Situation) -> int:
    """How many answers of the present host were put on record for it, on this case or on one whose place it took."""
    answered = incoming_cases.c.case_id.in_((situation.case.id, *predecessors(situation)))
    own = incoming.c.sender == sender_named(situation)
    query = select(func.count()).select_from(incoming_cases).join(incoming).where(answered, own)
    return int(situation.conn.execute(query).scalar_one())


@source()
def open_contest(situation: Situation) -> str:
    """What the host holds against an answer recorded for it, while nobody has settled that."""
    contests, settled = inherited(situation, "contest"), inherited(situation, "settlement")
    is_open = contests and (not settled or settled[-1].written_at < contests[-1].written_at)
    return str(contests[-1].data["reason"]) if is_open else ""


@source()
def predecessor_unit(situation: Situation) -> str | None:
    """The unit of the one whose place is taken; this case's own where nobody's is."""
    return (situation.instead_of or situation.case).unit_id


@source()
def goes_along_already(situation: Situation) -> bool:
    """Whether the subject has another open case in a cohort of the one whose place this case takes."""
    if situation.instead_of is None:
        return False
    asked = {"old": situation.instead_of.id, "person": situation.case.subject_id}
    return situation.conn.execute(_ALONG, asked).first() is not None


def _place_locks(situation: Situation) -> Iterable[str]:
    field = situation.process.host_field
    host = situation.given.get(field) or situation.form.get(field)
    return (f"places:{host}",) if host else ()


@source(locks=_place_locks, name="places")
def places_at_host(situation: Situation) -> Places | None:
    """What the host takes at once in the section, and how many others are there at the most; None where it named no number."""
    field = situation.process.host_field
    host, section = situation.form.get(field), str(situation.form.get("section") or "")
    limits = situation.look_up(_PLACES, host=host)
    limit = next((row for row in limits if plain(row.section) == plain(section)), None)
    if limit is None:
        return None
    first, last = period(situation)
    own = {situation.case.id, situation.instead_of.id if situation.instead_of else ""}
    spans = [
        (row.case_id, row.from_on, row.until_on)
        for row in situation.conn.execute(_OCCUPIED, {"process": situation.process.name, "first": first, "last": last})
        if row.case_id not in own and _is_there(row.form, field, host, section)
    ]
    return Places(limit.section, limit.number, most_at_once(spans, first, last))


def _is_there(form: str, field: str, host: Any, section: str) -> bool:
    asked = msgspec.json.decode(form)
    return asked.get(field) == host and plain(str(asked.get("section") or "")) == plain(section)


_PLACES = select(places_table).where(places_table.c.host == bindparam("host"))
_OCCUPIED = (
    select(occupations.c.case_id, occupations.c.from_on, occupations.c.until_on, cases.c.form)
    .join_from(occupations, cases)
    .where(
        cases.c.process == bindparam("process"),
        occupations.c.from_on <= bindparam("last", type_=Date),
        occupations.c.until_on >= bindparam("first", type_=Date),
    )
)
_own, _along = cohort_cases.alias("own"), cohort_cases.alias("along")
_ALONG = (
    select(cases.c.id)
    .join_from(_own, _along, _own.c.cohort_id == _along.c.cohort_id)
    .join(cases, cases.c.id == _along.c.case_id)
    .where(
        _own.c.case_id == bindparam("old"),
        _along.c.left_at.is_(None),
        cases.c.closed_at.is_(None),
        cases.c.subject_id == bindparam("person"),
    )
)
