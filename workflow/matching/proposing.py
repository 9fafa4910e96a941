"""A proposal is worked out: from what came in and what was known of the people, and from nothing else. No database here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from policies.matching import (
    BAR_SAYS,
    REVISION,
    Bar,
    Excluded,
    Mentee,
    Mentor,
    Terms,
    bar,
    bar_beside_field,
    points,
    reasons,
)
from policies.parameters import Value
from workflow.matching.log import Round
from workflow.matching.solving import best_pairs, solver
from workflow.matching.told import Paired, PersonAsked, Proposed, Result, Unmatched, ValueUsed, Who


@dataclass(frozen=True)
class Asked:
    """All that a proposal rests on, and who asks for it. ``declined``: pairs that were tried in this round before."""

    by: Who
    found: Round
    people: Mapping[str, PersonAsked]
    declined: frozenset[tuple[str, str]]
    terms: Terms
    values: tuple[Value[Any], ...]
    law_on: date


def propose(asked: Asked) -> Proposed:
    """The proposal for a round. The same answers of the same people give the same one, in whatever order they came."""
    return Proposed(
        by=asked.by,
        number=asked.found.proposals + 1,
        law_on=asked.law_on,
        revision=REVISION,
        solver=solver(),
        values=tuple(ValueUsed(each.parameter, each.value, each.since, each.by) for each in asked.values),
        people=tuple(asked.people[person] for person in sorted(asked.people)),
        declined=tuple(sorted(asked.declined)),
        result=work_out(asked.found, asked.people, asked.declined, asked.terms),
    )


def work_out(
    found: Round, people: Mapping[str, PersonAsked], declined: frozenset[tuple[str, str]], terms: Terms
) -> Result:
    """The pairs of a round and who is in none, each with the reason."""
    table = _Table(found, people, declined, terms)
    table.pin()
    table.solve()
    return table.result()


class _Table:
    """Those who sit at one table while pairs are made."""

    def __init__(
        self, found: Round, people: Mapping[str, PersonAsked], declined: frozenset[tuple[str, str]], terms: Terms
    ) -> None:
        self.found, self.people, self.terms = found, people, terms
        self.excluded = Excluded(found.forbidden, declined)
        # Lots, drawn by the round: of equals nobody is always first for their name or number.
        self.mentors = {each: self._mentor(each) for each in sorted(found.offers, key=self._lot)}
        self.mentees = {each: self._mentee(each) for each in sorted(found.wishes, key=self._lot)}
        self.room = {person: mentor.room for person, mentor in self.mentors.items()}
        self.pairs: dict[str, Paired] = {}
        #: Pins that could not be kept, by mentee.
        self.lost: dict[str, str] = {}

    def _lot(self, person: str) -> str:
        return sha256(f"{self.found.id}:{person}".encode()).hexdigest()

    def _mentor(self, person: str) -> Mentor:
        known, offer = self.people[person], self.found.offers[person]
        room = 0 if known.why_not else known.room
        return Mentor(
            person,
            known.unit,
            known.rank,
            frozenset(offer.fields),
            room,
            frozenset(offer.would),
            frozenset(offer.would_not),
        )

    def _mentee(self, person: str) -> Mentee:
        known, wish = self.people[person], self.found.wishes[person]
        return Mentee(person, known.unit, known.rank, wish.goals, wish.would, frozenset(wish.would_not), known.superior)

    # --- Pairs ---

    def pin(self) -> None:
        """Pairs that the agency has fixed come first, as far as they may be."""
        for mentor_id, mentee_id in self.found.pins:
            mentor, mentee = self.mentors.get(mentor_id), self.mentees.get(mentee_id)
            if mentee is None or self._out(mentee_id):
                continue
            why = "mentor itu tidak ikut lagi" if mentor is None else self._why_not_pinned(mentor, mentee)
            if why or mentor is None:
                self.lost[mentee_id] = f"Pasangan yang ditetapkan BKPSDM tidak dapat dipakai: {why}."
                continue
            self._pair(mentor, mentee, pinned=True)

    def _why_not_pinned(self, mentor: Mentor, mentee: Mentee) -> str:
        barred = bar_beside_field(mentor, mentee, self.terms, self.excluded)
        if barred:
            return BAR_SAYS[barred]
        if self.people[mentor.person].why_not:
            return f"mentor tidak dapat ikut. {self.people[mentor.person].why_not}".rstrip(".")
        return "" if self.room[mentor.person] > 0 else "mentor itu sudah penuh"

    def _out(self, person: str) -> bool:
        known = self.people[person]
        return bool(known.why_not) or known.placed

    def _pair(self, mentor: Mentor, mentee: Mentee, *, pinned: bool = False) -> None:
        self.room[mentor.person] -= 1
        self.pairs[mentee.person] = Paired(
            mentor=mentor.person,
            mentee=mentee.person,
            points=points(mentor, mentee, self.terms),
            reasons=(*(("Ditetapkan BKPSDM.",) if pinned else ()), *reasons(mentor, mentee, self.terms)),
            pinned=pinned,
        )

    def solve(self) -> None:
        """All others, the best for all together."""
        mentors = list(self.mentors.values())
        mentees = [m for m in self.mentees.values() if m.person not in self.pairs and not self._out(m.person)]
        worth = [
            {
                number: points(mentor, mentee, self.terms)
                for number, mentor in enumerate(mentors)
                if self.room[mentor.person] > 0 and bar(mentor, mentee, self.terms, self.excluded) is None
            }
            for mentee in mentees
        ]
        given = best_pairs(worth, [self.room[mentor.person] for mentor in mentors])
        for mentee, number in zip(mentees, given, strict=True):
            if number is not None:
                self._pair(mentors[number], mentee)

    # --- Words ---

    def result(self) -> Result:
        """Pairs and those in none, in an order that does not depend on how they came in."""
        pairs = tuple(self.pairs[each] for each in sorted(self.pairs))
        busy = {pair.mentor for pair in pairs}
        unmatched = [self._mentee_alone(each) for each in sorted(self.mentees) if self._is_alone(each)]
        unmatched += [self._mentor_alone(each) for each in sorted(self.mentors) if each not in busy]
        return Result(pairs=pairs, unmatched=tuple(unmatched), points=sum(pair.points for pair in pairs))

    def _is_alone(self, person: str) -> bool:
        return person not in self.pairs and not self.people[person].placed

    def _mentee_alone(self, person: str) -> Unmatched:
        why = self.people[person].why_not or self._why_no_mentor(self.mentees[person])
        told = " ".join(part for part in (self.lost.get(person, ""), why) if part)
        return Unmatched(person=person, side="mentee", reason=told)

    def _why_no_mentor(self, mentee: Mentee) -> str:
        goals = " atau ".join(mentee.goals)
        bars = {each.person: bar(each, mentee, self.terms, self.excluded) for each in self.mentors.values()}
        offering = [person for person, barred in bars.items() if barred is not Bar.FIELD]
        if not offering:
            return f"Tidak ada mentor yang menawarkan {goals}."
        absent = [person for person in offering if self.people[person].why_not]
        barred = Counter(BAR_SAYS[found] for p in offering if p not in absent and (found := bars[p]) is not None)
        full = sum(p not in absent and bars[p] is None for p in offering)
        told = [f"{number} {says}" for says, number in sorted(barred.items())]
        told += [f"{len(absent)} tidak dapat ikut putaran ini"] if absent else []
        told += [f"{full} sudah penuh"] if full else []
        return f"Mentor yang menawarkan {goals}: {len(offering)} orang; {', '.join(told)}."

    def _mentor_alone(self, person: str) -> Unmatched:
        known, mentor = self.people[person], self.mentors[person]
        if known.why_not:
            why = known.why_not
        elif mentor.room < 1:
            why = "Sudah membimbing sebanyak yang disanggupi atau yang diperbolehkan."
        else:
            why = self._why_no_mentee(mentor)
        return Unmatched(person=person, side="mentor", reason=why)

    def _why_no_mentee(self, mentor: Mentor) -> str:
        here = [each for each in self.mentees.values() if not self._out(each.person)]
        bars = [bar(mentor, each, self.terms, self.excluded) for each in here]
        aiming = [found for found in bars if found is not Bar.FIELD]
        if not aiming:
            return f"Tidak ada mentee yang menuju {' atau '.join(sorted(mentor.fields))}."
        barred = Counter(BAR_SAYS[found] for found in aiming if found is not None)
        elsewhere = sum(found is None for found in aiming)
        told = [f"{number} {says}" for says, number in sorted(barred.items())]
        told += [f"{elsewhere} dipasangkan dengan mentor lain, yang lebih baik bagi keseluruhan"] if elsewhere else []
        return f"Mentee yang menuju bidangnya: {len(aiming)} orang; {', '.join(told)}."


def persons_in(found: Round) -> Iterable[str]:
    """All who offer or wish."""
    return sorted({*found.offers, *found.wishes})
