"""An office with cases, whose folder of keys is its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of keys of one test."""
    folder = tmp_path / "keys"
    monkeypatch.setenv("JENJANG_KEYS", str(folder))
    return folder
