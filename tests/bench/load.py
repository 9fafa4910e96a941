"""A load generator: so many connections kept alive, each in a conversation of requests and answers, until so many are done."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

#: Nobody measures for longer, whatever the count.
LONGEST = 120.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The beginning of it, to be read."""
        return self.body[:500].decode(errors="replace")

    @property
    def problem(self) -> str:
        """The kind of problem that it tells of, as the last part of its type; empty where it tells of none."""
        if "problem+json" not in self.headers.get("content-type", ""):
            return ""
        return str(json.loads(self.body)["type"]).rpartition("/")[2]


#: Yields whole requests (see ``request``), is sent the answers; every answer but 2xx ends the measurement.
Conversation = Generator[bytes, Answer, None]


@dataclass
class Load:
    """What a load took: seconds in all, and seconds of each request."""

    seconds: float
    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    @property
    def tail(self) -> float:
        """p99 / p50."""
        cuts = statistics.quantiles(self.each, n=100)
        return cuts[98] / cuts[49]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire; underscores in the names of headers stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    if body:
        lines.append("Content-Type: application/json")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def load(ports: Sequence[int], conversation: Callable[[int], Conversation], *, connections: int, count: int) -> Load:
    """Let each connection hold its conversation until all together have had ``count`` answers; they are spread over ``ports``."""
    return asyncio.run(_load(ports, conversation, connections, count))


async def _load(
    ports: Sequence[int], conversation: Callable[[int], Conversation], connections: int, count: int
) -> Load:
    left = iter(range(count))
    each: list[float] = []

    async def talk(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", ports[number % len(ports)])
        talking = conversation(number)
        try:
            wire = next(talking)
            for _ in left:
                began = time.perf_counter()
                writer.write(wire)
                answer = await answer_of(reader)
                each.append(time.perf_counter() - began)
                if not 200 <= answer.status < 300:
                    raise RuntimeError(f"answered {answer.status}: {answer.text}")
                wire = talking.send(answer)
        finally:
            talking.close()
            writer.close()

    began = time.perf_counter()
    async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
        for number in range(connections):
            group.create_task(talk(number))
    return Load(time.perf_counter() - began, each)


async def answer_of(reader: asyncio.StreamReader) -> Answer:
    """What comes next on a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ")[1]), headers, body)
