"""The letters of awards that the tests make: with one name, with three, with forty, with the longest. All people are invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from tests.workflow.letters.samples import (
    ASN,
    BKPSDM,
    CHIEF,
    HEALTH_HEAD,
    LONG,
    PERSONNEL_HEAD,
    PP,
    PPPK_PP,
    REGENT,
    SECRETARY_ITSELF,
    SEKDA,
    TITIN,
    YUSUF,
)
from workflow.letters.bodies import award_round as rounds
from workflow.letters.bodies import awards as bodies
from workflow.letters.bodies.decrees import Original
from workflow.letters.parts import LetterReference, ParticipantLine, SignatureBlock, signature_block

AGENCY = "Kabupaten Kemuning"
ROUND = "Penghargaan Pegawai Kabupaten Kemuning Tahun 2026"
BEST, GROWN = "Penghargaan Pegawai Berprestasi", "Penghargaan Pengembangan Diri"
MEDALS = tuple(f"Satyalancana Karya Satya {mark} Tahun" for mark in ("X", "XX", "XXX"))
MEDAL_LAW = "Undang-Undang Nomor 20 Tahun 2009 tentang Gelar, Tanda Jasa, dan Tanda Kehormatan"
MEDAL_PP = (
    "Peraturan Pemerintah Nomor 35 Tahun 2010 tentang Pelaksanaan Undang-Undang Nomor 20 Tahun 2009 tentang Gelar, Tanda "
    "Jasa, dan Tanda Kehormatan"
)
MONEY_PP = "Peraturan Pemerintah Nomor 12 Tahun 2019 tentang Pengelolaan Keuangan Daerah"
DISCIPLINE_PP = "Peraturan Pemerintah Nomor 94 Tahun 2021 tentang Disiplin Pegawai Negeri Sipil"
LAW = (ASN, PP, PPPK_PP, MONEY_PP)
GROUNDS = (
    "Menyusun alur rujukan pasien gawat darurat yang memangkas waktu tunggu dari empat puluh menit menjadi dua belas "
    "menit, dan melatih enam puskesmas menerapkannya."
)
DECREE = LetterReference(
    kind="keputusan",
    number="800.1.12/045/KEP/2026",
    dated_on=date(2026, 8, 10),
    by="Bupati Kemuning",
    code="award_decree",
)
MINUTES = LetterReference(
    kind="berita acara penilaian",
    number="800.1.12/031/SETDA/2026",
    dated_on=date(2026, 7, 27),
    by="Ketua tim penilai",
    code="award_minutes",
)
EXCERPT = msgspec.structs.replace(
    DECREE, number="800.1.12/101/BKPSDM/2026", code="award_excerpt", by=f"Kepala {BKPSDM}"
)
CERTIFICATE = msgspec.structs.replace(DECREE, number="800.1.12/046/KEP/2026", code="award_certificate")
PANEL = LetterReference(
    kind="keputusan tim penilai",
    number="800.1.12/012/KEP/2026",
    dated_on=date(2026, 5, 4),
    by="Bupati Kemuning",
    code="award_panel_decree",
)
ORIGINAL = Original(
    number=DECREE.number,
    dated_on=DECREE.dated_on,
    place="Kemuning Kota",
    title="Bupati Kemuning",
    name="Ratna Suryaningrat",
)
CHAIR = signature_block("Ketua tim penilai", SEKDA.name, SEKDA.rank, SEKDA.nip)
SCRIBE = signature_block("Sekretaris tim penilai", CHIEF.name, CHIEF.rank, CHIEF.nip)


def person(number: int, *, contract: bool = False) -> ParticipantLine:
    """One of many."""
    like = YUSUF if contract else TITIN
    return msgspec.structs.replace(like, name=f"Pegawai Ke-{number} Prasetyo, S.Kep.")


def many(count: int) -> tuple[ParticipantLine, ...]:
    """So many, contract staff among them; of three one has the longest name and post."""
    if count == 1:
        return (TITIN,)
    if count == 3:
        return (TITIN, LONG, YUSUF)
    return tuple(person(number, contract=number % 4 == 0) for number in range(1, count + 1))


def official(number: int, post: str, unit: str) -> ParticipantLine:
    """Somebody who sits in a panel."""
    return ParticipantLine(
        name=f"Drs. Penilai Ke-{number}, M.Si.",
        nip=f"197{number}0417 199903 1 00{number}",
        rank="Pembina Utama Muda (IV/c)",
        post=post,
        unit=unit,
    )


INSPECTOR = official(3, "Inspektur", "Inspektorat")
ASSISTANT = official(4, "Asisten Administrasi Umum", "Sekretariat Daerah")
LEGAL = official(5, "Kepala Bagian Hukum", "Sekretariat Daerah")
PLANNER = official(6, "Kepala Badan Perencanaan Pembangunan Daerah", "Badan Perencanaan Pembangunan Daerah")
SEATS = tuple(
    rounds.PanelSeat(person=who, function=function)
    for who, function in (
        (SEKDA, "Ketua"),
        (CHIEF, "Sekretaris"),
        (INSPECTOR, "Anggota"),
        (ASSISTANT, "Anggota"),
        (LEGAL, "Anggota"),
        (ASSISTANT, "Pengganti ketua"),
        (PLANNER, "Anggota pengganti I"),
    )
)
CRITERIA = (
    rounds.Weight(name="Prestasi atau inovasi", weight=40),
    rounds.Weight(name="Kinerja dan perilaku kerja", weight=30),
    rounds.Weight(name="Pengembangan kompetensi", weight=20),
    rounds.Weight(name="Wawancara", weight=10),
)
AWARDS = (
    rounds.RoundAward(
        award=BEST,
        quota=2,
        places=3,
        requirements=("berstatus PNS atau PPPK", "predikat kinerja 2 tahun terakhir Baik atau Sangat Baik"),
        documents=("daftar riwayat hidup", "dokumen evaluasi kinerja terakhir", "bukti prestasi atau inovasi"),
    ),
    rounds.RoundAward(
        award=GROWN, places=1, requirements=("berstatus PNS atau PPPK",), documents=("daftar riwayat hidup",)
    ),
    rounds.RoundAward(
        award=MEDALS[0],
        requirements=("berstatus PNS", "tidak pernah menjalani cuti di luar tanggungan negara"),
        documents=("keputusan pengangkatan CPNS", "daftar riwayat hidup"),
    ),
)
OF_ROUND: dict[str, Any] = {"round_title": ROUND, "agency_name": AGENCY, "round_awards": AWARDS}
OF_PANEL: dict[str, Any] = {**OF_ROUND, "panel_seats": SEATS, "award_criteria": CRITERIA, "award_basis": LAW}


def nominees(count: int) -> tuple[bodies.Nominee, ...]:
    """So many nominees, every fifth for the second kind."""
    return tuple(
        bodies.Nominee(person=who, award=GROWN if at % 5 == 4 else BEST, grounds=GROUNDS)
        for at, who in enumerate(many(count))
    )


def sheets(count: int) -> tuple[bodies.ScoreSheet, ...]:
    """What five gave each of so many."""
    scorers = tuple(seat.person.name for seat in SEATS[:5])
    return tuple(
        bodies.ScoreSheet(
            person=each.person,
            award=each.award,
            scorers=scorers,
            rows=tuple(
                bodies.ScoreRow(criterion=by.name, weight=by.weight, points=(90, 85, 88, 79, 100), mean="88,40")
                for by in CRITERIA
            ),
            totals=("90,00", "85,00", "88,00", "79,00", "100,00"),
            result="88,40",
        )
        for each in nominees(count)
    )


def minutes(count: int, *, recommended: bool = True, reason: str = "", **changed: Any) -> bodies.AwardMinutes:
    """The minutes on so many."""
    those = nominees(count)
    lines = tuple(
        bodies.Ranked(
            rank=at,
            person=each.person,
            result="88,40" if at < 3 else f"{90 - at},10",
            conclusion="direkomendasikan" if recommended else "tidak direkomendasikan",
            told_apart_by="masa kerja lebih lama" if at == 2 else "",
        )
        for at, each in enumerate(those, start=1)
    )
    values: dict[str, Any] = {
        "on": date(2026, 7, 27),
        "round_title": ROUND,
        "agency_name": AGENCY,
        "panel_members": SEATS[:5],
        "award_criteria": CRITERIA,
        "rankings": (bodies.Ranking(award=BEST, places=3, lines=lines),),
        "conclusions": tuple(
            bodies.Conclusion(person=each.person, award=each.award, is_recommended=recommended, reason=reason)
            for each in those
        ),
        "score_sheets": sheets(count),
    }
    return bodies.AwardMinutes(**values | changed)


def decree(count: int, amount: int = 5_000_000, **changed: Any) -> bodies.AwardDecree:
    """The decree on so many."""
    values: dict[str, Any] = {
        "agency_name": AGENCY,
        "round_title": ROUND,
        "award_year": 2026,
        "awarded": tuple(
            bodies.Awarded(person=each.person, award=each.award, amount=amount) for each in nominees(count)
        ),
        "award_fund": "5.03.02.2.04.05 Pemberian penghargaan bagi pegawai Tahun Anggaran 2026" if amount else "",
        "award_basis": LAW if amount else LAW[:3],
        "earlier": (MINUTES,),
    }
    return bodies.AwardDecree(**values | changed)


def excerpt(whole: bodies.AwardDecree) -> bodies.AwardExcerpt:
    """The excerpt of a decree for the first whom it names."""
    values = msgspec.structs.asdict(whole) | {"awarded": whole.awarded[:1], "decree_original": ORIGINAL}
    return bodies.AwardExcerpt(**values)


def proposal(count: int) -> bodies.MedalProposal:
    """The proposal upward of so many."""
    years = (10, 20, 31)
    servants = tuple(who for who in many(count * 2) if who.nip_label == "NIP")[:count]
    lines = tuple(
        bodies.MedalLine(
            person=LONG if count == 3 and not at else who,
            award=MEDALS[at % 3],
            cpns_on=date(2026 - years[at % 3], 3, 1),
            service=f"{years[at % 3]} tahun 2 bulan",
            former_medal=MEDALS[at % 3 - 1] if at % 3 else "",
        )
        for at, who in enumerate(servants)
    )
    return bodies.MedalProposal(
        governor="Gubernur Sungai Jernih", agency_name=AGENCY, medal_lines=lines, award_basis=(MEDAL_LAW, MEDAL_PP)
    )


def revocation(count: int = 1, *, back: int | None = 5_000_000, **changed: Any) -> bodies.RevocationDecree:
    """The decree that takes back the awards of so many; ``back``: what came back of 5,000,000, None where nothing was paid."""
    returned = bodies.MoneyReturn(
        name=TITIN.name,
        paid=5_000_000,
        back=back or 0,
        back_on=date(2026, 9, 14) if back else None,
        why="" if back == 5_000_000 else "yang bersangkutan mengangsur menurut surat pernyataannya",
    )
    values: dict[str, Any] = {
        "agency_name": AGENCY,
        "awarded": tuple(bodies.Awarded(person=who, award=BEST) for who in many(count)),
        "revoked_letters": (CERTIFICATE, EXCERPT, DECREE),
        "revocation_reason": "Data atau berkas usul tidak benar: bukti inovasi yang diunggah bukan karya yang bersangkutan.",
        "revocation_rule": "Undang-Undang Nomor 30 Tahun 2014 tentang Administrasi Pemerintahan",
        "money_returns": () if back is None else (returned,),
        "award_basis": LAW[:3],
    }
    return bodies.RevocationDecree(**values | changed)


def statement(**changed: Any) -> bodies.DisciplineStatement:
    """The statement on discipline."""
    values: dict[str, Any] = {
        "participants": (TITIN,),
        "award_title": BEST,
        "sanction_levels": ("sedang", "berat"),
        "clean_years": 2,
        "discipline_rule": DISCIPLINE_PP,
    }
    return bodies.DisciplineStatement(**values | changed)


ABSTAINED = (
    bodies.Abstention(member=INSPECTOR.name, nominee=TITIN.name, why="menyatakan benturan kepentingan"),
    bodies.Abstention(member=LEGAL.name, nominee=LONG.name, why="bekerja pada perangkat daerah yang sama dengan calon"),
)

Sample = tuple[str, tuple[SignatureBlock, ...], msgspec.Struct]
_UNIT, _CHIEF, _REGENT = (HEALTH_HEAD,), (PERSONNEL_HEAD,), (REGENT,)

OF_ROUNDS: Mapping[str, Sample] = {
    "panel_decree": ("award_panel_decree", _REGENT, rounds.PanelDecree(**OF_PANEL)),
    "panel_change": (
        "award_panel_change",
        _REGENT,
        rounds.PanelChange(
            **OF_PANEL | {"panel_seats": (*SEATS[:4], rounds.PanelSeat(person=PLANNER, function="Anggota"))},
            panel_decrees=(PANEL,),
            panel_joined=(rounds.PanelSeat(person=PLANNER, function="Anggota"),),
            panel_left=(SEATS[4],),
            reason="Kepala Bagian Hukum pindah tugas ke luar daerah.",
        ),
    ),
    "call": (
        "award_call",
        (SECRETARY_ITSELF,),
        rounds.RoundCall(
            **OF_ROUND,
            award_criteria=CRITERIA,
            closes_on=date(2026, 6, 30),
            award_amount_each=5_000_000,
            award_basis=(MEDAL_LAW, *LAW[:1], MEDAL_PP, *LAW[1:]),
        ),
    ),
    "call_of_medals_alone": (
        "award_call",
        (SECRETARY_ITSELF,),
        rounds.RoundCall(
            **OF_ROUND | {"round_awards": AWARDS[2:]},
            award_criteria=(),
            closes_on=date(2026, 6, 30),
            award_amount_each=0,
            award_basis=(MEDAL_LAW, MEDAL_PP),
        ),
    ),
}
OF_NOMINATIONS: Mapping[str, Sample] = {
    **{
        f"submission_of_{count}": (
            "award_submission",
            _UNIT,
            bodies.AwardSubmission(nominees=nominees(count), round_title=ROUND if count > 1 else ""),
        )
        for count in (1, 3, 40)
    },
    "statement": ("award_discipline_statement", _UNIT, statement()),
    "statement_for_a_medal": (
        "award_discipline_statement",
        _UNIT,
        statement(award_title=MEDALS[2], clean_years=None, participants=(LONG,)),
    ),
    "statement_of_contract_staff": (
        "award_discipline_statement",
        _UNIT,
        statement(participants=(YUSUF,), discipline_rule=""),
    ),
    "minutes_of_1": ("award_minutes", (CHAIR, SCRIBE), minutes(1, reason="Diputus secara musyawarah.")),
    "minutes_of_3": ("award_minutes", (CHAIR, SCRIBE), minutes(3, abstentions=ABSTAINED)),
    "minutes_of_40": (
        "award_minutes",
        (CHAIR, SCRIBE),
        minutes(40, recommended=False, reason="Nilai di bawah peringkat yang tersedia."),
    ),
    **{f"decree_of_{count}": ("award_decree", _REGENT, decree(count)) for count in (1, 3, 40)},
    "decree_without_money": ("award_decree", _REGENT, decree(3, 0)),
    "decree_with_some_money": (
        "award_decree",
        _REGENT,
        decree(3, awarded=(*decree(3).awarded[:2], bodies.Awarded(person=YUSUF, award=GROWN))),
    ),
    "excerpt": ("award_excerpt", _CHIEF, excerpt(decree(3))),
    "excerpt_long": (
        "award_excerpt",
        _CHIEF,
        excerpt(decree(1, 0, awarded=(bodies.Awarded(person=LONG, award=GROWN),))),
    ),
    "certificate": (
        "award_certificate",
        _REGENT,
        bodies.AwardCertificate(
            award_holder=TITIN,
            award_reason=f"prestasi kerja, dedikasi, dan integritasnya sebagai penerima {BEST} {AGENCY} Tahun 2026",
            award_decree=DECREE,
        ),
    ),
    "certificate_long": (
        "award_certificate",
        _REGENT,
        bodies.AwardCertificate(
            award_holder=LONG,
            award_reason=f"ketekunannya mengembangkan diri dan berbagi pengetahuan sebagai penerima {GROWN} {AGENCY} Tahun 2026",
            award_decree=DECREE,
        ),
    ),
    "unit_certificate": (
        "award_unit_certificate",
        _UNIT,
        bodies.UnitCertificate(award_holder=TITIN, award_unit="Dinas Kesehatan", grounds=GROUNDS),
    ),
    "unit_certificate_long": (
        "award_unit_certificate",
        _UNIT,
        bodies.UnitCertificate(award_holder=LONG, award_unit=LONG.unit, grounds=GROUNDS * 4),
    ),
    "thanks": (
        "award_thanks",
        _UNIT,
        bodies.ThanksLetter(award_holder=TITIN, award_unit="Dinas Kesehatan", grounds=GROUNDS),
    ),
    **{f"proposal_of_{count}": ("award_upward_proposal", _REGENT, proposal(count)) for count in (1, 3, 40)},
    "revocation": ("award_revocation_decree", _REGENT, revocation()),
    "revocation_of_3": ("award_revocation_decree", _REGENT, revocation(3, back=2_000_000)),
    "revocation_of_one": (
        "award_revocation_decree",
        _REGENT,
        revocation(back=None, revoked_letters=(DECREE,)),
    ),
}
OF_REVOCATIONS: Mapping[str, Sample] = {
    "late_revocation": ("award_late_revocation", _REGENT, revocation(back=None)),
    "late_revocation_by_a_unit": (
        "award_late_revocation",
        _UNIT,
        revocation(back=0, awarded=(bodies.Awarded(person=LONG, award=BEST),)),
    ),
}
SAMPLES: Mapping[str, Sample] = {**OF_ROUNDS, **OF_NOMINATIONS, **OF_REVOCATIONS}
