"""A cohort whose members leave it in one act, each for a reason of their own or for a successor of their own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tests.cohorts import CLERKS, LETTER, OwnStep, Together, gathered, nip_of_person
from tests.turns import found
from tests.witness import state
from tests.world import World
from workflow.errors import InvalidForm, NotNow
from workflow.tables import letters


def bodies(world: World, kind: str) -> list[dict[str, Any]]:
    """What the letters of a kind say, oldest first."""
    rows = world.all(select(letters.c.body).where(letters.c.kind == kind).order_by(letters.c.id))
    return [msgspec.json.decode(row.body) for row in rows]


def names(lines: list[dict[str, Any]]) -> list[str]:
    return [line["name"] for line in lines]


def apart(together: Together, trigger: str, **own: dict[str, Any]) -> dict[str, OwnStep]:
    """What each of some does, by their case."""
    return {together.cases[who]: OwnStep(trigger=trigger, form=form) for who, form in own.items()}


def test_of_two_who_are_replaced_in_one_act_each_letter_names_its_own_substitute(office: World) -> None:
    together = gathered(office).until("introduce")
    sick = "Yang bersangkutan sakit."
    first = {"successor": nip_of_person(office, "clerk_5"), "reason": sick}
    second = {"successor": nip_of_person(office, "clerk_6"), "reason": sick}
    outcome = together.act("", "hospital_head", each=apart(together, "replace", clerk_1=first, clerk_2=second))
    assert outcome.stayed == ()
    for kind in ("internship_replacement", "internship_assignment_change"):
        told = [(names(body["participants"]), body["successor"]["name"]) for body in bodies(office, kind)]
        assert sorted(told) == [(["Clerk 1"], "Clerk 5"), (["Clerk 2"], "Clerk 6")]
    for row in office.all(select(letters.c.id).where(letters.c.kind == "internship_replacement")):
        office.sign(row.id, "secretary")
    assert found(office) == []


def test_those_who_drop_out_for_different_reasons_are_not_told_under_one(office: World) -> None:
    together = gathered(office, *CLERKS[:4]).until("introduce")
    ill, called = {"reason": "Sakit dan perlu dirawat."}, {"reason": "Dipanggil tugas lain."}
    together.act("", "verifier", each=apart(together, "cancel", clerk_1=ill, clerk_2=called, clerk_3=ill))
    for kind in ("internship_change", "internship_assignment_change"):
        told = {body["reason"]: names(body["participants"]) for body in bodies(office, kind)}
        assert told == {ill["reason"]: ["Clerk 1", "Clerk 3"], called["reason"]: ["Clerk 2"]}
        assert all(names(body["remaining"]) == ["Clerk 4"] for body in bodies(office, kind))
    assert found(office) == []


def test_when_all_drop_out_each_cancellation_gives_every_reason(office: World) -> None:
    together = gathered(office).until("introduce")
    ill, called = {"reason": "Sakit dan perlu dirawat."}, {"reason": "Dipanggil tugas lain."}
    together.act("", "verifier", each=apart(together, "cancel", clerk_1=ill, clerk_2=called, clerk_3=ill))
    assert bodies(office, "internship_change") == []
    for body in bodies(office, "internship_cancellation"):
        assert body["reason"] == "Sakit dan perlu dirawat; Dipanggil tugas lain."
        assert names(body["participants"]) == ["Clerk 1", "Clerk 2", "Clerk 3"]
    assert found(office) == []


def test_a_head_does_not_send_themselves_in_the_place_of_another(office: World) -> None:
    together = gathered(office).until("introduce")
    case = together.cases["clerk_1"]
    own = {"successor": nip_of_person(office, "hospital_head"), "reason": "Yang bersangkutan sakit."}
    with pytest.raises(InvalidForm, match="diri sendiri") as refused:
        office.fire(case, "replace", "hospital_head", own)
    assert [fault.field for fault in refused.value.fields] == ["successor"]
    assert state(office, case) == "assigned"


def test_a_logbook_is_no_answer_of_the_host(office: World) -> None:
    together = gathered(office).until("request_host")
    guide = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
    paper = {**LETTER, "channel": "logbook", "number": "", "scan": office.file("verifier", "buku.pdf")}
    with pytest.raises(InvalidForm) as refused:
        together.act("confirm", "verifier", guide, recorded=paper)
    assert {fault.field for fault in refused.value.fields} == {"recorded.channel"}


def test_what_is_possible_now_names_no_step_that_waits_for_a_circumstance(office: World) -> None:
    together = gathered(office).until("request_host")
    with pytest.raises(NotNow) as refused:
        office.fire(together.cases["clerk_1"], "assign", "hospital_head", {})
    assert "Nyatakan bersedia" in refused.value.says
    assert "Lewat waktu" not in refused.value.says
    assert "Tutup karena" not in refused.value.says
