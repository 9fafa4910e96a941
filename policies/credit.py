"""Credit hours (JP): what an activity counts for, and how far a year's hours have come.

The rates and caps stand in ``credit.toml``; this module says in what unit each row is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from policies.decision import Decision, Grade, decide
from policies.nip import Kind
from policies.parameters import Law, Parameter, Value, parameter

#: The country whose activities count at the national rate, as lists of partners name it.
HOME = "Indonesia"

JP_MINUTES = parameter("credit.jp_minutes", int)
PNS_YEARLY_TARGET = parameter("credit.pns_yearly_target", int)
PPPK_YEARLY_CEILING = parameter("credit.pppk_yearly_ceiling", int)


def is_abroad(country: str) -> bool:
    """Whether what is done in a country counts at the international rate."""
    return country != HOME


class NotConvertible(ValueError):
    """An activity that cannot be converted as it was stated; says in Indonesian what is missing or wrong."""


class Unit(Enum):
    """What a row counts, as a person reads it."""

    SEMESTER = "semester"
    DAY = "hari"
    SESSION = "sesi"
    ACTIVITY = "kegiatan"
    #: The programme's own JP, times the rate in percent.
    PROGRAMME = "JP program"
    #: The time spent each day, up to a number of JP a day.
    CAPPED_DAY = "hari belajar"


@dataclass(frozen=True)
class Activity:
    """A row of the conversion table. ``international`` is None where the table has no such rate."""

    code: str
    key: str
    name: str
    unit: Unit
    national: Parameter[int]
    international: Parameter[int] | None
    monthly_sessions: Parameter[int] | None
    #: The international rate is a percentage of the hours counted at the national daily cap.
    supplement: bool = False

    def rate(self, *, international: bool = False) -> Parameter[int]:
        """The handle of its rate. Raises NotConvertible where the table has no international one."""
        if not international:
            return self.national
        if self.international is None:
            raise NotConvertible(f"{self.name} ({self.code}) tidak memiliki angka konversi tingkat internasional")
        return self.international


def _row(
    code: str, key: str, name: str, unit: Unit, *, international: bool = True, supplement: bool = False
) -> Activity:
    return Activity(
        code,
        key,
        name,
        unit,
        parameter(f"credit.{key}", int),
        parameter(f"credit.{key}_international", int) if international else None,
        parameter(f"credit.{key}_monthly_sessions", int) if unit is Unit.SESSION else None,
        supplement,
    )


_TABLE = (
    _row("A1", "study_assignment", "Tugas belajar", Unit.SEMESTER),
    _row("A2", "self_funded_study", "Tugas belajar biaya mandiri", Unit.SEMESTER),
    _row("B1", "leadership_training", "Pelatihan struktural kepemimpinan", Unit.PROGRAMME, international=False),
    _row("B2", "managerial_training", "Pelatihan manajerial", Unit.PROGRAMME),
    _row("B3", "technical_training", "Pelatihan teknis", Unit.PROGRAMME),
    _row("B4", "functional_training", "Pelatihan fungsional", Unit.PROGRAMME),
    _row("B5", "sociocultural_training", "Pelatihan sosial kultural", Unit.PROGRAMME),
    _row("B6", "seminar", "Seminar/konferensi/sarasehan", Unit.DAY),
    _row("B7", "workshop", "Workshop/lokakarya", Unit.DAY),
    _row("B8", "course", "Kursus", Unit.PROGRAMME),
    _row("B9", "upgrading", "Penataran", Unit.PROGRAMME),
    _row("B10", "technical_guidance", "Bimbingan teknis", Unit.PROGRAMME),
    _row("B11", "dissemination", "Sosialisasi", Unit.DAY),
    _row("C1", "coaching", "Coaching", Unit.SESSION),
    _row("C2", "mentoring", "Mentoring", Unit.SESSION),
    _row("C3", "e_learning", "E-learning", Unit.CAPPED_DAY),
    _row("C4", "distance_learning", "Pelatihan jarak jauh", Unit.PROGRAMME),
    _row("C5", "secondment", "Detasering", Unit.ACTIVITY),
    _row("C6", "outdoor_learning", "Pembelajaran alam terbuka", Unit.PROGRAMME),
    _row("C7", "benchmarking", "Patok banding", Unit.ACTIVITY),
    _row("C8", "exchange", "Pertukaran dengan pegawai swasta/BUMN/BUMD", Unit.ACTIVITY),
    _row("C9", "self_study", "Belajar mandiri", Unit.CAPPED_DAY, supplement=True),
    _row("C10", "community_of_practice", "Komunitas belajar", Unit.CAPPED_DAY, supplement=True),
    _row("C11", "internship", "Magang/praktik kerja", Unit.ACTIVITY),
    _row("C12", "workplace_guidance", "Bimbingan di tempat kerja", Unit.SESSION, international=False),
)

#: The whole conversion table by code, A1 to C12.
ACTIVITIES = {row.code: row for row in _TABLE}

INTERNSHIP = ACTIVITIES["C11"].rate()
INTERNSHIP_INTERNATIONAL = ACTIVITIES["C11"].rate(international=True)


@dataclass(frozen=True)
class Credit:
    """What an activity counts for: ``value`` is the rate it was converted at, ``basis`` that and each cap used."""

    hours: int
    value: Value[int]
    says: str
    basis: tuple[Value[int], ...]


def convert(
    code: str,
    law: Law,
    *,
    international: bool = False,
    quantity: int = 1,
    hours: int | None = None,
    minutes: int | None = None,
    minutes_by_day: Sequence[int] = (),
    earlier_this_month: int = 0,
) -> Credit:
    """The JP that an activity counts for under the law of a day.

    By the row's unit: ``quantity`` semesters, days, sessions or activities; the ``hours`` (JP) or ``minutes`` that a
    programme's certificate states; the minutes of each day of e-learning, self-study and communities of practice.
    Sessions are those of one calendar month, of which ``earlier_this_month`` were counted before. Raises
    NotConvertible, and NotInForce where the law of the day has no such rate.
    """
    if code not in ACTIVITIES:
        raise NotConvertible(f"kode kegiatan {code!r} tidak dikenal; yang dikenal: {', '.join(ACTIVITIES)}")
    if min(quantity, hours or 0, minutes or 0, earlier_this_month, *minutes_by_day) < 0:
        raise NotConvertible("banyaknya kegiatan, JP, atau menit tidak boleh kurang dari nol")
    activity = ACTIVITIES[code]
    rate = law[activity.rate(international=international)]
    title = f"{activity.name} ({code}){', tingkat internasional' if international else ''}"
    if activity.unit is Unit.PROGRAMME:
        return _programme(title, rate, law, hours, minutes)
    if activity.unit is Unit.CAPPED_DAY:
        supplemented = activity.supplement and international
        return _capped_days(title, rate, law[activity.national] if supplemented else None, law, minutes_by_day)
    if activity.monthly_sessions is not None:
        return _sessions(title, rate, law[activity.monthly_sessions], quantity, earlier_this_month)
    total = quantity * rate.value
    return Credit(total, rate, f"{title}: {quantity} {activity.unit.value} × {rate.value} JP = {total} JP.", (rate,))


def yearly(kind: Kind, hours: int, law: Law, *, exempt: bool = False) -> Decision:
    """How a year's hours stand: PNS should reach a target, PPPK should stay below a ceiling; neither is ever refused.

    ``exempt``: a PPPK in a JPT utama or madya, to whom the ceiling does not apply.
    """
    if kind is Kind.PNS:
        target = law[PNS_YEARLY_TARGET]
        says = f"Capaian setahun {hours} JP dari sekurang-kurangnya {target.value} JP bagi PNS."
        remedy = f"Rencanakan pengembangan kompetensi {target.value - hours} JP lagi tahun ini."
        return decide(hours >= target.value, says, target, otherwise=Grade.WARNED, remedy=remedy)
    ceiling = law[PPPK_YEARLY_CEILING]
    says = f"Capaian setahun {hours} JP dari paling banyak {ceiling.value} JP bagi PPPK."
    if exempt:
        says = f"{says} Batas itu tidak berlaku bagi jabatan pimpinan tinggi utama dan madya."
    remedy = "Kelebihannya tetap dicatat; pertimbangkan tahun perjanjian kerja berikutnya."
    return decide(exempt or hours <= ceiling.value, says, ceiling, otherwise=Grade.WARNED, remedy=remedy)


def _programme(title: str, rate: Value[int], law: Law, hours: int | None, minutes: int | None) -> Credit:
    if hours is not None:
        total = hours * rate.value // 100
        return Credit(total, rate, f"{title}: {hours} JP × {rate.value}% = {total} JP.", (rate,))
    if minutes is None:
        raise NotConvertible(f"{title}: isi JP atau menit pelatihan sebagaimana tertulis pada sertifikat")
    length = law[JP_MINUTES]
    # One division at the end, so that minutes short of a whole JP are not cut off twice.
    total = minutes * rate.value // (length.value * 100)
    says = f"{title}: {minutes} menit ÷ {length.value} menit × {rate.value}% = {total} JP (dibulatkan ke bawah)."
    return Credit(total, rate, says, (rate, length))


def _capped_days(
    title: str, rate: Value[int], capped_by: Value[int] | None, law: Law, minutes_by_day: Sequence[int]
) -> Credit:
    """``rate`` is the cap of a day, or a percentage of what is counted under the cap ``capped_by``."""
    if not minutes_by_day:
        raise NotConvertible(f"{title}: isi lamanya belajar setiap hari dalam menit")
    length, cap = law[JP_MINUTES], capped_by or rate
    counted = sum(min(minutes, cap.value * length.value) for minutes in minutes_by_day)
    percent, supplement = (rate.value, f" × {rate.value}%") if capped_by else (100, "")
    total = counted * percent // (length.value * 100)
    says = (
        f"{title}: {len(minutes_by_day)} hari, {counted} menit dihitung (paling banyak {cap.value} JP sehari) "
        f"÷ {length.value} menit{supplement} = {total} JP (dibulatkan ke bawah)."
    )
    return Credit(total, rate, says, (rate, cap, length) if capped_by else (rate, length))


def _sessions(title: str, rate: Value[int], cap: Value[int], quantity: int, earlier: int) -> Credit:
    counted = max(0, min(quantity, cap.value - earlier))
    total = counted * rate.value
    says = f"{title}: {counted} sesi × {rate.value} JP = {total} JP."
    if counted < quantity:
        before = f", {earlier} sudah dihitung sebelumnya" if earlier else ""
        says += f" Dari {quantity} sesi hanya {counted} yang dihitung: paling banyak {cap.value} sesi sebulan{before}."
    return Credit(total, rate, says, (rate, cap))
