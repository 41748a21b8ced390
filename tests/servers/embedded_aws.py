"""The demo's embedded AWS with its sample account, once for all tests that ask for it."""

from collections.abc import Iterator

import pytest

from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import SampleAccount, create_sample_account


@pytest.fixture(scope="session")
def embedded_account() -> Iterator[SampleAccount]:
    """An account in a running AWS. Import it by this name into a test's module or conftest."""
    with running_embedded_aws() as aws:
        yield create_sample_account(aws)
