"""Who may act: roles resolved to people, mandates included, separations kept, and nobody ever stuck.

Where a separation, a vacancy or an absence leaves nobody, a post climbs to its superior's holder, a group to the head of the
personnel unit and then up; above the secretary stands the regent, and there it ends with the administrators, who may name another
person for the task and never decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Executable, Row

from workflow.authority.seat_queries import (
    ACTED,
    ACTED_ON,
    CONTACTS,
    HEADS,
    HEADS_NOW,
    HOLDERS,
    LINE,
    MEMBERS,
    PERSON,
    SUPERIORS,
)
from workflow.authority.seats import Against, Seat, holders
from workflow.definition import Process, Role, facts_of
from workflow.engine.heirs import predecessors
from workflow.errors import Refused
from workflow.facts import NeedsFields, Situation, gather
from workflow.office import POSTS, REGENT

__all__ = [
    "ADMINISTRATORS",
    "Acted",
    "Against",
    "Bench",
    "Seat",
    "administrators",
    "foresee_acted",
    "has_acted",
    "holders",
    "officials",
]


#: The group whose members may name a person for a task, and decide none.
ADMINISTRATORS: Final = "administrator"


def officials(process: Process) -> tuple[str, ...]:
    """Whom a policy may name in place of a role: the posts that the agency knows, and the process's own roles that are posts."""
    return (
        *POSTS,
        *(role.name for role in process.roles if role.kind in ("of", "heads", "post") and role.name not in POSTS),
    )


@dataclass
class Bench:
    """The seats of one case on one day; each role is looked up once.

    ``others``: whom other cases are about that share what is decided here.
    """

    situation: Situation
    others: frozenset[str] = frozenset()
    _raw: dict[str, tuple[Seat, ...]] = field(default_factory=dict)
    _seats: dict[str, tuple[Seat, ...]] = field(default_factory=dict)
    _starts: dict[str, str | None] = field(default_factory=dict)
    _played: dict[str, bool] = field(default_factory=dict)
    #: Role -> who acted in it -> the deputy who did in their name, or empty.
    _acted: dict[str, dict[str, str]] | None = None

    @property
    def conn(self) -> Connection:
        """The transaction that looks."""
        return self.situation.conn

    @property
    def subjects(self) -> frozenset[str]:
        """Whom it is about: none of them decides it."""
        return self.others | {self.situation.case.subject_id}

    def apart_from(self, people: Iterable[str]) -> Bench:
        """The same, for what is about these people as well."""
        others = frozenset(people)
        return self if others <= self.subjects else Bench(self.situation, self.others | others)

    def seats(self, role: str) -> tuple[Seat, ...]:
        """Who may play a role now, separations kept. Empty where only an administrator can help."""
        if role not in self._seats:
            self._seats[role] = self._apart(role)
        return self._seats[role]

    def seat(self, person_id: str | None, roles: Iterable[str]) -> Seat | None:
        """The seat of a person in the first of several roles where they have one."""
        return next((seat for role in roles for seat in self.seats(role) if seat.person_id == person_id), None)

    def plays(self, person_id: str | None, role: str) -> bool:
        """Whether a person holds a role, whatever keeps them from deciding in it: enough to open a case, not to judge one."""
        return any(seat.person_id == person_id for seat in self._holders(self.situation.process.role[role]))

    def is_played(self, role: str) -> bool:
        """Whether anybody is to play a role now: some are there only while a condition holds."""
        when = self.situation.process.role[role].when
        if when is None:
            return True
        if role not in self._played:
            self._played[role] = when(gather(facts_of(when), self.situation))
        return self._played[role]

    def line(self, role: str) -> tuple[str, ...]:
        """The posts of a role's line, by id: the one at which it begins to be looked for, and each one above."""
        return self.upward(self._start(self.situation.process.role[role]) or self._above(None, set()))

    def lines_of_others(self, role: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Of a role that heads the subject's unit, the line for everybody else whom it is about, with who that is."""
        heads = self.situation.process.role[role].heads
        if heads == self.situation.process.subject:
            for person in sorted(self.others - {self.situation.case.subject_id}):
                yield person, self.upward(self._post_of(HEADS_NOW, person=person))

    def upward(self, position_id: str | None) -> tuple[str, ...]:
        """A post and each one above it, by id, up to the regent."""
        seen: set[str] = set()
        found: list[str] = []
        while position_id is not None and position_id not in found:
            found.append(position_id)
            position_id = self._above(position_id, seen)
        return tuple(found)

    def _apart(self, name: str) -> tuple[Seat, ...]:
        barred, role = self.barred(name), self.situation.process.role[name]
        if not self.is_played(name) or self._is_unnamed(role):
            return ()
        free = self._handed(role, barred) or tuple(seat for seat in self._holders(role) if not seat.people & barred)
        escalated = name in self.situation.case.memory.get("escalated", ())
        if role.is_one_person or (role.kind in ("partner", "records") and not self._inside(role)):
            return free
        if all(seat.away for seat in free) or escalated:
            taken, group = barred | {seat.person_id for seat in free}, role.kind == "group"
            free = (*free, *self._climb(name, self._start(role), taken, include_start=group))
        return free or tuple(seat for seat in self._named(role) if seat.person_id not in barred)

    def barred(self, name: str) -> set[str]:
        """People whom a separation keeps from a role: who plays, or has played, a role that this one yields to."""
        return set(self.against(name))

    def against(self, name: str) -> dict[str, Against]:
        """The same people, each with what keeps them from it."""
        process = self.situation.process
        others = [pair.to for pair in process.apart if pair.yields == name]
        found: dict[str, Against] = {}
        for other in others:
            playing = {person for seat in self._holders(process.role[other]) for person in seat.people}
            found |= dict.fromkeys(playing, Against("plays", other))
        # What they did weighs more than what they might do.
        for other in sorted({*others, *(pair.yields for pair in process.apart if pair.to == name)}):
            found |= {person: Against("acted", other, deputy) for person, deputy in self._acted_as(other).items()}
        if name != process.subject:
            found |= dict.fromkeys(self.subjects, Against("subject", process.subject))
        if process.role[name].no_rival:
            found |= dict.fromkeys(self.rivals(), Against("rival", process.subject))
        return found

    def _acted_as(self, role: str) -> Mapping[str, str]:
        if self._acted is None:
            self._acted = {}
            # Whoever answered for the host of one whose place was taken is kept apart from judging their successor too.
            for case_id in (self.situation.case.id, *predecessors(self.situation)):
                for row in self.situation.look_up(ACTED, case=case_id):
                    known = self._acted.setdefault(row.role, {})
                    themselves = not row.deputy or known.get(row.person_id) == ""
                    known[row.person_id] = "" if themselves else row.deputy
        return self._acted.get(role, {})

    def rivals(self) -> frozenset[str]:
        """Whom the case is compared with."""
        asked = self.situation.process.rivals
        return frozenset(asked(gather(facts_of(asked), self.situation)) if asked is not None else ())

    def parties(self) -> set[str]:
        """Everybody whom it concerns by name or by post, and whoever has acted on it or had somebody act in their name.

        Who merely belongs to a group that might act is none of them yet.
        """
        found = {
            person for role in self.situation.process.roles for person in self._acted_as(role.name)
        } | self.subjects
        for role in self.situation.process.roles:
            if role.kind not in ("group", "records"):
                with suppress(NeedsFields):  # the form does not say yet who that is
                    found |= {person for seat in self._holders(role) for person in seat.people}
        return found

    def left_out(self, role: str) -> Mapping[str, str]:
        """Whom a role might have named and did not, by id, each with why not; empty where nothing is known of that."""
        asked = self.situation.process.role[role].left_out
        return asked(gather(facts_of(asked), self.situation), self.situation.law) if asked is not None else {}

    def holding(self, role: str) -> tuple[Seat, ...]:
        """Who holds a role, whatever keeps them from deciding in it."""
        return self._holders(self.situation.process.role[role])

    def candidates(self, role: str) -> tuple[Seat, ...]:
        """To whom a task of a role may be moved: who holds it, and the line above, each in their own capacity; none kept apart."""
        found, barred = self.situation.process.role[role], self.barred(role)
        if found.is_one_person or found.kind == "records":
            return ()
        outside = found.kind == "partner" and not self._inside(found)
        line = () if outside else self.line(role)
        start = self._start(found) if found.kind != "group" and not outside else None
        above = (
            replace(seat, climbed=True)
            for post in line
            if post != start
            for seat in holders(self.situation, role, post)
        )
        return tuple(seat for seat in (*self._holders(found), *above) if not seat.people & barred)

    def _handed(self, role: Role, barred: set[str]) -> tuple[Seat, ...]:
        """Whom an administrator moved the task of the role to, as long as they may lawfully play it."""
        person_id = self.situation.case.memory.get("handed", {}).get(role.name)
        if person_id is None or person_id in barred:
            return ()
        found = next((seat for seat in self.candidates(role.name) if seat.person_id == person_id), None)
        return (found,) if found is not None else ()

    def _named(self, role: Role) -> tuple[Seat, ...]:
        """Whom an administrator named for the role on this case."""
        person_id = self.situation.case.memory.get("named", {}).get(role.name)
        if person_id is None:
            return ()
        return tuple(Seat(row.id, row.name, role.name) for row in self.look_up(PERSON, person=person_id))

    def _holders(self, role: Role) -> tuple[Seat, ...]:
        """Who holds a role before any separation."""
        if role.name not in self._raw:
            self._raw[role.name] = tuple(self._look(role))
        return self._raw[role.name]

    def _look(self, role: Role) -> Iterator[Seat]:
        case = self.situation.case
        if role.kind in ("person", "named"):
            person = self._person(role)
            yield from (Seat(row.id, row.name, role.name) for row in self.look_up(PERSON, person=person))
        elif role.kind == "appointed":
            person = case.memory.get("appointed", {}).get(role.name)
            yield from (Seat(row.id, row.name, role.name) for row in self.look_up(PERSON, person=person))
        elif role.chosen is not None:
            chosen = role.chosen(gather(facts_of(role.chosen), self.situation), self.situation.law)
            rows = (row for person in chosen for row in self.look_up(PERSON, person=person))
            yield from (Seat(row.id, row.name, role.name) for row in rows)
        elif role.kind == "records":
            return  # who that is, is known once they have recorded: see _acted_as
        elif role.kind == "group":
            found = self.look_up(MEMBERS, group=role.group, unit=case.unit_id or "")
            yield from (Seat(row.id, row.name, role.name) for row in found)
        elif role.kind == "partner" and not self._inside(role):
            _, _, partner = str(self.situation.form.get(role.partner, "")).partition(":")
            yield from (Seat(row.id, row.name, role.name) for row in self.look_up(CONTACTS, partner=partner))
        else:
            position_id = self._start(role)
            if position_id is not None:
                yield from holders(self.situation, role.name, position_id)

    def _person(self, role: Role) -> str | None:
        """Who plays a role that is somebody in particular: the subject, or whom the form names; None where it names nobody."""
        named = self.situation.form.get(role.named) if role.named else self.situation.case.subject_id
        return str(named) if named else None

    def _is_unnamed(self, role: Role) -> bool:
        """Whether a role stands on somebody whom the form does not name yet, so that nobody plays it."""
        while role.of or role.heads:
            role = self.situation.process.role[role.of or role.heads]
        return bool(role.named) and self._person(role) is None

    def look_up(self, statement: Executable, **values: Any) -> Sequence[Row[Any]]:
        """What a statement finds on the day of the step, read once."""
        return self.situation.look_up(statement, **values, on=self.situation.on)

    def is_outside(self, role: str) -> bool:
        """Whether a role is a partner's, whom only its own contacts answer for."""
        found = self.situation.process.role[role]
        return bool(found.partner) and not self._inside(found)

    def _inside(self, role: Role) -> bool:
        """Whether a host is a unit of our own, answered for by its head."""
        return bool(role.partner) and str(self.situation.form.get(role.partner, "")).startswith("unit:")

    def _start(self, role: Role) -> str | None:
        """The post at which a role begins to be looked for."""
        if role.name not in self._starts:
            self._starts[role.name] = self._look_for_start(role)
        return self._starts[role.name]

    def _look_for_start(self, role: Role) -> str | None:
        case, process = self.situation.case, self.situation.process
        if role.of:
            below = process.role[role.of]
            if below.person or below.named:
                return self._post_of(SUPERIORS, person=self._person(below))
            return self._superior(self._start(below))
        if role.now:
            return self._post_of(HEADS_NOW, person=case.subject_id) or self.agency_post("secretary")
        if role.heads and process.role[role.heads].named:
            person = self._person(process.role[role.heads])
            return self._post_of(HEADS_NOW, person=person) or self.agency_post("secretary")
        if role.heads:
            return self.head(case.unit_id)
        if role.partner:
            return self.head(str(self.situation.form[role.partner]).partition(":")[2])
        if role.find is not None:
            found = role.find(gather(facts_of(role.find), self.situation), self.situation.law)
            known = officials(process)
            if found not in known:
                raise Refused(
                    f"Ketentuan menunjuk pejabat “{found}”, yang tidak dikenal; yang dikenal: {', '.join(known)}."
                )
            return self._start(process.role[found]) if found in process.role else self.agency_post(found)
        return self.agency_post(role.post or "personnel_head")

    def agency_post(self, name: str) -> str | None:
        """The post that the agency knows by this name; None where it is not filled in yet."""
        return REGENT if name == REGENT else self.head(self.situation.office.headed(name))

    def head(self, unit_id: str | None) -> str | None:
        """The post that heads a unit."""
        return self._post_of(HEADS, unit=unit_id) if unit_id else None

    def _post_of(self, statement: Executable, **values: Any) -> str | None:
        """The post that a statement finds; those who hold it come along in the same look."""
        rows = self.look_up(statement, **values)
        if not rows:
            return None
        position_id: str = rows[0].position_id
        self.situation.knows(rows, HOLDERS, position=position_id, on=self.situation.on)
        return position_id

    def post(self, position_id: str | None) -> Row[Any] | None:
        """A post by id, with the name of its unit; the posts above it come along in the same look."""
        situation = self.situation
        rows = situation.look_up(LINE, position=position_id) if position_id else ()
        for number, row in enumerate(rows):
            situation.knows(rows[number:], LINE, position=row.id)
        return rows[0] if rows else None

    def _superior(self, position_id: str | None) -> str | None:
        post = self.post(position_id)
        above: str | None = post.superior_id if post is not None else None
        return above

    def _climb(self, role: str, start: str | None, barred: set[str], *, include_start: bool) -> tuple[Seat, ...]:
        """The nearest superior posts' holders who are free to act."""
        seen: set[str] = set()
        position_id = start if include_start else self._above(start, seen)
        while position_id is not None and position_id not in seen:
            found = tuple(seat for seat in holders(self.situation, role, position_id) if not seat.people & barred)
            if found:
                return tuple(replace(seat, climbed=True) for seat in found)
            position_id = self._above(position_id, seen)
        return ()

    def _above(self, position_id: str | None, seen: set[str]) -> str | None:
        if position_id is None:  # no superior on record: the head of the unit, then the secretary, then the regent
            return self.head(self.situation.case.unit_id) or self.agency_post("secretary") or REGENT
        seen.add(position_id)
        above = self._superior(position_id)
        if above is not None or position_id == REGENT:
            return above
        secretary = self.agency_post("secretary")
        return secretary if secretary is not None and secretary not in seen else REGENT


def administrators(bench: Bench) -> tuple[Seat, ...]:
    """Those who may name a person for a task that nobody else can take; none who is a party to the case."""
    rows = bench.look_up(MEMBERS, group=ADMINISTRATORS, unit="")
    parties = bench.parties() if rows else ()
    return tuple(Seat(row.id, row.name, ADMINISTRATORS) for row in rows if row.id not in parties)


@dataclass(frozen=True)
class Acted:
    """Somebody who has acted in a role on a case; ``deputy``: the name of who did so in theirs, None where they did themselves."""

    role: str
    person_id: str
    deputy: str | None = None


def foresee_acted(situation: Situation, case_ids: Iterable[str]) -> None:
    """Read who has acted on several cases in one look, for those who act together."""
    found: dict[str, list[Any]] = {case_id: [] for case_id in case_ids}
    for row in situation.conn.execute(ACTED_ON, {"cases": list(found)}):
        found[row.case_id].append(Acted(row.role, row.person_id, row.deputy))
    for case_id, rows in found.items():
        situation.knows(rows, ACTED, case=case_id)


def has_acted(situation: Situation, seat: Seat) -> None:
    """Somebody acts on the case just now: they, and those in whose name they do, are kept apart from other roles from here on."""
    situation.learns(Acted(seat.role, seat.person_id), ACTED, case=situation.case.id)
    for giver in seat.givers:
        situation.learns(Acted(seat.role, giver, seat.name), ACTED, case=situation.case.id)
