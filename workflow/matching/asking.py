"""What a proposal asks the database: who the people are, whether they can take part, and how many more a mentor can take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from policies.decision import Grade
from policies.matching import (
    MOST_MENTORS,
    MenteeFacts,
    ParticipantFacts,
    may_take_part,
    mentee_may_have_another_mentor,
    rank_of,
    terms_of,
)
from policies.mentoring import MOST_MENTEES
from policies.parameters import Law
from policies.records import Sanction
from workflow.matching.called import called_as
from workflow.matching.log import Round
from workflow.matching.opening import pairs_now, standing
from workflow.matching.proposing import Asked, persons_in
from workflow.matching.told import PersonAsked, Who
from workflow.office import Office
from workflow.tables import people, positions, sanctions

#: People asked for in one statement.
_TOGETHER = 500


def asked_of(conn: Connection, office: Office, found: Round, by: Who, on: date) -> Asked:
    """All that a proposal rests on, as it is now. Raises NotInForce."""
    law = office.policies.on(on)
    terms, values = terms_of(law)
    limit = law[MOST_MENTEES]
    stands, now = standing(conn, found.published), pairs_now(conn, found.form.starts_on)
    known = {}
    for row, sanctioned in _people(conn, list(persons_in(found))):
        offer = found.offers.get(row.id)
        room = 0
        if offer is not None:
            room = max(0, min(offer.capacity - stands.guided[row.id], limit.value - now.guided[row.id]))
        known[row.id] = PersonAsked(
            person=row.id,
            unit=row.unit_id,
            rank=rank_of(row.grade, row.asn_kind),
            superior=row.superior,
            why_not=why_not(row, sanctioned, law),
            room=room,
            placed=row.id in stands.placed,
            engaged=why_engaged(now.mentors[row.id], law) if row.id in found.wishes else "",
        )
    running = frozenset(pair for pair in now.running if known.keys() >= set(pair))
    return Asked(by, found, known, stands.declined, running, terms, (*values, limit, law[MOST_MENTORS]), on)


def why_engaged(mentors: int, law: Law) -> str:
    """Why a mentee with so many mentors can have no other; empty where they can."""
    decision = mentee_may_have_another_mentor(MenteeFacts(mentors), law)
    return decision.reasons[0].says if decision.stands_in_the_way else ""


def warnings_of(conn: Connection, found: Round, wishing: Sequence[str], law: Law) -> tuple[str, ...]:
    """What is to be said to whoever hands in wishes of these people, by id: who has a mentor for the time already."""
    if not wishing:
        return ()
    now, called = pairs_now(conn, found.form.starts_on), called_as(conn, wishing)
    told = ((called[person].name, why_engaged(now.mentors[person], law)) for person in wishing)
    return tuple(f"{name}: {why} Selama demikian, ia tidak dipasangkan." for name, why in told if why)


def why_not(row: Any, sanctioned: Sequence[Sanction], law: Law) -> str:
    """Why somebody cannot take part, in one sentence; empty where they can."""
    known = tuple(sanctioned) if sanctioned or row.sanctions_known else None
    decision = may_take_part(ParticipantFacts(law.on, row.status, row.left_on, known), law)
    standing_in_the_way = (r for r in decision.reasons if r.grade in (Grade.REFUSED, Grade.UNKNOWN))
    return next((reason.says for reason in standing_in_the_way), "")


def who_may_take_part(conn: Connection, office: Office, on: date) -> list[str]:
    """All whose record lets them take part in a round and who have an address, by id."""
    law = office.policies.on(on)
    there = or_(people.c.left_on.is_(None), people.c.left_on > on)
    query = select(people.c.id).where(people.c.kind == "staff", people.c.email.is_not(None), there)
    ids = list(conn.execute(query.order_by(people.c.id)).scalars())
    return [row.id for row, sanctioned in _people(conn, ids) if not why_not(row, sanctioned, law)]


def _people(conn: Connection, ids: Sequence[str]) -> list[tuple[Any, list[Sanction]]]:
    found: list[tuple[Any, list[Sanction]]] = []
    for start in range(0, len(ids), _TOGETHER):
        portion = ids[start : start + _TOGETHER]
        on_record: dict[str, list[Sanction]] = defaultdict(list)
        for each in conn.execute(select(sanctions).where(sanctions.c.person_id.in_(portion)).order_by(sanctions.c.id)):
            on_record[each.person_id].append(Sanction(each.level, each.from_on, each.until_on))
        query = (
            select(
                people.c.id,
                people.c.unit_id,
                people.c.grade,
                people.c.asn_kind,
                people.c.status,
                people.c.left_on,
                people.c.sanctions_known,
                positions.c.holder_id.label("superior"),
            )
            .select_from(people.outerjoin(positions, positions.c.id == people.c.superior_position_id))
            .where(people.c.id.in_(portion))
        )
        found += [(row, on_record[row.id]) for row in conn.execute(query)]
    return found
