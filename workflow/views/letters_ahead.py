"""The letters that a step would issue, to be read before it is taken: it is carried out and undone, so that they are those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from workflow import cases as case_store
from workflow.accounts import pace
from workflow.callers import Caller
from workflow.engine.engine import Engine
from workflow.engine.steps import Step
from workflow.errors import Problem
from workflow.letters.bodies import body_named
from workflow.letters.foreseeing import foreseen
from workflow.letters.layout import LetterError
from workflow.letters.on_screen import on_screen
from workflow.tables import letters
from workflow.tally import uncounted
from workflow.views.actions import as_told
from workflow.views.letters import CannotBeMade
from workflow.views.outside import sight_now_or_then

#: Trials of one person in a minute.
TRIALS: Final = 60


class LetterAhead(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that would be issued, still without number and date. ``signed_by``: who would sign it, by post and name.

    ``html``: what it would say, for inside a page.
    """

    title: str
    subject: str
    addressee: tuple[str, ...]
    signed_by: tuple[str, ...]
    html: str


class LettersAhead(msgspec.Struct, frozen=True, kw_only=True):
    """The letters of a step, in the order in which it issues them."""

    items: tuple[LetterAhead, ...]


def letters_ahead(
    conn: Connection, engine: Engine, caller: Caller, at: datetime, case_id: str, step: Step
) -> LettersAhead:
    """What a step would issue; nothing is kept. None to those outside, who see letters once they are signed.

    Others who write wait while it is carried out, so that each person may ask so many times a minute. Raises TooOften, Problem
    as taking it would, and CannotBeMade.
    """
    pace.count(conn, "letters ahead", caller.person_id, at, most=TRIALS)
    case = case_store.load(conn, case_id)
    sight = sight_now_or_then(conn, engine.registry.process(case.process), case, caller)
    if sight.outside or sight.past:
        return LettersAhead(items=())
    attempt = conn.begin_nested()
    try:
        with uncounted():
            done = engine.fire(
                conn,
                case.id,
                step.trigger,
                caller.actor,
                step.form,
                at,
                version=case.version,
                acknowledge=step.acknowledge,
                recorded=step.recorded,
            )
        return LettersAhead(items=tuple(_lines(conn, engine, done.letters, at)))
    except LetterError as error:
        raise CannotBeMade(str(error)) from error
    except Problem as problem:
        raise as_told(conn, engine, caller, case_id, step, problem) from problem
    finally:
        attempt.rollback()


def _lines(conn: Connection, engine: Engine, ids: tuple[str, ...], at: datetime) -> Iterator[LetterAhead]:
    rows = {row.id: row for row in conn.execute(select(letters).where(letters.c.id.in_(ids)))}
    for row in (rows[each] for each in ids if each in rows):
        # Which number it gets is known only once it is signed.
        frame = msgspec.structs.replace(
            foreseen(conn, engine.office, engine.registry, row, at), number=None, dated_on=None, signed_at=None, code=""
        )
        body = msgspec.json.decode(row.body, type=body_named(row.body_type))
        yield LetterAhead(
            title=frame.title,
            subject=frame.subject,
            addressee=frame.addressee,
            signed_by=tuple(", ".join(filter(None, (each.title, each.name))) for each in frame.signatures),
            html=on_screen(row.template, frame, body, engine.office.profile),
        )
