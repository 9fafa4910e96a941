"""What the signatures in a PDF say, and whether it is still what was signed. Reads bytes of strangers: see ``Checked``.

pyHanko judges signature, coverage and what came after. What it lets pass is looked at besides: see ``canonical`` for what a
signature holds unsigned, and no byte may follow what the last signature covers.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, Literal

from workflow.signatures.canonical import canonical, vouched
from workflow.signatures.encodings import in_der

#: What a signature covers: the file, as far as the file went when it was made, or something less.
Covers = Literal["file", "revision", "part"]
#: What came after it: nothing, other signatures and what belongs to them, or something that no signature permits.
After = Literal["nothing", "signatures", "other"]
#: intact: what it covers is what was signed, by that key, and it is written in the one way it can be, as ours are. loose: the
#: first only, as with many programs. unknown: of a kind that cannot be checked here. changed: the file is not what was signed.
Sound = Literal["intact", "loose", "unknown", "changed"]


@dataclass(frozen=True)
class SignatureSeen:
    """One signature. ``signer``: the certificate's common name; ``certificate`` in PEM; ``issuer``: who vouches for it.

    ``name`` and ``reason`` are what the signature says of itself. ``claimed_at`` is by the signer's own clock,
    ``stamped_at`` by a timestamp authority's, where it has one.
    ``trusted_by``: the root that the certificate leads to, by name; None where it leads to none of those given, or where one
    of the certificates in the signature is proven by nobody.
    """

    field: str
    signer: str
    issuer: str
    certificate: str
    name: str
    reason: str
    claimed_at: datetime | None
    stamped_at: datetime | None
    covers: Covers
    after: After
    trusted_by: str | None
    sound: Sound

    @property
    def intact(self) -> bool:
        """What it covers is what was signed, by that key, to the last byte of the signature itself."""
        return self.sound == "intact"


@dataclass(frozen=True)
class Checked:
    """A PDF and its signatures in the order they were made. ``readable``: it is a PDF at all.

    ``sound``: of its signatures the worst. Evidence on certificates that was put in later (B-LT) lies outside what was signed,
    and proves itself.
    """

    readable: bool
    signatures: tuple[SignatureSeen, ...] = ()
    sound: Sound = "changed"

    @property
    def intact(self) -> bool:
        """It is signed, every signature is intact, and nothing but signatures came after any of them."""
        return self.sound == "intact"


_UNREADABLE: Final = Checked(readable=False)


def check(pdf: bytes, roots: Sequence[str] = (), at: datetime | None = None) -> Checked:
    """Read the signatures of a file. ``roots``: certificates that are trusted, in PEM; asks nobody over the network.

    ``at``: the instant that certificates are judged at; the one at which each says it was signed where it is left out. Never
    raises for what is in the file, however broken; it may need much time or memory for it, so strangers' files belong into a
    process with limits.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - takes most of a second

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it tells the log of each fault that is told here
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(BytesIO(pdf))
        fields = list(reader.embedded_signatures) if _readable(reader) else None
    except Exception:  # noqa: BLE001 - whatever a broken file makes the reader raise
        return _UNREADABLE
    if fields is None:
        return Checked(readable=True, signatures=(_UNKNOWN,), sound="unknown")
    seen = tuple(_seen(pdf, each, roots, at) for each in fields if each.sig_object_type == "/Sig")
    whole = bool(fields) and _whole(fields[-1], seen)
    return Checked(readable=True, signatures=seen, sound=_all_sound(seen, whole))


def _readable(reader: Any) -> bool:
    """Whether its signatures can be read at all: one in a language of its own keeps all from being listed."""
    try:
        return reader.embedded_signatures is not None
    except Exception:  # noqa: BLE001 - as above
        return not any("/ByteRange" in each for each in _values(reader))


def _values(reader: Any) -> list[Any]:
    """What stands in the fields for signatures."""
    fields = reader.root["/AcroForm"]["/Fields"]
    found = [each.get_object() for each in fields]
    return [each["/V"] for each in found if each.get("/FT") == "/Sig" and "/V" in each]


def _all_sound(seen: tuple[SignatureSeen, ...], whole: bool) -> Sound:
    """Of several the worst; bytes that no signature covers or permits are a change, unless nothing can be told of one."""
    if not seen:
        return "changed"
    unknown = any(each.sound == "unknown" for each in seen)
    known = [each for each in seen if each.sound != "unknown"]
    if any(each.sound == "changed" or each.covers == "part" or each.after == "other" for each in known):
        return "changed"
    if unknown or not whole:
        return "unknown" if unknown else "changed"
    return "intact" if all(each.intact for each in seen) else "loose"


def _whole(last: Any, seen: tuple[SignatureSeen, ...]) -> bool:
    """Nothing follows the last signature but evidence on certificates, which is a revision in itself."""
    if last.sig_object_type != "/Sig":  # a timestamp over the whole file, added by a service
        with suppress(Exception):
            last.compute_integrity_info()
            return bool(last.coverage.name == "ENTIRE_FILE" and last.tst_signature_digest is not None)
        return False
    return bool(seen) and (seen[-1].covers == "file" or seen[-1].after == "signatures")


def _seen(pdf: bytes, embedded: Any, roots: Sequence[str], at: datetime | None) -> SignatureSeen:
    try:
        in_ber = in_der(embedded)
        fits = _fits(embedded)
    except Exception:  # noqa: BLE001 - not a signature as this program knows them
        return _told(embedded, **{**_SPOILT, "sound": "unknown"})
    try:
        judged = _judgement(embedded, roots, at) if fits else _SPOILT
    except Exception:  # noqa: BLE001 - a signature that cannot be judged is not intact, whatever is wrong with it
        return _told(embedded, **{**_SPOILT, "sound": "unknown"})
    if judged["sound"] == "intact" and (in_ber or not _canonical(pdf, embedded)):
        judged = {**judged, "sound": "loose"}
    elif in_ber and fits and judged["sound"] == "changed":
        judged = {**judged, "sound": "unknown"}  # it may have been signed in another form than the one it was read in
    return _told(embedded, **judged)


def _canonical(pdf: bytes, embedded: Any) -> bool:
    with suppress(Exception):  # one in which that cannot be told is written otherwise
        return canonical(pdf, embedded)
    return False


def _judgement(embedded: Any, roots: Sequence[str], at: datetime | None) -> dict[str, Any]:
    trusted = _certificates(roots)
    status = asyncio.run(_judged(embedded, trusted, at))
    covers = _COVERS.get(status.coverage.name, "part")
    stamp = status.timestamp_validity
    stamped = stamp.timestamp if stamp is not None and stamp.intact and stamp.valid else None
    # A stamp is part of the signature: one that is no longer what was stamped spoils it.
    intact = bool(status.intact and status.valid) and (stamp is None or stamped is not None)
    return {
        "covers": covers,
        "after": _after(status, covers),
        "trusted_by": _root(status) if status.trusted and vouched(embedded.signed_data, trusted) else None,
        "stamped_at": stamped,
        "sound": "intact" if intact else "changed",
    }


def _fits(embedded: Any) -> bool:
    """Whether the part of the file that a signature covers has the digest that it states."""
    from pyhanko.sign.general import find_unique_cms_attribute  # noqa: PLC0415 - as above

    stated = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "message_digest").native
    return bool(embedded.compute_digest() == stated)


#: What is said of a signature that is not written as one is, whatever else may be true of it.
_SPOILT: Final[dict[str, Any]] = {
    "covers": "part",
    "after": "other",
    "trusted_by": None,
    "stamped_at": None,
    "sound": "changed",
}
_UNKNOWN: Final = SignatureSeen(
    field="",
    signer="",
    issuer="",
    certificate="",
    name="",
    reason="",
    claimed_at=None,
    **{**_SPOILT, "sound": "unknown"},
)
_COVERS: Final[dict[str, Covers]] = {"ENTIRE_FILE": "file", "ENTIRE_REVISION": "revision"}


def _after(status: Any, covers: Covers) -> After:
    if covers == "file":
        return "nothing"
    level = status.modification_level
    # A level of NONE is bytes that mean nothing to a reader: still not what was signed.
    return (
        "signatures"
        if level is not None and level.name in ("LTA_UPDATES", "FORM_FILLING") and status.docmdp_ok
        else "other"
    )


async def _judged(embedded: Any, trusted: list[Any], at: datetime | None) -> Any:
    from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.settings import KeyUsageConstraints  # noqa: PLC0415

    moment = at or _moment(embedded)
    return await async_validate_pdf_signature(
        embedded,
        _context(embedded, trusted, moment),
        key_usage_settings=KeyUsageConstraints(
            key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
        ),
    )


def _context(embedded: Any, trusted: list[Any], moment: datetime | None) -> Any:
    from pyhanko.sign.validation import DocumentSecurityStore  # noqa: PLC0415 - as above
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    held: dict[str, Any] = {}
    with suppress(Exception):  # most files hold no evidence, and broken evidence is none
        store = DocumentSecurityStore.read_dss(embedded.reader)
        held = {
            "other_certs": list(store.load_certs()),
            "crls": [each.get_object().data for each in store.crls],
            "ocsps": [each.get_object().data for each in store.ocsps],
        }
    return ValidationContext(
        trust_roots=trusted,
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
        revocation_mode="soft-fail",
        **held,
    )


def _moment(embedded: Any) -> datetime | None:
    found: datetime | None = embedded.self_reported_timestamp
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _certificates(roots: Iterable[str]) -> list[Any]:
    from asn1crypto import pem, x509  # noqa: PLC0415 - as above

    return [x509.Certificate.load(der) for root in roots for _, _, der in pem.unarmor(root.encode(), multiple=True)]


def _root(status: Any) -> str | None:
    anchor = status.validation_path.trust_anchor
    return _common_name(anchor.authority.name)


def _told(embedded: Any, **judged: Any) -> SignatureSeen:
    from asn1crypto import pem  # noqa: PLC0415 - as above

    said: dict[str, Any] = {"signer": "", "issuer": "", "certificate": "", "name": "", "reason": "", "claimed_at": None}
    with suppress(Exception):  # what cannot be read of a broken signature stays empty
        certificate = embedded.signer_cert
        said["certificate"] = pem.armor("CERTIFICATE", certificate.dump()).decode()
        said["signer"], said["issuer"] = _common_name(certificate.subject), _common_name(certificate.issuer)
        said["name"], said["reason"] = (str(embedded.sig_object.get(name, "")) for name in ("/Name", "/Reason"))
        said["claimed_at"] = _moment(embedded)
    return SignatureSeen(field=str(embedded.field_name), **said, **judged)


def _common_name(name: Any) -> str:
    found = name.native
    return str(found.get("common_name") or found.get("organization_name") or name.human_friendly)


def fingerprint(certificate: str) -> str:
    """The SHA-256 of a certificate in PEM, by which it is known, in hexadecimal."""
    import ssl  # noqa: PLC0415 - a small thing of a large module

    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
