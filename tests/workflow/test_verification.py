"""A database checked against itself: what was touched is found, what was not is left in peace."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select, text, update

from policies.decision import Decision, Rule
from policies.parameters import History, Policies
from tests.world import World
from workflow import audit
from workflow.ids import new_id
from workflow.rejudging import rejudged, rules_of
from workflow.tables import cases, events, files, letter_cases, letters, postings, registers
from workflow.verification import PARTS, Finding, verify


@pytest.fixture(autouse=True)
def finished(world: World) -> str:
    """An internship that has gone all the way, in every test of this file."""
    return world.road("complete")


def found(world: World, *parts: str, policies: Policies | None = None) -> list[Finding]:
    law = policies or world.engine.office.policies
    checked = world.database.read(lambda conn: list(verify(conn, world.engine.registry, law, parts)))
    return [finding for part in checked for finding in part.findings]


def meddle(world: World, *statements: Any) -> None:
    world.database.write(lambda conn: [conn.execute(statement) for statement in statements])


def test_nothing_is_found_where_nothing_was_touched(world: World) -> None:
    assert found(world) == []
    checked = world.database.read(lambda conn: list(verify(conn, world.engine.registry, world.engine.office.policies)))
    assert [part.part for part in checked] == list(PARTS)
    assert all(part.looked_at for part in checked)


TOUCHED: dict[str, tuple[str, Any, str]] = {
    "a payload": (
        "chain",
        update(events).where(events.c.sequence == 3).values(payload='{"actor":{"name":"orang lain"}}'),
        "Isi peristiwa nomor 3",
    ),
    "an instant": ("chain", text("UPDATE events SET at = '2026-03-01T00:00:00.000000Z' WHERE sequence = 4"), "nomor 4"),
    "an event taken out": ("chain", delete(events).where(events.c.sequence == 5), "nomor 5 tidak ada"),
    "a state": ("cases", update(cases).values(state="rejected"), "peristiwa terakhirnya menuju completed"),
    "a state that does not exist": ("cases", update(cases).values(state="pending"), "'pending' tidak dikenal"),
    "a form": ("cases", update(cases).values(form='{"estimate":1}'), "Isi permohonan berbeda"),
    "a case opened again": ("cases", update(cases).values(closed_at=None), "Penutupan berkas"),
    "a register": ("numbers", update(registers).values(last_number=registers.c.last_number + 1), "tidak ada suratnya"),
    "a number": (
        "numbers",
        update(letters).where(letters.c.register_number == 1).values(number="1/XYZ"),
        "isinya bernomor lain",
    ),
    "a signature taken back": ("numbers", update(letters).values(signed_at=None), "belum ditandatangani"),
    "a posting": ("books", update(postings).where(postings.c.account == "spent").values(amount=1), "tidak seimbang"),
    "a file": ("files", update(files).values(content=b"lain"), "tidak lagi sama"),
}


@pytest.mark.parametrize("touched", TOUCHED)
def test_what_was_touched_is_found_in_its_part(touched: str, world: World) -> None:
    part, statement, says = TOUCHED[touched]
    meddle(world, statement)
    findings = [finding for finding in found(world, part) if finding.fails]
    assert any(says in finding.says for finding in findings), findings


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


def test_an_erased_event_is_noted_and_does_not_fail(world: World) -> None:
    last = world.all(select(events.c.id).order_by(events.c.sequence.desc()))[0].id
    world.database.write(audit.erase, last)
    findings = found(world)
    assert [finding.part for finding in findings] == ["decisions"]
    assert not findings[0].fails


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
