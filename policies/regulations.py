"""Each legal instrument once: its short name, its full title, and since when it is in force.

A citation is a short name, alone or followed by the place in the text: ``PP 11/2017 Pasal 203 ayat (4)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from policies.files import Table, layers
from policies.nip import Kind

FILE = "regulations.toml"

_KEYS = ("title", "about", "applies_to", "since", "revoked", "revoked_by")
_EXAMPLE = '["Perbup 7/2026"] dengan title dan about'


class UnknownInstrument(LookupError):
    """A citation that begins with no instrument of regulations.toml; add the instrument there, or mend the citation."""


@dataclass(frozen=True)
class Instrument:
    """A law, a regulation, a decree or a circular. ``since`` and ``revoked`` are None where they are not recorded.

    ``applies_to``: the kinds of civil servant that it is about; empty where it is about all of them, or about no person.
    """

    name: str
    title: str
    about: str
    since: date | None = None
    revoked: date | None = None
    revoked_by: str | None = None
    applies_to: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Regulations:
    """All instruments by short name: the shipped ones, an agency's own laid over them."""

    instruments: Mapping[str, Instrument]

    @classmethod
    def load(cls, overlay: Path | None = None) -> Regulations:
        """Read the shipped instruments and then the agency's. Raises PolicyError for the first thing that is wrong."""
        instruments: dict[str, Instrument] = {}
        for file, tables in layers(overlay, FILE):
            instruments |= {name: _instrument(file, name, table) for name, table in tables.items()}
        return cls(instruments)

    def find(self, citation: str) -> Instrument | None:
        """The instrument that a citation begins with, by whole words."""
        words = citation.split()
        names = (" ".join(words[:length]) for length in range(len(words), 0, -1))
        return next((self.instruments[name] for name in names if name in self.instruments), None)

    def full_title(self, citation: str) -> str:
        """The full Indonesian title of the instrument cited. Raises UnknownInstrument."""
        instrument = self.find(citation)
        if instrument is None:
            raise UnknownInstrument(f"{citation}: {UNKNOWN}")
        return instrument.title

    def fitting(self, citations: Iterable[str], kinds: Iterable[Kind | str | None]) -> tuple[str, ...]:
        """Those of the citations that apply to somebody of these kinds, in their order.

        An instrument that names no kind applies to all. A person whose kind is not recorded (None) may be of any.
        """
        asked = set(kinds)
        if None in asked or not asked:
            return tuple(citations)
        found = ((citation, self.find(citation)) for citation in citations)
        return tuple(
            citation
            for citation, instrument in found
            if instrument is None or not instrument.applies_to or asked & set(instrument.applies_to)
        )

    def cited(self, table: Table) -> str:
        """The ``by`` of a table. Raises PolicyError where it is blank or begins with no known instrument."""
        citation = table.text("by")
        if self.find(citation) is None:
            raise table.wrong(f"by {citation!r} {UNKNOWN}")
        return citation


UNKNOWN = f"tidak diawali nama singkat peraturan yang dikenal; periksa ejaannya atau tambahkan peraturannya di {FILE}"


def _instrument(file: Path, name: str, content: Any) -> Instrument:
    table = Table.of(file, name, content, _KEYS, _EXAMPLE)
    if name != " ".join(name.split()) or not name:
        raise table.wrong("nama singkat peraturan tidak boleh kosong atau berisi spasi ganda")
    since, revoked = (table.day(key) if key in table.content else None for key in ("since", "revoked"))
    if since and revoked and revoked <= since:
        raise table.wrong("revoked harus sesudah since")
    revoked_by = table.text("revoked_by") if "revoked_by" in table.content else None
    if revoked_by and not revoked:
        raise table.wrong("revoked_by memerlukan tanggal revoked")
    return Instrument(name, table.text("title"), table.text("about"), since, revoked, revoked_by, _kinds(table))


def _kinds(table: Table) -> tuple[Kind, ...]:
    """Whom an instrument is about. Raises PolicyError for a kind that does not exist, and for a list that names nobody."""
    listed = table.content.get("applies_to")
    if listed is None:
        return ()
    known = [str(kind) for kind in Kind]
    if not isinstance(listed, list) or not listed or any(each not in known for each in listed):
        raise table.wrong(f'applies_to harus berupa daftar yang berisi {" atau ".join(known)}, misalnya ["PNS"]')
    return tuple(Kind(each) for each in dict.fromkeys(listed))
