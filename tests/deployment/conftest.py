"""What the tests of deployments ask for by name: servers, the two evaluators, and the plan of the sample catalogue."""

from collections.abc import Iterator

import pytest
from tests.deployment.deployed import Judges, planned
from tests.servers.iam_simulate import running_simulate
from tests.servers.radosgw import radosgw

from liftgate.deployment.model import Plan

__all__ = ["radosgw"]


@pytest.fixture(scope="session")
def judges() -> Iterator[Judges]:
    with running_simulate() as simulate:
        yield Judges(simulate)


@pytest.fixture(scope="session")
def plan() -> Plan:
    return planned()
