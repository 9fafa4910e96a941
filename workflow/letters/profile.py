"""The agency's profile: who it is, how its letters look and are numbered, which units play a part in the processes.

One TOML file (``templates/profiles/kemuning.toml`` is the shipped, invented one). Read once at start; a key that is
unknown or has the wrong kind of value stops the start with file, key, reason and way out.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from workflow.letters.complaints import explained
from workflow.letters.emblem import EmblemError, emblem
from workflow.letters.numbering import PatternError, check_pattern, format_number
from workflow.letters.parts import Letterhead, LetterType, Security
from workflow.letters.route import MOST_PARAF
from workflow.letters.style import (
    ElectronicStyle,
    Font,
    PageStyle,
    Paper,
    Table,
    TypeStyle,
    Wording,
    faults_of,
    page_of,
)

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"
SHIPPED_PROFILE: Final = TEMPLATES / "profiles" / "kemuning.toml"


#: An address that means the same in upper case, as QR codes pack it.
_SITE: Final = re.compile(r"https?://(?=.{1,52}$)[a-z0-9.-]+(:[0-9]{1,5})?/?")


class ProfileError(Exception):
    """A profile that cannot be used: names the file, the key, the reason and the way out, in Indonesian."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file, self.key, self.reason = file, key, reason


_T = TypeVar("_T", bound=Table)


class Regent(Table, frozen=True, kw_only=True):
    """The head of the region: has no NIP and stands in no staff export. ``title`` in full, ``Bupati Kemuning``.

    ``emblem``: the state emblem for their own letterhead, a file beside the profile; it is the agency's to bring.
    """

    name: str
    title: str
    emblem: str = ""
    address: str = ""


class LetterKind(Table, frozen=True, kw_only=True):
    """How one kind of letter differs: what is left out is as everywhere. ``code``: the {jenis} of its number.

    ``register``: the one that numbers it, by its code; else that of the unit which signs.
    """

    register: str = ""
    classification: str = ""
    code: str = ""
    pattern: str = ""
    paper: Paper | None = None
    font: Font | None = None


class Numbers(Table, frozen=True, kw_only=True):
    """The number of a letter where its kind says nothing else."""

    pattern: str = "{klasifikasi}/{urut}/{unit}/{tahun}"
    classification: str = "800"


class RegisterStyle(Table, frozen=True, kw_only=True):
    """A register that is not simply the unit's own (``own``).

    ``leased``: the unit takes its numbers from blocks of the register ``of``. ``external``: another system numbers, and a
    clerk enters what it gave. Every register has a code; a unit's own register has the unit's.
    """

    kind: Literal["own", "leased", "external"] = "own"
    of: str = ""


class UnitStyle(Table, frozen=True, kw_only=True):
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


class Profile(Table, frozen=True, kw_only=True):
    """The agency. Units are named by the codes of the staff export.

    ``seat``: the place that dates letters. ``groups``: name -> NIPs or units, a unit as ``BKPSDM`` or ``BKPSDM/Bidang
    …``. ``emblem``: an SVG or PNG beside the profile, kept as a ``data:`` address once read.
    """

    agency: str
    kind: Literal["kabupaten", "kota"]
    seat: str
    government: str
    regent: Regent
    zone: str = "Asia/Jakarta"
    #: The province, as its governor is addressed: ``Gubernur Sungai Jernih``. Empty: the governor alone.
    province: str = ""
    personnel_unit: str = "BKPSDM"
    secretariat: str = "SETDA"
    six_day_units: tuple[str, ...] = ()
    emblem: str = ""
    groups: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    page_style: PageStyle = msgspec.field(default_factory=PageStyle, name="page")
    #: Type of official letter -> how its page differs.
    types: dict[str, TypeStyle] = msgspec.field(default_factory=dict)
    wording: Wording = Wording()
    electronic: ElectronicStyle = ElectronicStyle()
    numbers: Numbers = Numbers()
    letters: dict[str, LetterKind] = msgspec.field(default_factory=dict)
    #: Code of a register -> what is particular about it; one that is not named is the unit's own.
    registers: dict[str, RegisterStyle] = msgspec.field(default_factory=dict)
    #: A post that signs (regent, secretary, personnel_head) -> the offices whose heads initial before, as
    #: ``UNIT`` or ``UNIT/Subunit``, in order.
    paraf: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    #: Where the public can check letters, such as ``https://layanan.kemuning.example``; printed in their QR codes.
    site: str = ""
    units: dict[str, UnitStyle] = msgspec.field(default_factory=dict)

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
        """The regent's own letterhead: the post alone, centred, below the state emblem where the agency has brought it."""
        return Letterhead(
            lines=(self.regent.title.upper(),),
            address=self.regent.address,
            emblem=self.regent.emblem,
            emblem_says="Lambang negara Garuda Pancasila" if self.regent.emblem else "",
            arrangement="official",
        )

    def page(self, kind: str, letter_type: str = "") -> PageStyle:
        """The page of a kind of letter: the kind's own, else its type's, else every page's."""
        own = self.letters.get(kind, LetterKind())
        style = self.types.get(letter_type, TypeStyle())
        return page_of(self.page_style, style, letter_type, paper=own.paper, font=own.font)

    def check_address(self, code: str) -> str:
        """Where anybody can check the letter with this code, or empty where the profile names no site."""
        return f"{self.site.rstrip('/')}/verify/{code}" if self.site and code else ""

    def number(
        self,
        kind: str,
        *,
        unit: str,
        sequence: int,
        on: date,
        security: Security = "Biasa",
        classification: str = "",
        suffix: str = "",
    ) -> str:
        """The number of a letter of this kind in the register of a unit; ``suffix``: of one put in between, ``a``.

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
            suffix=suffix,
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
    for table, kind in (
        ("units", UnitStyle),
        ("letters", LetterKind),
        ("registers", RegisterStyle),
        ("types", TypeStyle),
    ):
        rows = data.get(table)
        # One by one, since msgspec does not say under which name of a dict something is wrong.
        for name, row in rows.items() if isinstance(rows, dict) else ():
            _converted(row, kind, file, f"{table}.{name}")
    profile = _converted(data, Profile, file)
    _check(profile, file)
    regent = msgspec.structs.replace(
        profile.regent, emblem=_emblem("regent.emblem", profile.regent.emblem, file, folder)
    )
    return msgspec.structs.replace(profile, emblem=_emblem("emblem", profile.emblem, file, folder), regent=regent)


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
    if profile.site and not _SITE.fullmatch(profile.site):
        example = "https://layanan.kemuning.example"
        _refuse(file, "site", f'"{profile.site}" harus alamat pendek tanpa jalur, dalam huruf kecil: "{example}".')
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
    _check_paraf(profile, file)
    _check_registers(profile, file)
    _check_pages(profile, file)


def _check_pages(profile: Profile, file: str) -> None:
    """Every page that the profile makes can be printed on; ``types`` names types of letters."""
    for key, reason in faults_of(profile.page_style):
        _refuse(file, f"page.{key}", reason)
    known = get_args(LetterType)
    for name in profile.types:
        if name not in known:
            says = f"jenis naskah dinas tidak dikenal; yang dikenal: {', '.join(known)}."
            _refuse(file, f"types.{name}", says)
        for key, reason in faults_of(profile.page("", name)):
            _refuse(file, f"types.{name}.{key}", reason)


def _check_paraf(profile: Profile, file: str) -> None:
    """Who initials is named for posts that are known, by units or parts of them; whether those are there, staff data says."""
    known = ("personnel_head", "secretary", "regent")
    for post, offices in profile.paraf.items():
        key = f"paraf.{post}"
        if post not in known:
            _refuse(file, key, f'jabatan "{post}" tidak dikenal; yang dapat diatur: {", ".join(known)}.')
        if len(offices) > MOST_PARAF:
            _refuse(file, key, f"paling banyak {MOST_PARAF} paraf; hapus yang tidak perlu.")
        for office in offices:
            unit, slash, subunit = office.partition("/")
            if not unit.strip() or (slash and not subunit.strip()):
                _refuse(file, key, f'"{office}" bukan unit; tulis UNIT atau UNIT/Subunit seperti dalam data pegawai.')


def _check_registers(profile: Profile, file: str) -> None:
    """A leased register takes its blocks from a known one of its own series; a kind of letter names a known one."""
    known = {*profile.registers, *profile.units, profile.personnel_unit, profile.secretariat}
    for code, style in profile.registers.items():
        key = f"registers.{code}.of"
        if style.kind != "leased" and style.of:
            _refuse(file, key, 'hanya bagi buku agenda dengan kind = "leased"; hapus barisnya, atau ubah kind.')
        of = profile.registers.get(style.of, RegisterStyle())
        if style.kind == "leased" and (style.of not in known or style.of == code or of.kind != "own"):
            _refuse(
                file,
                key,
                f'"{style.of}" bukan buku agenda dengan nomor sendiri; sebutkan kode unit yang ada pada [units], atau tambahkan '
                f'[registers.{style.of or "KODE"}] dengan kind = "own".',
            )
    for kind, own in profile.letters.items():
        if own.register and own.register not in known:
            _refuse(
                file,
                f"letters.{kind}.register",
                f'buku agenda "{own.register}" tidak dikenal; tambahkan [registers.{own.register}] atau pakai kode unit.',
            )


def _emblem(key: str, name: str, file: str, folder: Path | None) -> str:
    try:
        return emblem(name, folder)
    except EmblemError as error:
        _refuse(file, key, str(error))


def _refuse(file: str, key: str, reason: str) -> NoReturn:
    raise ProfileError(file, key, reason)
