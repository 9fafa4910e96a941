"""Participants and JP, in all and by what they are: each line is counted once in every breakdown, and once in the total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from policies.credit import ACTIVITIES
from workflow.reports.parts import UNKNOWN, Cell, Row, Section
from workflow.reports.reading import Kind, Line

PARTICIPANTS, HOURS = "Peserta", "JP"

_SEXES = {"L": "Laki-laki", "P": "Perempuan"}

#: What makes a line belong to a row: the row's code and title. An empty code is what is not known.
Named = tuple[str, str]


@dataclass
class Tally:
    """What has been counted for one row so far."""

    title: str = ""
    participants: list[str] = field(default_factory=list)
    hours: int = 0
    credited: set[str] = field(default_factory=set)

    def add(self, line: Line, *, ran: bool) -> None:
        """Count a case that ran, or hours that were credited."""
        if ran:
            self.participants.append(line.case_id)
        else:
            self.hours += line.hours
            self.credited.add(line.case_id)

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """Participants and JP."""
        return (
            Cell(value=len(self.participants), cases=tuple(sorted(self.participants))),
            Cell(value=self.hours, cases=tuple(sorted(self.credited))),
        )


@dataclass(frozen=True)
class Breakdown:
    """One way to divide them."""

    code: str
    title: str
    heading: str
    says: str
    of: Callable[[Line], Named]


def _known(value: str | None, title: str | None = None) -> Named:
    return (value, title or value) if value else ("", UNKNOWN)


def breakdowns(found: Mapping[str, Kind]) -> tuple[Breakdown, ...]:
    """Every way in which a report divides participants and JP."""

    def kind(line: Line) -> Named:
        row, process = ACTIVITIES.get(line.activity), found.get(line.process)
        name = f"{row.name} ({row.code})" if row else line.activity
        title = f"{name}: {process.process.title}" if process else name
        return f"{line.process}.{line.activity}", title

    return (
        Breakdown(
            "kind",
            "Menurut bentuk kegiatan",
            "Bentuk kegiatan",
            "Bentuk kegiatan menurut tabel konversi JP, beserta prosesnya.",
            kind,
        ),
        Breakdown(
            "unit",
            "Menurut perangkat daerah",
            "Perangkat daerah",
            "Perangkat daerah tempat pegawai bertugas pada saat berkasnya dibuka.",
            lambda line: _known(line.unit_id, line.unit),
        ),
        Breakdown(
            "post_kind",
            "Menurut jenis jabatan",
            "Jenis jabatan",
            "Jenis jabatan menurut data pegawai pada hari angka dihitung.",
            lambda line: _known(line.post_kind),
        ),
        Breakdown(
            "asn_kind",
            "Menurut jenis ASN",
            "Jenis ASN",
            "PNS atau PPPK menurut data pegawai pada hari angka dihitung.",
            lambda line: _known(line.asn_kind),
        ),
        Breakdown(
            "sex",
            "Menurut jenis kelamin",
            "Jenis kelamin",
            "Jenis kelamin menurut data pegawai pada hari angka dihitung.",
            lambda line: _known(line.sex, _SEXES.get(line.sex or "")),
        ),
    )


@dataclass
class Counted:
    """The lines of a window, added up."""

    by: tuple[Breakdown, ...]
    total: Tally = field(default_factory=lambda: Tally("Jumlah"))
    rows: dict[str, dict[str, Tally]] = field(default_factory=dict)
    participants: set[str] = field(default_factory=set)
    credited: set[str] = field(default_factory=set)

    def add(self, lines: Iterable[Line], *, ran: bool) -> None:
        """Count lines of one sort."""
        people = self.participants if ran else self.credited
        for line in lines:
            people.add(line.person_id)
            self.total.add(line, ran=ran)
            for breakdown in self.by:
                code, title = breakdown.of(line)
                tallies = self.rows.setdefault(breakdown.code, {})
                tallies.setdefault(code, Tally(title)).add(line, ran=ran)

    def sections(self) -> tuple[Section, ...]:
        """The summary, and one section for each breakdown."""
        return (self._summary(), *(self._section(breakdown) for breakdown in self.by))

    def kinds(self) -> tuple[Row, ...]:
        """The rows by kind of activity, which do not change when a person's post does."""
        return self._section(self.by[0]).rows

    def _section(self, breakdown: Breakdown) -> Section:
        tallies = self.rows.get(breakdown.code, {})
        order = sorted(tallies, key=lambda code: (not code, tallies[code].title, code))
        return Section(
            code=breakdown.code,
            title=breakdown.title,
            heading=breakdown.heading,
            says=breakdown.says,
            measures=(PARTICIPANTS, HOURS),
            rows=tuple(
                Row(code=code or "unknown", title=tallies[code].title, cells=tallies[code].cells) for code in order
            ),
            total=Row(code="total", title=self.total.title, cells=self.total.cells),
        )

    def _summary(self) -> Section:
        ran, credited = self.total.cells
        rows = (
            ("participants", PARTICIPANTS, ran),
            ("people", "Pegawai yang menjadi peserta", Cell(value=len(self.participants), cases=ran.cases)),
            ("hours", "JP yang dicatat", credited),
            ("credited", "Pegawai yang memperoleh JP", Cell(value=len(self.credited), cases=credited.cases)),
        )
        return Section(
            code="summary",
            title="Ringkasan",
            heading="Uraian",
            says="Peserta adalah pegawai yang kegiatannya sudah dimulai dan berlangsung sekurang-kurangnya satu hari dalam "
            "kurun laporan; yang mengikuti dua kegiatan dihitung dua kali sebagai peserta dan satu kali sebagai pegawai. "
            "JP dihitung pada hari pencatatannya.",
            measures=("Jumlah",),
            rows=tuple(Row(code=code, title=title, cells=(cell,)) for code, title, cell in rows),
        )
