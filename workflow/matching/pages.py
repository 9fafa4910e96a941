"""Rounds as people read them: the list, one round, what came in, and the proposal as a table, each row with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection, select

from policies.civil_service import full_name
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.matching.log import Round, opened_rounds, proposal
from workflow.matching.rights import Rights, run_round, seen_round
from workflow.matching.told import Bound, Proposed, RoundForm, ValueUsed
from workflow.references import reference_of
from workflow.tables import cases, people, units

State = Literal["open", "answered", "publishing", "published", "closed"]
STATE_TITLE = {
    "open": "Menerima tawaran dan keinginan",
    "answered": "Batas masuk sudah lewat",
    "publishing": "Sedang diterbitkan",
    "published": "Sudah diterbitkan",
    "closed": "Ditutup",
}
_PORTION = 500


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as tables call them."""

    id: str
    name: str
    nip: str
    unit: str


class RoundLine(msgspec.Struct, frozen=True, kw_only=True):
    """A round in a list."""

    id: str
    title: str
    opened_at: datetime
    offers_until: date
    wishes_until: date
    starts_on: date
    ends_on: date
    closed: bool


class RoundList(msgspec.Struct, frozen=True, kw_only=True):
    """All rounds, newest first."""

    items: tuple[RoundLine, ...]


class BondLine(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that the agency has fixed or forbidden, by whom and why."""

    mentor: PersonLine
    mentee: PersonLine
    bond: str
    reason: str
    by: str


class MyPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of the caller that was published, and its case."""

    mentor: str
    mentee: str
    case_id: str
    reference: str
    state: str


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What only those who run the round see."""

    offers: int
    wishes: int
    capacity: int
    proposals: int
    #: The newest proposal rests on all that came in.
    current: bool
    published: int
    bonds: tuple[BondLine, ...]


class RoundPage(msgspec.Struct, frozen=True, kw_only=True):
    """A round, and what of it is the caller's own."""

    id: str
    version: int
    title: str
    state: State
    state_title: str
    fields: tuple[str, ...]
    offers_until: date
    wishes_until: date
    starts_on: date
    ends_on: date
    meetings: str
    opened_at: datetime
    my_pairs: tuple[MyPair, ...]
    running: Running | None = None


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An offer or a wish. Whom they want and whom not is shown to themselves and to those who run the round.

    Nobody reads of themselves that somebody does not want them, though they run the round.
    """

    person: PersonLine
    side: Literal["offer", "wish"]
    fields: tuple[str, ...]
    capacity: int | None = None
    would: tuple[PersonLine, ...] = ()
    would_not: tuple[PersonLine, ...] = ()


class AnswerList(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, as far as the caller may see it."""

    items: tuple[AnswerLine, ...]


class PairLine(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed pair with its points and the reasons for them."""

    mentor: PersonLine
    mentee: PersonLine
    points: int
    pinned: bool
    reasons: tuple[str, ...]


class AloneLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in no pair, and why."""

    person: PersonLine
    side: Literal["mentor", "mentee"]
    reason: str


class ProposalPage(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal: on which law and weights it rests, its pairs, those in none."""

    round_id: str
    title: str
    number: int
    current: bool
    made_by: str
    law_on: date
    revision: int
    solver: str
    weights: tuple[ValueUsed, ...]
    points: int
    pairs: tuple[PairLine, ...]
    alone: tuple[AloneLine, ...]


def round_list(conn: Connection, _: Engine, caller: Caller, _at: datetime) -> RoundList:
    """The rounds; none for whoever belongs to a partner."""
    if caller.is_contact:
        return RoundList(items=())
    lines = []
    for row in opened_rounds(conn):
        form = msgspec.json.decode(row["form"], type=RoundForm)
        lines.append(
            RoundLine(
                id=row["id"],
                title=row["title"],
                opened_at=row["opened_at"],
                offers_until=form.offers_until,
                wishes_until=form.wishes_until,
                starts_on=form.starts_on,
                ends_on=form.ends_on,
                closed=row["closed_at"] is not None,
            )
        )
    return RoundList(items=tuple(lines))


def round_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, round_id: str) -> RoundPage:
    """A round. Raises NotFound."""
    found, rights = seen_round(conn, caller, round_id)
    state = _state(found, engine.office.day(at))
    form = found.form
    return RoundPage(
        id=found.id,
        version=found.version,
        title=form.title,
        state=state,
        state_title=STATE_TITLE[state],
        fields=form.fields,
        offers_until=form.offers_until,
        wishes_until=form.wishes_until,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        meetings=form.meetings,
        opened_at=found.opened_at,
        my_pairs=_own_pairs(conn, engine, found, caller.person_id),
        running=_running(conn, found) if rights.coordinates else None,
    )


def _state(found: Round, on: date) -> State:
    if found.closed is not None:
        return "closed"
    if found.unfinished is not None:
        return "publishing"
    if found.published:
        return "published"
    return "open" if on <= max(found.form.offers_until, found.form.wishes_until) else "answered"


def _own_pairs(conn: Connection, engine: Engine, found: Round, person: str) -> tuple[MyPair, ...]:
    own = {
        case: (mentor, mentee)
        for p in found.published
        for mentor, mentee, case in p.cases
        if person in (mentor, mentee)
    }
    called = called_as(conn, {each for pair in own.values() for each in pair})
    lines = []
    for row in conn.execute(select(cases.c.id, cases.c.process, cases.c.state).where(cases.c.id.in_(own))):
        mentor, mentee = own[row.id]
        title = engine.registry.process(row.process).state[row.state].title
        lines.append(
            MyPair(
                mentor=called[mentor].name,
                mentee=called[mentee].name,
                case_id=row.id,
                reference=reference_of(row.id),
                state=title,
            )
        )
    return tuple(sorted(lines, key=lambda line: line.case_id))


def _running(conn: Connection, found: Round) -> Running:
    bonds = [found.bonds[pair] for pair in sorted(found.bonds)]
    called = called_as(conn, {each for bond in bonds for each in (bond.mentor, bond.mentee)})
    return Running(
        offers=len(found.offers),
        wishes=len(found.wishes),
        capacity=sum(offer.capacity for offer in found.offers.values()),
        proposals=found.proposals,
        current=found.is_current,
        published=sum(len(each.cases) for each in found.published),
        bonds=tuple(_bond(bond, called) for bond in bonds),
    )


def _bond(bond: Bound, called: _Called) -> BondLine:
    return BondLine(
        mentor=called[bond.mentor], mentee=called[bond.mentee], bond=bond.bond, reason=bond.reason, by=bond.by.name
    )


def round_answers(conn: Connection, _: Engine, caller: Caller, _at: datetime, round_id: str) -> AnswerList:
    """What came in: all to those who run the round, to personnel officers their unit's, to others their own. Raises NotFound."""
    found, rights = seen_round(conn, caller, round_id)
    named = {name for each in found.offers.values() for name in (each.person, *each.would, *each.would_not)}
    named |= {name for wish in found.wishes.values() for name in (wish.person, *wish.would, *wish.would_not)}
    called = called_as(conn, named)
    lines = [
        _answer(rights, called, each.person, "offer", each.fields, (each.would, each.would_not), each.capacity)
        for each in found.offers.values()
    ]
    lines += [
        _answer(rights, called, wish.person, "wish", wish.goals, (wish.would, wish.would_not))
        for wish in found.wishes.values()
    ]
    seen = [line for line in lines if rights.answers_for(line.person.id, called.unit_id[line.person.id])]
    return AnswerList(items=tuple(sorted(seen, key=lambda line: (line.side, line.person.name, line.person.id))))


def _answer(
    rights: Rights,
    called: _Called,
    person: str,
    side: Literal["offer", "wish"],
    fields: tuple[str, ...],
    names: tuple[tuple[str, ...], tuple[str, ...]],
    capacity: int | None = None,
) -> AnswerLine:
    open_to = rights.coordinates or rights.who.id == person
    would, would_not = (tuple(called[n] for n in each) if open_to else () for each in names)
    return AnswerLine(
        person=called[person],
        side=side,
        fields=fields,
        capacity=capacity,
        would=would,
        would_not=tuple(each for each in would_not if each.id != rights.who.id),
    )


def proposal_page(
    conn: Connection, _: Engine, caller: Caller, _at: datetime, round_id: str, number: int | None = None
) -> ProposalPage:
    """A proposal of a round, the newest unless a number is given, for those who run it. Raises NotFound, NotYours."""
    found, _who = run_round(conn, caller, round_id)
    proposed = proposal(conn, found, number)
    if proposed is None:
        raise NotFound("Usulan itu belum ada. Hitung usulan lebih dahulu.")
    return page_of(conn, found, proposed)


def page_of(conn: Connection, found: Round, proposed: Proposed) -> ProposalPage:
    """A proposal with everyone by name; pairs by the mentor's name."""
    result = proposed.result
    called = called_as(conn, {person.person for person in proposed.people})
    pairs = [
        PairLine(
            mentor=called[pair.mentor],
            mentee=called[pair.mentee],
            points=pair.points,
            pinned=pair.pinned,
            reasons=pair.reasons,
        )
        for pair in result.pairs
    ]
    alone = [AloneLine(person=called[each.person], side=each.side, reason=each.reason) for each in result.unmatched]
    return ProposalPage(
        round_id=found.id,
        title=found.form.title,
        number=proposed.number,
        current=found.is_current and proposed.number == found.proposals,
        made_by=proposed.by.name,
        law_on=proposed.law_on,
        revision=proposed.revision,
        solver=proposed.solver,
        weights=proposed.values,
        points=result.points,
        pairs=tuple(sorted(pairs, key=lambda p: (p.mentor.name, p.mentor.id, p.mentee.name, p.mentee.id))),
        alone=tuple(sorted(alone, key=lambda line: (line.side, line.person.name, line.person.id))),
    )


@dataclass(frozen=True)
class _Called:
    """People by id, with the codes of their units."""

    lines: dict[str, PersonLine]
    unit_id: dict[str, str | None]

    def __getitem__(self, person: str) -> PersonLine:
        return self.lines[person]


def called_as(conn: Connection, ids: Iterable[str]) -> _Called:
    """How people are called."""
    wanted, found = sorted(ids), _Called({}, {})
    for start in range(0, len(wanted), _PORTION):
        query = select(
            people.c.id,
            people.c.nip,
            people.c.front_title,
            people.c.name,
            people.c.back_title,
            people.c.unit_id,
            units.c.name.label("unit"),
        ).select_from(people.outerjoin(units))
        for row in conn.execute(query.where(people.c.id.in_(wanted[start : start + _PORTION]))):
            name = full_name(row.front_title, row.name, row.back_title)
            found.lines[row.id] = PersonLine(id=row.id, name=name, nip=row.nip or "", unit=row.unit or "")
            found.unit_id[row.id] = row.unit_id
    return found
