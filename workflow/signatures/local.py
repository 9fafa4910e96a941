"""The key that is there from the first start, for trying things out: EC P-256, its certificate by itself, marked UJI."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from workflow.signatures.signer import Sealed, SigningFailed, Why
from workflow.signatures.stamping import Stamping

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

#: Key and certificate in one file, so that there is never one without the other.
FILE: Final = "surat.pem"
_NAME: Final = "UJI Jenjang - bukan tanda tangan tersertifikasi"
#: What a certificate by itself says of its time means nothing, and trying things out may be set on any day.
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


class LocalKey(msgspec.Struct, frozen=True, kw_only=True, tag="local", omit_defaults=True):
    """Signs for everybody, without a secret. ``folder``: where the key lies; made when it is first asked for."""

    folder: Path
    stamping: Stamping = Stamping()

    title = "kunci uji Jenjang"
    needs_secret = False
    is_test = True
    certified = False
    patience = 10.0

    def seal(self, pdf: bytes, field: str, why: Why, secret: str | None, at: datetime) -> Sealed:  # noqa: ARG002 - needs none
        """Sign with the key. Raises SigningFailed."""
        from workflow.signatures.pades import pades  # noqa: PLC0415 - loads pyHanko

        return pades(pdf, field=field, why=why, key=_loaded(self.folder), stamping=self.stamping, at=at)


def certificate(folder: Path) -> str:
    """The certificate of the key in PEM; the key is made where there is none yet. Raises SigningFailed."""
    return "-----BEGIN CERT" + _content(folder).decode().partition("-----BEGIN CERT")[2]


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Any:
    """The key as pyHanko signs with it; kept, as reading and checking it again costs more than signing."""
    from asn1crypto import keys, pem, x509  # noqa: PLC0415 - loads pyHanko
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    from workflow.signatures.kept import KeptSigner  # noqa: PLC0415

    try:
        found = {kind: der for kind, _, der in pem.unarmor(_content(folder), multiple=True)}
        return KeptSigner(
            signing_cert=x509.Certificate.load(found["CERTIFICATE"]),
            signing_key=keys.PrivateKeyInfo.load(found["PRIVATE KEY"]),
            cert_registry=SimpleCertificateStore(),
        )
    except (KeyError, ValueError) as error:
        raise SigningFailed(
            "broken",
            f"Kunci uji {folder / FILE} rusak. Pulihkan dari cadangan, atau pindahkan berkas itu agar dibuat yang baru.",
        ) from error


def _content(folder: Path) -> bytes:
    from workflow.keyring import keep, kept  # noqa: PLC0415 - knows databases, which a process that signs need not

    try:
        return dict(kept(folder, FILE)).get(FILE) or keep(folder, FILE, _new())
    except OSError as error:
        raise SigningFailed(
            "unavailable",
            f"Kunci uji {folder / FILE} tidak dapat dibaca atau dibuat ({error.strerror or error}). Periksa folder dan hak "
            "aksesnya, atau sebutkan folder lain dengan JENJANG_KEYS.",
        ) from error


def _new() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only where a key is made
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    from workflow.keyring import written  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    return written(key) + _by_itself(key).public_bytes(Encoding.PEM)


def _by_itself(key: Any) -> Certificate:
    from cryptography import x509  # noqa: PLC0415 - only where a key is made
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, _NAME), x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "UJI")]
    )
    says = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **says), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
