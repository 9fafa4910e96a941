"""The log of a round: events are added and read, and a round is what they tell.

Its chain is made as ``workflow.chain`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec
from msgspec import structs
from sqlalchemy import Connection, RowMapping, bindparam, case, insert, null, select, update

from workflow.chain import NOTHING_BEFORE, End, canonical, joined
from workflow.errors import NotFound, NotNow
from workflow.ids import new_id
from workflow.matching.told import (
    Bound,
    Closed,
    Emptied,
    Erased,
    Event,
    HandedIn,
    Offer,
    Opened,
    Pair,
    Proposed,
    Published,
    Publishing,
    Reminded,
    RoundForm,
    Side,
    Who,
    Wish,
    Withdrawn,
    side_of,
)
from workflow.tables import round_events, rounds

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_PROPOSED = "proposed"
#: The type of the event that an erasure is.
ERASED = "erased"


@dataclass
class Round:
    """A round as its log tells it.

    ``asked_at`` and ``proposed_at``: the numbers of the newest event of what a proposal rests on, and of the newest proposal.
    ``unwanted``: whom somebody does not want, which outlives what others withdraw in their name. ``ran``: who decided on
    pairs or published them.
    """

    id: str
    form: RoundForm
    opened_by: str
    opened_at: datetime
    version: int
    head: str
    offers: dict[str, Offer] = field(default_factory=dict)
    wishes: dict[str, Wish] = field(default_factory=dict)
    bonds: dict[Pair, Bound] = field(default_factory=dict)
    proposals: int = 0
    asked_at: int = 0
    proposed_at: int = 0
    publishing: set[int] = field(default_factory=set)
    published: list[Published] = field(default_factory=list)
    closed: str | None = None
    unwanted: dict[tuple[Side, str], tuple[str, ...]] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    reminded: set[date] = field(default_factory=set)

    def takes_part(self, person: str) -> bool:
        """Whether somebody is a mentor or a mentee here: by what they handed in, or by a pair that was published."""
        return person in self.offers or person in self.wishes or person in self.paired

    def answer(self, side: Side, person: str) -> Offer | Wish | None:
        """What somebody has handed in and not withdrawn."""
        return self.offers.get(person) if side == "offer" else self.wishes.get(person)

    @property
    def paired(self) -> frozenset[str]:
        """All who are in a pair that was published."""
        return frozenset(
            each for part in self.published for mentor, mentee, _ in part.cases for each in (mentor, mentee)
        )

    @property
    def pins(self) -> tuple[Pair, ...]:
        """Pairs that the agency has fixed, in a fixed order."""
        return tuple(sorted(pair for pair, bond in self.bonds.items() if bond.bond == "pin"))

    @property
    def forbidden(self) -> frozenset[Pair]:
        """Pairs that the agency has forbidden."""
        return frozenset(pair for pair, bond in self.bonds.items() if bond.bond == "forbid")

    @property
    def is_current(self) -> bool:
        """Whether the newest proposal rests on all that came in."""
        return self.proposals > 0 and self.proposed_at > self.asked_at

    @property
    def unfinished(self) -> int | None:
        """The proposal of which some pairs have no case yet, though it is being published."""
        done = {each.number for each in self.published if each.last}
        return next(iter(self.publishing - done), None)

    def tell(self, sequence: int, event: Event) -> None:
        """Take one more event in."""
        match event:
            case HandedIn() | Withdrawn() | Emptied():
                self._answered(event)
            case Bound():
                pair = event.mentor, event.mentee
                self.bonds.pop(pair, None)
                if event.bond != "free":
                    self.bonds[pair] = event
            case Publishing():
                self.publishing.add(event.number)
            case Published():
                self.published.append(event)
            case Reminded():
                self.reminded.add(event.last_day)
            case Closed():
                self.closed = event.reason
        if isinstance(event, Bound | Publishing | Published):
            self.ran.add(event.by.id)
        if isinstance(event, HandedIn | Withdrawn | Bound | Published | Erased):
            self.asked_at = sequence

    def _answered(self, event: HandedIn | Withdrawn | Emptied) -> None:
        if isinstance(event, HandedIn):
            self.offers |= {offer.person: offer for offer in event.offers}
            self.wishes |= {wish.person: wish for wish in event.wishes}
            self.unwanted |= {("offer", offer.person): offer.would_not for offer in event.offers}
            self.unwanted |= {("wish", wish.person): wish.would_not for wish in event.wishes}
            return
        gone = event.answers if isinstance(event, Emptied) else ((event.side, event.person),)
        for side, person in gone:
            (self.offers if side == "offer" else self.wishes).pop(person, None)
            if isinstance(event, Emptied) or event.by.id == person:
                self.unwanted.pop((side, person), None)


def no_such_round(round_id: str) -> NotFound:
    """The same words where it does not exist and where it is not theirs to know of."""
    return NotFound(f"Putaran {round_id} tidak ada, atau bukan untuk Anda lihat.")


def begin(conn: Connection, event: Opened, at: datetime) -> Round:
    """Store a new round with its first event."""
    round_id = new_id(at)
    row = {
        "id": round_id,
        "title": event.form.title,
        "form": canonical(event.form),
        "opened_by": event.by.id,
        "opened_at": at,
        "closed_at": None,
        "version": 0,
        "head": NOTHING_BEFORE,
    }
    conn.execute(insert(rounds).values(row))
    found = Round(round_id, event.form, event.by.id, at, 0, NOTHING_BEFORE)
    append(conn, found, event, at)
    return found


def append(conn: Connection, found: Round, event: Event, at: datetime) -> None:
    """Add an event to the end of the log of a round that was loaded with its lock; the round takes it in."""
    kind = str(event.__struct_config__.tag)
    link = joined(found.id, kind, canonical(event), at, End(found.version, found.head))
    conn.execute(insert(round_events).values(round_id=found.id, **link))
    counted = {"version": link["sequence"], "head": link["hash"]}
    if isinstance(event, Closed):
        counted["closed_at"] = at
    conn.execute(update(rounds).where(rounds.c.id == found.id).values(counted))
    found.version, found.head = link["sequence"], link["hash"]
    if isinstance(event, Proposed):
        found.proposals, found.proposed_at = event.number, found.version
    found.tell(found.version, event)


def load(conn: Connection, round_id: str, *, lock: bool = False) -> Round:
    """A round, kept to this unit until it ends where asked. Proposals are counted, not read. Raises NotFound."""
    query = select(rounds).where(rounds.c.id == round_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise no_such_round(round_id)
    form = msgspec.json.decode(row.form, type=RoundForm)
    found = Round(row.id, form, row.opened_by, row.opened_at, row.version, row.head)
    rows = conn.execute(_EVENTS, {"round": round_id}).all()
    kept = what_is_kept(payload for _, kind, payload in rows if kind == ERASED)
    for sequence, kind, payload in rows:
        if kind == _PROPOSED:
            found.proposals, found.proposed_at = found.proposals + 1, sequence
        event = _DECODER.decode(payload) if payload is not None else kept.get(sequence)
        if event is not None:
            found.tell(sequence, event)
    return found


def what_is_kept(erasures: Iterable[str]) -> dict[int, Event | None]:
    """By their numbers, events that were erased, each with what the round still rests on of it. ``erasures``: as stored."""
    told = (_DECODER.decode(payload) for payload in erasures)
    return {event.sequence: event.kept for event in told if isinstance(event, Erased)}


def answers_told(conn: Connection, round_id: str) -> Iterator[tuple[datetime, HandedIn | Withdrawn]]:
    """All that was handed in and withdrawn, with when, oldest first; what was erased is left out."""
    query = select(round_events.c.at, round_events.c.payload).where(
        round_events.c.round_id == round_id,
        round_events.c.type.in_(("handed_in", "withdrawn")),
        round_events.c.payload.is_not(None),
    )
    for at, payload in conn.execute(query.order_by(round_events.c.sequence)):
        event = _DECODER.decode(payload)
        if isinstance(event, HandedIn | Withdrawn):
            yield at, event


def proposal(conn: Connection, found: Round, number: int | None = None) -> Proposed | None:
    """A proposal with its pairs: the newest, or that of a number; None where there is none."""
    wanted = found.proposals if number is None else number
    if not 1 <= wanted <= found.proposals:
        return None
    query = select(round_events.c.payload).where(round_events.c.round_id == found.id, round_events.c.type == _PROPOSED)
    payload = conn.execute(query.order_by(round_events.c.sequence).offset(wanted - 1).limit(1)).scalar_one()
    if payload is None:
        return None
    read = _DECODER.decode(payload)
    return read if isinstance(read, Proposed) else None


def read_event(payload: str) -> Event:
    """An event as it is stored. Raises msgspec.ValidationError, msgspec.DecodeError."""
    return _DECODER.decode(payload)


def opened_rounds(conn: Connection) -> Iterable[RowMapping]:
    """All rounds, newest first, with how many events each has."""
    return conn.execute(select(rounds).order_by(rounds.c.opened_at.desc(), rounds.c.id.desc())).mappings()


# --- Erased by law ---------------------------------------------------------------------------------------------------


def erase(conn: Connection, event_id: str, *, by: Who, basis: str, at: datetime) -> None:
    """Erase what an event of a round says, for ever, where the law demands it; that it happened, and the chain, remain.

    The erasure is an event of the same round. ``basis``: the law that demands it. Raises NotFound, and NotNow for what was
    erased already, what says nothing of anybody, and a proposal that is being published.
    """
    query = select(round_events).where(round_events.c.id == event_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Peristiwa {event_id} tidak ada.")
    found = load(conn, row.round_id, lock=True)
    payload = conn.execute(query).one().payload  # once more: another erasure may have come before the lock
    if payload is None:
        raise NotNow(f"Peristiwa nomor {row.sequence} sudah dihapus.")
    event = _DECODER.decode(payload)
    if isinstance(event, Opened | Publishing | Reminded | Erased):
        raise NotNow(f"Peristiwa nomor {row.sequence} tidak memuat keterangan tentang peserta, dan tidak dihapus.")
    if isinstance(event, Proposed) and event.number == found.unfinished:
        raise NotNow("Usulan itu sedang diterbitkan. Selesaikan dahulu penerbitannya.")
    erased = Erased(by=by, sequence=row.sequence, event=row.id, type=row.type, basis=basis, kept=_kept(event))
    conn.execute(update(round_events).where(round_events.c.id == event_id).values(payload=None, salt=None))
    append(conn, found, erased, at)


def _kept(event: Event) -> Emptied | Withdrawn | Bound | Published | Closed | None:
    """What a round still rests on, without names, reasons or wishes."""
    by = Who(event.by.id, "")
    match event:
        case HandedIn():
            return Emptied(by=by, answers=tuple((side_of(each), each.person) for each in event.answers))
        case Published():
            silent = tuple(structs.replace(each, why="") for each in event.not_opened)
            return structs.replace(event, by=by, not_opened=silent)
        case Withdrawn() | Bound() | Closed():
            return structs.replace(event, by=by, reason="")
    return None


#: Proposals are large, and few acts need one.
_EVENTS = (
    select(
        round_events.c.sequence,
        round_events.c.type,
        case((round_events.c.type == _PROPOSED, null()), else_=round_events.c.payload),
    )
    .where(round_events.c.round_id == bindparam("round"))
    .order_by(round_events.c.sequence)
)
