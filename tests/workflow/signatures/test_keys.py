"""Keys: the one that is made here for trying things out, those in files, and those in devices."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from tests.workflow.signatures.authority import PASSPHRASE, Authority
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.papers import letter
from workflow.signatures import SigningFailed, ToSeal, Why, seal, with_secret
from workflow.signatures.certificates import told
from workflow.signatures.checked import check, fingerprint
from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import FILE, LocalKey, certificate
from workflow.signatures.token import Token

WHY = Why(reason="Surat Tugas")
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711-rahasia"


# --- The local key ---------------------------------------------------------------------------------------------------


def test_the_local_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "baru" / "keys"
    first = certificate(folder)
    assert certificate(folder) == first
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [FILE]


def test_the_certificate_of_the_local_key_says_that_it_is_for_trying_things_out(tmp_path: Path) -> None:
    said = told(certificate(tmp_path), is_test=True)
    assert said.subject.startswith("UJI")
    assert said.issuer == said.subject


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    program = "import sys, pathlib; from workflow.signatures.local import certificate as c; print(c(pathlib.Path(sys.argv[1])))"
    started = [subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_a_broken_local_key_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("rusak")
    with pytest.raises(SigningFailed, match="cadangan") as failed:
        LocalKey(folder=tmp_path).seal(letter(), "TandaTangan1", WHY, None, AT)
    assert failed.value.kind == "broken"


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_key_file_signs_with_its_passphrase(issuer: Authority, tmp_path: Path) -> None:
    made = KeyFile(file=issuer.key_file("kabid", tmp_path)).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    (found,) = check(made.content, [issuer.root.read_text()]).signatures
    assert (found.signer, found.issuer, found.trusted_by) == ("Nining Utami Utomo", "Penerbit Uji", "Akar Uji")


def test_a_key_file_of_rsa_signs_as_well(issuer: Authority, tmp_path: Path) -> None:
    made = KeyFile(file=issuer.key_file("sekda", tmp_path)).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    assert check(made.content).intact


@pytest.mark.parametrize("passphrase", ["", "salah", PASSPHRASE.upper(), "ü" * 200])
def test_a_wrong_passphrase_of_a_key_file_is_said_to_be_wrong(
    passphrase: str, issuer: Authority, tmp_path: Path
) -> None:
    with pytest.raises(SigningFailed, match="salah") as failed:
        KeyFile(file=issuer.key_file("kabid", tmp_path)).seal(letter(), "TandaTangan1", WHY, passphrase, AT)
    assert failed.value.kind == "wrong_secret"


@pytest.mark.parametrize(("content", "kind"), [(None, "unknown_signer"), (b"", "broken"), (b"bukan PKCS#12", "broken")])
def test_a_key_file_that_is_not_there_or_broken_is_no_wrong_passphrase(
    content: bytes | None, kind: str, tmp_path: Path
) -> None:
    file = tmp_path / "kabid.p12"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SigningFailed) as failed:
        KeyFile(file=file).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    assert failed.value.kind == kind


# --- Devices ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["kabid", "sekda"], ids=["EC", "RSA"])
def token(
    request: pytest.FixtureRequest, issuer: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Token]:
    """A device in software with a key and its certificate."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (package softhsm2)")
    name, folder = request.param, tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        key, found, _ = pkcs12.load_key_and_certificates(
            issuer.key_file(name, folder).read_bytes(), PASSPHRASE.encode()
        )
        assert key is not None
        assert found is not None
        (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        util = ["softhsm2-util", "--token", "daerah", "--pin", PIN]
        label = f"daerah-{name}"
        util[2] = label
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "0000-rahasia"],
            check=True,
            capture_output=True,
            timeout=30,
        )
        subprocess.run(
            [*util, "--import", folder / "key.pem", "--label", name, "--id", "01"],
            check=True,
            capture_output=True,
            timeout=30,
        )
        store(label, name, found)
        yield Token(module=MODULE, token=label, key=name)


def store(token: str, name: str, found: x509.Certificate) -> None:
    """Put the certificate beside the key; by a process of its own, as the library reads its settings once."""
    program = (
        "import sys, pkcs11\n"
        "from pkcs11 import Attribute, CertificateType, ObjectClass\n"
        "from asn1crypto import x509\n"
        "module, token, pin, name = sys.argv[1:]\n"
        "der = sys.stdin.buffer.read()\n"
        "with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin, rw=True) as session:\n"
        "    session.create_object({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.TOKEN: True, Attribute.LABEL: name,\n"
        "        Attribute.CERTIFICATE_TYPE: CertificateType.X_509, Attribute.ID: b'\\x01', Attribute.VALUE: der,\n"
        "        Attribute.SUBJECT: x509.Certificate.load(der).subject.dump()})\n"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(MODULE), token, PIN, name],
        input=found.public_bytes(Encoding.DER),
        check=True,
        capture_output=True,
        timeout=60,
    )


def test_a_device_signs_with_its_pin(token: Token, issuer: Authority) -> None:
    content = seal(letter(), field="TandaTangan1", signer=token, why=WHY, secret=PIN, at=AT)
    found = check(content)
    assert found.intact
    assert fingerprint(found.signatures[0].certificate) in {
        fingerprint(x509.load_der_x509_certificate(issuer.certificate(name).dump()).public_bytes(Encoding.PEM).decode())
        for name in ("kabid", "sekda")
    }


def test_a_wrong_pin_is_said_to_be_wrong_and_tried_once(token: Token) -> None:
    letters = [ToSeal(pdf=letter(), field="TandaTangan1", why=WHY)] * 3
    found = with_secret(token, "0000-salah", letters, AT)
    assert [each.kind for each in found if isinstance(each, SigningFailed)] == ["wrong_secret"] * 3
    assert "Belum dicoba" in str(found[1])


@pytest.mark.usefixtures("token")
def test_a_device_that_is_not_plugged_in_is_unavailable() -> None:
    for other in (Token(module=MODULE, token="lain", key="x"), Token(module=Path("/tidak/ada.so"), token="x", key="x")):
        with pytest.raises(SigningFailed) as failed:
            seal(letter(), field="TandaTangan1", signer=other, why=WHY, secret=PIN, at=AT)
        assert failed.value.kind == "unavailable"


def test_a_key_that_the_device_does_not_hold_is_unknown(token: Token) -> None:
    other = Token(module=MODULE, token=token.token, key="bukan-siapa-siapa")
    with pytest.raises(SigningFailed) as failed:
        seal(letter(), field="TandaTangan1", signer=other, why=WHY, secret=PIN, at=AT)
    assert failed.value.kind == "unknown_signer"
