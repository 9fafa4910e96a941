"""The sample letters as each of the shipped profiles lays them out."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import msgspec
import segno

from tests.workflow.letters.samples import BKPSDM, PROFILE, RSUD, SIGNED_AT, Sample
from workflow.letters.parts import LetterFrame, Proof
from workflow.letters.profile import TEMPLATES, Profile, load_profile
from workflow.letters.rendering import Written, composed
from workflow.letters.standalone import standalone_letter
from workflow.letters.types import TYPES

PROFILES: dict[str, Profile] = {
    file.stem: load_profile(file) for file in sorted((TEMPLATES / "profiles").glob("*.toml"))
}
UNITS = {"SETDA": "Sekretariat Daerah", "BKPSDM": BKPSDM, "DINKES": "Dinas Kesehatan", "RSUD": RSUD.name}
CODE = "7KQ2M4XW9P"


def _proof() -> Proof:
    """A code about as dense as those that letters bear: 380 signs of a signed statement."""
    made = segno.make("HTTPS://LAYANAN.KEMUNING.EXAMPLE/V/" + "ABCDEFGHIJ234567" * 22, error="m", boost_error=False)
    drawn = io.BytesIO()
    made.save(drawn, kind="png", border=4, scale=4)
    address = f"https://layanan.kemuning.example/verify/{CODE}"
    return Proof(qr="data:image/png;base64," + base64.b64encode(drawn.getvalue()).decode(), address=address)


PROOF = _proof()


@dataclass(frozen=True)
class Printing:
    """A letter as an agency prints it."""

    name: str
    agency: str
    written: Written
    proof: Proof | None = PROOF

    @property
    def profile(self) -> Profile:
        return PROFILES[self.agency]

    def framed(self, **changes: object) -> Printing:
        """The same letter with another frame."""
        frame = msgspec.structs.replace(self.written.frame, **changes)
        return replace(self, written=replace(self.written, frame=frame))

    def pdf(self) -> bytes:
        return composed(self.profile, self.written, self.proof)


def at_home(letter: LetterFrame, profile: Profile) -> LetterFrame:
    """A sample's frame with the letterhead, the place, and the number of another agency."""
    unit = next((code for code, name in UNITS.items() if PROFILE.letterhead(code, name) == letter.letterhead), "")
    number = letter.number and profile.number(letter.kind, unit=unit or "SETDA", sequence=21, on=date(2026, 3, 12))
    head = profile.letterhead(unit, UNITS[unit]) if unit else profile.regent_letterhead()
    return msgspec.structs.replace(letter, letterhead=head, number=number, place=profile.seat, code=CODE)


def printing(sample: Sample, agency: str = "kemuning") -> Printing:
    """A sample of a process's letter."""
    body = msgspec.json.encode(sample.body)
    frame = at_home(sample.letter, PROFILES[agency])
    return Printing(sample.name, agency, Written(sample.template, frame, sample.body, body, SIGNED_AT))


def typed(agency: str = "kemuning") -> Iterator[Printing]:
    """A letter of every type, as clerks write them."""
    profile = PROFILES[agency]
    for name, kind in TYPES.items():
        letter, body = standalone_letter(kind.sample)
        number = profile.number(name, unit=letter.unit or "SETDA", sequence=7, on=date(2026, 3, 12))
        frame = letter.frame(profile, number=number, dated_on=date(2026, 3, 12), signed_at=SIGNED_AT, code=CODE)
        written = Written(letter.template, frame, body, msgspec.json.encode(body), SIGNED_AT)
        yield Printing(name, agency, written)
