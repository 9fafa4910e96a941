"""The language in which a process is written: roles, states, transitions, letters, entries and deadlines, all of them data.

Inbox, forms, buttons, diagram, JSON API, tests and the printed procedure come from one ``Process``. It proves itself when its
file is imported (see ``soundness``); what needs the rest of the house (facts, templates) the registry proves at start.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from policies.decision import Rule
from policies.parameters import Law, Parameter
from workflow.letters.parts import LetterType

#: Acts for nobody: deadlines and sweeps.
SYSTEM = "system"
#: In ``by``: whoever the source state waits for.
WAITING = "waiting"
#: In ``to``: the state stays as it is.
SAME = "same"


class Occupancy(StrEnum):
    """What a state does with the period of the form: the participant's days are held, or count as absence from the post."""

    HELD = "held"
    ABSENT = "absent"


class Posting(StrEnum):
    """Movements in the books that a transition may owe."""

    RESERVE = "reserve"
    COMMIT = "commit"
    SPEND = "spend"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    FUND = "fund"
    CARRY = "carry"
    REDUCE = "reduce"
    CREDIT = "credit"


class DefinitionError(Exception):
    """A process that cannot be run as it is written: names the process, the part and what it lacks. For developers."""


def facts_of(function: Callable[..., Any]) -> type[Any]:
    """The facts dataclass that a function asks for: the annotation of its first argument."""
    hints = typing.get_type_hints(function)
    name = next(name for name in hints if name != "return")
    kind: type[Any] = hints[name]
    return kind


@dataclass(frozen=True)
class Role:
    """Who may act, as a relation: looked up when it is needed, so that a new head inherits the tasks.

    Exactly one of: ``person`` (the case's subject), ``of`` (the direct superior of that role), ``heads`` (the head of that
    role's unit), ``post`` (a post that the agency profile names), ``find`` (a function of facts and law that names such a post
    or another role), ``group``, ``partner`` (the form's field that names the host: a partner's contact, or the head of a unit).
    ``says``: who that is, for people, where a function finds it. ``now``: of the unit that the person works in today, where
    others mean the one that the case was opened in; ``within``: working days that it has to answer a move of that person.
    ``when``: a function of facts; where it does not hold, nobody plays the role. Whoever plays such a role is asked of itself.
    """

    name: str
    title: str
    person: bool = False
    of: str = ""
    heads: str = ""
    post: str = ""
    find: Callable[[Any, Law], str] | None = None
    group: str = ""
    partner: str = ""
    records: bool = False
    appointed: bool = False
    says: str = ""
    now: bool = False
    within: Parameter[int] | None = None
    when: Callable[[Any], bool] | None = None

    @property
    def kind(self) -> str:
        """Which of the relations it is; empty where none or several are given."""
        kinds = ("person", "of", "heads", "post", "find", "group", "partner", "records", "appointed")
        given = [kind for kind in kinds if getattr(self, kind)]
        return given[0] if len(given) == 1 else ""

    @property
    def may_be_silent(self) -> bool:
        """One person outside the hierarchy, whom nobody replaces of itself: the case must not depend on their answer."""
        return self.kind in ("person", "partner", "appointed")


@dataclass(frozen=True)
class Apart:
    """Two roles that one person may not both play; ``yields`` is the one that passes on to somebody else."""

    yields: str
    to: str


# --- Deadlines -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnDate:
    """A day that the form names, moved by whole days; ``working`` moves it on to the next working day."""

    field: str
    plus: int = 0
    working: bool = False


#: When a rung falls: a share of the state's time, or a day of the form.
When = float | OnDate


@dataclass(frozen=True)
class Remind:
    """Tell whoever is waited for, at this share of the time."""

    at: When


@dataclass(frozen=True)
class Escalate:
    """When this share of the time has passed, tell and show the case to ``to``, or to the superior of whoever is waited for."""

    at: When
    to: str = ""


@dataclass(frozen=True)
class Fire:
    """When this share of the time has passed, or on that day, let the system take the step.

    ``again``: each working day anew while something stands in the way, up to the day of the form that ``until`` names.
    """

    trigger: str
    at: When
    again: bool = False
    until: str = ""


Rung = Remind | Escalate | Fire


@dataclass(frozen=True)
class State:
    """Where a case can be. ``waits``: the roles that owe the next step. ``within``: working days for it, as a parameter.

    ``carried_out``: an end at which what was ordered has been done, in whole or in part, so that its letters stay in force.
    ``after``: letters that what is awaited here answers: nobody is asked, and no time runs, before they have left.
    """

    name: str
    title: str
    waits: tuple[str, ...] = ()
    within: Parameter[int] | None = None
    late: tuple[Rung, ...] = ()
    occupies: Occupancy | None = None
    final: bool = False
    carried_out: bool = False
    after: tuple[Letter, ...] = ()


# --- What a transition leaves behind ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A dated record within a case.

    ``date`` names the field of its struct that dates it; ``one_a_day``: a later one for the same day takes the place of an
    unconfirmed one, which stays readable in the history.
    """

    name: str
    title: str
    takes: type[msgspec.Struct]
    date: str = ""
    one_a_day: bool = False


@dataclass(frozen=True)
class Mark:
    """Sets the status of entries already written; the form says which by ``numbers`` or by ``from_on`` and ``until_on``."""

    entry: Entry
    status: str


@dataclass(frozen=True)
class Letter:
    """An official letter: its typed body, signing role and classification. Its template is ``templates/letters/NAME.html``.

    ``type``: which of the kinds of official letters it is (see ``parts.LetterType``); the agency's profile gives each its
    paper and type. ``cosigners``: roles that sign after the first, in order. ``paraf``: the roles that initial it before
    that, in order; None leaves it to the agency's profile. ``drafter``: the role that corrects it where it is sent back; else
    the one whose step issues it. ``decides``: a keputusan, which nobody signs who stands in for somebody (Plt., Plh.).
    ``subject``: its Hal. ``to``: the role that it is addressed to; ``through``: the one that
    it passes on its way up; ``copies``: roles that get a copy (tembusan). ``within``:
    working days to sign it, where the one whose step issues it does not sign. ``for_regent``: where the secretary signs it, it
    is signed a.n. the regent. ``when``: issued only where this function of facts holds, ``when_says`` for people. ``cancels``:
    one letter for each post whose letters of these kinds are in force, signed by that post and addressed as they were.
    ``changes``: the same for letters that stay in force for others who share them. ``as_one``: one letter for all that it takes
    back, by the post that signed the first of the kinds named. ``shared``: cases that take the step in one
    act share one letter, as far as it says the same of them.
    """

    name: str
    title: str
    body: type[msgspec.Struct]
    signer: str
    classification: str
    subject: str
    within: Parameter[int]
    type: LetterType = "surat_dinas"
    cosigners: tuple[str, ...] = ()
    paraf: tuple[str, ...] | None = None
    drafter: str = ""
    decides: bool = False
    to: str = ""
    through: str = ""
    copies: tuple[str, ...] = ()
    for_regent: bool = False
    when: Callable[[Any], bool] | None = None
    when_says: str = ""
    cancels: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    as_one: bool = False
    shared: bool = False

    @property
    def signers(self) -> tuple[str, ...]:
        """The roles that sign it, in order."""
        return (self.signer, *self.cosigners)

    @property
    def reaches(self) -> tuple[str, ...]:
        """The roles that it goes to: addressed, passed on the way, or given a copy."""
        return tuple(role for role in (self.to, self.through, *self.copies) if role)

    @property
    def takes_back(self) -> tuple[str, ...]:
        """The kinds of letters that it takes back from the case: it cancels or changes them."""
        return (*self.cancels, *self.changes)

    @property
    def template(self) -> str:
        """The file that it is made with."""
        return f"{self.name}.html"


@dataclass(frozen=True)
class Among:
    """A target that a function of facts chooses among declared states, SAME for the one it is in. ``says``: how, for people."""

    choose: Callable[[Any], str]
    targets: tuple[str, ...]
    says: str = ""


@dataclass(frozen=True)
class Succession:
    """Another person takes the place of the case's subject: a case of their own begins where this one stood.

    ``field``: the field of the step's form that names them, by id. ``guards``: rules that must allow it of the successor.
    """

    field: str
    guards: tuple[Rule, ...]


@dataclass(frozen=True)
class Transition:
    """A permitted arrow. Its guards are rules that must allow; its form is a struct, its label what the button says.

    ``partial``: takes any part of the form, only types are checked. ``amends``: a function of facts that gives the fields of the
    form to be changed. ``after``: letters that must be signed first. ``once``: at most once in a stay in the state. ``when``: a
    function of facts (``when_says`` for people); where it does not hold, nobody is asked for the step and it cannot be taken.
    ``pauses_clock``: the working days left are kept for the return. ``ends_period``: the field of its form that ends the period
    early. ``credits``: the JP that it posts, where that is not what the conversion table gives for the whole activity.
    ``tells``: roles that get a message besides whoever waits next. ``recorded_by``: roles that may record it for whoever
    answered on paper, with the paper. ``succession``: somebody comes in the place of the subject. ``keeps``: an entry that nobody
    fills in: its fields are gathered as facts when the step is taken, and stay as they were then. ``at_once``: the system takes
    it of itself as soon as its condition holds; whoever else may take it is asked where something stands in the way.
    """

    trigger: str
    source: str | tuple[str, ...]
    to: str | Among
    by: str | tuple[str, ...]
    title: str
    takes: type[msgspec.Struct] | None = None
    partial: bool = False
    guards: tuple[Rule, ...] = ()
    amends: Callable[[Any], Mapping[str, Any]] | None = None
    issues: tuple[Letter, ...] = ()
    posts: tuple[Posting, ...] = ()
    credits: Parameter[int] | None = None
    writes: Entry | None = None
    keeps: Entry | None = None
    marks: Mark | None = None
    after: tuple[Letter, ...] = ()
    once: bool = False
    when: Callable[[Any], bool] | None = None
    when_says: str = ""
    pauses_clock: bool = False
    restarts_clock: bool = False
    ends_period: str = ""
    tells: tuple[str, ...] = ()
    recorded_by: tuple[str, ...] = ()
    succession: Succession | None = None
    appoints: str = ""
    asks_anew: bool = False
    aside: bool = False
    at_once: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The states it may be taken from."""
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that must allow it, those about a successor included."""
        return (*self.guards, *(self.succession.guards if self.succession else ()))

    def targets(self, source: str) -> tuple[str, ...]:
        """The states it may lead to from a state."""
        declared = self.to.targets if isinstance(self.to, Among) else (self.to,)
        return tuple(source if target == SAME else target for target in declared)


@dataclass(frozen=True)
class Process:
    """A kind of procedure. Construct it at the top level of its module, as ``PROCESS``."""

    name: str
    title: str
    version: int
    basis: tuple[str, ...]
    form: type[msgspec.Struct]
    roles: tuple[Role, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    #: Roles that may open a case; the subject opens for themselves, the others for whomever they play the role.
    opened_by: tuple[str, ...]
    #: Groups whose members see every case of the process.
    seen_by: tuple[str, ...]
    apart: tuple[Apart, ...] = ()
    #: The form's fields that bound the period, where the process occupies a person.
    period: tuple[str, str] | None = None
    #: Fields that, changed after a return, send the request through all superiors again.
    retraced_by: tuple[str, ...] = ()
    #: The row of the conversion table by which its completion is credited.
    activity: str = ""
    #: Fields that all cases of a cohort have in common.
    common: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from workflow.soundness import prove  # noqa: PLC0415 - it reads the classes above, so it cannot be imported before them

        prove(self)

    @cached_property
    def state(self) -> Mapping[str, State]:
        """The states by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def role(self) -> Mapping[str, Role]:
        """The roles by name."""
        return {role.name: role for role in self.roles}

    @cached_property
    def subject(self) -> str:
        """The role of the person whom the case is about."""
        return next(role.name for role in self.roles if role.person)

    @cached_property
    def recorder(self) -> str:
        """The role of whoever recorded an answer for somebody; empty where nothing is ever recorded so."""
        return next((role.name for role in self.roles if role.records), "")

    @cached_property
    def at_times(self) -> tuple[str, ...]:
        """The roles that somebody plays only while a condition holds."""
        return tuple(role.name for role in self.roles if role.when is not None)

    @cached_property
    def newcomer(self) -> Role | None:
        """The role that answers for the subject where they work today; None where the process does not heed a move."""
        return next((role for role in self.roles if role.now), None)

    @cached_property
    def host_field(self) -> str:
        """The field of the form that names the host; empty where there is none."""
        return next((role.partner for role in self.roles if role.partner), "")

    @cached_property
    def initial(self) -> str:
        """The state in which a case is opened: the first."""
        return self.states[0].name

    @cached_property
    def carried_out(self) -> tuple[str, ...]:
        """The ends at which letters stay in force."""
        return tuple(state.name for state in self.states if state.carried_out)

    @cached_property
    def letters(self) -> Mapping[str, Letter]:
        """Every letter that some transition issues, by name."""
        return {letter.name: letter for transition in self.transitions for letter in transition.issues}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every kind of entry that some transition writes, by name."""
        return {entry.name: entry for t in self.transitions for entry in (t.writes, t.keeps) if entry}

    @cached_property
    def kept(self) -> frozenset[str]:
        """The kinds of entries that a step gathers itself, by name."""
        return frozenset(t.keeps.name for t in self.transitions if t.keeps)

    @cached_property
    def _by_source(self) -> Mapping[str, tuple[Transition, ...]]:
        return {
            state.name: tuple(transition for transition in self.transitions if state.name in transition.sources)
            for state in self.states
        }

    def from_state(self, state: str) -> tuple[Transition, ...]:
        """The arrows out of a state, those that stay in it included."""
        return self._by_source[state]

    def arrow(self, state: str, trigger: str) -> Transition | None:
        """The arrow that a trigger means in a state; None where it is not a step there."""
        return next((t for t in self._by_source[state] if t.trigger == trigger), None)

    def actors(self, transition: Transition, state: str) -> tuple[str, ...]:
        """The roles that may take an arrow from a state, WAITING resolved, SYSTEM kept."""
        named = (transition.by,) if isinstance(transition.by, str) else transition.by
        return tuple(
            dict.fromkeys(role for name in named for role in (self.state[state].waits if name == WAITING else (name,)))
        )
