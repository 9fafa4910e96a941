"""The seal: an electronic signature of the service itself, by the key of its statements, on what no official signs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from workflow.proof.statement import SigningKey
from workflow.signatures.signer import Sealed, Why
from workflow.signatures.stamping import Stamping

#: What a certificate by itself says of its time means nothing; until when the key is used is told where it is published.
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
#: Signs of a common name (RFC 5280).
_LONGEST_NAME: Final = 64


def sealed(pdf: bytes, *, field: str, key: SigningKey, agency: str, why: Why, at: datetime) -> Sealed:
    """Put the seal into an empty field of a PDF. Raises SigningFailed."""
    from workflow.signatures.pades import pades  # noqa: PLC0415 - loads pyHanko

    return pades(pdf, field=field, why=why, key=_signer(key, agency), stamping=Stamping(), at=at)


def certificate(key: SigningKey, agency: str) -> bytes:
    """The certificate of the seal (DER): of the same key and agency always the same, so that it need not be kept."""
    from cryptography import x509  # noqa: PLC0415 - a large library that is needed only where something is sealed
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    called = f"{'UJI ' if key.is_test else ''}Segel Jenjang {agency}"[:_LONGEST_NAME]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    others = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only")
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, decipher_only=False, **dict.fromkeys(others, False)
    )
    public = key.private.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int(key.id, 16) or 1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key.private, SHA256(), ecdsa_deterministic=True)
    )
    return made.public_bytes(Encoding.DER)


def _signer(key: SigningKey, agency: str) -> Any:
    """The key as pyHanko signs with it."""
    from asn1crypto import keys, x509  # noqa: PLC0415 - loads pyHanko
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    from workflow.signatures.kept import KeptSigner  # noqa: PLC0415

    private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return KeptSigner(
        signing_cert=x509.Certificate.load(certificate(key, agency)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
