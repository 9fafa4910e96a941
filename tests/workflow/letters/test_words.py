from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from workflow.letters import words

MARCH = date(2026, 3, 12)


def test_a_date_has_its_month_in_indonesian() -> None:
    assert words.long_date(MARCH) == "12 Maret 2026"
    assert words.weekday(MARCH) == "Kamis"


@pytest.mark.parametrize(
    ("last", "says"),
    [
        (date(2026, 3, 12), "12 Maret 2026"),
        (date(2026, 3, 31), "12 s.d. 31 Maret 2026"),
        (date(2026, 4, 2), "12 Maret s.d. 2 April 2026"),
        (date(2027, 1, 8), "12 Maret 2026 s.d. 8 Januari 2027"),
    ],
)
def test_a_period_says_once_what_its_days_share(last: date, says: str) -> None:
    assert words.period(MARCH, last) == says


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Asia/Jakarta", "12 Maret 2026 pukul 23.05 WIB"),
        ("Asia/Makassar", "13 Maret 2026 pukul 00.05 WITA"),
        ("Asia/Jayapura", "13 Maret 2026 pukul 01.05 WIT"),
    ],
)
def test_a_moment_is_told_by_the_clock_of_the_zone(zone: str, says: str) -> None:
    assert words.moment(datetime(2026, 3, 12, 16, 5, tzinfo=UTC), ZoneInfo(zone)) == says


def test_an_instant_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="aware"):
        words.moment(datetime(2026, 3, 12, 16, 5), ZoneInfo("Asia/Jakarta"))  # noqa: DTZ001 - that is the mistake


def test_money_is_written_as_in_letters() -> None:
    assert words.rupiah(1_500_000) == "Rp1.500.000,00"
    assert words.rupiah_in_words(1_500_000) == "Rp1.500.000,00 (satu juta lima ratus ribu rupiah)"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, "0"),
        (1_234_567, "1.234.567"),
        (-1500, "-1.500"),
        (Decimal("88.50"), "88,5"),
        (Decimal("-0.25"), "-0,25"),
        (Decimal("8E+1"), "80"),
        (Decimal("1234.00"), "1.234"),
    ],
)
def test_a_number_has_an_indonesian_point_and_comma(number: int | Decimal, says: str) -> None:
    assert words.decimal(number) == says


def test_what_is_counted_stands_with_its_words() -> None:
    assert words.counted(20) == "20 (dua puluh)"
    assert words.counted(11) == "11 (sebelas)"


@pytest.mark.parametrize(
    ("items", "says"), [([], ""), (["A"], "A"), (["A", "B"], "A dan B"), (["A", "B", "C"], "A, B, dan C")]
)
def test_a_list_is_joined_as_the_spelling_rules_say(items: list[str], says: str) -> None:
    assert words.listing(items) == says


def test_what_somebody_typed_fits_into_a_sentence() -> None:
    assert words.without_stop(" Peserta sakit. ") == "Peserta sakit"
    assert words.begun_small("Peserta sakit") == "peserta sakit"
    assert words.begun_small("RSUD penuh") == "RSUD penuh"
    assert words.begun_small("") == ""
    assert words.begun_large("surat tugas") == "Surat tugas"
