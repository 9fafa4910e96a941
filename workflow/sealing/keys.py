"""The log's own key: its private half in the folder of keys, its public half in the database for as long as heads are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from workflow.database import Database, lock
from workflow.errors import Problem
from workflow.keyring import keep, kept, keys_folder, written
from workflow.people.agency import stored_profile
from workflow.sealing.checkpoint import LogKey, VerifierKey, read_key
from workflow.tables import public_keys

PURPOSE: Final = "log"
#: The path under which a log is told of; with the agency's address before it, it names the log and its key.
_PATH: Final = "/verify/log"


class MissingLogKey(Problem):
    """The private half of the key in force is not here."""

    status, type, title = 503, "log-key-missing", "Kunci log tidak ada di sini"


def signing_key(database: Database, at: datetime) -> LogKey:
    """The key that heads are signed with now; the first one is made when it is first needed. Raises MissingLogKey.

    Where another machine has made one already and its file lies elsewhere, none is made: whoever watches the log knows it by
    its key.
    """
    in_force = database.read(_in_force)
    return _private(database, in_force) if in_force else _made(database, at, instead=False)


def rotate(database: Database, at: datetime) -> LogKey:
    """Make a new key of the same name and use it from now on; what older ones have signed stays good."""
    return _made(database, at, instead=True)


def log_keys(conn: Connection) -> list[VerifierKey]:
    """The public halves of all keys, the newest first."""
    query = select(public_keys.c.key).where(public_keys.c.purpose == PURPOSE)
    return [read_key(each) for each in conn.execute(query.order_by(public_keys.c.since_at.desc())).scalars()]


def _made(database: Database, at: datetime, *, instead: bool) -> LogKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - seldom made

    private = Ed25519PrivateKey.generate()
    known = database.read(log_keys)
    public = private.public_key().public_bytes_raw()
    name = known[0].name if known else database.read(_origin) or f"jenjang/{public.hex()[:16]}"
    made = LogKey(VerifierKey(name, public), private)
    # On the disk before anybody can hear of it: a crash leaves a key that nobody uses.
    keep(keys_folder(database.address), _file_name(made.told), written(private))
    told = database.write(_publish, made.told, at, instead=instead)
    return made if told == made.told else _private(database, told)


def _publish(conn: Connection, made: VerifierKey, at: datetime, *, instead: bool) -> VerifierKey:
    """Tell of a new key, unless somebody was faster with the first one; answers the key in force."""
    lock(conn, "log key")
    in_force = _in_force(conn)
    if in_force and not instead:
        return in_force
    live = public_keys.c.purpose == PURPOSE, public_keys.c.until_at.is_(None)
    conn.execute(update(public_keys).where(*live).values(until_at=at))
    row = {"id": _id(made), "purpose": PURPOSE, "key": str(made), "is_test": False, "since_at": at}
    conn.execute(insert(public_keys).values(row))
    return made


def _in_force(conn: Connection) -> VerifierKey | None:
    query = select(public_keys.c.key).where(public_keys.c.purpose == PURPOSE, public_keys.c.until_at.is_(None))
    found = conn.execute(query.order_by(public_keys.c.since_at.desc()).limit(1)).scalar_one_or_none()
    return None if found is None else read_key(found)


def _private(database: Database, told: VerifierKey) -> LogKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    folder = keys_folder(database.address)
    for encoded in _files(database, told):
        private = load_pem_private_key(encoded, password=None)
        if isinstance(private, Ed25519PrivateKey) and private.public_key().public_bytes_raw() == told.public:
            return LogKey(told, private)
    raise MissingLogKey(
        f"Kunci log {_id(told)} tidak ada dalam folder {folder}. Salin berkas {_file_name(told)} dari komputer tempat kunci "
        "itu dibuat, sebutkan foldernya dengan JENJANG_KEYS, atau buat kunci baru: jenjang log rotate"
    )


def _files(database: Database, told: VerifierKey) -> Iterator[bytes]:
    return (encoded for _, encoded in kept(keys_folder(database.address), _file_name(told)))


def _origin(conn: Connection) -> str:
    """The name of the log: the agency's own address without its scheme; empty where its profile names none."""
    profile = stored_profile(conn)
    host = urlsplit(profile.site).netloc if profile else ""
    return f"{host}{_PATH}" if host else ""


def _id(told: VerifierKey) -> str:
    return told.public.hex()[:16]


def _file_name(told: VerifierKey) -> str:
    return f"log-{_id(told)}.pem"
