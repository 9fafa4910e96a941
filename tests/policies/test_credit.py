"""Credit hours: the whole conversion table, its caps, and the yearly target and ceiling."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.civil_service import Kind
from policies.credit import (
    ACTIVITIES,
    INTERNSHIP,
    INTERNSHIP_INTERNATIONAL,
    JP_MINUTES,
    Activity,
    Credit,
    NotConvertible,
    Unit,
    convert,
    yearly,
)
from policies.decision import Grade
from policies.parameters import Law, NotInForce, Policies

POLICIES = Policies.load()
LAW = POLICIES.on(date(2026, 9, 1))

CODES = [f"A{n}" for n in range(1, 3)] + [f"B{n}" for n in range(1, 12)] + [f"C{n}" for n in range(1, 13)]
PROGRAMMES = ["B2", "B3", "B4", "B5", "B8", "B9", "B10", "C4", "C6"]

FIXED = [
    ("A1", 20, 20),
    ("A2", 20, 20),
    ("B6", 4, 6),
    ("B7", 5, 7),
    ("B11", 4, 6),
    ("C1", 2, 4),
    ("C2", 2, 4),
    ("C5", 20, 24),
    ("C7", 10, 20),
    ("C8", 20, 24),
    ("C11", 20, 24),
]


def test_the_table_has_every_row_once() -> None:
    assert sorted(ACTIVITIES) == sorted(CODES)


@pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda activity: activity.code)
def test_the_data_name_the_row_they_stand_for(activity: Activity) -> None:
    for handle in (activity.national, activity.international, activity.monthly_sessions):
        assert handle is None or f"({activity.code})" in LAW[handle].says


@pytest.mark.parametrize(("code", "national", "international"), FIXED)
def test_a_fixed_rate_counts_as_the_table_says(code: str, national: int, international: int) -> None:
    assert convert(code, LAW).hours == national
    assert convert(code, LAW, international=True).hours == international


@pytest.mark.parametrize(("code", "hours"), [("A1", 80), ("A2", 80), ("B6", 16), ("B7", 20), ("B11", 16)])
def test_semesters_and_days_add_up(code: str, hours: int) -> None:
    assert convert(code, LAW, quantity=4).hours == hours


@pytest.mark.parametrize("code", ["B1", *PROGRAMMES])
def test_a_programme_counts_its_own_hours(code: str) -> None:
    assert convert(code, LAW, hours=37).hours == 37


@pytest.mark.parametrize("code", PROGRAMMES)
@pytest.mark.parametrize(("hours", "counted"), [(40, 48), (37, 44), (4, 4), (0, 0)])
def test_an_international_programme_counts_a_fifth_more_rounded_down(code: str, hours: int, counted: int) -> None:
    assert convert(code, LAW, international=True, hours=hours).hours == counted


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (44, 0), (45, 1), (89, 1), (90, 2), (1000, 22)])
def test_a_certificate_in_minutes_is_converted_at_45_minutes_a_jp(minutes: int, hours: int) -> None:
    credit = convert("B3", LAW, minutes=minutes)
    assert credit.hours == hours
    assert [value.value for value in credit.basis] == [100, 45]


@pytest.mark.parametrize("code", ["B1", "C12"])
def test_a_row_without_an_international_rate_is_not_converted_as_one(code: str) -> None:
    with pytest.raises(NotConvertible, match="tidak memiliki angka konversi tingkat internasional"):
        convert(code, LAW, international=True, hours=10)


@pytest.mark.parametrize("code", ["C1", "C2", "C12"])
@pytest.mark.parametrize(("sessions", "earlier", "hours"), [(1, 0, 2), (2, 0, 4), (3, 0, 4), (1, 1, 2), (1, 2, 0)])
def test_two_sessions_a_month_are_counted(code: str, sessions: int, earlier: int, hours: int) -> None:
    assert convert(code, LAW, quantity=sessions, earlier_this_month=earlier).hours == hours


def test_a_third_session_in_a_month_counts_nothing_and_says_why() -> None:
    credit = convert("C2", LAW, earlier_this_month=2)
    assert credit.hours == 0
    assert credit.says.endswith(
        "Dari 1 sesi hanya 0 yang dihitung: paling banyak 2 sesi sebulan, 2 sudah dihitung sebelumnya."
    )


@pytest.mark.parametrize(
    ("code", "minutes_by_day", "national", "international"),
    [
        ("C3", [500], 3, 4),
        ("C3", [90, 90], 4, 4),
        ("C3", [500, 500], 6, 8),
        ("C9", [500], 2, 2),
        ("C9", [500] * 5, 10, 12),
        ("C10", [45, 44], 1, 2),
        ("C10", [44], 0, 1),
    ],
)
def test_daily_learning_is_capped_each_day(
    code: str, minutes_by_day: list[int], national: int, international: int
) -> None:
    assert convert(code, LAW, minutes_by_day=minutes_by_day).hours == national
    assert convert(code, LAW, international=True, minutes_by_day=minutes_by_day).hours == international


def test_an_internship_is_read_by_handle_too() -> None:
    assert (LAW[INTERNSHIP].value, LAW[INTERNSHIP_INTERNATIONAL].value) == (20, 24)
    assert (INTERNSHIP.name, INTERNSHIP_INTERNATIONAL.name) == ("credit.internship", "credit.internship_international")
    assert LAW[INTERNSHIP].by == "PerLAN 10/2018 Lampiran"


def test_a_conversion_says_how_it_was_made_and_by_what() -> None:
    credit = convert("C11", LAW, international=True)
    assert credit.says == "Magang/praktik kerja (C11), tingkat internasional: 1 kegiatan × 24 JP = 24 JP."
    assert credit.value == LAW[INTERNSHIP_INTERNATIONAL]


def test_a_conversion_reads_the_law_so_that_the_record_knows_what_was_used() -> None:
    law = POLICIES.on(date(2026, 6, 1))
    convert("C9", law, international=True, minutes_by_day=[90])
    assert sorted(law.used) == ["credit.jp_minutes", "credit.self_study", "credit.self_study_international"]


def test_before_the_regulation_nothing_is_converted() -> None:
    with pytest.raises(NotInForce):
        convert("C11", POLICIES.on(date(2018, 12, 31)))


@pytest.mark.parametrize("code", ["", "D1", "c11", "C13"])
def test_an_unknown_code_is_refused_with_those_there_are(code: str) -> None:
    with pytest.raises(NotConvertible, match="yang dikenal: A1, A2, B1"):
        convert(code, LAW)


def test_a_programme_without_hours_or_minutes_is_refused() -> None:
    with pytest.raises(NotConvertible, match="isi JP atau menit"):
        convert("B3", LAW)


def test_daily_learning_without_its_minutes_is_refused() -> None:
    with pytest.raises(NotConvertible, match="dalam menit"):
        convert("C3", LAW)


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(NotConvertible, match="kurang dari nol"):
        convert("A1", LAW, quantity=-1)
    with pytest.raises(NotConvertible, match="kurang dari nol"):
        convert("B3", LAW, hours=-1)
    with pytest.raises(NotConvertible, match="kurang dari nol"):
        convert("B3", LAW, minutes=-1)
    with pytest.raises(NotConvertible, match="kurang dari nol"):
        convert("C3", LAW, minutes_by_day=[10, -1])
    with pytest.raises(NotConvertible, match="kurang dari nol"):
        convert("C2", LAW, earlier_this_month=-1)


def converted(activity: Activity, law: Law, amount: int, international: bool, earlier: int = 0) -> Credit:
    """An amount of whatever the row counts."""
    international = international and activity.international is not None
    if activity.unit is Unit.PROGRAMME:
        return convert(activity.code, law, international=international, minutes=amount)
    if activity.unit is Unit.CAPPED_DAY:
        return convert(activity.code, law, international=international, minutes_by_day=[amount, amount])
    return convert(activity.code, law, international=international, quantity=amount, earlier_this_month=earlier)


ROWS = st.sampled_from(list(ACTIVITIES.values()))
AMOUNTS = st.integers(0, 2000)


@given(ROWS, AMOUNTS, AMOUNTS, st.booleans())
def test_more_never_counts_less_and_nothing_counts_below_zero(
    activity: Activity, amount: int, more: int, international: bool
) -> None:
    less = converted(activity, LAW, amount, international).hours
    assert 0 <= less <= converted(activity, LAW, amount + more, international).hours


@given(ROWS, AMOUNTS)
def test_international_never_counts_less_than_national(activity: Activity, amount: int) -> None:
    assert converted(activity, LAW, amount, False).hours <= converted(activity, LAW, amount, True).hours


@given(st.sampled_from(["C1", "C2", "C12"]), st.lists(st.integers(0, 5), max_size=6))
def test_however_a_months_sessions_are_split_the_cap_holds(code: str, batches: list[int]) -> None:
    total = before = 0
    for batch in batches:
        total += convert(code, LAW, quantity=batch, earlier_this_month=before).hours
        before += batch
    assert total == 2 * min(2, sum(batches))


@given(st.sampled_from([("C3", 3), ("C9", 2), ("C10", 2)]), st.lists(AMOUNTS, min_size=1, max_size=31))
def test_a_day_never_counts_more_than_its_cap(row: tuple[str, int], minutes: list[int]) -> None:
    code, cap = row
    hours = convert(code, LAW, minutes_by_day=minutes).hours
    assert hours <= cap * len(minutes)
    assert hours <= sum(minutes) // LAW[JP_MINUTES].value


@pytest.mark.parametrize(("hours", "grade"), [(0, Grade.WARNED), (19, Grade.WARNED), (20, Grade.ALLOWED)])
def test_a_pns_below_the_yearly_target_is_warned(hours: int, grade: Grade) -> None:
    decision = yearly(Kind.PNS, hours, LAW)
    assert decision.grade is grade
    assert decision.reasons[0].by == ("PP 11/2017 Pasal 203 ayat (4)",)


@pytest.mark.parametrize(("hours", "grade"), [(0, Grade.ALLOWED), (24, Grade.ALLOWED), (25, Grade.WARNED)])
def test_a_pppk_above_the_yearly_ceiling_is_warned_and_not_refused(hours: int, grade: Grade) -> None:
    decision = yearly(Kind.PPPK, hours, LAW)
    assert decision.grade is grade
    assert not decision.stands_in_the_way


def test_the_ceiling_does_not_bind_a_pppk_in_a_high_post() -> None:
    assert yearly(Kind.PPPK, 60, LAW, exempt=True).grade is Grade.ALLOWED
