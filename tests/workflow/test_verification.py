"""A database checked against itself: what was touched is found, what was not is left in peace."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, Date, Table, delete, event, func, insert, literal, select, text, update
from sqlalchemy.exc import IntegrityError

from policies.decision import Decision, Rule
from policies.parameters import History, Policies
from tests.offices import PreparedOffice, hold, names, post_of
from tests.world import MONDAY, World
from workflow import audit
from workflow.chain import End
from workflow.effects import run_due
from workflow.engine.evidence import CASE, CLAIM, ENTRY, FILE, LETTER, Erasure, Evidence, HoursTold, digest
from workflow.engine.rejudging import rejudged, rules_of
from workflow.ids import new_id
from workflow.registry import Registry
from workflow.tables import (
    Instant,
    budgets,
    cases,
    entries,
    events,
    files,
    hour_evidence,
    hour_postings,
    letter_cases,
    letters,
    occupations,
    participants,
    people,
    postings,
    registers,
    tasks,
)
from workflow.verification import PARTS, Finding, verify


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def walked(request: pytest.FixtureRequest) -> PreparedOffice:
    """An office in which an internship has gone all the way."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = office.as_new()
    world.road("complete")
    return office.as_it_is(world)


@pytest.fixture
def world(walked: PreparedOffice) -> World:
    """That office, as it was then, in every test of this file."""
    return walked.as_new()


@pytest.fixture
def finished(world: World) -> str:
    """The internship that has gone all the way."""
    ((case,),) = world.all(select(cases.c.id))
    return str(case)


VOUCHED_FOR = (
    cases, events, entries, letters, letter_cases, registers, postings, hour_evidence, hour_postings, budgets, files,
    occupations, participants,
)  # fmt: skip


class Unwritten(Exception):
    """Ends a unit whose writing is not to be kept."""


def found(
    world: World, *parts: str, policies: Policies | None = None, registry: Registry | None = None
) -> list[Finding]:
    law, processes = policies or world.engine.office.policies, registry or world.engine.registry
    checked = world.database.read(lambda conn: list(verify(conn, processes, law, parts)))
    return [finding for part in checked for finding in part.findings]


def meddle(world: World, *statements: Any) -> None:
    world.database.write(lambda conn: [conn.execute(statement) for statement in statements])


def test_nothing_is_found_where_nothing_was_touched(world: World) -> None:
    assert found(world) == []
    checked = world.database.read(lambda conn: list(verify(conn, world.engine.registry, world.engine.office.policies)))
    assert [part.part for part in checked] == list(PARTS)
    # No case of this office was matched in a round or acted on by a mandate.
    assert all(part.looked_at for part in checked if part.part not in ("rounds", "mandates", "absences", "accounts"))


SOMEBODY = select(people.c.id).where(people.c.kind == "official").scalar_subquery()
ANOTHER_DAY, ANOTHER_INSTANT = date(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC)
SIGNED = letters.c.kind == "internship_proposal"
UNSIGNED = letters.c.kind == "internship_credit_certificate"
LAST = events.c.sequence == select(func.max(events.c.sequence)).scalar_subquery()
LOGBOOK = (entries.c.kind == "logbook", entries.c.number == 2)

#: What is touched past the program: the part that finds it, the statements, and what is said.
TOUCHED: dict[str, tuple[str, Any, str]] = {
    # The log
    "a payload": (
        "chain",
        update(events).where(events.c.sequence == 3).values(payload='{"actor":{"name":"orang lain"}}'),
        "Isi peristiwa nomor 3",
    ),
    "a payload and its salt": (
        "chain",
        update(events).where(events.c.sequence == 3).values(payload=None, salt=None),
        "Isi peristiwa nomor 3 hilang tanpa catatan penghapusan",
    ),
    "an instant": ("chain", text("UPDATE events SET at = '2026-03-01T00:00:00.000000Z' WHERE sequence = 4"), "nomor 4"),
    "an event taken out": ("chain", delete(events).where(events.c.sequence == 5), "nomor 5 tidak ada"),
    "the last event taken out with its count": (
        "chain",
        (delete(events).where(LAST), update(cases).values(version=cases.c.version - 1)),
        "bukan yang dicatat berkasnya sebagai yang terakhir",
    ),
    # The case
    "a state": ("cases", update(cases).values(state="rejected"), "peristiwa terakhirnya menuju completed"),
    "a state that does not exist": ("cases", update(cases).values(state="pending"), "'pending' tidak dikenal"),
    "a form": ("cases", update(cases).values(form='{"estimate":1}'), "Isi permohonan berbeda"),
    "a form that is none": ("cases", update(cases).values(form="{"), "Isi permohonan berbeda"),
    "a case opened again": ("cases", update(cases).values(closed_at=None), "Penutupan berkas"),
    "whose case it is": ("cases", update(cases).values(subject_id=SOMEBODY), "Data pokok berkas"),
    "the unit": ("cases", update(cases).values(unit_id="DINKES"), "Data pokok berkas"),
    "the memory": ("cases", update(cases).values(memory='{"named":{}}'), "Data pokok berkas"),
    "a memory that is none": ("cases", update(cases).values(memory="{"), "Data pokok berkas"),
    "the day of entry": ("cases", update(cases).values(entered_on=ANOTHER_DAY), "Data pokok berkas"),
    "the instant of opening": ("cases", update(cases).values(opened_at=ANOTHER_INSTANT), "Data pokok berkas"),
    "the instant of closing": ("cases", update(cases).values(closed_at=ANOTHER_INSTANT), "Data pokok berkas"),
    "the version of the process": ("cases", update(cases).values(process_version=9), "Data pokok berkas"),
    "the fingerprint": ("cases", update(cases).values(fingerprint="0" * 64), "Data pokok berkas"),
    "days held": (
        "cases",
        insert(occupations).from_select(
            ["case_id", "person_id", "kind", "stage", "from_on", "until_on"],
            select(
                cases.c.id, cases.c.subject_id, literal("full"), literal("held"), cases.c.entered_on, cases.c.entered_on
            ),
        ),
        "Hari yang dipegang berkas ini berbeda",
    ),
    "who acted": (
        "cases",
        update(participants).where(participants.c.role == "supervisor").values(acted=False),
        "Pihak supervisor",
    ),
    "who is said to have acted": (
        "cases",
        update(participants).where(participants.c.role == "verifier").values(acted=True),
        "tercatat bertindak tanpa peristiwa",
    ),
    # Its entries
    "a logbook day": (
        "cases",
        update(entries).where(*LOGBOOK).values(data=func.replace(entries.c.data, "7.5", "9.5")),
        "Catatan harian nomor 2 tidak lagi sama",
    ),
    "the day of an entry": (
        "cases",
        update(entries).where(*LOGBOOK).values(on_date=ANOTHER_DAY),
        "Catatan harian nomor 2 tidak lagi sama",
    ),
    "who wrote an entry": (
        "cases",
        update(entries).where(*LOGBOOK).values(written_by=SOMEBODY),
        "Catatan harian nomor 2 tidak lagi sama",
    ),
    "a confirmation": (
        "cases",
        update(entries).where(*LOGBOOK).values(status="written", marked_by=None, marked_at=None),
        "Catatan harian nomor 2 berstatus",
    ),
    "who confirmed": (
        "cases",
        update(entries).where(*LOGBOOK).values(marked_by=SOMEBODY),
        "Catatan harian nomor 2: siapa atau kapan yang menandainya dikonfirmasi",
    ),
    "when it was confirmed": (
        "cases",
        update(entries).where(*LOGBOOK).values(marked_at=ANOTHER_INSTANT),
        "Catatan harian nomor 2: siapa atau kapan",
    ),
    "an entry taken out": ("cases", delete(entries).where(*LOGBOOK), "Catatan harian nomor 2 tidak ada lagi"),
    "an entry put in": (
        "cases",
        insert(entries).from_select(
            [column.name for column in entries.c],
            select(
                literal("forged"),
                entries.c.case_id,
                entries.c.kind,
                literal(99),
                *(column for column in entries.c if column.name not in ("id", "case_id", "kind", "number")),
            ).where(*LOGBOOK),
        ),
        "Catatan harian nomor 99 tidak berasal dari peristiwa mana pun",
    ),
    "the host's scores": (
        "cases",
        update(entries).where(entries.c.kind == "assessment").values(data=func.replace(entries.c.data, "90", "99")),
        "nomor 1 tidak lagi sama",
    ),
    # Its letters
    "a register": ("numbers", update(registers).values(last_number=registers.c.last_number + 1), "tidak ada suratnya"),
    "a number": (
        "numbers",
        update(letters).where(letters.c.register_number == 1).values(number="1/XYZ"),
        "memuat nomor lain daripada yang tercatat",
    ),
    "a number with its letter": (
        "numbers",
        update(letters).where(SIGNED).values(number="1/X", frame='{"number":"1/X"}'),
        "Surat Nomor 800.1.4.1/001/RSUD/2026 ditandatangani dengan nomor itu, sekarang tercatat bernomor 1/X",
    ),
    "a signature taken back": (
        "numbers",
        update(letters).values(signed_at=None),
        "tidak lagi sama dengan yang dicatat",
    ),
    **{
        f"the {column} of a letter": (
            "numbers",
            update(letters).where(SIGNED).values({column: value}),
            "tidak lagi sama dengan yang dicatat",
        )
        for column, value in {
            "body": "{}",
            "template_sha256": "0" * 64,
            "body_type": "HostCertificate",
            "signed_by": SOMEBODY,
            "signed_title": "Bupati",
            "signed_at": ANOTHER_INSTANT,
            "dated_on": ANOTHER_DAY,
            "due_on": ANOTHER_DAY,
            "issued_at": ANOTHER_INSTANT,
            "position_id": "regent",
            "role": "signatory",
            "kind": "internship_request",
            "route": "[]",
            "turn": 7,
            "drafter": "verifier",
            "method": "by_hand",
            "register_year": 2025,
            "register_suffix": "a",
            "code": "23456789AB",
            "void_reason": "Keliru.",
        }.items()
    },
    "the frame of a letter": (
        "numbers",
        update(letters).where(SIGNED).values(frame=func.replace(letters.c.frame, "Usulan", "Penolakan")),
        "tidak lagi sama dengan yang dicatat",
    ),
    "the body of a letter to be signed": (
        "numbers",
        update(letters).where(UNSIGNED).values(body="{}"),
        "tidak lagi sama dengan yang dicatat",
    ),
    "a letter made void": (
        "numbers",
        update(letters).where(SIGNED).values(state="void"),
        "berstatus tidak berlaku, sedangkan menurut peristiwanya ditandatangani",
    ),
    "a PDF that there is not": ("numbers", update(letters).where(SIGNED).values(state="signed"), "PDF sedang dibuat"),
    "what cancels a letter": (
        "numbers",
        update(letters).where(SIGNED).values(cancelled_by=letters.c.id),
        "surat yang membatalkannya berbeda",
    ),
    "a letter of no case": ("numbers", delete(letter_cases), "tidak termasuk berkas mana pun"),
    # Money and hours
    "a posting": ("books", update(postings).where(postings.c.account == "spent").values(amount=1), "tidak seimbang"),
    "a posting beyond all counting": (
        "books",
        update(postings).where(postings.c.account != "ceiling").values(amount=2**63 - 1),
        "melampaui Rp1.000.000.000.000.000,00",
    ),
    "both sides of a movement": (
        "books",
        update(postings).where(postings.c.says == "Dibelanjakan").values(amount=postings.c.amount * 2),
        "(Dibelanjakan Rp3.500.000,00) tidak lagi sama",
    ),
    "what a movement says": (
        "books",
        update(postings).where(postings.c.says == "Dicadangkan").values(says="Dibayar"),
        "(Dicadangkan Rp4.000.000,00) tidak lagi sama",
    ),
    "when money moved": (
        "books",
        update(postings).where(postings.c.says == "Diikat").values(posted_at=ANOTHER_INSTANT),
        "(Diikat Rp4.000.000,00) tidak lagi sama",
    ),
    "a movement taken out": (
        "books",
        delete(postings).where(postings.c.says == "Dilepas"),
        "(Dilepas Rp500.000,00) tidak ada lagi",
    ),
    "a movement of no case": (
        "books",
        update(postings).where(postings.c.says == "Dibelanjakan").values(case_id=None),
        "menyentuh uang yang dipegang berkas, tetapi tidak menyebut berkasnya",
    ),
    "a movement put in": (
        "books",
        insert(postings).from_select(
            [column.name for column in postings.c],
            select(
                literal("forged-") + postings.c.account,
                literal("forged"),
                postings.c.budget_id,
                postings.c.year,
                postings.c.account,
                postings.c.amount,
                postings.c.case_id,
                postings.c.says,
                postings.c.posted_at,
            ).where(postings.c.says == "Dilepas"),
        ),
        "Mutasi forged tidak berasal dari peristiwa mana pun",
    ),
    # Hours
    **{
        f"the {column} of a claim to hours": (
            "ledger",
            update(hour_evidence).values({column: value}),
            "tidak lagi sama dengan yang dicatat",
        )
        for column, value in {
            "person_id": SOMEBODY,
            "kind": "lain",
            "number": 7,
            "activity": "C8",
            "rate": "credit.exchange",
            "international": True,
            "first_on": date(2026, 1, 5),
            "last_on": date(2026, 6, 5),
            "completed_on": date(2025, 6, 5),
            "starts_at": ANOTHER_INSTANT,
            "ends_at": ANOTHER_INSTANT,
            "posted_at": ANOTHER_INSTANT,
            "withdrawn_at": ANOTHER_INSTANT,
        }.items()
    },
    **{
        f"the {column} of hours": (
            "ledger",
            update(hour_postings).values({column: value}),
            "JP tidak lagi sama dengan yang dicatat",
        )
        for column, value in {
            "person_id": SOMEBODY,
            "account": "year",
            "year": 2025,
            "hours": hour_postings.c.hours * 2,
            "reason": "beyond 3",
            "says": "Lain.",
            "by": "Perbup Contoh",
            "reverses": "forged",
            "is_correction": True,
            "posted_at": ANOTHER_INSTANT,
        }.items()
    },
    "hours that do not balance": (
        "ledger",
        update(hour_postings).where(hour_postings.c.account == "year").values(hours=40),
        "tidak seimbang: selisih 20 pada 2 baris",
    ),
    "hours other than the law gives": (
        "ledger",
        update(hour_postings).values(hours=hour_postings.c.hours * 2),
        "JP yang dibukukan (40 JP tahun 2026) berbeda dari hitungan menurut ketentuan (20 JP tahun 2026)",
    ),
    "hours taken out": ("ledger", delete(hour_postings), "Mutasi 20 JP tidak ada lagi"),
    "hours put in": (
        "ledger",
        insert(hour_postings).from_select(
            [column.name for column in hour_postings.c],
            select(
                func.replace(hour_postings.c.id, "-", "x"),
                literal("forged"),
                *(column for column in hour_postings.c if column.name not in ("id", "movement_id")),
            ),
        ),
        "Mutasi JP forged tidak berasal dari peristiwa mana pun",
    ),
    "a ceiling": ("books", update(budgets).values(ceiling=20_000_000), "tercatat Rp20.000.000,00, sedangkan"),
    "a ceiling in the books": (
        "books",
        update(postings).where(postings.c.case_id.is_(None)).values(amount=postings.c.amount * 2),
        "tercatat Rp10.000.000,00, sedangkan menurut mutasinya Rp20.000.000,00",
    ),
    # Files
    "a file": ("files", update(files).values(content=b"lain"), "tidak lagi sama"),
    "a file with its digest": (
        "files",
        update(files).values(content=b"lain", size=4, sha256=sha256(b"lain").hexdigest()),
        "bukan lagi yang dilampirkan",
    ),
    "a file put in by nobody": (
        "files",
        insert(files).from_select(
            [column.name for column in files.c if column.name != "uploaded_by"],
            select(
                literal("forged"), *(column for column in files.c if column.name not in ("id", "uploaded_by"))
            ).limit(1),
        ),
        "tidak berasal dari peristiwa mana pun",
    ),
    "a letter without its place in the register": (
        "numbers",
        update(letters).where(SIGNED).values(register_number=None),
        "tidak ada suratnya",
    ),
    "a register that counts for ever": (
        "numbers",
        update(registers).where(registers.c.register == "RSUD").values(last_number=2**31 - 1),
        "dalam buku agenda RSUD tahun 2026 tidak ada suratnya",
    ),
    "the name of a file": ("files", update(files).values(name="x.pdf"), "bukan lagi yang dilampirkan"),
    "a file taken from its case": ("files", update(files).values(case_id=None), "yang dilampirkan tidak ada lagi"),
    "a file put in": (
        "files",
        insert(files).from_select(
            [column.name for column in files.c],
            select(literal("forged"), *(column for column in files.c if column.name != "id")).limit(1),
        ),
        "tidak berasal dari peristiwa mana pun",
    ),
}


@pytest.mark.parametrize("touched", TOUCHED)
def test_what_was_touched_is_found_in_its_part(touched: str, world: World) -> None:
    part, statements, says = TOUCHED[touched]
    meddle(world, *(statements if isinstance(statements, tuple) else (statements,)))
    findings = [finding for finding in found(world, part) if finding.fails]
    assert any(says in finding.says for finding in findings), findings


@pytest.mark.parametrize("what", ["entries", "letters", "cases", "postings"])
def test_what_was_touched_is_named_with_the_event_that_told_it(what: str, world: World, finished: str) -> None:
    statement, part, trigger = {
        "entries": (TOUCHED["the host's scores"][1], "cases", "assess"),
        "letters": (TOUCHED["the body of a letter"][1], "numbers", "forward"),
        "cases": (TOUCHED["the unit"][1], "cases", "complete"),
        "postings": (TOUCHED["both sides of a movement"][1], "books", "complete"),
    }[what]
    told = world.all(select(events.c.sequence).where(events.c.type == trigger))[0].sequence
    meddle(world, statement)
    assert (finished, told) in [(finding.case_id, finding.sequence) for finding in found(world, part)]


def test_every_column_of_what_a_case_owns_is_vouched_for() -> None:
    """Also those of tables that will get more: whatever is no digest's is told in full, or is said here."""
    assert {column.name for column in cases.c} - set(CASE) == {"head", "reference"}
    assert {column.name for column in entries.c} - set(ENTRY) == {"status", "marked_by", "marked_at"}
    made_later = {"file_id", "statement", "unsigned_sha256", "sealed", "trouble", "reminded_on", "escalated_on"}
    assert {column.name for column in letters.c} - set(LETTER) == {"state", "cancelled_by", *made_later}
    assert {column.name for column in files.c} - set(FILE) == {"content", "case_id"}
    assert {column.name for column in hour_evidence.c} - set(CLAIM) == {"withdrawn_at"}
    told = {"movement_id", "evidence_id", "person_id", "case_id", "account", "is_correction", "posted_at"}
    assert {column.name for column in hour_postings.c} - set(HoursTold.__struct_fields__) == told


LAST_STEPS = (
    "submit",
    "endorse",
    "forward",
    "request_host",
    "assign",
    "introduce",
    "log_day",
    "confirm_days",
    "complete",
)


@pytest.mark.parametrize("step", LAST_STEPS)
def test_a_last_step_that_was_cut_off_with_every_trace_in_its_chain_is_found(step: str, world: World) -> None:
    world.go_to(MONDAY.date())
    case = world.road(step, who="second_nurse")
    before = world.all(select(events).where(events.c.case_id == case).order_by(events.c.sequence))[-2]
    meddle(
        world,
        delete(events).where(events.c.case_id == case, events.c.sequence > before.sequence),
        update(cases).where(cases.c.id == case).values(version=before.sequence, head=before.hash),
    )
    assert found(world, "chain") == []
    named = {finding.case_id for finding in found(world) if finding.fails}
    assert named == {case}


def test_the_first_event_that_was_touched_comes_first_with_its_case(world: World, finished: str) -> None:
    meddle(
        world,
        update(events).where(events.c.sequence == 9).values(payload="{}"),
        update(events).where(events.c.sequence == 4).values(payload="{}"),
    )
    first = found(world, "chain")[0]
    assert (first.case_id, first.sequence) == (finished, 4)


def test_a_letter_that_was_taken_out_is_missed_by_its_register_and_its_event(world: World) -> None:
    letter = world.all(select(letters).where(letters.c.kind == "internship_proposal"))[0]
    meddle(
        world,
        delete(letter_cases).where(letter_cases.c.letter_id == letter.id),
        delete(letters).where(letters.c.id == letter.id),
    )
    says = [finding.says for finding in found(world, "numbers")]
    assert any("Nomor urut 1 dalam buku agenda RSUD tahun 2026" in each for each in says)
    assert any("yang diterbitkan dengan forward tidak ada lagi" in each for each in says)


def erase(world: World, sequence: int) -> None:
    (row,) = world.all(select(events.c.id).where(events.c.sequence == sequence))
    clerk = {"id": world.ids["administrator"], "name": "Administrator"}
    world.database.write(audit.erase, row.id, by=clerk, basis="UU 27/2022 Pasal 16", at=world.at)


def test_a_case_of_which_every_event_was_erased_is_noted_and_does_not_fail(world: World) -> None:
    count = len(world.all(select(events.c.id)))
    for sequence in range(1, count + 1):
        erase(world, sequence)
    findings = found(world)
    assert [finding.sequence for finding in findings] == list(range(1, count + 1))
    assert {(finding.part, finding.fails) for finding in findings} == {("decisions", False)}
    assert len(world.all(select(events.c.id))) == 2 * count


@pytest.mark.parametrize("touched", ["an entry taken out", "an entry put in", "a letter made void", "the hours of hours",
                                     "both sides of a movement", "a confirmation", "the unit", "a file put in"])  # fmt: skip
def test_what_an_erasure_leaves_told_is_still_vouched_for(touched: str, world: World) -> None:
    for sequence in range(1, len(world.all(select(events.c.id))) + 1):
        erase(world, sequence)
    part, statement, says = TOUCHED[touched]
    meddle(world, statement)
    assert any(says in finding.says for finding in found(world, part) if finding.fails)


def test_an_erasure_keeps_nothing_of_persons_or_of_what_they_wrote(world: World) -> None:
    (last,) = world.all(select(func.max(events.c.sequence)))
    for sequence in range(1, last[0] + 1):
        erase(world, sequence)
    for row in world.all(select(events).where(events.c.sequence > last[0])):
        kept = msgspec.json.encode(msgspec.json.decode(row.payload)["erased"]).decode()
        assert "sha256" not in kept
        assert not [name for name, person in world.ids.items() if person in kept]


@pytest.mark.parametrize("step", ["submit", "endorse", "forward", "request_host", "confirm_days", "assess", "complete"])
def test_an_erased_event_is_noted_and_does_not_fail(step: str, world: World) -> None:
    (row,) = world.all(select(events.c.sequence).where(events.c.type == step))
    erase(world, row.sequence)
    (finding,) = found(world)
    assert (finding.part, finding.sequence, finding.fails) == ("decisions", row.sequence, False)


UNREADABLE = (
    "", "[]", "{", "null", "[" * 9000, '{"letters":5}', '{"case":7,"entry":{"kind":[]}}', '{"decisions":5}', '{"decisions":[1]}',
    '{"decisions":[{"rule":"internship.period_is_allowed","revision":1}],"law_on":"kemarin"}',
)  # fmt: skip


def test_a_payload_that_cannot_be_read_stops_nothing(world: World) -> None:
    for payload in UNREADABLE:
        meddle(world, update(events).where(events.c.sequence == 4).values(payload=payload))
        assert {finding.part for finding in found(world)} >= {"chain"}


def last_of(world: World, case: str) -> Any:
    """The newest event of a case."""
    return world.all(select(events).where(events.c.case_id == case).order_by(events.c.sequence))[-1]


@pytest.mark.parametrize("form", ["[1]", '{"starts_on":5}', '{"starts_on":"x","ends_on":"y"}'])
def test_a_row_for_which_no_event_vouches_any_more_stops_nothing(form: str, world: World) -> None:
    case = world.open("second_nurse")
    meddle(
        world,
        update(events).where(events.c.case_id == case).values(payload="{}"),
        update(cases).where(cases.c.id == case).values(form=form, state="verification"),
    )
    assert [(finding.part, finding.case_id) for finding in found(world)] == [("chain", case), ("cases", case)]


@pytest.mark.parametrize("vouched_for", [False, True])
@pytest.mark.parametrize("memory", ['{"ended_on":"x"}', '{"ended_on":5}', "[1]", "{"])
def test_a_memory_that_names_no_day_stops_nothing(memory: str, vouched_for: bool, world: World) -> None:
    world.go_to(MONDAY.date())
    case = world.road("endorse", who="second_nurse")
    meddle(world, update(cases).where(cases.c.id == case).values(state="supervisor_review", memory=memory))
    (row,) = world.database.read(lambda conn: conn.execute(select(cases).where(cases.c.id == case)).mappings().all())
    told = {"case": digest(CASE, row)} if vouched_for else {}
    written = msgspec.json.encode(told).decode()
    meddle(world, update(events).where(events.c.id == last_of(world, case).id).values(payload=written))
    findings = [finding for finding in found(world) if finding.fails]
    assert ("chain", case) in [(finding.part, finding.case_id) for finding in findings]
    not_a_day = memory.startswith('{"')
    assert any("tidak dapat dihitung: isi" in finding.says for finding in findings) == (vouched_for and not_a_day)


#: What may stand in any column on SQLite, as it is written there.
ANYTHING = ("'x'", "x'00ff'", "NULL")


def parts_that_read(world: World, table: Table) -> tuple[str, ...]:
    """The parts of the check that ask for anything of a table: what stands in it reaches no other."""
    said: list[str] = []

    def listen(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    def asked(conn: Connection) -> tuple[str, ...]:
        reading = []
        event.listen(conn, "before_cursor_execute", listen)
        for part in PARTS:
            said.clear()
            list(verify(conn, world.engine.registry, world.engine.office.policies, (part,)))
            if any(re.search(rf"\b{table.name}\b", statement) for statement in said):
                reading.append(part)
        event.remove(conn, "before_cursor_execute", listen)
        return tuple(reading)

    return world.database.read(asked)


#: PostgreSQL keeps every value of its kind.
on_sqlite = pytest.mark.parametrize("walked", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.parametrize("table", VOUCHED_FOR, ids=str)
def test_whatever_stands_in_a_column_stops_nothing_on_sqlite(table: Table, world: World) -> None:
    parts = parts_that_read(world, table)
    assert parts

    def look(conn: Connection, column: str, value: str) -> None:
        conn.execute(text("PRAGMA defer_foreign_keys=ON"))
        conn.exec_driver_sql(f'UPDATE {table.name} SET "{column}" = {value} WHERE rowid = 1')  # noqa: S608 # our own
        list(verify(conn, world.engine.registry, world.engine.office.policies, parts))
        raise Unwritten

    for column in table.c:
        for value in ANYTHING:
            with pytest.raises((Unwritten, IntegrityError)):
                world.database.write(look, column.name, value)


@on_sqlite
@pytest.mark.parametrize("table", [cases, entries, letters, postings, hour_evidence, hour_postings, files], ids=str)
def test_days_and_instants_that_are_none_are_found_and_stop_nothing_on_sqlite(table: Table, world: World) -> None:
    for column in table.c:
        if isinstance(column.type, Date | Instant):
            meddle(world, text(f"UPDATE {table.name} SET {column.name} = 'kemarin'"))  # noqa: S608 # our own
    assert any(finding.fails for finding in found(world))


def test_a_pdf_that_is_not_of_its_letter_is_found(world: World) -> None:
    run_due(world.database, world.engine.office, world.at)
    assert found(world) == []
    one, other = world.all(select(letters).where(letters.c.file_id.is_not(None)))[:2]
    meddle(
        world,
        update(letters).where(letters.c.id == one.id).values(file_id=other.file_id),
        update(letters).where(letters.c.id == other.id).values(file_id=one.file_id),
    )
    assert {finding.says for finding in found(world, "files")} == {
        f"PDF surat Nomor {letter.number} tidak memuat data surat itu." for letter in (one, other)
    }


def test_an_office_in_which_much_has_happened_is_found_sound(world: World) -> None:
    """Returned, escalated, seated anew, cancelled, recalled: every kind of event that there is."""
    world.go_to(MONDAY.date())
    returned = world.submitted("second_nurse")
    world.fire(returned, "return", "nursing_head", {"to_mend": "Lengkapi tujuan magang."})
    cancelled = world.road("assign", who="third_nurse")
    world.fire(cancelled, "cancel", "verifier", {"reason": "Kebutuhan pelayanan."})
    for waiting in world.all(select(tasks).where(tasks.c.case_id == cancelled, tasks.c.letter_id.is_not(None))):
        world.sign(waiting.letter_id, names(world)[waiting.assignee_id])
    world.submitted("fourth_nurse")
    hold(world, post_of(world, "nursing_head"), "clerk_1")
    world.sweep()
    world.at += timedelta(days=30)
    world.sweep()
    kinds = {row.type for row in world.all(select(events.c.type))}
    assert kinds >= {"opened", "return", "cancel", "reseated", "escalated", "letter_signed"}
    assert [finding for finding in found(world) if finding.fails] == []


def test_a_letter_that_was_dropped_before_it_was_signed_is_void_by_its_event(world: World) -> None:
    world.go_to(MONDAY.date())
    case = world.road("confirm", who="second_nurse")
    world.at += timedelta(days=14)
    world.sweep()
    world.fire(case, "assign", "secretary")  # in the place of the head, whose letter it remains to sign
    world.fire(case, "cancel", "verifier", {"reason": "Kebutuhan pelayanan."})
    assignment = (letters.c.kind == "internship_assignment") & letters.c.number.is_(None)
    assert [row.state for row in world.all(select(letters.c.state).where(assignment))] == ["void"]
    assert found(world) == []
    meddle(world, update(letters).where(assignment).values(state="to_sign"))
    assert any("berstatus menunggu tanda tangan" in finding.says for finding in found(world, "numbers"))


def test_a_logbook_day_that_was_written_again_is_corrected_by_its_event(world: World) -> None:
    world.go_to(MONDAY.date())
    case = world.road("start", who="second_nurse")
    day = {"worked_on": world.at.date().isoformat(), "hours": 7.5, "activity": "Dinas pagi", "learning": "Asuhan"}
    world.fire(case, "log_day", "second_nurse", day)
    world.fire(case, "log_day", "second_nurse", {**day, "hours": 6.0})
    corrected = (entries.c.case_id == case) & (entries.c.status == "corrected")
    assert len(world.all(select(entries.c.id).where(corrected))) == 1
    assert found(world) == []
    meddle(world, update(entries).where(corrected).values(status="written", marked_by=None, marked_at=None))
    assert any("berstatus dicatat, sedangkan" in finding.says for finding in found(world, "cases"))


def test_days_held_are_not_asked_of_a_process_that_has_changed_since(world: World) -> None:
    world.go_to(MONDAY.date())
    world.submitted("second_nurse")
    process = world.engine.registry.process("internship")
    states = tuple(dataclasses.replace(state, occupies=None) for state in process.states)
    changed = Registry.of(dataclasses.replace(process, states=states))
    assert found(world, registry=changed) == []


def test_cases_put_under_a_letter_that_was_not_issued_for_them_are_found(world: World, finished: str) -> None:
    world.go_to(MONDAY.date())
    others = [world.open("second_nurse"), world.open("third_nurse")]
    issuer = world.road("forward", "fourth_nurse")
    others.append(world.open("second_nurse"))
    ((letter,),) = world.all(select(letter_cases.c.letter_id).where(letter_cases.c.case_id == issuer))
    strangers = {*others, finished}
    meddle(world, insert(letter_cases).values([{"letter_id": letter, "case_id": case} for case in strangers]))
    (number,) = world.all(select(letters.c.number).where(letters.c.id == letter))[0]
    says = f"Surat Nomor {number} tidak berasal dari peristiwa mana pun."
    assert {(finding.says, finding.case_id) for finding in found(world)} == {(says, case) for case in strangers}
    meddle(world, update(letters).where(letters.c.id == letter).values(body="{}"))
    assert {finding.case_id for finding in found(world, "numbers")} == {*strangers, issuer}


def test_a_letter_of_several_cases_that_none_of_them_tells_of_is_found(world: World) -> None:
    world.go_to(MONDAY.date())
    shared = [world.open("second_nurse"), world.open("third_nurse")]
    copied = [column for column in letters.c if column.name not in ("id", "code")]
    meddle(
        world,
        insert(letters).from_select(
            ["id", "code", *(column.name for column in copied)],
            select(literal("forged"), literal("FRGD"), *copied).where(UNSIGNED),
        ),
        insert(letter_cases).values([{"letter_id": "forged", "case_id": case} for case in shared]),
    )
    says = "Surat tanpa nomor (id forged) tidak berasal dari peristiwa mana pun."
    assert {(finding.says, finding.case_id) for finding in found(world)} == {(says, case) for case in shared}


def test_what_an_erasure_should_not_have_kept_is_not_believed(world: World, finished: str) -> None:
    """Who erases by an older program keeps more; nobody looked at it since."""
    (row,) = world.all(select(events).where(events.c.type == "assess"))
    told = msgspec.json.decode(row.payload, type=Evidence)
    assert told.entry
    kept = msgspec.structs.replace(told, entry=msgspec.structs.replace(told.entry, sha256="0" * 64))
    erasure = Erasure(sequence=row.sequence, event=row.id, type=row.type, basis="UU 27/2022 Pasal 16", kept=kept)

    def erase_and_keep(conn: Connection) -> None:
        case = conn.execute(select(cases)).mappings().one()
        counted = {**case, "version": case["version"] + 1}
        payload = {"actor": {"id": None}, "erased": erasure, "case": digest(CASE, counted)}
        conn.execute(update(events).where(events.c.id == row.id).values(payload=None, salt=None))
        ended = End(case["version"], case["head"])
        event = audit.append(conn, finished, audit.ERASED, world.at, payload, after=ended)
        conn.execute(update(cases).values(version=event.sequence, head=event.hash))

    world.database.write(erase_and_keep)
    assert [finding for finding in found(world) if finding.fails] == []


def test_money_that_a_closed_case_still_holds_is_found(world: World, finished: str) -> None:
    line = world.budget_line
    movement = new_id(world.at)
    rows = [
        {"id": new_id(world.at), "account": account, "amount": amount}
        for account, amount in (("available", -5), ("reserved", 5))
    ]
    shared = {"movement_id": movement, "budget_id": line, "case_id": finished, "says": "x", "posted_at": world.at}
    meddle(world, insert(postings).values([{**row, **shared} for row in rows]))
    assert any("masih memegang 5" in finding.says for finding in found(world, "books"))


# --- Decisions judged again ------------------------------------------------------------------------------------------


def stored(world: World, rule: str) -> tuple[dict[str, Any], str]:
    """A decision as an event keeps it."""
    for row in world.all(select(events.c.payload)):
        payload = msgspec.json.decode(row.payload)
        for decided in payload.get("decisions", ()):
            if decided["rule"] == rule:
                return decided, payload["law_on"]
    raise AssertionError(rule)


def again(
    world: World, rule: str, change: Callable[[Rule], Rule], policies: Policies | None = None
) -> list[tuple[str, bool]]:
    decided, law_on = stored(world, rule)
    rules = {name: change(each) if name == rule else each for name, each in rules_of(world.engine.registry).items()}
    return [(d.says, d.fails) for d in rejudged(decided, law_on, rules, policies or world.engine.office.policies)]


PERIOD = "internship.period_is_allowed"


def test_the_same_rule_on_the_same_facts_answers_the_same(world: World) -> None:
    assert again(world, PERIOD, lambda rule: rule) == []


def test_a_rule_that_answers_otherwise_under_the_same_revision_fails(world: World) -> None:
    ((says, fails), *_) = again(world, PERIOD, lambda rule: dataclasses.replace(rule, answer=lambda *_: Decision(())))
    assert fails
    assert PERIOD in says


def test_a_rule_revised_since_is_listed_and_does_not_fail(world: World) -> None:
    ((says, fails),) = again(world, PERIOD, lambda rule: dataclasses.replace(rule, revision=99))
    assert not fails
    assert "direvisi" in says


def test_a_history_that_was_written_anew_is_named(world: World) -> None:
    policies = world.engine.office.policies
    history = policies.histories["internship.longest_days"]
    entries = tuple(dataclasses.replace(entry, value=200) for entry in history.entries)
    changed: History = dataclasses.replace(history, entries=entries)
    rewritten = dataclasses.replace(policies, histories={**policies.histories, history.name: changed})
    findings = found(world, "decisions", policies=rewritten)
    assert findings
    assert findings[0].fails
    assert "Riwayat ketentuan internship.longest_days telah diubah: dahulu 365" in findings[0].says


def test_a_number_that_changes_later_leaves_old_decisions_alone(world: World) -> None:
    policies = world.engine.office.policies
    history = policies.histories["internship.longest_days"]
    later = dataclasses.replace(history.entries[-1], since=date(2027, 1, 1), value=90)
    changed = dataclasses.replace(history, entries=(*history.entries, later))
    amended = dataclasses.replace(policies, histories={**policies.histories, history.name: changed})
    assert found(world, "decisions", policies=amended) == []


def test_a_rule_that_is_gone_is_listed(world: World) -> None:
    decided, law_on = stored(world, PERIOD)
    (difference,) = rejudged(decided, law_on, {}, world.engine.office.policies)
    assert not difference.fails
    assert "tidak ada lagi" in difference.says
