"""A letter on its way as issuing it now would make it: on whose paper, and with whose blocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from workflow import cases
from workflow.authority.bench import Bench, Seat
from workflow.definition import Letter
from workflow.errors import Refused
from workflow.facts import Situation
from workflow.letters.parts import LetterFrame, SignatureBlock
from workflow.letters.route import UNDER_WAY, LetterStep, decoded
from workflow.letters.signing import block_of, first_block_of, kinds_taken_back, lead_of, next_signatory, sent_by
from workflow.letters.sources import letter_cases_of
from workflow.office import Office
from workflow.registry import Registry


def foreseen(conn: Connection, office: Office, registry: Registry, row: Row[Any], at: datetime) -> LetterFrame:
    """The frame of a letter: as it is fixed, or as whoever would sign it now would send it, still without number and date.

    Whose post nobody holds who may sign stands by the title of their role.
    """
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    if row.signed_by is not None or row.state not in UNDER_WAY:
        return frame
    shared = [cases.load(conn, case_id) for case_id in letter_cases_of(conn, row.id)]
    lead = lead_of(conn, row, shared)
    process = registry.process(lead.process)
    bench = Bench(Situation(conn, office, process, lead, lead.form, at))
    bench, letter = bench.apart_from(case.subject_id for case in shared), process.letters[row.kind]
    cancelled = kinds_taken_back(conn, row.id)
    first: Seat | None = None
    blocks: list[SignatureBlock] = []
    taken: set[str] = set()
    for step in [each for each in decoded(row.route) if each.kind == "sign"]:
        seat, block = _signatory(bench, letter, step, taken, None if blocks else cancelled)
        first = first if blocks else seat
        blocks.append(block)
        if seat is not None:
            taken.add(seat.person_id)
    if first is None:
        return msgspec.structs.replace(frame, signatures=tuple(blocks))
    return sent_by(bench, letter, first, frame, tuple(blocks))


def _signatory(
    bench: Bench, letter: Letter, step: LetterStep, taken: set[str], cancelled: tuple[str, ...] | None
) -> tuple[Seat | None, SignatureBlock]:
    """Who would sign in a step, with their block. ``cancelled``: the kinds that the letter takes back; None after its first."""
    try:
        seat = next_signatory(bench, letter, step, taken)
        if seat is not None:
            if cancelled is not None:
                return seat, first_block_of(bench, letter, seat, cancelled)
            return seat, block_of(bench, letter, seat, letter.on_behalf)
    except Refused:  # whoever is there may not sign it: it awaits somebody who is not known yet
        pass
    post = bench.post(step.position_id) if step.position_id is not None else None
    title = post.title if post is not None else bench.situation.process.role[step.role].title
    return None, SignatureBlock(lines=(f"{title.upper()},",), title=title, name="")
