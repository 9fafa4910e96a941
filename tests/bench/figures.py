"""Every list and figure that a person can open, in an office of a million cases: what is opened daily, and what is counted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from policies.report import Period
from tests.bench.big_office import NOW, BigOffice, reopened
from tests.bench.contest import show
from tests.world import World
from workflow import effects
from workflow.auditing.questions import KINDS, question_list
from workflow.auditing.sampling import Wanted as WantedSample
from workflow.auditing.sampling import draw_sample
from workflow.budgets.seeing import Wanted as WantedBudget
from workflow.budgets.seeing import budget_left
from workflow.bulk.choosing import Wanted as WantedTasks
from workflow.bulk.choosing import bulk_choices
from workflow.callers import Caller
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.engine.sweep import due_deadlines, waiting_cases
from workflow.filters import Narrowed
from workflow.hours.seeing import seen_agency_hours, seen_own_hours, seen_unit_hours
from workflow.letters.reminding import late_letters
from workflow.mail.ledger import mail_rows
from workflow.matching.pages import round_list
from workflow.office import Office
from workflow.queries import case_list, inbox
from workflow.registry import Registry
from workflow.reports.figures import count
from workflow.tables import assignments, cases, people
from workflow.views.awaited import awaited_list, task_counts
from workflow.views.cases import case_page
from workflow.views.colleagues import colleague_list
from workflow.views.deliveries import delivery_list
from workflow.views.health import health
from workflow.views.incoming import incoming_list
from workflow.views.letter_stack import Asked, letter_stack
from workflow.views.people import Sought as SoughtPeople
from workflow.views.people import people_list
from workflow.views.registers import register_book, register_list
from workflow.views.trail import Sought, trail
from workflow.views.unit_desk import unit_desk

#: Milliseconds within which what is opened daily should come, and a figure of the whole regency.
DAILY, FIGURE = 100.0, 2_000.0
#: Seconds of asking the same again, and how often at most.
BUDGET, MOST = 1.5, 30


@dataclass(frozen=True)
class Page:
    """Something that a person opens, or that the service asks by itself."""

    name: str
    ask: Callable[[], Any]
    within: float = DAILY


def measure(database: Database, only: str = "") -> None:
    """Milliseconds of each page and figure, and which of them took longer than they should."""
    office = reopened(_world(database))
    show(f"Pages and figures on {database.dialect}, {_counted(database):,} cases: milliseconds, fastest and p50")
    for page in pages(office):
        if only in page.name:
            times = _times(page.ask)
            mark = "" if min(times) <= page.within else f"   over {page.within:.0f}"
            show(f"  {page.name:<44} {min(times):>9.1f} {statistics.median(times):>9.1f}{mark}")


def _world(database: Database) -> World:
    office = database.read(Office.load)
    names = database.read(lambda conn: {row.name: row.id for row in conn.execute(select(people.c.id, people.c.name))})
    ids = {name.lower().replace(" ", "_"): person for name, person in names.items()}
    return World(database, Engine(Registry.discover(), office), ids, "", at=NOW)


def _counted(database: Database) -> int:
    def ask(conn: Connection) -> int:
        return len(conn.execute(select(cases.c.id)).all())

    return database.read(ask)


def _times(ask: Callable[[], Any]) -> list[float]:
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < MOST and time.perf_counter() - began < BUDGET:
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    return times[1:] or times  # the first also compiles its statements


def pages(office: BigOffice) -> Iterator[Page]:
    """What is measured."""
    yield from _of_an_employee(office)
    yield from _of_superiors(office)
    yield from _of_the_personnel_agency(office)
    yield from _figures(office)
    yield from _of_an_auditor(office)
    yield from _of_the_service(office)


@dataclass(frozen=True)
class _As:
    """Somebody asks."""

    office: BigOffice
    person: str

    def __call__(self, view: Callable[..., Any], *args: Any, **more: Any) -> Callable[[], Any]:
        return partial(self._ask, view, args, more)

    def _ask(self, view: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Any:
        scopes, day = frozenset({"read", "act", "letters"}), NOW.date()
        auditor = self.person == self.office.auditor
        caller = Caller("key", self.person, "Pegawai", "staff", None, scopes, None, on=day)
        if auditor:
            caller = Caller(
                *("key", self.person, "Auditor", "staff", None, scopes, None),
                on=day,
                assignment_id=_assignment(self.office.database),
            )
        return self.office.database.read(view, self.office.world.engine, caller, NOW, *args, **more)


def _assignment(database: Database) -> str:
    found: str = database.read(lambda conn: conn.execute(select(assignments.c.id)).scalar_one())
    return found


def _of_an_employee(office: BigOffice) -> Iterator[Page]:
    one = _As(office, office.employee)
    own = one(case_list)().items[0].id
    yield Page("employee: inbox", one(inbox))
    yield Page("employee: three numbers of the inbox", one(task_counts))
    yield Page("employee: what others owe", one(awaited_list))
    yield Page("employee: cases", one(case_list))
    yield Page("employee: a case", one(case_page, own))
    yield Page("employee: own hours", one(seen_own_hours))
    yield Page("employee: a colleague by name", one(colleague_list, "radisu"))
    yield Page("employee: a colleague by a common word", one(colleague_list, "perawat"))


def _of_superiors(office: BigOffice) -> Iterator[Page]:
    section, unit = _As(office, office.head_of_section), _As(office, office.head_of_unit)
    yield Page("superior: inbox", section(inbox))
    yield Page("superior: inbox of a process", section(inbox, narrowed=Narrowed(process="mentoring")))
    yield Page("superior: inbox by a name", section(inbox, narrowed=Narrowed(search="radi")))
    yield Page("superior: three numbers of the inbox", section(task_counts))
    yield Page("superior: what others owe", section(awaited_list))
    yield Page("superior: cases", section(case_list))
    yield Page("superior: many at once, a process", section(bulk_choices, WantedTasks(process="internship")))
    yield Page("head of unit: three numbers of the inbox", unit(task_counts))
    yield Page("head of unit: what others owe", unit(awaited_list))
    yield Page("head of unit: cases", unit(case_list))
    yield Page("head of unit: cases by a name", unit(case_list, narrowed=Narrowed(search="radisu")))
    yield Page("head of unit: hours of the unit", unit(seen_unit_hours, office.staff[0].unit), FIGURE)
    officer = _As(office, office.officer)
    yield Page("officer: desk", officer(unit_desk))
    yield Page("officer: desk, late ones", officer(unit_desk, show="late"))
    yield Page("officer: desk, to be recorded", officer(unit_desk, show="recordable"))
    yield Page("officer: programme of the unit", officer(health), FIGURE)
    signatory = _As(office, office.world.ids["agency_chief"])
    yield Page("signatory: stack of letters", signatory(letter_stack, Asked()))
    yield Page("signatory: inbox", signatory(inbox))


def _of_the_personnel_agency(office: BigOffice) -> Iterator[Page]:
    verifier, manager = (_As(office, office.world.ids[each]) for each in ("verifier", "administrator"))
    for name, narrowed in {
        "all": Narrowed(),
        "of a process": Narrowed(process="exchange"),
        "of a state": Narrowed(process="internship", state="verification"),
        "of a unit": Narrowed(unit=office.staff[-1].unit),
        "open": Narrowed(over=False),
        "ended": Narrowed(over=True),
        "by a name": Narrowed(search="radisu"),
        "by a common part of a name": Narrowed(search="su"),
        "by a name nobody has": Narrowed(search="xyzzy"),
        "open ones of a state nobody is in": Narrowed(process="internship", state="host_proposal", over=True),
    }.items():
        yield Page(f"verifier: cases {name}", verifier(case_list, narrowed=narrowed))
    yield Page("verifier: inbox", verifier(inbox))
    yield Page("verifier: inbox of a process", verifier(inbox, narrowed=Narrowed(process="mentoring")))
    yield Page("verifier: inbox, late ones", verifier(inbox, late=True))
    yield Page("verifier: three numbers of the inbox", verifier(task_counts))
    yield Page("verifier: what others owe", verifier(awaited_list))
    yield Page("verifier: rounds", verifier(round_list))
    yield Page("verifier: book of incoming letters", verifier(incoming_list))
    yield Page("administrator: people", manager(people_list, SoughtPeople()))
    yield Page("administrator: people by words", manager(people_list, SoughtPeople("radi perawat")))
    yield Page("administrator: deliveries that failed", manager(delivery_list))
    yield Page("administrator: deliveries that wait", manager(delivery_list, waiting=True))
    yield Page("administrator: registers", manager(register_list))
    register = manager(register_list)().items[0]
    yield Page("administrator: a register", manager(register_book, code=register.code, year=2025))
    yield Page("administrator: trail of a day", manager(trail, sought=Sought()))
    yield Page("administrator: trail of a month, a kind", manager(trail, sought=_month(kind="endorse")))
    yield Page("administrator: trail of a month, a rare kind", manager(trail, sought=_month(kind="recall")))
    yield Page("administrator: trail of a person", manager(trail, sought=Sought(person=_nip(office))))
    last = manager(trail, sought=Sought(person=_nip(office)))().items[0].reference
    yield Page("administrator: trail of a case", manager(trail, sought=Sought(case=last)))


def _month(kind: str) -> Sought:
    return Sought(from_on=date(2026, 9, 1), until_on=date(2026, 9, 30), kind=kind)


def _nip(office: BigOffice) -> str:
    query = select(people.c.nip).where(people.c.id == office.employee)
    found: str = office.database.read(lambda conn: conn.execute(query).scalar_one())
    return found


def _figures(office: BigOffice) -> Iterator[Page]:
    manager = _As(office, office.world.ids["administrator"])
    yield Page("programme: agency", manager(health), FIGURE)
    yield Page("programme: a process, with stays", manager(health, process="internship"), FIGURE)
    yield Page("programme: a unit", manager(health, unit=office.staff[0].unit), FIGURE)
    chief = _As(office, office.world.ids["agency_chief"])
    yield Page("hours: agency, this year", chief(seen_agency_hours), FIGURE)
    yield Page("hours: agency, last year", chief(seen_agency_hours, year=2025), FIGURE)
    yield Page("budget: what is left", _As(office, office.world.ids["treasurer"])(budget_left, WantedBudget()), FIGURE)
    engine = office.world.engine
    processes, period = tuple(engine.registry.processes.values()), Period(2026, 3)
    counted = partial(office.database.read, count, engine.office, processes, period, NOW.date())
    yield Page("report: a quarter", counted, FIGURE)


def _of_an_auditor(office: BigOffice) -> Iterator[Page]:
    auditor = _As(office, office.auditor)
    days = {"from_on": date(2026, 7, 1), "until_on": date(2026, 9, 30)}
    sample = WantedSample("2026-10-15", 50, days["from_on"], days["until_on"])
    yield Page("auditor: sample of a quarter", auditor(draw_sample, wanted=sample), FIGURE)
    yield Page("auditor: sample of all", auditor(draw_sample, wanted=WantedSample("2026-10-15", 50)), FIGURE)
    yield Page("auditor: cases", auditor(case_list))
    yield Page("auditor: trail of a day", auditor(trail, sought=Sought()))
    for kind in KINDS:
        yield Page(f"auditor: questions, {kind}", auditor(question_list, kind=kind, **days), FIGURE)


def _of_the_service(office: BigOffice) -> Iterator[Page]:
    read, on = office.database.read, NOW.date()
    yield Page("service: effects that are due", partial(read, effects.due, NOW))
    yield Page("service: mail that is due", partial(read, effects.due, NOW, 100, effects.MAILED))
    yield Page("service: mail not sent, whole", partial(read, mail_rows), FIGURE)
    yield Page("service: deadlines that are due", partial(read, due_deadlines, on))
    yield Page("service: open cases, a portion", partial(read, waiting_cases, "", 50))
    yield Page("service: letters that are late", partial(read, late_letters, on))
