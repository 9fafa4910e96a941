"""Letters made on a laptop while there is no network, and brought home: the whole way, and what can go wrong on it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from tests.away import ORDER, PNG, Away, Go
from tests.offices import change, gone, hold, lend, post_of
from tests.registers import NOTHING_WRONG, lent, looked, profiled, verified
from tests.stages import GUIDE
from tests.world import World
from workflow.audit import last_event
from workflow.errors import NotYours, Problem, Refused
from workflow.office import REGENT
from workflow.proof.keys import rotate, signing_key
from workflow.registers import take
from workflow.registers.lease_file import UnusableLease, sealed
from workflow.registers.leasing import close
from workflow.registers.ledger import BrokenLedger, _sealed, read_ledger
from workflow.registers.officials import officials
from workflow.registers.writing import kit, print_standalone, spoil
from workflow.tables import cases, files, leases, letters, positions, void_numbers


@pytest.fixture
def with_request(world: World, go: Go) -> tuple[Away, str]:
    """The secretary's request to a host is ready to be printed."""
    case = world.road("verify")
    return go("SETDA", 5, case), case


def state_of(world: World, case: str) -> str:
    ((state,),) = world.all(select(cases.c.state).where(cases.c.id == case))
    return str(state)


def test_a_letter_that_was_signed_without_network_comes_home_and_moves_its_case(
    with_request: tuple[Away, str],
) -> None:
    away, case = with_request
    world = away.world
    assert away.left == []
    (prepared,) = kit(away.lease).waiting
    assert (prepared.trigger, prepared.kind) == ("request_host", "internship_request")
    away.pass_days(1)
    printed = away.print()
    assert printed.path.read_bytes().startswith(b"%PDF-")
    order = away.order("secretary")
    spoil(away.lease, 3, "kertas tersangkut", world.at)
    assert state_of(world, case) == "awaiting_signature"
    away.pass_days(6)
    away.scan(printed, order)

    done = away.settle()

    assert [(fate.number, fate.state) for fate in done.fates] == [(1, "filed"), (2, "filed")]
    assert done.void == {3: "kertas tersangkut", 4: "tidak terpakai", 5: "tidak terpakai"}
    assert done.closed
    assert state_of(world, case) == "awaiting_host"
    request, standalone = world.all(select(letters).where(letters.c.register == "SETDA").order_by(letters.c.number))
    assert (request.method, request.state, request.register_number) == ("by_hand", "signed", 1)
    assert request.dated_on == standalone.dated_on == date(2026, 3, 3)
    assert request.number == printed.written.frame.number == "800.1.4.1/001/SETDA/2026"
    assert request.signed_by == world.ids["secretary"]
    stored = {row.id: row for row in world.all(select(files))}
    assert stored[request.file_id].content == printed.path.read_bytes()
    assert stored[request.scan_id].content.startswith(PNG)
    assert world.database.write(take, world.engine.office, "SETDA", "SETDA", world.at.date()).number == 6
    assert verified(world, "numbers", "files", "chain", "cases", "decisions") == [
        "Nomor urut 6 dalam buku agenda SETDA tahun 2026 tidak ada suratnya."
    ]


def test_the_event_of_a_step_on_paper_says_who_put_it_on_record(with_request: tuple[Away, str]) -> None:
    away, case = with_request
    away.scan(away.print())
    away.settle()
    event = away.world.database.read(last_event, case)
    assert event is not None
    assert event.payload is not None
    assert event.payload["actor"]["id"] == away.world.ids["secretary"]
    told = event.payload["on_paper"]["internship_request"]
    assert told["recorded_by"]["id"] == away.world.ids["administrator"]
    assert told["number"] == "800.1.4.1/001/SETDA/2026"


def test_settling_again_changes_nothing(with_request: tuple[Away, str]) -> None:
    away, _ = with_request
    away.scan(away.print())
    first = away.settle()
    again = away.settle()
    assert [fate.state for fate in (*first.fates, *again.fates)] == ["filed", "already"]
    assert again.void == {}
    assert again.closed


def test_a_letter_without_its_scan_waits_visibly_and_is_settled_later(with_request: tuple[Away, str]) -> None:
    away, case = with_request
    printed = away.print()
    held = away.settle()
    assert held.fates[0].state == "held"
    assert "Pindaian" in held.fates[0].says
    assert held.open == (1,)
    assert state_of(away.world, case) == "awaiting_signature"
    ((trouble,),) = away.world.all(select(leases.c.trouble))
    assert "1: Pindaian" in trouble
    assert looked(away.world) == NOTHING_WRONG
    away.scan(printed)
    assert away.settle().closed
    assert away.world.all(select(leases.c.trouble)) == [(None,)]


def test_a_case_that_has_moved_on_holds_its_letter_and_leaves_the_others_alone(
    with_request: tuple[Away, str],
) -> None:
    away, case = with_request
    away.scan(away.print(), away.order("secretary"))
    away.world.fire(case, "request_host", "secretary")
    done = away.settle()
    assert [fate.state for fate in done.fates] == ["held", "filed"]
    assert "sudah berlanjut" in done.fates[0].says
    assert done.open == (1,)
    assert verified(away.world, "numbers", "files") == NOTHING_WRONG


def test_whoever_lost_the_post_since_is_named(with_request: tuple[Away, str]) -> None:
    away, _ = with_request
    away.scan(away.print())
    hold(away.world, post_of(away.world, "secretary"), "health_head")
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert "kewenangan" in fate.says or "berwenang" in fate.says or "dilakukan oleh" in fate.says


def test_an_official_who_retired_yesterday_is_named(go: Go, world: World) -> None:
    away = go("BKPSDM", 2)
    away.scan(away.order())
    away.pass_days(1)
    gone(world, "agency_chief", on=world.at.date() - timedelta(days=1))
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert "bukan pejabat unit BKPSDM" in fate.says


def test_a_letter_dated_outside_the_mandate_of_its_signatory_is_named(world: World, go: Go) -> None:
    case = world.road("verify")
    lend(world, "plh", post_of(world, "secretary"), "health_head", from_on=date(2026, 3, 2), until_on=date(2026, 3, 3))
    away = go("SETDA", 5, case)
    mine = next(each for each in kit(away.lease).waiting if each.signers[0] == world.ids["health_head"])
    away.pass_days(4)
    away.scan(away.print(mine.id))
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert "tidak berwenang menandatangani pada 6 Maret 2026" in fate.says


@pytest.mark.parametrize(("kind", "line"), [("pj", "Pj. BUPATI KEMUNING,"), ("plt", "Plt. BUPATI KEMUNING,")])
def test_whoever_stands_in_for_the_regent_signs_away_as_what_they_are(world: World, kind: str, line: str) -> None:
    change(world, update(positions).where(positions.c.id == REGENT).values(holder_id=None))
    lend(world, kind, REGENT, "secretary")
    found = world.database.read(officials, world.engine, "SETDA", world.at.date())
    (block,) = [each.block for each in found if each.block.lines[-1].endswith("BUPATI KEMUNING,")]
    assert (block.lines, block.name) == ((line,), "Secretary")


def test_two_laptops_with_one_file_cannot_both_use_a_number(go: Go, world: World) -> None:
    away = go("BKPSDM", 3)
    second = Away(world, away.folder.with_name("laptop-kedua"), [])
    shutil.copytree(away.folder, second.folder)
    away.scan(away.order())
    second.scan(second.order(), second.order())
    assert away.settle().closed
    done = second.settle()
    assert [fate.state for fate in done.fates] == ["held", "held"]
    assert "sudah dipakai surat lain" in done.fates[0].says
    assert "sudah dinyatakan tidak berlaku: tidak terpakai" in done.fates[1].says
    assert verified(world, "numbers") == NOTHING_WRONG


def test_a_number_is_given_once_whatever_is_typed(with_request: tuple[Away, str]) -> None:
    away, _ = with_request
    away.print()
    with pytest.raises(Refused, match="sudah dibuat dengan nomor 1"):
        away.print()
    spoil(away.lease, 1, "salah cetak", away.world.at)
    assert away.print().written.number == 2
    with pytest.raises(Refused, match="sudah dicatat rusak"):
        spoil(away.lease, 1, "sekali lagi", away.world.at)
    with pytest.raises(Refused, match="bukan nomor berikutnya"):
        spoil(away.lease, 5, "belum dipakai", away.world.at)


def test_a_block_that_is_used_up_prints_nothing_more(go: Go) -> None:
    away = go("BKPSDM", 1)
    away.order()
    with pytest.raises(Refused, match="habis"):
        away.order()


def test_whoever_is_no_official_of_the_unit_cannot_sign_there(go: Go) -> None:
    away = go("BKPSDM", 2)
    source = away.folder / "tugas.toml"
    source.write_text(ORDER.format(name="Orang Lain", title="Kepala", nip="198001012005011001"), encoding="utf-8")
    with pytest.raises(Refused, match="bukan pejabat"):
        print_standalone(away.lease, source, None, away.world.at)
    assert kit(away.lease).following == 1


@pytest.mark.parametrize(("days", "on"), [(0, date(2026, 3, 1)), (0, date(2026, 3, 3)), (400, None)])
def test_a_letter_is_dated_on_a_day_of_the_block(go: Go, days: int, on: date | None) -> None:
    away = go("BKPSDM", 2)
    away.pass_days(days)
    with pytest.raises(Refused):
        away.order(on=on)


def test_only_those_who_keep_the_register_settle_it(go: Go) -> None:
    away = go("BKPSDM", 2)
    away.order()
    with pytest.raises(NotYours):
        away.settle("nurse")


# --- Files that were touched -----------------------------------------------------------------------------------------


def test_a_ledger_with_any_byte_changed_is_refused(go: Go) -> None:
    away = go("BKPSDM", 2)
    away.order()
    whole = away.ledger.read_bytes()
    for place in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        away.ledger.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Problem):
            away.settle()
    assert away.world.all(select(letters.c.id)) == []


def test_a_line_left_out_of_a_ledger_is_noticed(go: Go) -> None:
    away = go("BKPSDM", 3)
    away.order()
    away.order()
    lines = away.ledger.read_bytes().splitlines(keepends=True)
    away.ledger.write_bytes(lines[0] + lines[2])
    with pytest.raises(BrokenLedger, match="baris 2"):
        away.settle()


def test_a_ledger_whose_last_line_was_cut_off_counts_as_if_it_had_never_begun(go: Go) -> None:
    away = go("BKPSDM", 3)
    first = away.order()
    whole = away.ledger.read_bytes()
    away.order()
    away.ledger.write_bytes(away.ledger.read_bytes()[:-40])
    assert read_ledger(away.ledger.read_bytes()).torn
    assert kit(away.lease).following == 2
    assert away.order().written.number == 2
    assert away.ledger.read_bytes().startswith(whole)
    assert first.written.number == 1


def test_a_block_that_another_agency_signed_is_refused(go: Go, world: World) -> None:
    away = go("BKPSDM", 2)
    lease = kit(away.lease).lease
    foreign = signing_key(world.database, world.at)
    other = msgspec.structs.replace(foreign, private=ec.generate_private_key(ec.SECP256R1()))
    away.lease.write_bytes(sealed(lease, other))
    away.order()
    with pytest.raises(UnusableLease):
        away.settle()


def test_a_block_that_was_signed_before_the_keys_changed_is_still_settled(go: Go, world: World) -> None:
    away = go("BKPSDM", 1)
    away.scan(away.order())
    rotate(world.database, world.at + timedelta(hours=1), is_test=True)
    assert away.settle().closed


def test_a_pdf_that_was_lost_is_made_again_to_the_byte(go: Go) -> None:
    away = go("BKPSDM", 2)
    printed = away.order()
    whole = printed.path.read_bytes()
    away.scan(printed)
    printed.path.unlink()
    away.pass_days(1)
    away.order()
    assert printed.path.read_bytes() == whole
    printed.path.write_bytes(b"%PDF-1.7 something else")
    done = away.settle()
    assert done.fates[0].state == "filed"
    ((stored,),) = away.world.all(
        select(files.c.content).join(letters, letters.c.file_id == files.c.id).where(letters.c.register_number == 1)
    )
    assert stored == whole


def test_a_block_that_was_closed_in_the_meantime_holds_what_comes_home_late(go: Go, world: World) -> None:
    away = go("BKPSDM", 2)
    away.scan(away.order())
    (row,) = world.all(select(leases))
    numbers = world.database.write(close, row.id, "Laptop hilang", world.ids["administrator"], world.at)
    assert numbers == [1, 2]
    (fate,) = away.settle().fates
    assert "Laptop hilang" in fate.says
    assert [each.reason for each in world.all(select(void_numbers))] == ["Laptop hilang"] * 2
    assert verified(world, "numbers") == NOTHING_WRONG


def test_what_cannot_be_prepared_is_named_with_the_reason(world: World, go: Go) -> None:
    drafted = world.open()
    away = go("SETDA", 2, drafted)
    assert kit(away.lease).lease.prepared == ()
    assert len(away.left) == 1


def test_preparing_a_letter_leaves_its_case_as_it_was(world: World, go: Go) -> None:
    case = world.road("verify")
    before = world.all(select(cases).where(cases.c.id == case))
    go("SETDA", 3, case)
    assert world.all(select(cases).where(cases.c.id == case)) == before
    assert world.all(select(letters.c.id).where(letters.c.register == "SETDA")) == []
    assert lent(world, "SETDA", 1, offline=True).first == 4


def test_a_changed_template_on_the_laptop_is_refused(with_request: tuple[Away, str]) -> None:
    away, _ = with_request
    lease = kit(away.lease).lease
    other = msgspec.structs.replace(lease.prepared[0], template_sha256="0" * 64)
    key = signing_key(away.world.database, away.world.at)
    away.lease.write_bytes(sealed(msgspec.structs.replace(lease, prepared=(other,)), key))
    with pytest.raises(Refused, match="Templat"):
        away.print()


def test_checking_notices_a_number_that_was_taken_out_of_the_books(go: Go, world: World) -> None:
    away = go("BKPSDM", 3)
    away.scan(away.order())
    away.settle()
    change(world, void_numbers.delete().where(void_numbers.c.number == 2))
    assert looked(world) == ["Nomor urut 2 dalam buku agenda BKPSDM tahun 2026 tidak ada suratnya."]
    change(world, update(letters).values(register_number=3))
    assert "Nomor urut 3 dalam buku agenda BKPSDM tahun 2026 dinyatakan batal, padahal ada suratnya." in looked(world)


# --- A ledger that somebody made themselves --------------------------------------------------------------------------


def rewritten(away: Away, **changes: Any) -> None:
    """The last letter of the ledger with changes, hashed as the program would."""
    found = read_ledger(away.ledger.read_bytes())
    last = found.lines[-1]
    forged = _sealed(msgspec.structs.replace(last.entry, **changes), last.at, last.previous)
    whole = away.ledger.read_bytes().rstrip(b"\n").rpartition(b"\n")[0]
    away.ledger.write_bytes(whole + b"\n" + msgspec.json.Encoder(order="sorted").encode(forged) + b"\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2},
        {"dated_on": date(2026, 3, 3)},
        {"kind": "keputusan"},
        {"kind": "tidak_ada"},
        {"body": "{}"},
        {"body": '{"duties": ["sesuatu yang lain"]}'},
        {"body_type": "TidakAda"},
        {"signers": ()},
        {"signers": ("x",)},
        {"id": "bukan id"},
        {"sha256": "0" * 64},
    ],
    ids=str,
)
def test_a_letter_that_no_program_wrote_is_held_and_moves_nothing(go: Go, changes: dict[str, Any]) -> None:
    away = go("BKPSDM", 2)
    away.scan(away.order())
    rewritten(away, **changes)
    (fate,) = away.settle().fates
    assert fate.state == "held"
    assert away.world.all(select(letters.c.id)) == []
    assert away.world.all(select(files.c.id)) == []
    assert looked(away.world) == NOTHING_WRONG


def test_a_prepared_letter_with_other_words_is_held(with_request: tuple[Away, str]) -> None:
    away, case = with_request
    printed = away.print()
    away.scan(printed)
    frame = msgspec.structs.replace(printed.written.frame, subject="Permohonan yang lain")
    rewritten(away, frame=frame)
    (fate,) = away.settle().fates
    assert fate.says == "Isi surat dalam catatan berbeda dari yang disiapkan dalam berkas blok."
    assert state_of(away.world, case) == "awaiting_signature"


def test_a_letter_that_is_home_stays_so_when_its_papers_are_gone(go: Go) -> None:
    away = go("BKPSDM", 2)
    printed = away.order()
    away.scan(printed)
    away.settle()
    printed.path.unlink()
    shutil.rmtree(away.folder / "pindaian")
    assert [fate.state for fate in away.settle().fates] == ["already"]


# --- Letters of every day in a unit's block --------------------------------------------------------------------------


def test_letters_of_a_unit_with_leased_numbers_are_numbered_from_its_block(world: World) -> None:
    world = profiled(world, '[registers.RSUD]\nkind = "leased"\nof = "SETDA"\n')
    lent(world, "RSUD", 4)
    case = world.road("verify")
    world.fire(case, "request_host", "secretary")
    world.fire(case, "confirm", "contact", GUIDE)
    world.fire(case, "assign", "hospital_head")
    numbered = world.all(
        select(letters.c.kind, letters.c.register, letters.c.register_number)
        .where(letters.c.number.is_not(None))
        .order_by(letters.c.id)
    )
    assert [tuple(row) for row in numbered] == [
        ("internship_proposal", "SETDA", 1),
        ("internship_request", "SETDA", 5),
        ("internship_assignment", "SETDA", 2),
    ]
    assert verified(world, "numbers") == NOTHING_WRONG


def test_a_step_whose_letter_finds_no_number_is_refused_and_changes_nothing(world: World) -> None:
    world = profiled(world, '[registers.SETDA]\nkind = "leased"\nof = "BKPSDM"\n')
    case = world.road("verify")
    with pytest.raises(Refused, match="Blok nomor unit SETDA"):
        world.fire(case, "request_host", "secretary")
    assert state_of(world, case) == "awaiting_signature"
