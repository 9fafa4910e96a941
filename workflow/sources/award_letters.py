"""The facts that the letters of awards are made of, beside those of every letter; see ``workflow/letters/sources.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

import policies.award_letters as needed
from policies.civil_service import Kind
from policies.incentive import (
    REGIONAL,
    SATYALANCANA,
    SELF_DEVELOPMENT,
    MoneyFacts,
    award_amount,
    title_of,
)
from policies.incentive_panel import CHAIR, MEMBER, SECRETARY
from policies.incentive_ranking import number_for
from policies.incentive_service import MEDALS, say_service, service_months
from policies.records import DOCUMENTS, ByKind
from workflow.facts import Situation, fact, source
from workflow.letters.bodies.award_round import PanelDecree, PanelSeat, RoundAward, Weight
from workflow.letters.bodies.awards import Awarded, MedalLine, Nominee
from workflow.letters.bodies.decrees import Original
from workflow.letters.legal_order import in_legal_order
from workflow.letters.parts import LetterFrame, LetterReference, ParticipantLine
from workflow.letters.sources import in_force, participant_line, references
from workflow.sources import award_money, award_nominee, award_round
from workflow.sources.step import PERSON, subject_row

#: The decrees on a panel.
PANEL_DECREES: Final = ("award_panel_decree", "award_panel_change")
#: Rules that only some awards rest on: medals, and money. Of discipline only statements speak.
_OF_MEDALS: Final = ("UU 20/2009", "PP 35/2010", "PP 1/2010")
_OF_MONEY: Final = ("PP 12/2019",)
_OF_DISCIPLINE: Final = ("PP 94/2021",)
#: For what a certificate honours somebody, by the kind of award.
_HONOURED_FOR: Final[Mapping[str, str]] = {
    REGIONAL: "prestasi kerja, dedikasi, dan integritasnya",
    SELF_DEVELOPMENT: "ketekunannya mengembangkan diri dan berbagi pengetahuan",
}
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


# --- Everywhere ------------------------------------------------------------------------------------------------------


@source()
def agency_name(situation: Situation) -> str:
    """The agency: ``Kabupaten Kemuning``."""
    return situation.office.profile.agency


@source()
def award_title(situation: Situation) -> str:
    """What people call the kind of award."""
    return title_of(str(situation.form["kind"]))


@source()
def award_basis(situation: Situation) -> tuple[str, ...]:
    """The full titles of the rules that it rests on for whom it is about: of medals and of money only where it is of these."""
    regulations, kinds = situation.office.regulations, _kinds(situation)
    left_out = {*_OF_DISCIPLINE}
    left_out |= set() if kinds & set(SATYALANCANA) else {*_OF_MEDALS}
    left_out |= set() if _brings_money(situation) else {*_OF_MONEY}
    cited = [each for each in situation.process.basis if " ".join(each.split()[:2]) not in left_out]
    return in_legal_order(regulations.full_title(each) for each in regulations.fitting(cited, _servants(situation)))


def _is_round(situation: Situation) -> bool:
    return "kinds" in situation.process.form.__struct_fields__


def _kinds(situation: Situation) -> set[str]:
    """The kinds of award that it is about."""
    if _is_round(situation):
        return set(situation.form["kinds"])
    return {str(situation.form.get("kind") or "")}


def _servants(situation: Situation) -> Iterable[str | None]:
    """Whom the rules must be about: the nominee's kind of servant; of a round, whoever may be nominated in it."""
    if not _is_round(situation):
        return (subject_row(situation).asn_kind,)
    return (Kind.PNS,) if _kinds(situation) <= set(SATYALANCANA) else (Kind.PNS, Kind.PPPK)


def _brings_money(situation: Situation) -> bool:
    if _is_round(situation):
        return bool(situation.form.get("amount"))
    return "kind" in situation.process.form.__struct_fields__ and _amount(situation) > 0


def _amount(situation: Situation) -> int:
    form = situation.form
    return award_amount(
        MoneyFacts(str(form["kind"]), award_round.award_round(situation), bool(form.get("without_money", False)))
    )


def person_line(situation: Situation, person_id: str) -> ParticipantLine:
    """Somebody of the staff as letters name them."""
    return participant_line(situation.look_up(PERSON, person=person_id)[0])


# --- The round -------------------------------------------------------------------------------------------------------


@source()
def round_title(situation: Situation) -> str:
    """What the round is called; empty where there is none."""
    if _is_round(situation):
        return str(situation.form["title"])
    found = award_round.award_round(situation)
    return found.title if found else ""


@source()
def round_awards(situation: Situation) -> tuple[RoundAward, ...]:
    """The kinds of award of the round with their numbers, and by the law of the day what each asks for."""
    form, law = situation.form, situation.law
    quota, places = (msgspec.convert(form.get(name) or (), tuple[ByKind, ...]) for name in ("quota", "receivers"))
    return tuple(
        RoundAward(
            award=title_of(kind),
            quota=number_for(kind, quota),
            places=number_for(kind, places),
            requirements=needed.requirements_of(kind, law),
            documents=tuple(DOCUMENTS[code] for code in needed.documents_of(kind, law)),
        )
        for kind in form["kinds"]
    )


@source()
def award_criteria(situation: Situation) -> tuple[Weight, ...]:
    """By what nominees are compared, with the weights."""
    if _is_round(situation):
        return msgspec.convert(situation.form.get("criteria") or (), tuple[Weight, ...])
    found = award_round.award_round(situation)
    return tuple(Weight(name=each.name, weight=each.weight) for each in found.criteria) if found else ()


@source()
def award_amount_each(situation: Situation) -> int:
    """Rupiah for each award of the round; 0 where it brings no money."""
    return int(situation.form.get("amount") or 0)


@source()
def panel_seats(situation: Situation) -> tuple[PanelSeat, ...]:
    """Everybody whom the round names for its panel, as the step leaves it: regular members first."""
    return tuple(
        PanelSeat(person=person_line(situation, person), function=panel_function(function, rank))
        for person, function, rank in award_round.named_in_panel(situation.form)
    )


def panel_function(function: str, rank: int) -> str:
    """``Ketua``, ``Anggota pengganti II``."""
    if not rank:
        return {CHAIR: "Ketua", SECRETARY: "Sekretaris", MEMBER: "Anggota"}[function]
    return "Pengganti ketua" if function == CHAIR else f"Anggota pengganti {_ROMAN[rank - 1] if rank <= 10 else rank}"


@source()
def panel_decrees(situation: Situation) -> tuple[LetterReference, ...]:
    """The decrees by which the panel was appointed and changed until now, the latest first."""
    return references(situation, *PANEL_DECREES)


def _panel_before(situation: Situation) -> dict[str, PanelSeat]:
    """The panel by the latest decree, by name and number of each; empty before the first is signed."""
    row = next((row for row in in_force(situation.conn, situation.case.id) if row.kind in PANEL_DECREES), None)
    seats = msgspec.json.decode(row.body, type=PanelDecree).panel_seats if row is not None else ()
    return {_who(seat): seat for seat in seats}


def _who(seat: PanelSeat) -> str:
    return seat.person.nip or seat.person.name


@source()
def panel_joined(situation: Situation) -> tuple[PanelSeat, ...]:
    """Who is in the panel now and was not by the decree before."""
    before = _panel_before(situation)
    return tuple(seat for seat in panel_seats(situation) if before and _who(seat) not in before)


@source()
def panel_left(situation: Situation) -> tuple[PanelSeat, ...]:
    """Who was in the panel by the decree before and is no more."""
    now = {_who(seat) for seat in panel_seats(situation)}
    return tuple(seat for who, seat in _panel_before(situation).items() if who not in now)


# --- The nomination --------------------------------------------------------------------------------------------------


@source()
def nominees(situation: Situation) -> tuple[Nominee, ...]:
    """The nominee, the award and why; a letter that is shared puts those of one act together."""
    person = participant_line(subject_row(situation))
    return (Nominee(person=person, award=award_title(situation), grounds=str(situation.form["grounds"])),)


@source()
def sanction_levels(situation: Situation) -> tuple[str, ...]:
    """The levels of sanctions of which the head states that there are none."""
    return needed.sanctions_that_bar(str(situation.form["kind"]), situation.law)


@source()
def clean_years(situation: Situation) -> int | None:
    """For how many years the head states it; None for the whole service."""
    return needed.years_without_sanction(str(situation.form["kind"]), situation.law)


@source()
def discipline_rule(situation: Situation) -> str:
    """The full title of the regulation on discipline that applies to the nominee; empty where none is on record."""
    regulations = situation.office.regulations
    fitting = regulations.fitting(_OF_DISCIPLINE, (subject_row(situation).asn_kind,))
    return next((regulations.full_title(each) for each in fitting), "")


# --- The decree, and what follows it ---------------------------------------------------------------------------------


@source()
def awarded(situation: Situation) -> tuple[Awarded, ...]:
    """Who receives the award, and how much it brings."""
    person = participant_line(subject_row(situation))
    kind, amount = _awarded_kind(situation), _amount(situation) if "kind" in situation.form else 0
    return (Awarded(person=person, award=title_of(kind), amount=amount),)


def _awarded_kind(situation: Situation) -> str:
    return str(situation.form["kind"]) if "kind" in situation.form else str(fact("revoked_kind", str, situation))


@source()
def award_year(situation: Situation) -> int:
    """The year in which it is given."""
    return situation.on.year


@source()
def award_fund(situation: Situation) -> str:
    """The budget line that bears the money, with its year said once; empty where there is none."""
    line = award_money.award_budget(situation) if _amount(situation) else None
    return f"{line.title.removesuffix(f' ({line.year})')} Tahun Anggaran {line.year}" if line else ""


@source()
def award_decree(situation: Situation) -> LetterReference:
    """The decree by which it was given. Raises LookupError before it is signed."""
    found = references(situation, "award_decree")
    if not found:
        raise LookupError("a letter that names the decree is issued before the decree is signed")
    return found[0]


@source()
def decree_original(situation: Situation) -> Original:
    """The decree that an excerpt is of, with who set it. Raises LookupError before it is signed."""
    row = next((row for row in in_force(situation.conn, situation.case.id) if row.kind == "award_decree"), None)
    if row is None:
        raise LookupError("an excerpt is issued before the decree is signed")
    frame = msgspec.json.decode(row.frame, type=LetterFrame)
    block = frame.signatures[0]
    return Original(
        number=row.number,
        dated_on=row.dated_on,
        place=frame.place,
        title=block.title,
        name=block.name,
        rank=block.rank_name or "",
        nip=block.nip or "",
    )


@source()
def award_holder(situation: Situation) -> ParticipantLine:
    """Who is honoured."""
    return participant_line(subject_row(situation))


@source()
def award_reason(situation: Situation) -> str:
    """For what somebody is honoured, as it follows ``atas``."""
    kind = str(situation.form["kind"])
    what = _HONOURED_FOR.get(kind, "pengabdiannya")
    return f"{what} sebagai penerima {title_of(kind)} {agency_name(situation)} Tahun {award_year(situation)}"


@source()
def award_unit(situation: Situation) -> str:
    """The unit that says its thanks: that of whoever is honoured."""
    return str(subject_row(situation).unit_name or agency_name(situation))


# --- Upward ----------------------------------------------------------------------------------------------------------


@source()
def governor(situation: Situation) -> str:
    """The post of the governor whose province the agency lies in."""
    return f"Gubernur {situation.office.profile.province}".rstrip()


@source()
def medal_lines(situation: Situation) -> tuple[MedalLine, ...]:
    """The nominee's line of the daftar nominatif; service is counted to the month of the nomination."""
    cpns_on: date | None = fact("cpns_on", date | None, situation)
    medal = fact("medal", str | None, situation)
    until = award_nominee.nominated_on(situation) or situation.on
    return (
        MedalLine(
            person=participant_line(subject_row(situation)),
            award=award_title(situation),
            cpns_on=cpns_on,
            service=say_service(service_months(cpns_on, until)) if cpns_on else "",
            former_medal=title_of(MEDALS[medal]) if medal in MEDALS else "",
        ),
    )
