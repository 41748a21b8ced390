"""A session does what its scope says, at the places that it names, and nothing else."""

from collections.abc import Callable
from typing import Final

import pytest
from tests.enforcement.enforcers import EMBEDDED, RADOSGW, SEAWEEDFS
from tests.enforcement.scope_cases import OUT, SCOPE_CASES
from tests.enforcement.stage import ALLOWED, BUCKETS, KEY, REFUSED, Stage, attempt
from tests.enforcement.table import Gaps, table

pytestmark = pytest.mark.slow

_PUT_ALONE: Final = "asks for `s3:PutObject` alone, whatever the headers"
GAPS: Final[Gaps] = {
    EMBEDDED: {"write: put with tags in its header": _PUT_ALONE},
    RADOSGW: {
        "write: put with tags in its header": _PUT_ALONE,
        "write: put with an ACL in its header": _PUT_ALONE,
        "multipart: copy a part from inside": "refuses every session to copy a part, even one that may do everything",
    },
    SEAWEEDFS: {
        "write: put with tags in its header": _PUT_ALONE,
        "write: put with an ACL in its header": _PUT_ALONE,
        "write: put under the prefix in capitals": "compares resources without regard to case",
    },
}


@pytest.mark.parametrize(
    ("by", "case"),
    table("Scope", {name: ALLOWED if one.allowed else REFUSED for name, one in SCOPE_CASES.items()}, GAPS),
)
def test_scope(stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    tried = SCOPE_CASES[case]
    owner = stage.enforcer.owner
    for bucket in BUCKETS:
        for key in (KEY, OUT):
            owner.put_object(Bucket=bucket, Key=key, Body=b"old")
    session = stage.session(stage.granted(*tried.actions, at=tried.at))
    happened = attempt(lambda: tried.call(session, owner))
    record_property("happened", happened)
    assert happened == (ALLOWED if tried.allowed else REFUSED)
