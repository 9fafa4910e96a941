"""What happens to real servers, done to ours one after another while people work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.cluster.topology import DURABLE, HEARTBEAT, PATIENCE, Topology

Accident = Callable[[Topology], None]


def a_server_is_killed(topology: Topology) -> None:
    """kill -9 of a server and all of its processes, in the middle of whatever it answers."""
    topology.servers[0].kill()


def the_other_server_is_killed(topology: Topology) -> None:
    """kill -9 of the other server."""
    topology.servers[1].kill()


def a_worker_is_killed(topology: Topology) -> None:
    """kill -9 of a worker, in the middle of a letter or a message."""
    topology.workers[0].kill()


def both_workers_are_killed(topology: Topology) -> None:
    """kill -9 of every worker."""
    for worker in topology.workers:
        worker.kill()


def the_connections_are_cut(topology: Topology) -> None:
    """Every connection to the database ends, in the middle of whatever it is at."""
    topology.postgresql.cut_connections()


def postgresql_is_restarted(topology: Topology) -> None:
    """PostgreSQL is told to stop, which ends everybody's transactions, and is started again."""
    topology.postgresql.restart(DURABLE)


def postgresql_loses_its_power(topology: Topology) -> None:
    """PostgreSQL ends at once and recovers from its log."""
    topology.postgresql.restart(DURABLE, abruptly=True)


def a_worker_stands_still(topology: Topology) -> None:
    """A worker is stopped for longer than its heartbeat is waited for, and then goes on with what others have taken over."""
    topology.workers[1].pause(5 * HEARTBEAT)


def a_server_stands_still(topology: Topology) -> None:
    """A server is stopped and goes on after the proxy has given it up."""
    topology.servers[1].pause(3)


def everything_is_replaced(topology: Topology) -> None:
    """One after the other is told to stop and started again, as for a new version."""
    topology.replace_all()


ACCIDENTS: tuple[Accident, ...] = (
    a_server_is_killed,
    a_worker_is_killed,
    the_connections_are_cut,
    postgresql_is_restarted,
    the_other_server_is_killed,
    a_worker_stands_still,
    postgresql_loses_its_power,
    both_workers_are_killed,
    a_server_stands_still,
    everything_is_replaced,
)


@dataclass
class Misfortune:
    """Does one accident after another while a block runs, and the rest of them at its end."""

    topology: Topology
    tell: Callable[[str], None]
    #: Seconds between two of them.
    pause: float = 4.0
    accidents: tuple[Accident, ...] = ACCIDENTS
    happened: list[str] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        threading.Thread(target=self._strike, name="misfortune", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + len(self.accidents) * (self.pause + PATIENCE)
        while len(self.happened) + len(self.failed) < len(self.accidents) and time.monotonic() < until:
            time.sleep(0.2)

        if self.failed:
            raise self.failed[0]

    def _strike(self) -> None:
        for accident in self.accidents:
            time.sleep(self.pause)
            says = (accident.__doc__ or accident.__name__).splitlines()[0]
            self.tell(f"!! {says}")
            try:
                accident(self.topology)
            except BaseException as error:  # noqa: BLE001 # raised again when the block ends
                self.failed.append(error)
                break
            self.happened.append(accident.__name__)
        threading.Event().wait()  # PostgreSQL ends with the thread that started it: this one lasts as long as its process
