"""The end of what a closed case says: on its day, by a person's word, never under a hold, and the log holds as before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, LargeBinary, MetaData, String, event, func, select, update
from sqlalchemy import Engine as SqlEngine

from policies.parameters import Policies
from policies.retention import YEARS, kept_until, last_closed
from tests.offices import PreparedOffice
from tests.workflow.test_concurrency import in_threads
from tests.world import REQUEST, World
from workflow import directory
from workflow.audit import ERASED, HELD, RELEASED, events_of
from workflow.callers import Caller
from workflow.cases import load
from workflow.engine.engine import Engine
from workflow.errors import NotNow, NotYours, OutOfDate, Refused
from workflow.office import Office
from workflow.people import By
from workflow.references import reference_of
from workflow.retention.erasing import Erased, erase, erase_listed
from workflow.retention.holds import administrator, end_hold, hold, standing
from workflow.retention.schedule import Listed, listed
from workflow.tables import (
    cases,
    effects,
    erasures,
    files,
    hour_evidence,
    hour_postings,
    letters,
    metadata,
    people,
    postings,
    registers,
    tasks,
)
from workflow.telling.explain import explain as explained
from workflow.verification import verify
from workflow.verification.findings import Finding
from workflow.views.cases import case_page
from workflow.views.history import history
from workflow.views.holds import HoldChanged, HoldReason, NewHold, begin_named, end

#: What the law keeps: the books, whose figures say by what they were moved.
BOOKS = {postings.name, hour_postings.name, hour_evidence.name}
#: Words that are typed by whoever fills a form in, as nothing else in an office is written.
MARK = "Xq"


def _closed_long_ago(world: World, case: str, years: int = 5) -> None:
    """Nothing is owed any more for a case, and the day has come."""
    called = {person: who for who, person in world.ids.items()}
    for letter, signatory in world.all(
        select(tasks.c.letter_id, tasks.c.assignee_id).where(tasks.c.case_id == case, tasks.c.letter_id.is_not(None))
    ):
        world.sign(letter, called[signatory])
    world.letters_are_made()
    world.database.write(
        lambda conn: conn.execute(update(effects).where(effects.c.case_id == case).values(done_at=world.at))
    )
    closed = world.database.read(lambda conn: load(conn, case)).closed_at
    assert closed is not None
    on = world.engine.office.day(closed)
    world.go_to(kept_until(on, years))


def _listed(world: World) -> Listed:
    return world.database.read(listed, world.engine.office, world.at)


def _by(world: World, who: str = "administrator") -> By:
    return world.database.read(lambda conn: administrator(conn, directory.person_named(conn, world.ids[who])))


def _asking(world: World, who: str = "administrator") -> Caller:
    """Somebody as they ask by a key."""
    person = world.database.read(directory.person_named, world.ids[who])
    on = world.engine.office.day(world.at)
    return Caller("", person.id, person.full_name, person.kind, None, frozenset({"read", "act"}), None, on)


def _erase(world: World) -> list[Erased]:
    return erase_listed(world.database, world.engine, world.at, _by(world), _listed(world).code)


def _failing(world: World) -> set[Finding]:
    def look(conn: Connection) -> set[Finding]:
        checked = verify(conn, world.engine.registry, world.engine.office.policies)
        return {finding for part in checked for finding in part.findings if finding.fails}

    return world.database.read(look)


def _said_of(conn: Connection, case: str, of: MetaData = metadata) -> dict[str, str]:
    """Every text and every file in any row that is a case's, by table and column, but for the books."""
    said: dict[str, str] = {}
    for table in of.tables.values():
        key = table.c.id if table is cases else table.c.get("case_id")
        if key is None or table.name in BOOKS:
            continue
        for column in table.c:
            values = conn.execute(select(column).where(key == case, column.is_not(None))).scalars()
            if isinstance(column.type, String):
                said[f"{table.name}.{column.name}"] = "\n".join(values)
            elif isinstance(column.type, LargeBinary):
                said[f"{table.name}.{column.name}"] = "\n".join(value.decode("latin-1") for value in values)
    return said


def _found(world: World, case: str, words: set[str]) -> set[tuple[str, str]]:
    """Which of some words are found where in what is stored of a case."""
    said = world.database.read(_said_of, case)
    return {(where, word) for where, text in said.items() for word in words if word in text}


def _names(world: World) -> set[str]:
    """What everybody is called, also as whoever acted, and every NIP."""
    rows = world.all(select(people.c.name, people.c.nip))
    acting = {f'"name":"{who}"' for who in world.ids}
    return {row.name for row in rows} | {row.nip for row in rows if row.nip} | acting


def _kept(conn: Connection) -> list[Any]:
    """What is not ours to erase: the books, the letters with their numbers, the registers."""
    tables = (postings, hour_postings, hour_evidence, letters, registers)
    return [conn.execute(select(table).order_by(*table.primary_key)).all() for table in tables]


# --- On its day ------------------------------------------------------------------------------------------------------


def test_what_a_case_said_is_gone_and_its_log_and_the_books_hold(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    names, wrong, kept = _names(world), _failing(world), world.database.read(_kept)
    assert {where for where, _ in _found(world, case, names)} >= {"events.payload"}
    assert _found(world, case, {REQUEST["goal"], REQUEST["competency"]})
    before = world.database.read(events_of, case)

    (erased,) = _erase(world)

    assert _found(world, case, {*names, REQUEST["goal"], REQUEST["competency"], "Dinas pagi", "invented"}) == set()
    assert _failing(world) == wrong
    assert world.database.read(_kept) == kept
    after = world.database.read(events_of, case)
    assert [event.hash for event in after[: len(before)]] == [event.hash for event in before]
    assert [event.type for event in after[len(before) :]] == [ERASED] * len(before)
    assert (erased.events, erased.entries) == (len(before), 14)
    assert erased.files
    # What figures are made of is still there.
    form = world.database.read(load, case).form
    assert (form["starts_on"], form["host"], form["estimate"]) == ("2026-04-06", "partner:RSPROV", 4_000_000)
    assert form["goal"] == "(dihapus)"


def test_verifying_decisions_says_that_they_were_erased(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    _erase(world)

    def look(conn: Connection) -> list[Finding]:
        (checked,) = verify(conn, world.engine.registry, world.engine.office.policies, ("decisions",))
        return list(checked.findings)

    found = world.database.read(look)
    assert found
    assert all("telah dihapus" in finding.says and not finding.fails for finding in found)


def test_a_case_is_kept_until_the_last_day_of_its_time(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    day = world.engine.office.day(world.at)
    world.go_to(day - timedelta(days=1))
    assert _listed(world).due == ()
    world.go_to(day)
    (due,) = _listed(world).due
    assert (due.case_id, due.years, due.by, due.kept_until) == (case, 5, "Praktik daerah", day)


def test_a_case_for_which_something_is_still_owed_waits(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    world.database.write(
        lambda conn: conn.execute(update(effects).where(effects.c.case_id == case).values(done_at=None))
    )
    assert (_listed(world).due, _listed(world).unfinished) == ((), 1)


def test_an_open_case_is_never_due(world: World) -> None:
    world.road("verify")
    world.go_to(date(2060, 1, 4))
    assert _listed(world).due == ()


def test_an_agency_sets_its_own_time_and_may_leave_it_to_the_schedule(world: World, tmp_path: Path) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case, years=2)
    assert _listed(world).due == ()
    (tmp_path / "retention.toml").write_text(
        '[internship]\nsays = "Masa simpan"\nunit = "tahun"\nsince = [{ from = 2020-01-01, value = 2, by = "Praktik daerah" }]\n'
        '[automatic]\nsays = "Sendiri"\nunit = "ya"\nsince = [{ from = 2020-01-01, value = 1, by = "Praktik daerah" }]\n'
    )
    office = world.database.read(Office.load, tmp_path)
    engine = Engine(world.engine.registry, office)
    (erased,) = erase_listed(world.database, engine, world.at, None)
    assert erased.due.case_id == case
    row = world.all(select(erasures))[0]
    assert (row.confirmed_by, row.basis) == (
        None, "UU 27/2022 Pasal 42 ayat (1) huruf a dan Pasal 43 ayat (1) huruf a; masa simpan 2 tahun: Praktik daerah",
    )  # fmt: skip


def test_a_law_that_was_repealed_lets_nothing_be_erased(world: World, tmp_path: Path) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case, years=30)
    (tmp_path / "retention.toml").write_text(
        '[internship]\nsays = "Masa simpan"\nunit = "tahun"\n'
        'since = [{ from = 2020-01-01, value = 2, by = "Praktik daerah" }, '
        '{ from = 2021-01-01, repealed = true, by = "Praktik daerah" }]\n'
    )
    office = world.database.read(Office.load, tmp_path)
    assert world.database.read(listed, office, world.at).due == ()


def test_every_process_has_its_time() -> None:
    from workflow.registry import Registry  # noqa: PLC0415 - takes a while

    assert set(YEARS) == set(Registry.discover().processes)
    assert all(Policies.load().on(date(2026, 1, 1))[each].value >= 1 for each in YEARS.values())


@pytest.mark.parametrize(
    ("closed", "years", "until"),
    [
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2026, 4, 17), 5, date(2031, 4, 17)),
    ],
)
def test_years_are_full_years(closed: date, years: int, until: date) -> None:
    assert kept_until(closed, years) == until


@given(
    closed=st.dates(date(2016, 1, 1), date(2032, 12, 31)),
    until=st.integers(-3, 3),
    years=st.integers(0, 60),
)
@example(closed=date(2023, 3, 1), until=-1, years=5)  # on 29 February
@example(closed=date(2024, 2, 29), until=0, years=1)
@example(closed=date(2024, 2, 29), until=-1, years=1)
def test_what_is_looked_for_is_what_has_been_kept_for_its_time(closed: date, until: int, years: int) -> None:
    today = kept_until(closed, years) + timedelta(days=until)
    assert (closed <= last_closed(today, years)) is (kept_until(closed, years) <= today)


def test_cases_that_were_closed_of_late_are_not_looked_at(world: World) -> None:
    old = world.road("complete")
    _closed_long_ago(world, old)
    late = world.open("second_nurse", REQUEST)
    world.fire(late, "withdraw", "second_nurse", {"note": "Tidak jadi."})
    found = world.database.read(listed, world.engine.office, world.at, 1)
    assert ([each.case_id for each in found.due], found.is_more) == ([old], False)
    none = world.database.read(listed, world.engine.office, world.at, 0)
    assert (none.due, none.is_more) == ((), True)


# --- By whose word ---------------------------------------------------------------------------------------------------


def test_only_the_list_that_was_confirmed_is_erased(world: World) -> None:
    first = world.road("complete")
    _closed_long_ago(world, first)
    code = _listed(world).code
    second = world.open("second_nurse", REQUEST)
    world.fire(second, "withdraw", "second_nurse", {"note": "Tidak jadi."})
    _closed_long_ago(world, second)
    with pytest.raises(OutOfDate, match="bukan lagi daftar hari ini"):
        erase_listed(world.database, world.engine, world.at, _by(world), code)
    assert world.all(select(func.count()).select_from(erasures))[0][0] == 0
    assert {each.due.case_id for each in _erase(world)} == {first, second}
    assert _erase(world) == []


def test_nobody_but_an_administrator_confirms_or_holds(world: World) -> None:
    for who in ("verifier", "nurse", "secretary", "contact"):
        with pytest.raises(NotYours):
            _by(world, who)


# --- Held ------------------------------------------------------------------------------------------------------------


def test_a_case_under_a_hold_is_kept_until_the_hold_ends(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    wrong = _failing(world)
    with pytest.raises(Refused, match="Alasan"):
        world.database.write(hold, case, "  ", _by(world), world.at)
    world.database.write(hold, case, "Perkara 12/G/2031/PTUN", _by(world), world.at)
    with pytest.raises(NotNow, match="sudah ditahan"):
        world.database.write(hold, case, "Perkara lain", _by(world), world.at)
    assert (_listed(world).due, _listed(world).held) == ((), 1)
    assert _erase(world) == []
    assert _failing(world) == wrong
    last = world.database.read(events_of, case)[-1]
    assert (last.type, last.payload and last.payload["why"]) == (HELD, "Perkara 12/G/2031/PTUN")

    world.database.write(end_hold, case, "Putusan berkekuatan tetap", _by(world), world.at)
    with pytest.raises(NotNow, match="tidak sedang ditahan"):
        world.database.write(end_hold, case, "Sekali lagi", _by(world), world.at)
    assert world.database.read(standing, case) is None
    assert world.database.read(events_of, case)[-1].type == RELEASED
    assert [each.due.case_id for each in _erase(world)] == [case]
    assert _found(world, case, {"Perkara 12", "Putusan"} | _names(world)) == set()
    assert _failing(world) == wrong


def test_of_two_who_hold_a_case_at_once_one_does_and_the_other_is_told(world: World) -> None:
    case, number = world.road("endorse"), reference_of(world.road("endorse", "second_nurse"))
    by, write = _asking(world), world.database.write
    for named, its_id in ((case, case), (number, world.database.read(load, number).id)):
        forms = [NewHold(case=named, reason=reason) for reason in ("Diminta Inspektorat", "Perkara di PTUN")]
        answers = in_threads([partial(write, begin_named, world.engine, by, world.at, form) for form in forms])
        (held,) = [answer for answer in answers if isinstance(answer, HoldChanged)]
        (late,) = [answer for answer in answers if isinstance(answer, NotNow)]
        assert "sudah ditahan" in late.says
        now = world.database.read(load, its_id)
        assert (held.id, held.version) == (its_id, now.version)
        assert [each.type for each in world.database.read(events_of, its_id)].count(HELD) == 1
    assert _failing(world) == set()


def test_a_case_is_locked_once_by_whoever_holds_it_or_ends_that(postgresql_world: World) -> None:
    world, locked = postgresql_world, []
    case, by = world.road("endorse"), _asking(world)

    def note_it(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        locked.extend([statement] if "FOR UPDATE" in statement and "FROM cases" in statement else [])

    event.listen(SqlEngine, "before_cursor_execute", note_it)
    try:
        form = NewHold(case=case, reason="Diminta Inspektorat")
        done = world.database.write(begin_named, world.engine, by, world.at, form)
        assert len(locked) == 1
        over = HoldReason(reason="Pemeriksaan selesai")
        world.database.write(end, world.engine, by, world.at, case, over, done.version)
        assert len(locked) == 2
    finally:
        event.remove(SqlEngine, "before_cursor_execute", note_it)


def test_a_hold_that_came_after_the_list_was_read_still_holds(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    other = world.open("second_nurse", REQUEST)
    world.fire(other, "withdraw", "second_nurse", {"note": "Tidak jadi."})
    _closed_long_ago(world, other)
    first, second = [due.case_id for due in _listed(world).due]

    def put_a_hold(conn: Connection, _due: object) -> None:
        hold(conn, second, "Diminta Inspektorat", By(world.ids["administrator"], "Administrator"), world.at)

    code = _listed(world).code
    done = erase_listed(world.database, world.engine, world.at, _by(world), code, put_a_hold)
    assert [each.due.case_id for each in done] == [first]
    assert _found(world, second, _names(world))


def test_what_has_been_erased_can_no_longer_be_held(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    _erase(world)
    with pytest.raises(NotNow, match="sudah dihapus"):
        world.database.write(hold, case, "Perkara 12/G/2031/PTUN", _by(world), world.at)
    assert _found(world, case, {"Perkara 12"}) == set()


def test_of_a_hold_and_an_erasure_at_once_one_comes_to_pass(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    reason, by, write = "Perkara 12/G/2031/PTUN", _by(world), world.database.write
    held, erased = in_threads(
        [
            partial(write, hold, case, reason, by, world.at),
            partial(write, erase, world.engine, case, by, world.at),
        ]
    )
    assert isinstance(held, NotNow) == isinstance(erased, Erased)
    assert bool(_found(world, case, {reason})) == (erased is None)


def test_a_case_under_way_can_be_held_and_goes_on(world: World) -> None:
    case = world.road("endorse")
    world.database.write(hold, case, "Diminta Inspektorat", _by(world), world.at)
    world.fire(case, "forward", "hospital_head", {})
    assert world.database.read(load, case).state == "verification"
    assert _failing(world) == set()


def test_what_is_left_of_an_erased_case_can_still_be_looked_at(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    _erase(world)
    engine = world.engine

    caller = _asking(world)

    def look(conn: Connection) -> tuple[str, Any, Any]:
        told = explained(conn, engine.office, engine.registry, case, at=world.at)
        return told, case_page(conn, engine, caller, world.at, case), history(conn, engine, caller, world.at, case)

    told, page, past = world.database.read(look)
    assert told.count("Isi peristiwa ini telah dihapus menurut ketentuan") == 26
    assert "UU 27/2022 Pasal 42 ayat (1) huruf a dan Pasal 43 ayat (1) huruf a" in told
    assert page.state == "completed"
    assert past.events[-1].title == "Isi peristiwa dihapus menurut ketentuan"
    assert "Dinas pagi" not in told + repr(page) + repr(past)


# --- Shared, and whatever was written --------------------------------------------------------------------------------


def test_a_file_of_several_cases_goes_with_the_last_of_them(world: World) -> None:
    case = world.road("complete")
    _closed_long_ago(world, case)
    letter_files = {row[0] for row in world.all(select(letters.c.file_id).where(letters.c.file_id.is_not(None)))}
    other = world.open("second_nurse", REQUEST)
    uploaded = world.all(select(files.c.id).where(files.c.case_id == case))
    shared = next(row.id for row in uploaded if row.id not in letter_files)

    def share(conn: Connection) -> None:
        from workflow.tables import file_cases  # noqa: PLC0415 - used here alone

        conn.execute(file_cases.insert().values(file_id=shared, case_id=other))

    world.database.write(share)
    _erase(world)
    content = {row.id: row.content for row in world.all(select(files.c.id, files.c.content))}
    assert content.pop(shared) == b"%PDF-1.7 invented"
    world.fire(other, "withdraw", "second_nurse", {"note": "Tidak jadi."})
    _closed_long_ago(world, other)
    _erase(world)
    assert world.all(select(files.c.content).where(files.c.id == shared))[0][0] == b""


words = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "S")), min_size=3, max_size=40).map(
    lambda said: f"{MARK} {said} {MARK}".strip()
)
ENDINGS = st.sampled_from(["rejected", "rejected by the head", "withdrawn", "withdrawn later"])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.tuples(words, words, words, words), ending=ENDINGS, held=st.booleans())
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_was_written_nothing_of_it_remains_and_verify_holds(
    kind: str, said: tuple[str, str, str, str], ending: str, held: bool, request: pytest.FixtureRequest
) -> None:
    office: PreparedOffice = request.getfixturevalue(f"{kind}_office")
    world = office.as_new()
    goal, section, note, reason = said
    case = world.open(
        "nurse", {**REQUEST, "goal": goal, "section": section, "competency": f"{MARK} Nurse 198501012010011001"}
    )
    world.fire(case, "submit", "nurse", {**REQUEST, "goal": goal, "section": section, "outside_plan_reason": note})
    ways: Mapping[str, list[tuple[str, str, dict[str, Any]]]] = {
        "rejected": [("reject", "nursing_head", {"reason": reason})],
        "rejected by the head": [
            ("endorse", "nursing_head", {"note": note}),
            ("reject", "hospital_head", {"reason": reason}),
        ],
        "withdrawn": [("withdraw", "nurse", {"reason": reason})],
        "withdrawn later": [("return", "nursing_head", {"to_mend": note}), ("withdraw", "nurse", {"note": reason})],
    }
    for trigger, who, form in ways[ending]:
        world.fire(case, trigger, who, form)
    if held:
        world.database.write(hold, case, reason, _by(world), world.at)
        world.database.write(end_hold, case, note, _by(world), world.at)
    _closed_long_ago(world, case)
    assert _found(world, case, {MARK})
    assert _failing(world) == set()
    (erased,) = _erase(world)
    assert erased.due.case_id == case
    assert _found(world, case, {MARK, *_names(world)}) == set()
    assert _failing(world) == set()
