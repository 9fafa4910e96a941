"""The statement in a letter's QR code: COSE_Sign1 (RFC 9052) with ES256, as text that a telephone also takes for an address.

    HTTPS://SITE/VERIFY/CODE/BASE32

All of it is upper case, so that the QR code packs eleven bits into two signs. The signature covers the address as well (as
COSE's external data), so that no sign of the text can be another. Nothing here needs a network or a database.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import cbor2
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

#: Signs of the subject that are stated, and bytes of the other texts: with these the QR code stays large enough to read.
SUBJECT: Final = 60
_MOST: Final = {"number": 100, "kind": 56, "post": 100, "name": 66, "subject": 76}
_CUT: Final = "…"
#: What is stated of an answer that was received, where no letter is: it stands in no register.
RECEIPT: Final = "Tanda terima jawaban"

# The labels of the payload's map. A number is never given to another meaning: letters on paper are read for decades.
_NUMBER, _DATED, _KIND, _POST, _NAME, _SUBJECT, _BODY, _OTHERS, _TEST = range(1, 10)

_SIGN1, _ALGORITHM, _KEY_ID, _ES256 = 18, 1, 4, -7
_TEXT: Final = re.compile(r"((?:HTTPS?://[A-Z0-9.:-]+)?/VERIFY/([2-9A-Z]{10}))/([A-Z2-7]+)")
_LONGEST: Final = 2000
_HALF: Final = 32


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is stated of a letter: that it was issued, under which number, by whom, about what.

    ``kind`` in words; ``post`` and ``name`` of the first signatory as printed, ``others`` how many sign beside them;
    ``body_sha256``: of the data embedded in the PDF, in hexadecimal; ``is_test``: a key made for trying things out was used.
    """

    number: str
    dated_on: date
    kind: str
    post: str
    name: str
    subject: str
    body_sha256: str
    code: str
    others: int = 0
    is_test: bool = False


class SigningKey(msgspec.Struct, frozen=True):
    """The private half. ``id``: sixteen hexadecimal digits of its public half's thumbprint."""

    id: str
    private: ec.EllipticCurvePrivateKey
    is_test: bool


class PublicKey(msgspec.Struct, frozen=True):
    """The published half."""

    id: str
    public: ec.EllipticCurvePublicKey
    is_test: bool


class Checked(msgspec.Struct, frozen=True):
    """A statement whose signature is right, and the key that made it."""

    statement: Statement
    key: PublicKey

    @property
    def is_test(self) -> bool:
        """Made for trying things out: it proves nothing to anybody."""
        return self.statement.is_test or self.key.is_test


class Read(msgspec.Struct, frozen=True):
    """A text as it stands: nothing of it is proven."""

    statement: Statement
    key_id: str
    signed: bytes
    signature: bytes


class NotGenuine(Exception):
    """A text that is no statement of ours, or not any more: says why, in Indonesian."""


def stated(statement: Statement, key: SigningKey, site: str) -> str:
    """The text for the QR code. ``site``: the public address, such as ``https://layanan.kemuning.example``, or empty.

    The same statement and key give the same text: the signature is deterministic (RFC 6979).
    """
    protected = cbor2.dumps({_ALGORITHM: _ES256, _KEY_ID: bytes.fromhex(key.id)}, canonical=True)
    payload = cbor2.dumps(_payload(statement), canonical=True)
    address = address_of(statement.code, site).upper()
    der = key.private.sign(_to_sign(protected, address, payload), ec.ECDSA(SHA256(), deterministic_signing=True))
    signature = b"".join(half.to_bytes(_HALF, "big") for half in utils.decode_dss_signature(der))
    signed = cbor2.dumps(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]), canonical=True)
    return f"{address}/{_base32(signed)}"


def address_of(code: str, site: str) -> str:
    """The address of a letter's page, as it is printed for people."""
    return f"{site.rstrip('/')}/verify/{code}"


def read(text: str) -> Read:
    """What a text says, unproven. Case and blanks do not matter. Raises NotGenuine."""
    plain = "".join(text[: 2 * _LONGEST].split()).upper()
    found = _TEXT.fullmatch(plain)
    if found is None or len(plain) > _LONGEST:
        raise NotGenuine("Teks ini bukan isi kode QR surat dari sistem ini, atau ada bagiannya yang hilang.")
    try:
        return _read(*found.groups())
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, cbor2.CBORDecodeError) as error:
        raise NotGenuine("Isi kode QR ini rusak atau telah diubah: tidak dapat dibaca.") from error


def _read(address: str, code: str, encoded: str) -> Read:
    protected, payload, signature = _opened(encoded)
    header = _decoded(protected)
    if header.keys() != {_ALGORITHM, _KEY_ID} or header[_ALGORITHM] != _ES256 or len(signature) != 2 * _HALF:
        raise ValueError(header)
    statement = _statement(_decoded(payload), code)
    return Read(statement, header[_KEY_ID].hex(), _to_sign(protected, address, payload), signature)


def check(text: str, keys: Mapping[str, PublicKey]) -> Checked:
    """The statement in a text, once its signature has been found right by one of the keys. Raises NotGenuine."""
    found = read(text)
    key = keys.get(found.key_id)
    if key is None:
        raise NotGenuine(
            f"Kode QR ini ditandatangani dengan kunci {found.key_id}, yang tidak termasuk kunci yang diumumkan instansi. "
            "Bila kunci yang Anda pakai sudah lama, ambillah lagi; bila tidak, surat ini tidak dapat dipercaya."
        )
    halves = (int.from_bytes(found.signature[:_HALF], "big"), int.from_bytes(found.signature[_HALF:], "big"))
    try:
        key.public.verify(utils.encode_dss_signature(*halves), found.signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise NotGenuine("Isi kode QR ini tidak sesuai dengan tanda tangannya: telah diubah atau dipalsukan.") from None
    return Checked(found.statement, key)


def _payload(statement: Statement) -> dict[int, Any]:
    said: dict[int, Any] = {
        _NUMBER: _cut(statement.number, "number"),
        _DATED: statement.dated_on.toordinal() - _EPOCH,
        _KIND: _cut(statement.kind, "kind"),
        _POST: _cut(statement.post, "post"),
        _NAME: _cut(statement.name, "name"),
        _SUBJECT: _cut(shortened(statement.subject), "subject"),
        _BODY: bytes.fromhex(statement.body_sha256),
    }
    more = {_OTHERS: statement.others, _TEST: statement.is_test}
    return said | {label: value for label, value in more.items() if value}


_EPOCH: Final = date(1970, 1, 1).toordinal()


def shortened(subject: str) -> str:
    """A subject as far as it is stated and shown in public: 60 signs at most."""
    return subject if len(subject) <= SUBJECT else subject[: SUBJECT - 1].rstrip() + _CUT


def _cut(text: str, name: str) -> str:
    encoded, most = text.encode(), _MOST[name]
    if len(encoded) <= most:
        return text
    return encoded[: most - len(_CUT.encode())].decode(errors="ignore").rstrip() + _CUT


def _statement(said: dict[int, Any], code: str) -> Statement:
    texts = {"number": _NUMBER, "kind": _KIND, "post": _POST, "name": _NAME, "subject": _SUBJECT}
    if not {*texts.values(), _DATED, _BODY} <= said.keys() <= {*texts.values(), _DATED, _BODY, _OTHERS, _TEST}:
        raise ValueError(said.keys())
    values: dict[str, Any] = {name: said[label] for name, label in texts.items()}
    values |= {"dated_on": date.fromordinal(said[_DATED] + _EPOCH), "body_sha256": said[_BODY].hex(), "code": code}
    values |= {"others": said.get(_OTHERS, 0), "is_test": said.get(_TEST, False)}
    return msgspec.convert(values, Statement)


def _opened(encoded: str) -> tuple[bytes, bytes, bytes]:
    raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    if _base32(raw) != encoded:  # the last sign has bits to spare, in which nothing may be said
        raise ValueError(encoded[-1])
    tagged = cbor2.loads(raw)
    if not isinstance(tagged, cbor2.CBORTag) or tagged.tag != _SIGN1:
        raise ValueError("no COSE_Sign1")
    protected, unprotected, payload, signature = tagged.value
    whole = all(isinstance(part, bytes) for part in (protected, payload, signature))
    if not whole or unprotected != {} or cbor2.dumps(tagged, canonical=True) != raw:
        raise ValueError("said in another way than we do")
    return protected, payload, signature


def _decoded(encoded: bytes) -> dict[int, Any]:
    value = cbor2.loads(encoded)
    if not isinstance(value, dict) or cbor2.dumps(value, canonical=True) != encoded:
        raise ValueError(value)
    return value


def _to_sign(protected: bytes, address: str, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, address.encode(), payload], canonical=True)


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")
