"""People and what they may be asked for: posts, groups, mandates, keys, and the agency they serve."""

from workflow.people.absences import record_absence
from workflow.people.agency import setup_agency, stored_profile
from workflow.people.choice import default_groups
from workflow.people.groups import GROUPS, PER_UNIT, add_to_group, members, remove_from_group
from workflow.people.keys import SCOPES, issue_key, revoke_key
from workflow.people.mandates import (
    MANDATES,
    By,
    Terms,
    Today,
    accept_mandate,
    lapse_mandates,
    propose_mandate,
    refuse_mandate,
    revoke_mandate,
    tell_of_silence,
)
from workflow.people.person import (
    PeopleError,
    Person,
    UnknownPerson,
    find_person,
    leave,
    rejoin,
    vacate_due,
)
from workflow.people.regent import set_regent
from workflow.people.tenures import Tenure, holder_on, note_holders

__all__ = [
    "GROUPS",
    "MANDATES",
    "PER_UNIT",
    "SCOPES",
    "By",
    "PeopleError",
    "Person",
    "Tenure",
    "Terms",
    "Today",
    "UnknownPerson",
    "accept_mandate",
    "add_to_group",
    "default_groups",
    "find_person",
    "holder_on",
    "issue_key",
    "lapse_mandates",
    "leave",
    "members",
    "note_holders",
    "propose_mandate",
    "record_absence",
    "refuse_mandate",
    "rejoin",
    "remove_from_group",
    "revoke_key",
    "revoke_mandate",
    "set_regent",
    "setup_agency",
    "stored_profile",
    "tell_of_silence",
    "vacate_due",
]
