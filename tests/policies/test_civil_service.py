"""Numbers, ranks, predicates, sanctions, statuses and names of civil servants. All people are invented."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.civil_service import (
    RANKS,
    Kind,
    NotANip,
    NotRecognised,
    Predicate,
    Rank,
    Sanction,
    Status,
    full_name,
    is_old_number,
    read_kind,
    read_nip,
    read_predicate,
    read_rank,
    read_sanction,
    read_status,
)

PNS = "199001012015032001"
PPPK = "199001012022211007"


def test_the_number_of_a_pns_tells_birth_appointment_and_sex() -> None:
    nip = read_nip(PNS)
    assert (nip.kind, nip.birth_on, nip.appointed, nip.sex) == ("PNS", date(1990, 1, 1), (2015, 3), "P")
    assert nip.agreement is None
    assert str(nip) == nip.digits == PNS


def test_the_number_of_a_pppk_tells_the_year_and_the_work_agreement() -> None:
    nip = read_nip(PPPK)
    assert (nip.kind, nip.birth_on, nip.appointed, nip.sex) == ("PPPK", date(1990, 1, 1), (2022, None), "L")
    assert nip.agreement == 21


def test_a_number_is_printed_in_groups() -> None:
    assert read_nip("198609262015051001").grouped() == "19860926 201505 1 001"


@pytest.mark.parametrize(
    "text",
    [
        "19900101 201503 2 001",
        "'199001012015032001",
        "\u2019199001012015032001 ",
        "19900101.201503.2.001",
        "\t1990 0101\u00a02015 03 2001\n",
        "\ufeff199001012015032001",
    ],
)
def test_what_is_only_form_is_forgiven(text: str) -> None:
    assert read_nip(text).digits == PNS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "NIP kosong"),
        ("  '", "NIP kosong"),
        ("19900101201503200", "harus 18 angka, tetapi berisi 17 angka"),
        ("1990010120150320011", "harus 18 angka, tetapi berisi 19 angka"),
        ("130123456", "NIP lama 9 angka"),
        ("19900101201503200O", "hanya boleh berisi angka, tetapi berisi 'O'"),
        ("-199001012015032001", "tetapi berisi '-'"),
        ("1990010120150320²1", "tetapi berisi '²'"),
        ("１９９００１０１２０１５０３２００１", "hanya boleh berisi angka"),  # noqa: RUF001 the digits a phone may type
        ("1.99001E+17", "tersimpan sebagai bilangan"),
        ("1,99001e17", "tersimpan sebagai bilangan"),
        ("199001012015032001.0", "tersimpan sebagai bilangan"),
        ("199002302015032001", "tanggal lahir 30-02-1990"),
        ("199013012015032001", "tanggal lahir 01-13-1990"),
        ("199000012015032001", "tanggal lahir 01-00-1990"),
        ("189001011915032001", "tanggal lahir 01-01-1890"),
        ("199001012115032001", "tahun pengangkatan 2115"),
        ("199001010015032001", "tahun pengangkatan 0015"),
        ("199001012015002001", "angka ke-13 dan ke-14 adalah 00"),
        ("199001012015132001", "angka ke-13 dan ke-14 adalah 13; bagi PNS harus bulan pengangkatan 01 sampai 12"),
        ("199001012015202001", "bagi PPPK nomor perjanjian kerja mulai 21"),
        ("199001012015030001", "angka ke-15 adalah 0; kode jenis kelamin"),
        ("199001012015033001", "angka ke-15 adalah 3; kode jenis kelamin"),
        ("199003022008032001", "berumur 17 tahun saat diangkat"),
        ("199001012007211001", "diangkat tahun 2007 berarti berumur 17 tahun"),
        ("194001012011032001", "berumur 71 tahun saat diangkat"),
        ("199001011985032001", "berumur -5 tahun saat diangkat"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(NotANip) as caught:
        read_nip(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["199003012008032001", "199012312008211001", "194503012015032001"])
def test_eighteen_and_seventy_years_are_still_possible(text: str) -> None:
    assert read_nip(text).digits == text


@pytest.mark.parametrize(
    ("text", "on"), [(PNS, date(2015, 2, 28)), (PPPK, date(2021, 12, 31)), (PNS, date(2014, 12, 1))]
)
def test_an_appointment_in_the_future_is_refused_on_that_day(text: str, on: date) -> None:
    with pytest.raises(NotANip, match=r"pengangkatan (Maret 2015|tahun 2022) sesudah"):
        read_nip(text, on)


@pytest.mark.parametrize(("text", "on"), [(PNS, date(2015, 3, 1)), (PPPK, date(2022, 1, 1))])
def test_an_appointment_of_this_month_or_year_is_accepted(text: str, on: date) -> None:
    assert read_nip(text, on).digits == text


@given(
    birth=st.dates(date(1950, 1, 1), date(2000, 12, 31)),
    age=st.integers(19, 60),
    code=st.integers(0, 99),
    sex=st.integers(0, 9),
    sequence=st.integers(0, 999),
)
def test_a_number_is_read_exactly_where_its_parts_are_possible(
    birth: date, age: int, code: int, sex: int, sequence: int
) -> None:
    digits = f"{birth:%Y%m%d}{birth.year + age}{code:02d}{sex}{sequence:03d}"
    if (1 <= code <= 12 or code >= 21) and sex in (1, 2):
        nip = read_nip(digits)
        assert (nip.birth_on, nip.appointed.year) == (birth, birth.year + age)
        assert nip.kind is (Kind.PPPK if code > 12 else Kind.PNS)
        assert read_nip(nip.grouped()) == nip
    else:
        with pytest.raises(NotANip):
            read_nip(digits)


@given(st.text(max_size=30))
def test_no_text_whatever_does_more_than_be_refused(text: str) -> None:
    for read in (read_nip, read_kind, read_predicate, read_sanction, read_status):
        with suppress(NotANip, NotRecognised):
            read(text)
    for kind in Kind:
        with suppress(NotRecognised):
            read_rank(text, kind)


def test_an_old_number_of_nine_digits_is_known_as_such() -> None:
    assert is_old_number("130 123 456")
    assert not is_old_number(PNS)
    assert not is_old_number("13012345x")


@pytest.mark.parametrize(
    ("text", "kind"), [("PNS", Kind.PNS), (" cpns ", Kind.PNS), ("pppk", Kind.PPPK), ("P3K", Kind.PPPK)]
)
def test_the_kind_of_civil_servant_is_read(text: str, kind: Kind) -> None:
    assert read_kind(text) is kind


def test_another_kind_is_refused() -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: PNS, PPPK"):
        read_kind("honorer")


def test_there_are_seventeen_ranks_of_each_kind_lowest_first() -> None:
    assert [rank.grade for rank in RANKS[Kind.PNS]] == [
        f"{roman}/{letter}"
        for roman, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde"))
        for letter in letters
    ]
    assert len(RANKS[Kind.PPPK]) == 17
    for ranks in RANKS.values():
        assert list(ranks) == sorted(ranks)
        assert [rank.level for rank in ranks] == list(range(1, 18))


@pytest.mark.parametrize("rank", [*RANKS[Kind.PNS], *RANKS[Kind.PPPK]], ids=lambda rank: rank.on_letter)
def test_every_rank_is_read_back_from_each_of_its_forms(rank: Rank) -> None:
    grade = rank.grade
    forms = [grade, grade.upper(), grade.lower(), f" {grade} ", grade.replace("/", " / "), rank.on_letter]
    for form in (*forms, f"Golongan {grade}", f"Gol. {grade}"):
        assert read_rank(form, rank.kind) is rank


def test_a_rank_is_printed_as_letters_do() -> None:
    assert read_rank("iii/D", "PNS").on_letter == "Penata Tingkat I (III/d)"
    assert read_rank("IV/e", Kind.PNS).title == "Pembina Utama"
    assert read_rank("ix", "PPPK").on_letter == "Golongan IX"


@pytest.mark.parametrize("text", ["", "/", "III", "III/e", "V/a", "IV/f", "0/a", "IIII/a", "III/", "IX", "XVIII", "9"])
def test_a_rank_that_pns_do_not_have_is_refused(text: str) -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: I/a sampai IV/e"):
        read_rank(text, Kind.PNS)


@pytest.mark.parametrize("text", ["", "XVIII", "0", "9", "III/a", "IIX", "Penata (III/c)"])
def test_a_rank_that_pppk_do_not_have_is_refused(text: str) -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: I sampai XVII"):
        read_rank(text, Kind.PPPK)


def test_a_rank_of_the_other_kind_is_named_as_such() -> None:
    with pytest.raises(NotRecognised, match="itu golongan PNS"):
        read_rank("III/a", Kind.PPPK)
    with pytest.raises(NotRecognised, match="itu golongan PPPK"):
        read_rank("IX", Kind.PNS)


def test_ranks_compare_within_their_kind_only() -> None:
    assert read_rank("II/d", "PNS") < read_rank("III/a", "PNS") <= read_rank("III/a", "PNS")
    assert max(read_rank(grade, "PPPK") for grade in ("IX", "V", "X")).grade == "X"
    with pytest.raises(TypeError):
        assert read_rank("III/a", "PNS") < read_rank("IX", "PPPK")


@pytest.mark.parametrize("predicate", Predicate, ids=str)
def test_every_predicate_is_read_whatever_its_case_and_blanks(predicate: Predicate) -> None:
    for form in (predicate.value, predicate.value.upper(), f"  {predicate.value.lower().replace(' ', '  ')} "):
        assert read_predicate(form) is predicate


def test_predicates_compare_by_merit_not_by_alphabet() -> None:
    good, very_good, poor = Predicate.GOOD, Predicate.VERY_GOOD, Predicate.POOR
    assert poor < Predicate.NEEDS_IMPROVEMENT < good < very_good
    assert very_good >= good
    assert min(Predicate) is Predicate.VERY_POOR


@pytest.mark.parametrize("text", ["", "Cukup", "Baik Sekali", "B"])
def test_an_unknown_or_blank_predicate_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: Sangat Baik, Baik, Butuh Perbaikan, Kurang, Sangat Kurang"):
        read_predicate(text)


@pytest.mark.parametrize("sanction", Sanction, ids=str)
def test_every_level_of_sanction_is_read(sanction: Sanction) -> None:
    for form in (sanction.value, sanction.value.upper(), f"Hukuman Disiplin {sanction}", f"tingkat {sanction.value}"):
        assert read_sanction(form) is sanction


def test_sanctions_compare_by_severity() -> None:
    assert Sanction.LIGHT < Sanction.MODERATE < Sanction.SEVERE


@pytest.mark.parametrize("text", ["Tidak ada", "TIDAK PERNAH", "nihil", "-"])
def test_a_stated_absence_of_sanctions_is_none(text: str) -> None:
    assert read_sanction(text) is None


@pytest.mark.parametrize("text", ["", " ", "Keras", "ya"])
def test_a_blank_is_no_statement_that_there_is_no_sanction(text: str) -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: Ringan, Sedang, Berat, Tidak ada"):
        read_sanction(text)


@pytest.mark.parametrize("status", Status, ids=lambda status: status.label)
def test_every_status_is_read_from_each_of_its_names(status: Status) -> None:
    for name in (status.label, *status.also):
        assert read_status(name) is status
        assert read_status(f" {name.upper()} ") is status


def test_only_the_active_may_take_part() -> None:
    assert [status for status in Status if status.may_take_part] == [Status.ACTIVE]


def test_those_who_left_are_told_from_those_who_are_away() -> None:
    assert Status.RETIRED.left
    assert Status.TRANSFERRED.left
    assert not Status.UNPAID_LEAVE.left
    assert not any(status.left and status.may_take_part for status in Status)


def test_no_name_belongs_to_two_statuses() -> None:
    names = [name.casefold() for status in Status for name in (status.label, *status.also)]
    assert len(names) == len(set(names))


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(NotRecognised, match="yang dikenal: Aktif, Tugas belajar, CLTN"):
        read_status("Cuti")


@pytest.mark.parametrize(
    ("front", "name", "back", "full"),
    [
        ("dr.", "Wulan Iskandar", "Sp.PD.", "dr. Wulan Iskandar, Sp.PD."),
        ("", "Maruli Gunawan", "", "Maruli Gunawan"),
        (None, "Maruli Gunawan", None, "Maruli Gunawan"),
        ("Drs.", "Gede  Purnama ", "M.M.", "Drs. Gede Purnama, M.M."),
        (" ", "Yuni Kartika", ", S.Kom., M.T.", "Yuni Kartika, S.Kom., M.T."),
        ("Prof. Dr.", "Hendra Nasution", "M.Si. ", "Prof. Dr. Hendra Nasution, M.Si."),
    ],
)
def test_a_name_stands_between_its_titles(front: str | None, name: str, back: str | None, full: str) -> None:
    assert full_name(front, name, back) == full
