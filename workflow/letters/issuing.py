"""Letters as rows: issued with their body, for one case or shared by several; cancelled or changed for some, never rewritten.

Rendering reads what was stored; it looks nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from workflow import cases, effects
from workflow.authority.bench import Bench, Seat
from workflow.definition import Letter, facts_of
from workflow.engine.evidence import LetterTold
from workflow.engine.judging import THE_SYSTEM
from workflow.engine.recording import REDRAFTED, record_letter
from workflow.errors import NotYours
from workflow.facts import Situation, gather
from workflow.ids import new_id
from workflow.letters import route
from workflow.letters.by_hand import signed_on_paper
from workflow.letters.desk import refuse
from workflow.letters.due_days import begun, due_of
from workflow.letters.framing import drafted
from workflow.letters.layout import template_sha256
from workflow.letters.pdf import unprintable
from workflow.letters.route import LetterStep
from workflow.letters.routing import all_signers, asked, lay, planned, signers, under_way
from workflow.letters.shared_bodies import joined, key_of
from workflow.letters.signing import TAKE_OFF, others_under, signature, taken_back, told_of
from workflow.letters.sources import in_force, participant_lines, reference
from workflow.letters.taking_effect import signed
from workflow.mail.dispatch import owe_letter
from workflow.tables import cases as cases_table
from workflow.tables import letter_cases, letters, tasks


@dataclass(frozen=True)
class Part:
    """A step of one case as letters are issued for it: ``actor_id`` signs at once what is theirs to sign.

    ``role``: in which the step is taken; empty where the system takes it. ``drops``: what was asked for is not wanted any more,
    or will be asked for anew, so that no letter about it is to be signed.
    """

    situation: Situation
    bench: Bench
    actor_id: str | None
    letters: tuple[Letter, ...]
    role: str = ""
    drops: bool = False
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
    dropping = [part for part in parts if part.drops]
    if dropping:
        asked_for = tuple(name for name, each in dropping[0].situation.process.letters.items() if not each.takes_back)
        _drop_unsigned(dropping, asked_for, found, at)
    for letter in dict.fromkeys(letter for part in parts for letter in part.letters):
        asking = [part for part in parts if letter in part.letters and _is_needed(letter, part.situation)]
        if letter.takes_back:
            _take_back(asking, letter, found, at)
            continue
        if letter.revokes and not letter.revoked_in and asking:
            _drop_unsigned(asking, letter.revokes, found, at)
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
    """Letters of these kinds that have not left are not to leave any more, or no longer with these cases.

    A draft that others share is written anew without those who leave.
    """
    conn, leaving = parts[0].situation.conn, {part.case_id: part for part in parts}
    drafts: dict[str, tuple[Row[Any], list[Part]]] = {}
    # What the same act has issued takes the place of others, and is not one of them.
    just_issued = {told.id for each in found.values() for told in each.letters}
    for part in parts:
        for row in under_way(part.bench, part.case_id, kinds):
            if row.id not in just_issued:
                drafts.setdefault(row.id, (row, []))[1].append(part)
    for row, under in drafts.values():
        others = others_under(parts[0].situation.process, conn, row.id, leaving)
        if not others:
            conn.execute(delete(tasks).where(tasks.c.letter_id == row.id))
            conn.execute(update(letters).where(letters.c.id == row.id).values(state="void"))
        for part in under:
            if others:
                conn.execute(TAKE_OFF, {"of_letter": row.id, "of_case": part.case_id, "by": row.id})
                found[part.case_id].left += (row.id,)
            else:
                found[part.case_id].dropped += (row.id,)
        if others:
            _redraft(under[0], row, others, at)


def _redraft(part: Part, row: Row[Any], others: Sequence[str], at: datetime) -> None:
    """Write a letter anew for those who remain: it begins its way once more, and each of their logs tells of it."""
    situation = part.situation
    conn, letter = situation.conn, situation.process.letters[row.kind]
    # In the order of their ids, as whoever else locks several locks them.
    locked = {case_id: situation_of(situation, case_id) for case_id in sorted(others)}
    remaining = [locked[case_id] for case_id in others]
    body = joined([gather(letter.body, each) for each in remaining])
    values = taken_back(row._asdict())
    values |= {
        "body": msgspec.json.encode(body).decode(),
        "state": route.state_at(route.decoded(values["route"])) if row.state != "to_mend" else row.state,
    }
    bench = Bench(remaining[0]).apart_from(each.case.subject_id for each in remaining)
    values |= begun(bench, row._asdict(), values, at)
    conn.execute(update(letters).where(letters.c.id == row.id).values(values))
    drafted_anew = {**row._asdict(), **values}
    lay(bench, drafted_anew, at)
    told = told_of(drafted_anew, cases=_told_cases(others))
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


@dataclass(frozen=True)
class _Draft:
    """A letter as it begins its way. ``own``: the seat of the actor, or of whoever signed it on paper, if they may sign first."""

    bench: Bench
    letter: Letter
    row: dict[str, Any]
    steps: tuple[LetterStep, ...]
    own: Seat | None


def _issue(
    group: Sequence[Part], letter: Letter, at: datetime, replaced: tuple[Row[Any], ...], others: Sequence[str] = ()
) -> LetterTold:
    """Issue one letter for a group of cases; ``others`` go on under the letters that it changes, and it is theirs too."""
    draft = _drafted(group, letter, at, replaced, others)
    row = _signed_at_once(draft, at, tuple(old.kind for old in replaced))
    conn, letter_id, own_cases = draft.bench.conn, draft.row["id"], [part.case_id for part in group]
    conn.execute(_NEW_LETTER, row or draft.row)
    conn.execute(_NEW_LETTER_CASE, [{"letter_id": letter_id, "case_id": each} for each in (*own_cases, *others)])
    old_ids = tuple(sorted(old.id for old in replaced))
    _mark(conn, letter, letter_id, old_ids, own_cases)
    told = _sent_on_its_way(draft, at) if row is None else _left(draft.bench, row, at)
    told = msgspec.structs.replace(told, cases=_told_cases((*own_cases, *others)))
    return msgspec.structs.replace(told, **{"cancels" if letter.cancels else "changes": old_ids}) if old_ids else told


def _drafted(
    group: Sequence[Part], letter: Letter, at: datetime, replaced: tuple[Row[Any], ...], others: Sequence[str]
) -> _Draft:
    """A letter for a group of cases, with all that it says and whom it passes. Raises Refused where it could not be made."""
    situation, actor_id = group[0].situation, group[0].actor_id
    bench = group[0].bench.apart_from({*(part.situation.case.subject_id for part in group), *_subjects(group, others)})
    given = situation.on_paper.get(letter.name)
    if given is not None and given.paper is not None:
        # Who may sign it is asked of the day on which it was signed.
        bench = Bench(bench.situation.standing_on(given.paper.dated_on), bench.others)
    signing = given.signers[0] if given else actor_id
    signer = LetterStep(
        kind="sign",
        role=replaced[0].role if replaced else letter.signer,
        position_id=replaced[0].position_id if replaced else None,
    )
    seats = signers(bench, letter, signer)
    own = next((seat for seat in seats if seat.person_id == signing), None)
    in_order = (own, *seats) if own else seats or all_signers(bench, signer)
    steps = planned(bench, letter, signer, in_order, actor_id)
    frame = drafted(bench, letter, next(iter(in_order), None), replaced, route.new_code())
    letter_id = given.paper.letter_id if given and given.paper else new_id(at)
    row = _drafted_row(group[0], letter, letter_id, signer, steps, at) | {
        "body": msgspec.json.encode(joined([gather(letter.body, part.situation) for part in group])).decode(),
        "frame": msgspec.json.encode(frame).decode(),
        "code": frame.code,
    }
    _check_drawable(letter, "" if given else row["body"] + row["frame"])
    return _Draft(bench, letter, row, steps, own)


def _subjects(group: Sequence[Part], case_ids: Sequence[str]) -> Iterable[str]:
    """Whom other cases are about, by id."""
    query = select(cases_table.c.subject_id).where(cases_table.c.id.in_(case_ids))
    return group[0].situation.conn.execute(query).scalars() if case_ids else ()


def _signed_at_once(draft: _Draft, at: datetime, cancelled: tuple[str, ...]) -> dict[str, Any] | None:
    """The letter signed by the actor: on paper before, or now where nobody else is on its way and no secret is asked.

    None where it begins its way. ``cancelled``: the kinds of letters that it takes back. Raises NotYours.
    """
    situation, own = draft.bench.situation, draft.own
    given = situation.on_paper.get(draft.letter.name)
    if given is not None:
        if own is None:
            raise NotYours(
                f"{draft.letter.title} di atas kertas tidak ditandatangani oleh yang berwenang pada hari itu."
            )
        return signed_on_paper(draft.bench, draft.row, own, at, cancelled, given)
    if own is None or len(draft.steps) > 1 or situation.office.signing_needs_secret:
        return None
    return draft.row | signature(draft.bench, draft.row, own, at, cancelled)


def _left(bench: Bench, row: dict[str, Any], at: datetime) -> LetterTold:
    """What a letter that was signed at once changes; what is complete already, signed on paper, is sent."""
    told = signed(bench, row, at)
    if row["state"] == "signed":
        owe_letter(bench.conn, row["id"], at)
    return told


def _check_drawable(letter: Letter, text: str) -> None:
    """Raise Refused where a letter would hold a sign that its fonts lack: it would be numbered and could never be made."""
    if lacking := unprintable(text):
        says = f"{letter.title} akan memuat tanda yang tidak ada dalam fon surat: {lacking[:8]}"
        refuse(says, "Tulis isiannya dengan huruf Latin; nama orang dan lembaga diperbaiki pada data asalnya.")


def _sent_on_its_way(draft: _Draft, at: datetime) -> LetterTold:
    """A draft is laid before whoever is first; where that is not simply its signatory they are told as well."""
    bench, row = draft.bench, draft.row
    asks = asked(bench, row, lay(bench, row, at))
    if len(draft.steps) > 1:
        effects.tell(bench.conn, bench.situation.case.id, asks, at, asks=effects.NEW_TASK)
    return told_of(row)


def _mark(conn: Connection, letter: Letter, letter_id: str, old_ids: Iterable[str], own_cases: Iterable[str]) -> None:
    """Say on the letters that one takes back by which they are cancelled, or which cases it takes off them."""
    for old_id in old_ids:
        if letter.cancels:
            conn.execute(update(letters).where(letters.c.id == old_id).values(cancelled_by=letter_id))
        else:
            conn.execute(TAKE_OFF, [{"of_letter": old_id, "of_case": each, "by": letter_id} for each in own_cases])


def _drafted_row(
    part: Part, letter: Letter, letter_id: str, signer: LetterStep, steps: tuple[LetterStep, ...], at: datetime
) -> dict[str, Any]:
    """A letter as it begins its way, but for what it says."""
    situation = part.situation
    return {
        "id": letter_id,
        "kind": letter.name,
        "process": situation.process.name,
        "state": route.state_at(steps),
        "template": letter.template,
        "template_sha256": template_sha256(letter.template),
        "body_type": letter.body.__name__,
        "route": route.encoded(steps),
        "turn": 0,
        "drafter": letter.drafter or part.role or signer.role,
        "role": signer.role,
        "position_id": signer.position_id,
        "method": "electronic",
        "register_suffix": "",
        "issued_at": at,
        "due_on": due_of(part.bench, letter, at),
    }


# --- Statements, built once ------------------------------------------------------------------------------------------

_NEW_LETTER = insert(letters)
_NEW_LETTER_CASE = insert(letter_cases)
