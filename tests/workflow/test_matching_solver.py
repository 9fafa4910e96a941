"""The proposal is the best there is, whoever else may try; and the same whatever order the answers came in."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.matching import Excluded, Mentee, Mentor, bar, points, terms_of
from policies.parameters import Policies
from workflow.matching.log import Round
from workflow.matching.proposing import work_out
from workflow.matching.solving import best_pairs
from workflow.matching.told import Bound, Offer, PersonAsked, Result, RoundForm, Who, Wish

TERMS, _ = terms_of(Policies.load().on(date(2026, 3, 2)))
FIELDS = ("Gizi", "Hukum", "Keuangan")
WHO = Who("v", "Verifikator")
FORM = RoundForm(
    title="Putaran",
    fields=FIELDS,
    offers_until=date(2026, 3, 13),
    wishes_until=date(2026, 3, 13),
    starts_on=date(2026, 4, 1),
    ends_on=date(2026, 9, 30),
    meetings="Dua kali sebulan.",
)

worths = st.integers(1, 3).flatmap(
    lambda mentors: st.tuples(
        st.lists(st.dictionaries(st.integers(0, mentors - 1), st.integers(0, 9)), max_size=5),
        st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors),
    )
)


def value_of(points_of: Sequence[Mapping[int, int]], given_to: Sequence[int | None]) -> tuple[int, int]:
    """How many are served, and with how many points."""
    pairs = [row[mentor] for row, mentor in zip(points_of, given_to, strict=True) if mentor is not None]
    return len(pairs), sum(pairs)


def best_by_trying_all(points_of: Sequence[Mapping[int, int]], rooms: Sequence[int]) -> tuple[int, int]:
    ways = product(*[(None, *row) for row in points_of])
    kept = (way for way in ways if all(way.count(mentor) <= room for mentor, room in enumerate(rooms)))
    return max(value_of(points_of, way) for way in kept)


@given(worths)
def test_no_other_way_serves_more_people_or_as_many_with_more_points(
    worth: tuple[list[dict[int, int]], list[int]],
) -> None:
    points_of, rooms = worth
    found = best_pairs(points_of, rooms)
    assert all(mentor is None or mentor in row for row, mentor in zip(points_of, found, strict=True))
    assert all(found.count(mentor) <= room for mentor, room in enumerate(rooms))
    assert value_of(points_of, found) == best_by_trying_all(points_of, rooms)


def test_nobody_and_no_room_give_no_pairs() -> None:
    assert best_pairs([], []) == []
    assert best_pairs([{}], [3]) == [None]
    assert best_pairs([{0: 5}], [0]) == [None]


def test_weights_too_large_to_be_added_exactly_are_refused() -> None:
    with pytest.raises(OverflowError, match="too large"):
        best_pairs([{0: 2**50}] * 3, [3])


def test_the_solver_is_loaded_only_where_a_proposal_is_worked_out() -> None:
    code = "import sys, api.app, api.command_line; print([n for n in ('scipy', 'numpy') if n in sys.modules])"
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip() == "[]"


# --- A whole round ---------------------------------------------------------------------------------------------------

people = [f"p{number}" for number in range(9)]
mentors_of = people[:3]
mentees_of = people[3:]
offers = st.builds(
    Offer,
    person=st.just(""),
    fields=st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2, unique=True).map(tuple),
    capacity=st.integers(1, 2),
    would=st.lists(st.sampled_from(mentees_of), max_size=2, unique=True).map(tuple),
    would_not=st.lists(st.sampled_from(mentees_of), max_size=1).map(tuple),
)
wishes = st.builds(
    Wish,
    person=st.just(""),
    goals=st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2, unique=True).map(tuple),
    would=st.lists(st.sampled_from(mentors_of), max_size=2, unique=True).map(tuple),
    would_not=st.lists(st.sampled_from(mentors_of), max_size=1).map(tuple),
)
known = st.builds(
    PersonAsked,
    person=st.just(""),
    unit=st.sampled_from([None, "A", "B"]),
    rank=st.sampled_from([None, ("PNS", 9), ("PNS", 12), ("PPPK", 9)]),
    superior=st.sampled_from([None, *mentors_of]),
    why_not=st.sampled_from(["", "", "", "Tercatat keluar."]),
)
asked = st.tuples(
    st.lists(offers, min_size=0, max_size=3),
    st.lists(wishes, min_size=0, max_size=4),
    st.lists(known, min_size=9, max_size=9),
    st.lists(
        st.tuples(st.sampled_from(mentors_of), st.sampled_from(mentees_of), st.sampled_from(["pin", "forbid"])),
        max_size=2,
    ),
)
Asked = tuple[list[Offer], list[Wish], list[PersonAsked], list[tuple[str, str, str]]]


def round_of(given_in: Asked, order: random.Random | None = None) -> tuple[Round, dict[str, PersonAsked]]:
    offered, wished, facts, bonds = given_in
    bonds = list(bonds)
    found = Round("r1", FORM, "v", datetime(2026, 3, 2, tzinfo=UTC), 1, "")
    rows_of_offers = [_named(each, who) for each, who in zip(offered, mentors_of, strict=False)]
    rows_of_wishes = [_named(each, who) for each, who in zip(wished, mentees_of, strict=False)]
    rows_of_people = [_named(each, who) for each, who in zip(facts, people, strict=True)]
    lists: tuple[list[Any], ...] = (rows_of_offers, rows_of_wishes, rows_of_people, bonds)
    for rows in lists:
        if order:
            order.shuffle(rows)
    found.offers = {each.person: each for each in rows_of_offers}
    found.wishes = {each.person: each for each in rows_of_wishes}
    room = {each.person: each.capacity for each in rows_of_offers}
    known_by_id = {each.person: _named(each, each.person, room=room.get(each.person, 0)) for each in rows_of_people}
    for mentor, mentee, bond in sorted(bonds):
        found.tell(2, Bound(by=WHO, mentor=mentor, mentee=mentee, bond=bond, reason="Kebutuhan dinas."))  # type: ignore[arg-type]
    return found, known_by_id


def _named(row: Any, who: str, **more: Any) -> Any:
    return msgspec.structs.replace(row, person=who, **more)


def worked_out(given_in: Asked, order: random.Random | None = None) -> Result:
    found, facts = round_of(given_in, order)
    return work_out(found, facts, (), (), TERMS)


@given(asked, st.randoms(use_true_random=False))
def test_the_same_answers_in_another_order_give_the_same_proposal(given_in: Asked, order: random.Random) -> None:
    assert worked_out(given_in) == worked_out(given_in, order)


@given(asked)
def test_a_proposal_breaks_no_rule_and_is_the_best_there_is(given_in: Asked) -> None:
    given_in = (*given_in[:3], [bond for bond in given_in[3] if bond[2] == "forbid"])
    found, facts = round_of(given_in)
    result = work_out(found, facts, (), (), TERMS)
    mentors = [_mentor(each, facts[each.person]) for each in found.offers.values()]
    mentees = [_mentee(each, facts[each.person]) for each in found.wishes.values()]
    here = [mentee for mentee in mentees if not facts[mentee.person].why_not]
    excluded = Excluded(found.forbidden)
    worth = [
        {n: points(m, mentee, TERMS) for n, m in enumerate(mentors) if bar(m, mentee, TERMS, excluded) is None}
        for mentee in here
    ]
    rooms = [mentor.room for mentor in mentors]
    assert (len(result.pairs), result.points) == best_by_trying_all(worth, rooms)
    number = {mentor.person: n for n, mentor in enumerate(mentors)}
    row = {mentee.person: n for n, mentee in enumerate(here)}
    assert all(worth[row[pair.mentee]][number[pair.mentor]] == pair.points for pair in result.pairs)
    assert all(sum(p.mentor == m.person for p in result.pairs) <= m.room for m in mentors)


@given(asked)
def test_everyone_is_in_a_pair_or_told_why_not_and_every_pair_has_its_reasons(given_in: Asked) -> None:
    found, _ = round_of(given_in)
    result = worked_out(given_in)
    paired = {pair.mentee for pair in result.pairs} | {pair.mentor for pair in result.pairs}
    alone = {each.person for each in result.unmatched}
    assert paired | alone == {*found.offers, *found.wishes}
    assert not paired & alone
    assert all(each.reason.endswith(".") for each in result.unmatched)
    assert all(pair.reasons for pair in result.pairs)


@given(asked)
def test_what_is_fixed_is_kept_or_told_to_be_impossible_and_what_is_forbidden_never_comes(given_in: Asked) -> None:
    found, _ = round_of(given_in)
    result = worked_out(given_in)
    pairs = {(pair.mentor, pair.mentee) for pair in result.pairs}
    assert not pairs & found.forbidden
    placed = {pair.mentee: pair for pair in result.pairs}
    for mentor, mentee in found.pins:
        both = mentor in found.offers and mentee in found.wishes
        if both and mentee in placed and placed[mentee].mentor == mentor:
            assert placed[mentee].pinned


def _mentor(offer: Offer, known_as: PersonAsked) -> Mentor:
    room = 0 if known_as.why_not else offer.capacity
    would, would_not = frozenset(offer.would), frozenset(offer.would_not)
    return Mentor(offer.person, known_as.unit, known_as.rank, frozenset(offer.fields), room, would, would_not)


def _mentee(wish: Wish, known_as: PersonAsked) -> Mentee:
    not_wanted = frozenset(wish.would_not)
    return Mentee(wish.person, known_as.unit, known_as.rank, wish.goals, wish.would, not_wanted, known_as.superior)
