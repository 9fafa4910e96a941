"""What those are told whom a mandate concerns: whoever lends it, recorded it, or stands in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from policies.dates import written
from workflow import effects
from workflow.people.mandate_log import By
from workflow.people.mandate_terms import MANDATES
from workflow.tables import mandates, people, positions


def named(conn: Connection, row: Mapping[str, Any]) -> str:
    """A mandate as a sentence begins with it: kind, post, days and basis."""
    title = conn.execute(select(positions.c.title).where(positions.c.id == row["position_id"])).scalar_one()
    return (
        f"Pelimpahan {MANDATES[row['kind']]} {title}, {written(row['from_on'])} sampai {written(row['until_on'])} "
        f"(dasar {row['basis_number']} tanggal {written(row['basis_on'])}),"
    )


def basis(conn: Connection, mandate_id: str) -> str:
    """A mandate by its kind and the letter that it rests on: ``Mandat (dasar 800/1 tanggal 2 Maret 2026)``."""
    row = conn.execute(select(mandates).where(mandates.c.id == mandate_id)).one()
    return f"{MANDATES[row.kind]} (dasar {row.basis_number} tanggal {written(row.basis_on)})"


def person_name(conn: Connection, person_id: str) -> str:
    """Somebody's name."""
    return str(conn.execute(select(people.c.name).where(people.c.id == person_id)).scalar_one())


def tell_givers(
    conn: Connection, row: Mapping[str, Any], says: str, by: By, at: datetime, *, all_: bool = False
) -> None:
    """Tell whoever lends it and whoever recorded it; with ``all_`` whoever stands in too; not the one who acts."""
    told = {row["giver_id"], row["proposed_by"], *([row["receiver_id"]] if all_ else [])} - {None, by.id}
    tell(conn, row, dict.fromkeys(told, says), at)


def tell(conn: Connection, row: Mapping[str, Any], says: Mapping[str, str], at: datetime) -> None:
    """Owe each of these people a message about a mandate, with the page on which it is answered."""
    title = conn.execute(select(positions.c.title).where(positions.c.id == row["position_id"])).scalar_one()
    heading = f"Pelimpahan {MANDATES[row['kind']]} {title}"
    effects.tell(conn, None, dict(says), at, title=heading, page=f"/kelola/pelimpahan/{row['id']}")
