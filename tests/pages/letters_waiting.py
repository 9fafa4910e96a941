"""Letters on their way to the secretary, so many that they lie as a stack: first before whoever initials them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import Connection, update

from tests.api.house import House
from workflow.tables import agency

#: One official initials what the secretary signs.
PARAF = '[paraf]\nsecretary = ["BKPSDM"]\n\n[page]'
_FIRST = date(2026, 5, 4)


def with_paraf(conn: Connection) -> None:
    """From now on the head of the agency initials what the secretary signs."""
    profile = conn.execute(agency.select()).one().profile
    conn.execute(update(agency).values(profile=profile.replace("[page]", PARAF, 1)))


def waiting(house: House, number: int) -> list[str]:
    """Requests to hosts that wait to be initialled and then signed, each for another week; answers their letters."""
    found = []
    for week in range(number):
        starts_on = _FIRST + timedelta(weeks=week)
        ends_on = starts_on + timedelta(days=4)
        case = house.open()
        for who, trigger, form in house.steps(starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())[:5]:
            house.done(who, case, trigger, form)
        letters = house.read("secretary", f"/api/cases/{case}")["letters"]
        found += [each["id"] for each in letters if each["kind"] == "internship_request"]
    return found


def initialled(house: House, letters: list[str]) -> None:
    """The head of the agency initials them all."""
    response = house.ask(
        "agency_chief",
        "POST",
        "/api/letters/initial",
        json={"letters": letters},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert response.status_code == 200, response.text
    assert {line["problem"] for line in response.json()["letters"]} == {""}
