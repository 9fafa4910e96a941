"""``python -m workflow.signatures.once``: the process that ``apart`` starts, for one order."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import BinaryIO, Final

from workflow.signatures.apart import Failure, Order, ToSeal, decoded, framed
from workflow.signatures.closed import close_up
from workflow.signatures.signer import FAILS_FOR_ALL, Sealed, SigningFailed

_PR_SET_PDEATHSIG: Final = 1
_BROKEN: Final = "Penandatanganan gagal karena kesalahan yang tidak terduga ({}). Nomor surat tetap. Coba lagi."


def end_with_the_parent() -> None:
    """A secret has no life after whoever entered it here."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def carry_out(order: Order, output: BinaryIO) -> None:
    """Sign one letter after the other and write each as it is done."""
    for letter in order.letters:
        answer = _signed(order, letter)
        output.write(framed(answer))
        output.flush()
        if isinstance(answer, Failure) and answer.kind in FAILS_FOR_ALL:
            return


def _signed(order: Order, letter: ToSeal) -> Sealed | Failure:
    try:
        return order.signer.seal(letter.pdf, letter.field, letter.why, order.secret, order.at)
    except SigningFailed as failed:
        return Failure(kind=failed.kind, says=failed.says)
    except Exception as error:  # noqa: BLE001 - its text may show what it should not; its kind does not
        return Failure(kind="broken", says=_BROKEN.format(type(error).__name__))


def main() -> None:
    """Do what standard input says."""
    close_up()
    end_with_the_parent()
    carry_out(decoded(sys.stdin.buffer.read()), sys.stdout.buffer)


if __name__ == "__main__":
    main()
