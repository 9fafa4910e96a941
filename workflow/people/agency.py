"""The agency's profile in the database, and what follows from it: the regent and the groups."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from workflow.letters.profile import Profile, profile_from_text
from workflow.people.choice import default_groups
from workflow.people.regent import set_regent
from workflow.tables import agency, units

_EMBLEM = re.compile(r"""^emblem\s*=\s*("[^"\n]*"|'[^'\n]*')""", re.MULTILINE)
_TABLE = re.compile(r"^([ \t]*\[[^\]\n]*\])", re.MULTILINE)


def setup_agency(conn: Connection, profile_text: str, at: datetime, *, folder: Path | None = None) -> tuple[str, ...]:
    """Stores the profile, names the regent and fills the groups that are empty; again after an import it adds the rest.

    ``folder`` is where the emblem lies that the profile names. Answers, in Indonesian, what could not be done yet.
    Raises ProfileError.
    """
    profile = profile_from_text(profile_text, folder=folder)
    stored = _with_emblem_inside(profile_text, profile)
    known = conn.execute(select(agency.c.profile)).first()
    if known is None:
        conn.execute(insert(agency).values(id=1, profile=stored, set_at=at))
    elif known.profile != stored:
        conn.execute(update(agency).values(profile=stored, set_at=at))
    set_regent(conn, profile.regent.name, profile.regent.title, at, secretariat=profile.secretariat)
    codes = set(conn.execute(select(units.c.id)).scalars())
    if not codes:
        return ("Belum ada data pegawai: kelompok kerja diisi setelah impor.",)
    remarks = [
        f"Unit {code} yang disebut profil ({key}) tidak ada dalam data pegawai."
        for key, code in (("personnel_unit", profile.personnel_unit), ("secretariat", profile.secretariat))
        if code not in codes
    ]
    return (*remarks, *default_groups(conn, profile))


def stored_profile(conn: Connection) -> Profile | None:
    """The profile as it was last set, or None before the agency is set up."""
    row = conn.execute(select(agency.c.profile)).first()
    return profile_from_text(row.profile, file="profil tersimpan") if row else None


def _with_emblem_inside(text: str, profile: Profile) -> str:
    """The profile's text with the pictures themselves in place of their file names, so that a database is enough.

    The agency's stands before the first table, the regent's own in theirs.
    """
    pictures = {"": profile.emblem, "regent": profile.regent.emblem}
    parts = _TABLE.split(text)  # the text before the first table, then each heading with what follows it
    for at in range(0, len(parts), 2):
        picture = pictures.get(parts[at - 1].strip("[] \t") if at else "")
        if picture:
            parts[at] = _EMBLEM.sub(f'emblem = "{picture}"', parts[at], count=1)
    return "".join(parts)
