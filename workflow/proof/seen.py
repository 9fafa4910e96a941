"""What a look into somebody's PDF found. Nothing here trusts the file: it is what the file says, and what was computed of it."""

from __future__ import annotations

import msgspec

from workflow.signatures.checked import SignatureSeen, Sound


class FileSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF. ``statement``: the text of its QR code as it stands in its metadata; ``body_sha256``: of its embedded data.

    ``sound``: as ``signatures.checked`` says of the file. ``trouble``: why it could not be read, for people; the rest is empty
    then.
    """

    statement: str = ""
    body_sha256: str = ""
    signatures: tuple[SignatureSeen, ...] = ()
    sound: Sound = "changed"
    trouble: str = ""

    @property
    def intact(self) -> bool:
        """It is signed, and nothing but signatures came after any of them."""
        return self.sound == "intact"
