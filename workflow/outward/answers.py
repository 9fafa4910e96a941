"""Reads what a system answered: each row becomes recorded or refused with its reason; what does not fit is named by line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy import Row as Found

from workflow.database import lock
from workflow.imports.cells import Row, place_columns, rows_of
from workflow.imports.report import Rejection, Wrong
from workflow.imports.sheet import read_sheet
from workflow.outward.layout import Layout
from workflow.tables import outward_records, people

RECORDED, REFUSED = "recorded", "refused"

#: Characters of a reason that are kept.
_LONGEST_REASON = 1000
_REFERENCE = re.compile(r"([A-Z0-9]+-\d{4}-\d{4,})-(\d{1,6})")


@dataclass(frozen=True)
class Answered:
    """What a result file came to. ``unchanged``: rows that said what was known; ``rejected``: rows that were left out, and why."""

    rows: int
    recorded: int = 0
    refused: int = 0
    unchanged: int = 0
    rejected: tuple[Rejection, ...] = ()
    ignored_headings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Answer:
    """What one line says of one row that was sent."""

    batch: str
    number: int
    nip: str
    status: str
    reason: str | None


def read_answers(
    conn: Connection, layout: Layout, source: bytes, filename: str, *, at: datetime, correct: bool = False
) -> Answered:
    """Take in a result file; the caller owns the transaction. Sound rows count also where others are left out.

    ``correct``: an answer that contradicts an earlier one takes its place. Raises UnreadableSheet where the file is no table.
    """
    columns = layout.result
    known = {*columns.required, columns.nip} - {""}
    sheet = read_sheet(source, filename, known)
    placed, ignored, rejected = place_columns(sheet, required=columns.required, known=known.__contains__)
    if rejected:
        return Answered(len(sheet.rows), rejected=tuple(rejected), ignored_headings=ignored)
    lock(conn, f"outward:{layout.system}")
    said = [(row, _read(row, layout)) for row in rows_of(sheet, placed, rejected) if not row.misplaced]
    answers = [(row, answer) for row, answer in said if answer is not None and row.sound]
    remarks: list[str] = []
    kept = _told_once(layout, answers, remarks)
    counts = _take_in(conn, layout, kept, at, correct=correct)
    rejected.sort(key=lambda each: each.row)
    return Answered(
        len(sheet.rows), **counts, rejected=tuple(rejected), ignored_headings=ignored, remarks=tuple(remarks)
    )


def _read(row: Row, layout: Layout) -> _Answer | None:
    columns = layout.result
    meanings: dict[str, str | None] = {
        **dict.fromkeys(columns.recorded, RECORDED),
        **dict.fromkeys(columns.refused, REFUSED),
    }
    if columns.reference:
        place = row.read(columns.reference, _place)
        batch, number = place or ("", 0)
        if place is None:
            row.lacks(columns.reference, "Wajib diisi: dengan inilah barisnya dicocokkan. Salin dari berkas kiriman.")
    else:
        batch = row.required(columns.batch, 40).upper()
        number = row.read(columns.row, _number) or 0
        if number == 0:
            row.lacks(columns.row, "Wajib diisi: dengan inilah barisnya dicocokkan. Salin dari berkas kiriman.")
    status = row.choice(columns.status, meanings, (*columns.recorded, *columns.refused))
    if status is None:
        row.lacks(columns.status, f"Wajib diisi: {', '.join((*columns.recorded, *columns.refused))}.")
    reason = row.text(columns.reason, _LONGEST_REASON)
    if status == REFUSED and reason is None:
        row.lacks(
            columns.reason, "Baris yang ditolak harus menyebut alasannya. Isikan seperti yang tertulis pada sistemnya."
        )
    nip = row.identity(columns.nip, lambda text: text.replace(" ", "")) if columns.nip else None
    return _Answer(batch, number, nip or "", status or "", reason if status == REFUSED else None) if row.sound else None


def _place(text: str) -> tuple[str, int]:
    found = _REFERENCE.fullmatch(text.upper())
    if found is None:
        raise Wrong("Bukan nomor referensi kiriman; bentuknya seperti SIASN-2026-0001-7. Salin dari berkas kiriman.")
    return found[1], int(found[2])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) > 0):
        raise Wrong("Bukan nomor baris kiriman; salin dari berkas kiriman.")
    return int(text)


def _told_once(layout: Layout, answers: Iterable[tuple[Row, _Answer]], remarks: list[str]) -> list[tuple[Row, _Answer]]:
    """One line for each row that was sent. Lines that say the same count once; those that contradict each other not at all."""
    by_row: dict[tuple[str, int], list[tuple[Row, _Answer]]] = defaultdict(list)
    for row, answer in answers:
        by_row[answer.batch, answer.number].append((row, answer))
    kept = []
    for lines in by_row.values():
        if len({answer for _, answer in lines}) == 1:
            kept.append(lines[0])
            remarks += [
                f"Baris {row.number} mengulang baris {lines[0][0].number} dan dihitung sekali." for row, _ in lines[1:]
            ]
            continue
        for row, _ in lines:
            others = ", ".join(str(other.number) for other, _ in lines if other is not row)
            row.reject(
                layout.result.status,
                f"Bertentangan dengan baris {others} tentang baris kiriman yang sama. Sisakan yang benar.",
            )
    return kept


def _take_in(
    conn: Connection, layout: Layout, answers: list[tuple[Row, _Answer]], at: datetime, *, correct: bool
) -> dict[str, int]:
    sent = _sent(conn, {answer.batch for _, answer in answers})
    counts = {RECORDED: 0, REFUSED: 0, "unchanged": 0}
    for row, answer in answers:
        record = sent.get(answer.batch, {}).get(answer.number)
        wrong = _why_not(layout, answer, sent, record)
        if wrong:
            row.reject(*wrong)
        elif record is not None and (record.status, record.reason) == (answer.status, answer.reason):
            counts["unchanged"] += 1
        elif record is not None and record.status != "sent" and not correct:
            row.reject(layout.result.status, _contradiction(layout, record))
        elif record is not None:
            conn.execute(
                update(outward_records)
                .where(outward_records.c.id == record.id)
                .values(status=answer.status, reason=answer.reason, answered_at=at)
            )
            counts[answer.status] += 1
    return counts


def _sent(conn: Connection, batch_ids: set[str]) -> dict[str, dict[int, Found[Any]]]:
    """The rows of these batches, by batch and number."""
    found: dict[str, dict[int, Found[Any]]] = {}
    for batch_id in batch_ids:
        query = (
            select(outward_records, people.c.nip)
            .join_from(outward_records, people, people.c.id == outward_records.c.person_id)
            .where(outward_records.c.batch_id == batch_id)
        )
        if rows := {row.row_number: row for row in conn.execute(query)}:
            found[batch_id] = rows
    return found


def _why_not(
    layout: Layout, answer: _Answer, sent: dict[str, dict[int, Found[Any]]], record: Found[Any] | None
) -> tuple[str, str] | None:
    """The column and the reason why a line answers nothing that was sent; None where it does."""
    columns = layout.result
    if answer.batch not in sent:
        says = f"Kiriman {answer.batch} tidak dikenal. Lihat yang ada dengan: jenjang siasn status"
        return columns.reference or columns.batch, says
    if record is None:
        says = f"Kiriman {answer.batch} tidak memuat baris {answer.number}; baris ini tidak pernah dikirim. Periksa nomornya."
        return columns.reference or columns.row, says
    if record.system != layout.system:
        says = f"Kiriman {answer.batch} bukan untuk {layout.title}. Pakai --layout untuk sistem {record.system}."
        return columns.reference or columns.batch, says
    if answer.nip and record.nip and answer.nip != record.nip:
        return (
            columns.nip,
            f"Baris kiriman ini bukan milik NIP itu, melainkan {record.nip}. Periksa apakah baris tertukar.",
        )
    return None


def _contradiction(layout: Layout, record: Found[Any]) -> str:
    was = "tercatat" if record.status == RECORDED else f"ditolak: {record.reason}"
    return f"Jawaban sebelumnya lain ({was}). Pastikan pada {layout.title}; bila jawaban ini yang benar, ulangi dengan --correct."
