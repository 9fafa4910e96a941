"""Nothing that people fill in, and nothing that a letter is made of, is without a bound; what passes one is told so."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec
import pytest
from msgspec import inspect

import workflow.forms
from tests.workflow.letters.samples import PROFILE
from workflow.errors import InvalidForm
from workflow.filling import read_form
from workflow.forms import Form
from workflow.forms.internship import Assessment
from workflow.letters.bodies import _bodies
from workflow.letters.correcting import corrected
from workflow.letters.layout import LetterError
from workflow.letters.parts import LetterFrame
from workflow.letters.standalone import StandaloneLetter, standalone_from_text

#: What is read by a type of its own afterwards: the value of a fact, the body of a letter in a file.
_READ_AGAIN = {"Attestation.value", "StandaloneLetter.body"}
_LISTS = (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)


def forms() -> Iterator[type[Form]]:
    """The product's own; forms that other tests make up are theirs to bound."""
    for module in pkgutil.iter_modules(workflow.forms.__path__, "workflow.forms."):
        importlib.import_module(module.name)
    left = [Form]
    while left:
        form = left.pop()
        left += form.__subclasses__()
        if form.__module__.startswith("workflow."):
            yield form


def unbounded(kind: inspect.Type, place: str, seen: set[type]) -> Iterator[str]:
    """Where a text or a list below a type has no bound."""
    if isinstance(kind, inspect.StructType):
        if kind.cls in seen:
            return
        seen.add(kind.cls)
    elif place not in _READ_AGAIN and _is_loose(kind):
        yield place
    for below, name in within(kind, place):
        yield from unbounded(below, name, seen)


def _is_loose(kind: inspect.Type) -> bool:
    if isinstance(kind, (*_LISTS, inspect.DictType, inspect.StrType, inspect.BytesType)):
        return kind.max_length is None
    return isinstance(kind, inspect.AnyType | inspect.RawType)


def within(kind: inspect.Type, place: str) -> list[tuple[inspect.Type, str]]:
    """What a type is made of, each with its place."""
    if isinstance(kind, inspect.StructType):
        return [(field.type, f"{kind.cls.__name__}.{field.name}") for field in kind.fields]
    if isinstance(kind, inspect.UnionType):
        return [(each, place) for each in kind.types]
    if isinstance(kind, inspect.DictType):
        return [] if place in _READ_AGAIN else [(kind.key_type, place), (kind.value_type, place)]
    if isinstance(kind, _LISTS):
        return [(kind.item_type, f"{place}[]")]
    return [(kind.type, place)] if isinstance(kind, inspect.Metadata) else []


def test_every_text_and_every_list_of_forms_and_letters_is_bounded() -> None:
    kinds: list[type[msgspec.Struct]] = [*forms(), *_bodies().values(), LetterFrame, StandaloneLetter]
    assert len(kinds) > 60
    seen: set[type] = set()
    assert [place for kind in kinds for place in unbounded(inspect.type_info(kind), kind.__name__, seen)] == []


def test_a_list_without_a_bound_is_found() -> None:
    class Loose(msgspec.Struct):
        lines: list[str]

    assert list(unbounded(inspect.type_info(Loose), "Loose", set())) == ["Loose.lines", "Loose.lines[]"]


LETTER = """
type = "surat_pengantar"
unit = "RSUD"
unit_name = "Rumah Sakit Umum Daerah"
subject = "Berkas"
addressee = ["Kepala Dinas"]
signatures = [{ name = "Titin Pramono", position_title = "Direktur" }]
"""


def items(count: int, what: str = "Berkas") -> str:
    return "[body]\nitems = [" + f'{{ what = "{what}", amount = "1 berkas" }},' * count + "]\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (LETTER + items(501), "body.items: terlalu banyak, paling banyak 500 butir; kurangi, atau sertakan"),
        (LETTER + items(1, "x" * 4001), "body.items[0].what: terlalu panjang, paling banyak 4000 karakter; ringkaslah"),
        (f"copies = {['Kepala Dinas'] * 101}\n{LETTER}{items(1)}", "copies: terlalu banyak, paling banyak 100 butir"),
        (f"{LETTER}{items(1)}".replace("Berkas", "x" * 1001, 1), "subject: terlalu panjang, paling banyak 1000"),
    ],
)
def test_a_letter_beyond_a_bound_is_refused_with_the_key_the_bound_and_the_way_out(written: str, says: str) -> None:
    with pytest.raises(LetterError) as told:
        standalone_from_text(written)
    assert says in str(told.value)


def test_a_letter_within_its_bounds_is_read() -> None:
    letter, _ = standalone_from_text(f"copies = {['Kepala Dinas'] * 100}\n{LETTER}{items(500)}")
    assert len(letter.copies) == 100


def test_a_correction_beyond_a_bound_is_refused_with_its_field() -> None:
    letter, body = standalone_from_text(LETTER + items(1))
    draft = {
        "body_type": "CoveringLetter",
        "frame": msgspec.json.encode(letter.frame(PROFILE)).decode(),
        "body": msgspec.json.encode(body).decode(),
    }
    with pytest.raises(InvalidForm) as told:
        corrected(draft, {"copies": ["A"] * 2000})
    (fault,) = told.value.fields
    assert fault.field == "copies"
    assert fault.says.startswith("Tembusan: terlalu banyak, paling banyak 100 butir; kurangi")
    corrected(draft, {"copies": ["A"] * 100})


def test_a_form_beyond_a_bound_is_refused_with_its_field() -> None:
    with pytest.raises(InvalidForm) as told:
        read_form(Assessment, {"scores": [{"aspect": "Disiplin", "score": 90}] * 51})
    assert told.value.fields[0].says == "Penilaian: paling banyak 50 butir, yang diisi 51."
