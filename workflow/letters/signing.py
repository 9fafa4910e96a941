"""Signing letters: what the first signature fixes, and what each signature after it does.

The number is taken when the first signatory signs, so that a draft burns none; what was taken once stays the letter's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, or_, select, union_all, update

from policies.civil_service import full_name
from policies.dates import written
from policies.decision import Grade, Reason
from workflow.authority.bench import Bench, Seat
from workflow.cases import Case, load_several
from workflow.definition import Letter, Process
from workflow.engine.evidence import LETTER, LetterTold, digest
from workflow.errors import NotFound, Refused
from workflow.letters.dating import dated
from workflow.letters.framing import check_authority, letterhead_of, readdressed, signed_block, signing_post
from workflow.letters.parts import LetterFrame, SignatureBlock
from workflow.letters.route import LetterStep, begun_anew, decoded, encoded, next_turn, state_at
from workflow.letters.routing import signers
from workflow.office import Office
from workflow.registers import Taken, give_up, register_of, take
from workflow.tables import cases as cases_table
from workflow.tables import cohort_cases, letter_cases, letters, people, tasks
from workflow.vocabulary.letters import OnBehalf


def kinds_taken_back(conn: Connection, letter_id: str) -> tuple[str, ...]:
    """The kinds of letters that a letter cancels or changes."""
    return tuple(conn.execute(_TAKEN_BACK, {"letter": letter_id}).scalars())


# --- What the first signature fixes ----------------------------------------------------------------------------------


def fixed(
    bench: Bench,
    row: Mapping[str, Any],
    seat: Seat,
    at: datetime,
    cancelled: tuple[str, ...],
    *,
    by_hand: bool = False,
    on_paper: date | None = None,
) -> dict[str, Any]:
    """What the first signature fixes: number and date, the frame, and every signatory's block as they hold their posts then.

    ``cancelled``: the kinds of letters that it takes back; ``on_paper``: the day of the paper that was signed already. Raises
    Refused where somebody may not sign in their capacity, where one of the signatories is not known yet, and where the register
    gives no number.
    """
    letter = bench.situation.process.letters[row["kind"]]
    if on_paper is None:
        day, bench, seat = dated(bench, letter, row, seat, at)
    else:
        day = on_paper
    first = first_block_of(bench, letter, seat, cancelled)
    steps, others = _printed(bench, letter, row, seat, first)
    drafted = msgspec.json.decode(row["frame"], type=LetterFrame)
    frame = sent_by(bench, letter, seat, drafted, (first, *others))
    numbered = _numbered(bench, letter, row, seat, frame, day)
    return numbered | {
        "frame": msgspec.json.encode(_final(frame, numbered, bench.situation.office, at, by_hand=by_hand)).decode(),
        "route": encoded(steps),
        "position_id": row.get("position_id") or signing_post(bench, seat).id,
        "signed_by": seat.person_id,
        "signed_title": first.title,
        "method": "by_hand" if by_hand else "electronic",
    }


def _final(
    frame: LetterFrame, numbered: Mapping[str, Any], office: Office, at: datetime, *, by_hand: bool
) -> LetterFrame:
    """The frame of a letter that is a draft no more: with its number, and what kind of signature it gets."""
    return msgspec.structs.replace(
        frame,
        number=numbered["number"],
        dated_on=numbered["dated_on"],
        signed_at=at,
        draft=False,
        by_hand=by_hand,
        test_key=office.signs_for_test and not by_hand,
        certified=office.signs_certified and not by_hand,
    )


def first_block_of(bench: Bench, letter: Letter, seat: Seat, cancelled: tuple[str, ...]) -> SignatureBlock:
    """The block with which somebody signs a letter first. ``cancelled``: the kinds that it takes back, on whose behalf it is too.

    Raises Refused where they may not in their capacity.
    """
    taken_back = (bench.situation.process.letters[kind].on_behalf for kind in cancelled)
    block = block_of(bench, letter, seat, letter.on_behalf or next(filter(None, taken_back), None))
    return msgspec.structs.replace(block, heading=letter.heading)


def block_of(bench: Bench, letter: Letter, seat: Seat, behalf: OnBehalf | None) -> SignatureBlock:
    """The block with which somebody signs a letter now. Raises Refused where they may not in their capacity."""
    post = signing_post(bench, seat)
    check_authority(bench, letter, seat, post)
    return signed_block(bench, seat, post, behalf)


def next_signatory(bench: Bench, letter: Letter, step: LetterStep, taken: Collection[str]) -> Seat | None:
    """Who would sign in a step now; never somebody who signs the letter already."""
    return next((each for each in signers(bench, letter, step) if each.person_id not in taken), None)


def sent_by(
    bench: Bench, letter: Letter, seat: Seat, drafted: LetterFrame, blocks: tuple[SignatureBlock, ...]
) -> LetterFrame:
    """A drafted letter as its first signatory sends it: on their paper, with the blocks of all who sign it."""
    post = signing_post(bench, seat)
    frame = readdressed(bench, letter, seat, post, drafted)
    return msgspec.structs.replace(frame, signatures=blocks, letterhead=letterhead_of(bench.situation.office, post))


def _numbered(
    bench: Bench, letter: Letter, row: Mapping[str, Any], seat: Seat, frame: LetterFrame, on: date
) -> dict[str, Any]:
    """The number and the date of a letter: the number that it has where that fits the date, else the next of its register."""
    office = bench.situation.office
    unit_id = signing_post(bench, seat).unit_id or office.profile.secretariat
    before, day = row.get("number"), row.get("dated_on")

    def printed(taken: Taken, of: date) -> dict[str, Any]:
        return written_number(office, letter, unit_id, taken, frame, of)

    had = None
    if before is not None:
        kept = {name: row[name] for name in _NUMBER} | {"dated_on": on}
        if row["register_number"] is None or day == on:  # given by another system, or on this very day
            return kept
        had = Taken(row["register"], row["register_year"], row["register_number"], row["register_suffix"])
        if day is None:  # put in between before its day was known
            return printed(had, on) | {"dated_on": on}
        if had.year == on.year and printed(had, on) == printed(had, day):
            return kept
    taken = take(bench.conn, office, register_of(office, letter.name, unit_id), unit_id, on)
    numbered = printed(taken, on) | {"dated_on": on}
    if had is not None:
        reason = f"surat bernomor {before} ditandatangani baru pada {written(on)}, dengan nomor {numbered['number']}"
        give_up(bench.conn, had, reason, seat.person_id, bench.situation.at)
    return numbered


def written_number(
    office: Office, letter: Letter, unit_id: str, taken: Taken, frame: LetterFrame, on: date
) -> dict[str, Any]:
    """A number that was taken for a letter of a unit, as it is printed and as it is stored."""
    number = office.profile.number(
        letter.name,
        unit=unit_id,
        sequence=taken.number,
        suffix=taken.suffix,
        on=on,
        security=frame.security,
        classification=letter.classification,
    )
    return {
        "number": number,
        "register": taken.register,
        "register_year": taken.year,
        "register_number": taken.number,
        "register_suffix": taken.suffix,
    }


def _printed(
    bench: Bench, letter: Letter, row: Mapping[str, Any], seat: Seat, first: SignatureBlock
) -> tuple[tuple[LetterStep, ...], list[SignatureBlock]]:
    """The steps with every signatory named as printed, and the blocks of those who sign after the first."""
    steps = list(decoded(row["route"]))
    signing = [number for number, step in enumerate(steps) if step.kind == "sign"]
    steps[signing[0]] = _named(steps[signing[0]], seat, first)
    blocks = []
    taken = {seat.person_id}
    for number in signing[1:]:
        found = next_signatory(bench, letter, steps[number], taken)
        role = bench.situation.process.role[steps[number].role].title
        if found is None:
            says = f"Surat ini juga ditandatangani oleh {role}, dan belum ada yang dapat menandatanganinya."
            remedy = "Tunggu sampai jabatan itu terisi, atau kembalikan surat ini kepada penyusunnya."
            raise Refused(says, reasons=(Reason(Grade.REFUSED, says, (), remedy),))
        block = block_of(bench, letter, found, letter.on_behalf)
        steps[number] = _named(steps[number], found, block)
        blocks.append(block)
        taken.add(found.person_id)
    return tuple(steps), blocks


def _named(step: LetterStep, seat: Seat, block: SignatureBlock) -> LetterStep:
    return msgspec.structs.replace(step, by=seat.person_id, name=block.name, title=block.title)


# --- Steps that are done ---------------------------------------------------------------------------------------------


def step_done(bench: Bench, row: Mapping[str, Any], seat: Seat, at: datetime) -> dict[str, Any]:
    """A letter once the step that was waited for is done: what changes in its row."""
    steps = list(decoded(row["route"]))
    turn = row["turn"]
    if steps[turn].by is None:
        (person,) = bench.situation.look_up(_PERSON, person=seat.person_id)
        name = full_name(person.front_title, person.name, person.back_title)
        steps[turn] = msgspec.structs.replace(steps[turn], by=seat.person_id, name=name, title=seat.title)
    steps[turn] = msgspec.structs.replace(steps[turn], at=at)
    done = tuple(steps)
    left = next_turn(done) == len(done)
    return {
        "route": encoded(done),
        "turn": next_turn(done),
        "state": state_at(done),
        "signed_at": at if left else None,
    }


def signature(
    bench: Bench, row: Mapping[str, Any], seat: Seat, at: datetime, cancelled: tuple[str, ...]
) -> dict[str, Any]:
    """What a signature writes into a letter: the first fixes it, the last lets it leave."""
    values = {} if row.get("signed_by") else fixed(bench, row, seat, at, cancelled)
    return values | step_done(bench, {**row, **values}, seat, at)


def taken_back(row: Mapping[str, Any]) -> dict[str, Any]:
    """A letter that begins its way anew, to be mended first: no signature stands any more; its number stays.

    Its day stays on record until it is signed anew, as ``dating`` asks for it; its words bear none until then.
    """
    steps = begun_anew(decoded(row["route"]))
    frame = msgspec.json.decode(row["frame"], type=LetterFrame)
    frame = msgspec.structs.replace(frame, signatures=(), dated_on=None, signed_at=None, draft=True, by_hand=False)
    first = next(step for step in steps if step.kind == "sign")
    return {
        "frame": msgspec.json.encode(frame).decode(),
        "route": encoded(steps),
        "turn": next_turn(steps),
        "position_id": first.position_id,
        "signed_by": None,
        "signed_title": None,
        "signed_at": None,
        "method": "electronic",
        "file_id": None,
        "unsigned_sha256": None,
        "statement": None,
        "sealed": 0,
        "trouble": None,
    }


# --- A letter and its cases ------------------------------------------------------------------------------------------


def told_of(row: Mapping[str, Any], **more: Any) -> LetterTold:
    """A letter as the event of an act tells of it."""
    return LetterTold(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        sha256=digest(LETTER, row),
        number=row.get("number"),
        **more,
    )


def others_under(process: Process, conn: Connection, letter_id: str, leaving: Collection[str]) -> list[str]:
    """The cases that go on under a letter, or were carried out under it, but for those that leave; in their cohort's order."""
    found = conn.execute(_STILL_UNDER, {"letter": letter_id, "done": process.carried_out}).scalars()
    return [case_id for case_id in found if case_id not in leaving]


def lead_of(conn: Connection, row: Row[Any], shared: list[Case]) -> Case:
    """Of the cases that share a letter the one on which it is laid before somebody, by whom it says who may act."""
    return leads_of(conn, {row.id: shared})[row.id]


def leads_of(conn: Connection, sharing: Mapping[str, list[Case]]) -> dict[str, Case]:
    """The same of several letters at once, by letter. ``sharing``: the cases that share each."""
    rows = conn.execute(_LAID_ON, {"letters": list(sharing)}) if sharing else ()
    laid = {(row.letter_id, row.case_id) for row in rows}
    return {
        letter_id: next((case for case in shared if (letter_id, case.id) in laid), shared[0])
        for letter_id, shared in sharing.items()
    }


def sharing(conn: Connection, letter_ids: Iterable[str]) -> dict[str, list[Case]]:
    """The cases that share each of several letters, in the order of their ids, without those taken off it; by letter."""
    wanted = list(letter_ids)
    rows = conn.execute(_SHARING, {"letters": wanted}).all() if wanted else ()
    known = load_several(conn, (row.case_id for row in rows))
    found: dict[str, list[Case]] = {}
    for row in rows:
        found.setdefault(row.letter_id, []).append(known[row.case_id])
    return found


def load(conn: Connection, letter_id: str) -> Row[Any]:
    """A letter's row, locked. Raises NotFound."""
    row = conn.execute(select(letters).where(letters.c.id == letter_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Surat {letter_id} tidak ada.")
    return row


# --- Statements, built once ------------------------------------------------------------------------------------------

#: What a number is made of.
_NUMBER: Final = ("number", "register", "register_year", "register_number", "register_suffix")
_PERSON = select(people).where(people.c.id == bindparam("person"))
_LAID_ON = select(tasks.c.letter_id, tasks.c.case_id).where(tasks.c.letter_id.in_(bindparam("letters", expanding=True)))
_SHARING = (
    select(letter_cases.c.letter_id, letter_cases.c.case_id)
    .where(letter_cases.c.letter_id.in_(bindparam("letters", expanding=True)), letter_cases.c.changed_by.is_(None))
    .order_by(letter_cases.c.letter_id, letter_cases.c.case_id)
)
#: A case leaves a letter; ``by``: the letter that takes it off.
TAKE_OFF = (
    update(letter_cases)
    .where(letter_cases.c.letter_id == bindparam("of_letter"), letter_cases.c.case_id == bindparam("of_case"))
    .values(changed_by=bindparam("by"))
)
_STILL_UNDER = (
    select(letter_cases.c.case_id)
    .join_from(letter_cases, cases_table, cases_table.c.id == letter_cases.c.case_id)
    .join(cohort_cases, cohort_cases.c.case_id == letter_cases.c.case_id, isouter=True)
    .where(
        letter_cases.c.letter_id == bindparam("letter"),
        letter_cases.c.changed_by.is_(None),
        or_(cases_table.c.closed_at.is_(None), cases_table.c.state.in_(bindparam("done", expanding=True))),
    )
    .group_by(letter_cases.c.case_id)
    .order_by(func.min(cohort_cases.c.position), letter_cases.c.case_id)
)
# Each by itself, and then both: asked whether either is so, PostgreSQL would look at every letter there is.
_TAKEN_BACK = (
    select(letters.c.kind)
    .where(
        letters.c.id.in_(
            union_all(
                select(letters.c.id).where(
                    letters.c.cancelled_by == bindparam("letter"), letters.c.state != "replaced"
                ),
                select(letter_cases.c.letter_id).where(letter_cases.c.changed_by == bindparam("letter")),
            )
        )
    )
    .order_by(letters.c.id)
)
