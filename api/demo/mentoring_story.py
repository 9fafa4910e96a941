"""What a mentor and a mentee fill in, and on which days: a summer of meetings after the quarter's report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workflow.demo.pair import Pair

PROPOSED_ON, ENDORSED_ON, CONSENTED_ON = date(2026, 7, 2), date(2026, 7, 3), date(2026, 7, 6)
#: The head of the unit is away from the first of these days to the last; the mentor is assigned on the first.
AWAY_FROM, AWAY_UNTIL = date(2026, 7, 7), date(2026, 7, 10)
STARTS_ON, ENDS_ON = date(2026, 7, 8), date(2026, 8, 31)
CONCLUDED_ON, FIRST_EVALUATED_ON, SECOND_EVALUATED_ON = date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2)
CERTIFIED_ON, SIGNED_ON = date(2026, 9, 3), date(2026, 9, 4)
YEAR = 2026

#: The letter by which the head of the unit is sent away, and on which the mandate rests.
BASIS_NUMBER, BASIS_ON = "800.1.11.1/451/SETDA/2026", date(2026, 7, 3)


def proposal() -> dict[str, Any]:
    """What is proposed, as far as it does not depend on who proposes it."""
    return {
        "competency": "Peningkatan mutu pelayanan",
        "goal": "Mampu menyusun dan menerapkan prosedur kerja sendiri tanpa pendampingan.",
        "starts_on": STARTS_ON.isoformat(),
        "ends_on": ENDS_ON.isoformat(),
        "plan": "Dua kali sebulan, masing-masing sembilan puluh menit, di ruang rapat unit.",
        "plan_item": "Butir 14 rencana pengembangan kompetensi 2026",
    }


def proposal_of(pair: Pair) -> dict[str, Any]:
    """The mentee's proposal; nurses ask for their own field."""
    asked = proposal() | {"mentor": pair.mentor.id}
    if pair.mentee.post.startswith("Perawat"):
        goal = "Mampu menyusun asuhan keperawatan bagi pasien rujukan tanpa pendampingan."
        asked |= {"competency": "Asuhan keperawatan pasien rujukan", "goal": goal}
    return asked


def mandate(pair: Pair) -> dict[str, Any]:
    """What the head of the unit lends for the days away: this process alone."""
    return {
        "kind": "plh",
        "post": pair.unit_id,
        "receiver": pair.stand_in.id,
        "from_on": AWAY_FROM.isoformat(),
        "until_on": AWAY_UNTIL.isoformat(),
        "basis_number": BASIS_NUMBER,
        "basis_on": BASIS_ON.isoformat(),
        "processes": ["mentoring"],
    }


@dataclass(frozen=True)
class Meeting:
    """A meeting that was held: its day, its hours, what it was about and what came of it."""

    day: date
    starts: tuple[int, int]
    ends: tuple[int, int]
    topic: str
    result: str

    def logged(self, zone: str, ends: tuple[int, int] | None = None) -> dict[str, Any]:
        """As the mentor logs it; ``ends``: another hour than it ended at."""
        began, ended = (datetime(*self.day.timetuple()[:3], *each, tzinfo=ZoneInfo(zone)) for each in self._hours(ends))
        return {
            "starts_at": began.isoformat(),
            "ends_at": ended.isoformat(),
            "medium": "in_person",
            "place": "Ruang rapat unit",
            "topic": self.topic,
            "result": self.result,
        }

    def _hours(self, ends: tuple[int, int] | None) -> tuple[tuple[int, int], tuple[int, int]]:
        return self.starts, ends or self.ends


#: Three in July, of which two count, and two in August.
MEETINGS = (
    Meeting(date(2026, 7, 9), (13, 0), (14, 30), "Menetapkan tujuan dan rencana kerja", "Rencana kerja disepakati."),
    Meeting(date(2026, 7, 16), (13, 0), (14, 30), "Membaca prosedur yang berlaku", "Tiga langkah perlu diperbaiki."),
    Meeting(date(2026, 7, 23), (13, 0), (14, 30), "Menyusun rancangan prosedur", "Rancangan pertama selesai."),
    Meeting(date(2026, 8, 6), (13, 0), (14, 30), "Mencoba rancangan di lapangan", "Dua langkah disederhanakan."),
    Meeting(date(2026, 8, 20), (13, 0), (14, 30), "Menilai hasil percobaan", "Prosedur siap diusulkan."),
)
#: Which of them does not count, and which one is logged wrongly at first, with a later end.
BEYOND, DISPUTED, WRONG_END = 2, 3, (16, 0)
REASON = "Pertemuan selesai pukul 14.30, bukan 16.00; sesudah itu mentor dipanggil rapat."

ASKED_FOR_END = {"reason": "Tujuan mentoring sudah tercapai."}
OF_MENTOR = {
    "mastery": 5,
    "communication": 5,
    "achievement": 4,
    "commitment": 5,
    "application": 4,
    "gap_before": 3,
    "gap_after": 1,
    "remark": "Contohnya selalu dari pekerjaan sehari-hari.",
}
OF_MENTEE = {**OF_MENTOR, "mastery": 4, "commitment": 4, "remark": "Tekun, dan berani bertanya."}
