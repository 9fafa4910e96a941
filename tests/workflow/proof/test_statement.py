"""The statement in a QR code: what is stated is read again, anything else is refused."""

from __future__ import annotations

import base64
from datetime import date

import cbor2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workflow.proof.keys import key_id
from workflow.proof.statement import NotGenuine, PublicKey, SigningKey, Statement, check, read, shortened, stated

SITE = "https://layanan.kemuning.example"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

STATEMENT = Statement(
    number="800.1.4.1/001/BKPSDM/2026",
    dated_on=date(2026, 3, 2),
    kind="Surat tugas",
    post="Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    name="Dra. Widuri Puspaningtyas, M.Si.",
    subject="Magang di RSUP Telaga",
    body_sha256="5a" * 32,
    code="ABCDEFGH23",
    others=2,
)


def new_key(*, is_test: bool = False) -> tuple[SigningKey, dict[str, PublicKey]]:
    private = ec.generate_private_key(ec.SECP256R1())
    key = SigningKey(key_id(private.public_key()), private, is_test)
    return key, {key.id: PublicKey(key.id, private.public_key(), is_test)}


def test_what_is_stated_is_read_again() -> None:
    key, keys = new_key()
    checked = check(stated(STATEMENT, key, SITE), keys)
    assert checked.statement == STATEMENT
    assert not checked.is_test


def test_the_same_statement_gives_the_same_text() -> None:
    key, _ = new_key()
    assert stated(STATEMENT, key, SITE) == stated(STATEMENT, key, SITE)


def test_every_sign_packs_into_a_qr_codes_alphanumeric_mode() -> None:
    key, _ = new_key()
    text = stated(STATEMENT, key, SITE)
    assert text.startswith("HTTPS://LAYANAN.KEMUNING.EXAMPLE/VERIFY/ABCDEFGH23/")
    assert set(text) <= set(SIGNS)


def test_any_one_sign_changed_anywhere_is_refused() -> None:
    key, keys = new_key()
    text = stated(STATEMENT, key, SITE)
    for place, sign in enumerate(text):
        for other in (SIGNS[(SIGNS.index(sign) + 1) % 36], SIGNS[(SIGNS.index(sign) + 16) % 36]):
            changed = f"{text[:place]}{other}{text[place + 1 :]}"
            with pytest.raises(NotGenuine):
                check(changed, keys)
        with pytest.raises(NotGenuine):
            check(text[:place] + text[place + 1 :], keys)


def test_any_one_bit_changed_in_what_is_signed_is_refused() -> None:
    key, keys = new_key()
    address, _, encoded = stated(STATEMENT, key, SITE).rpartition("/")
    raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotGenuine):
            check(f"{address}/{base64.b32encode(changed).decode().rstrip('=')}", keys)


def test_a_browser_that_lowers_the_address_and_a_line_break_in_a_message_do_no_harm() -> None:
    key, keys = new_key()
    text = stated(STATEMENT, key, SITE)
    for same in (text.lower(), text.replace("HTTPS://LAYANAN.KEMUNING.EXAMPLE", SITE), f" {text[:90]}\n{text[90:]} "):
        assert check(same, keys).statement == STATEMENT


@pytest.mark.parametrize(
    "text", ["", "halo", "HTTPS://X/VERIFY/ABCDEFGH23/", "A" * 5000, "HTTPS://X/VERIFY/ABCDEFGH23/AA"]
)
def test_what_is_no_statement_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(NotGenuine, match="kode QR"):
        read(text)


def test_a_statement_by_a_key_that_is_not_published_is_refused() -> None:
    key, _ = new_key()
    _, others = new_key()
    with pytest.raises(NotGenuine, match="tidak termasuk kunci yang diumumkan"):
        check(stated(STATEMENT, key, SITE), others)


def test_a_statement_in_the_name_of_a_key_by_another_is_refused() -> None:
    key, keys = new_key()
    forger, _ = new_key()
    with pytest.raises(NotGenuine, match="diubah atau dipalsukan"):
        check(stated(STATEMENT, SigningKey(key.id, forger.private, is_test=False), SITE), keys)


def test_a_statement_moved_to_another_site_or_another_letter_is_refused() -> None:
    key, keys = new_key()
    text = stated(STATEMENT, key, SITE)
    for moved in (text.replace("KEMUNING", "MELATIAN"), text.replace("ABCDEFGH23", "ABCDEFGH24")):
        with pytest.raises(NotGenuine, match="diubah atau dipalsukan"):
            check(moved, keys)


def test_without_a_site_the_text_begins_with_its_path_and_can_still_be_checked() -> None:
    key, keys = new_key()
    text = stated(STATEMENT, key, "")
    assert text.startswith("/VERIFY/ABCDEFGH23/")
    assert check(text, keys).statement == STATEMENT


def test_a_key_for_trying_things_out_is_told_apart() -> None:
    key, keys = new_key(is_test=True)
    assert check(stated(STATEMENT, key, SITE), keys).is_test
    key, keys = new_key()
    assert check(stated(msgspec.structs.replace(STATEMENT, is_test=True), key, SITE), keys).is_test


def test_a_subject_is_stated_up_to_sixty_signs() -> None:
    long = "Permohonan magang bagi empat puluh pegawai Rumah Sakit Umum Daerah Kemuning"
    key, keys = new_key()
    said = check(stated(msgspec.structs.replace(STATEMENT, subject=long), key, SITE), keys).statement.subject
    assert len(said) <= 60
    assert said.endswith("…")
    assert long.startswith(said[:-1])
    assert shortened("Pendek") == "Pendek"


def test_another_library_reads_and_verifies_the_statement() -> None:
    from cwt import COSE, COSEKey  # noqa: PLC0415 - a stranger's eyes, asked once

    key, _ = new_key()
    text = stated(STATEMENT, key, SITE)
    address, _, encoded = text.rpartition("/")
    raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    public = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    theirs = COSEKey.from_pem(public, alg="ES256", kid=bytes.fromhex(key.id))
    payload = cbor2.loads(COSE().decode(raw, theirs, external_aad=address.encode()))
    assert payload[1] == STATEMENT.number
