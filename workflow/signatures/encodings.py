"""Signatures as other programs write them down: lengths left open, texts in pieces (BER). What they say is the same in DER."""

from __future__ import annotations

from typing import Any, Final

_CONSTRUCTED, _OPEN = 0x20, 0x80
#: Tag of a text of bytes that is made of pieces.
_PIECES: Final = 0x24
#: Deeper than any signature goes.
_DEPTH: Final = 60


def in_der(embedded: Any) -> bool:
    """Have a signature (pyHanko's EmbeddedPdfSignature) that is written in BER read in DER. Whether it was. Raises ValueError."""
    from asn1crypto import cms  # noqa: PLC0415 - loaded with pyHanko, when the first signature is read

    content: bytes = embedded.pkcs7_content
    written, end = _rewritten(content, 0, 0)
    if written == content[:end]:
        return False
    embedded.signed_data = cms.ContentInfo.load(written)["content"]
    (embedded.signer_info,) = embedded.signed_data["signer_infos"]
    return not any(content[end:])


def _rewritten(content: bytes, start: int, depth: int) -> tuple[bytes, int]:
    """What begins here, with its length stated and in one piece, and where it ends."""
    if depth > _DEPTH or start + 2 > len(content) or content[start] & 0x1F == 0x1F:
        raise ValueError("not an encoding of a signature")
    tag, first = content[start], content[start + 1]
    body, end = start + 2, -1
    if first < _OPEN:
        end = body + first
    elif first > _OPEN:
        body += first & 0x7F
        end = body + int.from_bytes(content[start + 2 : body])
    if end > len(content):
        raise ValueError("it ends before it is whole")
    if not tag & _CONSTRUCTED:
        if end < 0:
            raise ValueError("a length is left open where nothing can close it")
        return _headed(tag, content[body:end]), end
    parts, end = _parts(content, body, end, depth + 1)
    if tag == _PIECES:
        return _headed(tag & ~_CONSTRUCTED, b"".join(_bare(part) for part in parts)), end
    return _headed(tag, b"".join(parts)), end


def _parts(content: bytes, at: int, end: int, depth: int) -> tuple[list[bytes], int]:
    """The parts up to an end, or to the mark that closes what was left open; and where what follows begins."""
    parts: list[bytes] = []
    while at != end:
        if end < 0 and content[at : at + 2] == b"\0\0":
            return parts, at + 2
        part, at = _rewritten(content, at, depth)
        parts.append(part)
    return parts, end


def _headed(tag: int, body: bytes) -> bytes:
    if len(body) < _OPEN:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, _OPEN | len(length))) + length + body


def _bare(part: bytes) -> bytes:
    """What is in a piece."""
    return part[2 if part[1] < _OPEN else 2 + (part[1] & 0x7F) :]
