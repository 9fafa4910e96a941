"""Standing in: a mandate from its proposal to its end, what it is for, how far it goes, and what it never gets around."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, delete, insert, select, update

from policies.authority import may_decide
from policies.dates import written
from tests.mentoring import MENTEE, MENTOR, agreed
from tests.offices import (
    DAY,
    LONG,
    TODAY,
    accept,
    away,
    change,
    gone,
    hold,
    lend,
    moment,
    names,
    post_of,
    propose,
    revoke,
    waiting,
)
from tests.registers import NOTHING_WRONG, verified
from tests.workflow.test_authority import INSIDE, last_actor, reseat, seats
from tests.workflow.test_who_can import asked, kept
from tests.world import World
from workflow.authority.bench import Bench
from workflow.cases import load
from workflow.errors import NotFound, NotNow, NotYours, Problem, Refused
from workflow.facts import Situation
from workflow.letters.parts import LetterFrame
from workflow.people import (
    By,
    PeopleError,
    Terms,
    leave,
    propose_mandate,
    refuse_mandate,
    revoke_mandate,
    tell_of_silence,
)
from workflow.proof.public import PublicLetter, letter_of_code
from workflow.proof.verdict import of_letter
from workflow.tables import (
    cases,
    effects,
    group_members,
    letters,
    mandate_events,
    mandates,
    participants,
    tasks,
    tenures,
)


def told(world: World, who: str) -> list[str]:
    """What somebody was told that is about no case, oldest first."""
    query = select(effects.c.payload).where(
        effects.c.subject_id == world.ids[who], effects.c.kind == "message", effects.c.case_id.is_(None)
    )
    return [json.loads(row.payload)["says"] for row in world.all(query.order_by(effects.c.id))]


def refuse(world: World, mandate: str, who: str, reason: str = "Sedang bertugas di luar kota") -> None:
    world.database.write(refuse_mandate, mandate, reason, By(world.ids[who], who), moment(world))


# --- Proposed and answered -------------------------------------------------------------------------------------------


def test_a_mandate_gives_nothing_until_it_is_accepted(world: World) -> None:
    post = post_of(world, "nursing_head")
    mandate = propose(world, "mandat", post, "second_nurse", by="nursing_head")
    case = world.submitted()
    assert seats(world, case, "supervisor") == ["nursing_head"]
    with pytest.raises(NotFound):
        world.fire(case, "endorse", "second_nurse", acknowledge=())
    accept(world, mandate, "second_nurse")
    assert reseat(world, case)
    assert set(waiting(world, case)) == {"nursing_head", "second_nurse"}
    world.fire(case, "endorse", "second_nurse")
    assert last_actor(world, case)["mandate"]["of"] == "Nursing Head"
    assert verified(world, "mandates") == NOTHING_WRONG


def test_a_mandate_that_is_accepted_late_counts_from_that_day_on(world: World) -> None:
    mandate = propose(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    world.at += 3 * DAY
    accept(world, mandate, "second_nurse")
    assert seats(world, case, "supervisor") == ["nursing_head", "second_nurse (mandat)"]
    world.at -= DAY
    assert seats(world, case, "supervisor") == ["nursing_head"]


def test_both_are_told_and_a_refusal_carries_its_reason(world: World) -> None:
    mandate = propose(world, "plh", post_of(world, "nursing_head"), "second_nurse", by="nursing_head")
    assert "Terima atau tolaklah" in told(world, "second_nurse")[-1]
    refuse(world, mandate, "second_nurse")
    assert "Sedang bertugas di luar kota" in told(world, "nursing_head")[-1]
    with pytest.raises(NotNow, match="sudah ditolak"):
        accept(world, mandate, "second_nurse")
    with pytest.raises(PeopleError, match="sudah ditolak"):
        revoke(world, mandate, TODAY)
    assert lend(world, "plh", post_of(world, "nursing_head"), "third_nurse")


def test_a_refusal_without_a_reason_is_none(world: World) -> None:
    mandate = propose(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    with pytest.raises(PeopleError, match="alasannya"):
        refuse(world, mandate, "second_nurse", "-")


def test_a_silent_receiver_is_told_of_once_and_only_to_the_giver(world: World) -> None:
    propose(world, "plh", post_of(world, "nursing_head"), "second_nurse", by="nursing_head")
    for _ in range(4):
        world.database.write(tell_of_silence, moment(world))
        world.at += DAY
    silent = [says for says in told(world, "nursing_head") if "belum dijawab" in says]
    assert len(silent) == 1
    assert len(told(world, "second_nurse")) == 1
    assert verified(world, "mandates") == NOTHING_WRONG


def test_the_daily_sweep_tells_of_silence(world: World) -> None:
    propose(world, "plh", post_of(world, "nursing_head"), "second_nurse", by="nursing_head")
    world.at += 5 * DAY
    assert world.sweep().held_up == []
    assert "belum dijawab" in told(world, "nursing_head")[-1]


@pytest.mark.parametrize(
    ("by", "receiver", "error", "says"),
    [
        ("stranger", "second_nurse", NotYours, "dilimpahkan oleh pemangkunya"),
        ("second_nurse", "second_nurse", NotYours, "dilimpahkan oleh pemangkunya"),
        ("hospital_head", "second_nurse", NotYours, "dilimpahkan oleh pemangkunya"),
        ("nursing_head", "nursing_head", PeopleError, "sendiri memegang"),
        ("nursing_head", "contact", PeopleError, "tidak dapat menerima"),
    ],
)
def test_nobody_lends_what_is_not_theirs(world: World, by: str, receiver: str, error: type[Problem], says: str) -> None:
    with pytest.raises(error, match=says):
        propose(world, "mandat", post_of(world, "nursing_head"), receiver, by=by)
    assert world.all(select(mandates)) == []


@pytest.mark.parametrize("receiver", ["third_nurse", "contact"])
def test_whoever_may_lend_nothing_learns_nothing_of_whom_they_name(world: World, receiver: str) -> None:
    gone(world, "third_nurse")
    with pytest.raises(NotYours):
        propose(world, "mandat", post_of(world, "nursing_head"), receiver, by="stranger")


def test_whoever_records_mandates_records_none_for_themselves(world: World) -> None:
    terms = (world, "mandat", post_of(world, "agency_chief"), "administrator")
    with pytest.raises(NotYours):
        propose(*terms, by="clerk_1")
    assert propose(*terms, by="verifier")
    own = Terms("mandat", post_of(world, "secretary"), world.ids["verifier"], TODAY, TODAY, "1", TODAY)
    with pytest.raises(NotYours, match="bagi dirinya sendiri"):
        world.database.write(propose_mandate, own, By(world.ids["verifier"], "verifier"), moment(world))


def test_whoever_stands_above_a_vacant_post_names_who_acts_for_it(world: World) -> None:
    post = post_of(world, "nursing_head")
    world.database.write(leave, world.ids["nursing_head"], TODAY, today=TODAY)
    with pytest.raises(PeopleError, match="kosong"):
        propose(world, "mandat", post, "second_nurse", by="administrator")
    mandate = propose(world, "plt", post, "second_nurse", by="hospital_head")
    accept(world, mandate, "second_nurse")
    assert seats(world, world.submitted(), "supervisor") == ["second_nurse (plt)"]


def test_a_stranger_does_not_learn_that_there_is_a_mandate(world: World) -> None:
    mandate = propose(world, "mandat", post_of(world, "nursing_head"), "second_nurse", by="nursing_head")
    with pytest.raises(NotFound, match="atau bukan untuk Anda lihat"):
        accept(world, mandate, "stranger")
    with pytest.raises(NotFound, match="atau bukan untuk Anda lihat"):
        revoke(world, mandate, TODAY, by="stranger")
    with pytest.raises(NotYours, match="penerimanya sendiri"):
        accept(world, mandate, "nursing_head")


# --- What it is for --------------------------------------------------------------------------------------------------


def test_a_mandate_is_for_the_cases_of_its_units(world: World) -> None:
    lend(world, "mandat", post_of(world, "secretary"), "health_head", units="DINKES,SETDA")
    assert seats(world, world.road("verify"), "signatory") == ["secretary"]
    change(world, update(mandates).values(units="RSUD"))
    assert seats(world, world.road("verify", "second_nurse"), "signatory") == ["secretary", "health_head (mandat)"]


def test_a_stand_in_for_another_process_leaves_the_holder_who_is_away_to_be_climbed_over(world: World) -> None:
    away(world, "nursing_head")
    lend(world, "plh", post_of(world, "nursing_head"), "second_nurse", scope="mentoring")
    assert set(waiting(world, world.submitted())) == {"nursing_head", "hospital_head"}


def test_a_stand_in_who_is_away_too_is_climbed_over(world: World) -> None:
    away(world, "nursing_head")
    lend(world, "plh", post_of(world, "nursing_head"), "second_nurse")
    away(world, "second_nurse")
    assert set(waiting(world, world.submitted())) == {"second_nurse", "hospital_head"}


def test_a_mandate_for_other_kinds_of_letters_signs_none_of_these(world: World) -> None:
    post = post_of(world, "agency_chief")
    mandate = lend(world, "mandat", post, "health_head", letters="internship_assignment")
    world.road("complete")
    ((assignee, letter),) = world.all(_AWAITING)
    assert assignee == world.ids["agency_chief"]
    with pytest.raises(Refused, match="tidak meliputi jenis surat ini"):
        world.sign(letter, "health_head")
    revoke(world, mandate, world.at.date())
    lend(world, "mandat", post, "health_head", letters="internship_credit_certificate", from_on=world.at.date())
    world.sign(letter, "health_head")


def test_a_letter_outside_of_the_mandate_of_whoever_issues_it_awaits_the_holder(world: World) -> None:
    lend(world, "mandat", post_of(world, "secretary"), "health_head", letters="internship_assignment")
    case = world.road("verify")
    world.fire(case, "request_host", "health_head")
    ((assignee, letter),) = world.all(_AWAITING)
    assert assignee == world.ids["secretary"]
    with pytest.raises(Refused, match="tidak meliputi jenis surat ini"):
        world.sign(letter, "health_head")


_AWAITING = select(tasks.c.assignee_id, tasks.c.letter_id).where(tasks.c.letter_id.is_not(None))


def test_scopes_are_read_where_they_are_written_and_refused_where_they_name_nothing(world: World) -> None:
    post = post_of(world, "secretary")
    with pytest.raises(PeopleError, match="tidak dikenal"):
        propose(world, "mandat", post, "health_head", units="ENTAH")
    with pytest.raises(PeopleError, match="Jenis surat"):
        propose(world, "mandat", post, "health_head", letters="a b")


# --- How far it goes -------------------------------------------------------------------------------------------------


def test_authority_that_was_lent_is_passed_on_once_with_all_names_on_record(world: World) -> None:
    post = post_of(world, "nursing_head")
    first = lend(world, "delegasi", post, "second_nurse")
    second = propose(world, "mandat", post, "third_nurse", by="second_nurse")
    accept(world, second, "third_nurse")
    case = world.submitted()
    assert "third_nurse (mandat)" in seats(world, case, "supervisor")
    with pytest.raises(Refused, match="paling banyak 1 tingkat"):
        propose(world, "mandat", post, "fourth_nurse", by="third_nurse")
    world.fire(case, "endorse", "third_nurse")
    mandate = last_actor(world, case)["mandate"]
    assert (mandate["of"], mandate["through"]) == ("Nursing Head", ["Second Nurse"])
    assert world.all(select(mandates.c.via_id).where(mandates.c.id == second))[0].via_id == first


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"receiver": "nursing_head"}, "sendiri memegang"),
        ({"until_on": date(2027, 1, 31)}, "dilimpahkan oleh pemangkunya"),
        ({"scope": "*"}, "melampaui cakupan"),
        ({"kind": "plh"}, "diteruskan sebagai mandat"),
    ],
)
def test_what_is_passed_on_is_never_more_than_what_was_lent(world: World, changes: dict[str, Any], says: str) -> None:
    post = post_of(world, "nursing_head")
    lend(world, "mandat", post, "second_nurse", scope="internship")
    terms = {"kind": "mandat", "receiver": "third_nurse", "scope": "internship", **changes}
    with pytest.raises(Problem, match=says):
        propose(world, terms.pop("kind"), post, terms.pop("receiver"), by="second_nurse", **terms)


def test_what_was_passed_on_ends_with_what_it_came_from(world: World) -> None:
    post = post_of(world, "nursing_head")
    first = lend(world, "mandat", post, "second_nurse")
    accept(world, propose(world, "mandat", post, "third_nurse", by="second_nurse"), "third_nurse")
    case = world.submitted()
    revoke(world, first, TODAY, by="nursing_head")
    assert seats(world, case, "supervisor") == ["nursing_head"]


def test_a_chain_that_was_made_longer_in_the_tables_gives_nothing(world: World) -> None:
    post = post_of(world, "nursing_head")
    lend(world, "mandat", post, "second_nurse")
    second = lend(world, "mandat", post, "third_nurse")
    third = lend(world, "mandat", post, "fourth_nurse")
    first = world.all(select(mandates.c.id).where(mandates.c.receiver_id == world.ids["second_nurse"]))[0].id
    for mandate, via, giver in ((second, first, "second_nurse"), (third, second, "third_nurse")):
        change(
            world,
            update(mandates).where(mandates.c.id == mandate).values(via_id=via, giver_id=world.ids[giver]),
        )
    case = world.submitted()
    assert set(seats(world, case, "supervisor")) == {"nursing_head", "second_nurse (mandat)", "third_nurse (mandat)"}
    change(world, update(mandates).where(mandates.c.id == first).values(via_id=second))
    assert seats(world, case, "supervisor") == ["nursing_head"]
    assert len(verified(world, "mandates")) >= 3


def test_nobody_stands_in_for_whoever_stands_in_for_them(world: World) -> None:
    lend(world, "plh", post_of(world, "nursing_head"), "hospital_head")
    lend(world, "plh", post_of(world, "hospital_head"), "health_head")
    with pytest.raises(PeopleError, match="berputar"):
        propose(world, "plh", post_of(world, "health_head"), "nursing_head")


def test_a_stand_in_who_is_to_end_later_still_closes_the_circle(world: World) -> None:
    mandate = lend(world, "plh", post_of(world, "nursing_head"), "hospital_head")
    revoke(world, mandate, LONG, by="hospital_head")
    with pytest.raises(PeopleError, match="berputar"):
        propose(world, "plh", post_of(world, "hospital_head"), "nursing_head")


# --- When it ends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "stands"), [("mandat", False), ("plh", False), ("delegasi", True)])
def test_a_mandate_of_the_former_holder_ends_with_them_and_what_was_delegated_has_passed_on(
    world: World, kind: str, stands: bool
) -> None:
    post = post_of(world, "nursing_head")
    lend(world, kind, post, "second_nurse")
    case = world.submitted()
    hold(world, post, "third_nurse")
    reseat(world, case)
    assert ("second_nurse" in waiting(world, case)) is stands
    assert "third_nurse" in waiting(world, case)


def test_who_acts_for_a_vacant_post_ends_when_somebody_holds_it(world: World) -> None:
    post = post_of(world, "nursing_head")
    world.database.write(leave, world.ids["nursing_head"], TODAY, today=TODAY)
    lend(world, "plt", post, "second_nurse")
    case = world.submitted()
    hold(world, post, "third_nurse")
    assert seats(world, case, "supervisor") == ["third_nurse"]
    with pytest.raises(NotYours, match="sudah dipangku pejabat definitif"):
        world.fire(case, "endorse", "second_nurse", acknowledge=())


def test_a_mandate_that_ends_between_page_and_click_is_refused_with_its_reason(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    ((seen,),) = world.database.read(lambda conn: conn.execute(_version(case)).all())
    revoke(world, mandate, TODAY, by="nursing_head")
    with pytest.raises(NotYours, match="dicabut sejak 2 Maret 2026"):
        world.fire(case, "endorse", "second_nurse", acknowledge=(), version=seen)
    reseat(world, case)
    with pytest.raises(NotYours, match="dicabut sejak 2 Maret 2026"):
        world.fire(case, "endorse", "second_nurse", acknowledge=(), version=seen)


def test_a_mandate_whose_days_are_over_between_page_and_click_is_refused_with_its_reason(world: World) -> None:
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse", until_on=TODAY)
    case = world.submitted()
    world.at += DAY
    with pytest.raises(NotYours, match="berakhir pada 2 Maret 2026"):
        world.fire(case, "endorse", "second_nurse", acknowledge=())


def test_a_giver_who_loses_the_post_between_page_and_click_is_told_so_and_so_is_the_receiver(world: World) -> None:
    post = post_of(world, "nursing_head")
    lend(world, "mandat", post, "second_nurse")
    case = world.submitted()
    world.at += DAY
    hold(world, post, "third_nurse")
    with pytest.raises(NotYours, match="pemberinya tidak memangku jabatan itu"):
        world.fire(case, "endorse", "second_nurse", acknowledge=())
    with pytest.raises(NotYours, match="tidak Anda pangku lagi sejak 3 Maret 2026"):
        world.fire(case, "endorse", "nursing_head", acknowledge=())


def test_a_letter_is_not_signed_by_a_mandate_that_has_ended(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "agency_chief"), "health_head")
    case = world.road("complete")
    letter = world.all(_AWAITING)[0].letter_id
    revoke(world, mandate, world.at.date())
    reseat(world, case)
    with pytest.raises(NotYours, match="dicabut sejak"):
        world.sign(letter, "health_head")


def test_nothing_is_revoked_for_a_day_gone_by(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    world.at += 3 * DAY
    with pytest.raises(PeopleError, match="yang sudah dilakukan tetap berlaku"):
        revoke(world, mandate, TODAY)
    by = By(world.ids["second_nurse"], "second_nurse")
    world.database.write(revoke_mandate, mandate, TODAY + 3 * DAY, by, moment(world), "Pindah tugas")
    assert "dicabut oleh second_nurse" in told(world, "nursing_head")[-1]


def test_a_mandate_that_was_revoked_for_later_is_still_ended_sooner(world: World) -> None:
    mandate = lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted()
    revoke(world, mandate, LONG, by="second_nurse")
    revoke(world, mandate, TODAY, by="nursing_head")
    assert seats(world, case, "supervisor") == ["nursing_head"]
    assert verified(world, "mandates") == NOTHING_WRONG
    with pytest.raises(PeopleError, match="sudah dicabut sejak 2 Maret 2026"):
        revoke(world, mandate, LONG, by="second_nurse")


def test_a_stand_in_of_a_former_holder_does_not_keep_a_plt_from_being_named_and_is_told_why_it_fell_away(
    world: World,
) -> None:
    post = post_of(world, "nursing_head")
    mandate = lend(world, "plh", post, "second_nurse")
    world.at += DAY
    gone(world, "nursing_head", on=TODAY + DAY)
    accept(world, propose(world, "plt", post, "third_nurse", from_on=TODAY + DAY), "third_nurse")
    assert seats(world, world.submitted(), "supervisor") == ["third_nurse (plt)"]
    why = "gugur sejak 3 Maret 2026: pemberinya tidak memangku jabatan Kepala Bidang Keperawatan lagi"
    for who in ("second_nurse", "nursing_head", "administrator"):
        assert why in " ".join(told(world, who)), who
    ((row,),) = (world.all(select(mandates.c.revoked_on).where(mandates.c.id == mandate)),)
    assert row.revoked_on == TODAY + DAY
    assert verified(world, "mandates") == NOTHING_WRONG


@pytest.mark.parametrize("leaves", [True, False])
def test_a_stand_in_whose_giver_leaves_before_a_plt_begins_stands_in_nobodys_way_and_keeps_its_days(
    world: World, leaves: bool
) -> None:
    post, later = post_of(world, "nursing_head"), TODAY + 10 * DAY
    lend(world, "plh", post, "second_nurse")
    if not leaves:
        with pytest.raises(PeopleError, match="tidak kosong"):
            propose(world, "plt", post, "third_nurse", from_on=later)
        return
    world.database.write(leave, world.ids["nursing_head"], later, today=TODAY)
    assert propose(world, "plt", post, "third_nurse", from_on=later)
    assert "second_nurse (plh)" in seats(world, world.submitted(), "supervisor")


def test_the_sweep_ends_what_fell_away_once_with_all_that_was_passed_on_by_it(world: World) -> None:
    post = post_of(world, "nursing_head")
    lend(world, "mandat", post, "second_nurse")
    accept(world, propose(world, "mandat", post, "third_nurse", by="second_nurse"), "third_nurse")
    lend(world, "delegasi", post, "fourth_nurse")
    case = world.submitted()
    world.at += DAY
    hold(world, post, "stranger")
    for _ in range(2):
        assert world.sweep().held_up == []
    ended = {row.receiver_id for row in world.all(select(mandates).where(mandates.c.revoked_on == TODAY + DAY))}
    assert ended == {world.ids["second_nurse"], world.ids["third_nurse"]}
    assert len([says for says in told(world, "third_nurse") if "gugur sejak" in says]) == 1
    assert verified(world, "mandates") == NOTHING_WRONG
    with pytest.raises(NotYours, match="gugur sejak 3 Maret 2026: pemberinya tidak memangku"):
        world.fire(case, "endorse", "second_nurse", acknowledge=())


def test_what_fell_away_before_it_was_answered_is_not_said_to_have_been_revoked(world: World) -> None:
    post = post_of(world, "nursing_head")
    mandate = propose(world, "plh", post, "second_nurse", from_on=TODAY + 10 * DAY)
    world.at += DAY
    hold(world, post, "stranger")
    assert world.sweep().held_up == []
    for answer in (accept, refuse):
        with pytest.raises(
            NotNow, match="sudah gugur: pemberinya tidak memangku jabatan Kepala Bidang Keperawatan lagi"
        ):
            answer(world, mandate, "second_nurse")


def test_a_plt_falls_away_when_somebody_holds_the_post_and_a_plh_of_theirs_is_named(world: World) -> None:
    post = post_of(world, "nursing_head")
    gone(world, "nursing_head")
    lend(world, "plt", post, "second_nurse")
    world.at += DAY
    hold(world, post, "third_nurse")
    accept(world, propose(world, "plh", post, "fourth_nurse", by="third_nurse", from_on=TODAY + DAY), "fourth_nurse")
    assert "sudah dipangku pejabat definitif sejak 3 Maret 2026" in told(world, "second_nurse")[-1]


def test_a_new_holder_ends_what_their_predecessor_delegated(world: World) -> None:
    post = post_of(world, "nursing_head")
    mandate = lend(world, "delegasi", post, "second_nurse")
    world.at += DAY
    with pytest.raises(NotFound):
        revoke(world, mandate, TODAY + DAY, by="third_nurse")
    hold(world, post, "third_nurse")
    revoke(world, mandate, TODAY + DAY, by="third_nurse")
    assert "dicabut oleh third_nurse" in told(world, "second_nurse")[-1]


def test_of_several_mandates_the_one_that_suffices_is_passed_on_and_named(world: World) -> None:
    post = post_of(world, "nursing_head")
    narrow = lend(world, "mandat", post, "second_nurse", scope="mentoring")
    wide = lend(world, "delegasi", post, "second_nurse", scope="internship")
    for scope, source, called in (("internship", wide, "Delegasi"), ("mentoring", narrow, "Mandat")):
        passed = propose(world, "mandat", post, "third_nurse", by="second_nurse", scope=scope)
        assert world.all(select(mandates.c.via_id).where(mandates.c.id == passed))[0].via_id == source
        assert f"melalui {called} (dasar 800/1/SP/2026" in " ".join(told(world, "third_nurse"))
    with pytest.raises(PeopleError, match="melampaui cakupan"):
        propose(world, "mandat", post, "third_nurse", by="second_nurse", scope="*")


# --- What it never gets around ---------------------------------------------------------------------------------------


def test_a_participant_does_not_decide_through_whoever_stands_in_for_them(world: World) -> None:
    """The head of a hospital asks for an internship, lends their post, and would be endorsed in their own name."""
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    case = world.submitted("nursing_head")
    assert "second_nurse (mandat)" not in seats(world, case, "supervisor")
    lend(world, "plh", post_of(world, "hospital_head"), "second_nurse")
    own = world.submitted("hospital_head", **INSIDE)
    assert all("second_nurse" not in seat for role in ("agency_head", "supervisor") for seat in seats(world, own, role))


def test_what_was_passed_on_does_not_wash_off_whose_it_is(world: World) -> None:
    post = post_of(world, "hospital_head")
    lend(world, "delegasi", post, "second_nurse")
    accept(world, propose(world, "mandat", post, "third_nurse", by="second_nurse"), "third_nurse")
    of_giver, of_between = world.submitted("hospital_head", **INSIDE), world.submitted("second_nurse")
    for case in (of_giver, of_between):
        assert all("third_nurse" not in seat for seat in seats(world, case, "agency_head")), case


def test_what_was_delegated_before_does_not_decide_for_whoever_holds_the_post_now(world: World) -> None:
    post = post_of(world, "hospital_head")
    lend(world, "delegasi", post, "second_nurse")
    hold(world, post, "third_nurse")
    case = world.submitted("third_nurse", **INSIDE)
    assert all("second_nurse" not in seat for seat in seats(world, case, "agency_head"))
    hold(world, post, MENTOR)
    assert all("second_nurse" not in seat for seat in seats(world, agreed(world), "agency_head"))


def test_a_mentor_and_a_mentee_do_not_approve_by_mandate_nor_does_anybody_in_their_name(world: World) -> None:
    post = post_of(world, "hospital_head")
    lend(world, "mandat", post, MENTOR)
    lend(world, "mandat", post, MENTEE)
    accept(world, propose(world, "mandat", post, "fourth_nurse", by=MENTOR), "fourth_nurse")
    case = agreed(world)
    assert seats(world, case, "agency_head") == ["hospital_head"]
    versions = {case: world.database.read(lambda conn: conn.execute(_version(case)).scalar_one())}
    for who in (MENTOR, MENTEE, "fourth_nurse"):
        with pytest.raises((NotYours, NotFound)):
            world.fire(case, "approve", who, acknowledge=())
        with pytest.raises((NotYours, NotFound)):
            world.database.write(
                world.engine.fire_several, [case], "approve", world.actor(who), {}, world.at, versions=versions
            )


def test_nobody_signs_a_keputusan_by_mandate(world: World) -> None:
    law = moment(world).law
    assert [kind for kind in ("plt", "plh", "mandat", "pj", "delegasi", "") if may_decide(kind, law)] == [
        "pj",
        "delegasi",
        "",
    ]


def verified_in_the_name_of(world: World, giver: str) -> str:
    """A case whose host was answered for by a deputy of ``giver``, who has another post by now; answers the case."""
    post = post_of(world, "health_head")
    hold(world, post, giver)
    lend(world, "delegasi", post, "second_nurse")
    case = world.submitted(**INSIDE)
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("endorse", "nursing_head", {}),
        ("forward", "hospital_head", {}),
        ("verify", "verifier", {}),
        ("request_host", "agency_chief", {}),
        ("confirm", "second_nurse", {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}),
    )
    for trigger, who, form in steps:
        world.fire(case, trigger, who, form)
    hold(world, post, "health_head")
    return case


def test_whoever_lent_their_post_is_kept_apart_by_what_the_deputy_did_in_their_name(world: World) -> None:
    case = verified_in_the_name_of(world, "fourth_nurse")
    assert "fourth_nurse" in barred(world, case, "signatory")
    hold(world, post_of(world, "agency_chief"), "fourth_nurse")
    for role in ("signatory", "personnel_head"):
        assert "fourth_nurse" not in {seat.rstrip("^") for seat in seats(world, case, role)}
        assert seats(world, case, role), "and yet nobody is stuck"
    assert [line for part in ("chain", "cases") for line in verified(world, part)] == NOTHING_WRONG


def test_whoever_stands_in_for_one_who_is_kept_apart_so_is_kept_apart_too(world: World) -> None:
    case = verified_in_the_name_of(world, "fourth_nurse")
    post = post_of(world, "agency_chief")
    hold(world, post, "fourth_nurse")
    lend(world, "mandat", post, "third_nurse")
    assert seats(world, case, "personnel_head") == ["secretary^"]


def test_who_acted_through_a_deputy_is_told_so_when_they_act_in_another_role(world: World) -> None:
    case = verified_in_the_name_of(world, "fourth_nurse")
    change(
        world,
        insert(group_members).values(group_name="bkpsdm.verifier", unit_id="", person_id=world.ids["fourth_nurse"]),
    )
    found = asked(world, case, "verify")
    assert kept(found, world)["fourth_nurse"] == (
        "Second Nurse sudah bertindak sebagai instansi penerima atas nama dirinya, yang harus terpisah"
    )
    with pytest.raises(NotYours, match="Second Nurse sudah bertindak pada berkas ini"):
        world.fire(case, "cancel", "fourth_nurse", acknowledge=())


def test_checking_notices_that_a_deputy_is_forgotten(world: World) -> None:
    case = verified_in_the_name_of(world, "fourth_nurse")
    change(world, update(participants).where(participants.c.case_id == case).values(deputy_id=None))
    assert any("tidak lagi tercatat diwakili" in says for says in verified(world, "cases"))


def barred(world: World, case: str, role: str) -> set[str]:
    def look(conn: Connection) -> set[str]:
        stored = load(conn, case)
        process = world.engine.registry.process(stored.process)
        return Bench(Situation(conn, world.engine.office, process, stored, stored.form, world.at)).barred(role)

    return {names(world)[person] for person in world.database.read(look)}


# --- On the letter ---------------------------------------------------------------------------------------------------


def certificate(world: World, who: str) -> tuple[str, PublicLetter]:
    """A certificate that somebody signed, by what it says of their authority, and as the public sees it."""
    letter = world.all(_AWAITING)[0].letter_id
    world.sign(letter, who)
    ((frame, code),) = world.all(select(letters.c.frame, letters.c.code).where(letters.c.id == letter))
    world.letters_are_made()
    seen = world.database.read(letter_of_code, code, world.engine.office.zone)
    assert seen is not None
    (block,) = msgspec.json.decode(frame, type=LetterFrame).signatures
    return block.for_whom, seen


def test_a_letter_of_a_stand_in_names_the_absent_holder_and_the_letter_it_rests_on(world: World) -> None:
    world.road("complete")
    day = world.at.date()
    away(world, "agency_chief")
    lend(world, "plh", post_of(world, "agency_chief"), "health_head", from_on=day)
    says, seen = certificate(world, "health_head")
    title = "Plh. Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
    assert says == (
        f"Ditandatangani oleh Health Head selaku {title}, menggantikan Agency Chief yang berhalangan sementara, "
        f"berdasarkan surat Nomor 800/1/SP/2026 tanggal {written(day)}."
    )
    assert seen.for_whom == (says,)
    assert ("Kewenangan", says) in of_letter(seen).rows


@pytest.mark.parametrize("known", [True, False])
def test_a_letter_of_a_plt_names_who_held_the_vacant_post_last_where_that_is_known(world: World, known: bool) -> None:
    world.road("complete")
    day, post = world.at.date(), post_of(world, "agency_chief")
    gone(world, "agency_chief", on=day)
    world.sweep()
    if not known:
        change(world, delete(tenures).where(tenures.c.position_id == post))
    lend(world, "plt", post, "health_head", from_on=day)
    says, _ = certificate(world, "health_head")
    last = " (terakhir dipangku oleh Agency Chief)" if known else ""
    assert f"karena jabatan tersebut kosong{last}, berdasarkan surat Nomor" in says


@pytest.mark.parametrize("kind", ["mandat", "delegasi", ""])
def test_a_letter_signed_by_mandate_or_by_the_holder_has_no_such_line(world: World, kind: str) -> None:
    world.road("complete")
    if kind:
        lend(world, kind, post_of(world, "agency_chief"), "health_head", from_on=world.at.date())
    says, seen = certificate(world, "health_head" if kind else "agency_chief")
    assert (says, seen.for_whom) == ("", ())


# --- On record -------------------------------------------------------------------------------------------------------


def test_checking_notices_what_was_changed_beside_the_log(world: World) -> None:
    mandate = propose(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    assert verified(world, "mandates") == NOTHING_WRONG
    change(world, update(mandates).where(mandates.c.id == mandate).values(accepted_on=TODAY))
    assert any("tidak lagi seperti" in says for says in verified(world, "mandates"))


def test_checking_notices_an_event_that_says_something_else(world: World) -> None:
    lend(world, "mandat", post_of(world, "nursing_head"), "second_nurse")
    event = world.all(select(mandate_events).order_by(mandate_events.c.sequence))[-1]
    altered = event.payload.replace("second_nurse", "third_nurse")
    change(world, update(mandate_events).where(mandate_events.c.id == event.id).values(payload=altered))
    assert any("tidak lagi sama" in says for says in verified(world, "mandates"))


def _version(case: str) -> Any:
    return select(cases.c.version).where(cases.c.id == case)
