"""An award that is taken back, before the hand-over and after it: its letters, its money, and what the record says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.award_rounds import (
    AMOUNT,
    CHAIR,
    PANEL,
    VERIFIER,
    all_signed,
    closed,
    for_awards,
    found,
    handing,
    kinds_of,
    letter,
    open_round,
    payment,
    scored,
    together,
    verified,
)
from tests.letters_on_their_way import act
from tests.offices import PreparedOffice, all_stored, put_back
from tests.registers import called
from tests.stories.test_a_medal import MEDAL, keppres
from tests.stories.test_small_recognition import thanked
from tests.witness import balances, body, happened, recorded, refused, state
from tests.world import World
from workflow.awards.personnel_record import personnel_record
from workflow.budgets.reconciling import reconcile
from workflow.budgets.seeing import Wanted, budget_left
from workflow.budgets.spending import booked
from workflow.budgets.treasury import Payments
from workflow.errors import Refused
from workflow.letters.acts import Resubmit, SendBack
from workflow.proof.public import letter_of_code
from workflow.proof.verdict import Verdict, of_letter
from workflow.tables import cohort_cases, letter_cases, letters, postings
from workflow.telling.explain import explain

RULE = "PP 11/2017 Pasal 231"
SLIP = "7/STS/2026"
PIAGAM, PETIKAN, DECREE = "award_certificate", "award_excerpt", "award_decree"


@dataclass(frozen=True)
class Awards:
    """Two whom one decree names, with petikan and piagam, paid and not handed over yet: the first is the nurse."""

    world: World
    first: str
    second: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def built(request: pytest.FixtureRequest) -> tuple[PreparedOffice, Awards]:
    """Built once on either database."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = for_awards(office.as_new())
    of_round = open_round(world, receivers=[{"kind": "regional", "number": 2}])
    first, second = verified(world, "nurse", in_round=of_round), verified(world, "stranger", in_round=of_round)
    closed(world)
    scored(world, first, 90, 80, PANEL)
    scored(world, second, 70, 75, tuple(each for each in PANEL if each != "health_head"))
    together(world, of_round).act("recommend", CHAIR)
    together(world, of_round).act("confirm_budget", "treasurer")
    all_signed(world, first)
    for trigger, who in (("decree", "regent"), ("extract", "agency_chief")):
        together(world, of_round).act(trigger, who)
        for case in (first, second):
            all_signed(world, case)
    for case, number in ((first, "00123/SP2D/2026"), (second, "00124/SP2D/2026")):
        world.fire(case, "record_payment", VERIFIER, payment(world, sp2d_number=number))
    return office.as_it_is(world), Awards(world, first, second)


@pytest.fixture
def decreed(built: tuple[PreparedOffice, Awards]) -> Awards:
    """As it was built, for each test."""
    office, found = built
    return replace(found, world=office.as_new())


def handed_over(awards: Awards) -> World:
    """Both are handed over."""
    for case in (awards.first, awards.second):
        awards.world.fire(case, "hand_over", VERIFIER, handing(awards.world))
    return awards.world


def revocation_of(world: World, case: str, who: str = "nurse") -> str:
    """A case that is to take an award back, up to the decision."""
    revoking = world.database.write(
        world.engine.open, "award_revocation", world.actor(VERIFIER), {}, world.at, person=world.ids[who]
    ).case_id
    why = {
        "award_case": case,
        "ground": "false_data",
        "explanation": "Bukti inovasi ternyata karya perangkat daerah lain.",
        "evidence": [world.file(VERIFIER)],
    }
    world.fire(revoking, "submit", VERIFIER, why)
    world.fire(revoking, "forward", "agency_chief")
    return revoking


def paid_back(world: World, **changes: Any) -> dict[str, Any]:
    """By which rule, and that all of the money came back today."""
    day = world.engine.office.day(world.at).isoformat()
    return {"rule": RULE, "money_back": AMOUNT, "money_back_on": day, "return_slip": SLIP, **changes}


def revoked(world: World, case: str, who: str = "nurse", **changes: Any) -> str:
    """An award that was handed over is taken back by a signed decree. Answers the case that did."""
    revoking = revocation_of(world, case, who)
    world.fire(revoking, "revoke", "regent", paid_back(world, **changes))
    all_signed(world, revoking)
    return revoking


def answer(world: World, case: str, kind: str) -> Verdict:
    """What anybody is told of a letter by its code, once its file is made."""
    before = world.database.read(all_stored)
    world.letters_are_made()
    public = world.database.read(letter_of_code, letter(world, case, kind).code, UTC)
    world.database.reshape(put_back, before)
    assert public is not None
    return of_letter(public)


def told_of(world: World, case: str) -> str:
    """The story of a case."""
    return world.database.read(explain, world.engine.office, world.engine.registry, case)


def by_decree(world: World, revoking: str, kind: str = "award_late_revocation") -> str:
    """How others cite the decree that revokes."""
    row = letter(world, revoking, kind)
    assert row.dated_on == date(2026, 4, 1)
    return f"keputusan pencabutan Nomor {row.number} tanggal 1 April 2026"


# --- Letters ---------------------------------------------------------------------------------------------------------


def test_after_the_hand_over_piagam_and_petikan_are_revoked_and_the_decree_stays_for_the_other(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoking = revoked(world, decreed.first)
    by = by_decree(world, revoking)
    for kind in (PIAGAM, PETIKAN):
        told = answer(world, decreed.first, kind)
        assert (told.tone, told.title) == ("bad", "SURAT DICABUT")
        assert told.lines[0] == f"Surat ini sudah dicabut dengan {by}. Nomornya tetap tercatat."
        assert answer(world, decreed.second, kind).title == "SURAT BERLAKU"
    decree = answer(world, decreed.first, DECREE)
    assert (decree.tone, decree.title) == ("care", "SURAT BERLAKU")
    assert f"Dicabut bagi sebagian orang yang disebut di dalamnya dengan {by}." in decree.lines
    assert "Nurse" not in str(decree)
    assert happened(world, decreed.first).count("letter_revoked") == 3
    story = told_of(world, decreed.first)
    assert (story.count(f"Dicabut dengan {by}."), story.count(f"Dicabut bagi berkas ini dengan {by}.")) == (2, 1)
    paper = body(letter(world, revoking, "award_late_revocation"))
    assert {each["code"] for each in paper["revoked_letters"]} == {PIAGAM, PETIKAN, DECREE}
    assert paper["money_returns"][0]["slip"] == SLIP
    assert found(world) == []


def test_a_decree_is_revoked_once_nobody_is_left_whom_it_names(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoked(world, decreed.first)
    revoking = revoked(world, decreed.second, "stranger", return_slip="8/STS/2026")
    told = answer(world, decreed.second, DECREE)
    assert told.title == "SURAT DICABUT"
    assert by_decree(world, revoking) in told.lines[0]
    assert found(world) == []


def test_before_the_hand_over_what_was_issued_is_revoked_the_same_way(decreed: Awards) -> None:
    world, case = decreed.world, decreed.first
    world.fire(case, "revoke", "regent", {**paid_back(world), "reason": "Bukti inovasi tidak benar."})
    all_signed(world, case)
    by = by_decree(world, case, "award_revocation_decree")
    for kind in (PIAGAM, PETIKAN):
        assert answer(world, case, kind).lines[0].startswith(f"Surat ini sudah dicabut dengan {by}.")
        assert answer(world, decreed.second, kind).title == "SURAT BERLAKU"
    assert f"Dicabut bagi sebagian orang yang disebut di dalamnya dengan {by}." in answer(world, case, DECREE).lines
    assert balances(world) == {"available": 8_000_000, "spent": AMOUNT}
    assert found(world) == []


def test_two_revoked_in_one_act_share_one_decree_and_the_first_is_void(decreed: Awards) -> None:
    world = decreed.world
    (of_round,) = {row.cohort_id for row in world.all(select(cohort_cases))}
    together(world, of_round).act("revoke", "regent", {**paid_back(world), "reason": "Bukti inovasi tidak benar."})
    all_signed(world, decreed.first)
    paper = letter(world, decreed.first, "award_revocation_decree")
    assert paper.id == letter(world, decreed.second, "award_revocation_decree").id
    assert {each["person"]["name"] for each in body(paper)["awarded"]} == {"Nurse", "Stranger"}
    for kind in (PIAGAM, PETIKAN, DECREE):
        for case in (decreed.first, decreed.second):
            assert letter(world, case, kind).state == "void"
    assert found(world) == []


def test_a_revocation_that_is_called_back_revokes_nothing_until_it_is_signed_anew(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoking = revocation_of(world, decreed.first)
    world.fire(revoking, "revoke", "regent", paid_back(world))
    all_signed(world, revoking)
    paper = letter(world, revoking, "award_late_revocation")
    world.database.write(lambda conn: conn.execute(update(letters).where(letters.c.id == paper.id).values(trouble="x")))
    act(world, paper.id, SendBack(note="Alasannya perlu diperjelas."), "regent")
    assert answer(world, decreed.first, PIAGAM).title == "SURAT BERLAKU"
    assert "Dicabut" not in str(answer(world, decreed.first, DECREE))
    assert found(world) == []
    act(world, paper.id, Resubmit(), VERIFIER)
    all_signed(world, revoking)
    assert answer(world, decreed.first, PIAGAM).title == "SURAT DICABUT"
    assert found(world) == []


def test_a_check_finds_a_piagam_that_somebody_made_valid_again(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoked(world, decreed.first)
    piagam = letter(world, decreed.first, PIAGAM)
    again = update(letters).where(letters.c.id == piagam.id).values(state="signed", cancelled_by=None)
    world.database.write(lambda conn: conn.execute(again))
    assert [piagam.number in each for each in found(world)] == [True, True]


def test_a_check_finds_a_decree_that_somebody_put_a_revoked_award_back_on(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoked(world, decreed.first)
    back = update(letter_cases).where(letter_cases.c.changed_by.is_not(None)).values(changed_by=None)
    world.database.write(lambda conn: conn.execute(back))
    assert any("surat perubahan bagi berkas ini" in each for each in found(world))


# --- Small recognition -----------------------------------------------------------------------------------------------


def test_a_piagam_of_a_unit_is_revoked_by_the_head_who_gave_it(decreed: Awards) -> None:
    world = decreed.world
    case = thanked(world, "second_nurse", "hospital_head")
    world.fire(case, "decree", "hospital_head")
    all_signed(world, case)
    world.fire(case, "hand_over", VERIFIER, handing(world))
    revoking = revocation_of(world, case, "second_nurse")
    world.fire(revoking, "revoke", "hospital_head", {"rule": RULE})
    all_signed(world, revoking)
    by = by_decree(world, revoking)
    assert answer(world, case, "award_unit_certificate").lines[0].startswith(f"Surat ini sudah dicabut dengan {by}.")
    assert found(world) == []


def test_thanks_in_a_letter_are_revoked_before_the_hand_over(decreed: Awards) -> None:
    world = decreed.world
    case = thanked(world, "second_nurse", "hospital_head", thanks_by="letter")
    world.fire(case, "decree", "hospital_head")
    all_signed(world, case)
    world.fire(case, "revoke", "hospital_head", {"rule": RULE, "reason": "Salah orang."})
    all_signed(world, case)
    assert letter(world, case, "award_thanks").state == "void"
    assert found(world) == []


# --- A medal is the President's to take back -------------------------------------------------------------------------


def test_a_keppres_that_revokes_a_medal_is_recorded_with_its_scan_and_issues_no_letter(decreed: Awards) -> None:
    world = decreed.world
    case = verified(world, "second_nurse", MEDAL)
    world.fire(case, "propose_upward", "regent")
    all_signed(world, case)
    day = date(2026, 6, 2)
    world.go_to(day)
    world.fire(case, "record_decree", VERIFIER, keppres(world, day))
    world.fire(case, "hand_over", VERIFIER, handing(world))
    revoking = revocation_of(world, case, "second_nurse")
    by_keppres = {"rule": "UU 20/2009", "keppres_number": "9/TK/TAHUN 2026", "keppres_on": day.isoformat()}
    with refused(world, revoking, Refused, rules={"a_keppres_revokes_a_satyalancana"}) as refusal:
        world.fire(revoking, "revoke", "regent", by_keppres)
    assert "Pindaian Keppres belum dilampirkan." in refusal.says
    scan = world.file("regent")
    world.fire(revoking, "revoke", "regent", {**by_keppres, "keppres_scan": scan})
    assert (state(world, revoking), kinds_of(world, revoking)) == ("revoked", [])
    (entry,) = recorded(world, revoking, "late_revocation")
    assert all(each in entry.data for each in ("9/TK/TAHUN 2026", "2026-06-02", scan))
    assert found(world) == []


# --- Money -----------------------------------------------------------------------------------------------------------


def left_over(world: World) -> Any:
    """The books of 2026 as the treasurer sees them."""
    return world.database.read(budget_left, world.engine, called(world, "treasurer"), world.at, Wanted(year=2026))


def test_money_that_comes_back_within_the_year_is_free_again_and_told_with_its_slip(decreed: Awards) -> None:
    world = handed_over(decreed)
    assert balances(world) == {"available": 6_000_000, "spent": 2 * AMOUNT}
    revoking = revocation_of(world, decreed.first)
    with refused(world, revoking, Refused, rules={"money_comes_back_or_why_not"}):
        world.fire(revoking, "revoke", "regent", paid_back(world, return_slip=" "))
    world.fire(revoking, "revoke", "regent", paid_back(world))
    assert balances(world) == {"available": 8_000_000, "spent": AMOUNT}
    (told,) = left_over(world).returns
    assert (told.paid, told.back, told.booked, told.slip, told.back_on) == (
        AMOUNT,
        AMOUNT,
        AMOUNT,
        SLIP,
        date(2026, 4, 1),
    )
    movement = next(each for each in left_over(world).movements if each.source == "spent")
    assert (movement.says, movement.case_id) == (f"Dikembalikan dengan STS {SLIP} tanggal 1 April 2026", revoking)
    spent = world.database.read(booked, 2026, world.engine.office.zone)
    compared = reconcile(2026, Payments((), ()), spent, [])
    (back,) = (each for each in compared.found if each.finding == "returned")
    assert (back.number, back.ours) == (SLIP, -AMOUNT)


def test_money_that_comes_back_after_the_year_is_the_regions_revenue_and_not_the_lines(decreed: Awards) -> None:
    world = handed_over(decreed)
    world.go_to(date(2027, 1, 12))
    revoking = revoked(world, decreed.first)
    assert balances(world) == {"available": 6_000_000, "spent": 2 * AMOUNT}
    (told,) = left_over(world).returns
    assert (told.back, told.booked) == (AMOUNT, 0)
    assert "sesudah tahun anggaran 2026 berakhir: menjadi pendapatan daerah" in told.says
    assert "menjadi pendapatan daerah" in told_of(world, revoking)
    assert found(world) == []


def test_money_that_does_not_come_back_is_told_with_the_reason(decreed: Awards) -> None:
    world = handed_over(decreed)
    why = "Penerima meninggal dunia dan ahli waris dibebaskan"
    revoked(world, decreed.first, money_back=0, money_back_on=None, return_slip="", why_not_back=why)
    (told,) = left_over(world).returns
    assert (told.back, told.booked, told.says) == (0, 0, f"Rp2.000.000,00 tidak kembali: {why}.")


def test_a_check_finds_a_return_that_the_books_do_not_show(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoking = revoked(world, decreed.first)
    world.database.write(lambda conn: conn.execute(delete(postings).where(postings.c.case_id == revoking)))
    says = found(world)
    assert any("tidak ada lagi" in each for each in says)
    assert any(f"Pengembalian dengan STS {SLIP} dibukukan Rp0,00" in each for each in says)


# --- The personnel record --------------------------------------------------------------------------------------------


def test_a_revoked_award_is_not_recorded_as_given_but_as_revoked(decreed: Awards) -> None:
    world = handed_over(decreed)
    revoking = revoked(world, decreed.first)
    record = world.database.read(personnel_record, world.engine.office, world.engine.registry, 2026)
    by_case = {line.case_id: line for line in record.lines}
    assert by_case[decreed.second].revoked_by == ""
    gone = by_case[decreed.first]
    assert gone.revoked_by == letter(world, revoking, "award_late_revocation").number
    assert gone.revoked_on == date(2026, 4, 1)
    assert "1 di antaranya dicabut" in record.says
