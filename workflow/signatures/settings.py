"""Who signs by what: one TOML file beside the database, named by JENJANG_SIGNING. Without one the local key UJI signs.

It lies outside the database so that no copy of that takes it along, and names files of secrets instead of holding any.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, cast

import msgspec
from sqlalchemy import Connection, select

from policies.files import PolicyError, Table, read_toml
from workflow.database import Database, insert_or
from workflow.keyring import keys_folder
from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import LocalKey
from workflow.signatures.service import SigningService
from workflow.signatures.signer import Signer, SigningFailed, masked
from workflow.signatures.stamping import Stamping
from workflow.signatures.token import Token
from workflow.signatures.wire import fault
from workflow.tables import people, signing_accounts

Kind = Literal["local", "pkcs12", "pkcs11", "esign"]

#: What each kind of signer may say of itself, beside its kind; the first ones must be there.
_KEYS: Final[dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "local": ((), ()),
    "pkcs12": (("folder",), ("certified", "test")),
    "pkcs11": (("module", "token"), ("certified", "test")),
    "esign": (("address", "user", "password_file"), ("version", "timeout", "authority", "certified", "test")),
}
#: A name of a file or of a key: nothing that leaves a folder.
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@ -]{0,199}")
#: Seconds that a service may be given; a person waits at the other end.
_LONGEST: Final = 120


class SigningSettingsError(PolicyError):
    """The file of JENJANG_SIGNING cannot be used: names the file, the key and the reason, in Indonesian."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How the agency signs. ``keys``: the folder of the keys that were made here."""

    keys: Path
    kind: Kind = "local"
    stamping: Stamping = Stamping()
    folder: Path = Path()
    module: Path = Path()
    token: str = ""
    address: str = ""
    user: str = ""
    password_file: Path = Path()
    version: Literal[1, 2] = 2
    timeout: float = 30.0
    authority: Path | None = None
    certified: bool = False
    test: bool = False

    @property
    def needs_account(self) -> bool:
        """Whether each person needs a name to sign by."""
        return self.kind != "local"

    @property
    def needs_secret(self) -> bool:
        """Whether each person enters a passphrase or a PIN."""
        return self.kind != "local"

    @property
    def is_test(self) -> bool:
        """Whether what is signed says UJI."""
        return self.kind == "local" or self.test

    @property
    def says_certified(self) -> bool:
        """Whether letters may say that a certificate of the national authority signed them."""
        return self.certified and not self.is_test


def settings_for(database: Database) -> Settings:
    """The settings that the environment names. Raises SigningSettingsError."""
    return _named_by_environment(keys_folder(database.address).absolute())


def how_signed() -> Settings:
    """The settings without the folder of keys, for who only asks how letters are signed here. Raises SigningSettingsError."""
    return _named_by_environment(Path())


def _named_by_environment(keys: Path) -> Settings:
    named = os.environ.get("JENJANG_SIGNING")
    return read(Path(named) if named else None, keys)


def signer_for(settings: Settings, person_id: str, account: str | None) -> Signer:
    """What signs for a person. ``account``: see ``account_of``. Raises SigningFailed where they have none and need one."""
    if settings.kind == "local":
        return LocalKey(folder=settings.keys, stamping=settings.stamping)
    if not account or not _ACCOUNT.fullmatch(account):
        raise SigningFailed(
            "unknown_signer",
            f"Akun tanda tangan elektronik untuk {person_id} belum dicatat. Minta pengelola menjalankan: jenjang signing "
            "account NIP AKUN",
        )
    known: dict[str, Any] = {"certified": settings.says_certified, "is_test": settings.test}
    if settings.kind == "pkcs12":
        return KeyFile(file=settings.folder / f"{account}.p12", stamping=settings.stamping, **known)
    if settings.kind == "pkcs11":
        return Token(module=settings.module, token=settings.token, key=account, stamping=settings.stamping, **known)
    return SigningService(
        address=settings.address,
        account=account,
        user=settings.user,
        password_file=settings.password_file,
        version=settings.version,
        timeout=settings.timeout,
        authority=settings.authority,
        **known,
    )


def account_of(conn: Connection, person_id: str) -> str | None:
    """The name under which a person signs; None where none was set."""
    found: str | None = conn.execute(
        select(signing_accounts.c.account).where(signing_accounts.c.person_id == person_id)
    ).scalar_one_or_none()
    return found


def masked_accounts(conn: Connection) -> list[tuple[str, str]]:
    """Who signs under which name, fit to be shown."""
    query = (
        select(people.c.name, signing_accounts.c.account).join_from(signing_accounts, people).order_by(people.c.name)
    )
    return [(row.name, masked(row.account)) for row in conn.execute(query)]


def set_account(conn: Connection, person_id: str, account: str, at: datetime) -> None:
    """Say under which name a person signs. Raises SigningFailed for what can be no name."""
    if not _ACCOUNT.fullmatch(account):
        raise SigningFailed(
            "unknown_signer",
            "Akun tanda tangan hanya boleh memuat huruf, angka, titik, spasi, @, garis bawah dan tanda hubung, dan dimulai "
            "dengan huruf atau angka.",
        )
    new = insert_or(conn.dialect.name, signing_accounts).values(person_id=person_id, account=account, set_at=at)
    conn.execute(new.on_conflict_do_update(index_elements=["person_id"], set_={"account": account, "set_at": at}))


def read(file: Path | None, keys: Path) -> Settings:
    """The settings in a file; those without a file where there is none. Raises SigningSettingsError."""
    if file is None:
        return Settings(keys=keys)
    try:
        return _settings(file, keys)
    except SigningSettingsError:
        raise
    except PolicyError as error:
        raise SigningSettingsError(error.file, error.key, error.reason) from error


def _settings(file: Path, keys: Path) -> Settings:
    whole = Table.of(file, "", read_toml(file), ("signer", "timestamps", "trust"), '[signer] kind = "local"')
    content = whole.content.get("signer", {"kind": "local"})
    kind = cast("Kind", content.get("kind") if isinstance(content, dict) else None)
    if kind not in _KEYS:
        raise SigningSettingsError(file, "signer", f"kind harus salah satu dari: {', '.join(_KEYS)}")
    needed, more = _KEYS[kind]
    table = Table.of(file, "signer", content, ("kind", *needed, *more), f'kind = "{kind}"')
    found: dict[str, Any] = {name: table.text(name) for name in needed}
    for name in ("folder", "module", "password_file", "authority"):
        if name in table.content:
            found[name] = _file(table, name)
    for name in ("certified", "test"):
        if name in table.content:
            found[name] = _flag(table, name)
    if kind == "esign":
        found |= _service(table)
    return Settings(keys=keys, kind=kind, stamping=_stamping(whole), **found)


def _service(table: Table) -> dict[str, Any]:
    address = table.text("address")
    if wrong := fault(address):
        raise table.wrong(f"address {wrong}")
    version = table.content.get("version", 2)
    if type(version) is not int or version not in (1, 2):
        raise table.wrong("version harus 1 atau 2")
    return {"version": version, "timeout": _seconds(table, 30.0)}


def _stamping(whole: Table) -> Stamping:
    known = ("address", "timeout", "authority")
    times = Table.of(whole.file, "timestamps", whole.content.get("timestamps", {}), known, 'address = "https://..."')
    trust = Table.of(whole.file, "trust", whole.content.get("trust", {}), ("roots", "embed"), 'roots = ["akar.pem"]')
    address = times.text("address") if "address" in times.content else ""
    if address and (wrong := fault(address)):
        raise times.wrong(f"address {wrong}")
    roots = trust.content.get("roots", [])
    if not isinstance(roots, list) or not all(isinstance(each, str) for each in roots):
        raise trust.wrong('roots harus berupa daftar berkas PEM, misalnya ["akar.pem"]')
    files = tuple(_named(trust, "roots", each) for each in roots)
    embed = _flag(trust, "embed") if "embed" in trust.content else False
    if embed and not (files and address):
        raise trust.wrong("embed memerlukan roots dan [timestamps] address")
    return Stamping(
        address=address,
        timeout=_seconds(times, 3.0),
        authority=_file(times, "authority") if "authority" in times.content else None,
        roots=files,
        embed=embed,
    )


def _file(table: Table, name: str) -> Path:
    return _named(table, name, table.text(name))


def _named(table: Table, name: str, said: str) -> Path:
    """A file or folder, seen from where the settings lie; it must be there."""
    found = (table.file.parent / said).absolute()
    if not found.exists():
        raise table.wrong(f"{name}: {found} tidak ada")
    return found


def _flag(table: Table, name: str) -> bool:
    value = table.content[name]
    if type(value) is not bool:
        raise table.wrong(f"{name} harus berupa true atau false")
    return value


def _seconds(table: Table, otherwise: float) -> float:
    value = table.content.get("timeout", otherwise)
    if type(value) not in (int, float) or not 0 < value <= _LONGEST:
        raise table.wrong(f"timeout harus berupa detik, lebih dari 0 dan paling lama {_LONGEST}")
    return float(value)
