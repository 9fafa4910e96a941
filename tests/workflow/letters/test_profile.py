import re
from datetime import date
from pathlib import Path

import pytest

from workflow.letters.profile import SHIPPED_PROFILE, ProfileError, load_profile, profile_from_text

SHIPPED = SHIPPED_PROFILE.read_text(encoding="utf-8")
SMALL = """
agency = "Kota Melati"
kind = "kota"
seat = "Melati"
government = "PEMERINTAH KOTA MELATI"
[regent]
name = "Arga Wirasena"
title = "Wali Kota Melati"
"""


def test_the_shipped_profile_is_complete() -> None:
    profile = load_profile()
    assert profile.regent.title == "Bupati Kemuning"
    assert (profile.personnel_unit, profile.secretariat, profile.six_day_units) == ("BKPSDM", "SETDA", ("RSUD",))
    assert profile.emblem.startswith("data:image/svg+xml;base64,")
    assert "BKPSDM/Bidang Pengembangan Kompetensi" in profile.groups["verifiers"]


def test_a_few_lines_are_a_profile() -> None:
    profile = profile_from_text(SMALL)
    assert profile.letterhead("DISHUB", "Dinas Perhubungan").lines == ("PEMERINTAH KOTA MELATI", "DINAS PERHUBUNGAN")
    number = profile.number("internship_request", unit="DISHUB", sequence=3, on=date(2026, 3, 12), classification="094")
    assert number == "094/3/DISHUB/2026"


def test_a_unit_that_the_profile_does_not_know_has_its_name_under_the_governments_line() -> None:
    head = load_profile().letterhead("KEC-BUKIT-KEMUNING", "Kecamatan Bukit Kemuning")
    assert head.lines == ("PEMERINTAH KABUPATEN KEMUNING", "KECAMATAN BUKIT KEMUNING")
    assert (head.address, head.contact) == ("", "")


def test_an_office_below_another_shows_both() -> None:
    head = load_profile().letterhead("RSUD", "Rumah Sakit Umum Daerah Kemuning")
    assert head.lines[1:] == ("DINAS KESEHATAN", "RUMAH SAKIT UMUM DAERAH KEMUNING")
    assert head.address.endswith("Kode Pos 29902")
    assert head.contact.startswith("Telepon (0799) 21190, Laman rsud.kemuning.example")


def test_the_regents_own_letterhead_is_the_post_alone() -> None:
    head = load_profile().regent_letterhead()
    assert (head.lines, head.arrangement) == (("BUPATI KEMUNING",), "official")


def test_the_profile_overrules_the_process_on_the_classification_of_a_letter() -> None:
    number = load_profile().number(
        "internship_assignment", unit="DINKES", sequence=21, on=date(2026, 3, 12), classification="999"
    )
    assert number == "800.1.11.1/021/DINKES/2026"


def test_a_kind_of_letter_may_have_its_own_paper_and_pattern() -> None:
    profile = profile_from_text(
        SMALL + '[letters.surat_tugas]\npaper = "F4"\nfont = "serif"\npattern = "{urut:00}/{jenis}"\ncode = "ST"\n'
    )
    assert (profile.page("surat_tugas").paper, profile.page("surat_tugas").font) == ("F4", "serif")
    assert profile.page("lain").paper == "A4"
    assert profile.number("surat_tugas", unit="X", sequence=3, on=date(2026, 3, 12)) == "03/ST"


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (
            SMALL + 'nip = "1"',
            "regent.nip",
            "kunci tidak dikenal; hapus atau perbaiki ejaannya. Yang dikenal: name, title",
        ),
        (SMALL + "[page]\nwidth = 3", "page.width", "Yang dikenal: paper, orientation, font"),
        (SMALL + '[units.RSUD]\ntelp = "1"', "units.RSUD.telp", "Yang dikenal: code, lines"),
        (SMALL + "[units.RSUD]\nphone = 21", "units.RSUD.phone", "harus berupa teks, bukan bilangan bulat"),
        (SMALL + '[letters.x]\npaper = "A5"', "letters.x.paper", 'nilai "A5" tidak dikenal; yang dikenal: A4, F4'),
        (SMALL.replace('"kota"', '"provinsi"'), "kind", "yang dikenal: kabupaten, kota"),
        (SMALL.replace('seat = "Melati"', ""), "seat", "wajib diisi"),
        (SMALL.replace('seat = "Melati"', 'seat = " "'), "seat", "kosong"),
        (SMALL.replace('title = "Wali Kota Melati"', ""), "regent.title", "wajib diisi"),
        ('zone = "Asia/Jakatra"' + SMALL, "zone", "tidak dikenal"),
        ('site = "https://melati.example/surat"' + SMALL, "site", "alamat pendek tanpa jalur"),
        ('emblem = "tidak-ada.svg"' + SMALL, "emblem", "harus nama berkas SVG atau PNG di sebelah berkas profil"),
        (SMALL + '[numbers]\npattern = "{tahun}"', "numbers.pattern", "harus memuat {urut} tepat satu kali"),
        (SMALL + '[letters.x]\npattern = "{urut}/{x}"', "letters.x.pattern", "{x} tidak dikenal"),
        (SMALL + "[page]\nleft = 9", "page.left", "1 sampai 6 sentimeter"),
        (SMALL + "[page]\nfont_size = 40", "page", "8 sampai 14 poin"),
        (SMALL + "[page]\nlongest_table = 0", "page.longest_table", "harus 1 sampai 20 orang"),
        (
            SMALL + "[types.surat_edar]",
            "types.surat_edar",
            "jenis naskah dinas tidak dikenal; yang dikenal: surat_dinas",
        ),
        (SMALL + "[types.keputusan]\nwidth = 3", "types.keputusan.width", "Yang dikenal: paper, orientation, font"),
        (SMALL + "[types.keputusan]\nleft = 9", "types.keputusan.left", "1 sampai 6 sentimeter"),
        (SMALL + "[page]\nleft = 6\nright = 6", "page.left", "kurang dari 10 cm untuk isi surat"),
        (SMALL + '[wording]\nnames = "kecil"', "wording.names", "yang dikenal: as_written, capitals"),
        (SMALL + "[wording.salutation]\nbeside = 1", "wording.salutation.beside", "Yang dikenal: above, level, below"),
        (SMALL + "[electronic]\nfooter = 3", "electronic.footer", "harus berupa teks, bukan bilangan bulat"),
        (SMALL + '[page]\nlongest_table = "3"', "page.longest_table", "harus berupa bilangan bulat"),
        (SMALL + '[units]\nRSUD = "x"', "units.RSUD", "harus berupa tabel, bukan teks"),
        ("units = 3" + SMALL, "units", "harus berupa tabel"),
        (SMALL + "[groups]\nverifiers = [12]", "groups", "harus berupa teks"),
        (SMALL + "[regent]", "", "tidak dapat dibaca sebagai TOML"),
    ],
)
def test_a_malformed_profile_is_refused_with_file_key_and_reason(text: str, key: str, reason: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(reason)) as refused:
        profile_from_text(text, file="profil.toml")
    assert str(refused.value).startswith(f"profil.toml: {key}")
    assert refused.value.key.startswith(key)


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"tidak-ada\.toml: berkas profil tidak dapat dibaca"):
        load_profile(tmp_path / "tidak-ada.toml")


def test_a_profile_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "profil.toml"
    file.write_bytes(SMALL.encode() + b'footer = "\xe9"')
    with pytest.raises(ProfileError, match="UTF-8"):
        load_profile(file)


def test_an_emblem_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "profil.toml"
    file.write_text('emblem = "lambang.svg"' + SMALL)
    with pytest.raises(ProfileError, match=r"emblem: .*lambang\.svg tidak dapat dibaca"):
        load_profile(file)


def test_a_profile_with_its_emblem_inside_needs_no_folder() -> None:
    stored = SHIPPED.replace('"kemuning.svg"', f'"{load_profile().emblem}"')
    assert profile_from_text(stored) == load_profile()


def test_a_type_of_letter_may_have_its_own_page() -> None:
    text = '[types.keputusan]\npaper = "F4"\nfont = "serif"\nfont_size = 12\nright = 2.5\n[letters.exchange_decree]\npaper = "A4"\n'
    profile = profile_from_text(SMALL + text)
    decree = profile.page("keputusan", "keputusan")
    assert (decree.paper, decree.font, decree.font_size, decree.left, decree.right) == ("F4", "serif", 12, 3, 2.5)
    assert profile.page("exchange_decree", "keputusan").paper == "A4"
    assert profile.page("surat_dinas", "surat_dinas") == profile.page_style


def test_what_is_hung_up_lies_on_its_side_unless_the_profile_says_otherwise() -> None:
    profile = profile_from_text(SMALL + '[types.sertifikat]\norientation = "portrait"')
    assert [profile.page("", kind).orientation for kind in ("piagam", "sertifikat", "keputusan")] == [
        "landscape",
        "portrait",
        "portrait",
    ]


def test_every_shipped_profile_differs_from_the_others_in_how_letters_look() -> None:
    one, other = (load_profile(SHIPPED_PROFILE.parent / name) for name in ("kemuning.toml", "samudra.toml"))
    assert one.page("", "keputusan") != other.page("", "keputusan")
    assert one.wording != other.wording
    assert one.numbers != other.numbers
    assert (one.kind, other.kind, other.zone) == ("kabupaten", "kota", "Asia/Makassar")
    assert other.emblem.startswith("data:image/png;base64,")


def test_the_regents_letterhead_bears_the_state_emblem_that_the_agency_brings(tmp_path: Path) -> None:
    (tmp_path / "garuda.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    file = tmp_path / "profil.toml"
    file.write_text(SMALL + 'emblem = "garuda.svg"')
    head = load_profile(file).regent_letterhead()
    assert head.emblem.startswith("data:image/svg+xml;base64,")
    assert head.emblem_says == "Lambang negara Garuda Pancasila"


def test_the_address_to_check_a_letter_at_needs_a_site() -> None:
    assert profile_from_text(SMALL).check_address("7KQ2M4XW9P") == ""
    with_site = profile_from_text('site = "https://surat.melati.example/"' + SMALL)
    assert with_site.check_address("7KQ2M4XW9P") == "https://surat.melati.example/verify/7KQ2M4XW9P"
