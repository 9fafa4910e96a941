"""Rounds of mentoring: who may take part, who is not paired with whom, and what a pair is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policies.decision import Grade
from policies.matching import (
    AnswerFacts,
    Bar,
    DatesFacts,
    Excluded,
    Mentee,
    Mentor,
    ParticipantFacts,
    answer_is_within_limits,
    bar,
    dates_are_in_order,
    may_take_part,
    points,
    rank_of,
    terms_of,
)
from policies.matching_words import reasons
from policies.parameters import Policies
from policies.records import Sanction

LAW = Policies.load().on(date(2026, 3, 2))
TERMS, VALUES = terms_of(LAW)
MENTOR = Mentor("m", "RSUD", ("PNS", 12), frozenset({"Gizi", "Anestesi"}), 2)
MENTEE = Mentee("n", "DINKES", ("PNS", 10), ("Gizi",))
NOBODY = Excluded()


def test_a_pair_that_fits_in_every_way_has_all_points_and_tells_why() -> None:
    mentor = replace(MENTOR, would=frozenset({"n"}))
    mentee = replace(MENTEE, goals=("Gizi", "Anestesi"), would=("m",))
    assert points(mentor, mentee, TERMS) == 60 + 10 + 30 + 20 + 10 + 5
    told = " ".join(reasons(mentor, mentee, TERMS))
    for part in (
        "tujuan pertama mentee: Gizi (60 poin)",
        "juga menawarkan Anestesi",
        "pilihan ke-1",
        "unit kerja yang berbeda",
    ):
        assert part in told


def test_a_later_wish_is_worth_less_and_never_less_than_nothing() -> None:
    wished = [replace(MENTEE, would=(*("x", "y", "z", "w")[:place], "m")) for place in range(5)]
    plain = points(MENTOR, MENTEE, TERMS)
    assert [points(MENTOR, mentee, TERMS) - plain for mentee in wished] == [30, 20, 10, 0, 0]


def test_ranks_of_two_kinds_are_not_compared_and_that_is_told() -> None:
    mentee = replace(MENTEE, rank=("PPPK", 3))
    assert points(MENTOR, mentee, TERMS) == points(MENTOR, MENTEE, TERMS) - 10
    assert "tidak dapat dibandingkan" in " ".join(reasons(MENTOR, mentee, TERMS))
    lower = replace(MENTEE, rank=("PNS", 14))
    assert "lebih rendah" in " ".join(reasons(MENTOR, lower, TERMS))


@pytest.mark.parametrize(
    ("mentor", "mentee", "excluded", "found"),
    [
        (MENTOR, MENTEE, NOBODY, None),
        (MENTOR, replace(MENTEE, goals=("Hukum",)), NOBODY, Bar.FIELD),
        (MENTOR, replace(MENTEE, person="m"), NOBODY, Bar.SELF),
        (MENTOR, replace(MENTEE, superior="m"), NOBODY, Bar.SUPERIOR),
        (MENTOR, MENTEE, Excluded(forbidden={("m", "n")}), Bar.FORBIDDEN),
        (MENTOR, MENTEE, Excluded(declined={("m", "n")}), Bar.DECLINED),
        (replace(MENTOR, would_not=frozenset({"n"})), MENTEE, NOBODY, Bar.MENTOR_WISH),
        (MENTOR, replace(MENTEE, would_not=frozenset({"m"})), NOBODY, Bar.MENTEE_WISH),
    ],
)
def test_who_is_not_paired_with_whom(mentor: Mentor, mentee: Mentee, excluded: Excluded, found: Bar | None) -> None:
    assert bar(mentor, mentee, TERMS, excluded) is found


def test_colleagues_of_one_unit_are_paired_unless_the_agency_rules_otherwise() -> None:
    mentee = replace(MENTEE, unit="RSUD")
    assert bar(MENTOR, mentee, TERMS, NOBODY) is None
    assert bar(MENTOR, mentee, replace(TERMS, same_unit_excluded=True), NOBODY) is Bar.UNIT
    unknown = replace(MENTEE, unit=None)
    assert bar(replace(MENTOR, unit=None), unknown, replace(TERMS, same_unit_excluded=True), NOBODY) is None


def test_every_weight_is_a_dated_cited_parameter_in_whole_points() -> None:
    assert len(VALUES) == 11
    assert all(value.by and isinstance(value.value, int) for value in VALUES)


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (ParticipantFacts(LAW.on, "Aktif", None, ()), Grade.ALLOWED),
        (ParticipantFacts(LAW.on, "Aktif", None, None), Grade.WARNED),
        (ParticipantFacts(LAW.on, None, None, ()), Grade.UNKNOWN),
        (ParticipantFacts(LAW.on, "Tugas belajar", None, ()), Grade.REFUSED),
        (ParticipantFacts(LAW.on, "Aktif", LAW.on, ()), Grade.REFUSED),
        (ParticipantFacts(LAW.on, "Aktif", None, (Sanction("berat", None, None),)), Grade.REFUSED),
        (ParticipantFacts(LAW.on, "Aktif", None, (Sanction("ringan", None, None),)), Grade.ALLOWED),
    ],
)
def test_who_may_take_part(facts: ParticipantFacts, grade: Grade) -> None:
    assert may_take_part(facts, LAW).grade is grade


def test_an_offer_keeps_within_the_limits_of_fields_names_and_mentees() -> None:
    offered = AnswerFacts(5, 3, 3, (), 5)
    assert answer_is_within_limits(offered, LAW).grade is Grade.ALLOWED
    for wrong in (
        replace(offered, fields=6),
        replace(offered, fields=0),
        replace(offered, wanted=4),
        replace(offered, unwanted=4),
        replace(offered, twice=("x",)),
        replace(offered, capacity=6),
        replace(offered, capacity=0),
        AnswerFacts(4, 0, 0, (), None),
    ):
        assert answer_is_within_limits(wrong, LAW).grade is Grade.REFUSED, wrong


def test_the_dates_of_a_round_follow_each_other() -> None:
    right = DatesFacts(LAW.on, LAW.on, date(2026, 3, 20), date(2026, 3, 21), date(2026, 9, 20))
    assert dates_are_in_order(right, LAW).grade is Grade.ALLOWED
    for wrong in (
        replace(right, offers_until=date(2026, 3, 1)),
        replace(right, wishes_until=date(2026, 3, 21)),
        replace(right, ends_on=date(2026, 4, 1)),
        replace(right, ends_on=date(2027, 9, 20)),
    ):
        assert dates_are_in_order(wrong, LAW).grade is Grade.REFUSED, wrong


def test_a_rank_is_kind_and_level_and_unknown_where_it_cannot_be_read() -> None:
    assert rank_of("III/d", "PNS") == ("PNS", 12)
    assert rank_of("IX", "PPPK") == ("PPPK", 9)
    assert [rank_of(None, "PNS"), rank_of("III/d", None), rank_of("Z", "PNS")] == [None, None, None]
