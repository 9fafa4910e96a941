"""A letter that a clerk writes by hand as a TOML file, without a process: read, checked, made a frame and a body."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec

from workflow.letters.bounds import Copies, Line, Lines, Said
from workflow.letters.complaints import explained
from workflow.letters.layout import LetterError
from workflow.letters.parts import (
    NO_ATTACHMENT,
    LetterFrame,
    LetterType,
    MandateKind,
    Security,
    SignatureBlock,
    Standing,
    Urgency,
    signature_block,
)
from workflow.letters.profile import Profile
from workflow.letters.style import Table
from workflow.letters.types import TYPES


class Signatory(Table, frozen=True, kw_only=True):
    """Who signs, as in ``parts.signature_block``. Without ``position_title`` somebody signs for themselves.

    ``heading`` stands above: ``PIHAK KEDUA``, ``Mengetahui``, ``Yang membuat pernyataan,``.
    """

    name: Said
    position_title: Line = ""
    rank: Line | None = None
    nip: Line | None = None
    mandate_kind: MandateKind | None = None
    for_title: Line | None = None
    through_title: Line | None = None
    is_regent: bool = False
    heading: Line = ""

    @property
    def block(self) -> SignatureBlock:
        """The block. Raises ValueError for a combination that no office may print."""
        if not self.position_title:
            return SignatureBlock(
                lines=(), title="", name=self.name, rank=self.rank, nip=self.nip, heading=self.heading
            )
        made = signature_block(
            self.position_title,
            self.name,
            self.rank,
            self.nip,
            self.mandate_kind,
            self.for_title,
            is_regent=self.is_regent,
            through_title=self.through_title,
        )
        return msgspec.structs.replace(made, heading=self.heading)


class StandaloneLetter(Table, frozen=True, kw_only=True):
    """The file. ``unit``: the code of the office whose letterhead it bears, ``unit_name`` its name; neither: the regent's.

    ``title``: what it is, in words, where its type alone does not say it. All else as in the frame.
    """

    type: LetterType
    unit: Line = ""
    unit_name: Line = ""
    title: Line = ""
    subject: Line = ""
    addressee: Lines = ()
    addressee_place: Line = ""
    through: Line = ""
    standing: Standing = "level"
    security: Security = "Biasa"
    urgency: Urgency = "Biasa"
    attachment: Line = NO_ATTACHMENT
    copies: Copies = ()
    signatures: Annotated[tuple[Signatory, ...], msgspec.Meta(min_length=1, max_length=20)]
    body: dict[str, Any]

    @property
    def template(self) -> str:
        """The template that lays it out."""
        return TYPES[self.type].template

    def frame(
        self,
        profile: Profile,
        *,
        number: str | None = None,
        dated_on: date | None = None,
        signed_at: datetime | None = None,
        draft: bool = False,
        code: str = "",
        by_hand: bool = False,
    ) -> LetterFrame:
        """The letter around its body, on the agency's letterhead. Raises ValueError as ``Signatory.block``."""
        head = profile.letterhead(self.unit, self.unit_name) if self.unit or self.unit_name else None
        return LetterFrame(
            kind=self.type,
            title=self.title or TYPES[self.type].title,
            type=self.type,
            letterhead=head or profile.regent_letterhead(),
            signatures=tuple(signatory.block for signatory in self.signatures),
            place=profile.seat,
            subject=self.subject,
            number=number,
            dated_on=dated_on,
            security=self.security,
            urgency=self.urgency,
            attachment=self.attachment,
            addressee=self.addressee,
            addressee_place=self.addressee_place,
            through=self.through,
            standing=self.standing,
            copies=self.copies,
            signed_at=signed_at,
            draft=draft,
            code=code,
            by_hand=by_hand,
        )


def standalone_letter(path: Path) -> tuple[StandaloneLetter, msgspec.Struct]:
    """The letter in a file, and its body. Raises LetterError, which names file, key, reason and way out."""
    try:
        return standalone_from_text(path.read_text(encoding="utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        _refuse(str(path), "", "tidak dapat dibaca; periksa letaknya dan simpan sebagai UTF-8.", error)


def standalone_from_text(text: str, *, file: str = "surat") -> tuple[StandaloneLetter, msgspec.Struct]:
    """The letter in a text, and its body. ``file`` names it in errors. Raises LetterError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(file, "", f"tidak dapat dibaca sebagai TOML: {error}", error)
    try:
        letter = msgspec.convert(data, StandaloneLetter)
    except msgspec.ValidationError as error:
        _refuse(file, *explained(str(error), StandaloneLetter), error)
    kind = TYPES[letter.type].body
    try:
        body = msgspec.convert(letter.body, kind)
    except msgspec.ValidationError as error:
        _refuse(file, *explained(str(error), kind, "body"), error)
    if TYPES[letter.type].addressed:
        for key in _lacking(letter, body):
            _refuse(file, key, "wajib diisi; surat jenis ini beralamat dan menyebut hal.")
    for at, signatory in enumerate(letter.signatures):
        try:
            _ = signatory.block
        except ValueError as error:
            _refuse(file, f"signatures[{at}]", f"susunan penandatangan tidak dapat dipakai ({error}).", error)
    return letter, body


def _lacking(letter: StandaloneLetter, body: msgspec.Struct) -> list[str]:
    """What a letter to somebody leaves out; an invitation may name them in its body."""
    named = {"addressee": letter.addressee or getattr(body, "invited", ()), "subject": letter.subject.strip()}
    return [key for key, value in named.items() if not value]


def _refuse(file: str, key: str, reason: str, cause: Exception | None = None) -> NoReturn:
    raise LetterError(f"{file}: {key}: {reason}" if key else f"{file}: {reason}") from cause
