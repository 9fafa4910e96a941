"""Many letters signed with one entry of a passphrase or a PIN; each is numbered and fixed before its key is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import NotNow, Problem
from workflow.letters.acting import lock_cases
from workflow.letters.acts import Freeze, version_of
from workflow.letters.parts import field_name
from workflow.letters.rendering import CHANGED, pdf_to_sign
from workflow.letters.sealing import places_of, why
from workflow.letters.signing_answers import SignatureLine, begun, line_of, told
from workflow.letters.troubles import SAID, note
from workflow.office import Office
from workflow.signatures import Sealed, SigningFailed, ToSeal, with_secret
from workflow.signatures.certificates import publish
from workflow.signatures.settings import account_of, settings_for, signer_for
from workflow.tables import letters

#: One signing at a time for each person: whoever asks again while the first still goes on waits for its answer.
_turns: Final[dict[str, Lock]] = {}


@dataclass(frozen=True)
class Shown:
    """What somebody has seen of the letters that they sign. ``unseen``: those that are not theirs to know of.

    ``versions``: of the drafts that they saw, by letter; one that is another by now is not signed.
    """

    unseen: Mapping[str, Problem] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)


ALL_OF_THEM: Final = Shown()


def sign_with_secret(
    database: Database,
    engine: Engine,
    letter_ids: Sequence[str],
    secret: str,
    actor: Actor,
    at: datetime,
    *,
    key: str | None = None,
    shown: Shown = ALL_OF_THEM,
) -> tuple[SignatureLine, ...]:
    """Sign letters that await this person, all with one entry of their passphrase or PIN. Blocks; answers for each what failed.

    Each is numbered and fixed first, in a transaction of its own; then its file is made, signed in a short-lived process, and
    recorded. A letter whose signature fails waits with its number, and says why; it can be tried again. ``key``: an idempotency
    key of the actor (see ``signing_answers``); ``shown``: what of them they have seen. Raises KeyReused, SigningSettingsError.
    """
    person, wanted = actor.person_id or "", list(dict.fromkeys(letter_ids))
    with _turns.setdefault(person, Lock()):
        before = database.write(begun, actor, wanted, key, at)
        if before.whole:
            return before.lines
        lines = {line.letter_id: line for line in before.lines}
        left = [each for each in wanted if each not in lines and each not in shown.unseen]
        act = _Act(database, engine, actor, at, wanted, key, shown.versions)
        found: dict[str, Problem | SigningFailed | None] = {**shown.unseen}
        try:
            found |= act.signed(left, secret) if left else {}
        except SigningFailed as error:  # nothing signs for this person
            found |= dict.fromkeys(left, error)
        lines |= {letter_id: line_of(letter_id, failed) for letter_id, failed in found.items()}
        return database.write(told, actor, wanted, key, lines.values(), whole=True).lines


@dataclass(frozen=True)
class _Act:
    """One entry of a secret: who signs, when, and under which key of which request it is answered."""

    database: Database
    engine: Engine
    actor: Actor
    at: datetime
    wanted: Sequence[str]
    key: str | None
    versions: Mapping[str, str]

    def signed(self, letter_ids: Sequence[str], secret: str) -> dict[str, Problem | SigningFailed | None]:
        """Sign, and record what is signed. Raises SigningFailed, SigningSettingsError."""
        database, person = self.database, self.actor.person_id or ""
        signer = signer_for(settings_for(database), person, database.read(account_of, person))
        outcomes: dict[str, Problem | SigningFailed | None] = {}
        ready: list[_Ready] = []
        for letter_id in letter_ids:
            try:
                freeze = Freeze(version=self.versions.get(letter_id))
                database.write(self.engine.letter, letter_id, freeze, self.actor, self.at)
                ready.append(_ready(database, self.engine.office, letter_id, self.at))
            except Problem as problem:
                outcomes[letter_id] = problem
            except SAID as error:  # it has its number, and could not be made
                database.write(note, letter_id, str(error))
                outcomes[letter_id] = SigningFailed("broken", str(error))
        found = with_secret(signer, secret, [each.letter for each in ready], self.at)
        for each, answer in zip(ready, found, strict=True):
            outcomes[each.row.id] = self._recorded(each, answer, is_test=signer.is_test)
        return outcomes

    def _recorded(
        self, ready: _Ready, answer: Sealed | SigningFailed, *, is_test: bool
    ) -> Problem | SigningFailed | None:
        if isinstance(answer, SigningFailed):
            self.database.write(note, ready.row.id, answer.says)
            return answer
        try:
            self.database.write(self._store, ready, answer, is_test)
        except Problem as problem:
            return problem
        return None

    def _store(self, conn: Connection, ready: _Ready, answer: Sealed, is_test: bool) -> None:
        letter_id = ready.row.id
        lock_cases(conn, letter_id)
        # Somebody may have signed it, or sent it back, while it was signed here: then this signature is of another file.
        if version_of(_row(conn, letter_id)._asdict()) != version_of(ready.row._asdict()):
            raise NotNow(CHANGED)
        self.engine.sealed(conn, letter_id, answer.content, self.actor, self.at)
        publish(conn, answer.certificate, is_test=is_test, at=self.at)
        if not ready.row.sealed:
            unsigned = hashlib.sha256(ready.letter.pdf).hexdigest()
            conn.execute(update(letters).where(letters.c.id == letter_id).values(unsigned_sha256=unsigned))
        if self.key is not None:
            told(conn, self.actor, self.wanted, self.key, [line_of(letter_id)])


@dataclass(frozen=True)
class _Ready:
    """A letter whose key is asked next. ``row``: as it was when its file was made."""

    row: Row[Any]
    letter: ToSeal


def _ready(database: Database, office: Office, letter_id: str, at: datetime) -> _Ready:
    """The file that is signed next, and where in it: as others have signed it, or made now. Raises NotNow."""
    row = database.read(_row, letter_id)
    places = places_of(row)
    if row.sealed >= len(places):  # signed by all, or sent back
        raise NotNow(CHANGED)
    content = pdf_to_sign(database, office, row, at)
    return _Ready(row, ToSeal(pdf=content, field=field_name(row.sealed + 1), why=why(row, places[row.sealed])))


def _row(conn: Connection, letter_id: str) -> Row[Any]:
    return conn.execute(select(letters).where(letters.c.id == letter_id)).one()
