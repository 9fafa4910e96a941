"""The book of hours after random walks: pairs meet, dispute, correct, are parted and closed, and the ledger still balances.

``WALKS`` in the environment asks for more walks than the suite takes, each by its own seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, create_engine, insert, select, update

from policies.parameters import Policies
from tests.mentoring import BECAUSE, EVALUATION, MENTEE, MENTOR, OTHER_MENTOR, by_another_law, logged, meeting, running
from tests.offices import PreparedOffice
from tests.witness import form as form_of
from tests.witness import name_of, recorded
from tests.world import World
from workflow.errors import Problem
from workflow.hours.ledger import imbalances, is_same, recount, should_stand, standing
from workflow.ids import new_id
from workflow.tables import hour_evidence, hour_postings, metadata
from workflow.verification import verify

WALKS = int(os.environ.get("WALKS", "30"))
LAW = """
[mentor_hours]
says = "JP bagi mentor untuk setiap pertemuan yang dikonfirmasi mentee"
unit = "JP"
since = [{ from = 2020-01-01, value = 1, by = "Praktik daerah" }]

[unmet_sessions_count]
says = "Pertemuan yang sudah dikonfirmasi tetap dihitung JP-nya bila mentoring dinyatakan tidak memenuhi"
unit = "ya atau tidak"
since = [{ from = 2020-01-01, value = false, by = "Praktik daerah" }]

[late_log_days]
says = "Waktu mencatat pertemuan sejak hari pelaksanaannya"
unit = "hari"
since = [{ from = 2020-01-01, value = 90, by = "Praktik daerah" }]
"""


Start = tuple[PreparedOffice, tuple[tuple[str, str], ...]]
WIB = timezone(timedelta(hours=7))


class Walk:
    """A walk of several pairs that share a mentor, and a mentee; whatever is refused is part of it."""

    def __init__(self, world: World, pairs: tuple[tuple[str, str], ...], seed: int) -> None:
        self.world, self.pairs = world, pairs
        self.random = Random(seed)  # noqa: S311 - to be walked again
        self.taken = self.refused = 0

    def step(self) -> None:
        """Somebody does something on one of the cases, or days pass."""
        case, mentee = self.random.choice(self.pairs)
        likely = name_of(self.world, form_of(self.world, case)["mentor"])
        mentor = self.random.choice((likely, likely, likely, OTHER_MENTOR))
        numbers = {"numbers": self.numbers(case)}
        does: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
            (9, "log_session", mentor, self.met()),
            (12, "confirm_session", mentee, numbers),
            (3, "dispute_session", mentee, {**numbers, **BECAUSE}),
            (4, "correct_session", mentor, {**self.met(), "number": numbers["numbers"][0]}),
            (2, "withdraw_session", mentor, {**numbers, **BECAUSE}),
            (1, "withdraw_session", "verifier", {**numbers, **BECAUSE}),
            (1, "replace_mentor", "hospital_head", {**BECAUSE, "new_mentor": self.world.ids[mentor]}),
            (2, "consent", mentor, {}),
            (1, "ask_pause", mentee, BECAUSE),
            (1, "accept_ask", mentor, {}),
            (1, "resume", mentee, {}),
            (1, "end_early", "verifier", BECAUSE),
            (1, "evaluate", mentee, EVALUATION),
            (1, "evaluate", mentor, EVALUATION),
            (1, "certify", "verifier", {}),
            (1, "close_unmet", "verifier", BECAUSE),
            (4, "", "", {}),
        )
        _, trigger, who, form = self.random.choices(does, [each[0] for each in does])[0]
        if not trigger:
            self.world.at += timedelta(days=self.random.choice([1, 2, 9, 30]))
            return
        try:
            self.world.fire(case, trigger, who, form)
            self.taken += 1
        except Problem:
            self.refused += 1

    def met(self) -> dict[str, Any]:
        """A meeting of the last weeks, of few days and hours, so that they fall together."""
        day = self.world.at.date() - timedelta(days=self.random.choice([1, 2, 3, 5, 8, 20]))
        starts = datetime(day.year, day.month, day.day, self.random.choice([8, 9, 14, 22]), tzinfo=WIB)
        ends = starts + timedelta(minutes=self.random.choice([60, 90, 180]))
        return {**meeting(day), "starts_at": starts.isoformat(), "ends_at": ends.isoformat()}

    def numbers(self, case: str) -> list[int]:
        """A meeting of the case, or two of them; some that there are not."""
        logged = recorded(self.world, case, "session")
        waiting = [row.number for row in logged if row.status in ("written", "disputed")]
        known = (waiting if self.random.random() < 0.9 else []) or [row.number for row in logged] or [1]
        return self.random.sample(known, min(len(known), self.random.choice([1, 1, 1, 2])))


def faults(world: World) -> list[str]:
    """What the operator's check of the ledger and of the logs finds."""
    engine = world.engine
    checked = world.database.read(
        lambda conn: list(verify(conn, engine.registry, engine.office.policies, parts=("ledger", "books")))
    )
    return [finding.says for part in checked for finding in part.findings]


@pytest.fixture(scope="module")
def pairs(one_office: PreparedOffice, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Three pairs under way: two of one mentor, two of one mentee."""
    world = by_another_law(one_office.as_new(), tmp_path_factory.mktemp("law"), LAW)
    first = running(world, starts_on="2026-03-02")
    second = running(world, mentee="third_nurse", starts_on="2026-03-02")
    other = running(world, mentor="fourth_nurse", starts_on="2026-03-02")
    world.go_to(date(2026, 3, 27))
    for case, mentor, start in ((first, MENTOR, "08:00"), (second, MENTOR, "08:00"), (other, "fourth_nurse", "09:00")):
        for day in (3, 10, 17, 24):
            logged(world, case, date(2026, 3, day), mentor, start=start, end="10:00")
    return one_office.as_it_is(world), ((first, MENTEE), (second, "third_nurse"), (other, MENTEE))


def test_after_random_walks_of_several_pairs_the_ledger_balances(pairs: Start) -> None:
    office, under_way = pairs
    taken = 0
    for seed in range(WALKS):
        walk = Walk(office.as_new(), under_way, seed)
        for _ in range(12):
            walk.step()
        assert faults(walk.world) == [], f"seed {seed}"
        taken += walk.taken
    assert taken > 2 * WALKS, "the walks come nowhere"


# --- The ledger alone ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def books() -> Iterator[Connection]:
    """The tables of the book of hours and nothing else, in memory."""
    engine = create_engine("sqlite://")
    with engine.connect() as conn:
        metadata.create_all(conn, tables=[hour_evidence, hour_postings])
        yield conn
    engine.dispose()


def claimed(conn: Connection, random: Random, at: datetime) -> None:
    """Evidence of a person: mostly a meeting at one of a few times, around two month ends and a year's; else a whole activity."""
    first = date(2026, 12, 28) + timedelta(days=random.randrange(7)) if random.random() < 0.7 else date(2027, 1, 30)
    starts = datetime(first.year, first.month, first.day, random.choice([7, 8, 23]), tzinfo=WIB)
    whole = random.random() < 0.2
    ends = starts + timedelta(minutes=random.choice([60, 90, 120]))
    last = first + timedelta(days=random.choice([0, 2, 5])) if whole else ends.date()
    row = {"id": new_id(at), "person_id": "p", "case_id": random.choice("abc"), "kind": "" if whole else "session",
        "number": random.randrange(10**6), "activity": "C11" if whole else "C2", "rate": "",
        "international": random.random() < 0.2, "first_on": first, "last_on": last, "completed_on": last,
        "starts_at": None if whole else starts, "ends_at": None if whole else ends, "posted_at": at}  # fmt: skip
    conn.execute(insert(hour_evidence).values(row))


def turned(conn: Connection, random: Random, at: datetime) -> None:
    """Something that counted is taken back, or counts again."""
    rows = conn.execute(select(hour_evidence.c.id, hour_evidence.c.withdrawn_at)).all()
    if rows:
        row = random.choice(rows)
        now = at if row.withdrawn_at is None else None
        conn.execute(update(hour_evidence).where(hour_evidence.c.id == row.id).values(withdrawn_at=now))


def test_after_any_walk_the_ledger_balances_and_says_what_counting_afresh_says(books: Connection) -> None:
    policies, zone = Policies.load(), ZoneInfo("Asia/Jakarta")
    for seed in range(5 * WALKS):
        random = Random(seed)  # noqa: S311 - to be walked again
        at = datetime(2027, 1, 25, 3, tzinfo=UTC)
        for _ in range(random.randint(2, 10)):
            at += timedelta(days=random.choice([0, 1, 3]), seconds=1)
            random.choice([claimed, claimed, turned])(books, random, at)
            recount(books, policies, zone, "p", "a", at)
        assert list(imbalances(books)) == [], f"seed {seed}"
        rows = list(books.execute(select(hour_evidence)).all())
        wanted = should_stand(rows, policies, zone)
        stands = {row.evidence_id: row for row in books.execute(standing(), {"person": "p"})}
        assert stands.keys() == wanted.keys(), f"seed {seed}"
        assert all(is_same(stands[claim], now) for claim, now in wanted.items()), f"seed {seed}"
        random.shuffle(rows)
        assert should_stand(rows, policies, zone) == wanted, f"seed {seed}: the order matters"
        books.rollback()
