"""Everything here stands on one embedded AWS; outcomes go onto docs/enforcement.md."""

from collections.abc import Iterator

import pytest
from tests.chaos.chaos_world import ChaosWorld, open_chaos
from tests.chaos.lakeside import make_lakeside
from tests.enforcement.record import pytest_collection_modifyitems, pytest_runtest_makereport
from tests.servers.chaos_proxy import chaos_proxy
from tests.servers.embedded_aws import embedded_account

from liftgate.demo.sample_account import SampleAccount

__all__ = ["embedded_account", "pytest_collection_modifyitems", "pytest_runtest_makereport"]


@pytest.fixture(scope="module")
def chaos(embedded_account: SampleAccount, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChaosWorld]:
    lakeside = make_lakeside(embedded_account)
    with (
        chaos_proxy(embedded_account.aws.endpoint_url) as proxy,
        open_chaos(lakeside, proxy, tmp_path_factory.mktemp("chaos")) as world,
    ):
        foreign = lakeside.foreign()
        yield world
        assert lakeside.foreign() == foreign
