"""What belongs to several cases at once, touched: each touch is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Executable, delete, insert, literal, select, update

from tests.cohorts import LETTER, OwnStep, Together, gathered
from tests.offices import PreparedOffice, change
from tests.stories.test_a_cohort import found
from workflow.tables import file_cases, incoming, incoming_cases, letter_cases, letters

TOUCHES: dict[str, tuple[Callable[[Together], Executable], str]] = {
    "another signer of the host's letter": (
        lambda _: update(incoming).values(signer_name="Orang Lain"),
        "tidak lagi sama dengan yang dicatat",
    ),
    "an agenda number left out": (
        lambda _: update(incoming).values(register_number=2),
        "memuat 1 surat sampai nomor 2",
    ),
    "an answer without its letter": (
        lambda together: delete(incoming_cases).where(incoming_cases.c.case_id == together.cases["clerk_2"]),
        "tidak lagi tercatat pada berkas ini",
    ),
    "a shared scan taken away": (
        lambda together: delete(file_cases).where(file_cases.c.case_id == together.cases["clerk_2"]),
        "tidak ada lagi",
    ),
    "a case taken off a shared letter": (
        lambda together: delete(letter_cases).where(letter_cases.c.case_id == together.cases["clerk_2"]),
        "tidak lagi tercatat pada berkas",
    ),
    "somebody back on a letter that was changed": (
        lambda together: (
            update(letter_cases).where(letter_cases.c.case_id == together.cases["clerk_3"]).values(changed_by=None)
        ),
        "surat perubahan bagi berkas ini berbeda",
    ),
    "another case put under a shared letter": (
        lambda together: insert(letter_cases).from_select(
            ["letter_id", "case_id"],
            select(letters.c.id, literal(together.world.open())).where(letters.c.kind == "internship_assignment"),
        ),
        "tidak berasal dari peristiwa mana pun",
    ),
    "a letter in force made void": (
        lambda _: update(letters).where(letters.c.kind == "internship_request").values(state="void"),
        "berstatus tidak berlaku",
    ),
    "another number on a shared letter": (
        lambda _: update(letters).where(letters.c.kind == "internship_assignment").values(number="800/999/RSUD/2026"),
        "sekarang tercatat bernomor 800/999/RSUD/2026",
    ),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> PreparedOffice:
    """An office on either database."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    return office


@pytest.fixture(scope="module")
def answered(office: PreparedOffice) -> tuple[PreparedOffice, Together]:
    """Three of whom the host's letter told, and of whom one has dropped out since."""
    world = office.as_new()
    cohort = gathered(world).until("request_host")
    guide = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
    cohort.act("confirm", "verifier", guide, recorded={**LETTER, "scan": world.file("verifier")})
    cohort.act("assign", "hospital_head")
    world.fire(cohort.cases["clerk_3"], "cancel", "verifier", {"reason": "Sakit dan perlu dirawat."})
    assert found(world) == []
    return office.as_it_is(world), cohort


@pytest.fixture
def together(answered: tuple[PreparedOffice, Together]) -> Together:
    """The same, as they stood then, in every test of this file."""
    office, cohort = answered
    return replace(cohort, world=office.as_new())


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_was_touched_is_named(together: Together, touch: str) -> None:
    statement, says = TOUCHES[touch]
    change(together.world, statement(together))
    findings = found(together.world)
    assert any(says in finding for finding in findings), findings


def test_what_others_do_to_a_shared_letter_is_no_fault_of_a_case_that_was_closed_before(office: PreparedOffice) -> None:
    world = office.as_new()
    cohort = gathered(world).until("request_host")
    guide = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
    full = OwnStep(trigger="decline", form={"reason": "Ruang magang penuh."})
    cohort.act("confirm", "contact", guide, each={cohort.cases["clerk_3"]: full})
    world.fire(cohort.cases["clerk_3"], "close", "verifier", {"reason": "Tidak ada instansi lain."})
    cohort.act("cancel", "verifier", {"reason": "Instansi penerima terbakar."})
    assert found(world) == []
    (cancellation,) = world.all(select(letters).where(letters.c.kind == "internship_cancellation"))
    world.sign(cancellation.id, "secretary")
    assert found(world) == []
    change(world, update(letters).where(letters.c.kind == "internship_request").values(state="signed"))
    assert any("menurut peristiwanya tidak berlaku" in finding for finding in found(world))
