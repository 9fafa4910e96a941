"""Parameters as histories, and an agency's own folder laid over the shipped ones."""

from datetime import date
from pathlib import Path

import pytest

from policies.bounds import why_not
from policies.files import SHIPPED
from policies.parameters import Entry, History, Law, NotInForce, Parameter, Policies, PolicyError, parameter

MAX_MENTEES: Parameter[int] = Parameter("mentoring.max_mentees", int)
HISTORY = History(
    "mentoring.max_mentees",
    "Banyaknya mentee yang boleh dibina seorang mentor",
    "orang",
    (
        Entry(date(2023, 1, 1), 5, "Perbup 7/2022 Pasal 9"),
        Entry(date(2025, 7, 1), 3, "Perbup 4/2025 Pasal 6"),
        Entry(date(2027, 1, 1), None, "Perbup 9/2026 Pasal 2"),
    ),
    Path("mentoring.toml"),
)


def law_on(day: date) -> Law:
    return Law({HISTORY.name: HISTORY}, day)


def overlay(folder: Path, text: str, name: str = "credit.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        Policies.load(folder)
    return caught.value


JP_LASTS_60 = """
[jp_minutes]
says = "Lamanya satu jam pelajaran"
unit = "menit"
since = [{ from = 2026-07-01, value = 60, by = "Perbup 7/2026 Pasal 3" }]
"""
OWN_INSTRUMENT = """
["Perbup 7/2026"]
title = "Peraturan Bupati Contoh Nomor 7 Tahun 2026 tentang Pengembangan Kompetensi"
about = "Pengembangan kompetensi di Kabupaten Contoh"
"""


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2023, 1, 1), 5),
        (date(2025, 6, 30), 5),
        (date(2025, 7, 1), 3),
        (date(2026, 12, 31), 3),
    ],
)
def test_a_value_holds_from_its_day_until_the_day_before_the_next(day: date, value: int) -> None:
    assert law_on(day)[MAX_MENTEES].value == value


def test_a_value_carries_its_citation_its_unit_and_since_when_it_holds() -> None:
    value = law_on(date(2026, 1, 1))[MAX_MENTEES]
    assert (value.since, value.by, value.unit) == (date(2025, 7, 1), "Perbup 4/2025 Pasal 6", "orang")


def test_before_its_first_day_a_parameter_is_not_in_force() -> None:
    with pytest.raises(NotInForce, match="belum ada ketentuannya"):
        law_on(date(2022, 12, 31))[MAX_MENTEES]


def test_from_its_repeal_on_a_parameter_is_not_in_force_and_says_by_what() -> None:
    with pytest.raises(NotInForce, match=r"dicabut dengan Perbup 9/2026 Pasal 2"):
        law_on(date(2027, 1, 1))[MAX_MENTEES]


def test_a_parameter_without_data_is_not_in_force() -> None:
    with pytest.raises(NotInForce, match=r"credit\.nothing"):
        law_on(date(2026, 1, 1))[Parameter("credit.nothing", int)]


def test_the_law_remembers_what_was_read() -> None:
    law = law_on(date(2026, 1, 1))
    law[MAX_MENTEES]
    assert list(law.used) == ["mentoring.max_mentees"]


def test_a_name_is_declared_by_one_handle_only() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        parameter("credit.jp_minutes", int)


def test_an_agency_lays_its_own_value_over_the_shipped_one(tmp_path: Path) -> None:
    overlay(tmp_path, OWN_INSTRUMENT, "regulations.toml")
    own = Policies.load(overlay(tmp_path, JP_LASTS_60)).on(date(2026, 8, 1))[Parameter("credit.jp_minutes", int)]
    assert (own.value, own.by) == (60, "Perbup 7/2026 Pasal 3")


def test_what_the_agency_does_not_name_stays_as_shipped(tmp_path: Path) -> None:
    overlay(tmp_path, OWN_INSTRUMENT, "regulations.toml")
    law = Policies.load(overlay(tmp_path, JP_LASTS_60)).on(date(2026, 8, 1))
    assert law[Parameter("credit.mentoring", int)].value == 2


def test_the_agency_gives_the_whole_history_of_what_it_names(tmp_path: Path) -> None:
    overlay(tmp_path, OWN_INSTRUMENT, "regulations.toml")
    law = Policies.load(overlay(tmp_path, JP_LASTS_60)).on(date(2026, 6, 30))
    with pytest.raises(NotInForce):
        law[Parameter("credit.jp_minutes", int)]


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    assert Policies.load(tmp_path).histories == Policies.load().histories


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    overlay(tmp_path, OWN_INSTRUMENT, "regulations.toml")
    overlay(tmp_path, "\ufeff" + JP_LASTS_60)
    assert Policies.load(tmp_path).on(date(2026, 8, 1))[Parameter("credit.jp_minutes", int)].value == 60


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    fault = refused(tmp_path / "none")
    assert fault.file == tmp_path / "none"
    assert "JENJANG_POLICIES" in fault.reason


ROW = 'since = [{ from = 2026-01-01, value = 60, by = "PerLAN 10/2018" }]'


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[jp_minutes\n", "", "tidak dapat dibaca sebagai TOML"),
        ("jp_minutes = 60", "jp_minutes", "harus berupa tabel TOML"),
        (f'[jp_minutes]\nsays = "x"\nunit = "menit"\nnote = "?"\n{ROW}', "jp_minutes", "kunci tidak dikenal: note"),
        (f'[jp_minutes]\nunit = "menit"\n{ROW}', "jp_minutes", "says harus diisi"),
        (f'[jp_minutes]\nsays = "x"\nunit = " "\n{ROW}', "jp_minutes", "unit harus diisi"),
        ('[jp_minutes]\nsays = "x"\nunit = "menit"\n', "jp_minutes", "sekurang-kurangnya satu baris"),
        ('[jp_minutes]\nsays = "x"\nunit = "menit"\nsince = []', "jp_minutes", "sekurang-kurangnya satu baris"),
        ('[jp_minutes]\nsays = "x"\nunit = "menit"\nsince = 60', "jp_minutes", "since harus berupa daftar"),
        ('[jp_minutes]\nsays = "x"\nunit = "menit"\nsince = [60]', "jp_minutes", "harus berupa tabel TOML"),
        (f'[jp_hours]\nsays = "x"\nunit = "menit"\n{ROW}', "jp_hours", "tidak dikenal; yang dikenal: benchmarking"),
    ],
)
def test_a_malformed_file_is_refused_with_file_key_and_reason(tmp_path: Path, text: str, key: str, reason: str) -> None:
    fault = refused(overlay(tmp_path, text))
    assert (fault.file, fault.key) == (tmp_path / "credit.toml", key)
    assert reason in fault.reason
    assert str(fault).startswith(f"{tmp_path / 'credit.toml'}: ")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('{ value = 60, by = "PerLAN 10/2018" }', "from harus berupa tanggal"),
        ('{ from = "2026-01-01", value = 60, by = "PerLAN 10/2018" }', "from harus berupa tanggal"),
        ('{ from = 2026-01-01T00:00:00, value = 60, by = "PerLAN 10/2018" }', "from harus berupa tanggal"),
        ("{ from = 2026-01-01, value = 60 }", "baris sejak 2026-01-01 tidak menyebut dasar hukumnya"),
        ('{ from = 2026-01-01, value = 60, by = "" }', "by harus diisi"),
        ('{ from = 2026-01-01, value = 60, by = "Perbup 1/1999" }', "tidak diawali nama singkat peraturan"),
        ('{ from = 2026-01-01, value = 60, by = "PerLAN 10/20181" }', "tidak diawali nama singkat peraturan"),
        ('{ from = 2026-01-01, by = "PerLAN 10/2018" }', "harus berisi value, atau repealed"),
        ('{ from = 2026-01-01, value = 60, repealed = true, by = "PerLAN 10/2018" }', "harus berisi value"),
        ('{ from = 2026-01-01, repealed = false, by = "PerLAN 10/2018" }', "harus berisi value"),
        ('{ from = 2026-01-01, value = 60, by = "PerLAN 10/2018", to = 3 }', "kunci tidak dikenal: to"),
        ('{ from = 2026-01-01, value = "60", by = "PerLAN 10/2018" }', "harus sejenis dengan bawaannya (int)"),
        ('{ from = 2026-01-01, value = true, by = "PerLAN 10/2018" }', "harus sejenis dengan bawaannya (int)"),
        ('{ from = 2026-01-01, value = 1.5, by = "PerLAN 10/2018" }', "harus sejenis dengan bawaannya (int)"),
        ('{ from = 2026-01-01, value = -60, by = "PerLAN 10/2018" }', "nol atau lebih"),
        ('{ from = 2026-01-01, value = nan, by = "PerLAN 10/2018" }', "nol atau lebih"),
        ('{ from = 2026-01-01, value = inf, by = "PerLAN 10/2018" }', "nol atau lebih"),
        (
            (
                '{ from = 2026-01-01, value = 60, by = "PerLAN 10/2018" }, '
                '{ from = 2025-01-01, value = 50, by = "PerLAN 10/2018" }'
            ),
            "harus berurutan",
        ),
        (
            (
                '{ from = 2026-01-01, value = 60, by = "PerLAN 10/2018" }, '
                '{ from = 2026-01-01, value = 50, by = "PerLAN 10/2018" }'
            ),
            "satu tanggal hanya satu kali",
        ),
        (
            (
                '{ from = 2026-01-01, value = 60, by = "PerLAN 10/2018" }, '
                '{ from = 2026-02-01, value = "a", by = "PerLAN 10/2018" }'
            ),
            "harus sejenis",
        ),
    ],
)
def test_a_malformed_row_is_refused_with_file_key_and_reason(tmp_path: Path, rows: str, reason: str) -> None:
    fault = refused(overlay(tmp_path, f'[jp_minutes]\nsays = "x"\nunit = "menit"\nsince = [{rows}]'))
    assert (fault.file, fault.key) == (tmp_path / "credit.toml", "jp_minutes")
    assert reason in fault.reason


@pytest.mark.parametrize("value", ["[1]", '"Sedang"', '["Sedang", 2]'])
def test_a_list_stays_a_list_of_the_same_things(tmp_path: Path, value: str) -> None:
    row = f'{{ from = 2026-01-01, value = {value}, by = "Praktik daerah" }}'
    overlay(tmp_path, f'[binding_sanctions]\nsays = "x"\nunit = "x"\nsince = [{row}]', "internship.toml")
    assert "harus sejenis dengan bawaannya (daftar str)" in refused(tmp_path).reason


def test_a_file_of_a_topic_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    fault = refused(overlay(tmp_path, f'[x]\nsays = "x"\nunit = "x"\n{ROW}', "kredit.toml"))
    assert fault.key == "x"
    assert "tidak ada berkas ketentuan bernama kredit.toml" in fault.reason


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "credit.toml").mkdir()
    assert "tidak dapat dibuka" in refused(tmp_path).reason


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "credit.toml").write_bytes(b"\xff\xfe\x00")
    assert "tidak dapat dibaca" in refused(tmp_path).reason


def test_a_repeal_by_the_agency_takes_a_shipped_value_out_of_force(tmp_path: Path) -> None:
    rows = (
        '{ from = 2019-01-01, value = 45, by = "PerLAN 10/2018" }, '
        '{ from = 2026-01-01, repealed = true, by = "Praktik daerah" }'
    )
    overlay(tmp_path, f'[jp_minutes]\nsays = "x"\nunit = "menit"\nsince = [{rows}]')
    policies = Policies.load(tmp_path)
    assert policies.on(date(2025, 12, 31))[Parameter("credit.jp_minutes", int)].value == 45
    with pytest.raises(NotInForce):
        policies.on(date(2026, 1, 1))[Parameter("credit.jp_minutes", int)]


def test_each_shipped_file_names_a_module_of_the_law() -> None:
    for file in SHIPPED.glob("*.toml"):
        assert (SHIPPED.parent / f"{file.stem}.py").exists(), file


def own(name: str, unit: str, value: str, since: str = "2026-01-01") -> str:
    return (
        f'[{name}]\nsays = "x"\nunit = "{unit}"\nsince = [{{ from = {since}, value = {value}, by = "Praktik daerah" }}]'
    )


@pytest.mark.parametrize(
    ("topic", "name", "unit", "value", "reason"),
    [
        ("internship", "supervisor_days", "hari kerja", "100000000", "hari kerja yang berlaku 0 sampai 3660"),
        ("internship", "longest_days", "hari", "3661", "0 sampai 3660"),
        ("internship", "unit_present", "persen", "101", "0 sampai 100"),
        ("internship", "least_attendance", "persen hari kerja", "800", "0 sampai 100"),
        ("internship", "presence_counts_from", "orang", "1000000", "0 sampai 100000"),
        ("internship", "credit_when_recalled", "JP", "99999", "0 sampai 10000"),
        ("internship", "least_predicates", "predikat", '["Baek"]', "yang berlaku: Sangat Kurang"),
        ("internship", "binding_sanctions", "tingkat", '["berat", "sedng"]', "nilai 'sedng' tidak dikenal"),
        ("internship", "binding_agreement", "jenis naskah", '"MoU"', "Perjanjian Kerja Sama"),
        ("credit", "jp_minutes", "menit", "0", "1 sampai 1440"),
        ("credit", "course_international", "persen", "12000", "0 sampai 1000"),
        ("credit", "internship", "JP per kegiatan", "200000", "0 sampai 10000"),
        ("credit", "coaching_monthly_sessions", "sesi", "400", "0 sampai 366"),
    ],
)
def test_a_value_that_nobody_can_have_meant_is_refused_with_what_may_stand(
    tmp_path: Path, topic: str, name: str, unit: str, value: str, reason: str
) -> None:
    fault = refused(overlay(tmp_path, own(name, unit, value), f"{topic}.toml"))
    assert (fault.file, fault.key) == (tmp_path / f"{topic}.toml", name)
    assert fault.reason.startswith("baris sejak 2026-01-01: nilai ")
    assert reason in fault.reason


@pytest.mark.parametrize(
    ("name", "unit", "value"),
    [("supervisor_days", "hari kerja", 0), ("longest_days", "hari", 3660), ("unit_present", "persen", 100)],
)
def test_the_bounds_themselves_may_stand(tmp_path: Path, name: str, unit: str, value: int) -> None:
    policies = Policies.load(overlay(tmp_path, own(name, unit, str(value)), "internship.toml"))
    assert policies.on(date(2026, 8, 1))[Parameter(f"internship.{name}", int)].value == value


def test_an_agency_does_not_change_the_unit_in_which_rules_count(tmp_path: Path) -> None:
    fault = refused(overlay(tmp_path, own("longest_days", "minggu", "52"), "internship.toml"))
    assert "unit 'minggu' harus sama dengan bawaannya, 'hari'" in fault.reason


def test_a_list_is_not_taken_for_a_number(tmp_path: Path) -> None:
    fault = refused(overlay(tmp_path, own("longest_days", "hari", "[]"), "internship.toml"))
    assert "harus sejenis dengan bawaannya (int)" in fault.reason


@pytest.mark.parametrize("since", ["0202-01-01", "9999-01-01"])
def test_a_day_of_another_age_is_refused(tmp_path: Path, since: str) -> None:
    fault = refused(overlay(tmp_path, own("longest_days", "hari", "90", since), "internship.toml"))
    assert f"from {since} di luar tahun 1945 sampai 2100" in fault.reason


def test_every_shipped_unit_says_what_its_values_can_be() -> None:
    for history in Policies.load().histories.values():
        values = [entry.value for entry in history.entries if entry.value is not None]
        absurd = 10**9 if all(isinstance(value, int) for value in values) else "tidak mungkin"
        # Which officials there are, the processes say: `jenjang check` holds the names against them.
        assert why_not(history.name.partition(".")[0], history.unit, absurd) or history.unit == "pejabat", history
