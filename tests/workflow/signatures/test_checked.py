"""A file in which one byte is another is not the file that was signed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from tests.workflow.signatures.authority import PASSPHRASE, Authority
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.papers import letter
from workflow.signatures import Sealed, Why
from workflow.signatures.canonical import _extent
from workflow.signatures.checked import check, fingerprint
from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import LocalKey
from workflow.signatures.stamping import Stamping

WHY = Why(reason="Surat Tugas")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """A letter signed once, by the local key."""
    return LocalKey(folder=tmp_path_factory.mktemp("keys")).seal(letter(), "TandaTangan1", WHY, None, AT)


@pytest.fixture(scope="module")
def stamped(issuer: Authority, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A letter signed with an RSA key whose issuers are in the file, with a timestamp."""
    folder = tmp_path_factory.mktemp("stamped")
    signer = KeyFile(file=issuer.key_file("sekda", folder), stamping=Stamping(address=issuer.stamps))
    return signer.seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT).content


@pytest.fixture(scope="module")
def signed_twice(issuer: Authority, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A letter signed by the local key, then by a person's, both stamped, with evidence on the certificates."""
    folder = tmp_path_factory.mktemp("twice")
    stamps = Stamping(address=issuer.stamps)
    first = LocalKey(folder=folder, stamping=stamps).seal(letter(2), "TandaTangan1", WHY, None, AT)
    embedding = Stamping(address=issuer.stamps, roots=(issuer.root,), embed=True)
    signer = KeyFile(file=issuer.key_file("kabid", folder), stamping=embedding)
    made = signer.seal(first.content, "TandaTangan2", WHY, PASSPHRASE, AT)
    assert (made.stamped, made.notes) == (True, ())
    return made.content


def changed(content: bytes, position: int) -> bytes:
    """The file with one byte another: within a signature another digit, as what is none is soon noticed."""
    made = bytearray(content)
    digit = chr(made[position])
    if digit in "0123456789ABCDEF":
        made[position] = ord(f"{(int(digit, 16) + 1 + position % 15) % 16:X}")
    else:
        made[position] ^= (1, 2, 0x20, 0x80)[position % 4]
    return bytes(made)


def survivors(content: bytes, positions: Iterable[int], roots: list[str]) -> list[int]:
    """Where a changed byte goes unnoticed. ``roots``: none where it must be noticed without any."""
    found = []
    for position in sorted(set(positions)):
        told = check(changed(content, position), roots)
        if told.intact and (not roots or all(each.trusted_by for each in told.signatures)):
            found.append(position)
    return found


def signatures_at(content: bytes) -> list[range]:
    """Where the digits of each signature stand."""
    return [range(*found.span(1)) for found in re.finditer(rb"/Contents <([0-9A-F]+)>", content)]


def joints(content: bytes, at: range, step: int) -> Iterator[int]:
    """Where to change a signature: what says of each part of it what it is and how long, and every so manieth other byte."""
    der = bytes.fromhex(content[at.start : at.stop].decode())

    def heads(start: int, end: int) -> Iterator[int]:
        while start < end:
            body, stop = _extent(der, start)
            yield from range(start, body)
            if der[start] & 0x20:
                yield from heads(body, stop)
            start = stop

    _, end = _extent(der, 0)
    for byte in {*heads(0, end), *range(0, end, step), end}:
        yield at.start + 2 * byte + byte % 2
    yield from (at.start - 1, at.stop - 1, at.stop)


def test_an_untouched_letter_is_intact_and_says_who_signed(signed: Sealed) -> None:
    found = check(signed.content, [signed.certificate])
    assert found.intact
    (one,) = found.signatures
    assert (one.field, one.covers, one.after) == ("TandaTangan1", "file", "nothing")
    assert one.trusted_by == one.signer
    assert fingerprint(one.certificate) == fingerprint(signed.certificate)


def test_a_root_that_is_not_given_is_not_trusted(signed: Sealed, issuer: Authority) -> None:
    found = check(signed.content, [issuer.root.read_text()])
    assert found.intact
    assert found.signatures[0].trusted_by is None


def test_one_byte_changed_anywhere_is_noticed(signed: Sealed) -> None:
    (contents,) = signatures_at(signed.content)
    dictionary = range(signed.content.rindex(b"obj", 0, contents.start), contents.start, 5)
    positions = [*range(0, len(signed.content), 311), *dictionary, contents.stop + 1, len(signed.content) - 1]
    assert survivors(signed.content, positions, []) == []


def test_one_byte_changed_in_the_signature_itself_is_noticed(signed: Sealed) -> None:
    (contents,) = signatures_at(signed.content)
    assert survivors(signed.content, list(joints(signed.content, contents, 29))[::5], []) == []


def test_one_byte_changed_in_a_timestamp_or_a_certificate_of_an_issuer_is_noticed(stamped: bytes) -> None:
    assert check(stamped).signatures[0].stamped_at is not None
    (contents,) = signatures_at(stamped)
    positions = list(joints(stamped, contents, 41))
    assert len(positions) > 400
    assert survivors(stamped, positions[:: len(positions) // 50], []) == []


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"\xa1\x82", b"\xa6\x82"),  # what holds the timestamp, under a tag that no reader knows
        (b"Akar Uji", b"Akar Ujj"),  # the root says that another issued it, so that nobody in the file proves it
        (b"\x05\x00", b"\x04\x00"),  # the parameters that RSA does not take
    ],
)
def test_what_a_reader_passes_over_is_noticed(stamped: bytes, part: bytes, other: bytes) -> None:
    (contents,) = signatures_at(stamped)
    digits = stamped[contents.start : contents.stop]
    at = [found.start() for found in re.finditer(part.hex().upper().encode(), digits)]
    assert at
    for each in at:
        made = digits[:each] + other.hex().upper().encode() + digits[each + len(part) * 2 :]
        assert not check(stamped[: contents.start] + made + stamped[contents.stop :]).intact


def test_a_certificate_that_nobody_proves_is_trusted_by_nobody(issuer: Authority, tmp_path: Path) -> None:
    file = str(issuer.key_file("kabid", tmp_path))
    signer = PdfSigner(  # pyHanko's own way, which names no certificate but the signer's
        PdfSignatureMetadata(field_name="TandaTangan1", subfilter=SigSeedSubFilter.PADES),
        signer=SimpleSigner.load_pkcs12(file, passphrase=PASSPHRASE.encode()),
    )
    made = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(letter()))).getvalue()
    (contents,) = signatures_at(made)
    at = made.index(b"Akar Uji".hex().upper().encode(), contents.start) + 15
    for content, root in ((made, "Akar Uji"), (made[:at] + b"A" + made[at + 1 :], None)):
        (found,) = check(content, [issuer.root.read_text()]).signatures
        assert (found.intact, found.trusted_by) == (True, root)


def test_a_signature_that_says_to_be_longer_by_some_of_its_fill_is_noticed(signed: Sealed) -> None:
    (contents,) = signatures_at(signed.content)
    digits = signed.content[contents.start : contents.stop]
    length = int(digits[4:8], 16)
    for more in range(1, 16):
        made = digits[:4] + f"{length + more:04X}".encode() + digits[8:]
        assert not check(signed.content[: contents.start] + made + signed.content[contents.stop :]).intact


def test_one_byte_changed_in_a_letter_of_two_signatures_is_noticed(signed_twice: bytes, issuer: Authority) -> None:
    first = check(signed_twice).signatures[0].certificate
    roots = [first, issuer.root.read_text()]
    found = check(signed_twice, roots)
    assert found.intact
    assert all(each.trusted_by and each.stamped_at for each in found.signatures)
    one, other = signatures_at(signed_twice)
    signed = range(0, other.stop, 5999)  # what follows is evidence, which proves itself
    assert survivors(signed_twice, [*signed, *list(joints(signed_twice, one, 89))[::90]], roots) == []
    assert survivors(signed_twice, list(joints(signed_twice, other, 89))[::110], []) == []


@pytest.mark.parametrize("more", [b"\n", b"%%EOF\n", b"\x00" * 100])
def test_bytes_that_follow_are_noticed(signed: Sealed, more: bytes) -> None:
    assert not check(signed.content + more).intact


def test_what_is_cut_off_is_noticed(signed: Sealed) -> None:
    assert not any(check(signed.content[:length]).intact for length in range(0, len(signed.content), 997))


def test_a_file_saved_anew_is_no_longer_what_was_signed(signed: Sealed) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(signed.content)) as document:
        document.pages[0].Rotate = 90
        document.save(output)
    assert not check(output.getvalue()).intact


def test_a_page_changed_by_one_more_revision_is_noticed(signed: Sealed) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed.content))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    output = BytesIO()
    writer.write(output)
    found = check(output.getvalue())
    assert not found.intact
    assert found.signatures[0].after == "other"


@pytest.mark.parametrize(
    "content", [b"", b"halo", b"%PDF-1.7", b"\xff" * 5000, b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj"]
)
def test_what_is_no_pdf_is_said_to_be_none(content: bytes) -> None:
    found = check(content)
    assert not found.readable
    assert not found.intact


def test_a_letter_that_nobody_signed_is_readable_and_not_intact() -> None:
    found = check(letter())
    assert found.readable
    assert not found.intact
    assert found.signatures == ()


def test_a_stranger_who_calls_themselves_the_same_is_not_trusted(signed: Sealed, tmp_path: Path) -> None:
    forged = LocalKey(folder=tmp_path).seal(letter(), "TandaTangan1", WHY, None, AT)
    found = check(forged.content, [signed.certificate])
    assert found.signatures[0].signer == check(signed.content).signatures[0].signer
    assert found.signatures[0].trusted_by is None


def opened(der: bytes) -> bytes:
    """The same with lengths left open (BER), as some programs write signatures; as long as before."""
    body, end = _extent(der, 0)
    rest = der[end:]
    inside = der[body:end]
    if der[0] & 0x20:
        parts = b""
        while inside:
            _, stop = _extent(inside, 0)
            parts, inside = parts + opened(inside[:stop]), inside[stop:]
        if body == 4:
            return der[:1] + b"\x80" + parts + b"\0\0" + rest
        inside = parts
    return der[:body] + inside + rest


def in_ber(content: bytes) -> bytes:
    (at,) = signatures_at(content)
    digits = content[at.start : at.stop]
    made = opened(bytes.fromhex(digits.decode())).hex().upper().encode()
    assert len(made) == len(digits)
    assert made != digits
    return content[: at.start] + made + content[at.stop :]


def test_a_signature_written_in_ber_is_checked_and_not_called_changed(signed: Sealed) -> None:
    foreign = in_ber(signed.content)
    found = check(foreign, [signed.certificate])
    (one,) = found.signatures
    assert (found.sound, one.sound, one.covers, one.trusted_by) == ("loose", "loose", "file", one.signer)
    assert not found.intact, "ours are never written so"


def test_a_file_under_a_signature_in_ber_that_was_changed_is_called_so(signed: Sealed) -> None:
    foreign = in_ber(signed.content)
    at = foreign.index(b"stream") + 40
    assert check(changed(foreign, at)).sound == "changed"
    assert check(foreign + b"\n").sound == "changed"


def test_a_signature_that_no_reader_here_knows_is_neither_intact_nor_changed(signed: Sealed) -> None:
    (at,) = signatures_at(signed.content)
    digits = signed.content[at.start : at.stop]
    other = digits.replace(
        b"2A864886F70D010702", b"2A864886F70D010706", 1
    )  # encrypted data, where signed data should be
    assert other != digits
    found = check(signed.content[: at.start] + other + signed.content[at.stop :])
    assert (found.readable, found.intact, found.sound) == (True, False, "unknown")


def test_a_letter_of_ours_is_intact(signed: Sealed) -> None:
    assert check(signed.content).sound == "intact"
