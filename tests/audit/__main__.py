"""Serve an office, ask Lighthouse about its pages as the people would see them, and print a table. Stops by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any, Final

import httpx
from sqlalchemy import Connection

from tests.api.house import Sample, import_sample
from tests.bench.serving import CACHE
from tests.pages.office import OfficeAtWork, at_work
from workflow.accounts.safe import Safe
from workflow.database import Database
from workflow.engine.engine import Engine
from workflow.links.links import issue
from workflow.links.opening import Opened
from workflow.links.tokens import token_of
from workflow.migrations import migrate
from workflow.office import Office
from workflow.registry import Registry

LIGHTHOUSE: Final = CACHE / "audit" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
ENOUGH: Final = 95
SECONDS: Final = 180

#: What Lighthouse asks of pages for the public, and these are not: no search engine is to list them.
NOT_ASKED: Final = "is-crawlable,robots-txt"


@dataclass(frozen=True)
class Judged:
    """A page, and its points of 100 in each category."""

    name: str
    points: dict[str, int]
    #: What cost points.
    faults: tuple[str, ...]


def main() -> int:
    """Print what each page scores; answers 1 where one scores less than it should."""
    with tempfile.TemporaryDirectory() as folder, _office(Path(folder)) as office:
        found = [_judged(Path(folder), office, *page) for page in _pages(office)]
    sys.stdout.write(_line("halaman", dict(zip(CATEGORIES, CATEGORIES, strict=True))))
    for each in found:
        sys.stdout.write(_line(each.name, each.points))
        sys.stdout.writelines(f"    {fault}\n" for fault in each.faults)
    return int(any(points < ENOUGH for each in found for points in each.points.values()))


def _line(name: str, cells: Mapping[str, object]) -> str:
    return f"{name:<16}" + "".join(f"{cell!s:>16}" for cell in cells.values()) + "\n"


@contextmanager
def _office(folder: Path) -> Iterator[OfficeAtWork]:
    path = folder / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        sample = Sample(path, *database.write(import_sample))
    with at_work(sample, f"sqlite:///{path}", folder) as office:
        yield office


def _pages(office: OfficeAtWork) -> list[tuple[str, str, str]]:
    """Name, who looks at it, and where."""
    return [
        ("tugas", "nursing_head", "/"),
        ("berkas", "nurse", f"/berkas/{office.case}"),
        ("mitra", "", f"/mitra/{_link(office)}"),
        ("masuk", "", "/masuk"),
        ("periksa surat", "", "/verify"),
    ]


def _link(office: OfficeAtWork) -> str:
    """The token of a link of the partner that is asked to take the participant in, once the request has been signed."""
    headers = {"Authorization": f"Bearer {office.sample.keys['secretary']}", "Idempotency-Key": "audit"}
    httpx.post(f"{office.base}/api/letters/{office.letter}/sign", headers=headers, timeout=SECONDS).raise_for_status()
    with closing(Database.open(office.address)) as database:
        safe, registry = Safe.of(office.address), Registry.discover()
        to = Opened(office.sample.ids["contact"], office.case)

        def work(conn: Connection) -> str:
            engine = Engine(registry, Office.load(conn))
            return token_of(safe, issue(conn, engine, safe, to, office.now()).id)

        return database.write(work)


def _judged(folder: Path, office: OfficeAtWork, name: str, who: str, path: str) -> Judged:
    report, headers = folder / "report.json", folder / "headers.json"
    cookie = {"Cookie": f"jenjang={office.signed_in(who)}"} if who else {}
    headers.write_text(json.dumps(cookie))  # a file: whoever lists processes reads no session
    flags = "--headless=new --no-sandbox --disable-dev-shm-usage"
    subprocess.run(
        [
            *("node", str(LIGHTHOUSE), f"{office.base}{path}", "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--chrome-flags={flags}", f"--extra-headers={headers}", f"--skip-audits={NOT_ASKED}"),
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        env={
            **os.environ,
            "CHROME_PATH": which("chromium") or "",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        check=True,
        timeout=SECONDS,
    )
    told = json.loads(report.read_text())
    points = {category: round(100 * (told["categories"][category]["score"] or 0)) for category in CATEGORIES}
    return Judged(name, points, tuple(_faults(told)))


def _faults(told: dict[str, Any]) -> list[str]:
    counted = {ref["id"] for category in told["categories"].values() for ref in category["auditRefs"] if ref["weight"]}
    failed = (told["audits"][name] for name in sorted(counted))
    return [f"{each['id']}: {each['title']}" for each in failed if each["score"] is not None and each["score"] < 0.9]


if __name__ == "__main__":
    sys.exit(main())
