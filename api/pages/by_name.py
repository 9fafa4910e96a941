"""An answer for each name of a cohort: chosen name by name, and what each answer says once for all names that have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.desk import Visit
from api.pages import forms
from api.pages.entrance import WebRequest, zone_of
from api.pages.forms import Field
from api.pages.posted import key_of, last, posted_form, version_of
from workflow.engine.cohorts import CohortAct, OwnStep
from workflow.errors import FieldError
from workflow.views.cohort_actions import CohortAction
from workflow.views.cohorts import CohortPage, MemberLine
from workflow.views.step_schemas import step_schema

#: What is said where somebody sends the form without an answer.
NOTHING: Final = "Pilih jawaban bagi setidaknya satu nama."
#: What a form of ours carries under the id of a case.
_OF_CASE: Final = "jawab-"
_TITLE_OF_SECTION: Final = "section"


@dataclass(frozen=True, kw_only=True)
class Part:
    """The names that are asked for one section of the partner."""

    section: str
    members: tuple[MemberLine, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was typed: an answer by case id, or one for all, and the form of each answer as the API would have it.

    ``paper``: by which the answers came, where they are recorded; ``recording``: whether they are.
    """

    each: Mapping[str, str]
    to_all: str
    forms: Mapping[str, Mapping[str, Any]]
    acknowledged: tuple[str, ...]
    version: int
    key: str
    paper: Mapping[str, Any] | None = None
    recording: str = ""

    @property
    def act(self) -> CohortAct:
        """What each case does."""
        if self.to_all:
            return CohortAct(
                trigger=self.to_all, form=dict(self.forms.get(self.to_all, {})), acknowledge=self.acknowledged
            )
        each = {case: OwnStep(trigger=step, form=dict(self.forms[step])) for case, step in self.each.items()}
        return CohortAct(acknowledge=self.acknowledged, each=each)


def parts_of(cohort: CohortPage) -> list[Part]:
    """The names by the section that they are asked for."""
    shared = next((line.shown for line in cohort.form if line.name == _TITLE_OF_SECTION), "")
    found: dict[str, list[MemberLine]] = {}
    for member in cohort.cases:
        own = next((line.shown for line in member.own if line.name == _TITLE_OF_SECTION), shared)
        found.setdefault(own, []).append(member)
    return [Part(section=section, members=tuple(members)) for section, members in found.items()]


def fields_of(
    request: WebRequest, action: CohortAction, sent: Sent | None, faults: Sequence[FieldError]
) -> tuple[Field, ...]:
    """What an answer asks for, once for all names that it is given to; each field under the name of its step."""
    if action.takes is None:
        return ()
    is_used = sent is not None and action.trigger in {*sent.each.values(), sent.to_all}
    fields = forms.fields(
        action.takes,
        sent.forms.get(action.trigger, {}) if sent else {},
        faults if is_used else (),
        None,
        required=action.takes.get("required", ()),
        zone=zone_of(request),
    )
    return tuple(replace(field, name=f"{action.trigger}.{field.name}") for field in fields)


def told_of(drawn: Mapping[str, Sequence[Field]]) -> list[tuple[str, str]]:
    """What is wrong with the fields of all answers, for the summary of errors."""
    return [(field.id, field.fault) for fields in drawn.values() for field in fields if field.fault]


def takes_of(visit: Visit, cohort: CohortPage) -> dict[str, dict[str, Any] | None]:
    """What each step of the process takes, also one that is offered no more: who sent it twice gets the first answer."""
    process = visit.desk.registry.process(cohort.process)
    return {arrow.trigger: step_schema(process, arrow) for arrow in reversed(process.transitions)}


async def answers_in(request: WebRequest, takes: Mapping[str, dict[str, Any] | None]) -> Sent:
    """What was chosen and typed. ``takes``: what each step of the process takes."""
    posted = await posted_form(request)
    zone = zone_of(request)
    each = {
        name.removeprefix(_OF_CASE): values[-1]
        for name, values in posted.items()
        if name.startswith(_OF_CASE) and values[-1] in takes
    }
    to_all = last(posted, "all")
    read = {}
    for trigger in {*each.values(), to_all} & takes.keys():
        own = {
            name.removeprefix(f"{trigger}."): sent for name, sent in posted.items() if name.startswith(f"{trigger}.")
        }
        schema = takes[trigger]
        read[trigger] = forms.read(schema, own, zone=zone) if schema else {}
    return Sent(
        each=each,
        to_all=to_all if to_all in takes else "",
        forms=read,
        acknowledged=tuple(posted.get("acknowledge", ())),
        version=version_of(posted),
        key=key_of(posted),
    )
