"""Whether this process was given the keys of its database: by a mark of them that the database keeps.

Servers and workers share no disk, so each is given the same folder of keys. One that was given another would make links and
second factors that no other can read; it is told so before it does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from workflow.accounts.safe import FILE, Safe
from workflow.database import Database, insert_or
from workflow.errors import Problem
from workflow.keyring import keys_folder
from workflow.tables import key_marks

_USE: Final = "mark of a key"


class WrongKeys(Problem):
    """The folder of keys is none of this database's: says which file, and the way out."""

    status, type, title = 503, "wrong-keys", "Folder kunci bukan milik basis data ini"


class NoKeys(Problem):
    """There is no key yet, and none can be made: says where, why, and the way out."""

    status, type, title = 503, "no-keys", "Folder kunci belum berisi kunci"


def require_ours(database: Database, at: datetime) -> None:
    """Compare the key with the mark; where there is none yet, this key is the database's from now on. Raises WrongKeys, NoKeys.

    Of two first starts at once with different keys one wins, and the other is told.
    """
    if database.read(_known) is None:
        database.write(_first, _mark(_made_here(database.address)), at)
    check_ours(database)


def _made_here(address: str) -> Safe:
    try:
        return Safe.of(address)
    except OSError as error:
        raise NoKeys(
            f"Berkas {FILE} belum ada dalam folder kunci {keys_folder(address).absolute()}, dan tidak dapat dibuat di sana "
            f"({error.strerror}). Buatlah sekali saja di tempat folder itu boleh ditulis, misalnya dengan: jenjang accounts "
            "print-code NIP. Sebutkan letaknya dengan JENJANG_KEYS, lalu jalankan lagi."
        ) from error


def check_ours(database: Database) -> None:
    """As ``require_ours``, but nothing is written, no key either. Raises WrongKeys."""
    known = database.read(_known)
    if known is None:
        return
    safe, folder = Safe.known(database.address), keys_folder(database.address).absolute()
    if safe is None or _mark(safe) != known:
        wrong = "tidak ada" if safe is None else "bukan kunci basis data ini"
        raise WrongKeys(
            f"Berkas {FILE} dalam folder kunci {folder} {wrong}. Salin folder kunci dari server yang sudah berjalan atau dari "
            "cadangannya, lalu sebutkan letaknya dengan JENJANG_KEYS. Bila kunci lama hilang untuk selamanya: jenjang accounts "
            "accept-keys --lost"
        )


def accept(conn: Connection, safe: Safe, at: datetime) -> None:
    """Take this key for the database's from now on: the one before is lost for good."""
    values = {"mark": _mark(safe), "since_at": at}
    adding = insert_or(conn.dialect.name, key_marks).values(file=FILE, **values)
    conn.execute(adding.on_conflict_do_update(index_elements=[key_marks.c.file], set_=values))


def _known(conn: Connection) -> str | None:
    found: str | None = conn.execute(select(key_marks.c.mark).where(key_marks.c.file == FILE)).scalar_one_or_none()
    return found


def _first(conn: Connection, mark: str, at: datetime) -> None:
    adding = insert_or(conn.dialect.name, key_marks).values(file=FILE, mark=mark, since_at=at)
    conn.execute(adding.on_conflict_do_nothing(index_elements=[key_marks.c.file]))


def _mark(safe: Safe) -> str:
    return safe.mark(_USE, FILE)
