"""The address under which a way out for mail is set: a folder, ``smtp://user@host:port?tls=…``, or ``off``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from workflow.errors import Problem
from workflow.imports.cells import read_email
from workflow.imports.report import Wrong
from workflow.mail.folder import Folder
from workflow.mail.smtp import Encryption, Smtp
from workflow.mail.transport import Transport, Unreachable

#: No mail: what is owed waits.
OFF = "off"

#: Ports by which servers take mail from their own people, by encryption (RFC 8314, RFC 6409).
_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_KNOWN = frozenset({"tls", "ca", "timeout"})


class MailSetting(Problem):
    """A setting for mail that cannot be used; nothing of a secret stands in it."""

    status, type, title = 503, "mail-setting", "Setelan surel tidak dapat dipakai"


def transport_of(address: str, password_file: Path | None = None) -> Transport | None:
    """The way out under an address; None where mail is off. ``password_file`` is read at each connection. Raises MailSetting."""
    if address == OFF:
        return None
    if address.startswith("smtp:"):
        return _server(address, password_file)
    if re.match(r"[a-z][a-z0-9+.-]*:", address):
        raise _unusable("harus folder, smtp://pengguna@server:port?tls=starttls, atau off")
    return Folder(Path(address))


def sender_of(text: str) -> str:
    """A sender's address. Raises MailSetting."""
    try:
        return read_email(text.strip())
    except Wrong as wrong:
        raise MailSetting(f"Setelan JENJANG_MAIL_FROM tidak dapat dipakai: {wrong}") from wrong


def _server(address: str, password_file: Path | None) -> Smtp:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _unusable("nomor portnya bukan bilangan 1 sampai 65535") from None
    if parts.password is not None:
        raise _unusable(
            "kata sandi tidak boleh ditulis pada alamat; taruh dalam berkas yang ditunjuk JENJANG_MAIL_PASSWORD_FILE"
        )
    if not parts.hostname or parts.path not in ("", "/"):
        raise _unusable("nama servernya tidak ada; tulis seperti smtp://pengguna@server:587?tls=starttls")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := options.keys() - _KNOWN:
        raise _unusable(f"pilihan {', '.join(sorted(unknown))} tidak dikenal; yang ada: {', '.join(sorted(_KNOWN))}")
    encryption = _encryption(options.get("tls", "starttls"))
    user = unquote(parts.username or "")
    if user and encryption == "none" and parts.hostname not in _ON_THIS_MACHINE:
        raise _unusable("kata sandi tidak dikirim tanpa enkripsi; pakai tls=starttls atau tls=tls")
    return Smtp(
        host=parts.hostname,
        port=port or _PORTS[encryption],
        encryption=encryption,
        user=user,
        password=_secret(user, password_file, parts),
        authorities=Path(options["ca"]) if options.get("ca") else None,
        patience=_seconds(options.get("timeout", "20")),
    )


def _encryption(text: str) -> Encryption:
    found = next((each for each in get_args(Encryption) if each == text), None)
    if found is None:
        raise _unusable(f'tls="{text}" tidak dikenal; yang ada: {", ".join(get_args(Encryption))}')
    encryption: Encryption = found
    return encryption


def _seconds(text: str) -> float:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 120):
        raise _unusable("timeout harus bilangan bulat 1 sampai 120 detik")
    return float(text)


def _secret(user: str, file: Path | None, parts: SplitResult) -> Callable[[], str]:
    if not user:
        return str
    if file is None:
        raise _unusable(
            f"kata sandi untuk {user} pada {parts.hostname} belum ada; tunjuk berkasnya dengan JENJANG_MAIL_PASSWORD_FILE"
        )
    path = file

    def read() -> str:
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Unreachable(
                f"Berkas kata sandi surel {path} tidak dapat dibaca. Periksa letak dan hak aksesnya."
            ) from None

    return read


def _unusable(why: str) -> MailSetting:
    return MailSetting(f"Setelan JENJANG_MAIL tidak dapat dipakai: {why}.")
