"""The demo's office: an empty database, the agency, its people, partners and money, and a key for everyone who acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.demo import award_story, cohort_story, desk_story, mentoring_story, story
from workflow.auditing.assignments import give_assignment
from workflow.database import Database
from workflow.demo.cast import Cast, NoCast, Player, choose, initialling
from workflow.demo.desks import Desks, choose_desks
from workflow.demo.honours import Honours, choose_honours
from workflow.demo.pair import Pair, choose_pair
from workflow.demo.troupe import Troupe, choose_troupe
from workflow.engine.engine import Engine
from workflow.imports import ImportReport, import_agreements, import_budgets, import_partners, import_staff
from workflow.letters.profile import SHIPPED_PROFILE, load_profile
from workflow.migrations import migrate
from workflow.office import Office
from workflow.people import SCOPES, issue_key, setup_agency
from workflow.registry import Registry

SAMPLE = Path(__file__).resolve().parents[2] / "tests" / "sample"

#: Name of the file without its ending, what it holds, how it is imported.
FILES: tuple[tuple[str, str, Callable[..., ImportReport]], ...] = (
    ("pegawai", "pegawai", import_staff),
    ("mitra", "mitra", import_partners),
    ("kerja-sama", "kerja sama", import_agreements),
    ("anggaran", "mata anggaran", import_budgets),
)


@dataclass(frozen=True)
class Prepared:
    """What the walk needs of the prepared office."""

    cast: Cast
    troupe: Troupe
    pair: Pair
    honours: Honours
    desks: Desks
    #: Those who initial letters and have no other part.
    initiallers: tuple[Player, ...]
    keys: dict[str, str]
    zone: str
    agency: str


def prepare(address: str, data: Path | None, policies: Path | None, tell: Callable[[str], None]) -> Prepared:
    """Fill an empty database. Raises Problem where the data does not do, ProfileError, PolicyError."""
    given = data or SAMPLE
    profile_file = given / "profil.toml" if (given / "profil.toml").exists() else SHIPPED_PROFILE
    profile = load_profile(profile_file)
    at = story.instant(story.FIRST_DAY, 7, 0, profile.zone)
    database = Database.open(address)
    try:
        migrate(database)
        setup = profile_file.read_text(encoding="utf-8")
        for name, what, work in FILES:
            _import(database, work, _file(given, name, tell), what, at, tell)
        for says in database.write(setup_agency, setup, at, folder=profile_file.parent):
            tell(f"  Catatan: {says}")
        tell(f"  Instansi: {profile.agency}; kepala daerah {profile.regent.name}, {profile.regent.title}.")
        if data is not None and profile_file == SHIPPED_PROFILE:
            tell("  Profil, kepala daerah, dan kelompok kerja memakai bawaan (templates/profiles/kemuning.toml).")
        office = database.read(Office.load, policies)
        engine = Engine(Registry.discover(), office)
        cast = database.write(choose, engine, story.request(), at)
        troupe = database.write(choose_troupe, engine, cohort_story.longest_request(), cast, at)
        later = story.instant(mentoring_story.PROPOSED_ON, 9, 0, profile.zone)
        went = cohort_story.who_went(troupe)
        pair = database.write(choose_pair, engine, mentoring_story.proposal(), cast, went, later)
        honours = _honours(database, office, cast, troupe, pair)
        asked, proposed = (story.request(), at), (mentoring_story.proposal(), later)
        desks = database.write(choose_desks, engine, cast, troupe, pair, asked, proposed)
        for auditor in desks.auditors:
            _assigned(database, auditor, at)
        players = (*cast.players, *troupe.players, *pair.players, *honours.players, *desks.players)
        everyone = {player.id for player in players}
        others = database.read(initialling, office, everyone)
        everyone |= {player.id for player in others}
        keys = {person: database.write(issue_key, person, "Peragaan", SCOPES, at) for person in sorted(everyone)}
    finally:
        database.close()
    return Prepared(cast, troupe, pair, honours, desks, others, keys, profile.zone, profile.agency)


def _assigned(database: Database, auditor: Player, at: datetime) -> None:
    """Let an auditor look, as the command line does for a letter of assignment."""
    number, signed_on, until = desk_story.ASSIGNMENT_NUMBER, desk_story.ASSIGNMENT_ON, desk_story.EXAMINED_UNTIL
    about = desk_story.ASSIGNMENT_ABOUT
    database.write(give_assignment, auditor.id, number, signed_on, about, signed_on, until, None, at)


def _honours(database: Database, office: Office, cast: Cast, troupe: Troupe, pair: Pair) -> Honours:
    """Those who are honoured, first of whom everybody has seen at work before."""
    there = {cast.participant.id, *cohort_story.who_went(troupe), troupe.substitute.id}
    first = (cast.participant.id, pair.mentee.id, pair.mentor.id)
    went = [
        person
        for person in dict.fromkeys((*first, *(goer.id for goer in (*troupe.goers, troupe.substitute))))
        if person in there
    ]
    others = {troupe.completer.id, cast.second.id, cast.second_supervisor.id}
    return database.read(choose_honours, office, cast, went, others, award_story.LISTED_ON, award_story.CEILING)


def _file(folder: Path, name: str, tell: Callable[[str], None]) -> Path:
    """A file of the folder given, as CSV or XLSX; the sample's where it has none."""
    for ending in (".csv", ".xlsx"):
        if (folder / f"{name}{ending}").exists():
            return folder / f"{name}{ending}"
    if name == "pegawai":
        raise NoCast(f"Folder {folder} tidak berisi pegawai.csv atau pegawai.xlsx.")
    tell(f"  {folder} tidak berisi {name}.csv; dipakai contoh bawaan (tests/sample).")
    return SAMPLE / f"{name}.csv"


def _import(
    database: Database,
    work: Callable[..., ImportReport],
    file: Path,
    what: str,
    at: datetime,
    tell: Callable[[str], None],
) -> None:
    report = database.write(work, file.read_bytes(), file.name, at=at, on=story.FIRST_DAY, skip_rejected=True)
    tell(f"  {report.accepted} {what} diimpor dari {file.name}{_rejected(report)}.")


def _rejected(report: ImportReport) -> str:
    if not report.rejected:
        return ""
    first = report.rejected[0]
    return f"; {len(report.rejected)} penolakan, yang pertama baris {first.row} kolom {first.column}: {first.reason}"
