"""What is shown of rounds: the list, one round, what came in, a proposal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from workflow.matching.called import PersonLine
from workflow.matching.told import Side, ValueUsed

State = Literal["open", "answered", "publishing", "published", "closed"]
STATE_TITLE = {
    "open": "Menerima tawaran dan keinginan",
    "answered": "Batas masuk sudah lewat",
    "publishing": "Sedang diterbitkan",
    "published": "Sudah diterbitkan",
    "closed": "Ditutup",
}


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
    """All rounds, newest first. ``may_open``: whether the caller opens rounds."""

    items: tuple[RoundLine, ...]
    may_open: bool = False


class BondLine(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that the agency has fixed or forbidden, by whom and why."""

    mentor: PersonLine
    mentee: PersonLine
    bond: str
    reason: str
    by: str


class MyPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of the caller that was published, and its case. ``state``: empty where the case is not theirs to see now."""

    mentor: str
    mentee: str
    case_id: str
    reference: str
    state: str


class MyResult(msgspec.Struct, frozen=True, kw_only=True):
    """That the caller is in no pair of what was published last, and why."""

    side: Literal["mentor", "mentee"]
    reason: str


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
    my_results: tuple[MyResult, ...] = ()
    #: Why whoever otherwise runs rounds does not run this one.
    apart: str = ""
    running: Running | None = None


class AnswerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An offer or a wish. Whom they want and whom not is shown to themselves and to those who see all of the round.

    They themselves read the numbers that they typed, without names: else anybody could find out who works here. Nobody
    reads of themselves that somebody does not want them, though they run the round.
    """

    person: PersonLine
    side: Side
    fields: tuple[str, ...]
    capacity: int | None = None
    would: tuple[PersonLine, ...] = ()
    would_not: tuple[PersonLine, ...] = ()


class FormerLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed in, or withdrawn with a reason, by whom and when."""

    at: datetime
    by: str
    person: PersonLine
    side: Side
    answer: AnswerLine | None = None
    reason: str = ""


class AnswerList(msgspec.Struct, frozen=True, kw_only=True):
    """What came in, as far as the caller may see it; ``history``: how it came about, oldest first, one's own or all."""

    items: tuple[AnswerLine, ...]
    history: tuple[FormerLine, ...] = ()


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
