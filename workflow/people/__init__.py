"""People and what they may be asked for: posts, groups, mandates, keys, and the agency they serve."""

from workflow.people.agency import setup_agency, stored_profile
from workflow.people.choice import default_groups
from workflow.people.groups import GROUPS, PER_UNIT, add_to_group, members, remove_from_group
from workflow.people.keys import SCOPES, issue_key, revoke_key
from workflow.people.mandates import MANDATES, grant_mandate, revoke_mandate
from workflow.people.person import (
    PeopleError,
    Person,
    UnknownPerson,
    find_person,
    leave,
    record_absence,
    rejoin,
    vacate_due,
)
from workflow.people.regent import set_regent

__all__ = [
    "GROUPS",
    "MANDATES",
    "PER_UNIT",
    "SCOPES",
    "PeopleError",
    "Person",
    "UnknownPerson",
    "add_to_group",
    "default_groups",
    "find_person",
    "grant_mandate",
    "issue_key",
    "leave",
    "members",
    "record_absence",
    "rejoin",
    "remove_from_group",
    "revoke_key",
    "revoke_mandate",
    "set_regent",
    "setup_agency",
    "stored_profile",
    "vacate_due",
]
