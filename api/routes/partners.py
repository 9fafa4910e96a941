"""Partners, and who answers for them, for BKPSDM; and the end of a budget year."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from api.desk import Visit
from api.openapi import needs, problems
from api.routes.groups import reseat_all
from policies.files import EARLIEST_YEAR, LATEST_YEAR
from workflow.views import budget_years, partners
from workflow.views.budget_years import BudgetYear
from workflow.views.partners import ContactForm, ContactNamed, PartnerList, PartnerPage

Search = Annotated[str, QueryParameter(description="Bagian kode, nama, kota, atau narahubungnya", max_length=100)]


class CloseYear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The budget year to close."""

    year: Annotated[int, Meta(ge=EARLIEST_YEAR, le=LATEST_YEAR)]


@get(
    "/partners",
    operation_id="listPartners",
    security=needs("read"),
    tags=["Mitra"],
    summary="Mitra, kerja samanya (yang akan berakhir lebih dahulu), narahubung, dan tempat; bagi BKPSDM",
    responses=problems(404),
)
async def list_partners(visit: NamedDependency[Visit], search: Search = "") -> PartnerList:
    """The partners."""
    return await visit.look("read", partners.partner_list, search)


@get(
    "/partners/{partner_id:str}",
    operation_id="getPartner",
    security=needs("read"),
    tags=["Mitra"],
    summary="Satu mitra; bagi BKPSDM",
    responses=problems(404),
)
async def get_partner(visit: NamedDependency[Visit], partner_id: FromPath[str]) -> PartnerPage:
    """A partner."""
    return await visit.look("read", partners.partner_page, partner_id)


@post(
    "/partners/{partner_id:str}/contact",
    operation_id="setPartnerContact",
    security=needs("act"),
    tags=["Mitra"],
    summary="Ubah narahubung mitra; nama lain berarti orang lain, dan yang lama tercatat keluar",
    status_code=200,
    responses=problems(400, 404, 413, 415, 422, 507),
)
async def set_contact(
    visit: NamedDependency[Visit], partner_id: FromPath[str], data: JSONBody[ContactForm]
) -> ContactNamed:
    """Say who answers for a partner."""
    return await contact_set(visit, partner_id, data)


async def contact_set(visit: Visit, partner_id: str, form: ContactForm) -> ContactNamed:
    """A partner's contact is named, and the inboxes follow. Raises Problem."""
    done = await visit.run("act", partners.set_contact, partner_id, form)
    await reseat_all(visit)
    return done


@post(
    "/budgets/close",
    operation_id="closeBudgetYear",
    security=needs("act"),
    tags=["Anggaran"],
    summary="Tutup tahun anggaran setelah setiap janjinya diputuskan; oleh pengelola anggaran",
    status_code=200,
    responses=problems(400, 404, 409, 413, 415, 422, 507),
)
async def close_year(visit: NamedDependency[Visit], data: JSONBody[CloseYear]) -> BudgetYear:
    """Close a year."""
    return await visit.run("act", budget_years.close_budget_year, data.year)


ROUTES = (list_partners, get_partner, set_contact, close_year)
