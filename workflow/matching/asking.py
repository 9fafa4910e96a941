"""What a proposal asks the database: who the people are, whether they can take part, and how many more a mentor can take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from policies.decision import Grade
from policies.matching import ParticipantFacts, may_take_part, rank_of, terms_of
from policies.mentoring import MOST_MENTEES
from policies.parameters import Law
from policies.records import Sanction
from workflow.matching.log import Round
from workflow.matching.opening import guided_now, standing
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
    stands, guided = standing(conn, found.published), guided_now(conn)
    known = {}
    for row, sanctioned in _people(conn, list(persons_in(found))):
        offer = found.offers.get(row.id)
        room = 0
        if offer is not None:
            room = max(0, min(offer.capacity - stands.guided[row.id], limit.value - guided[row.id]))
        known[row.id] = PersonAsked(
            person=row.id,
            unit=row.unit_id,
            rank=rank_of(row.grade, row.asn_kind),
            superior=row.superior,
            why_not=why_not(row, sanctioned, law),
            room=room,
            placed=row.id in stands.placed,
        )
    return Asked(by, found, known, stands.declined, terms, (*values, limit), on)


def why_not(row: Any, sanctioned: Sequence[Sanction], law: Law) -> str:
    """Why somebody cannot take part, in one sentence; empty where they can."""
    known = tuple(sanctioned) if sanctioned or row.sanctions_known else None
    decision = may_take_part(ParticipantFacts(law.on, row.status, row.left_on, known), law)
    standing_in_the_way = (r for r in decision.reasons if r.grade in (Grade.REFUSED, Grade.UNKNOWN))
    return next((reason.says for reason in standing_in_the_way), "")


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
