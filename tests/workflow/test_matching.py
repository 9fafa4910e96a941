"""A round of mentoring in an office: who may open it, who answers for whom, what is proposed, changed and kept on record."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, update

from tests.matching import ANSWERED, INTENSIVE, LAW, NURSING, Table
from tests.world import World, nip_of
from workflow.errors import InvalidForm, NotFound, NotNow, NotYours, OutOfDate, Refused
from workflow.ids import new_id
from workflow.matching import acting, pages
from workflow.matching.answers import Given
from workflow.matching.log import load
from workflow.matching.proposing import propose
from workflow.matching.sheet import proposal_sheet
from workflow.tables import group_members, people, round_events, rounds, sanctions
from workflow.verification import verify


@pytest.fixture
def table(world: World) -> Table:
    """A round, opened; the clerk 1 is personnel officer of the hospital."""
    officer = {"group_name": "personnel_officer", "unit_id": "RSUD", "person_id": world.ids["clerk_1"]}
    world.database.write(lambda conn: conn.execute(insert(group_members).values(officer)))
    return Table.opened(world)


def findings(world: World) -> list[str]:
    """What a check of rounds finds."""
    registry, policies = world.engine.registry, world.engine.office.policies
    parts = world.database.read(lambda conn: list(verify(conn, registry, policies, ("rounds",))))
    return [found.says for part in parts for found in part.findings]


def test_only_the_agency_opens_and_runs_a_round(table: Table) -> None:
    with pytest.raises(NotYours):
        _open_as(table, "nurse")
    with pytest.raises(NotYours):
        _open_as(table, "contact")
    for work, args in (
        (acting.bind, (table.world.ids["nurse"], table.world.ids["clerk_2"], "pin", "Karena dekat.")),
        (acting.round_asked, ()),
        (acting.close_round, ("Sudah selesai.",)),
        (pages.proposal_page, ()),
    ):
        for who in ("nurse", "clerk_1", "administrator"):
            with pytest.raises(NotYours):
                table.act(work, who, *args)
        with pytest.raises(NotFound):
            table.act(work, "contact", *args)


def _open_as(table: Table, who: str) -> None:
    form = acting.NewRound(
        title="Putaran lain",
        fields=(NURSING,),
        offers_until=ANSWERED,
        wishes_until=ANSWERED,
        starts_on=ANSWERED,
        ends_on=ANSWERED,
        meetings="Dua kali.",
    )
    world = table.world
    world.database.write(acting.open_round, world.engine, table.caller(who), world.at, form, None)


def test_whoever_belongs_to_a_partner_does_not_learn_that_there_is_a_round(table: Table) -> None:
    for work in (pages.round_page, pages.round_answers):
        with pytest.raises(NotFound):
            table.see(work, "contact")
    world = table.world
    seen = world.database.read(pages.round_list, world.engine, table.caller("contact"), world.at)
    assert seen.items == ()


def test_a_round_whose_dates_do_not_follow_each_other_is_refused_with_the_reason(world: World) -> None:
    with pytest.raises(Refused, match="Mentoring mulai 10 Maret 2026"):
        Table.opened(world, starts_on="2026-03-10")
    with pytest.raises(InvalidForm) as raised:
        Table.opened(world, fields=[NURSING, NURSING.upper()])
    assert "lebih dari sekali" in raised.value.fields[0].says


def test_the_same_key_opens_a_round_once(world: World) -> None:
    first = Table.opened(world)
    form = load_form(first)
    twice = [
        world.database.write(acting.open_round, world.engine, first.caller("verifier"), world.at, form, "kunci").id
        for _ in range(2)
    ]
    assert len(set(twice)) == 1
    assert len(world.all(rounds.select())) == 2


def load_form(table: Table) -> acting.NewRound:
    found = table.world.database.read(load, table.round_id).form
    return acting.NewRound(**{name: getattr(found, name) for name in acting.NewRound.__struct_fields__})


# --- Answers ---------------------------------------------------------------------------------------------------------


def test_everyone_answers_for_themselves_an_officer_for_the_unit_and_nobody_for_others(table: Table) -> None:
    table.offer("nurse", NURSING)
    table.wish("clerk_2", NURSING, by="clerk_1")
    table.wish("stranger", LAW, by="verifier")
    with pytest.raises(InvalidForm, match="Periksa isian") as raised:
        table.wish("stranger", LAW, by="clerk_1")
    ids = table.world.ids
    says = raised.value.fields[0].says.replace(ids["stranger"], "…")
    with pytest.raises(InvalidForm) as unknown:
        table.act(acting.hand_in, "clerk_1", [Given("wish", nip_of(500), (LAW,))])
    assert unknown.value.fields[0].says.replace(nip_of(500), "…") == says
    seen = {who: len(table.see(pages.round_answers, who).items) for who in ("nurse", "clerk_1", "stranger", "verifier")}
    assert seen == {"nurse": 1, "clerk_1": 2, "stranger": 1, "verifier": 3}


def test_whom_somebody_does_not_want_is_shown_to_them_and_to_the_agency_alone(table: Table) -> None:
    table.wish("clerk_2", NURSING, would_not=("nurse",))
    shown = {who: table.see(pages.round_answers, who).items for who in ("clerk_2", "clerk_1", "verifier")}
    assert [len(lines[0].would_not) for lines in shown.values()] == [1, 0, 1]


def test_whoever_runs_a_round_does_not_read_that_somebody_does_not_want_them(table: Table) -> None:
    table.wish("clerk_2", NURSING, would_not=("verifier", "nurse"))
    shown = {who: table.see(pages.round_answers, who).items[0].would_not for who in ("verifier", "second_verifier")}
    assert {who: len(names) for who, names in shown.items()} == {"verifier": 1, "second_verifier": 2}


def test_what_an_officer_leaves_blank_takes_away_nobody_whom_somebody_named(table: Table) -> None:
    table.wish("clerk_2", NURSING, would=("second_nurse",), would_not=("nurse",))
    table.wish("clerk_2", INTENSIVE, by="clerk_1")
    ids = table.world.ids
    wish = table.world.database.read(load, table.round_id).wishes[ids["clerk_2"]]
    assert (wish.goals, wish.would, wish.would_not) == ((INTENSIVE,), (ids["second_nurse"],), (ids["nurse"],))
    table.wish("clerk_2", INTENSIVE)
    assert table.world.database.read(load, table.round_id).wishes[ids["clerk_2"]].would_not == ()


def test_every_fault_of_an_answer_is_told_at_once_with_the_rule(table: Table) -> None:
    ids = table.world.ids
    given = Given("offer", ids["nurse"], ("Sihir", NURSING.upper()), (ids["nurse"], nip_of(500)), (ids["clerk_2"],), 9)
    with pytest.raises(InvalidForm) as raised:
        table.act(acting.hand_in, "nurse", [given])
    told = " ".join(fault.says for fault in raised.value.fields)
    for part in (
        "“Sihir” tidak dikenal dalam putaran ini",
        "dirinya sendiri",
        "1 sampai 5",
        "Praktik daerah",
    ):
        assert part in told


def test_a_later_answer_takes_the_place_of_the_earlier_and_the_same_again_changes_nothing(table: Table) -> None:
    table.offer("nurse", NURSING, capacity=1)
    table.offer("nurse", INTENSIVE, capacity=2)
    version = table.see(pages.round_page, "nurse").version
    table.offer("nurse", INTENSIVE, capacity=2)
    assert table.see(pages.round_page, "nurse").version == version
    found = table.world.database.read(load, table.round_id)
    assert [(offer.fields, offer.capacity) for offer in found.offers.values()] == [((INTENSIVE,), 2)]


def test_after_the_last_day_only_the_agency_records_what_came_late(table: Table) -> None:
    table.world.go_to(ANSWERED)
    with pytest.raises(NotNow, match="13 Maret 2026 sudah lewat"):
        table.offer("nurse", NURSING)
    table.offer("nurse", NURSING, by="verifier")
    assert table.see(pages.round_page, "verifier").running.offers == 1


def test_an_answer_can_be_taken_back_by_those_who_may_give_it(table: Table) -> None:
    table.offer("nurse", NURSING)
    nurse = table.world.ids["nurse"]
    for who in ("stranger", "clerk_2"):
        with pytest.raises(NotNow):
            table.act(acting.withdraw, who, nurse, "offer", "Tidak jadi.")
    table.act(acting.withdraw, "nurse", None, "offer", "Tidak jadi ikut.")
    assert table.see(pages.round_page, "verifier").running.offers == 0


# --- Lists -----------------------------------------------------------------------------------------------------------


def test_offers_and_wishes_come_in_by_spreadsheet(table: Table) -> None:
    nips = nips_of(table)
    rows = f"NIP;Bidang;Kapasitas;Mentee tidak diinginkan\n'{nips['nurse']};{NURSING}; 2;{nips['clerk_3']}\n"
    done = table.act(acting.hand_in_list, "clerk_1", "offer", rows.encode(), "tawaran.csv")
    assert (done.offers, done.wishes) == (1, 0)
    content = workbook(
        ("NIP", "Tujuan", "Mentor diinginkan"),
        (nips["clerk_2"], f"{INTENSIVE}; {NURSING.lower()}", nips["nurse"]),
        (nips["clerk_3"], NURSING, ""),
    )
    done = table.act(acting.hand_in_list, "clerk_1", "wish", content, "keinginan.xlsx")
    assert done.wishes == 2
    found = table.world.database.read(load, table.round_id)
    wish = found.wishes[table.world.ids["clerk_2"]]
    assert (wish.goals, wish.would) == ((INTENSIVE, NURSING), (table.world.ids["nurse"],))


def test_a_list_that_is_wrong_is_told_row_by_row_and_nothing_of_it_is_kept(table: Table) -> None:
    nips = nips_of(table)
    rows = [
        "NIP,BIDANG,KAPASITAS,WARNA",
        f"{nips['nurse']},{NURSING},dua,",
        f"12345,{NURSING},1,",
        f"{nips['second_nurse']},,1,",
    ]
    with pytest.raises(InvalidForm) as raised:
        table.act(acting.hand_in_list, "clerk_1", "offer", "\n".join(rows).encode(), "tawaran.csv")
    told = [fault.says for fault in raised.value.fields]
    for part in (
        "Baris 2, kolom KAPASITAS",
        "Baris 3, kolom NIP",
        "Baris 4, kolom BIDANG: Wajib diisi",
        "kolom “WARNA”",
    ):
        assert any(part in says for says in told), told
    rows = [f"{nips['nurse']},{NURSING},1", f"{nips['stranger']},{LAW},1"]
    with pytest.raises(InvalidForm) as raised:
        table.act(acting.hand_in_list, "clerk_1", "offer", "\n".join(["NIP,BIDANG,KAPASITAS", *rows]).encode(), "a.csv")
    assert [fault.says.split(":")[0] for fault in raised.value.fields] == ["Baris 3"]
    assert table.see(pages.round_page, "verifier").running.offers == 0


def nips_of(table: Table) -> dict[str, str]:
    rows = table.world.all(people.select())
    names = {person: name for name, person in table.world.ids.items()}
    return {names[row.id]: row.nip for row in rows if row.nip}


def workbook(*rows: tuple[str, ...]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    return buffer.getvalue()


# --- Proposals -------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(table: Table) -> Table:
    """Two mentors with one place each, and four mentees."""
    table.offer("nurse", NURSING)
    table.offer("second_nurse", NURSING, INTENSIVE, would=("clerk_3",))
    table.wish("clerk_2", NURSING)
    table.wish("clerk_3", INTENSIVE, NURSING)
    table.wish("clerk_4", INTENSIVE)
    table.wish("clerk_5", LAW)
    table.world.go_to(ANSWERED)
    return table


def test_the_proposal_pairs_the_best_and_tells_everyone_else_why_not(full: Table) -> None:
    proposed = full.proposed()
    assert full.pairs(proposed) == {"clerk_2": "nurse", "clerk_3": "second_nurse"}
    alone = full.alone(proposed)
    assert alone["clerk_5"] == f"Tidak ada mentor yang menawarkan {LAW}."
    assert alone["clerk_4"] == f"Mentor yang menawarkan {INTENSIVE}: 1 orang; 1 sudah penuh."
    assert findings(full.world) == []


def test_ones_own_superior_and_whoever_is_under_a_heavy_sanction_are_left_out(full: Table) -> None:
    world = full.world
    full.offer("hospital_head", LAW, by="verifier")  # the superior of all clerks
    full.offer("third_nurse", INTENSIVE, by="verifier")
    punished = {"id": new_id(world.at), "person_id": world.ids["third_nurse"], "level": "berat"}
    world.database.write(lambda conn: conn.execute(insert(sanctions).values(punished)))
    alone = full.alone(full.proposed())
    assert "1 atasan langsungnya sendiri" in alone["clerk_5"]
    assert "1 tidak dapat ikut putaran ini" in alone["clerk_4"]
    assert "hukuman disiplin" in alone["third_nurse"]


def test_a_fixed_pair_stays_and_the_rest_is_worked_out_around_it(full: Table) -> None:
    full.bind("second_nurse", "clerk_4", "pin")
    proposed = full.proposed()
    assert full.pairs(proposed) == {"clerk_4": "second_nurse", "clerk_2": "nurse"} or full.pairs(proposed) == {
        "clerk_4": "second_nurse",
        "clerk_3": "nurse",
    }
    (pinned,) = [pair for pair in proposed.result.pairs if pair.pinned]
    assert pinned.reasons[0] == "Ditetapkan BKPSDM."
    with pytest.raises(NotNow, match="hanya menyanggupi 1"):
        full.bind("second_nurse", "clerk_3", "pin")
    with pytest.raises(NotNow, match="sudah ditetapkan pada mentor lain"):
        full.bind("nurse", "clerk_4", "pin")
    full.bind("second_nurse", "clerk_4", "free")
    assert "clerk_4" not in full.pairs(full.proposed())


def test_a_forbidden_pair_never_comes_and_a_fixed_one_may_lie_beside_the_field(full: Table) -> None:
    full.bind("nurse", "clerk_2", "forbid")
    full.bind("nurse", "clerk_5", "pin")
    proposed = full.proposed()
    assert full.pairs(proposed)["clerk_5"] == "nurse"
    assert "clerk_2" in full.alone(proposed)
    page = full.see(pages.round_page, "verifier")
    assert [(bond.bond, bond.by) for bond in page.running.bonds].count(("forbid", "verifier")) == 1


def test_a_fixed_pair_that_cannot_be_any_more_is_told_and_the_mentee_is_paired_otherwise(full: Table) -> None:
    full.bind("second_nurse", "clerk_2", "pin")
    full.act(acting.withdraw, "verifier", full.world.ids["second_nurse"], "offer", "Pindah tugas.")
    assert set(full.pairs(full.proposed()).values()) == {"nurse"}
    full.act(acting.withdraw, "verifier", full.world.ids["nurse"], "offer", "Pindah tugas.")
    told = full.alone(full.proposed())["clerk_2"]
    assert told.startswith("Pasangan yang ditetapkan BKPSDM tidak dapat dipakai: mentor itu tidak ikut lagi.")


def test_what_comes_in_while_a_proposal_is_worked_out_makes_it_out_of_date(full: Table) -> None:
    asked = full.asked()
    full.bind("nurse", "clerk_2", "forbid")
    world = full.world
    with pytest.raises(OutOfDate):
        world.database.write(
            acting.keep_proposal, world.engine, full.caller("verifier"), world.at, asked, propose(asked)
        )


def test_a_proposal_is_shown_as_a_table_and_as_a_spreadsheet_that_is_always_the_same(full: Table) -> None:
    full.proposed()
    page = full.see(pages.proposal_page, "verifier")
    assert page.current
    assert len(page.pairs) == 2
    assert {value.parameter for value in page.weights} >= {"matching.first_goal_weight", "mentoring.most_mentees"}
    content = full.see(proposal_sheet, "verifier")
    assert content == full.see(proposal_sheet, "second_verifier")
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == ["Pasangan", "Belum berpasangan", "Dasar"]
    assert len(book.get_sheet_by_name("Pasangan").to_python()) == 3
    full.bind("nurse", "clerk_2", "forbid")
    assert not full.see(pages.proposal_page, "verifier").current


def test_a_closed_round_takes_nothing_more(full: Table) -> None:
    full.act(acting.close_round, "verifier", "Anggaran berubah.")
    assert full.see(pages.round_page, "nurse").state == "closed"
    for work, args in ((acting.bind, ("x", "y", "pin", "Karena perlu.")), (acting.round_asked, ())):
        with pytest.raises(NotNow, match="sudah ditutup"):
            full.act(work, "verifier", *args)


# --- On record -------------------------------------------------------------------------------------------------------

TOUCHED = {
    "an answer rewritten": (round_events, "handed_in", {"payload": '{"kind":"handed_in"}'}),
    "an event moved": (round_events, "bound", {"type": "handed_in"}),
    "a proposal rewritten": (round_events, "proposed", {"payload": "{}"}),
}


@pytest.mark.parametrize("what", TOUCHED)
def test_whatever_was_touched_in_the_log_is_found(full: Table, what: str) -> None:
    full.bind("nurse", "clerk_2", "forbid")
    full.proposed()
    assert findings(full.world) == []
    touched, kind, values = TOUCHED[what]
    full.world.database.write(lambda conn: conn.execute(update(touched).where(touched.c.type == kind).values(values)))
    assert findings(full.world)


def test_a_round_whose_last_event_is_cut_off_or_whose_title_is_rewritten_is_found(full: Table) -> None:
    world = full.world
    last = full.see(pages.round_page, "verifier").version
    world.database.write(lambda conn: conn.execute(update(rounds).values(title="Lain")))
    assert "judul" in " ".join(findings(world))
    world.database.write(lambda conn: conn.execute(update(rounds).values(title="Mentoring semester dua")))
    assert findings(world) == []
    world.database.write(lambda conn: conn.execute(round_events.delete().where(round_events.c.sequence == last)))
    assert "yang terakhir" in " ".join(findings(world))
