"""A key in a security module or on a card, by PKCS#11: it never leaves the device, which signs after a PIN."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from workflow.signatures.signer import Sealed, SigningFailed, Why
from workflow.signatures.stamping import Stamping


class Token(msgspec.Struct, frozen=True, kw_only=True, tag="pkcs11", omit_defaults=True):
    """Signs with a key of a device. ``module``: the maker's library; ``token``: its label; ``key``: the label of the key."""

    module: Path
    token: str
    key: str
    certified: bool = False
    is_test: bool = False
    stamping: Stamping = Stamping()

    title = "perangkat kunci (PKCS#11)"
    needs_secret = True
    patience = 20.0

    def seal(self, pdf: bytes, field: str, why: Why, secret: str | None, at: datetime) -> Sealed:
        """Log in to the device with the PIN and let it sign. Raises SigningFailed."""
        from pkcs11 import exceptions as faults  # noqa: PLC0415 - only where a device signs

        from workflow.signatures.pades import pades  # noqa: PLC0415 - loads pyHanko

        session = self._opened(secret or "")
        try:
            key = self._key(session)
            return pades(pdf, field=field, why=why, key=key, stamping=self.stamping, at=at)
        except faults.PKCS11Error as error:
            raise SigningFailed(
                "refused",
                f"Perangkat {self.token} menolak menandatangani ({type(error).__name__}). Periksa perangkatnya, lalu coba lagi.",
            ) from None
        finally:
            session.close()

    def _opened(self, pin: str) -> Any:
        from pkcs11 import exceptions as faults  # noqa: PLC0415 - only where a device signs
        from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415
        from pyhanko.sign.pkcs11 import open_pkcs11_session  # noqa: PLC0415

        try:
            return open_pkcs11_session(str(self.module), token_criteria=TokenCriteria(label=self.token), user_pin=pin)
        except (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange, faults.ArgumentsBad):
            raise SigningFailed(
                "wrong_secret",
                f"PIN untuk perangkat {self.token} salah. Masukkan lagi dengan teliti: perangkat mengunci diri setelah beberapa "
                "kali salah.",
            ) from None
        except (faults.PinLocked, faults.PinExpired):
            raise SigningFailed(
                "refused", f"PIN perangkat {self.token} terkunci atau kedaluwarsa. Minta pengelolanya membukanya."
            ) from None
        except (faults.PKCS11Error, RuntimeError, OSError):
            raise SigningFailed(
                "unavailable",
                f"Perangkat {self.token} tidak ditemukan. Pasang perangkatnya dan periksa pustaka {self.module.name}.",
            ) from None

    def _key(self, session: Any) -> Any:
        from pkcs11 import Mechanism, PKCS11Error  # noqa: PLC0415 - only where a device signs
        from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415

        # Not every device hashes what an elliptic curve signs; then pyHanko does.
        hashes = Mechanism.ECDSA_SHA256 in session.token.slot.get_mechanisms()
        key = PKCS11Signer(session, cert_label=self.key, key_label=self.key)
        try:
            certificate = key.signing_cert
        except PKCS11Error:
            raise SigningFailed(
                "unknown_signer",
                f"Kunci atau sertifikat penanda tangan tidak ada pada perangkat {self.token}. Periksa akun penanda tangan.",
            ) from None
        key.use_raw_mechanism = certificate.public_key.algorithm == "ec" and not hashes
        return key
