"""An office whose programme is looked after: the cast, and those who look after it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select

from tests.accounts import CHEAP
from tests.api.house import MONDAY, House, Sample, served
from workflow.auditing.assignments import give_assignment
from workflow.database import Database
from workflow.people import issue_key, members
from workflow.tables import group_members, people

#: Who has an assignment to look into cases.
AUDITOR = "Harimurti Adiwangsa"


@contextmanager
def looked_after(sample: Sample, folder: Path) -> Iterator[House]:
    """The office, with ``officer`` and ``other_officer`` for the personnel of two units, and an ``auditor``."""
    path = folder / "jenjang.db"
    shutil.copy(sample.path, path)
    with closing(Database.open(f"sqlite:///{path}")) as database:
        ids, keys = database.write(further_people)
    with served(
        replace(sample, ids={**sample.ids, **ids}, keys={**sample.keys, **keys}),
        f"sqlite:///{path}",
        passwords=CHEAP,
    ) as house:
        yield house


def further_people(conn: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Put them in their places; answers ids and keys."""
    auditor = conn.execute(select(people.c.id).where(people.c.name == AUDITOR)).scalar_one()
    conn.execute(insert(group_members).values(person_id=auditor, group_name="auditor", unit_id=""))
    day = MONDAY.date()
    until = day + timedelta(days=60)
    give_assignment(conn, auditor, "700/12/ITDA/2026", day, "Audit magang", day, until, None, MONDAY)
    ids = {
        "officer": members(conn, "personnel_officer", "RSUD")[0],
        "other_officer": members(conn, "personnel_officer", "DINKES")[0],
        "auditor": auditor,
    }
    return ids, {who: issue_key(conn, person, "uji", "read act letters", MONDAY) for who, person in ids.items()}
