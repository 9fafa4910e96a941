"""``jenjang serve`` as a process: it answers, it is alone, it ends cleanly, and a killed one leaves nothing in the way."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.conftest import Typed

PATIENCE = 40.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(office: Typed, port: int) -> Iterator[subprocess.Popen[str]]:
    """A server on the office, answering."""
    environment = {**os.environ, "JENJANG_DATABASE": office.address}
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until_it_answers(process, port)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        assert process.stdout is not None
        process.stdout.close()


def wait_until_it_answers(process: subprocess.Popen[str], port: int, host: str = "127.0.0.1") -> None:
    until = time.monotonic() + PATIENCE
    while status(port, host=host) != 200:
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < until
        time.sleep(0.1)


def status(port: int, path: str = "/ready", host: str = "127.0.0.1") -> int | None:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_told_to_stop_and_closes_the_database(told: signal.Signals, office: Typed) -> None:
    with served(office, free_port()) as process:
        process.send_signal(told)
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        assert re.match(r"Jenjang melayani http://127\.0\.0\.1:\d+", process.stdout.read())
    # Beside the closed database, which leaves no journal, lies the folder of keys that sessions need.
    assert sorted(path.name for path in office.path.parent.iterdir()) == [office.path.name, "keys"]


def test_a_second_server_on_the_same_database_is_refused_while_commands_are_not(office: Typed) -> None:
    with served(office, free_port()):
        refused = office("serve", "--port", str(free_port()))
        assert refused.exit_code == 1
        assert "sudah dilayani proses" in refused.stderr
        assert office("groups", "list").exit_code == 0
        assert "server yang sedang melayani" in office("sweep").stderr


def test_a_killed_server_leaves_port_and_database_free(office: Typed) -> None:
    port = free_port()
    with served(office, port) as process:
        process.kill()
        process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while status(port) is not None:
            assert time.monotonic() < until
            time.sleep(0.05)
    with served(office, port):
        assert office("verify").exit_code == 0


def test_a_port_that_is_taken_is_said_so(office: Typed) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = office("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "port itu sudah dipakai" in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == "", "it does not say that it serves before it does"


@pytest.mark.parametrize(
    ("host", "says"),
    [("bukan.alamat.invalid", "tidak dikenal"), ("192.0.2.1", "bukan milik mesin ini"), ("", "--host")],
)
def test_an_address_that_is_not_this_machines_is_said_so(office: Typed, host: str, says: str) -> None:
    result = office("serve", "--host", host)
    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stdout == ""


def test_by_name_and_on_any_port_it_says_where_it_answers(office: Typed) -> None:
    environment = {**os.environ, "JENJANG_DATABASE": office.address}
    command = [sys.executable, "-m", "api", "serve", "--host", "localhost", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = re.search(r"http://localhost:(\d+) ", process.stdout.readline())
            assert told is not None
            wait_until_it_answers(process, int(told[1]), "localhost")
        finally:
            process.kill()
