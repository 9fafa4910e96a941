"""Import of staff: the export is read, checked against what is known, and written whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from workflow.database import lock
from workflow.imports.known import Known, Post, canonical_units, has_left, read_known
from workflow.imports.lines import draw_lines, find_heads
from workflow.imports.posts import Posts
from workflow.imports.report import ImportReport, Missing, Touched
from workflow.imports.roll import Member, Records, compare_records, enrol
from workflow.imports.staff import StaffSheet, read_staff
from workflow.imports.superiors import refuse_wrong_superiors
from workflow.people.tenures import note_holders
from workflow.tables import people, performances, positions, sanctions, units


@dataclass(frozen=True, slots=True)
class _Changes:
    """All that an import shall write."""

    members: list[Member]
    posts: Posts
    heads: dict[str, str | None]
    unit_names: dict[str, str]
    records: Records
    missing: list[dict[str, Any]]

    def touched(self, known: Known) -> Touched:
        """Of whom and what it writes something that may decide who acts; records of performance and discipline do not."""
        seated = (_seated(member) for member in self.members if member.before is None or member.changed)
        return Touched(
            frozenset(person_id for person_id in seated if person_id is not None),
            frozenset(post.id for post in self.posts.by_id.values() if post != known.posts.get(post.id)),
            frozenset(
                unit_id
                for unit_id in self.unit_names
                if known.units.get(unit_id, {}).get("head_position_id") != self.heads[unit_id]
            ),
        )


#: Of a person, what may decide who acts on a case: where they stand, and what a policy asks to find an official.
_SEATING = ("unit_id", "superior_position_id", "left_on", "post", "post_kind", "echelon", "asn_kind", "status")


def _seated(member: Member) -> str | None:
    """The id of somebody who is new, or who stands otherwise than before; None for whom nothing changes that matters."""
    before, person = member.before, member.person
    same = before is not None and all(person.get(name) == before.get(name) for name in _SEATING)
    return None if same else str(person["id"])


def import_staff(
    conn: Connection,
    source: bytes,
    filename: str,
    *,
    at: datetime,
    on: date,
    dry_run: bool = False,
    skip_rejected: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Imports an export of staff; the caller owns the transaction.

    Nothing is written when a row is rejected, unless ``skip_rejected``: then the sound rows are written. Rejection
    does not spread: where a superior's row was rejected, the superior is who was known by that NIP, else unknown, and
    a remark says so. ``on`` is the day of the import: from then on someone absent from the file counts as missing.
    ``progress`` hears rows done and rows in all. Raises UnreadableSheet where the file is no table.
    """
    sheet = read_staff(source, filename, on=on, progress=progress)
    lock(conn, "import:staff")
    known = read_known(conn)
    refuse_wrong_superiors(sheet, known, on)
    sheet.rejected.sort(key=lambda rejection: rejection.row)
    changes = _work_out(sheet, known, at, on)
    write = not dry_run and (skip_rejected or not sheet.rejected) and bool(sheet.rows)
    if write:
        _write(conn, changes, known, on)
        note_holders(conn, on, f"Impor {filename}", at=at)
    touched = changes.records.touched
    return ImportReport(
        rows=sheet.total,
        accepted=len(sheet.rows),
        rejected=tuple(sheet.rejected),
        ignored_headings=sheet.ignored,
        new=sum(member.before is None for member in changes.members),
        changed=sum(
            member.before is not None and (member.changed or member.person["id"] in touched)
            for member in changes.members
        ),
        missing=tuple(Missing(person["nip"], person["name"]) for person in changes.missing),
        remarks=(*sheet.remarks, *changes.posts.remarks),
        written=write,
        touched=changes.touched(known) if write else Touched(),
    )


def _work_out(sheet: StaffSheet, known: Known, at: datetime, on: date) -> _Changes:
    codes = canonical_units(sheet.rows, known)
    members = [enrol(row, codes[row.unit_id], known, at=at, on=on) for row in sheet.rows]
    posts = Posts(known, at)
    names = _unit_names(members, posts)
    posts.seat(members)
    unresolved = draw_lines(members, posts)
    heads = find_heads(members, posts, known, unresolved)
    posts.remarks += [
        f"Baris {member.row.number} ({member.row.nip}): tercatat sudah keluar, tetapi masih ada dalam berkas; "
        "catatan keluar dipertahankan."
        for member in members
        if member.left
    ]
    missing = [
        person
        for nip, person in known.staff.items()
        if nip not in sheet.standing and not has_left(person, on) and (sheet.rows or sheet.standing)
    ]
    return _Changes(members, posts, heads, names, compare_records(members, known, at), missing)


def _unit_names(members: list[Member], posts: Posts) -> dict[str, str]:
    """The name of each unit: what most of its rows say."""
    said: dict[str, Counter[str]] = {}
    for member in members:
        said.setdefault(member.person["unit_id"], Counter())[member.row.unit_name] += 1
    for unit_id, names in said.items():
        if len(names) > 1:
            listed = "; ".join(f"{name} ({count} baris)" for name, count in names.most_common(3))
            posts.remarks.append(f"Unit {unit_id} ditulis dengan beberapa nama: {listed}. Yang terbanyak dipakai.")
    return {unit_id: names.most_common(1)[0][0] for unit_id, names in said.items()}


def _write(conn: Connection, changes: _Changes, known: Known, on: date) -> None:
    """Units, bare posts, people, then the posts' holders and superiors: the order that the foreign keys ask for."""
    names = changes.unit_names.items()
    _insert(conn, units, [{"id": unit_id, "name": name} for unit_id, name in names if unit_id not in known.units])
    posts = changes.posts.by_id.values()
    _insert(conn, positions, [_bare(post) for post in posts if post.new])
    _insert(conn, people, [member.person for member in changes.members if member.before is None])
    _update(conn, people, [member.person for member in changes.members if member.changed])
    _update(conn, positions, [_whole(post) for post in posts if post != known.posts.get(post.id)])
    headed = {
        unit_id: {"id": unit_id, "name": name, "head_position_id": changes.heads[unit_id]} for unit_id, name in names
    }
    before = known.units
    _update(conn, units, [row for code, row in headed.items() if not row.items() <= before.get(code, {}).items()])
    _write_records(conn, changes.records)
    newly_missing = [person["id"] for person in changes.missing if person["missing_since"] is None]
    _update(conn, people, [{"id": person_id, "missing_since": on} for person_id in newly_missing])


def _bare(post: Post) -> dict[str, Any]:
    named = ("id", "unit_id", "subunit", "title", "echelon")
    return {column: getattr(post, column) for column in named}


def _whole(post: Post) -> dict[str, Any]:
    return {**_bare(post), "holder_id": post.holder_id, "superior_id": post.superior_id}


def _write_records(conn: Connection, records: Records) -> None:
    _insert(conn, performances, records.new_predicates)
    if records.changed_predicates:
        statement = (
            update(performances)
            .where(performances.c.person_id == bindparam("of_person"), performances.c.year == bindparam("of_year"))
            .values(predicate=bindparam("now"))
        )
        rows = [
            {"of_person": row["person_id"], "of_year": row["year"], "now": row["predicate"]}
            for row in records.changed_predicates
        ]
        conn.execute(statement, rows)
    _insert(conn, sanctions, records.new_sanctions)
    _update(conn, sanctions, records.changed_sanctions)
    if records.ended_sanctions:
        statement_of_end = delete(sanctions).where(sanctions.c.id == bindparam("ended"))
        conn.execute(statement_of_end, [{"ended": sanction_id} for sanction_id in records.ended_sanctions])


def _insert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        conn.execute(insert(table), rows)


def _update(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Updates rows by id; all of them name the same columns."""
    if rows:
        columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id"}
        statement = update(table).where(table.c.id == bindparam("of_id")).values(columns)
        conn.execute(statement, [{**row, "of_id": row["id"]} for row in rows])
