"""The forms of a round: an offer or a wish, for oneself or for a colleague, and a pair that the agency fixes or forbids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from api.pages.forms import Choice, Field, Posted
from api.pages.posted import last
from workflow.errors import FieldError, InvalidForm
from workflow.matching.answers import Given
from workflow.matching.shown import AnswerLine, RoundPage

_SIDES: Final = (Choice("offer", "Mentor"), Choice("wish", "Mentee"))
_BONDS: Final = (
    Choice("pin", "Tetapkan", "Keduanya dipasangkan dalam setiap usulan berikutnya."),
    Choice("forbid", "Larang", "Keduanya tidak dipasangkan dalam usulan berikutnya."),
    Choice("free", "Lepaskan", "Tidak lagi ditetapkan atau dilarang."),
)
_MOST_CAPACITY: Final = 3


def answer_fields(
    found: RoundPage, posted: Posted, faults: Iterable[FieldError], *, for_others: bool
) -> tuple[Field, ...]:
    """What an answer is made of. ``for_others``: it may be given for a colleague; who that is stands first."""
    person = Field(name="person", kind="person", label="Bagi siapa, bila bukan Anda sendiri", required=False)
    fields = (
        Field(name="side", kind="choice_few", label="Sebagai", choices=_SIDES),
        Field(
            name="fields", kind="checkboxes", label="Bidang", choices=tuple(Choice(each, each) for each in found.fields)
        ),
        Field(name="capacity", kind="number", label="Bagi mentor: sanggup membina berapa mentee", required=False),
        Field(name="would", kind="people", label="Yang diinginkan sebagai pasangan", required=False),
        Field(name="would_not", kind="people", label="Yang tidak diinginkan sebagai pasangan", required=False),
    )
    return _told((person, *fields) if for_others else fields, posted, faults)


def given(posted: Posted) -> Given:
    """An offer or a wish as it was filled in. Raises InvalidForm."""
    side: Any = last(posted, "side")
    fields, capacity = _several(posted, "fields"), last(posted, "capacity").strip() or "0"
    wrong = []
    if side not in {"offer", "wish"}:
        wrong.append(FieldError("side", "Sebagai", "Pilih sebagai mentor atau sebagai mentee."))
    if not fields:
        wrong.append(FieldError("fields", "Bidang", "Pilih setidaknya satu bidang."))
    if not (capacity.isascii() and capacity.isdigit() and len(capacity) <= _MOST_CAPACITY):
        says = "Banyaknya mentee yang sanggup dibina ditulis dengan angka, misalnya 2."
        wrong.append(FieldError("capacity", "Banyaknya mentee", says))
    if wrong:
        raise InvalidForm("Periksa isian berikut.", fields=tuple(wrong))
    would, would_not = _several(posted, "would"), _several(posted, "would_not")
    return Given(side, last(posted, "person").strip(), fields, would, would_not, int(capacity))


def bond_fields(answers: Sequence[AnswerLine], posted: Posted, faults: Iterable[FieldError]) -> tuple[Field, ...]:
    """What fixing or forbidding a pair asks for: each from those who offered and who wished."""
    mentors, mentees = (
        tuple(Choice(each.person.id, each.person.name) for each in answers if each.side == side)
        for side in ("offer", "wish")
    )
    fields = (
        Field(name="mentor", kind="choice_many", label="Mentor", choices=mentors),
        Field(name="mentee", kind="choice_many", label="Mentee", choices=mentees),
        Field(name="bond", kind="choice_few", label="Yang ditentukan", choices=_BONDS),
        Field(name="reason", kind="longtext", label="Alasan"),
    )
    return _told(fields, posted, faults)


def bond(posted: Posted) -> tuple[str, str, Any, str]:
    """Mentor, mentee, what is fixed, and why. Raises InvalidForm."""
    labels = {"mentor": "Mentor", "mentee": "Mentee", "bond": "Yang ditentukan", "reason": "Alasan"}
    sent = {name: last(posted, name).strip() for name in labels}
    if sent["bond"] not in {choice.value for choice in _BONDS}:
        sent["bond"] = ""
    wrong = tuple(
        FieldError(name, labels[name], f"{labels[name]} belum diisi.") for name, said in sent.items() if not said
    )
    if wrong:
        raise InvalidForm("Periksa isian berikut.", fields=wrong)
    return sent["mentor"], sent["mentee"], sent["bond"], sent["reason"][:1000]


def _told(fields: Iterable[Field], posted: Posted, faults: Iterable[FieldError]) -> tuple[Field, ...]:
    """The fields as they were sent, with what is wrong with each."""
    wrong = {fault.field: fault.says for fault in faults}
    return tuple(replace(each, value=_value(each, posted), fault=wrong.get(each.name, "")) for each in fields)


def _value(field: Field, posted: Posted) -> Any:
    if field.kind == "checkboxes":
        return _several(posted, field.name)
    return "\n".join(_several(posted, field.name)) if field.kind == "people" else last(posted, field.name)


def _several(posted: Posted, name: str) -> tuple[str, ...]:
    return tuple(each.strip()[:200] for each in posted.get(name, ()) if each.strip())[:100]
