"""What every template sees under the name ``letter``, and the lines that bodies are made of. Plain JSON when stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from policies.dates import written
from workflow.letters.bounds import MOST_EMBLEM, MOST_PEOPLE, Copies, Line, Lines

Security = Literal["Biasa", "Terbatas", "Rahasia", "Sangat Rahasia"]
Urgency = Literal["Biasa", "Penting", "Segera", "Sangat Segera"]

#: How the person who signs holds the authority: acting for a vacant post (plt), for an absent holder (plh), as
#: appointed acting head (pj), by mandate (mandat, an) or by delegation (delegasi), which is signed in one's own post.
MandateKind = Literal["plt", "plh", "pj", "an", "mandat", "delegasi"]

#: The kinds of official letters (jenis naskah dinas), by the code names under which an agency's profile lays them out.
LetterType = Literal[
    "surat_dinas",
    "nota_dinas",
    "surat_undangan",
    "telaahan_staf",
    "surat_tugas",
    "surat_perintah",
    "keputusan",
    "surat_keterangan",
    "berita_acara",
    "surat_pengantar",
    "surat_edaran",
    "rekomendasi",
    "surat_pernyataan",
    "kesepakatan",
    "laporan",
    "piagam",
    "sertifikat",
]

#: How the addressee of a letter stands to the one who signs it.
Standing = Literal["above", "level", "below"]

#: The Lampiran line of a letter with which nothing goes.
NO_ATTACHMENT: Final = "-"

_PREFIXES: Final = {"plt": "Plt.", "plh": "Plh.", "pj": "Pj."}
_HANGING: Final = ("a.n.", "u.b.", *_PREFIXES.values())


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """An employee as letters name them.

    ``name`` with its titles; ``nip`` grouped for print, or None; ``rank`` such as ``Penata Tingkat I (III/d)`` or
    ``Golongan IX``, or None; ``post`` and ``unit`` in full.
    """

    name: Line
    nip: Line | None = None
    rank: Line | None = None
    post: Line
    unit: Line

    @property
    def nip_label(self) -> str:
        """``NI PPPK`` for contract staff: their number counts agreements, from 21 on, where others have a month."""
        return _nip_label(self.nip)

    @property
    def rank_label(self) -> str:
        """Contract staff have a grade and no rank name."""
        return "Golongan" if (self.rank or "").startswith("Golongan ") else "Pangkat/Golongan"

    @property
    def rank_value(self) -> str:
        """The rank as it stands behind its label."""
        return (self.rank or "").removeprefix("Golongan ")


class ParticipantLine(PersonLine, frozen=True, kw_only=True, omit_defaults=True):
    """One of those whom a letter about several is about.

    ``section`` of the host, and ``guide``, the host's own person who guides them: only where these are not the same for all.
    """

    section: Line = ""
    guide: Line = ""


#: Those whom a letter names, or attaches a list of.
People = Annotated[tuple[ParticipantLine, ...], msgspec.Meta(max_length=MOST_PEOPLE)]


class HostLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The institution that receives an intern. ``head``: the post that answers; ``inside``: one of our own units.

    ``country``: where it lies abroad; empty at home.
    """

    name: Line
    head: Line
    address: Line
    city: Line
    inside: bool
    country: Line = ""

    @property
    def in_full(self) -> str:
        """Its name, and the country where that is another one."""
        return ", ".join(filter(None, (self.name, self.country)))


class LetterReference(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that another refers to. ``kind`` as in a sentence (``surat usulan``), ``by``: the post that signed.

    ``code``: its code name, by which templates ask for it, however it is titled; empty for another institution's letter.
    """

    kind: Line
    number: Line
    dated_on: date
    by: Line
    code: Line = ""


#: Letters that another refers to: of all who share it.
References = Annotated[tuple[LetterReference, ...], msgspec.Meta(max_length=MOST_PEOPLE)]


class StandIn(msgspec.Struct, frozen=True, kw_only=True):
    """For whom somebody signs as Plh. or Plt., and by which letter.

    ``holder``: who holds the post and is away, or held it last where it is vacant; empty where nobody knows who that was.
    """

    kind: Literal["plh", "plt"]
    holder: Line = ""
    basis_number: Line
    basis_on: date


class SignatureBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs. ``lines`` are printed above the signature, ``title`` names the post within a sentence.

    ``rank`` and ``nip`` are None for the regent. ``heading`` stands above the lines where several sign: ``PIHAK KESATU``,
    ``Mengetahui``. ``agreed_at``: when they agreed in the application instead of signing; the letter says just that, and
    has no place for a signature of theirs. ``stands_in``: for whom, where they sign as Plh. or Plt.
    """

    lines: Lines
    title: Line
    name: Line
    rank: Line | None = None
    nip: Line | None = None
    heading: Line = ""
    agreed_at: datetime | None = None
    stands_in: StandIn | None = None

    @property
    def for_whom(self) -> str:
        """In whose place they sign, and on what basis, in a sentence; empty where they sign in their own right."""
        if self.stands_in is None:
            return ""
        holder, basis = self.stands_in.holder, self.stands_in
        why = f"menggantikan {holder} yang berhalangan sementara" if holder else "selama pejabatnya berhalangan"
        if self.stands_in.kind == "plt":
            why = "karena jabatan tersebut kosong" + (f" (terakhir dipangku oleh {holder})" if holder else "")
        return (
            f"Ditandatangani oleh {self.name} selaku {self.title}, {why}, "
            f"berdasarkan surat Nomor {basis.basis_number} tanggal {written(basis.basis_on)}."
        )

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The lines with what hangs before them (``a.n.``, ``Plt.``) apart, so that posts stand under each other."""
        return tuple(_hanging(line) for line in self.lines)

    @property
    def rank_name(self) -> str | None:
        """The rank without its grade in brackets, as it stands above the NIP."""
        return self.rank.partition(" (")[0] if self.rank else None

    @property
    def nip_label(self) -> str:
        """``NIP``, or ``NI PPPK`` for contract staff."""
        return _nip_label(self.nip)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What lets anybody check a print. ``qr``: the code as a ``data:`` address; ``address``: what it opens, for those who listen.

    ``statement``: the text in the code, which the file carries in its metadata as well.
    """

    qr: str
    address: str
    statement: str = ""


class Letterhead(msgspec.Struct, frozen=True, kw_only=True):
    """The head of the first page. The last of ``lines`` is the office itself; ``emblem``: a ``data:`` address or empty.

    ``arrangement``: ``agency`` has the emblem at the left, ``official`` (the regent's own letters) above the centred
    post.
    """

    lines: Lines
    address: Line = ""
    contact: Line = ""
    emblem: Annotated[str, msgspec.Meta(max_length=MOST_EMBLEM)] = ""
    emblem_says: Line = ""
    arrangement: Literal["agency", "official"] = "agency"


class LetterFrame(msgspec.Struct, frozen=True, kw_only=True):
    """The letter around its body: called ``letter`` in templates.

    ``kind``: its code name; ``title``: what it is, in words; ``number`` and ``dated_on`` are None until it is signed;
    ``subject``: its Hal; ``addressee``: the lines after Yth., ``addressee_place``: where they are,
    ``through``: the post that it passes on its way up, ``standing``: how they
    stand to the signatory; ``attachment``: what goes with it, beside a list of names that its print may attach;
    ``signed_at``: an aware instant, printed in the agency's zone; ``draft``: marks every page KONSEP. ``code``: by which anybody
    can ask about it. ``by_hand``: to be signed on paper, so that nothing in it speaks of an electronic signature.
    ``test_key``: signed with a key made here for trying things out, which it says wherever it speaks of its signature.
    ``certified``: by a certificate that the agency says to have of the national authority, which the footer then names.
    ``copies_chosen``: who gets a copy was corrected by somebody, and is not worked out anew with the signature.
    """

    kind: Line
    title: Line
    type: LetterType = "surat_dinas"
    letterhead: Letterhead
    signatures: Annotated[tuple[SignatureBlock, ...], msgspec.Meta(max_length=20)]
    place: Line
    subject: Line = ""
    number: Line | None = None
    dated_on: date | None = None
    security: Security = "Biasa"
    urgency: Urgency = "Biasa"
    attachment: Line = NO_ATTACHMENT
    addressee: Lines = ()
    addressee_place: Line = ""
    through: Line = ""
    standing: Standing = "level"
    copies: Copies = ()
    signed_at: datetime | None = None
    draft: bool = False
    code: Line = ""
    by_hand: bool = False
    test_key: bool = False
    certified: bool = False
    copies_chosen: bool = False

    @property
    def salutation(self) -> str:
        """How the addressee is spoken to: a superior otherwise than an equal or a subordinate."""
        return "Bapak/Ibu" if self.standing == "above" else "Saudara"

    @property
    def signed_electronically(self) -> tuple[SignatureBlock, ...]:
        """Those whose electronic signatures the file has a place for, in order; nobody's where paper is signed."""
        if self.draft or self.by_hand:
            return ()
        return tuple(block for block in self.signatures if block.agreed_at is None)

    @property
    def nature(self) -> str:
        """Sifat: the degree of security and the urgency, each where it is out of the ordinary."""
        marks = [mark for mark in (self.security, self.urgency) if mark != "Biasa"]
        return ", ".join(marks) or "Biasa"

    @property
    def issued_by(self) -> str:
        """The office, for the file's own author field."""
        return self.letterhead.lines[-1]


def signature_block(
    position_title: str,
    name: str,
    rank: str | None = None,
    nip: str | None = None,
    mandate_kind: MandateKind | None = None,
    for_title: str | None = None,
    *,
    is_regent: bool = False,
    through_title: str | None = None,
) -> SignatureBlock:
    """The block for a person who signs as ``position_title``.

    For plt, plh and pj that is the post acted in. ``for_title``: the post that gave the mandate (a.n.), which mandat
    and an need; ``through_title``: the post between, where the mandate was passed on once more (u.b.). Both may stand
    with plt and plh. Raises ValueError for a combination that no office may print.
    """
    if mandate_kind in ("an", "mandat") and not for_title:
        raise ValueError(f"{position_title}: a mandate is signed a.n. somebody; for_title is missing")
    if is_regent and (mandate_kind == "delegasi" or for_title):
        raise ValueError(f"{position_title}: the regent signs in their own right; for_title must be None")
    if through_title and not for_title:
        raise ValueError(f"{position_title}: u.b. stands below a.n.; for_title is missing")
    title = " ".join(filter(None, (_PREFIXES.get(mandate_kind or ""), position_title)))
    prefix = f"{_PREFIXES[mandate_kind]} " if mandate_kind in _PREFIXES else ""
    lines = [f"a.n. {for_title.upper()}"] if for_title else []
    if through_title:
        lines += [f"{through_title.upper()},", "u.b."]
    lines.append(f"{prefix}{position_title.upper()},")
    if is_regent:
        return SignatureBlock(lines=tuple(lines), title=title, name=name)
    return SignatureBlock(lines=tuple(lines), title=title, name=name, rank=rank, nip=nip)


def field_name(position: int) -> str:
    """The name of the field in the PDF that a signatory signs, counted from 1 in the order of ``signed_electronically``."""
    return f"TandaTangan{position}"


def printed_code(code: str) -> str:
    """A letter's code as it is printed: ``7KQ2M-4XW9P``."""
    return f"{code[:5]}-{code[5:]}" if len(code) > 5 else code


def _hanging(line: str) -> tuple[str, str]:
    for prefix in _HANGING:
        if line == prefix or line.startswith(f"{prefix} "):
            return prefix, line.removeprefix(prefix).lstrip()
    return "", line


def _nip_label(nip: str | None) -> str:
    digits = (nip or "").replace(" ", "")
    return "NI PPPK" if len(digits) == 18 and digits[12:14] >= "21" else "NIP"
