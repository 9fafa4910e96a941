"""The whole story of a case, in Indonesian: who did what in which capacity, by which law, and what waits now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, func, select

from policies.civil_service import full_name
from policies.dates import with_weekday, written
from workflow import cases
from workflow.audit import Event, events_of
from workflow.budgets import books
from workflow.cases import Case
from workflow.definition import Process
from workflow.engine import seating, timing
from workflow.engine.hidden_entries import OPEN, Veil, veil_over
from workflow.facts import Situation
from workflow.hours.ledger import stands
from workflow.letters.leaving import awaited_letters, beside, is_awaited
from workflow.letters.routing import HAND_IN, INITIAL, MEND, NUMBER, ROLE_TITLES, SIGN
from workflow.letters.words import moment
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import (
    budgets,
    cohort_cases,
    cohorts,
    deadlines,
    entries,
    files,
    hour_evidence,
    hour_postings,
    letter_cases,
    letters,
    mandates,
    people,
    positions,
    postings,
    tasks,
    units,
)
from workflow.tables import cases as cases_table
from workflow.telling.explain_event import event_lines
from workflow.telling.fact_words import rupiah, said
from workflow.telling.plain_text import table
from workflow.telling.status_words import ENTRY_STATUS, LETTER_STATE
from workflow.views.shown import field_lines

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Parts of a fact that only repeat by id what one of the names says.
_BESIDE_NAMES, _NAMES = frozenset({"id", "case", "person_id", "line"}), frozenset({"name", "title", "person_name"})

#: In the order in which money moves.
ACCOUNTS = {
    "ceiling": "pagu",
    "reserved": "dicadangkan",
    "committed": "diikat",
    "spent": "dibelanjakan",
    "available": "tersedia",
    "deficit": "kekurangan pagu",
    "awaiting": "menunggu DPA",
    "expected": "DPA yang ditunggu",
}


@dataclass(frozen=True)
class Story:
    """A case, and where to look up what its events only refer to."""

    conn: Connection
    office: Office
    process: Process
    case: Case
    same_definition: bool
    veil: Veil = OPEN
    #: What people call the states of all processes, its own before others'.
    states: Mapping[str, str] = field(default_factory=dict)

    def when(self, at: datetime) -> str:
        """An instant on the agency's clock."""
        return moment(at, self.office.zone)

    def name(self, person_id: str | None) -> str:
        """A person's name with titles; the system where nobody is named."""
        if person_id is None:
            return "Sistem"
        row = self.conn.execute(select(people).where(people.c.id == person_id)).one_or_none()
        return (
            full_name(row.front_title, row.name, row.back_title) if row else f"orang yang tidak dikenal ({person_id})"
        )

    def subject(self, case_id: str) -> str:
        """The name of whom a case is about."""
        query = select(cases_table.c.subject_id).where(cases_table.c.id == case_id)
        return self.name(self.conn.execute(query).scalar_one_or_none())

    def lender(self, mandate_id: str | None) -> str:
        """Whose post a mandate lent, and by which letter; empty where it is not recorded any more."""
        query = (
            select(
                mandates.c.basis_number, mandates.c.basis_on, people.c.front_title, people.c.name, people.c.back_title
            )
            .join_from(mandates, positions, positions.c.id == mandates.c.position_id)
            .join(people, people.c.id == positions.c.holder_id, isouter=True)
            .where(mandates.c.id == mandate_id)
        )
        row = self.conn.execute(query).one_or_none()
        if row is None:
            return ""
        holder = full_name(row.front_title, row.name, row.back_title) if row.name else "jabatan kosong"
        return f" (pemangku: {holder}; dasar {row.basis_number} tanggal {written(row.basis_on)})"

    def role(self, name: str) -> str:
        """What people call a role."""
        known = self.process.role.get(name)
        return known.title if known else ROLE_TITLES.get(name, name)

    def unit(self, unit_id: str | None) -> str:
        """The name of a unit."""
        name = self.conn.execute(select(units.c.name).where(units.c.id == unit_id)).scalar_one_or_none()
        return str(name or unit_id or "unit kerja yang tidak dikenal")

    def state(self, name: str) -> str:
        """What people call a state, with its code."""
        known = self.process.state.get(name)
        return f"{known.title} ({name})" if known else name

    def fact(self, name: str, value: Any) -> str:
        """A fact's value in words; files, people, budget lines, cases and states by what people call them."""
        return said(name, self._named(name, value))

    def _named(self, name: str, value: Any) -> Any:
        """A value with names in the place of the ids and codes in it, as far as it has none beside them."""
        if isinstance(value, Mapping):
            doubled = _BESIDE_NAMES if value.keys() & _NAMES else frozenset()
            return {part: self._named(part, inner) for part, inner in value.items() if part not in doubled}
        if isinstance(value, list):
            return [self._named(name, each) for each in value]
        if not isinstance(value, str):
            return value
        if name == "state":
            return self.states.get(value, value)
        return self._called(value) if _ID.fullmatch(value) else value

    def _called(self, named: str) -> str:
        """What people call whatever an id stands for; what is not found stays as it is."""
        if named not in self._known:
            self._known[named] = self._look_up(named) or named
        return self._known[named]

    def _look_up(self, named: str) -> str | None:
        if row := self.conn.execute(select(files.c.name).where(files.c.id == named)).one_or_none():
            return str(row.name)
        if self.conn.execute(select(people.c.id).where(people.c.id == named)).first():
            return self.name(named)
        if row := self.conn.execute(select(budgets).where(budgets.c.id == named)).one_or_none():
            return books.line_title(row.activity, row.account, row.year)
        row = self.conn.execute(select(cases_table.c.reference).where(cases_table.c.id == named)).one_or_none()
        return str(row.reference) if row else None

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    @cached_property
    def letters(self) -> dict[str, Row[Any]]:
        """The letters of the case by id, in the order in which they were issued."""
        query = (
            select(letters)
            .join_from(letters, letter_cases)
            .where(letter_cases.c.case_id == self.case.id)
            .order_by(letters.c.issued_at, letters.c.id)
        )
        return {row.id: row for row in self.conn.execute(query)}

    def letter_title(self, letter_id: str) -> str:
        """What kind of letter it is."""
        row = self.letters.get(letter_id)
        kind = self.process.letters.get(row.kind) if row is not None else None
        return kind.title if kind else row.kind if row is not None else letter_id

    def letter(self, letter_id: str) -> str:
        """A letter with its number and signature, or what it waits for."""
        row = self.letters.get(letter_id)
        if row is None:
            return f"surat {letter_id}, yang tidak ada lagi"
        title = self.letter_title(letter_id)
        if row.number is None:
            return f"{title}, {LETTER_STATE.get(row.state, row.state)}"
        # One that another system numbered, or that was put in between, has its number before it is signed.
        numbered = f"{title} Nomor {row.number}" + (f" tanggal {written(row.dated_on)}" if row.dated_on else "")
        if row.signed_at is None:
            return f"{numbered}, {LETTER_STATE.get(row.state, row.state)}"
        void = f", {LETTER_STATE[row.state]}" if row.state in ("void", "replaced") else ""
        return f"{numbered}, ditandatangani {row.signed_title}{void}"


def explain(conn: Connection, office: Office, registry: Registry, case_id: str, *, at: datetime | None = None) -> str:
    """The story of a case as plain text; what is hidden at an instant, the last that happened by default, is not told.

    Raises NotFound.
    """
    case = cases.load(conn, case_id)
    process = registry.process(case.process)
    told = events_of(conn, case.id)
    moment_of_it = at or max((event.at for event in told), default=case.opened_at)
    veil = veil_over(Situation(conn, office, process, case, case.form, moment_of_it), None)
    same = case.fingerprint == registry.fingerprints[process.name]
    story = Story(conn, office, process, case, same, veil, states_of(registry, process))
    sections = (
        _heading(story),
        _request(story),
        _history(story, told),
        _letters(story),
        _entries(story),
        _money(story),
        _waiting(story),
    )
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section))) + "\n"


def states_of(registry: Registry, process: Process) -> dict[str, str]:
    """What people call each state, by its code; of those that several processes have, the given one's."""
    return {state.name: state.title for each in (*registry.processes.values(), process) for state in each.states}


def _heading(story: Story) -> Iterator[str]:
    case, process = story.case, story.process
    unit = story.conn.execute(select(units.c.name).where(units.c.id == case.unit_id)).scalar_one_or_none()
    yield f"{process.title.upper()}: {story.name(case.subject_id)}"
    yield f"  Berkas {case.reference} (id {case.id}), {unit or 'unit belum diketahui'}"
    awaits = awaited_letters(story.conn, story.process, case)
    status = beside(story.state(case.state), awaits)
    yield f"  Status: {status}, sejak {written(case.entered_on)}; {case.version} peristiwa tercatat"
    closed = f"; ditutup {story.when(case.closed_at)}" if case.closed_at else ""
    yield f"  Dibuka {story.when(case.opened_at)}{closed}"
    for title, number in _cohorts(story):
        yield f"  Rombongan: {title} ({number} orang)"
    now = "sama dengan yang berlaku sekarang" if story.same_definition else "sudah berubah sejak berkas ini dibuka"
    yield f"  Prosedur {case.process} versi {case.process_version}; susunannya {now}"


def _cohorts(story: Story) -> Iterator[tuple[str, int]]:
    """The cohorts to which the case belongs, and how many do with it."""
    own = cohort_cases.alias()
    query = (
        select(cohorts.c.title, func.count())
        .join_from(cohorts, own, own.c.cohort_id == cohorts.c.id)
        .join(cohort_cases, cohort_cases.c.cohort_id == cohorts.c.id)
        .where(own.c.case_id == story.case.id, own.c.left_at.is_(None), cohort_cases.c.left_at.is_(None))
        .group_by(cohorts.c.id, cohorts.c.title)
        .order_by(cohorts.c.id)
    )
    yield from ((title, number) for title, number in story.conn.execute(query))


def _request(story: Story) -> Iterator[str]:
    if story.case.form:
        yield "PERMOHONAN SEKARANG"
        lines = field_lines(story.conn, story.process.form, story.case.form)
        yield from (f"  {line.label}: {line.shown}" for line in lines)


def _history(story: Story, told: list[Event]) -> Iterator[str]:
    yield "RIWAYAT"
    for event in told:
        yield from (f"  {line}".rstrip() for line in event_lines(story, event))


def _letters(story: Story) -> Iterator[str]:
    if story.letters:
        yield "SURAT"
        yield from (f"  {story.letter(letter_id)}" for letter_id in story.letters)


def _entries(story: Story) -> Iterator[str]:
    query = select(entries).where(entries.c.case_id == story.case.id).order_by(entries.c.kind, entries.c.number)
    rows = story.conn.execute(query).all()
    if not rows:
        return
    yield "CATATAN"
    for row in rows:
        kind = story.process.entries.get(row.kind)
        status = ENTRY_STATUS.get(row.status, row.status)
        marked = f" oleh {story.name(row.marked_by)}" if row.marked_by else ""
        yield f"  {kind.title if kind else row.kind} nomor {row.number}, {written(row.on_date)}: {status}{marked}"


def _money(story: Story) -> Iterator[str]:
    query = (
        select(postings.c.posted_at, postings.c.says, postings.c.account, postings.c.amount, budgets)
        .join_from(postings, budgets, isouter=True)
        .where(postings.c.case_id == story.case.id, postings.c.amount > 0)
    )
    order = list(ACCOUNTS)
    rows = sorted(story.conn.execute(query), key=lambda row: (row.posted_at, order.index(row.account)))
    moved = [
        (
            story.when(row.posted_at),
            row.says,
            rupiah(row.amount),
            books.line_title(row.activity, row.account_1, row.year) if row.id else "belum ada",
        )
        for row in rows
    ]
    if moved:
        yield "ANGGARAN"
        yield from table(("Waktu", "Mutasi", "Jumlah", "Mata anggaran"), moved)
        held = [each for each in books.standing(story.conn, story.case.id) if each.amount]
        sums = [f"{ACCOUNTS.get(each.account, each.account)} {rupiah(each.amount)}" for each in held]
        yield f"  Sekarang: {', '.join(sums) or 'tidak ada yang dicadangkan, diikat, atau dibelanjakan'}."
    standing = stands().join(hour_evidence, hour_evidence.c.id == hour_postings.c.evidence_id)
    for row in story.conn.execute(
        standing.where(hour_evidence.c.case_id == story.case.id).order_by(hour_postings.c.id)
    ):
        yield f"JP: {row.hours} JP dicatat untuk {story.name(row.person_id)}, tahun {row.year}. {row.says}"


def _waiting(story: Story) -> Iterator[str]:
    conn, case = story.conn, story.case
    rows = conn.execute(select(tasks).where(tasks.c.case_id == case.id).order_by(tasks.c.due_on, tasks.c.id)).all()
    if not rows:
        yield "SEKARANG: tidak ada yang ditunggu."
        return
    yield "SEKARANG MENUNGGU"
    # Of a step that writes what is for a few, only the role, however many have yet to take it.
    yield from dict.fromkeys(_wait(story, row) for row in rows)
    if story.process.state[case.state].final:
        return
    yield from _receipt(story)
    query = select(deadlines).where(deadlines.c.case_id == case.id).order_by(deadlines.c.falls_on, deadlines.c.rung)
    for row in conn.execute(query):
        kind = {
            "remind": "diingatkan",
            "escalate": "diajukan kepada yang lebih tinggi",
            "fire": "dilanjutkan oleh sistem",
        }
        done = f", sudah {story.when(row.done_at)}" if row.done_at else ""
        note = f"; terakhir belum dapat: {row.note}" if row.note else ""
        yield f"  {written(row.falls_on)}: {kind.get(row.kind, row.kind)}{done}{note}"


def _wait(story: Story, row: Row[Any]) -> str:
    until = f"paling lambat {written(row.due_on)}"
    steps = [story.process.arrow(story.case.state, trigger, row.role) for trigger in row.triggers.split()]
    if any(story.veil.closes(step) for step in steps):
        return f"  {story.role(row.role)}; {until}"
    above = ", menggantikan bawahannya" if row.escalated else ""
    return f"  {story.name(row.assignee_id)} sebagai {story.role(row.role)}{above}: {_triggers(story, row)}; {until}"


def _triggers(story: Story, row: Row[Any]) -> str:
    if row.letter_id is not None:
        return f"{_ON_LETTERS.get(row.triggers, 'mengurus')} {story.letter_title(row.letter_id)}"
    if row.triggers == seating.NAME_SOMEONE:
        return "menunjuk orang yang dapat bertindak"
    steps = (story.process.arrow(story.case.state, trigger, row.role) for trigger in row.triggers.split())
    return ", ".join(f"{step.title} ({step.trigger})" for step in steps if step is not None)


#: What somebody is waited for to do with a letter.
_ON_LETTERS = {
    INITIAL: "memaraf",
    NUMBER: "memberi nomor",
    SIGN: "menandatangani",
    MEND: "memperbaiki",
    HAND_IN: "menyerahkan pindaian",
}


def _receipt(story: Story) -> Iterator[str]:
    """Each day counted or skipped on the way to the due day, and why."""
    case, office = story.case, story.office
    if is_awaited(story.conn, story.process, case):
        yield "  Waktu: dimulai setelah surat yang dijawab di sini ditandatangani."
        return
    days = timing.time_for(office, story.process, case, case.entered_on)
    if days is None:
        return
    counted = office.count(timing.runs_since(case), days, case.unit_id)
    yield f"  Waktu: {counted.says}"
    for line in counted.receipt:
        yield f"    {with_weekday(line.day)}: {line.why} ({line.by})"
