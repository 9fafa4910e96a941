"""Random people who try random things with whatever process there is, read off its definition alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec
from msgspec import inspect
from sqlalchemy import Connection, delete, insert, select

from tests.money import budget_line
from tests.offices import away, change, gone, hold, lend
from tests.turns import EMAIL, make_guide, make_officers
from tests.world import World
from workflow.attesting import attestable_facts
from workflow.authority.bench import Bench
from workflow.cases import Case, load
from workflow.definition import SAME, SYSTEM, OnDate, Process, Transition
from workflow.engine.cohorts import CohortAct, CohortOutcome, Member, OwnStep, Roster
from workflow.engine.judging import THE_SYSTEM, Actor, Judgement
from workflow.engine.seating import NAME_SOMEONE
from workflow.engine.steps import Step
from workflow.engine.sweep import sweep
from workflow.errors import Problem
from workflow.facts import Situation
from workflow.letters.acts import Sign
from workflow.tables import cases, cohort_cases, cohorts, entries, group_members, letters, people, positions, tasks

#: What nobody in their right mind fills in, and somebody does.
RUBBISH: tuple[Any, ...] = (
    *(None, "", 0, -1, 10**30, 1.5, True, [], {}, [[1]], [None], {"a": {"b": [1]}}, "\0", "x" * 5000, "ŷ–’"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "2026-04-06", "partner:", "unit:", "unit:NOWHERE", ":", "partner:\0"),
)
SECTIONS = ("Instalasi Bedah", "Instalasi Rawat Intensif", "Bagian Umum")
SENTENCE = "Mempelajari asuhan keperawatan intensif di rumah sakit rujukan. "


class Disagreement(AssertionError):
    """Something does not hold; the walk so far is in the message."""


@dataclass
class Walk:
    """A walk through one process in one office, with every step written down."""

    world: World
    process: Process
    random: Random
    cases: list[str] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    #: Whether the office has changed since the cases were seated the last time.
    stale: bool = False
    departed: int = 0
    #: Cases on which something may have been done since they were last checked.
    touched: set[str] = field(default_factory=set)
    #: How much people want to get on: 0 is as careless as can be.
    keen: float = 0.0

    #: A budget line of the year after.
    next_line: str = ""

    def __post_init__(self) -> None:
        self.world = replace(self.world, ids=dict(self.world.ids))
        make_officers(self.world)
        make_guide(self.world)
        self.next_line = budget_line(self.world, self.world.at.year + 1, 5_000_000)
        self.keen = self.random.choice([0.0, 0.9, 0.98, 1.0])

    # --- One step ---

    def step(self) -> None:
        """Do one thing, whatever it is."""
        if not self.cases or self.random.random() < (0.07 * (1.1 - self.keen) if self.standing() else 0.5):
            self.open()
            return
        if self.random.random() < 0.5 * self.keen:
            case = self.load(self.pick_case())
            (self.wait if self.awaited(case) and self.random.random() < 0.5 else self.act)()
            return
        does: tuple[tuple[Callable[[], None], int], ...] = (
            (self.act, 60),
            (self.act_together, 12 if self.process.common else 0),
            (self.gather, 4 if self.process.common else 0),
            (self.wait, 12),
            (self.sweep, 8),
            (self.sign, 6),
            (self.name, 4),
            (self.change_office, 4),
        )
        self.random.choices([what for what, _ in does], [weight for _, weight in does])[0]()

    def open(self) -> None:
        """Somebody opens a case, with a draft or without."""
        who = self.anybody()
        form = self.form(self.process.form, who) if self.random.random() < 0.5 else {}
        person = self.nip() if self.random.random() < 0.2 else None
        try:
            opened = self.world.database.write(
                self.world.engine.open, self.process.name, self.world.actor(who), form, self.world.at, person=person
            )
        except Problem as problem:
            self.note(f"open by {who}: {type(problem).__name__}")
            return
        self.note(f"open by {who}")
        self.cases.append(opened.case_id)
        self.touched.add(opened.case_id)

    def act(self) -> None:
        """Somebody takes a step, or tries to; what preview says is what happens."""
        case = self.load(self.pick_case())
        arrow = self.pick_arrow(case)
        trigger = (
            arrow.trigger if arrow else self.random.choice([t.trigger for t in self.process.transitions] + ["fly"])
        )
        on_paper = self.random.random() < (0.3 if arrow and arrow.recorded_by else 0.01)
        actor = self.pick_actor(case, arrow, on_paper=on_paper)
        recorded = self.paper(actor) if on_paper else None
        form, warned = self.pick_form(case, arrow, trigger, actor, recorded)
        acknowledged = warned if self.random.random() < 0.9 else ()
        foreseen = self.preview(case, trigger, actor, form, acknowledged, recorded)
        then = self.pick_then(actor)
        version = case.version + (self.random.random() < 0.05)
        self.touched.add(case.id)
        self.world.at += timedelta(seconds=1)
        try:
            outcome = self.world.database.write(
                self.world.engine.fire,
                *(case.id, trigger, actor, form, self.world.at),
                version=version,
                acknowledge=acknowledged,
                then=then,
                recorded=recorded,
            )
        except Problem as problem:
            self.note(f"{trigger} from {case.state} by {actor.name}: {type(problem).__name__} {problem.says[:90]}")
            self.refused(case, None if version != case.version else foreseen, problem, trigger)
        else:
            how = " on paper" if recorded else ""
            self.note(f"{trigger} from {case.state} by {actor.name}{how} {form}: {outcome.state}")
            self.taken(case, foreseen, outcome.version, trigger)

    def gather(self) -> None:
        """A personnel officer, or somebody else, asks for several at once."""
        officers = [role for role in self.process.opened_by if role != self.process.subject]
        who = self.anybody() if not officers or self.random.random() < 0.2 else self.officer()
        whole = self.filled(self.process.form, who)
        common = {name: whole.pop(name) for name in self.process.common if name in whole}
        members = [
            Member(self.nip(), whole if self.random.random() < 0.5 else {}) for _ in range(self.random.randint(1, 6))
        ]
        roster = Roster(
            self.process, "Rombongan", common, tuple({member.person: member for member in members}.values())
        )
        try:
            opened = self.world.database.write(
                self.world.engine.open_cohort, self.world.actor(who), roster, self.world.at
            )
        except Problem as problem:
            self.note(f"gather by {who}: {type(problem).__name__} {problem.says[:90]}")
            return
        self.note(f"gather {len(opened.moved)} by {who}")
        self.meet()

    def act_together(self) -> None:
        """Somebody takes a step with a cohort; some of its cases do something else, or are left out."""
        known = self.rows(select(cohorts.c.id).order_by(cohorts.c.id))
        if not known:
            return
        cohort = self.random.choice(known).id
        inside = [self.load(case) for case in self.in_cohort(cohort)]
        standing = [case for case in inside if not self.process.state[case.state].final]
        if not standing:
            return
        lead = self.random.choice(standing)
        arrow = self.pick_arrow(lead)
        if arrow is None:
            return
        on_paper = bool(arrow.recorded_by) and self.random.random() < 0.3
        actor = self.pick_actor(lead, arrow, on_paper=on_paper)
        recorded = self.paper(actor) if on_paper else None
        form, _ = self.pick_form(lead, arrow, arrow.trigger, actor, recorded)
        each = {case.id: self.own_step(case, actor) for case in standing if self.random.random() < 0.15}
        without = tuple(case.id for case in standing if case.id not in each and self.random.random() < 0.1)
        act = CohortAct(trigger=arrow.trigger, form=form, each=each, without=without, recorded=recorded)
        act = msgspec.structs.replace(act, acknowledge=self.warnings_of(cohort, actor, act))
        before = {case.id: case for case in inside}
        self.touched.update(before)
        self.world.at += timedelta(seconds=1)
        try:
            outcome = self.world.database.write(self.world.engine.fire_cohort, cohort, actor, act, self.world.at)
        except Problem as problem:
            self.note(f"all {arrow.trigger} by {actor.name}: {type(problem).__name__} {problem.says[:90]}")
            self.require(all(self.load(case) == was for case, was in before.items()), "a refused act changed a case")
            return
        self.note(f"all {arrow.trigger} by {actor.name} {form}: {[moved.state for moved in outcome.moved]}")
        self.moved_together(before, outcome)

    def moved_together(self, before: dict[str, Case], outcome: CohortOutcome) -> None:
        """Each case moved, or stayed as it was with a reason; each letter is named once."""
        moved = {each.case_id: each for each in outcome.moved}
        stayed = {each.case_id: each for each in outcome.stayed}
        self.require(not moved.keys() & stayed.keys(), "a case both moved and stayed")
        self.require(all(each.detail for each in outcome.stayed), "a case stays without a reason")
        self.require(len(set(outcome.letters)) == len(outcome.letters), "a letter is named twice")
        for case, was in before.items():
            stored = self.load(case)
            if case in moved:
                self.require(
                    (stored.state, stored.version) == (moved[case].state, moved[case].version), "moved elsewhere"
                )
                self.seen.setdefault(case, set()).update((was.state, stored.state))
            elif case in stayed:
                self.require(stored == was, "a case that stayed was changed")
        self.meet()

    def own_step(self, case: Case, actor: Actor) -> OwnStep:
        """Another step for one of a cohort, or the same with something else filled in."""
        arrow = self.pick_arrow(case)
        form = self.form(arrow.takes, actor.name) if arrow and arrow.takes else {}
        return OwnStep(trigger=arrow.trigger if arrow else "", form=form)

    def warnings_of(self, cohort: str, actor: Actor, act: CohortAct) -> tuple[str, ...]:
        """The rules that warn of an act, mostly."""
        at = self.world.at + timedelta(seconds=1)
        try:
            trial = self.world.database.write(self.world.engine.fire_cohort, cohort, actor, act, at, trial=True)
        except Problem as problem:
            left = problem.more.get("cases", ())
        else:
            left = trial.stayed
        return tuple(sorted({rule for each in left for rule in each.acknowledge})) if self.random.random() < 0.9 else ()

    def meet(self) -> None:
        """Take notice of cases that began otherwise than by being opened alone."""
        new = [row.id for row in self.rows(select(cases.c.id).order_by(cases.c.id)) if row.id not in set(self.cases)]
        self.cases += new
        self.touched.update(new)

    def in_cohort(self, cohort: str) -> list[str]:
        """The cases of a cohort now, in their order."""
        here = (cohort_cases.c.cohort_id == cohort, cohort_cases.c.left_at.is_(None))
        rows = self.rows(select(cohort_cases.c.case_id).where(*here).order_by(cohort_cases.c.position))
        return [row.case_id for row in rows]

    def paper(self, actor: Actor) -> dict[str, Any]:
        """A letter of the host, mostly one that can have come in."""
        today = self.today()
        paper = {
            "channel": self.random.choice(["letter", "email", "whatsapp", "logbook"]),
            "number": self.random.choice(["445/1/2026", "445/2/2026", "445/3/2026", ""]),
            "dated_on": str(today - timedelta(days=self.random.choice([0, 0, 0, 1]))),
            "signer_name": "dr. Wulan Iskandar",
            "signer_post": "Wakil Direktur",
            "received_on": str(today),
            "scan": self.world.file(actor.name if actor.name in self.world.ids else "verifier", "balasan.pdf"),
        }
        if self.random.random() < 0.15:
            paper[self.random.choice([*paper, "color"])] = self.random.choice(RUBBISH)
        return paper

    def nip(self) -> str:
        """The NIP of somebody of the staff, mostly of the unit whose officer asks."""
        rows = self.rows(select(people.c.nip).where(people.c.kind == "staff").order_by(people.c.nip))
        ours = select(people.c.nip).where(people.c.kind == "staff", people.c.unit_id == "RSUD").order_by(people.c.nip)
        return str(self.random.choice(self.rows(ours) if self.random.random() < 0.9 else rows).nip)

    def officer(self) -> str:
        """A personnel officer."""
        row = self.random.choice(
            self.rows(select(group_members).where(group_members.c.group_name == "personnel_officer"))
            or self.rows(select(group_members))
        )
        return self.actor_of(row.person_id).name

    def wait(self) -> None:
        """Days pass, mostly up to a day that some case waits for."""
        days = self.random.choice([1, 1, 2, 3, 7, 15])
        awaited = self.awaited(self.load(self.pick_case()))
        if awaited and self.random.random() < 0.9:
            day = awaited[0] if self.random.random() < 0.8 else self.random.choice(awaited)
            days = min(60, (day - self.today()).days)
        self.world.at += timedelta(days=days)
        self.stale = True
        self.note(f"{days} days pass")

    def awaited(self, case: Case) -> list[date]:
        """The days still to come, soonest first, on which the state of a case has something happen."""
        rungs = [rung.at for rung in self.process.state[case.state].late if isinstance(rung.at, OnDate)]
        days = [date.fromisoformat(case.form[at.field]) + timedelta(days=at.plus) for at in rungs]
        return sorted(day for day in days if day > self.today())

    def sweep(self) -> None:
        """The daily sweep."""
        swept = sweep(self.world.database, self.world.engine, self.world.at)
        self.note(f"sweep: {swept}")
        self.stale = False
        self.touched.update(self.cases)
        strange = [note for note in swept.held_up if re.search(r": \w*(Error|Exception|Interrupt): ", note)]
        self.require(not strange, f"the sweep met {strange}")

    def sign(self) -> None:
        """Somebody signs a letter that waits, or tries to."""
        waiting = self.rows(select(letters.c.id, letters.c.kind).where(letters.c.state == "to_sign"))
        if not waiting:
            return
        letter = self.random.choice(waiting)
        self.touched.update(self.cases)
        asked = self.rows(select(tasks.c.assignee_id).where(tasks.c.letter_id == letter.id))
        person = self.random.choice(asked).assignee_id if asked and self.random.random() < 0.8 else None
        actor = self.actor_of(person) if person else self.world.actor(self.anybody())
        try:
            self.world.database.write(self.world.engine.letter, letter.id, Sign(), actor, self.world.at)
        except Problem as problem:
            self.note(f"sign {letter.kind} by {actor.name}: {type(problem).__name__}")
        else:
            self.note(f"sign {letter.kind} by {actor.name}")

    def name(self) -> None:
        """An administrator names somebody where that is asked, and sometimes where it is not."""
        asked = self.rows(select(tasks).where(tasks.c.triggers == NAME_SOMEONE))
        roles = list(self.process.role)
        if asked and self.random.random() < 0.9:
            row = self.random.choice(asked)
            case, role, actor = row.case_id, row.role, self.actor_of(row.assignee_id)
        else:
            case, role, actor = self.pick_case(), self.random.choice(roles), self.world.actor(self.anybody())
        person = self.anybody()
        self.touched.add(case)
        try:
            self.world.database.write(
                self.world.engine.reseat, case, self.world.at, actor=actor, name={role: self.world.ids[person]}
            )
        except Problem as problem:
            self.note(f"{actor.name} names {person} as {role}: {type(problem).__name__}")
        else:
            self.note(f"{actor.name} names {person} as {role}")

    def change_office(self) -> None:
        """Somebody leaves, is away, stands in, takes a post over, joins a group or quits it."""
        who, post = self.anybody(), self.random.choice(self.rows(select(positions.c.id).order_by(positions.c.title))).id
        today = self.world.at.date()
        what = self.random.choice(["leave", "away", "lend", "lend", "hold", "join", "quit"])
        if what == "leave" and self.departed >= 4:
            what = "hold"
        group = self.random.choice([role.group for role in self.process.roles if role.group] or ["administrator"])
        member = {"group_name": group, "unit_id": "", "person_id": self.world.ids[who]}
        quitting = delete(group_members).where(*(group_members.c[name] == value for name, value in member.items()))
        try:
            if what == "leave":
                self.departed += 1
                gone(self.world, who, on=today)
            elif what == "away":
                away(self.world, who, today, today + timedelta(days=self.random.randint(0, 20)))
            elif what == "lend":
                kind = self.random.choice(["plt", "plh", "pj", "mandat", "delegasi"])
                lend(self.world, kind, post, who, from_on=today, until_on=today + timedelta(days=20))
            elif what == "hold":
                hold(self.world, post, who)
            else:
                change(self.world, quitting, *([insert(group_members).values(member)] if what == "join" else []))
        except Problem as problem:
            self.note(f"{what} {who}: {type(problem).__name__}")
        else:
            self.note(f"{what} {who} {post if what in ('lend', 'hold') else ''}")
            self.stale = True

    # --- What must come of a step ---

    def refused(self, case: Case, foreseen: Judgement | Problem | None, problem: Problem, trigger: str) -> None:
        """What was refused changed nothing, and was foreseen (None: it could not be) unless it lay in a further step."""
        self.require(self.load(case.id) == case, "a refused step changed the case")
        self.require(bool(problem.says), "a refusal says nothing")
        if foreseen is None:
            self.require(problem.type in ("out-of-date", "not-found"), f"a version that is none: {problem!r}")
            return
        if problem.more.get("step", trigger) != trigger:
            return
        obstacle = foreseen if isinstance(foreseen, Problem) else next(iter(foreseen.obstacles), None)
        if problem.more.get("step") == trigger and obstacle is None:
            return  # the same trigger once more, as a further step
        self.require(
            obstacle is not None
            and (type(obstacle), obstacle.says, obstacle.fields) == (type(problem), problem.says, problem.fields),
            f"preview foresaw {obstacle!r}, and fire met {problem!r}",
        )

    def taken(self, case: Case, foreseen: Judgement | Problem, version: int, trigger: str) -> None:
        """What was taken had no obstacle, and counts its events."""
        obstacles = foreseen.obstacles if isinstance(foreseen, Judgement) else [foreseen]
        self.require(not obstacles, f"{trigger} was taken against {obstacles}")
        stored = self.load(case.id)
        self.require(stored.version == version > case.version, "the version does not count the events")
        self.seen.setdefault(case.id, set()).update((case.state, stored.state))
        self.meet()

    def require(self, holds: bool, says: str) -> None:
        """Raises Disagreement with the walk so far."""
        if not holds:
            raise Disagreement(says + "\n" + "\n".join(self.log))

    def note(self, says: str) -> None:
        """Write a step down."""
        self.log.append(f"{len(self.log):3} {self.world.at:%Y-%m-%d} {says}")

    # --- Choosing ---

    def anybody(self) -> str:
        """Anybody at all."""
        return self.random.choice(list(self.world.ids))

    def actor_of(self, person_id: str) -> Actor:
        """The actor of a person's id."""
        return Actor(person_id, next(name for name, known in self.world.ids.items() if known == person_id))

    def standing(self) -> list[str]:
        """The cases that are open."""
        return [row.id for row in self.rows(select(cases.c.id).where(cases.c.closed_at.is_(None)).order_by(cases.c.id))]

    def pick_case(self) -> str:
        """A case, mostly one that is open."""
        standing = self.standing()
        picked: str = self.random.choice(standing if standing and self.random.random() < 0.93 else self.cases)
        return picked

    def pick_arrow(self, case: Case) -> Transition | None:
        """A step from the state, those that lead on more often; rarely one that is none there."""
        leaving = self.process.from_state(case.state)
        if not leaving or self.random.random() < 0.05 * (1 - self.keen):
            return None
        return self.random.choices(leaving, [self.weight(case, arrow) for arrow in leaving])[0]

    def weight(self, case: Case, arrow: Transition) -> float:
        """How much an arrow leads on."""
        targets, seen = set(arrow.targets(case.state)), self.seen.get(case.id, {self.process.initial})
        if arrow.to == SAME:
            return 0.3
        if all(self.process.state[target].final for target in targets):
            at_the_end = 1.4 * len(seen) > sum(not state.final for state in self.process.states)
            return 2.0 if at_the_end else 0.3 * (1.05 - self.keen)
        return 4.0 if targets - seen else max(0.4, 1.1 - self.keen)

    def pick_actor(self, case: Case, arrow: Transition | None, *, on_paper: bool = False) -> Actor:
        """Somebody who may take the step, mostly; sometimes anybody, or the system."""
        if self.random.random() < 0.04 * (1 - self.keen):
            return THE_SYSTEM
        if arrow is None or self.random.random() < 0.15 * (1.1 - self.keen):
            return self.world.actor(self.anybody())
        roles = [role for role in self.process.actors(arrow, case.state) if role != SYSTEM]
        roles = list(arrow.recorded_by) if on_paper else roles
        seated = sorted({seat.person_id for seat in self.seats(case, roles)})
        return self.actor_of(self.random.choice(seated)) if seated else self.world.actor(self.anybody())

    def pick_form(
        self,
        case: Case,
        arrow: Transition | None,
        trigger: str,
        actor: Actor,
        recorded: dict[str, Any] | None = None,
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What is filled in, and the rules that warn of it; mostly tried on until nothing stands in its way."""
        form: dict[str, Any] = {}
        warned: tuple[str, ...] = ()
        for _ in range(self.random.choice([1, 5, 5])):
            form = self.form(arrow.takes, actor.name) if arrow and arrow.takes else {}
            found = self.preview(case, trigger, actor, form, recorded=recorded)
            warned = tuple(reason.rule for reason in found.warnings) if isinstance(found, Judgement) else ()
            standing = found.obstacles if isinstance(found, Judgement) else [found]
            if not [obstacle for obstacle in standing if obstacle.type != "not-acknowledged"]:
                break
        return form, warned

    def pick_then(self, actor: Actor) -> tuple[Step, ...]:
        """Rarely, a further step in the same act."""
        if actor.is_system or self.random.random() > 0.08:
            return ()
        step = self.random.choice(self.process.transitions)
        return (Step(step.trigger, self.form(step.takes, actor.name) if step.takes else {}),)

    def seats(self, case: Case, roles: Iterable[str]) -> list[Any]:
        """Who may play some roles now."""

        def look(conn: Connection) -> list[Any]:
            bench = Bench(self.situation(conn, case))
            return [seat for role in roles for seat in bench.seats(role)]

        return self.world.database.read(look)

    def situation(self, conn: Connection, case: Case) -> Situation:
        """A case as it stands now."""
        return Situation(conn, self.world.engine.office, self.process, case, case.form, self.world.at)

    def load(self, case: str) -> Case:
        """A case as it is stored."""
        return self.world.database.read(load, case)

    def rows(self, query: Any) -> list[Any]:
        """Rows of a query."""
        return self.world.all(query)

    def preview(
        self,
        case: Case,
        trigger: str,
        actor: Actor,
        form: dict[str, Any],
        acknowledged: tuple[str, ...] = (),
        recorded: dict[str, Any] | None = None,
    ) -> Judgement | Problem:
        """What a step would meet, a second from now."""
        at = self.world.at + timedelta(seconds=1)
        try:
            return self.world.database.read(
                self.world.engine.preview,
                *(case.id, trigger, actor, form, at),
                acknowledge=acknowledged,
                recorded=recorded,
            )
        except Problem as problem:
            return problem

    # --- Filling in ---

    def form(self, struct: type[msgspec.Struct], who: str) -> dict[str, Any]:
        """A form as somebody might fill it in: well, in part, or with rubbish."""
        good = self.filled(struct, who)
        luck = self.random.random()
        if luck < 0.82:
            return good
        if luck < 0.9:
            return {name: value for name, value in good.items() if self.random.random() < 0.5}
        names = [*struct.__struct_fields__, "color"]
        return good | {self.random.choice(names): self.random.choice(RUBBISH) for _ in range(self.random.randint(1, 3))}

    def filled(self, struct: type[msgspec.Struct], who: str) -> dict[str, Any]:
        """Every required field and some of the others."""
        values = {
            found.name: self.value(inspect.type_info(found.type), found.name, who)
            for found in msgspec.structs.fields(struct)
            if found.required or self.random.random() < 0.5
        }
        if (
            self.process.period
            and set(self.process.period) <= set(values)
            and all(map(values.get, self.process.period))
        ):
            first = self.today() + timedelta(days=self.random.randint(1, 12))
            # What takes nobody's days may last for months.
            months = 0 if any(state.occupies for state in self.process.states) else self.random.choice([0, 31, 60, 92])
            last = first + timedelta(days=months + self.random.randint(0, 10))
            for bound, day in zip(self.process.period, (first, last), strict=True):
                values |= {name: str(day) for name in values if name.endswith(bound)}
        if {"fact", "value"} <= set(values):
            facts = attestable_facts(self.process)
            values["fact"] = self.random.choice(sorted(facts))
            values["value"] = self.value(inspect.type_info(facts[values["fact"]]), "value", who)
        return values

    def value(self, kind: Any, name: str, who: str) -> Any:  # noqa: C901, PLR0912 - one line for each kind of type there is
        """A value of a type."""
        match kind:
            case inspect.Metadata(type=inner, extra=extra):
                file = bool(extra and extra.get("file"))
                if extra and extra.get("person"):
                    return self.nip()
                return self.world.file(who) if file and who in self.world.ids else self.value(inner, name, who)
            case inspect.StrType():
                return self.text(kind, name)
            case inspect.BoolType():
                return self.random.random() < 0.5
            case inspect.IntType() if name == "number":
                return self.random.choice(
                    [row.number for row in self.rows(select(entries.c.number).order_by(entries.c.id))] or [1]
                )
            case inspect.IntType():
                years = [self.today().year] if name == "budget_year" else []
                chosen = self.random.choice(years or [0, 1, 2, 80, 100_000, 3_000_000])
                return int(max(kind.ge or 0, min(chosen, math.inf if kind.le is None else kind.le)))
            case inspect.FloatType():
                return self.random.choice([0.5, 7.5, 8, 24])
            case inspect.DateType():
                return str(self.today() + timedelta(days=self.random.choice([-9, -2, -1, 0, 0, 1, 5, 20])))
            case inspect.DateTimeType():
                # An hour that has mostly passed, and begins before it ends.
                ago = timedelta(days=self.random.choice([0, 0, 1, 2, 5]), hours=2 if name.startswith("starts") else 1)
                return (self.world.at - ago).isoformat()
            case inspect.LiteralType():
                return self.random.choice(kind.values)
            case inspect.UnionType():
                some = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
                return None if self.random.random() < 0.4 else self.value(self.random.choice(some), name, who)
            case inspect.VarTupleType() | inspect.ListType():
                return self.several(kind, name, who)
            case inspect.StructType() | inspect.DataclassType():
                return {
                    each.name: self.value(each.type, each.name, who)
                    for each in kind.fields
                    if self.random.random() < 0.9
                }
            case _:
                return self.random.choice(RUBBISH)

    def several(self, kind: Any, name: str, who: str) -> list[Any]:
        """A list; numbers are those of entries there are."""
        if isinstance(kind.item_type, inspect.IntType):
            known = sorted({row.number for row in self.rows(select(entries.c.number))})
            return self.random.sample(known, min(len(known), 3))
        return [self.value(kind.item_type, name, who) for _ in range(self.random.randint(kind.min_length or 0, 2))]

    def text(self, kind: inspect.StrType, name: str) -> str:
        """A text; where a field means something that is known here, often that."""
        if any(role.partner == name for role in self.process.roles):
            return self.random.choice(["partner:RSPROV", "partner:RSPROV", "unit:DINKES", "unit:BKPSDM", "unit:RSUD"])
        if (kind.pattern or "").startswith("^unit:"):
            return self.random.choice(["unit:DINKES", "unit:RSUD"])
        if name == "budget_line":
            return self.random.choice([self.world.budget_line, self.world.budget_line, self.world.budget_line, ""])
        if name == "next_budget_line":
            return self.random.choice([self.next_line, self.next_line, self.world.budget_line, ""])
        if name in ("successor", "account"):
            return self.random.choice([self.nip(), EMAIL if name == "account" else self.nip()])
        if name == "section":
            return self.random.choice(SECTIONS)
        long = SENTENCE * (1 + (kind.min_length or 0) // len(SENTENCE))
        return long[: kind.max_length or len(long)]

    def today(self) -> date:
        """The day of the walk."""
        return self.world.engine.office.day(self.world.at)
