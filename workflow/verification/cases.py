"""Each case against its log: its own row, its entries, the days that it holds, and those who acted on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, RowMapping

from policies.parameters import Policies
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine.evidence import CASE, ENTRY, as_written, digest
from workflow.engine.posting import occupation
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import entries, occupations, participants
from workflow.telling.status_words import ENTRY_STATUS
from workflow.verification.findings import Finding, Looked, strays
from workflow.verification.reading import read
from workflow.verification.replay import Entry, Histories, History, rows_of

PART = "cases"


def look_at_cases(conn: Connection, registry: Registry, histories: Histories) -> Looked:
    """Each case stands where its log left it, in a state that exists, with the entries that it tells of and no others."""
    written = rows_of(conn, entries, histories)
    held = rows_of(conn, occupations, histories)
    part = rows_of(conn, participants, histories)
    for case_id, history in histories.items():
        yield None
        found = list(_row(history, registry))
        # Of a row that was touched, or that nothing readable vouches for, what it holds would be told wrongly as well.
        if not found and history.digest is not None:
            found += _days(history, registry, held.get(case_id, []))
        found += _entries(history, registry.processes.get(history.row["process"]), written.get(case_id, []))
        found += _actors(history, part.get(case_id, []))
        found += _givers(history, part.get(case_id, []))
        found += _places(history, part.get(case_id, []))
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found)


def look_for_stray_rows(conn: Connection, _: Registry, __: Policies) -> Looked:
    """What a case would own, of a case that there is not."""
    yield from strays(conn, PART, "Catatan", entries)
    yield from strays(conn, PART, "Hari yang dipegang", occupations)
    yield from strays(conn, PART, "Pihak", participants)


#: What is said, and the event that tells it otherwise.
_Said = Iterator[tuple[str, int | None]]


# --- The row ---------------------------------------------------------------------------------------------------------


def _row(history: History, registry: Registry) -> _Said:
    """What differs is named; where only the digest does, what it covers."""
    row, said = history.row, list(_misplaced(history, registry))
    if not said and history.digest is not None and digest(CASE, row) != history.digest:
        said.append(
            "Data pokok berkas (pemohon, unit, proses, versi, tanggal, atau yang diingat antarlangkah) berbeda dari yang "
            "ditinggalkan peristiwa terakhirnya."
        )
    yield from ((says, history.sequence) for says in said)


def _misplaced(history: History, registry: Registry) -> Iterator[str]:
    row = history.row
    reference = reference_of(str(row["id"]))
    if row["reference"] != reference:
        yield f"Nomor berkas tersimpan sebagai {row['reference']}, sedangkan menurut id-nya {reference}."
    process = registry.processes.get(row["process"])
    if process is None or row["state"] not in process.state:
        yield f"Status {row['state']!r} tidak dikenal pada proses {row['process']!r}."
        return
    if history.state is not None and history.state != row["state"]:
        yield f"Berkas tercatat pada status {row['state']}, sedangkan peristiwa terakhirnya menuju {history.state}."
    if history.form is not None and history.form != read(row["form"], dict):
        yield "Isi permohonan berbeda dari yang dicatat peristiwa terakhirnya."
    if (row["closed_at"] is not None) != process.state[row["state"]].final:
        yield "Penutupan berkas tidak sesuai dengan statusnya."


# --- Entries ---------------------------------------------------------------------------------------------------------


def _entries(history: History, process: Process | None, rows: Iterable[RowMapping]) -> _Said:
    expected = dict(history.entries)
    for row in rows:
        title = _title(process, row["kind"], row["number"])
        entry = expected.pop((row["kind"], row["number"]), None)
        if entry is None:
            yield f"{title} tidak berasal dari peristiwa mana pun.", None
        else:
            yield from _entry(title, entry, row)
    for (kind, number), entry in expected.items():
        yield f"{_title(process, kind, number)} tidak ada lagi.", entry.sequence


def _entry(title: str, entry: Entry, row: RowMapping) -> _Said:
    if entry.sha256 is not None and digest(ENTRY, row) != entry.sha256:
        yield f"{title} tidak lagi sama dengan yang dicatat.", entry.sequence
    if row["status"] != entry.status:
        now, then = (ENTRY_STATUS.get(status, status) for status in (row["status"], entry.status))
        yield f"{title} berstatus {now}, sedangkan menurut peristiwanya {then}.", entry.marked_in or entry.sequence
    elif as_written(row["marked_at"]) != entry.marked_at or (
        entry.marker_is_known and row["marked_by"] != entry.marked_by
    ):
        says = f"{title}: siapa atau kapan yang menandainya {entry.status} berbeda dari peristiwanya."
        yield (
            says.replace(entry.status, ENTRY_STATUS.get(entry.status, entry.status)),
            entry.marked_in or entry.sequence,
        )


def _title(process: Process | None, kind: str, number: int) -> str:
    known = process.entries.get(kind) if process else None
    return f"{known.title if known else f'Catatan {kind}'} nomor {number}"


# --- Days and people -------------------------------------------------------------------------------------------------


def _days(history: History, registry: Registry, rows: list[RowMapping]) -> _Said:
    """The days that the case holds of its subject are those of its state; not asked where the process has changed since."""
    row = history.row
    if registry.fingerprints.get(row["process"]) != row["fingerprint"]:
        return
    own = {name: row[name] for name in Case.__dataclass_fields__}
    case = Case(**{**own, "form": read(row["form"], dict) or {}, "memory": read(row["memory"], dict) or {}})
    try:
        held = occupation(registry.processes[row["process"]], case)
    except (ValueError, TypeError):
        yield (
            "Hari yang dipegang berkas ini tidak dapat dihitung: isi atau ingatannya tidak memuat tanggal.",
            history.sequence,
        )
        return
    expected = [{name: as_written(value) for name, value in held.items()}] if held else []
    if expected != [{name: as_written(value) for name, value in each.items()} for each in rows]:
        yield "Hari yang dipegang berkas ini berbeda dari yang ditentukan status dan isinya.", history.sequence


def _actors(history: History, rows: Iterable[RowMapping]) -> _Said:
    """Whoever acted is on record as having acted: a separation of duties rests on it."""
    acted = {(row["role"], row["person_id"]) for row in rows if row["acted"]}
    for (role, person), sequence in history.acted.items():
        if (role, person) not in acted:
            yield f"Pihak {role} ({person}) tidak lagi tercatat pernah bertindak.", sequence
    if not history.has_erased:
        for role, person in sorted(acted - set(history.acted), key=str):
            yield f"Pihak {role} ({person}) tercatat bertindak tanpa peristiwa.", None


def _givers(history: History, rows: Iterable[RowMapping]) -> _Said:
    """Whoever had somebody act in their name is on record with that deputy: the separation rests on it too."""
    stored = {(row["role"], row["person_id"]): row["deputy_id"] for row in rows if row["deputy_id"]}
    for (role, person), (sequence, deputy) in history.lent.items():
        # Once an event was erased, another may have been the last.
        if stored.get((role, person)) != deputy and not (history.has_erased and (role, person) in stored):
            yield f"Pihak {role} ({person}) tidak lagi tercatat diwakili {deputy}.", sequence
    if not history.has_erased:
        for role, person in sorted(stored.keys() - history.lent.keys(), key=str):
            yield f"Pihak {role} ({person}) tercatat diwakili tanpa peristiwa.", None


def _places(history: History, rows: Iterable[RowMapping]) -> _Said:
    """A place ends when its event tells, and only then: what its former holder may see rests on it."""
    stored = {(row["role"], row["person_id"]): row for row in rows}
    for (role, person), (sequence, told) in history.places.items():
        row = stored.pop((role, person), None)
        if row is None:
            yield f"Pihak {role} ({person}) tidak ada lagi.", sequence
            continue
        since, until = as_written(row["since_at"]), as_written(row["until_at"])
        # Once an event was erased, another may have been the last that told of it.
        differs = until != told.until or (until is not None and (since < until) != told.held)
        if differs and not history.has_erased:
            yield f"Pihak {role} ({person}) tercatat berakhir pada waktu lain daripada menurut peristiwanya.", sequence
    if not history.has_erased:
        for role, person in sorted((key for key, row in stored.items() if row["until_at"] is not None), key=str):
            yield f"Pihak {role} ({person}) tercatat berakhir tanpa peristiwa.", None
