"""A pair at work in a house: its case, and the meetings that its mentor has logged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from tests.accounts import CHEAP
from tests.api.house import House, Sample, served
from tests.api.test_mentoring_confirmation import pair
from tests.mentoring import meeting

#: A Thursday three weeks into the mentoring.
NOON = datetime(2026, 3, 26, 5, tzinfo=UTC)
DAYS = (date(2026, 3, 13), date(2026, 3, 17), date(2026, 3, 24))
TOPICS = ("Pemantauan pasien kritis", "Ventilasi mekanik", "Serah terima dinas")


@contextmanager
def a_pair(sample: Sample, folder: Path) -> Iterator[tuple[House, str]]:
    """The nurse, guided by the second nurse, on a day on which nothing has been logged yet."""
    shutil.copy(sample.path, folder / "jenjang.db")
    with served(sample, f"sqlite:///{folder / 'jenjang.db'}", passwords=CHEAP) as house:
        case = pair(house, "nurse", "nursing_head", "director")
        house.clock.set(NOON)
        yield house, str(house.read("nurse", f"/api/cases/{case}")["reference"])


def logged(house: House, case: str) -> None:
    """Three meetings that nobody has answered."""
    for day, topic in zip(DAYS, TOPICS, strict=True):
        house.done("second_nurse", case, "log_session", meeting(day, topic=topic))
