"""The timestamp authority as pyHanko asks one. Only what signs imports this: it loads pyHanko."""

from __future__ import annotations

import asyncio

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from workflow.signatures.stamping import Stamping
from workflow.signatures.wire import NoAnswer, ask

_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Stamper(TimeStamper):
    """Asks over our own HTTP, with its limits."""

    def __init__(self, stamping: Stamping) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamping = stamping

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A stamp over this digest and no other. Raises TimestampRequestError, whatever was answered instead."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            stamped = (
                token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
            )
        except TimestampRequestError:
            raise
        except Exception as error:
            raise TimestampRequestError("no timestamp") from error
        if stamped != message_digest:
            raise TimestampRequestError("a timestamp of something else")
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Raises TimestampRequestError."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, query: bytes) -> tsp.TimeStampResp:
        to = self._stamping
        try:
            answer = ask(
                "POST",
                to.address,
                query,
                _HEADERS,
                timeout=to.timeout,
                authority=to.authority,
                largest=1 << 20,
            )
            if answer.status != 200:
                raise TimestampRequestError(f"HTTP {answer.status}")
            return tsp.TimeStampResp.load(answer.content, strict=True)
        except (NoAnswer, ValueError) as error:
            raise TimestampRequestError(str(error)) from error
