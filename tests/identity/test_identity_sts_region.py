"""The table of regions against the one that AWS ships with its SDK."""

import botocore.session
import pytest

from liftgate.identity.errors import UnknownRegion
from liftgate.identity.sts_region import REGIONS, region_named


def test_the_table_is_that_of_awss_own_sdk() -> None:
    session = botocore.session.get_session()
    hosts = {}
    for partition in ("aws", "aws-cn", "aws-us-gov"):
        suffix = session.get_component("endpoint_resolver").get_partition_dns_suffix(partition)
        for region in session.get_available_regions("sts", partition):
            hosts[region] = (partition, f"sts.{region}.{suffix}")
    missing = {name: at for name, at in hosts.items() if name not in REGIONS}
    assert not missing, "AWS has new regions: add them"
    assert {name: (place.partition, place.host) for name, place in REGIONS.items()} == hosts


@pytest.mark.parametrize(
    "name",
    [
        "",
        "us-east-1.attacker.example/",
        "us-east-1#",
        "us-east-1\n",
        "US-EAST-1",
        "us-east-1 ",
        "us-east-\uff11",
        "aws-global",
        "local",
        "../us-east-1",
        "attacker.example/?",
    ],
)
def test_only_the_exact_names_lead_anywhere(name: str) -> None:
    with pytest.raises(UnknownRegion) as refused:
        region_named(name)
    assert str(refused.value).isprintable()
