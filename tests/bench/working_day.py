"""A working day as data: what people ask for and how often, and the roads that their cases take, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.bench.big_office import NOW
from tests.world import REQUEST

#: Of a hundred requests so many of each kind.
MIX: Final = {"inbox": 35, "case": 25, "act": 25, "list": 10, "letter": 5}
#: Of a hundred acts so many meet: somebody else who does the same at the same time; themselves, twice at once with one key; the
#: same once more later; and the same by somebody who still sees the case as it was.
CONTENTION: Final = {"rival": 4, "twin": 3, "again": 4, "stale": 3}
#: Who may do instead what somebody does, at the same time.
RIVALS: Final = {"verifier": "second_verifier", "second_verifier": "verifier"}

#: What is opened of each kind by whoever is at work: pages with a session, the rest with a key.
INBOXES: Final = ("/", "/", "/api/tasks", "/?tampil=ditunggu", "/api/tasks/counts")
CASES: Final = ("/berkas/{}", "/berkas/{}", "/api/cases/{}", "/api/cases/{}/actions", "/api/cases/{}/history")
LISTS: Final = ("/berkas", "/api/cases?limit=25", "/berkas?cari={}", "/api/cases?limit=25&search={}", "/api/awaited")
LETTERS: Final = ("/surat/{}", "/api/letters/{}")
PDF: Final = "/api/letters/{}/pdf"

#: The demo's clock: before the load people ask to go and are paired, then go, and then the day begins that is measured.
ASKED_AT: Final = datetime.fromisoformat("2026-08-24T09:00+07:00")
WENT_AT: Final = datetime.fromisoformat("2026-09-07T09:00+07:00")
DAY: Final = NOW
#: From when until when those are away who went.
AWAY: Final = (WENT_AT.date(), WENT_AT.date() + timedelta(days=32))


@dataclass(frozen=True)
class Place:
    """Whose case it is, and the how manieth of theirs: what forms are filled in by."""

    people: Mapping[str, str]
    turn: int = 0


#: What is filled in.
Form = Callable[[Place], Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """A step of a road: who takes it, and with which form; ``once_made``: only when the letter of the step before is signed."""

    trigger: str
    role: str
    form: Form = lambda _: {}
    once_made: bool = False


@dataclass(frozen=True)
class Road:
    """A process and the steps that a case of it takes: so many ``before`` the day when people ask, ``then`` when they go."""

    process: str
    steps: tuple[Step, ...]
    before: int = 0
    then: int = 0

    @property
    def opened_by(self) -> str:
        """Whose case it is."""
        return self.steps[0].role


# --- Internships -----------------------------------------------------------------------------------------------------


def _asked(starts_on: date, ends_on: date) -> dict[str, Any]:
    """An internship without cost."""
    free = {name: value for name, value in REQUEST.items() if name not in ("funding", "estimate")}
    return {**free, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}


def _in_a_week_of_next_year(place: Place) -> dict[str, Any]:
    monday = date(2027, 1, 4) + timedelta(weeks=place.turn)
    return _asked(monday, monday + timedelta(days=4))


def _these_weeks(_: Place) -> dict[str, Any]:
    return _asked(*AWAY)


def _approved(asked: Form) -> tuple[Step, ...]:
    """From the request to the letter that introduces; the agency's head gives it back once."""
    return (
        Step("submit", "participant", asked),
        Step("endorse", "supervisor"),
        Step("return", "head", lambda _: {"to_mend": "Mohon perbaiki tujuan magang."}),
        Step("submit", "participant", lambda p: {**asked(p), "goal": "Menerapkan asuhan keperawatan intensif."}),
        Step("forward", "head"),
        Step("verify", "verifier"),
        Step("request_host", "secretary"),
        Step(
            "confirm", "contact", lambda _: {"field_supervisor": "Ns. Ratri", "field_supervisor_post": "Kepala Ruang"}
        ),
        Step("assign", "head"),
        Step("introduce", "agency_chief"),
    )


def _logged(day: date) -> Step:
    says = {"worked_on": day.isoformat(), "hours": 7.5, "activity": f"Dinas pagi {day:%d-%m}", "learning": "Asuhan"}
    return Step("log_day", "participant", lambda _: says)


def _week(monday: date) -> tuple[Step, ...]:
    friday = monday + timedelta(days=4)
    both = {"from_on": monday.isoformat(), "until_on": friday.isoformat()}
    days = (_logged(monday + timedelta(days=n)) for n in range(5))
    return (*days, Step("confirm_days", "contact", lambda _: both))


_APPROVED: Final = _approved(_these_weeks)
_GONE: Final = (Step("start", "participant"),)
_WEEKS: Final = tuple(step for n in range(5) for step in _week(WENT_AT.date() + timedelta(weeks=n)))
_HOME: Final = (
    Step("finish", "contact"),
    Step("report", "participant", lambda _: {"summary": "Laporan akhir magang di instalasi rawat intensif."}),
)

# --- Mentoring -------------------------------------------------------------------------------------------------------

#: Meetings of half an hour on each of the last days. A case of more than a pair has in a year would only weigh on memory.
_MEETINGS: Final = tuple((day, slot) for day in range(1, 14) for slot in range(2))


def _paired(place: Place) -> dict[str, Any]:
    return {
        "mentor": place.people["mentor"],
        "competency": "Asuhan keperawatan intensif",
        "goal": "Mampu memberi asuhan keperawatan intensif tanpa pendampingan.",
        "starts_on": WENT_AT.date().isoformat(),
        "ends_on": "2027-03-06",
        "plan": "Dua kali sebulan, masing-masing sembilan puluh menit.",
    }


def _met(day: int, slot: int) -> Form:
    began = DAY.replace(hour=1, minute=0) - timedelta(days=day) + timedelta(minutes=30 * slot)
    says = {
        "starts_at": began.isoformat(),
        "ends_at": (began + timedelta(minutes=30)).isoformat(),
        "medium": "in_person",
        "place": "Ruang Rapat Keperawatan",
        "topic": "Pemantauan pasien kritis",
        "result": "Mentee dapat membaca monitor pasien.",
    }
    return lambda _: says


def _confirmed(number: int) -> Form:
    return lambda _: {"numbers": [number]}


_PAIRED: Final = (
    Step("propose", "mentee", _paired),
    Step("endorse", "supervisor"),
    Step("consent", "mentor"),
    Step("approve", "head"),
)
_MET: Final = tuple(
    step
    for number, meeting in enumerate(_MEETINGS, start=1)
    for step in (
        Step("log_session", "mentor", _met(*meeting)),
        Step("confirm_session", "mentee", _confirmed(number)),
    )
)

# --- Small recognition -----------------------------------------------------------------------------------------------


def _thanked(_: Place) -> dict[str, Any]:
    return {"kind": "recognition", "grounds": "Menurunkan angka infeksi di ruang rawat intensif.", "round": ""}


def _handed_over(_: Place) -> dict[str, Any]:
    return {"handed_on": DAY.date().isoformat(), "place": "Apel pagi"}


_THANKED: Final = (
    Step("propose", "nominee", _thanked),
    Step("nominate", "head"),
    Step("verify", "verifier"),
    Step("decree", "head"),
    Step("hand_over", "verifier", _handed_over, once_made=True),
)

#: By name. Of those that begin before the day there are so many as are asked for; the others follow one another.
ROADS: Final = {
    "stay": Road("internship", (*_APPROVED, *_GONE, *_WEEKS, *_HOME), len(_APPROVED), len(_GONE)),
    "pair": Road("mentoring", (*_PAIRED, *_MET), len(_PAIRED)),
    "request": Road("internship", _approved(_in_a_week_of_next_year)),
    "thanks": Road("incentive", _THANKED),
}


@dataclass(frozen=True)
class Size:
    """How large a load is: cases in the tables, cases that are under way at the same time by road, and when it ends."""

    cases: int
    under_way: Mapping[str, int]
    seconds: float = math.inf
    requests: float = math.inf


#: As an hour of a province, and as little as shows that it works.
WHOLE: Final = Size(1_000_000, {"stay": 24, "pair": 40, "request": 16, "thanks": 6}, seconds=300)
LITTLE: Final = Size(300, {"stay": 1, "pair": 2, "request": 3, "thanks": 1}, requests=420)
