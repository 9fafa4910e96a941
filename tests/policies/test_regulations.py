"""Legal instruments: each once, found by the beginning of a citation, added to by an agency."""

import re
from datetime import date
from pathlib import Path

import pytest

from policies.files import PolicyError
from policies.nip import Kind
from policies.parameters import Policies
from policies.regulations import Instrument, Regulations, UnknownInstrument

SHIPPED = Regulations.load()

OWN = """
["Perbup 7/2026"]
title = "Peraturan Bupati Contoh Nomor 7 Tahun 2026 tentang Pengembangan Kompetensi"
about = "Pengembangan kompetensi di Kabupaten Contoh"
since = 2026-07-01
"""


@pytest.mark.parametrize("instrument", SHIPPED.instruments.values(), ids=lambda instrument: instrument.name)
def test_a_title_bears_the_number_and_year_of_its_short_name(instrument: Instrument) -> None:
    if numbered := re.search(r"(\d+)/(\d{4})$", instrument.name):
        assert re.search(rf"Nomor {numbered[1]}\b.*\b{numbered[2]}\b", instrument.title)
    assert " tentang " in instrument.title or instrument.name == "Praktik daerah"


@pytest.mark.parametrize("instrument", SHIPPED.instruments.values(), ids=lambda instrument: instrument.name)
def test_an_instrument_is_revoked_by_one_that_exists_or_names_it_in_words(instrument: Instrument) -> None:
    assert (instrument.revoked is None) == (instrument.revoked_by is None)
    if instrument.since and instrument.revoked:
        assert instrument.since < instrument.revoked


def test_titles_are_given_once() -> None:
    titles = [instrument.title for instrument in SHIPPED.instruments.values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("citation", ["PP 11/2017", "PP 11/2017 Pasal 203 ayat (4)", " PP  11/2017 jo. PP 17/2020"])
def test_a_citation_is_found_by_the_short_name_it_begins_with(citation: str) -> None:
    instrument = SHIPPED.find(citation)
    assert instrument is not None
    assert instrument.name == "PP 11/2017"


def test_the_longest_short_name_wins_and_words_are_whole() -> None:
    decree = SHIPPED.find("Perubahan SKB Libur 2025 angka 1")
    assert decree is not None
    assert decree.since == date(2025, 8, 7)
    assert SHIPPED.find("PP 11/20170 Pasal 1") is None
    assert SHIPPED.find("PP") is None
    assert SHIPPED.find("") is None


def test_the_full_title_is_given_for_a_citation() -> None:
    assert SHIPPED.full_title("PerLAN 10/2018 Lampiran") == (
        "Peraturan Lembaga Administrasi Negara Nomor 10 Tahun 2018 tentang Pengembangan Kompetensi Pegawai Negeri Sipil"
    )
    assert Policies.load().regulations.full_title("PP 49/2018").endswith("Perjanjian Kerja")


def test_the_title_of_an_unknown_instrument_is_an_error_with_the_way_out() -> None:
    with pytest.raises(UnknownInstrument, match=r"Perbup 1/1999: .*tambahkan peraturannya di regulations\.toml"):
        SHIPPED.full_title("Perbup 1/1999")


BASIS = ("UU 20/2023 Pasal 49", "PP 11/2017 Pasal 203 ayat (4)", "PP 49/2018", "PerLAN 10/2018", "PerLAN 15/2020")


@pytest.mark.parametrize(
    ("kinds", "fitting"),
    [
        (["PNS"], ["UU 20/2023 Pasal 49", "PP 11/2017 Pasal 203 ayat (4)", "PerLAN 10/2018"]),
        ([Kind.PPPK], ["UU 20/2023 Pasal 49", "PP 49/2018", "PerLAN 15/2020"]),
        (["PPPK", "PNS"], list(BASIS)),
        (["PNS", None], list(BASIS)),
        ([], list(BASIS)),
    ],
)
def test_people_are_told_the_law_that_applies_to_them(kinds: list[str | None], fitting: list[str]) -> None:
    assert list(SHIPPED.fitting(BASIS, kinds)) == fitting


@pytest.mark.parametrize("instrument", SHIPPED.instruments.values(), ids=lambda instrument: instrument.name)
def test_an_instrument_applies_to_whom_its_title_names(instrument: Instrument) -> None:
    called = {Kind.PNS: "Pegawai Negeri Sipil", Kind.PPPK: "Pegawai Pemerintah dengan Perjanjian Kerja"}
    assert set(instrument.applies_to) == {kind for kind, name in called.items() if name in instrument.title}


def test_an_agency_adds_its_own_instrument(tmp_path: Path) -> None:
    (tmp_path / "regulations.toml").write_text(OWN, encoding="utf-8")
    own = Regulations.load(tmp_path)
    assert own.full_title("Perbup 7/2026 Pasal 3").startswith("Peraturan Bupati Contoh")
    assert own.full_title("PP 11/2017") == SHIPPED.full_title("PP 11/2017")


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[[", "", "tidak dapat dibaca sebagai TOML"),
        ('"Perbup 7/2026" = "Peraturan"', "Perbup 7/2026", "harus berupa tabel"),
        ('["Perbup 7/2026"]\nabout = "x"', "Perbup 7/2026", "title harus diisi"),
        ('["Perbup 7/2026"]\ntitle = "x"', "Perbup 7/2026", "about harus diisi"),
        ('["Perbup 7/2026"]\ntitle = "x"\nabout = "x"\nsince = 2026', "Perbup 7/2026", "since harus berupa tanggal"),
        ('["Perbup 7/2026"]\ntitle = "x"\nabout = "x"\nfrom = 2026-01-01', "Perbup 7/2026", "kunci tidak dikenal"),
        ('["Perbup  7/2026"]\ntitle = "x"\nabout = "x"', "Perbup  7/2026", "spasi ganda"),
        ('[""]\ntitle = "x"\nabout = "x"', "", "tidak boleh kosong"),
        ('["P 1"]\ntitle = "x"\nabout = "x"\nrevoked_by = "y"', "P 1", "memerlukan tanggal revoked"),
        ('["P 1"]\ntitle = "x"\nabout = "x"\napplies_to = "PNS"', "P 1", "applies_to harus berupa daftar"),
        ('["P 1"]\ntitle = "x"\nabout = "x"\napplies_to = []', "P 1", "applies_to harus berupa daftar"),
        ('["P 1"]\ntitle = "x"\nabout = "x"\napplies_to = ["Honorer"]', "P 1", "PNS atau PPPK"),
        (
            '["P 1"]\ntitle = "x"\nabout = "x"\nsince = 2026-01-02\nrevoked = 2026-01-02',
            "P 1",
            "revoked harus sesudah since",
        ),
    ],
)
def test_a_malformed_instrument_is_refused_with_file_key_and_reason(
    tmp_path: Path, text: str, key: str, reason: str
) -> None:
    (tmp_path / "regulations.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        Policies.load(tmp_path)
    assert (caught.value.file, caught.value.key) == (tmp_path / "regulations.toml", key)
    assert reason in caught.value.reason
