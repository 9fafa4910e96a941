"""Where a letter is signed: how many sign, by which authority, electronically or by pen; and the fields in its file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import page
import pikepdf
import pytest

from tests.workflow.letters.agencies import CODE, Printing, printing
from tests.workflow.letters.geometry import nobody_signs_alone, nothing_overlaps, read, sheets
from tests.workflow.letters.samples import LETTERS, LONG, PERSONNEL_HEAD, REGENT, SECRETARY, SIGNED_AT
from tests.workflow.letters.test_pdf import write
from workflow.letters.layout import html
from workflow.letters.parts import SignatureBlock, field_name, signature_block

LONGEST = signature_block(
    LONG.post, LONG.name, LONG.rank, LONG.nip, "plt", "Sekretaris Daerah", through_title=LONG.unit
)
ACTING = signature_block(
    "Asisten Administrasi Umum", "Bagas Wirayudha, S.H.", "Pembina (IV/a)", "19800101 200501 1 001", "plh"
)
FIVE = (PERSONNEL_HEAD, SECRETARY, ACTING, LONGEST, REGENT)
CERTIFICATE = LETTERS[5]
SAYS = "Ditandatangani secara elektronik oleh"


def signed_by(*blocks: SignatureBlock, agency: str = "kemuning", **frame: Any) -> Printing:
    return printing(CERTIFICATE, agency).framed(signatures=blocks, **frame)


def shown(made: Printing) -> str:
    written = made.written
    return html(written.template, written.frame, written.body, made.profile, proof=made.proof)


def fields(file: Path) -> list[tuple[str, str]]:
    with pikepdf.open(file) as document:
        if "/AcroForm" not in document.Root:
            return []
        return [(str(field.T), str(field.TU)) for field in document.Root.AcroForm.Fields]


@pytest.mark.parametrize(
    ("many", "agency"),
    [*((many, "kemuning") for many in (1, 2, 3, 4, 5, 9)), *((many, "samudra") for many in (2, 5, 9))],
)
def test_so_many_sign_without_getting_in_each_others_way(many: int, agency: str, tmp_path: Path) -> None:
    made = signed_by(*(FIVE * 2)[:many], agency=agency)
    file = write(tmp_path, made.pdf())
    nothing_overlaps(file, made.profile.page_style)
    nobody_signs_alone(file, SAYS)
    assert [name for name, _ in fields(file)] == [field_name(number) for number in range(1, many + 1)]
    assert page.validate_pdf(str(file), profile="3a").is_compliant
    assert page.validate_pdf(str(file), profile="ua1").is_compliant
    pages = [
        number for number, sheet in enumerate(sheets(file)) if SAYS.split(maxsplit=1)[0] in " ".join(sheet.lines())
    ]
    assert len(pages) == 1 or many > 5, "those who sign stand together"


def test_the_first_of_two_signs_at_the_right() -> None:
    text = shown(signed_by(PERSONNEL_HEAD, SECRETARY))
    assert text.index(SECRETARY.name) < text.rindex(PERSONNEL_HEAD.name)


def test_one_code_lets_anybody_check_the_letter_and_is_read_aloud(tmp_path: Path) -> None:
    for made in (signed_by(PERSONNEL_HEAD), signed_by(*FIVE)):
        text = shown(made)
        assert text.count('class="qr"') == 1
        assert f'alt="Kode QR untuk memeriksa surat ini: {made.proof and made.proof.address}"' in text
    assert "Kode surat: 7KQ2M-4XW9P. Periksa di https://layanan.kemuning.example/verify/7KQ2M4XW9P" in " ".join(
        read(write(tmp_path, signed_by(PERSONNEL_HEAD).pdf())).split()
    )


def test_a_field_says_whose_signature_it_is_for_and_is_part_of_what_is_read(tmp_path: Path) -> None:
    file = write(tmp_path, signed_by(PERSONNEL_HEAD, SECRETARY).pdf())
    assert fields(file) == [
        ("TandaTangan1", f"Tanda tangan elektronik {PERSONNEL_HEAD.title}"),
        ("TandaTangan2", "Tanda tangan elektronik Sekretaris Daerah"),
    ]
    with pikepdf.open(file) as document:
        forms = [
            thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Form"
        ]
        assert [str(form.Alt) for form in forms] == [label for _, label in fields(file)]
        assert all(form.K.Obj.Subtype == "/Widget" for form in forms)


def test_a_letter_for_a_pen_says_nothing_electronic_and_has_room_to_sign(tmp_path: Path) -> None:
    made = signed_by(PERSONNEL_HEAD, by_hand=True)
    assert not any(word in shown(made) for word in ("elektronik", "QR", "BSrE", "UJI"))
    file = write(tmp_path, made.pdf())
    assert fields(file) == []
    assert "Kode surat: 7KQ2M-4XW9P." in read(file)
    [sheet] = sheets(file)
    post = max(word.bottom for word in sheet.words if word.text == "MANUSIA,")
    name = min(word.top for word in sheet.words if word.text == "Nining" and word.top > post)
    assert name - post > 45  # points: 1.6 cm


def test_a_draft_has_neither_field_nor_code(tmp_path: Path) -> None:
    made = signed_by(draft=True, number=None, dated_on=None, signed_at=None)
    assert "KONSEP" in shown(made)
    assert CODE[:5] not in shown(made)
    assert 'class="qr"' not in shown(made)
    assert fields(write(tmp_path, made.pdf())) == []


def test_a_key_made_for_trying_things_out_says_so_beside_the_signature_and_on_every_page() -> None:
    text = shown(signed_by(PERSONNEL_HEAD, test_key=True))
    head, body = text.split("</head>")
    assert "UJI \\2014  bukan tanda tangan elektronik tersertifikasi" in head
    assert "BSrE" not in head
    assert "UJI — bukan tanda tangan elektronik tersertifikasi" in body


@pytest.mark.parametrize("certified", [True, False])
def test_only_a_certified_signature_is_said_to_be_one(certified: bool) -> None:
    assert ("Balai Besar" in shown(signed_by(PERSONNEL_HEAD, certified=certified))) == certified


def test_whoever_only_agreed_has_no_field(tmp_path: Path) -> None:
    agreed = msgspec.structs.replace(SECRETARY, agreed_at=SIGNED_AT)
    made = signed_by(PERSONNEL_HEAD, agreed)
    assert [label for _, label in fields(write(tmp_path, made.pdf()))] == [
        f"Tanda tangan elektronik {PERSONNEL_HEAD.title}"
    ]
    assert shown(made).count(SAYS) == 1


def test_the_regent_signs_without_rank_and_number() -> None:
    block = shown(signed_by(REGENT)).partition('<section class="signatures"')[2]
    assert "BUPATI KEMUNING," in block
    assert "NIP" not in block


def test_an_agency_may_write_the_names_of_those_who_sign_in_capitals() -> None:
    assert "NINING UTAMI UTOMO, S.Sos." in shown(signed_by(PERSONNEL_HEAD, agency="samudra"))
    assert "Nining Utami Utomo, S.Sos." in shown(signed_by(PERSONNEL_HEAD))


def test_without_a_code_the_letter_is_still_whole(tmp_path: Path) -> None:
    made = replace(signed_by(PERSONNEL_HEAD), proof=None)
    file = write(tmp_path, made.pdf())
    nothing_overlaps(file)
    assert [sheet.pictures for sheet in sheets(file)] == [[]]
