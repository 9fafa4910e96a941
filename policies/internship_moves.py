"""A participant who moves to another unit in the middle of an internship, or is gone from the service or into the host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, decide, rule
from policies.internship_conduct import LEAST_ATTENDANCE
from policies.parameters import Law, parameter
from policies.records import Move

MOVE_ANSWER_DAYS = parameter("internship.move_answer_days", int)


@dataclass(frozen=True)
class MoveFacts:
    """The move that was noted last, and the day; None where the participant is where the case began."""

    move: Move | None
    on: date


def a_move_awaits_an_answer(facts: MoveFacts) -> bool:
    """The new head may answer within the days; silence continues."""
    move = facts.move
    return move is not None and not move.answered and move.answer_by is not None and facts.on <= move.answer_by


@dataclass(frozen=True)
class LeavingFacts:
    """The day since which the participant is no longer in service; None where they are."""

    participant_left_on: date | None
    on: date


def participant_has_left(facts: LeavingFacts) -> bool:
    """Retired, resigned or died."""
    return facts.participant_left_on is not None and facts.participant_left_on <= facts.on


@dataclass(frozen=True)
class DepartureFacts:
    """Besides, where the participant works today, and the unit that is the host; None for a partner."""

    participant_left_on: date | None
    unit_now: str | None
    host_unit: str | None
    on: date


def participant_is_gone(facts: DepartureFacts) -> bool:
    """Out of the service, or at work in the host itself, where one is no intern."""
    left = facts.participant_left_on is not None and facts.participant_left_on <= facts.on
    return left or (facts.host_unit is not None and facts.host_unit == facts.unit_now)


@rule("Peserta masih bertugas dan tidak pindah ke instansi penerima")
def participant_is_still_to_go(facts: DepartureFacts, law: Law) -> Decision:
    """Nobody starts an internship who has left, or works at the host by now."""
    if facts.participant_left_on is not None and facts.participant_left_on <= facts.on:
        says = f"Peserta tidak lagi bertugas sejak {written(facts.participant_left_on)}."
    elif participant_is_gone(facts):
        says = "Peserta sekarang bekerja pada instansi penerima sendiri."
    else:
        return decide(True, "Peserta masih bertugas di luar instansi penerima.", "Praktik daerah")
    return decide(False, says, "Praktik daerah", remedy="Verifikator akhir menutup berkas ini.")


@dataclass(frozen=True)
class EarnedFacts:
    """Days of the period on which work is due, and days that the host confirmed or a document attests."""

    planned_days: int
    attended_days: int


@rule("Kehadiran yang sudah mencukupi tidak hilang")
def nothing_earned_is_lost(facts: EarnedFacts, law: Law) -> Decision:
    """Whoever has attended enough before they were gone has completed the internship, and it is credited."""
    least = law[LEAST_ATTENDANCE]
    share = facts.attended_days * 100 // facts.planned_days if facts.planned_days else 0
    return decide(
        share < least.value,
        f"Hadir {facts.attended_days} dari {facts.planned_days} hari yang direncanakan ({share} persen); magang diakui sejak "
        f"{least.value} persen.",
        least,
        remedy="Teruskan ke verifikasi akhir, lalu nyatakan selesai agar JP-nya diakui.",
    )
