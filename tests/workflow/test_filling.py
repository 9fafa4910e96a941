"""Reading what somebody filled in: every error at once, each with the field's own label, in Indonesian."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from workflow.errors import FieldError, InvalidForm
from workflow.filling import dropped_blanks, file_ids, missing_fields, read_form, read_part, readable
from workflow.forms import FileId, Form
from workflow.registry import Registry


class Score(Form, frozen=True, kw_only=True):
    aspect: Annotated[str, Meta(title="Aspek", min_length=3)]
    score: Annotated[int, Meta(title="Nilai", ge=0, le=100)]


class Example(Form, frozen=True, kw_only=True):
    title: Annotated[str, Meta(title="Judul", min_length=3, max_length=10)]
    day: Annotated[date, Meta(title="Tanggal")]
    amount: Annotated[int, Meta(title="Biaya (rupiah)", ge=0)] = 0
    hours: Annotated[float, Meta(title="Lama (jam)", gt=0, le=24)] = 1.0
    source: Annotated[Literal["none", "host"], Meta(title="Sumber dana")] = "none"
    abroad: Annotated[bool, Meta(title="Di luar negeri")] = False
    until: Annotated[date | None, Meta(title="Sampai")] = None
    scores: Annotated[tuple[Score, ...], Meta(title="Penilaian")] = ()
    proofs: Annotated[tuple[FileId, ...], Meta(title="Bukti")] = ()
    report: Annotated[FileId, Meta(title="Laporan")] = ""


RIGHT: dict[str, Any] = {"title": "Magang", "day": "2026-04-06"}


def faults(values: dict[str, Any]) -> tuple[FieldError, ...]:
    """What is said about a form that is wrong."""
    with pytest.raises(InvalidForm) as invalid:
        read_form(Example, values)
    return invalid.value.fields


def test_a_right_form_is_read_into_its_struct() -> None:
    read = read_form(Example, {**RIGHT, "scores": [{"aspect": "Disiplin", "score": 90}], "until": "2026-04-17"})
    assert read == Example(
        title="Magang", day=date(2026, 4, 6), scores=(Score(aspect="Disiplin", score=90),), until=date(2026, 4, 17)
    )


def test_unknown_fields_wrong_types_and_missing_fields_are_all_named_at_once() -> None:
    found = faults({"titel": "Magang", "amount": "banyak", "abroad": "ya", "source": "uang saku", "scores": "baik"})
    assert {(fault.field, fault.label) for fault in found} == {
        ("titel", "titel"),
        ("amount", "Biaya (rupiah)"),
        ("abroad", "Di luar negeri"),
        ("source", "Sumber dana"),
        ("scores", "Penilaian"),
        ("title", "Judul"),
        ("day", "Tanggal"),
    }
    said = {fault.field: fault.says for fault in found}
    assert said["titel"].startswith("Isian “titel” tidak dikenal; yang dikenal: title, day, amount")
    assert said["title"] == "Judul belum diisi."
    assert said["amount"] == "Biaya (rupiah): harus berupa bilangan bulat."
    assert said["abroad"] == "Di luar negeri: harus berupa ya atau tidak (true/false)."
    assert said["source"] == "Sumber dana: pilih salah satu dari none, host."
    assert said["scores"] == "Penilaian: harus berupa daftar dengan isi yang benar."


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "ab", "Judul: terlalu pendek (batasnya 3)."),
        ("title", "abcdefghijk", "Judul: terlalu panjang (batasnya 10)."),
        ("title", 5, "Judul: harus berupa teks."),
        ("day", "6 April 2026", "Tanggal: harus berupa tanggal, misalnya 2026-03-12."),
        ("day", "2026-02-30", "Tanggal: harus berupa tanggal, misalnya 2026-03-12."),
        ("day", "0001-01-01", "Tanggal: tahunnya harus antara 1900 dan 2199."),
        ("until", "9999-12-31", "Sampai: tahunnya harus antara 1900 dan 2199."),
        ("amount", -1, "Biaya (rupiah): terlalu kecil (batasnya 0)."),
        ("amount", 1.5, "Biaya (rupiah): harus berupa bilangan bulat."),
        ("amount", True, "Biaya (rupiah): harus berupa bilangan bulat."),
        ("hours", 25, "Lama (jam): harus berupa angka dalam batas yang wajar"),
        ("abroad", 1, "Di luar negeri: harus berupa ya atau tidak (true/false)."),
        ("title", "Mag\0ang", "Judul: ada karakter kosong (U+0000) yang tidak dapat disimpan."),
    ],
)
def test_a_field_of_the_wrong_kind_says_what_it_should_be(field: str, value: Any, says: str) -> None:
    (fault,) = faults({**RIGHT, field: value})
    assert fault.field == field
    assert fault.says.startswith(says)


def test_what_is_wrong_inside_a_list_is_named_by_its_path() -> None:
    (fault,) = faults({**RIGHT, "scores": [{"aspect": "Disiplin", "score": 90}, {"aspect": "Rapi", "score": 101}]})
    assert fault.field == "scores[1].score"
    assert fault.label == "Penilaian"
    assert "terlalu besar (batasnya 100)" in fault.says


def test_a_null_character_is_found_however_deep() -> None:
    (fault,) = faults({**RIGHT, "scores": [{"aspect": "Disi\0plin", "score": 90}]})
    assert fault.field == "scores"


def test_a_required_field_that_is_blank_is_missing_and_said_once() -> None:
    for blank in ("", None):
        (fault,) = faults({**RIGHT, "title": blank})
        assert fault.says == "Judul belum diisi."


def test_what_is_known_already_need_not_be_given_again() -> None:
    assert read_form(Example, {"title": "Magang"}, known=RIGHT).day == date(2026, 4, 6)
    with pytest.raises(InvalidForm, match="Periksa isian"):
        read_form(Example, {"day": None}, known=RIGHT)


def test_what_is_known_but_cannot_be_read_any_more_is_named_too() -> None:
    with pytest.raises(InvalidForm) as invalid:
        read_form(Example, {}, known={**RIGHT, "source": "sponsor"})
    assert [fault.field for fault in invalid.value.fields] == ["source"]


def test_a_part_of_a_form_is_held_to_names_and_types_only() -> None:
    assert read_part(Example, {"title": "Magang", "day": None, "report": ""}) == {
        "title": "Magang",
        "day": None,
        "report": "",
    }
    with pytest.raises(InvalidForm) as invalid:
        read_part(Example, {"day": "besok", "warna": "biru"})
    assert {fault.field for fault in invalid.value.fields} == {"day", "warna"}


def test_blanks_are_dropped_and_nothing_else() -> None:
    assert dropped_blanks({"a": "", "b": None, "c": 0, "d": False, "e": [], "f": "x"}) == {
        "c": 0,
        "d": False,
        "e": [],
        "f": "x",
    }


def test_missing_fields_are_those_required_and_not_given() -> None:
    assert missing_fields(Example, {"day": "2026-04-06"}) == ("title",)
    assert missing_fields(Example, RIGHT) == ()


def test_files_are_found_in_the_fields_that_take_files() -> None:
    assert file_ids(Example, {**RIGHT, "proofs": ["one", "two"], "report": "three"}) == ("one", "two", "three")
    assert file_ids(Example, {**RIGHT, "proofs": 7, "report": None, "title": "four"}) == ()


def test_what_can_be_read_of_a_wrong_form_is_what_rules_may_look_at() -> None:
    values = {"title": "Magang", "day": "besok", "scores": [{"aspect": "x", "score": 1}], "warna": 1, "amount": 5}
    assert readable(Example, values) == {"title": "Magang", "amount": 5}
    assert readable(None, values) == {}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_whatever_is_filled_in_every_form_of_the_house_answers_or_refuses_it(data: st.DataObject) -> None:
    struct = data.draw(st.sampled_from(every_form()))
    names = st.sampled_from(struct.__struct_fields__) | st.text(max_size=5) if struct.__struct_fields__ else st.text()
    values = data.draw(st.dictionaries(names, anything, max_size=6))
    said: tuple[FieldError, ...] = ()
    try:
        read = read_form(struct, values)
    except InvalidForm as invalid:
        said = invalid.fields
    else:
        assert msgspec.convert(msgspec.to_builtins(read), struct) == read
        said = (FieldError("", "", "read"),)
    assert said
    assert all(fault.says for fault in said)
    assert set(readable(struct, values)) <= set(values)
    file_ids(struct, values)


@cache
def every_form() -> list[type[msgspec.Struct]]:
    """Every struct that some process asks to be filled in."""
    found: dict[type[msgspec.Struct], None] = {Example: None}
    for process in Registry.discover().processes.values():
        found |= {process.form: None} | {step.takes: None for step in process.transitions if step.takes}
    return list(found)
