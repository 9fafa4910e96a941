"""Which personal data is kept, why, how long, by which law, and whom to ask about it. For anybody, without a session."""

from __future__ import annotations

from litestar import Response, get

from api.pages.entrance import WebRequest, desk_of
from api.pages.rendering import page
from policies.accounts import IDLE_MINUTES, SESSION_MINUTES
from policies.parameters import Law
from policies.retention import BASIS, YEARS, years_kept
from workflow.accounts.attempts import FORGOTTEN
from workflow.accounts.sessions import KEPT

#: The laws that the page cites, by their short names.
PERSONAL_DATA, ARCHIVES = "UU 27/2022", "UU 43/2009"


@get("/kebijakan-data", include_in_schema=False)
async def show(request: WebRequest) -> Response[str]:
    """Only what the product really does. Raises NotMigrated, NotSetUp."""
    desk = desk_of(request)
    office = (await desk.database.look(desk.engine)).office
    law, known = office.policies.on(office.day(desk.clock.now())), office.policies.regulations.instruments
    unit = office.profile.units.get(office.profile.personnel_unit)
    return page(
        request,
        "data_policy.html",
        unit=office.profile.personnel_unit,
        contact=[part for part in (unit.address, unit.phone, unit.email) if part] if unit else [],
        personal_data=known[PERSONAL_DATA],
        archives=known[ARCHIVES],
        kept_years=_years(law),
        erased_by=BASIS,
        idle=law[IDLE_MINUTES].value,
        longest=law[SESSION_MINUTES].value,
        kept_days=KEPT.days,
        forgotten_hours=int(FORGOTTEN.total_seconds()) // 3600,
    )


def _years(law: Law) -> str:
    """After how many years what a closed case says may be erased; from the fewest to the most, by what it is about."""
    found = sorted({kept.value for process in YEARS if (kept := years_kept(process, law))})
    return "–".join(map(str, dict.fromkeys((found[0], found[-1])))) if found else ""
