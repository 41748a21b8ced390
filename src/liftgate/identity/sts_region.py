"""The regional endpoints of STS: the only hosts that a proof of identity is ever signed for.

Source: AWS General Reference, "AWS Security Token Service endpoints and quotas". A table of our own, so that neither a caller
nor a file of settings can name another host. A region that AWS adds is added here.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from liftgate.identity.errors import UnknownRegion

_DOMAIN: Final = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_NAMES: Final = {
    "aws": (
        "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 "
        "ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 "
        "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 "
        "me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2"
    ),
    "aws-cn": "cn-north-1 cn-northwest-1",
    "aws-us-gov": "us-gov-east-1 us-gov-west-1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StsRegion:
    """A region in which STS is asked."""

    name: str
    partition: str
    host: str


REGIONS: Final[Mapping[str, StsRegion]] = MappingProxyType(
    {
        name: StsRegion(name=name, partition=partition, host=f"sts.{name}.{_DOMAIN[partition]}")
        for partition, names in _NAMES.items()
        for name in names.split()
    }
)


def region_named(name: str) -> StsRegion:
    """The region of exactly that name. Raises ``UnknownRegion``."""
    region = REGIONS.get(name)
    if region is None:
        shown = name[:40].encode("unicode_escape").decode()
        near = difflib.get_close_matches(shown, REGIONS, n=1)
        raise UnknownRegion(
            f"`{shown}` is not a region whose STS Liftgate knows",
            advice=f"did you mean `{near[0]}`?" if near else "name a region such as `eu-central-1`",
            value=shown,
            where="region",
        )
    return region
