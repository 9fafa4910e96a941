"""A letter that was signed on paper while there was no network, as the step that issues it is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.registers.numbers import Taken


@dataclass(frozen=True)
class Paper:
    """What was printed and signed: columns of the letter's row as they were on that day. ``frame`` and ``body`` are JSON.

    ``file_id``: its PDF; ``scan_id``: the paper with its signature.
    """

    letter_id: str
    text: str
    dated_on: date
    code: str
    template: str
    template_sha256: str
    body_type: str
    body: str
    frame: str
    unsigned_sha256: str
    file_id: str
    scan_id: str


@dataclass(frozen=True)
class OnPaper:
    """A number that was used on paper, and the letter; None while it is only found out what such a letter would be.

    ``lease_id``: the block; ``signers``: who signed it, by id and in order; ``recorded_by``: who puts it on record, by id and
    name. ``draft``: of a letter that was on its way, as it was when it was prepared. ``left_post_on``: since when the first of
    those who signed is in that post no more, where they are not.
    """

    taken: Taken
    lease_id: str
    signers: tuple[str, ...]
    recorded_by: str = ""
    recorder: str = ""
    paper: Paper | None = None
    draft: str = ""
    left_post_on: date | None = None

    @property
    def told(self) -> dict[str, Any]:
        """As the event of the step tells it."""
        paper = self.paper
        told = {
            "recorded_by": {"id": self.recorded_by, "name": self.recorder},
            "lease": self.lease_id,
            "signers": self.signers,
            "number": paper.text if paper else "",
            "dated_on": paper.dated_on if paper else None,
        }
        return told | ({"left_post_on": self.left_post_on} if self.left_post_on else {})
