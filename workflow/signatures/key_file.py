"""A key in a PKCS#12 file (.p12, .pfx), opened by a passphrase: one a person, or one for the agency."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from workflow.signatures.signer import Sealed, SigningFailed, Why
from workflow.signatures.stamping import Stamping


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, tag="pkcs12", omit_defaults=True):
    """Signs with the key of a file."""

    file: Path
    certified: bool = False
    is_test: bool = False
    stamping: Stamping = Stamping()

    title = "berkas kunci (PKCS#12)"
    needs_secret = True
    patience = 20.0

    def seal(self, pdf: bytes, field: str, why: Why, secret: str | None, at: datetime) -> Sealed:
        """Open the file with the passphrase and sign. Raises SigningFailed."""
        from workflow.signatures.pades import pades  # noqa: PLC0415 - loads pyHanko

        return pades(pdf, field=field, why=why, key=self._opened(secret or ""), stamping=self.stamping, at=at)

    def _opened(self, passphrase: str) -> Any:
        from asn1crypto.pkcs12 import Pfx  # noqa: PLC0415 - loads pyHanko
        from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415

        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            raise SigningFailed(
                "unknown_signer", f"Berkas kunci {self.file.name} tidak ada. Minta pengelola Jenjang memasangnya."
            ) from None
        except OSError as error:
            raise SigningFailed(
                "unavailable",
                f"Berkas kunci {self.file.name} tidak dapat dibuka ({error.strerror}). Periksa hak aksesnya.",
            ) from None
        try:
            Pfx.load(content, strict=True)["auth_safe"].native  # noqa: B018 - a broken file is no wrong passphrase
        except (ValueError, TypeError, KeyError):
            raise SigningFailed(
                "broken",
                f"Berkas kunci {self.file.name} rusak atau bukan PKCS#12. Pasang lagi berkas dari penerbitnya.",
            ) from None
        try:
            return SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=passphrase.encode())
        except (ValueError, TypeError, AttributeError):
            raise SigningFailed(
                "wrong_secret", f"Passphrase untuk berkas kunci {self.file.name} salah. Masukkan lagi dengan teliti."
            ) from None
