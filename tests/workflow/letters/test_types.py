"""The types of official letters. ``REGENERATE=1 pytest`` of this file writes the golden files anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import page
import pytest

from tests.workflow.letters.geometry import nobody_signs_alone, nothing_overlaps, read
from tests.workflow.letters.samples import PROFILE, SIGNED_AT
from tests.workflow.letters.test_pdf import write
from tests.workflow.letters.type_samples import (
    COPIES,
    FORTY,
    LEAST,
    LITTLE,
    MUCH,
    SHIPPED,
    TypeSample,
    data,
    sample,
    written,
)
from workflow.letters.bodies import body_named
from workflow.letters.layout import LetterError, html, missing_names, template_names
from workflow.letters.parts import LetterType
from workflow.letters.pdf import pdf
from workflow.letters.pieces import ruling_label
from workflow.letters.standalone import StandaloneLetter, standalone_from_text
from workflow.letters.types import SAMPLES, TYPES
from workflow.letters.words import spelled_date

GOLDEN = Path(__file__).parents[2] / "golden" / "types"
APPROVED = (*SHIPPED, *LITTLE, *COPIES)
ALL = (*APPROVED, *MUCH)
MARKUP = "<b>{at}&amp;\"'"


def named(sample: TypeSample) -> str:
    return sample.name


_made: dict[str, bytes] = {}


def made(sample: TypeSample, folder: Path) -> Path:
    """The letter as a file; each is made once."""
    if sample.name not in _made:
        _made[sample.name] = pdf(sample.html(), body_json=msgspec.json.encode(sample.body), at=SIGNED_AT)
    return write(folder, _made[sample.name])


def laid_out_soundly(sample: TypeSample, file: Path) -> None:
    nothing_overlaps(file, PROFILE.page(sample.letter.type, sample.letter.type))
    nobody_signs_alone(file, PROFILE.electronic.says)


def words_of(sample: TypeSample, folder: Path) -> str:
    return " ".join(read(made(sample, folder)).split())


def test_every_type_has_a_template_a_body_a_sample_and_golden_files() -> None:
    assert set(TYPES) == set(get_args(LetterType))
    assert {kind.template for kind in TYPES.values()} <= set(template_names())
    assert {kind.sample.name for kind in TYPES.values()} == {path.name for path in SAMPLES.glob("*.toml")}
    for name, kind in TYPES.items():
        assert kind.name == name
        assert body_named(kind.body.__name__) is kind.body
        assert {f"{name}.html", f"{name}_least.html"} <= {path.name for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("sample", APPROVED, ids=named)
def test_it_reads_as_it_was_approved(sample: TypeSample) -> None:
    text, golden = re.sub(r'src="data:[^"]*"', 'src="data:"', sample.html()), GOLDEN / f"{sample.name}.html"
    if os.environ.get("REGENERATE"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", TYPES)
def test_its_template_asks_only_for_what_it_has(kind: LetterType) -> None:
    assert missing_names(TYPES[kind].template, TYPES[kind].body) == ()


@pytest.mark.parametrize("sample", ALL, ids=named)
def test_a_body_is_stored_and_found_again_as_it_was(sample: TypeSample) -> None:
    kind = body_named(type(sample.body).__name__)
    assert msgspec.json.decode(msgspec.json.encode(sample.body), type=kind) == sample.body


@pytest.mark.parametrize("sample", COPIES, ids=named)  # those of every type are looked at under each profile
def test_it_is_sound_for_archives_and_screen_readers_and_nothing_overlaps(sample: TypeSample, tmp_path: Path) -> None:
    file = made(sample, tmp_path)
    for profile in ("3a", "ua1"):
        assert [failure.rule_id for failure in page.validate_pdf(str(file), profile=profile).failures] == []
    laid_out_soundly(sample, file)


@pytest.mark.parametrize("sample", MUCH, ids=named)
def test_however_much_it_says_nothing_overlaps_or_leaves_the_page(sample: TypeSample, tmp_path: Path) -> None:
    laid_out_soundly(sample, made(sample, tmp_path))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in what a file says."""
    if isinstance(value, str):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*path, key))


def marked(whole: dict[str, Any], path: tuple[Any, ...], text: str) -> dict[str, Any]:
    """The file with another text in one place."""
    copy: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    place: Any = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = text
    return copy


def accepted(whole: dict[str, Any], kind: LetterType) -> bool:
    try:
        letter = msgspec.convert(whole, StandaloneLetter)
        msgspec.convert(whole["body"], TYPES[kind].body)
        _ = [signatory.block for signatory in letter.signatures]
    except (msgspec.ValidationError, ValueError):
        return False
    return True


@pytest.mark.parametrize("kind", TYPES)
def test_every_text_is_printed_as_it_was_typed_whatever_markup_it_holds(kind: LetterType) -> None:
    whole = data(kind)
    held = []
    for at, path in enumerate(leaves(msgspec.json.decode(msgspec.json.encode(whole)))):
        text = MARKUP.format(at=f"x{at}x")
        if accepted(changed := marked(whole, path, text), kind):
            whole = changed
            held.append((path, f"&lt;b&gt;x{at}x&amp;amp;&#34;&#39;"))
    letter = msgspec.convert(whole, StandaloneLetter)
    body = msgspec.convert(whole["body"], TYPES[kind].body)
    text = html(letter.template, TypeSample(kind, letter, body).frame(), body, PROFILE)
    assert "<b>" not in text.lower()
    absent = [path for path, escaped in held if escaped not in text.lower()]
    assert len(held) >= 5
    assert absent == [path for path in absent if path[0] in UNPRINTED]


#: What a file may say that its type does not print: a title in words, a letterhead's name that the profile has, the Hal of a
#: letter without one, the rest of a signatory's rank in brackets.
UNPRINTED = {"title", "unit", "unit_name", "subject", "signatures"}


def test_a_day_is_spelled_as_minutes_have_it() -> None:
    sample = SHIPPED[list(TYPES).index("berita_acara")]
    spelled = spelled_date(sample.body.on)  # type: ignore[attr-defined]
    assert spelled == "Kamis, tanggal dua belas bulan Maret tahun dua ribu dua puluh enam (12-03-2026)"
    assert f"Pada hari ini, {spelled}" in sample.html()


def test_the_clauses_of_a_decree_are_counted_in_words() -> None:
    assert [ruling_label(at) for at in (1, 2, 10, 11, 12, 21)] == [
        "KESATU",
        "KEDUA",
        "KESEPULUH",
        "KESEBELAS",
        "KEDUA BELAS",
        "KEDUA PULUH SATU",
    ]


def test_a_decree_is_set_and_its_last_clause_puts_it_in_force(tmp_path: Path) -> None:
    text = words_of(sample("keputusan"), tmp_path)
    for said in (
        "KEPUTUSAN BUPATI KEMUNING",
        "MEMUTUSKAN:",
        "KEEMPAT : Keputusan ini mulai berlaku pada tanggal ditetapkan, dengan ketentuan apabila",
        "Ditetapkan di Kemuning Kota pada tanggal 12 Maret 2026",
        "LAMPIRAN KEPUTUSAN BUPATI KEMUNING",
    ):
        assert said in text
    assert "NIP" not in text


def test_an_excerpt_is_confirmed_by_another_and_names_the_decree_it_is_of(tmp_path: Path) -> None:
    text = words_of(COPIES[0], tmp_path)
    assert text.startswith("BUPATI KEMUNING PETIKAN KEPUTUSAN BUPATI KEMUNING NOMOR 800.1.4.1/045/KEP/2026")
    assert text.count("dst.") == 2
    assert "Petikan ini sesuai dengan aslinya." in text
    assert "ttd." in text
    assert "pada tanggal 2 Maret 2026" in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"copy": "petikan"}, "original"),
        ({"excerpt_for": FORTY[0]}, "excerpt_for"),
        ({"considering": []}, "Menimbang"),
    ],
)
def test_a_decree_that_is_half_an_excerpt_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=reason):
        written("keputusan", "wrong", {**LEAST["keputusan"], **change})


def test_the_hours_on_the_back_of_a_certificate_make_up_those_on_its_front() -> None:
    with pytest.raises(msgspec.ValidationError, match="jumlah JP materi 24, sedangkan hours 20"):
        written("sertifikat", "wrong", {**data("sertifikat")["body"], "hours": 20})


def test_a_certificate_says_its_hours_in_words_and_what_was_taught_on_the_back(tmp_path: Path) -> None:
    front, back = read(made(sample("sertifikat"), tmp_path), "-layout").split("\f")[:2]
    assert "24 (dua puluh empat) jam pelajaran (JP)" in " ".join(front.split())
    assert re.search(r"Jumlah\s+24", back)


def test_many_who_are_sent_or_invited_stand_on_an_annex_that_the_letter_speaks_of(tmp_path: Path) -> None:
    order, invitation = (next(each for each in MUCH if each.name == f"{kind}_most") for kind in LISTING)
    text = words_of(order, tmp_path)
    assert "40 (empat puluh) orang pegawai sebagaimana tercantum dalam lampiran surat tugas ini" in text
    assert "LAMPIRAN I SURAT TUGAS" in text
    assert "LAMPIRAN II SURAT TUGAS" in text
    text = words_of(invitation, tmp_path)
    assert "Yth. (daftar undangan terlampir)" in text
    assert "Lampiran</th><td>: 1 (satu) berkas" in invitation.html()
    assert "LAMPIRAN I SURAT UNDANGAN" in text
    assert "40. Camat" in text


LISTING = ("surat_tugas", "surat_undangan")


def test_each_side_of_an_agreement_has_its_number_and_its_part(tmp_path: Path) -> None:
    text = words_of(sample("kesepakatan"), tmp_path)
    assert "NOMOR 800.1.4.1/045/BKPSDM/2026 NOMOR 017/PKS/USJ/III/2026" in text
    assert "Pasal 7 PENYELESAIAN PERSELISIHAN" in text
    assert "PIHAK KESATU dan PIHAK KEDUA secara bersama-sama selanjutnya disebut PARA PIHAK." in text


def test_an_emblem_that_is_no_picture_in_the_letter_itself_is_refused() -> None:
    body = data("kesepakatan")["body"]
    body["sides"][1]["emblem"] = "https://lain.example/lambang.png"
    with pytest.raises(msgspec.ValidationError):
        written("kesepakatan", "wrong", body)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('type = "surat_tugass"', 'surat: type: nilai "surat_tugass" tidak dikenal'),
        ("type = ", "surat: tidak dapat dibaca sebagai TOML"),
        ('type = "piagam"\nsignatures = [{ name = "A" }]\nbody = {}', "surat: body.person: wajib diisi"),
        (
            'type = "piagam"\nsignatures = [{ name = "A" }]\n[body]\nreasons = "x"',
            "surat: body.reasons: kunci tidak dikenal",
        ),
        (
            (
                'type = "piagam"\nbody = { reason = "x", person = { name = "A", post = "B", unit = "C" } }\n'
                '[[signatures]]\nname = "A"\nposition_title = "B"\nmandate_kind = "an"'
            ),
            "surat: signatures[0]: susunan penandatangan tidak dapat dipakai",
        ),
        (
            'type = "surat_dinas"\nsubject = "x"\nsignatures = [{ name = "A" }]\n[body]\nopening = "x"',
            "surat: addressee: wajib diisi",
        ),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_place(text: str, says: str) -> None:
    with pytest.raises(LetterError) as refused:
        standalone_from_text(text)
    assert str(refused.value).startswith(says)


WITHIN = [
    ("surat_dinas", 'opening = " "', "surat: body.opening: wajib diisi; tidak boleh kosong."),
    (
        "surat_dinas",
        'opening = "x"\npassages = [{ points = [{ text = "a", poin = ["b"] }] }]',
        "surat: body.passages[0].points[0].poin: kunci tidak dikenal; hapus atau perbaiki ejaannya. Yang dikenal: text, points.",
    ),
    (
        "surat_undangan",
        'opening = "x"\nstarts_on = "besok"\nstarts_at = "09.00"\nplace = "p"\nagenda = "a"',
        "surat: body.starts_on: bukan tanggal; tulis tanpa tanda petik, misalnya 2026-03-12.",
    ),
    (
        "surat_undangan",
        'opening = "x"\nstarts_on = 2026-01-02\nends_on = 2026-01-01\nstarts_at = "09.00"\nplace = "p"\nagenda = "a"',
        "surat: body: tidak dapat dipakai: ends_on mendahului starts_on; perbaiki tanggal acara.",
    ),
    ("surat_pengantar", "items = []", "surat: body.items: isinya kurang; tambahkan."),
]


@pytest.mark.parametrize(("kind", "text", "says"), WITHIN)
def test_what_is_wrong_deep_within_a_letter_is_said_in_words(kind: str, text: str, says: str) -> None:
    head = f'type = "{kind}"\nsubject = "x"\naddressee = ["y"]\nsignatures = [{{ name = "A" }}]\n[body]\n'
    with pytest.raises(LetterError) as refused:
        standalone_from_text(head + text)
    assert str(refused.value) == says


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    table = {"headers": ["Nama", "Jabatan"], "rows": [["Titin"]]}
    with pytest.raises(msgspec.ValidationError, match="baris tabel ke-1 berisi 1 sel"):
        written("surat_dinas", "wrong", {**LEAST["surat_dinas"], "passages": [{"table": table}]})
