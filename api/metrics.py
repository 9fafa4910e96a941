"""Figures for whoever watches over the service, in the format that Prometheus reads.

Requests and steps are those of this process; what stands in the database (what is owed, letters, late tasks, what became of
effects) is asked for when the figures are, once in some seconds at most, and is the same whichever server is asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.desk import Desk
from api.hosts import is_ours
from api.problems import UnknownAddress
from api.settings import Networks
from api.throttle import asker, is_loopback, is_one_of
from workflow import tally
from workflow.backlog import HEARTBEAT
from workflow.errors import Problem
from workflow.views.figures import Figures, figures

#: Whoever asks for the figures.
Asked: TypeAlias = ASGIConnection[Any, Any, Any, Any]
#: Seconds for which what stands in the database is not asked for anew.
GOOD_FOR: Final = 10.0
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: What a proxy adds to what it passes on.
_PASSED_ON: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host")


disable_created_metrics()  # type: ignore[no-untyped-call] # when a figure was first seen tells nobody anything


class Metrics(Collector):
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "jenjang_request_seconds",
            "Seconds until a request was answered",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._registry.register(self)
        self._figures: Figures | None = None
        self._good_until = 0.0

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note a request. ``route``: its template."""
        known = method if method in _METHODS else "-"
        self._requests.labels(known, route, str(status)).observe(seconds)

    async def text(self, desk: Desk, heartbeat: float = HEARTBEAT) -> bytes:
        """All figures; without those of the database where it cannot be read. ``heartbeat``: seconds between two of a worker's."""
        if time.monotonic() >= self._good_until:
            try:
                self._figures = await desk.database.look(
                    lambda c: figures(c, desk.engine(c), desk.clock.now(), heartbeat)
                )
            except Problem:
                self._figures = None
            self._good_until = time.monotonic() + GOOD_FOR
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """What is read elsewhere than from requests."""
        steps = CounterMetricFamily(
            "jenjang_steps", "Steps asked of this process, by what they came to", labels=("process", "step", "outcome")
        )
        for labels, number in sorted(tally.steps().items()):
            steps.add_metric(labels, number)
        yield steps
        readable = float(self._figures is not None)
        yield GaugeMetricFamily("jenjang_database_readable", "Whether the database could be read", value=readable)
        if self._figures is not None:
            yield from _stored(self._figures)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


def _stored(found: Figures) -> Iterator[Metric]:
    yield _gauge("jenjang_effects_due", "Effects that could be run now", "kind", {o.kind: o.due for o in found.owed})
    yield _gauge(
        "jenjang_effects_retried", "Effects that failed and wait", "kind", {o.kind: o.retried for o in found.owed}
    )
    yield _gauge(
        "jenjang_effects_parked", "Effects that somebody must look at", "kind", {o.kind: o.parked for o in found.owed}
    )
    yield _gauge(
        "jenjang_effects_oldest_seconds",
        "Seconds for which the oldest effect has been due",
        "kind",
        {o.kind: o.oldest for o in found.owed},
    )
    yield _gauge("jenjang_tasks_late", "Tasks past their time limit", "process", found.late)
    yield _gauge("jenjang_letters", "Letters, by where they are", "state", found.letters)
    if found.workers is not None:
        yield GaugeMetricFamily("jenjang_workers", "Workers that live", value=found.workers)
    if found.backup is not None:
        yield GaugeMetricFamily(
            "jenjang_backup_age_seconds", "Seconds since the last backup", value=found.backup.total_seconds()
        )
    runs = CounterMetricFamily(
        "jenjang_effects_run", "Effects that were run, over all processes", labels=("kind", "outcome")
    )
    took = CounterMetricFamily("jenjang_effects_run_seconds", "Seconds they took", labels=("kind", "outcome"))
    for labels, (number, milliseconds) in sorted(found.ran.items()):
        runs.add_metric(labels, number)
        took.add_metric(labels, milliseconds / 1000)
    yield from (runs, took)


def _gauge(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    found = GaugeMetricFamily(name, says, labels=(label,))
    for value, number in sorted(values.items()):
        found.add_metric((value,), number)
    return found


def only_watchers(connection: Asked, _: BaseRouteHandler) -> None:
    """Guards the figures: this machine itself, and the networks that are set. Others are told that there is nothing.

    What a proxy passes on is asked by whomever it names, and where we do not trust it, by anybody. Raises UnknownAddress.
    """
    state = connection.app.state
    peer = connection.client.host if connection.client else ""
    if not may_watch(connection, peer, state.get("proxies", ()), state.get("watchers", ())):
        raise UnknownAddress("Alamat /metrics tidak dikenal.")


def may_watch(connection: Asked, peer: str, proxies: Networks, watchers: Networks) -> bool:
    """Whether whoever asks may read the figures."""
    passed_on = any(name in connection.headers for name in _PASSED_ON)
    if passed_on and not is_one_of(peer, proxies):
        return False
    hops = ",".join(connection.headers.getall("x-forwarded-for", [])).split(",")
    who = asker(peer, hops, proxies)
    if is_one_of(who, watchers):
        return True
    # A proxy on this machine that says of nobody whom it asks for may ask for anybody.
    is_direct = not passed_on and not is_one_of(peer, proxies)
    return is_direct and is_loopback(peer) and is_ours(connection.headers.get("host", ""), ())
