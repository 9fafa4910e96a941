"""The keys of statements: private halves in the folder of keys, public halves in the database for as long as letters live."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, insert, select, update

from workflow.database import Database
from workflow.keyring import keep, kept, keys_folder, written
from workflow.proof.statement import PublicKey, SigningKey
from workflow.signatures.checked import fingerprint
from workflow.tables import public_keys

PURPOSE: Final = "statement"
_COORDINATE: Final = 32
#: Bytes of a key's thumbprint that name it.
_ID_BYTES: Final = 8


class Jwk(msgspec.Struct, frozen=True, kw_only=True, rename={"is_test": "uji"}):
    """A public key as it is published (RFC 7517). ``uji``: made here for trying things out; not of the standard."""

    kid: str
    x: str
    y: str
    kty: str = "EC"
    crv: str = "P-256"
    alg: str = "ES256"
    use: str = "sig"
    is_test: bool = False


class Certificate(msgspec.Struct, frozen=True, kw_only=True, rename={"is_test": "uji"}):
    """Of a key that letters themselves were signed with."""

    pem: str
    is_test: bool = False


class Published(msgspec.Struct, frozen=True):
    """A JWK set (RFC 7517) of all keys that statements were ever made with here; what ``/verify/keys`` answers.

    ``certificates``: of the keys that letters themselves were signed with; readers of JWK sets pass over it.
    """

    keys: tuple[Jwk, ...] = ()
    certificates: tuple[Certificate, ...] = ()

    @property
    def by_id(self) -> Mapping[str, PublicKey]:
        """The keys, ready to check with. Raises ValueError for what is no point of the curve or bears another's name."""
        return {jwk.kid: _public(jwk) for jwk in self.keys}

    @property
    def fingerprints(self) -> Mapping[str, bool]:
        """By which each certificate is known -> whether it is only for trying things out. Raises ValueError."""
        return {fingerprint(each.pem): each.is_test for each in self.certificates}


class MissingKey(Exception):
    """The private half of the key in force is not here: says which, where, and the way out, in Indonesian."""


class UnreadableKeys(Exception):
    """A file that holds no published keys: says so, in Indonesian."""


def signing_key(database: Database, at: datetime) -> SigningKey:
    """The key that statements are made with now. Where there is none yet one is made for trying things out, marked UJI.

    Raises MissingKey where the agency's own key is in force and its private half lies elsewhere: a letter of that agency
    must not be marked UJI only because it was made on another machine.
    """
    folder = keys_folder(database.address)
    in_force = database.read(_in_force)
    mine = {key.id: key for key in _private(folder, in_force)}
    for key_id in in_force:
        if key_id in mine:
            return mine[key_id]
    lacking = next((key_id for key_id, is_test in in_force.items() if not is_test), None)
    if lacking is not None:
        raise MissingKey(
            f"Kunci pernyataan {lacking} tidak ada dalam folder {folder}. Salin berkas {_file_name(lacking)} dari komputer "
            "tempat kunci itu dibuat, sebutkan foldernya dengan JENJANG_KEYS, atau buat kunci baru: jenjang proof rotate"
        )
    made = _made(folder, is_test=True)
    database.write(_publish, made, at)
    return made


def rotate(database: Database, at: datetime, *, is_test: bool) -> SigningKey:
    """Make a new key and use it from now on; what older ones have signed stays good. ``is_test``: only for trying things out."""
    made = _made(keys_folder(database.address), is_test=is_test)

    def instead(conn: Connection) -> None:
        live = public_keys.c.purpose == PURPOSE, public_keys.c.until_at.is_(None)
        conn.execute(update(public_keys).where(*live).values(until_at=at))
        _publish(conn, made, at)

    database.write(instead)
    return made


def _made(folder: Path, *, is_test: bool) -> SigningKey:
    """A new key, its private half on the disk before anybody can hear of the public one: a crash leaves one that nobody uses."""
    private = ec.generate_private_key(ec.SECP256R1())
    made = SigningKey(key_id(private.public_key()), private, is_test)
    keep(folder, _file_name(made.id), written(private))
    return made


def published_key(key: SigningKey) -> Jwk:
    """What is told of a key."""
    x, y = _coordinates(key.private.public_key())
    return Jwk(kid=key.id, x=x, y=y, is_test=key.is_test)


def published(conn: Connection) -> Published:
    """Every public half, the newest first."""
    columns = public_keys.c.purpose, public_keys.c.key, public_keys.c.is_test
    query = select(*columns).order_by(public_keys.c.since_at.desc(), public_keys.c.id)
    rows = conn.execute(query).all()
    return Published(
        tuple(msgspec.json.decode(row.key, type=Jwk) for row in rows if row.purpose == PURPOSE),
        tuple(Certificate(pem=row.key, is_test=row.is_test) for row in rows if row.purpose == "letter"),
    )


def read_keys(content: bytes) -> Published:
    """The keys in a file that was saved from ``/verify/keys``. Raises UnreadableKeys."""
    try:
        found = msgspec.json.decode(content, type=Published)
        _ = found.by_id, found.fingerprints  # what cannot be used is told now
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        raise UnreadableKeys("Berkas kunci tidak dapat dibaca; simpan ulang dari alamat /verify/keys.") from error
    if not found.keys:
        raise UnreadableKeys("Berkas kunci tidak memuat kunci; simpan ulang dari alamat /verify/keys.")
    return found


def key_id(public: ec.EllipticCurvePublicKey) -> str:
    """The beginning of the key's thumbprint (RFC 7638), in hexadecimal."""
    x, y = _coordinates(public)
    members = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return hashlib.sha256(members.encode()).digest()[:_ID_BYTES].hex()


def _in_force(conn: Connection) -> dict[str, bool]:
    """Key -> whether it is only for trying things out; the newest first."""
    query = (
        select(public_keys.c.id, public_keys.c.is_test)
        .where(public_keys.c.purpose == PURPOSE, public_keys.c.until_at.is_(None))
        .order_by(public_keys.c.since_at.desc(), public_keys.c.id)
    )
    return {row.id: row.is_test for row in conn.execute(query)}


def _private(folder: Path, in_force: Mapping[str, bool]) -> list[SigningKey]:
    found = []
    for name, encoded in kept(folder, _file_name("*")):
        named = name.removeprefix(_PREFIX).removesuffix(_ENDING)
        if named in in_force:
            private = serialization.load_pem_private_key(encoded, password=None)
            if isinstance(private, ec.EllipticCurvePrivateKey):
                found.append(SigningKey(named, private, in_force[named]))
    return found


def _publish(conn: Connection, key: SigningKey, at: datetime) -> None:
    jwk = msgspec.json.encode(published_key(key)).decode()
    row = {"id": key.id, "purpose": PURPOSE, "key": jwk, "is_test": key.is_test, "since_at": at}
    conn.execute(insert(public_keys).values(row))


def _public(jwk: Jwk) -> PublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(half + "="), "big") for half in (jwk.x, jwk.y))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    if key_id(public) != jwk.kid:
        raise ValueError(f"{jwk.kid} is another key's name")
    return PublicKey(jwk.kid, public, jwk.is_test)


def _coordinates(public: ec.EllipticCurvePublicKey) -> tuple[str, str]:
    numbers = public.public_numbers()
    x, y = (
        base64.urlsafe_b64encode(half.to_bytes(_COORDINATE, "big")).decode().rstrip("=")
        for half in (numbers.x, numbers.y)
    )
    return x, y


_PREFIX: Final = "statement-"
_ENDING: Final = ".pem"


def _file_name(named: Any) -> str:
    return f"{_PREFIX}{named}{_ENDING}"
