"""The letters of awards. ``REGENERATE=1 pytest`` of this file writes the golden files anew."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import page
import pytest

from tests.workflow.letters.award_samples import (
    GROUNDS,
    GROWN,
    OF_NOMINATIONS,
    OF_REVOCATIONS,
    OF_ROUNDS,
    SAMPLES,
    minutes,
)
from tests.workflow.letters.geometry import nothing_overlaps, read
from tests.workflow.letters.samples import (
    ASN,
    LONG,
    PP,
    PPPK_PP,
    PROFILE,
    REGENT,
    SIGNED_AT,
    TITIN,
    YUSUF,
    largest_of_each_kind,
)
from tests.workflow.letters.test_pdf import write
from workflow.definition import Letter, Process
from workflow.letters.bodies import awards as bodies
from workflow.letters.bodies import body_named
from workflow.letters.layout import html, missing_names
from workflow.letters.legal_order import in_legal_order
from workflow.letters.parts import LetterFrame
from workflow.letters.pdf import pdf
from workflow.letters.profile import TEMPLATES, load_profile
from workflow.letters.shared_bodies import joined, key_of
from workflow.processes.award_revocation import PROCESS as REVOCATION
from workflow.processes.award_round import PROCESS as ROUND
from workflow.processes.incentive import PROCESS as INCENTIVE

GOLDEN = Path(__file__).parents[2] / "golden" / "awards"
SAMUDRA = load_profile(TEMPLATES / "profiles" / "samudra.toml")
LETTERS: dict[str, Letter] = {**ROUND.letters, **INCENTIVE.letters, **REVOCATION.letters}
ADDRESSEE = "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"


def text_of(name: str, profile: Any = PROFILE) -> str:
    kind, signatures, body = SAMPLES[name]
    letter = LETTERS[kind]
    by_regent = signatures[0] is REGENT
    frame = LetterFrame(
        kind=kind,
        title=letter.title,
        type=letter.type,
        letterhead=profile.regent_letterhead() if by_regent else profile.letterhead("DINKES", "Dinas Kesehatan"),
        signatures=signatures,
        place=profile.seat,
        certified=True,
        subject=letter.subject,
        number="800.1.12/045/2026",
        dated_on=date(2026, 3, 12),
        signed_at=SIGNED_AT,
        addressee=(ADDRESSEE,) if letter.to else (),
        addressee_place=profile.seat if letter.to else "",
        copies=("Kepala Dinas Kesehatan",) if letter.copies else (),
    )
    return html(letter.template, frame, body, profile)


_made: dict[str, bytes] = {}


def made(folder: Path, name: str, profile: Any = PROFILE) -> Path:
    """The letter as a file; each text is laid out once."""
    text, body = text_of(name, profile), SAMPLES[name][2]
    if text not in _made:
        _made[text] = pdf(text, body_json=msgspec.json.encode(body), at=SIGNED_AT, title="Penghargaan")
    return write(folder, _made[text])


def said(folder: Path, name: str) -> str:
    return " ".join(read(made(folder, name)).split())


@pytest.mark.parametrize("name", SAMPLES)
def test_it_reads_as_it_was_approved(name: str) -> None:
    text, golden = re.sub(r'src="data:[^"]*"', 'src="data:"', text_of(name)), GOLDEN / f"{name}.html"
    if os.environ.get("REGENERATE"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", SAMPLES)
def test_its_template_asks_only_for_what_it_has(name: str) -> None:
    kind, _, body = SAMPLES[name]
    assert missing_names(f"{kind}.html", type(body)) == ()


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_sound_for_archives_and_screen_readers_and_nothing_overlaps(name: str, tmp_path: Path) -> None:
    file = made(tmp_path, name)
    for profile in ("3a", "ua1"):
        assert [failure.rule_id for failure in page.validate_pdf(str(file), profile=profile).failures] == []
    nothing_overlaps(file)


@pytest.mark.parametrize("name", largest_of_each_kind(SAMPLES))
def test_nothing_overlaps_in_the_wide_type_of_another_agency(name: str, tmp_path: Path) -> None:
    kind = SAMPLES[name][0]
    nothing_overlaps(made(tmp_path, name, SAMUDRA), SAMUDRA.page(kind, LETTERS[kind].type))


@pytest.mark.parametrize(
    ("samples", "process"),
    [(OF_ROUNDS, ROUND), (OF_NOMINATIONS, INCENTIVE), (OF_REVOCATIONS, REVOCATION)],
    ids=["rounds", "nominations", "revocations"],
)
def test_every_letter_of_the_process_has_a_sample_here(samples: Any, process: Any) -> None:
    assert {kind for kind, _, _ in samples.values()} == set(process.letters)


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_letters_are_stored_under_a_kind_of_body_that_is_found_again(kind: str) -> None:
    body = LETTERS[kind].body
    assert body_named(body.__name__) is body


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_stored_of_a_letter_is_read_again_as_it_was(name: str) -> None:
    body = SAMPLES[name][2]
    assert msgspec.json.decode(msgspec.json.encode(body), type=type(body)) == body


def test_whatever_decides_is_signed_by_nobody_who_stands_in() -> None:
    deciding = {name for name, letter in LETTERS.items() if letter.decides}
    assert deciding == {
        "award_panel_decree",
        "award_panel_change",
        "award_decree",
        "award_revocation_decree",
        "award_late_revocation",
    }


def test_the_minutes_spell_the_day_and_give_every_score_under_the_number_of_who_gave_it(tmp_path: Path) -> None:
    text = said(tmp_path, "minutes_of_3")
    assert "Senin, tanggal dua puluh tujuh bulan Juli tahun dua ribu dua puluh enam" in text
    assert "merekomendasikan 3 (tiga) orang berikut" in text
    assert "nilai sama; dibedakan menurut masa kerja lebih lama" in text
    assert text.count("Nilai berbobot") == 3
    assert minutes(3).number_of(SAMPLES["minutes_of_3"][2].panel_members[4].person.name) == 5  # type: ignore[attr-defined]


def test_minutes_on_forty_refer_to_the_ranking_and_hold_all_scores(tmp_path: Path) -> None:
    text = said(tmp_path, "minutes_of_40")
    assert "tidak merekomendasikan 40 (empat puluh) orang" in text
    assert text.count("Nilai berbobot") == 40


def test_a_decree_speaks_of_money_only_where_it_brings_some(tmp_path: Path) -> None:
    assert "masing sebesar Rp5.000.000,00 (lima juta rupiah)" in said(tmp_path, "decree_of_3")
    assert "uang pembinaan" not in said(tmp_path, "decree_without_money").lower()
    some = said(tmp_path, "decree_with_some_money")
    assert "bagi yang jumlahnya tercantum dalam lampiran" in some
    assert some.count("Rp5.000.000,00") == 2


def test_an_excerpt_names_the_number_and_the_day_of_the_decree_and_one_person(tmp_path: Path) -> None:
    text = said(tmp_path, "excerpt")
    assert "NOMOR 800.1.12/045/KEP/2026" in text
    assert "pada tanggal 10 Agustus 2026" in text
    assert TITIN.name in text
    assert YUSUF.name not in text


def test_a_certificate_names_the_decree_and_fits_one_page(tmp_path: Path) -> None:
    text = said(tmp_path, "certificate_long")
    assert "Keputusan Bupati Kemuning Nomor 800.1.12/045/KEP/2026 tanggal 10 Agustus 2026" in text
    assert LONG.name in text


def test_a_certificate_of_a_unit_leaves_out_reasons_that_are_too_long_for_it(tmp_path: Path) -> None:
    assert "memangkas waktu tunggu" in said(tmp_path, "unit_certificate")
    assert "memangkas waktu tunggu" not in said(tmp_path, "unit_certificate_long")


def test_a_statement_for_a_medal_is_of_the_whole_service(tmp_path: Path) -> None:
    assert "tidak pernah dijatuhi hukuman disiplin tingkat sedang atau berat" in said(tmp_path, "statement_for_a_medal")
    assert "dalam 2 (dua) tahun terakhir tidak pernah" in said(tmp_path, "statement")
    assert "Peraturan Pemerintah Nomor 94" not in said(tmp_path, "statement_of_contract_staff")


def test_a_list_for_the_president_gives_service_and_the_medal_before(tmp_path: Path) -> None:
    text = said(tmp_path, "proposal_of_3")
    assert "Yth. Gubernur Sungai Jernih" in text
    assert "20 tahun 2 bulan" in text
    assert ": 1 (satu) berkas" in text


def test_a_revocation_says_what_became_of_the_money(tmp_path: Path) -> None:
    assert "telah dikembalikan ke kas daerah pada tanggal 14 September 2026" in said(tmp_path, "revocation")
    assert "selebihnya tidak dikembalikan dengan alasan" in said(tmp_path, "revocation_of_3")
    assert "uang pembinaan" not in said(tmp_path, "revocation_of_one").lower()


def test_those_of_one_act_share_a_decree_whatever_the_kind_of_servant_and_of_award() -> None:
    one, other = (
        bodies.AwardDecree(
            agency_name="Kabupaten Kemuning",
            round_title="Penghargaan 2026",
            award_year=2026,
            awarded=(bodies.Awarded(person=who, award=award, amount=0),),
            award_fund="",
            award_basis=basis,
        )
        for who, award, basis in ((YUSUF, GROWN, (ASN, PPPK_PP)), (TITIN, "Penghargaan Pegawai Berprestasi", (ASN, PP)))
    )
    assert key_of(one) == key_of(other)
    both: Any = joined([one, other])
    assert [each.person.name for each in both.awarded] == [YUSUF.name, TITIN.name]
    assert both.award_basis == (ASN, PP, PPPK_PP)
    assert both.award_fund == ""


def test_one_act_has_one_record_of_whom_it_recommends_and_whom_it_does_not() -> None:
    assert key_of(minutes(1)) == key_of(minutes(1, recommended=False)) == key_of(minutes(3))
    both: Any = joined([minutes(1), minutes(1, recommended=False, reason="Nilai di bawah peringkat yang tersedia.")])
    assert [each.is_recommended for each in both.conclusions] == [True, False]
    assert len(both.rankings) == 1
    assert len(both.panel_members) == len(minutes(1).panel_members)
    assert len(both.score_sheets) == 2


def test_each_line_of_a_shared_ranking_is_concluded_by_the_one_that_it_is_about() -> None:
    def seen_by(concluded: int) -> Any:
        (ranking,) = minutes(2).rankings
        lines = [
            msgspec.structs.replace(
                line, conclusion="direkomendasikan" if number == concluded else bodies.NOT_CONCLUDED
            )
            for number, line in enumerate(ranking.lines)
        ]
        return minutes(2, rankings=(msgspec.structs.replace(ranking, lines=tuple(lines)),))

    both: Any = joined([seen_by(0), seen_by(1)])
    assert [line.conclusion for line in both.rankings[0].lines] == ["direkomendasikan", "direkomendasikan"]
    alone: Any = joined([seen_by(0), seen_by(0)])
    assert [line.conclusion for line in alone.rankings[0].lines] == ["direkomendasikan", bodies.NOT_CONCLUDED]


def test_rules_stand_by_rank_and_then_by_age() -> None:
    assert in_legal_order((PPPK_PP, PP, ASN, PP)) == (ASN, PP, PPPK_PP)
    assert in_legal_order(("Peraturan setempat", "Peraturan Bupati Kemuning Nomor 3 Tahun 2024", ASN)) == (
        ASN,
        "Peraturan Bupati Kemuning Nomor 3 Tahun 2024",
        "Peraturan setempat",
    )


def test_what_was_typed_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    assert GROUNDS in said(tmp_path, "submission_of_1")


def words_of(thing: Any) -> Iterator[str]:
    """Every text of a part of a process."""
    for field in dataclasses.fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, str):
            yield value
        elif dataclasses.is_dataclass(value):
            yield from words_of(value)


@pytest.mark.parametrize("process", [ROUND, INCENTIVE, REVOCATION], ids=lambda process: process.name)
def test_nothing_of_a_process_says_bupati_as_a_city_has_a_wali_kota(process: Process) -> None:
    parts = (*process.roles, *process.states, *process.transitions, *process.letters.values())
    assert [each for part in parts for each in words_of(part) if "Bupati" in each] == []


def test_a_decree_of_a_city_is_of_its_wali_kota() -> None:
    mayor = msgspec.structs.replace(REGENT, title=SAMUDRA.regent.title)
    for kind in ("award_decree", "award_late_revocation"):
        name, body = next((name, body) for name, (of_kind, _, body) in SAMPLES.items() if of_kind == kind)
        frame = LetterFrame(
            kind=kind,
            title=LETTERS[kind].title,
            type="keputusan",
            letterhead=SAMUDRA.regent_letterhead(),
            signatures=(mayor,),
            place=SAMUDRA.seat,
            certified=True,
            subject=LETTERS[kind].subject,
        )
        text = html(LETTERS[kind].template, frame, body, SAMUDRA)
        assert text.count("WALI KOTA SAMUDRA BIRU") >= 2, name
        assert "KEPUTUSAN BUPATI" not in text
