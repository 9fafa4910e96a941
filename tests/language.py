"""All that pages say, gathered for translation: ``make language`` puts what is new into templates/language/en.po.

What is gone from the pages goes from the catalogue; nothing is guessed from what resembles it, so that no entry is ever fuzzy.
"""

from __future__ import annotations

import ast
import inspect
import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

import api.app  # noqa: F401 - brings every form and every problem
from api.routes import verify
from api.wording import PROBLEMS
from workflow import queries
from workflow.definition import Entry, Letter, Process, Role, State, Transition
from workflow.errors import Problem
from workflow.forms import CHOICES
from workflow.forms.asking import asking_of
from workflow.letters import field_labels, gist, routing
from workflow.links import opening, sharing
from workflow.matching.shown import STATE_TITLE
from workflow.people.groups import GROUPS
from workflow.proof import verdict
from workflow.registry import Registry
from workflow.telling.status_words import ENTRY_STATUS, LETTER_STATE
from workflow.views import (
    deliveries,
    history,
    imports,
    inbox,
    keys,
    letter_brief,
    letter_stack,
    letters,
    links,
    mandates,
    partners,
    people,
)

ROOT: Final = Path(__file__).resolve().parents[1]
CATALOGUE: Final = ROOT / "templates" / "language" / "en.po"
_HEADER: Final = """\
# What the pages of Jenjang say, in English. After a change of pages: make language.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

#: Words for codes, which views show to people.
_TABLES: Final[tuple[Mapping[str, Any], ...]] = (
    *(CHOICES, GROUPS, ENTRY_STATUS, LETTER_STATE, STATE_TITLE, routing.ROLE_TITLES),
    *(history.OTHER, letter_brief.ACT_TITLES, letter_stack.WANTS, letters._STEPS),
    *(inbox.MANDATE_TITLES, mandates.TITLES, mandates.STATES, deliveries.KINDS, keys.STATES, partners.STATES),
    *(people.ACCOUNT_STATES, links._STATES, opening.PURPOSES, sharing.CHANNELS),
    {name: kind.title for name, kind in imports.KINDS.items()},
    {state: said[:1].upper() + said[1:] for state, said in LETTER_STATE.items()},
    queries._OTHER_TASKS,
    field_labels.LABELS,
)
#: A text for people in a file of pages: it begins with a capital or a figure, or is all in capitals.
_TEXT: Final = re.compile(r"(%\(\w+\)s|[A-Z0-9“]).*[a-z]|[A-Z]{3,} [A-Z ,]+$")
#: What in the files of pages begins with a capital and is no text for people.
_NO_TEXT: Final = re.compile(
    r"[A-Z][a-z]*(-[A-Z][a-z]+)+|Edge?|Opera|Firefox|Chrome|Safari|Android|Windows|Mac( OS)?|Linux|Vary"
)


@dataclass(frozen=True)
class Message:
    """A text, in which sense of its words if they have several, and the file or process that says it."""

    text: str
    sense: str | None
    where: str


def messages() -> Iterator[Message]:
    """Everything that pages say in words of ours, but for what the law says and why."""
    yield from _of_templates()
    for file in sorted((ROOT / "api" / "pages").rglob("*.py")):
        if file.name != "cookies.py":  # languages are called by their own names
            yield from _of_python(file)
    for module in (verify, verdict, gist):
        yield from _of_python(Path(inspect.getfile(module)))
    for process in Registry.discover().processes.values():
        yield from _of_process(process)
    for struct in _forms():
        yield from _of_form(struct)
    for table in _TABLES:
        yield from (Message(text, None, "workflow") for text in table.values())
    for problem in _subclasses(Problem):
        # Those that the API explains: whichever modules happen to be loaded.
        if isinstance(problem.title, str) and problem.type in PROBLEMS:
            yield Message(problem.title, None, "workflow")


def gathered(known: Catalog) -> Catalog:
    """A catalogue of what pages say now, with what ``known`` has of it."""
    found = Catalog(locale="en", fuzzy=False)
    for message in messages():
        before = known.get(message.text, message.sense)
        translated = before.string if before is not None and not before.fuzzy else ""
        found.add(message.text, translated, [(message.where, 0)], context=message.sense)
    return found


def kept() -> Catalog:
    """The catalogue as it stands."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a file; where a text stands is told by its file alone, so that moved lines change nothing."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, include_lineno=False, omit_header=True)
    return _HEADER.encode() + buffer.getvalue()


def _of_templates() -> Iterator[Message]:
    folder = ROOT / "templates" / "pages"
    for file in sorted(folder.rglob("*.html")):
        where = str(file.relative_to(ROOT))
        with file.open("rb") as source:
            for _, called, found, _ in babel_extract(source, _NAMES, [], _OPTIONS):
                parts = [part for part in (found if isinstance(found, tuple) else (found,)) if isinstance(part, str)]
                sense = parts.pop(0) if called == "pgettext" else None
                if parts:
                    yield Message(parts[0], sense, where)


_NAMES: Final = ("_", "gettext", "pgettext")
_OPTIONS: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}


def _of_python(file: Path) -> Iterator[Message]:
    """Texts in a file: what begins with a capital, and is neither put together with anything else nor for developers."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed_over = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    passed_over |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in passed_over else None
        if isinstance(text, str) and _TEXT.match(text) and not _NO_TEXT.fullmatch(text):
            yield Message(text, None, str(file.relative_to(ROOT)))


def _of_process(process: Process) -> Iterator[Message]:
    where = f"process {process.name}"
    for part in _parts_of(process):
        yield Message(part.title, None, where)
    asking = asking_of(process.name, process.form)
    for text in (
        asking.says,
        *(text for part in asking.parts for text in (part.title, part.says, *part.hints.values())),
    ):
        if text:
            yield Message(text, None, where)


def _parts_of(part: Any) -> Iterator[Any]:
    """A process and all within it that people know by a title, except rules: those are the law's."""
    if isinstance(part, Process | State | Transition | Role | Letter | Entry):
        if part.title:
            yield part
        for name in part.__dataclass_fields__:
            yield from _parts_of(getattr(part, name))
    elif isinstance(part, tuple):
        for each in part:
            yield from _parts_of(each)


def _forms() -> Iterator[type[msgspec.Struct]]:
    found = {each for each in _subclasses(msgspec.Struct) if each.__module__.startswith(("workflow.", "api.pages."))}
    yield from sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def _of_form(struct: type[msgspec.Struct]) -> Iterator[Message]:
    for hint in typing.get_type_hints(struct, include_extras=True).values():
        for meta in _metas(hint):
            for text in (meta.title, meta.description):
                if text:
                    yield Message(text, None, struct.__module__)


def _metas(kind: Any) -> Iterator[msgspec.Meta]:
    yield from (each for each in getattr(kind, "__metadata__", ()) if isinstance(each, msgspec.Meta))
    for part in (getattr(kind, "__origin__", None), *typing.get_args(kind)):
        if typing.get_args(part):
            yield from _metas(part)


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


if __name__ == "__main__":
    CATALOGUE.write_bytes(written(gathered(kept() if CATALOGUE.exists() else Catalog(locale="en"))))
