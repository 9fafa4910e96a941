"""The one door for change: ``open``, ``fire`` and ``reseat`` change cases, alone or together; ``letter`` and its like a letter.

``preview`` and ``actions`` show what ``fire`` would meet.

Synchronous over one connection: the caller owns the transaction (``Database.run``), so each call is one commit or nothing. Time is
an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from workflow import cases
from workflow.engine import cohorts, idempotency, joining
from workflow.engine.cohorts import CohortAct, CohortOutcome, Roster
from workflow.engine.counting import counted
from workflow.engine.in_force import by_law_in_force
from workflow.engine.judging import THE_SYSTEM, Actor, Judgement, judge
from workflow.engine.moving import noted
from workflow.engine.opening import Opening, open_case
from workflow.engine.reseating import asking, due_at_once, named, reseated
from workflow.engine.several import Trial, load_several
from workflow.engine.steps import Step, check_version, check_visible, check_within, look_at
from workflow.engine.taking import Done, take
from workflow.errors import Problem
from workflow.facts import Situation
from workflow.letters import acting
from workflow.letters.acts import LetterAct
from workflow.office import Office
from workflow.registers.on_paper import OnPaper
from workflow.registry import Registry


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did. ``events`` are the ids of what was recorded, ``letters`` of what was issued."""

    process: str
    case_id: str
    state: str
    version: int
    events: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    #: This is the answer given the first time that the key was used; nothing was done again.
    repeated: bool = False


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What one act did to several cases, in the order in which they were named."""

    items: tuple[Outcome, ...]
    repeated: bool = False


@dataclass(frozen=True)
class Engine:
    """The processes and the agency that run them; holds no connection and no state of its own."""

    registry: Registry
    office: Office

    @by_law_in_force
    def open(
        self,
        conn: Connection,
        process_name: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        person: str | None = None,
        key: str | None = None,
    ) -> Outcome:
        """Open a case with a draft that may be empty: for oneself, or for ``person`` (NIP or id) where a role allows it.

        Raises Problem.
        """
        process = self.registry.process(process_name)
        request = ["open", process_name, form, person]
        seen = idempotency.seen(conn, actor, key, request)
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        done = open_case(conn, self.registry, self.office, Opening(process, person, form), actor, at)
        outcome = self._outcome([done])
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome

    @counted
    @by_law_in_force
    def fire(  # noqa: PLR0913 - each is a part of one act, and all but four have a default
        self,
        conn: Connection,
        case_id: str,
        trigger: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        version: int | None = None,
        key: str | None = None,
        acknowledge: tuple[str, ...] = (),
        then: Sequence[Step] = (),
        recorded: Mapping[str, Any] | None = None,
        on_paper: Mapping[str, OnPaper] | None = None,
    ) -> Outcome:
        """Take a step, and those that follow in the same act; all of it or nothing. Raises Problem, and then nothing was changed.

        ``version``: the one that the actor saw; None only for the system. ``key``: an idempotency key of the actor.
        ``recorded``: the paper by which somebody answered for whom the actor records the first step (see ``IncomingLetter``).
        ``on_paper``: the letters of the first step that were signed on paper while there was no network, by kind.
        """
        case = cases.load(conn, case_id, lock=True)
        next_steps = [(s.trigger, s.form, s.acknowledge) for s in then]
        request = ["fire", case.id, trigger, form, version, acknowledge, next_steps, recorded]
        process = self.registry.process(case.process)
        # An answer was given for this key only if the case has moved since; that it was used elsewhere is found when it is kept.
        if version is None or version != case.version:
            seen = idempotency.seen(conn, actor, key, request)
            if seen is not None:
                return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        if version is not None and version != case.version:
            check_version(Situation(conn, self.office, process, case, case.form, at), trigger, actor, version)
        done: list[Done] = []
        for step in (Step(trigger, form, acknowledge, recorded), *then):
            try:
                papers = (on_paper or {}) if not done else {}
                situation = Situation(conn, self.office, process, case, case.form, at, on_paper=papers)
                judgement = look_at(situation, step, actor, binding=True)
                if judgement.obstacles:
                    raise judgement.obstacles[0]
                done.append(take(conn, self.registry.machines[process.name], judgement, actor, step.acknowledge, at))
                case = done[-1].case
            except Problem as problem:
                idempotency.seen(conn, actor, key, request)  # that the key was used for something else comes first
                problem.more |= {"step": step.trigger} if then else {}
                raise
        outcome = self._outcome(done)
        self._seat_beside(
            conn, [case.id] if case.closed_at else [], at, changed=[each for each in done if each.asks_anew]
        )
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome

    @counted
    @by_law_in_force
    def fire_several(  # noqa: PLR0913 - as in ``fire``
        self,
        conn: Connection,
        case_ids: Sequence[str],
        trigger: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        versions: Mapping[str, int],
        key: str | None = None,
        acknowledge: tuple[str, ...] = (),
    ) -> Outcomes:
        """Take one step with several cases, with the same form: all of them or none, an event for each. Raises Problem.

        ``versions``: the version of each case that the actor saw, by the case as it is named in ``case_ids``.
        """
        several = load_several(conn, case_ids, versions)
        request = ["fire_several", list(several.versions), trigger, form, several.versions, acknowledge]
        seen = idempotency.seen(conn, actor, key, request)
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcomes), repeated=True)
        step = Step(trigger, form, acknowledge)
        done = several.fire(conn, self.registry, self.office, step, actor, at)
        outcomes = Outcomes(items=tuple(self._outcome([each]) for each in done))
        ended = [each.case.id for each in done if each.case.closed_at]
        self._seat_beside(conn, ended, at, changed=[each for each in done if each.asks_anew])
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcomes), at)
        return outcomes

    @by_law_in_force
    def preview_several(
        self,
        conn: Connection,
        case_ids: Sequence[str],
        trigger: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        versions: Mapping[str, int],
        acknowledge: tuple[str, ...] = (),
    ) -> Trial:
        """What ``fire_several`` would meet in each case: it is carried out and undone. Raises NotFound, InvalidForm."""
        several = load_several(conn, case_ids, versions)
        return several.attempt(conn, self.registry, self.office, Step(trigger, form, acknowledge), actor, at)

    def _seat_beside(
        self, conn: Connection, ended: Sequence[str], at: datetime, *, changed: Sequence[Done] = ()
    ) -> None:
        """Seat anew what joined a case that asks anew, and what cases that may have ended had joined."""
        for done in changed:
            for case_id in joining.that_joined(conn, done.case.id, self.registry.listed):
                self.reseat(conn, case_id, at)
        for case_id in joining.awaiting_the_end_of(conn, ended):
            self.reseat(conn, case_id, at)

    def _outcome(self, done: Sequence[Done]) -> Outcome:
        """What an act did to one case."""
        case = done[-1].case
        return Outcome(
            process=case.process,
            case_id=case.id,
            state=case.state,
            version=case.version,
            events=tuple(each.event for each in done),
            letters=tuple(letter for each in done for letter in each.letters),
        )

    @by_law_in_force
    def preview(
        self,
        conn: Connection,
        case_id: str,
        trigger: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        acknowledge: tuple[str, ...] = (),
        recorded: Mapping[str, Any] | None = None,
    ) -> Judgement:
        """What ``fire`` would judge, without writing.

        Raises NotNow where there is no such step, NotFound where the case is not theirs to see.
        """
        case = cases.load(conn, case_id)
        process = self.registry.process(case.process)
        situation = Situation(conn, self.office, process, case, case.form, at)
        return look_at(situation, Step(trigger, form, acknowledge, recorded), actor, binding=False)

    @by_law_in_force
    def actions(self, conn: Connection, case_id: str, actor: Actor, at: datetime) -> list[Judgement]:
        """Every step from the present state as this person would find it now, with what is filled in so far."""
        case = cases.load(conn, case_id)
        check_within(case, actor)
        process = self.registry.process(case.process)
        situation = Situation(conn, self.office, process, case, case.form, at)
        triggers = dict.fromkeys(arrow.trigger for arrow in process.from_state(case.state))
        found = [judge(situation, trigger, actor, {}, binding=False) for trigger in triggers]
        if not any(judgement.seat for judgement in found):
            check_visible(conn, process, [case], actor, self.office.day(at))
        return found

    @by_law_in_force
    def reseat(
        self,
        conn: Connection,
        case_id: str,
        at: datetime,
        *,
        actor: Actor | None = None,
        name: Mapping[str, str] | None = None,
        reason: str = "",
    ) -> bool:
        """Work out anew who waits and until when; an event is written if that differs. Answers whether it did.

        Where the subject has moved that is noted first; and a step that the system owes at once is taken.
        ``name``: an administrator names a person for a role that nobody else can play (role -> person id), or for a ``reason``
        moves its task to another who can. Raises NotYours.
        """
        case = cases.load(conn, case_id, lock=True)
        situation = Situation(conn, self.office, self.registry.process(case.process), case, case.form, at)
        if name:
            return named(situation, actor or THE_SYSTEM, name, reason)
        after = noted(situation)
        situation = after or situation
        for step in due_at_once(situation):
            attempt = conn.begin_nested()
            try:
                self.fire(conn, case.id, step.trigger, THE_SYSTEM, {}, at)
            except Problem:
                attempt.rollback()  # those who may take it as well are asked instead
                situation = asking(situation, step)
            else:
                attempt.commit()
                return True
        return reseated(situation) or after is not None

    # --- Letters -----------------------------------------------------------------------------------------------------

    @by_law_in_force
    def letter(
        self, conn: Connection, letter_id: str, act: LetterAct, actor: Actor, at: datetime, *, key: str | None = None
    ) -> Outcome:
        """Do something with a letter, for all cases that share it: each gets an event, none is moved. Raises Problem."""
        request = ["letter", letter_id, msgspec.to_builtins(act)]
        done_with = partial(acting.act, conn, self.office, self.registry, letter_id, act)
        return self._on_letter(conn, letter_id, request, actor, at, key, done_with)

    @by_law_in_force
    def sealed(
        self, conn: Connection, letter_id: str, content: bytes, actor: Actor, at: datetime, *, key: str | None = None
    ) -> Outcome:
        """Record a signature whose key asked for a secret, with the PDF that bears it. The letter was frozen first (``Freeze``)."""
        request = ["sealed", letter_id]
        seal = partial(acting.sealed, conn, self.office, self.registry, letter_id, content)
        return self._on_letter(conn, letter_id, request, actor, at, key, seal)

    @by_law_in_force
    def signed_away(self, conn: Connection, letter_id: str, given: OnPaper, actor: Actor, at: datetime) -> Outcome:
        """Record that a letter on its way was signed on paper while there was no network. Raises Problem."""
        done = acting.signed_away(conn, self.office, self.registry, letter_id, given, actor, at)
        return msgspec.structs.replace(self._outcome(done[:1]), events=tuple(each.event for each in done))

    def _on_letter(
        self,
        conn: Connection,
        letter_id: str,
        request: list[Any],
        actor: Actor,
        at: datetime,
        key: str | None,
        act: Callable[[Actor, datetime], list[Done]],
    ) -> Outcome:
        acting.lock_cases(conn, letter_id)
        seen = idempotency.seen(conn, actor, key, request)
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        done = act(actor, at)
        outcome = msgspec.structs.replace(
            self._outcome(done[:1]), events=tuple(each.event for each in done if each.event)
        )
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome

    # --- Cohorts -----------------------------------------------------------------------------------------------------

    @by_law_in_force
    def open_cohort(
        self, conn: Connection, actor: Actor, roster: Roster, at: datetime, *, key: str | None = None
    ) -> CohortOutcome:
        """Open a case for each member, with what they ask for alike and what each adds to it; all or none. Raises Problem."""
        members = [(member.person, member.form) for member in roster.members]
        request = ["open_cohort", roster.process.name, roster.title, roster.form, members]
        seen = idempotency.seen(conn, actor, key, request)
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=CohortOutcome), repeated=True)
        outcome = cohorts.open_cohort(conn, self.registry, self.office, roster, actor, at)
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome

    @counted
    @by_law_in_force
    def fire_cohort(
        self,
        conn: Connection,
        cohort_id: str,
        actor: Actor,
        act: CohortAct,
        at: datetime,
        *,
        version: int | None = None,
        key: str | None = None,
        trial: bool = False,
    ) -> CohortOutcome:
        """Take a step with all cases of a cohort that may take it, in their order; name the others with their reasons.

        Letters are shared. Where none can be moved, the first obstacle is raised with all of them. ``trial``: find out what
        would happen and undo it. Raises Problem.
        """
        request = ["fire_cohort", cohort_id, msgspec.to_builtins(act), version]
        cohort = cohorts.load(conn, cohort_id, lock=True)
        seen = None if trial else idempotency.seen(conn, actor, key, request)
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=CohortOutcome), repeated=True)
        attempt = conn.begin_nested()
        outcome = cohorts.fire(conn, self.registry, self.office, cohort, actor, act, at, version)
        if trial:
            attempt.rollback()
            return outcome
        attempt.commit()
        self._seat_beside(conn, [each.case_id for each in outcome.moved], at)
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome
