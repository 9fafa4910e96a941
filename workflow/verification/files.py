"""Files: each holds what was stored, those that forms tied to a case are still the same, a letter's PDF carries its data."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from policies.parameters import Policies
from workflow.engine.evidence import FILE, as_stored, digest
from workflow.registry import Registry
from workflow.tables import file_cases, files, letter_cases, letters
from workflow.verification.findings import STREAMED, Finding, Looked, letter_called, strays
from workflow.verification.replay import IN_PORTION, Histories, History

PART = "files"

_EMBEDDED = re.compile(rb"/Type\s*/EmbeddedFile\b.*?>>\s*stream\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"/Length\s+([0-9]{1,9})\b")


def look_at_files(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Each file is what was stored; each letter's PDF is there and carries the letter's data."""
    yield from _contents(conn)
    yield from _letters(conn)
    yield from strays(conn, PART, "Berkas unggahan", files)


def look_at_attached(conn: Connection, _: Registry, histories: Histories) -> Looked:
    """The files of each case are those that its log tells of."""
    stored = _files_of(conn, histories)
    for case_id, history in histories.items():
        found = _files(history, stored.get(case_id, ()))
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found)


def _contents(conn: Connection) -> Looked:
    for file_id in conn.execute(_EVERY_FILE, execution_options=STREAMED).scalars():
        yield None
        row = conn.execute(_ONE_FILE, {"file": file_id}).one()
        content = _bytes(row.content)
        if sha256(content).hexdigest() != row.sha256 or len(content) != row.size:
            says = f"Berkas {row.name} ({file_id}) tidak lagi sama dengan yang disimpan."
            yield Finding(PART, says, case_id=row.case_id)


_EVERY_FILE = select(files.c.id).order_by(files.c.id)
_ONE_FILE = select(*as_stored(files, "name", "sha256", "size", "content", "case_id")).where(
    files.c.id == bindparam("file")
)


def _letters(conn: Connection) -> Iterator[Finding]:
    """The PDF of each letter that has one carries the data that the letter was made of."""
    for row in conn.execute(_MADE, execution_options={"yield_per": 20}):
        title = letter_called(row.id, row.number)
        if row.content is None:
            yield Finding(PART, f"PDF {title[0].lower()}{title[1:]} tidak ada lagi.")
        elif _bytes(row.body) not in embedded_in(_bytes(row.content)):
            yield Finding(PART, f"PDF {title[0].lower()}{title[1:]} tidak memuat data surat itu.", case_id=row.case_id)


_MADE = (
    select(letters.c.id, letters.c.number, letters.c.body, *as_stored(files, "content", "case_id"))
    .select_from(letters.outerjoin(files, files.c.id == letters.c.file_id))
    .where(letters.c.file_id.is_not(None))
    .order_by(letters.c.id)
)


def _bytes(content: Any) -> bytes:
    """What a file holds; on SQLite text may have been put in its place."""
    return bytes(content) if isinstance(content, bytes | memoryview) else str(content).encode()


def embedded_in(pdf: bytes) -> Iterator[bytes]:
    """The files that a PDF of ours carries, as they were before they were compressed."""
    for found in _EMBEDDED.finditer(pdf):
        try:
            yield zlib.decompressobj().decompress(pdf[found.end() :])
        except zlib.error:
            # One file in some is written without compression, see ``press``.
            if length := _LENGTH.search(pdf, max(0, pdf.rfind(b" obj", 0, found.start())), found.end()):
                yield pdf[found.end() : found.end() + int(length[1])]


def _files_of(conn: Connection, histories: Histories) -> dict[str, list[RowMapping]]:
    """The files of each case, without what they hold; letters that were made are no uploads."""
    stored: dict[str, list[RowMapping]] = {}
    for each in (_UPLOADED, _SHARED):
        for row in conn.execute(each, {"cases": list(histories)}, execution_options=STREAMED).mappings():
            stored.setdefault(row["case_id"], []).append(row)
    return stored


_MADE_OF_CASES = (
    select(letters.c.file_id)
    .join_from(letters, letter_cases)
    .where(letter_cases.c.case_id.in_(IN_PORTION), letters.c.file_id.is_not(None))
)
_UPLOADED = (
    select(files.c.case_id, *as_stored(files, *FILE))
    .where(files.c.case_id.in_(IN_PORTION), files.c.id.not_in(_MADE_OF_CASES))
    .order_by(files.c.case_id, files.c.id)
)
_SHARED = (
    select(file_cases.c.case_id, *as_stored(files, *FILE))
    .join_from(file_cases, files)
    .where(file_cases.c.case_id.in_(IN_PORTION))
    .order_by(file_cases.c.case_id, files.c.id)
)


def _files(history: History, rows: Iterable[RowMapping]) -> Iterator[tuple[str, int | None]]:
    expected = dict(history.files)
    for row in rows:
        sequence, told = expected.pop(row["id"], (None, None))
        if sequence is None:
            yield f"Berkas {row['name']} ({row['id']}) tidak berasal dari peristiwa mana pun.", None
        elif told is not None and digest(FILE, row) != told:
            yield f"Berkas {row['name']} ({row['id']}) bukan lagi yang dilampirkan.", sequence
    for file_id, (sequence, _) in expected.items():
        yield f"Berkas {file_id} yang dilampirkan tidak ada lagi.", sequence
