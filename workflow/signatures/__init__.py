"""Electronic signatures of letters: one way to sign for every kind of key and service, and one to read what is signed.

``settings`` says who signs by what; it knows the database, which a process that signs must not, so it is not imported here.
``local``, ``key_file``, ``token`` and ``service`` are the kinds of signers, ``pades`` puts a signature into a file, ``apart``
keeps a secret in a process of its own, ``checked`` reads signatures. pyHanko is loaded when the first is made or read.
"""

from __future__ import annotations

from datetime import datetime

from workflow.signatures.apart import ToSeal, with_secret
from workflow.signatures.signer import FailureKind, Sealed, Signer, SigningFailed, Why, masked

__all__ = [
    "FailureKind",
    "Sealed",
    "Signer",
    "SigningFailed",
    "ToSeal",
    "Why",
    "masked",
    "seal",
    "sealed",
    "with_secret",
]


def seal(pdf: bytes, *, field: str, signer: Signer, why: Why, secret: str | None = None, at: datetime) -> bytes:
    """``sealed``, where only the file matters."""
    return sealed(pdf, field=field, signer=signer, why=why, secret=secret, at=at).content


def sealed(pdf: bytes, *, field: str, signer: Signer, why: Why, secret: str | None = None, at: datetime) -> Sealed:
    """Put a signature into an empty field of a PDF, as one more revision; what others signed stays valid.

    ``field``: see ``parts.field_name``; a signing service makes a field of its own instead. ``at``: the aware instant of
    signing. A signer that needs a secret signs in a process of its own. Blocks. Raises SigningFailed.
    """
    if not signer.needs_secret:
        return signer.seal(pdf, field, why, None, at)
    (answer,) = with_secret(signer, secret or "", [ToSeal(pdf=pdf, field=field, why=why)], at)
    if isinstance(answer, SigningFailed):
        raise answer
    return answer
