"""How cases stand, and the agreements with partners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Connection, select

from policies.dates import written
from policies.parameters import Law
from policies.report import AGREEMENT_NOTICE_DAYS
from workflow.reports.parts import Cell, Row, Section
from workflow.reports.reading import Kind, Window, alive
from workflow.tables import agreements, cases, partners


def by_state(conn: Connection, found: Mapping[str, Kind], window: Window) -> Section:
    """Cases that were open on some day of the window, by the state that they are in when it is counted."""
    ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    statement = select(cases.c.id.label("key"), cases.c.process, cases.c.state)
    for row in alive(conn, statement, window, found):
        ids[row.process, row.state].append(row.key)
    rows = tuple(
        Row(
            code=f"{name}.{state.name}",
            title=f"{kind.process.title}: {state.title}",
            cells=(Cell(value=len(ids[name, state.name]), cases=tuple(sorted(ids[name, state.name]))),),
        )
        for name, kind in sorted(found.items())
        for state in kind.process.states
        if (name, state.name) in ids
    )
    everything = tuple(sorted(case_id for each in ids.values() for case_id in each))
    return Section(
        code="state",
        title="Berkas menurut status",
        heading="Status",
        says="Berkas yang terbuka sekurang-kurangnya satu hari dalam kurun laporan, menurut statusnya pada hari angka dihitung.",
        measures=("Berkas",),
        rows=rows,
        total=Row(code="total", title="Jumlah", cells=(Cell(value=len(everything), cases=everything),)),
    )


def agreed(conn: Connection, law: Law, window: Window) -> Section:
    """Agreements in force at the end of the window, and those among them that end soon."""
    days = law[AGREEMENT_NOTICE_DAYS].value
    rows = conn.execute(
        select(agreements, partners.c.name.label("partner"))
        .join_from(agreements, partners, partners.c.id == agreements.c.partner_id)
        .where(agreements.c.from_on <= window.last, agreements.c.until_on >= window.last)
        .order_by(agreements.c.until_on, partners.c.name, agreements.c.our_number)
    ).all()
    ending = [row for row in rows if row.until_on <= window.last + timedelta(days=days)]
    return Section(
        code="agreements",
        title="Kerja sama",
        heading="Uraian",
        says=f"Naskah kerja sama dengan mitra menurut keadaan pada {written(window.last)}.",
        measures=("Naskah",),
        rows=(
            Row(code="in_force", title="Berlaku", cells=(Cell(value=len(rows)),)),
            Row(
                code="ending",
                title=f"Berakhir dalam {days} hari sesudahnya",
                cells=(Cell(value=len(ending)),),
                notes=tuple(
                    f"{row.partner}: {row.kind} Nomor {row.our_number}, sampai dengan {written(row.until_on)}"
                    for row in ending
                ),
            ),
        ),
    )
