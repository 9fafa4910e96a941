"""One act on several cases of a process, such as a meeting with several people: all of it or nothing, an event for each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow import cases
from workflow.cases import Case
from workflow.engine.judgement import Actor
from workflow.engine.steps import Step, check_visible, look_at
from workflow.engine.taking import Done, take
from workflow.errors import FieldError, InvalidForm, NotFound, OutOfDate, Problem
from workflow.facts import Situation
from workflow.office import Office
from workflow.registry import Registry

#: Cases in one act at most.
MOST = 100


def load_several(conn: Connection, named: Sequence[str]) -> list[Case]:
    """Cases by id or number, in the order in which they were named; locked in one fixed order. Raises NotFound, InvalidForm."""
    ids = [cases.id_of(conn, each) for each in named]
    if not 1 <= len(ids) <= MOST or len(set(ids)) < len(ids):
        says = f"Sebutkan 1 sampai {MOST} berkas, masing-masing satu kali."
        raise InvalidForm(says, fields=(FieldError("cases", "Berkas", says),))
    found = {case_id: cases.load(conn, case_id, lock=True) for case_id in sorted(ids)}
    return [found[case_id] for case_id in ids]


def fire(
    conn: Connection,
    registry: Registry,
    office: Office,
    several: Sequence[Case],
    step: Step,
    actor: Actor,
    at: datetime,
    versions: Mapping[str, int],
) -> list[Done]:
    """Take a step with each case. ``versions``: those that the actor saw, by id. Raises Problem that says of which case it is."""
    together = frozenset(case.id for case in several)
    known: dict[Any, Any] = {}
    done = []
    for case in several:
        process = registry.process(case.process)
        situation = Situation(conn, office, process, case, case.form, at, known=known, together=together)
        try:
            _check_version(situation, actor, versions.get(case.id))
            judgement = look_at(situation, step, actor, binding=True)
            if judgement.obstacles:
                raise judgement.obstacles[0]
            done.append(take(conn, registry.machines[process.name], judgement, actor, step.acknowledge, at))
        except NotFound:
            raise
        except Problem as problem:
            problem.says = f"Berkas {case.reference}: {problem.says}"
            problem.more |= {"case": case.id}
            raise
    return done


def _check_version(situation: Situation, actor: Actor, seen: int | None) -> None:
    case = situation.case
    if actor.is_system or seen == case.version:
        return
    check_visible(situation.conn, situation.process, [case], actor, situation.on)
    says = "sudah berubah sejak Anda melihatnya. Muat ulang, lalu periksa kembali sebelum bertindak."
    raise OutOfDate(says, more={"version": case.version})
