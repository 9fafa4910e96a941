"""The letters of mentoring. ``REGENERATE=1 pytest`` of this file writes the golden files anew."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import page
import pytest

from tests.workflow.letters.geometry import nothing_overlaps, read
from tests.workflow.letters.samples import (
    ASN,
    HEALTH_HEAD,
    LAN,
    LONG,
    PERSONNEL_HEAD,
    PROFILE,
    SIGNED_AT,
    TITIN,
    YUSUF,
    largest_of_each_kind,
)
from tests.workflow.letters.test_pdf import write
from workflow.letters.bodies import body_named
from workflow.letters.bodies import mentoring as bodies
from workflow.letters.correcting import correctable
from workflow.letters.layout import html, missing_names
from workflow.letters.parts import LetterFrame, LetterReference, ParticipantLine, SignatureBlock, signature_block
from workflow.letters.pdf import pdf
from workflow.letters.profile import TEMPLATES, load_profile
from workflow.processes.mentoring import PROCESS

GOLDEN = Path(__file__).parents[2] / "golden" / "mentoring"
SAMUDRA = load_profile(TEMPLATES / "profiles" / "samudra.toml")

RATNA = ParticipantLine(
    name="Ns. Ratna Kumala Dewi, S.Kep., M.Kep.",
    nip="19780611 200312 2 004",
    rank="Pembina (IV/a)",
    post="Perawat Ahli Madya",
    unit="Dinas Kesehatan",
)
BAMBANG = ParticipantLine(
    name="Ns. Bambang Sutrisno, S.Kep.",
    nip="19760830 200112 1 002",
    rank="Pembina (IV/a)",
    post="Perawat Ahli Madya",
    unit="Dinas Kesehatan",
)
FOR_THE_SECRETARY = signature_block(
    PERSONNEL_HEAD.title, PERSONNEL_HEAD.name, PERSONNEL_HEAD.rank, PERSONNEL_HEAD.nip, "an", "Sekretaris Daerah"
)
WITNESS = msgspec.structs.replace(HEALTH_HEAD, heading="Mengetahui")
MENTOR = signature_block("Mentor", RATNA.name, RATNA.rank, RATNA.nip)
MENTEE = signature_block("Mentee", TITIN.name, TITIN.rank, TITIN.nip)

PAIR: dict[str, Any] = {
    "mentor_person": RATNA,
    "participants": (TITIN,),
    "competency": "asuhan keperawatan intensif",
    "starts_on": date(2026, 3, 9),
    "ends_on": date(2026, 6, 8),
}
PLAN: dict[str, Any] = {
    "goal": "Mampu memberi asuhan keperawatan intensif tanpa pendampingan.",
    "plan": "Dua kali sebulan, masing-masing sembilan puluh menit.",
    "media": "Ruang Rapat Keperawatan",
}
LONG_NAMES: dict[str, Any] = {"mentor_person": LONG, "participants": (YUSUF,), "competency": LONG.post}
ASSIGNMENT = LetterReference(
    kind="surat tugas",
    number="800.1.11.1/019/DINKES/2026",
    dated_on=date(2026, 3, 5),
    by="Kepala Dinas Kesehatan",
    code="mentoring_assignment",
)
AGREEMENT = LetterReference(
    kind="kesepakatan mentoring",
    number="800.1.4.1/020/DINKES/2026",
    dated_on=date(2026, 3, 5),
    by="Kepala Dinas Kesehatan",
    code="mentoring_agreement",
)
THIRD = (
    "Pertemuan ketiga pada bulan Maret 2026 (31 Maret 2026) dicatat dengan 0 JP: paling banyak dua sesi sebulan "
    "(PerLAN 10/2018 Lampiran)"
)


def _at(day: date, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _meetings(count: int, *, mentors: tuple[str, ...] = ("",)) -> tuple[bodies.MeetingLine, ...]:
    days = [date(2026, 3, 10) + timedelta(days=7 * number) for number in range(count)]
    return tuple(
        bodies.MeetingLine(
            starts_at=_at(day),
            ends_at=_at(day, 2),
            media="tatap muka, Ruang Rapat Keperawatan",
            topic=f"Pemantauan pasien kritis, bagian {number + 1}",
            result="Mentee dapat membaca monitor pasien dan mengenali tanda perburukan tanpa pendampingan.",
            action="Mengulang pada dinas berikutnya." if number % 2 else "",
            action_on=day + timedelta(days=7) if number % 4 == 1 else None,
            mentor=mentors[number % len(mentors)],
        )
        for number, day in enumerate(days)
    )


def _counted(*days: tuple[date, int]) -> tuple[bodies.CountedMeeting, ...]:
    return tuple(
        bodies.CountedMeeting(starts_at=_at(day), ends_at=_at(day, 2), hours=hours, says="" if hours else THIRD)
        for day, hours in days
    )


def _class(mentors: int, each: int) -> tuple[bodies.MentoringPair, ...]:
    return tuple(
        bodies.MentoringPair(
            mentor=msgspec.structs.replace(RATNA, name=f"Ns. Mentor Ke-{mentor + 1}, M.Kep."),
            mentee=msgspec.structs.replace(
                YUSUF if mentee % 2 else TITIN, name=f"Mentee {mentor + 1}-{mentee + 1} D'Costa"
            ),
            competency="asuhan keperawatan intensif",
            starts_on=date(2026, 3, 9),
            ends_on=date(2026, 6, 8),
        )
        for mentor in range(mentors)
        for mentee in range(each)
    )


REPORT: dict[str, Any] = {
    "meetings": _meetings(5),
    "open_meetings": 1,
    "evaluations": (
        bodies.EvaluationLine(by="mentee atas mentor", mean=Decimal("4.6"), gap_before=3, gap_after=1),
        bodies.EvaluationLine(by="mentor atas mentee", mean=Decimal("4.2"), gap_before=3, gap_after=1),
    ),
    "not_evaluated": (),
    "earlier": (AGREEMENT, ASSIGNMENT),
}
CHANGE: dict[str, Any] = {
    "former_mentor": BAMBANG,
    "replaces": (ASSIGNMENT,),
    "replacement_reason": "Mentor sebelumnya pindah tugas.",
    "basis": (ASN, LAN),
    "earlier": (AGREEMENT, ASSIGNMENT),
}
EXTENSION: dict[str, Any] = {
    **{name: CHANGE[name] for name in ("replaces", "basis", "earlier")},
    "ended_before": date(2026, 6, 8),
    "ends_on": date(2026, 9, 8),
    "extended_by": (
        bodies.Agreed(role="Mentee", person=TITIN, at=datetime(2026, 5, 18, 2, 10, tzinfo=UTC)),
        bodies.Agreed(role="Mentor", person=RATNA, at=datetime(2026, 5, 19, 6, 25, tzinfo=UTC)),
    ),
    "extension_reason": "Dua topik belum selesai dibahas.",
}
ALONE: dict[str, Any] = {
    **REPORT,
    "not_given": ("Mentor tidak lagi bertugas sejak 1 Mei 2026, sehingga laporan ini disusun tanpa mentor.",),
}
HELD = ((date(2026, 3, 10), 2), (date(2026, 3, 24), 2), (date(2026, 3, 31), 0), (date(2026, 4, 7), 2))
GUIDE = bodies.Guide(person=RATNA, meetings=4, first_on=date(2026, 3, 10), last_on=date(2026, 4, 7), hours=0)
BOTH_AGREED = (
    bodies.Agreed(role="Mentor", person=RATNA, at=datetime(2026, 3, 4, 2, 12, tzinfo=UTC)),
    bodies.Agreed(role="Mentee", person=TITIN, at=datetime(2026, 3, 2, 7, 5, tzinfo=UTC)),
)

SAMPLES: Mapping[str, tuple[str, tuple[SignatureBlock, ...], msgspec.Struct]] = {
    "assignment": (
        "mentoring_assignment",
        (HEALTH_HEAD,),
        bodies.MentoringAssignment(**PAIR, **PLAN, basis=(ASN, LAN)),
    ),
    "assignment_across_units": (
        "mentoring_assignment",
        (FOR_THE_SECRETARY,),
        bodies.MentoringAssignment(**{**PAIR, **LONG_NAMES}, **PLAN, basis=(ASN, LAN)),
    ),
    "assignment_of_three": (
        "mentoring_assignment",
        (HEALTH_HEAD,),
        bodies.MentoringAssignment(**{**PAIR, "participants": (TITIN, YUSUF, BAMBANG)}, **PLAN, basis=(ASN,)),
    ),
    "decree_of_forty": (
        "mentoring_decree",
        (PERSONNEL_HEAD,),
        bodies.MentoringDecree(pairs=_class(10, 4), basis=(ASN, LAN)),
    ),
    "decree_long": (
        "mentoring_decree",
        (PERSONNEL_HEAD,),
        bodies.MentoringDecree(
            pairs=tuple(msgspec.structs.replace(pair, mentor=LONG, mentee=LONG) for pair in _class(1, 3)), basis=(ASN,)
        ),
    ),
    "agreement": ("mentoring_agreement", (WITNESS,), bodies.MentoringAgreement(**PAIR, **PLAN, agreed=BOTH_AGREED)),
    "agreement_long": (
        "mentoring_agreement",
        (msgspec.structs.replace(FOR_THE_SECRETARY, heading="Mengetahui"),),
        bodies.MentoringAgreement(**{**PAIR, **LONG_NAMES}, **{**PLAN, "media": ""}, agreed=BOTH_AGREED),
    ),
    "change": ("mentoring_change", (HEALTH_HEAD,), bodies.MentoringChange(**PAIR, **PLAN, **CHANGE)),
    "change_apart": ("mentoring_change_apart", (HEALTH_HEAD,), bodies.MentoringChange(**PAIR, **PLAN, **CHANGE)),
    "extension": ("mentoring_extension", (HEALTH_HEAD,), bodies.MentoringExtension(**{**PAIR, **PLAN, **EXTENSION})),
    "extension_apart": (
        "mentoring_extension_apart",
        (HEALTH_HEAD,),
        bodies.MentoringExtension(**{**PAIR, **PLAN, **EXTENSION, **LONG_NAMES}),
    ),
    "report_by_mentee": ("mentoring_report_by_mentee", (MENTEE,), bodies.MentoringReport(**PAIR, **PLAN, **ALONE)),
    "report_by_mentor": ("mentoring_report_by_mentor", (MENTOR,), bodies.MentoringReport(**PAIR, **PLAN, **ALONE)),
    "report": ("mentoring_report", (MENTOR, MENTEE), bodies.MentoringReport(**PAIR, **PLAN, **REPORT)),
    "report_of_twenty_four": (
        "mentoring_report",
        (MENTOR, MENTEE),
        bodies.MentoringReport(
            **PAIR, **PLAN, **{**REPORT, "meetings": _meetings(24, mentors=(BAMBANG.name, RATNA.name))}
        ),
    ),
    "report_least": (
        "mentoring_report",
        (MENTOR, MENTEE),
        bodies.MentoringReport(
            **{**PAIR, **LONG_NAMES},
            **PLAN,
            meetings=(),
            open_meetings=0,
            evaluations=(),
            not_evaluated=("mentee atas mentor", "mentor atas mentee"),
            concluded_on=date(2026, 4, 30),
        ),
    ),
    "mentee_certificate": (
        "mentoring_mentee_certificate",
        (PERSONNEL_HEAD,),
        bodies.MenteeCertificate(**PAIR, counted_meetings=_counted(*HELD), basis=(LAN,)),
    ),
    "mentee_certificate_of_twenty_four": (
        "mentoring_mentee_certificate",
        (PERSONNEL_HEAD,),
        bodies.MenteeCertificate(
            **{**PAIR, **LONG_NAMES},
            counted_meetings=_counted(*((date(2026, 1, 5) + timedelta(days=14 * number), 2) for number in range(24))),
            basis=(LAN,),
            concluded_on=date(2026, 5, 29),
        ),
    ),
    "mentor_certificate": (
        "mentoring_mentor_certificate",
        (PERSONNEL_HEAD,),
        bodies.MentorCertificate(**PAIR, guides=(GUIDE,), basis=(LAN,)),
    ),
    "mentor_certificate_of_two": (
        "mentoring_mentor_certificate",
        (PERSONNEL_HEAD,),
        bodies.MentorCertificate(
            **PAIR,
            guides=(msgspec.structs.replace(GUIDE, person=LONG, hours=4), GUIDE),
            basis=(LAN,),
        ),
    ),
}


def text_of(name: str, profile: Any = PROFILE) -> str:
    kind, signatures, body = SAMPLES[name]
    letter = PROCESS.letters[kind]
    unit = ("DINKES", "Dinas Kesehatan") if signatures[0].name != PERSONNEL_HEAD.name else ("BKPSDM", "BKPSDM")
    frame = LetterFrame(
        kind=kind,
        title=letter.title,
        type=letter.type,
        letterhead=profile.letterhead(*unit),
        signatures=signatures,
        place=profile.seat,
        certified=True,
        subject=letter.subject,
        number="800.1.4.1/045/2026",
        dated_on=date(2026, 3, 12),
        signed_at=SIGNED_AT,
        copies=("Kepala Dinas Kesehatan",) if letter.copies else (),
    )
    return html(letter.template, frame, body, profile)


_made: dict[str, bytes] = {}


def made(folder: Path, name: str, profile: Any = PROFILE) -> Path:
    """The letter as a file; each text is laid out once."""
    text, body = text_of(name, profile), SAMPLES[name][2]
    if text not in _made:
        _made[text] = pdf(text, body_json=msgspec.json.encode(body), at=SIGNED_AT, title="Mentoring")
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
    nothing_overlaps(made(tmp_path, name, SAMUDRA))


def test_every_letter_of_the_process_has_a_sample_here() -> None:
    assert {kind for kind, _, _ in SAMPLES.values()} == set(PROCESS.letters)


@pytest.mark.parametrize("kind", sorted(PROCESS.letters))
def test_letters_are_stored_under_a_kind_of_body_that_is_found_again(kind: str) -> None:
    body = PROCESS.letters[kind].body
    assert body_named(body.__name__) is body


def test_an_agreement_tells_when_both_agreed_and_has_one_place_for_a_signature(tmp_path: Path) -> None:
    text = said(tmp_path, "agreement")
    assert f"{RATNA.name}, disetujui melalui aplikasi pada 4 Maret 2026 pukul 09.12 WIB" in text
    assert f"{TITIN.name}, disetujui melalui aplikasi pada 2 Maret 2026 pukul 14.05 WIB" in text
    assert text.count("Ditandatangani secara elektronik") == 1
    assert "Mengetahui" in text


def test_a_third_meeting_of_a_month_is_named_as_not_counted(tmp_path: Path) -> None:
    text = said(tmp_path, "mentee_certificate")
    assert "31 Maret 2026 pukul 08.00 s.d. 09.00 WIB tidak dihitung" in text
    assert "6 (enam) JP" in text
    assert "4 (empat) kali, 3 (tiga) di antaranya dihitung" in text
    assert THIRD in text


def test_a_decree_lists_forty_pairs_by_mentor_and_numbers_them_throughout(tmp_path: Path) -> None:
    text = said(tmp_path, "decree_of_forty")
    assert "10 (sepuluh) orang mentor bagi 40 (empat puluh) orang mentee" in text
    assert "KEPUTUSAN KEPALA BADAN KEPEGAWAIAN" in text
    assert text.count("Mentor: Ns. Mentor") == 10
    assert "40." in text


def test_across_units_the_head_of_the_personnel_agency_signs_on_behalf_of_the_secretary(tmp_path: Path) -> None:
    assert "a.n. SEKRETARIS DAERAH KEPALA BADAN KEPEGAWAIAN" in said(tmp_path, "assignment_across_units")


def test_a_report_tells_what_was_not_confirmed_and_whose_evaluation_never_came(tmp_path: Path) -> None:
    assert "1 (satu) pertemuan yang tidak dikonfirmasi mentee" in said(tmp_path, "report")
    text = said(tmp_path, "report_least")
    assert "Tidak ada pertemuan yang dikonfirmasi mentee." in text
    assert "Penilaian mentee atas mentor dan mentor atas mentee tidak diterima sampai batas waktunya." in text
    assert "9 Maret s.d. 30 April 2026 (direncanakan sampai dengan 8 Juni 2026)" in text


def test_of_two_mentors_the_certificate_tells_what_each_held(tmp_path: Path) -> None:
    text = said(tmp_path, "mentor_certificate_of_two")
    assert "Dr. dr. Raden Ayu Kusumaningtyas" in text
    assert RATNA.name in text
    assert "8 (delapan) kali, dikonfirmasi mentee" in text
    assert "4 (empat) JP" in text


def test_nobody_corrects_what_both_agreed_to() -> None:
    assert correctable(bodies.MentoringAgreement) == {}
    assert set(correctable(bodies.MentoringAssignment)) == {"competency", "goal", "plan"}
