"""Signatures in PDFs, looked at with other people's tools: pdfsig, pyHanko's own validator, and a validator of archives."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import PdfSignatureStatus, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from tests.workflow.signatures.authority import PASSPHRASE, Authority, serving
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.papers import findings, letter
from workflow.signatures import SigningFailed, Why, pades, seal
from workflow.signatures.checked import check
from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import LocalKey
from workflow.signatures.stamping import Stamping

WHY = Why(
    reason="Surat Tugas Nomor 800/17, ditandatangani sebagai Kepala", location="Kemuning", name="Nining Utami Utomo"
)
#: The validator of archives takes each signature but the last for one that covers too little of the file.
KNOWN = {"PDFA3A-SIGNATURE-BYTERANGE-001"}


@pytest.fixture
def local(tmp_path: Path) -> LocalKey:
    return LocalKey(folder=tmp_path / "keys")


@pytest.fixture
def kabid(issuer: Authority, tmp_path: Path) -> KeyFile:
    return KeyFile(file=issuer.key_file("kabid", tmp_path))


def judged(content: bytes, roots: list[x509.Certificate]) -> list[PdfSignatureStatus]:
    """What pyHanko's validator says of each signature."""
    return [
        validate_pdf_signature(
            each,
            ValidationContext(trust_roots=roots, allow_fetching=False),
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
        )
        for each in PdfFileReader(BytesIO(content)).embedded_signatures
    ]


def pdfsig(content: bytes, folder: Path) -> str:
    file = folder / "surat.pdf"
    file.write_bytes(content)
    return subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False, timeout=30).stdout


def certificate(text: str) -> x509.Certificate:
    return x509.Certificate.load(pem.unarmor(text.encode())[2])


def test_a_letter_signed_by_the_local_key_is_valid_whole_and_still_an_archive_file(
    local: LocalKey, tmp_path: Path
) -> None:
    made = local.seal(letter(), "TandaTangan1", WHY, None, AT)
    (status,) = judged(made.content, [certificate(made.certificate)])
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    said = pdfsig(made.content, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "UJI" in said
    assert findings(made.content, tmp_path) == set()


def test_a_signature_is_one_more_revision_of_the_file(local: LocalKey) -> None:
    assert seal(letter(), field="TandaTangan1", signer=local, why=WHY, at=AT).startswith(letter())


def test_a_signature_says_why_where_and_who_agreed(local: LocalKey) -> None:
    (found,) = check(seal(letter(), field="TandaTangan1", signer=local, why=WHY, at=AT)).signatures
    assert (found.reason, found.name, found.claimed_at) == (WHY.reason, WHY.name, AT)


def test_the_first_signature_certifies_and_lets_nothing_but_fields_be_filled(local: LocalKey) -> None:
    content = seal(letter(2), field="TandaTangan1", signer=local, why=WHY, at=AT)
    with pikepdf.open(BytesIO(content)) as document:
        (reference,) = document.Root.Perms.DocMDP.Reference
        assert reference.TransformParams.P == 2


def test_three_people_sign_one_after_another_and_all_signatures_stay_valid(
    local: LocalKey, kabid: KeyFile, issuer: Authority, tmp_path: Path
) -> None:
    first = local.seal(letter(3), "TandaTangan1", WHY, None, AT)
    second = kabid.seal(first.content, "TandaTangan2", WHY, PASSPHRASE, AT)
    third = KeyFile(file=issuer.key_file("sekda", tmp_path)).seal(second.content, "TandaTangan3", WHY, PASSPHRASE, AT)
    roots = [certificate(first.certificate), issuer.certificate("root")]
    assert [status.bottom_line for status in judged(third.content, roots)] == [True, True, True]
    assert pdfsig(third.content, tmp_path).count("Signature is Valid") == 3
    assert findings(third.content, tmp_path) <= KNOWN
    assert check(third.content).intact


def test_signing_leaves_the_metadata_of_the_file_alone(local: LocalKey) -> None:
    content = seal(letter(), field="TandaTangan1", signer=local, why=WHY, at=AT)
    with pikepdf.open(BytesIO(letter())) as before, pikepdf.open(BytesIO(content)) as after:
        assert after.Root.Metadata.read_raw_bytes() == before.Root.Metadata.read_raw_bytes()


def test_the_method_of_pyhanko_that_is_replaced_is_still_the_one_it_calls() -> None:
    assert IncrementalPdfFileWriter._update_meta is pades._leave_metadata
    assert "_update_meta" in IncrementalPdfFileWriter._prep_dom_for_writing.__code__.co_names


def test_what_is_stamped_says_the_time_of_the_authority(issuer: Authority, tmp_path: Path) -> None:
    signer = KeyFile(file=issuer.key_file("kabid", tmp_path), stamping=Stamping(address=issuer.stamps))
    made = signer.seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    assert made.stamped
    assert made.notes == ()
    (found,) = check(made.content, [issuer.root.read_text()]).signatures
    assert found.stamped_at is not None
    assert found.trusted_by == "Akar Uji"
    assert findings(made.content, tmp_path) == set()


def test_evidence_on_certificates_is_put_in_where_it_is_asked_for(issuer: Authority, tmp_path: Path) -> None:
    stamping = Stamping(address=issuer.stamps, roots=(issuer.root,), embed=True)
    made = KeyFile(file=issuer.key_file("kabid", tmp_path), stamping=stamping).seal(
        letter(), "TandaTangan1", WHY, PASSPHRASE, AT
    )
    assert made.notes == ()
    with pikepdf.open(BytesIO(made.content)) as document:
        assert {"/OCSPs", "/CRLs"} & set(document.Root.DSS.keys())
    assert findings(made.content, tmp_path) <= KNOWN
    assert check(made.content, [issuer.root.read_text()]).intact


@pytest.fixture
def silent() -> Iterator[str]:
    """A timestamp authority that answers everything with an error."""

    def application(_environ: object, start: object) -> list[bytes]:
        start("503 Service Unavailable", [])  # type: ignore[operator]  # WSGI
        return [b""]

    with serving(application) as address:
        yield address


def test_a_timestamp_authority_that_fails_does_not_hinder_the_signature(silent: str, local: LocalKey) -> None:
    signer = LocalKey(folder=local.folder, stamping=Stamping(address=silent))
    made = signer.seal(letter(), "TandaTangan1", WHY, None, AT)
    assert not made.stamped
    assert "cap waktu" in made.notes[0]
    assert check(made.content).intact


def test_a_timestamp_authority_that_failed_is_not_asked_for_the_next_letter(local: LocalKey) -> None:
    asked = []

    def application(_environ: object, start: object) -> list[bytes]:
        asked.append(1)
        start("500 Broken", [])  # type: ignore[operator]  # WSGI
        return [b""]

    with serving(application) as address:
        signer = LocalKey(folder=local.folder, stamping=Stamping(address=address))
        for _ in range(3):
            assert signer.seal(letter(), "TandaTangan1", WHY, None, AT).notes
    assert len(asked) == 1


@pytest.mark.parametrize("answer", [b"", b"bukan cap waktu", b"\x30\x03\x02\x01\x00"])
def test_an_answer_that_is_no_timestamp_is_taken_for_none(answer: bytes, local: LocalKey) -> None:
    def application(_environ: object, start: object) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/timestamp-reply")])  # type: ignore[operator]  # WSGI
        return [answer]

    with serving(application) as address:
        made = LocalKey(folder=local.folder, stamping=Stamping(address=address)).seal(
            letter(), "TandaTangan1", WHY, None, AT
        )
    assert not made.stamped
    assert check(made.content).intact


def test_a_certificate_that_has_ended_signs_nothing(issuer: Authority, tmp_path: Path) -> None:
    with pytest.raises(SigningFailed, match="berakhir pada 01-01-2021") as failed:
        KeyFile(file=issuer.key_file("lama", tmp_path)).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    assert failed.value.kind == "refused"


def test_a_certificate_that_is_not_in_force_yet_signs_nothing(kabid: KeyFile) -> None:
    with pytest.raises(SigningFailed, match="baru berlaku sejak"):
        kabid.seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT - timedelta(days=9000))


def test_a_revoked_certificate_signs_nothing_where_its_issuer_is_asked(issuer: Authority, tmp_path: Path) -> None:
    stamping = Stamping(address=issuer.stamps, roots=(issuer.root,), embed=True)
    with pytest.raises(SigningFailed, match="dicabut") as failed:
        KeyFile(file=issuer.key_file("dicabut", tmp_path), stamping=stamping).seal(
            letter(), "TandaTangan1", WHY, PASSPHRASE, AT
        )
    assert failed.value.kind == "refused"


def test_a_field_is_signed_once(local: LocalKey) -> None:
    content = seal(letter(), field="TandaTangan1", signer=local, why=WHY, at=AT)
    with pytest.raises(SigningFailed, match="sudah terisi"):
        seal(content, field="TandaTangan1", signer=local, why=WHY, at=AT)


def test_no_field_is_made_that_the_letter_does_not_have(local: LocalKey) -> None:
    with pytest.raises(SigningFailed, match="TandaTangan2"):
        seal(letter(), field="TandaTangan2", signer=local, why=WHY, at=AT)


@pytest.mark.parametrize("content", [b"", b"bukan PDF", letter()[:2000], b"%PDF-1.7\n%%EOF"])
def test_what_is_no_letter_is_not_signed(content: bytes, local: LocalKey) -> None:
    with pytest.raises(SigningFailed) as failed:
        seal(content, field="TandaTangan1", signer=local, why=WHY, at=AT)
    assert failed.value.kind == "broken"
