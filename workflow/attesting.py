"""What a verifier may put on record with a document: which facts, and what each of them looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from policies.civil_service import Predicate, Status
from policies.records import AGREEMENT_KINDS, LEVELS
from workflow.definition import Process, Transition
from workflow.errors import FieldError, InvalidForm
from workflow.facts import SOURCES, fields_of
from workflow.filling import faults_in
from workflow.forms import Attestation, Form, label_of
from workflow.telling.fact_words import FACTS
from workflow.telling.form_words import either


def _one_of(words: Iterable[str]) -> Any:
    return Literal[tuple(words)]


# Types made of the law's own words, so that there is one list of each; mypy cannot follow them.
Level: Any = _one_of(LEVELS)
AgreementKind: Any = _one_of(AGREEMENT_KINDS)


class SanctionOnRecord(Form, frozen=True, kw_only=True):
    """A disciplinary sanction; a day that nobody knows is left out, and counts against the person."""

    level: Annotated[Level, Meta(title="Tingkat")]
    from_on: Annotated[date | None, Meta(title="Sejak tanggal")] = None
    until_on: Annotated[date | None, Meta(title="Sampai tanggal")] = None


class AgreementOnRecord(Form, frozen=True, kw_only=True):
    """An agreement with the host."""

    kind: Annotated[AgreementKind, Meta(title="Jenis naskah")]
    number: Annotated[str, Meta(title="Nomor", min_length=1, max_length=100)]
    from_on: Annotated[date, Meta(title="Sejak tanggal")]
    until_on: Annotated[date, Meta(title="Sampai tanggal")]


_STATUS: Any = _one_of(status.label for status in Status)
_SANCTIONS: Any = Annotated[tuple[SanctionOnRecord, ...], Meta(max_length=20, description="kosong bila tidak ada")]

#: What each fact that can be attested looks like, as it is filled in.
SHAPES: dict[str, Any] = {
    "status": _STATUS,
    "mentor_status": _STATUS,
    "medal": Literal["X", "XX", "XXX", ""],
    "unpaid_leave": bool,
    "open_discipline_case": bool,
    "last_predicate": _one_of(predicate.value for predicate in reversed(Predicate)),
    "contract_ends_on": date,
    "sanctions": _SANCTIONS,
    "mentor_sanctions": _SANCTIONS,
    "agreements": Annotated[tuple[AgreementOnRecord, ...], Meta(max_length=20, description="kosong bila tidak ada")],
}


def attests(transition: Transition) -> bool:
    """Whether a step puts a fact on record."""
    return transition.takes is not None and issubclass(transition.takes, Attestation)


def attestable_facts(process: Process) -> dict[str, Any]:
    """Facts that a verifier may put on record, with what each looks like, as the rules of a process ask for them."""
    asked = {
        name: kind for t in process.transitions for rule in t.rules for name, kind in fields_of(rule.facts).items()
    }
    return {
        name: SHAPES.get(name, asked[name]) for name in sorted(asked) if name in SOURCES and SOURCES[name].attestable
    }


def check_attestation(process: Process, given: Mapping[str, Any]) -> None:
    """What is attested must be a fact that a rule of this process asks for, and one that it can be. Raises InvalidForm."""
    name, shapes = given["fact"], attestable_facts(process)
    if name not in shapes:
        allowed = either([f"{fact_title(known)} ({known})" for known in shapes])
        says = f"{label_of(Attestation, 'fact')}: “{name}” tidak dapat dicatat; pilih salah satu dari {allowed}."
        raise InvalidForm(says, fields=(FieldError("fact", label_of(Attestation, "fact"), says),))
    called = f"{label_of(Attestation, 'value')}, {fact_title(name)}"
    faults = tuple(faults_in(shapes[name], given["value"], "value", called)) or tuple(_ends(given["value"], called))
    if faults:
        raise InvalidForm(faults[0].says, fields=faults)


def fact_title(name: str) -> str:
    """What people call a fact."""
    return FACTS.get(name, name)


def _ends(value: Any, called: str) -> Iterator[FieldError]:
    """Periods that end before they begin."""
    for number, each in enumerate(value if isinstance(value, list | tuple) else ()):
        first, last = (msgspec.convert(each.get(name), date | None, strict=False) for name in ("from_on", "until_on"))
        if first and last and last < first:
            says = f"{called} butir {number + 1}: tidak dapat berakhir sebelum mulai."
            yield FieldError(f"value[{number}].until_on", called, says)
