"""A list of those who go together, out of a CSV or XLSX file: a column NIP, and whatever of the form each brings."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select

from policies.nip import read_nip
from workflow.definition import Process
from workflow.engine.cohorts import Member, Roster
from workflow.errors import FieldError, InvalidForm
from workflow.filling import TOLD_AT_ONCE, read_part, takes_files
from workflow.forms import CHOICES, label
from workflow.imports.cells import Row, read_day
from workflow.imports.listing import read_listing
from workflow.imports.report import Wrong
from workflow.imports.sheet import Cell
from workflow.tables import people

NIP = "NIP"
#: Letters of a title; as its column.
LONGEST_TITLE = 200


@dataclass(frozen=True)
class ListedMember:
    """Somebody in a list. ``row`` as the spreadsheet numbers it."""

    row: int
    member: Member


def read_roster(process: Process, source: bytes, filename: str) -> tuple[ListedMember, ...]:
    """Those whom a file names, in its order. Columns of the form are known by their labels or their names.

    Raises UnreadableSheet where there is no table, InvalidForm with line and column of every cell that is wrong.
    """
    columns = _columns(process)

    def read(row: Row) -> ListedMember:
        nip = row.identity(NIP, lambda text: read_nip(text).digits)
        if nip is None:
            row.lacks(NIP, "Wajib diisi.")
        return ListedMember(row.number, Member(nip or "", dict(_own(process, row, columns))))

    listing = read_listing(
        source,
        filename,
        (NIP,),
        read,
        optional=tuple(columns),
        key=lambda listed: listed.member.person or listed.row,
        key_heading=NIP,
    )
    faults = [
        FieldError(
            f"list.{each.row}.{each.column}", each.column, f"Baris {each.row}, kolom {each.column}: {each.reason}"
        )
        for each in listing.rejected
    ]
    faults += [
        FieldError("list.1", heading, f"Baris 1: kolom “{heading}” tidak dikenal. Hapus, atau perbaiki judulnya.")
        for heading in listing.ignored
    ]
    if faults:
        raise InvalidForm("Periksa daftar peserta; tidak satu pun berkas dibuka.", fields=tuple(faults[:TOLD_AT_ONCE]))
    return tuple(listed for _, listed in listing.things)


def _columns(process: Process) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields that a column can fill in, by its heading in capitals; lists and files are added to each case itself."""
    found: dict[str, msgspec.structs.FieldInfo] = {}
    for field in msgspec.structs.fields(process.form):
        if typing.get_origin(_bare(field.type)) in (tuple, list) or takes_files(process.form, field.name):
            continue
        found |= {label(field).upper(): field, field.name.upper(): field}
    return found


def typed(process: Process, given: Mapping[str, str]) -> dict[str, Any]:
    """Fields of the form by name or label, each written as text, as the form takes them. Raises InvalidForm."""
    columns, found, faults = _columns(process), {}, []
    for heading, text in given.items():
        field = columns.get(heading.strip().upper())
        if field is None:
            names = ", ".join(dict.fromkeys(each.name for each in columns.values()))
            faults.append(FieldError(heading, heading, f"Isian “{heading}” tidak dikenal; yang dikenal: {names}."))
            continue
        try:
            found[field.name] = _meaning(process, field, text)
        except Wrong as wrong:
            faults.append(FieldError(field.name, label(field), f"{label(field)}: {wrong}"))
    if faults:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(faults))
    return found


def _own(process: Process, row: Row, columns: Mapping[str, msgspec.structs.FieldInfo]) -> Iterator[tuple[str, Any]]:
    for heading, field in columns.items():
        value = row.cell(heading, lambda cell, field=field: _meaning(process, field, cell))  # type: ignore[misc]
        if value not in (None, ""):
            yield field.name, value


def _meaning(process: Process, field: msgspec.structs.FieldInfo, cell: Cell) -> Any:
    """A cell as the form takes it. Raises Wrong."""
    kind, text = _bare(field.type), str(cell).strip()
    value: Any = text
    if kind is date:
        value = read_day(cell).isoformat()
    elif kind is int:
        digits = text.removeprefix("Rp").replace(".", "").replace(" ", "") if isinstance(cell, str) else text
        value = int(digits) if digits.isascii() and digits.isdecimal() else text
    elif typing.get_origin(kind) is typing.Literal:
        value = next(
            (code for code in typing.get_args(kind) if CHOICES.get(code, code).casefold() == text.casefold()), text
        )
    try:
        return read_part(process.form, {field.name: value})[field.name]
    except InvalidForm as invalid:
        raise Wrong(invalid.fields[0].says) from invalid


def _bare(kind: Any) -> Any:
    """A type without its annotations and without None."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    return kind


# --- Members, however they were named --------------------------------------------------------------------------------


def roster_of(
    conn: Connection, process: Process, title: str, form: Mapping[str, Any], members: tuple[Member, ...]
) -> Roster:
    """A roster whose members are each somebody else and bring what the form takes. Raises InvalidForm with all that is wrong."""
    faults = [*_title(title), *_twice(conn, members), *_unreadable(process, members)]
    if faults:
        raise InvalidForm("Periksa daftar rombongan.", fields=tuple(faults[:TOLD_AT_ONCE]))
    return Roster(process, title, form, members)


def _title(title: str) -> Iterator[FieldError]:
    if len(title) > LONGEST_TITLE or "\0" in title:
        says = f"Nama rombongan paling panjang {LONGEST_TITLE} huruf, tanpa karakter kosong."
        yield FieldError("title", "Nama rombongan", says)


def _twice(conn: Connection, members: tuple[Member, ...]) -> Iterator[FieldError]:
    """The same person named twice, once by NIP and once by id."""
    named = [member.person.replace(" ", "") for member in members]
    query = select(people.c.id, people.c.nip).where(or_(people.c.nip.in_(named), people.c.id.in_(named)))
    ids = {row.nip: row.id for row in conn.execute(query)}
    seen: dict[str, int] = {}
    for number, name in enumerate(named):
        first = seen.setdefault(ids.get(name, name), number)
        if first != number:
            says = f"Baris {number + 1}: {members[number].person} sudah disebut pada baris {first + 1}."
            yield FieldError(f"members[{number}].person", NIP, says)


def _unreadable(process: Process, members: tuple[Member, ...]) -> Iterator[FieldError]:
    for number, member in enumerate(members):
        try:
            read_part(process.form, member.form)
        except InvalidForm as invalid:
            for fault in invalid.fields:
                says = f"Baris {number + 1} ({member.person}): {fault.says}"
                yield FieldError(f"members[{number}].form.{fault.field}", fault.label, says)
