"""Accounts in tests: cheap hashes, sessions made at once, and browsers that fill in forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import pyotp
from sqlalchemy import Connection

from workflow.accounts import second_factor, sessions
from workflow.accounts.account import PASSWORD_SET, change, held
from workflow.accounts.passwords import Passwords
from workflow.accounts.safe import Safe
from workflow.accounts.signing_in import PASSWORD as BY_PASSWORD
from workflow.office import Office
from workflow.people.person import find_person
from workflow.tables import accounts

#: As little as argon2 takes: a test guesses hundreds of times.
CHEAP = Passwords(rounds=1, memory=64, lanes=1)
SAFE = Safe(b"k" * 32)
GOOD = "perahu kertas menyeberang senja"


def give_password(conn: Connection, person_id: str, at: datetime, password: str = GOOD) -> None:
    """Somebody has a password, however they came by it."""
    change(conn, held(conn, person_id), PASSWORD_SET, {"password_hash": CHEAP.hashed(password), "password_at": at}, at)


def give_session(conn: Connection, office: Office, person_id: str, at: datetime, *, second_factor: bool = True) -> str:
    """Somebody is signed in, with their second factor given; answers the token of the cookie."""
    held(conn, person_id)
    return sessions.begin(conn, office, person_id, BY_PASSWORD, "Firefox di Linux", at, second_factor=second_factor)


def give_factor(conn: Connection, safe: Safe, person_id: str, at: datetime) -> tuple[str, tuple[str, ...]]:
    """Somebody has set up a second factor; answers its secret and the recovery codes. No code is used up by it."""
    secret = second_factor.begin_setup(conn, safe, person_id)
    codes = second_factor.confirm_setup(conn, safe, person_id, code_at(secret, at), at)
    conn.execute(accounts.update().where(accounts.c.person_id == person_id).values(last_step=0))
    return secret, codes


def code_at(secret: str, at: datetime) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).at(at)


def nip_of(conn: Connection, person_id: str) -> str:
    return str(find_person(conn, person_id).nip)


@dataclass
class Browser:
    """A browser of its own on a server: keeps cookies, fills in the hidden fields of a form, follows nothing by itself."""

    client: httpx.Client
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def on(cls, served: httpx.Client, host: str = "http://localhost") -> Browser:
        """Another browser that asks the same server; from this machine, so that cookies do without encryption."""
        return cls(httpx.Client(transport=served._transport, base_url=host))

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path, headers=dict(self.headers))

    def send(self, path: str, data: Mapping[str, Any], *, page: str | None = None) -> httpx.Response:
        """Fill in the form of a page and send it to where it goes."""
        shown = self.get(page or path)
        token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
        assert token, shown.text
        return self.client.post(path, data={"_csrf_token": token.group(1), **data}, headers=dict(self.headers))

    def sign_in(self, name: str, password: str = GOOD, to: str = "/akun") -> httpx.Response:
        return self.send("/masuk", {"name": name, "password": password, "to": to})

    def take(self, token: str) -> None:
        """Be in a session."""
        self.client.cookies.set("jenjang", token, domain="localhost.local", path="/")
