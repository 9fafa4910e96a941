"""Counting hours anew when the law is changed after they were booked, and which day's law counts for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policies.parameters import Policies
from tests.circumstances import alter
from tests.mentoring import BECAUSE, EVALUATION, MENTEE, MENTOR, met, running
from tests.stories.test_an_exchange import SCORES, arranged
from tests.witness import body, broken, credited, happened, last_payload, letters_of
from tests.workflow.test_hours import EARNING, faults, year_of
from tests.world import World
from workflow.engine.engine import Engine
from workflow.hours.ledger import imbalances
from workflow.hours.recounting import Recounted, recount_all
from workflow.telling.explain import explain

MARCH = (date(2026, 3, 10), date(2026, 3, 17))
APRIL = (date(2026, 4, 7), date(2026, 4, 21))
THREE_SINCE_APRIL = """
[mentoring]
says = "Mentoring (C2)"
unit = "JP per sesi"
since = [
  { from = 2019-01-01, value = 2, by = "PerLAN 10/2018 Lampiran" },
  { from = 2026-04-01, value = 3, by = "PerLAN 15/2020 Pasal 2" },
]
"""
THREE_A_MONTH = """
[mentoring_monthly_sessions]
says = "Mentoring (C2): sesi yang dihitung, paling banyak dalam sebulan"
unit = "sesi"
since = [{ from = 2019-01-01, value = 3, by = "PerLAN 15/2020 Pasal 3" }]
"""
ONE_FOR_MENTORS = """
[mentor_monthly_sessions]
says = "Pertemuan yang dihitung JP-nya bagi mentor, paling banyak dalam sebulan, apa pun batas bagi mentee"
unit = "sesi"
since = [{ from = 2020-01-01, value = 1, by = "PerLAN 15/2020 Pasal 4" }]
"""


def under(world: World, folder: Path, **texts: str) -> World:
    """The same office under parameters of its own, by topic."""
    for topic, text in texts.items():
        (folder / f"{topic}.toml").write_text(text, "utf-8")
    office = replace(world.engine.office, policies=Policies.load(folder))
    return replace(world, engine=Engine(world.engine.registry, office))


def recounted(world: World, **of: object) -> Recounted:
    """Everybody's hours counted anew."""
    return recount_all(world.database, world.engine, world.at, **of)  # type: ignore[arg-type]


def test_a_change_of_law_back_in_time_is_posted_once_as_dated_corrections_and_says_what_changed(
    world: World, tmp_path: Path
) -> None:
    case = running(world)
    met(world, case, *MARCH, *APRIL)
    world = under(world, tmp_path, credit=THREE_SINCE_APRIL)
    world.go_to(date(2026, 5, 4))
    assert len(faults(world)) == 2, "the check finds what the recount is to mend"
    found = recounted(world)
    assert found.people == 1
    moved = found.moved[world.ids[MENTEE]]
    assert [each.hours for each in moved] == [-2, 3, -2, 3]
    assert moved[0].says is not None
    assert moved[0].says.startswith("Dibalik karena ketentuan berubah setelah dibukukan: Pertemuan 7 April 2026")
    assert moved[1].by == "PerLAN 15/2020 Pasal 2"
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 2, 3, 3]
    assert {line.posted_at.date() for line in year_of(world).lines[4:]} == {date(2026, 5, 4)}
    assert (happened(world, case)[-1], faults(world), broken(world.database)) == ("hours_recounted", [], [])
    assert not recounted(world).moved, "run twice it moves nothing more"
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    assert "JP dihitung ulang menurut ketentuan yang berlaku" in told


def test_each_case_tells_of_its_own_hours_alone(world: World, tmp_path: Path) -> None:
    one, other = running(world), running(world, mentor="third_nurse")
    met(world, one, *MARCH)
    met(world, other, date(2026, 3, 24), mentor="third_nurse")
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 2, 0]
    world = under(world, tmp_path, credit=THREE_A_MONTH)
    recounted(world)
    assert happened(world, other)[-1] == "hours_recounted"
    assert [each["hours"] for each in last_payload(world, other)["hours"]] == [0, 2]
    # The first two stand as they stood: another cap beside them is no movement.
    assert "hours_recounted" not in happened(world, one)
    assert faults(world) == []


def test_a_recount_of_one_year_or_one_person_leaves_the_others(world: World, tmp_path: Path) -> None:
    mine, theirs = running(world), running(world, mentor="third_nurse", mentee="fourth_nurse")
    met(world, mine, *APRIL)
    met(world, theirs, date(2026, 4, 23), mentor="third_nurse", mentee="fourth_nurse")
    world = under(world, tmp_path, credit=THREE_SINCE_APRIL)
    assert not recounted(world, year=2025).moved
    assert set(recounted(world, person_id=world.ids[MENTEE]).moved) == {world.ids[MENTEE]}
    assert [hours for hours, _ in credited(world, "fourth_nurse")] == [2]
    assert set(recounted(world, year=2026).moved) == {world.ids["fourth_nurse"]}
    assert faults(world) == []


def test_a_recount_after_the_year_was_closed_says_that_it_corrects_it(world: World, tmp_path: Path) -> None:
    case = running(world)
    met(world, case, APRIL[0])
    world = under(world, tmp_path, credit=THREE_SINCE_APRIL)
    world.go_to(date(2027, 3, 1))
    moved = recounted(world).moved[world.ids[MENTEE]]
    assert {each.late for each in moved} == {True}
    assert all(each.says and each.says.startswith("Koreksi atas tahun 2026 yang sudah ditutup.") for each in moved)
    assert faults(world) == []


# --- Which day's law counts ------------------------------------------------------------------------------------------


def test_a_meeting_counts_by_the_law_of_its_own_day_whatever_held_at_the_proposal(world: World, tmp_path: Path) -> None:
    world = under(world, tmp_path, credit=THREE_SINCE_APRIL)
    case = running(world)
    met(world, case, *MARCH, *APRIL)
    world.fire(case, "end_early", MENTEE, BECAUSE)
    for who in (MENTEE, MENTOR):
        world.fire(case, "evaluate", who, EVALUATION)
    world.fire(case, "certify", "verifier")
    (certificate,) = letters_of(world, case, "mentoring_mentee_certificate")
    assert [each["hours"] for each in body(certificate)["counted_meetings"]] == [2, 2, 3, 3]
    told = world.database.read(explain, world.engine.office, world.engine.registry, case)
    assert "dicatat dengan 2 JP: 2 JP per sesi (PerLAN 10/2018 Lampiran)" in told
    assert "dicatat dengan 3 JP: 3 JP per sesi (PerLAN 15/2020 Pasal 2)" in told
    assert last_payload(world, case)["law_on"] == "2026-03-02", "how many meetings are enough is judged by the proposal"
    assert faults(world) == []


def test_the_mentors_hours_are_capped_by_a_parameter_of_their_own(world: World, tmp_path: Path) -> None:
    world = under(world, tmp_path, mentoring=EARNING + ONE_FOR_MENTORS, credit=THREE_A_MONTH)
    case = running(world)
    met(world, case, *MARCH, date(2026, 3, 24))
    assert [hours for hours, _ in credited(world, MENTEE)] == [2, 2, 2]
    assert [hours for hours, _ in credited(world, MENTOR)] == [1, 0, 0]
    says = [line.says for line in year_of(world, MENTOR).lines]
    assert says[1].endswith("dicatat dengan 0 JP: paling banyak satu sesi sebulan (PerLAN 15/2020 Pasal 4).")
    assert faults(world) == []


# --- Other activities, other staff -----------------------------------------------------------------------------------


def test_meetings_within_an_exchange_count_for_nothing_once_it_is_completed(world: World) -> None:
    """Whoever is away for all of their hours does not earn by the same hours twice."""
    case, exchange = running(world), arranged(world)
    world.fire(exchange, "decide", "regent")
    world.go_to(date(2026, 4, 6))
    world.sweep()
    met(world, case, *APRIL)
    assert credited(world, MENTEE) == [(2, "C2"), (2, "C2")]
    world.go_to(date(2026, 7, 1))
    world.sweep()
    world.fire(exchange, "report", "nurse", {"summary": "Laporan akhir pertukaran pegawai."})
    world.fire(exchange, "assess", "contact", SCORES)
    world.fire(exchange, "complete", "verifier")
    assert sorted(credited(world, MENTEE)) == [(0, "C2"), (0, "C2"), (20, "C8")]
    assert sum("tumpang tindih" in line.says for line in year_of(world).lines) == 2
    assert year_of(world).hours == 20
    assert imbalances_of(world) == []
    assert faults(world) == []


def imbalances_of(world: World) -> list[str]:
    """What does not balance."""
    return world.database.read(lambda conn: list(imbalances(conn)))


@pytest.mark.parametrize(
    ("meetings", "says"), [(12, "batas tahun ini tercapai"), (13, "batas tahun ini terlampaui 2 JP")]
)
def test_contract_staff_are_told_of_their_ceiling_of_24_and_what_is_beyond_stays_on_the_books(
    world: World, meetings: int, says: str
) -> None:
    alter(world, MENTEE, asn_kind="PPPK", grade="IX")
    case = running(world, ends_on="2027-03-08")
    days = [date(2026, 3 + number // 2, 10 + number % 2) for number in range(meetings)]
    met(world, case, *days)
    found = year_of(world)
    assert (found.measure, found.is_ceiling, found.hours) == (24, True, 2 * meetings)
    assert says in found.prospects[0].says
    assert len(found.prospects) == 1, "nothing is recommended to whoever has reached the ceiling"
    assert faults(world) == []
