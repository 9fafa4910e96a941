"""Not on time: what starting may not load, for it would double the wait for the first answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.serving import ROOT
from tests.world import build
from workflow.database import Database

ANSWERS_ITS_FIRST_REQUESTS = """
import sys
from litestar.testing import TestClient
from api.app import from_environment
with TestClient(from_environment(), base_url="http://localhost") as client:
    assert client.get("/health").status_code == 200
    assert client.get("/api/me").status_code == 401
print(sorted({"weasyprint", "pyhanko", "fontTools", "PIL", "segno", "alembic", "psycopg", "opentelemetry.sdk"} & set(sys.modules)))
"""


def test_a_server_that_answers_its_first_requests_has_not_loaded_what_only_letters_need(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = Database.open(sqlite_url)
    build(database)
    database.close()
    said = subprocess.run(
        [sys.executable, "-c", ANSWERS_ITS_FIRST_REQUESTS],
        cwd=ROOT,
        env={"JENJANG_DATABASE": sqlite_url, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.stdout.strip() == "[]", said.stderr
