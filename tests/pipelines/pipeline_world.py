"""An issuer of tokens on loopback, as GitHub is one, and a Liftgate that lets its pipelines in."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient
from tests.identity.issuer_examples import document, key_set, rsa_key, signed
from tests.pages.page_world import served_world
from tests.server.server_world import ADDRESS, CATALOGUE, World, open_world
from tests.servers.http_thread import answering

from liftgate.identity.issuer_http import issuers_over_http
from liftgate.identity.issuers import Issuers
from liftgate.server.app import create_app
from liftgate.server.parts import Parts, declared_issuers

SUBJECT = "repo:acme/reports:environment:production"
CHECKED = {"repository_owner": "acme", "repository": "acme/reports", "environment": ["production", "staging"]}


@dataclass
class PipelineIssuer:
    """Publishes its document and keys, and gives tokens to whoever asks as GitHub's runners do."""

    key_name: str
    base: str = ""
    said: dict[str, Any] = field(default_factory=dict)  # what the next token says; `iat` and so on included
    asked_for: list[str] = field(default_factory=list)  # audiences
    bearers: list[str | None] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.base

    def token(self, **header: Any) -> str:
        return signed(self.said, key=rsa_key(self.key_name), **header)

    def answer(self, path: str, bearer: str | None) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        if path == "/.well-known/openid-configuration":
            return 200, document(self.base)
        if path == "/keys":
            return 200, key_set(rsa_key(self.key_name))
        if path == "/token":
            self.bearers.append(bearer)
            audience = httpx.QueryParams(query).get("audience", "")
            self.asked_for.append(audience)
            number = len(self.asked_for)
            said = {**self.said, "aud": audience, "jti": f"run-{number}"}
            return 200, {"count": 1, "value": signed(said, key=rsa_key(self.key_name))}
        return 404, {}


@contextmanager
def running_issuer(key_name: str) -> Iterator[PipelineIssuer]:
    issuer = PipelineIssuer(key_name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = issuer.answer(self.path, self.headers.get("authorization"))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests' output is theirs."""

    with answering(Handler) as port:
        issuer.base = f"http://127.0.0.1:{port}"
        yield issuer


def catalogue_of(issuer: str, subject: str = SUBJECT) -> str:
    """The server's, with a pipeline that may ask as Ada may."""
    service = (
        f'  reports-ci: {{name: Reports pipeline, kind: service, identities: ["oidc:{issuer}#{subject}"]}}\n'
    )
    text = CATALOGUE.replace("guards:", f"{service}guards:", 1)
    return text.replace("requesters: [ada, linus]", "requesters: [ada, linus, reports-ci]")


def github_says(world_now: Any, issuer: str, /, **changed: Any) -> dict[str, Any]:
    """What a token of GitHub says of a run; a claim that is changed to None is left out."""
    at = int(world_now.timestamp())
    said = {
        "iss": issuer,
        "aud": ADDRESS,
        "sub": SUBJECT,
        "iat": at,
        "nbf": at - 600,
        "exp": at + 900,
        "jti": "11111111-2222-3333-4444-555555555555",
        "repository": "acme/reports",
        "repository_owner": "acme",
        "repository_visibility": "private",
        "environment": "production",
        "event_name": "push",
        "ref": "refs/heads/main",
        "run_id": "7",
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}


@dataclass
class Pipelines:
    """A world, and the issuer that it lets in."""

    world: World
    issuer: PipelineIssuer

    def token(self, *, header: Mapping[str, Any] | None = None, key: Any = None, **changed: Any) -> str:
        said = github_says(self.world.clock.now, self.issuer.base, **changed)
        return signed(said, key=key or rsa_key(self.issuer.key_name), **(header or {}))

    def show(self, token: str) -> httpx.Response:
        answer: httpx.Response = self.world.http.post(
            "/api/v1/sign-ins", json={"method": "token", "token": token}
        )
        assert token not in answer.text
        assert token not in self.world.log.text
        return answer

    def sign_in(self, **changed: Any) -> httpx.Response:
        return self.show(self.token(**changed))

    def refused(self, **changed: Any) -> str:
        return code_of(self.sign_in(**changed))


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 401, answer.text
    code: str = answer.json()["code"]
    return code


@contextmanager
def open_pipelines(
    folder: Path,
    issuer: PipelineIssuer,
    *,
    catalogue: str | None = None,
    others: tuple[dict[str, Any], ...] = (),
    **changed: Any,
) -> Iterator[Pipelines]:
    declared = {"name": "github", "issuer": issuer.base, "checked": CHECKED, **changed}
    with (
        open_world(
            folder, catalogue=catalogue or catalogue_of(issuer.base), issuers=[declared, *others]
        ) as world,
        issuers_over_http() as transport,
    ):
        issuers = Issuers(transport, world.clock)
        world.parts = replace(
            world.parts, token_issuers=declared_issuers(world.parts.settings, ADDRESS, issuers)
        )
        world.http = TestClient(create_app(world.parts), base_url=ADDRESS, raise_server_exceptions=False)
        yield Pipelines(world, issuer)


@contextmanager
def served_pipelines(pipelines: Pipelines) -> Iterator[str]:
    """The address at which the same Liftgate is served, and for which tokens must be made then."""
    declared = pipelines.world.parts.token_issuers
    assert declared is not None

    def change(parts: Parts, address: str) -> Parts:
        return replace(parts, token_issuers=declared_issuers(parts.settings, address, declared.issuers))

    with served_world(pipelines.world, change) as address:
        yield address
