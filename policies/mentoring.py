"""Mentoring: who may be whose mentor, for how long, and who assigns them. Facts first, then decisions."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from policies.civil_service import Kind, NotRecognised, Rank, plain, read_rank
from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together, unknown
from policies.parameters import Law, Value, parameter
from policies.records import Sanction

# --- Time for each step, in working days -----------------------------------------------------------------------------

DRAFT_DAYS = parameter("mentoring.draft_days", int)
SUPERVISOR_DAYS = parameter("mentoring.supervisor_days", int)
CONSENT_DAYS = parameter("mentoring.consent_days", int)
APPROVAL_DAYS = parameter("mentoring.approval_days", int)
PAUSE_DAYS = parameter("mentoring.pause_days", int)
REPLACEMENT_DAYS = parameter("mentoring.replacement_days", int)
EVALUATION_DAYS = parameter("mentoring.evaluation_days", int)
SIGNATURE_DAYS = parameter("mentoring.signature_days", int)

# --- What the rules measure against ----------------------------------------------------------------------------------

MOST_MENTEES = parameter("mentoring.most_mentees", int)
BINDING_SANCTIONS = parameter("mentoring.binding_sanctions", list)
SHORTEST_MONTHS = parameter("mentoring.shortest_months", int)
LONGEST_MONTHS = parameter("mentoring.longest_months", int)
APPROVES_ACROSS_UNITS = parameter("mentoring.approves_across_units", str)


# --- The two ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PairFacts:
    """The mentor and the mentee, by id."""

    mentor_id: str
    mentee_id: str


@rule("Mentor bukan mentee sendiri")
def mentor_is_another_person(facts: PairFacts, law: Law) -> Decision:
    """Nobody guides themselves."""
    other = facts.mentor_id != facts.mentee_id
    return decide(
        other,
        "Mentor dan mentee adalah dua orang yang berbeda." if other else "Mentor dan mentee adalah orang yang sama.",
        "PerLAN 10/2018",
        remedy="Pilih pegawai lain sebagai mentor.",
    )


@dataclass(frozen=True)
class MentorServiceFacts:
    """The mentor's status as recorded, None where blank; and the day from which they are known to be out of service."""

    mentor_status: str | None
    mentor_left_on: date | None
    on: date


@rule("Mentor berstatus aktif")
def mentor_is_in_service(facts: MentorServiceFacts, law: Law) -> Decision:
    """Whoever is retired, on leave without pay or away to study guides nobody; a known departure ahead is a warning."""
    left = facts.mentor_left_on
    remedy = "Pilih mentor lain; bila catatannya keliru, minta pengelola kepegawaian memperbaikinya."
    if left is not None and left <= facts.on:
        return decide(False, f"Mentor tidak lagi bertugas sejak {written(left)}.", "PerLAN 10/2018", remedy=remedy)
    if facts.mentor_status is None:
        proof = "Verifikator mencatat status kepegawaian mentor dengan surat yang membuktikannya."
        return unknown("Status kepegawaian mentor belum diketahui.", "PerLAN 10/2018", proof=proof)
    active = decide(
        facts.mentor_status == "Aktif",
        f"Status kepegawaian mentor: {facts.mentor_status}.",
        "PerLAN 10/2018",
        remedy=remedy,
    )
    if left is None:
        return active
    says = f"Mentor akan berhenti bertugas pada {written(left)}."
    soon = decide(
        False, says, "PerLAN 10/2018", otherwise=Grade.WARNED, remedy="Pilih jangka waktu yang selesai sebelumnya."
    )
    return together((active, soon))


@dataclass(frozen=True)
class MenteeServiceFacts:
    """The same of the mentee."""

    status: str | None
    participant_left_on: date | None
    on: date


@rule("Mentee berstatus aktif")
def mentee_is_in_service(facts: MenteeServiceFacts, law: Law) -> Decision:
    """Only staff in active service are guided."""
    if facts.participant_left_on is not None and facts.participant_left_on <= facts.on:
        says = f"Mentee tidak lagi bertugas sejak {written(facts.participant_left_on)}."
        return decide(False, says, "PerLAN 10/2018", remedy="Tarik kembali usul ini.")
    if facts.status is None:
        proof = "Verifikator mencatat status kepegawaian mentee dengan surat yang membuktikannya."
        return unknown("Status kepegawaian mentee belum diketahui.", "PerLAN 10/2018", proof=proof)
    return decide(
        facts.status == "Aktif",
        f"Status kepegawaian mentee: {facts.status}.",
        "PerLAN 10/2018",
        remedy="Ajukan kembali setelah mentee aktif bekerja; bila catatannya keliru, minta pengelola kepegawaian memperbaikinya.",
    )


@dataclass(frozen=True)
class MentorSanctionFacts:
    """Every disciplinary sanction of the mentor on record, and the day; None where no record says what there is."""

    mentor_sanctions: tuple[Sanction, ...] | None
    on: date


@dataclass(frozen=True)
class MenteeSanctionFacts:
    """The same of the mentee."""

    sanctions: tuple[Sanction, ...] | None
    on: date


@rule("Mentor tidak sedang menjalani hukuman disiplin berat")
def mentor_bears_no_heavy_sanction(facts: MentorSanctionFacts, law: Law) -> Decision:
    """A mentor is an example; a sanction without dates binds until a verifier attests otherwise."""
    return _no_heavy_sanction("Mentor", facts.mentor_sanctions, facts.on, law[BINDING_SANCTIONS], Grade.WARNED)


@rule("Mentee tidak sedang menjalani hukuman disiplin berat")
def mentee_bears_no_heavy_sanction(facts: MenteeSanctionFacts, law: Law) -> Decision:
    """The same of the mentee; a blank record is a warning, never a no."""
    return _no_heavy_sanction("Mentee", facts.sanctions, facts.on, law[BINDING_SANCTIONS], Grade.WARNED)


def _no_heavy_sanction(
    who: str, sanctions: tuple[Sanction, ...] | None, on: date, levels: Value[list[str]], blank: Grade
) -> Decision:
    """``levels``: those that bind; ``blank``: how grave it is that nothing is recorded."""
    if sanctions is None:
        says = f"Riwayat hukuman disiplin {who.lower()} belum diketahui."
        remedy = (
            "Verifikator memeriksa riwayat hukuman disiplin, atau mencatatnya dengan surat keterangan sebagai bukti."
        )
        return decide(False, says, levels, otherwise=blank, remedy=remedy)
    binding = [each for each in sanctions if each.level in levels.value and each.in_force(on)]
    if not binding:
        says = f"{who} tidak sedang menjalani hukuman disiplin {' atau '.join(levels.value)}."
        return decide(True, says, levels)
    worst = binding[0]
    until = f"sampai {written(worst.until_on)}" if worst.until_on else "yang tanggal berakhirnya belum diketahui"
    return decide(
        False,
        f"{who} sedang menjalani hukuman disiplin {worst.level} {until}.",
        levels,
        remedy=f"Pilih {who.lower()} lain, atau ajukan kembali setelah hukuman disiplin berakhir.",
    )


# --- The mentor ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CapacityFacts:
    """How many others the mentor guides or has agreed to guide."""

    other_mentees: int


@rule("Mentor masih dapat membina satu mentee lagi")
def mentor_has_capacity(facts: CapacityFacts, law: Law) -> Decision:
    """One more, while below the limit in force; whom the mentor has agreed to guide counts already."""
    most = law[MOST_MENTEES]
    return decide(
        facts.other_mentees < most.value,
        f"Mentor membina {facts.other_mentees} mentee lain; paling banyak {most.value} mentee pada saat yang sama.",
        most,
        remedy="Pilih mentor lain, atau tunggu sampai salah satu mentoring yang dibinanya selesai.",
    )


@dataclass(frozen=True)
class RankFacts:
    """Kind and rank of both, as recorded."""

    mentor_asn_kind: str | None
    mentor_grade: str | None
    asn_kind: str | None
    mentee_grade: str | None


@rule("Pangkat mentor tidak di bawah pangkat mentee")
def mentor_is_of_no_lower_rank(facts: RankFacts, law: Law) -> Decision:
    """Experience makes a mentor, not rank: a lower one, or one that cannot be compared, is a warning."""
    remedy = "Pastikan mentor lebih berpengalaman pada kompetensi itu, lalu lanjutkan bila dikehendaki."
    mentor = _rank(facts.mentor_grade, facts.mentor_asn_kind)
    mentee = _rank(facts.mentee_grade, facts.asn_kind)
    if mentor is None or mentee is None:
        who = "mentor" if mentor is None else "mentee"
        says = f"Golongan {who} belum diketahui."
        return decide(False, says, "Praktik daerah", otherwise=Grade.WARNED, remedy=remedy)
    if mentor.kind is not mentee.kind:
        says = f"Golongan mentor ({mentor.on_letter}) dan mentee ({mentee.on_letter}) tidak dapat dibandingkan."
        return decide(False, says, "Praktik daerah", otherwise=Grade.WARNED, remedy=remedy)
    return decide(
        mentor >= mentee,
        f"Golongan mentor: {mentor.on_letter}; golongan mentee: {mentee.on_letter}.",
        "Praktik daerah",
        otherwise=Grade.WARNED,
        remedy=remedy,
    )


def _rank(grade: str | None, kind: str | None) -> Rank | None:
    try:
        return read_rank(grade, Kind(kind)) if grade and kind else None
    except (NotRecognised, ValueError):
        return None


@dataclass(frozen=True)
class FieldFacts:
    """What is known of the mentor's field: posts of both, and what the mentor has guided others in before."""

    mentor_post: str | None
    mentee_post: str | None
    mentor_known_for: tuple[str, ...]
    competency: str


#: The steps of a functional post: without them, two posts of one kind read alike.
_STEPS = frozenset({"ahli", "pertama", "muda", "madya", "utama", "pemula", "terampil", "mahir", "penyelia"})


@rule("Mentor dikenal pada bidang kompetensi itu")
def mentor_is_known_in_the_field(facts: FieldFacts, law: Law) -> Decision:
    """The same kind of post, or the same competency guided before; where nothing is known of it, a warning."""
    guided = plain(facts.competency) in {plain(each) for each in facts.mentor_known_for}
    alike = bool(facts.mentor_post) and _kind_of_post(facts.mentor_post) == _kind_of_post(facts.mentee_post)
    if guided:
        says = f"Mentor pernah membina kompetensi {facts.competency}."
    elif alike:
        says = f"Mentor dan mentee sejenis jabatannya: {facts.mentor_post}."
    else:
        says = f"Belum tercatat bahwa mentor menguasai bidang itu; jabatannya {facts.mentor_post or 'belum diketahui'}."
    remedy = "Pastikan mentor menguasai kompetensi itu, lalu lanjutkan bila dikehendaki."
    return decide(guided or alike, says, "PerLAN 10/2018", otherwise=Grade.WARNED, remedy=remedy)


def _kind_of_post(post: str | None) -> str:
    return " ".join(word for word in plain(post or "").split() if word not in _STEPS)


# --- The period ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeriodFacts:
    """The period, both days included, and the day of asking."""

    starts_on: date
    ends_on: date
    on: date


def last_day_of(starts_on: date, months: int) -> date:
    """The last day of so many whole months that begin on a day: 15 January and one month end on 14 February."""
    index = starts_on.month - 1 + months
    year, month = min(starts_on.year + index // 12, date.max.year), index % 12 + 1
    day = min(starts_on.day, calendar.monthrange(year, month)[1])
    # Begun on the 31st, a month of 30 days ends on its last day and not on the one before.
    return date(year, month, day) - timedelta(days=1 if day == starts_on.day else 0)


@rule("Jangka waktu mentoring 1 sampai 12 bulan dan belum lewat")
def period_is_allowed(facts: PeriodFacts, law: Law) -> Decision:
    """Between the shortest and the longest number of months, and not over already."""
    shortest, longest = law[SHORTEST_MONTHS], law[LONGEST_MONTHS]
    least, most = (last_day_of(facts.starts_on, each.value) for each in (shortest, longest))
    period = f"Mentoring {written(facts.starts_on)} sampai dengan {written(facts.ends_on)}"
    return together(
        (
            decide(
                facts.ends_on >= least,
                f"{period}; paling singkat {shortest.value} bulan.",
                shortest,
                remedy=f"Pilih tanggal selesai sekurang-kurangnya {written(least)}.",
            ),
            decide(
                facts.ends_on <= most,
                f"{period}; paling lama {longest.value} bulan.",
                longest,
                remedy=f"Pilih tanggal selesai paling lambat {written(most)}.",
            ),
            decide(
                facts.ends_on >= facts.on,
                f"Hari terakhir mentoring: {written(facts.ends_on)}.",
                "Praktik daerah",
                remedy="Pilih jangka waktu yang belum lewat.",
            ),
        )
    )


# --- Who proposes, and who assigns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenerFacts:
    """The role of whoever opened the case."""

    opened_by: str


def the_mentee_opened_it(facts: OpenerFacts) -> bool:
    """Then the superior is asked first."""
    return facts.opened_by == "mentee"


def the_supervisor_opened_it(facts: OpenerFacts) -> bool:
    """Then the mentee is asked first."""
    return facts.opened_by == "supervisor"


def the_agency_opened_it(facts: OpenerFacts) -> bool:
    """By a matching round: the mentee is asked first."""
    return facts.opened_by == "verifier"


@dataclass(frozen=True)
class UnitFacts:
    """Where the mentor and the mentee work."""

    mentor_unit: str | None
    participant_unit: str | None


def who_assigns(facts: UnitFacts, law: Law) -> str:
    """The head of the unit that both work in; where two units meet, the post that the parameter names."""
    one = facts.mentor_unit is not None and facts.mentor_unit == facts.participant_unit
    return "mentor_head" if one else law[APPROVES_ACROSS_UNITS].value


def two_units_meet(facts: UnitFacts) -> bool:
    """Then whoever assigns the mentor does so on behalf of the secretary."""
    return facts.mentor_unit is None or facts.mentor_unit != facts.participant_unit


@dataclass(frozen=True)
class CapacityOfSignatoryFacts:
    """Whether the letter that first assigned a mentor was signed on behalf of the secretary."""

    assigned_on_behalf: bool


def it_was_assigned_on_behalf(facts: CapacityOfSignatoryFacts) -> bool:
    """What changes or extends an assignment is signed as the assignment was, wherever the new pair works."""
    return facts.assigned_on_behalf


# --- One mentor, or a whole class ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassFacts:
    """How many mentors are assigned with this one, itself included; whether a letter that assigns one is in force already.

    ``agreed_to``: what the step agrees to of what was asked in the middle; empty elsewhere.
    """

    mentors_together: int
    is_assigned: bool
    agreed_to: str


def mentor_is_assigned_alone(facts: ClassFacts) -> bool:
    """By surat tugas, also for several mentees of the one; a pause assigns nobody."""
    return facts.mentors_together == 1 and not facts.is_assigned and facts.agreed_to != "pause"


def mentors_are_appointed_together(facts: ClassFacts) -> bool:
    """Several mentors of a class, by one decree."""
    return facts.mentors_together > 1 and not facts.is_assigned
