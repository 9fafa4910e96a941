"""Where mentoring leaves the straight road: something is asked in the middle, a mentor is replaced, somebody objects or is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, decide, rule, together
from policies.mentoring import LONGEST_MONTHS, last_day_of
from policies.mentoring_conduct import has_left
from policies.parameters import Law, parameter

ASK_DAYS = parameter("mentoring.ask_days", int)
OBJECTION_DAYS = parameter("mentoring.objection_days", int)


# --- What one asks of the other --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """What one of the two asked and the other has not answered: ``kind`` is extension, pause or conclusion.

    ``by``: mentor or mentee. ``ends_on``: the new last day, of an extension.
    """

    kind: str
    by: str
    asked_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class AskFacts:
    """What is asked and not answered; None where nothing is."""

    open_ask: Ask | None


#: What each kind is called within a sentence.
ASKS = {"extension": "perpanjangan", "pause": "jeda", "conclusion": "pengakhiran"}


@rule("Tidak ada permintaan lain yang belum dijawab")
def nothing_else_is_asked(facts: AskFacts, law: Law) -> Decision:
    """One question at a time."""
    ask = facts.open_ask
    return decide(
        ask is None,
        f"Permintaan {ASKS[ask.kind]} tanggal {written(ask.asked_on)} belum dijawab."
        if ask
        else "Tidak ada permintaan yang belum dijawab.",
        "Praktik daerah",
        remedy="Jawab lebih dahulu permintaan itu, atau tunggu sampai gugur.",
    )


def _asks(facts: AskFacts, by: str, *kinds: str) -> bool:
    return facts.open_ask is not None and facts.open_ask.by == by and facts.open_ask.kind in kinds


def the_mentor_asks(facts: AskFacts) -> bool:
    """For a longer period or a pause: the mentee answers."""
    return _asks(facts, "mentor", "extension", "pause")


def the_mentee_asks(facts: AskFacts) -> bool:
    """For a longer period or a pause: the mentor answers."""
    return _asks(facts, "mentee", "extension", "pause")


def the_mentor_asks_for_the_end(facts: AskFacts) -> bool:
    """The mentee may conclude."""
    return _asks(facts, "mentor", "conclusion")


def the_mentee_asks_for_the_end(facts: AskFacts) -> bool:
    """The mentor may conclude."""
    return _asks(facts, "mentee", "conclusion")


def the_mentor_asks_anything(facts: AskFacts) -> bool:
    """The mentee may refuse."""
    return _asks(facts, "mentor", *ASKS)


def the_mentee_asks_anything(facts: AskFacts) -> bool:
    """The mentor may refuse."""
    return _asks(facts, "mentee", *ASKS)


@dataclass(frozen=True)
class AskAgeFacts:
    """What is asked, and how many working days have passed since; the days that it may go unanswered."""

    open_ask: Ask | None
    working_days_asked: int
    ask_days: int


def the_ask_is_too_old(facts: AskAgeFacts) -> bool:
    """Silence is no consent: it lapses when its days are over."""
    return facts.open_ask is not None and facts.working_days_asked > facts.ask_days


def where_an_answer_leads(facts: AskFacts) -> str:
    """A pause that is agreed to begins at once; a longer period goes on as it was."""
    return "paused" if facts.open_ask is not None and facts.open_ask.kind == "pause" else "active"


@dataclass(frozen=True)
class AgreedFacts:
    """What the step agrees to: extension or pause; empty where it agrees to nothing that was asked."""

    agreed_to: str


def a_longer_period_is_agreed_to(facts: AgreedFacts) -> bool:
    """Then the mentor is assigned for longer."""
    return facts.agreed_to == "extension"


@dataclass(frozen=True)
class AskedPeriodFacts:
    """The last day that is asked for, the period as it stands, and the day of asking."""

    new_ends_on: date
    starts_on: date
    ends_on: date
    on: date


@rule("Perpanjangan diminta dalam waktunya dan seluruhnya tidak lebih dari 12 bulan")
def extension_is_within_the_longest_period(facts: AskedPeriodFacts, law: Law) -> Decision:
    """Asked for while it runs, to a later day, and within the longest period, the months before included."""
    longest = law[LONGEST_MONTHS]
    most = last_day_of(facts.starts_on, longest.value)
    return together(
        (
            decide(
                facts.on <= facts.ends_on,
                f"Mentoring berakhir {written(facts.ends_on)}.",
                "Praktik daerah",
                remedy="Perpanjangan tidak dapat diminta setelah mentoring berakhir; ajukan mentoring baru.",
            ),
            decide(
                facts.new_ends_on > facts.ends_on,
                f"Perpanjangan yang diminta sampai {written(facts.new_ends_on)}.",
                "Praktik daerah",
                remedy=f"Pilih tanggal setelah {written(facts.ends_on)}.",
            ),
            decide(
                facts.new_ends_on <= most,
                f"Seluruhnya menjadi {written(facts.starts_on)} sampai dengan {written(facts.new_ends_on)}; paling lama "
                f"{longest.value} bulan.",
                longest,
                remedy=f"Pilih tanggal paling lambat {written(most)}.",
            ),
        )
    )


# --- Another mentor --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OtherMentorFacts:
    """Who is asked to be mentor from now on, and who is."""

    mentor_id: str
    current_mentor: str


@rule("Mentor pengganti orang lain")
def replacement_is_somebody_else(facts: OtherMentorFacts, law: Law) -> Decision:
    """Nobody is replaced by themselves."""
    other = facts.mentor_id != facts.current_mentor
    return decide(
        other,
        "Mentor pengganti bukan mentor yang sekarang." if other else "Mentor pengganti adalah mentor yang sekarang.",
        "Praktik daerah",
        remedy="Pilih pegawai lain sebagai mentor pengganti.",
    )


@dataclass(frozen=True)
class AgreementFacts:
    """Who the mentor is, and whether the mentee has agreed anew since another became mentor; False where nobody did."""

    awaits_agreement: bool


def the_mentor_is_another(facts: AgreementFacts) -> bool:
    """What the mentee agreed to was with somebody else: the two agree anew."""
    return facts.awaits_agreement


# --- An objection ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ObjectionFacts:
    """Working days since the mentor was assigned, and whether an objection was raised before."""

    working_days_assigned: int
    objected: bool


@rule("Keberatan diajukan dalam waktunya dan satu kali")
def objection_is_in_time(facts: ObjectionFacts, law: Law) -> Decision:
    """The head of the mentee's unit was told of it, and has some days; once."""
    days = law[OBJECTION_DAYS]
    if facts.objected:
        says = "Keberatan sudah pernah diajukan."
        return decide(False, says, days, remedy="Tunggu jawaban verifikator atas keberatan itu.")
    return decide(
        facts.working_days_assigned <= days.value,
        f"Mentor ditugaskan {facts.working_days_assigned} hari kerja yang lalu; keberatan paling lambat {days.value} hari kerja.",
        days,
        remedy="Mintalah verifikator mengakhiri mentoring lebih awal bila memang perlu.",
    )


@dataclass(frozen=True)
class OpenObjectionFacts:
    """Why the head of the mentee's unit objects, while nobody has answered; empty where nobody does."""

    open_objection: str


def an_objection_is_open(facts: OpenObjectionFacts) -> bool:
    """The verifier ends the mentoring or says why it goes on."""
    return bool(facts.open_objection)


# --- Gone ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MentorGoneFacts:
    """The day since which the mentor is no longer in service; None where they are."""

    current_mentor_left_on: date | None
    on: date


def the_mentor_has_left(facts: MentorGoneFacts) -> bool:
    """Retired, resigned, moved to another government or died: another mentor is asked for."""
    return has_left(facts.current_mentor_left_on, facts.on)


@dataclass(frozen=True)
class ReporterFacts:
    """Since when each of the two is no longer in service; None where they are."""

    current_mentor_left_on: date | None
    participant_left_on: date | None
    on: date


def both_report(facts: ReporterFacts) -> bool:
    """The two write the report together."""
    return not has_left(facts.current_mentor_left_on, facts.on) and not has_left(facts.participant_left_on, facts.on)


def the_mentee_reports_alone(facts: ReporterFacts) -> bool:
    """The mentor has left: nobody waits for their part."""
    return has_left(facts.current_mentor_left_on, facts.on) and not has_left(facts.participant_left_on, facts.on)


def the_mentor_reports_alone(facts: ReporterFacts) -> bool:
    """The mentee has left."""
    return has_left(facts.participant_left_on, facts.on) and not has_left(facts.current_mentor_left_on, facts.on)


@dataclass(frozen=True)
class BothFacts:
    """Status of both as recorded, None where blank, and since when each is no longer in service; the day."""

    current_mentor_left_on: date | None
    mentor_status: str | None
    participant_left_on: date | None
    status: str | None
    on: date


def both_may_go_on(facts: BothFacts) -> bool:
    """A pause is resumed by two who are in service; what is not recorded keeps nobody from asking for it."""
    return all(
        not has_left(left_on, facts.on) and status in (None, "Aktif")
        for left_on, status in (
            (facts.current_mentor_left_on, facts.mentor_status),
            (facts.participant_left_on, facts.status),
        )
    )


@dataclass(frozen=True)
class MenteeGoneFacts:
    """The day since which the mentee is no longer in service; None where they are."""

    participant_left_on: date | None
    on: date


def the_mentee_has_left(facts: MenteeGoneFacts) -> bool:
    """There is nobody left to guide."""
    return has_left(facts.participant_left_on, facts.on)
