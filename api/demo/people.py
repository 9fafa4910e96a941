"""Whom the demo lets anybody be, written where its server finds it."""

from __future__ import annotations

from typing import Final

from api.demo.preparation import Prepared
from workflow.demo.playbill import playbill, written

#: In the demo's folder.
PEOPLE: Final = "people.json"


def people(office: Prepared) -> bytes:
    """Everyone who plays, by chapter, as a file."""
    chapters = (
        ("Magang seorang pegawai", office.cast.players),
        (f"Magang bersama: {office.troupe.unit_name}", office.troupe.players),
        (f"Mentoring di {office.pair.unit_name}", office.pair.players),
        ("Penghargaan", office.honours.players),
        ("Paraf surat", office.initiallers),
    )
    return written(playbill(chapters))
