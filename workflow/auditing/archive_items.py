"""What goes into the archive of a case, in order of time: events, and behind each the entry, files and letters that it brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

import msgspec
from sqlalchemy import Row, or_, select

from policies.dates import written
from workflow.audit import Event
from workflow.engine.hidden_entries import writers_of
from workflow.filing import ENDINGS
from workflow.letters.words import begun_small
from workflow.tables import entries, files, incoming_cases, letter_cases, letters
from workflow.telling.explain import Story
from workflow.telling.explain_event import event_lines, event_title
from workflow.telling.status_words import ENTRY_STATUS
from workflow.views.shown import field_lines


@dataclass(frozen=True)
class Item:
    """Something to be put into the archive: a text, or a stored file. ``sequence``: the event that brought it."""

    at: datetime
    name: str
    says: str
    ending: str
    text: str = ""
    file_id: str | None = None
    sequence: int | None = None


def items_of(story: Story, told: list[Event]) -> Iterator[Item]:
    """Everything of a case, oldest first. What no event tells of, as after an erasure, stands at the time it was stored."""
    stored = _files(story)
    dated = _entries(story)
    pdfs = {row.file_id: row for row in story.letters.values() if row.file_id is not None}
    # A letter that is for others alone leaves no file here, whether it was made or scanned.
    closed = {
        file for row in story.letters.values() if row.id in story.veil.letters for file in (row.file_id, row.scan_id)
    }
    stored = {file_id: row for file_id, row in stored.items() if file_id not in closed}
    placed: set[str] = set()
    with_event = [[_event(story, event), *_brought(story, event, stored, dated, pdfs, placed)] for event in told]
    strays = sorted(
        (item for file_id, row in stored.items() if file_id not in placed for item in [_stray(story, row, pdfs)]),
        key=lambda item: item.at,
    )
    strays += sorted((_entry(story, row, None) for row in dated.values()), key=lambda item: item.at)
    strays.sort(key=lambda item: item.at)
    for group in with_event:
        while strays and strays[0].at < group[0].at:
            yield strays.pop(0)
        yield from group
    yield from strays


def _files(story: Story) -> dict[str, Row[Any]]:
    """The files of the case by id, their bytes left where they are: handed in, scans of incoming letters, PDFs of letters."""
    case_id = story.case.id
    scans = select(incoming_cases.c.file_id).where(incoming_cases.c.case_id == case_id)
    of_letters = (
        select(letters.c.file_id)
        .join_from(letters, letter_cases)
        .where(letter_cases.c.case_id == case_id, letters.c.file_id.is_not(None))
    )
    query = (
        select(files.c.id, files.c.name, files.c.media_type, files.c.uploaded_by, files.c.uploaded_at)
        .where(or_(files.c.case_id == case_id, files.c.id.in_(scans), files.c.id.in_(of_letters)))
        .order_by(files.c.uploaded_at, files.c.id)
    )
    rows: list[Row[Any]] = list(story.conn.execute(query))
    return {row.id: row for row in rows}


def _entries(story: Story) -> dict[tuple[str, int], Row[Any]]:
    query = select(entries).where(entries.c.case_id == story.case.id).order_by(entries.c.written_at, entries.c.id)
    rows: list[Row[Any]] = list(story.conn.execute(query))
    return {(row.kind, row.number): row for row in rows}


def _event(story: Story, event: Event) -> Item:
    lines = "\n".join(line.rstrip() for line in event_lines(story, event))
    title = event_title(story, event)
    case = story.case
    text = (
        f"{story.process.title}: {story.name(case.subject_id)}\nBerkas {case.reference} (id {case.id})\n\n{lines}\n\n"
        f"Sidik peristiwa: {event.hash}\nSidik peristiwa sebelumnya: {event.previous_hash}\n"
    )
    name = title.partition(" (")[0]  # the name of the trigger is for developers
    return Item(event.at, name, f"Peristiwa nomor {event.sequence}: {title}", ".txt", text, sequence=event.sequence)


def _brought(
    story: Story,
    event: Event,
    stored: Mapping[str, Row[Any]],
    dated: dict[tuple[str, int], Row[Any]],
    pdfs: Mapping[str, Row[Any]],
    placed: set[str],
) -> Iterator[Item]:
    """What an event brought into the case and no event before it did."""
    payload = event.payload or {}
    entry = payload.get("entry") or {}
    row = dated.pop((entry.get("kind", ""), entry.get("number", 0)), None)
    if row is not None:
        yield _entry(story, row, event)
    named = [each["id"] for each in payload.get("files", ())]
    named += [each["file"] for each in [payload.get("incoming")] if each]
    for file_id in named:
        if file_id in stored and file_id not in placed:
            placed.add(file_id)
            if not story.veil.hides_event(payload):
                yield _file(story, stored[file_id], event)
    signed = (payload.get("letter") or {}).get("id")
    own = [each["id"] for each in payload.get("letters", ())]
    for file_id, letter in pdfs.items():
        # A letter that was signed with the step that issued it has no other event; else its signing is the event.
        here = letter.id == signed or (letter.id in own and letter.signed_at == event.at)
        if here and file_id in stored and file_id not in placed:
            placed.add(file_id)
            yield _letter(story, letter, file_id, event.at, event.sequence)


def _writer(story: Story, row: Row[Any]) -> str:
    if story.veil.hides_name(row.kind, row.written_by):
        return begun_small(writers_of(story.process, row.kind))
    return story.name(row.written_by)


def _entry(story: Story, row: Row[Any], event: Event | None) -> Item:
    kind = story.process.entries.get(row.kind)
    title = kind.title if kind else row.kind
    lines = [
        f"{title} nomor {row.number}, {written(row.on_date)}",
        f"Status sekarang: {ENTRY_STATUS.get(row.status, row.status)}",
        f"Ditulis oleh {_writer(story, row)} pada {story.when(row.written_at)}",
    ]
    if row.marked_by and row.marked_at:
        lines.append(f"Status diberikan oleh {story.name(row.marked_by)} pada {story.when(row.marked_at)}")
    if story.veil.hides(row.kind, row.written_by):
        lines += ["", story.veil.instead_of(row.kind)]
    else:
        shown = field_lines(story.conn, kind.takes if kind else None, msgspec.json.decode(row.data))
        lines += ["", *(f"{line.label}: {line.shown}" for line in shown if line.shown)]
    name = f"{title} {row.number}"
    text = "\n".join(lines) + "\n"
    at, sequence = (event.at, event.sequence) if event else (row.written_at, None)
    return Item(at, name, f"{title} nomor {row.number}", ".txt", text, sequence=sequence)


def _file(story: Story, row: Row[Any], event: Event) -> Item:
    says = f"Lampiran “{row.name}”, diserahkan oleh {story.name(row.uploaded_by)}"
    name = f"lampiran {PurePath(row.name).stem}"
    return Item(event.at, name, says, _ending(row), file_id=row.id, sequence=event.sequence)


def _letter(story: Story, letter: Row[Any], file_id: str, at: datetime, sequence: int | None) -> Item:
    return Item(at, story.letter_title(letter.id), story.letter(letter.id), ".pdf", file_id=file_id, sequence=sequence)


def _stray(story: Story, row: Row[Any], pdfs: Mapping[str, Row[Any]]) -> Item:
    letter = pdfs.get(row.id)
    if letter is not None:
        return _letter(story, letter, row.id, letter.signed_at or row.uploaded_at, None)
    says = f"Berkas “{row.name}” dari {story.name(row.uploaded_by)}, tanpa peristiwa yang menerangkannya"
    return Item(row.uploaded_at, f"lampiran {PurePath(row.name).stem}", says, _ending(row), file_id=row.id)


def _ending(row: Row[Any]) -> str:
    return ENDINGS.get(row.media_type, PurePath(row.name).suffix.lower()[:8])
