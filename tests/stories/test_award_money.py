"""The money of an award, step by step in the books: put off, carried over the new year, released, paid, and compared."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import python_calamine
from sqlalchemy import select

from policies.civil_service import Predicate
from tests.award_rounds import (
    AMOUNT,
    BECAUSE,
    CHAIR,
    PANEL,
    VERIFIER,
    all_signed,
    closed,
    for_awards,
    found,
    handing,
    letter,
    open_round,
    payment,
    recommended,
    scored,
    verified,
)
from tests.awards import caller
from tests.circumstances import alter
from tests.exports import as_csv, person
from tests.money import budget_line, set_ceiling
from tests.offices import PreparedOffice
from tests.stories.test_a_new_holder import imported
from tests.witness import balances, refused, state, waiting
from tests.workflow.test_year_end import awaiting, close, decided, held, on
from tests.world import World
from workflow.awards.seeing import seen_payments
from workflow.awards.sheets import file_of, payments_sheet
from workflow.budgets.reconciling import Reconciliation
from workflow.budgets.remaining import decisions, open_promises
from workflow.budgets.seeing import reconciled
from workflow.errors import NotNow, NotYours, Refused
from workflow.tables import budgets, people, performances, positions, units
from workflow.telling.explain import explain

NEW_YEAR = date(2027, 1, 4)
CEILING = 10_000_000
SCARCE = AMOUNT - 1


@dataclass
class Award:
    """One award at a stage: the office, the round and the nomination of the best."""

    world: World
    of_round: str
    case: str


Stage = Callable[[str], Award]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest) -> dict[str, tuple[PreparedOffice, str, str]]:
    """One award led to each of its stages, once for all stories here, on either database."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = for_awards(office.as_new())
    of_round, case = recommended(world)
    stages = {"budget_check": (office.as_it_is(world), of_round, case)}
    world.fire(case, "confirm_budget", "treasurer")
    all_signed(world, case)
    stages["decision"] = (office.as_it_is(world), of_round, case)
    world.fire(case, "decree", "regent")
    all_signed(world, case)
    world.fire(case, "extract", "agency_chief")
    all_signed(world, case)
    stages["decreed"] = (office.as_it_is(world), of_round, case)
    return stages


@pytest.fixture
def stage(walked: dict[str, tuple[PreparedOffice, str, str]]) -> Stage:
    """Puts the office to a stage: ``budget_check``, ``decision`` or ``decreed`` (signed, its petikan and piagam made)."""

    def put(name: str) -> Award:
        office, of_round, case = walked[name]
        return Award(office.as_new(), of_round, case)

    return put


def in_the_new_year(world: World, ceiling: int = CEILING) -> str:
    """It is January 2027, and its budget is there. Answers the line."""
    world.go_to(NEW_YEAR)
    return budget_line(world, 2027, ceiling)


def paid_and_handed_over(world: World, case: str, **changes: Any) -> None:
    """The last two steps."""
    world.fire(case, "record_payment", VERIFIER, payment(world, **changes))
    world.fire(case, "hand_over", VERIFIER, handing(world))
    assert state(world, case) == "awarded"


# --- Put off for want of a budget ------------------------------------------------------------------------------------


def test_what_was_put_off_is_asked_again_by_the_officer_once_the_budget_was_raised(stage: Stage) -> None:
    award = stage("budget_check")
    world, case = award.world, award.case
    set_ceiling(world, world.budget_line, SCARCE)
    with refused(world, case, Refused, rules={"award_fits_the_budget"}) as refusal:
        world.fire(case, "confirm_budget", "treasurer")
    assert "tersedia Rp1.999.999,00" in refusal.says[0]
    world.fire(case, "no_budget", "treasurer", BECAUSE)
    assert (state(world, case), balances(world)) == ("deferred", {"available": SCARCE})
    assert "retry_budget" in waiting(world, case)["treasurer"]
    world.sweep()
    assert state(world, case) == "deferred", "the system waits for the new year"
    with pytest.raises(NotYours):
        world.fire(case, "retry_budget", VERIFIER)
    set_ceiling(world, world.budget_line, AMOUNT)
    world.fire(case, "retry_budget", "treasurer")
    world.fire(case, "confirm_budget", "treasurer")
    assert (state(world, case), balances(world)) == ("decision", {"reserved": AMOUNT})
    assert found(world) == []


def test_in_the_new_year_the_system_asks_again_and_the_new_years_line_bears_it(stage: Stage) -> None:
    award = stage("budget_check")
    world, case = award.world, award.case
    world.fire(case, "no_budget", "treasurer", BECAUSE)
    line = in_the_new_year(world)
    world.sweep()
    assert (state(world, case), balances(world)) == ("budget_check", {"available": CEILING})
    with refused(world, case, Refused, rules={"award_fits_the_budget"}) as refusal:
        world.fire(case, "confirm_budget", "treasurer")
    assert "bukan tahun anggaran berjalan" in refusal.says[0]
    world.fire(case, "confirm_budget", "treasurer", {"budget_line": line})
    assert held(world, case) == {(line, "reserved"): AMOUNT}
    assert (balances(world), on(world, line, "available")) == ({"available": CEILING}, CEILING - AMOUNT)
    all_signed(world, case)
    world.fire(case, "decree", "regent")
    assert held(world, case) == {(line, "committed"): AMOUNT}
    assert found(world) == []


def test_without_money_it_goes_on_to_the_piagam_and_nobody_is_paid(stage: Stage) -> None:
    award = stage("budget_check")
    world, case = award.world, award.case
    world.fire(case, "no_budget", "treasurer", BECAUSE)
    with pytest.raises(NotYours):
        world.fire(case, "without_money", "treasurer", BECAUSE)
    world.fire(case, "without_money", VERIFIER, BECAUSE)
    all_signed(world, case)
    world.fire(case, "decree", "regent")
    all_signed(world, case)
    world.fire(case, "extract", "agency_chief")
    all_signed(world, case)
    with pytest.raises(NotNow):
        world.fire(case, "record_payment", VERIFIER, payment(world))
    world.fire(case, "hand_over", VERIFIER, handing(world))
    assert (state(world, case), balances(world)) == ("awarded", {"available": CEILING})
    assert letter(world, case, "award_certificate").state != "void"
    listed = world.database.write(seen_payments, world.engine, caller(world, VERIFIER), world.at, award.of_round)
    assert (listed.lines, listed.gross) == ((), 0)
    assert found(world) == []


def test_what_was_put_off_is_closed_at_the_end_of_the_year_and_not_before(stage: Stage) -> None:
    award = stage("budget_check")
    world, case = award.world, award.case
    world.fire(case, "no_budget", "treasurer", BECAUSE)
    world.go_to(date(2026, 11, 30))
    with refused(world, case, Refused, rules={"years_end_has_come"}) as refusal:
        world.fire(case, "close", VERIFIER, BECAUSE)
    assert "dapat ditutup mulai Desember 2026" in refusal.says[0]
    world.go_to(date(2026, 12, 1))
    world.fire(case, "close", VERIFIER, BECAUSE)
    world.sweep()
    assert (state(world, case), state(world, award.of_round)) == ("closed", "finished")
    assert balances(world) == {"available": CEILING}
    close(world)
    assert found(world) == []


# --- The end of the year ---------------------------------------------------------------------------------------------


def test_what_can_be_decided_on_an_awards_promise_is_the_same_wherever_it_holds_money(stage: Stage) -> None:
    world = stage("decreed").world
    process = world.engine.registry.process("incentive")
    can = {
        each.name for each in process.states if decisions(process, each.name) == ("release_promise", "carry_promise")
    }
    assert can == {"verification", "decision", "suspended", "decreed"}


def test_an_award_that_was_not_paid_in_its_year_is_carried_and_paid_from_the_next_years_line(stage: Stage) -> None:
    award = stage("decreed")
    world, case = award.world, award.case
    with pytest.raises(NotNow, match=r"Masih ada 1 janji anggaran tahun 2026 sebesar Rp2\.000\.000,00"):
        close(world)
    line = in_the_new_year(world)
    decided(world, case, "carry_promise", next_budget_line=line)
    assert (held(world, case), balances(world)) == ({(line, "committed"): AMOUNT}, {"available": CEILING})
    close(world)
    paid_and_handed_over(world, case)
    assert held(world, case) == {(line, "spent"): AMOUNT}
    assert (on(world, line, "available"), balances(world)) == (CEILING - AMOUNT, {"available": CEILING})
    assert found(world) == []


def test_what_is_carried_before_the_next_budget_is_there_awaits_it_and_is_not_paid_until_then(stage: Stage) -> None:
    award = stage("decreed")
    world, case = award.world, award.case
    decided(world, case, "carry_promise")
    assert (held(world, case), awaiting(world, case)) == ({}, {2027: AMOUNT})
    close(world)
    with refused(world, case, Refused, rules={"payment_is_borne"}):
        world.fire(case, "record_payment", VERIFIER, payment(world))
    line = in_the_new_year(world, AMOUNT)
    world.fire(case, "fund_next_year", "treasurer", {"next_budget_line": line})
    assert (held(world, case), on(world, line, "available")) == ({(line, "committed"): AMOUNT}, 0)
    paid_and_handed_over(world, case)
    assert on(world, line, "spent") == AMOUNT
    assert found(world) == []


def test_what_is_released_after_the_decree_is_paid_only_once_a_budget_is_bound_to_it_again(stage: Stage) -> None:
    award = stage("decreed")
    world, case = award.world, award.case
    with pytest.raises(NotNow):
        world.fire(case, "confirm_budget", "treasurer")
    decided(world, case, "release_promise")
    assert (state(world, case), held(world, case), balances(world)) == ("decreed", {}, {"available": CEILING})
    assert "confirm_budget" in waiting(world, case)["treasurer"]
    close(world)
    with refused(world, case, Refused, rules={"payment_is_borne"}):
        world.fire(case, "record_payment", VERIFIER, payment(world))
    with refused(world, case, Refused, rules={"money_is_paid_before_the_hand_over"}):
        world.fire(case, "hand_over", VERIFIER, handing(world))
    line = in_the_new_year(world, SCARCE)
    with refused(world, case, Refused, rules={"award_fits_the_budget"}):
        world.fire(case, "confirm_budget", "treasurer", {"budget_line": line})
    set_ceiling(world, line, AMOUNT)
    world.fire(case, "confirm_budget", "treasurer", {"budget_line": line})
    assert held(world, case) == {(line, "committed"): AMOUNT}
    paid_and_handed_over(world, case)
    assert (on(world, line, "available"), on(world, line, "spent")) == (0, AMOUNT)
    assert found(world) == []


def test_what_is_released_before_the_decree_waits_for_a_budget_again(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    part = {"budget_year": 2026, "remains": 500_000, **BECAUSE}
    with refused(world, case, Refused, rules={"an_award_is_released_whole"}):
        world.fire(case, "release_promise", "treasurer", part)
    decided(world, case, "release_promise")
    assert (state(world, case), balances(world)) == ("deferred", {"available": CEILING})
    with pytest.raises(NotNow):
        world.fire(case, "decree", "regent")
    world.fire(case, "retry_budget", "treasurer")
    world.fire(case, "confirm_budget", "treasurer")
    world.fire(case, "decree", "regent")
    assert balances(world) == {"available": CEILING - AMOUNT, "committed": AMOUNT}
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    assert "Lepas janji anggaran" in told
    assert found(world) == []


def test_what_is_released_while_it_is_examined_again_passes_the_budget_before_the_decision(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    world.fire(case, "send_back", "regent", {"examine": "Keaslian bukti inovasi."})
    decided(world, case, "release_promise")
    assert (state(world, case), balances(world)) == ("verification", {"available": CEILING})
    world.fire(case, "verify", VERIFIER)
    assert state(world, case) == "budget_check"
    world.fire(case, "confirm_budget", "treasurer")
    assert (state(world, case), balances(world)["reserved"]) == ("decision", AMOUNT)


def test_what_is_released_while_it_is_suspended_passes_the_budget_before_the_decision(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    world.fire(case, "clear", "auditor", _stated(world, clear=False))
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    decided(world, case, "release_promise")
    assert (state(world, case), balances(world)) == ("suspended", {"available": CEILING})
    world.fire(case, "clear", "auditor", _stated(world, clear=True))
    world.fire(case, "resume", VERIFIER)
    assert state(world, case) == "budget_check"


def test_what_the_regent_sent_back_and_was_suspended_there_still_comes_straight_back(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    world.fire(case, "send_back", "regent", {"examine": "Ada laporan masyarakat."})
    world.fire(case, "clear", "auditor", _stated(world, clear=False))
    world.fire(case, "suspend", VERIFIER, BECAUSE)
    world.fire(case, "clear", "auditor", _stated(world, clear=True))
    world.fire(case, "resume", VERIFIER)
    world.fire(case, "verify", VERIFIER)
    assert (state(world, case), balances(world)["reserved"]) == ("decision", AMOUNT)


def test_what_goes_back_to_the_nominee_holds_no_money_meanwhile(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    world.fire(case, "send_back", "regent", {"examine": "Keaslian bukti inovasi."})
    world.fire(case, "return", VERIFIER, {"to_mend": "Bukti inovasi tidak terbaca."})
    assert (state(world, case), balances(world)) == ("drafted", {"available": CEILING})
    assert world.database.read(open_promises, 2026) == []


def _stated(world: World, *, clear: bool) -> dict[str, Any]:
    day = world.engine.office.day(world.at).isoformat()
    paper = {"issued_on": day, "document": world.file("auditor")}
    return {"number": f"700/{90 + clear}/INSP/2026", "clear": clear, **paper}


# --- Corrected by the day's export -----------------------------------------------------------------------------------


def exported(world: World, **predicates: str) -> bytes:
    """The day's file of all staff as they are on record; but these predicates of 2025 are others by now."""
    above = people.alias()
    query = (
        select(people, units.c.name.label("unit"), above.c.nip.label("superior"), units.c.head_position_id)
        .join_from(people, units, people.c.unit_id == units.c.id)
        .outerjoin(positions, positions.c.id == people.c.superior_position_id)
        .outerjoin(above, above.c.id == positions.c.holder_id)
        .where(people.c.nip.is_not(None))
    )
    posts = {row.holder_id for row in world.all(select(positions.c.holder_id))}
    changed = {world.ids[who]: predicate for who, predicate in predicates.items()}
    rows = []
    for row in world.all(query):
        cells: dict[str, Any] = {"NIP": row.nip, "NAMA": row.name, "JABATAN": row.post, "KODE UNIT KERJA": row.unit_id}
        cells |= {"UNIT KERJA": row.unit, "NIP ATASAN LANGSUNG": row.superior or "", "GOLONGAN": row.grade or "III/d"}
        cells |= {"JENIS KELAMIN": "L" if row.nip[14] == "1" else "P", "STATUS KEPEGAWAIAN": row.status or "Aktif"}
        cells |= {"HUKUMAN DISIPLIN": "Tidak pernah", "CLTN": row.unpaid_leave or ""}
        cells["PREDIKAT KINERJA 2025"] = changed.get(row.id, "Baik")
        if row.id in posts:
            cells |= {"JENIS JABATAN": "Struktural", "ESELON": "III.a"}
        rows.append({**person(1), **cells})
    return as_csv(*rows)


def test_a_predicate_that_an_import_corrects_before_the_decree_is_the_one_that_counts(stage: Stage) -> None:
    award = stage("decision")
    world, case = award.world, award.case
    imported(world, exported(world, nurse="Kurang"))
    here = (performances.c.person_id == world.ids["nurse"], performances.c.year == 2025)
    assert [row.predicate for row in world.all(select(performances.c.predicate).where(*here))] == [Predicate.POOR.value]
    with refused(world, case, Refused, rules={"predicates_are_good"}) as refusal:
        world.fire(case, "decree", "regent")
    assert "2025" in refusal.says[0]
    assert "Kurang" in refusal.says[0]
    assert balances(world)["reserved"] == AMOUNT
    world.fire(case, "send_back", "regent", {"examine": "Predikat kinerja tahun 2025 berubah."})
    with refused(world, case, Refused, rules={"predicates_are_good"}):
        world.fire(case, "verify", VERIFIER)
    why = {"reason": "Predikat kinerja tahun 2025 Kurang.", "rule": "PermenPANRB 6/2022"}
    world.fire(case, "reject", VERIFIER, why)
    assert (state(world, case), balances(world)) == ("rejected", {"available": CEILING})


# --- Paid --------------------------------------------------------------------------------------------------------------

#: Of a third of four million the tax at 5 and at 15 percent is no whole rupiah.
UNEVEN = 1_333_333


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def three(request: pytest.FixtureRequest) -> tuple[PreparedOffice, str, dict[str, str]]:
    """A round with three receivers under names and titles that a spreadsheet could take for something else."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = for_awards(office.as_new())
    places = [{"kind": "regional", "number": 3}]
    of_round = open_round(world, amount=UNEVEN, ceiling=3 * UNEVEN, receivers=places)
    cases = {who: verified(world, who, in_round=of_round) for who in ("nurse", "second_nurse", "stranger")}
    closed(world)
    for who, case in cases.items():
        scored(world, case, 90, 80, tuple(each for each in PANEL if (who, each) != ("stranger", "health_head")))
    for case in cases.values():
        world.fire(case, "recommend", CHAIR)
        world.fire(case, "confirm_budget", "treasurer")
        all_signed(world, case)
        world.fire(case, "decree", "regent")
        all_signed(world, case)
    alter(world, "nurse", name="Ni'matul Ma'rifah", grade="III/d")
    alter(world, "second_nurse", name='=HYPERLINK("http://contoh.example";"Sari")', grade="IV/a", back_title="+S.Kep.")
    alter(world, "stranger", name="Sa'ad", asn_kind="PPPK", grade="IX")
    return office.as_it_is(world), of_round, cases


def test_the_list_to_pay_is_taxed_by_golongan_to_the_last_rupiah_and_holds_no_formulas(
    three: tuple[PreparedOffice, str, dict[str, str]],
) -> None:
    office, of_round, cases = three
    world = office.as_new()
    risky = {"account": "+628123456789", "bank": "@SUM(A1)"}
    world.fire(cases["nurse"], "record_payment", VERIFIER, payment(world, UNEVEN, 66_666, **risky))
    listed = world.database.write(seen_payments, world.engine, caller(world, "treasurer"), world.at, of_round)
    assert {each.case_id: (each.gross, each.tax, each.net) for each in listed.lines} == {
        cases["nurse"]: (UNEVEN, 66_666, 1_266_667),
        cases["second_nurse"]: (UNEVEN, 199_999, 1_133_334),
        cases["stranger"]: (UNEVEN, 66_666, 1_266_667),
    }
    assert (listed.gross, listed.tax, listed.net) == (3 * UNEVEN, 333_331, 3_666_668)
    sheet = payments_sheet(listed)
    workbook = file_of(sheet, "xlsx", world.at.date())
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in book.namelist(), "nor a link"
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    names = [row[1] for row in rows[5:8]]
    assert names == ['=HYPERLINK("http://contoh.example";"Sari"), +S.Kep.', "Ni'matul Ma'rifah", "Sa'ad"]
    assert rows[6][5:7] == ["+628123456789", "@SUM(A1)"]
    assert rows[-1][7:10] == [3 * UNEVEN, 333_331, 3_666_668]
    assert rows[-1][7:10] == [sum(float(str(row[column])) for row in rows[5:8]) for column in (7, 8, 9)]
    text = file_of(sheet, "csv", world.at.date()).decode("utf-8-sig")
    assert ";'+628123456789;'@SUM(A1);" in text
    assert ";\"'=HYPERLINK(" in text
    assert ";Ni'matul Ma'rifah;" in text


def test_a_payment_is_recorded_once_of_the_right_sum_and_after_the_decree(stage: Stage) -> None:
    award = stage("decreed")
    world, case = award.world, award.case
    for wrong, says in (
        ({"net": AMOUNT}, "jumlah bersih Rp2.000.000,00"),
        ({"tax": 0, "net": AMOUNT - 100_000}, "dikurangi pajak Rp0,00; jumlah bersih Rp1.900.000,00"),
        ({"gross": AMOUNT - 1, "net": AMOUNT - 1 - 100_000}, "uang penghargaan yang ditetapkan Rp2.000.000,00"),
        ({"sp2d_on": "2026-03-31"}, "mendahului keputusan tanggal 1 April 2026"),
        ({"sp2d_on": "2026-04-02"}, "SP2D 00123/SP2D/2026 tanggal 2 April 2026"),
    ):
        with refused(world, case, Refused) as refusal:
            world.fire(case, "record_payment", VERIFIER, {**payment(world), **wrong})
        assert "payment_adds_up" in refusal.rules
        assert any(says in each for each in refusal.says), refusal.says
    assert balances(world)["committed"] == AMOUNT
    world.fire(case, "record_payment", VERIFIER, payment(world))
    with pytest.raises(NotNow):
        world.fire(case, "record_payment", VERIFIER, payment(world, sp2d_number="00124/SP2D/2026"))
    assert balances(world) == {"available": CEILING - AMOUNT, "spent": AMOUNT}
    assert found(world) == []


# --- Compared with the treasury ----------------------------------------------------------------------------------------


def test_the_treasurys_list_is_compared_with_the_awards_that_were_paid(
    three: tuple[PreparedOffice, str, dict[str, str]],
) -> None:
    office, _, cases = three
    world = office.as_new()
    for who, tax, number in (
        ("nurse", 66_666, "00123"),
        ("second_nurse", 199_999, "00123"),
        ("stranger", 66_666, "00124"),
    ):
        paid = payment(world, UNEVEN, tax, sp2d_number=f"{number}/SP2D/2026")
        world.fire(cases[who], "record_payment", VERIFIER, paid)
    ((account,),) = world.all(select(budgets.c.account_code).where(budgets.c.id == world.budget_line))

    def compared(*rows: str) -> Reconciliation:
        head = "NO. SP2D;Tgl SP2D;Kode Rekening;Nama Penerima;Nilai (Rp)"
        text = "\n".join((head, *(row.format(account=account) for row in rows))).encode()
        return world.database.read(reconciled, world.engine.office, "sp2d.csv", text, 2026)

    both = "123/SP2D/2026;01-04-2026;{account};Bendahara;2.666.666"
    single = "124/SP2D/2026;01-04-2026;{account};Sa'ad;1.333.333"
    agreed = compared(both, single)
    assert ([each.finding for each in agreed.found], agreed.agrees) == (["matched", "matched"], True)
    assert sorted(len(each.cases) for each in agreed.found) == [1, 2]
    net = compared(both, single.replace("1.333.333", "1.266.667"))
    assert [each.finding for each in net.found] == ["differing", "matched"]
    assert "kas daerah Rp1.266.667,00, pembukuan Rp1.333.333,00" in net.found[0].says
    lacking = compared(both, single.replace("124", "125"))
    assert [each.finding for each in lacking.found] == ["missing_here", "missing_there", "matched"]
    twice = compared(both, both, single)
    assert [each.finding for each in twice.found] == ["twice", "matched", "matched"]
    assert found(world) == []
