"""An internship at each of its stages, reached once a session on the straight road and put back for every test that asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, insert

from tests.offices import PreparedOffice
from tests.world import MONDAY, REQUEST, World
from workflow.ids import new_id
from workflow.tables import partners, people

#: What a host fills in when it accepts.
GUIDE = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}
#: An offer that moves the period by a week and asks for a fee.
OFFER = {**GUIDE, "new_starts_on": "2026-04-13", "new_ends_on": "2026-04-24", "fee": 500_000}
#: A day of the logbook, without its date.
DAY = {"hours": 7.5, "activity": "Dinas pagi", "learning": "Asuhan keperawatan intensif"}
REPORT = {"summary": "Laporan akhir magang di instalasi rawat intensif."}
SCORES = {"scores": [{"aspect": "Kedisiplinan", "score": 90}, {"aspect": "Keterampilan", "score": 85}]}
#: The first and the last day of the internship that stages and stories stand on, and the Monday after.
FIRST, LAST, AFTER = date(2026, 4, 6), date(2026, 4, 17), date(2026, 4, 20)

#: The state in which the straight road stands after a step. Logging and confirming days come before "reporting" here.
_STAGE_AFTER = {
    "endorse": "agency_review",
    "forward": "verification",
    "verify": "awaiting_signature",
    "request_host": "awaiting_host",
    "confirm": "accepted",
    "assign": "assigned",
    "introduce": "introduced",
    "start": "ongoing",
    "confirm_days": "reporting",
    "report": "host_assessment",
    "assess": "final_verification",
}


#: What may be opened: a state of the process, ``introduced`` (assigned, the introduction signed), or ``office`` without any case.
Stages = dict[str, tuple[PreparedOffice, str]]


def reached(office: PreparedOffice) -> Stages:
    """Lead one internship down the straight road of an office; every stage of it by name, with the case."""
    world = office.as_new()
    world.database.write(_another_partner, world)
    stages: Stages = {}

    def keep(name: str, case: str) -> None:
        stages[name] = office.as_it_is(world), case

    keep("office", "")
    case = world.open(form=REQUEST)
    keep("drafted", case)
    for trigger, actor, form in world.straight():
        if trigger == "start":
            world.go_to(FIRST)
        if trigger == "finish":
            world.go_to(LAST)
        if trigger == "complete":
            break
        world.fire(case, trigger, actor, form() if callable(form) else form)
        if trigger == "submit":
            keep("supervisor_review", case)
        if trigger in _STAGE_AFTER:
            keep(_STAGE_AFTER[trigger], case)
    for name, trigger, answer in (
        ("host_proposal", "propose_changes", OFFER),
        ("host_unavailable", "decline", {"reason": "Ruang magang penuh."}),
    ):
        world = stages["awaiting_host"][0].as_new()
        world.fire(case, trigger, "contact", answer)
        keep(name, case)
    return stages


def _another_partner(conn: Connection, world: World) -> None:
    """A second hospital, for whom an agreement is still missing, with a contact of its own."""
    conn.execute(
        insert(partners).values(
            id="RSUNIV",
            name="Rumah Sakit Universitas Contoh",
            kind="Rumah sakit",
            address="Jalan Contoh 2",
            city="Sungai Jernih",
        )
    )
    world.ids = {**world.ids, "other_contact": new_id(MONDAY)}
    row: dict[str, Any] = {"id": world.ids["other_contact"], "kind": "contact", "name": "Other Contact"}
    conn.execute(insert(people).values(**row, partner_id="RSUNIV"))
