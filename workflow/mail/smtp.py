"""Mail by a server (SMTP). One connection serves a batch; the secret is read when it is needed and shown nowhere.

A server may accept a message and be cut off before we have noted it. Then it is sent once more, under the same
Message-ID, by which servers and readers know it again.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from workflow.mail.transport import Rejected, TryLater, Unreachable

Encryption = Literal["starttls", "tls", "none"]

#: Of what a server says, the characters that are kept.
_LONGEST_ANSWER = 300
#: The answer to a sender by which a server may also mean that the message is too large for it.
_TOO_LARGE = 552
#: The server is about to close the connection.
_CLOSING = 421


@dataclass(frozen=True)
class Smtp:
    """A mail server. ``password`` is asked at each connection; ``patience``: seconds to wait for each of its answers.

    ``authorities``: a file of certificates to trust in place of the system's, for a server with a certificate of the agency's own.
    """

    host: str
    port: int
    encryption: Encryption = "starttls"
    user: str = ""
    password: Callable[[], str] = field(default=str, repr=False)
    authorities: Path | None = None
    patience: float = 20.0

    @property
    def says(self) -> str:
        """Which server, how, as whom."""
        how = {"starttls": "STARTTLS", "tls": "TLS", "none": "tanpa enkripsi"}[self.encryption]
        return f"server {self.host}:{self.port} ({how}{f', sebagai {self.user}' if self.user else ''})"

    @property
    def default_sender(self) -> str:
        """None: a server would refuse what is made up."""
        return ""

    @contextmanager
    def opened(self) -> Iterator[_Line]:
        """A line that connects with the first message, and again where the server has hung up."""
        line = _Line(self)
        try:
            yield line
        finally:
            line.close()


class _Line:
    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def send(self, content: bytes, _name: str, sender: str, to: str, /) -> None:
        """Hand a message over to the server. Raises Unreachable, TryLater, Rejected."""
        if self._open is None:
            self._open = self._connected(sender.rpartition("@")[2])
        try:
            self._open.sendmail(sender, [to], content)
        except smtplib.SMTPRecipientsRefused as refused:
            raise self._judged(*refused.recipients[to]) from refused
        except smtplib.SMTPSenderRefused as refused:
            if refused.smtp_code != _TOO_LARGE and refused.smtp_code >= 500:
                self.close()
                raise Unreachable(
                    f"Pengirim {sender} ditolak {_answer(refused.smtp_code, refused.smtp_error)}"
                ) from refused
            raise self._judged(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPResponseException as refused:
            raise self._judged(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TryLater(f"Sambungan ke server surel terputus di tengah pengiriman ({_cause(error)}).") from error

    def _judged(self, code: int, words: bytes | str) -> TryLater | Rejected:
        if code == _CLOSING:
            self.close()
        return (
            Rejected(f"Ditolak {_answer(code, words)}") if code >= 500 else TryLater(f"Ditunda {_answer(code, words)}")
        )

    def _connected(self, own_name: str) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP | None = None
        try:
            # A name of our own, since looking up this machine's may take long where there is no resolver.
            if server.encryption == "tls":
                trust = ssl.create_default_context(cafile=server.authorities)
                connection = smtplib.SMTP_SSL(
                    server.host, server.port, local_hostname=own_name, timeout=server.patience, context=trust
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, local_hostname=own_name, timeout=server.patience)
                if server.encryption == "starttls":
                    connection.starttls(context=ssl.create_default_context(cafile=server.authorities))
        except smtplib.SMTPResponseException as refused:
            _hang_up(connection)
            raise Unreachable(f"Tidak diterima {_answer(refused.smtp_code, refused.smtp_error)}") from None
        except (smtplib.SMTPException, OSError) as error:
            _hang_up(connection)
            raise Unreachable(
                f"Server surel {server.host}:{server.port} tidak dapat dihubungi ({_cause(error)}). Periksa alamat, port, "
                "cara enkripsi, dan jaringannya."
            ) from None
        if server.user:
            self._sign_in(connection)
        return connection

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        user = self._server.user
        try:
            connection.login(user, self._server.password())
        except Unreachable:
            _hang_up(connection)
            raise
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            _hang_up(connection)
            # Not from the error: it may tell what was sent.
            raise Unreachable(
                f"Server surel tidak menerima pengguna {user} atau kata sandinya ({_cause(error)}). Periksa keduanya."
            ) from None

    def close(self) -> None:
        """Take leave of the server, if it is still there."""
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            _hang_up(connection)


def _hang_up(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"server surel ({code} {plain[:_LONGEST_ANSWER]})."


def _cause(error: Exception) -> str:
    # smtplib tells a server that does not answer as one that has gone.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "server tidak menjawab"
    if isinstance(error, ssl.SSLError):
        return f"sertifikat atau enkripsinya tidak cocok: {error.reason}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"jawaban {error.smtp_code}"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "server menutup sambungan"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "server tidak menyediakan cara enkripsi atau masuk yang diminta"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
