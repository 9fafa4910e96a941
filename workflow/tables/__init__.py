"""The tables. Generic, so that a new process needs none of its own; people, roles, states, dates, money and hours are real columns.

Ids are UUIDv7 as text, units and partners keep the agency's own code. Instants are aware and stored in UTC. Documents (forms,
bodies, payloads) are JSON text, because what is hashed must come back byte for byte.
"""

from workflow.tables.agency import (
    absences,
    agency,
    agreements,
    api_keys,
    group_members,
    mandates,
    partners,
    people,
    performances,
    places,
    positions,
    sanctions,
    units,
)
from workflow.tables.audits import assignments, views
from workflow.tables.books import budgets, closed_years, credits, occupations, outward_records, postings
from workflow.tables.cases import (
    cases,
    cohort_cases,
    cohorts,
    deadlines,
    effects,
    entries,
    events,
    file_cases,
    files,
    idempotency,
    participants,
    tasks,
)
from workflow.tables.letters import incoming, incoming_cases, letter_cases, letters, registers
from workflow.tables.schema import Instant, metadata

__all__ = [
    "Instant",
    "absences",
    "agency",
    "agreements",
    "api_keys",
    "assignments",
    "budgets",
    "cases",
    "closed_years",
    "cohort_cases",
    "cohorts",
    "credits",
    "deadlines",
    "effects",
    "entries",
    "events",
    "file_cases",
    "files",
    "group_members",
    "idempotency",
    "incoming",
    "incoming_cases",
    "letter_cases",
    "letters",
    "mandates",
    "metadata",
    "occupations",
    "outward_records",
    "participants",
    "partners",
    "people",
    "performances",
    "places",
    "positions",
    "postings",
    "registers",
    "sanctions",
    "tasks",
    "units",
    "views",
]
