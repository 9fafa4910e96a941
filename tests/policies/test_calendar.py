"""Working days: holidays, collective leave, six-day weeks, receipts, and years without a decree."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.calendar import Count, Week, WorkCalendar
from policies.files import PolicyError

CALENDAR = WorkCalendar.load()

DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 1))
WEEKS = st.sampled_from(Week)

OWN_INSTRUMENTS = """
["Perbup 7/2026"]
title = "Peraturan Bupati Contoh Nomor 7 Tahun 2026 tentang Hari Kerja"
about = "Hari kerja dan libur di Kabupaten Contoh"
["SKB Libur 2027"]
title = "Keputusan Bersama Nomor 1 Tahun 2026 tentang Hari Libur Nasional dan Cuti Bersama Tahun 2027"
about = "Hari libur nasional dan cuti bersama 2027"
"""


def load(folder: Path, text: str) -> WorkCalendar:
    (folder / "regulations.toml").write_text(OWN_INSTRUMENTS, encoding="utf-8")
    (folder / "calendar.toml").write_text(text, encoding="utf-8")
    return WorkCalendar.load(folder)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=ahead) for ahead in range(366 if year % 4 == 0 else 365)]


def outcome(count: Count) -> list[tuple[int, int | None, str]]:
    return [(line.day.day, line.number, line.why) for line in count.receipt]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_the_year_agrees_with_the_holidays_package(year: int) -> None:
    package = holidays.country_holidays("ID", years=year, categories=("public", "government"))
    for day in days_of(year):
        closed = CALENDAR.closed(day)
        assert (closed is not None and not closed.by.startswith("Perpres")) == (day in package), day
        assert CALENDAR.is_working(day) == (day.weekday() < 5 and day not in package), day
        assert CALENDAR.is_working(day, Week.SIX_DAY) == (day.weekday() < 6 and day not in package), day


@pytest.mark.parametrize("year", [2025, 2026])
def test_holidays_and_collective_leave_are_told_apart_as_the_package_does(year: int) -> None:
    leave = holidays.country_holidays("ID", years=year, categories=("government",))
    ours = {day for day, closed in CALENDAR.decrees[year].items() if closed.says.startswith("Cuti bersama")}
    assert ours == set(leave)


@pytest.mark.parametrize(("year", "public", "leave"), [(2025, 17, 11), (2026, 17, 8)])
def test_a_decree_has_the_number_of_days_that_it_announced(year: int, public: int, leave: int) -> None:
    says = [closed.says for closed in CALENDAR.decrees[year].values()]
    assert sum(line.startswith("Cuti bersama") for line in says) == leave
    assert len(says) == public + leave


def test_a_day_added_by_an_amendment_cites_the_amendment() -> None:
    closed = CALENDAR.closed(date(2025, 8, 18))
    assert closed is not None
    assert closed.by == "Perubahan SKB Libur 2025"


def test_five_working_days_are_counted_from_the_day_after_receipt() -> None:
    count = CALENDAR.count(date(2026, 9, 7), 5)
    assert count.due == date(2026, 9, 14)
    assert outcome(count) == [
        (7, 0, "Hari penerimaan, belum dihitung"),
        (8, 1, "Hari kerja ke-1"),
        (9, 2, "Hari kerja ke-2"),
        (10, 3, "Hari kerja ke-3"),
        (11, 4, "Hari kerja ke-4"),
        (12, None, "Sabtu"),
        (13, None, "Minggu"),
        (14, 5, "Hari kerja ke-5"),
    ]
    assert count.says == "5 hari kerja sejak Senin, 7 September 2026: jatuh pada Senin, 14 September 2026."
    assert not count.provisional


def test_a_receipt_names_each_holiday_and_its_decree() -> None:
    count = CALENDAR.count(date(2026, 3, 17), 1)
    assert count.due == date(2026, 3, 25)
    assert [(line.why, line.by) for line in count.receipt[1:4]] == [
        ("Cuti bersama Hari Suci Nyepi", "SKB Libur 2026"),
        ("Hari Suci Nyepi Tahun Baru Saka 1948", "SKB Libur 2026"),
        ("Cuti bersama Idulfitri 1447 Hijriah", "SKB Libur 2026"),
    ]
    # The second day of Idulfitri is a Sunday: the holiday is named, as it is what people look for.
    assert count.receipt[5].why == "Idulfitri 1447 Hijriah, hari kedua"


def test_what_arrives_on_a_day_of_rest_counts_as_received_on_the_next_working_day() -> None:
    count = CALENDAR.count(date(2026, 9, 12), 1)
    assert (count.received, count.due) == (date(2026, 9, 14), date(2026, 9, 15))
    assert outcome(count) == [
        (12, None, "Diterima pada hari libur (Sabtu)"),
        (13, None, "Minggu"),
        (14, 0, "Dianggap diterima pada hari ini, belum dihitung"),
        (15, 1, "Hari kerja ke-1"),
    ]


def test_what_arrives_after_hours_counts_as_received_on_the_next_working_day() -> None:
    count = CALENDAR.count(date(2026, 9, 11), 1, after_hours=True)
    assert (count.received, count.due) == (date(2026, 9, 14), date(2026, 9, 15))
    assert count.receipt[0].why == "Diterima setelah jam kerja"


@pytest.mark.parametrize(
    ("start", "due"), [(date(2026, 9, 9), date(2026, 9, 9)), (date(2026, 9, 12), date(2026, 9, 14))]
)
def test_no_days_are_due_on_the_day_of_receipt(start: date, due: date) -> None:
    assert CALENDAR.count(start, 0).due == due


def test_a_negative_number_of_days_is_an_error() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        CALENDAR.count(date(2026, 1, 5), -1)


def test_a_unit_of_six_days_works_on_saturday_and_says_by_which_article() -> None:
    count = CALENDAR.count(date(2026, 9, 10), 2, Week.SIX_DAY)
    assert count.due == date(2026, 9, 12)
    assert count.receipt[-1].by == "Perpres 21/2023 Pasal 7 ayat (1)"


def test_a_year_without_a_decree_is_provisional_and_says_so() -> None:
    count = CALENDAR.count(date(2026, 12, 30), 3)
    assert count.due == date(2027, 1, 5)
    assert (count.provisional, count.unknown_years) == (True, (2027,))
    assert count.says.endswith("(sementara, karena keputusan hari libur 2027 belum tercatat).")
    assert count.receipt[1].why == "Hari kerja ke-1"
    assert count.receipt[2].why == "Tahun Baru Masehi"
    assert count.receipt[-1].why == "Hari kerja ke-3, sementara: keputusan hari libur 2027 belum tercatat"


def test_a_year_without_a_decree_still_has_weekends_and_fixed_holidays() -> None:
    closed = [day for day in days_of(2027) if day.weekday() < 5 and not CALENDAR.is_working(day)]
    assert closed == [date(2027, 1, 1), date(2027, 6, 1), date(2027, 8, 17)]
    assert not CALENDAR.is_working(date(2027, 12, 25), Week.SIX_DAY)


def test_a_count_within_known_years_is_not_provisional() -> None:
    assert not CALENDAR.count(date(2025, 12, 24), 10).provisional


def test_working_days_between_leaves_out_the_first_day_and_takes_the_last() -> None:
    assert CALENDAR.working_days_between(date(2026, 9, 11), date(2026, 9, 14)) == 1
    assert CALENDAR.working_days_between(date(2026, 9, 12), date(2026, 9, 14)) == 1
    assert CALENDAR.working_days_between(date(2026, 9, 14), date(2026, 9, 11)) == 0


def test_no_days_are_left_on_the_last_day_nor_after_it() -> None:
    due = date(2026, 9, 14)
    left = [CALENDAR.days_left(date(2026, 9, day), due) for day in range(9, 17)]
    assert left == [3, 2, 1, 0, 0, 0, 0, 0]


@given(DAYS, st.integers(0, 60), WEEKS)
def test_every_count_ends_on_a_working_day_with_one_line_for_each_day(start: date, days: int, week: Week) -> None:
    count = CALENDAR.count(start, days, week)
    assert CALENDAR.is_working(count.due, week)
    assert [line.day for line in count.receipt] == [
        start + timedelta(days=ahead) for ahead in range((count.due - start).days + 1)
    ]
    assert [line.number for line in count.receipt if line.number is not None] == list(range(days + 1))
    assert all(line.why and line.by for line in count.receipt)
    assert all(line.counted == bool(line.number) for line in count.receipt)


@given(DAYS, st.integers(0, 40), WEEKS)
def test_one_more_day_is_later_and_a_later_receipt_never_due_earlier(start: date, days: int, week: Week) -> None:
    due = CALENDAR.count(start, days, week).due
    assert CALENDAR.count(start, days + 1, week).due > due
    assert CALENDAR.count(start + timedelta(days=1), days, week).due >= due


@given(DAYS, st.integers(0, 40), WEEKS)
def test_counting_and_counting_back_agree(start: date, days: int, week: Week) -> None:
    count = CALENDAR.count(start, days, week)
    assert CALENDAR.working_days_between(count.received, count.due, week) == days
    assert CALENDAR.days_left(start, count.due, week) == days


@given(DAYS, st.integers(1, 20), st.integers(0, 30))
def test_a_paused_count_that_goes_on_the_same_day_ends_when_it_would_have(start: date, days: int, later: int) -> None:
    due = CALENDAR.count(start, days).due
    paused = min(start + timedelta(days=later), due)
    assert CALENDAR.count(paused, CALENDAR.days_left(paused, due)).due == due


@given(DAYS, WEEKS)
def test_the_next_working_day_is_the_first_one(day: date, week: Week) -> None:
    found = CALENDAR.next_working_day(day, week)
    assert CALENDAR.is_working(found, week)
    assert CALENDAR.working_days_between(day - timedelta(days=1), found, week) == 1


def test_an_agency_adds_the_decree_of_a_year(tmp_path: Path) -> None:
    own = load(
        tmp_path,
        """
        [2027]
        by = "SKB Libur 2027"
        holidays = [{ on = 2027-01-01, says = "Tahun Baru" }, { on = 2027-01-05, says = "Isra Mikraj" }]
        collective_leave = [{ on = 2027-01-04, says = "Cuti bersama Isra Mikraj" }]
        """,
    )
    count = own.count(date(2026, 12, 30), 3)
    assert (count.due, count.provisional) == (date(2027, 1, 7), False)
    assert own.closed(date(2026, 1, 1)) == CALENDAR.closed(date(2026, 1, 1))


def test_an_agency_replaces_the_decree_of_a_year_as_a_whole(tmp_path: Path) -> None:
    own = load(tmp_path, '[2026]\nby = "Perbup 7/2026"\nholidays = [{ on = 2026-01-02, says = "Libur khusus" }]\n')
    assert own.is_working(date(2026, 1, 1))
    assert not own.is_working(date(2026, 1, 2))


LOCAL = """
local = [
  { on = 2026-10-12, says = "Hari jadi kabupaten", by = "Perbup 7/2026 Pasal 2" },
  { on = 2027-10-12, says = "Hari jadi kabupaten", by = "Perbup 7/2026 Pasal 2" },
  { on = 2026-10-13, says = "Pemeliharaan gedung", by = "Perbup 7/2026 Pasal 3", units = ["RSUD", "PKM-1"] },
]
"""


def test_a_local_holiday_holds_for_the_whole_agency_or_for_the_units_it_names(tmp_path: Path) -> None:
    own = load(tmp_path, LOCAL)
    assert not own.is_working(date(2026, 10, 12))
    assert not own.is_working(date(2026, 10, 12), Week.SIX_DAY, "DINKES")
    assert own.is_working(date(2026, 10, 13), unit="DINKES")
    assert not own.is_working(date(2026, 10, 13), Week.SIX_DAY, "RSUD")
    assert own.count(date(2026, 10, 9), 1, unit="PKM-1").due == date(2026, 10, 14)
    assert own.count(date(2026, 10, 9), 1, unit="DINKES").due == date(2026, 10, 13)


def test_a_local_holiday_counts_in_a_year_without_a_decree(tmp_path: Path) -> None:
    own = load(tmp_path, LOCAL)
    assert not own.is_working(date(2027, 10, 12))
    assert not own.is_working(date(2027, 1, 1))


def test_a_holiday_of_one_agency_is_unknown_to_another(tmp_path: Path) -> None:
    load(tmp_path, LOCAL)
    assert WorkCalendar.load().is_working(date(2026, 10, 12))


HOLIDAY = 'holidays = [{ on = 2027-01-01, says = "Tahun Baru" }]'


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[2027", "", "tidak dapat dibaca sebagai TOML"),
        ("2027 = 1", "2027", "harus berupa tabel"),
        ('[besok]\nby = "SKB Libur 2027"', "besok", "kunci tidak dikenal; yang dikenal: tahun"),
        ("[week]\n5 = 1", "week", "kunci tidak dikenal"),
        (f"[2027]\n{HOLIDAY}", "2027", "by harus diisi"),
        (f'[2027]\nby = "SKB Libur 1999"\n{HOLIDAY}', "2027", "tidak diawali nama singkat peraturan"),
        ('[2027]\nby = "SKB Libur 2027"', "2027", "holidays harus diisi"),
        ('[2027]\nby = "SKB Libur 2027"\nholidays = []', "2027", "sekurang-kurangnya satu"),
        ('[2027]\nby = "SKB Libur 2027"\nholidays = 1', "2027", "holidays harus berupa daftar"),
        (f'[2027]\nby = "SKB Libur 2027"\n{HOLIDAY}\nnote = ""', "2027", "kunci tidak dikenal: note"),
        (f'[2026]\nby = "SKB Libur 2027"\n{HOLIDAY}', "2026", "tanggal 2027-01-01 tidak termasuk tahun 2026"),
        (
            f'[2027]\nby = "SKB Libur 2027"\n{HOLIDAY}\ncollective_leave = [{{ on = 2027-01-01, says = "Cuti" }}]',
            "2027",
            "tertulis dua kali",
        ),
        ('[2027]\nby = "SKB Libur 2027"\nholidays = [{ on = 2027-01-01 }]', "2027", "says harus diisi"),
        ('[2027]\nby = "SKB Libur 2027"\nholidays = [{ on = "besok", says = "x" }]', "2027", "on harus berupa tanggal"),
        ("local = 3", "local", "local harus berupa daftar"),
        ('local = [{ on = 2026-10-12, says = "x" }]', "local", "by harus diisi"),
        ('local = [{ on = 2026-10-12, says = "x", by = "?" }]', "local", "tidak diawali nama singkat peraturan"),
        ('local = [{ on = 2026-10-12, says = "x", by = "Perbup 7/2026", units = [] }]', "local", "units harus berupa"),
        ('local = [{ on = 2026-10-12, says = "x", by = "Perbup 7/2026", units = [5] }]', "local", "kode unit 5"),
        ('local = [{ on = 2026-10-12, says = "x", by = "Perbup 7/2026", unit = "A" }]', "local", "tidak dikenal: unit"),
    ],
)
def test_a_malformed_calendar_is_refused_with_file_key_and_reason(
    tmp_path: Path, text: str, key: str, reason: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, text)
    assert (caught.value.file, caught.value.key) == (tmp_path / "calendar.toml", key)
    assert reason in caught.value.reason


@pytest.mark.parametrize("start", [date.max - timedelta(days=3), date.max])
@pytest.mark.parametrize("after_hours", [False, True])
def test_a_count_ends_on_the_last_day_there_is_and_not_beyond(start: date, after_hours: bool) -> None:
    for week in Week:
        assert CALENDAR.count(start, 100, week, after_hours=after_hours).due == date.max
        assert start <= CALENDAR.next_working_day(start, week) <= date.max
        assert CALENDAR.days_left(start, date.max, week) <= 3


def test_a_count_names_every_year_whose_decree_is_not_known() -> None:
    count = CALENDAR.count(date(2026, 12, 1), 600)
    assert count.unknown_years == (2027, 2028, 2029)
    assert "keputusan hari libur 2027, 2028 dan 2029 belum tercatat" in count.says


@pytest.mark.parametrize("key", ["0202", "9999"])
def test_a_year_of_another_age_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="di luar tahun 1945 sampai 2100"):
        load(tmp_path, f'[{key}]\nby = "Perbup 7/2026"\nholidays = [{{ on = {key}-01-01, says = "Tahun Baru" }}]')
