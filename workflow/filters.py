"""What a list of cases is narrowed to: a process, a state, a unit, whether they are over, a name or a number. Conditions alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from workflow.callers import Caller
from workflow.definition import Process
from workflow.errors import Problem
from workflow.references import read_reference
from workflow.registry import Registry
from workflow.tables import cases, people
from workflow.telling.form_words import either

#: Signs of a search that are looked at.
LONGEST: Final = 100
#: From how many people of one name on a list of cases is searched from its newest, rather than by person.
FEW_NAMED: Final = 200


@dataclass(frozen=True)
class Narrowed:
    """What somebody wants of a list. ``search``: a case's number, or parts of the name of whom it is about, or their NIP.

    ``over``: those that have ended, or those that have not. What is None or empty asks for nothing.
    """

    process: str | None = None
    state: str | None = None
    unit: str | None = None
    search: str = ""
    over: bool | None = None

    def __bool__(self) -> bool:
        return self != Narrowed()

    def conditions(self, registry: Registry, caller: Caller, *, many_named: bool = False) -> list[ColumnElement[bool]]:
        """Conditions on ``cases``. Raises NotFound for a process that does not exist, Problem for a state.

        ``many_named``: so many are called so that a list should not begin with them; see ``are_many_named``.
        """
        found: list[ColumnElement[bool]] = []
        if self.process is not None:
            found.append(cases.c.process == registry.process(self.process).name)
        if self.state is not None:
            check_state(registry, self.process, self.state)
            found.append(cases.c.state == self.state)
        if self.unit is not None:
            found.append(cases.c.unit_id == self.unit)
        if self.over is not None:
            found.append(cases.c.closed_at.is_not(None) if self.over else cases.c.closed_at.is_(None))
        return [*found, *_searched(self.search, caller, many_named=many_named)]

    def are_many_named(self, conn: Connection, caller: Caller) -> bool:
        """Whether the search is a name that ``FEW_NAMED`` or more have: then it finds a case among any few of the newest."""
        text = " ".join(self.search.split())[:LONGEST]
        if not text or read_reference(text) is not None:
            return False
        some = select(people.c.id).where(*_named(text, caller)).limit(FEW_NAMED).subquery()
        return conn.execute(select(func.count()).select_from(some)).scalar_one() == FEW_NAMED


#: Nothing is left out.
EVERYTHING: Final = Narrowed()


def check_state(registry: Registry, process: str | None, state: str) -> None:
    """Raise NotFound for a process that does not exist, Problem for a state that it, or any process, does not have."""
    processes: Iterable[Process] = registry.processes.values() if process is None else (registry.process(process),)
    known = tuple(dict.fromkeys(each.name for process in processes for each in process.states))
    if state not in known:
        raise Problem(f"Status “{state}” tidak dikenal; pilih salah satu dari {either(known)}.")


def _searched(search: str, caller: Caller, *, many_named: bool) -> list[ColumnElement[bool]]:
    text = " ".join(search.split())[:LONGEST]
    if not text:
        return []
    number = read_reference(text)
    if number is not None:
        return [cases.c.reference == number]
    # An expression has no index, so that a list in order of age is not sorted from all cases of all who are called so.
    subject = func.coalesce(cases.c.subject_id, "") if many_named else cases.c.subject_id
    return [subject.in_(select(people.c.id).where(*_named(text, caller)))]


def _named(text: str, caller: Caller) -> list[ColumnElement[bool]]:
    """Conditions on ``people``: whom a search means."""
    digits = text.replace(" ", "")
    if digits.isdecimal() and not caller.is_contact:  # outside nobody learns a NIP
        return [people.c.nip == digits]
    return [people.c.name.icontains(word, autoescape=True) for word in text.split()]
