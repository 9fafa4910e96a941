"""What is filled in for what still lies on desks when the demo ends, and on which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from api.demo import award_story, cohort_story, mentoring_story, story
from api.demo.mentoring_story import Meeting
from policies.incentive import REGIONAL
from workflow.demo.cast import Cast, Player
from workflow.demo.honours import Honours

#: Two go in November: asked for, verified, answered, assigned, begun.
ASKED_ON, VERIFIED_ON, ANSWERED_ON, ASSIGNED_ON = (
    date(2026, 11, 5),
    date(2026, 11, 6),
    date(2026, 11, 9),
    date(2026, 11, 10),
)
STARTS_ON, ENDS_ON = date(2026, 11, 12), date(2026, 11, 27)
#: What a colleague asked for and nobody has answered, and the round of mentoring that was opened on the same day.
LATE_ON = date(2026, 11, 13)
#: The day on which the demo ends.
LAST_DAY = award_story.PINNED_ON

#: The auditors' assignment.
ASSIGNMENT_NUMBER, ASSIGNMENT_ON, EXAMINED_UNTIL = "700.1.1/36/INSPEKTORAT/2026", story.FIRST_DAY, date(2026, 12, 31)
ASSIGNMENT_ABOUT = "Reviu penyelenggaraan magang, mentoring, dan penghargaan tahun 2026"
SEED, SAMPLE_SIZE = "Reviu 2026", 6

#: By the place of whoever asks: the days in the next year, none of which touch another's.
_NEXT_YEAR = (
    (date(2027, 2, 15), date(2027, 2, 26)),
    (date(2027, 3, 1), date(2027, 3, 5)),
    (date(2027, 4, 5), date(2027, 4, 16)),
    (date(2027, 5, 3), date(2027, 5, 14)),
    (date(2027, 6, 7), date(2027, 6, 18)),
    (date(2027, 7, 5), date(2027, 7, 16)),
    (date(2027, 8, 2), date(2027, 8, 13)),
    (date(2027, 8, 23), date(2027, 8, 27)),
)
#: What each of them wants to learn, in turn, and what for.
_TOPICS = (
    ("Pelayanan informasi dan pengaduan", "Menyusun alur penanganan pengaduan yang dapat diikuti masyarakat."),
    ("Pengendalian mutu dan keselamatan kerja", "Menerapkan daftar periksa keselamatan pada pekerjaan sehari-hari."),
    ("Pengelolaan data pelayanan", "Menyajikan data bulanan yang dapat dipakai untuk menyusun rencana."),
    ("Komunikasi dalam tim", "Memimpin serah terima tugas yang ringkas dan lengkap."),
    ("Penyusunan prosedur kerja", "Menyusun prosedur kerja bagi dua layanan yang paling sering diminta."),
)
#: Those who go together in the next year, and who fell ill in May and goes alone.
TOGETHER, ALONE = (date(2027, 1, 11), date(2027, 1, 22)), (date(2027, 2, 1), date(2027, 2, 12))
#: Of colleagues of one supervisor: a period so long that it is warned of, one that waits for too long.
LONG, LATE = (date(2027, 1, 18), date(2027, 5, 14)), (date(2027, 3, 8), date(2027, 3, 19))
#: What comes back to its asker, and what was begun and not sent yet.
RETURNED = (date(2027, 9, 6), date(2027, 9, 17))
TO_MEND = {"to_mend": "Sebutkan unit yang menggantikan jadwal jaga selama dua pekan itu."}

GUIDE = {
    "field_supervisor": "Ns. Ratri Puspita, S.Kep., M.Kep.",
    "field_supervisor_post": "Kepala Ruang",
    "account": "ratri.puspita@rsup-telaga.example",
}
REPLY = {**cohort_story.REPLY, "reply_number": "DP.03.01/874/2026", "reply_on": ANSWERED_ON.isoformat()}


def request(cast: Cast, days: tuple[date, date], topic: int = 0) -> dict[str, Any]:
    """A request whose cost the host bears; ``topic``: the place of what is to be learned, round and round."""
    competency, goal = _TOPICS[topic % len(_TOPICS)]
    asked = {"starts_on": days[0].isoformat(), "ends_on": days[1].isoformat(), "competency": competency, "goal": goal}
    return story.colleagues_request(cast) | asked


def request_of_next_year(cast: Cast, place: int) -> dict[str, Any]:
    """The request of the one with this place among those whose requests are on their way."""
    return request(cast, _NEXT_YEAR[place], place)


def days_of_work() -> list[date]:
    """The days from Monday to Friday on which somebody is at the host in November."""
    days = (STARTS_ON + timedelta(days=ahead) for ahead in range((ENDS_ON - STARTS_ON).days + 1))
    return [day for day in days if day.weekday() < 5]


def half_a_request(cast: Cast) -> dict[str, Any]:
    """As much of a request as somebody has written so far."""
    asked = request(cast, (date(2027, 10, 4), date(2027, 10, 15)), 2)
    return {name: asked[name] for name in ("host", "section", "starts_on", "competency")}


def places(host: str) -> bytes:
    """How many a host takes at once, as it told the office."""
    lines = (
        "KODE MITRA,BAGIAN,TEMPAT",
        f"{host},Bagian Pendidikan dan Pelatihan,6",
        f"{host},Instalasi Rawat Intensif,8",
    )
    return "\n".join(lines).encode()


# --- Mentoring ---------------------------------------------------------------------------------------------------------

PROPOSED_ON, CONSENTED_ON, APPROVED_ON = ASKED_ON, VERIFIED_ON, ANSWERED_ON
MEETINGS_FROM, MEETINGS_UNTIL = date(2026, 11, 10), date(2027, 1, 29)


def _met(day: date, hour: int, of: int) -> Meeting:
    return replace(mentoring_story.MEETINGS[of], day=day, starts=(hour, 0), ends=(hour + 1, 30))


#: Of the first mentee: one that is disputed, one not answered yet; of the second: one confirmed, one not answered yet.
DISPUTED, OPEN = _met(date(2026, 11, 10), 13, 0), _met(date(2026, 11, 26), 13, 1)
CONFIRMED, OPEN_TOO = _met(date(2026, 11, 12), 13, 0), _met(date(2026, 11, 27), 9, 1)
REASON = "Pertemuan selesai pukul 14.00; sesudah itu mentor dipanggil ke ruang tindakan."


def proposal(mentor: Player) -> dict[str, Any]:
    """What either mentee proposes."""
    days = {"starts_on": MEETINGS_FROM.isoformat(), "ends_on": MEETINGS_UNTIL.isoformat()}
    return mentoring_story.proposal() | days | {"mentor": mentor.id}


MATCHING = {
    "title": "Putaran Mentoring Semester I Tahun 2027",
    "fields": ["Mutu pelayanan", "Pengolahan data", "Penyusunan prosedur kerja"],
    "offers_until": "2026-11-27",
    "wishes_until": "2026-12-04",
    "starts_on": "2027-01-11",
    "ends_on": "2027-06-25",
    "meetings": "Dua kali sebulan, masing-masing sembilan puluh menit.",
}


def offer(fields: slice) -> dict[str, Any]:
    """A mentor who would take two."""
    return {"side": "offer", "fields": MATCHING["fields"][fields], "capacity": 2}


def wish(field: int) -> dict[str, Any]:
    """A mentee's wish."""
    return {"side": "wish", "fields": [MATCHING["fields"][field]]}


def award_round(honours: Honours) -> Mapping[str, Any]:
    """A round that is submitted, and waits for the panel to be appointed."""
    return award_story.award_round(honours) | {
        "title": "Penghargaan Inovasi Pelayanan Tahun 2026",
        "kinds": [REGIONAL],
        "closes_on": "2026-12-18",
    }
