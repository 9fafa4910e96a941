"""What is on record about people, money, agreements and awards: the small shapes that several policies ask about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LEVELS = ("ringan", "sedang", "berat")

#: What an agreement with a partner can be called.
AGREEMENT_KINDS = ("Perjanjian Kerja Sama", "Nota Kesepahaman", "Nota Kesepakatan")


@dataclass(frozen=True)
class Sanction:
    """A disciplinary sanction. A bound that is not recorded is None, and then counts against the person until attested.

    Raises ValueError for a level that does not exist or an end before the start.
    """

    level: str
    from_on: date | None
    until_on: date | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", self.level.strip().lower())
        if self.level not in LEVELS:
            raise ValueError(f"tingkat hukuman disiplin {self.level!r} tidak dikenal; pilih {', '.join(LEVELS)}")
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValueError("hukuman disiplin tidak dapat berakhir sebelum mulai")

    def in_force(self, on: date) -> bool:
        """Whether it binds on a day; without dates it does."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True)
class Activity:
    """Another full-time activity of the same person."""

    title: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Headcount:
    """A group of colleagues, the person asked about included: how many there are, and how many others will be absent at once."""

    group: str
    total: int
    absent: int

    @property
    def present(self) -> int:
        """How many stay at work when the person leaves too."""
        return self.total - self.absent - 1


@dataclass(frozen=True)
class Agreement:
    """A Perjanjian Kerja Sama or Nota Kesepahaman with a partner."""

    kind: str
    number: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class BudgetLine:
    """A line of the year's budget and what is still free on it, in whole rupiah; ``line`` is its id."""

    title: str
    year: int
    available: int
    line: str = ""


@dataclass(frozen=True)
class Proposal:
    """What the host offered instead of the dates and cost asked for; None leaves a date as it was. The fee is in whole rupiah."""

    starts_on: date | None
    ends_on: date | None
    fee: int
    conditions: str

    @property
    def changes_dates_or_cost(self) -> bool:
        """Such an offer needs the consent of the unit's head first."""
        return self.starts_on is not None or self.ends_on is not None or self.fee > 0


@dataclass(frozen=True)
class Places:
    """How many a host takes at once in a section, and how many others are there at the most on a day of the period."""

    section: str
    number: int
    taken: int


@dataclass(frozen=True)
class Extension:
    """A longer period that was asked for and is not answered yet; the further cost in whole rupiah."""

    ends_on: date
    cost: int
    reason: str
    host_consents: bool


@dataclass(frozen=True)
class Move:
    """A participant works in another unit than when the case was opened.

    ``answer_by``: the last day on which the new head may answer; None where nobody is asked, or silence has continued.
    """

    unit: str
    answer_by: date | None
    answered: bool


# --- Awards ----------------------------------------------------------------------------------------------------------

#: What can be handed in with a nomination, by code, and what people call it.
DOCUMENTS: Mapping[str, str] = {
    "cpns_decree": "keputusan pengangkatan CPNS",
    "rank_decree": "keputusan pangkat terakhir",
    "post_decree": "keputusan jabatan terakhir",
    "contract": "perjanjian kerja PPPK",
    "medal_certificate": "piagam atau petikan Keppres Satyalancana sebelumnya",
    "curriculum_vitae": "daftar riwayat hidup",
    "appraisal": "dokumen evaluasi kinerja terakhir",
    "achievement": "bukti prestasi atau inovasi",
    "development": "bukti pengembangan diri",
    "other": "berkas lain",
}

#: By what those who are equal in their result are told apart.
HEAVIEST_CRITERION, LONGER_SERVICE, EARLIER_NOMINATION = (
    "kriteria berbobot terbesar",
    "masa kerja lebih lama",
    "usul lebih dahulu",
)
TIE_BREAKS = (HEAVIEST_CRITERION, LONGER_SERVICE, EARLIER_NOMINATION)


@dataclass(frozen=True)
class ByKind:
    """A number for a kind of award: the most nominees of a unit, or how many are awarded."""

    kind: str
    number: int


@dataclass(frozen=True)
class Criterion:
    """What nominees are scored by; the weights of a round, in percent, add up to 100."""

    name: str
    weight: int


@dataclass(frozen=True)
class CriterionScore:
    """The points that one member gave by one criterion."""

    criterion: str
    points: int


@dataclass(frozen=True)
class MemberScores:
    """All that one member gave one nominee: a score for each criterion."""

    person_id: str
    scores: tuple[CriterionScore, ...]


@dataclass(frozen=True)
class Proof:
    """A file handed in with a nomination: which document it is (a code of DOCUMENTS), and the id of the file."""

    document: str
    file: str


@dataclass(frozen=True)
class YearPredicate:
    """The performance predicate of a year."""

    year: int
    predicate: str


@dataclass(frozen=True)
class YearHours:
    """The JP that count for a person in a year."""

    year: int
    hours: int


@dataclass(frozen=True)
class Clearance:
    """What the Inspektorat stated of a nominee: the letter, its day, and whether nothing stands in the way.

    ``on_paper``: a verifier recorded it by the Inspektorat's letter; else the Inspektorat wrote it itself.
    """

    number: str
    issued_on: date
    clear: bool
    on_paper: bool = False


@dataclass(frozen=True)
class AwardRoundRecord:
    """A round of awards; ``id`` is that of its case, ``state`` its status there.

    ``quota``: the most nominees of a unit; ``places``: how many are awarded; a kind that is not listed has no limit of the first
    and no place of the second. ``amount``: rupiah for each award, 0 where it brings no money; ``ceiling``: for the whole round.
    """

    id: str
    title: str
    state: str
    kinds: tuple[str, ...]
    quota: tuple[ByKind, ...]
    closes_on: date
    places: tuple[ByKind, ...]
    criteria: tuple[Criterion, ...]
    amount: int = 0
    budget_line: str = ""
    ceiling: int = 0


@dataclass(frozen=True)
class PanelMember:
    """A member of the panel as seen from one nominee.

    ``function``: chair, secretary or member. ``substitute_rank``: 0 for a regular member, else the place among the substitutes; a
    substitute of function chair is the chair's own. ``superior``, ``subordinate``: of the nominee, directly. ``declared``: the
    conflict that the member declared, "" for none. ``scored``: has scored this nominee. ``replaced``: somebody else has the
    place by now; such a member is listed only where they scored this nominee before. ``is_rival``: is nominated in the same
    round. ``verified``: has acted as verifier on this nomination.
    """

    person_id: str
    name: str
    function: str
    substitute_rank: int = 0
    in_service: bool = True
    is_nominee: bool = False
    same_unit: bool = False
    superior: bool = False
    subordinate: bool = False
    declared: str = ""
    scored: bool = False
    replaced: bool = False
    is_rival: bool = False
    verified: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a nomination of a round stands; ``final``: the case is closed.

    ``nominated_on``: the day on which the unit first nominated; None before. ``result``: hundredths of a point, None until all
    have scored; ``by_criterion``: the same for each criterion, in the order of the round's. ``service_months``: None where not
    known.
    """

    case: str
    reference: str
    person_name: str
    kind: str
    state: str
    final: bool
    nominated_on: date | None = None
    result: int | None = None
    by_criterion: tuple[int, ...] = ()
    service_months: int | None = None


@dataclass(frozen=True)
class OtherNomination:
    """Another nomination of the same person. ``awarded_on``: the day of the hand-over; None where there was none.

    ``drafted``: it is a draft, which nobody has proposed yet or which was given back.
    """

    reference: str
    kind: str
    final: bool
    awarded_on: date | None = None
    drafted: bool = False


@dataclass(frozen=True)
class Payment:
    """What was paid for an award, in whole rupiah; ``number`` and ``paid_on`` of the SP2D."""

    gross: int
    tax: int
    net: int
    number: str
    paid_on: date


@dataclass(frozen=True)
class SpentOn:
    """What was booked as spent of a budget line, in whole rupiah."""

    line: str
    title: str
    year: int
    amount: int


@dataclass(frozen=True)
class AwardRecord:
    """An award that was decided: the case, for whom, of what kind, by which decree. ``revoked``: it was taken back."""

    case: str
    reference: str
    person_id: str
    person_name: str
    kind: str
    state: str
    decree_number: str
    decreed_on: date | None = None
    awarded_on: date | None = None
    payment: Payment | None = None
    revoked: bool = False
