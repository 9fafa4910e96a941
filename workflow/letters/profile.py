"""The agency's profile: who it is, how its letters look and are numbered, which units play a part in the processes.

One TOML file (``templates/profiles/kemuning.toml`` is the shipped, invented one). Read once at start; a key that is
unknown or has the wrong kind of value stops the start with file, key, reason and way out.
"""

from __future__ import annotations

import base64
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from workflow.letters.complaints import explained
from workflow.letters.numbering import PatternError, check_pattern, format_number
from workflow.letters.parts import Letterhead, Security

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"
SHIPPED_PROFILE: Final = TEMPLATES / "profiles" / "kemuning.toml"

Paper = Literal["A4", "F4"]
Font = Literal["sans", "serif"]


class ProfileError(Exception):
    """A profile that cannot be used: names the file, the key, the reason and the way out, in Indonesian."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file, self.key, self.reason = file, key, reason


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: a key it does not know is refused."""


_T = TypeVar("_T", bound=_Table)


class Regent(_Table, frozen=True, kw_only=True):
    """The head of the region: has no NIP and stands in no staff export. ``title`` in full, ``Bupati Kemuning``."""

    name: str
    title: str


class PageStyle(_Table, frozen=True, kw_only=True):
    """The page: margins in centimetres, font size in points, line height in lines; ``footer`` under every page.

    ``longest_table``: the names that may stand in the letter itself; more are attached to it.
    """

    paper: Paper = "A4"
    font: Font = "sans"
    font_size: float = 11.0
    line_height: float = 1.2
    left: float = 3.0
    right: float = 2.0
    top: float = 2.0
    bottom: float = 2.5
    footer: str = ""
    longest_table: int = 3


class LetterKind(_Table, frozen=True, kw_only=True):
    """How one kind of letter differs: what is left out is as everywhere. ``code``: the {jenis} of its number."""

    classification: str = ""
    code: str = ""
    pattern: str = ""
    paper: Paper | None = None
    font: Font | None = None


class Numbers(_Table, frozen=True, kw_only=True):
    """The number of a letter where its kind says nothing else."""

    pattern: str = "{klasifikasi}/{urut}/{unit}/{tahun}"
    classification: str = "800"


class UnitStyle(_Table, frozen=True, kw_only=True):
    """A unit's letterhead and short code for numbers.

    ``lines`` stand in the place of its name where one office stands under another; the last is the office itself.
    """

    code: str = ""
    lines: tuple[str, ...] = ()
    address: str = ""
    postcode: str = ""
    phone: str = ""
    site: str = ""
    email: str = ""


class Profile(_Table, frozen=True, kw_only=True):
    """The agency. Units are named by the codes of the staff export.

    ``seat``: the place that dates letters. ``groups``: name -> NIPs or units, a unit as ``BKPSDM`` or ``BKPSDM/Bidang
    …``. ``emblem``: an SVG beside the profile, kept as a ``data:`` address once read.
    """

    agency: str
    kind: Literal["kabupaten", "kota"]
    seat: str
    government: str
    regent: Regent
    zone: str = "Asia/Jakarta"
    personnel_unit: str = "BKPSDM"
    secretariat: str = "SETDA"
    six_day_units: tuple[str, ...] = ()
    emblem: str = ""
    groups: dict[str, tuple[str, ...]] = {}
    page_style: PageStyle = msgspec.field(default_factory=PageStyle, name="page")
    numbers: Numbers = Numbers()
    letters: dict[str, LetterKind] = {}
    units: dict[str, UnitStyle] = {}

    def letterhead(self, unit: str, unit_name: str) -> Letterhead:
        """The letterhead of a unit; one that the profile does not know has its name under the government's line."""
        style = self.units.get(unit, UnitStyle())
        postcode = f"Kode Pos {style.postcode}" if style.postcode else ""
        contact = (
            f"Telepon {style.phone}" if style.phone else "",
            f"Laman {style.site}" if style.site else "",
            f"Pos-el {style.email}" if style.email else "",
        )
        return Letterhead(
            lines=(self.government, *(line.upper() for line in style.lines or (unit_name,))),
            address=", ".join(filter(None, (style.address, postcode))),
            contact=", ".join(filter(None, contact)),
            emblem=self.emblem,
            emblem_says=f"Lambang {self.agency}" if self.emblem else "",
        )

    def regent_letterhead(self) -> Letterhead:
        """The regent's own letterhead: the post alone, centred, without the state emblem, which is not shipped."""
        return Letterhead(lines=(self.regent.title.upper(),), arrangement="official")

    def page(self, kind: str) -> PageStyle:
        """The page of a kind of letter."""
        own = self.letters.get(kind, LetterKind())
        chosen = {"paper": own.paper, "font": own.font}
        return msgspec.structs.replace(self.page_style, **{key: value for key, value in chosen.items() if value})

    def number(
        self, kind: str, *, unit: str, sequence: int, on: date, security: Security = "Biasa", classification: str = ""
    ) -> str:
        """The number of a letter of this kind in the register of a unit.

        ``classification``: the process's own code, which the profile's code for the kind overrides. Raises
        PatternError where the pattern asks for a part that is empty.
        """
        own = self.letters.get(kind, LetterKind())
        return format_number(
            own.pattern or self.numbers.pattern,
            classification=own.classification or classification or self.numbers.classification,
            sequence=sequence,
            unit=self.unit_code(unit),
            year=on.year,
            month=on.month,
            security=security,
            kind=own.code,
        )

    def unit_code(self, unit: str) -> str:
        """The short code that stands for a unit in numbers."""
        return self.units.get(unit, UnitStyle()).code or unit


def load_profile(path: Path = SHIPPED_PROFILE) -> Profile:
    """The profile in a file, its emblem read from beside it. Raises ProfileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        _refuse(str(path), "", f"berkas profil tidak dapat dibaca ({error.strerror}); periksa letak dan hak aksesnya.")
    except UnicodeDecodeError:
        _refuse(str(path), "", "berkas profil bukan teks UTF-8; simpan ulang sebagai UTF-8.")
    return profile_from_text(text, file=str(path), folder=path.parent)


def profile_from_text(text: str, *, file: str = "profil", folder: Path | None = None) -> Profile:
    """The profile in a text. ``file`` names it in errors; ``folder`` is where its emblem lies. Raises ProfileError.

    A text that needs no folder is read once: the engine asks for the stored profile in every unit of work.
    """
    return _read(text, file, folder) if folder else _read_once(text, file)


@lru_cache(maxsize=8)
def _read_once(text: str, file: str) -> Profile:
    return _read(text, file, None)


def _read(text: str, file: str, folder: Path | None) -> Profile:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(file, "", f"tidak dapat dibaca sebagai TOML: {error}")
    for table, kind in (("units", UnitStyle), ("letters", LetterKind)):
        rows = data.get(table)
        # One by one, since msgspec does not say under which name of a dict something is wrong.
        for name, row in rows.items() if isinstance(rows, dict) else ():
            _converted(row, kind, file, f"{table}.{name}")
    profile = _converted(data, Profile, file)
    _check(profile, file)
    return msgspec.structs.replace(profile, emblem=_emblem(profile.emblem, file, folder))


def _converted(value: object, kind: type[_T], file: str, key: str = "") -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        _refuse(file, *explained(str(error), kind, key))


def _check(profile: Profile, file: str) -> None:
    """What the types cannot say."""
    for key in ("agency", "seat", "government"):
        if not getattr(profile, key).strip():
            _refuse(file, key, "kosong; isi dengan teks yang akan tercetak pada surat.")
    try:
        ZoneInfo(profile.zone)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        _refuse(
            file,
            "zone",
            f'zona waktu "{profile.zone}" tidak dikenal; misalnya "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura".',
        )
    patterns = {"numbers.pattern": profile.numbers.pattern}
    patterns |= {f"letters.{kind}.pattern": own.pattern for kind, own in profile.letters.items() if own.pattern}
    for key, pattern in patterns.items():
        try:
            check_pattern(pattern)
        except PatternError as error:
            _refuse(file, key, str(error))
    style = profile.page_style
    if not 8 <= style.font_size <= 14 or not 1 <= style.line_height <= 2:
        _refuse(file, "page", "font_size harus 8 sampai 14 poin dan line_height 1 sampai 2.")
    for key in ("left", "right", "top", "bottom"):
        if not 1 <= getattr(style, key) <= 6:
            _refuse(file, f"page.{key}", "tepi halaman harus 1 sampai 6 sentimeter.")
    if not 1 <= style.longest_table <= 20:
        _refuse(file, "page.longest_table", "nama yang dimuat surat harus 1 sampai 20 orang; selebihnya pada lampiran.")


def _emblem(name: str, file: str, folder: Path | None) -> str:
    if not name or name.startswith("data:image/svg+xml;base64,"):
        return name
    if folder is None or "/" in name or not name.endswith(".svg"):
        _refuse(file, "emblem", f'"{name}" harus nama berkas SVG di sebelah berkas profil.')
    try:
        drawn = (folder / name).read_bytes()
    except OSError as error:
        _refuse(
            file, "emblem", f"{folder / name} tidak dapat dibaca ({error.strerror}); taruh berkasnya di sebelah profil."
        )
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def _refuse(file: str, key: str, reason: str) -> NoReturn:
    raise ProfileError(file, key, reason)
