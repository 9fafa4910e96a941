"""The HTML of letters. ``REGENERATE=1 pytest tests/workflow/letters/test_layout.py`` writes the golden files anew."""

import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.workflow.letters.samples import ALL, BKPSDM, LETTERS, PROFILE, PROPOSAL_LETTER, SIGNED_AT, Sample
from workflow.letters import layout
from workflow.letters.bodies.internship import InternshipRecall, InternshipRequest
from workflow.letters.layout import LetterError, html, missing_names, template_names, template_sha256
from workflow.letters.page import page_css
from workflow.letters.parts import signature_block

GOLDEN = Path(__file__).parents[2] / "golden" / "letters"
named = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
each_letter = pytest.mark.parametrize("sample", LETTERS, ids=lambda sample: sample.name)


def made(sample: Sample) -> str:
    return html(sample.template, sample.letter, sample.body, PROFILE)


@named
def test_a_letter_reads_as_it_was_approved(sample: Sample) -> None:
    text = re.sub(r'src="data:[^"]*"', 'src="data:"', made(sample))
    file = GOLDEN / f"{sample.name}.html"
    if os.environ.get("REGENERATE"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_every_golden_letter_is_still_made() -> None:
    assert {file.stem for file in GOLDEN.glob("*.html")} == {sample.name for sample in ALL}


def test_every_template_of_an_internship_has_its_letter() -> None:
    templates = {name for name in template_names() if name.startswith("internship_")}
    assert {sample.template for sample in LETTERS} == templates


@each_letter
def test_every_template_asks_only_for_what_its_letter_has(sample: Sample) -> None:
    assert missing_names(sample.template, type(sample.body)) == ()


def test_a_template_that_asks_for_too_much_is_found_out() -> None:
    assert missing_names("internship_recall.html", InternshipRequest) == ("body.reason",)
    assert "body.goal" in missing_names("internship_request.html", InternshipRecall)


@each_letter
def test_every_template_is_satisfied_by_the_least_that_its_body_may_say(sample: Sample) -> None:
    optional = {field.name: field.type for field in msgspec.structs.fields(sample.body)}
    least: dict[str, Any] = {
        name: None for name, kind in optional.items() if type(None) in getattr(kind, "__args__", ())
    }
    least |= {name: () for name in ("earlier", "basis") if name in optional}
    letter = msgspec.structs.replace(
        sample.letter, signatures=(), copies=(), number=None, dated_on=None, signed_at=None
    )
    text = html(sample.template, letter, msgspec.structs.replace(sample.body, **least), PROFILE)
    assert "None" not in text


def test_every_letter_that_a_template_refers_to_exists() -> None:
    asked = [
        code
        for sample in LETTERS
        for codes in re.findall(r"terbaru\(([^)]*)\)", (layout.LETTERS / sample.template).read_text(encoding="utf-8"))
        for code in re.findall(r'"([^"]+)"', codes)
    ]
    assert len(asked) == 10
    assert set(asked) <= {sample.letter.kind for sample in LETTERS}


def test_a_letter_is_referred_to_however_it_is_titled() -> None:
    sample = next(sample for sample in LETTERS if sample.name == "internship_request")
    retitled = msgspec.structs.replace(PROPOSAL_LETTER, kind="nota pengajuan peserta")
    text = html(sample.template, sample.letter, msgspec.structs.replace(sample.body, earlier=(retitled,)), PROFILE)
    assert "Menindaklanjuti nota pengajuan peserta Kepala Dinas Kesehatan Nomor 800.1.4.1/015/DINKES/2026" in text


@pytest.mark.parametrize(
    ("post", "lines"),
    [
        ("Kepala Dinas Kesehatan", ["KEPALA DINAS KESEHATAN,"]),
        ("Direktur Rumah Sakit Umum Daerah Kemuning", ["DIREKTUR RUMAH SAKIT", "UMUM DAERAH KEMUNING,"]),
        (f"Kepala {BKPSDM}", ["KEPALA BADAN KEPEGAWAIAN DAN", "PENGEMBANGAN SUMBER DAYA MANUSIA,"]),
        ("Kepala Dinas Penanaman Modal & Pelayanan", ["KEPALA DINAS PENANAMAN", "MODAL &amp; PELAYANAN,"]),
    ],
)
def test_a_long_post_above_a_signature_leaves_no_word_alone(post: str, lines: list[str]) -> None:
    sample = LETTERS[0]
    letter = msgspec.structs.replace(sample.letter, signatures=(signature_block(post, "Siti Azhari, A.Md."),))
    text = html(sample.template, letter, sample.body, PROFILE)
    assert f'<span class="held">{"<br>".join(lines)}</span>' in text


@pytest.mark.parametrize(("usual", "snug"), [(1.5, "1.395"), (1.2, "1.116"), (1.15, "1.1"), (1, "1")])
def test_lines_that_come_closer_stay_legible(usual: float, snug: str) -> None:
    style = msgspec.structs.replace(PROFILE.page_style, line_height=usual)
    assert f"--snug-line-height: {snug} }}" in page_css(style, draft=False)


def test_a_name_that_does_not_exist_stops_the_letter() -> None:
    recall = next(sample for sample in LETTERS if sample.name == "internship_recall")
    request = next(sample for sample in LETTERS if sample.name == "internship_request")
    with pytest.raises(LetterError, match=r"internship_recall\.html tidak cocok dengan isinya: .*reason"):
        html("internship_recall.html", recall.letter, request.body, PROFILE)


@pytest.mark.parametrize("name", ["tidak_ada.html", "_parts.html/../x", "../pages/x.html"])
def test_a_template_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(LetterError, match=r"tidak ada di templates/letters; yang ada: .*internship_assignment"):
        html(name, LETTERS[0].letter, LETTERS[0].body, PROFILE)


def test_markup_in_what_people_typed_is_text() -> None:
    sample = LETTERS[0]
    person = msgspec.structs.replace(sample.body.participants[0], name='<script>alert("x")</script> & Anak')
    goal = "<b>satu</b>\n{{ body }}"
    text = html(
        sample.template,
        msgspec.structs.replace(sample.letter, subject="<i>Hal</i>"),
        msgspec.structs.replace(sample.body, participants=(person,), goal=goal),
        PROFILE,
    )
    assert "<script>" not in text
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; Anak" in text
    assert "&lt;b&gt;satu&lt;/b&gt;<br>{{ body }}" in text
    assert "<i>" not in text


def test_the_footer_cannot_leave_its_place() -> None:
    style = page_css(PROFILE.page_style, draft=False, footer='"}</style><script>x</script> \\ Lembar\n2')
    assert "<" not in style
    assert style.count('"') == page_css(PROFILE.page_style, draft=False).count('"')


def test_a_draft_says_so_and_an_issued_letter_does_not() -> None:
    draft = next(sample for sample in ALL if sample.letter.draft)
    assert "KONSEP" in made(draft)
    assert "(belum bernomor)" in made(draft)
    assert "KONSEP" not in made(LETTERS[0])


def test_agreement_in_the_application_is_told_on_the_agencys_clock_and_not_called_a_signature() -> None:
    sample = LETTERS[0]
    agreed = msgspec.structs.replace(sample.letter.signatures[0], agreed_at=SIGNED_AT)
    letter = msgspec.structs.replace(sample.letter, signatures=(agreed,))
    eastern = msgspec.structs.replace(PROFILE, zone="Asia/Jayapura")
    here, there = (html(sample.template, letter, sample.body, profile) for profile in (PROFILE, eastern))
    assert "Disetujui melalui aplikasi pada 12 Maret 2026 pukul 10.15 WIB." in here
    assert "Disetujui melalui aplikasi pada 12 Maret 2026 pukul 12.15 WIT." in there
    assert "tangan" not in here.partition("<body")[2].partition('<section class="signatures"')[2]
    assert "BSrE" not in here


def test_the_cancellation_of_a_surat_tugas_goes_to_whoever_was_sent() -> None:
    sample = next(sample for sample in ALL if sample.name.endswith("to_participant"))
    assert "Saudara Ns. Titin Pramono, S.Kep." in made(sample)


def of(name: str) -> Sample:
    return next(sample for sample in ALL if sample.name == name)


@pytest.mark.parametrize(("longest", "attached"), [(2, True), (3, False)])
def test_how_many_names_a_letter_holds_is_the_agencys_own(longest: int, attached: bool) -> None:
    profile = msgspec.structs.replace(
        PROFILE, page_style=msgspec.structs.replace(PROFILE.page_style, longest_table=longest)
    )
    sample = of("internship_request_of_three")
    text = html(sample.template, sample.letter, sample.body, profile)
    assert ("3 (tiga) orang pegawai sebagaimana daftar terlampir" in text) == attached
    assert ("3 (tiga) orang pegawai berikut" in text) != attached
    assert ("LAMPIRAN SURAT PERMOHONAN MAGANG" in text) == attached
    assert ("<td>: 1 (satu) berkas</td>" in text) == attached
    assert text.count("NI PPPK 19940817 202221 1 007") == 1


@named
def test_nobody_whom_a_letter_is_about_is_left_out(sample: Sample) -> None:
    text = made(sample)
    for people in sample.body.lists:
        assert all(person.name in unescape(text) for person in people)
    successor = getattr(sample.body, "successor", None)
    assert successor is None or successor.name in unescape(text)


def test_sections_and_guides_have_a_column_only_where_they_differ() -> None:
    assert "<th>Bagian dan pembimbing lapangan</th>" in made(of("internship_assignment_of_forty_placed"))
    assert "pembimbing lapangan</th>" not in made(of("internship_assignment_of_forty"))


def test_the_change_of_a_letter_leaves_it_in_force_for_the_others() -> None:
    text = made(of("internship_change_of_forty"))
    assert "39 (tiga puluh sembilan) orang pegawai sebagaimana daftar terlampir, tetap mengikuti magang" in text
    assert "Ketentuan lain dalam surat tersebut tetap berlaku." in text
    assert "dibatalkan" not in text


def test_the_change_of_a_surat_tugas_goes_to_those_who_were_sent() -> None:
    assert "Saudara Ns. Titin Pramono, S.Kep." in made(of("internship_assignment_change"))
    assert "Para peserta magang yang disebut dalam surat ini" in made(of("internship_assignment_change_of_five"))


def test_an_extension_says_until_when_it_was_and_until_when_it_is() -> None:
    text = made(of("internship_extension"))
    assert "semula sampai dengan tanggal 30 April 2026 menjadi sampai dengan tanggal 29 Mei 2026" in text
    assert "59 hari kalender terhitung mulai tanggal 1 April 2026" in text


def digest_at_start(template: str) -> str:
    """The digest in a process that has just started; a running one keeps it."""
    template_sha256.cache_clear()
    return template_sha256(template)


def test_the_digest_of_a_template_covers_all_that_shapes_the_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in layout.LETTERS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    before = digest_at_start("internship_request.html")
    monkeypatch.setattr(layout, "LETTERS", tmp_path)
    assert digest_at_start("internship_request.html") == before
    for part in (
        "internship_request.html",
        "korespondensi.html",
        "naskah.html",
        "_parts.html",
        "_letterhead.html",
        "letter.css",
        "snug.css",
    ):
        file = tmp_path / part
        whole = file.read_text()
        file.write_text(whole + "\n")
        assert digest_at_start("internship_request.html") != before, part
        file.write_text(whole)
    (tmp_path / "judul.html").write_text("")
    assert digest_at_start("internship_request.html") == before


def test_the_digest_of_an_unknown_template_is_refused() -> None:
    with pytest.raises(LetterError, match=r"tidak_ada\.html tidak ada"):
        template_sha256("tidak_ada.html")
