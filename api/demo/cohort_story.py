"""What is filled in for those who go together, and on which days; and for the report of the quarter in which they went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.demo import story
from workflow.demo.cast import Player
from workflow.demo.troupe import Troupe

#: The officer opens the cohort on the first of these days; then each approval, the letter, its answer, and so on.
OPENED_ON, ENDORSED_ON, FORWARDED_ON = date(2026, 4, 27), date(2026, 4, 28), date(2026, 4, 29)
VERIFIED_ON, ASKED_ON, ANSWERED_ON = date(2026, 4, 30), date(2026, 5, 4), date(2026, 5, 8)
ASSIGNED_ON, REPLACED_ON, NOTIFIED_ON = date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 13)
STARTS_ON, ENDS_ON, EXTENDED_TO = date(2026, 5, 18), date(2026, 5, 29), date(2026, 6, 5)
WANTED_ON, EXTENDED_ON = date(2026, 5, 25), date(2026, 5, 26)
TOLD_ON, ASSESSED_ON, COMPLETED_ON, CERTIFIED_ON = (
    date(2026, 6, 8),
    date(2026, 6, 10),
    date(2026, 6, 12),
    date(2026, 6, 15),
)
REPORTED_ON = date(2026, 7, 1)
#: The quarter that is reported.
YEAR, QUARTER = 2026, 2

#: The place in the list of the one who falls ill and is replaced.
ILL = 1

ESTIMATE, FURTHER, COST = 2_500_000, 600_000, 2_350_000


def request() -> dict[str, Any]:
    """What they ask for alike, as far as it does not depend on who they are."""
    days = {"starts_on": STARTS_ON.isoformat(), "ends_on": ENDS_ON.isoformat()}
    return story.request() | days | {"estimate": ESTIMATE, "plan_item": "Butir 11 rencana pengembangan kompetensi 2026"}


def longest_request() -> dict[str, Any]:
    """The same over the longest period and with the highest cost that comes of it: who is chosen must be free for all of it."""
    return request() | {"ends_on": EXTENDED_TO.isoformat(), "estimate": ESTIMATE + FURTHER}


def request_of(troupe: Troupe) -> dict[str, Any]:
    """What they ask for alike; nurses ask for intensive care."""
    asked = request() | {"host": f"partner:{troupe.host.code}"}
    if all(goer.post.startswith("Perawat") for goer in troupe.goers):
        goal = "Mempelajari asuhan keperawatan intensif dan menerapkannya pada rujukan dari unit asal."
        asked |= {"section": "Instalasi Rawat Intensif", "competency": "Keperawatan intensif", "goal": goal}
    return asked


def who_went(troupe: Troupe) -> set[str]:
    """Those of the list who go in the end, by id."""
    return {goer.id for place, goer in enumerate(troupe.goers) if place != ILL}


REPLY = {"field_supervisor": "Ns. Ratri Puspita, S.Kep., M.Kep.", "field_supervisor_post": "Kepala Ruang"}
REPLY_NUMBER, REPLY_ON = "DP.03.01/388/2026", date(2026, 5, 7)


def reply_paper(troupe: Troupe) -> tuple[str, ...]:
    """The host's letter, line by line."""
    names = (f"{number}. {goer.name}" for number, goer in enumerate(troupe.goers, start=1))
    return (
        troupe.host.name.upper(),
        "",
        f"Nomor {REPLY_NUMBER}, 7 Mei 2026",
        "Hal: Kesediaan menerima peserta magang",
        "",
        "Kami bersedia menerima peserta berikut pada 18 sampai dengan 29 Mei 2026:",
        *names,
        f"dengan pembimbing lapangan {REPLY['field_supervisor']}.",
        "",
        troupe.host.contact.post,
        troupe.host.contact.name,
    )


def recorded(troupe: Troupe, scan: str) -> dict[str, Any]:
    """That letter, as it is put on record."""
    return {
        "channel": "whatsapp",
        "number": REPLY_NUMBER,
        "dated_on": REPLY_ON.isoformat(),
        "signer_name": troupe.host.contact.name,
        "signer_post": troupe.host.contact.post,
        "received_on": ANSWERED_ON.isoformat(),
        "scan": scan,
    }


def replacement(substitute: Player) -> dict[str, Any]:
    """A colleague goes instead of somebody who fell ill."""
    return {
        "successor": substitute.id,
        "reason": "yang bersangkutan sakit dan dirawat di rumah sakit",
    }


EXTENSION = {
    "new_ends_on": EXTENDED_TO.isoformat(),
    "extension_cost": FURTHER,
    "reason": "Dua tindakan pada buku kompetensi belum dapat dilakukan karena libur Iduladha.",
}

#: By Monday: the weeks in which days are logged, as far as they lie in somebody's period.
WEEKS = (date(2026, 5, 18), date(2026, 5, 25), date(2026, 6, 1))


def week_of(monday: date, days: Sequence[date], until: date) -> list[dict[str, Any]]:
    """The pages of a logbook for the working days of a week, up to a day."""
    year, week, _ = monday.isocalendar()
    of_week = (day for day in days if day.isocalendar()[:2] == (year, week) and day <= until)
    return [story.logged_day(day, number) for number, day in enumerate(of_week)]


def assessment(number: int, paper: str) -> dict[str, Any]:
    """The host's scores for the one with this number in the list, under a certificate of their own."""
    scores = [{**score, "score": 95 - 2 * number - place} for place, score in enumerate(story.SCORES)]
    return {
        "scores": scores,
        "certificate_number": f"DP.03.02/{460 + number}/2026",
        "certificate_on": "2026-06-09",
        "certificate_file": paper,
    }


REMARKS = {
    "obstacles": "Balasan instansi penerima datang sebagai surat di luar sistem dan baru dapat dicatat sehari kemudian; "
    "seorang peserta sakit menjelang keberangkatan dan harus diganti.",
    "follow_up": "Permohonan kepada rumah sakit dikirim sekurang-kurangnya empat minggu sebelum magang dimulai, dan setiap "
    "rombongan mengusulkan seorang cadangan.",
}
