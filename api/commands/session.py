"""What every command starts from: the database that the environment names, and the hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from api.commands.errors import NotReady
from api.settings import database_address, policies_folder
from workflow import directory
from workflow.callers import Caller
from workflow.database import Database
from workflow.engine.affected import affected_cases
from workflow.engine.engine import Engine
from workflow.engine.sweep import reseat_cases, waiting_cases
from workflow.imports import Touched
from workflow.migrations import current_revision, migrate, needs_migration
from workflow.office import Office
from workflow.registry import Registry


def now() -> datetime:
    """The hour. Nobody below the face asks a clock: it is handed down from here."""
    return datetime.now(UTC)


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)


def remark(text: str) -> None:
    """Print a line beside the answer, on standard error."""
    click.echo(text, err=True)


@dataclass
class Session:
    """One command at work on one database."""

    database: Database
    at: datetime

    @cached_property
    def office(self) -> Office:
        """The agency. Raises NotSetUp, or PolicyError for a malformed policy."""
        return self.database.read(Office.load, policies_folder())

    @cached_property
    def registry(self) -> Registry:
        """The processes. Raises DefinitionError."""
        return Registry.discover()

    @cached_property
    def engine(self) -> Engine:
        """The engine of this agency."""
        return Engine(self.registry, self.office)

    @property
    def today(self) -> date:
        """The date at the agency, also before it is set up."""
        zone = self.database.read(directory.zone)
        return self.at.astimezone(ZoneInfo(zone)).date()

    def reseat(self, touched: Touched | None = None) -> None:
        """Work out anew who waits for what, after something about people has changed. ``touched``: only where that matters."""
        waiting = (
            self.database.read(waiting_cases)
            if touched is None
            else self.database.read(affected_cases, self.engine, touched)
        )
        held_up: list[str] = []
        changed = reseat_cases(self.database, self.engine, waiting, self.at, held_up)
        if changed:
            remark(f"Tugas pada {changed} berkas disesuaikan.")
        for note in held_up:
            remark(f"Belum dapat disesuaikan, dicoba lagi pada penyapuan harian: {note}")


def caller_named(here: Session, text: str) -> Caller:
    """Whoever a command is given for, as the views and the engine know them. Raises UnknownPerson."""
    person = here.database.read(directory.person_named, text)
    return Caller(
        key_id="",
        person_id=person.id,
        name=person.full_name,
        kind=person.kind,
        partner_id=person.partner_id,
        scopes=frozenset(),
        used_on=None,
        on=here.today,
    )


@contextmanager
def session(*, create: bool = False) -> Iterator[Session]:
    """Work on the database, and close it whatever comes. ``create``: an empty one is made ready first.

    Raises NotReady where there is none or it is behind, DatabaseUnavailable where it cannot be opened.
    """
    address = database_address()
    database = Database.open(address)
    try:
        if not create and _is_missing(address):
            raise NotReady(
                f"Basis data {address} belum ada. Buatlah dengan `jenjang migrate`, atau sebutkan yang ada dengan "
                "JENJANG_DATABASE."
            )
        _require_tables(database, create=create)
        yield Session(database, now())
    finally:
        database.close()


def _is_missing(address: str) -> bool:
    kind, _, path = address.partition(":///")
    return kind.startswith("sqlite") and not Path(path).exists()


def _require_tables(database: Database, *, create: bool) -> None:
    if not needs_migration(database):
        return
    if current_revision(database) is not None:
        raise NotReady(f"Basis data {database.address} belum sesuai dengan program ini. Jalankan: jenjang migrate")
    if not create:
        raise NotReady(f"Basis data {database.address} masih kosong. Jalankan: jenjang migrate")
    migrate(database)
    remark(f"Basis data baru disiapkan: {database.address}")
