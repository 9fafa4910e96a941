"""The year's budget: how a sum is split by year, which line may bear it, what is promised, carried and spent. Whole rupiah.

A part of a later year awaits the budget (DPA) of that year: it takes nothing from any line, and nobody promises it, until a line of
that year funds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.dates import written
from policies.decision import Decision, decide, rule, together
from policies.parameters import Law
from policies.records import BudgetLine
from policies.wording import say_money


@dataclass(frozen=True)
class YearShare:
    """The part of a sum that falls to one budget year."""

    year: int
    amount: int


@dataclass(frozen=True)
class Fund:
    """What a case has in the budget of one year; ``line`` and ``title`` are empty where it has no line there.

    ``available``: what is free on the line. ``unspent``: what its ceiling can still bear. ``held``: what the case has reserved
    or bound there. ``awaiting``: what awaits the budget of that year.
    """

    year: int
    line: str
    title: str
    available: int
    unspent: int
    held: int
    awaiting: int = 0


@dataclass(frozen=True)
class Promise:
    """What a case promises: ``amount`` of a ``line``, of none where that is empty; ``later``: what awaits later years' budgets."""

    line: str
    amount: int
    later: tuple[YearShare, ...] = ()


@dataclass(frozen=True)
class Charge:
    """What a case spends of a line in the end."""

    line: str
    amount: int


@dataclass(frozen=True)
class Returned:
    """What of a line's spending was paid back, in whole rupiah; ``says``: by which slip, on which day."""

    line: str
    amount: int
    says: str


def shares(amount: int, first: date, last: date) -> tuple[YearShare, ...]:
    """A sum split by the calendar days that a period has in each year, first and last day included; the parts add up to it.

    A later year's part is rounded down, so that the year in which it starts, whose budget is known, bears the rest.
    A part of nothing is left out, but for the first year's.
    """
    days = (last - first).days + 1
    later = tuple(
        YearShare(year, amount * _days_within(year, first, last) // days)
        for year in range(first.year + 1, last.year + 1)
    )
    own = YearShare(first.year, amount - sum(share.amount for share in later))
    return own, *(share for share in later if share.amount)


def _days_within(year: int, first: date, last: date) -> int:
    return (min(last, date(year, 12, 31)) - max(first, date(year, 1, 1))).days + 1


# --- What is asked for -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BudgetFacts:
    """What it will cost, when, from which line, and what this case holds of that line; the day, and years closed by then."""

    funding: str
    estimate: int
    starts_on: date
    ends_on: date
    on: date
    budget: BudgetLine | None
    held: int
    budget_line: str = ""
    closed_years: tuple[int, ...] = ()


def promised(facts: BudgetFacts) -> tuple[YearShare, ...]:
    """What the agency's budget is to bear, by year; nothing where it bears nothing.

    A year that is over and closed passes its part on: what is asked for after it is paid from a later year.
    """
    if facts.funding != "agency_budget" or not facts.estimate:
        return ()
    borne: dict[int, int] = {}
    for share in shares(facts.estimate, facts.starts_on, facts.ends_on):
        year = share.year
        while year in facts.closed_years and year < facts.on.year:
            year += 1
        borne[year] = borne.get(year, 0) + share.amount
    return tuple(YearShare(year, amount) for year, amount in borne.items())


def what_it_promises(facts: BudgetFacts) -> Promise:
    """The part of the year in which it starts, of the chosen line; each later year's part awaits its budget."""
    later = {share.year: share for share in promised(facts)}
    own = later.pop(facts.starts_on.year, None)
    return Promise(facts.budget_line if own else "", own.amount if own else 0, tuple(later.values()))


@rule("Anggaran tahun mulai masih mencukupi; bagian tahun berikutnya menunggu DPA", revision=3)
def budget_has_room(facts: BudgetFacts, law: Law) -> Decision:
    """The part of the year in which it starts must fit into what is free on its line; a later year's awaits its budget."""
    basis = "Permendagri 77/2020"
    if facts.funding != "agency_budget":
        return decide(True, "Tidak membebani anggaran daerah.", basis)
    if facts.budget is None:
        return decide(
            False,
            f"Mata anggaran {facts.budget_line} tidak dikenal."
            if facts.budget_line
            else "Mata anggaran belum dipilih.",
            basis,
            remedy="Verifikator memilih mata anggaran yang menanggung biaya.",
        )
    year = facts.starts_on.year
    if facts.budget.year != year:
        says = f"{facts.budget.title} adalah anggaran tahun {facts.budget.year}, sedangkan magang mulai {written(facts.starts_on)}."
        return decide(False, says, basis, remedy=f"Pilih mata anggaran tahun {year}.")
    borne = {share.year: share.amount for share in promised(facts)}
    own = borne.pop(year, 0)
    if year in facts.closed_years and own:
        return _closed(year, basis)
    later = [YearShare(*part) for part in borne.items()]
    free = facts.budget.available + facts.held
    what = f"Bagian tahun {year} dari perkiraan biaya {say_money(facts.estimate)}: " if later else "Perkiraan biaya "
    room = decide(
        own <= free,
        f"{what}{say_money(own)}; tersedia {say_money(free)} pada {facts.budget.title}.",
        basis,
        remedy="Kurangi biaya, pilih mata anggaran lain, atau tunggu perubahan anggaran.",
    )
    return together((room, *(decide(True, f"{_awaits(share)} dan belum dijanjikan.", basis) for share in later)))


def _awaits(share: YearShare, begun: str = "Bagian") -> str:
    return f"{begun} tahun {share.year} sebesar {say_money(share.amount)} menunggu DPA tahun {share.year}"


def _closed(year: int, basis: str) -> Decision:
    says = f"Tahun anggaran {year} sudah ditutup; mata anggarannya tidak dapat dibebani lagi."
    return decide(False, says, basis, remedy="Pilih mata anggaran dari tahun yang masih terbuka.")


@dataclass(frozen=True)
class BorneFacts:
    """Who pays, and what the case has in each year."""

    funding: str
    funds: tuple[Fund, ...]


@rule("Ada anggaran yang menanggung biaya")
def the_cost_is_borne(facts: BorneFacts, law: Law) -> Decision:
    """A surat tugas names the budget that bears the cost: nothing is ordered on money that was released meanwhile."""
    basis = "Permendagri 77/2020"
    if facts.funding != "agency_budget":
        return decide(True, "Tidak membebani anggaran daerah.", basis)
    held, awaiting = (sum(getattr(fund, what) for fund in facts.funds) for what in ("held", "awaiting"))
    return decide(
        held + awaiting > 0,
        f"Dicadangkan {say_money(held)}; menunggu DPA {say_money(awaiting)}.",
        basis,
        remedy="Janji anggarannya sudah dilepas: mintalah verifikator membatalkan berkas ini.",
    )


# --- The next year's budget ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AwaitingFacts:
    """What the case has in the budget of each year."""

    funds: tuple[Fund, ...]


def a_share_awaits(facts: AwaitingFacts) -> bool:
    """Some year's part still awaits the budget of that year."""
    return any(fund.awaiting for fund in facts.funds)


def something_is_promised(facts: AwaitingFacts) -> bool:
    """The case holds money of some year, or awaits it."""
    return any(fund.awaiting or fund.held for fund in facts.funds)


@dataclass(frozen=True)
class FundingFacts:
    """What the case has in each year, and the line that shall fund what awaits; None where none was chosen, or it is unknown."""

    funds: tuple[Fund, ...]
    next_budget: BudgetLine | None
    closed_years: tuple[int, ...] = ()


@rule("Mata anggaran tahun berikutnya mencukupi")
def next_budget_has_room(facts: FundingFacts, law: Law) -> Decision:
    """What awaits a year's budget must fit into what is free on a line of that year."""
    basis = "Permendagri 77/2020"
    awaiting = {fund.year: fund for fund in facts.funds if fund.awaiting}
    if not awaiting:
        says = "Tidak ada bagian biaya yang menunggu DPA."
        return decide(False, says, basis, remedy="Tidak ada yang perlu didanai.")
    says = "; ".join(_awaits(YearShare(year, fund.awaiting)) for year, fund in awaiting.items())
    line = facts.next_budget
    if line is None or line.year not in awaiting:
        chosen = (
            "mata anggarannya belum dipilih atau tidak dikenal"
            if line is None
            else f"{line.title} bukan dari tahun itu"
        )
        years = " atau ".join(map(str, awaiting))
        remedy = f"Pilih mata anggaran tahun {years}; bila DPA-nya belum ada, tunggu sampai ditetapkan dan diimpor."
        return decide(False, f"{says}; {chosen}.", basis, remedy=remedy)
    fund = awaiting[line.year]
    return _bears(fund.awaiting, line, fund, facts.closed_years, basis)


def _bears(amount: int, line: BudgetLine, fund: Fund | None, closed_years: tuple[int, ...], basis: str) -> Decision:
    """A line takes an amount on. A case has one line a year, so that what it costs is not scattered."""
    if line.year in closed_years:
        return _closed(line.year, basis)
    if fund is not None and fund.held and fund.line != line.line:
        says = f"Bagian tahun {line.year} berkas ini sudah dibebankan pada {fund.title}."
        return decide(False, says, basis, remedy="Pakai mata anggaran yang sama, atau lepaskan dahulu bagian itu.")
    return decide(
        amount <= line.available,
        f"Dibebankan {say_money(amount)}; tersedia {say_money(line.available)} pada {line.title}.",
        basis,
        remedy="Pilih mata anggaran lain, kurangi bagian itu, atau tunggu perubahan anggaran.",
    )


# --- Promises decided one by one -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReductionFacts:
    """What the case has in each year, and how much of which year's promise shall remain."""

    funds: tuple[Fund, ...]
    budget_year: int
    remains: int


@rule("Janji anggaran tahun itu ada dan menjadi lebih kecil")
def promise_gets_smaller(facts: ReductionFacts, law: Law) -> Decision:
    """A promise can be released, or made smaller; what grows is asked for anew."""
    basis = "Permendagri 77/2020"
    now = _promise(facts.funds, facts.budget_year)
    return decide(
        facts.remains < now,
        f"Yang dijanjikan pada tahun {facts.budget_year} {say_money(now)}; akan tersisa {say_money(facts.remains)}.",
        basis,
        remedy="Sebutkan tahun yang dijanjikan dan sisa yang lebih kecil; 0 melepas seluruhnya.",
    )


def _promise(funds: tuple[Fund, ...], year: int) -> int:
    return sum(fund.held + fund.awaiting for fund in funds if fund.year == year)


@dataclass(frozen=True)
class CarryFacts:
    """What the case has in each year, which year's promise is carried, and onto which line; none: it awaits the next budget."""

    funds: tuple[Fund, ...]
    budget_year: int
    next_budget: BudgetLine | None
    next_budget_line: str = ""
    closed_years: tuple[int, ...] = ()


@rule("Janji anggaran dapat dialihkan ke tahun berikutnya")
def promise_fits_the_next_year(facts: CarryFacts, law: Law) -> Decision:
    """What is carried, with what awaits the next year already, must fit on a line of it; without a line all of it awaits."""
    basis = "Permendagri 77/2020"
    year, line = facts.budget_year + 1, facts.next_budget
    carried = _promise(facts.funds, facts.budget_year)
    if not carried:
        says = f"Tidak ada janji anggaran tahun {facts.budget_year} pada berkas ini."
        return decide(False, says, basis, remedy="Sebutkan tahun yang dijanjikan.")
    if year in facts.closed_years:
        return _closed(year, basis)
    if line is None:
        if facts.next_budget_line:
            remedy = f"Pilih mata anggaran tahun {year}, atau kosongkan agar menunggu DPA tahun {year}."
            return decide(False, f"Mata anggaran {facts.next_budget_line} tidak dikenal.", basis, remedy=remedy)
        return decide(True, f"{say_money(carried)} dialihkan dan menunggu DPA tahun {year}.", basis)
    if line.year != year:
        says = f"{line.title} adalah anggaran tahun {line.year}; janji tahun {facts.budget_year} dialihkan ke tahun {year}."
        return decide(False, says, basis, remedy=f"Pilih mata anggaran tahun {year}.")
    fund = next((fund for fund in facts.funds if fund.year == year), None)
    return _bears(carried + (fund.awaiting if fund else 0), line, fund, facts.closed_years, basis)


# --- What it cost ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpendingFacts:
    """What it cost in the end, or that it cost nothing, with proofs; the days that it took; what the case has in each year."""

    cost: int
    without_cost: bool
    proofs: tuple[str, ...]
    starts_on: date
    ends_on: date
    ended_on: date | None
    on: date
    funds: tuple[Fund, ...]
    closed_years: tuple[int, ...] = ()


def charges(facts: SpendingFacts) -> tuple[YearShare, ...]:
    """Which year's budget bears which part of the cost: by the days that it did take, as the estimate was split.

    A year in which the case has nothing any more, or that is closed, passes its part on to the next year in which it holds or
    awaits something: that is where a promise was carried to.
    """
    last = facts.ended_on or min(facts.ends_on, facts.on)
    having = sorted(
        fund.year for fund in facts.funds if (fund.held or fund.awaiting) and fund.year not in facts.closed_years
    )
    borne: dict[int, int] = {}
    for share in shares(facts.cost, facts.starts_on, max(last, facts.starts_on)):
        year = next((year for year in having if year >= share.year), share.year)
        borne[year] = borne.get(year, 0) + share.amount
    return tuple(YearShare(year, amount) for year, amount in borne.items() if amount)


def what_it_charges(facts: SpendingFacts) -> tuple[Charge, ...]:
    """Each year's part to the line that the rule has found able to bear it."""
    lines = {fund.year: fund.line for fund in facts.funds}
    return tuple(Charge(lines[share.year], share.amount) for share in charges(facts))


@rule("Biaya dipertanggungjawabkan", revision=2)
def cost_is_accounted_for(facts: SpendingFacts, law: Law) -> Decision:
    """Either "tanpa biaya", or an amount with its proofs that each year's line can bear; what awaits a budget cannot be spent."""
    basis = "Permendagri 77/2020"
    if facts.without_cost:
        says = f"Dinyatakan tanpa biaya, tetapi biaya terisi {say_money(facts.cost)}." if facts.cost else "Tanpa biaya."
        return decide(facts.cost == 0, says, basis, remedy="Kosongkan biaya, atau hapus pilihan tanpa biaya.")
    if facts.cost <= 0 or not facts.proofs:
        remedy = "Isilah biaya dan unggah buktinya, atau pilih tanpa biaya."
        return decide(False, f"Biaya {say_money(facts.cost)} dengan {len(facts.proofs)} bukti.", basis, remedy=remedy)
    borne = charges(facts)
    return together(_charged(share, facts, basis, split=len(borne) > 1) for share in borne)


def _charged(share: YearShare, facts: SpendingFacts, basis: str, *, split: bool) -> Decision:
    fund = next((fund for fund in facts.funds if fund.year == share.year), None)
    what = f"Bagian tahun {share.year} dari biaya {say_money(facts.cost)}: " if split else "Biaya "
    what += say_money(share.amount)
    if share.year in facts.closed_years:
        says = f"{what}; tahun anggaran {share.year} sudah ditutup dan tidak ada janji yang dialihkan."
        remedy = "Catat hanya biaya yang ditanggung tahun anggaran yang masih terbuka, atau pilih tanpa biaya."
        return decide(False, says, basis, remedy=remedy)
    if fund is not None and fund.awaiting and not fund.held:
        says = f"{what}; {_awaits(YearShare(fund.year, fund.awaiting), 'bagian')}."
        remedy = f"Danai dahulu bagian tahun {fund.year} dari mata anggaran tahun itu; yang belum didanai tidak dapat dibelanjakan."
        return decide(False, says, basis, remedy=remedy)
    if fund is None or not fund.line:
        says = f"{what}; tidak ada mata anggaran tahun {share.year} yang menanggungnya."
        return decide(False, says, basis, remedy="Periksa biaya dan mata anggarannya.")
    return _within_the_line(share, fund, what, basis)


def _within_the_line(share: YearShare, fund: Fund, what: str, basis: str) -> Decision:
    # Where a ceiling was lowered below what is promised, not all that is held can be spent.
    free = min(fund.held + fund.available, fund.unspent)
    short = free < fund.held
    says = f"{what}; dapat dibebankan {say_money(max(free, 0))} pada {fund.title}."
    remedy = (
        "Putuskan dahulu janji lain pada mata anggaran yang pagunya kurang itu."
        if short
        else ("Periksa biaya dan mata anggarannya.")
    )
    return decide(share.amount <= free, says, basis, remedy=remedy)
