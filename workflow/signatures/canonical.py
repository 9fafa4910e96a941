"""That a signature is written in the one way it can be: what is not signed in it must follow from what is.

A signature lies in a gap of the file that it does not cover, and holds parts that it does not cover either: the form of its
digits, the fill behind it, versions, the lists of digests and certificates, whom it names as its signer. Readers let changes
there pass, as they change nothing that was signed; but a file in which one byte is another is not the file that was issued.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

#: The bit of a DER tag that says of something that it is made of parts.
_CONSTRUCTED: Final = 0x20
#: By which certificates are named: by timestamp authorities also in the way that is otherwise given up.
_DIGESTS: Final = ("sha256", "sha1", "sha384", "sha512")


def canonical(pdf: bytes, embedded: Any) -> bool:
    """Whether the gap of a signature (pyHanko's EmbeddedPdfSignature) holds that and nothing else. May raise for a broken one."""
    start, before, after, _ = (int(each) for each in embedded.byte_range)
    content: bytes = embedded.pkcs7_content
    digits = content.hex()
    gap = pdf[start + before : after]
    written = gap in (f"<{digits}>".encode(), f"<{digits.upper()}>".encode())
    _, ends = _extent(content, 0)
    return written and not any(content[ends:]) and _fills(content, 0, ends) and _follows(embedded.signed_data)


def vouched(signed: Any, roots: Sequence[Any]) -> bool:
    """Whether every certificate in a signature (CMS SignedData), and in its timestamps, is proven to be as it was issued.

    By what is signed, which names it by its digest, or by its issuer, who is in there or among ``roots``. One whose issuer is
    in neither may be another than it was, and nobody can tell.
    """
    (info,) = signed["signer_infos"]
    named, held = _digests(info), _held(signed)
    return all(_listed(each, named) or _proven(each, [*held, *roots]) for each in held) and all(
        vouched(each, roots) for each in _stamps(info)
    )


def _extent(content: bytes, start: int) -> tuple[int, int]:
    """Where what begins here in a DER encoding has its content, and where that ends."""
    length = content[start + 1]
    if length < 0x80:
        return start + 2, start + 2 + length
    body = start + 2 + (length & 0x7F)
    return body, body + int.from_bytes(content[start + 2 : body])


def _fills(content: bytes, start: int, end: int) -> bool:
    """Whether what lies between is whole, part by part, and every part is filled by its own parts; none is mere fill."""
    while start < end:
        body, stop = _extent(content, start)
        if not content[start] or stop > end or (content[start] & _CONSTRUCTED and not _fills(content, body, stop)):
            return False
        start = stop
    return start == end


def _follows(signed: Any) -> bool:
    """Whether what is not signed in it follows from what is, and so for each timestamp in it."""
    (info,) = signed["signer_infos"]
    held, known = _held(signed), info["sid"].name == "issuer_and_serial_number"
    plain = signed["encap_content_info"]["content_type"].native == "data"
    return (
        _read_whole(signed)
        and _read_whole(info)
        and int(signed["version"]) == (1 if plain and known else 3)
        and int(info["version"]) == (1 if known else 3)
        and [_plain(each) for each in signed["digest_algorithms"]] == [_plain(info["digest_algorithm"])]
        and (info["signature_algorithm"].signature_algo == "rsassa_pss" or bool(_plain(info["signature_algorithm"])))
        and (not known or _named(info["sid"].chosen, held))
        and _belong(held, _digests(info))
        and all(_follows(each) for each in _stamps(info))
    )


def _read_whole(sequence: Any) -> bool:
    """Whether every part of it is one that a reader knows: one under a tag of another meaning is passed over."""
    return bool(b"".join(sequence[name].dump() for name in sequence) == sequence.contents)


def _plain(algorithm: Any) -> str:
    """The name of an algorithm that takes no parameters."""
    if algorithm["parameters"].native is not None:
        raise ValueError("the algorithm has no parameters")
    return str(algorithm["algorithm"].native)


def _held(signed: Any) -> list[Any]:
    return [each.chosen for each in signed["certificates"]]


def _named(signer: Any, certificates: list[Any]) -> bool:
    """Whether a certificate is there under the very name and number by which the signer is named."""
    wanted = signer["issuer"].dump(), signer["serial_number"].native
    return any((each.issuer.dump(), each.serial_number) == wanted for each in certificates)


def _belong(certificates: list[Any], named: set[bytes]) -> bool:
    """Whether each is as it was issued, where that can be told in the file, and is the signer's or issued another.

    A signature that names more certificates than the signer's names all of them.
    """
    leaves = [
        each for each in certificates if not any(_issued(other, each) for other in certificates if other is not each)
    ]
    issued_here = [
        _proven(each, certificates)
        for each in certificates
        if any(other.subject == each.issuer for other in certificates)
    ]
    all_named = len(named) < 2 or all(_listed(each, named) for each in certificates)
    return len(leaves) == 1 and all(issued_here) and all_named


def _digests(info: Any) -> set[bytes]:
    """The digests of certificates that are among what is signed (RFC 5035)."""
    return {
        each["cert_hash"].native
        for attribute in info["signed_attrs"]
        if attribute["type"].native in ("signing_certificate", "signing_certificate_v2")
        for value in attribute["values"]
        for each in value["certs"]
    }


def _listed(certificate: Any, named: set[bytes]) -> bool:
    der = certificate.dump()
    return any(hashlib.new(name, der).digest() in named for name in _DIGESTS)


def _proven(certificate: Any, issuers: Sequence[Any]) -> bool:
    return any(_issued(certificate, each) for each in issuers if each.subject == certificate.issuer)


def _issued(certificate: Any, issuer: Any) -> bool:
    from cryptography import x509  # noqa: PLC0415 - loaded with pyHanko, when the first signature is read

    with suppress(Exception):  # a broken certificate was issued by nobody
        opened = x509.load_der_x509_certificate(certificate.dump())
        opened.verify_directly_issued_by(x509.load_der_x509_certificate(issuer.dump()))
        return True
    return False


def _stamps(info: Any) -> list[Any]:
    if not len(info["unsigned_attrs"]):
        return []
    (attribute,) = info["unsigned_attrs"]  # a signature that says more than its time is none of a letter
    if attribute["type"].native != "signature_time_stamp_token":
        raise ValueError("not a timestamp")
    return [each["content"] for each in attribute["values"]]
