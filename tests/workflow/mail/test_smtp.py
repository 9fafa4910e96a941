"""Mail by a server that is as difficult as real ones are; everything stays on this machine."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.mailing import (
    PASSWORD,
    USER,
    Difficult,
    address_of,
    certificate,
    mail_all,
    mail_server,
    post_by,
    signing_in,
    text_of,
    with_addresses,
)
from tests.offices import change
from tests.world import World
from workflow import effects
from workflow.database import Database
from workflow.mail.post import REST
from workflow.mail.smtp import Smtp
from workflow.mail.transport import Line
from workflow.tables import effects as table

PATIENCE = 5.0


@pytest.fixture
def server() -> Iterator[tuple[Difficult, Smtp]]:
    """A mail server without encryption, and the way to it."""
    with mail_server() as (handler, port):
        yield handler, Smtp("127.0.0.1", port, "none", patience=PATIENCE)


def owe(world: World, *names: str) -> None:
    """Owe some people a message each."""
    rows: list[dict[str, Any]] = [
        {
            "id": f"pesan-{number}",
            "kind": "message",
            "subject_id": world.ids[name],
            "payload": f'{{"says": "Pesan untuk {name}."}}',
            "due_at": world.at,
            "attempts": 0,
        }
        for number, name in enumerate(names)
    ]
    change(with_addresses(world), insert(table).values(rows))


def told(world: World) -> list[tuple[int, bool, bool, str | None]]:
    """Attempts, done, parked and error of what is owed."""
    rows = world.all(select(table).order_by(table.c.id))
    return [(row.attempts, row.done_at is not None, row.parked_at is not None, row.error) for row in rows]


def test_a_batch_goes_over_one_connection(world: World, server: tuple[Difficult, Smtp]) -> None:
    handler, way = server
    owe(world, "nurse", "verifier", "secretary")
    assert mail_all(world, post_by(world, way)) == 3
    (message,) = handler.to(address_of("nurse"))
    assert "Pesan untuk nurse." in text_of(message)
    assert message["Message-ID"] == "<pesan-0@kemuning.example>"
    assert handler.connections <= 2  # a run that finds nothing needs none


def test_a_server_that_greylists_gets_the_message_later_and_only_once(
    world: World, server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    handler.answers[address_of("nurse")] = ["451 4.7.1 Greylisted, try again"]
    owe(world, "nurse", "verifier")
    assert mail_all(world, post_by(world, way)) == 1
    assert told(world)[0] == (1, False, False, "Ditunda server surel (451 4.7.1 Greylisted, try again).")
    world.at += timedelta(minutes=effects.BACKOFF[0])
    assert mail_all(world, post_by(world, way)) == 1
    assert [len(handler.to(address_of(name))) for name in ("nurse", "verifier")] == [1, 1]


def test_a_recipient_whom_the_server_does_not_know_is_parked_at_once(
    world: World, server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    handler.answers[address_of("nurse")] = ["550 5.1.1 <nurse> User unknown"] * 9
    owe(world, "nurse", "verifier")
    assert mail_all(world, post_by(world, way)) == 1
    assert told(world) == [
        (0, False, True, "Ditolak server surel (550 5.1.1 <nurse> User unknown)."),
        (0, True, False, None),
    ]


def test_a_server_that_hangs_up_in_the_middle_is_called_again_for_the_next_message(
    world: World, server: tuple[Difficult, Smtp]
) -> None:
    handler, way = server
    handler.hang_up = 1
    owe(world, "nurse", "verifier")
    assert mail_all(world, post_by(world, way)) == 1
    first, second = told(world)
    assert first[:3] == (1, False, False)
    assert "terputus di tengah pengiriman" in str(first[3])
    assert second == (0, True, False, None)
    world.at += timedelta(minutes=effects.BACKOFF[0])
    assert mail_all(world, post_by(world, way)) == 1
    assert len(handler.to(address_of("nurse"))) == 1


def test_a_server_that_dawdles_is_not_waited_for_beyond_patience(one_world: World) -> None:
    world = one_world
    with mail_server() as (handler, port):
        handler.dawdle = 1.5
        owe(world, "nurse")
        assert mail_all(world, post_by(world, Smtp("127.0.0.1", port, "none", patience=0.3))) == 0
    (row,) = told(world)
    assert row[:3] == (1, False, False)
    assert "server tidak menjawab" in str(row[3])


def test_a_server_that_says_nothing_at_all_closes_the_way_for_everybody(one_world: World) -> None:
    world = one_world
    with socket.create_server(("127.0.0.1", 0)) as silent:
        owe(world, "nurse", "verifier")
        way = Smtp("127.0.0.1", silent.getsockname()[1], "none", patience=0.3)
        assert mail_all(world, post_by(world, way)) == 0
    assert {row[:3] for row in told(world)} == {(0, False, False)}
    assert all("tidak dapat dihubungi (server tidak menjawab)" in str(row[3]) for row in told(world))


def test_a_server_that_is_down_is_tried_again_when_it_is_back(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    owe(world, "nurse")
    way = Smtp("127.0.0.1", port, "none", patience=PATIENCE)
    assert mail_all(world, post_by(world, way)) == 0
    assert "Connection refused" in str(told(world)[0][3])
    with mail_server() as (handler, port):
        assert mail_all(world, post_by(world, replace(way, port=port))) == 0, "it rests"
        world.at += REST
        assert mail_all(world, post_by(world, replace(way, port=port))) == 1
        assert len(handler.taken) == 1


def test_a_runner_killed_between_the_servers_yes_and_its_note_sends_the_same_message_id(
    one_world: World, server: tuple[Difficult, Smtp]
) -> None:
    world, (handler, way) = one_world, server
    owe(world, "nurse")
    child = os.fork()
    if child == 0:
        own = replace(world, database=Database.open(world.database.address))
        mail_all(own, post_by(own, _Deadly(way)))
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert mail_all(world, post_by(world, way)) == 0, "it is still in the dead one's hands"
    world.at += effects.IN_HAND
    assert mail_all(world, post_by(world, way)) == 1
    assert {message["Message-ID"] for message in handler.to(address_of("nurse"))} == {"<pesan-0@kemuning.example>"}
    assert len(handler.taken) == 2
    assert told(world) == [(0, True, False, None)]


@dataclass(frozen=True)
class _Deadly:
    """A way out whose runner dies when a message has been taken."""

    way: Smtp
    says = "uji"
    default_sender = ""

    @contextmanager
    def opened(self) -> Iterator[Line]:
        with self.way.opened() as line:
            yield _DeadlyLine(line)


@dataclass(frozen=True)
class _DeadlyLine:
    line: Line

    def send(self, content: bytes, name: str, sender: str, to: str, /) -> None:
        self.line.send(content, name, sender, to)
        os.kill(os.getpid(), signal.SIGKILL)


# --- Encryption and signing in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_it_signs_in_over_an_encrypted_line_with_a_certificate_of_the_agencys_own(
    one_world: World, tmp_path: Path, encryption: Any
) -> None:
    world = one_world
    context, trusted = certificate(tmp_path)
    more: dict[str, Any] = {"ssl_context": context} if encryption == "tls" else {"tls_context": context}
    if encryption == "tls":  # of the line below it the server knows nothing
        more["auth_require_tls"] = False
    with mail_server(authenticator=signing_in, **more) as (handler, port):
        owe(world, "nurse")
        way = Smtp("localhost", port, encryption, USER, lambda: PASSWORD, trusted, PATIENCE)
        assert mail_all(world, post_by(world, way)) == 1
        assert len(handler.taken) == 1
        _nobody_is_trusted_unseen(world, replace(way, authorities=None))


def _nobody_is_trusted_unseen(world: World, way: Smtp) -> None:
    change(world, table.update().values(done_at=None))
    assert mail_all(world, post_by(world, way)) == 0
    assert "sertifikat atau enkripsinya tidak cocok" in str(told(world)[0][3])


def test_a_wrong_password_closes_the_way_and_is_said_without_it(one_world: World, tmp_path: Path) -> None:
    world = one_world
    context, trusted = certificate(tmp_path)
    with mail_server(authenticator=signing_in, auth_required=True, tls_context=context) as (handler, port):
        owe(world, "nurse")
        way = Smtp("localhost", port, "starttls", USER, lambda: "keliru-sekali", trusted, 1.0)
        assert mail_all(world, post_by(world, way)) == 0
        assert handler.taken == []
    ((attempts, done, parked, error),) = told(world)
    assert (attempts, done, parked) == (0, False, False)
    assert "tidak menerima pengguna jenjang atau kata sandinya" in str(error)
    assert "keliru-sekali" not in str(error)


def test_without_the_encryption_that_was_asked_for_nothing_is_sent(
    one_world: World, server: tuple[Difficult, Smtp]
) -> None:
    world, (handler, way) = one_world, server
    owe(world, "nurse")
    assert mail_all(world, post_by(world, replace(way, encryption="starttls"))) == 0
    assert handler.taken == []
    assert "tidak menyediakan cara enkripsi" in str(told(world)[0][3])
