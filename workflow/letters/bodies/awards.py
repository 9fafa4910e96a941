"""The body of each letter of an award: from the proposal of the unit to the certificate, and to the decree that takes it back.

Every field is filled by the fact of its name when the letter is issued, and stored with it. What several share a letter about
stands in lists, one line each, which come together when the letter is issued for all of them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec

from workflow.letters.bodies.award_round import Panel, Weights
from workflow.letters.bodies.decrees import Original
from workflow.letters.bounds import MOST_PEOPLE, Basis, Line, Prose, Said
from workflow.letters.parts import LetterReference, ParticipantLine, People, References
from workflow.letters.words import long_date, spelled_date

#: Longer reasons would not fit the one page of a certificate.
LONGEST_ON_A_CERTIFICATE = 320


class Nominee(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is proposed, for which award, and why, as it was typed."""

    person: ParticipantLine
    award: Said
    grounds: Prose


class AwardSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """Surat usulan of a unit. ``round_title``: of the round that they are proposed in; empty where there is none."""

    nominees: Annotated[tuple[Nominee, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    round_title: Line

    @property
    def awards(self) -> tuple[str, ...]:
        """The kinds of award that they are proposed for, each once."""
        return tuple(dict.fromkeys(each.award for each in self.nominees))

    @property
    def lists(self) -> tuple[tuple[Nominee, ...], ...]:
        """Those whom it names; a list that is too long for the letter is attached to it."""
        return (self.nominees,)


class DisciplineStatement(msgspec.Struct, frozen=True, kw_only=True):
    """Surat keterangan on discipline, about one person. ``sanction_levels``: of which levels it speaks.

    ``clean_years``: for how many years back; None for the whole service. ``discipline_rule``: the regulation on discipline that
    applies to them; empty where none is on record.
    """

    participants: People
    award_title: Said
    sanction_levels: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=5)]
    clean_years: int | None
    discipline_rule: Line

    @property
    def lists(self) -> tuple[tuple[ParticipantLine, ...], ...]:
        """No list of names: it is about one."""
        return ()


# --- The panel -------------------------------------------------------------------------------------------------------


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a ranking. ``result``: ``87,33``; ``conclusion``: begun small, such as ``direkomendasikan``.

    ``told_apart_by``: by what it stands behind one of the same result; empty where the result says it.
    """

    rank: int
    person: ParticipantLine
    result: Line
    conclusion: Line
    told_apart_by: Line = ""


#: What a ranking says of somebody on whom the panel has yet to conclude.
NOT_CONCLUDED: Final = "belum disimpulkan"


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """All nominees of a kind in the order of their results; ``places``: how many are awarded."""

    award: Said
    places: int
    lines: Annotated[tuple[Ranked, ...], msgspec.Meta(max_length=MOST_PEOPLE)]


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """The points by one criterion, in the order of the sheet's ``scorers``, and their mean: ``86,67``."""

    criterion: Said
    weight: int
    points: Annotated[tuple[int, ...], msgspec.Meta(max_length=60)]
    mean: Line


class ScoreSheet(msgspec.Struct, frozen=True, kw_only=True):
    """All that the panel gave one nominee. ``scorers``: by name; ``totals``: what each gave in all, weighted."""

    person: ParticipantLine
    award: Said
    scorers: Annotated[tuple[Line, ...], msgspec.Meta(max_length=60)]
    rows: Annotated[tuple[ScoreRow, ...], msgspec.Meta(max_length=20)]
    totals: Annotated[tuple[Line, ...], msgspec.Meta(max_length=60)]
    result: Line


class Abstention(msgspec.Struct, frozen=True, kw_only=True):
    """A regular member who did not score a nominee, and why: begun small."""

    member: Line
    nominee: Line
    why: Line


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """What the panel concluded on somebody. ``reason``: as the chair typed it; empty where there is none."""

    person: ParticipantLine
    award: Said
    is_recommended: bool
    reason: Prose = ""


class AwardMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """Berita acara penilaian, by chair and secretary. ``on``: the day on which the panel concluded.

    ``panel_members``: who scored the nominees whom it concludes on, chaired or recorded.
    """

    on: date
    round_title: Said
    agency_name: Said
    panel_members: Panel
    award_criteria: Weights
    rankings: Annotated[tuple[Ranking, ...], msgspec.Meta(max_length=10)]
    conclusions: Annotated[tuple[Conclusion, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    score_sheets: Annotated[tuple[ScoreSheet, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    abstentions: Annotated[tuple[Abstention, ...], msgspec.Meta(max_length=10_000)] = ()

    @property
    def day_in_words(self) -> str:
        """``Kamis, tanggal dua belas bulan Maret tahun dua ribu dua puluh enam (12-03-2026)``."""
        return spelled_date(self.on)

    def number_of(self, member: str) -> int:
        """Under which number a member stands in the table of the panel; 0 for nobody who stands there."""
        names = [each.person.name for each in self.panel_members]
        return names.index(member) + 1 if member in names else 0


# --- The decree ------------------------------------------------------------------------------------------------------


class Awarded(msgspec.Struct, frozen=True, kw_only=True):
    """Who receives an award. ``amount``: whole rupiah that it brings, 0 for none."""

    person: ParticipantLine
    award: Said
    amount: int = 0


class AwardDecree(msgspec.Struct, frozen=True, kw_only=True):
    """Keputusan penetapan penerima penghargaan; they stand in its attachment.

    ``award_fund``: the budget line that bears the money; empty where there is none. ``earlier``: among others the minutes.
    """

    agency_name: Said
    round_title: Said
    award_year: int
    awarded: Annotated[tuple[Awarded, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    award_fund: Line
    award_basis: Basis
    earlier: References = ()

    @property
    def minutes(self) -> References:
        """The minutes that it rests on, the oldest first."""
        return tuple(each for each in reversed(self.earlier) if each.code == "award_minutes")

    @property
    def by_award(self) -> tuple[tuple[str, tuple[Awarded, ...]], ...]:
        """The receivers by kind, in the order in which the kinds are first named."""
        found: dict[str, list[Awarded]] = {}
        for each in self.awarded:
            found.setdefault(each.award, []).append(each)
        return tuple((award, tuple(those)) for award, those in found.items())

    @property
    def amounts(self) -> tuple[int, ...]:
        """The different amounts that it grants, nothing included; ``(0,)`` where it brings no money at all."""
        return tuple(sorted({each.amount for each in self.awarded}))


class AwardExcerpt(AwardDecree, frozen=True, kw_only=True):
    """Petikan of the decree for one of those whom it names; it repeats what the decree rules, and of the list one line."""

    decree_original: Original

    @property
    def receiver(self) -> Awarded:
        """For whom it is."""
        return self.awarded[0]


class AwardCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """Piagam penghargaan of the regent. ``award_reason`` follows ``atas``."""

    award_holder: ParticipantLine
    award_reason: Said
    award_decree: LetterReference

    @property
    def basis(self) -> str:
        """The decree, as the certificate names it."""
        decree = self.award_decree
        return f"Keputusan {decree.by} Nomor {decree.number} tanggal {long_date(decree.dated_on)}"

    @property
    def heading(self) -> str:
        """What stands large above it."""
        return "PIAGAM PENGHARGAAN"

    @property
    def person(self) -> ParticipantLine:
        """Who is honoured."""
        return self.award_holder

    @property
    def reason(self) -> str:
        """For what."""
        return self.award_reason


class UnitCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """Piagam of a unit. ``grounds`` as they were typed; a certificate holds them where they are short."""

    award_holder: ParticipantLine
    award_unit: Said
    grounds: Prose

    @property
    def heading(self) -> str:
        """What stands large above it."""
        return "PIAGAM PENGHARGAAN"

    @property
    def basis(self) -> str:
        """It rests on no decree."""
        return ""

    @property
    def person(self) -> ParticipantLine:
        """Who is honoured."""
        return self.award_holder

    @property
    def short_grounds(self) -> str:
        """Why, as it was typed; empty where that is too long for a certificate."""
        return self.grounds if len(self.grounds) <= LONGEST_ON_A_CERTIFICATE else ""


class ThanksLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Surat ucapan terima kasih of a unit."""

    award_holder: ParticipantLine
    award_unit: Said
    grounds: Prose


# --- Upward ----------------------------------------------------------------------------------------------------------


class MedalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the daftar nominatif. ``service``: ``10 tahun 3 bulan``; ``former_medal``: empty where none is on record."""

    person: ParticipantLine
    award: Said
    cpns_on: date | None
    service: Line
    former_medal: Line


class MedalProposal(msgspec.Struct, frozen=True, kw_only=True):
    """Surat usul Satyalancana Karya Satya, to the governor. ``governor``: ``Gubernur Sungai Jernih``."""

    governor: Said
    agency_name: Said
    medal_lines: Annotated[tuple[MedalLine, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    award_basis: Basis

    @property
    def lists(self) -> tuple[tuple[MedalLine, ...], ...]:
        """The list is attached, however short."""
        return ()

    @property
    def attachments(self) -> tuple[str, ...]:
        """What the letter says goes with it."""
        return ("Daftar nominatif",)

    @property
    def by_award(self) -> tuple[tuple[str, tuple[MedalLine, ...]], ...]:
        """The lines by kind, the shortest service first, as their names are ordered."""
        found: dict[str, list[MedalLine]] = {}
        for each in self.medal_lines:
            found.setdefault(each.award, []).append(each)
        return tuple((award, tuple(found[award])) for award in sorted(found, key=len))


# --- Taken back ------------------------------------------------------------------------------------------------------


class MoneyReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What was paid to somebody, and what came back, when, by which ``slip`` (STS); ``why`` not all of it. Whole rupiah."""

    name: Line
    paid: int
    back: int
    back_on: date | None
    why: Prose
    slip: Line = ""


class RevocationDecree(msgspec.Struct, frozen=True, kw_only=True):
    """Keputusan pencabutan. ``revoked_letters``: those by which it was awarded; ``money_returns``: of those who were paid.

    ``revocation_rule``: the full title of what it rests on.
    """

    agency_name: Said
    awarded: Annotated[tuple[Awarded, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    revoked_letters: References
    revocation_reason: Prose
    revocation_rule: Line
    money_returns: Annotated[tuple[MoneyReturn, ...], msgspec.Meta(max_length=MOST_PEOPLE)]
    award_basis: Basis

    @property
    def grounds(self) -> tuple[str, ...]:
        """The rules that it rests on, each once."""
        return tuple(dict.fromkeys((*self.award_basis, *filter(None, (self.revocation_rule,)))))
