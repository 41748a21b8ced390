"""One world for all pages that are typed into a terminal."""

from collections.abc import Iterator

import pytest
from tests.docs.docs_stage import Stage, open_stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Keep its tests on one worker: ``pytest.mark.xdist_group("docs-stage")``."""
    with open_stage() as opened:
        yield opened
