"""What people fill in to take back an award that was handed over."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from workflow.definition import Entry
from workflow.forms import FileId, Form
from workflow.forms.incentive import RevokedAward

#: The states of a nomination in which it can be named: only what was handed over is taken back by a case of its own.
_HANDED_OVER = Meta(min_length=1, max_length=36, extra={"case": "incentive", "states": ("awarded",)})


class AwardRevocation(Form, frozen=True, kw_only=True):
    """Which award, and why it is to be taken back, with what proves it."""

    award_case: Annotated[str, Meta(title="Berkas penghargaan yang dicabut"), _HANDED_OVER]
    ground: Annotated[
        Literal["false_data", "sanction", "verdict", "conditions", "other"], Meta(title="Alasan pencabutan")
    ]
    explanation: Annotated[str, Meta(title="Penjelasan", min_length=20, max_length=4000)]
    evidence: Annotated[tuple[FileId, ...], Meta(title="Bukti", min_length=1, max_length=20)]


class Answer(Form, frozen=True, kw_only=True):
    """What the holder of the award says to it, before it is decided."""

    answer: Annotated[str, Meta(title="Tanggapan", min_length=5, max_length=4000)]
    exhibits: Annotated[tuple[FileId, ...], Meta(title="Berkas pendukung", max_length=20)] = ()


ANSWERED = Entry("holder_answer", "Tanggapan penerima penghargaan", Answer)
REVOKED_LATE = Entry("late_revocation", "Pencabutan", RevokedAward)
