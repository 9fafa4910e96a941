"""The letters of an exchange of staff. ``REGENERATE=1 pytest`` of this file writes the golden files anew."""

from __future__ import annotations

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import page
import pytest

from tests.workflow.letters.geometry import nothing_overlaps, read
from tests.workflow.letters.samples import (
    ASN,
    LAN,
    LONG,
    PERSONNEL_HEAD,
    PROFILE,
    REGENT,
    RSPROV,
    SECRETARY,
    SIGNED_AT,
    TITIN,
)
from tests.workflow.letters.test_pdf import write
from workflow.letters.bodies import body_named
from workflow.letters.bodies import exchange as bodies
from workflow.letters.bodies.internship import FieldSupervisor
from workflow.letters.layout import html, missing_names
from workflow.letters.parts import LetterFrame, Letterhead, LetterReference, SignatureBlock
from workflow.letters.pdf import pdf

GOLDEN = Path(__file__).parents[2] / "golden" / "exchange"

BOTH: dict[str, Any] = {
    "participants": (TITIN,),
    "host": RSPROV,
    "host_post": "Perawat Instalasi Rawat Intensif",
    "starts_on": date(2026, 4, 6),
    "ends_on": date(2026, 6, 30),
    "competency": "keperawatan intensif",
    "counterpart_name": "Ns. Ratri Puspita, S.Kep.",
    "counterpart_post": "Perawat Ahli Muda",
    "placed_at": "Dinas Kesehatan",
    "placed_post": "Perawat Pembina Puskesmas",
}
TERMS: dict[str, Any] = {
    "goal": "Menerapkan asuhan keperawatan intensif di puskesmas.",
    "termination": "pertukaran berakhir tujuh hari setelah salah satu instansi memberitahukannya secara tertulis",
    "agreement": "Perjanjian Kerja Sama Nomor 800.1.4.1/12/BKPSDM/2025 tanggal 3 Februari 2025",
}
REQUEST = LetterReference(
    kind="surat permohonan pertukaran",
    number="800.1.4.1/044/SETDA/2026",
    dated_on=date(2026, 3, 5),
    by="Sekretaris Daerah a.n. Bupati Kemuning",
    code="exchange_request",
)
DECREE = LetterReference(
    kind="keputusan",
    number="800.1.4.1/045/KEP/2026",
    dated_on=date(2026, 3, 12),
    by="Bupati Kemuning",
    code="exchange_decree",
)
GUIDE = FieldSupervisor(name="Ns. Bimo Santoso, M.Kep.", post="Kepala Ruang")
LONG_NAMES: dict[str, Any] = {
    "participants": (LONG,),
    "counterpart_name": LONG.name,
    "counterpart_post": LONG.post,
    "placed_at": LONG.unit,
}

SAMPLES: dict[str, tuple[str, SignatureBlock, msgspec.Struct]] = {
    "request": ("exchange_request", SECRETARY, bodies.ExchangeRequest(**BOTH, **TERMS)),
    "decree": (
        "exchange_decree",
        REGENT,
        bodies.ExchangeDecree(**BOTH, **TERMS, basis=(ASN, LAN), earlier=(REQUEST,), field_supervisor=GUIDE),
    ),
    "decree_long": (
        "exchange_decree",
        REGENT,
        bodies.ExchangeDecree(**{**BOTH, **LONG_NAMES}, **TERMS, basis=(ASN, LAN)),
    ),
    "cancellation": (
        "exchange_cancellation",
        PERSONNEL_HEAD,
        bodies.ExchangeCancellation(**BOTH, reason="Pegawai mitra mengundurkan diri", cancels=(REQUEST, DECREE)),
    ),
    "certificate": (
        "exchange_certificate",
        PERSONNEL_HEAD,
        bodies.ExchangeCertificate(**BOTH, hours=20, basis=(LAN,), score=Decimal("90.5"), earlier=(DECREE, REQUEST)),
    ),
}


def text_of(name: str) -> str:
    kind, signature, body = SAMPLES[name]
    addressed = kind in ("exchange_request", "exchange_cancellation")
    frame = LetterFrame(
        kind=kind,
        title="Keputusan" if signature is REGENT else "Surat",
        letterhead=_letterhead(signature),
        signatures=(signature,),
        place="Kemuning Kota",
        certified=True,
        subject="Pertukaran pegawai",
        number="800.1.4.1/045/2026",
        dated_on=date(2026, 3, 12),
        addressee=(RSPROV.head,) if addressed else (),
        addressee_place="Sungai Jernih" if addressed else "",
        copies=("Kepala Dinas Kesehatan",),
        signed_at=SIGNED_AT,
    )
    return html(f"{kind}.html", frame, body, PROFILE)


def _letterhead(signature: SignatureBlock) -> Letterhead:
    return PROFILE.regent_letterhead() if signature is REGENT else PROFILE.letterhead("BKPSDM", "BKPSDM")


def made(folder: Path, name: str) -> Path:
    body = SAMPLES[name][2]
    return write(folder, pdf(text_of(name), body_json=msgspec.json.encode(body), at=SIGNED_AT, title="Pertukaran"))


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


def test_a_decree_names_both_people_their_posts_and_the_clause_and_is_signed_without_nip(tmp_path: Path) -> None:
    text = " ".join(read(made(tmp_path, "decree")).split())
    for said in (
        TITIN.name,
        BOTH["counterpart_name"],
        BOTH["host_post"],
        BOTH["placed_post"],
        "KEENAM",
        TERMS["termination"],
    ):
        assert said in text
    assert "Ratna Suryaningrat" in text
    assert text.count("NIP") == 1


@pytest.mark.parametrize("taken", ["exchange_request", "exchange_decree"])
def test_letters_are_stored_under_a_kind_of_body_that_is_found_again(taken: str) -> None:
    kind = next(type(body) for name, _, body in SAMPLES.values() if name == taken)
    assert body_named(kind.__name__) is kind
