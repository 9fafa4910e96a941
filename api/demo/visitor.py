"""A person of the demo with their API key: everything they do goes over HTTP, as it would from any other program."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.commands.errors import CannotRun

#: Seconds to wait for one answer, and between two requests where there is none.
PATIENCE, PAUSE = 60.0, 0.3

#: What a proxy answers whose servers do not, and a server whose database does not.
UNANSWERED = (502, 503, 504)


class Unexpected(CannotRun):
    """The server answered something else than the demo expects, or nothing."""


@dataclass(frozen=True)
class Answer:
    """What the server said: a document, or the bytes of a file."""

    status: int
    document: Any
    content: bytes
    etag: str

    @property
    def refused(self) -> bool:
        """It is a problem document."""
        return self.status >= 400


@dataclass(frozen=True)
class Visitor:
    """Somebody with a key, at a server on this machine."""

    port: int
    key: str
    name: str = ""
    #: Seconds for which a request is made again where nobody answers it: whatever changes something bears the same key then.
    tries_for: float = 0.0

    def get(self, path: str) -> Answer:
        """Read something that must be there. Raises Unexpected."""
        return self._expected("GET", path, self.ask("GET", path))

    def post(self, path: str, body: Mapping[str, Any], *, version: str = "") -> Answer:
        """Change something; a refusal is an answer too. Raises Unexpected only where there is none."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if version:
            headers["If-Match"] = version
        return self.ask("POST", path, json.dumps(body).encode(), headers)

    def expect(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something that must not be refused. Answers the document. Raises Unexpected."""
        return dict(self._expected("POST", path, self.post(path, body)).document)

    def upload(self, name: str, content: bytes) -> str:
        """Hand in a paper. Answers its id. Raises Unexpected."""
        return str(self.hand_in("/api/files", name, content, "application/pdf")["id"])

    def hand_in(self, path: str, name: str, content: bytes, media_type: str, **fields: str) -> dict[str, Any]:
        """Send a file in a form, with the form's other ``fields``. Answers the document. Raises Unexpected."""
        boundary = uuid.uuid4().hex
        parts = [f'form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()]
        parts.append(f'form-data; name="file"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n')
        head = "".join(f"--{boundary}\r\nContent-Disposition: {part}" for part in parts)
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return dict(self._expected("POST", path, self.ask("POST", path, body, headers)).document)

    def pdf(self, letter_id: str) -> bytes:
        """The file of a letter, waited for while it is being made. Raises Unexpected."""
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.ask("GET", f"/api/letters/{letter_id}.pdf")
            if answer.status != 409 or time.monotonic() > until:
                return self._expected("GET", f"/api/letters/{letter_id}.pdf", answer).content
            time.sleep(0.2)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request. Raises Unexpected where there is no answer."""
        until = time.monotonic() + self.tries_for
        while True:
            try:
                answer = self._ask(method, path, body, headers)
            except Unexpected:
                if time.monotonic() > until:
                    raise
            else:
                if answer.status not in UNANSWERED or time.monotonic() > until:
                    return answer
            time.sleep(PAUSE)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.key}", **(headers or {})})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unexpected(f"Server peragaan tidak menjawab ({error}).") from error
        finally:
            connection.close()
        is_json = "json" in (response.headers.get_content_type() or "")
        return Answer(
            response.status,
            json.loads(content) if is_json and content else None,
            content,
            response.headers.get("ETag", ""),
        )

    def _expected(self, method: str, path: str, answer: Answer) -> Answer:
        if answer.refused:
            says = (answer.document or {}).get("detail", answer.content[:200].decode(errors="replace"))
            raise Unexpected(f"{self.name or 'Peragaan'}: {method} {path} dijawab {answer.status}: {says}")
        return answer
