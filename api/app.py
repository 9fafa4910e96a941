"""The application: routes, the desk that they share, and how both start and end."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.types import ControllerRouterHandler

from api import openapi, problems, settings
from api.clock import Clock, DemoClock, SystemClock
from api.desk import Desk
from api.hosts import AskedByName
from api.identity_provider import Provider
from api.metrics import Metrics
from api.observing import Observed
from api.pages import assets, faults, step_in
from api.pages import index as pages_index
from api.pages.cookies import FORMS
from api.pages.entrance import to_same_form, to_second_factor, to_sign_in
from api.pages.partner.entrance import to_link_over
from api.reading import JsonRequest
from api.routes import demo, docs, index, sealed_log, system, verify
from api.runner import running
from api.security import SMALL, KnownFirst, at_the_desk, no_stranger, plainly_asked, protect
from workflow.accounts.key_marks import require_ours
from workflow.accounts.passwords import Passwords
from workflow.backlog import HEARTBEAT
from workflow.callers import SecondFactorNeeded, SignedOut
from workflow.database import Database, serve_lock
from workflow.demo import playbill
from workflow.demo.playbill import Playbill
from workflow.errors import Problem
from workflow.letters.pool import Pool, in_use
from workflow.links.links import LinkOver, NoLink
from workflow.mail.post import Post
from workflow.registry import Registry
from workflow.spans import traced
from workflow.webhooks.sending import Hooks

#: Bytes of a JSON body at most; the longest form of ours has some 30 KB.
LARGEST_BODY = 1024 * 1024

#: What is asked without a cookie, shows no form, or changes nothing of anybody's: no cookie against forged forms is set there,
#: and none is asked for.
NO_FORMS: Final = (
    "^/api(/|$)",
    "^/demo/",
    "^/static/",
    "^/verify",
    "^/VERIFY",
    "^/schema",
    "^/problems/",
    "^/health$",
    "^/ready$",
    "^/metrics$",
    "^/robots.txt$",
    "^/bahasa$",
)

log = logging.getLogger("jenjang")


@dataclass(frozen=True)
class Serving:
    """What an application serves; see ``create_app``. Read at each start: one application may serve database after database."""

    database_address: str
    clock: Clock
    policies: Path | None = None
    runner: bool = True
    post: Callable[[Registry], Post | None] = lambda _: None
    workers: int = 0
    passwords: Passwords = field(default_factory=Passwords)
    provider: Provider | None = None
    #: Which of the agency's own networks webhooks may go to.
    reachable: Sequence[IPv4Network | IPv6Network] = ()
    #: Seconds between two heartbeats of a worker.
    heartbeat: float = HEARTBEAT
    #: How old the last backup may be before that is said; None: nobody asks. And whether a server is not ready then.
    backup_within: timedelta | None = None
    backup_required: bool = False
    #: Whether traces are sent to where the environment says.
    traces: bool = False
    #: Who plays in a demo; asked each time, for the demo writes it anew at its end.
    playbill: Callable[[], Playbill] = tuple


def create_app(
    database_address: str,
    *,
    policies: Path | None = None,
    clock: Clock | None = None,
    runner: bool = True,
    post: Callable[[Registry], Post | None] = lambda _: None,
    workers: int = 0,
    proxies: Sequence[IPv4Network | IPv6Network] = (),
    provider: Provider | None = None,
) -> Litestar:
    """The application on a database. ``policies``: the agency's own folder of law; ``runner``: run effects and deadlines here.

    ``post``: the mail of the processes that are served; without it messages wait. ``workers``: processes that make letters;
    with none they are made here, which holds up requests. ``proxies``: who is believed when they say whom they ask for.
    ``provider``: who vouches for people besides their passwords.

    It starts also where the tables or the agency's profile are missing: then it answers 503, and ``/ready`` says what is
    missing. A malformed policy file stops the start.
    """
    clock = clock or SystemClock()
    serving = Serving(database_address, clock, policies, runner, post, workers, provider=provider)
    # The secret is put in once the folder of keys is known to be there.
    forms = CSRFConfig(
        secret=secrets.token_hex(32),
        cookie_name=FORMS,
        cookie_httponly=True,
        cookie_samesite="lax",
        exclude=list(NO_FORMS),
    )
    metrics = Metrics()
    app = Litestar(
        route_handlers=_routes(clock),
        guards=[no_stranger, plainly_asked],
        dependencies={"visit": Provide(at_the_desk, sync_to_thread=False)},
        request_class=JsonRequest,
        request_max_body_size=LARGEST_BODY,
        exception_handlers={
            Problem: problems.of_problem,
            HTTPException: faults.of_any_address,
            Exception: problems.of_fault,
        },
        middleware=[AskedByName()],
        before_send=[protect],
        csrf_config=forms,
        lifespan=[_served],
        openapi_config=openapi.configuration(),
        logging_config=None,
        state=State({"serving": serving, "proxies": tuple(proxies)}),
    )
    app.asgi_handler = Observed(app.asgi_handler, metrics)
    return app


def _routes(clock: Clock) -> list[ControllerRouterHandler]:
    api = Router("/api", route_handlers=index.ROUTES)
    in_demo = isinstance(clock, DemoClock)
    pages = Router(
        "/",
        route_handlers=[*pages_index.ROUTES, *(step_in.ROUTES if in_demo else ())],
        middleware=[KnownFirst()],
        request_max_body_size=SMALL,
        exception_handlers={
            Problem: faults.of_problem,
            HTTPException: faults.of_http,
            Exception: faults.of_fault,
            SignedOut: to_sign_in,
            NoLink: to_link_over,
            LinkOver: to_link_over,
            SecondFactorNeeded: to_second_factor,
            PermissionDeniedException: to_same_form,
        },
    )
    always: list[ControllerRouterHandler] = [
        *(
            system.health,
            system.ready,
            system.figures,
            system.robots,
            docs.explain_problem,
            *verify.ROUTES,
            *sealed_log.ROUTES,
        ),
        *(api, assets.static, pages),
    ]
    return [*always, demo.set_clock] if in_demo else always


@asynccontextmanager
async def _served(app: Litestar) -> AsyncIterator[None]:
    serving: Serving = app.state.serving
    async with AsyncExitStack() as stack:
        if serving.traces:
            from api.telemetry import traces  # noqa: PLC0415 - loads what only tracing needs

            stack.enter_context(traces())
        stack.enter_context(serve_lock(serving.database_address))
        database = traced(Database.open(serving.database_address))
        stack.push_async_callback(database.aclose)
        desk = Desk(database, Registry.discover(), serving.clock, serving.policies, serving.passwords)
        desk.provider, desk.reachable = serving.provider, serving.reachable
        app.state.desk = desk
        stack.push_async_callback(desk.settle)
        try:
            await database.look(desk.engine)
            await asyncio.to_thread(require_ours, database, serving.clock.now())
        except Problem as problem:
            log.warning("not ready yet: %s", problem.says)
        except OSError as error:
            log.warning("the folder of keys cannot be written: %s", error)
        hooks: Hooks | None = None
        with suppress(OSError):  # then forms that are open do not outlast this process, and no webhook is called
            hooks = Hooks(desk.safe, serving.reachable)
            if app.csrf_config is not None:
                app.csrf_config.secret = desk.safe.mark("forms", "")
        if serving.workers:
            stack.enter_context(in_use(Pool(serving.workers)))
        if serving.runner:
            sweeps = not isinstance(serving.clock, DemoClock)
            post = serving.post(desk.registry)
            await stack.enter_async_context(
                running(desk, sweeps=sweeps, post=post, hooks=hooks, heartbeat=serving.heartbeat)
            )
        yield


def from_environment() -> Litestar:
    """The application as the environment describes it (``api.configuration``); what the server starts."""
    clock = settings.clock()
    app = create_app(
        settings.database_address(),
        policies=settings.policies_folder(),
        clock=clock,
        runner=settings.works_itself(),
        post=settings.post,
        workers=settings.letter_workers(),
        proxies=settings.trusted_proxies(),
        provider=settings.identity_provider(),
    )
    app.state.hosts = settings.named_hosts()
    app.state.watchers = settings.metrics_networks()
    app.state.serving = replace(
        app.state.serving,
        reachable=settings.webhook_networks(),
        heartbeat=settings.heartbeat(),
        backup_within=settings.backup_within(),
        backup_required=settings.is_backup_required(),
        traces=settings.are_traces_sent(),
    )
    if isinstance(clock, DemoClock) and (people := os.environ.get("JENJANG_DEMO_PEOPLE")):
        app.state.serving = replace(app.state.serving, playbill=partial(playbill.read, Path(people)))
    return app
