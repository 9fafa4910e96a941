"""What is said beside a state, wherever one is shown: the letter that has to leave before the state begins."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from workflow import cases as case_store
from workflow.callers import Caller
from workflow.definition import Process
from workflow.letters.leaving import awaited_by_case
from workflow.views.outside import is_only_host


def awaits_of(conn: Connection, caller: Caller, standing: Mapping[str, tuple[Process, str]]) -> dict[str, str]:
    """By case, in words, the letter that its state awaits; only of cases that do, and that the caller sees from inside.

    ``standing``: the process and the state of each case.
    """
    if caller.is_contact:
        return {}
    return {
        case_id: says
        for case_id, says in awaited_by_case(conn, standing).items()
        if not is_only_host(conn, standing[case_id][0], case_store.load(conn, case_id), caller)
    }
