"""What the demo's people fill in, and on which days: an internship of two weeks at a partner, in the spring of 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflow.demo.cast import Cast

#: A Monday without holidays near; the demo begins on it, whatever the day is outside.
FIRST_DAY = date(2026, 3, 2)
FIRST_HOUR = (7, 30)
STARTS_ON, ENDS_ON = date(2026, 4, 6), date(2026, 4, 17)
ESTIMATE, COST = 4_000_000, 3_650_000

ACTIVITIES = (
    ("Orientasi bagian, pengenalan standar prosedur dan keselamatan kerja", "Alur pelayanan dan pembagian tugas"),
    ("Mengikuti pelayanan bersama pembimbing lapangan", "Cara mencatat dan melaporkan hasil pelayanan"),
    ("Mengerjakan tugas harian di bawah pengawasan", "Penerapan daftar periksa mutu"),
    ("Mengikuti pembahasan kasus bersama tim", "Cara menyampaikan hasil pemeriksaan secara ringkas"),
    ("Menyusun usul perbaikan untuk unit asal", "Ukuran keberhasilan yang dapat dipakai di unit asal"),
)


def instant(day: date, hour: int, minute: int, zone: str) -> datetime:
    """A moment on the agency's clock, in UTC."""
    return datetime.combine(day, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def request() -> dict[str, Any]:
    """The request as far as it does not depend on who asks."""
    return {
        "host": "",
        "section": "Bagian Pendidikan dan Pelatihan",
        "starts_on": STARTS_ON.isoformat(),
        "ends_on": ENDS_ON.isoformat(),
        "competency": "Peningkatan mutu pelayanan",
        "goal": "Mempelajari cara kerja instansi penerima dan menerapkannya di unit asal.",
        "plan_item": "Butir 7 rencana pengembangan kompetensi tahun 2026",
        "funding": "agency_budget",
        "estimate": ESTIMATE,
    }


def request_of(cast: Cast) -> dict[str, Any]:
    """The participant's request; nurses ask for intensive care."""
    asked = request() | {"host": f"partner:{cast.host.code}"}
    if cast.participant.post.startswith("Perawat"):
        asked |= {
            "section": "Instalasi Rawat Intensif",
            "competency": "Keperawatan intensif",
            "goal": "Mempelajari asuhan keperawatan intensif dan menyusun prosedurnya bagi rumah sakit asal.",
        }
    return asked


#: The first name of the matter, which is sent back as it says too little, and the word that is corrected in what it becomes.
SUBJECT, WORD, BETTER_WORD = "Permohonan magang", "tentang", "bidang"
SENT_BACK = "Hal belum menyebut bidang magangnya; lengkapi, agar surat diteruskan kepada bagian yang tepat."


def mended_subject(cast: Cast) -> str:
    """The matter of the request as its drafter mends it."""
    competency = str(request_of(cast)["competency"])
    return f"{SUBJECT} {WORD} {competency[:1].lower()}{competency[1:]}"


def overlapping_request(cast: Cast) -> dict[str, Any]:
    """A second request of the same person for days that the first one holds."""
    days = {
        "starts_on": (STARTS_ON + timedelta(days=7)).isoformat(),
        "ends_on": (ENDS_ON + timedelta(days=7)).isoformat(),
    }
    return request_of(cast) | days | {"funding": "none", "estimate": 0}


def colleagues_request(cast: Cast) -> dict[str, Any]:
    """A colleague's request, which is left waiting for their superior."""
    days = {"starts_on": date(2026, 12, 7).isoformat(), "ends_on": date(2026, 12, 18).isoformat()}
    asked = (
        request()
        | days
        | {"host": f"partner:{cast.host.code}", "funding": "host", "estimate": 1_500_000, "plan_item": ""}
    )
    return asked | {"outside_plan_reason": "Tawaran instansi penerima datang setelah rencana tahun 2026 ditetapkan."}


def days_of_work(cast: Cast) -> list[date]:
    """The days on which the participant works at the host."""
    days = (STARTS_ON + timedelta(days=ahead) for ahead in range((ENDS_ON - STARTS_ON).days + 1))
    return [day for day in days if day.weekday() < (6 if cast.six_day_week else 5)]


def logged_day(day: date, number: int) -> dict[str, Any]:
    """A page of the logbook."""
    activity, learning = ACTIVITIES[number % len(ACTIVITIES)]
    return {"worked_on": day.isoformat(), "hours": 7.5, "activity": activity, "learning": learning}


SCORES = [
    {"aspect": "Kedisiplinan dan tanggung jawab", "score": 92},
    {"aspect": "Penguasaan kompetensi", "score": 88},
    {"aspect": "Kerja sama dengan tim", "score": 90, "remark": "Mudah diterima oleh tim."},
]

REPORT = (
    "Selama magang peserta mengikuti pelayanan, menerapkan daftar periksa mutu, dan menyusun tiga usul perbaikan "
    "yang dapat dijalankan di unit asal mulai bulan berikutnya."
)
