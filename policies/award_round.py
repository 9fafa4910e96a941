"""A round of awards: its panel, criteria, share and places, its money, when it is open, and when it is finished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, Grade, decide, rule, together
from policies.incentive import COMPARED, KINDS, RECOGNITION, title_of
from policies.incentive_conduct import is_under_way
from policies.incentive_panel import CHAIR, FUNCTIONS, SECRETARY
from policies.parameters import Law, parameter
from policies.records import BudgetLine, ByKind, Criterion, PanelMember, Standing
from policies.wording import say_money, with_full_stop

DRAFT_DAYS = parameter("award_round.draft_days", int)
DECISION_DAYS = parameter("award_round.decision_days", int)
CALL_DAYS = parameter("award_round.call_days", int)
COMPARING_DAYS = parameter("award_round.comparing_days", int)
SIGNATURE_DAYS = parameter("award_round.signature_days", int)

LEAST_PANEL = parameter("award_round.least_panel", int)
GREATEST_PANEL = parameter("award_round.greatest_panel", int)
LEAST_OPEN_DAYS = parameter("award_round.least_open_days", int)


# --- Kinds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KindsFacts:
    """The kinds of award of the round."""

    kinds: tuple[str, ...]


def a_panel_is_needed(facts: KindsFacts) -> bool:
    """Only what is compared is scored: a round of Satyalancana alone is a list with a closing day."""
    return any(kind in COMPARED for kind in facts.kinds)


def where_a_round_goes(facts: KindsFacts) -> str:
    """After it is submitted: ``panel_decision``, or ``awaiting_call`` where no panel is needed."""
    return "panel_decision" if a_panel_is_needed(facts) else "awaiting_call"


@dataclass(frozen=True)
class SeatsFacts:
    """Everybody whom the round names for its panel, by id; empty where it names nobody."""

    chair: str
    chair_substitute: str
    secretary: str
    members: tuple[str, ...]
    substitutes: tuple[str, ...]


def who_sits(facts: SeatsFacts, law: Law) -> tuple[str, ...]:
    """The whole panel, substitutes included: whom its decree appoints."""
    named = (facts.chair, facts.secretary, *facts.members, facts.chair_substitute, *facts.substitutes)
    return tuple(dict.fromkeys(person for person in named if person))


@dataclass(frozen=True)
class HeadsFacts:
    """Who heads a unit, as holder or in the holder's place, by id."""

    unit_heads: tuple[str, ...]


def who_heads_a_unit(facts: HeadsFacts, law: Law) -> tuple[str, ...]:
    """To whom nominations are called out."""
    return facts.unit_heads


@dataclass(frozen=True)
class NumbersFacts:
    """The kinds, the most nominees of a unit, and how many are awarded."""

    kinds: tuple[str, ...]
    quota: tuple[ByKind, ...]
    receivers: tuple[ByKind, ...]


@rule("Jenis penghargaan, jatah usul, dan jumlah penerima bersesuaian", revision=2)
def kinds_and_numbers_agree(facts: NumbersFacts, law: Law) -> Decision:
    """At least one kind that needs a round, each once; quota and places of these kinds only; places for each that is compared."""
    strange = [title_of(kind) for kind in facts.kinds if kind not in KINDS or kind == RECOGNITION]
    twice = [title_of(kind) for kind, number in Counter(facts.kinds).items() if number > 1]
    faults = [
        *(["belum ada jenis penghargaan"] if not facts.kinds else []),
        *([f"tidak diusulkan dalam putaran: {', '.join(strange)}"] if strange else []),
        *([f"disebut dua kali: {', '.join(twice)}"] if twice else []),
        *_faults_of("jatah usul", facts.kinds, facts.quota),
        *_faults_of("jumlah penerima", facts.kinds, facts.receivers),
    ]
    placed = {each.kind for each in facts.receivers}
    if without := [title_of(kind) for kind in dict.fromkeys(facts.kinds) if kind in COMPARED and kind not in placed]:
        faults.append(f"banyaknya penerima belum ditentukan: {', '.join(without)}")
    named = ", ".join(title_of(kind) for kind in facts.kinds)
    return decide(
        not faults,
        f"Isian putaran perlu diperbaiki: {'; '.join(faults)}." if faults else f"Putaran ini mencakup: {named}.",
        "Praktik daerah",
        remedy="Perbaiki jenis penghargaan, jatah usul setiap perangkat daerah, dan banyaknya penerima.",
    )


def _faults_of(what: str, kinds: tuple[str, ...], numbers: tuple[ByKind, ...]) -> Iterator[str]:
    for kind, count in Counter(each.kind for each in numbers).items():
        if kind not in kinds:
            yield f"{what} untuk {title_of(kind)} yang tidak termasuk putaran"
        if count > 1:
            yield f"{what} untuk {title_of(kind)} disebut dua kali"
    if any(each.number < 1 for each in numbers):
        yield f"{what} sekurang-kurangnya 1"


# --- The panel -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompositionFacts:
    """The kinds, and everybody whom the round names for the panel, substitutes included; one entry for each naming."""

    kinds: tuple[str, ...]
    panel: tuple[PanelMember, ...]


@rule("Tim penilai berjumlah ganjil dalam batasnya, tanpa nama ganda, semuanya bertugas", revision=2)
def panel_is_composed(facts: CompositionFacts, law: Law) -> Decision:
    """Chair and secretary count; substitutes do not. One chair and one secretary, nobody named twice, everybody in service."""
    least, greatest = law[LEAST_PANEL], law[GREATEST_PANEL]
    if not a_panel_is_needed(KindsFacts(facts.kinds)):
        return decide(True, "Putaran ini tidak memerlukan tim penilai.", "Praktik daerah")
    named = [member for member in facts.panel if not member.replaced]
    regular = [member for member in named if member.substitute_rank == 0]
    size = len(regular)
    return together(
        (
            decide(
                least.value <= size <= greatest.value and size % 2 == 1,
                f"Tim penilai berjumlah {size} orang; jumlahnya harus ganjil, {least.value} sampai {greatest.value} orang.",
                least,
                greatest,
                remedy="Tambah atau kurangi anggota tetap sehingga jumlahnya ganjil dan dalam batas itu.",
            ),
            *_functions(regular),
            *_twice(named),
            *_gone(named),
        )
    )


def _functions(regular: list[PanelMember]) -> Iterator[Decision]:
    for function in (CHAIR, SECRETARY):
        number = sum(1 for member in regular if member.function == function)
        called = FUNCTIONS[function]
        if number != 1:
            remedy = f"Tunjuk tepat satu {called} tim penilai."
            says = f"Tim penilai mempunyai {number} {called}." if number else f"Tim penilai belum mempunyai {called}."
            yield decide(False, says, "Praktik daerah", remedy=remedy)


def _twice(named: list[PanelMember]) -> Iterator[Decision]:
    counted = Counter(member.person_id for member in named)
    names = _names(member for member in named if counted[member.person_id] > 1)
    if names:
        remedy = "Setiap orang mempunyai satu kedudukan: ketua, pengganti ketua, sekretaris, anggota, atau anggota pengganti."
        yield decide(False, f"Disebut lebih dari satu kali: {names}.", "Praktik daerah", remedy=remedy)


def _gone(named: list[PanelMember]) -> Iterator[Decision]:
    names = _names(member for member in named if not member.in_service)
    if names:
        remedy = "Ganti dengan orang yang masih bertugas."
        yield decide(False, f"Tidak lagi bertugas: {names}.", "Praktik daerah", remedy=remedy)


def _names(members: Iterable[PanelMember]) -> str:
    return ", ".join(dict.fromkeys(member.name for member in members))


# --- Criteria --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriteriaFacts:
    """The kinds, and the criteria with their weights in percent."""

    kinds: tuple[str, ...]
    criteria: tuple[Criterion, ...]


@rule("Bobot kriteria penilaian berjumlah 100", revision=2)
def weights_add_up(facts: CriteriaFacts, law: Law) -> Decision:
    """Each criterion once, with a weight of its own; all together 100."""
    if not a_panel_is_needed(KindsFacts(facts.kinds)):
        return decide(True, "Putaran ini tidak memerlukan kriteria penilaian.", "Praktik daerah")
    total = sum(each.weight for each in facts.criteria)
    names = [" ".join(each.name.split()).casefold() for each in facts.criteria]
    remedy = "Sebutkan setiap kriteria satu kali, dengan bobot sekurang-kurangnya 1 dan seluruhnya 100."
    says = f"Bobot {len(names)} kriteria penilaian berjumlah {total}"
    answers = [
        decide(
            total == 100,
            f"{says}." if total == 100 else f"{says}; seharusnya 100.",
            "Praktik daerah",
            remedy=remedy,
        )
    ]
    if len(set(names)) < len(names) or not all(names):
        says = "Ada kriteria penilaian yang tidak bernama atau disebut dua kali."
        answers.append(decide(False, says, "Praktik daerah", remedy=remedy))
    if any(each.weight < 1 for each in facts.criteria):
        answers.append(decide(False, "Ada kriteria penilaian tanpa bobot.", "Praktik daerah", remedy=remedy))
    return together(answers)


# --- Money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundMoneyFacts:
    """Kinds and numbers of receivers, the amount of each award, the ceiling, its line (None: unknown), closed years; the day."""

    kinds: tuple[str, ...]
    receivers: tuple[ByKind, ...]
    amount: int
    ceiling: int
    budget_line: str
    budget: BudgetLine | None
    closed_years: tuple[int, ...]
    on: date


def most_that_it_costs(kinds: tuple[str, ...], places: tuple[ByKind, ...], amount: int) -> int:
    """Rupiah if every place of what is compared is taken."""
    return amount * sum(each.number for each in places if each.kind in kinds and each.kind in COMPARED)


@rule("Pagu dan mata anggaran putaran mencukupi", revision=2)
def round_is_funded(facts: RoundMoneyFacts, law: Law) -> Decision:
    """Without an amount nothing is asked; with one, a ceiling for all places, and a line of this year that bears the ceiling."""
    if not facts.amount:
        remedy = "Kosongkan pagu, atau isilah besarnya uang penghargaan."
        says = "Putaran ini tidak membawa uang."
        return decide(facts.ceiling == 0, says, "Permendagri 77/2020", remedy=remedy)
    if not a_panel_is_needed(KindsFacts(facts.kinds)):
        remedy = "Kosongkan besarnya uang penghargaan; Satyalancana tidak membawa uang dari putaran ini."
        return decide(
            False,
            "Uang penghargaan diisi, tetapi tidak ada jenis yang membawanya.",
            "Permendagri 77/2020",
            remedy=remedy,
        )
    most = most_that_it_costs(facts.kinds, facts.receivers, facts.amount)
    covered = decide(
        facts.ceiling >= most,
        f"Pagu putaran {say_money(facts.ceiling)}; kebutuhan untuk seluruh penerima {say_money(most)}.",
        "Permendagri 77/2020",
        remedy=f"Naikkan pagu sampai {say_money(most)}, kurangi jumlah penerima, atau kurangi besarnya uang penghargaan.",
    )
    return together((covered, _borne(facts)))


def _borne(facts: RoundMoneyFacts) -> Decision:
    line = facts.budget
    if line is None:
        says = (
            f"Mata anggaran {facts.budget_line} tidak dikenal."
            if facts.budget_line
            else "Penghargaan ini membawa uang, tetapi mata anggarannya belum dipilih."
        )
        remedy = "Pilih mata anggaran yang menanggungnya, atau kosongkan besarnya uang penghargaan (piagam saja)."
        return decide(False, says, "Permendagri 77/2020", remedy=remedy)
    if line.year != facts.on.year or line.year in facts.closed_years:
        says = f"{line.title} adalah anggaran tahun {line.year}, yang bukan tahun berjalan atau sudah ditutup."
        return decide(False, says, "Permendagri 77/2020", remedy=f"Pilih mata anggaran tahun {facts.on.year}.")
    return decide(
        facts.ceiling <= line.available,
        f"Pagu putaran {say_money(facts.ceiling)}; tersedia {say_money(line.available)} pada {line.title}.",
        "Permendagri 77/2020",
        remedy="Pilih mata anggaran lain, kurangi pagu, atau tunggu perubahan anggaran.",
    )


# --- When it is open -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClosingFacts:
    """The last day for nominations, and the day."""

    closes_on: date
    on: date


@rule("Hari terakhir pengusulan belum lewat")
def closing_day_is_ahead(facts: ClosingFacts, law: Law) -> Decision:
    """Units need time: a round that is open for fewer days than is usual is a warning. Asked when submitted and when called."""
    least = law[LEAST_OPEN_DAYS]
    days = (facts.closes_on - facts.on).days
    says = f"Hari terakhir pengusulan {written(facts.closes_on)}"
    if days <= 0:
        return decide(False, f"{says} sudah tiba atau lewat.", least, remedy=f"Pilih hari sesudah {written(facts.on)}.")
    return decide(
        days >= least.value,
        f"{says}, {days} hari lagi; lazimnya sekurang-kurangnya {least.value} hari.",
        least,
        otherwise=Grade.WARNED,
        remedy="Undurkan hari terakhir, atau lanjutkan bila perangkat daerah sudah siap.",
    )


def nominations_are_over(facts: ClosingFacts) -> bool:
    """The last day itself still counts."""
    return facts.on > facts.closes_on


@rule("Hari terakhir pengusulan sudah lewat")
def closing_day_has_passed(facts: ClosingFacts, law: Law) -> Decision:
    """A round is not closed before the day that its call has told everybody."""
    return decide(
        nominations_are_over(facts),
        f"Hari terakhir pengusulan {written(facts.closes_on)}.",
        "Praktik daerah",
        remedy="Tunggu sampai hari itu lewat; sistem menutupnya dengan sendirinya.",
    )


@dataclass(frozen=True)
class ExtendFacts:
    """The last day as it was announced, the new one, why, and the day."""

    announced_closing_day: date
    new_closes_on: date
    reason: str
    on: date


@rule("Putaran diperpanjang sampai hari yang lebih kemudian, dengan alasan")
def new_closing_day_is_later(facts: ExtendFacts, law: Law) -> Decision:
    """Later than before and than today; nobody loses time that was promised."""
    reason = facts.reason.strip()
    return together(
        (
            decide(
                facts.new_closes_on > max(facts.announced_closing_day, facts.on),
                f"Hari terakhir berubah dari {written(facts.announced_closing_day)} menjadi {written(facts.new_closes_on)}.",
                "Praktik daerah",
                remedy=f"Pilih hari sesudah {written(max(facts.announced_closing_day, facts.on))}.",
            ),
            decide(
                bool(reason),
                f"Alasan perpanjangan: {with_full_stop(reason)}" if reason else "Alasan perpanjangan belum disebutkan.",
                "Praktik daerah",
                remedy="Sebutkan alasan perpanjangan.",
            ),
        )
    )


# --- When it is finished ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnderWayFacts:
    """Where every nomination of the round stands."""

    standing_in_round: tuple[Standing, ...]


def no_nomination_is_under_way(facts: UnderWayFacts) -> bool:
    """Then the round is finished of itself, or may be cancelled."""
    return not any(is_under_way(each) for each in facts.standing_in_round)


@rule("Tidak ada usul yang masih berjalan dalam putaran ini")
def nothing_is_under_way(facts: UnderWayFacts, law: Law) -> Decision:
    """What was nominated is carried to its end before the round is finished or cancelled."""
    waiting = [each for each in facts.standing_in_round if is_under_way(each)]
    some = ", ".join(each.reference for each in waiting[:3])
    more = f" dan {len(waiting) - 3} lagi" if len(waiting) > 3 else ""
    return decide(
        not waiting,
        f"Masih berjalan: {some}{more}." if waiting else "Semua usul dalam putaran ini sudah selesai.",
        "Praktik daerah",
        remedy="Selesaikan usul itu lebih dahulu, atau mintalah pengusul menariknya.",
    )
