"""Styles and scripts: under names that change with them, for ever, and nothing besides them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from api.pages import assets
from tests.pages.sample import application

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Any]]:
    with TestClient(application()) as client:
        yield client


def test_every_asset_is_served_for_ever_under_its_own_type(client: TestClient[Any]) -> None:
    for asset in assets.assets().values():
        found = client.get(f"/static/{asset.name}")
        assert found.status_code == 200
        assert found.content == asset.content
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert found.headers["content-type"].partition(";")[0] == asset.media_type
        assert found.headers["x-content-type-options"] == "nosniff"


def test_what_gains_by_it_is_sent_compressed_to_whoever_takes_that(client: TestClient[Any]) -> None:
    style = assets.assets()["app.css"]
    packed = client.get(f"/static/{style.name}", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == style.content
    plain = client.get(f"/static/{style.name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert len(style.small) < 20_000


@pytest.mark.parametrize(
    "name", ["app.css", "..%2f..%2fpyproject.toml", "%2e%2e%2fapp.css", ".made", "app.0000000000000000.css", "a/b.css"]
)
def test_nothing_else_is_served(client: TestClient[Any], name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_what_names_another_names_it_as_it_is_served() -> None:
    known = assets.assets()
    style, script = known["app.css"].content.decode(), known["pages.js"].content.decode()
    named = re.findall(r"url\(([^)]*)\)", style) + re.findall(r'from ?("[^"]*")', script)
    assert len(named) == 3
    assert {name.strip('"').removeprefix("./") for name in named} <= {asset.name for asset in known.values()}


def test_where_nothing_was_built_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(assets.NotBuilt, match="make setup"):
        assets.assets(tmp_path)


def test_each_licence_that_asks_for_it_goes_with_what_is_served() -> None:
    text = assets.assets()["licences.txt"].content.decode()
    for said in ("Crown Copyright", "SIL OPEN FONT LICENSE", "The Public Sans Project Authors"):
        assert said in text


def test_the_lock_of_what_pages_are_built_from_names_no_address_and_every_hash() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_no_style_or_script_stands_in_a_page_itself_and_none_is_from_elsewhere() -> None:
    drawn = [*(ROOT / "templates" / "pages").glob("parts/*.html"), *(ROOT / "templates" / "pages").glob("*.html")]
    layout = ROOT / "templates" / "pages" / "layout.html"
    pages = [
        file for file in drawn if file == layout or file.parent.name == "parts" or "layout.html" in file.read_text()
    ]
    assert len(pages) > 2
    for file in pages:
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|js:|https?://|<script(?![^>]* src=)", text
        ), file
