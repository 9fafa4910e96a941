"""A signing service of the eSign kind: both shapes of its requests, its errors, and answers that are not to be trusted."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from tests.workflow.signatures.authority import PASSPHRASE, Authority, serving
from tests.workflow.signatures.conftest import AT
from tests.workflow.signatures.esign import ACCOUNT, PASSWORD, USER, ESign
from tests.workflow.signatures.papers import letter
from workflow.signatures import SigningFailed, Why
from workflow.signatures.checked import check
from workflow.signatures.local import LocalKey
from workflow.signatures.service import SigningService

WHY = Why(reason="Surat Tugas Nomor 800/17", location="Kemuning")


@pytest.fixture
def esign(issuer: Authority, tmp_path: Path) -> ESign:
    return ESign(issuer.key_file("kabid", tmp_path))


@pytest.fixture
def service(esign: ESign, tmp_path: Path) -> Iterator[SigningService]:
    with serving(esign) as address:
        yield at(address, tmp_path)


def at(address: str, folder: Path, version: int = 2) -> SigningService:
    password = folder / "sandi"
    password.write_text(f"{PASSWORD}\n")
    made = SigningService(address=address, account=ACCOUNT, user=USER, password_file=password, timeout=20)
    return msgspec.structs.replace(made, version=version)


def older(service: SigningService) -> SigningService:
    return msgspec.structs.replace(service, version=1)


def refused(service: SigningService, content: bytes = letter(), secret: str = PASSPHRASE) -> SigningFailed:
    with pytest.raises(SigningFailed) as failed:
        service.seal(content, "TandaTangan1", WHY, secret, AT)
    assert secret not in str(failed.value)
    assert ACCOUNT not in str(failed.value)
    return failed.value


@pytest.mark.parametrize("version", [1, 2])
def test_a_letter_is_signed_by_a_request_of_either_shape(version: int, service: SigningService, esign: ESign) -> None:
    made = msgspec.structs.replace(service, version=version).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT)
    assert made.content.startswith(letter())
    assert check(made.content).intact
    (asked,) = esign.asked
    assert (asked["nik"], asked["passphrase"]) == (ACCOUNT, PASSPHRASE)
    if version == 1:
        assert asked["tampilan"] == "invisible"
        assert not {"imageTTD", "linkQR", "page", "xAxis", "tag_koordinat"} & set(asked)
    else:
        assert asked["signatureProperties"] == [
            {"tampilan": "INVISIBLE", "reason": WHY.reason, "location": WHY.location}
        ]


def test_a_file_that_is_to_be_fetched_is_fetched(service: SigningService, esign: ESign) -> None:
    esign.by_id = True
    assert check(older(service).seal(letter(), "TandaTangan1", WHY, PASSPHRASE, AT).content).intact


def test_a_letter_that_others_signed_before_is_signed_once_more(service: SigningService, tmp_path: Path) -> None:
    first = LocalKey(folder=tmp_path / "keys").seal(letter(2), "TandaTangan1", WHY, None, AT)
    both = service.seal(service.seal(first.content, "", WHY, PASSPHRASE, AT).content, "", WHY, PASSPHRASE, AT)
    found = check(both.content)
    assert found.intact
    assert len(found.signatures) == 3


@pytest.mark.parametrize("version", [1, 2])
def test_a_wrong_passphrase_is_said_to_be_wrong(version: int, service: SigningService) -> None:
    assert refused(msgspec.structs.replace(service, version=version), secret="salah 123").kind == "wrong_secret"


@pytest.mark.parametrize("version", [1, 2])
def test_an_account_that_is_not_registered_is_said_to_be_unknown(version: int, service: SigningService) -> None:
    failed = refused(msgspec.structs.replace(service, version=version, account="3374999999999999"))
    assert failed.kind == "unknown_signer"
    assert "************9999" in failed.says


@pytest.mark.parametrize(
    ("status", "kind"), [(500, "unavailable"), (503, "unavailable"), (400, "refused"), (302, "refused")]
)
def test_a_bare_status_is_told_by_its_kind(status: int, kind: str, service: SigningService, esign: ESign) -> None:
    esign.status = status
    assert refused(service).kind == kind
    assert refused(older(service)).kind == kind


def test_a_wrong_password_of_the_agency_is_not_the_passphrase_of_the_person(service: SigningService) -> None:
    service.password_file.write_text("lama")
    failed = refused(service)
    assert failed.kind == "refused"
    assert "kata sandi instansi" in failed.says


def test_a_password_file_that_is_gone_is_named(service: SigningService) -> None:
    service.password_file.unlink()
    assert str(service.password_file) in refused(service).says


def test_nobody_answering_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert refused(at(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path)).kind == "unavailable"


@contextmanager
def mute() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_service_that_never_answers_is_left_after_a_while(tmp_path: Path) -> None:
    with mute() as address:
        assert refused(msgspec.structs.replace(at(address, tmp_path), timeout=0.2)).kind == "unavailable"


def _flipped(sent: bytes, made: bytes) -> bytes:
    changed = bytearray(made)
    changed[len(sent) // 2] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _sent, _made: b"<html>Gangguan</html>",
        lambda _sent, _made: b"",
        lambda sent, _made: sent,
        lambda _sent, made: made[: len(made) // 2],
        lambda _sent, made: made + b"\n%tambahan",
        _flipped,
        lambda sent, _made: sent + b"\n%%EOF",
        lambda _sent, made: made[:-200] + bytes([made[-200] ^ 1]) + made[-199:],
    ],
    ids=["page", "nothing", "unsigned", "half", "longer", "changed", "revision", "flipped"],
)
def test_what_is_not_the_same_letter_with_one_more_signature_is_not_taken(
    spoil: Callable[[bytes, bytes], bytes], service: SigningService, esign: ESign
) -> None:
    esign.spoil = spoil
    assert refused(service).kind == "broken"
    assert refused(older(service)).kind == "broken"


def test_another_letter_that_was_signed_well_is_not_taken(
    service: SigningService, esign: ESign, tmp_path: Path
) -> None:
    other = LocalKey(folder=tmp_path / "keys").seal(letter(3), "TandaTangan1", WHY, None, AT).content
    esign.spoil = lambda _sent, _made: other
    assert "bukan lagi surat ini" in refused(service).says


def test_a_redirect_is_not_followed(service: SigningService, esign: ESign) -> None:
    esign.status = 307
    assert refused(service).kind == "refused"
    assert esign.asked == []


def test_no_proxy_of_the_environment_sees_the_passphrase(
    service: SigningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert check(service.seal(letter(), "", WHY, PASSPHRASE, AT).content).intact
