"""A key that is kept loaded, and with it the form of its signatures: of one to the next only digest and signature differ.

pyHanko puts each together anew from some hundred objects, which takes ten times as long as signing.
"""

from __future__ import annotations

from typing import Any, Final

from asn1crypto import cms, parser
from pyhanko.sign.signers import SimpleSigner

#: A digest that no file has: where it stands in the form, that of a file is put.
_DIGEST: Final = bytes(range(32, 64))
#: Tags of ASN.1: an octet string, as which a signature stands last of all; a set; and what stands for one that is signed.
_OCTETS, _SET, _SIGNED = 0x04, 0x31, 0xA0


class Form:
    """A CMS signature (RFC 5652) without digest and signature: each layer's tag, and what is in it before the next."""

    def __init__(self, der: bytes) -> None:
        """Taken from a signature of ``_DIGEST``. Raises ValueError where it is not as expected."""
        self._layers: list[tuple[int, bytes]] = []
        value, before = der, list[bytes]()
        while value[0] != _OCTETS:
            *before, last = _values(parser.parse(value)[4])
            self._layers.append((value[0], b"".join(before)))
            value = last
        (signed,) = (each for each in before if each[0] == _SIGNED)
        self._signed = bytes([_SET]) + signed[1:]
        if der.count(_DIGEST) != 1 or self.filled(_DIGEST, parser.parse(value)[4]) != der:
            raise ValueError("not a signature as pyHanko makes it")

    def to_sign(self, digest: bytes) -> bytes:
        """What is signed: the digest, and what stands beside it."""
        return self._signed.replace(_DIGEST, digest)

    def filled(self, digest: bytes, signature: bytes) -> bytes:
        """The whole."""
        made = _value(_OCTETS, signature)
        for tag, before in reversed(self._layers):
            made = _value(tag, before.replace(_DIGEST, digest) + made)
        return made


class KeptSigner(SimpleSigner):
    """Signs as pyHanko does and faster, with the same certificates each time; with a timestamp it is pyHanko that signs."""

    _form: Form | None = None

    async def async_sign(
        self,
        data_digest: bytes,
        digest_algorithm: str,
        dry_run: bool = False,
        use_pades: bool = False,
        timestamper: Any = None,
        signed_attr_settings: Any = None,
        is_pdf_sig: bool = True,
        encap_content_info: Any = None,
    ) -> cms.ContentInfo:
        """As the base says; the first time it is the base that makes the form."""

        async def theirs(digest: bytes) -> cms.ContentInfo:
            return await super(KeptSigner, self).async_sign(
                digest,
                digest_algorithm,
                dry_run,
                use_pades,
                timestamper,
                signed_attr_settings,
                is_pdf_sig,
                encap_content_info,
            )

        usual = use_pades and is_pdf_sig and encap_content_info is None and digest_algorithm == "sha256"
        if dry_run or timestamper is not None or not usual:
            return await theirs(data_digest)
        if self._form is None:
            self._form = Form((await theirs(_DIGEST)).dump())
        signature = await self.async_sign_raw(self._form.to_sign(data_digest), digest_algorithm)
        return cms.ContentInfo.load(self._form.filled(data_digest, signature))


def _values(content: bytes) -> list[bytes]:
    """What stands one after the other."""
    found = []
    while content:
        length = parser.peek(content)
        found.append(content[:length])
        content = content[length:]
    return found


def _value(tag: int, content: bytes) -> bytes:
    """In DER: the tag, how long it is, and the content."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + content
