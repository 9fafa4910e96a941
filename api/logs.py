"""Logs as lines of JSON, one for each request and each effect, where JENJANG_LOG=json; else as Python writes them."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from api.observing import noted

_encode = msgspec.json.Encoder(enc_hook=str).encode


class JsonLines(logging.Formatter):
    """One line of JSON for each record.

    Of an error stands its kind and where it was raised, not what it says: that may quote what somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage(),
        }
        if (request := noted()) is not None:
            told["request_id"] = request.request_id
        told |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            told["at_lines"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return _encode(told).decode()


#: For granian, which sets up its own logs.
GRANIAN: Final = {
    "formatters": {name: {"()": "api.logs.JsonLines"} for name in ("generic", "access")},
}


def set_up() -> None:
    """Write lines of JSON to standard output from now on: ours also where they only tell, others' from warnings on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("jenjang").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
