"""Runs what is due: each message in units of its own, so that one which fails holds up no other.

A message is claimed before it is sent, so that of several runners one sends it; a claim that was left behind by a crash
runs out. Where the crash came between the server's yes and our note of it, the message is sent again under the same
Message-ID; that is what "at least once" means here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select, update

from workflow import effects
from workflow.database import Database
from workflow.effects import DIGEST, DISPATCH, MAILED, MESSAGE, SEND, STANDING
from workflow.engine.engine import Engine
from workflow.links.mailing import LinkText, link_for
from workflow.links.sharing import MAIL, Shared, note_share
from workflow.mail import case_mail, digest, letter_mail
from workflow.mail.compose import Envelope, message
from workflow.mail.digest import owe_digests
from workflow.mail.dispatch import NO_ADDRESS, fan_out, settle
from workflow.mail.recipients import benches_of, drafters
from workflow.mail.transport import Line, Rejected, Transport, TryLater, Unreachable
from workflow.mail.who import NotWanted, name_of
from workflow.office import Office
from workflow.registry import Registry
from workflow.tables import effects as table
from workflow.tables import letters
from workflow.tally import running

#: How long everything waits where the way out is closed.
REST: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Outgoing:
    """A message that can go out. ``tasks``: those that it tells of, by their ids."""

    envelope: Envelope
    content: bytes
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Post:
    """The mail of an agency. ``sender``: as set, or empty for the address of the unit for personnel in the agency's profile."""

    transport: Transport
    registry: Registry
    sender: str = ""

    def run_due(
        self,
        database: Database,
        office: Office,
        at: datetime,
        *,
        limit: int = 50,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Send what is due, over one connection. Answers how much was done; what failed is written down with its effect.

        ``stopped`` is asked between messages, so that a server that ends need not wait for all of them.
        """
        done = 0
        owe_digests(database, office, at)
        with self.transport.opened() as line:
            for effect_id, _, _ in database.read(effects.due, at, limit, MAILED):
                if stopped():
                    break
                try:
                    done += self._run(database, office, effect_id, line, at)
                except Unreachable as closed:
                    database.write(_rest, effect_id, closed.says, at)
                    break
        return done

    def run(
        self, database: Database, office: Office, effect_id: str, at: datetime, *, left_behind: datetime | None = None
    ) -> bool:
        """Send one message, over a connection of its own. Answers whether it is done; see ``effects.take``."""
        with self.transport.opened() as line:
            try:
                return self._run(database, office, effect_id, line, at, left_behind=left_behind)
            except Unreachable as closed:
                database.write(_rest, effect_id, closed.says, at)
        return False

    def try_out(self, office: Office, name: str, to: str, at: datetime) -> str:
        """Send a message that says that mail works. Answers its sender. Raises NotSent."""
        sender, agency = self.sender_at(office), office.profile.agency
        envelope = Envelope(
            name=name, sender=sender, sender_name=agency, to=to, to_name="", at=at.astimezone(office.zone)
        )
        with self.transport.opened() as line:
            line.send(message("test", {"agency": agency}, envelope).as_bytes(), name, sender, to)
        return sender

    def sender_at(self, office: Office) -> str:
        """The address that messages come from. Raises Unreachable where there is none."""
        unit = office.profile.units.get(office.profile.personnel_unit)
        found = self.sender or (unit.email if unit else "") or self.transport.default_sender
        if not found:
            raise Unreachable(
                "Alamat pengirim surel belum ditetapkan. Isi JENJANG_MAIL_FROM, atau email unit kepegawaian dalam profil instansi."
            )
        return found

    def _run(
        self,
        database: Database,
        office: Office,
        effect_id: str,
        line: Line,
        at: datetime,
        *,
        left_behind: datetime | None = None,
    ) -> bool:
        row = database.write(_taken, office, effect_id, at, left_behind=left_behind)
        if row is None:
            return False
        with running(database, row.id, row.kind):
            if row.kind == DISPATCH:
                return self._dispatched(database, office, row, at)
            return self._mailed(database, office, row, line, at)

    def _dispatched(self, database: Database, office: Office, row: Row[Any], at: datetime) -> bool:
        try:
            database.write(fan_out, office, self.registry, row.id, row.subject_id, at)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is written down with the effect, and shown
            database.write(effects.failed, row.id, _unexpected(error), at)
            return False
        return True

    def _mailed(self, database: Database, office: Office, row: Row[Any], line: Line, at: datetime) -> bool:
        """Send one message. Answers whether it went out or need not. Raises Unreachable."""
        try:
            link = database.write(link_for, Engine(self.registry, office), database.address, row, at)
            outgoing = database.read(self._outgoing, office, row, at, link)
            envelope = outgoing.envelope
            line.send(outgoing.content, row.id, envelope.sender, envelope.to)
        except Unreachable:
            raise
        except NotWanted as needless:
            database.write(_finished, row, at, needless.says)
        except Rejected as refused:
            database.write(self.returned, office, row, refused.says, at)
            return False
        except TryLater as later:
            database.write(_failed, row, later.says, at)
            return False
        except Exception as error:  # noqa: BLE001 - as above
            database.write(_failed, row, _unexpected(error), at)
            return False
        else:
            database.write(_finished, row, at, None, outgoing, link)
        return True

    def _outgoing(
        self, conn: Connection, office: Office, row: Row[Any], at: datetime, link: LinkText | None
    ) -> Outgoing:
        """The message of an effect. Raises NotWanted, NoAddress, Rejected, Unreachable."""
        if row.kind == SEND:
            to, context, attached = letter_mail.read(conn, office, self.registry, row, at)
            template = "letter"
        elif row.kind == DIGEST:
            to, context = digest.read(conn, office, self.registry, row, at)
            template, attached = "digest", ()
        else:
            to, context = case_mail.read(conn, office, self.registry, row, at)
            template, attached = "message", ()
        envelope = Envelope(
            name=row.id,
            sender=self.sender_at(office),
            sender_name=office.profile.agency,
            to=to.email,
            to_name=to.name,
            at=at.astimezone(office.zone),
            reply_to=str(context.get("reply_to", "")),
        )
        told = {"name": to.name, "agency": office.profile.agency, "link": link, **context}
        made = message(template, told, envelope, attached)
        return Outgoing(envelope, made.as_bytes(), context.get("tasks", ()))

    def returned(self, conn: Connection, office: Office, row: Row[Any], says: str, at: datetime) -> None:
        """A message has come back, or was refused for good: parked with the reason, and whoever prepared the letter is told."""
        if row.kind != SEND:
            effects.park(conn, row.id, says, at)
            return
        to = name_of(conn, str(json.loads(row.payload)["to"]))
        error = says if says.startswith(NO_ADDRESS) else f"Tidak terkirim kepada {to}: {says}"
        effects.park(conn, row.id, error, at)
        settle(conn, row.subject_id)
        if not says.startswith(NO_ADDRESS):
            self._tell(conn, office, row.subject_id, error, at)

    def _tell(self, conn: Connection, office: Office, letter_id: str, says: str, at: datetime) -> None:
        """Tell whoever prepared a letter, once, however many cases share it."""
        letter = conn.execute(select(letters).where(letters.c.id == letter_id)).one()
        known: set[str] = set()
        for bench in benches_of(conn, office, self.registry, letter_id, at):
            people = [person for person in drafters(bench, letter) if person not in known]
            known.update(people)
            what = f"Surat Nomor {letter.number}: {says}"
            effects.tell(conn, bench.situation.case.id, dict.fromkeys(people, what), at)


def _taken(
    conn: Connection, office: Office, effect_id: str, at: datetime, *, left_behind: datetime | None
) -> Row[Any] | None:
    """Take an effect in hand, see ``effects.take``; None also where it is left to a digest."""
    row = effects.take(conn, effect_id, at, left_behind=left_behind)
    return None if row is None or digest.hold(conn, office, row, at) else row


def _finished(
    conn: Connection,
    row: Row[Any],
    at: datetime,
    remark: str | None,
    sent: Outgoing | None = None,
    link: LinkText | None = None,
) -> None:
    told = None
    if sent is not None:
        said = {name: said for name, said in json.loads(row.payload).items() if name != "link"}  # it opens an account
        told = {**said, "address": sent.envelope.to, **({"tasks": sent.tasks} if sent.tasks else {})}
    effects.finished(conn, row.id, at, remark, told)
    if link is not None:
        note_share(conn, _mailed_as(row, link), at)
    if row.kind == SEND:
        settle(conn, row.subject_id)


def _mailed_as(row: Row[Any], link: LinkText) -> Shared:
    """That a link went out by mail; who had it sent again is in the payload."""
    by = json.loads(row.payload).get("by") or None
    return Shared(MAIL, link.person_id, link_id=link.link_id, case_id=row.case_id, by=by)


def _failed(conn: Connection, row: Row[Any], error: str, at: datetime) -> None:
    effects.failed(conn, row.id, error, at)
    if row.kind == SEND:
        settle(conn, row.subject_id)


def _rest(conn: Connection, effect_id: str, error: str, at: datetime) -> None:
    """Nothing gets out now: all that is due waits, and says why. It counts as no attempt: the messages are not to blame."""
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= at, table.c.id == effect_id)
    waiting = update(table).where(
        table.c.kind.in_((MESSAGE, SEND, STANDING, DIGEST)),
        table.c.done_at.is_(None),
        table.c.parked_at.is_(None),
        table.c.due_at <= at,
        free,
    )
    conn.execute(waiting.values(due_at=at + REST, error=error[:2000], claimed_until=None))


def _unexpected(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
