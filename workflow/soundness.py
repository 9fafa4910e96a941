"""What a process must be to be run at all. Proved when its file is imported: one bad definition stops the start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

import msgspec

from policies.credit import ACTIVITIES, Unit
from workflow.definition import (
    SAME,
    SYSTEM,
    WAITING,
    Among,
    DefinitionError,
    Entry,
    Escalate,
    Fire,
    OnDate,
    Posting,
    Role,
    State,
    Transition,
)
from workflow.filling import takes_people
from workflow.letters.route import MOST_PARAF

if TYPE_CHECKING:
    from workflow.definition import Process

T = TypeVar("T")


def prove(process: Process) -> None:
    """Raise DefinitionError with everything that is wrong with a process; return where nothing is."""
    faults = [*_names(process)]
    faults = faults or [
        *_openers(process),
        *_roles(process),
        *_finals(process),
        *_routes(process),
        *_transitions(process),
        *_stand_ins(process),
        *_consequences(process),
        *_deadlines(process),
        *_ways(process),
        *_silence(process),
    ]
    if faults:
        raise DefinitionError(f"process {process.name!r} is not sound:\n" + "\n".join(f"- {fault}" for fault in faults))


def _twice(names: Iterable[T]) -> list[T]:
    return [name for name, count in Counter(names).items() if count > 1]


def _names(process: Process) -> Iterator[str]:
    """Each name once, and every name that is used exists."""
    states, roles = {s.name for s in process.states}, {r.name for r in process.roles}
    for what, twice in (
        ("state", _twice(s.name for s in process.states)),
        ("role", _twice(r.name for r in process.roles)),
    ):
        yield from (f"{what} {name} is defined twice" for name in twice)
    used = [(f"state {s.name}", role) for s in process.states for role in s.waits]
    used += [
        (f"state {s.name}", rung.to)
        for s in process.states
        for rung in s.late
        if isinstance(rung, Escalate) and rung.to
    ]
    used += [("apart", name) for pair in process.apart for name in (pair.yields, pair.to)]
    used += [(f"role {r.name}", r.of or r.heads) for r in process.roles if r.of or r.heads]
    used += [(f"entry {entry.name}", name) for entry in process.entries.values() for name in entry.read_by]
    triggers = {t.trigger for t in process.transitions}
    yield from (
        f"{t.trigger} is judged by the law of {t.by_law_of!r}, which is no step"
        for t in process.transitions
        if t.by_law_of and t.by_law_of not in triggers
    )
    for t in process.transitions:
        used += [
            (t.trigger, name) for name in ((t.by,) if isinstance(t.by, str) else t.by) if name not in (SYSTEM, WAITING)
        ]
        used += [(t.trigger, name) for name in (*t.tells, *t.recorded_by)]
        for letter in t.issues:
            named = (*letter.made_by, *letter.reaches, *letter.read_by)
            used += [(f"{t.trigger} issues {letter.name}", name) for name in named]
        targets = {*(t.to.targets if isinstance(t.to, Among) else (t.to,))} - {SAME}
        yield from (
            f"{t.trigger}: no state called {name!r}" for name in (*t.sources, *sorted(targets)) if name not in states
        )
    yield from (f"follows: no state called {name!r}" for name in process.follows if name not in states)
    yield from (
        f"{where}: no role called {name!r}; the process has {', '.join(sorted(roles))}"
        for where, name in used
        if name not in roles
    )
    for letter in process.letters.values():
        if letter.read_by and (shut := sorted({*letter.made_by, *letter.reaches} - set(letter.read_by))):
            yield f"letter {letter.name} is read by a few, but goes through {shut}, who are none of them"
        unknown = set(letter.takes_back) - set(process.letters)
        yield from (f"letter {letter.name} takes back {name!r}, which no transition issues" for name in sorted(unknown))
        if letter.revoked_in and letter.revoked_in not in process.form.__struct_fields__:
            yield f"letter {letter.name} revokes letters of the case in {letter.revoked_in!r}, which the form lacks"
        if not letter.revoked_in and (lost := sorted(set(letter.revokes) - set(process.letters))):
            yield f"letter {letter.name} revokes {lost}, which no transition issues"
        if letter.revokes and letter.takes_back:
            yield f"letter {letter.name} revokes letters, so it neither cancels nor changes any"
        if letter.cancels and letter.changes:
            yield f"letter {letter.name} either cancels letters or changes them, not both"


def _routes(process: Process) -> Iterator[str]:
    """The way of each letter is one that it can go, and what a state answers is issued where the case comes into it."""
    for letter in process.letters.values():
        if len(letter.paraf or ()) > MOST_PARAF:
            yield f"letter {letter.name} is initialled by more than {MOST_PARAF}"
        yield from (f"letter {letter.name} is signed by {name} twice" for name in _twice(letter.signers))
    for state in process.states:
        into = [t for t in process.transitions if any(state.name in t.targets(source) for source in t.sources)]
        issued = {letter.name for t in into for letter in t.issues}
        for letter in state.after:
            if letter.name not in issued:
                yield f"state {state.name} answers letter {letter.name}, which no arrow into it issues"
        if state.after and state.final:
            yield f"state {state.name} is final: nothing is answered there"


def _openers(process: Process) -> Iterator[str]:
    if not process.opened_by:
        yield "nobody may open a case: opened_by names no role"
    yield from (f"opened_by: no role called {name!r}" for name in process.opened_by if name not in process.role)


def _roles(process: Process) -> Iterator[str]:
    if sum(role.person for role in process.roles) != 1:
        yield "exactly one role must be the person whom the case is about (person=True)"
    if sum(role.records for role in process.roles) > 1:
        yield "no more than one role stands for whoever records an answer (records=True)"
    fields = _fields(process.form)
    for role in process.roles:
        yield from _relation(process, role, fields)
    joined = (t.joins for t in process.transitions if t.joins)
    for name in (*(process.period or ()), *process.retraced_by, *process.common, *joined):
        if name not in fields:
            yield f"the form has no field {name!r}"
    acting = {role for s in process.states for t in process.from_state(s.name) for role in process.actors(t, s.name)}
    handling = {role for letter in process.letters.values() for role in letter.made_by}
    escalated = {rung.to for s in process.states for rung in s.late if isinstance(rung, Escalate)}
    recording = {name for t in process.transitions for name in t.recorded_by} | set(process.opened_by)
    reading = {name for entry in process.entries.values() for name in entry.read_by}
    reached = {name for letter in process.letters.values() for name in letter.reaches}
    for role in process.roles:
        if role.name not in acting | handling | escalated | recording | reached | reading and not role.records:
            yield f"role {role.name} never acts"


def _relation(process: Process, role: Role, fields: set[str]) -> Iterator[str]:
    if not role.kind:
        yield f"role {role.name} must be exactly one kind of relation"
    if (role.left_out is not None or role.signs_as is not None) and role.chosen is None:
        yield f"role {role.name} says who is left out or signs in another's place, but chooses nobody"
    if role.now and (not role.heads or role.when is None or role.within is None):
        yield f"role {role.name} answers a move: it heads a unit, for a time (within), while a condition holds (when)"
    if role.partner and role.partner not in fields:
        yield f"role {role.name}: the form has no field {role.partner!r}"
    if role.named and not takes_people(process.form, role.named):
        yield f"role {role.name}: the form has no field {role.named!r} that names a person"
    for name in role.held:
        if not (role.named or role.chosen) or name not in {state.name for state in process.states}:
            yield f"role {role.name} is held by nobody whom the form names or a list chooses in a state {name!r}"
    if role.heads and not (process.role[role.heads].person or process.role[role.heads].named):
        yield f"role {role.name} heads the unit of {role.heads}, which is nobody in particular"


def _finals(process: Process) -> Iterator[str]:
    for state in process.states:
        leaving = process.from_state(state.name)
        if state.final and leaving:
            yield f"state {state.name} is final, yet {leaving[0].trigger} leaves it"
        if state.final and (state.waits or state.late or state.within or state.occupies):
            yield f"state {state.name} is final: nobody waits there, no time runs and nothing is held"
        for t in leaving:
            if WAITING in ((t.by,) if isinstance(t.by, str) else t.by) and not state.waits:
                yield f"{t.trigger} from {state.name} is for whoever waits, but nobody does"


def _transitions(process: Process) -> Iterator[str]:
    for state in process.states:
        taken = [
            (t.trigger, role)
            for t in process.from_state(state.name)
            for role in {*process.actors(t, state.name), *t.recorded_by}
        ]
        yield from (f"arrow {trigger} from {state.name} is defined twice for {role}" for trigger, role in _twice(taken))
    for t in process.transitions:
        if t.partial and t.takes is not process.form:
            yield f"{t.trigger} takes a part of something other than the form"
        if t.pauses_clock and all(process.state[source].within is None for source in t.sources):
            yield f"{t.trigger} pauses a clock that does not run"
        if t.at_once and (t.when is None or SYSTEM not in ((t.by,) if isinstance(t.by, str) else t.by)):
            yield f"{t.trigger} is taken at once: by the system, under a condition (when)"
        for letter in t.after:
            if letter.name not in process.letters:
                yield f"{t.trigger} comes after letter {letter.name}, which no transition issues"


def _stand_ins(process: Process) -> Iterator[str]:
    """Steps that somebody takes for another, or that put another in somebody's place."""
    for t in process.transitions:
        if t.recorded_by and not process.recorder:
            yield f"{t.trigger} may be recorded, but no role stands for whoever records (records=True)"
        answering = {role for state in t.sources for role in process.actors(t, state) if role != SYSTEM}
        if t.recorded_by and not any(process.role[role].partner for role in answering):
            yield f"{t.trigger} may be recorded, but it is not a host's to take"
        if t.appoints and (t.appoints not in _fields(t.takes) or not any(role.appointed for role in process.roles)):
            yield f"{t.trigger} appoints by {t.appoints!r}, which it does not take, or no role is appointed"
        if t.succession and t.succession.field not in _fields(t.takes):
            yield f"{t.trigger} names a successor by {t.succession.field!r}, which it does not take"


def _counted(process: Process, t: Transition) -> Iterator[str]:
    """What gives a claim to hours is marked by the step, says from when till when, and is a meeting by the conversion table."""
    if t.counts is None:
        if t.earns is not None:
            yield f"{t.trigger} says what its writer earns, but counts no entries"
        return
    if t.marks is None or t.marks.entry.name != t.counts.name:
        yield f"{t.trigger} counts {t.counts.name}, which it does not mark"
    if {"starts_at", "ends_at"} - set(_fields(t.counts.takes)):
        yield f"{t.trigger} counts {t.counts.name}, which does not say starts_at and ends_at"
    row = ACTIVITIES.get(process.activity)
    if row is None or row.unit is not Unit.SESSION:
        yield f"{t.trigger} counts {t.counts.name}, but the activity {process.activity!r} is not counted by meetings"


def _consequences(process: Process) -> Iterator[str]:
    """What a step leaves behind can be made from what it takes and what the process has."""
    for t in process.transitions:
        taken = _fields(t.takes)
        yield from _written(t)
        for does, entry, from_ in _changed_entries(t):
            if entry.name not in process.entries:
                yield f"{t.trigger} {does} {entry.name}, which no transition writes"
            for status in sorted(set(from_) - _statuses(process, entry)):
                yield f"{t.trigger} {does} {entry.name} that is {status!r}, which it never is"
        if t.ends_period and (t.ends_period not in taken or process.period is None):
            yield f"{t.trigger} ends the period on {t.ends_period!r}, which it does not take, or there is no period"
        if Posting.CREDIT in t.posts and not process.activity:
            yield f"{t.trigger} posts a credit, but the process names no activity to convert"
        says = {Posting.RESERVE: process.promises, Posting.SPEND: process.charges, Posting.RETURN: process.returns}
        if any(posting in t.posts and function is None for posting, function in says.items()):
            yield f"{t.trigger} moves money, but the process does not say what it promises, charges or returns"
        yield from _counted(process, t)
    for state in process.states:
        if state.occupies and process.period is None:
            yield f"state {state.name} occupies the participant, but the process names no period"


def _changed_entries(t: Transition) -> Iterator[tuple[str, Entry, tuple[str, ...]]]:
    """What a step does to entries that are there already, and to those of which statuses."""
    if t.marks:
        yield "marks", t.marks.entry, t.marks.from_
    if t.corrects:
        yield "corrects", t.corrects, t.corrects_from


def _statuses(process: Process, entry: Entry) -> set[str]:
    """The statuses that an entry can have while it counts."""
    return {"written", *(t.marks.status for t in process.transitions if t.marks and t.marks.entry.name == entry.name)}


def _written(t: Transition) -> Iterator[str]:
    """The entry of a step is what was filled in, or what is gathered."""
    if t.corrects and not _fields(t.takes) >= {*_fields(t.corrects.takes), "number"}:
        yield f"{t.trigger} corrects {t.corrects.name}, but does not take its fields and its 'number'"
    if t.corrects and (t.writes or t.keeps):
        yield f"{t.trigger} either corrects an entry or writes one, not both"
    if t.writes and t.takes is not t.writes.takes:
        yield f"{t.trigger} writes {t.writes.name} but does not take {t.writes.takes.__name__}"
    if t.writes and t.writes.date and t.writes.date not in _fields(t.takes):
        yield f"{t.trigger} writes {t.writes.name}, whose date {t.writes.date!r} it does not take"
    if t.writes and t.keeps:
        yield f"{t.trigger} either writes what was filled in or keeps what is gathered, not both"
    if t.keeps and t.keeps.date:
        yield f"{t.trigger} keeps {t.keeps.name}, which is dated by its step"


def _fields(struct: type[msgspec.Struct] | None) -> set[str]:
    return set(struct.__struct_fields__) if struct else set()


def _deadlines(process: Process) -> Iterator[str]:
    fields = _fields(process.form)
    for state in process.states:
        for rung in state.late:
            if isinstance(rung.at, OnDate):
                if rung.at.field not in fields:
                    yield f"state {state.name}: the form has no date {rung.at.field!r}"
            elif state.within is None:
                yield f"state {state.name} has a rung at a share of its time, but no time (within)"
            if isinstance(rung, Fire):
                yield from _firing(process, state, rung)
        for arrow in process.from_state(state.name):
            alone = process.actors(arrow, state.name) == (SYSTEM,) and not arrow.at_once
            if alone and arrow.trigger not in _fired(state):
                yield f"state {state.name}: {arrow.trigger} is the system's alone, but no rung fires it"


def _firing(process: Process, state: State, rung: Fire) -> Iterator[str]:
    """A step that the system takes of itself is one that it may take."""
    arrow = process.arrow(state.name, rung.trigger, SYSTEM)
    if arrow is None or SYSTEM not in process.actors(arrow, state.name):
        yield f"state {state.name}: the system may not fire {rung.trigger!r} there"
    if rung.until and rung.until not in _fields(process.form):
        yield f"state {state.name}: the form has no date {rung.until!r}"
    if rung.until and not rung.again:
        yield f"state {state.name}: {rung.trigger} has a last day for trying again, but is tried once"


def _fired(state: State) -> set[str]:
    """What the system will do of itself in a state."""
    return {rung.trigger for rung in state.late if isinstance(rung, Fire)}


def _ways(process: Process) -> Iterator[str]:
    """Every state can be reached, and from every state a final one can."""
    steps = {
        s.name: {target for t in process.from_state(s.name) for target in t.targets(s.name)} for s in process.states
    }
    yield from (f"state {name} cannot be reached" for name in sorted(set(steps) - _closure(process.initial, steps)))
    final = {s.name for s in process.states if s.final}
    for state in process.states:
        if not _closure(state.name, steps) & final:
            yield f"from state {state.name} no final state can be reached"


def _closure(start: str, steps: dict[str, set[str]]) -> set[str]:
    seen, open_ = {start}, [start]
    while open_:
        new = steps[open_.pop()] - seen
        seen |= new
        open_ += new
    return seen


def _silence(process: Process) -> Iterator[str]:
    """Someone or a deadline waits in each state, and none depends on the silence of one person."""
    for state in (s for s in process.states if not s.final):
        if not state.waits and not any(isinstance(rung, Fire) for rung in state.late):
            yield f"nobody waits in state {state.name}, and no deadline"
        leaving = [t for t in process.from_state(state.name) if t.targets(state.name) != (state.name,)]
        yield from _waited_for(process, state, leaving)


def _waited_for(process: Process, state: State, leaving: list[Transition]) -> Iterator[str]:
    asked = [t for t in process.from_state(state.name) if not t.aside]
    owed = {role for t in asked for role in process.actors(t, state.name)}
    for name in state.waits:
        if name not in owed:
            yield f"state {state.name} waits for {name}, who can do nothing there"
        others = {
            role
            for t in leaving
            for role in process.actors(t, state.name)
            if role != name and (role != SYSTEM or t.trigger in _fired(state))
        }
        if process.role[name].may_be_silent and not others:
            yield f"state {state.name} depends on the silence of {name}: nobody else has an arrow out"
