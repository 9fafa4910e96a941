"""What of a case is hidden from somebody: entries that are for their writers alone for a time, and what is for a few roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from policies.decision import Rule
from workflow.authority.circle import is_within
from workflow.definition import Entry, Letter, Process, Transition, facts_of
from workflow.facts import NeedsFields, Situation, fields_of, gather
from workflow.filling import file_ids
from workflow.tables import cases, entries, letter_cases, letters

#: What is read in the place of what an entry says.
HIDDEN = "Isinya belum dibuka."
#: What is read in the place of what is for others alone.
FOR_A_FEW = "Isinya hanya untuk yang berwenang membacanya."


@dataclass(frozen=True)
class Veil:
    """What is hidden of a case. ``kinds``: entries whose condition holds now; ``reader``: from whom, None for just anybody.

    ``closed``: of those kinds, what is for a few roles and so never opens to the reader; ``facts``: what tells of it in what rules
    say; ``letters``: those that are not the reader's to see, by id.
    """

    kinds: frozenset[str] = frozenset()
    reader: str | None = None
    closed: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()

    def hides(self, kind: str, written_by: str | None) -> bool:
        """Whether what an entry says is hidden: of a kind that is, and written by somebody else."""
        return kind in self.kinds and (self.reader is None or written_by != self.reader)

    def instead_of(self, kind: str) -> str:
        """What is read in the place of an entry of a kind."""
        return FOR_A_FEW if kind in self.closed else HIDDEN

    def closes(self, step: Transition | None) -> bool:
        """Whether a step writes what is for a few, so that who takes it, took it and has yet to take it is for them as well."""
        entry = (step.writes or step.keeps or step.corrects) if step else None
        return entry is not None and entry.name in self.closed

    def hides_writer(self, payload: Mapping[str, Any]) -> bool:
        """Whether who wrote the entry of an event is hidden with what it says."""
        entry = payload.get("entry")
        return entry is not None and entry["kind"] in self.closed and self.hides_event(payload)

    def hides_name(self, kind: str, written_by: str | None) -> bool:
        """Whether who wrote an entry is hidden with what it says."""
        return kind in self.closed and self.hides(kind, written_by)

    def hides_event(self, payload: Mapping[str, Any]) -> bool:
        """Whether an event wrote such an entry, or is about such a letter, so that what was said and found then is hidden too."""
        entry, letter = payload.get("entry"), payload.get("letter")
        if letter is not None and letter["id"] in self.letters:
            return True
        return entry is not None and self.hides(entry["kind"], payload.get("actor", {}).get("id"))

    def said_instead(self, payload: Mapping[str, Any]) -> str:
        """What is read in the place of such an event."""
        entry = payload.get("entry")
        return self.instead_of(entry["kind"]) if entry else FOR_A_FEW

    def decided(self, payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """What rules answered in an event, without the reasons and facts of those that tell of what is hidden."""
        return [self._without(each) for each in payload.get("decisions") or ()]

    def _without(self, decided: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.facts & set(decided["facts"]):
            return decided
        reason = {"grade": decided["grade"], "says": FOR_A_FEW, "by": [], "remedy": ""}
        return {**decided, "reasons": [reason], "facts": {}}


#: Nothing is hidden.
OPEN = Veil()


def writers_of(process: Process, kind: str) -> str:
    """The roles that write entries of a kind, for whoever is not told which person wrote one."""
    writing = (t.by for t in process.transitions if t.writes and t.writes.name == kind)
    roles = [name for by in writing for name in ((by,) if isinstance(by, str) else by)]
    return ", ".join(dict.fromkeys(process.role[name].title for name in roles))


def veil_over(situation: Situation, reader: str | None, *, ever: bool = False) -> Veil:
    """What is hidden of a case from somebody at this moment; ``ever``: whatever ever was from others than its writer."""
    known = situation.process.entries.values()
    inside = _Circles(situation, reader, nobody=ever)
    closed = [entry for entry in known if entry.read_by and not inside.has(entry.read_by)]
    waiting = {entry.name for entry in known if (entry.hidden is not None if ever else _is_hidden(entry, situation))}
    return Veil(
        kinds=frozenset(waiting | {entry.name for entry in closed}),
        reader=reader,
        closed=frozenset(entry.name for entry in closed),
        facts=frozenset(fact for entry in closed for fact in entry.tells_in),
        letters=_closed_letters(situation, inside, reader),
    )


def reads_letter(situation: Situation, letter: Letter | None, letter_id: str, reader: str | None) -> bool:
    """Whether a letter is for somebody who sees its case; one for a few is for nobody whom any of its cases is about."""
    if letter is None or not letter.read_by:
        return True
    return reader not in _whom_about(situation, letter_id) and is_within(situation, letter.read_by, reader)


def rules_told(situation: Situation, rules: Iterable[Rule], reader: str | None) -> tuple[Rule, ...]:
    """Of the rules of a step, those whose answers are for somebody who does not take it: none that tell of what is for a few."""
    telling = {fact: entry.read_by for entry in situation.process.entries.values() for fact in entry.tells_in}
    inside = _Circles(situation, reader)
    return tuple(
        rule
        for rule in rules
        if all(inside.has(telling[name]) for name in telling.keys() & fields_of(rule.facts).keys())
    )


@dataclass
class _Circles:
    """Whether the reader is of each set of roles, asked once; ``nobody``: not asked, and of none."""

    situation: Situation
    reader: str | None
    nobody: bool = False

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, ...], bool] = {}

    def has(self, roles: tuple[str, ...]) -> bool:
        if roles not in self._known:
            self._known[roles] = not self.nobody and is_within(self.situation, roles, self.reader)
        return self._known[roles]


def _closed_letters(situation: Situation, inside: _Circles, reader: str | None) -> frozenset[str]:
    """The letters of the case that are for a few of whom the reader is none."""
    few = [name for name, letter in situation.process.letters.items() if letter.read_by]
    if not few:
        return frozenset()
    of_case = select(letters.c.id, letters.c.kind).join_from(letters, letter_cases)
    rows = situation.conn.execute(of_case.where(letter_cases.c.case_id == situation.case.id, letters.c.kind.in_(few)))
    return frozenset(
        row.id
        for row in rows.all()
        if not inside.has(situation.process.letters[row.kind].read_by) or reader in _whom_about(situation, row.id)
    )


def _whom_about(situation: Situation, letter_id: str) -> set[str]:
    """Whom the cases under a letter are about."""
    query = select(cases.c.subject_id).join_from(letter_cases, cases).where(letter_cases.c.letter_id == letter_id)
    return set(situation.conn.execute(query).scalars())


def _is_hidden(entry: Entry, situation: Situation) -> bool:
    if entry.hidden is None:
        return False
    try:
        return entry.hidden(gather(facts_of(entry.hidden), situation))
    except (NeedsFields, msgspec.ValidationError):
        return True  # what cannot be told is not opened


def hides_file(situation: Situation, veil: Veil, file_id: str) -> bool:
    """Whether a file was handed in with an entry that is hidden, or is that of a letter which is."""
    conn = situation.conn
    if veil.letters:
        made = select(letters.c.file_id, letters.c.scan_id).where(letters.c.id.in_(veil.letters))
        if any(file_id in row for row in conn.execute(made).all()):
            return True
    if not veil.kinds:
        return False
    query = select(entries).where(entries.c.case_id == situation.case.id, entries.c.kind.in_(veil.kinds))
    return any(
        file_id in file_ids(situation.process.entries[row.kind].takes, msgspec.json.decode(row.data))
        for row in conn.execute(query)
        if veil.hides(row.kind, row.written_by)
    )
