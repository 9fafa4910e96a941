"""What an auditor looked at is told in words, whatever it was."""

from __future__ import annotations

import re
from pathlib import Path

from workflow.auditing.viewing import OF_NO_CASE, WHAT

ROUTES = Path(__file__).parents[2] / "api" / "routes"


def test_everything_that_an_auditor_may_look_at_has_a_name_that_people_read() -> None:
    asked = re.compile(r'visit\.(?:look|study)\(\s*"\w+",\s*[\w.]*?(\w+)[,)]')
    looks = {found for file in ROUTES.glob("*.py") for found in asked.findall(file.read_text("utf-8"))}
    assert len(looks) > 15
    assert looks - OF_NO_CASE <= WHAT.keys()
