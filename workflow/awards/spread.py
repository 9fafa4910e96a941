"""How far each panel member's scores lie from the panel's mean, over the rounds that were concluded in a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from policies.incentive_ranking import spread_of
from policies.records import Criterion, MemberScores
from workflow.awards.record import PROCESS
from workflow.office import Office
from workflow.tables import cases, cohort_cases, entries, people

#: The process of rounds, and the state of one that is concluded: until then scores may still be sealed.
ROUND: Final = "award_round"
FINISHED: Final = "finished"


class MemberSpread(msgspec.Struct, frozen=True, kw_only=True):
    """A member in a round, over the ``nominees`` whom they scored; in hundredths of a point.

    ``above``: the mean of what they gave less the panel's mean, negative where it lies below; ``apart``: how far off it was on
    the average, to either side.
    """

    round_id: str
    round_title: str
    person_id: str
    name: str
    nominees: int
    above: int
    apart: int


@dataclass
class _Round:
    """A concluded round, and by nominee what each member gave."""

    title: str
    criteria: tuple[Criterion, ...]
    given: dict[str, dict[str, MemberScores]] = field(default_factory=lambda: defaultdict(dict))


def spread(conn: Connection, office: Office, year: int) -> tuple[MemberSpread, ...]:
    """Each member of each round that was concluded in a year, the furthest from the others first. In three statements.

    Scores are taken as they were given; those of a member who declared a conflict of interest are left out, as in the result.
    """
    rounds = _rounds(conn, office, year)
    names: dict[str, str] = {}
    for row in conn.execute(_WRITTEN.where(cohort_cases.c.cohort_id.in_(rounds))):
        given = rounds[row.cohort_id].given[row.case_id]
        names[row.written_by] = full_name(row.front_title or "", row.name or "", row.back_title or "")
        if row.kind == "score":
            data = msgspec.json.decode(row.data)
            given[row.written_by] = msgspec.convert(
                {"person_id": row.written_by, "scores": data["scores"]}, MemberScores
            )
        else:
            given.pop(row.written_by, None)
    found = [each for id_, of_round in rounds.items() for each in _members(id_, of_round, names)]
    return tuple(sorted(found, key=lambda each: (each.round_title, each.round_id, -each.apart, each.name)))


def _rounds(conn: Connection, office: Office, year: int) -> dict[str, _Round]:
    return {
        row.id: _Round(form["title"], msgspec.convert(form.get("criteria", ()), tuple[Criterion, ...]))
        for row in conn.execute(_ROUNDS)
        if office.day(row.closed_at).year == year
        for form in (msgspec.json.decode(row.form),)
    }


def _members(round_id: str, of_round: _Round, names: Mapping[str, str]) -> Iterator[MemberSpread]:
    away: dict[str, list[int]] = defaultdict(list)
    for given in of_round.given.values():
        for person, off in spread_of(tuple(given.values()), of_round.criteria).items():
            away[person].append(off)
    for person, points in away.items():
        yield MemberSpread(
            round_id=round_id,
            round_title=of_round.title,
            person_id=person,
            name=names[person],
            nominees=len(points),
            above=_mean(points),
            apart=_mean([abs(each) for each in points]),
        )


def _mean(points: list[int]) -> int:
    """The mean, half up."""
    return (2 * sum(points) + len(points)) // (2 * len(points))


_ROUNDS: Any = select(cases.c.id, cases.c.form, cases.c.closed_at).where(
    cases.c.process == ROUND, cases.c.state == FINISHED, cases.c.closed_at.is_not(None)
)
#: What members wrote about nominees of rounds, in the order in which they did: who declares a conflict takes the score back.
_WRITTEN: Any = (
    select(
        cohort_cases.c.cohort_id,
        entries.c.case_id,
        entries.c.kind,
        entries.c.data,
        entries.c.written_by,
        people.c.name,
        people.c.front_title,
        people.c.back_title,
    )
    .join_from(entries, cases)
    .join(cohort_cases, cohort_cases.c.case_id == cases.c.id)
    .join(people, people.c.id == entries.c.written_by)
    .where(cases.c.process == PROCESS, entries.c.kind.in_(("score", "conflict")), cohort_cases.c.left_at.is_(None))
    .order_by(entries.c.case_id, entries.c.written_at, entries.c.number)
)
