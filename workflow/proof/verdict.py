"""What a check means, in words for a village head: one answer, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from workflow.letters.words import long_date
from workflow.proof.keys import Published
from workflow.proof.public import OtherLetter, PublicLetter
from workflow.proof.seen import FileSeen
from workflow.proof.statement import RECEIPT, Checked, NotGenuine, Statement, address_of, check
from workflow.signatures.checked import SignatureSeen, Sound, fingerprint

#: good: may be relied on for what is said; care: genuine, but read what follows; bad: do not rely on it.
Tone = Literal["good", "care", "bad"]

TEST_KEY: Final = "Dibuat dengan kunci UJI: hanya untuk peragaan, tidak membuktikan apa pun terhadap siapa pun."

_UNKNOWN: Final = (
    "Pernyataan dalam berkas ini asli, tetapi suratnya tidak ada dalam catatan kami. Hubungi instansi penerbit."
)

_UNTOLD: Final = "jenis yang tidak dapat kami periksa"
_FITS: Final[dict[Sound, str]] = {
    "intact": "utuh",
    "loose": "utuh",
    "unknown": _UNTOLD,
    "changed": "TIDAK COCOK dengan isi berkas",
}
#: What the signatures say of a file of others.
_WHOLE: Final[dict[Sound, str]] = {
    "intact": "Menurut tanda tangannya, berkas ini tidak berubah sejak ditandatangani.",
    "loose": "Menurut tanda tangannya, berkas ini tidak berubah sejak ditandatangani.",
    "unknown": f"Tanda tangannya {_UNTOLD}; tanyakan keutuhannya kepada yang menerbitkannya.",
    "changed": "Menurut tanda tangannya, berkas ini SUDAH BERUBAH sejak ditandatangani.",
}


#: What is said of a receipt.
_RECEIVED: Final = (
    "Instansi menyatakan telah menerima jawaban ini. Tanda terima menyatakan apa yang dijawab pada saat itu; keadaan berkasnya "
    "sekarang dapat ditanyakan kepada instansi penerbit."
)
_COMPARE: Final = (
    "Isi jawaban selengkapnya dibuktikan oleh berkas PDF tanda terimanya, yang dapat diperiksa di halaman ini."
)

#: What the answer is called for a letter that does not count any more.
_ENDED: Final = {"void": "SURAT DIBATALKAN", "replaced": "SURAT TELAH DIGANTI"}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. ``rows``: label and value of what is stated; ``lines``: sentences, the weightiest first.

    ``stands_alone``: it is about a receipt, of which no book tells more than it says itself.
    """

    tone: Tone
    title: str
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    stands_alone: bool = False


def of_text(text: str, published: Published) -> Verdict:
    """The text of a QR code, without asking anybody."""
    try:
        found = check(text, published.by_id)
    except NotGenuine as fault:
        return Verdict(tone="bad", title="TIDAK TERBUKTI ASLI", lines=(str(fault),))
    if found.statement.kind == RECEIPT:
        return Verdict(
            tone="care" if found.is_test else "good",
            title="TANDA TERIMA ASLI",
            lines=(*((TEST_KEY,) if found.is_test else ()), _RECEIVED, _COMPARE),
            rows=tuple(_said(found.statement)),
            stands_alone=True,
        )
    return Verdict(
        tone="care" if found.is_test else "good",
        title="KODE QR ASLI",
        lines=(
            *((TEST_KEY,) if found.is_test else ()),
            (
                "Instansi menyatakan telah menerbitkan surat ini. Cocokkan nomor, tanggal, hal, dan penandatangannya dengan surat "
                "yang Anda pegang."
            ),
            (
                "Kode QR tidak membuktikan bahwa kertas atau berkasnya tidak diubah; itu dijawab oleh berkas PDF aslinya."
            ),
            _ask(text),
        ),
        rows=tuple(_said(found.statement)),
    )


def of_file(seen: FileSeen, published: Published) -> Verdict:
    """A PDF, without asking anybody: whether statement, data and signatures are ours and agree."""
    if seen.trouble:
        return Verdict(tone="bad", title="TIDAK DAPAT DIPERIKSA", lines=(seen.trouble,))
    if not seen.statement:
        return Verdict(
            tone="bad",
            title="BUKAN SURAT DARI SISTEM INI",
            lines=("Berkas ini tidak memuat pernyataan instansi.", *map(_signature, seen.signatures)),
        )
    try:
        found = check(seen.statement, published.by_id)
    except NotGenuine as fault:
        return Verdict(tone="bad", title="TIDAK TERBUKTI ASLI", lines=(str(fault),))
    rows = tuple(_said(found.statement))
    faults = tuple(_faults(seen, found, published))
    signed = tuple(map(_signature, seen.signatures))
    is_test = found.is_test or any(published.fingerprints.get(_print(each)) for each in seen.signatures)
    test = (TEST_KEY,) if is_test else ()
    is_receipt = found.statement.kind == RECEIPT
    if faults:
        lines = (*faults, *test, *signed)
        return Verdict(tone="bad", title="BERKAS TIDAK UTUH", lines=lines, rows=rows, stands_alone=is_receipt)
    whole = "Pernyataan, data, dan tanda tangan elektronik berkas ini saling cocok; isinya tidak diubah sejak ditandatangani."
    lines = (*test, whole, *signed, _RECEIVED if is_receipt else _ask(seen.statement))
    tone: Tone = "care" if is_test else "good"
    return Verdict(tone=tone, title="BERKAS ASLI DAN UTUH", lines=lines, rows=rows, stands_alone=is_receipt)


def of_letter(letter: PublicLetter) -> Verdict:
    """A letter as it stands in the books."""
    lines = (*_standing(letter, "Surat ini"), "Cocokkan keterangan ini dengan surat yang Anda pegang.")
    if letter.standing != "valid":
        title = _ENDED[letter.standing] if letter.by is None or not letter.by.revokes else "SURAT DICABUT"
        return Verdict(tone="bad", title=title, lines=lines, rows=tuple(_of_books(letter)))
    care = letter.by_hand or letter.changed_by or letter.is_test
    title = "SURAT BERLAKU, DITANDATANGANI BASAH" if letter.by_hand else "SURAT BERLAKU"
    return Verdict(tone="care" if care else "good", title=title, lines=lines, rows=tuple(_of_books(letter)))


def of_upload(seen: FileSeen, ours: PublicLetter | None, named: PublicLetter | None, published: Published) -> Verdict:
    """A file somebody sent, held against the books.

    ``ours``: the letter that has exactly these bytes; ``named``: the one that the file's own statement names.
    """
    if ours is not None:
        told = of_letter(ours)
        kind = "pindaian surat yang ditandatangani basah" if ours.by_hand else "berkas yang kami terbitkan"
        same = f"Berkas ini asli dan utuh: sama sampai bita terakhir dengan {kind}."
        return msgspec.structs.replace(told, lines=(*told.lines, same, *map(_signature, seen.signatures)))
    if not seen.trouble and not seen.statement:
        return _not_ours(seen)
    told = of_file(seen, published)
    if not told.rows:  # not readable, or no statement of ours: there is nothing to compare
        return told
    if told.stands_alone:
        return told
    if named is None:
        return Verdict(tone="bad", title="SURAT TIDAK TERCATAT", lines=(_UNKNOWN,))
    changed = (
        "data surat di dalamnya pun lain"
        if seen.body_sha256 != named.body_sha256
        else "berkasnya diubah sesudah diterbitkan"
    )
    return Verdict(
        tone="bad",
        title="BERKAS TELAH DIUBAH",
        lines=(
            (
                f"Berkas ini menyebut surat di bawah ini, tetapi tidak sama dengan yang kami terbitkan: {changed}. Jangan "
                "dipercaya; mintalah berkas aslinya."
            ),
            *map(_signature, seen.signatures),
            *_standing(named, "Surat aslinya"),
        ),
        rows=tuple(_of_books(named)),
    )


def _ask(statement: str) -> str:
    """Where today's answer is. ``statement``: one that was found right, so that its address is the agency's own."""
    site, _, rest = "".join(statement.split()).upper().rpartition("/VERIFY/")
    page = address_of(rest.partition("/")[0], site.lower())
    where = page if site else f"halaman {page} pada situs instansi penerbit"
    return (
        f"Apakah surat ini masih berlaku, tanyakan pada {where} atau pindai kode QR-nya: pemeriksaan tanpa jaringan tidak tahu "
        "apakah suratnya sudah dibatalkan atau diganti."
    )


def _not_ours(seen: FileSeen) -> Verdict:
    if not seen.signatures:
        lines: tuple[str, ...] = (
            "Berkas ini tidak kami terbitkan, atau sudah disimpan ulang sehingga bukan berkas aslinya lagi.",
            "Berkas ini juga tidak memuat tanda tangan elektronik.",
        )
    else:
        lines = (f"Berkas ini tidak kami terbitkan. {_WHOLE[seen.sound]}",)
    return Verdict(tone="bad", title="BUKAN SURAT KAMI", lines=(*lines, *map(_signature, seen.signatures)))


def _faults(seen: FileSeen, found: Checked, published: Published) -> Iterator[str]:
    if seen.body_sha256 != found.statement.body_sha256:
        yield "Data surat di dalam berkas tidak sama dengan yang dinyatakan instansi: telah diubah."
    if not seen.signatures:
        yield "Berkas ini tidak memuat tanda tangan elektronik, sehingga tidak dapat dipastikan bahwa tampilannya tidak diubah."
    elif seen.sound == "changed":
        yield "Berkas ini telah diubah sesudah ditandatangani."
    elif not seen.intact:
        yield "Tanda tangan elektronik berkas ini tidak seperti yang kami buat; berkasnya bukan berkas asli."
    known = published.fingerprints
    unknown = [each.signer for each in seen.signatures if _print(each) not in known]
    if unknown:
        yield f"Sertifikat yang menandatanganinya tidak diumumkan instansi: {', '.join(unknown)}."


def _print(signature: SignatureSeen) -> str:
    """By what its certificate is known; empty where it has none that can be read."""
    return fingerprint(signature.certificate) if signature.certificate else ""


def _said(said: Statement) -> Iterator[tuple[str, str]]:
    yield from _rows(said.kind, said.number, long_date(said.dated_on), said.post, _people(said.name, said.others))
    if said.subject:
        yield "Hal", said.subject


def _of_books(letter: PublicLetter) -> Iterator[tuple[str, str]]:
    yield from _rows(
        letter.kind, letter.number, long_date(letter.dated_on), letter.post, _people(letter.name, letter.others)
    )
    yield from (("Kewenangan", line) for line in letter.for_whom)
    if letter.subject:
        yield "Hal", letter.subject


def _rows(kind: str, number: str, dated: str, post: str, name: str) -> Iterator[tuple[str, str]]:
    yield from (("Naskah", kind), ("Nomor", number), ("Tanggal", dated), ("Penandatangan", name), ("Jabatan", post))


def _people(name: str, others: int) -> str:
    return f"{name} dan {others} orang lain" if others else name


def _standing(letter: PublicLetter, called: str) -> Iterator[str]:
    by = _cited(letter.by) if letter.by else ""
    if letter.standing == "void":
        since = f" sejak {long_date(letter.since)}" if letter.since else ""
        done = "dicabut" if letter.by and letter.by.revokes else "dibatalkan"
        yield f"{called} sudah {done}{f' dengan {by}' if by else since}. Nomornya tetap tercatat."
        if not by:  # what was typed as the reason is for those within the agency
            yield "Alasannya dapat ditanyakan kepada instansi penerbitnya."
    elif letter.standing == "replaced":
        yield f"{called} sudah diganti{f' dengan {by}' if by else ''}; yang berlaku ialah penggantinya."
    else:
        yield f"{called} tercatat dan berlaku."
    if letter.is_test:
        yield TEST_KEY
    for other in letter.changed_by:
        done = "Dicabut bagi sebagian orang yang disebut di dalamnya" if other.revokes else "Sebagian diubah"
        yield f"{done} dengan {_cited(other)}."
    if letter.by_hand:
        yield (
            f"{called} ditandatangani basah dan tidak memuat tanda tangan elektronik; cocokkan dengan surat bertanda tangan "
            "dan berstempel yang aslinya."
        )


def _cited(other: OtherLetter) -> str:
    return f"{other.kind if other.revokes else 'surat'} Nomor {other.number} tanggal {long_date(other.dated_on)}"


def _signature(signature: SignatureSeen) -> str:
    whole = _FITS[signature.sound] if signature.covers != "part" or signature.sound == "unknown" else _FITS["changed"]
    name = signature.signer or "pemilik yang tidak dapat dibaca"
    issuer = f" (sertifikat dari {signature.issuer})" if signature.issuer and signature.issuer != name else ""
    return f"Tanda tangan elektronik {name[:100]}{issuer[:140]}: {whole}."
