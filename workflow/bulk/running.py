"""Running what was ordered: a line, or those of a cohort that share a letter, in each transaction, with its event and verdict.

The lines are the truth. Whoever is killed in the middle leaves a line waiting or decided and nothing in between; the next one who
runs goes on with the first that waits. Of several runners one has an act in hand at a time, so that the order is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.exc import InterfaceError, OperationalError

from policies.civil_service import full_name
from workflow.authority.sight import seen_cases
from workflow.bulk import rows
from workflow.bulk.rows import REFUSED, BulkAct, Verdict, refusal
from workflow.callers import Caller
from workflow.database import Database, DatabaseUnavailable
from workflow.engine import cohorts
from workflow.engine.cohorts import CohortAct, OwnStep
from workflow.engine.engine import Engine
from workflow.engine.steps import Step
from workflow.errors import NotYours, Problem, no_such_case
from workflow.tables import api_keys, people, sessions
from workflow.tables import cases as cases_table
from workflow.views import actions, cohort_actions
from workflow.views.cohort_actions import StayedLine

log = logging.getLogger("jenjang")

#: Why nothing more is done of an act.
REVOKED = (
    "Kunci API yang dipakai memulai tindakan massal ini sudah dicabut atau habis masa berlakunya; sisanya tidak dilakukan. "
    "Mulailah lagi dengan kunci baru."
)
SIGNED_OUT = (
    "Sesi yang dipakai memulai tindakan massal ini sudah berakhir; sisanya tidak dilakukan. Masuk dan mulailah lagi."
)


class _Fault(Problem):
    """Something that nobody foresaw."""

    status, type, title = 500, "internal-error", "Kesalahan pada sistem"


def run_due(
    database: Database,
    engine: Engine,
    now: Callable[[], datetime],
    *,
    stopped: Callable[[], bool] = lambda: False,
    only: str | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Run what is left of every act, or of one. ``now``: the hour, asked for each line. Answers how many were decided.

    People take turns, whoever ordered however much: a line of each, or those that share a letter; and of somebody's own acts
    one after the other has that turn. ``told``: how many were decided so far, after each turn.
    """
    decided, turn = 0, 0
    while not stopped():
        before = decided
        for acts in database.read(rows.unfinished, only):
            first = turn % len(acts)
            for bulk_id in (*acts[first:], *acts[:first]):
                if stopped():
                    return decided
                some = database.write(run_next, engine, bulk_id, now())
                if some:  # else nothing is left of it, or another has it in hand
                    decided += some
                    told(decided)
                    break
        if decided == before:
            break
        turn += 1
    return decided


def run_next(conn: Connection, engine: Engine, bulk_id: str, at: datetime) -> int:
    """Decide the next line of an act, with those that go together with it. Answers how many: 0 where none is left to be had."""
    act = rows.take_up(conn, bulk_id)
    if act is None:
        return 0
    stopped = _stopped(conn, act, at)
    if stopped:
        rows.settle_rest(conn, act.id, REFUSED, refusal(NotYours(stopped)), at)
        return 0
    caller = _caller(conn, engine, act, at)
    lines = rows.next_lines(conn, act.id)
    verdicts: Mapping[int, Verdict] = {}
    if lines and lines[0].cohort_id is not None:
        verdicts = _decide_together(conn, engine, caller, act, lines, at)
    elif lines:
        verdicts = {lines[0].position: _decide(conn, engine, caller, act, lines[0], at)}
    rows.decide(conn, act.id, verdicts, at)
    if not rows.next_lines(conn, act.id):
        rows.end(conn, act.id, at)
    return len(verdicts)


def _stopped(conn: Connection, act: BulkAct, at: datetime) -> str:
    """Why nothing more may be done by the key or the session by which it was ordered; empty where more may."""
    ended = or_(api_keys.c.revoked_at.is_not(None), api_keys.c.expires_at <= at)
    if conn.execute(select(api_keys.c.id).where(api_keys.c.id == act.key_id, ended)).first() is not None:
        return REVOKED
    if not act.session_id:
        return ""
    # Whoever closes their browser goes home: only a session that was ended, or is over in any case, stops it.
    lasts = (sessions.c.id == act.session_id, sessions.c.ended_at.is_(None), sessions.c.expires_at > at)
    return "" if conn.execute(select(sessions.c.id).where(*lasts)).first() is not None else SIGNED_OUT


def _caller(conn: Connection, engine: Engine, act: BulkAct, at: datetime) -> Caller:
    """Whoever ordered the act, as they are now."""
    row = conn.execute(select(people).where(people.c.id == act.person_id)).one()
    return Caller(
        key_id=act.key_id,
        session_id=act.session_id,
        person_id=row.id,
        name=full_name(row.front_title, row.name, row.back_title),
        kind=row.kind,
        partner_id=row.partner_id,
        scopes=frozenset(),
        used_on=None,
        on=engine.office.day(at),
        alongside=rows.handed_in_for(conn, act),
    )


# --- Alone -----------------------------------------------------------------------------------------------------------


def _decide(conn: Connection, engine: Engine, caller: Caller, act: BulkAct, line: Row[Any], at: datetime) -> Verdict:
    """Take the step with one case, at the version that was seen, or say why not."""
    step = Step(act.trigger, act.form, act.acknowledge)
    attempt = conn.begin_nested()
    try:
        done = actions.act(conn, engine, caller, at, line.case_id, (step,), line.version, None)
    except (DatabaseUnavailable, OperationalError, InterfaceError):
        raise  # it is nothing that the case has done: the whole unit is run again
    except Problem as problem:
        attempt.rollback()
        return refusal(problem)
    except Exception:
        attempt.rollback()
        log.exception("bulk act %s, case %s", act.id, line.case_id)
        return refusal(_Fault("Kesalahan pada sistem; berkas ini tidak berubah. Sampaikan kepada pengelola sistem."))
    attempt.commit()
    return Verdict(state=done.state, version=done.version, events=done.events, letters=done.letters)


# --- Together --------------------------------------------------------------------------------------------------------


def _decide_together(
    conn: Connection, engine: Engine, caller: Caller, act: BulkAct, lines: Sequence[Row[Any]], at: datetime
) -> dict[int, Verdict]:
    """Take the step with those of a cohort that were chosen; a shared letter is issued once for all that may go.

    A case that has left the cohort, has changed or is not theirs any more goes alone, in its turn.
    """
    cohort = cohorts.load(conn, lines[0].cohort_id, lock=True)
    versions = {case.id: case.version for case in cohort.cases}
    processes = (engine.registry.process(cohort.process),)
    seen = select(cases_table.c.id).where(
        cases_table.c.id.in_(list(versions)), seen_cases(processes, caller.person_id, caller.on, caller.only)
    )
    theirs = set(conn.execute(seen).scalars())
    going = {
        line.case_id: line.position
        for line in lines
        if line.case_id in theirs and versions[line.case_id] == line.version
    }
    if len(going) < len(lines):
        rows.go_alone(conn, act.id, [line.position for line in lines if line.case_id not in going])
    if len(going) < 2:
        rows.go_alone(conn, act.id, going.values())
        first = lines[0]
        return {first.position: _decide(conn, engine, caller, act, first, at)}
    return _fire_together(conn, engine, caller, act, cohort.id, going, at)


def _fire_together(
    conn: Connection,
    engine: Engine,
    caller: Caller,
    act: BulkAct,
    cohort_id: str,
    going: Mapping[str, int],
    at: datetime,
) -> dict[int, Verdict]:
    own = OwnStep(trigger=act.trigger, form=act.form)
    deed = CohortAct(acknowledge=act.acknowledge, each=dict.fromkeys(going, own))
    attempt = conn.begin_nested()
    try:
        done = cohort_actions.act(conn, engine, caller, at, cohort_id, deed, None, None)
    except (DatabaseUnavailable, OperationalError, InterfaceError):
        raise  # as above
    except Problem as problem:
        attempt.rollback()
        stayed: Sequence[StayedLine] = problem.more.get("cases", ())
        found = {going[each.case_id]: _stayed(each) for each in stayed}
        return {position: found.get(position, refusal(problem)) for position in going.values()}
    except Exception:
        attempt.rollback()
        log.exception("bulk act %s, cohort %s", act.id, cohort_id)
        fault = _Fault("Kesalahan pada sistem; rombongan ini tidak berubah. Sampaikan kepada pengelola sistem.")
        return dict.fromkeys(going.values(), refusal(fault))
    attempt.commit()
    moved = {
        going[each.case_id]: Verdict(state=each.state, version=each.version, events=(each.event,), letters=each.letters)
        for each in done.moved
    }
    stayed_lines = {going[each.case_id]: _stayed(each) for each in done.stayed}
    known = moved | stayed_lines
    return {position: known.get(position, refusal(no_such_case(case_id))) for case_id, position in going.items()}


def _stayed(line: StayedLine) -> Verdict:
    return Verdict(
        problem=line.problem,
        title=line.title,
        detail=line.detail,
        reasons=line.reasons,
        fields=line.fields,
        acknowledge=line.acknowledge,
    )
