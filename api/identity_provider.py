"""The agency's identity provider (OpenID Connect): the code flow with PKCE; every claim is checked before it is believed."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from workflow.accounts.identity import Flow, NotLetIn

_SECONDS: Final = 10.0
#: Never "none", nor a secret shared by all who check.
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
#: Seconds that clocks may differ.
_LEEWAY: Final = 60
#: Seconds within which the provider has asked just now.
_JUST_NOW: Final = 300


class ProviderFailed(NotLetIn):
    """The identity provider does not answer, or not as it must."""

    status = 502

    def __init__(self) -> None:
        super().__init__(
            "Penyedia identitas tidak menjawab sebagaimana mestinya. Coba lagi, atau masuklah dengan kata sandi."
        )


@dataclass(frozen=True)
class Provider:
    """Who vouches for people. ``claim``: by which they are known here, nip or email; ``name``: what people call it.

    ``secret_file``: holds what this client shows when it fetches tokens; none for a client that is public.
    """

    issuer: str
    client_id: str
    secret_file: Path | None = None
    name: str = "instansi"
    claim: str = "nip"

    async def begin(self, back: str, go_to: str, *, again: bool = False) -> tuple[str, str, Flow]:
        """Where to send the browser, the state that it comes back with, and what must be remembered. Raises ProviderFailed.

        ``back``: where it comes back; ``again``: the provider is to ask who they are, even if it knows them already.
        """
        flow = Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(48), go_to)
        state = secrets.token_urlsafe(32)
        async with self._client(back) as client:
            about = await self._about(client)
            anew = {"prompt": "login", "max_age": "0"} if again else {}
            address, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=flow.nonce, code_verifier=flow.verifier, **anew
            )
        return str(address), state, flow

    async def claims(self, back: str, code: str, flow: Flow) -> dict[str, Any]:
        """What the provider says of whoever has come back with a code. Raises ProviderFailed, NotLetIn where there is none."""
        if not code:
            raise NotLetIn("Penyedia identitas tidak mengizinkan, atau Anda membatalkannya. Mulailah lagi.")
        async with self._client(back) as client:
            try:
                about = await self._about(client)
                token = await client.fetch_token(
                    about["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=flow.verifier
                )
                claims = await self._checked(client, about, str(token["id_token"]), flow)
                if self.claim not in claims and "userinfo_endpoint" in about:
                    claims = await self._with_userinfo(client, about, claims)
            except ProviderFailed:
                raise
            except Exception as error:
                raise ProviderFailed from error  # whatever went wrong there: nobody is let in by it
        return claims

    def has_just_asked(self, claims: dict[str, Any]) -> bool:
        """Whether the provider says that it asked who they are just now; one that does not say when, never does."""
        asked = claims.get("auth_time")
        return isinstance(asked, int) and not isinstance(asked, bool) and time.time() - asked <= _JUST_NOW

    async def _about(self, client: Any) -> dict[str, Any]:
        """What the provider says of itself; it must be the one that was meant."""
        try:
            answer = await client.request(
                "GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", withhold_token=True
            )
            answer.raise_for_status()
            about: dict[str, Any] = answer.json()
            places = [about["authorization_endpoint"], about["token_endpoint"], about["jwks_uri"]]
        except Exception as error:
            raise ProviderFailed from error
        if about.get("issuer") != self.issuer or not all(is_encrypted(place) for place in places):
            raise ProviderFailed
        return about

    async def _checked(self, client: Any, about: dict[str, Any], id_token: str, flow: Flow) -> dict[str, Any]:
        answer = await client.request("GET", about["jwks_uri"], withhold_token=True)
        answer.raise_for_status()
        jwt, jwk = import_module("joserfc.jwt"), import_module("joserfc.jwk")
        token = jwt.decode(id_token, jwk.KeySet.import_key_set(answer.json()), algorithms=_ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": flow.nonce},
        ).validate(token.claims)
        if token.claims.get("azp", self.client_id) != self.client_id:
            raise ProviderFailed
        return dict(token.claims)

    async def _with_userinfo(self, client: Any, about: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        answer = await client.request("GET", about["userinfo_endpoint"])
        answer.raise_for_status()
        more: dict[str, Any] = answer.json()
        if more.get("sub") != claims["sub"]:
            raise ProviderFailed
        return {**more, **claims}

    def _client(self, back: str) -> Any:
        # By name: loaded only where an agency has its own sign-in.
        client = import_module("authlib.integrations.httpx_client").AsyncOAuth2Client
        secret = self.secret_file.read_text().strip() if self.secret_file else None
        return client(
            client_id=self.client_id,
            client_secret=secret,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            redirect_uri=back,
            scope="openid profile email",
            code_challenge_method="S256",
            timeout=_SECONDS,
            trust_env=False,
        )


def is_encrypted(address: str) -> bool:
    """Whether nobody on the way reads it; on this very machine nobody does."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
