"""Who may take a step on a day: by which right, who is kept from it and why, and who helps; and a task that is moved."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, delete, insert

from tests.mentoring import MENTEE, MENTOR, agreed
from tests.offices import DAY, TODAY, away, change, gone, hold, lend, messages, post_of, propose, revoke, waiting
from tests.registers import NOTHING_WRONG, verified
from tests.workflow.test_authority import AT_BKPSDM, INSIDE, last_actor, reseat, seats
from tests.world import World
from workflow.audit import events_of
from workflow.authority.who_can import WhoCan, who_can
from workflow.cases import load
from workflow.errors import NotNow, NotYours
from workflow.tables import group_members

BECAUSE = "Verifikator sedang mengikuti pelatihan"


def asked(world: World, case: str, trigger: str, on: date | None = None) -> WhoCan:
    def look(conn: Connection) -> WhoCan:
        return who_can(conn, world.engine, load(conn, case), trigger, on, world.at)

    return world.database.read(look)


def able(found: WhoCan, world: World) -> list[str]:
    by_id = {person: name for name, person in world.ids.items()}
    return [by_id[line.person_id] for line in found.able]


def kept(found: WhoCan, world: World) -> dict[str, str]:
    by_id = {person: name for name, person in world.ids.items()}
    return {by_id[line.person_id]: line.why for line in found.kept}


def move(world: World, case: str, role: str, to: str, by: str = "administrator", reason: str = BECAUSE) -> bool:
    return world.database.write(
        world.engine.reseat, case, world.at, actor=world.actor(by), name={role: world.ids[to]}, reason=reason
    )


# --- Today -----------------------------------------------------------------------------------------------------------


def test_a_holder_and_a_deputy_are_named_with_their_capacity_and_why(world: World) -> None:
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    found = asked(world, world.submitted(), "endorse")
    assert able(found, world) == ["nursing_head", "second_nurse"]
    holder, deputy = found.able
    assert holder.why == "memangku jabatan Kepala Bidang Keperawatan"
    assert deputy.capacity == "Mandat Kepala Bidang Keperawatan"
    assert deputy.why.startswith("menerima pelimpahan dari Nursing Head (dasar 800/1/SP/2026 tanggal 2 Maret 2026")
    assert found.open
    assert found.helpers == ()


def test_whoever_is_away_and_whoever_has_not_accepted_are_named_with_the_reason(world: World) -> None:
    post = post_of(world, "nursing_head")
    away(world, "nursing_head")
    lend(world, "plh", post, "second_nurse")
    propose(world, "mandat", post, "third_nurse")
    lend(world, "mandat", post, "fourth_nurse", scope="mentoring")
    found = asked(world, world.submitted(), "endorse")
    assert able(found, world) == ["second_nurse"]
    why = kept(found, world)
    assert "tidak di tempat sampai 31 Desember 2026" in why["nursing_head"]
    assert "belum diterimanya" in why["third_nurse"]
    assert "tidak meliputi proses ini" in why["fourth_nurse"]


def test_whoever_is_kept_apart_is_named_with_the_role_that_keeps_them(world: World) -> None:
    found = asked(world, world.submitted("verifier", **INSIDE), "verify")
    assert kept(found, world) == {"verifier": "berkas ini tentang dirinya"}
    answered = asked(world, world.submitted(**AT_BKPSDM), "request_host")
    assert any("harus terpisah" in why for why in kept(answered, world).values())
    assert "tidak tersedia" in answered.remarks[0]


def test_where_nobody_may_those_who_can_help_are_named(world: World) -> None:
    gone(world, "nursing_head", "hospital_head", "secretary", "regent")
    found = asked(world, world.submitted(), "endorse")
    assert found.able == ()
    assert [line.name for line in found.helpers] == ["Administrator"]
    assert "administrator yang bukan pihak berkas ini perlu menunjuk orang" in found.remarks[-1]
    assert "jenjang" not in " ".join(found.remarks), "not everybody who asks has the command line"


def test_where_every_administrator_is_a_party_the_answer_says_so(world: World) -> None:
    gone(world, "nursing_head", "hospital_head", "secretary", "regent")
    change(world, delete(group_members).where(group_members.c.group_name == "administrator"))
    member = {"group_name": "administrator", "unit_id": "", "person_id": world.ids["nurse"]}
    change(world, insert(group_members).values(member))
    found = asked(world, world.submitted(), "endorse")
    assert (found.able, found.helpers) == ((), ())
    assert "tambahkan seorang administrator lain" in found.remarks[-1]


def test_a_step_that_nobody_knows_is_answered_with_those_there_are(world: World) -> None:
    with pytest.raises(NotNow, match=r"yang dikenal: .*endorse"):
        asked(world, world.submitted(), "terbang")


# --- Another day -----------------------------------------------------------------------------------------------------


def test_a_day_gone_by_is_told_from_the_history(world: World) -> None:
    post = post_of(world, "nursing_head")
    case = world.submitted()
    world.at += 10 * DAY
    hold(world, post, "third_nurse")
    world.fire(case, "endorse", "third_nurse")
    before = asked(world, case, "endorse", TODAY + 5 * DAY)
    assert able(before, world) == ["nursing_head"]
    assert before.open
    assert "Menurut riwayat sampai 7 Maret 2026" in before.remarks[0]
    assert "keanggotaan kelompok menurut keadaan hari ini" in before.remarks[0]
    today = asked(world, case, "endorse")
    assert not today.open
    assert able(today, world) == ["third_nurse"]


def test_a_day_before_the_case_was_opened_has_no_answer(world: World) -> None:
    with pytest.raises(NotNow, match="belum dibuka pada 1 Maret 2026"):
        asked(world, world.submitted(), "endorse", TODAY - DAY)


def test_a_day_to_come_is_told_with_the_mandates_and_absences_known_now(world: World) -> None:
    case = world.submitted()
    later = TODAY + 20 * DAY
    away(world, "nursing_head", later, later + 9 * DAY)
    assert able(asked(world, case, "endorse", later), world) == ["nursing_head", "hospital_head"]
    lend(world, "plh", post_of(world, "nursing_head"), "second_nurse", from_on=later, until_on=later + 9 * DAY)
    found = asked(world, case, "endorse", later)
    assert able(found, world) == ["second_nurse"]
    assert "tercatat sampai hari ini" in found.remarks[0]
    assert able(asked(world, case, "endorse", later + 10 * DAY), world) == ["nursing_head"]
    assert able(asked(world, case, "endorse"), world) == ["nursing_head"]


def test_a_mandate_that_was_revoked_since_still_stood_on_a_day_gone_by(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    world.at += 5 * DAY
    revoke(world, mandate, TODAY + 5 * DAY)
    assert able(asked(world, case, "endorse"), world) == ["nursing_head"]
    assert able(asked(world, case, "endorse", TODAY + 4 * DAY), world) == ["nursing_head", "second_nurse"]


# --- Moving a task ---------------------------------------------------------------------------------------------------


def test_a_task_is_moved_to_another_who_may_take_it_and_both_are_told(world: World) -> None:
    case = world.road("forward")
    assert set(waiting(world, case)) == {"verifier", "second_verifier"}
    assert move(world, case, "verifier", "second_verifier")
    assert set(waiting(world, case)) == {"second_verifier"}
    with pytest.raises(NotYours):
        world.fire(case, "verify", "verifier", {"budget_line": world.budget_line}, acknowledge=())
    says = messages(world, case)
    for who in ("verifier", "second_verifier"):
        assert any(BECAUSE in line for line in says[who]), who
    event = world.database.read(events_of, case)[-1]
    assert event.type == "task_moved"
    assert event.payload is not None
    assert (event.payload["why"], event.payload["named"]) == (BECAUSE, {"verifier": world.ids["second_verifier"]})
    assert (
        kept(asked(world, case, "verify"), world)["verifier"] == "tugasnya dipindahkan administrator kepada orang lain"
    )
    world.fire(case, "verify", "second_verifier", {"budget_line": world.budget_line})
    assert last_actor(world, case)["id"] == world.ids["second_verifier"]
    assert [line for part in ("chain", "cases", "decisions") for line in verified(world, part)] == NOTHING_WRONG


def test_a_task_is_moved_up_the_line_and_no_further_than_this_step(world: World) -> None:
    case = world.submitted()
    move(world, case, "supervisor", "hospital_head")
    assert seats(world, case, "supervisor") == ["hospital_head^"]
    world.fire(case, "return", "hospital_head", {"to_mend": "Lengkapi tujuan magangnya."})
    assert seats(world, case, "supervisor") == ["nursing_head"]


def test_a_task_whose_new_owner_leaves_goes_back_to_whoever_may(world: World) -> None:
    case = world.road("forward")
    move(world, case, "verifier", "second_verifier")
    gone(world, "second_verifier")
    reseat(world, case)
    assert set(waiting(world, case)) == {"verifier"}


@pytest.mark.parametrize(
    ("to", "by", "reason", "says"),
    [
        ("administrator", "administrator", BECAUSE, "bukan kepada administrator"),
        ("nurse", "administrator", BECAUSE, "juga berwenang"),
        ("stranger", "administrator", BECAUSE, "juga berwenang"),
        ("nursing_head", "administrator", BECAUSE, "juga berwenang"),
        ("contact", "administrator", BECAUSE, "juga berwenang"),
        ("second_verifier", "administrator", "", "Sebutkan alasan"),
        ("second_verifier", "verifier", BECAUSE, "Hanya administrator"),
    ],
)
def test_a_task_is_not_moved(world: World, to: str, by: str, reason: str, says: str) -> None:
    case = world.road("forward")
    before = world.database.read(load, case)
    with pytest.raises(NotYours, match=says):
        move(world, case, "verifier", to, by, reason)
    assert world.database.read(load, case) == before


def test_a_task_is_not_moved_to_whoever_is_kept_apart_from_it(world: World) -> None:
    case = world.road("forward", "second_nurse")
    lend(world, "mandat", post_of(world, "agency_chief"), "second_nurse")
    with pytest.raises(NotYours, match="juga berwenang"):
        move(world, case, "verifier", "second_nurse")
    assert move(world, case, "verifier", "agency_chief")


def test_a_task_that_was_moved_before_the_mover_decides_is_still_not_theirs(world: World) -> None:
    case = world.road("forward")
    move(world, case, "verifier", "second_verifier")
    with pytest.raises(NotYours):
        world.fire(case, "verify", "administrator", {"budget_line": world.budget_line}, acknowledge=())


# --- An administrator who is a party ---------------------------------------------------------------------------------


@pytest.mark.parametrize("party", ["nursing_head", "hospital_head", "secretary", MENTOR, MENTEE])
def test_an_administrator_who_is_a_party_to_a_case_moves_none_of_its_tasks(world: World, party: str) -> None:
    change(world, insert(group_members).values(group_name="administrator", unit_id="", person_id=world.ids[party]))
    if party in (MENTOR, MENTEE):
        case, role, to = agreed(world), "agency_head", "secretary"
    else:
        case, role, to = world.road("forward"), "verifier", "second_verifier"
    with pytest.raises(NotYours, match="Mintalah administrator lain"):
        move(world, case, role, to, by=party)
    assert move(world, case, role, to)


def test_an_administrator_who_has_acted_or_had_a_deputy_act_on_a_case_moves_none_of_its_tasks(world: World) -> None:
    post = post_of(world, "nursing_head")
    hold(world, post, "third_nurse")
    lend(world, "delegasi", post, "fourth_nurse")
    case = world.submitted()
    world.fire(case, "endorse", "fourth_nurse")
    hold(world, post, "nursing_head")
    for who in ("third_nurse", "fourth_nurse"):
        change(world, insert(group_members).values(group_name="administrator", unit_id="", person_id=world.ids[who]))
        with pytest.raises(NotYours, match="Mintalah administrator lain"):
            move(world, case, "agency_head", "secretary", by=who)


def test_a_task_is_not_moved_to_an_administrator_who_is_a_party(world: World) -> None:
    admin = insert(group_members).values(group_name="administrator", unit_id="", person_id=world.ids["secretary"])
    change(world, admin)
    with pytest.raises(NotYours, match="bukan kepada administrator"):
        move(world, world.road("endorse"), "agency_head", "secretary")
