"""Taking back an award that was handed over: why, who decides, and that it is done once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.dates import written
from policies.decision import Decision, decide, rule, together
from policies.incentive import SATYALANCANA, DecidingFacts, title_of, who_decides
from policies.parameters import Law, parameter
from policies.records import AwardRecord
from policies.wording import with_full_stop

DRAFT_DAYS = parameter("award_revocation.draft_days", int)
REVIEW_DAYS = parameter("award_revocation.review_days", int)
DECISION_DAYS = parameter("award_revocation.decision_days", int)
SIGNATURE_DAYS = parameter("award_revocation.signature_days", int)


#: Why an award is taken back, by code, and what people call it.
GROUNDS: Final[Mapping[str, str]] = {
    "false_data": "data atau berkas usul tidak benar",
    "sanction": "dijatuhi hukuman disiplin sedang atau berat",
    "verdict": "dipidana dengan putusan yang berkekuatan hukum tetap",
    "conditions": "ternyata tidak memenuhi syarat pada waktu ditetapkan",
    "other": "alasan lain",
}


@dataclass(frozen=True)
class AwardFacts:
    """The award that is to be taken back; None where the case named is no award that was decided."""

    award: AwardRecord | None


@rule("Penghargaan sudah diserahkan dan belum dicabut")
def award_stands(facts: AwardFacts, law: Law) -> Decision:
    """Before the hand-over its own case takes it back; what is revoked already is not revoked again."""
    award = facts.award
    if award is None:
        says = "Berkas yang disebut bukan penghargaan yang sudah ditetapkan."
        return decide(False, says, "Praktik daerah", remedy="Sebutkan nomor berkas penghargaan yang akan dicabut.")
    named = f"{title_of(award.kind)} bagi {award.person_name} (berkas {award.reference})"
    if award.revoked:
        return decide(False, f"{named} sudah dicabut.", "Praktik daerah", remedy="Tidak ada lagi yang perlu dicabut.")
    if award.awarded_on is None:
        remedy = "Cabut atau tolak pada berkas penghargaan itu sendiri."
        return decide(False, f"{named} belum diserahkan.", "Praktik daerah", remedy=remedy)
    return decide(True, f"{named} diserahkan pada {written(award.awarded_on)}.", "Praktik daerah")


@dataclass(frozen=True)
class HolderFacts:
    """The award that is to be taken back, and the id of the person whom the revocation is about."""

    award: AwardRecord | None
    holder_id: str


@rule("Penghargaan itu milik pegawai yang bersangkutan")
def award_is_theirs(facts: HolderFacts, law: Law) -> Decision:
    """A revocation is about whoever holds the award, so that they are told and heard."""
    award = facts.award
    theirs = award is not None and award.person_id == facts.holder_id
    said = f"diterima {award.person_name}" if award is not None else "belum ditetapkan"
    remedy = "Buka usul pencabutan atas nama penerima penghargaan itu."
    return decide(theirs, f"Penghargaan yang disebut {said}.", "Praktik daerah", remedy=remedy)


@dataclass(frozen=True)
class OtherRevocationFacts:
    """References of other revocations of the same award that are not closed."""

    open_revocations: tuple[str, ...]


@rule("Tidak ada usul pencabutan lain yang masih berjalan")
def revoked_in_one_case(facts: OtherRevocationFacts, law: Law) -> Decision:
    """One award, one revocation at a time."""
    others = ", ".join(facts.open_revocations)
    return decide(
        not others,
        f"Pencabutan penghargaan ini sedang berjalan pada berkas {others}."
        if others
        else "Tidak ada usul pencabutan lain yang masih berjalan.",
        "Praktik daerah",
        remedy="Lanjutkan berkas itu, atau tarik kembali salah satunya.",
    )


@dataclass(frozen=True)
class GroundFacts:
    """Why it is taken back (a code of GROUNDS), in words, and the ids of the files that prove it."""

    ground: str
    explanation: str
    evidence: tuple[str, ...]


@rule("Alasan pencabutan disebutkan dan dibuktikan")
def ground_is_proved(facts: GroundFacts, law: Law) -> Decision:
    """Nobody loses an award on hearsay."""
    named, words = GROUNDS.get(facts.ground, ""), facts.explanation.strip()
    files = len(facts.evidence)
    said = f"Alasan pencabutan: {named}, dengan {files} bukti. {with_full_stop(words)}"
    return decide(
        bool(named and words and files),
        said if named and words else "Alasan pencabutan belum disebutkan atau belum dijelaskan.",
        "Praktik daerah",
        remedy="Pilih alasannya, jelaskan, dan unggah sekurang-kurangnya satu bukti.",
    )


@dataclass(frozen=True)
class RevokerFacts:
    """The award that is to be taken back, and whether its receiver heads the unit that they work in."""

    award: AwardRecord | None
    participant_is_head: bool


def who_revokes(facts: RevokerFacts, law: Law) -> str:
    """Whoever decides on such an award: ``regent``, or for small recognition ``nominee_head`` or ``secretary``.

    Of a Satyalancana the regent only has it recorded: the President takes it back by Keppres.
    """
    kind = facts.award.kind if facts.award else ""
    return who_decides(DecidingFacts(kind, facts.participant_is_head), law)


def is_revoked_by_the_president(facts: AwardFacts) -> bool:
    """Then the number and the day of the Keppres are recorded, and no keputusan is made."""
    return facts.award is not None and facts.award.kind in SATYALANCANA


@dataclass(frozen=True)
class RevokingKeppresFacts:
    """The award, the Keppres that takes it back as filled in ("" and None where none is), and the day."""

    award: AwardRecord | None
    keppres_number: str
    keppres_on: date | None
    keppres_scan: str
    on: date


@rule("Satyalancana dicabut dengan Keppres", revision=2)
def a_keppres_revokes_a_satyalancana(facts: RevokingKeppresFacts, law: Law) -> Decision:
    """Number, day and scan of the Keppres, after the award was decreed and not after today; of any other award none."""
    number, day = facts.keppres_number.strip(), facts.keppres_on
    if not is_revoked_by_the_president(AwardFacts(facts.award)):
        says = "Penghargaan ini dicabut dengan keputusan pejabat yang menetapkannya."
        nothing = not number and day is None and not facts.keppres_scan
        return decide(nothing, says, "Praktik daerah", remedy="Kosongkan nomor, tanggal, dan pindaian Keppres.")
    decreed = facts.award.decreed_on if facts.award else None
    right = bool(number) and day is not None and day <= facts.on and (decreed is None or day >= decreed)
    says = (
        f"Keppres pencabutan {number} tanggal {written(day)}."
        if number and day
        else "Nomor atau tanggal Keppres pencabutan belum diisi."
    )
    remedy = "Isilah nomor dan tanggal Keppres pencabutan, sesudah Keppres penganugerahan dan tidak sesudah hari ini."
    scan = "Pindaian Keppres dilampirkan." if facts.keppres_scan else "Pindaian Keppres belum dilampirkan."
    return together(
        (
            decide(right, says, "UU 20/2009", remedy=remedy),
            decide(bool(facts.keppres_scan), scan, "Praktik daerah", remedy="Unggah pindaian Keppres atau petikannya."),
        )
    )
