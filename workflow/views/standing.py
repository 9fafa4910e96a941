"""What is said beside a state, wherever one is shown: the letter that has to leave before the state begins."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from workflow.callers import Caller
from workflow.cases import Case, load_several
from workflow.definition import Process
from workflow.letters.leaving import awaited_by_case
from workflow.views.outside import only_hosted


def awaits_of(conn: Connection, caller: Caller, standing: Mapping[str, tuple[Process, str]]) -> dict[str, str]:
    """By case, in words, the letter that its state awaits; only of cases that do, and that the caller sees from inside.

    ``standing``: the process and the state of each case.
    """
    if caller.is_contact:
        return {}
    says = awaited_by_case(conn, standing)
    by_process: dict[str, list[Case]] = {}
    for case in load_several(conn, says).values():
        by_process.setdefault(case.process, []).append(case)
    hosted = {
        case_id
        for several in by_process.values()
        for case_id in only_hosted(conn, standing[several[0].id][0], several, caller)
    }
    return {case_id: said for case_id, said in says.items() if case_id not in hosted}
