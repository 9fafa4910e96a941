"""The book of hours: what each piece of evidence of a person counts for, and why; a pure function, whatever the order it came in.

No minute counts twice: what takes whole days goes before meetings, and what began earlier before what began later. Of the
meetings of a calendar month the first ones by start time count, up to the cap of the conversion table; those of a mentor up to
a cap of their own. Whatever does not count is kept with 0 JP and the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from policies.credit import ACTIVITIES, PNS_YEARLY_TARGET, PPPK_YEARLY_CEILING, Activity, NotConvertible, convert
from policies.dates import MONTHS, written
from policies.mentoring_conduct import MENTOR_HOURS, MENTOR_MONTHLY_SESSIONS
from policies.nip import Kind
from policies.parameters import Law, NotInForce, Parameter, Policies, Value, parameter

ACTIVITY_YEAR = parameter("hours.activity_year", str)
CLOSING_DAYS = parameter("hours.closing_days", int)

#: The value of ACTIVITY_YEAR by which an activity belongs to the year of its last day, not to that of its completion.
BY_LAST_DAY = "hari terakhir"

#: Rates of their own (see ``Evidence.rate``) whose meetings are capped by a parameter of their own, not by the table's.
_OWN_CAPS = {MENTOR_HOURS.name: MENTOR_MONTHLY_SESSIONS}

#: Why something counts, or does not: the first word of ``Counted.reason``.
COUNTED, OVERLAPS, BEYOND, WITHOUT_RATE = "counted", "overlaps", "beyond", "without_rate"

#: The article counts from the day of the contract; on record is only the day on which it ends, so the calendar year stands for it.
CALENDAR_YEAR = (
    "Batas PPPK berlaku untuk satu tahun masa perjanjian kerja; karena awal perjanjian tidak tercatat di sini, JP dihitung "
    "per tahun kalender."
)
#: No text was found that says so; each agency does.
_ONCE = "Praktik daerah"


@dataclass(frozen=True)
class Evidence:
    """What gives a person a claim to hours: a whole activity of so many days, or one meeting (``starts_at``, ``ends_at``).

    Instants are in the agency's zone. ``completed_on``: the day on which an activity was found to be completed, whose law
    converts it. ``rate``: the name of a parameter (JP) by which it counts instead of the conversion table.
    """

    id: str
    case_id: str
    activity: str
    first_on: date
    last_on: date
    completed_on: date
    kind: str = ""
    number: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    international: bool = False
    rate: str = ""

    @property
    def law_on(self) -> date:
        """The day whose law converts it: of a meeting its own."""
        return self.first_on if self.starts_at else self.completed_on

    @property
    def order(self) -> tuple[object, ...]:
        """Its place: whole days first, then by time; of the same time by what never changes."""
        return (self.starts_at is not None, self.first_on, self.starts_at and self.starts_at.timestamp(), *self._name)

    @property
    def _name(self) -> tuple[object, ...]:
        ends = self.ends_at.timestamp() if self.ends_at else 0.0
        return self.last_on, ends, self.case_id, self.kind, self.number, self.id


@dataclass(frozen=True)
class Counted:
    """What a piece of evidence comes to: whole JP in a year, why (``reason`` for programs, ``says`` for people), by which rule."""

    year: int
    hours: int
    reason: str
    says: str
    by: str

    def stands_as(self, year: int, hours: int, reason: str, by: str) -> bool:
        """Whether that is what is on the books already; another wording of the same is no movement."""
        return (self.year, self.hours, self.reason, self.by) == (year, hours, reason, by)


def count(evidence: Iterable[Evidence], policies: Policies) -> dict[str, Counted]:
    """What each piece of one person's evidence counts for, by id. The order in which it is given does not matter."""
    book = _Book(policies)
    return {each.id: book.enter(each) for each in sorted(evidence, key=lambda each: each.order)}


def closing_day(year: int, policies: Policies) -> date:
    """The last day on which something of a year is booked as usual; whatever comes later is a correction. Raises NotInForce."""
    last = date(year, 12, 31)
    return last + timedelta(days=policies.on(last)[CLOSING_DAYS].value)


def is_correction(year: int, on: date, policies: Policies) -> bool:
    """Whether a movement into a year on a day comes after its closing; where no law says when it closes, none does."""
    try:
        return on > closing_day(year, policies)
    except NotInForce:
        return False


def bar(kind: Kind, law: Law) -> Value[int]:
    """What a year's hours are measured by: the target of a PNS, the ceiling of a PPPK. Raises NotInForce."""
    return law[PNS_YEARLY_TARGET if kind is Kind.PNS else PPPK_YEARLY_CEILING]


class _Book:
    """The evidence entered so far, in its order."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.days: list[Evidence] = []
        #: The last meeting that counted; those that count do not overlap, so none before it ends later.
        self.latest: Evidence | None = None
        self.meetings: Counter[tuple[str, str, int, int]] = Counter()

    def enter(self, each: Evidence) -> Counted:
        law = self.policies.on(each.law_on)
        year = _year(each, law)
        if other := self._overlapping(each):
            # The other is not named: whoever reads this may not know of it.
            says = (
                f"{_title(each)} dicatat dengan 0 JP: waktunya tumpang tindih dengan kegiatan lain yang sudah dihitung."
            )
            return Counted(year, 0, f"{OVERLAPS} {other.id}", says, _ONCE)
        try:
            counted = self._meeting(each, law, year) if each.starts_at else _whole(each, law, year)
        except (NotInForce, NotConvertible) as absent:
            return Counted(year, 0, WITHOUT_RATE, f"{_title(each)} dicatat dengan 0 JP: {absent}", "")
        if counted.hours > 0:
            self._occupy(each)
        return counted

    def _overlapping(self, each: Evidence) -> Evidence | None:
        for other in self.days:
            if other.first_on <= each.last_on and each.first_on <= other.last_on:
                return other
        last = self.latest
        begun = each.starts_at and last and last.ends_at and each.starts_at < last.ends_at
        return last if begun else None

    def _occupy(self, each: Evidence) -> None:
        if each.starts_at is None:
            self.days.append(each)
        else:
            self.latest = each

    def _meeting(self, each: Evidence, law: Law, year: int) -> Counted:
        rate, cap = _rate(each, law), _cap_of(each, law)
        month = (each.activity, each.rate, each.first_on.year, each.first_on.month)
        self.meetings[month] += 1
        place = self.meetings[month]
        if cap is not None and place > cap.value:
            says = (
                f"Pertemuan {_ordinal(place)} pada bulan {MONTHS[month[3] - 1]} {month[2]} ({written(each.first_on)}) dicatat "
                f"dengan 0 JP: paling banyak {_number(cap.value)} sesi sebulan ({cap.by})."
            )
            return Counted(year, 0, f"{BEYOND} {place}", says, cap.by)
        says = f"{_title(each)} dicatat dengan {rate.value} JP: {rate.value} JP per sesi ({rate.by})."
        return Counted(year, rate.value, COUNTED, says, rate.by)


def _whole(each: Evidence, law: Law, year: int) -> Counted:
    if each.rate:
        value = _rate(each, law)
        says = f"{_title(each)} dicatat dengan {value.value} JP: {value.says[:1].lower()}{value.says[1:]} ({value.by})."
        return Counted(year, value.value, COUNTED, says, value.by)
    worth = convert(each.activity, law, international=each.international)
    says = f"{_title(each)} dicatat dengan {worth.hours} JP: {worth.says.rstrip('.')} ({worth.value.by})."
    return Counted(year, worth.hours, COUNTED, says, worth.value.by)


def _rate(each: Evidence, law: Law) -> Value[int]:
    if each.rate:
        return law[Parameter(each.rate, int)]
    return law[ACTIVITIES[each.activity].rate(international=each.international)]


def _cap_of(each: Evidence, law: Law) -> Value[int] | None:
    """The monthly cap of a meeting: where it counts by a rate of its own, that which belongs to the rate."""
    return law[_OWN_CAPS[each.rate]] if each.rate in _OWN_CAPS else _cap(ACTIVITIES[each.activity], law)


def _cap(activity: Activity, law: Law) -> Value[int] | None:
    return law[activity.monthly_sessions] if activity.monthly_sessions is not None else None


def _year(each: Evidence, law: Law) -> int:
    if each.starts_at is not None:
        return each.first_on.year
    try:
        return (each.last_on if law[ACTIVITY_YEAR].value == BY_LAST_DAY else each.completed_on).year
    except NotInForce:
        return each.completed_on.year


def _title(each: Evidence) -> str:
    if each.starts_at is not None:
        return f"Pertemuan {written(each.first_on)} pukul {each.starts_at:%H.%M}"
    name = ACTIVITIES[each.activity].name
    return f"{name} {written(each.first_on)} sampai {written(each.last_on)}"


_NUMBERS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")


def _number(value: int) -> str:
    return _NUMBERS[value] if value < len(_NUMBERS) else str(value)


def _ordinal(value: int) -> str:
    return f"ke{_NUMBERS[value]}" if 1 < value < len(_NUMBERS) else "pertama" if value == 1 else f"ke-{value}"


# --- What is within reach --------------------------------------------------------------------------------------------


def prospects(kind: Kind, hours: int, month: Mapping[str, int], law: Law) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a person has and lacks this year, and by what they could get there: sentences, each with its articles.

    ``month``: the meetings of this calendar month by activity. Raises NotInForce.
    """
    measure = bar(kind, law)
    if kind is Kind.PNS:
        missing = max(0, measure.value - hours)
        says = f"Sudah {hours} JP dari sekurang-kurangnya {measure.value} JP; " + (
            f"masih kurang {missing} JP." if missing else "target tahun ini tercapai."
        )
    else:
        missing = max(0, measure.value - hours)
        beyond = hours - measure.value
        says = f"Sudah {hours} JP dari paling banyak {measure.value} JP; " + (
            f"masih dapat ditambah {missing} JP. "
            if missing
            else f"batas tahun ini terlampaui {beyond} JP. "
            if beyond
            else "batas tahun ini tercapai. "
        )
        says += CALENDAR_YEAR
    yield says, (measure.by,)
    if missing:
        yield from _ways(missing, month, law)


def _ways(missing: int, month: Mapping[str, int], law: Law) -> Iterator[tuple[str, tuple[str, ...]]]:
    for code in ("C2", "C11"):
        activity = ACTIVITIES[code]
        try:
            rate, cap = law[activity.national], _cap(activity, law)
        except NotInForce:
            continue
        if cap is None:
            yield f"{activity.name} ({code}): {rate.value} JP per kegiatan.", (rate.by,)
            continue
        left = max(0, cap.value - month.get(code, 0))
        needed = -(-missing // rate.value) if rate.value else 0
        says = (
            f"{activity.name} ({code}): {rate.value} JP per pertemuan, paling banyak {cap.value} pertemuan sebulan; bulan ini "
            f"masih {left} pertemuan, dan untuk {missing} JP diperlukan {needed} pertemuan."
        )
        yield says, (rate.by, cap.by)
