"""All pages; those that only a demo has aside."""

from __future__ import annotations

from typing import Any, Final

from api.pages import (
    account,
    agency,
    awards,
    calendar,
    case,
    cohort,
    cohort_answers,
    data_policy,
    deliveries,
    draft,
    examination,
    health,
    hours,
    identity,
    inbox,
    language,
    letter,
    letters,
    links,
    manage,
    mentoring,
    partner,
    people_fields,
    process,
    request,
    rounds,
    several,
    sign_in,
    step,
    trail,
    unit_desk,
)

ROUTES: Final[tuple[Any, ...]] = (
    *(*sign_in.ROUTES, *identity.ROUTES, *account.ROUTES),
    *(*inbox.ROUTES, *several.ROUTES, *case.ROUTES, *step.ROUTES),
    *(*letter.ROUTES, *letters.ROUTES),
    *(*request.ROUTES, *draft.ROUTES, *people_fields.ROUTES),
    *manage.ROUTES,
    *(*mentoring.ROUTES, *calendar.ROUTES, *hours.ROUTES),
    *agency.ROUTES,
    *links.ROUTES,
    *partner.ROUTES,
    *(*process.ROUTES, *unit_desk.ROUTES, *examination.ROUTES, *health.ROUTES, *deliveries.ROUTES),
    *(*cohort.ROUTES, *cohort_answers.ROUTES, *rounds.ROUTES, *trail.ROUTES, *awards.ROUTES),
    *(data_policy.show, *language.ROUTES),
)
