"""The rules of a round of awards: kinds and numbers, panel, criteria, money, closing day, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from policies.award_round import (
    ClosingFacts,
    CompositionFacts,
    CriteriaFacts,
    ExtendFacts,
    KindsFacts,
    NumbersFacts,
    RoundMoneyFacts,
    UnderWayFacts,
    closing_day_has_passed,
    closing_day_is_ahead,
    kinds_and_numbers_agree,
    most_that_it_costs,
    new_closing_day_is_later,
    no_nomination_is_under_way,
    nominations_are_over,
    nothing_is_under_way,
    panel_is_composed,
    round_is_funded,
    weights_add_up,
    where_a_round_goes,
)
from policies.records import BudgetLine, ByKind, Criterion, PanelMember, Standing
from tests.answers import TODAY, allows, refuses, warns

DAY = timedelta(days=1)
COMPARED, LISTED = ("regional", "self_development"), ("satyalancana_10", "satyalancana_30")


# --- Kinds and numbers -----------------------------------------------------------------------------------------------


def test_a_round_of_satyalancana_alone_needs_no_panel() -> None:
    assert where_a_round_goes(KindsFacts(LISTED)) == "awaiting_call"
    assert where_a_round_goes(KindsFacts((*LISTED, "regional"))) == "panel_decision"
    assert allows(panel_is_composed, CompositionFacts(LISTED, ()))
    assert allows(weights_add_up, CriteriaFacts(LISTED, ()))


NUMBERS = NumbersFacts(COMPARED, (ByKind("regional", 2),), (ByKind("regional", 3), ByKind("self_development", 1)))


def test_kinds_share_and_places_agree() -> None:
    assert allows(kinds_and_numbers_agree, NUMBERS)
    assert allows(kinds_and_numbers_agree, NumbersFacts(LISTED, (ByKind("satyalancana_10", 9),), ()))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kinds": (), "quota": (), "receivers": ()}, "belum ada jenis"),
        ({"kinds": (*COMPARED, "recognition")}, "tidak diusulkan dalam putaran: Ucapan Terima Kasih"),
        ({"kinds": (*COMPARED, "promotion")}, "tidak diusulkan dalam putaran: promotion"),
        ({"kinds": (*COMPARED, "regional")}, "disebut dua kali: Penghargaan Pegawai Berprestasi"),
        (
            {"quota": (ByKind("satyalancana_10", 1),)},
            "jatah usul untuk Satyalancana Karya Satya X Tahun yang tidak termasuk",
        ),
        (
            {"quota": (ByKind("regional", 1), ByKind("regional", 2))},
            "jatah usul untuk Penghargaan Pegawai Berprestasi disebut",
        ),
        ({"quota": (ByKind("regional", 0),)}, "jatah usul sekurang-kurangnya 1"),
        ({"receivers": (ByKind("regional", 1),)}, "penerima belum ditentukan: Penghargaan Pengembangan Diri"),
    ],
)
def test_what_does_not_agree_is_named(changed: dict[str, Any], says: str) -> None:
    assert says in refuses(kinds_and_numbers_agree, replace(NUMBERS, **changed))


# --- The panel -------------------------------------------------------------------------------------------------------


def of_size(size: int) -> tuple[PanelMember, ...]:
    members = (PanelMember(f"m{number}", f"Anggota {number}", "member") for number in range(size - 2))
    return (PanelMember("c", "Ketua", "chair"), PanelMember("s", "Sekretaris", "secretary"), *members)


SUBSTITUTES = (PanelMember("c2", "Wakil", "chair", 1), PanelMember("t1", "Pengganti", "member", 1))


@pytest.mark.parametrize(("size", "right"), [(3, False), (4, False), (5, True), (6, False), (7, True), (9, False)])
def test_a_panel_is_odd_and_of_five_to_seven_without_counting_substitutes(size: int, right: bool) -> None:
    facts = CompositionFacts(COMPARED, (*of_size(size), *SUBSTITUTES))
    if right:
        assert allows(panel_is_composed, facts)
    else:
        assert f"berjumlah {size} orang" in refuses(panel_is_composed, facts)


@pytest.mark.parametrize("twice", ["c", "s", "m0", "c2", "t1"])
def test_nobody_stands_in_a_panel_twice(twice: str) -> None:
    people = (*of_size(5), *SUBSTITUTES)
    again = next(member for member in people if member.person_id == twice)
    facts = CompositionFacts(COMPARED, (*people, replace(again, function="member", substitute_rank=9)))
    assert f"lebih dari satu kali: {again.name}." in refuses(panel_is_composed, facts)


@pytest.mark.parametrize("gone", ["c", "m2", "t1"])
def test_everybody_of_a_panel_is_in_service(gone: str) -> None:
    people = (*of_size(5), *SUBSTITUTES)
    left = tuple(replace(each, in_service=each.person_id != gone) for each in people)
    assert "Tidak lagi bertugas" in refuses(panel_is_composed, CompositionFacts(COMPARED, left))


def test_whoever_was_replaced_neither_counts_nor_stands_in_the_way() -> None:
    replaced = PanelMember("old", "Anggota Lama", "member", in_service=False, replaced=True)
    assert allows(panel_is_composed, CompositionFacts(COMPARED, (*of_size(5), replaced)))


@pytest.mark.parametrize("function", ["chair", "secretary"])
def test_a_panel_has_one_chair_and_one_secretary(function: str) -> None:
    people = tuple(replace(each, function="member") if each.function == function else each for each in of_size(5))
    assert "Tim penilai belum mempunyai " in refuses(panel_is_composed, CompositionFacts(COMPARED, people))
    double = (*of_size(6)[:-1], PanelMember("x", "X", function), PanelMember("y", "Y", "member"))
    assert "mempunyai 2" in refuses(panel_is_composed, CompositionFacts(COMPARED, double))


# --- Criteria --------------------------------------------------------------------------------------------------------


def weighed(*weights: int) -> CriteriaFacts:
    return CriteriaFacts(COMPARED, tuple(Criterion(f"Kriteria {number}", each) for number, each in enumerate(weights)))


@pytest.mark.parametrize(
    ("weights", "right"), [((100,), True), ((60, 40), True), ((60, 39), False), ((60, 41), False), ((), False)]
)
def test_weights_add_up_to_a_hundred(weights: tuple[int, ...], right: bool) -> None:
    facts = weighed(*weights)
    assert (
        allows(weights_add_up, facts)
        if right
        else f"berjumlah {sum(weights)}; seharusnya 100" in refuses(weights_add_up, facts)
    )


def test_each_criterion_has_a_name_of_its_own_and_a_weight() -> None:
    same = CriteriaFacts(COMPARED, (Criterion("Inovasi", 50), Criterion(" inovasi", 50)))
    assert "dua kali" in refuses(weights_add_up, same)
    assert "tanpa bobot" in refuses(weights_add_up, weighed(100, 0))
    assert refuses(weights_add_up, CriteriaFacts(COMPARED, (Criterion(" ", 100),)))


# --- Money -----------------------------------------------------------------------------------------------------------

PLACES = (ByKind("regional", 3), ByKind("self_development", 1), ByKind("satyalancana_10", 50))
LINE = BudgetLine("Penghargaan Pegawai (2026)", 2026, 20_000_000, "L26")
MONEY = RoundMoneyFacts((*COMPARED, "satyalancana_10"), PLACES, 5_000_000, 20_000_000, "L26", LINE, (), TODAY)


def test_the_ceiling_covers_every_place_that_brings_money() -> None:
    assert most_that_it_costs(MONEY.kinds, PLACES, 5_000_000) == 20_000_000
    assert allows(round_is_funded, MONEY)
    assert "kebutuhan untuk seluruh penerima Rp20.000.000,00" in refuses(
        round_is_funded, replace(MONEY, ceiling=19_999_999)
    )


def test_the_line_bears_the_ceiling_to_the_last_rupiah() -> None:
    assert refuses(round_is_funded, replace(MONEY, budget=replace(LINE, available=19_999_999)))


def test_a_round_with_money_names_a_line_of_the_current_year() -> None:
    assert "belum dipilih" in refuses(round_is_funded, replace(MONEY, budget=None, budget_line=""))
    assert "L99 tidak dikenal" in refuses(round_is_funded, replace(MONEY, budget=None, budget_line="L99"))
    assert refuses(round_is_funded, replace(MONEY, budget=replace(LINE, year=2027)))
    assert refuses(round_is_funded, replace(MONEY, closed_years=(2026,)))


def test_a_round_without_money_asks_for_no_line_and_a_list_brings_none() -> None:
    without = replace(MONEY, amount=0, ceiling=0, budget=None, budget_line="")
    assert allows(round_is_funded, without)
    assert refuses(round_is_funded, replace(without, ceiling=1))
    assert "tidak ada jenis yang membawanya" in refuses(round_is_funded, replace(MONEY, kinds=LISTED))


# --- When it is open -------------------------------------------------------------------------------------------------


def test_the_closing_day_lies_ahead_and_a_short_time_is_a_warning() -> None:
    assert refuses(closing_day_is_ahead, ClosingFacts(TODAY, TODAY))
    assert "1 hari lagi" in warns(closing_day_is_ahead, ClosingFacts(TODAY + DAY, TODAY))
    assert warns(closing_day_is_ahead, ClosingFacts(TODAY + 9 * DAY, TODAY))
    assert allows(closing_day_is_ahead, ClosingFacts(TODAY + 10 * DAY, TODAY))


def test_nominations_are_over_on_the_day_after_the_last() -> None:
    last = date(2028, 2, 28)
    assert not nominations_are_over(ClosingFacts(last, last))
    assert nominations_are_over(ClosingFacts(last, date(2028, 2, 29)))
    assert refuses(closing_day_has_passed, ClosingFacts(last, last))
    assert allows(closing_day_has_passed, ClosingFacts(last, date(2028, 2, 29)))


def test_a_round_is_extended_to_a_later_day_with_a_reason() -> None:
    facts = ExtendFacts(TODAY + 5 * DAY, TODAY + 6 * DAY, "libur panjang", TODAY)
    assert allows(new_closing_day_is_later, facts)
    assert refuses(new_closing_day_is_later, replace(facts, new_closes_on=facts.announced_closing_day))
    assert refuses(new_closing_day_is_later, replace(facts, announced_closing_day=TODAY - DAY, new_closes_on=TODAY))
    assert refuses(new_closing_day_is_later, replace(facts, reason=" "))


# --- When it is finished ---------------------------------------------------------------------------------------------


def standing(number: int, *, final: bool, nominated: bool = True) -> Standing:
    return Standing(f"{number}", f"REF{number}", "Pegawai", "regional", "scoring", final, TODAY if nominated else None)


def test_a_round_is_finished_when_none_of_its_nominations_is_under_way() -> None:
    done = UnderWayFacts((standing(1, final=True), standing(2, final=False, nominated=False)))
    assert no_nomination_is_under_way(done)
    assert allows(nothing_is_under_way, done)
    open_one = UnderWayFacts((*done.standing_in_round, standing(3, final=False)))
    assert not no_nomination_is_under_way(open_one)
    assert "Masih berjalan: REF3." in refuses(nothing_is_under_way, open_one)


def test_of_many_that_are_under_way_three_are_named() -> None:
    many = UnderWayFacts(tuple(standing(number, final=False) for number in range(5)))
    assert "REF0, REF1, REF2 dan 2 lagi." in refuses(nothing_is_under_way, many)
