"""The cast of a house in front of their browsers, and what a page says and asks."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from contextlib import closing

import httpx

from tests.accounts import Browser, give_session
from tests.api.house import House


def signed_in(house: House, who: str, *, second_factor: bool = True) -> Browser:
    """The browser of one of the cast, who has signed in."""
    desk = house.client.app.state.desk  # type: ignore[attr-defined] # the test client's
    person, at = house.sample.ids[who], house.clock.now()
    with closing(house.with_database()) as database:
        token = database.write(
            lambda c: give_session(c, desk.engine(c).office, person, at, second_factor=second_factor)
        )
    browser = Browser.on(house.client)
    browser.take(token)
    return browser


def seen(response: httpx.Response) -> str:
    """The words of a page, but for the number of its request."""
    text = response.text.replace(response.headers.get("X-Request-ID") or "…", "")
    text = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def hidden(response: httpx.Response) -> dict[str, str]:
    """What a form carries unseen."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(version|key)" value="([^"]*)"', response.text)
    }


def take(
    browser: Browser, path: str, form: Mapping[str, str], *, shown: httpx.Response | None = None
) -> httpx.Response:
    """Fill in the form of a step and send it, as it was when it was shown."""
    shown = shown or browser.get(path)
    assert shown.status_code == 200, seen(shown)
    return browser.send(path, {**hidden(shown), **form}, page=path)


def begun(browser: Browser) -> str:
    """A draft of an internship; answers the address of its page."""
    response = take(browser, "/permohonan/internship", {})
    assert response.status_code == 303, seen(response)
    return response.headers["location"].replace("/isian/", "/berkas/")
