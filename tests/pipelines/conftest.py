"""Two issuers for each worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pipelines.pipeline_world import PipelineIssuer, Pipelines, open_pipelines, running_issuer


@pytest.fixture(scope="session")
def issuer() -> Iterator[PipelineIssuer]:
    with running_issuer("pipelines") as running:
        yield running


@pytest.fixture(scope="session")
def other_issuer() -> Iterator[PipelineIssuer]:
    with running_issuer("others") as running:
        yield running


@pytest.fixture
def pipelines(tmp_path: Path, issuer: PipelineIssuer) -> Iterator[Pipelines]:
    with open_pipelines(tmp_path, issuer) as opened:
        yield opened
