"""Making a backup: one file, whole or not at all, that only its owner may read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from workflow.backups.container import FORMAT, Manifest, packed
from workflow.backups.dumps import dumped
from workflow.backups.errors import BackupError
from workflow.backups.places import give_name, private_folder
from workflow.backups.sealing import write_sealed
from workflow.backups.stand import Stand

_STAMP = "%Y%m%dT%H%M%SZ"
_SUFFIXES = (".tar", ".tar.age")


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the older ones that were removed for it."""

    file: Path
    size: int
    manifest: Manifest
    removed: tuple[Path, ...]


def make(
    address: str,
    to: Path,
    at: datetime,
    *,
    recipients: Sequence[Any] = (),
    keys: Path | None = None,
    keep: int | None = None,
) -> Made:
    """Back a database up, others going on with their work, into a file or a folder.

    ``recipients``: for whom it is encrypted, nobody where there are none. ``keys``: the folder of private keys to go along.
    ``keep``: how many backups of this database a folder keeps, this one included. Raises BackupError, DatabaseUnavailable, OSError.
    """
    if keys is not None and not recipients:
        raise BackupError(
            "Kunci rahasia hanya disertakan dalam cadangan terenkripsi: sebutkan kunci publik dengan --key."
        )
    url = make_url(address)
    kind, name = url.get_backend_name(), _name(str(url.database))
    is_folder = to.is_dir() or not to.suffix
    if keep is not None and not is_folder:
        raise BackupError("--keep berlaku bagi folder cadangan; sebutkan folder dengan --to.")
    stem = f"{name}-{kind}-"
    suffix = _SUFFIXES[bool(recipients)]
    file = to / f"{stem}{at.astimezone(UTC).strftime(_STAMP)}{suffix}" if is_folder else to
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists():
        raise BackupError(f"{file} sudah ada dan tidak ditimpa. Sebutkan nama lain, atau sebuah folder.")
    secrets = list(_secrets(keys)) if keys is not None else []

    def use(stand: Stand, dump: Iterator[bytes]) -> Manifest:
        manifest = Manifest(
            format=FORMAT,
            program=version("jenjang"),
            kind=kind,
            database=name,
            at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            stand=stand,
            keys=tuple(secret for secret, _ in secrets),
        )
        _write(file, f".{stem}", packed(manifest, dump, secrets), recipients)
        return manifest

    manifest = dumped(address, use)
    removed = _pruned(to, stem, keep) if keep is not None else ()
    return Made(file, file.stat().st_size, manifest, removed)


def _write(file: Path, prefix: str, content: Iterator[bytes], recipients: Sequence[Any]) -> None:
    with private_folder(file.parent, prefix) as folder:
        part = folder / "sebagian"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            if recipients:
                write_sealed(content, target, recipients)
            else:
                for some in content:
                    target.write(some)
        try:
            give_name(part, file)
        except FileExistsError as error:
            raise BackupError(f"{file} sudah ada dan tidak ditimpa. Ulangi sesaat lagi.") from error


def _secrets(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the folder of keys, and those of its folders."""
    for each in sorted(folder.rglob("*")):
        if each.is_file() and not each.is_symlink():
            yield each.relative_to(folder).as_posix(), each.read_bytes()


def _name(database: str) -> str:
    """What a database is called in the name of its backups."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(database).stem).strip("-") or "jenjang"


def _pruned(folder: Path, stem: str, keep: int) -> tuple[Path, ...]:
    """Remove the oldest backups of this database beyond those to be kept; nothing else that lies there."""
    ours = re.compile(rf"{re.escape(stem)}(\d{{8}}T\d{{6}}Z)\.tar(\.age)?")
    dated = sorted((found[1], each) for each in folder.iterdir() if (found := ours.fullmatch(each.name)))
    removed = []
    for _, each in dated[: max(0, len(dated) - max(1, keep))]:
        with suppress(FileNotFoundError):
            each.unlink()
            removed.append(each)
    return tuple(removed)
