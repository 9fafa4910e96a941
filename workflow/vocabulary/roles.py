"""Who acts in a process: roles as relations, and which of them one person may not both play."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policies.authority import SignsAs
from policies.parameters import Law, Parameter

#: Acts for nobody: deadlines and sweeps.
SYSTEM = "system"
#: In ``by``: whoever the source state waits for.
WAITING = "waiting"


@dataclass(frozen=True)
class Role:
    """Who may act, as a relation: looked up when it is needed, so that a new head inherits the tasks.

    Exactly one of: ``person`` (the case's subject), ``named`` (the form's field that names a person), ``of`` (the direct superior
    of that role), ``heads`` (the head of that role's unit), ``post`` (a post that the agency profile names), ``find`` (a function
    of facts and law that names such a post or another role), ``group``, ``partner`` (the form's field that names the host: a
    partner's contact, or the head of a unit), ``chosen`` (a function of facts and law that names people by their ids: a panel).
    ``left_out``: the same of whom it might have named and did not, by id, each with why not, for people. ``signs_as``: the same of
    whom it named in another's place, by id, each in which capacity they sign.
    ``says``: who that is, for people, where a function finds it. ``now``: of the unit that the person works in today, where
    others mean the one that the case was opened in; ``within``: working days that it has to answer a move of that person.
    ``when``: a function of facts; where it does not hold, nobody plays the role. Whoever plays such a role is asked of itself.
    ``held``: of a person in particular, the states in which whoever is named has the place. Whoever loses it from there keeps
    sight of the case as it stood until then; from any other state, where they were only asked or proposed, of nothing. Of whom a
    list chooses, the states in which they have the place without being waited for; whom it names no more keeps what they did.
    ``no_rival``: whom the process compares with the subject does not play it.
    """

    name: str
    title: str
    person: bool = False
    named: str = ""
    of: str = ""
    heads: str = ""
    post: str = ""
    find: Callable[[Any, Law], str] | None = None
    chosen: Callable[[Any, Law], tuple[str, ...]] | None = None
    left_out: Callable[[Any, Law], Mapping[str, str]] | None = None
    signs_as: Callable[[Any, Law], Mapping[str, SignsAs]] | None = None
    group: str = ""
    partner: str = ""
    records: bool = False
    appointed: bool = False
    says: str = ""
    now: bool = False
    within: Parameter[int] | None = None
    when: Callable[[Any], bool] | None = None
    held: tuple[str, ...] = ()
    no_rival: bool = False

    @property
    def kind(self) -> str:
        """Which of the relations it is; empty where none or several are given."""
        kinds = ("person", "named", "of", "heads", "post", "find", "group", "partner", "records", "appointed", "chosen")
        given = [kind for kind in kinds if getattr(self, kind)]
        return given[0] if len(given) == 1 else ""

    @property
    def may_be_silent(self) -> bool:
        """Somebody outside the hierarchy, whom nobody replaces of itself: the case must not depend on their answer."""
        return self.kind in ("person", "named", "partner", "appointed", "chosen")

    @property
    def is_one_person(self) -> bool:
        """Somebody in particular, in whose place nobody is put where they cannot act: others must have a way out."""
        return self.kind in ("person", "named", "appointed", "chosen")


@dataclass(frozen=True)
class Apart:
    """Two roles that one person may not both play; ``yields`` is the one that passes on to somebody else."""

    yields: str
    to: str
