from datetime import date
from typing import Any, Literal

import msgspec
import pytest

from tests.workflow.letters.samples import ALL, PROFILE, TITIN, YUSUF, Sample
from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame, MandateKind, StandIn, signature_block

PERSON = ("Siti Azhari, A.Md.", "Pembina Utama Muda (IV/c)", "19811214 201411 2 001")


def test_a_head_signs_in_their_own_post() -> None:
    block = signature_block("Kepala Dinas Kesehatan", *PERSON)
    assert block.lines == ("KEPALA DINAS KESEHATAN,",)
    assert (block.title, block.rank_name, block.nip) == (
        "Kepala Dinas Kesehatan",
        "Pembina Utama Muda",
        "19811214 201411 2 001",
    )


def test_the_secretary_signs_for_the_regent_by_mandate() -> None:
    block = signature_block("Sekretaris Daerah", *PERSON, "mandat", "Bupati Kemuning")
    assert block.lines == ("a.n. BUPATI KEMUNING", "SEKRETARIS DAERAH,")
    assert block.rows == (("a.n.", "BUPATI KEMUNING"), ("", "SEKRETARIS DAERAH,"))


@pytest.mark.parametrize(("kind", "prefix"), [("plt", "Plt."), ("plh", "Plh."), ("pj", "Pj.")])
def test_whoever_acts_in_a_post_says_so_before_its_title(kind: MandateKind, prefix: str) -> None:
    block = signature_block("Kepala Dinas Kesehatan", *PERSON, kind)
    assert block.lines == (f"{prefix} KEPALA DINAS KESEHATAN,",)
    assert block.title == f"{prefix} Kepala Dinas Kesehatan"


def test_an_acting_secretary_still_signs_for_the_regent() -> None:
    block = signature_block("Sekretaris Daerah", *PERSON, "plh", "Bupati Kemuning")
    assert block.lines == ("a.n. BUPATI KEMUNING", "Plh. SEKRETARIS DAERAH,")


@pytest.mark.parametrize(
    ("kind", "holder", "says"),
    [
        ("plh", "Nining Utami", "menggantikan Nining Utami yang berhalangan sementara"),
        ("plt", "Nining Utami", "karena jabatan tersebut kosong (terakhir dipangku oleh Nining Utami)"),
        ("plt", "", "karena jabatan tersebut kosong"),
    ],
)
def test_who_stands_in_says_for_whom_and_by_which_letter(kind: Literal["plh", "plt"], holder: str, says: str) -> None:
    basis = StandIn(kind=kind, holder=holder, basis_number="800/7/SP/2026", basis_on=date(2026, 3, 9))
    block = msgspec.structs.replace(signature_block("Sekretaris Daerah", *PERSON, kind), stands_in=basis)
    assert block.for_whom == (
        f"Ditandatangani oleh Siti Azhari, A.Md. selaku {block.title}, {says}, berdasarkan surat Nomor 800/7/SP/2026 "
        "tanggal 9 Maret 2026."
    )


def test_whoever_signs_in_their_own_right_says_nothing_of_it() -> None:
    assert signature_block("Sekretaris Daerah", *PERSON).for_whom == ""


def test_the_line_stands_once_under_the_signature_unless_the_agency_leaves_it_out() -> None:
    (sample,) = (each for each in ALL if each.name == "internship_proposal_of_forty")
    basis = StandIn(kind="plh", holder="Nining Utami", basis_number="800/7/SP/2026", basis_on=date(2026, 3, 9))
    block = msgspec.structs.replace(signature_block("Kepala Dinas Kesehatan", *PERSON, "plh"), stands_in=basis)
    letter = msgspec.structs.replace(sample.letter, signatures=(block,))
    assert html(sample.template, letter, sample.body, PROFILE).count(block.for_whom) == 1, "not on the list too"
    silent = msgspec.structs.replace(PROFILE, wording=msgspec.structs.replace(PROFILE.wording, says_for_whom=False))
    assert block.for_whom not in html(sample.template, letter, sample.body, silent)


def test_a_mandate_passed_on_names_the_post_between() -> None:
    block = signature_block(
        "Kepala Bagian Organisasi", *PERSON, "mandat", "Sekretaris Daerah", through_title="Asisten Administrasi Umum"
    )
    assert block.lines == ("a.n. SEKRETARIS DAERAH", "ASISTEN ADMINISTRASI UMUM,", "u.b.", "KEPALA BAGIAN ORGANISASI,")


def test_a_delegation_is_signed_in_ones_own_post() -> None:
    assert signature_block("Camat Kemuning Kota", *PERSON, "delegasi").lines == ("CAMAT KEMUNING KOTA,",)


def test_the_regent_signs_with_the_name_alone() -> None:
    block = signature_block("Bupati Kemuning", *PERSON, is_regent=True)
    assert (block.lines, block.rank, block.nip) == (("BUPATI KEMUNING,",), None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mandate_kind": "mandat"},
        {"mandate_kind": "an"},
        {"is_regent": True, "for_title": "Gubernur"},
        {"through_title": "Asisten"},
    ],
)
def test_an_authority_that_no_office_may_print_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Sekretaris Daerah"):
        signature_block("Sekretaris Daerah", *PERSON, **wrong)


def test_contract_staff_have_their_own_number_and_a_grade_without_a_rank() -> None:
    assert (YUSUF.nip_label, YUSUF.rank_label, YUSUF.rank_value) == ("NI PPPK", "Golongan", "VII")
    assert (TITIN.nip_label, TITIN.rank_label, TITIN.rank_value) == (
        "NIP",
        "Pangkat/Golongan",
        "Penata Tingkat I (III/d)",
    )


def test_the_nature_of_a_letter_names_what_is_out_of_the_ordinary() -> None:
    frame = ALL[0].letter
    assert frame.nature == "Biasa"
    assert msgspec.structs.replace(frame, urgency="Segera").nature == "Segera"
    assert msgspec.structs.replace(frame, security="Rahasia", urgency="Segera").nature == "Rahasia, Segera"


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_a_stored_letter_reads_back_as_it_was(sample: Sample) -> None:
    assert msgspec.json.decode(msgspec.json.encode(sample.letter), type=LetterFrame) == sample.letter
    assert msgspec.json.decode(msgspec.json.encode(sample.body), type=type(sample.body)) == sample.body
