"""A letter with its proof, sealed with the key for trying things out: what is checked, altered and forged in tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tests.workflow.letters.samples import LETTERS, PROFILE, SIGNED_AT
from workflow.letters.layout import html
from workflow.letters.parts import Proof, field_name
from workflow.letters.pdf import pdf
from workflow.proof.keys import Certificate, Jwk, Published, key_id, published_key
from workflow.proof.qr import drawn
from workflow.proof.statement import SigningKey, Statement, address_of, stated
from workflow.signatures import Why, seal
from workflow.signatures.local import LocalKey, certificate

SITE = "https://layanan.kemuning.example"
CODE = "KMN2345678"
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Proven:
    """A sealed PDF, the text of its QR code, and what is published to check both."""

    pdf: bytes
    unsealed: bytes
    text: str
    published: Published


def new_key(*, is_test: bool = False) -> tuple[SigningKey, Jwk]:
    """A key and what is published of it."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = SigningKey(key_id(private.public_key()), private, is_test)
    return key, published_key(key)


@cache
def proven(*, is_test: bool = False, signatories: int = 1) -> Proven:
    """A letter of the samples, sealed so many times. Made once: nothing of it changes."""
    sample = LETTERS[0]
    key, jwk = new_key(is_test=is_test)
    body = msgspec.json.encode(sample.body)
    text = stated(stated_of(body), key, SITE)
    proof = Proof(qr=drawn(text), address=address_of(CODE, SITE), statement=text)
    page = html(sample.template, sample.letter, sample.body, PROFILE, proof=proof)
    unsealed = pdf(page, body_json=body, at=SIGNED_AT, fields=["Tanda tangan elektronik"] * signatories)
    with TemporaryDirectory() as folder:
        signer = LocalKey(folder=Path(folder))
        done = unsealed
        for number in range(1, signatories + 1):
            done = seal(done, field=field_name(number), signer=signer, why=Why(reason="Surat dinas"), at=AT)
        published = Published((jwk,), (Certificate(pem=certificate(Path(folder)), is_test=is_test),))
    return Proven(done, unsealed, text, published)


def stated_of(body: bytes) -> Statement:
    """What is stated of the sample."""
    letter = LETTERS[0].letter
    return Statement(
        number=letter.number or "",
        dated_on=letter.dated_on or AT.date(),
        kind=letter.title,
        post=letter.signatures[0].title,
        name=letter.signatures[0].name,
        subject=letter.subject,
        body_sha256=hashlib.sha256(body).hexdigest(),
        code=CODE,
    )
