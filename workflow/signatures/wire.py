"""One HTTP request to a service that the settings name: bounded in time and size, no redirects, no proxy of the environment.

The standard library's client does it: a passphrase may go to the named server and nowhere else, and ``http.client`` neither
follows a redirect nor reads proxy settings, where larger clients do both unless told not to.
"""

from __future__ import annotations

import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

#: The longest answer that is read: a signed letter with its attachments, in base64.
LARGEST: Final = 64 * 1024 * 1024


class NoAnswer(Exception):
    """Nobody answered in time, or not in HTTP."""


class Answer(NamedTuple):
    """What came back. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


def fault(address: str) -> str:
    """What is wrong with an address that secrets are to be sent to, in Indonesian; empty where nothing is."""
    parts = _split(address)
    if parts is None:
        return "harus berupa alamat lengkap, misalnya https://esign.contoh.go.id"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "harus https; http hanya boleh ke komputer ini sendiri"
    if parts.username or parts.password:
        return "tidak boleh memuat nama pengguna atau kata sandi"
    return ""


def ask(
    method: str,
    address: str,
    body: bytes | None,
    headers: dict[str, str],
    *,
    timeout: float,
    authority: Path | None = None,
    largest: int = LARGEST,
) -> Answer:
    """One request and its answer. ``timeout``: seconds for all of it; ``authority``: the certificates to trust, in PEM.

    Raises NoAnswer.
    """
    ends = time.monotonic() + timeout
    parts = _split(address)
    if parts is None:
        raise NoAnswer("no address")
    try:
        connection = _connection(parts, timeout, authority)
        try:
            path = parts.path or "/"
            connection.request(method, f"{path}?{parts.query}" if parts.query else path, body, headers)
            response = connection.getresponse()
            content = bytearray()
            while block := response.read1(64 * 1024):
                content += block
                left = ends - time.monotonic()
                if left <= 0 or len(content) > largest:
                    raise NoAnswer("too slow" if left <= 0 else "too large")
                if connection.sock is not None:
                    connection.sock.settimeout(left)
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, bytes(content))
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None  # the error of a request may quote what was sent


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _connection(parts: SplitResult, timeout: float, authority: Path | None) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=timeout)
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    return HTTPSConnection(host, parts.port, timeout=timeout, context=context)
