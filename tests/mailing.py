"""A mail server of the tests' own, on this machine, that can be as difficult as real ones are."""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Connection, delete, insert, select, update

from api.server import free_port
from tests.offices import change
from tests.world import World
from workflow import effects
from workflow.ids import new_id
from workflow.mail.dispatch import owe_letter
from workflow.mail.post import Post
from workflow.mail.transport import Transport
from workflow.tables import effects as table
from workflow.tables import files, letters, people

USER, PASSWORD = "jenjang", "rahasia-rekaan"


def read_mail(content: bytes) -> EmailMessage:
    """A message as a mail reader sees it."""
    return email.message_from_bytes(content, policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    """The text of a message, as it reads."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Difficult:
    """What the server does. ``answers``: to a recipient, the next time and each time after; empty once it takes the mail."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    hang_up: int = 0
    dawdle: float = 0.0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    #: Messages that it has in full and has not answered yet.
    waiting: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        waiting = self.answers.get(address, [])
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.hang_up:
            self.hang_up -= 1
            assert server.transport is not None
            server.transport.close()
            return "451 gone"
        self.waiting += 1
        if self.dawdle:
            await asyncio.sleep(self.dawdle)
        self.waiting -= 1
        assert isinstance(envelope.content, bytes)
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What was taken for an address."""
        return [read_mail(content) for recipient, content in self.taken if recipient == address]


class _Server(Controller):
    def factory(self) -> SMTP:
        self.handler.connections += 1
        return SMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(**more: Any) -> Iterator[tuple[Difficult, int]]:
    """A server that listens on loopback; what it does, and its port."""
    handler, port = Difficult(), free_port("127.0.0.1")
    server = _Server(handler, hostname="127.0.0.1", port=port, ready_timeout=10, **more)
    server.start()
    handler.connections = 0  # but for the one by which it was started
    try:
        yield handler, port
    finally:
        server.stop()


def signing_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    """Whether somebody signs in with the one password that there is."""
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for this machine: what a server presents, and the file that makes a client trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public


# --- Letters without the work of printing them ------------------------------------------------------------------------

PDF = b"%PDF-1.7 rekaan"


def file_letters(world: World, content: bytes = PDF) -> list[str]:
    """Give every signed letter a file, as if it had been made. Answers the letters' ids."""
    return world.database.write(_file_letters, content, world.at)


def _file_letters(conn: Connection, content: bytes, at: datetime) -> list[str]:
    unsent = select(letters).where(letters.c.file_id.is_(None)).order_by(letters.c.id)
    rows = conn.execute(unsent).all()
    for row in rows:
        number = row.number or "800.1.4.1/001/SETDA/2026"
        file_id = new_id(at)
        name = f"{number.replace('/', '-')}.pdf"
        digest = hashlib.sha256(content).hexdigest()
        conn.execute(
            insert(files).values(
                id=file_id,
                name=name,
                media_type="application/pdf",
                size=len(content),
                sha256=digest,
                content=content,
                uploaded_at=at,
            )
        )
        values: dict[str, Any] = {"state": "signed", "file_id": file_id, "number": number}
        if row.number is None:  # it waits for initials or a signature, which are no matter here
            register = {"register": "SETDA", "register_year": 2026, "register_number": 1}
            values |= {**register, "dated_on": at.date(), "signed_at": at}
        conn.execute(update(letters).where(letters.c.id == row.id).values(values))
        conn.execute(delete(table).where(table.c.subject_id == row.id, table.c.kind == effects.RENDER))
        owe_letter(conn, row.id, at)
    return [row.id for row in rows]


# --- An office with addresses ----------------------------------------------------------------------------------------


def address_of(name: str) -> str:
    """The address of one of the office's people."""
    return f"{name.replace('_', '-')}@kemuning.example"


def with_addresses(world: World, *without: str) -> World:
    """Everybody has an address, but for some."""
    for name, person in world.ids.items():
        email_address = None if name in without else address_of(name)
        change(world, people.update().where(people.c.id == person).values(email=email_address))
    return world


def post_by(world: World, transport: Transport) -> Post:
    """The office's mail, by a way out."""
    return Post(transport, world.engine.registry)


def mail_all(world: World, post: Post) -> int:
    """Send until nothing more is done. Answers how much was."""
    total = 0
    while done := post.run_due(world.database, world.engine.office, world.at):
        total += done
    return total
