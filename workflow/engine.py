"""The one door for change: ``open``, ``fire`` and ``reseat`` change a case, ``sign`` a letter of it.

``preview`` and ``actions`` show what ``fire`` would meet.

Synchronous over one connection: the caller owns the transaction (``Database.run``), so each call is one commit or nothing. Time is
an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Connection, select

from policies.decision import Grade, Reason
from policies.parameters import NotInForce
from policies.wording import with_full_stop
from workflow import cases, idempotency
from workflow.audit import NOTHING_BEFORE, last_event
from workflow.authority import Bench
from workflow.cases import Case
from workflow.definition import Process
from workflow.errors import NotNow, NotYours, OutOfDate, Problem, Refused, no_such_case
from workflow.facts import Situation
from workflow.filling import dropped_blanks, read_part
from workflow.ids import new_id
from workflow.judging import THE_SYSTEM, Actor, Judgement, check_files, judge
from workflow.letters import issuing
from workflow.letters.sources import letter_case
from workflow.office import Office
from workflow.recording import record_signing
from workflow.registry import Registry
from workflow.reseating import named, reseated
from workflow.sight import may_see
from workflow.tables import people
from workflow.taking import begin, take


@dataclass(frozen=True)
class Step:
    """A further trigger to be taken in the same act, with its form and the warnings acknowledged."""

    trigger: str
    form: Mapping[str, Any]
    acknowledge: tuple[str, ...] = ()


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


P = ParamSpec("P")
T = TypeVar("T")


def _by_law_in_force(act: Callable[P, T]) -> Callable[P, T]:
    """A parameter that is not in force is a refusal with its reason wherever an act meets it, not a crash."""

    @wraps(act)
    def refusing(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return act(*args, **kwargs)
        except NotInForce as absent:
            remedy = "Lengkapi riwayat ketentuan itu, atau tunggu sampai ketentuannya berlaku."
            raise Refused(str(absent), reasons=(Reason(Grade.REFUSED, str(absent), (), remedy),)) from absent

    return refusing


@dataclass(frozen=True)
class Engine:
    """The processes and the agency that run them; holds no connection and no state of its own."""

    registry: Registry
    office: Office

    @_by_law_in_force
    def open(
        self,
        conn: Connection,
        process_name: str,
        actor: Actor,
        form: Mapping[str, Any],
        at: datetime,
        *,
        key: str | None = None,
    ) -> Outcome:
        """Open a case for oneself, with a draft that may be empty. Raises Problem."""
        process = self.registry.process(process_name)
        seen = idempotency.seen(conn, actor, key, ["open", process_name, form])
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        person = conn.execute(select(people).where(people.c.id == actor.person_id)).one_or_none()
        if (
            person is None
            or person.kind != "staff"
            or (person.left_on is not None and person.left_on <= self.office.day(at))
        ):
            raise NotYours("Permohonan diajukan oleh pegawai untuk dirinya sendiri.")
        case = Case(
            id=new_id(at),
            process=process.name,
            process_version=process.version,
            fingerprint=self.registry.fingerprints[process.name],
            state=process.initial,
            version=0,
            form=dropped_blanks(read_part(process.form, form)),
            subject_id=person.id,
            unit_id=person.unit_id,
            memory={},
            opened_at=at,
            entered_on=self.office.day(at),
            closed_at=None,
            head=NOTHING_BEFORE,
        )
        check_files(conn, process.form, case.form, case.id, actor)
        outcome = Outcome(process=process.name, **begin(conn, self.office, process, case, actor, at))
        idempotency.keep(conn, actor, key, ["open", process_name, form], msgspec.json.encode(outcome), at)
        return outcome

    @_by_law_in_force
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
    ) -> Outcome:
        """Take a step, and those that follow in the same act; all of it or nothing. Raises Problem, and then nothing was changed.

        ``version``: the one that the actor saw; None only for the system. ``key``: an idempotency key of the actor.
        """
        request = [
            "fire",
            case_id,
            trigger,
            form,
            version,
            acknowledge,
            [(s.trigger, s.form, s.acknowledge) for s in then],
        ]
        case = cases.load(conn, case_id, lock=True)
        process = self.registry.process(case.process)
        # An answer was given for this key only if the case has moved since; that it was used elsewhere is found when it is kept.
        if version is None or version != case.version:
            seen = idempotency.seen(conn, actor, key, request)
            if seen is not None:
                return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        if version is not None and version != case.version:
            self._visible(conn, process, case, actor)
            raise OutOfDate(_changed_by(conn, case), more={"version": case.version})
        events: list[str] = []
        issued: list[str] = []
        for step in (Step(trigger, form, acknowledge), *then):
            try:
                judgement = self._judged(conn, process, case, step, actor, at, binding=True)
                if judgement.obstacles:
                    raise judgement.obstacles[0]
                machine = self.registry.machines[process.name]
                case, event_id, letters = take(conn, machine, judgement, actor, step.acknowledge, at)
            except Problem as problem:
                idempotency.seen(conn, actor, key, request)  # that the key was used for something else comes first
                problem.more |= {"step": step.trigger} if then else {}
                raise
            events.append(event_id)
            issued += letters
        outcome = Outcome(
            process=process.name,
            case_id=case.id,
            state=case.state,
            version=case.version,
            events=tuple(events),
            letters=tuple(issued),
        )
        idempotency.keep(conn, actor, key, request, msgspec.json.encode(outcome), at)
        return outcome

    def _judged(
        self, conn: Connection, process: Process, case: Case, step: Step, actor: Actor, at: datetime, *, binding: bool
    ) -> Judgement:
        """A step looked at. Raises NotFound for whoever may neither take it nor see the case, NotNow where there is none."""
        try:
            situation = Situation(conn, self.office, process, case, case.form, at)
            judgement = judge(situation, step.trigger, actor, step.form, step.acknowledge, binding=binding)
        except Problem:
            self._visible(conn, process, case, actor)
            raise
        if judgement.seat is None:
            self._visible(conn, process, case, actor)
        return judgement

    @_by_law_in_force
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
    ) -> Judgement:
        """What ``fire`` would judge, without writing.

        Raises NotNow where there is no such step, NotFound where the case is not theirs to see.
        """
        case = cases.load(conn, case_id)
        process = self.registry.process(case.process)
        return self._judged(conn, process, case, Step(trigger, form, acknowledge), actor, at, binding=False)

    @_by_law_in_force
    def actions(self, conn: Connection, case_id: str, actor: Actor, at: datetime) -> list[Judgement]:
        """Every step from the present state as this person would find it now, with what is filled in so far."""
        case = cases.load(conn, case_id)
        process = self.registry.process(case.process)
        situation = Situation(conn, self.office, process, case, case.form, at)
        found = [judge(situation, arrow.trigger, actor, {}, binding=False) for arrow in process.from_state(case.state)]
        if not any(judgement.seat for judgement in found):
            self._visible(conn, process, case, actor)
        return found

    @_by_law_in_force
    def reseat(
        self,
        conn: Connection,
        case_id: str,
        at: datetime,
        *,
        actor: Actor | None = None,
        name: Mapping[str, str] | None = None,
    ) -> bool:
        """Work out anew who waits and until when; an event is written if that differs. Answers whether it did.

        ``name``: an administrator names a person for a role that nobody else can play (role -> person id). Raises NotYours.
        """
        case = cases.load(conn, case_id, lock=True)
        situation = Situation(conn, self.office, self.registry.process(case.process), case, case.form, at)
        return named(situation, actor or THE_SYSTEM, name) if name else reseated(situation)

    @_by_law_in_force
    def sign(self, conn: Connection, letter_id: str, actor: Actor, at: datetime, *, key: str | None = None) -> Outcome:
        """Sign a letter that awaits this person. Writes an event and never moves the case. Raises Problem."""
        case = cases.load(conn, letter_case(conn, letter_id), lock=True)
        seen = idempotency.seen(conn, actor, key, ["sign", letter_id])
        if seen is not None:
            return msgspec.structs.replace(msgspec.json.decode(seen, type=Outcome), repeated=True)
        row = issuing.load(conn, letter_id)  # after its case, as every other act locks them
        process = self.registry.process(case.process)
        outcome = Outcome(process=process.name, **self._signed(conn, process, case, row, actor, at))
        idempotency.keep(conn, actor, key, ["sign", letter_id], msgspec.json.encode(outcome), at)
        return outcome

    def _signed(
        self, conn: Connection, process: Process, case: Case, row: Any, actor: Actor, at: datetime
    ) -> dict[str, Any]:
        bench = Bench(Situation(conn, self.office, process, case, case.form, at))
        seats = issuing.signers(bench, row.role, row.position_id)
        seat = next((seat for seat in seats if seat.person_id == actor.person_id), None)
        if seat is None:
            self._visible(conn, process, case, actor)
        if row.state != "to_sign":
            raise NotNow("Surat ini sudah ditandatangani atau sudah tidak berlaku.")
        if seat is None:
            waited = " atau ".join(seat.title or seat.name for seat in seats)
            raise NotYours(f"Surat ini ditandatangani oleh {waited or 'pejabat yang belum ditunjuk'}.")
        letter = issuing.sign(bench, row, seat, at)
        return record_signing(conn, case, letter, seat, actor, at)

    def _visible(self, conn: Connection, process: Process, case: Case, actor: Actor) -> None:
        if not actor.is_system and not may_see(conn, process, case, actor.person_id):
            raise no_such_case(case.id)


def _changed_by(conn: Connection, case: Case) -> str:
    event = last_event(conn, case.id)
    who = (event.payload or {}).get("actor", {}).get("name") if event else None
    changed = with_full_stop(f"Berkas sudah diubah oleh {who or 'orang lain'}")
    return f"{changed} Muat ulang, lalu periksa kembali sebelum bertindak."
