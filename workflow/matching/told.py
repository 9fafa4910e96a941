"""What the log of a round tells: one structure for each kind of event. No float anywhere: points and counts are whole."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

Pair = tuple[str, str]  # mentor, mentee
Side = Literal["offer", "wish"]


class Who(Struct, frozen=True):
    """Whoever acted, by id and name."""

    id: str
    name: str


class RoundForm(Struct, frozen=True, kw_only=True):
    """What a round is about: its fields, until when answers come in, the period of the mentoring, the plan of meetings."""

    title: str
    fields: tuple[str, ...]
    offers_until: date
    wishes_until: date
    starts_on: date
    ends_on: date
    meetings: str


class Offer(Struct, frozen=True, kw_only=True):
    """What a mentor offers: fields, how many mentees, whom they would guide and whom not, by id.

    Whom nobody knows is named by the number as it was typed.
    """

    person: str
    fields: tuple[str, ...]
    capacity: int
    would: tuple[str, ...] = ()
    would_not: tuple[str, ...] = ()


class Wish(Struct, frozen=True, kw_only=True):
    """What a mentee wishes: goals and mentors in the order of their weight, and mentors whom they do not want, by id."""

    person: str
    goals: tuple[str, ...]
    would: tuple[str, ...] = ()
    would_not: tuple[str, ...] = ()


def side_of(answer: Offer | Wish) -> Side:
    """Which of the two it is."""
    return "offer" if isinstance(answer, Offer) else "wish"


class Told(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The base of every event."""

    by: Who


class Opened(Told, frozen=True, kw_only=True, tag="opened"):
    """The round was opened."""

    form: RoundForm


class HandedIn(Told, frozen=True, kw_only=True, tag="handed_in"):
    """Offers and wishes came in, each in the place of an earlier one of the same person. ``late``: after the last day."""

    offers: tuple[Offer, ...] = ()
    wishes: tuple[Wish, ...] = ()
    late: bool = False

    @property
    def answers(self) -> tuple[Offer | Wish, ...]:
        """All of both."""
        return (*self.offers, *self.wishes)


class Withdrawn(Told, frozen=True, kw_only=True, tag="withdrawn"):
    """Somebody takes their offer or their wish back."""

    person: str
    side: Side
    reason: str


class Bound(Told, frozen=True, kw_only=True, tag="bound"):
    """The agency fixes a pair, forbids it, or leaves it to the proposal again."""

    mentor: str
    mentee: str
    bond: Literal["pin", "forbid", "free"]
    reason: str


class PersonAsked(Struct, frozen=True, kw_only=True):
    """What was known of somebody when a proposal was made. ``why_not``: why they could not take part; empty where they could.

    ``room``: how many more mentees a mentor could take; ``placed``: a mentee has a mentor from this round already;
    ``engaged``: why a mentee could have no other mentor, in words, empty where they could.
    """

    person: str
    unit: str | None
    rank: tuple[str, int] | None
    superior: str | None
    why_not: str = ""
    room: int = 0
    placed: bool = False
    engaged: str = ""


class ValueUsed(Struct, frozen=True):
    """A parameter that the proposal rests on."""

    parameter: str
    value: int | bool
    since: date
    by: str


class Paired(Struct, frozen=True, kw_only=True):
    """A proposed pair, its points, and why, in words. ``pinned``: fixed by the agency."""

    mentor: str
    mentee: str
    points: int
    reasons: tuple[str, ...]
    pinned: bool = False


class Unmatched(Struct, frozen=True, kw_only=True):
    """Somebody who is in no pair, and why, in words. ``own``: the same as they may read it, without what others wished."""

    person: str
    side: Literal["mentor", "mentee"]
    reason: str
    own: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """What the solver answered."""

    pairs: tuple[Paired, ...]
    unmatched: tuple[Unmatched, ...]
    points: int


class Proposed(Told, frozen=True, kw_only=True, tag="proposed"):
    """A proposal with all that it rests on, so that it can be worked out again from the log alone."""

    number: int
    law_on: date
    revision: int
    solver: str
    values: tuple[ValueUsed, ...]
    people: tuple[PersonAsked, ...]
    declined: tuple[Pair, ...]
    result: Result
    #: Pairs among these people that guide each other at the time, of this round or not.
    running: tuple[Pair, ...] = ()


class Publishing(Told, frozen=True, kw_only=True, tag="publishing"):
    """A proposal is being made cases of, in portions."""

    number: int


class NotOpened(Struct, frozen=True, kw_only=True):
    """A pair for which no case could be opened, and why."""

    mentor: str
    mentee: str
    why: str


class Published(Told, frozen=True, kw_only=True, tag="published"):
    """One portion: its cohort, and the case of each pair."""

    number: int
    cohort: str | None
    cases: tuple[tuple[str, str, str], ...]  # mentor, mentee, case
    not_opened: tuple[NotOpened, ...] = ()
    #: Nothing of the proposal is left.
    last: bool = False


class Closed(Told, frozen=True, kw_only=True, tag="closed"):
    """The round ended."""

    reason: str


class Reminded(Told, frozen=True, kw_only=True, tag="reminded"):
    """Those who had not answered were reminded of a last day."""

    last_day: date


class Emptied(Told, frozen=True, kw_only=True, tag="emptied"):
    """What remains of answers that were erased: whose they were, so that no older one takes their place."""

    answers: tuple[tuple[Side, str], ...]


class Erased(Told, frozen=True, kw_only=True, tag="erased"):
    """An event was erased by law, of which ``basis`` is the article.

    ``kept``: what the round still rests on, without its content.
    """

    sequence: int
    event: str
    type: str
    basis: str
    kept: Emptied | Withdrawn | Bound | Published | Closed | None = None


Event = Opened | HandedIn | Withdrawn | Bound | Proposed | Publishing | Published | Closed | Reminded | Emptied | Erased
