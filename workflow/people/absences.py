"""Leave and duty away from the post: recorded, ended sooner, and each with its log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, insert, select, update

from policies.dates import written
from workflow.chain import NOTHING_BEFORE, End, canonical, joined
from workflow.errors import NotFound
from workflow.ids import new_id
from workflow.people.mandate_log import By
from workflow.people.person import PeopleError, find_person, require_plausible
from workflow.tables import absence_events, absences

RECORDED, ENDED = "recorded", "ended"

#: What an event tells of the row: all of it but where its own chain ends.
_TOLD = tuple(column.name for column in absences.columns if column.name not in ("version", "head"))


class AbsenceEvent(Struct, frozen=True, kw_only=True):
    """An event: who did it, empty for the command line, and the absence as it left it, each column as text."""

    by: By
    absence: dict[str, str]


def record_absence(
    conn: Connection, who: str, from_on: date, until_on: date, reason: str, *, at: datetime, by: By | None = None
) -> str:
    """Records leave or duty away from the post, both days included; answers its id. Raises PeopleError."""
    person = find_person(conn, who)
    if until_on < from_on:
        raise PeopleError(f"Ketidakhadiran tidak dapat berakhir {written(until_on)}, sebelum mulai {written(from_on)}.")
    require_plausible(from_on, until_on)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 200:
        raise PeopleError("Alasan ketidakhadiran wajib diisi, paling banyak 200 huruf.")
    row = {"id": new_id(at), "person_id": person.id, "from_on": from_on, "until_on": until_on, "reason": reason}
    row |= {"version": 0, "head": NOTHING_BEFORE}
    conn.execute(insert(absences).values(row))
    _append(conn, RECORDED, row, by or By(), at)
    return str(row["id"])


def end_absence(conn: Connection, absence_id: str, back_on: date, *, at: datetime, by: By) -> None:
    """End an absence sooner. ``back_on``: the first day back; where it has not begun by then, it never was. Raises Problem."""
    row = stored_absence(conn, absence_id)
    if back_on > row["until_on"]:
        raise PeopleError(
            f"Ketidakhadiran ini sudah berakhir pada {written(row['until_on'])}; catat yang baru bila diperpanjang."
        )
    # A last day before the first: there is no day on which they are away.
    until_on = max(back_on, row["from_on"]) - timedelta(days=1)
    conn.execute(update(absences).where(absences.c.id == absence_id).values(until_on=until_on))
    _append(conn, ENDED, {**row, "until_on": until_on}, by, at)


def stored_absence(conn: Connection, absence_id: str) -> Mapping[str, Any]:
    """An absence, to be changed. Raises NotFound."""
    row = conn.execute(select(absences).where(absences.c.id == absence_id).with_for_update()).mappings().first()
    if row is None:
        raise no_such_absence(absence_id)
    return dict(row)


def no_such_absence(absence_id: str) -> NotFound:
    """The same words where it does not exist and where it is not theirs to know of."""
    return NotFound(f"Ketidakhadiran {absence_id} tidak ada, atau bukan untuk Anda lihat.")


def told(row: Mapping[str, Any] | RowMapping) -> dict[str, str]:
    """A row as an event tells it."""
    return {name: str(row[name]) for name in _TOLD}


def _append(conn: Connection, kind: str, row: Mapping[str, Any], by: By, at: datetime) -> None:
    payload = canonical(AbsenceEvent(by=by, absence=told(row)))
    link = joined(row["id"], kind, payload, at, End(row["version"], row["head"]))
    conn.execute(insert(absence_events).values(absence_id=row["id"], **link))
    ends = {"version": link["sequence"], "head": link["hash"]}
    conn.execute(update(absences).where(absences.c.id == row["id"]).values(ends))
