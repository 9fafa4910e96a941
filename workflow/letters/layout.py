"""A letter's frame and body become HTML by its template. Preview and issue use the same ``html``.

Templates live in ``templates/letters`` and see two names, ``letter`` and ``body``, and the filters below; a name that
does not exist stops the rendering. How the page looks (paper, margins, font, footer) comes from the agency's profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache, lru_cache
from textwrap import wrap
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta, nodes
from markupsafe import Markup

from workflow.letters import words
from workflow.letters.parts import NO_ATTACHMENT, LetterFrame, LetterReference, ParticipantLine
from workflow.letters.profile import TEMPLATES, PageStyle, Profile

LETTERS: Final = TEMPLATES / "letters"

#: Parsed once by ``press`` and applied to every letter; part of what shapes it, and so of its template's sha256.
STYLESHEET: Final = "letter.css"
#: Laid over it where a letter would spill onto another page.
SNUG_STYLESHEET: Final = "snug.css"
#: The share of the profile's line height that lines then have, and the line height below which nothing is set closer.
_SNUG, _CLOSEST_LINES = 0.93, 1.1

_FONTS: Final = {"sans": "Naskah", "serif": "Naskah Serif"}
#: How wide ": " is, in em: what follows a colon hangs by that much. A box for the colon alone would cost another layout.
_COLONS: Final = {"sans": 0.556, "serif": 0.64}
#: Signs in a line of the post above a signature; the column in the stylesheet is as wide as so many capitals.
_TITLE_LINE: Final = 34
_BASES: Final = frozenset({"naskah.html", "korespondensi.html", "judul.html"})
_PAPERS: Final = {"A4": "210mm 297mm", "F4": "215mm 330mm"}


class PrintedLetter(LetterFrame, frozen=True, kw_only=True):
    """The frame as templates see it: called ``letter``. ``longest_table``: the names that the letter itself may hold."""

    longest_table: int

    def attaches(self, participants: tuple[ParticipantLine, ...]) -> bool:
        """These are too many for the letter: they stand in its attachment."""
        return len(participants) > self.longest_table


class LetterError(Exception):
    """A letter that cannot be made: names the template or file, the reason and the way out, in Indonesian."""


def html(template_name: str, letter: LetterFrame, body: msgspec.Struct, profile: Profile) -> str:
    """The letter as HTML for ``pdf``; the same input gives the same text.

    ``template_name`` as the file is called, such as ``internship_request.html``. Raises LetterError where there is no
    such template, or it asks for something that ``letter`` or ``body`` does not have.
    """
    try:
        text = _environment().get_template(template_name).render(letter=_printed(letter, body, profile), body=body)
    except TemplateNotFound as error:
        raise LetterError(
            f"Templat surat {error.name} tidak ada di templates/letters; yang ada: {_known()}."
        ) from error
    except TemplateError as error:
        raise LetterError(f"Templat surat {template_name} tidak cocok dengan isinya: {error.message}.") from error
    style = f"<style>{page_css(profile.page(letter.kind), draft=letter.draft)}</style>"
    return text.replace("</head>", f"{style}\n</head>", 1)


def _printed(letter: LetterFrame, body: msgspec.Struct, profile: Profile) -> PrintedLetter:
    """The frame with what its body and the agency's profile make of it: the clock of its zone, a list that is attached."""
    printed = PrintedLetter(**msgspec.structs.asdict(letter), longest_table=profile.page(letter.kind).longest_table)
    if letter.signed_at is not None:
        printed = msgspec.structs.replace(printed, signed_at=letter.signed_at.astimezone(ZoneInfo(profile.zone)))
    if letter.attachment == NO_ATTACHMENT and any(map(printed.attaches, getattr(body, "lists", ()))):
        # How many pages it fills is known only once it is laid out.
        printed = msgspec.structs.replace(printed, attachment="1 (satu) berkas")
    return printed


def template_exists(template_name: str) -> bool:
    """There is a letter template of this name."""
    return template_name in template_names()


def template_names() -> tuple[str, ...]:
    """The templates of letters, without those that others are made of."""
    names = {path.name for path in LETTERS.glob("*.html") if not path.name.startswith("_")}
    return tuple(sorted(names - _BASES))


@cache
def template_sha256(template_name: str) -> str:
    """The digest of the template, all that it extends, includes or imports, and the stylesheets. Raises LetterError."""
    digest = hashlib.sha256()
    for name in sorted({*_sources(template_name), STYLESHEET, SNUG_STYLESHEET}):
        digest.update(f"{name}\0".encode())
        digest.update((LETTERS / name).read_bytes())
    return digest.hexdigest()


def missing_names(template_name: str, body: type[msgspec.Struct]) -> tuple[str, ...]:
    """What the template and its parts ask for and neither ``letter`` nor this kind of ``body`` has: ``body.hous``.

    Empty where the template is satisfied. Names below the first dot are tried by rendering.
    """
    known = {"letter": PrintedLetter, "body": body}
    missing = set()
    for name in _sources(template_name):
        tree = _parsed(name)
        names = list(tree.find_all(nodes.Name))
        own = {found.name for found in names if found.ctx != "load"} | _imported(tree) | {"loop"}
        missing |= {found.name for found in names if found.ctx == "load"} - own - known.keys()
        for asked in tree.find_all(nodes.Getattr):
            of = asked.node
            if isinstance(of, nodes.Name) and of.name in known and not hasattr(known[of.name], asked.attr):
                missing.add(f"{of.name}.{asked.attr}")
    return tuple(sorted(missing))


def _imported(tree: nodes.Template) -> set[str]:
    """The macros that a template defines or takes from another."""
    taken = [name for found in tree.find_all(nodes.FromImport) for name in found.names]
    return {macro.name for macro in tree.find_all(nodes.Macro)} | {n if isinstance(n, str) else n[1] for n in taken}


def page_css(page: PageStyle, *, draft: bool) -> str:
    """The page as the profile wants it, with numbers from the second page on and KONSEP on every page of a draft."""
    font = f"'{_FONTS[page.font]}'"
    colon = _COLONS[page.font]
    snug = min(page.line_height, max(_CLOSEST_LINES, page.line_height * _SNUG))
    margin = " ".join(f"{side:g}cm" for side in (page.top, page.right, page.bottom, page.left))
    draft_mark = (
        "background: url(konsep.svg) no-repeat center / 15cm auto; "
        '@top-right { content: "KONSEP"; color: #8a1f11; font-weight: bold; letter-spacing: 0.2em }'
    )
    boxes = (
        f"@bottom-center {{ content: {_css_string(page.footer)}; font-size: 7pt; white-space: pre-line }}",
        '@top-center { content: "- " counter(page) " -" }',
        draft_mark if draft else "",
    )
    return (
        f"@page {{ size: {_PAPERS[page.paper]}; margin: {margin}; font-family: {font}; {' '.join(boxes)} }}\n"
        "@page :first { @top-center { content: none } }\n"
        f"html {{ font-family: {font}; font-size: {page.font_size:g}pt; line-height: {page.line_height:g}; "
        f"--snug-line-height: {snug:g} }}\n"
        f".rows td {{ padding-left: {colon:g}em; text-indent: -{colon:g}em }}"
    )


def _css_string(text: str) -> str:
    return (
        '"'
        + "".join(
            character if character.isalnum() or character in " .,:" else f"\\{ord(character):x} " for character in text
        )
        + '"'
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(LETTERS),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.clear()  # no lipsum, no namespace: a template has its two names and nothing else
    environment.filters.update(
        tanggal=words.long_date,
        hari=words.weekday,
        waktu=lambda instant: words.moment(instant, instant.tzinfo),
        terbilang=words.in_words,
        dihitung=words.counted,
        angka=words.decimal,
        rupiah=words.rupiah,
        rupiah_terbilang=words.rupiah_in_words,
        daftar=words.listing,
        tanpa_titik=words.without_stop,
        surat=_reference,
        terbaru=_latest,
        sampai=words.period,
        kapital=str.upper,
        kapital_awal=words.begun_large,
        baris=_lines,
        seimbang=_balanced,
    )
    return environment


def _reference(letter: LetterReference) -> str:
    """``surat usulan Kepala Dinas Kesehatan Nomor … tanggal …``."""
    return f"{letter.kind} {letter.by} Nomor {letter.number} tanggal {words.long_date(letter.dated_on)}"


def _latest(letters: tuple[LetterReference, ...], *codes: str) -> tuple[LetterReference, ...]:
    """Of each code name the letter that stands first; ``earlier`` has the latest first."""
    found = (next((letter for letter in letters if letter.code == code), None) for code in codes)
    return tuple(letter for letter in found if letter is not None)


def _lines(text: str) -> Markup:
    """What somebody typed in several lines, each line kept."""
    return Markup("<br>").join(line.strip() for line in text.strip().splitlines())


def _balanced(title: str) -> Markup:
    """A post above a signature in as few lines as it needs, about as long as each other: no word is left alone."""
    fewest = len(_wrapped(title, _TITLE_LINE))
    wider_and_wider = (_wrapped(title, width) for width in range(1, _TITLE_LINE + 1))
    return Markup("<br>").join(next(lines for lines in wider_and_wider if len(lines) == fewest))


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _known() -> str:
    return ", ".join(template_names())


@lru_cache(maxsize=128)
def _sources(template_name: str) -> tuple[str, ...]:
    """The template and every one it refers to, by name."""
    found = {template_name}
    waiting = [template_name]
    while waiting:
        for name in _referred(_parsed(waiting.pop())):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return tuple(sorted(found))


def _referred(tree: nodes.Template) -> Iterator[str]:
    for name in meta.find_referenced_templates(tree):
        if name is None:
            raise LetterError("Templat surat hanya boleh memakai templat lain yang disebut dengan namanya.")
        yield name


def _parsed(template_name: str) -> nodes.Template:
    path = LETTERS / template_name
    if not path.is_file():
        raise LetterError(f"Templat surat {template_name} tidak ada di templates/letters; yang ada: {_known()}.")
    return _environment().parse(path.read_text(encoding="utf-8"))
