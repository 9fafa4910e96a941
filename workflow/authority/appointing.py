"""Whom a host appoints to guide a participant: somebody of its own, known here, who answers for days and assessment only."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from workflow.errors import FieldError, InvalidForm
from workflow.facts import Situation
from workflow.forms import label_of
from workflow.sources.case import host_named
from workflow.tables import people

#: What somebody of a partner is who does not answer for it as a whole, as its contacts do.
GUIDE = "guide"


def appointee(situation: Situation, field: str) -> str | None:
    """The id of whom the step's form names; None where it names nobody. Raises InvalidForm."""
    account = str(situation.given.get(field) or "").strip()
    takes, host = situation.transition and situation.transition.takes, host_named(situation)
    if not account or takes is None or host is None:
        return None
    for row in situation.look_up(_BY_ACCOUNT, account=account, digits=account.replace(" ", "")):
        here = row.left_on is None or row.left_on > situation.on
        of_partner = row.kind in (GUIDE, "contact") and row.partner_id == host.partner_id is not None
        of_unit = row.kind == "staff" and row.unit_id == host.unit_id is not None
        if here and (of_partner or of_unit) and row.id != situation.case.subject_id:
            return str(row.id)
    called = label_of(takes, field)
    says = f"{called}: {account} tidak dikenal pada {host.name}. Kosongkan, atau daftarkan orang itu lebih dahulu."
    raise InvalidForm(says, fields=(FieldError(field, called, says),))


_BY_ACCOUNT = select(people).where((people.c.email == bindparam("account")) | (people.c.nip == bindparam("digits")))
