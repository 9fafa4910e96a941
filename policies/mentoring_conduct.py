"""Carrying mentoring out: which meetings may be logged and confirmed, what each says of the other, and when it is completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from policies.dates import days_after, written
from policies.decision import Decision, Grade, decide, rule, together
from policies.parameters import Law, parameter

LONGEST_MEETING = parameter("mentoring.longest_meeting", int)
LATE_LOG_DAYS = parameter("mentoring.late_log_days", int)
LEAST_MEETINGS = parameter("mentoring.least_meetings", int)
#: Whether what was met for keeps its JP where the minimum was not reached.
UNMET_SESSIONS_COUNT = parameter("mentoring.unmet_sessions_count", bool)
#: What a confirmed meeting gives the mentor.
MENTOR_HOURS = parameter("mentoring.mentor_hours", int)
#: How many of them give the mentor anything in a calendar month, whatever the table counts for the mentee.
MENTOR_MONTHLY_SESSIONS = parameter("mentoring.mentor_monthly_sessions", int)


# --- A meeting is logged ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LengthFacts:
    """Start and end of a meeting as filled in, and the moment of logging it."""

    met_from: datetime
    met_until: datetime
    now: datetime


@rule("Pertemuan sudah selesai dan lamanya wajar")
def meeting_is_over_and_of_fair_length(facts: LengthFacts, law: Law) -> Decision:
    """Never ahead of time; no longer than a working day, so that a slip of the date is seen."""
    longest = law[LONGEST_MEETING]
    minutes = int((facts.met_until - facts.met_from).total_seconds() // 60)
    if minutes < 1:
        says = "Waktu selesai pertemuan tidak sesudah waktu mulainya."
        return decide(False, says, "Praktik daerah", remedy="Perbaiki waktu mulai atau waktu selesai.")
    over = facts.met_until <= facts.now
    return together(
        (
            decide(
                over,
                "Pertemuan sudah selesai." if over else "Pertemuan yang dicatat belum selesai.",
                "Praktik daerah",
                remedy="Catatlah setelah pertemuan selesai; bila tanggal atau jamnya keliru, perbaiki.",
            ),
            decide(
                minutes <= longest.value,
                f"Lama pertemuan {minutes} menit; paling lama {longest.value} menit.",
                longest,
                remedy="Periksa tanggal dan jamnya; pertemuan beberapa hari dicatat satu per satu.",
            ),
        )
    )


@dataclass(frozen=True)
class MeetingDayFacts:
    """The day of a meeting and when it ended, the period, and the moment at which the evaluation began; None before it did."""

    met_on: date
    met_until: datetime
    starts_on: date
    ends_on: date
    evaluation_began_at: datetime | None


@rule("Pertemuan berada dalam jangka waktu mentoring", revision=2)
def meeting_is_within_the_period(facts: MeetingDayFacts, law: Law) -> Decision:
    """Within the period; once the evaluation has begun, only what was over before it did."""
    began = facts.evaluation_began_at
    last = min(facts.ends_on, began.date()) if began else facts.ends_on
    if began is not None and facts.met_on == began.date() and facts.met_until > began:
        return decide(
            False,
            f"Mentoring diakhiri {written(began.date())} pukul {began:%H.%M}, sedangkan pertemuan selesai pukul "
            f"{facts.met_until:%H.%M}.",
            "Praktik daerah",
            remedy="Perbaiki waktu pertemuan; pertemuan setelah mentoring diakhiri tidak dapat dicatat.",
        )
    return decide(
        facts.starts_on <= facts.met_on <= last,
        f"Pertemuan dilaksanakan {written(facts.met_on)}; mentoring berlangsung {written(facts.starts_on)} sampai dengan "
        f"{written(last)}.",
        "Praktik daerah",
        remedy="Perbaiki tanggal pertemuan; pertemuan di luar jangka waktu itu tidak dapat dicatat.",
    )


@dataclass(frozen=True)
class LateLogFacts:
    """The day of a meeting; that on which it was logged, of one that is corrected for the first time; and that of the step."""

    met_on: date
    logged_on: date
    on: date


@rule("Pertemuan dicatat dalam waktunya")
def meeting_is_logged_in_time(facts: LateLogFacts, law: Law) -> Decision:
    """What is remembered months later is no record, also where another meeting is made of one by correcting it."""
    days = law[LATE_LOG_DAYS]
    last = days_after(facts.met_on, days.value)
    if facts.logged_on < min(facts.met_on, facts.on):
        says = f"Pertemuan {written(facts.met_on)} belum terjadi ketika dicatat pertama kali pada {written(facts.logged_on)}."
        return decide(
            False, says, "Praktik daerah", remedy="Catatlah sebagai pertemuan lain; perbaikan hanya untuk yang sama."
        )
    return decide(
        facts.logged_on <= last,
        f"Pertemuan {written(facts.met_on)} dicatat {written(facts.logged_on)}; paling lambat {written(last)} "
        f"({days.value} hari).",
        days,
        remedy="Pertemuan ini tidak dapat dicatat lagi; catatlah pertemuan berikutnya dalam waktunya.",
    )


@dataclass(frozen=True)
class Meeting:
    """Another meeting of the same mentor that stands on record: when, and the number of the case that it stands in."""

    starts_at: datetime
    ends_at: datetime
    reference: str
    own_case: bool


@dataclass(frozen=True)
class OverlapFacts:
    """The meeting as filled in, and the mentor's other meetings that touch its time."""

    met_from: datetime
    met_until: datetime
    other_meetings: tuple[Meeting, ...]


@rule("Mentor tidak berada pada dua pertemuan sekaligus")
def mentor_is_in_one_meeting_at_a_time(facts: OverlapFacts, law: Law) -> Decision:
    """The same start and end with another mentee is one meeting held together; any other overlap is a slip."""
    span = (facts.met_from, facts.met_until)
    touching = [
        each for each in facts.other_meetings if each.starts_at < facts.met_until and facts.met_from < each.ends_at
    ]
    clashing = [each for each in touching if each.own_case or (each.starts_at, each.ends_at) != span]
    if clashing:
        other = clashing[0]
        where = "pada berkas ini" if other.own_case else f"pada berkas {other.reference}"
        says = f"Waktunya bertumpang tindih dengan pertemuan lain mentor yang tercatat {where}."
        remedy = (
            "Perbaiki waktunya; pertemuan bersama beberapa mentee dicatat dengan waktu mulai dan selesai yang sama."
        )
        return decide(False, says, "Praktik daerah", remedy=remedy)
    along = f" Dilaksanakan bersama {len(touching)} mentee lain." if touching else ""
    return decide(True, f"Tidak ada pertemuan lain mentor pada waktu itu.{along}", "Praktik daerah")


# --- What was logged is confirmed, disputed, corrected or withdrawn --------------------------------------------------


@dataclass(frozen=True)
class ChosenMeetingFacts:
    """Numbers that were chosen, and those of them at which the step cannot be taken."""

    chosen_meetings: tuple[int, ...]
    stray_meetings: tuple[int, ...]


@rule("Catatan pertemuan yang dipilih masih terbuka")
def chosen_meetings_are_open(facts: ChosenMeetingFacts, law: Law) -> Decision:
    """A number that matches nothing is a slip, and is named rather than passed over; what was confirmed stands."""
    if not facts.chosen_meetings:
        says = "Belum ada catatan pertemuan yang dipilih."
        return decide(False, says, "Praktik daerah", remedy="Pilih sekurang-kurangnya satu catatan pertemuan.")
    stray = ", ".join(str(number) for number in facts.stray_meetings)
    return decide(
        not stray,
        f"Catatan pertemuan nomor {stray} tidak ada, sudah dikonfirmasi, atau sudah diganti."
        if stray
        else "Semua catatan yang dipilih masih terbuka.",
        "Praktik daerah",
        remedy="Periksa nomornya pada catatan pertemuan, lalu pilih kembali.",
    )


@dataclass(frozen=True)
class OwnMeetingFacts:
    """Numbers that were chosen and were logged by somebody else."""

    meetings_of_another: tuple[int, ...]


@rule("Catatan pertemuan ditulis mentor sendiri")
def meetings_are_ones_own(facts: OwnMeetingFacts, law: Law) -> Decision:
    """Who replaces a mentor does not rewrite what the other one logged."""
    others = ", ".join(str(number) for number in facts.meetings_of_another)
    return decide(
        not others,
        f"Catatan pertemuan nomor {others} ditulis mentor sebelumnya."
        if others
        else "Catatan itu ditulis mentor sendiri.",
        "Praktik daerah",
        remedy="Mintalah mentee mengonfirmasinya, atau sampaikan kepada verifikator.",
    )


@dataclass(frozen=True)
class OpenMeetingFacts:
    """How many meetings await the mentee, and how many are disputed."""

    unconfirmed_meetings: int
    disputed_meetings: int


def a_meeting_is_open(facts: OpenMeetingFacts) -> bool:
    """Something is left to confirm, correct or withdraw."""
    return facts.unconfirmed_meetings + facts.disputed_meetings > 0


@dataclass(frozen=True)
class OwnOpenFacts:
    """How many meetings that the mentor logged themselves are not confirmed."""

    own_open_meetings: int


def a_meeting_of_ones_own_is_open(facts: OwnOpenFacts) -> bool:
    """Nobody mends what the mentor before them logged."""
    return facts.own_open_meetings > 0


@dataclass(frozen=True)
class OrphanedFacts:
    """Numbers of disputed meetings whose mentor is not there any more to mend them."""

    orphaned_meetings: tuple[int, ...]


def a_disputed_meeting_is_orphaned(facts: OrphanedFacts) -> bool:
    """The mentee may still confirm it; else the verifier settles it."""
    return bool(facts.orphaned_meetings)


@dataclass(frozen=True)
class SettledFacts:
    """Numbers that were chosen, and those that are disputed and whose mentor is not there any more."""

    chosen_meetings: tuple[int, ...]
    orphaned_meetings: tuple[int, ...]


@rule("Mentor yang mencatat pertemuan itu sudah diganti atau tidak lagi bertugas")
def meetings_are_orphaned(facts: SettledFacts, law: Law) -> Decision:
    """What the mentor can still mend is between the mentor and the mentee."""
    others = ", ".join(str(number) for number in facts.chosen_meetings if number not in facts.orphaned_meetings)
    return decide(
        not others,
        f"Catatan pertemuan nomor {others} tidak sedang disanggah, atau masih dapat diperbaiki mentor yang mencatatnya."
        if others
        else "Mentor yang mencatatnya sudah diganti atau tidak lagi bertugas.",
        "Praktik daerah",
        remedy="Mintalah mentor memperbaiki atau menariknya; yang belum dijawab, mintalah mentee mengonfirmasi atau menyanggahnya.",
    )


def a_meeting_awaits_the_mentee(facts: OpenMeetingFacts) -> bool:
    """Something was logged that the mentee has not answered."""
    return facts.unconfirmed_meetings > 0


# --- The evaluation --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EvaluationFacts:
    """Who has evaluated, and whether the time for it is over."""

    mentee_evaluated: bool
    mentor_evaluated: bool
    evaluation_is_over: bool


def evaluations_are_sealed(facts: EvaluationFacts) -> bool:
    """Neither reads what the other wrote before both are in or the time is over."""
    return not (facts.mentee_evaluated and facts.mentor_evaluated) and not facts.evaluation_is_over


@dataclass(frozen=True)
class EvaluatedFacts:
    """Who has evaluated."""

    mentee_evaluated: bool
    mentor_evaluated: bool


def the_mentee_has_not_evaluated(facts: EvaluatedFacts) -> bool:
    """Each evaluates once."""
    return not facts.mentee_evaluated


def the_mentor_has_not_evaluated(facts: EvaluatedFacts) -> bool:
    """Each evaluates once."""
    return not facts.mentor_evaluated


@dataclass(frozen=True)
class AwaitedFacts(EvaluationFacts):
    """The same; and since when each of the two is no longer in service, None where they are."""

    current_mentor_left_on: date | None
    participant_left_on: date | None
    on: date


def has_left(left_on: date | None, on: date) -> bool:
    """Whether somebody is no longer in service on a day."""
    return left_on is not None and left_on <= on


@rule("Kedua penilaian sudah masuk, atau waktunya sudah lewat", revision=2)
def evaluations_are_in_or_late(facts: AwaitedFacts, law: Law) -> Decision:
    """What is missing is awaited until its deadline; after that it is named, and blocks nothing. Nobody awaits who has left."""
    done = {
        "mentee": (facts.mentee_evaluated, facts.participant_left_on),
        "mentor": (facts.mentor_evaluated, facts.current_mentor_left_on),
    }
    left = {who: left_on for who, (_, left_on) in done.items() if has_left(left_on, facts.on)}
    missing = " dan ".join(who for who, (evaluated, _) in done.items() if not evaluated and who not in left)
    gone = tuple(
        decide(
            False,
            f"Penilaian dari {who} tidak diberikan: {who} tidak lagi bertugas sejak {written(left_on)}.",
            "Praktik daerah",
            otherwise=Grade.WARNED,
            remedy="Lanjutkan tanpa penilaian itu; laporan akhir menyebutkannya.",
        )
        for who, left_on in left.items()
        if left_on is not None and not done[who][0]
    )
    return together((*gone, _awaited(missing, facts))) if missing or not gone else together(gone)


def _awaited(missing: str, facts: AwaitedFacts) -> Decision:
    """``missing``: who is in service and has not evaluated; empty where nobody is."""
    if not missing:
        return decide(True, "Mentee dan mentor sudah saling menilai.", "Praktik daerah")
    if facts.evaluation_is_over:
        says = f"Penilaian dari {missing} tidak masuk sampai tenggatnya lewat."
        remedy = "Lanjutkan tanpa penilaian itu; laporan akhir menyebutkannya."
        return decide(False, says, "Praktik daerah", otherwise=Grade.WARNED, remedy=remedy)
    return decide(
        False,
        f"Penilaian dari {missing} belum masuk dan tenggatnya belum lewat.",
        "Praktik daerah",
        remedy="Tunggu penilaian itu, atau tunggu sampai tenggatnya lewat.",
    )


# --- Completed or not ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConfirmedFacts:
    """How many meetings the mentee has confirmed."""

    confirmed_meetings: int


@rule("Pertemuan yang dikonfirmasi mencukupi")
def meetings_are_enough(facts: ConfirmedFacts, law: Law) -> Decision:
    """Only what both stand by counts towards the minimum, by the law under which the mentoring was proposed."""
    least = law[LEAST_MEETINGS]
    return decide(
        facts.confirmed_meetings >= least.value,
        f"{facts.confirmed_meetings} pertemuan dikonfirmasi; paling sedikit {least.value} pertemuan.",
        least,
        remedy="Mintalah mentee mengonfirmasi pertemuan yang tersisa, atau nyatakan tidak memenuhi.",
    )


@rule("Pertemuan yang dikonfirmasi memang belum mencukupi")
def meetings_are_too_few(facts: ConfirmedFacts, law: Law) -> Decision:
    """Whoever has met often enough is not sent away without a certificate."""
    least = law[LEAST_MEETINGS]
    return decide(
        facts.confirmed_meetings < least.value,
        f"{facts.confirmed_meetings} pertemuan dikonfirmasi; mentoring dinyatakan selesai sejak {least.value} pertemuan.",
        least,
        remedy="Terbitkan surat keterangan; pertemuannya sudah mencukupi.",
    )


@rule("Semua catatan pertemuan sudah dijawab mentee")
def every_meeting_is_answered(facts: OpenMeetingFacts, law: Law) -> Decision:
    """What is still open does not count; whoever closes the case sees it."""
    left = facts.unconfirmed_meetings + facts.disputed_meetings
    return decide(
        not left,
        f"{facts.unconfirmed_meetings} pertemuan belum dikonfirmasi dan {facts.disputed_meetings} masih disanggah; "
        "semuanya tidak dihitung."
        if left
        else "Semua catatan pertemuan sudah dijawab.",
        "Praktik daerah",
        otherwise=Grade.WARNED,
        remedy="Ingatkan mentee dan mentor, atau lanjutkan tanpa pertemuan itu.",
    )
