"""Which letters somebody may see, and how: by their part in a case under it, by being waited for, or as it stood then."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from workflow import cases as case_store
from workflow.authority.sight import place_is_over, seen_cases
from workflow.callers import Caller
from workflow.cases import Case
from workflow.engine.engine import Engine
from workflow.errors import NotFound
from workflow.letters.acting import open_to
from workflow.tables import cases, letter_cases, letters, people
from workflow.views.outside import Sight, host_roles, is_addressed_to, reads_letter_of, sight_now_or_then, sights_of


def may_see_file(conn: Connection, sight: Sight, file_id: str) -> bool:
    """Whether a file is that of a letter which somebody may see."""
    rows = letter_rows(conn, (letters.c.file_id == file_id) | (letters.c.scan_id == file_id))
    return any(is_for(conn, sight, row) and row.signed_at is not None for row in rows)


def check_seen(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> None:
    """Raise NotFound, alike for what is not there and not theirs to know of; NotYours where their place on its case is over."""
    _, sight = seen_letter(conn, engine, caller, letter_id)
    if sight.past:
        raise place_is_over()


def seen_letter(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> tuple[Row[Any], Sight]:
    """A letter, and the first of its cases that the caller may see: now, by being waited for, or then. Raises NotFound."""
    rows, theirs = letter_rows(conn, letters.c.id == letter_id), False
    then: tuple[Row[Any], Sight] | None = None
    for row in rows:
        case = case_store.load(conn, row.case_id)
        try:
            sight = sight_now_or_then(conn, engine.registry.process(case.process), case, caller)
        except NotFound:
            continue
        if not reads_letter_of(conn, engine.office, sight, row):
            continue
        theirs = theirs or sight.past is None
        if is_for(conn, sight, row) and sight.past is None:
            return row, sight
        then = (row, sight) if then is None and sight.past and is_for(conn, sight, row) else then
    of_cases = [row for row in rows if row.changed_by is None]
    if of_cases and not theirs and _may_act(conn, engine, caller, letter_id):
        case = case_store.load(conn, of_cases[0].case_id)
        caller.looked_at.append(case.id)
        return of_cases[0], Sight(engine.registry.process(case.process), case, caller, outside=False)
    if then is not None:
        return then
    raise NotFound(f"Surat {letter_id} tidak ada, atau bukan untuk Anda lihat.")


def seen_letters(
    conn: Connection, engine: Engine, caller: Caller, letter_ids: Collection[str]
) -> dict[str, tuple[Row[Any], Sight]]:
    """The same of several letters, by id, without those that are not for them: what they see now is asked of all at once."""
    rows = letter_rows(conn, letters.c.id.in_(letter_ids))
    several: dict[str, list[Case]] = {}
    for case in case_store.load_several(conn, (row.case_id for row in rows)).values():
        several.setdefault(case.process, []).append(case)
    sights = {
        sight.case.id: sight
        for name, of_process in several.items()
        for sight in sights_of(conn, engine.registry.process(name), of_process, caller)
    }
    found: dict[str, tuple[Row[Any], Sight]] = {}
    for row in rows:
        sight = sights.get(row.case_id)
        if row.id in found or sight is None or not reads_letter_of(conn, engine.office, sight, row):
            continue
        if is_for(conn, sight, row):
            found[row.id] = row, sight
    for letter_id in set(letter_ids) - found.keys():
        with suppress(NotFound):
            found[letter_id] = seen_letter(conn, engine, caller, letter_id)
    return found


def _may_act(conn: Connection, engine: Engine, caller: Caller, letter_id: str) -> bool:
    """Whether a letter waits for somebody of the agency who was never asked about its case: a keeper of the registers."""
    noon = engine.office.noon(caller.on)
    return not caller.is_contact and bool(open_to(conn, engine.office, engine.registry, letter_id, caller.actor, noon))


def letter_rows(conn: Connection, which: Any) -> list[Row[Any]]:
    """Letters with each of their cases, the oldest of both first; with whoever signed them."""
    signer = people.alias("signer")
    query = (
        select(
            letters,
            letter_cases.c.case_id,
            letter_cases.c.changed_by,
            signer.c.name.label("signer_name"),
            signer.c.front_title,
            signer.c.back_title,
        )
        .join_from(letters, letter_cases)
        .join(signer, signer.c.id == letters.c.signed_by, isouter=True)
        .where(which)
        .order_by(letters.c.issued_at, letters.c.id, letter_cases.c.case_id)
    )
    return list(conn.execute(query))


def is_for(conn: Connection, sight: Sight, row: Row[Any]) -> bool:
    """Whether a letter is for the one who looks: from outside signed ones to them, or theirs to sign; then, signed ones."""
    if sight.past is not None:
        return not sight.outside and sight.past.saw_letter(row)
    if not sight.outside:
        return True
    hosts = host_roles(sight.process)
    letter = sight.process.letters.get(row.kind)
    if letter is None:
        return False
    if letter.signer in hosts:
        return not sight.caller.is_contact
    to_host = letter.to in hosts or any(
        sight.process.letters[kind].to in hosts for kind in letter.takes_back if kind in sight.process.letters
    )
    if not to_host or row.signed_at is None:
        return False
    body = msgspec.json.decode(row.body)
    host = body.get("host")
    if letter.cancels and not _cancels_for_host(conn, sight, row):
        return False
    return is_addressed_to(conn, sight, host.get("name") if isinstance(host, dict) else None)


def _cancels_for_host(conn: Connection, sight: Sight, row: Row[Any]) -> bool:
    """Whether a cancellation cancels a letter that was addressed to the host."""
    kinds = conn.execute(select(letters.c.kind).where(letters.c.cancelled_by == row.id)).scalars()
    hosts = host_roles(sight.process)
    return any(sight.process.letters[kind].to in hosts for kind in kinds if kind in sight.process.letters)


def cases_under(conn: Connection, sight: Sight, letter_ids: list[str]) -> dict[str, list[str]]:
    """The cases under letters now, of those that the caller may see; looking back, the one at hand."""
    if sight.past is not None:
        return {letter_id: [sight.case.id] for letter_id in letter_ids}
    query = (
        select(letter_cases.c.letter_id, letter_cases.c.case_id)
        .join_from(letter_cases, cases, cases.c.id == letter_cases.c.case_id)
        .where(
            letter_cases.c.letter_id.in_(letter_ids),
            letter_cases.c.changed_by.is_(None),
            seen_cases((sight.process,), sight.caller.person_id, sight.caller.on, sight.caller.only),
        )
        .order_by(letter_cases.c.case_id)
    )
    found: dict[str, list[str]] = {}
    for row in conn.execute(query) if letter_ids else ():
        found.setdefault(row.letter_id, []).append(row.case_id)
    return found
