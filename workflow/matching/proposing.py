"""A proposal is worked out: from what came in and what was known of the people, and from nothing else. No database here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from policies.matching import (
    REVISION,
    Bar,
    Excluded,
    Mentee,
    Mentor,
    Terms,
    bar,
    bar_beside_field,
    points,
)
from policies.matching_words import BAR_SAYS, reasons
from policies.parameters import Value
from workflow.matching.log import Round
from workflow.matching.solving import best_pairs, solver
from workflow.matching.told import (
    Offer,
    Pair,
    Paired,
    PersonAsked,
    Proposed,
    Result,
    Unmatched,
    ValueUsed,
    Who,
    Wish,
)

#: What those in no pair read of the others: who did not want them, or was not to be theirs, they do not learn.
_NOT_AVAILABLE = "semuanya sudah penuh atau menurut ketentuan putaran tidak dapat dipasangkan dengan Anda"
_NOT_YOURS = (
    "semuanya dipasangkan dengan mentor lain atau menurut ketentuan putaran tidak dapat dipasangkan dengan Anda"
)


@dataclass(frozen=True)
class Asked:
    """All that a proposal rests on, and who asks for it.

    ``declined``: pairs that were tried in this round before; ``running``: those that guide each other now.
    """

    by: Who
    found: Round
    people: Mapping[str, PersonAsked]
    declined: frozenset[Pair]
    running: frozenset[Pair]
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
        running=tuple(sorted(asked.running)),
        result=work_out(asked.found, asked.people, asked.declined, asked.running, asked.terms),
    )


def work_out(
    found: Round,
    people: Mapping[str, PersonAsked],
    declined: Collection[Pair],
    running: Collection[Pair],
    terms: Terms,
) -> Result:
    """The pairs of a round and who is in none, each with the reason."""
    table = _Table(found, people, declined, running, terms)
    table.pin()
    table.solve()
    return table.result()


def as_mentor(known: PersonAsked, offer: Offer) -> Mentor:
    """Somebody who offers, with what was known of them; without room where they cannot take part."""
    room = 0 if known.why_not else known.room
    would, would_not = frozenset(offer.would), frozenset(offer.would_not)
    return Mentor(known.person, known.unit, known.rank, frozenset(offer.fields), room, would, would_not)


def as_mentee(known: PersonAsked, wish: Wish) -> Mentee:
    """Somebody who wishes, with what was known of them."""
    unwanted = frozenset(wish.would_not)
    return Mentee(known.person, known.unit, known.rank, wish.goals, wish.would, unwanted, known.superior)


class _Table:
    """Those who sit at one table while pairs are made."""

    def __init__(
        self,
        found: Round,
        people: Mapping[str, PersonAsked],
        declined: Collection[Pair],
        running: Collection[Pair],
        terms: Terms,
    ) -> None:
        self.found, self.people, self.terms = found, people, terms
        #: Pairs that would be the reverse of one that runs or was made here.
        self.mutual = {(mentee, mentor) for mentor, mentee in running} if terms.mutual_excluded else set()
        self.excluded = Excluded(found.forbidden, declined, self.mutual)
        # Lots, drawn by the round: of equals nobody is always first for their name or number.
        offers, wishes = found.offers, found.wishes
        self.mentors = {each: as_mentor(people[each], offers[each]) for each in sorted(offers, key=self._lot)}
        self.mentees = {each: as_mentee(people[each], wishes[each]) for each in sorted(wishes, key=self._lot)}
        self.room = {person: mentor.room for person, mentor in self.mentors.items()}
        self.pairs: dict[str, Paired] = {}
        #: Pins that could not be kept, by mentee.
        self.lost: dict[str, str] = {}

    def _lot(self, person: str) -> str:
        return sha256(f"{self.found.id}:{person}".encode()).hexdigest()

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
        return bool(known.why_not or known.engaged) or known.placed

    def _pair(self, mentor: Mentor, mentee: Mentee, *, pinned: bool = False) -> None:
        self.room[mentor.person] -= 1
        if self.terms.mutual_excluded:
            self.mutual.add((mentee.person, mentor.person))
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
        given = best_pairs(worth, [self.room[mentor.person] for mentor in mentors], self._opposite(mentors, mentees))
        for mentee, number in zip(mentees, given, strict=True):
            if number is not None:
                self._pair(mentors[number], mentee)

    def _opposite(self, mentors: list[Mentor], mentees: list[Mentee]) -> dict[tuple[int, int], tuple[int, int]]:
        """Of two who are both, the pair that each pair excludes, by their places."""
        if not self.terms.mutual_excluded:
            return {}
        guides = {each.person: number for number, each in enumerate(mentors)}
        guided = {each.person: number for number, each in enumerate(mentees)}
        both = sorted(guides.keys() & guided.keys())
        return {
            (guided[mentee], guides[mentor]): (guided[mentor], guides[mentee])
            for mentor in both
            for mentee in both
            if mentor != mentee
        }

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
        known, mentee = self.people[person], self.mentees[person]
        own = known.why_not or known.engaged
        told = " ".join(part for part in (self.lost.get(person, ""), own or self._why_no_mentor(mentee)) if part)
        return Unmatched(person=person, side="mentee", reason=told, own=own or self._own_why_no_mentor(mentee))

    def _own_why_no_mentor(self, mentee: Mentee) -> str:
        goals = " atau ".join(mentee.goals)
        others = (mentor for mentor in self.mentors.values() if mentor.person != mentee.person)
        offering = sum(not mentor.fields.isdisjoint(mentee.goals) for mentor in others)
        if not offering:
            return f"Tidak ada mentor yang menawarkan {goals}."
        return f"Mentor yang menawarkan {goals}: {offering} orang; {_NOT_AVAILABLE}."

    def _why_no_mentor(self, mentee: Mentee) -> str:
        goals = " atau ".join(mentee.goals)
        bars = {each.person: bar(each, mentee, self.terms, self.excluded) for each in self.mentors.values()}
        offering = [person for person, barred in bars.items() if barred is not Bar.FIELD and person != mentee.person]
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
            return Unmatched(
                person=person, side="mentor", reason=self._why_no_mentee(mentor), own=self._own_why_no_mentee(mentor)
            )
        return Unmatched(person=person, side="mentor", reason=why, own=why)

    def _own_why_no_mentee(self, mentor: Mentor) -> str:
        aiming = sum(not mentor.fields.isdisjoint(each.goals) for each in self._others_here(mentor))
        if not aiming:
            return self._nobody_aims(mentor)
        return f"Mentee yang menuju bidang Anda: {aiming} orang; {_NOT_YOURS}."

    def _others_here(self, mentor: Mentor) -> list[Mentee]:
        return [each for each in self.mentees.values() if not self._out(each.person) and each.person != mentor.person]

    def _nobody_aims(self, mentor: Mentor) -> str:
        return f"Tidak ada mentee yang menuju {' atau '.join(sorted(mentor.fields))}."

    def _why_no_mentee(self, mentor: Mentor) -> str:
        here = self._others_here(mentor)
        bars = [bar(mentor, each, self.terms, self.excluded) for each in here]
        aiming = [found for found in bars if found is not Bar.FIELD]
        if not aiming:
            return self._nobody_aims(mentor)
        barred = Counter(BAR_SAYS[found] for found in aiming if found is not None)
        elsewhere = sum(found is None for found in aiming)
        told = [f"{number} {says}" for says, number in sorted(barred.items())]
        told += [f"{elsewhere} dipasangkan dengan mentor lain, yang lebih baik bagi keseluruhan"] if elsewhere else []
        return f"Mentee yang menuju bidangnya: {len(aiming)} orang; {', '.join(told)}."


def persons_in(found: Round) -> Iterable[str]:
    """All who offer or wish."""
    return sorted({*found.offers, *found.wishes})
