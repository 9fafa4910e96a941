"""The life of entries: disputed, confirmed, corrected by a new one, and hidden from the other until a day has come."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from tests.offices import change
from tests.pairs import CHANGED_ON, active, opened, pairing, sees
from tests.world import World
from workflow.audit import events_of
from workflow.database import Connection
from workflow.errors import InvalidForm, NotFound, Refused
from workflow.filing import file_content
from workflow.tables import cases, entries, events
from workflow.telling.explain import explain
from workflow.verification import verify
from workflow.views.cases import case_page
from workflow.views.history import history


@pytest.fixture
def pair(world: World) -> World:
    """An office whose only process is the small one of two."""
    return pairing(world)


def meetings(world: World, case: str) -> list[tuple[int, str, str, int | None]]:
    query = select(entries).where(entries.c.case_id == case, entries.c.kind == "meeting").order_by(entries.c.number)
    return [(e.number, e.status, msgspec.json.decode(e.data)["topic"], e.instead_of) for e in world.all(query)]


def findings(world: World, part: str) -> list[str]:
    """What a check of the log finds."""

    def found(conn: Connection) -> list[str]:
        checked = verify(conn, world.engine.registry, world.engine.office.policies, (part,))
        return [finding.says for each in checked for finding in each.findings]

    return world.database.read(found)


def log(world: World, case: str, topic: str, day: str = "2026-03-02") -> None:
    world.fire(case, "log", "stranger", {"met_on": day, "topic": topic})


def test_only_entries_of_the_statuses_named_are_marked(pair: World) -> None:
    case = active(pair)
    for topic in "abc":
        log(pair, case, topic)
    pair.fire(case, "dispute", "nurse", {"numbers": [1, 2]})
    pair.fire(case, "confirm", "nurse", {"numbers": [1, 3]})
    pair.fire(case, "dispute", "nurse", {"numbers": [1, 2, 3]})
    assert [status for _, status, *_ in meetings(pair, case)] == ["confirmed", "disputed", "confirmed"]


def test_a_correction_is_a_new_entry_in_the_place_of_the_old_one_which_stays_readable(pair: World) -> None:
    case = active(pair)
    log(pair, case, "salah")
    pair.fire(case, "dispute", "nurse", {"numbers": [1]})
    pair.fire(case, "correct", "stranger", {"number": 1, "met_on": "2026-03-02", "topic": "benar"})
    assert meetings(pair, case) == [(1, "corrected", "salah", None), (2, "written", "benar", 1)]
    page = pair.database.read(case_page, pair.engine, sees(pair, "nurse"), pair.at, case)
    assert [(line.number, line.status_title, line.instead_of) for line in page.entries] == [
        (1, "diganti", None),
        (2, "dicatat", 1),
    ]
    assert "number" not in [line.name for line in page.entries[1].fields]


@pytest.mark.parametrize("number", [1, 3, 9])
def test_what_is_confirmed_corrected_or_not_there_is_not_corrected(pair: World, number: int) -> None:
    case = active(pair)
    log(pair, case, "satu")
    pair.fire(case, "confirm", "nurse", {"numbers": [1]})
    log(pair, case, "dua")
    log(pair, case, "tiga")
    pair.fire(case, "correct", "stranger", {"number": 3, "met_on": "2026-03-02", "topic": "tiga lagi"})
    again = {"number": number, "met_on": "2026-03-02", "topic": "lagi"}
    with pytest.raises(InvalidForm, match="tidak ada, atau tidak dapat diubah lagi") as refused:
        pair.fire(case, "correct", "stranger", again, acknowledge=())
    assert [fault.field for fault in refused.value.fields] == ["number"]


def test_the_log_vouches_for_corrections(pair: World) -> None:
    case = active(pair)
    log(pair, case, "salah")
    pair.fire(case, "correct", "stranger", {"number": 1, "met_on": "2026-03-02", "topic": "benar"})

    assert findings(pair, "cases") == []
    change(pair, update(entries).where(entries.c.number == 2).values(instead_of=None))
    assert len(findings(pair, "cases")) == 1


# --- Hidden ----------------------------------------------------------------------------------------------------------

OPENS = {"opens_on": "2026-03-09"}


def judged(world: World) -> tuple[str, str]:
    """A pair of whom the mentor has judged the mentee, with a file, before it is opened."""
    case = active(world, **OPENS)
    proof = world.file("stranger")
    world.fire(case, "judge", "stranger", {"says": "Sangat rajin", "proof": proof})
    return case, proof


def shown(world: World, case: str, who: str) -> str:
    """All that somebody is shown of a case."""
    caller = sees(world, who)
    page = world.database.read(case_page, world.engine, caller, world.at, case)
    told = world.database.read(history, world.engine, caller, world.at, case)
    return (msgspec.json.encode(page) + msgspec.json.encode(told)).decode()


@pytest.mark.parametrize("who", ["nurse", "nursing_head", "health_head", "verifier", "secretary"])
def test_what_is_hidden_is_shown_to_nobody_but_its_writer_on_any_way(pair: World, who: str) -> None:
    case, proof = judged(pair)
    said = shown(pair, case, who)
    assert "Sangat rajin" not in said
    assert "Isinya belum dibuka." in said
    assert '"hidden":true' in said
    with pytest.raises(NotFound):
        pair.database.read(file_content, pair.engine, sees(pair, who), pair.at, proof)
    told = pair.database.read(lambda conn: explain(conn, pair.engine.office, pair.engine.registry, case, at=pair.at))
    assert "Sangat rajin" not in told
    assert "Isinya belum dibuka." in told


def test_its_writer_reads_it(pair: World) -> None:
    case, proof = judged(pair)
    assert "Sangat rajin" in shown(pair, case, "stranger")
    assert pair.database.read(file_content, pair.engine, sees(pair, "stranger"), pair.at, proof).content


def test_it_is_open_to_all_once_its_condition_holds_no_more(pair: World) -> None:
    case, proof = judged(pair)
    pair.go_to(date(2026, 3, 9))
    assert "Sangat rajin" in shown(pair, case, "nurse")
    assert pair.database.read(file_content, pair.engine, sees(pair, "nurse"), pair.at, proof).content
    told = pair.database.read(lambda conn: explain(conn, pair.engine.office, pair.engine.registry, case, at=pair.at))
    assert "Sangat rajin" in told


def test_the_log_keeps_what_is_hidden(pair: World) -> None:
    case, _ = judged(pair)
    last = pair.database.read(events_of, case)[-1]
    assert last.payload is not None
    assert last.payload["given"]["says"] == "Sangat rajin"


# --- The law of an earlier step --------------------------------------------------------------------------------------


def decided(world: World, case: str) -> dict[str, object]:
    query = select(events.c.payload).where(events.c.case_id == case).order_by(events.c.sequence.desc()).limit(1)
    ((payload,),) = world.all(query)
    found: dict[str, object] = msgspec.json.decode(payload)
    return found


def test_a_step_is_judged_by_the_law_of_the_day_of_the_step_that_it_names(pair: World) -> None:
    case = active(pair, days=5)
    pair.go_to(CHANGED_ON)
    assert pair.fire(case, "finish", "verifier").state == "done"
    assert decided(pair, case)["law_on"] == "2026-03-02"
    told = pair.database.read(lambda conn: explain(conn, pair.engine.office, pair.engine.registry, case))
    assert "Syarat menurut ketentuan pada 2 Maret 2026" in told


def test_what_was_proposed_under_the_new_law_is_judged_by_it(pair: World) -> None:
    pair.go_to(CHANGED_ON)
    case = active(pair, days=5)
    with pytest.raises(Refused, match="5 dari sekurang-kurangnya 9"):
        pair.fire(case, "finish", "verifier", acknowledge=())


def test_where_that_step_was_never_taken_the_law_of_the_day_counts(pair: World) -> None:
    pair.go_to(CHANGED_ON)
    case = opened(pair, "second_nurse", mentor=pair.ids["stranger"], days=5)
    change(pair, update(cases).where(cases.c.id == case).values(state="active"))
    judgement = pair.preview(case, "finish", "verifier")
    assert judgement.situation.law_on == CHANGED_ON
    assert [reason.says for reason in judgement.reasons] == ["Lamanya 5 dari sekurang-kurangnya 9."]


def test_a_step_that_names_none_is_judged_by_the_law_of_its_own_day(pair: World) -> None:
    case = active(pair)
    pair.go_to(CHANGED_ON)
    assert pair.preview(case, "log", "stranger", {"met_on": "2026-03-09"}).situation.law_on == CHANGED_ON


def test_a_decision_by_an_earlier_law_comes_out_the_same_when_it_is_judged_again(pair: World) -> None:
    case = active(pair, days=5)
    pair.go_to(CHANGED_ON)
    pair.fire(case, "finish", "verifier")

    assert findings(pair, "decisions") == []


# --- What lapses by itself -------------------------------------------------------------------------------------------


def test_what_is_asked_lapses_by_the_sweep_after_its_day_and_not_before(pair: World) -> None:
    case = active(pair)
    until = pair.engine.office.day(pair.at) + timedelta(days=3)
    pair.fire(case, "ask", "nurse", {"until": until.isoformat()})
    pair.go_to(until)
    pair.sweep()
    assert lapses(pair, case) == 0
    pair.go_to(until + timedelta(days=1))
    pair.sweep()
    pair.sweep()
    assert lapses(pair, case) == 1


def lapses(world: World, case: str) -> int:
    return sum(event.type == "lapse" for event in world.database.read(events_of, case))
