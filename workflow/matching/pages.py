"""Rounds as people read them: the list, one round, what came in, and the proposal as a table, each row with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, select

from workflow.authority.sight import seen_cases
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.matching.called import Called, PersonLine, called_as
from workflow.matching.log import Round, answers_told, opened_rounds, proposal
from workflow.matching.opening import standing
from workflow.matching.rights import APART, Rights, read_round, rights_of, seen_round
from workflow.matching.shown import (
    STATE_TITLE,
    AloneLine,
    AnswerLine,
    AnswerList,
    BondLine,
    FormerLine,
    MyPair,
    MyResult,
    PairLine,
    ProposalPage,
    RoundLine,
    RoundList,
    RoundPage,
    Running,
    State,
)
from workflow.matching.told import Bound, HandedIn, Offer, Proposed, RoundForm, Wish, Withdrawn, side_of
from workflow.references import reference_of
from workflow.tables import cases


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
    return RoundList(items=tuple(lines), may_open=rights_of(conn, caller).coordinates)


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
        my_results=_own_results(conn, found, caller.person_id),
        apart=APART if rights.apart else "",
        my_pairs=_own_pairs(conn, engine, found, caller),
        running=_running(conn, found) if rights.reads_all else None,
    )


def _state(found: Round, on: date) -> State:
    if found.closed is not None:
        return "closed"
    if found.unfinished is not None:
        return "publishing"
    if found.published:
        return "published"
    return "open" if on <= max(found.form.offers_until, found.form.wishes_until) else "answered"


def _own_pairs(conn: Connection, engine: Engine, found: Round, caller: Caller) -> tuple[MyPair, ...]:
    own = {
        case: (mentor, mentee)
        for p in found.published
        for mentor, mentee, case in p.cases
        if caller.person_id in (mentor, mentee)
    }
    called = called_as(conn, {each for pair in own.values() for each in pair})
    lines = []
    seen = seen_cases(tuple(engine.registry.processes.values()), caller.person_id, caller.on, caller.only).label("seen")
    for row in conn.execute(select(cases.c.id, cases.c.process, cases.c.state, seen).where(cases.c.id.in_(own))):
        mentor, mentee = own[row.id]
        title = engine.registry.process(row.process).state[row.state].title
        lines.append(
            MyPair(
                mentor=called[mentor].name,
                mentee=called[mentee].name,
                case_id=row.id,
                reference=reference_of(row.id),
                state=title if row.seen else "",
            )
        )
    return tuple(sorted(lines, key=lambda line: line.case_id))


def _own_results(conn: Connection, found: Round, person: str) -> tuple[MyResult, ...]:
    """Why somebody is in no pair of the proposal that was published last."""
    if not found.published or not found.published[-1].last:
        return ()
    proposed = proposal(conn, found, found.published[-1].number)
    if proposed is None:
        return ()
    placed = standing(conn, found.published).placed
    alone = [each for each in proposed.result.unmatched if each.person == person]
    return tuple(
        MyResult(side=each.side, reason=each.own) for each in alone if each.side == "mentor" or person not in placed
    )


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


def _bond(bond: Bound, called: Called) -> BondLine:
    return BondLine(
        mentor=called[bond.mentor], mentee=called[bond.mentee], bond=bond.bond, reason=bond.reason, by=bond.by.name
    )


def round_answers(conn: Connection, _: Engine, caller: Caller, _at: datetime, round_id: str) -> AnswerList:
    """What came in: all to those who see all of it, to personnel officers their unit's, to others their own. Raises NotFound."""
    found, rights = seen_round(conn, caller, round_id)
    told = list(answers_told(conn, round_id))
    given: list[Offer | Wish] = [*found.offers.values(), *found.wishes.values()]
    now = tuple(given)
    given += [each for _, event in told if isinstance(event, HandedIn) for each in event.answers]
    named = {name for each in given for name in (each.person, *each.would, *each.would_not)}
    named |= {event.person for _, event in told if isinstance(event, Withdrawn)}
    called = called_as(conn, named)
    lines = [_answer(rights, called, each) for each in now]
    seen = [
        line
        for line in lines
        if rights.reads_all or rights.answers_for(line.person.id, called.unit_id.get(line.person.id))
    ]
    history = [line for at, event in told for line in _former(rights, called, at, event)]
    return AnswerList(
        items=tuple(sorted(seen, key=lambda line: (line.side, line.person.name, line.person.id))),
        history=tuple(history),
    )


def _former(rights: Rights, called: Called, at: datetime, event: HandedIn | Withdrawn) -> Iterator[FormerLine]:
    """What an event says of answers, as far as they are the reader's own or the reader sees all."""
    if isinstance(event, Withdrawn):
        if rights.reads_all or event.person == rights.who.id:
            person = called[event.person]
            yield FormerLine(at=at, by=event.by.name, person=person, side=event.side, reason=event.reason)
        return
    for each in event.answers:
        if rights.reads_all or each.person == rights.who.id:
            line = _answer(rights, called, each)
            yield FormerLine(at=at, by=event.by.name, person=line.person, side=line.side, answer=line)


def _answer(rights: Rights, called: Called, given: Offer | Wish) -> AnswerLine:
    def shown(names: tuple[str, ...]) -> tuple[PersonLine, ...]:
        if rights.reads_all:
            return tuple(called[name] for name in names)
        if rights.who.id != given.person:
            return ()
        return tuple(PersonLine(id="", name="", nip=called[name].nip, unit="") for name in names)

    return AnswerLine(
        person=called[given.person],
        side=side_of(given),
        fields=given.fields if isinstance(given, Offer) else given.goals,
        capacity=given.capacity if isinstance(given, Offer) else None,
        would=shown(given.would),
        would_not=shown(tuple(each for each in given.would_not if each != rights.who.id)),
    )


def proposal_page(
    conn: Connection, _: Engine, caller: Caller, _at: datetime, round_id: str, number: int | None = None
) -> ProposalPage:
    """A proposal of a round, the newest unless a number is given, for those who see all of it. Raises NotFound, NotYours."""
    found = read_round(conn, caller, round_id)
    proposed = proposal(conn, found, number)
    if proposed is None and 1 <= (number or 1) <= found.proposals:
        raise NotFound("Isi usulan itu telah dihapus menurut ketentuan. Hitung usulan baru.")
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
