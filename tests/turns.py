"""Those who come into an internship where it leaves the straight road, in the office of ``world.py``, and their papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, update

from tests.cohorts import LETTER, make_officer
from tests.world import World
from workflow.ids import new_id
from workflow.tables import cohort_cases, cohorts, files, people, places
from workflow.verification import verify

#: The personnel officer of the hospital, and the one of another unit.
OFFICER, OTHER_OFFICER = "clerk_9", "stranger"
EMAIL = "bimo@rsprov.example"


def make_officers(world: World) -> None:
    """Both personnel officers."""
    make_officer(world, OFFICER)
    make_officer(world, OTHER_OFFICER, "DINKES")


def make_guide(world: World, name: str = "guide", email: str = EMAIL, partner: str = "RSPROV") -> None:
    """Somebody of the host, known here by an address, who may be appointed to guide."""
    world.ids = {**world.ids, name: new_id(world.at)}
    row = {"id": world.ids[name], "kind": "guide", "name": name.title(), "email": email, "partner_id": partner}
    world.database.write(lambda conn: conn.execute(insert(people).values(**row)))


def paper(world: World, who: str, **changes: Any) -> dict[str, Any]:
    """The host's letter with its scan, as somebody puts it on record."""
    return {**LETTER, "scan": world.file(who, "balasan.pdf"), **changes}


def retyped(world: World, file_id: str, media_type: str) -> str:
    """An uploaded file turns out to be of another kind. Answers its id."""
    here = files.c.id == file_id
    world.database.write(lambda conn: conn.execute(update(files).where(here).values(media_type=media_type)))
    return file_id


def limit_places(
    world: World, number: int, section: str = "Instalasi Rawat Intensif", host: str = "partner:RSPROV"
) -> None:
    """A host says how many it takes at once in a section."""
    row = {"host": host, "section": section, "number": number}
    world.database.write(lambda conn: conn.execute(insert(places).values(**row)))


def found(world: World) -> list[str]:
    """What a check of everything finds."""
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    return [finding.says for part in checked for finding in part.findings]


def extension(until: str = "2026-04-24", **more: Any) -> dict[str, Any]:
    """A request for a longer period."""
    return {"new_ends_on": until, "reason": "Dua kompetensi belum tuntas.", **more}


def asked_by(who: str = "nurse", until: date | str = "2026-04-24", **more: Any) -> Any:
    """Somebody asks for a longer period."""
    return lambda world, case: world.fire(case, "request_extension", who, extension(str(until), **more))


def go_along(world: World, case: str, who: str) -> None:
    """A draft of somebody stands in one cohort with a case."""
    draft, cohort = world.open(who), new_id(world.at)
    row = {"id": cohort, "process": "internship", "title": "Rombongan", "form": "{}", "opened_by": world.ids[who]}

    def gather(conn: Connection) -> None:
        conn.execute(insert(cohorts).values(**row, opened_at=world.at))
        for position, each in enumerate((case, draft), start=1):
            place = {"cohort_id": cohort, "case_id": each, "position": position, "joined_at": world.at}
            conn.execute(insert(cohort_cases).values(place))

    world.database.write(gather)
