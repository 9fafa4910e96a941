"""A recorded batch as files: its sheet, and a ZIP of the evidence. The folder appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.database import Database
from workflow.errors import NotFound, Problem
from workflow.tables import files, outward_records

#: The day that every file in the ZIP bears, so that the same evidence makes the same bytes.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


class AlreadyThere(Problem):
    """The folder of the batch exists; what lies there is not touched."""

    status, type, title = 409, "already-there", "Foldernya sudah ada"


def require_room(folder: Path) -> None:
    """See that files can be written here, before a batch is recorded. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="."):
        pass


def write_batch(database: Database, batch_id: str, folder: Path) -> Path:
    """Write a batch, as it was recorded, to a new folder of its name. Only the one who runs this can read that.

    Raises NotFound for no such batch, AlreadyThere, and OSError.
    """
    rows = database.read(_rows, batch_id)
    if not rows:
        raise NotFound(f"Kiriman {batch_id} tidak ada. Lihat yang ada dengan: jenjang siasn status")
    target = folder / batch_id
    if target.exists():
        raise AlreadyThere(f"{target} sudah ada dan tidak diubah. Pindahkan dahulu, atau tulis ke folder lain.")
    require_room(folder)
    beside = Path(tempfile.mkdtemp(dir=folder, prefix=f".{batch_id}-"))
    try:
        name, sheet = database.read(_content, rows[0].sheet_id)
        _save(beside / name, sheet)
        _zip(database, rows, beside / f"{batch_id}-bukti.zip")
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return target


def _rows(conn: Connection, batch_id: str) -> list[Row[Any]]:
    columns = (outward_records.c.sheet_id, outward_records.c.evidence_id, outward_records.c.evidence_name)
    query = select(*columns).where(outward_records.c.batch_id == batch_id).order_by(outward_records.c.row_number)
    return list(conn.execute(query))


def _content(conn: Connection, file_id: str) -> tuple[str, bytes]:
    row = conn.execute(select(files.c.name, files.c.content).where(files.c.id == file_id)).one()
    return row.name, row.content


def _save(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _zip(database: Database, rows: list[Row[Any]], path: Path) -> None:
    """One file after the other: a year's evidence need not fit into memory. PDF are compressed already."""
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for row in rows:
                entry = zipfile.ZipInfo(row.evidence_name, _NO_DAY)
                entry.external_attr = 0o600 << 16
                archive.writestr(entry, database.read(_content, row.evidence_id)[1])
        file.flush()
        os.fsync(file.fileno())
