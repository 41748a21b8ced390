"""One OpenID provider for each worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.oidc.oidc_world import open_oidc_world
from tests.oidc.openid_provider import OpenIdProvider, running_openid_provider
from tests.server.server_world import World


@pytest.fixture(scope="session")
def provider() -> Iterator[OpenIdProvider]:
    with running_openid_provider() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, provider: OpenIdProvider) -> Iterator[World]:
    provider.control("nonce")
    with open_oidc_world(tmp_path, provider) as opened:
        yield opened
