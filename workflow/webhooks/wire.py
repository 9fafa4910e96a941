"""One message to a system of somebody else: resolved once, to an address that may be reached; no redirects, little read.

Who sets up a webhook names any address, and the service asks it from within the agency's network. So a name is resolved here,
every address that it has must be one of the open internet (or of a network that was allowed), and it is that address which is
connected to, whatever the name says a moment later.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

Networks = Sequence[IPv4Network | IPv6Network]

#: Seconds for all of it, and bytes of the answer that are read.
PATIENCE: Final = 10.0
LARGEST: Final = 64 * 1024
#: Whoever translates addresses of IPv4 into IPv6 would reach what lies behind those.
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("2002::/16"))


class NotReached(Exception):
    """Nobody took the message: says why, in Indonesian, and quotes nothing of an answer."""


def fault(address: str, networks: Networks) -> str:
    """What is wrong with an address that messages are to be sent to, in Indonesian; empty where nothing is.

    Without encryption only to this machine itself, and only where that was allowed.
    """
    parts = _split(address)
    if parts is None:
        return "Tulis alamat lengkap, misalnya https://simpeg.kemuning.example/webhook."
    if parts.username is not None or parts.fragment:
        return "Alamat tidak boleh memuat nama pengguna, kata sandi, atau tanda #."
    if parts.scheme == "http" and not _is_allowed_loopback(parts.hostname or "", networks):
        return "Alamat harus https."
    try:
        literal = ip_address(parts.hostname or "")
    except ValueError:
        return ""
    return "" if is_reachable(literal, networks) else _CLOSED


def send(address: str, body: bytes, headers: Mapping[str, str], networks: Networks, patience: float = PATIENCE) -> int:
    """Post a message. Answers the status. Raises NotReached."""
    ends = time.monotonic() + patience
    parts = _split(address)
    if parts is None or fault(address, networks):
        raise NotReached(fault(address, networks) or "Alamatnya tidak dapat dipakai.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolved(parts.hostname or "", port, networks)
    path = parts.path or "/"
    try:
        connection = _Pinned(parts, port, found, ends)
        # Whoever answers drop by drop would have each drop waited for.
        cut = threading.Timer(max(ends - time.monotonic(), 0), connection.cut)
        cut.start()
        try:
            connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, dict(headers))
            response = connection.getresponse()
            connection.hurry()
            read = 0
            while read < LARGEST and (block := response.read1(LARGEST)):
                read += len(block)
                connection.hurry()
            return response.status
        finally:
            cut.cancel()
            connection.close()
    except TimeoutError:
        raise NotReached(f"Tidak ada jawaban dalam {patience:g} detik.") from None
    except ssl.SSLError:
        raise NotReached("Sertifikat atau enkripsinya tidak dapat diterima.") from None
    except (OSError, HTTPException, ValueError) as error:
        raise NotReached(f"Tidak tersambung ({type(error).__name__}).") from None


def is_reachable(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    """Whether an address is one of the open internet, or of a network that was allowed."""
    plain = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    if any(plain in network for network in networks):
        return True
    is_translated = plain.version == 6 and any(plain in network for network in _TRANSLATED)
    return plain.is_global and not plain.is_multicast and not is_translated


_CLOSED: Final = (
    "Alamat dalam jaringan sendiri tidak dapat dihubungi; pengelola sistem dapat mengizinkannya dengan "
    "JENJANG_WEBHOOK_NETWORKS."
)


def _resolved(host: str, port: int, networks: Networks) -> str:
    """The address to connect to. Raises NotReached, also where only some of what a name stands for may be reached."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotReached("Nama alamatnya tidak dikenal.") from None
    if not found or not all(is_reachable(ip_address(each.partition("%")[0]), networks) for each in found):
        raise NotReached(_CLOSED)
    return found[0]


class _Pinned(HTTPConnection):
    """A connection to one address, in the name of a host: its certificate must be the host's."""

    def __init__(self, parts: SplitResult, port: int, address: str, ends: float) -> None:
        super().__init__(parts.hostname or "", port)
        self._to, self._ends, self._encrypted = (address, port), ends, parts.scheme == "https"
        if self._encrypted and port == 443:
            self.default_port = 443  # the Host header names no usual port

    def connect(self) -> None:
        """Connect within the time that is left."""
        plain = socket.create_connection(self._to, self._left())
        self.sock = plain
        if self._encrypted:
            context = ssl.create_default_context()
            encrypted = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = encrypted  # so that it can be cut while it is being agreed on
            encrypted.do_handshake()
        self.hurry()

    def hurry(self) -> None:
        """What is waited for next may take what is left. Raises TimeoutError."""
        if self.sock is not None:
            self.sock.settimeout(self._left())

    def cut(self) -> None:
        """Whatever is waited for ends now."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _is_allowed_loopback(host: str, networks: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and is_reachable(address, networks)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    is_clean = address.isascii() and address.isprintable() and " " not in address
    return parts if is_clean and parts.scheme in ("http", "https") and parts.hostname else None
