"""What is kept and for how long, for administrators: the last backup, what the schedule erases next, and legal holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, select

from policies.civil_service import full_name
from policies.retention import YEARS, years_kept
from workflow import cases
from workflow.authority.sight import seen_cases
from workflow.backups.last import last
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.steps import check_visible
from workflow.errors import NotFound
from workflow.references import reference_of
from workflow.retention.holds import standing
from workflow.retention.schedule import listed, runs_by_itself
from workflow.tables import cases as cases_table
from workflow.tables import holds, people
from workflow.views.officers import ADMINISTRATOR, require_sight

#: Cases of the next list that are named; the command prints all of them.
SHOWN = 50
#: Cases past their time that are looked at for a page; where there are more, only the command knows the whole list and its code.
LOOKED_AT = 1000


class KeptFor(msgspec.Struct, frozen=True, kw_only=True):
    """For how many full years what closed cases of a process say is kept, and by which rule; null: it is never erased."""

    process_title: str
    years: int | None
    basis: str


class Lapsed(msgspec.Struct, frozen=True, kw_only=True):
    """A case that has been kept for its time."""

    reference: str
    process_title: str
    closed_on: date
    years: int
    basis: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold that stands. ``version``: of the case, as it is now.

    ``is_seen``: whether the case is for the caller to see; of another no reason is told, and the hold is ended on the server.
    """

    case_id: str
    reference: str
    process_title: str
    reason: str
    name: str
    at: datetime
    version: int
    is_seen: bool


class KeepingPage(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``automatic``: no list need be confirmed; ``code``: by which the list is. ``number``: how long that is.

    ``held_back`` and ``unfinished``: cases past their time that stay, for a hold or for what is still owed for them.
    ``more_than``: of so many cases past their time all of this is told, and there are more; None: of all.
    """

    backup_at: datetime | None
    automatic: bool
    code: str
    number: int
    lapsed: tuple[Lapsed, ...]
    held_back: int
    unfinished: int
    more_than: int | None
    rules: tuple[KeptFor, ...]
    holds: tuple[Held, ...]


def may_keep(conn: Connection, _: Engine, caller: Caller, __: datetime) -> None:
    """Whether any of this is the caller's to see. Raises NotFound."""
    require_sight(conn, caller, ADMINISTRATOR)


def keeping_page(conn: Connection, engine: Engine, caller: Caller, at: datetime) -> KeepingPage:
    """What an administrator must see of it. Raises NotFound."""
    may_keep(conn, engine, caller, at)
    found, law = listed(conn, engine.office, at, LOOKED_AT), engine.office.policies.on(engine.office.day(at))
    rules = []
    for name in sorted(YEARS, key=lambda name: _title(engine, name)):
        years = years_kept(name, law)
        rules.append(
            KeptFor(
                process_title=_title(engine, name),
                years=years.value if years else None,
                basis=years.by if years else "",
            )
        )
    return KeepingPage(
        backup_at=last(conn, at),
        automatic=runs_by_itself(engine.office, at),
        code=found.code,
        number=len(found.due),
        lapsed=tuple(
            Lapsed(
                reference=each.reference,
                process_title=_title(engine, each.process),
                closed_on=each.closed_on,
                years=each.years,
                basis=each.by,
            )
            for each in found.due[:SHOWN]
        ),
        held_back=found.held,
        unfinished=found.unfinished,
        more_than=LOOKED_AT if found.is_more else None,
        rules=tuple(rules),
        holds=tuple(_held(engine, row) for row in conn.execute(_standing(engine, caller))),
    )


def hold_page(conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str) -> Held:
    """One hold that stands. Raises NotFound."""
    may_keep(conn, engine, caller, at)
    case = cases.load(conn, case_id)
    check_visible(conn, engine.registry.process(case.process), [case], caller.actor, engine.office.day(at))
    if standing(conn, case.id) is None:
        raise NotFound("Penghapusan isi berkas ini tidak sedang ditahan.")
    return _held(engine, conn.execute(_standing(engine, caller).where(holds.c.case_id == case.id)).one())


def _held(engine: Engine, row: Any) -> Held:
    return Held(
        case_id=row.case_id,
        reference=reference_of(row.case_id),
        process_title=_title(engine, row.process),
        reason=row.reason if row.is_seen else "",
        name=full_name(row.front_title, row.name, row.back_title),
        at=row.begun_at,
        version=row.version,
        is_seen=row.is_seen,
    )


def _standing(engine: Engine, caller: Caller) -> Select[Any]:
    """The holds that stand, and whether the caller may see their cases."""
    processes = tuple(engine.registry.processes.values())
    return _STANDING.add_columns(seen_cases(processes, caller.person_id, caller.on, caller.only).label("is_seen"))


def _title(engine: Engine, process: str) -> str:
    """What people call a process; a name of before where it is no more."""
    found = engine.registry.processes.get(process)
    return found.title if found else process


_STANDING = (
    select(
        holds.c.case_id,
        holds.c.reason,
        holds.c.begun_at,
        cases_table.c.process,
        cases_table.c.version,
        people.c.front_title,
        people.c.name,
        people.c.back_title,
    )
    .join_from(holds, cases_table, cases_table.c.id == holds.c.case_id)
    .join(people, people.c.id == holds.c.begun_by)
    .where(holds.c.ended_at.is_(None))
    .order_by(holds.c.begun_at.desc(), holds.c.id)
)
