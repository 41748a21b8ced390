"""The parameters of a table: each case on each enforcer, with what an enforcer is known not to express."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.enforcement.enforcers import NAMES
from tests.enforcement.record import tried

from liftgate.errors import LiftgateError

Gaps = Mapping[str, Mapping[str, str]]


def table(topic: str, cases: Mapping[str, str], gaps: Gaps) -> list[Any]:
    """``cases``: each with what must happen. ``gaps``: enforcer, case or "*", and the reason.

    A gap is tried like the rest and must come out wrong: where the enforcer learns it, the test fails, and the gap goes.
    """
    for by, known in gaps.items():
        if by not in NAMES or not set(known) <= {*cases, "*"}:
            raise ValueError(f"a gap of {by} names no case of {topic}")
    return [
        pytest.param(by, case, id=f"{by}-{case}", marks=list(_marks(topic, case, must, by, gaps.get(by, {}))))
        for by in NAMES
        for case, must in cases.items()
    ]


def _marks(
    topic: str, case: str, must: str, by: str, gaps: Mapping[str, str]
) -> Iterable[pytest.MarkDecorator]:
    yield pytest.mark.xdist_group(by)
    yield tried(topic, case, by, must=must)
    gap = gaps.get(case, gaps.get("*"))
    if gap is not None:
        yield pytest.mark.xfail(strict=True, raises=(AssertionError, ClientError, LiftgateError), reason=gap)
