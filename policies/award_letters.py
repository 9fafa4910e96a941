"""What the letters of awards say by law: which of them a kind needs, what it asks for, and what a head states of discipline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policies.incentive import (
    RECOGNITION,
    REGIONAL,
    SATYALANCANA,
    SATYALANCANA_10,
    SATYALANCANA_20,
    KindFacts,
)
from policies.incentive_conduct import REGIONAL_DOCUMENTS, SATYALANCANA_DOCUMENTS, SELF_DEVELOPMENT_DOCUMENTS
from policies.incentive_eligibility import (
    LEAST_PREDICATES,
    LOCAL_AWARD_FOR,
    LOCAL_SANCTION_YEARS,
    LOCAL_SANCTIONS,
    MENTORING_GIVEN,
    PREDICATE_YEARS,
    REGIONAL_HOURS,
    SATYALANCANA_FOR,
    SATYALANCANA_SANCTIONS,
    SELF_DEVELOPMENT_HOURS,
)
from policies.incentive_service import YEARS_10, YEARS_20, YEARS_30
from policies.parameters import Law

_YEARS = {SATYALANCANA_10: YEARS_10, SATYALANCANA_20: YEARS_20}


# --- Which letters ---------------------------------------------------------------------------------------------------


def discipline_is_stated(facts: KindFacts) -> bool:
    """The head states that nothing is held against the nominee, but for small recognition."""
    return facts.kind != RECOGNITION


@dataclass(frozen=True)
class ThanksFacts:
    """The kind of award, and in which form a unit says its thanks: certificate or letter."""

    kind: str
    thanks_by: str


def a_certificate_thanks(facts: ThanksFacts) -> bool:
    """Small recognition by a piagam."""
    return facts.kind == RECOGNITION and facts.thanks_by == "certificate"


def a_letter_thanks(facts: ThanksFacts) -> bool:
    """Small recognition by a letter."""
    return facts.kind == RECOGNITION and facts.thanks_by == "letter"


@dataclass(frozen=True)
class RevokedLettersFacts:
    """Whether a letter by which this was awarded is in force."""

    was_awarded_by_letter: bool


def a_letter_awarded(facts: RevokedLettersFacts) -> bool:
    """Then a keputusan takes it back: what was given in writing."""
    return facts.was_awarded_by_letter


@dataclass(frozen=True)
class HandedOverFacts:
    """The kind of the award that is to be taken back."""

    revoked_kind: str


def a_decree_revokes(facts: HandedOverFacts) -> bool:
    """All but a Satyalancana, which the President takes back."""
    return facts.revoked_kind not in SATYALANCANA


# --- What each kind asks for -----------------------------------------------------------------------------------------


def requirements_of(kind: str, law: Law) -> tuple[str, ...]:
    """What a nominee of a kind must meet, each begun small and without a stop. Raises NotInForce."""
    return tuple(_of_the_medal(kind, law) if kind in SATYALANCANA else _of_the_region(kind, law))


def _of_the_medal(kind: str, law: Law) -> Iterator[str]:
    yield f"berstatus {' atau '.join(law[SATYALANCANA_FOR].value)}"
    years = law[_YEARS.get(kind, YEARS_30)].value
    yield f"masa kerja sebagai PNS secara terus-menerus sekurang-kurangnya {years} tahun, dihitung sejak pengangkatan CPNS"
    yield f"tidak pernah dijatuhi hukuman disiplin tingkat {' atau '.join(law[SATYALANCANA_SANCTIONS].value)}"
    yield "tidak pernah menjalani cuti di luar tanggungan negara"


def _of_the_region(kind: str, law: Law) -> Iterator[str]:
    yield f"berstatus {' atau '.join(law[LOCAL_AWARD_FOR].value)}"
    predicates = " atau ".join(law[LEAST_PREDICATES].value)
    yield f"predikat kinerja {law[PREDICATE_YEARS].value} tahun terakhir {predicates}"
    hours = law[REGIONAL_HOURS if kind == REGIONAL else SELF_DEVELOPMENT_HOURS].value
    yield f"mengikuti pengembangan kompetensi sekurang-kurangnya {hours} JP dalam setahun"
    if kind != REGIONAL:
        yield f"memberikan sekurang-kurangnya {law[MENTORING_GIVEN].value} pertemuan mentoring kepada pegawai lain"
    levels, years = " atau ".join(law[LOCAL_SANCTIONS].value), law[LOCAL_SANCTION_YEARS].value
    yield f"tidak dijatuhi hukuman disiplin tingkat {levels} dalam {years} tahun terakhir"
    yield "tidak sedang diperiksa karena dugaan pelanggaran disiplin"


def documents_of(kind: str, law: Law) -> tuple[str, ...]:
    """The documents that a nomination of a kind comes with, by their codes. Raises NotInForce."""
    if kind in SATYALANCANA:
        return tuple(law[SATYALANCANA_DOCUMENTS].value)
    return tuple(law[REGIONAL_DOCUMENTS if kind == REGIONAL else SELF_DEVELOPMENT_DOCUMENTS].value)


# --- What a head states of discipline --------------------------------------------------------------------------------


def sanctions_that_bar(kind: str, law: Law) -> tuple[str, ...]:
    """The levels of sanctions that the statement is about. Raises NotInForce."""
    return tuple(law[SATYALANCANA_SANCTIONS if kind in SATYALANCANA else LOCAL_SANCTIONS].value)


def years_without_sanction(kind: str, law: Law) -> int | None:
    """For how many years the statement speaks; None where it is of the whole service, for a Satyalancana. Raises NotInForce."""
    return None if kind in SATYALANCANA else int(law[LOCAL_SANCTION_YEARS].value)
