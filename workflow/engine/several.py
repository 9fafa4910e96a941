"""One act on several cases of a process, such as a meeting with several people: all of it or nothing, an event for each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from workflow import cases
from workflow.cases import Case
from workflow.engine.judgement import Actor, Judgement
from workflow.engine.steps import Step, check_version, check_visible, look_at
from workflow.engine.taking import Done, Taken, carry_out, conclude, take
from workflow.errors import FieldError, InvalidForm, NotFound, NotYours, Problem
from workflow.facts import Situation
from workflow.letters import issuing
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import letters as letters_table

#: Cases in one act at most.
MOST = 100


@dataclass
class Tried:
    """A case of one act: how the step was judged, what stands in the way, and what came of it where nothing does.

    ``judgement`` is None where the case is not as it was seen, or has no such step.
    """

    case: Case
    judgement: Judgement | None = None
    obstacles: tuple[Problem, ...] = ()
    taken: Taken | None = None
    done: Done | None = None


@dataclass(frozen=True)
class Trial:
    """What an act on several cases would meet. ``letters``: the kinds of those that it would issue, by id; none where it fails."""

    cases: tuple[Tried, ...]
    letters: Mapping[str, str]


@dataclass(frozen=True)
class Several:
    """Cases in the order in which they were named. ``versions``: those that the actor saw, by id; None where they did not say."""

    cases: tuple[Case, ...]
    versions: Mapping[str, int | None]

    def fire(
        self, conn: Connection, registry: Registry, office: Office, step: Step, actor: Actor, at: datetime
    ) -> list[Done]:
        """Take a step with each case; letters that are shared are issued once. Raises Problem that says of which case it is."""
        self._check(conn, registry, actor, office.day(at))
        tried: list[Tried] = []
        for case in self.cases:
            each = self._try(conn, registry, office, case, step, actor, at)
            for obstacle in each.obstacles:
                raise _of(case, obstacle)
            tried.append(each)
        return _concluded(conn, tried, at)

    def attempt(
        self, conn: Connection, registry: Registry, office: Office, step: Step, actor: Actor, at: datetime
    ) -> Trial:
        """What ``fire`` would meet in each case, those before counted as gone; all of it is undone. Raises NotFound."""
        self._check(conn, registry, actor, office.day(at))
        attempt = conn.begin_nested()
        try:
            tried = [self._try(conn, registry, office, case, step, actor, at) for case in self.cases]
            free = not any(each.obstacles for each in tried)
            kinds = _kinds(conn, _concluded(conn, tried, at)) if free else {}
        finally:
            attempt.rollback()
        return Trial(tuple(tried), kinds)

    def _check(self, conn: Connection, registry: Registry, actor: Actor, on: date) -> None:
        for case in self.cases:
            try:
                check_visible(conn, registry.process(case.process), [case], actor, on)
            except NotYours as over:
                raise _of(case, over) from None
        # Only then: that two names are those of one case is for nobody to learn who may not see it.
        if len(self.versions) < len(self.cases):
            raise _wrong()

    def _try(
        self, conn: Connection, registry: Registry, office: Office, case: Case, step: Step, actor: Actor, at: datetime
    ) -> Tried:
        """One case's step, or none of it. Raises NotFound."""
        process = registry.process(case.process)
        # What one case was judged on is read anew for the next: those before have gone.
        situation = Situation(
            conn, office, process, case, case.form, at, together=frozenset(each.id for each in self.cases)
        )
        tried = Tried(case)
        attempt = conn.begin_nested()
        try:
            check_version(situation, step.trigger, actor, self.versions[case.id])
            judgement = tried.judgement = look_at(situation, step, actor, binding=True)
            tried.obstacles = tuple(judgement.obstacles)
            if not tried.obstacles:
                machine = registry.machines[process.name]
                if any(letter.shared for letter in judgement.arrow.issues):
                    tried.taken = carry_out(conn, machine, judgement, actor, step.acknowledge, at)
                else:
                    tried.done = take(conn, machine, judgement, actor, step.acknowledge, at)
        except NotFound:
            raise
        except Problem as problem:
            attempt.rollback()
            tried.obstacles = (problem,)
        else:
            attempt.commit()
        return tried


def load_several(conn: Connection, named: Sequence[str], versions: Mapping[str, int]) -> Several:
    """Cases by id or number, locked in one fixed order. ``versions``: by the case as it is named. Raises NotFound, InvalidForm."""
    if not 1 <= len(named) <= MOST:
        raise _wrong()
    ids = [cases.id_of(conn, each) for each in named]
    found = {case_id: cases.load(conn, case_id, lock=True) for case_id in sorted(set(ids))}
    seen = {case_id: versions.get(name) for case_id, name in zip(ids, named, strict=True)}
    return Several(tuple(found[case_id] for case_id in ids), seen)


def _of(case: Case, problem: Problem) -> Problem:
    """The problem, saying of which case it is."""
    problem.says = f"Berkas {case.reference}: {problem.says}"
    problem.more |= {"case": case.id}
    return problem


def _wrong() -> InvalidForm:
    says = f"Sebutkan 1 sampai {MOST} berkas, masing-masing satu kali."
    return InvalidForm(says, fields=(FieldError("cases", "Berkas", says),))


def _concluded(conn: Connection, tried: Sequence[Tried], at: datetime) -> list[Done]:
    """Issue the letters of steps that may share them, and record those steps. Answers what came of each case."""
    taken = [each.taken for each in tried if each.taken is not None]
    letters = iter(issuing.issue([each.part for each in taken], at))
    for each in tried:
        if each.taken is not None:
            each.done = conclude(conn, each.taken, next(letters), at)
    return [each.done for each in tried if each.done is not None]


def _kinds(conn: Connection, done: Sequence[Done]) -> dict[str, str]:
    issued = {letter for each in done for letter in each.letters}
    query = select(letters_table.c.id, letters_table.c.kind).where(letters_table.c.id.in_(issued))
    return {row.id: row.kind for row in conn.execute(query.order_by(letters_table.c.id))}
