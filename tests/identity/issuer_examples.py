"""Issuers of tokens that answer from memory, and tokens that they sign, or that others forge."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from liftgate.identity.errors import IssuerUnavailable
from liftgate.identity.ports import IssuerAnswer

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ISSUER = "https://id.example.com"
AUDIENCE = "liftgate"
SECOND = timedelta(seconds=1)


@cache
def rsa_key(name: str = "one") -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": name})


@cache
def ec_key(curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, parameters={"kid": curve})


@cache
def okp_key(curve: str = "Ed25519") -> OKPKey:
    return OKPKey.generate_key(curve, parameters={"kid": curve})  # type: ignore[arg-type]  # the names are checked there


def document(issuer: str = ISSUER, /, **changed: Any) -> dict[str, Any]:
    said = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/keys",
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
    }
    return said | changed


def key_set(*keys: Any) -> dict[str, Any]:
    return {"keys": [one if isinstance(one, dict) else one.as_dict(private=False) for one in keys]}


@dataclass
class ScriptedIssuers:
    """A transport: what stands at each address, and which were asked for."""

    at: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    def get(self, url: str) -> IssuerAnswer:
        self.asked.append(url)
        if self.is_down:
            raise IssuerUnavailable("the issuer cannot be reached", advice="try again")
        found = self.at.get(url)
        if found is None:
            return IssuerAnswer(status=404, body=b"")
        return IssuerAnswer(
            status=200, body=found if isinstance(found, bytes) else json.dumps(found).encode()
        )

    def post(self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str]) -> IssuerAnswer:
        raise NotImplementedError

    def publish(self, issuer: str, /, *keys: Any, **changed: Any) -> None:
        self.at[f"{issuer}/.well-known/openid-configuration"] = document(issuer, **changed)
        self.at[f"{issuer}/keys"] = key_set(*keys)


def claims(**changed: Any) -> dict[str, Any]:
    """What a good token says; a claim that is changed to None is left out."""
    at = int(NOON.timestamp())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": at, "exp": at + 300} | changed
    return {name: value for name, value in said.items() if value is not None}


def signed(
    said: Mapping[str, Any] | bytes | None = None, *, key: Any = None, alg: str = "RS256", **header: Any
) -> str:
    key = key or rsa_key()
    body = said if isinstance(said, bytes) else json.dumps(claims() if said is None else said).encode()
    kid = {} if "kid" in header else {"kid": key.kid}
    whole = {name: value for name, value in ({"alg": alg, **kid} | header).items() if value is not None}
    text = f"{encoded(whole)}.{encoded(body)}"
    return f"{text}.{encoded(JWSRegistry.algorithms[alg].sign(text.encode(), key))}"


def encoded(value: Any) -> str:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(body).rstrip(b"=").decode()
