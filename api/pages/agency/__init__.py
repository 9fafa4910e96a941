"""What BKPSDM keeps of the agency: people, accounts, groups, keys, authority lent, days away, partners, budgets, imports, holds."""

from __future__ import annotations

from typing import Any, Final

from api.pages.agency import absences, budget, groups, imports, keeping, keys, mandates, partners, people, webhooks

ROUTES: Final[tuple[Any, ...]] = (
    *(*people.ROUTES, *groups.ROUTES, *keys.ROUTES, *webhooks.ROUTES),
    *(*mandates.ROUTES, *absences.ROUTES),
    *(*imports.ROUTES, *partners.ROUTES, *budget.ROUTES, *keeping.ROUTES),
)
