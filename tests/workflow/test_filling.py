"""Reading what somebody filled in: every error at once, each with the field's own label, in Indonesian."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from workflow.errors import FieldError, InvalidForm
from workflow.filling import (
    TOLD_AT_ONCE,
    dropped_blanks,
    faults_in,
    file_ids,
    files_named,
    missing_fields,
    people_named,
    plain_values,
    read_form,
    read_nothing,
    read_part,
    readable,
    takes_people,
    with_ids,
    without_blanks,
)
from workflow.forms import FileId, Form, Hours, PersonId
from workflow.registry import Registry


class Score(Form, frozen=True, kw_only=True):
    aspect: Annotated[str, Meta(title="Aspek", min_length=3)]
    score: Annotated[int, Meta(title="Nilai", ge=0, le=100)]
    given_on: Annotated[date | None, Meta(title="Tanggal penilaian")] = None


class Example(Form, frozen=True, kw_only=True):
    title: Annotated[str, Meta(title="Judul", min_length=3, max_length=10)]
    day: Annotated[date, Meta(title="Tanggal")]
    amount: Annotated[int, Meta(title="Biaya (rupiah)", ge=0)] = 0
    hours: Annotated[Hours, Meta(title="Lama (jam)")] = 1.0
    source: Annotated[Literal["none", "host"], Meta(title="Sumber dana")] = "none"
    abroad: Annotated[bool, Meta(title="Di luar negeri")] = False
    until: Annotated[date | None, Meta(title="Sampai")] = None
    scores: Annotated[tuple[Score, ...], Meta(title="Penilaian", max_length=3)] = ()
    proofs: Annotated[tuple[FileId, ...], Meta(title="Bukti")] = ()
    report: Annotated[FileId, Meta(title="Laporan")] = ""


DAY = "harus berupa tanggal yang ada, ditulis tahun-bulan-hari, misalnya 2026-03-12."
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
    assert said["amount"] == "Biaya (rupiah): harus berupa bilangan bulat, paling kecil 0."
    assert said["abroad"] == "Di luar negeri: pilih ya atau tidak (true atau false)."
    assert (
        said["source"]
        == "Sumber dana: pilih salah satu dari Ditanggung instansi penerima (host) atau Tanpa biaya (none)."
    )
    assert said["scores"] == "Penilaian: harus berupa daftar."


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "ab", "Judul: paling sedikit 3 karakter, yang diisi baru 2."),
        ("title", "abcdefghijk", "Judul: paling banyak 10 karakter, yang diisi 11."),
        ("title", 5, "Judul: harus berupa teks."),
        ("title", "Mag\0ang", "Judul: ada karakter kosong (U+0000) yang tidak dapat disimpan."),
        ("day", "6 April 2026", f"Tanggal: {DAY}"),
        ("day", "2026-02-30", f"Tanggal: {DAY}"),
        ("day", 5, f"Tanggal: {DAY}"),
        ("day", "0001-01-01", "Tanggal: tahunnya harus dari 1900 sampai 2199."),
        ("until", "9999-12-31", "Sampai: tahunnya harus dari 1900 sampai 2199."),
        ("until", "  ", f"Sampai: {DAY}"),
        ("amount", -1, "Biaya (rupiah): harus berupa bilangan bulat, paling kecil 0."),
        ("amount", 1.5, "Biaya (rupiah): harus berupa bilangan bulat, paling kecil 0."),
        ("amount", True, "Biaya (rupiah): harus berupa bilangan bulat, paling kecil 0."),
        ("hours", 25, "Lama (jam): harus berupa angka, lebih dari 0 dan paling besar 24."),
        ("hours", 0, "Lama (jam): harus berupa angka, lebih dari 0 dan paling besar 24."),
        ("hours", "8", "Lama (jam): harus berupa angka, lebih dari 0 dan paling besar 24."),
        ("hours", 1e-09, "Lama (jam): paling banyak 2 angka di belakang koma."),
        ("hours", 7.333, "Lama (jam): paling banyak 2 angka di belakang koma."),
        ("abroad", 1, "Di luar negeri: pilih ya atau tidak (true atau false)."),
        ("scores", [{"aspect": "Rapi", "score": 9}] * 4, "Penilaian: paling banyak 3 butir, yang diisi 4."),
        ("proofs", "satu", "Bukti: harus berupa daftar."),
    ],
)
def test_a_field_of_the_wrong_kind_says_what_it_should_be(field: str, value: Any, says: str) -> None:
    (fault,) = faults({**RIGHT, field: value})
    assert (fault.field, fault.says) == (field, says)


class One(msgspec.Struct, tag="one", frozen=True):
    pass


class Two(msgspec.Struct, tag="two", frozen=True):
    pass


class Color(Enum):
    RED = "merah"
    BLUE = "biru"


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (Annotated[int, Meta(gt=1, lt=9)], 9, "harus berupa bilangan bulat, lebih dari 1 dan kurang dari 9."),
        (
            Annotated[int, Meta(ge=0, le=5000, multiple_of=1000)],
            1500,
            "harus berupa bilangan bulat dari 0 sampai 5.000, kelipatan 1.000.",
        ),
        (float, "x", "harus berupa angka."),
        (Decimal, "x", "harus berupa angka."),
        (UUID, "x", "harus berupa UUID."),
        (Annotated[str, Meta(pattern="^a$")], "b", "bentuknya tidak sesuai."),
        (
            Annotated[datetime, Meta(tz=True)],
            "2026-01-01T00:00:00",
            "harus berupa tanggal dan jam dengan zonanya, misalnya 2026-03-12T08:00:00+07:00.",
        ),
        (time, "x", "harus berupa jam, misalnya 08:00:00."),
        (Color, "hijau", "pilih salah satu dari merah atau biru."),
        (Literal["illness", "x", "y"], 5, "pilih salah satu dari Sakit (illness), x, atau y."),
        (Annotated[list[int], Meta(min_length=1)], [], "belum diisi."),
        (Annotated[list[int], Meta(min_length=2)], [1], "paling sedikit 2 butir, yang diisi baru 1."),
        (tuple[int, str], [1], "harus berupa daftar dengan tepat 2 butir."),
        (dict[str, int], 5, "harus berupa objek."),
        (dict[str, int], {"a": "x"}, "ada isian yang tidak dapat dibaca."),
        (Score, 5, "harus berupa objek dengan isian Aspek, Nilai, Tanggal penilaian."),
        (str | int, True, "harus berupa teks atau bilangan bulat."),
        (str | int | None, [], "harus berupa teks atau bilangan bulat."),
        (Annotated[str, Meta(max_length=2)] | int, "abc", "paling banyak 2 karakter, yang diisi 3."),
        (One | Two, {"type": "three"}, "isian “type” harus salah satu dari one atau two."),
        (One | Two, {}, "isian “type” harus salah satu dari one atau two."),
        (One | Two, 5, "harus berupa objek yang isian “type”-nya one atau two."),
        (None, 5, "tidak dapat diisi."),
    ],
)
def test_every_kind_of_complaint_is_a_sentence_in_indonesian(kind: Any, value: Any, says: str) -> None:
    (fault,) = faults_in(kind, value, "isian", "Isian")
    assert fault == FieldError("isian", "Isian", f"Isian: {says}")


def test_everything_that_is_wrong_inside_a_list_is_named_by_its_path_and_its_labels() -> None:
    wrong = [{"aspect": "Disiplin", "score": 90}, {"aspect": "Rapi", "score": 101, "warna": 1}, {"score": "x"}, 5]
    found = faults({**RIGHT, "scores": wrong[:3]})
    assert {(fault.field, fault.says) for fault in found} == {
        ("scores[1].score", "Penilaian butir 2, Nilai: harus berupa bilangan bulat dari 0 sampai 100."),
        ("scores[1].warna", "Penilaian butir 2: Isian “warna” tidak dikenal; yang dikenal: aspect, score, given_on."),
        ("scores[2].score", "Penilaian butir 3, Nilai: harus berupa bilangan bulat dari 0 sampai 100."),
        ("scores[2].aspect", "Penilaian butir 3, Aspek belum diisi."),
    }
    (fault,) = faults({**RIGHT, "scores": wrong[3:]})
    assert fault.says == "Penilaian butir 1: harus berupa objek dengan isian Aspek, Nilai, Tanggal penilaian."


def test_a_null_character_is_found_however_deep() -> None:
    (fault,) = faults({**RIGHT, "scores": [{"aspect": "Disi\0plin", "score": 90}]})
    assert fault.field == "scores[0].aspect"


def test_no_more_errors_are_told_at_once_than_anyone_mends_and_no_name_at_its_full_length() -> None:
    found = faults({f"{number}" * 1000: 1 for number in range(1, 1000)})
    assert len(found) == TOLD_AT_ONCE
    assert max(len(fault.says) for fault in found) < 300


def test_what_is_sent_to_a_step_that_asks_for_nothing_is_refused_as_briefly() -> None:
    read_nothing({})
    with pytest.raises(InvalidForm, match="Tindakan ini tidak meminta isian") as invalid:
        read_nothing({f"{number}" * 1000: 1 for number in range(1, 1000)})
    assert len(invalid.value.fields) == TOLD_AT_ONCE
    assert max(len(fault.field + fault.label + fault.says) for fault in invalid.value.fields) < 300
    with pytest.raises(InvalidForm) as invalid:
        read_nothing({"warna": "biru"})
    assert invalid.value.fields[0].says == "Isian “warna” tidak dikenal; di sini tidak ada yang diminta."


@pytest.mark.parametrize(("given", "kept"), [(8.0, 8), (9e1, 90), (7.5, 7.5), ([1.0, {"a": 2.0}], [1, {"a": 2}])])
def test_a_number_that_is_whole_is_kept_as_such(given: Any, kept: Any) -> None:
    assert repr(plain_values(given)) == repr(kept)
    assert read_part(Example, {"amount": 9e1}) == {"amount": 90}
    assert read_form(Example, {**RIGHT, "amount": 9e1}).amount == 90


def test_what_word_processors_put_into_a_text_becomes_what_letters_can_print() -> None:
    assert read_part(Example, {"title": "a\u2011b\u00a0c\u200b"}) == {"title": "a-b c"}
    assert read_form(Example, {**RIGHT, "title": "Resume\u0301"}).title == "Resum\u00e9"


@pytest.mark.parametrize("sign", ["\U0001f600", "\u6f22", "\u200d", "\x07"])
def test_a_sign_that_no_letter_can_print_is_refused_where_it_is_filled_in(sign: str) -> None:
    (fault,) = faults({**RIGHT, "title": f"Magang{sign}"})
    assert (fault.field, f"U+{ord(sign):04X}" in fault.says) == ("title", True)
    (within,) = faults({**RIGHT, "scores": [{"aspect": f"Baik{sign}", "score": 1}]})
    assert within.field == "scores[0].aspect"
    with pytest.raises(InvalidForm, match="Periksa isian"):
        read_part(Example, {"title": f"Magang{sign}"})


def test_signs_of_names_that_letters_can_print_are_taken() -> None:
    assert read_form(Example, {**RIGHT, "title": "Café\n“é”–1"}).title == "Café\n“é”–1"


def test_a_file_is_named_by_the_field_that_asks_for_it() -> None:
    named = files_named(Example, {"proofs": ["one", "two"], "report": "three"})
    assert [(file.field, file.label, file.id) for file in named] == [
        ("proofs[0]", "Bukti butir 1", "one"),
        ("proofs[1]", "Bukti butir 2", "two"),
        ("report", "Laporan", "three"),
    ]


def test_a_required_field_that_is_blank_is_missing_and_said_once() -> None:
    for blank in ("", None, "   ", "\n"):
        (fault,) = faults({**RIGHT, "title": blank})
        assert fault.says == "Judul belum diisi."


BLANK: dict[str, Any] = dict.fromkeys(("amount", "hours", "source", "abroad", "until", "scores", "proofs"), "")


def test_an_optional_field_left_blank_is_as_if_it_were_left_out() -> None:
    for blank in ("", None):
        values = {**RIGHT, **dict.fromkeys(BLANK, blank), "report": blank}
        assert read_form(Example, values) == read_form(Example, RIGHT)
        assert readable(Example, values).keys() == values.keys()
    scores = [{"aspect": "Disiplin", "score": 90, "given_on": blank} for blank in ("", None)]
    read = read_form(Example, {**RIGHT, "scores": scores})
    assert read.scores == (Score(aspect="Disiplin", score=90),) * 2
    assert read_part(Example, {"scores": scores, "until": ""}) == {
        "scores": [{"aspect": "Disiplin", "score": 90}] * 2,
        "until": "",
    }


def test_what_is_known_is_cleared_by_a_blank_and_what_is_required_is_then_missing() -> None:
    assert read_form(Example, {"until": ""}, known={**RIGHT, "until": "2026-04-17"}).until is None
    (fault,) = faults({**RIGHT, "scores": [{"aspect": "", "score": 90, "given_on": ""}]})
    assert fault.says == "Penilaian butir 1, Aspek belum diisi."


def test_an_optional_text_may_say_that_it_is_blank() -> None:
    assert without_blanks(Example, {"report": "", "until": "", "title": "", "warna": ""}) == {
        "report": "",
        "title": "",
        "warna": "",
    }
    assert without_blanks(None, {"warna": ""}) == {"warna": ""}


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


class Pair(Form, frozen=True, kw_only=True):
    mentor: Annotated[PersonId, Meta(title="Mentor")]
    mentees: Annotated[tuple[PersonId, ...], Meta(title="Mentee")] = ()
    other: Annotated[PersonId | None, Meta(title="Pengganti")] = None
    goal: Annotated[str, Meta(title="Tujuan")] = ""


def test_people_are_named_one_by_one_and_in_lists_each_with_the_place() -> None:
    values = {"mentor": "1985", "mentees": ["1986", " ", "1987"], "other": None, "goal": "1988"}
    assert [(each.field, each.label, each.named) for each in people_named(Pair, values)] == [
        ("mentor", "Mentor", "1985"),
        ("mentees[0]", "Mentee butir 1", "1986"),
        ("mentees[2]", "Mentee butir 3", "1987"),
    ]
    assert [name for name in Pair.__struct_fields__ if takes_people(Pair, name)] == ["mentor", "mentees", "other"]


def test_people_are_put_by_their_ids_and_nothing_else_is_changed() -> None:
    values = {"mentor": "1985", "mentees": ["1986", "1999"], "goal": "1985", "other": None}
    ids = {"1985": "a", "1986": "b"}
    assert with_ids(Pair, values, ids) == {**values, "mentor": "a", "mentees": ["b", "1999"]}
    assert with_ids(None, values, ids) == values
