"""How a case stands, for whom it is about: whom it waits for now and until when, no further than their own page tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select

from policies.dates import written
from workflow import cases
from workflow.callers import Caller
from workflow.cases import Case
from workflow.definition import Process
from workflow.effects import STANDING
from workflow.errors import NotFound
from workflow.letters.leaving import awaited_letters, beside
from workflow.letters.words import begun_small, listing
from workflow.mail.who import NotWanted
from workflow.office import Office
from workflow.people.person import OUTSIDERS
from workflow.registry import Registry
from workflow.tables import effects, people
from workflow.views.cases import WaitLine, waits_of
from workflow.views.outside import Sight, sight_of, veil_of


def caller_as(conn: Connection, office: Office, person_id: str, at: datetime) -> Caller | None:
    """Somebody of our own as one who looks, so that no mail tells more than their pages do; None for anybody else."""
    row = conn.execute(_PERSON, {"id": person_id}).one_or_none()
    if row is None or row.kind in OUTSIDERS:
        return None
    return Caller("", person_id, row.name, row.kind, None, frozenset(), None, office.day(at))


def told_of_standing(conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime) -> str:
    """What a ``standing`` effect tells. Raises NotWanted where it is theirs no more, or a later one tells it."""
    later = select(effects.c.id).where(
        effects.c.kind == STANDING,
        effects.c.case_id == row.case_id,
        effects.c.subject_id == row.subject_id,
        effects.c.id > row.id,
    )
    if conn.execute(later.limit(1)).first() is not None:
        raise NotWanted("Tidak dikirim: berkasnya sudah bergerak lagi, dan kabar yang lebih baru menyusul.")
    case = cases.load(conn, row.case_id)
    process = registry.process(case.process)
    sight = _sight(conn, process, case, caller_as(conn, office, row.subject_id, at))
    if sight is None:
        raise NotWanted("Tidak dikirim: berkas ini tidak diperlihatkan kepada penerimanya.")
    waits = _waits(conn, office, sight, at)
    if any(wait.person is not None and wait.person.id == row.subject_id for wait in waits):
        raise NotWanted("Tidak dikirim: berkasnya kini menunggu penerimanya sendiri.")
    stands = beside(process.state[case.state].title, awaited_letters(conn, process, case))
    says = f"{process.title}: berkas Anda kini berstatus “{stands}”."
    return f"{says} {sentence}" if (sentence := _sentence(waits)) else says


def waited_for(
    conn: Connection, office: Office, process: Process, case: Case, told: Caller | None, at: datetime
) -> str:
    """Whom a case waits for now and until when, as a sentence for whom it is about; empty for others, and where that is they.

    ``told``: who is to read it, see ``caller_as``.
    """
    if told is None or told.person_id != case.subject_id:
        return ""
    sight = _sight(conn, process, case, told)
    waits = _waits(conn, office, sight, at) if sight is not None else ()
    theirs = any(wait.person is not None and wait.person.id == told.person_id for wait in waits)
    return "" if theirs else _sentence(waits)


def _sight(conn: Connection, process: Process, case: Case, caller: Caller | None) -> Sight | None:
    if caller is None:
        return None
    try:
        return sight_of(conn, process, case, caller)
    except NotFound:
        return None


def _waits(conn: Connection, office: Office, sight: Sight, at: datetime) -> tuple[WaitLine, ...]:
    return waits_of(conn, [sight], lambda each: veil_of(conn, office, each, at)).get(sight.case.id, ())


def _sentence(waits: tuple[WaitLine, ...]) -> str:
    """By their roles alone: mail may be read on its way."""
    if not waits:
        return ""
    roles = dict.fromkeys(begun_small(wait.role_title) for wait in waits)
    return f"Berkas kini menunggu {listing(roles)}, paling lambat {written(min(wait.due_on for wait in waits))}."


_PERSON: Final = select(people.c.name, people.c.kind).where(people.c.id == bindparam("id"))
