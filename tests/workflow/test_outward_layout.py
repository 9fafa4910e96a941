"""The layouts of what is sent outward: data, whose every fault is named with file, key and way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.credit import ACTIVITIES
from policies.files import PolicyError
from workflow.outward import layout_named
from workflow.outward.layout import FOLDER, shipped

SIASN = (FOLDER / "siasn.toml").read_text("utf-8")


def test_two_layouts_are_shipped() -> None:
    assert shipped() == ("siasn", "simpeg")
    first, second = (layout_named(name) for name in shipped())
    assert (first.file, second.file) == ("xlsx", "csv")
    assert first.system != second.system


def test_an_internship_is_kind_ten_and_every_activity_but_study_has_a_kind() -> None:
    kinds = layout_named("siasn").kinds
    assert kinds["C11"] == 10
    assert set(ACTIVITIES) - set(kinds) == {"A1", "A2"}
    assert len(set(kinds.values())) == len(kinds)


def test_a_layout_may_call_the_kinds_otherwise() -> None:
    kinds = layout_named("simpeg").kinds
    assert (kinds["C1"], kinds["C2"], kinds["C11"], kinds["C3"]) == ("COACHING", "MENTORING", "MAGANG", 16)


def test_a_layout_of_ones_own_is_named_by_its_file(tmp_path: Path) -> None:
    file = tmp_path / "kami.toml"
    file.write_text("\ufeff" + SIASN.replace('"dd-mm-yyyy" ', '"dd/mm/yyyy" '), "utf-8")
    assert layout_named(str(file)).dates == "%d/%m/%Y"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('system = "siasn"', 'system = "SIASN 1"', "system harus"),
        ('title = "SIASN"', "", "title harus diisi"),
        ('file = "xlsx"', 'file = "ods"', "file harus salah satu dari: xlsx csv"),
        ('dates = "dd-mm-yyyy"', 'dates = "mm-dd-yyyy"', "dates harus salah satu dari"),
        ("largest_evidence_kb = 1024", "largest_evidence_kb = 0", "largest_evidence_kb harus"),
        ('file = "xlsx"', 'file = "xlsx"\ntext_mark = "="', "text_mark hanya"),
        ('file = "xlsx"', 'file = "xlsx"\nbyte_order_mark = 1', "byte_order_mark harus"),
        ('file = "xlsx"', 'file = "xlsx"\nseparator = "|"', "separator harus"),
        ('file = "xlsx"', 'file = "xlsx"\nfolder = "x"', "kunci tidak dikenal: folder"),
        ('value = "name"', 'value = "gaji"', "kolom NAMA: nilai 'gaji' tidak dikenal"),
        ('value = "name"', 'value = "name", fixed = "x"', "kolom NAMA: isi salah satu"),
        ('heading = "NAMA", value = "name"', 'heading = "NAMA"', "kolom NAMA: isi salah satu"),
        ('heading = "NAMA", value = "name"', 'heading = "NAMA", fixed = 1.5', "kolom NAMA: fixed harus"),
        ('heading = "NAMA"', 'heading = "nip"', "judul kolom NIP ada lebih dari satu kali"),
        ('value = "reference"', 'value = "year"', "harus memuat reference"),
        ('value = "nip"', 'value = "post"', "harus memuat nip"),
        ('value = "kind", required = true', 'value = "kind", required = 1', "required harus"),
        ("[result]", "[kinds]\nC99 = 1\n[result]", "kunci tidak dikenal: C99"),
        ("[result]", '[kinds]\nC11 = ""\n[result]', "jenis untuk C11"),
        ('reference = "NOMOR REFERENSI"', "", "isi reference, atau batch dan row"),
        ('reference = "NOMOR REFERENSI"', 'batch = "KIRIMAN"', "batch dan row harus diisi bersama"),
        ('recorded = ["tercatat", ', 'recorded = ["GAGAL", ', "gagal tidak dapat berarti"),
        ('refused = ["ditolak", "gagal"]', "refused = []", "refused harus berupa daftar kata"),
        ('status = "STATUS"', "", "status harus diisi"),
        ("[result]", "[hasil]", "kunci tidak dikenal: hasil"),
    ],
)
def test_a_fault_in_a_layout_is_named_with_the_way_out(old: str, new: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "kami.toml"
    assert old in SIASN
    file.write_text(SIASN.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyError, match=r"kami\.toml") as raised:
        layout_named(str(file))
    assert says in str(raised.value)


def test_a_layout_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(PolicyError, match="pilih siasn, simpeg, atau sebutkan berkas"):
        layout_named("simpeg-kami")


@pytest.mark.parametrize("named", ["../siasn", "jenis_diklat", "", "."])
def test_only_layouts_are_layouts(named: str) -> None:
    with pytest.raises(PolicyError):
        layout_named(named)
