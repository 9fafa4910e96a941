"""Reading a request: its JSON, and the headers that a change must carry."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

from api.problems import BrokenOff, KeyRequired, Malformed, VersionRequired, WrongMediaType, short
from api.refusals import path_logged

log = logging.getLogger("jenjang")

#: Deeper than any form of ours, and far from what would exhaust a stack.
DEPTH = 24
#: Beyond this JSON numbers are not the same everywhere (RFC 8259, 6), nor storable as such.
LARGEST = 2**53 - 1

# A proxy that compresses makes an ETag weak on its way out; the number is the same.
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class JsonRequest(Request[Any, Any, State]):
    """A request whose JSON is what the database can keep: proper text, whole numbers within bounds, not endlessly nested."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes. Raises BrokenOff, and a line in the log is all that is said of it here."""
        try:
            async for part in super().stream():
                yield part
        except InternalServerException as error:
            if "disconnected" not in error.detail:
                raise
            log.warning("%s %s: the body broke off", self.method, path_logged(self))
            raise BrokenOff(
                "Kiriman terputus sebelum lengkap; tidak ada yang disimpan. Periksa jaringan, lalu kirim ulang seluruhnya."
            ) from None

    async def json(self) -> Any:
        coded = self.headers.get("content-encoding", "identity").strip().lower()
        if coded != "identity":
            raise WrongMediaType(f"Badan permintaan tidak boleh dimampatkan (Content-Encoding: {short(coded)}).")
        kind = self.content_type[0]
        if kind != "application/json" and not kind.endswith("+json"):
            raise WrongMediaType(
                f"Badan permintaan harus JSON (Content-Type: application/json), bukan “{short(kind) or 'tanpa jenis'}”."
            )
        body = await self.body()
        self._body = self._connection_state.body = b""  # kept no longer than it is read: it may hold a passphrase
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The value of a JSON text. Raises Malformed."""
    if not body.strip():
        raise Malformed("Badan permintaan kosong; kirimkan objek JSON, paling sedikit {}.")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"Badan permintaan bukan JSON yang sah: {_why_no_json(error)}.") from error
    except RecursionError:
        raise Malformed(_TOO_DEEP) from None
    for fault in _unstorable(value, 0):
        raise Malformed(fault)
    json.loads(body, object_pairs_hook=_named_once)  # of two keys with one name each reader would take another
    return value


def _why_no_json(error: Exception) -> str:
    """What the decoder found, in Indonesian."""
    if isinstance(error, UnicodeDecodeError):
        return "teksnya bukan UTF-8"
    if "out of range" in str(error):
        return "ada bilangan di luar batas"
    place = re.search(r"\(byte (\d+)\)", str(error))
    return f"salah tulis pada byte ke-{int(place.group(1)) + 1}" if place else "terpotong atau tidak lengkap"


def _named_once(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise Malformed(f"Kunci “{short(name)}” disebut lebih dari sekali dalam satu objek.")
        seen.add(name)


_TOO_DEEP = f"Badan permintaan bersarang terlalu dalam (paling banyak {DEPTH} tingkat)."


def _unstorable(value: Any, depth: int) -> Iterator[str]:
    if depth > DEPTH:
        yield _TOO_DEEP
    elif isinstance(value, str):
        if "\x00" in value:
            yield "Teks tidak boleh memuat karakter NUL."
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            yield f"Bilangan {short(str(value))} terlalu besar."
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _unstorable(name, depth)
            yield from _unstorable(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _unstorable(part, depth + 1)


def version_seen(if_match: str | None) -> int:
    """The version that If-Match names. Raises VersionRequired, or Malformed for what is no version of ours."""
    if if_match is None or if_match.strip() == "*":
        raise VersionRequired(
            'Sertakan If-Match dengan ETag berkas yang dilihat, misalnya If-Match: "7", supaya tidak menimpa perubahan orang lain.'
        )
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Malformed(
            f'If-Match “{short(if_match)}” bukan ETag berkas; bentuknya satu angka dalam tanda petik, misalnya "7".'
        )
    return int(found.group(1))


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def key_given(idempotency_key: str | None) -> str:
    """The idempotency key. Raises KeyRequired."""
    if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
        raise KeyRequired(
            "Sertakan Idempotency-Key yang baru untuk setiap perbuatan, misalnya sebuah UUID (1 sampai 200 karakter ASCII tanpa "
            "spasi). Bila jawaban tidak sampai, ulangi dengan kunci yang sama: perbuatan itu tidak terjadi dua kali."
        )
    return idempotency_key
