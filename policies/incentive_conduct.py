"""A nomination on its way: its round, its files, the unit's share, nobody twice, suspended for an open case, compared with all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from policies.budget import Fund
from policies.dates import months_earlier, written
from policies.decision import Decision, Grade, decide, rule, together
from policies.incentive import (
    COMPARED,
    RECOGNITION,
    REGIONAL,
    SATYALANCANA,
    SELF_DEVELOPMENT,
    MoneyFacts,
    not_asked,
    title_of,
    where_the_decision_waits,
)
from policies.incentive_ranking import OUT_OF_THE_RANKING, number_for
from policies.incentive_service import MEDALS
from policies.parameters import Law, parameter
from policies.records import DOCUMENTS, AwardRoundRecord, OtherNomination, Proof, Standing
from policies.wording import with_full_stop

SATYALANCANA_DOCUMENTS = parameter("incentive.satyalancana_documents", list)
REGIONAL_DOCUMENTS = parameter("incentive.regional_documents", list)
SELF_DEVELOPMENT_DOCUMENTS = parameter("incentive.self_development_documents", list)
RECOGNITION_DOCUMENTS = parameter("incentive.recognition_documents", list)
PREVIOUS_MEDAL_DOCUMENTS = parameter("incentive.previous_medal_documents", list)
REPEAT_MONTHS = parameter("incentive.repeat_months", int)


# --- Time to score ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScoringTimeFacts:
    """The round that the nomination stands in; None for none."""

    award_round: AwardRoundRecord | None


def when_the_comparison_begins(facts: ScoringTimeFacts) -> date | None:
    """The round's closing day: before it nothing can be concluded, whoever was verified earlier."""
    return facts.award_round.closes_on if facts.award_round else None


# --- The round -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundFacts:
    """The kind, the round named, None for none; the day of the first nomination, None before it; and the day."""

    kind: str
    award_round: AwardRoundRecord | None
    nominated_on: date | None
    on: date


@rule("Putaran terbuka dan mencakup jenis penghargaan itu")
def round_takes_the_nomination(facts: RoundFacts, law: Law) -> Decision:
    """What is compared needs a round, small recognition has none, a Satyalancana may name one for its list and closing day.

    Whoever nominated in time and got the nomination back may do so again while the round is compared.
    """
    named = facts.award_round
    if facts.kind == RECOGNITION:
        says = f"{title_of(facts.kind)} tidak memerlukan putaran."
        return decide(named is None, says, "Praktik daerah", remedy="Kosongkan putaran pada usul ini.")
    if named is None:
        needed = facts.kind in COMPARED
        says = (
            f"{title_of(facts.kind)} {'hanya diusulkan dalam putaran' if needed else 'dapat diusulkan tanpa putaran'}."
        )
        return decide(not needed, says, "Praktik daerah", remedy="Pilih putaran penghargaan yang sedang dibuka.")
    return together(_fits(facts, named))


def _fits(facts: RoundFacts, named: AwardRoundRecord) -> Iterator[Decision]:
    kinds = ", ".join(title_of(kind) for kind in named.kinds)
    remedy = "Pilih putaran lain, atau jenis penghargaan yang tercakup."
    yield decide(facts.kind in named.kinds, f"{named.title} mencakup: {kinds}.", "Praktik daerah", remedy=remedy)
    open_now = named.state == "open" and facts.on <= named.closes_on
    # The closing day counts: who answers a return nominates what was nominated in time.
    again = (
        named.state in ("open", "comparing")
        and facts.nominated_on is not None
        and facts.nominated_on <= named.closes_on
    )
    until = f"{named.title} menerima usul sampai {written(named.closes_on)}"
    yield decide(
        open_now or again,
        f"{until}{'' if open_now else '; usul ini sudah diajukan dalam waktunya' if again else ' dan sedang tidak dibuka'}.",
        "Praktik daerah",
        remedy="Ajukan pada putaran berikutnya, atau mintalah penyelenggara memperpanjang putaran ini.",
    )


@dataclass(frozen=True)
class QuotaFacts:
    """The kind, the round, and how many others the unit has nominated for that kind in it and not withdrawn."""

    kind: str
    award_round: AwardRoundRecord | None
    nominated_of_unit: int


@rule("Jatah usul perangkat daerah belum habis")
def unit_has_a_share_left(facts: QuotaFacts, law: Law) -> Decision:
    """The most nominees of a unit, as the round says for the kind."""
    most = number_for(facts.kind, facts.award_round.quota) if facts.award_round else None
    if most is None:
        return decide(True, f"Banyaknya usul {title_of(facts.kind)} tidak dibatasi.", "Praktik daerah")
    return decide(
        facts.nominated_of_unit < most,
        f"Perangkat daerah sudah mengajukan {facts.nominated_of_unit} usul {title_of(facts.kind)}; paling banyak {most}.",
        "Praktik daerah",
        remedy="Pilih calon yang terbaik: tarik usul lain, atau nyatakan usul ini tidak dilanjutkan.",
    )


# --- Nobody twice ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TwiceFacts:
    """The kind, every other nomination of the same person, and the day."""

    kind: str
    other_nominations: tuple[OtherNomination, ...]
    on: date


@rule("Calon tidak diusulkan dua kali untuk jenis yang sama", revision=2)
def not_nominated_twice(facts: TwiceFacts, law: Law) -> Decision:
    """One proposed nomination of a kind; the same award soon after the last is a warning, a Satyalancana twice a refusal.

    Anybody of the unit may save a draft, which therefore stands in nobody's way.
    """
    months = law[REPEAT_MONTHS]
    alike = [each for each in facts.other_nominations if each.kind == facts.kind]
    under_way = [each for each in alike if not each.final and not each.drafted]
    if under_way:
        says = f"Calon sudah diusulkan untuk {title_of(facts.kind)} pada berkas {under_way[0].reference}."
        return decide(False, says, "Praktik daerah", remedy="Lanjutkan berkas itu, atau tarik kembali salah satunya.")
    awarded = max((each.awarded_on for each in alike if each.awarded_on), default=None)
    if awarded is None:
        return decide(True, f"Tidak ada usul {title_of(facts.kind)} lain bagi calon.", "Praktik daerah")
    says = f"Calon menerima {title_of(facts.kind)} pada {written(awarded)}."
    if facts.kind in SATYALANCANA:
        return decide(False, says, "Praktik daerah", remedy="Satyalancana yang sama tidak diberikan dua kali.")
    recent = facts.kind != RECOGNITION and awarded > months_earlier(facts.on, months.value)
    remedy = "Pertimbangkan pegawai lain yang belum pernah menerimanya."
    return decide(not recent, says, months, otherwise=Grade.WARNED, remedy=remedy)


# --- Files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FilesFacts:
    """The kind, the files handed in, and the highest medal on record: "" for none, None where no record says."""

    kind: str
    documents: tuple[Proof, ...]
    medal: str | None


@rule("Berkas usul lengkap")
def files_are_complete(facts: FilesFacts, law: Law) -> Decision:
    """What the parameter lists for the kind; and of whoever holds a medal, what shows it."""
    listed_for = {
        **dict.fromkeys(SATYALANCANA, SATYALANCANA_DOCUMENTS),
        REGIONAL: REGIONAL_DOCUMENTS,
        SELF_DEVELOPMENT: SELF_DEVELOPMENT_DOCUMENTS,
        RECOGNITION: RECOGNITION_DOCUMENTS,
    }
    if facts.kind not in listed_for:  # it is not chosen yet, and the form says so
        return not_asked("Berkas usul", facts.kind)
    listed = law[listed_for[facts.kind]]
    wanted, basis = list(listed.value), [listed]
    if facts.kind in SATYALANCANA and facts.medal in MEDALS:
        previous = law[PREVIOUS_MEDAL_DOCUMENTS]
        wanted, basis = [*wanted, *previous.value], [*basis, previous]
    given = {proof.document for proof in facts.documents if proof.file}
    missing = [DOCUMENTS.get(code, code) for code in dict.fromkeys(wanted) if code not in given]
    return decide(
        not missing,
        f"Berkas yang belum ada: {', '.join(missing)}." if missing else f"Berkas lengkap: {len(set(wanted))} dokumen.",
        *basis,
        remedy="Unggah dokumen itu, atau kembalikan usul agar dilengkapi pengusul.",
    )


# --- Suspended -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenCaseFacts:
    """Whether a discipline case is open against the nominee; None where nobody has stated it."""

    open_discipline_case: bool | None


@rule("Ada pemeriksaan disiplin yang belum selesai")
def there_is_a_case_to_wait_for(facts: OpenCaseFacts, law: Law) -> Decision:
    """A nomination is suspended for an open case, and for nothing else."""
    return decide(
        facts.open_discipline_case is True,
        "Calon sedang diperiksa karena dugaan pelanggaran disiplin."
        if facts.open_discipline_case
        else "Tidak tercatat bahwa calon sedang diperiksa.",
        "Praktik daerah",
        remedy="Catat pemeriksaan itu lebih dahulu dengan surat yang membuktikannya.",
    )


@rule("Pemeriksaan disiplin sudah selesai")
def the_case_is_over(facts: OpenCaseFacts, law: Law) -> Decision:
    """It goes on when it is on record that no case is open any more."""
    return decide(
        facts.open_discipline_case is False,
        "Pemeriksaan disiplin sudah selesai."
        if facts.open_discipline_case is False
        else "Belum tercatat bahwa pemeriksaan disiplin sudah selesai.",
        "Praktik daerah",
        remedy="Catat hasil pemeriksaannya lebih dahulu; bila calon dijatuhi hukuman yang menghalangi, tolak usul ini.",
    )


@dataclass(frozen=True)
class ResumingFacts:
    """The state in which the nomination was suspended; what tells whether it brings money, and what the case has of it."""

    returned_from: str
    kind: str
    award_round: AwardRoundRecord | None
    without_money: bool
    funds: tuple[Fund, ...]


def where_it_was_suspended(facts: ResumingFacts) -> str:
    """It goes on where it stood; where its money was released meanwhile, the budget is asked again."""
    brings = MoneyFacts(facts.kind, facts.award_round, facts.without_money)
    return where_the_decision_waits(facts.returned_from, brings, facts.funds)


# --- Taken back ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenerFacts:
    """The role of whoever opened the nomination: they alone take it back."""

    opened_by: str


def the_nominee_opened_it(facts: OpenerFacts) -> bool:
    """An employee's own proposal is not for the superior to take back, who is asked as head of the unit, if at all."""
    return facts.opened_by == "nominee"


def the_supervisor_opened_it(facts: OpenerFacts) -> bool:
    """Whoever is the superior by now."""
    return facts.opened_by == "supervisor"


def the_personnel_officer_opened_it(facts: OpenerFacts) -> bool:
    """Any of the unit's officers."""
    return facts.opened_by == "personnel_officer"


# --- Compared with all ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparisonFacts:
    """The case that is asked about, its kind, its round, and where every nomination of the round stands.

    ``concluded_together``: the ids of others on which the chair concludes in the same act.
    """

    this_case: str
    kind: str
    award_round: AwardRoundRecord | None
    standing_in_round: tuple[Standing, ...]
    concluded_together: tuple[str, ...] = ()


def is_under_way(standing: Standing) -> bool:
    """Nominated and not closed; what the unit has not nominated in time does not keep a round open."""
    return standing.nominated_on is not None and not standing.final


@rule("Usul ditutup dan semua calon sejenis sudah dinilai", revision=2)
def the_comparison_is_complete(facts: ComparisonFacts, law: Law) -> Decision:
    """Nobody is ranked before all are: the round compares, and of its nominees of the kind each has a result.

    A suspended one is not waited for, which is a warning. So is to conclude on some alone: each act has a berita acara of its own.
    """
    if facts.award_round is None:
        return decide(
            False, "Usul ini tidak termasuk putaran.", "Praktik daerah", remedy="Tentukan putarannya lebih dahulu."
        )
    others = [each for each in facts.standing_in_round if each.kind == facts.kind and each.case != facts.this_case]
    open_ones = [each for each in others if is_under_way(each)]
    unscored = [each for each in open_ones if each.result is None and each.state not in OUT_OF_THE_RANKING]
    awaited = ", ".join(each.person_name for each in unscored)
    suspended = ", ".join(each.person_name for each in open_ones if each.state == "suspended")
    comparing = facts.award_round.state == "comparing"
    answers = [
        decide(
            comparing,
            f"Usul pada {facts.award_round.title} {'sudah' if comparing else 'belum'} ditutup.",
            "Praktik daerah",
            remedy=f"Tunggu sampai usul ditutup sesudah {written(facts.award_round.closes_on)}.",
        ),
        decide(
            not awaited,
            f"Belum selesai dinilai: {awaited}." if awaited else "Semua calon sejenis sudah dinilai.",
            "Praktik daerah",
            remedy="Tunggu sampai calon itu diverifikasi dan dinilai, atau usulnya ditutup.",
        ),
    ]
    if suspended:
        says = f"Tidak ikut dibandingkan karena ditangguhkan: {suspended}."
        remedy = "Lanjutkan bila perbandingan memang tidak menunggu calon itu."
        answers.append(decide(False, says, "Praktik daerah", otherwise=Grade.WARNED, remedy=remedy))
    left = [
        each.person_name for each in open_ones if each.state == "scoring" and each.case not in facts.concluded_together
    ]
    if comparing and not awaited and left:
        says = f"Calon lain yang belum disimpulkan: {', '.join(left)}."
        remedy = "Simpulkan semua calon bersama-sama pada halaman putaran, supaya hasilnya tercantum dalam satu berita acara."
        answers.append(decide(False, says, "Praktik daerah", otherwise=Grade.WARNED, remedy=remedy))
    return together(answers)


# --- Who decides examines again ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExaminationFacts:
    """What is to be examined when a nomination is sent back."""

    examine: str


@rule("Disebutkan apa yang harus diperiksa")
def what_to_examine_is_named(facts: ExaminationFacts, law: Law) -> Decision:
    """Whoever sends a nomination back says what for."""
    named = facts.examine.strip()
    return decide(
        bool(named),
        f"Yang harus diperiksa: {with_full_stop(named)}" if named else "Belum disebutkan apa yang harus diperiksa.",
        "Praktik daerah",
        remedy="Sebutkan apa yang harus diperiksa verifikator.",
    )
