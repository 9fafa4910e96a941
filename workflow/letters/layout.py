"""A letter's frame and body become HTML by its template. Preview and issue use the same ``html``.

Templates live in ``templates/letters`` and see two names, ``letter`` and ``body``, and the filters below; a name that
does not exist stops the rendering. How the page looks (paper, margins, font, footer) comes from the agency's profile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from textwrap import wrap
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, meta, nodes
from markupsafe import Markup

from workflow.letters import words
from workflow.letters.page import catchword_mark, crowded_mark, narrow_line, page_css, title_line
from workflow.letters.parts import (
    NO_ATTACHMENT,
    LetterFrame,
    LetterReference,
    ParticipantLine,
    Proof,
    SignatureBlock,
    printed_code,
)
from workflow.letters.profile import TEMPLATES, Profile
from workflow.letters.style import ElectronicStyle, PageStyle, Wording

LETTERS: Final = TEMPLATES / "letters"

#: Parsed once by ``press`` and applied to every letter; part of what shapes it, and so of its template's sha256.
STYLESHEET: Final = "letter.css"
#: Laid over it where a letter would spill onto another page.
SNUG_STYLESHEET: Final = "snug.css"
#: Signs in a line of the post above a signature; the column in the stylesheet is as wide as so many capitals.
_TITLE_LINE: Final = 34
_COMMENT, _FIELD = re.compile(r"\{#.*?#\}", re.DOTALL), re.compile(r"\b(?<![\w.])(letter|body)\.([A-Za-z_]\w*)")
_REFERENCE: Final = re.compile(r'\{%-?\s*(?:extends|include|from|import)\s+"([^"]+)"')
_BASES: Final = frozenset({"naskah.html", "korespondensi.html", "judul.html"})


class PrintedLetter(LetterFrame, frozen=True, kw_only=True):
    """The frame as templates see it, called ``letter``: with the agency's words, and the code by which it is checked.

    ``longest_table``: the names that the letter itself may hold; ``narrow``: signs in a line of a post where two sign beside
    each other, ``title_line``: those in a line of a title; ``zone``: on whose clock instants are told.
    """

    longest_table: int
    narrow: int
    title_line: int
    zone: str
    wording: Wording
    electronic: ElectronicStyle
    proof: Proof | None = None

    @property
    def salutation(self) -> str:
        """How the addressee is spoken to, by how they stand to the signatory."""
        return self.wording.salutation.to(self.standing)

    @property
    def addressee_at(self) -> str:
        """The place under the addressee, where the agency names it."""
        return self.addressee_place if self.wording.names_place else self.wording.anywhere

    @property
    def hangs(self) -> bool:
        """Something hangs before the post of a signatory: ``a.n.``, ``Plt.``."""
        return any(before for block in self.signatures for before, _ in block.rows)

    def attaches(self, participants: tuple[ParticipantLine, ...]) -> bool:
        """These are too many for the letter: they stand in its attachment."""
        return len(participants) > self.longest_table

    def named(self, signature: SignatureBlock) -> str:
        """A signatory's name, in capitals where the agency writes it so."""
        return words.capital_name(signature.name) if self.wording.names == "capitals" else signature.name

    @property
    def for_whom(self) -> tuple[str, ...]:
        """In whose place each stand-in signs, where the agency has its letters say it."""
        told = (signature.for_whom for signature in self.signatures)
        return tuple(filter(None, told)) if self.wording.says_for_whom else ()

    def seals(self, signature: SignatureBlock) -> bool:
        """They sign electronically; a draft and a letter for a pen say nothing of it."""
        return signature in self.signed_electronically

    def local(self, instant: datetime) -> datetime:
        """An instant on the agency's clock."""
        return instant.astimezone(ZoneInfo(self.zone))


class LetterError(Exception):
    """A letter that cannot be made: names the template or file, the reason and the way out, in Indonesian."""


def html(
    template_name: str, letter: LetterFrame, body: msgspec.Struct, profile: Profile, *, proof: Proof | None = None
) -> str:
    """The letter as HTML for ``pdf``; the same input gives the same text.

    ``template_name`` as the file is called, such as ``internship_request.html``. ``proof``: the code by which a print is
    checked; a draft and a letter that is signed on paper bear none. Raises LetterError where there is no such template, or
    it asks for something that ``letter`` or ``body`` does not have.
    """
    page = profile.page(letter.kind, letter.type)
    printed = _printed(letter, body, profile, page, proof)
    try:
        text = _environment().get_template(template_name).render(letter=printed, body=body)
    except TemplateNotFound as error:
        raise LetterError(
            f"Templat surat {error.name} tidak ada di templates/letters; yang ada: {_known()}."
        ) from error
    except TemplateError as error:
        raise LetterError(f"Templat surat {template_name} tidak cocok dengan isinya: {error.message}.") from error
    style = f"<style>{page_css(page, draft=letter.draft, footer=_footer(printed, page, profile))}</style>"
    return text.replace("</head>", f"{catchword_mark(page)}{crowded_mark(page, text)}{style}\n</head>", 1)


def _printed(
    letter: LetterFrame, body: msgspec.Struct, profile: Profile, page: PageStyle, proof: Proof | None
) -> PrintedLetter:
    """The frame with what its body and the agency's profile make of it: its words, its clock, a list that is attached."""
    printed = PrintedLetter(
        **msgspec.structs.asdict(letter),
        longest_table=page.longest_table,
        narrow=narrow_line(page),
        title_line=title_line(page),
        zone=profile.zone,
        wording=profile.wording,
        electronic=profile.electronic,
        proof=proof if letter.signed_electronically else None,
    )
    if letter.signed_at is not None:
        printed = msgspec.structs.replace(printed, signed_at=printed.local(letter.signed_at))
    annexed = getattr(body, "attachments", ()) or any(map(printed.attaches, getattr(body, "lists", ())))
    if letter.attachment == NO_ATTACHMENT and annexed:
        # How many pages it fills is known only once it is laid out.
        printed = msgspec.structs.replace(printed, attachment="1 (satu) berkas")
    return printed


def _footer(letter: PrintedLetter, page: PageStyle, profile: Profile) -> str:
    """What stands under every page: the agency's own line, of what kind the signature is, and where to check the letter."""
    lines = [page.footer]
    if letter.signed_electronically and (letter.test_key or letter.certified):
        lines.append(f"{letter.electronic.test}." if letter.test_key else letter.electronic.footer)
    if letter.code and not letter.draft:
        address = profile.check_address(letter.code)
        lines.append(f"Kode surat: {printed_code(letter.code)}." + (f" Periksa di {address}" if address else ""))
    return "\n".join(filter(None, lines))


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
    missing: set[str] = set()
    for source in _sources(template_name):
        names, attributes = _asked(source)
        missing |= names - known.keys()
        missing |= {f"{of}.{asked}" for of, asked in attributes if of in known and not hasattr(known[of], asked)}
    return tuple(sorted(missing))


def stray_fields(template_name: str, body: type[msgspec.Struct]) -> tuple[str, ...]:
    """What ``missing_names`` finds of ``letter`` and ``body``, by reading the text alone.

    Every process looks at every template when it starts, and parsing them all takes longer than the rest of starting.
    """
    known = {"letter": PrintedLetter, "body": body}
    waiting, seen, stray = [template_name], {template_name}, set()
    while waiting:
        text = _COMMENT.sub("", (LETTERS / waiting.pop()).read_text(encoding="utf-8"))
        stray |= {f"{of}.{asked}" for of, asked in _FIELD.findall(text) if not hasattr(known[of], asked)}
        new = set(_REFERENCE.findall(text)) - seen
        waiting += new
        seen |= new
    return tuple(sorted(stray))


@lru_cache(maxsize=128)
def _asked(source: str) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The names that a template takes from outside, and each name with what is asked of it."""
    tree = _parsed(source)
    names = list(tree.find_all(nodes.Name))
    own = {found.name for found in names if found.ctx != "load"} | _imported(tree) | {"loop", "self", "super"}
    outside = frozenset(found.name for found in names if found.ctx == "load") - own
    asked = ((asked.node, asked.attr) for asked in tree.find_all(nodes.Getattr))
    return outside, frozenset((of.name, name) for of, name in asked if isinstance(of, nodes.Name))


def _imported(tree: nodes.Template) -> set[str]:
    """The macros that a template defines or takes from another."""
    taken = [name for found in tree.find_all(nodes.FromImport) for name in found.names]
    return {macro.name for macro in tree.find_all(nodes.Macro)} | {n if isinstance(n, str) else n[1] for n in taken}


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
        sampai_pukul=lambda starts, ends: words.span(starts, ends, starts.tzinfo),
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


def _balanced(title: str, widest: int = _TITLE_LINE) -> Markup:
    """A post above a signature, or a title, in as few lines as it needs, about as long as each other: no word is left alone."""
    title = title.unescape() if isinstance(title, Markup) else title
    fewest = len(_wrapped(title, widest))
    wider_and_wider = (_wrapped(title, width) for width in range(1, widest + 1))
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
