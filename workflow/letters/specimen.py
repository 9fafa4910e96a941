"""A letter to look at before there is one: a sample of its kind, or a file as clerks write it, in an agency's layout."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from workflow.letters.bodies import body_named
from workflow.letters.complaints import explained
from workflow.letters.layout import LetterError
from workflow.letters.parts import LetterFrame, Proof
from workflow.letters.profile import Profile
from workflow.letters.rendering import Written
from workflow.letters.standalone import StandaloneLetter, standalone_letter
from workflow.letters.types import SAMPLES, TYPES

#: Samples of the letters that processes issue, one file a kind.
PROCESSES: Final = SAMPLES / "processes"
#: The code of a letter that does not exist.
_CODE: Final = "CXNTH23456"
_SEQUENCE: Final = 21


class _Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What the sample of a process's letter says beside what a clerk's letter does."""

    kind: str
    template: str
    body_type: str


def known() -> tuple[str, ...]:
    """The kinds and types of letters that there are samples of."""
    return (*TYPES, *sorted(file.stem for file in PROCESSES.glob("*.toml")))


def specimen(name: str, profile: Profile, at: datetime, *, draft: bool = False, by_hand: bool = False) -> Written:
    """The sample of a kind or type, or the letter in a TOML file, numbered and dated as if signed now.

    Raises LetterError where there is neither, or the file cannot be used.
    """
    kind, template, letter, body = _read(name)
    on = at.astimezone(ZoneInfo(profile.zone)).date()
    unit = letter.unit or profile.secretariat
    frame = letter.frame(
        profile,
        number=None if draft else profile.number(kind, unit=unit, sequence=_SEQUENCE, on=on, security=letter.security),
        dated_on=None if draft else on,
        signed_at=None if draft else at,
        draft=draft,
        code=_CODE,
        by_hand=by_hand,
    )
    frame = msgspec.structs.replace(frame, kind=kind, test_key=True)
    return Written(template, frame, body, msgspec.json.encode(body), at)


def specimen_proof(frame: LetterFrame, profile: Profile) -> Proof | None:
    """A code to look at: it opens the page of a letter that does not exist. None where the letter bears none."""
    from workflow.proof.qr import drawn  # noqa: PLC0415 - needed only where letters are made

    address = profile.check_address(frame.code)
    if not address or not frame.signed_electronically:
        return None
    # As long as the text of a real one, so that the code is as fine.
    return Proof(qr=drawn(f"{address.upper()}/{'CONTOH' * 55}"), address=address)


def _read(name: str) -> tuple[str, str, StandaloneLetter, msgspec.Struct]:
    """Kind, template, letter and body."""
    if name in TYPES:
        letter, body = standalone_letter(TYPES[name].sample)
        return name, letter.template, letter, body
    if name.endswith(".toml"):
        letter, body = standalone_letter(Path(name))
        return letter.type, letter.template, letter, body
    file = PROCESSES / f"{name}.toml"
    if name not in known():
        raise LetterError(
            f'Surat "{name}" tidak dikenal. Sebutkan id surat, berkas TOML, atau salah satu dari: {", ".join(known())}.'
        )
    return _of_process(file)


def _of_process(file: Path) -> tuple[str, str, StandaloneLetter, msgspec.Struct]:
    data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    kinds: tuple[type[msgspec.Struct], ...] = (_Sample, StandaloneLetter)
    try:
        sample = msgspec.convert(data, _Sample)
        rest = {key: value for key, value in data.items() if key not in _Sample.__struct_fields__}
        letter = msgspec.convert(rest, StandaloneLetter)
        kinds = (body_named(sample.body_type),)
        body = msgspec.convert(letter.body, kinds[0], strict=False)
    except msgspec.ValidationError as error:
        raise LetterError(f"{file}: {': '.join(explained(str(error), kinds[-1]))}") from error
    return sample.kind, sample.template, letter, body
