"""Imports of what the agency's other systems export: staff, partners, agreements, budgets, places at hosts.

What is only form is forgiven; what is wrong is rejected with row, column, value and reason; nothing is half written.
"""

from workflow.imports.agreements import import_agreements
from workflow.imports.budgets import import_budgets
from workflow.imports.enrolment import import_staff
from workflow.imports.partners import import_partners, name_contact
from workflow.imports.places import import_places
from workflow.imports.report import ImportReport, Missing, Rejection, Touched, UnreadableSheet

__all__ = [
    "ImportReport",
    "Missing",
    "Rejection",
    "Touched",
    "UnreadableSheet",
    "import_agreements",
    "import_budgets",
    "import_partners",
    "import_places",
    "import_staff",
    "name_contact",
]
