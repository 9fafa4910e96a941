"""Serves the application on granian: one worker process, as SQLite has one writer and one runner of effects."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar

from api import logs
from api.app import from_environment
from api.commands.errors import CannotRun
from api.memory import share_heaps
from api.settings import logs_as_json
from workflow.signatures.closed import close_up

#: Seconds that requests and effects have to finish after the server was told to stop.
PATIENCE = 30

_PR_SET_PDEATHSIG = 1

_REFUSALS = {
    errno.EADDRINUSE: "port itu sudah dipakai; pilih port lain dengan --port",
    errno.EADDRNOTAVAIL: "alamat itu bukan milik mesin ini; sebutkan alamat yang lain dengan --host",
    errno.EACCES: "port itu memerlukan hak khusus; pilih port 1024 ke atas dengan --port",
}


class PortTaken(CannotRun):
    """Something else listens there already, or the address is none of this machine's."""


def application() -> Litestar:
    """What the worker serves. It does not outlive its parent: a killed server would keep port and database otherwise."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        die_with(parent.pid)
    share_heaps()
    if logs_as_json():
        logs.set_up()
    close_up()  # passphrases come in here
    return from_environment()


def serve(host: str, port: int, listening: Callable[[int], None] = lambda _: None) -> None:
    """Serve until told to stop; ``listening`` hears the port once it is bound, 0 being any. Raises PortTaken."""
    if why_not := why_not_listen(host, port):
        raise PortTaken(f"Tidak dapat melayani {host}:{port}: {why_not}.")
    host = str(_address(host, port)[1][0])  # granian takes numbers only
    port = port or free_port(host)
    server = Granian(
        "api.server:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=1,
        workers_kill_timeout=PATIENCE,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logs.GRANIAN if logs_as_json() else None,
    )
    server.on_startup(lambda: listening(port))
    server.serve()


def why_not_listen(host: str, port: int) -> str:
    """Why nobody can listen at an address; empty where it is free."""
    try:
        family, address = _address(host, port)
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except (socket.gaierror, UnicodeError):
        return "alamat itu tidak dikenal; sebutkan alamat mesin ini dengan --host"
    except OSError as error:
        return _REFUSALS.get(error.errno or 0, str(error.strerror))
    return ""


def _address(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """The numbers of an address. Raises socket.gaierror, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return found[0][0], found[0][4]


def free_port(host: str) -> int:
    """A port of this address on which nobody listens."""
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as found:
        return int(found.getsockname()[1])


def die_with(parent: int | None) -> None:
    """Ask Linux to kill this process when its parent dies, however it dies; elsewhere this does nothing."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """``python -m api.server HOST PORT PARENT``: how the demo starts a server of its own."""
    host, port, parent = sys.argv[1:]
    die_with(int(parent))
    serve(host, int(port))


if __name__ == "__main__":
    main()
