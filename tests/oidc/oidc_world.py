"""A Liftgate whose people sign in by a real OpenID provider, and their browsers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.testclient import TestClient
from tests.oidc.openid_provider import SECRET, OpenIdProvider, ProvidersBrowser
from tests.pages.visitor import Visitor
from tests.server.server_world import ADDRESS, CATALOGUE, World, open_world

from liftgate.catalogue.source import CatalogueSource
from liftgate.identity.issuers import Issuers
from liftgate.identity.provider import Reached
from liftgate.server.app import create_app
from liftgate.server.kept_catalogue import KeptCatalogue
from liftgate.server.oidc_settings import provider_of
from liftgate.server.parts import fed_groups


def catalogue_of(issuer: str) -> str:
    """The server's, in which people have subjects too, and reports may be written by a group."""
    text = CATALOGUE
    for person in ("ada", "grace", "linus", "rosa"):
        arn = f'"arn:aws:sts::111122223333:assumed-role/ReadOnly/{person}"'
        text = text.replace(arn, f'{arn}, "oidc:{issuer}#{person}"')
    text = text.replace("guards:", "groups:\n  writers: [ada]\n  checkers: [linus]\nguards:")
    text = text.replace("requesters: [ada, linus]", "requesters: [writers, linus]")
    return text.replace("reviewers: [grace, linus]", "reviewers: [checkers, grace]", 1)


@contextmanager
def open_oidc_world(folder: Path, provider: OpenIdProvider, **changed: Any) -> Iterator[World]:
    """The provider's own clock is the machine's, so the world's begins with it."""
    said = {
        "issuer": provider.issuer,
        "client_id": "liftgate",
        "client_secret": SECRET,
        "groups_claim": "groups",
        "groups": {"idp-writers": "writers", "idp-checkers": "checkers"},
        "name": "Lakeside",
        **changed,
    }
    with open_world(folder, catalogue=catalogue_of(provider.issuer), oidc=said) as world:
        transport = provider.transport
        world.clock.now = datetime.now(UTC)
        settings = world.parts.settings
        assert settings.oidc is not None
        source = CatalogueSource([world.catalogue_file], world.clock)
        world.parts = replace(
            world.parts,
            catalogue=KeptCatalogue(source, world.store, world.clock, world.parts.log, fed_groups(settings)),
            provider=Reached(
                provider=provider_of(settings.oidc, ADDRESS),
                issuers=Issuers(transport, world.clock),
                transport=transport,
            ),
        )
        world.http = TestClient(create_app(world.parts), base_url=ADDRESS, raise_server_exceptions=False)
        yield world


def another_process(world: World) -> TestClient:
    """A second Liftgate on the same store, with a catalogue of its own in memory."""
    source = CatalogueSource([world.catalogue_file], world.clock)
    catalogue = KeptCatalogue(
        source, world.store, world.clock, world.parts.log, fed_groups(world.parts.settings)
    )
    return TestClient(create_app(replace(world.parts, catalogue=catalogue)), base_url=ADDRESS)


class Person:
    """Somebody with a browser, signed in at the provider or about to be."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        self.here = Visitor(world)
        self.there = ProvidersBrowser()

    def sent_to(self, then: str = "/mine") -> str:
        """Where Liftgate sends the browser."""
        return str(self.here.get(f"/sign-in/oidc?next={then}").headers["location"])

    def came_back(self, then: str = "/mine") -> str:
        """Where the provider sends it back to, with a code."""
        return path_of(self.there.authorize(self.sent_to(then), self.name))

    def sign_in(self, then: str = "/mine") -> httpx.Response:
        return self.here.get(self.came_back(then))

    def is_in(self) -> bool:
        answer = self.here.get("/mine")
        assert answer.status_code == 200 or answer.headers["location"].startswith("/sign-in"), answer.text
        return answer.status_code == 200


def path_of(address: str) -> str:
    assert address.startswith(f"{ADDRESS}/")
    return address.removeprefix(ADDRESS)


def query_of(address: str) -> Mapping[str, str]:
    return dict(parse_qsl(urlsplit(address).query))
