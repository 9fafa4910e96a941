"""A case as one ZIP in order of time: each event explained, each file, each letter and each entry, with an index of hashes.

The same case gives the same bytes: nothing is compressed, times in the archive are those of the case, and nobody's clock is
asked. Only one file is in memory at a time; the archive goes to a file of its own.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO, Any, Final

from sqlalchemy import Connection, bindparam, select

from workflow import cases
from workflow.audit import Event, events_of
from workflow.auditing.archive_items import Item, items_of
from workflow.engine.hidden_entries import OPEN, veil_over
from workflow.facts import Situation
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import files
from workflow.telling.explain import Story, states_of

INDEX: Final = "000-daftar-isi.csv"
CHAIN: Final = "000-rantai-peristiwa.csv"
_INDEX_HEADINGS: Final = ("nomor", "nama", "waktu", "uraian", "ukuran", "sha256", "peristiwa", "keterangan")
_CHAIN_HEADINGS: Final = (
    "urutan",
    "id",
    "jenis",
    "waktu_utc",
    "sidik_isi",
    "sidik_sebelumnya",
    "sidik",
)
#: Characters of the part of a file's name that says what it is.
_SLUG: Final = 60


@dataclass(frozen=True)
class Entered:
    """A file as it went into the archive."""

    number: int
    name: str
    at: datetime
    says: str
    size: int
    sha256: str
    sequence: int | None
    remark: str


def archive_name(case_id: str) -> str:
    """The name under which the archive of a case is saved."""
    return f"berkas-{case_id}.zip"


def write_archive(
    conn: Connection,
    office: Office,
    registry: Registry,
    case_id: str,
    target: IO[bytes],
    *,
    reader: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write a case, as it stands, into a file that can be sought in. Raises NotFound.

    ``at``: what is hidden from the ``reader`` at that instant is left out; nothing is where it is not given, as for auditors.
    """
    case = cases.load(conn, case_id)
    process = registry.process(case.process)
    same = case.fingerprint == registry.fingerprints[process.name]
    veil = veil_over(Situation(conn, office, process, case, case.form, at), reader) if at else OPEN
    story = Story(conn, office, process, case, same, veil, states_of(registry, process))
    told = events_of(conn, case.id)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        entered = [_enter(archive, story, number, item) for number, item in enumerate(items_of(story, told), 1)]
        last = max((event.at for event in told), default=case.opened_at)
        _write(archive, INDEX, _table(_INDEX_HEADINGS, _index(story, entered)), office, last)
        _write(archive, CHAIN, _table(_CHAIN_HEADINGS, _chain(told)), office, last)


def _enter(archive: zipfile.ZipFile, story: Story, number: int, item: Item) -> Entered:
    day = story.office.day(item.at)
    name = f"{number:03d}-{day.isoformat()}-{_slug(item.name)}{item.ending}"
    content, remark = item.text.encode(), ""
    if item.file_id is not None:
        stored: Any = story.conn.execute(_CONTENT, {"file": item.file_id}).one()
        content = stored.content
        if sha256(content).hexdigest() != stored.sha256:
            remark = "ISI BERKAS BERBEDA DARI SIDIK YANG DICATAT SAAT DISERAHKAN"
    _write(archive, name, content, story.office, item.at)
    return Entered(number, name, item.at, item.says, len(content), sha256(content).hexdigest(), item.sequence, remark)


_CONTENT = select(files.c.content, files.c.sha256).where(files.c.id == bindparam("file"))


def _write(archive: zipfile.ZipFile, name: str, content: bytes, office: Office, at: datetime) -> None:
    local = at.astimezone(office.zone)
    info = zipfile.ZipInfo(
        name, (max(local.year, 1980), local.month, local.day, local.hour, local.minute, local.second)
    )
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    archive.writestr(info, content)


def _index(story: Story, entered: Iterable[Entered]) -> Iterator[tuple[str, ...]]:
    for each in entered:
        yield (
            f"{each.number:03d}",
            each.name,
            story.when(each.at),
            each.says,
            str(each.size),
            each.sha256,
            str(each.sequence or ""),
            each.remark,
        )


def _chain(told: Iterable[Event]) -> Iterator[tuple[str, ...]]:
    for event in told:
        yield (
            str(event.sequence),
            event.id,
            event.type,
            event.at.isoformat(),
            event.payload_hash,
            event.previous_hash,
            event.hash,
        )


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    # The mark by which a spreadsheet knows that it is UTF-8.
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet takes for text, even where somebody gave a file the name of a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG].strip("-") or "berkas"
