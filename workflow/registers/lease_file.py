"""The signed file of a block: all that a laptop needs to make letters without network or database.

It is signed over its canonical JSON (names sorted) with the key of statements, ES256. The laptop can only see that the file
is whole; that it is ours is checked when the letters come back.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from workflow.errors import Problem
from workflow.letters.parts import LetterFrame, SignatureBlock
from workflow.letters.profile import Profile, profile_from_text
from workflow.proof.statement import PublicKey, SigningKey

FORMAT: Final = "jenjang-blok-nomor-3"
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_ES256: Final = ec.ECDSA(hashes.SHA256())


class UnusableLease(Problem):
    """A file that is no block of numbers, or was changed after it was signed."""

    status, type, title = 422, "unusable-lease", "Berkas blok nomor tidak dapat dipakai"


class Official(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the unit who may sign: ``nip`` in digits, or None; ``block``: as they sign.

    ``post``: for which, by id; ``capacity``: how they stand in for its holder, or empty; ``decides``: whether that is enough for
    a keputusan.
    """

    person_id: str
    post: str
    capacity: str
    decides: bool
    nip: str | None
    name: str
    block: SignatureBlock

    @property
    def seat(self) -> tuple[str, str, str]:
        """Who they are, for which post and in which capacity."""
        return self.person_id, self.post, self.capacity


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that is ready but for its number and day: issued by the next step of a case, or on its way already.

    ``id``: its place in the file. ``trigger``, ``form`` (as JSON), ``acknowledged``: the step, to be taken with the case at
    ``version``; ``actor``: who takes it, where that is another than who signs. ``signers``: who signs, in order; ``about``: whom
    it is about. ``letter_id``, ``draft``: of one that is on its way, and as which draft it was seen; it takes no step.
    """

    id: str
    case_id: str
    version: int
    trigger: str
    form: str
    acknowledged: tuple[str, ...]
    kind: str
    title: str
    about: str
    signers: tuple[str, ...]
    signer_name: str
    role: str
    unit_id: str
    classification: str
    template: str
    template_sha256: str
    body_type: str
    body: str
    frame: LetterFrame
    actor: str = ""
    actor_name: str = ""
    letter_id: str = ""
    draft: str = ""

    @property
    def taken_by(self) -> str:
        """The id of whoever takes the step."""
        return self.actor or self.signers[0]

    @property
    def says(self) -> str:
        """What it is, for people."""
        by = f", tindakan oleh {self.actor_name}" if self.actor else ""
        return f"{self.title}, {self.about}, ditandatangani {self.signer_name}{by}"

    def excludes(self, other: Prepared) -> bool:
        """Whether only one of the two can be signed on paper: the same letter by another, or another step of the same case."""
        if self.letter_id or other.letter_id:
            return self.letter_id == other.letter_id
        if self.case_id != other.case_id:
            return False
        return (self.trigger, self.taken_by) != (other.trigger, other.taken_by) or self.kind == other.kind


class LeaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """The block, and what letters in it are made of. ``profile``: the agency's, as TOML.

    ``left``: of each letter that was asked for and is not prepared why not, and the way out, for people.
    """

    format: str
    id: str
    register: str
    year: int
    first: int
    last: int
    unit_id: str
    unit_name: str
    given_by: str
    given_at: datetime
    purpose: str
    profile: str
    officials: tuple[Official, ...]
    prepared: tuple[Prepared, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def agency(self) -> Profile:
        """The agency's profile. Raises ProfileError."""
        return profile_from_text(self.profile, file="profil dalam berkas blok")


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """The signature, and by which key: its id, and the halves of its point, so that a laptop can see that the file is whole."""

    key: str
    point: str
    value: str


class SealedLease(msgspec.Struct, frozen=True, kw_only=True):
    """The file as it is written."""

    lease: LeaseFile
    seal: Seal


def sealed(lease: LeaseFile, key: SigningKey) -> bytes:
    """The file of a block."""
    numbers = key.private.public_key().public_numbers()
    point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    signature = key.private.sign(_ENCODER.encode(lease), _ES256)
    seal = Seal(key=key.id, point=_text(point), value=_text(signature))
    return _ENCODER.encode(SealedLease(lease=lease, seal=seal)) + b"\n"


def read_lease(content: bytes) -> LeaseFile:
    """A block that is whole, whoever signed it: what a laptop can know. Raises UnusableLease."""
    read = _read(content)
    point = _bytes(read.seal.point)
    try:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big"), ec.SECP256R1()
        )
        public = numbers.public_key()
    except ValueError as error:
        raise _broken() from error
    _check(read, public)
    return read.lease


def own_lease(content: bytes, keys: Mapping[str, PublicKey]) -> LeaseFile:
    """A block that was signed here. Raises UnusableLease."""
    read = _read(content)
    if read.seal.key not in keys:
        raise UnusableLease(
            f"Berkas blok nomor ini ditandatangani dengan kunci {read.seal.key[:40]}, yang bukan kunci instansi ini. "
            "Pakai berkas yang diberikan jenjang register lease."
        )
    _check(read, keys[read.seal.key].public)
    return read.lease


def load_lease_file(path: Path) -> tuple[LeaseFile, bytes]:
    """The block in a file that is whole, and the file. Raises UnusableLease, OSError."""
    content = path.read_bytes()
    return read_lease(content), content


def digest_of(content: bytes) -> str:
    """By which a ledger names the file that it belongs to."""
    return sha256(content).hexdigest()


def _read(content: bytes) -> SealedLease:
    try:
        read = msgspec.json.decode(content, type=SealedLease)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableLease(
            "Berkas ini bukan berkas blok nomor, atau rusak. Pakai berkas yang diberikan jenjang register lease."
        ) from error
    if read.lease.format != FORMAT:
        raise UnusableLease(
            f"Berkas blok nomor ini berformat {read.lease.format[:40]}, yang tidak dikenal program ini."
        )
    if _ENCODER.encode(read) + b"\n" != content:
        raise _broken()
    return read


def _check(read: SealedLease, public: ec.EllipticCurvePublicKey) -> None:
    try:
        public.verify(_bytes(read.seal.value), _ENCODER.encode(read.lease), _ES256)
    except InvalidSignature as error:
        raise _broken() from error


def _broken() -> UnusableLease:
    return UnusableLease(
        "Berkas blok nomor ini sudah berubah setelah ditandatangani, sehingga tidak dapat dipakai. Salin lagi dari aslinya."
    )


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text)
    except ValueError as error:
        raise _broken() from error
