"""Who reads what is for a few of those who see a case: whoever plays the roles that an entry or a letter names, and auditors."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import exists, false, or_, select

from workflow.authority.bench import Bench
from workflow.authority.sight import assignments_in_force, shown_to_auditors
from workflow.facts import NeedsFields, Situation
from workflow.tables import participants


def is_within(situation: Situation, roles: Iterable[str], reader: str | None) -> bool:
    """Whether somebody plays one of these roles, or has acted in it and keeps their place.

    Never whom the case is about, nor whom it is compared with. Whom a panel's list names no more is not in it, whatever they did.
    An auditor is, within an assignment.
    """
    process, case = situation.process, situation.case
    if reader is None or reader == case.subject_id:
        return False
    bench = Bench(situation)
    if reader in bench.rivals():
        return False
    named = tuple(roles)
    answered = [name for name in named if process.role[name].chosen is None]
    acted = exists().where(
        participants.c.case_id == case.id,
        participants.c.person_id == reader,
        participants.c.role.in_(answered),
        participants.c.acted,
        participants.c.until_at.is_(None),
    )
    audits = assignments_in_force(reader, situation.on).exists() if shown_to_auditors((process,)) else false()
    if situation.conn.execute(select(or_(acted, audits))).scalar_one():
        return True
    return any(_sits(bench, name, reader) for name in named)


def _sits(bench: Bench, role: str, reader: str) -> bool:
    with suppress(NeedsFields):  # what the case does not say yet, nobody plays
        return any(seat.person_id == reader for seat in bench.seats(role))
    return False
