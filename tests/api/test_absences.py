"""Absences over HTTP: who records whose, what follows in the inboxes at once, and what others never learn."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, select

from policies.parameters import Policies
from tests.api.house import House
from workflow.people import add_to_group
from workflow.registry import Registry
from workflow.tables import effects, tasks
from workflow.verification import verify

LONG: dict[str, Any] = {"from_on": "2026-03-02", "until_on": "2026-04-30", "reason": "Cuti besar"}


def recorded(house: House, by: str, key: str = "a1", **changes: Any) -> Any:
    return house.ask(by, "POST", "/api/absences", json={**LONG, **changes}, headers={"Idempotency-Key": key})


def listed(house: House, who: str) -> list[str]:
    return [line["person_id"] for line in house.read(who, "/api/absences")["items"]]


def asked(house: House, case: str) -> set[str]:
    """Who has a task on a case, by the names of the cast where they have one."""
    known = {person: who for who, person in house.sample.ids.items()}
    database = house.with_database()
    rows = database.read(
        lambda conn: conn.execute(select(tasks.c.assignee_id).where(tasks.c.case_id == case)).scalars().all()
    )
    database.close()
    return {known.get(person, person) for person in rows}


def test_a_head_who_says_that_they_are_away_has_the_task_shown_above_at_once_and_back_when_they_return(
    house: House,
) -> None:
    case = house.road("endorse")
    assert asked(house, case) == {"director"}
    done = recorded(house, "director")
    assert done.status_code == 201, done.text
    assert recorded(house, "director").json()["id"] == done.json()["id"], "once only"
    assert len(asked(house, case)) == 2
    back = house.ask("director", "POST", f"/api/absences/{done.json()['id']}/end", json={})
    assert (back.status_code, back.json()["until_on"]) == (200, "2026-03-01"), back.text
    assert asked(house, case) == {"director"}
    assert listed(house, "director") == []
    again = house.ask("director", "POST", f"/api/absences/{done.json()['id']}/end", json={"back_on": "2026-03-09"})
    assert (again.status_code, "sudah berakhir" in again.text) == (422, True)
    database = house.with_database()
    assert database.read(faults) == []
    database.close()


def faults(conn: Connection) -> list[str]:
    """What the check finds in the log of absences."""
    (checked,) = verify(conn, Registry.discover(), Policies.load(), ("absences",))
    assert checked.looked_at == 2
    return [found.says for found in checked.findings]


@pytest.mark.parametrize(
    ("by", "status"), [("verifier", 201), ("nursing_head", 201), ("stranger", 403), ("contact", 403)]
)
def test_others_are_recorded_by_the_officers_of_their_unit_and_of_bkpsdm_alone(
    house: House, by: str, status: int
) -> None:
    database = house.with_database()
    for who, unit in (("nursing_head", "RSUD"), ("stranger", "DINKES")):
        database.write(add_to_group, "personnel_officer", house.sample.ids[who], unit)
    database.close()
    answer = recorded(house, by, person=house.sample.ids["nurse"])
    assert answer.status_code == status, answer.text
    assert (house.sample.ids["nurse"] in listed(house, by)) is (status == 201)


def messages(house: House, who: str) -> list[str]:
    """What somebody is told that is about no case, oldest first."""
    query = select(effects.c.payload).where(
        effects.c.subject_id == house.sample.ids[who], effects.c.kind == "message", effects.c.case_id.is_(None)
    )
    database = house.with_database()
    found = database.read(lambda conn: conn.execute(query.order_by(effects.c.id)).scalars().all())
    database.close()
    return [json.loads(payload)["says"] for payload in found]


def test_whoever_is_put_on_record_as_away_by_another_is_told_so_and_not_of_what_they_record_themselves(
    house: House,
) -> None:
    recorded(house, "director")
    assert messages(house, "director") == []
    absence = recorded(house, "verifier", key="a2", person=house.sample.ids["director"]).json()["id"]
    for back_on in ("2026-03-10", "2026-03-02"):
        house.ask("verifier", "POST", f"/api/absences/{absence}/end", json={"back_on": back_on})
    days = "ketidakhadiran Anda 2 Maret 2026 sampai"
    told = messages(house, "director")
    expected = (
        f"mencatat {days} 30 April 2026.",
        f"mengubah catatan {days} 30 April 2026 menjadi 2 Maret 2026 sampai 9 Maret 2026.",
        f"membatalkan catatan {days} 9 Maret 2026.",
    )
    assert [says in each for says, each in zip(expected, told, strict=True)] == [True, True, True], told
    assert "Cuti besar" not in " ".join(told)


@pytest.mark.parametrize("named", ["199001012015011001", "tidak-ada@contoh.example"])
def test_whoever_may_not_record_does_not_learn_whether_there_is_such_a_person(house: House, named: str) -> None:
    unknown = recorded(house, "nurse", person=named)
    known = recorded(house, "nurse", person=house.sample.ids["director"])
    assert (unknown.status_code, unknown.json()["detail"]) == (known.status_code, known.json()["detail"])
    assert unknown.status_code == 403


def test_a_contact_of_a_partner_is_nobodys_to_record(house: House) -> None:
    assert recorded(house, "verifier", person=house.sample.ids["contact"]).status_code == 403


def test_an_absence_of_another_is_as_if_it_were_not_there(house: House) -> None:
    absence = recorded(house, "director").json()["id"]
    for who in ("nurse", "stranger", "contact"):
        hidden = house.ask(who, "POST", f"/api/absences/{absence}/end", json={})
        missing = house.ask(who, "POST", "/api/absences/01990000-0000-7000-8000-000000000000/end", json={})
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert listed(house, who) == []


@pytest.mark.parametrize("changes", [{"until_on": "2026-03-01"}, {"until_on": "2062-03-01"}, {"reason": " "}])
def test_what_cannot_be_is_refused(house: House, changes: dict[str, Any]) -> None:
    assert recorded(house, "director", **changes).status_code == 422
