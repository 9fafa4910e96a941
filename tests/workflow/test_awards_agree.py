"""The list of candidates and a nomination never disagree: each rule answers the same of the record read in bulk and of a case."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

from sqlalchemy import Connection, insert

from policies.decision import Decision, Rule
from tests.awards import handed_over, nomination, set_record
from tests.hours import book
from tests.world import MONDAY, STAFF, World
from workflow import cases as case_store
from workflow.awards.candidates import candidates
from workflow.awards.judging import HANDED_IN, KINDS, OF_RECORD, STATED, Bench
from workflow.awards.record import read_records
from workflow.facts import Situation, gather
from workflow.ids import new_id
from workflow.tables import cases, entries, performances, sanctions

ON = MONDAY.date()
#: What a nomination asks besides, which is of the round that it names.
OF_THE_ROUND = {"incentive_conduct.round_takes_the_nomination", "incentive_conduct.unit_has_a_share_left"}


def test_the_list_asks_every_rule_that_a_nomination_asks_and_no_other(one_world: World) -> None:
    process = one_world.engine.registry.process("incentive")
    asked = {
        guard.name
        for each in process.transitions
        if each.trigger in ("propose", "nominate", "verify")
        for guard in each.guards
    }
    assert {rule.name for rule in (*OF_RECORD, *STATED, *HANDED_IN)} == asked - OF_THE_ROUND


def test_list_and_nomination_answer_alike_rule_by_rule(world: World) -> None:
    rnd = random.Random(2026)  # noqa: S311 - a sample
    for who in STAFF:
        remember(world, who, rnd)
    by_list = world.database.read(of_list, world)
    answered = {grade for decisions in by_list.values() for each in decisions for grade in (each.grade,)}
    assert len(answered) == 4, "the sample allows, warns, refuses and leaves unknown"
    for who in STAFF:
        case = world.database.write(world.engine.open, "incentive", world.actor(who), {}, world.at).case_id
        for kind in KINDS:
            assert world.database.read(of_case, world, case, kind) == by_list[who, kind], (who, kind)


def test_who_qualifies_by_the_list_meets_nothing_on_record_when_proposed(one_world: World) -> None:
    rnd = random.Random(2026)  # noqa: S311 - a sample
    people = tuple(STAFF)[:8]
    for who in people[2:]:
        remember(one_world, who, rnd)
    for who, leave in zip(people, ("Tidak", None), strict=False):
        set_record(one_world, who, cpns_on=date(2015, 1, 1), unpaid_leave=leave, medal="")
    found = one_world.database.read(candidates, one_world.engine.office, ON)
    names = {id_: who for who, id_ in one_world.ids.items()}
    chosen = [
        (kind.kind, names[each.person_id], each.qualifies)
        for kind in found.kinds
        if kind.kind.startswith("satyalancana")
        for each in kind.candidates
        if names[each.person_id] in people
    ]
    assert {qualifies for _, _, qualifies in chosen} == {True, False}
    for kind, who, qualifies in chosen:
        form = {"kind": kind, "grounds": "Mengabdi terus-menerus dengan setia."}
        case = one_world.database.write(
            one_world.engine.open, "incentive", one_world.actor(who), form, one_world.at
        ).case_id
        judged = one_world.preview(case, "propose", who, form)
        stopping = {reason.rule for reason in judged.reasons if reason.grade in ("refused", "unknown")}
        assert (stopping == {"incentive_conduct.files_are_complete"}) is qualifies, (kind, who, stopping)
        withdraw(one_world, case)


def of_list(conn: Connection, world: World) -> dict[tuple[str, str], list[Decision]]:
    bench = Bench(world.engine.office.policies.on(ON), ON)
    names = {id_: who for who, id_ in world.ids.items()}
    return {
        (names[record.person_id], kind): [bench.answer(rule, record, kind) for rule in rules()]
        for record in read_records(conn, world.engine.office, ON)
        for kind in KINDS
    }


def of_case(conn: Connection, world: World, case_id: str, kind: str) -> list[Decision]:
    case = case_store.load(conn, case_id)
    process = world.engine.registry.process("incentive")
    situation = Situation(conn, world.engine.office, process, case, {"kind": kind}, world.at)
    return [rule(gather(rule.facts, situation), situation.law) for rule in rules()]


def rules() -> tuple[Rule, ...]:
    return (*OF_RECORD, *STATED, *HANDED_IN)


def withdraw(world: World, case: str) -> None:
    """As if it had never been: what comes next is judged on the same record."""
    statement = cases.update().where(cases.c.id == case).values(process="gone")
    world.database.write(lambda conn: conn.execute(statement))


def remember(world: World, who: str, rnd: random.Random) -> None:
    """Put on record what may be of somebody."""
    set_record(
        world,
        who,
        asn_kind=rnd.choice(["PNS", "PNS", "PNS", "PPPK", None]),
        cpns_on=rnd.choice([date(1995, 1, 1), date(2005, 3, 31), date(2016, 3, 1), date(2020, 1, 1), None]),
        unpaid_leave=rnd.choice(["Tidak", "Tidak", "Tidak", "Pernah", None]),
        medal=rnd.choice([None, "", "", "X", "XX", "XXX"]),
        sanctions_known=rnd.choice([True, True, None]),
        status=rnd.choice(["Aktif", "Aktif", "Aktif", "Tugas belajar", "Cuti di luar tanggungan negara", None]),
        left_on=rnd.choice([None, None, ON + timedelta(days=100)]),
    )
    world.database.write(remembered, world, who, rnd)
    if rnd.random() < 0.5:
        state, kind = rnd.choice(["awarded", "rejected", "verification"]), rnd.choice(KINDS)
        told = [("hand_over", "verifier", handed_over("2025-06-05"))] if state == "awarded" else []
        nomination(world, who, kind, state, told=told)


def remembered(conn: Connection, world: World, who: str, rnd: random.Random) -> None:
    person = world.ids[who]
    if rnd.random() < 0.7:
        row = {"person_id": person, "year": 2024, "predicate": rnd.choice(["Baik", "Sangat Baik", "Kurang"])}
        conn.execute(insert(performances).values(row))
    if rnd.random() < 0.3:
        level, until = (
            rnd.choice(["ringan", "sedang", "berat"]),
            rnd.choice([date(2020, 1, 1), date(2025, 12, 1), None]),
        )
        row = {
            "id": new_id(MONDAY),
            "person_id": person,
            "level": level,
            "from_on": date(2019, 1, 1),
            "until_on": until,
        }
        conn.execute(insert(sanctions).values(row))
    mentoring = new_id(MONDAY)
    conn.execute(
        insert(cases).values(
            id=mentoring, process="mentoring", process_version=1, fingerprint="0" * 64, state="completed", version=1,
            form="{}", subject_id=world.ids["administrator"], unit_id="RSUD", opened_at=MONDAY, entered_on=ON,
        )
    )  # fmt: skip
    book(conn, person, mentoring, rnd.choice([10, 20, 40]), MONDAY, year=rnd.choice([2024, 2025, 2026]))
    for number in range(1, rnd.choice([1, 3, 8])):
        conn.execute(
            insert(entries).values(
                id=new_id(MONDAY), case_id=mentoring, kind="session", number=number, data=json.dumps({}),
                status=rnd.choice(["confirmed", "confirmed", "written"]), written_by=person, written_at=MONDAY,
                on_date=rnd.choice([date(2024, 12, 31), date(2025, 1, 1), ON]),
            )
        )  # fmt: skip
