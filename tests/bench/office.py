"""An office for the load: sixteen nurses under one superior, each with an internship of their own and everybody with a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import Connection, update

from tests.bench.load import Conversation, request
from tests.world import MONDAY, REQUEST, World, build
from workflow.database import Database
from workflow.migrations import migrate
from workflow.people import issue_key
from workflow.tables import people, positions

#: Who asks for an internship; nursing_head endorses it, hospital_head sends it back.
PARTICIPANTS = (
    *("nurse", "second_nurse", "third_nurse", "fourth_nurse", "stranger", "administrator"),
    *(f"clerk_{number}" for number in range(1, 11)),
)
#: The server's clock starts here, and its sweeps are ours to call.
CLOCK = {"JENJANG_DEMO_CLOCK": MONDAY.isoformat(), "JENJANG_DEMO_SECRET": "rahasia-jam-peragaan"}
#: Whole transitions in a circle: each has its decisions, tasks, deadline, event and messages.
CIRCLE = ("submit", "endorse", "return")


@dataclass
class Standing:
    """Where a case stands for whoever talks about it."""

    case: str
    who: str
    version: int
    turn: int = 0


@dataclass
class LoadedOffice:
    """Cases, keys, and the warnings that each step has to acknowledge."""

    standing: list[Standing]
    keys: dict[str, str]
    warned: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def conversation(self) -> Callable[[int], Conversation]:
        """Each connection leads a case of its own round the circle; where it stands is remembered between turns."""

        def converse(number: int) -> Conversation:
            here = self.standing[number]
            while True:
                trigger = CIRCLE[here.turn % len(CIRCLE)]
                body = {"form": form_of(trigger, here.turn), "acknowledge": self.warned[trigger]}
                answer = yield request(
                    "POST",
                    f"/api/cases/{here.case}/actions/{trigger}",
                    json.dumps(body).encode(),
                    Authorization=f"Bearer {self.keys[actor_of(trigger, here.who)]}",
                    If_Match=f'"{here.version}"',
                    Idempotency_Key=str(uuid4()),
                )
                here.version = int(answer.headers["etag"].strip('"'))
                here.turn += 1

        return converse


def form_of(trigger: str, turn: int) -> dict[str, object]:
    """What a step takes. The estimate changes each time, so that the request goes through all superiors again."""
    if trigger == "submit":
        return {**REQUEST, "estimate": 4_000_000 + turn}
    return {"to_mend": "Mohon perbaiki tujuan magang."} if trigger == "return" else {}


def actor_of(trigger: str, participant: str) -> str:
    """Who takes a step."""
    return {"submit": participant, "endorse": "nursing_head"}.get(trigger, "hospital_head")


def build_office(address: str) -> LoadedOffice:
    """Make the office in an empty database, each case drafted and once round the circle."""
    database = Database.open(address)
    migrate(database)
    world = build(database)
    keys = database.write(_gather, world)
    office = LoadedOffice([Standing(world.open(who), who, 1) for who in PARTICIPANTS], keys)
    for here in office.standing:
        for trigger in CIRCLE:
            actor, form = actor_of(trigger, here.who), form_of(trigger, here.turn)
            warnings = world.preview(here.case, trigger, actor, form).warnings
            office.warned[trigger] = tuple(reason.rule for reason in warnings)
            here.version = world.fire(here.case, trigger, actor, form).version
            here.turn += 1
    database.close()
    return office


def _gather(conn: Connection, world: World) -> dict[str, str]:
    """Everybody who asks works at the hospital, under the head of nursing. Answers a key for each of the cast."""
    head = positions.select().where(positions.c.holder_id == world.ids["nursing_head"])
    superior = conn.execute(head).one().id
    who = [world.ids[name] for name in PARTICIPANTS]
    conn.execute(update(people).where(people.c.id.in_(who)).values(unit_id="RSUD", superior_position_id=superior))
    cast = (*PARTICIPANTS, "nursing_head", "hospital_head")
    return {name: issue_key(conn, world.ids[name], "bench", "read act", MONDAY) for name in cast}
