"""The key that is kept: its signatures are those that pyHanko makes, put together faster."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign.signers import SimpleSigner

from workflow.signatures.kept import Form, KeptSigner
from workflow.signatures.local import _loaded, certificate
from workflow.signatures.pades import _Naming


@pytest.fixture
def key(tmp_path: Path) -> Any:
    certificate(tmp_path)
    kept = _loaded(tmp_path)
    kept.signed_attr_prov_spec = _Naming([kept.signing_cert])
    return kept


def signature(signer: type[SimpleSigner], key: Any, digest: bytes) -> cms.ContentInfo:
    return asyncio.run(signer.async_sign(key, digest, "sha256", use_pades=True))


def without_value(made: cms.ContentInfo) -> Any:
    """All that it says but the value, which is another each time."""
    plain = made["content"].native
    del plain["signer_infos"][0]["signature"]
    return plain


def test_a_kept_signature_says_what_pyhankos_says_and_is_valid(key: Any) -> None:
    for digest in (bytes(32), b"\x01" * 32, b"\xff" * 32):
        made = cms.ContentInfo.load(signature(KeptSigner, key, digest).dump(), strict=True)
        theirs = signature(SimpleSigner, key, digest)
        assert without_value(made) == without_value(cms.ContentInfo.load(theirs.dump()))
        (info,) = made["content"]["signer_infos"]
        public = load_der_x509_certificate(key.signing_cert.dump()).public_key()
        assert isinstance(public, EllipticCurvePublicKey)
        public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ECDSA(SHA256()))


def test_a_form_is_only_taken_from_a_signature_that_it_can_make_again(key: Any) -> None:
    with pytest.raises(ValueError, match="not a signature"):
        Form(signature(SimpleSigner, key, bytes(32)).dump())
