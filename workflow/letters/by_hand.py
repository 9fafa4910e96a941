"""A letter that was signed on paper while there was no network: its row as the step that issues it now stores it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from policies.dates import written
from workflow.authority.bench import Bench, Seat
from workflow.errors import NotYours
from workflow.letters.parts import LetterFrame
from workflow.letters.route import LetterStep, decoded, encoded
from workflow.letters.signing import fixed
from workflow.registers.on_paper import OnPaper


def signed_on_paper(
    bench: Bench, row: Mapping[str, Any], seat: Seat, at: datetime, cancelled: tuple[str, ...], given: OnPaper
) -> dict[str, Any]:
    """What a letter's row becomes: its number, its words and its day are those of the paper; all have signed, none here.

    ``cancelled``: the kinds of letters that it takes back. Where ``given`` bears no paper yet, the letter that it would be.
    Raises Refused where whoever signed may not sign it in their capacity, NotYours where others sign after the first than those
    on the paper.
    """
    letter, paper = bench.situation.process.letters[row["kind"]], given.paper
    first = LetterStep(kind="sign", role=row["role"], position_id=row["position_id"])
    steps = (first, *(LetterStep(kind="sign", role=role) for role in letter.cosigners))
    begun = {**row, "route": encoded(steps), **numbered(row, given)}
    values = fixed(bench, begun, seat, at, cancelled, by_hand=True, on_paper=paper.dated_on if paper else None)
    done = tuple(msgspec.structs.replace(step, at=at) for step in decoded(values["route"]))
    if paper is not None and tuple(step.by for step in done) != given.signers:
        raise NotYours(
            f"Penandatangan {letter.title} pada {written(paper.dated_on)} bukan mereka yang tercetak pada kertas itu."
        )
    values |= {"route": encoded(done), "turn": len(done), "signed_at": at, "state": "signed"}
    return {**begun, **values, **as_printed(given)}


def numbered(row: Mapping[str, Any], given: OnPaper) -> dict[str, Any]:
    """The number and the day of the paper, as a letter's row holds them."""
    paper = given.paper
    if paper is None:  # nothing of it is kept, so any number will do that no other has
        return {"number": row["code"], "register": None, "register_year": None, "register_number": None}
    return {
        "number": paper.text,
        "dated_on": paper.dated_on,
        "register": given.taken.register,
        "register_year": given.taken.year,
        "register_number": given.taken.number,
        "register_suffix": given.taken.suffix,
    }


def as_printed(given: OnPaper) -> dict[str, Any]:
    """What the paper says, and its files, as a letter's row holds them; nothing where there is no paper yet."""
    paper = given.paper
    if paper is None:
        return {}
    frame = msgspec.json.decode(paper.frame, type=LetterFrame)
    return {
        "template": paper.template,
        "template_sha256": paper.template_sha256,
        "body_type": paper.body_type,
        "body": paper.body,
        "frame": paper.frame,
        "signed_title": frame.signatures[0].title,
        "code": paper.code,
        "file_id": paper.file_id,
        "unsigned_sha256": paper.unsigned_sha256,
        "scan_id": paper.scan_id,
    }
