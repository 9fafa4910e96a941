"""A big office: a million cases in ten years and five million events, with all that hangs on them, written in bulk.

The rows are as the engine would have left them, as far as lists and figures read them: chains are joined as it joins them, open
cases wait in a state of their process for somebody. What an event says is shorter than it really is, so that all of it fits
where it is measured. The same numbers give the same office but for ids.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, insert, select

from tests.bench.bulk_load import Rows, loading
from tests.pages.letters_waiting import with_paraf
from tests.world import MONDAY, REQUEST, World, build
from workflow.chain import End, canonical, joined
from workflow.database import Database
from workflow.definition import Process
from workflow.engine.engine import Engine
from workflow.engine.evidence import CASE, digest
from workflow.ids import new_id
from workflow.letters.route import LetterStep, encoded
from workflow.letters.routing import INITIAL, INITIALLER
from workflow.office import Office
from workflow.references import reference_of
from workflow.tables import (
    assignments,
    cases,
    deadlines,
    effects,
    events,
    group_members,
    hour_evidence,
    hour_postings,
    letter_cases,
    letters,
    occupations,
    participants,
    people,
    positions,
    tasks,
    units,
)

#: The day on which everything is looked at, and the first on which a case was opened.
NOW: Final = datetime(2026, 10, 15, 2, 0, tzinfo=UTC)
BEGINNING: Final = datetime(2017, 1, 2, 2, 0, tzinfo=UTC)

CASES, STAFF, UNITS = 1_000_000, 20_000, 100
#: Of the newest so many in a hundred, five of six are open.
NEWEST: Final = 12
#: Cases that are written at once.
PORTION: Final = 5_000
#: Which process the next case is of.
TURNS: Final = (
    "internship",
    "mentoring",
    "internship",
    "incentive",
    "internship",
    "mentoring",
    "internship",
    "mentoring",
)
SYLLABLES: Final = ("ra", "ti", "su", "wi", "ha", "na", "di", "ba", "yu", "ka", "lo", "me", "sa", "ru", "pu", "gi")


@dataclass(frozen=True)
class Staff:
    """Somebody of the office: who they are, where they work, and who is above them."""

    id: str
    unit: str
    superior: str


@dataclass
class BigOffice:
    """The office at hand, and the people whose pages are opened."""

    world: World
    staff: list[Staff] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def free_id(self, at: datetime) -> str:
        """An id for a case, whose number no other has: among a million some twenty would be the same."""
        drawn = new_id(at)
        while reference_of(drawn) in self.taken:
            drawn = new_id(at)
        self.taken.add(reference_of(drawn))
        return drawn

    @property
    def database(self) -> Database:
        """Where it lies."""
        return self.world.database

    @property
    def employee(self) -> str:
        """One of the many."""
        return self.staff[57].id

    @property
    def head_of_unit(self) -> str:
        """Who heads two hundred."""
        return self.staff[0].id

    @property
    def head_of_section(self) -> str:
        """Who is the direct superior of sixty-five."""
        return self.staff[1].id

    @property
    def officer(self) -> str:
        """Who keeps the personnel files of a unit."""
        return self.staff[9].id

    @property
    def auditor(self) -> str:
        """Who examines by an assignment."""
        return self.staff[19].id


def fill(database: Database, count: int = CASES) -> BigOffice:
    """Make the office with so many cases in an empty database; people and units are in proportion."""
    world = build(database)
    templates = _letters_as_they_are(world)
    office = BigOffice(world, database.write(_people, world, count))
    paths = {name: _path(world.engine.registry.processes[name]) for name in dict.fromkeys(TURNS)}
    with loading(database) as load:
        for first in range(0, count, PORTION):
            rows: Rows = {}
            for number in range(first, min(first + PORTION, count)):
                _Written(office, rows, number, count, templates).write(TURNS[number % len(TURNS)], paths)
            load(rows)
    return office


def reopened(world: World) -> BigOffice:
    """The office of a database that was filled before."""
    query = select(people.c.id, people.c.unit_id, positions.c.holder_id).join_from(
        people, positions, positions.c.id == people.c.superior_position_id
    )
    found = world.all(query.where(people.c.unit_id.like("U%")).order_by(people.c.nip))
    return BigOffice(world, [Staff(row.id, row.unit_id, row.holder_id) for row in found])


# --- People ----------------------------------------------------------------------------------------------------------


def _people(conn: Connection, world: World, count: int) -> list[Staff]:
    number_of_units = max(UNITS * count // CASES, 4)
    each = STAFF // UNITS
    above = conn.execute(select(positions.c.id).where(positions.c.holder_id == world.ids["secretary"])).scalar_one()
    found: list[Staff] = []
    for unit in range(number_of_units):
        code = f"U{unit:03d}"
        ids = [new_id(MONDAY) for _ in range(each)]
        posts = [new_id(MONDAY) for _ in range(4)]  # of the head, and of three sections
        conn.execute(insert(units).values(id=code, name=f"Dinas {_name(unit)}", head_position_id=posts[0]))
        titles = [f"Kepala Dinas {_name(unit)}", *(f"Kepala Seksi {n} {_name(unit)}" for n in (1, 2, 3))]
        held = [
            {"id": post, "unit_id": code, "title": title, "superior_id": posts[0] if place else above}
            for place, (post, title) in enumerate(zip(posts, titles, strict=True))
        ]
        conn.execute(insert(positions), held)
        superiors = [above, *[posts[0]] * 3, *(posts[1 + place % 3] for place in range(4, each))]
        rows = [_person(ids[place], unit * each + place, code, superiors[place]) for place in range(each)]
        conn.execute(insert(people), rows)
        for post, holder in zip(posts, ids, strict=False):
            conn.execute(positions.update().where(positions.c.id == post).values(holder_id=holder))
        holders = {above: world.ids["secretary"], **dict(zip(posts, ids, strict=False))}
        found += [Staff(ids[place], code, holders[superiors[place]]) for place in range(each)]
        _belongs(conn, "personnel_officer", ids[9], code)
    _belongs(conn, "auditor", found[19].id)
    values = {"letter_number": "700/1/ITDA/2026", "letter_on": date(2026, 1, 5), "about": "Pemeriksaan kinerja"}
    days = {"from_on": date(2026, 1, 5), "until_on": date(2026, 12, 31), "given_at": MONDAY}
    conn.execute(insert(assignments).values(id=new_id(MONDAY), person_id=found[19].id, **values, **days))
    return found


def _person(person_id: str, number: int, unit: str, superior: str) -> dict[str, Any]:
    return {
        "id": person_id,
        "kind": "staff",
        "nip": f"19750101{2005 + number // 11_988}{number // 999 % 12 + 1:02d}1{number % 999 + 1:03d}",
        "name": f"{_name(number)} {_name(number * 7919 % 65_536)}",
        "asn_kind": "PPPK" if number % 5 == 0 else "PNS",
        "grade": "III/b",
        "sex": "PL"[number % 2],
        "post_kind": "Fungsional",
        "post": "Pengelola Layanan Operasional" if number % 3 else "Perawat Ahli Pertama",
        "unit_id": unit,
        "superior_position_id": superior,
        "status": "Aktif",
        "sanctions_known": True,
    }


def _belongs(conn: Connection, group: str, person: str, unit: str = "") -> None:
    conn.execute(insert(group_members).values(group_name=group, unit_id=unit, person_id=person))


def _name(number: int) -> str:
    """An invented name; so many numbers as there are of four syllables give as many names."""
    signs = [SYLLABLES[number >> shift & 15] for shift in (0, 4, 8, 12)]
    return "".join(signs).capitalize()


# --- Cases -----------------------------------------------------------------------------------------------------------


def _path(process: Process) -> list[tuple[str, str]]:
    """The straight way of a process, in the order in which its states are written: steps, each with the state it leads to."""
    places = {state.name: place for place, state in enumerate(process.states)}
    here, way = process.states[0].name, []
    while not process.state[here].final:
        ahead = [(places[to], step.trigger, to) for step in process.from_state(here) for to in step.targets(here)]
        _, trigger, here = min(each for each in ahead if each[0] > places[here])
        way.append((trigger, here))
    return way


@dataclass(frozen=True)
class _Letters:
    """What letters are made like: one that is signed, and one that waits to be initialled by the head of the agency."""

    signed: dict[str, Any]
    waiting: dict[str, Any]


def _letters_as_they_are(people_of: World) -> _Letters:
    """Letters as the engine issues them, in a small office on the side."""
    head = select(positions.c.id).where(positions.c.holder_id == people_of.ids["agency_chief"])
    initials = LetterStep(kind="paraf", position_id=people_of.all(head)[0].id)
    with tempfile.TemporaryDirectory() as folder:
        world = build(Database.open(f"sqlite:///{folder}/side.db"))
        world.database.write(with_paraf)
        world.engine = Engine(world.engine.registry, world.database.read(Office.load))
        world.road("request_host")
        signed, waiting = (dict(row._mapping) for row in world.all(select(letters).order_by(letters.c.issued_at)))
        world.database.close()
    signed |= {"position_id": None, "file_id": None, "signed_by": people_of.ids["agency_chief"]}
    waiting["route"] = encoded((initials, LetterStep(kind="sign", role=waiting["role"])))
    return _Letters(signed, waiting)


@dataclass
class _Written:
    """One case, and the rows that it adds to the tables."""

    office: BigOffice
    rows: Rows
    number: int
    count: int
    letters: _Letters

    def add(self, table: Table, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def write(self, name: str, paths: dict[str, list[tuple[str, str]]]) -> None:
        process, number = self.office.world.engine.registry.processes[name], self.number
        is_open = number >= self.count * (100 - NEWEST) // 100 and number % 6 != 0
        way = paths[name]
        # The first steps, the beginning where there is one, the end.
        kept = [step for at, step in enumerate(way) if at < 2 or step[0] == "start" or at == len(way) - 1]
        taken = way[: 1 + number // 6 % min(4, len(way) - 1)] if is_open else [*kept[:-1], *way[2:3], kept[-1]]
        at = BEGINNING + (NOW - BEGINNING) * (number / self.count)
        staff = self.office.staff[number * 7919 % len(self.office.staff)]
        case_id = self.office.free_id(at)
        row = self._row(process, case_id, staff, at, is_open=is_open, way=taken)
        head = self._tell(row, process, taken, at)
        self.add(cases, **row, head=head)
        self._take_part(process, case_id, staff, at, taken)
        if is_open:
            self._wait(process, case_id, staff, taken[-1][1])
        elif process.activity:
            self._credit(process, case_id, staff, row["closed_at"])
        if number % 2 == 0:
            self._letter(case_id, row["closed_at"] or at, is_waiting=is_open and number % 40 == 0)
        self._owe(case_id, staff, at)
        if process.period:
            first = (at + timedelta(days=30)).date()
            held = {"kind": name[:10], "stage": "absent", "from_on": first, "until_on": first + timedelta(days=11)}
            self.add(occupations, case_id=case_id, person_id=staff.id, **held)

    def _row(
        self, process: Process, case_id: str, staff: Staff, at: datetime, *, is_open: bool, way: list[tuple[str, str]]
    ) -> dict[str, Any]:
        form = dict(REQUEST) if process.name == "internship" else {}
        if process.period:
            first = (at + timedelta(days=30)).date()
            days = (first.isoformat(), (first + timedelta(days=11)).isoformat())
            form |= dict(zip(process.period, days, strict=True))
        closed = None if is_open else min(at + timedelta(days=20 + self.number % 60), NOW - timedelta(hours=1))
        return {
            "id": case_id,
            "reference": reference_of(case_id),
            "process": process.name,
            "process_version": process.version,
            "fingerprint": "",
            "state": way[-1][1],
            "version": len(way) + 1,
            "form": msgspec.json.encode(form).decode(),
            "subject_id": staff.id,
            "unit_id": staff.unit,
            "memory": "{}",
            "opened_at": at,
            "entered_on": at.date(),
            "closed_at": closed,
        }

    def _tell(self, row: dict[str, Any], process: Process, way: list[tuple[str, str]], at: datetime) -> str:
        """The chain, the last event with the digest of the row. Answers its head."""
        told = [("opened", process.states[0].name), *way]
        ends = row["closed_at"] or min(NOW - timedelta(hours=1), at + timedelta(days=9))
        end = End()
        for place, (trigger, to) in enumerate(told):
            moment = at + (ends - at) * place / (len(told) - 1)
            actor = {"id": row["subject_id"], "name": "Pegawai Negeri", "role": process.subject}
            says: dict[str, Any] = {"actor": actor, "to": to, "trigger": trigger, "law_on": moment.date().isoformat()}
            if place == len(told) - 1:
                says |= {"case": digest(CASE, row), "form": msgspec.json.decode(row["form"])}
            link = joined(row["id"], trigger, canonical(says), moment, end)
            end = End(link["sequence"], link["hash"])
            self.add(events, case_id=row["id"], **link)
        return end.hash

    def _take_part(
        self, process: Process, case_id: str, staff: Staff, at: datetime, way: list[tuple[str, str]]
    ) -> None:
        second = process.state[way[0][1]].waits or (process.roles[-1].name,)
        verifier = self.office.world.ids["verifier" if self.number % 2 else "second_verifier"]
        roles = {process.subject: staff.id, second[0]: staff.superior, "verifier": verifier}
        for role, person in roles.items():
            place = {"role": role, "person_id": person, "fixed": True, "acted": True, "since_at": at}
            self.add(participants, id=new_id(at), case_id=case_id, **place)

    def _wait(self, process: Process, case_id: str, staff: Staff, state: str) -> None:
        due_on = NOW.date() + timedelta(days=self.number * 7 % 61 - 20)
        waits = process.state[state].waits
        who = (staff.superior, staff.superior, staff.id, self.office.world.ids["verifier"])[self.number // 6 % 4]
        triggers = " ".join(dict.fromkeys(step.trigger for step in process.from_state(state)))
        task = {"role": waits[0] if waits else process.subject, "triggers": triggers, "due_on": due_on}
        more = {"opened_at": NOW - timedelta(days=9), "escalated": due_on < NOW.date()}
        self.add(tasks, id=new_id(NOW), case_id=case_id, assignee_id=who, **task, **more)
        for rung, ahead in enumerate((2, 5, 9)):
            falls_on = max(due_on, NOW.date()) + timedelta(days=ahead)
            day = {"falls_on": NOW.date() if self.number % 200 == 1 and not rung else falls_on, "due_on": due_on}
            self.add(deadlines, id=new_id(NOW), case_id=case_id, state=state, rung=rung, kind="remind", **day)

    def _credit(self, process: Process, case_id: str, staff: Staff, closed: datetime) -> None:
        evidence, movement, day = new_id(closed), new_id(closed), closed.date()
        claim = {"kind": "", "number": 0, "activity": process.activity, "rate": "", "international": False}
        days = {"first_on": day, "last_on": day, "completed_on": day, "posted_at": closed}
        self.add(hour_evidence, id=evidence, person_id=staff.id, case_id=case_id, **claim, **days)
        for account, hours in (("evidence", -4), ("year", 4)):
            posted = {"movement_id": movement, "evidence_id": evidence, "person_id": staff.id, "case_id": case_id}
            more = {"account": account, "year": day.year, "hours": hours, "reason": "credit", "says": "4 JP", "by": ""}
            self.add(hour_postings, id=new_id(closed), **posted, **more, is_correction=False, posted_at=closed)

    def _letter(self, case_id: str, at: datetime, *, is_waiting: bool) -> None:
        letter_id, number = new_id(at), self.number
        own = {"id": letter_id, "code": f"B{number:011d}", "issued_at": at, "due_on": at.date()}
        if is_waiting:
            row = {**self.letters.waiting, **own}
            initials = {"role": INITIALLER, "assignee_id": self.office.world.ids["agency_chief"], "triggers": INITIAL}
            more = {"due_on": NOW.date() + timedelta(days=number % 9), "opened_at": NOW, "escalated": False}
            self.add(tasks, id=new_id(NOW), case_id=case_id, letter_id=letter_id, **initials, **more)
            place = {"role": INITIALLER, "person_id": initials["assignee_id"], "fixed": False, "acted": False}
            self.add(participants, id=new_id(at), case_id=case_id, **place, since_at=at)
        else:
            row = {**self.letters.signed, **own, "state": "sent", "sealed": 1, "dated_on": at.date(), "signed_at": at}
            row |= {"register_year": at.year, "register_number": number + 1000}
            row["number"] = f"800.1/{number}/BKPSDM/{at.year}"
        self.add(letters, **row)
        self.add(letter_cases, letter_id=letter_id, case_id=case_id)

    def _owe(self, case_id: str, staff: Staff, at: datetime) -> None:
        for each in range(2):
            place = self.number * 2 + each
            done = place % 500 != 0
            row: dict[str, Any] = {
                "kind": "message",
                "case_id": case_id,
                "subject_id": staff.id,
                "payload": '{"says":"Berkas berubah."}',
            }
            row |= {"due_at": at, "attempts": 0 if done else 6, "done_at": at if done else None}
            self.add(effects, id=new_id(at), **row, parked_at=at if not done and place % 1000 == 0 else None)


def open_cases(database: Database) -> Iterator[str]:
    """The ids of all open cases."""
    query = select(cases.c.id).where(cases.c.closed_at.is_(None))
    yield from database.read(lambda conn: list(conn.execute(query).scalars()))
