"""Where rounds meet the process of mentoring: a pair becomes a case, and a case tells whether its pair still stands.

Nothing else of matching knows that process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, select

from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.engine.opening import Opening, open_case
from workflow.engine.steps import Step, look_at
from workflow.engine.taking import take
from workflow.facts import Situation
from workflow.matching.told import Pair, Published, RoundForm
from workflow.tables import cases

PROCESS: Final = "mentoring"
#: By this a case goes to the mentee for their consent.
PROPOSE: Final = "propose"
#: Final states in which a pair has come to nothing, before any meeting: both are free for others.
UNDONE: Final = frozenset({"declined", "withdrawn", "rejected"})


@dataclass(frozen=True)
class PairToOpen:
    """A pair, and the competency that it is about."""

    mentor: str
    mentee: str
    competency: str


def open_pair(
    conn: Connection, engine: Engine, form: RoundForm, pair: PairToOpen, cohort: str, actor: Actor, at: datetime
) -> str:
    """Open the case of a pair, which then awaits its mentee. Answers the case's id. Raises Problem."""
    process = engine.registry.process(PROCESS)
    filled = {
        "mentor": pair.mentor,
        "competency": pair.competency,
        "goal": f"Menguasai {pair.competency} melalui putaran mentoring “{form.title}”.",
        "starts_on": form.starts_on.isoformat(),
        "ends_on": form.ends_on.isoformat(),
        "plan": form.meetings,
    }
    opening = Opening(process, pair.mentee, filled, cohort)
    opened = open_case(conn, engine.registry, engine.office, opening, actor, at)
    situation = Situation(conn, engine.office, process, opened.case, opened.case.form, at, cohort=cohort)
    judgement = look_at(situation, Step(PROPOSE, {}), actor, binding=True)
    # What a rule warns of was before whoever publishes, in the reasons of the proposal.
    acknowledged = tuple(dict.fromkeys(reason.rule for reason in judgement.warnings))
    judgement = look_at(situation, Step(PROPOSE, {}, acknowledged), actor, binding=True)
    if judgement.obstacles:
        raise judgement.obstacles[0]
    return take(conn, engine.registry.machines[process.name], judgement, actor, acknowledged, at).case.id


@dataclass(frozen=True)
class Standing:
    """What became of the pairs of a round: mentees who are placed, pairs that came to nothing, mentees of each mentor."""

    placed: frozenset[str]
    declined: frozenset[Pair]
    guided: Counter[str]


def standing(conn: Connection, published: Iterable[Published]) -> Standing:
    """How the cases of a round stand now."""
    opened = {case: (mentor, mentee) for each in published for mentor, mentee, case in each.cases}
    placed, declined, guided = set(), set(), Counter[str]()
    for case_id, state in conn.execute(select(cases.c.id, cases.c.state).where(cases.c.process == PROCESS)):
        if case_id not in opened:
            continue
        mentor, mentee = opened[case_id]
        if state in UNDONE:
            declined.add((mentor, mentee))
        else:
            placed.add(mentee)
            guided[mentor] += 1
    return Standing(frozenset(placed), frozenset(declined), guided)


@dataclass(frozen=True)
class PairsNow:
    """Who guides whom or is asked to, of rounds or not: ``guided``, all mentees of each mentor.

    ``mentors``, how many each mentee has from a day on, and ``running``, those pairs.
    """

    guided: Counter[str]
    mentors: Counter[str]
    running: frozenset[Pair]


def pairs_now(conn: Connection, from_on: date) -> PairsNow:
    """The pairs that there are now. A draft asks nobody yet, and whoever is being evaluated is guided no more."""
    guided, mentors, running = Counter[str](), Counter[str](), set()
    for mentee, form in conn.execute(_OPEN, {"process": PROCESS}):
        read = msgspec.json.decode(form, type=_Paired)
        if not read.mentor:
            continue
        guided[read.mentor] += 1
        if read.ends_on is None or read.ends_on >= from_on:
            mentors[mentee] += 1
            running.add((read.mentor, mentee))
    return PairsNow(guided, mentors, frozenset(running))


class _Paired(msgspec.Struct, frozen=True):
    """What of a case's form a round must know."""

    mentor: str | None = None
    ends_on: date | None = None


_OPEN = select(cases.c.subject_id, cases.c.form).where(
    cases.c.process == bindparam("process"),
    cases.c.closed_at.is_(None),
    cases.c.state.not_in(("drafted", "evaluation")),
)
