"""The end of a budget year: parts that await it, ceilings that are lowered, promises decided one by one, a year closed."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from policies.budget import shares
from tests.money import budget_line, set_ceiling
from tests.offices import PreparedOffice, change
from tests.witness import refused
from tests.workflow.test_books import rolled_back
from tests.workflow.test_concurrency import at_once, fire, sorted_out
from tests.world import MONDAY, World
from workflow.budgets import books, ceilings, promises, remaining, year_end
from workflow.budgets.faults import imbalances
from workflow.errors import NotNow, NotYours, Refused
from workflow.letters.bodies import internship as bodies
from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame
from workflow.tables import events, letters, postings
from workflow.telling.explain import explain
from workflow.verification import Finding, verify

#: Ten days of December and thirty of January: of four million a quarter and three quarters.
OVER_NEW_YEAR = {"starts_on": "2026-12-22", "ends_on": "2027-01-30"}
OLD, NEW = 1_000_000, 3_000_000
BECAUSE = {"reason": "Pagu berkurang karena efisiensi."}


def held(world: World, case: str) -> dict[tuple[str, str], int]:
    """What a case holds, by line and account."""
    return world.database.read(books.held_by, case)


def awaiting(world: World, case: str) -> dict[int, int]:
    """What a case awaits, by year."""
    found = world.database.read(books.standing, case)
    return {each.year: each.amount for each in found if each.account == books.AWAITING and each.amount}


def on(world: World, line: str, account: str) -> int:
    """The balance of an account of a line."""
    return world.database.read(books.balance, line, account)


def findings(world: World) -> list[Finding]:
    """What a check of the whole database finds."""
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    return [finding for part in checked for finding in part.findings]


def faults(world: World) -> list[str]:
    """What a check of the whole database finds wrong."""
    return [finding.says for finding in findings(world) if finding.fails]


def final(world: World, case: str) -> None:
    """An internship over the new year comes to its final verification in February."""
    world.fire(case, "introduce", "agency_chief")
    world.go_to(date(2026, 12, 22))
    world.fire(case, "start", "nurse")
    world.go_to(date(2027, 2, 1))
    world.fire(case, "finish", "contact")
    world.fire(case, "report", "nurse", {"summary": "Laporan akhir magang di instalasi rawat intensif."})
    paper = {
        "certificate_number": "445/17/2027",
        "certificate_on": "2027-02-01",
        "certificate_file": world.file("contact"),
    }
    world.fire(case, "assess", "contact", {"scores": [{"aspect": "Kedisiplinan", "score": 90}], **paper})


def cost(world: World, amount: int) -> dict[str, Any]:
    return {"cost": amount, "proofs": [world.file("verifier")], "reason": "Tidak memenuhi kehadiran."}


# --- Over the new year -----------------------------------------------------------------------------------------------


def test_only_this_years_part_is_reserved_and_the_next_years_awaits_its_budget(world: World) -> None:
    case = world.road("request_host", **OVER_NEW_YEAR)
    assert held(world, case) == {(world.budget_line, "reserved"): OLD}
    assert awaiting(world, case) == {2027: NEW}
    assert on(world, world.budget_line, "available") == 9_000_000
    assert faults(world) == []


def test_the_surat_tugas_does_not_promise_what_awaits_a_budget(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    assert held(world, case) == {(world.budget_line, "committed"): OLD}
    (letter,) = world.all(select(letters).where(letters.c.kind == "internship_assignment"))
    frame = msgspec.json.decode(letter.frame, type=LetterFrame)
    body = msgspec.json.decode(letter.body, type=bodies.InternshipAssignment)
    page = html(letter.template, frame, body, world.engine.office.profile)
    assert (
        "dibebankan pada anggaran Fasilitasi magang – Belanja perjalanan dinas (2026). Bagian biaya tahun anggaran 2027 baru "
        "dapat dibebankan setelah DPA tahun anggaran tersebut tersedia dan belum dijanjikan dengan surat tugas ini.</p>"
    ) in page


def test_what_awaits_is_funded_once_the_next_budget_is_there_and_bound_as_the_rest_is(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    (reason,) = world.preview(case, "fund_next_year", "verifier", {}).reasons
    assert reason.says.startswith("Bagian tahun 2027 sebesar Rp3.000.000,00 menunggu DPA tahun 2027;")
    line = budget_line(world, 2027)
    world.fire(case, "fund_next_year", "treasurer", {"next_budget_line": line})
    assert held(world, case) == {(world.budget_line, "committed"): OLD, (line, "committed"): NEW}
    assert awaiting(world, case) == {}
    with pytest.raises(NotNow, match="tidak diperlukan"):
        world.fire(case, "fund_next_year", "verifier", {"next_budget_line": line})
    assert faults(world) == []


def test_each_year_bears_its_part_of_what_it_cost_and_the_rest_goes_back(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    line = budget_line(world, 2027)
    world.fire(case, "fund_next_year", "verifier", {"next_budget_line": line})
    final(world, case)
    world.fire(case, "close_unmet", "verifier", cost(world, 3_600_000))
    assert held(world, case) == {(world.budget_line, "spent"): 900_000, (line, "spent"): 2_700_000}
    assert (on(world, world.budget_line, "available"), on(world, line, "available")) == (9_100_000, 7_300_000)
    assert faults(world) == []


def test_what_is_not_funded_cannot_be_spent(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    final(world, case)
    with refused(world, case, Refused, rules={"cost_is_accounted_for"}) as refusal:
        world.fire(case, "close_unmet", "verifier", cost(world, 4_000_000))
    assert any("menunggu DPA tahun 2027" in says for says in refusal.says)


def test_a_case_that_ends_awaits_nothing_any_more(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    world.fire(case, "cancel", "verifier", BECAUSE)
    assert (held(world, case), awaiting(world, case)) == ({}, {})
    assert faults(world) == []


def test_other_dates_split_the_estimate_anew(world: World) -> None:
    case = world.road("request_host", **OVER_NEW_YEAR)
    line = budget_line(world, 2027)
    world.fire(case, "fund_next_year", "verifier", {"next_budget_line": line})
    offer = {"field_supervisor": "Ns. Ratri", "field_supervisor_post": "Kepala Ruang", "new_ends_on": "2026-12-31"}
    world.fire(case, "propose_changes", "contact", offer)
    world.fire(case, "consent_changes", "hospital_head")
    world.fire(case, "accept_changes", "verifier")
    assert held(world, case) == {(world.budget_line, "reserved"): 4_000_000}
    assert on(world, line, "available") == 10_000_000
    assert faults(world) == []


def test_what_awaits_and_was_touched_is_found(world: World) -> None:
    world.road("request_host", **OVER_NEW_YEAR)
    assert faults(world) == []
    change(world, update(postings).where(postings.c.year == 2027).values(year=2028))
    assert any("tidak lagi sama dengan yang dicatat" in says for says in faults(world))


def test_what_awaits_is_told_in_the_story_of_the_case(world: World) -> None:
    case = world.road("request_host", **OVER_NEW_YEAR)
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    assert "Menunggu DPA tahun 2027" in told
    assert "menunggu DPA Rp3.000.000,00" in told


def test_a_longer_period_raises_what_is_bound_and_lets_the_new_part_await(world: World) -> None:
    case, line = world.open(), world.budget_line

    def work(conn: Connection) -> None:
        promises.reserve(conn, case, line, 1_000, MONDAY)
        promises.commit(conn, case, MONDAY)
        promises.reserve(conn, case, line, 1_500, MONDAY, {2027: 700})
        promises.commit(conn, case, MONDAY)
        assert books.held_by(conn, case) == {(line, "committed"): 1_500}
        assert [e.amount for e in books.standing(conn, case) if e.account == books.AWAITING] == [700]
        assert imbalances(conn) == []

    rolled_back(world, work)


def test_two_at_once_do_not_both_take_the_last_of_the_next_budget(office: PreparedOffice, office_world: World) -> None:
    world = office_world
    one, other = (world.road("request_host", who, **OVER_NEW_YEAR) for who in ("nurse", "fourth_nurse"))
    form = {"next_budget_line": budget_line(world, 2027, 5_000_000)}
    answers = at_once(
        office, [fire(world, case, "fund_next_year", "verifier", form, version=6) for case in (one, other)]
    )
    won, lost = sorted_out(answers)
    assert (len(won), [type(problem) for problem in lost]) == (1, [Refused])
    assert faults(world) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """An office that several engines can open at once, on either database."""
    found: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def office_world(office: PreparedOffice) -> World:
    """The office, new."""
    return office.as_new()


# --- A ceiling below what is promised --------------------------------------------------------------------------------


def test_a_deficit_is_no_fault_but_is_shown_with_its_promises(world: World) -> None:
    case = world.road("assign")
    set_ceiling(world, world.budget_line, 3_000_000)
    (line,) = world.database.read(remaining.deficits, 2026)
    assert (line.ceiling, line.available, line.committed, line.missing) == (3_000_000, 0, 4_000_000, 1_000_000)
    (promise,) = world.database.read(remaining.open_promises, None, line.id)
    assert (promise.case_id, promise.state, promise.unit, promise.amount) == (
        case,
        "assigned",
        "Rumah Sakit Umum Daerah Kemuning",
        4_000_000,
    )
    assert faults(world) == []
    (shown,) = findings(world)
    assert "kurang Rp1.000.000,00 dari yang sudah dijanjikan" in shown.says


def test_a_promise_is_made_smaller_and_covers_the_deficit_before_anything_is_free(world: World) -> None:
    case = world.road("assign")
    set_ceiling(world, world.budget_line, 3_000_000)
    world.fire(case, "release_promise", "treasurer", {**BECAUSE, "budget_year": 2026, "remains": 2_500_000})
    assert held(world, case) == {(world.budget_line, "committed"): 2_500_000}
    assert (on(world, world.budget_line, "available"), on(world, world.budget_line, "deficit")) == (500_000, 0)
    assert findings(world) == []


def test_cancelling_the_case_covers_the_deficit_too(world: World) -> None:
    case = world.road("assign")
    set_ceiling(world, world.budget_line, 0)
    assert on(world, world.budget_line, "deficit") == -4_000_000
    world.fire(case, "cancel", "verifier", BECAUSE)
    assert findings(world) == []


def test_two_that_give_back_at_once_cover_a_deficit_once(office: PreparedOffice, office_world: World) -> None:
    world = office_world
    cases = [world.road("request_host", who) for who in ("nurse", "fourth_nurse")]
    set_ceiling(world, world.budget_line, 5_000_000)
    answers = at_once(
        office,
        [
            fire(world, case, "withdraw", who, version=6)
            for case, who in zip(cases, ("nurse", "fourth_nurse"), strict=True)
        ],
    )
    assert sorted_out(answers)[1] == []
    assert (on(world, world.budget_line, "available"), on(world, world.budget_line, "deficit")) == (5_000_000, 0)
    assert findings(world) == []


def test_nothing_new_is_promised_on_a_line_in_deficit(world: World) -> None:
    world.road("request_host")
    other = world.road("verify", "fourth_nurse", estimate=1)
    set_ceiling(world, world.budget_line, 3_000_000)
    with refused(world, other, Refused, rules={"budget_has_room"}):
        world.fire(other, "request_host", "secretary")


def test_no_more_is_spent_than_a_lowered_ceiling_can_bear(world: World) -> None:
    case = world.road("assess")
    set_ceiling(world, world.budget_line, 3_000_000)
    with refused(world, case, Refused, rules={"cost_is_accounted_for"}) as refusal:
        world.fire(case, "complete", "verifier", {"cost": 3_000_001, "proofs": [world.file("verifier")]})
    assert "dapat dibebankan Rp3.000.000,00" in refusal.says[0]
    world.fire(case, "complete", "verifier", {"cost": 3_000_000, "proofs": [world.file("verifier")]})
    assert findings(world) == []


def test_a_deficit_that_the_books_hide_is_a_fault(world: World) -> None:
    world.road("assign")
    set_ceiling(world, world.budget_line, 3_000_000)
    raised = books.Movement(world.budget_line, "deficit", "available", 5, "x")
    world.database.write(books.move, raised, None, world.at)
    assert any("kekurangannya tidak ditutup" in says for says in faults(world))


# --- Closing a year --------------------------------------------------------------------------------------------------


def decided(world: World, case: str, trigger: str, who: str = "treasurer", **form: Any) -> None:
    """An officer decides on a promise of 2026, as the command does."""
    full = {"budget_year": 2026, **BECAUSE, **form}
    world.database.write(year_end.decide, world.engine, case, trigger, world.actor(who), full, world.at)


def close(world: World, who: str = "treasurer") -> None:
    """An officer closes 2026."""
    year = world.engine.office.day(world.at).year
    world.database.write(year_end.close_year, 2026, world.actor(who), world.at, today_year=year)


def test_a_year_with_an_open_promise_is_not_closed(world: World) -> None:
    world.road("assign")
    with pytest.raises(NotNow, match=r"Masih ada 1 janji anggaran tahun 2026 sebesar Rp4\.000\.000,00"):
        close(world)


def test_only_a_budget_officer_decides_and_closes(world: World) -> None:
    case = world.road("assign")
    for who in ("verifier", "agency_chief", "administrator", "nurse"):
        with pytest.raises(NotYours):
            decided(world, case, "release_promise", who)
        with pytest.raises(NotYours):
            close(world, who)
    assert held(world, case) == {(world.budget_line, "committed"): 4_000_000}


def test_a_promise_is_carried_onto_a_line_of_the_next_year_and_the_old_year_closed(world: World) -> None:
    case, line = world.road("assign"), budget_line(world, 2027)
    decided(world, case, "carry_promise", next_budget_line=line)
    assert held(world, case) == {(line, "committed"): 4_000_000}
    close(world)
    assert world.database.read(year_end.closed_by, 2026) == ("Treasurer", world.at)
    with pytest.raises(NotNow, match="sudah ditutup"):
        close(world)
    assert findings(world) == []


def test_what_was_carried_is_spent_from_the_next_years_line(world: World) -> None:
    case, line = world.road("assess"), budget_line(world, 2027)
    decided(world, case, "carry_promise", next_budget_line=line)
    close(world)
    world.fire(case, "complete", "verifier", {"cost": 3_500_000, "proofs": [world.file("verifier")]})
    assert held(world, case) == {(line, "spent"): 3_500_000}
    assert on(world, world.budget_line, "available") == 10_000_000
    assert findings(world) == []


def test_a_promise_carried_before_the_next_budget_is_there_awaits_it(world: World) -> None:
    case = world.road("assign", **OVER_NEW_YEAR)
    decided(world, case, "carry_promise")
    assert (held(world, case), awaiting(world, case)) == ({}, {2027: OLD + NEW})
    close(world)
    line = budget_line(world, 2027)
    world.fire(case, "fund_next_year", "verifier", {"next_budget_line": line})
    assert held(world, case) == {(line, "committed"): OLD + NEW}
    assert findings(world) == []


def test_a_decision_that_a_rule_refuses_changes_nothing(world: World) -> None:
    case, line = world.road("assign"), budget_line(world, 2027, 3_999_999)
    with pytest.raises(Refused):
        decided(world, case, "carry_promise", next_budget_line=line)
    assert held(world, case) == {(world.budget_line, "committed"): 4_000_000}
    assert on(world, line, "available") == 3_999_999


def test_a_closed_year_takes_no_new_reservation(world: World) -> None:
    case = world.road("verify")
    close(world)
    with refused(world, case, Refused, rules={"budget_has_room"}) as refusal:
        world.fire(case, "request_host", "secretary")
    assert refusal.says == ["Tahun anggaran 2026 sudah ditutup; mata anggarannya tidak dapat dibebani lagi."]


def test_a_year_that_has_not_begun_is_not_closed(world: World) -> None:
    budget_line(world, 2027)
    with pytest.raises(NotNow, match="belum berjalan"):
        world.database.write(year_end.close_year, 2027, world.actor("treasurer"), world.at, today_year=2026)


def test_the_decision_names_the_officer_and_the_reason_in_the_log(world: World) -> None:
    case = world.road("assign")
    decided(world, case, "release_promise")
    (event,) = world.all(select(events.c.payload).where(events.c.type == "release_promise"))
    assert '"name":"treasurer"' in event.payload
    assert BECAUSE["reason"] in event.payload


# --- Whatever is done ------------------------------------------------------------------------------------------------

AMOUNTS = st.integers(0, 6_000_000)
ACTS = st.one_of(
    st.tuples(st.just("ceiling"), st.integers(0, 1), AMOUNTS),
    st.tuples(
        st.sampled_from(["reserve", "commit", "release", "fund", "reduce", "carry", "spend"]),
        st.integers(0, 1),
        AMOUNTS,
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=14))
def test_however_years_are_funded_carried_and_cut_the_books_balance_and_nothing_is_overspent(
    one_world: World, acts: list[tuple[str, int, int]]
) -> None:
    world = one_world
    pair = (world.open(), world.open("second_nurse"))
    line_27 = budget_line(world, 2027)

    def work(conn: Connection) -> None:
        for what, which, amount in acts:
            _act(conn, what, pair[which], (world.budget_line, line_27)[which], (world.budget_line, line_27), amount)
            for line in (world.budget_line, line_27):
                assert sum(books.balance(conn, line, account) for account in books.ACCOUNTS) == 0
        assert imbalances(conn) == []

    rolled_back(world, work)


def _act(conn: Connection, what: str, case: str, line: str, lines: tuple[str, str], amount: int) -> None:
    """One act, as far as the rules would let it."""
    free = {each: books.balance(conn, each, "available") for each in lines}
    own = sum(sum_ for (_, account), sum_ in books.held_by(conn, case).items() if account in books.HELD)
    waiting = {each.year: each.amount for each in books.standing(conn, case) if each.account == books.AWAITING}
    if what == "ceiling":
        ceilings.set_ceiling(conn, line, amount, MONDAY)
    elif what == "reserve":
        first, *later = shares(amount, date(2026, 12, 22), date(2027, 1, 30))
        held_here = books.held_by(conn, case)
        room = free[lines[0]] + sum(v for (each, a), v in held_here.items() if each == lines[0] and a in books.HELD)
        if first.amount <= room:
            promises.reserve(conn, case, lines[0], first.amount, MONDAY, {each.year: each.amount for each in later})
    elif what == "fund" and waiting.get(2027, 0) <= free[lines[1]]:
        promises.fund(conn, case, lines[1], 2027, MONDAY)
    elif what == "reduce" and amount <= own:
        promises.reduce(conn, case, 2026, amount, MONDAY)
    elif what == "carry" and own + waiting.get(2027, 0) <= free[lines[1]]:
        promises.carry(conn, case, 2026, lines[1], MONDAY)
    elif what == "spend":
        bound = books.held_by(conn, case).get((line, "committed"), 0)
        promises.spend(conn, case, line, min(amount, bound + free[line]), MONDAY)
    elif what in ("commit", "release"):
        getattr(promises, what)(conn, case, MONDAY)
