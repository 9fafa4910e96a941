"""Letters as rows: issued with their body, for one case or shared by several; cancelled or changed for some, never rewritten.

Rendering reads what was stored; it looks nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from workflow import cases
from workflow.authority import Bench
from workflow.definition import Letter, facts_of
from workflow.evidence import LETTER, LetterTold, digest
from workflow.facts import Situation, gather
from workflow.ids import new_id
from workflow.judging import THE_SYSTEM
from workflow.letters.framing import drafted
from workflow.letters.joining import joined, key_of
from workflow.letters.layout import template_sha256
from workflow.letters.signing import TAKE_OFF, lay_before, others_under, signature, signed, signers
from workflow.letters.sources import in_force, participant_lines, reference
from workflow.recording import REDRAFTED, record_letter
from workflow.tables import letter_cases, letters, tasks


@dataclass(frozen=True)
class Part:
    """A step of one case as letters are issued for it: ``actor_id`` signs at once what is theirs to sign."""

    situation: Situation
    bench: Bench
    actor_id: str | None
    letters: tuple[Letter, ...]
    #: The case of whoever comes in the place of its subject.
    successor_id: str = ""

    @property
    def case_id(self) -> str:
        """The case that took the step."""
        return self.situation.case.id


@dataclass
class Issued:
    """What a step did to letters, as its event tells it: those issued, and the ids of those that no longer await a signature."""

    letters: tuple[LetterTold, ...] = ()
    dropped: tuple[str, ...] = ()
    #: Drafts that go on without this case.
    left: tuple[str, ...] = ()


def issue(parts: Sequence[Part], at: datetime) -> list[Issued]:
    """Issue the letters of the steps of one act: signed at once where the actor signs them, else laid before whoever does.

    A shared letter is issued once for all that it says the same of. Answers what was issued for each.
    """
    found = {part.case_id: Issued() for part in parts}
    for letter in dict.fromkeys(letter for part in parts for letter in part.letters):
        asking = [part for part in parts if letter in part.letters and _is_needed(letter, part.situation)]
        if letter.takes_back:
            _take_back(asking, letter, found, at)
            continue
        groups = _alike(asking, letter) if letter.shared else [[part] for part in asking]
        for group in groups:
            _tell_all(found, group, _issue(group, letter, at, ()))
    return [found[part.case_id] for part in parts]


def _tell_all(found: dict[str, Issued], group: Sequence[Part], told: LetterTold) -> None:
    for part in group:
        found[part.case_id].letters += (told,)


def _is_needed(letter: Letter, situation: Situation) -> bool:
    return letter.when is None or letter.when(gather(facts_of(letter.when), situation))


def _alike(parts: Sequence[Part], letter: Letter) -> list[list[Part]]:
    """Those of whom one letter can say all, signed by the same."""
    groups: dict[Any, list[Part]] = {}
    for part in parts:
        seats = tuple((seat.position_id, seat.person_id) for seat in part.bench.seats(letter.signer))
        groups.setdefault((seats, key_of(gather(letter.body, part.situation))), []).append(part)
    return list(groups.values())


# --- Letters that take others back -----------------------------------------------------------------------------------


def _take_back(parts: Sequence[Part], letter: Letter, found: dict[str, Issued], at: datetime) -> None:
    """Cancel the letters that are nobody else's, or change those under which others go on: one letter for each post."""
    if not parts:
        return
    conn, titles = parts[0].situation.conn, parts[0].situation.process.letters
    _drop_unsigned(parts, letter.takes_back, found, at)
    by_post: dict[Any, dict[str, Row[Any]]] = {}
    leaving, arriving = {part.case_id for part in parts}, {part.successor_id for part in parts}
    for part in parts:
        for row in _latest(conn, part.case_id, letter.takes_back):
            others = others_under(parts[0].situation.process, conn, row.id, leaving)
            if bool(others) == bool(letter.changes):
                by_post.setdefault((letter.as_one or row.position_id, tuple(others)), {})[row.id] = row
    for (_, going_on), found_rows in by_post.items():
        in_order = sorted(found_rows.values(), key=lambda row: letter.changes.index(row.kind)) if letter.as_one else ()
        rows = {row.id: row for row in in_order} or found_rows
        under = set(conn.execute(select(letter_cases.c.case_id).where(letter_cases.c.letter_id.in_(rows))).scalars())
        given = {
            "taken_back": [reference(titles[row.kind].title, row) for row in rows.values()],
            "remaining": [
                line
                for case_id in going_on
                if case_id not in arriving
                for line in participant_lines(parts[0].situation, case_id)
            ],
        }
        group = [
            replace(part, situation=replace(part.situation, given={**part.situation.given, **given}, cache={}))
            for part in parts
            if part.case_id in under
        ]
        # Where others go on, each reason and each successor has a letter of its own; what is void for all is so by one.
        for alike in _saying_the_same(group, letter) if letter.changes else [group]:
            _tell_all(found, alike, _issue(alike, letter, at, tuple(rows.values()), going_on))


def _saying_the_same(parts: Sequence[Part], letter: Letter) -> list[list[Part]]:
    """Those of whom a letter can say the same."""
    groups: dict[bytes, list[Part]] = {}
    for part in parts:
        groups.setdefault(key_of(gather(letter.body, part.situation)), []).append(part)
    return list(groups.values())


def _latest(conn: Connection, case_id: str, kinds: tuple[str, ...]) -> Iterable[Row[Any]]:
    """Of each kind only the latest: what was sent to an earlier host has been answered, and is not this host's to know."""
    latest: dict[str, Row[Any]] = {}
    for row in in_force(conn, case_id):
        if row.kind in kinds:
            latest.setdefault(row.kind, row)
    return latest.values()


def _drop_unsigned(parts: Sequence[Part], kinds: tuple[str, ...], found: dict[str, Issued], at: datetime) -> None:
    """Letters of these kinds that nobody has signed are not to be signed any more, or no longer for these cases.

    A draft that others share is written anew without those who leave. So far every such letter is signed by the step that
    issues it; drafts will wait here once they are to be initialled first.
    """
    conn, leaving = parts[0].situation.conn, {part.case_id for part in parts}
    redrafted: set[str] = set()
    for part in parts:
        for row in conn.execute(_UNSIGNED, {"case": part.case_id}).all():
            if row.kind not in kinds:
                continue
            others = others_under(parts[0].situation.process, conn, row.id, leaving)
            if not others:
                conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
                conn.execute(update(letters).where(letters.c.id == row.id).values(state="void"))
                found[part.case_id].dropped += (row.id,)
                continue
            conn.execute(TAKE_OFF, {"of_letter": row.id, "of_case": part.case_id, "by": row.id})
            found[part.case_id].left += (row.id,)
            if row.id not in redrafted:
                _redraft(part, row, others, at)
                redrafted.add(row.id)


def _redraft(part: Part, row: Row[Any], others: Sequence[str], at: datetime) -> None:
    """Write an unsigned letter anew for those who remain, before the same signatory; each of their logs tells of it."""
    situation = part.situation
    conn, letter = situation.conn, situation.process.letters[row.kind]
    remaining = [situation_of(situation, case_id) for case_id in others]
    body = joined([gather(letter.body, each) for each in remaining])
    values = {"body": msgspec.json.encode(body).decode()}
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
    bench = Bench(remaining[0])
    lay_before(bench, row.id, row.role, signers(bench, row.role, row.position_id), row.due_on, at)
    told = LetterTold(
        id=row.id,
        kind=row.kind,
        sha256=digest(LETTER, {**row._asdict(), **values}),
        cases=_told_cases(others),
    )
    for each in remaining:
        record_letter(conn, each.case, REDRAFTED, told, THE_SYSTEM, None, at)


def situation_of(situation: Situation, case_id: str) -> Situation:
    """The situation that another case of the same process is in, locked."""
    case = cases.load(situation.conn, case_id, lock=True)
    return Situation(
        situation.conn, situation.office, situation.process, case, case.form, situation.at, known=situation.known
    )


def _told_cases(case_ids: Iterable[str]) -> tuple[str, ...]:
    """The cases of a shared letter as events tell them; a letter of one case tells none."""
    listed = tuple(sorted(case_ids))
    return listed if len(listed) > 1 else ()


# --- One letter ------------------------------------------------------------------------------------------------------


def _issue(
    group: Sequence[Part], letter: Letter, at: datetime, taken_back: tuple[Row[Any], ...], others: Sequence[str] = ()
) -> LetterTold:
    """Issue one letter for a group of cases; ``others`` go on under the letters that it changes, and it is theirs too."""
    situation, bench, actor_id = group[0].situation, group[0].bench, group[0].actor_id
    conn, office, case = situation.conn, situation.office, situation.case
    body = joined([gather(letter.body, part.situation) for part in group])
    fixed_post = taken_back[0].position_id if taken_back else None
    role = taken_back[0].role if taken_back else letter.signer
    seats = signers(bench, role, fixed_post)
    own = next((seat for seat in seats if seat.person_id == actor_id), None)
    frame = drafted(bench, letter, own or next(iter(seats), None), taken_back)
    days = int(situation.law[letter.within].value)
    letter_id, due_on = new_id(at), office.count(office.day(at), days, case.unit_id).due
    row: dict[str, Any] = {
        "id": letter_id,
        "kind": letter.name,
        "process": situation.process.name,
        "state": "to_sign",
        "template": letter.template,
        "template_sha256": template_sha256(letter.template),
        "body_type": letter.body.__name__,
        "body": msgspec.json.encode(body).decode(),
        "frame": msgspec.json.encode(frame).decode(),
        "role": role,
        "position_id": fixed_post,
        "issued_at": at,
        "due_on": due_on,
    }
    if own is not None:
        row |= signature(bench, row, frame, own, at, tuple(old.kind for old in taken_back))
    conn.execute(_NEW_LETTER, row)
    own_cases = [part.case_id for part in group]
    conn.execute(_NEW_LETTER_CASE, [{"letter_id": letter_id, "case_id": each} for each in (*own_cases, *others)])
    old_ids = tuple(sorted(old.id for old in taken_back))
    for old_id in old_ids:
        if letter.cancels:
            conn.execute(update(letters).where(letters.c.id == old_id).values(cancelled_by=letter_id))
        else:
            conn.execute(TAKE_OFF, [{"of_letter": old_id, "of_case": each, "by": letter_id} for each in own_cases])
    if own is not None:
        told = signed(bench, row, at)
    else:
        lay_before(bench, letter_id, role, seats, due_on, at)
        told = LetterTold(id=letter_id, kind=letter.name, sha256=digest(LETTER, row))
    told = msgspec.structs.replace(told, cases=_told_cases((*own_cases, *others)))
    return msgspec.structs.replace(told, **{"cancels" if letter.cancels else "changes": old_ids}) if old_ids else told


# --- Statements, built once ------------------------------------------------------------------------------------------

_NEW_LETTER = insert(letters)
_NEW_LETTER_CASE = insert(letter_cases)
_UNSIGNED = (
    select(letters)
    .join_from(letters, letter_cases)
    .where(
        letter_cases.c.case_id == bindparam("case"), letter_cases.c.changed_by.is_(None), letters.c.state == "to_sign"
    )
    .order_by(letters.c.id)
)
