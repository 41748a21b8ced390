"""A revocation bites running sessions, at once, and touches no other grant."""

from collections.abc import Callable

import pytest
from tests.enforcement.enforcers import RADOSGW, SEAWEEDFS
from tests.enforcement.revocation_cases import (
    REVOCATION_CASES,
    TWO_GRANT_CASES,
    Play,
    as_must_be,
    in_words,
)
from tests.enforcement.stage import Stage
from tests.enforcement.table import table

pytestmark = pytest.mark.slow

_MANY = "331 grants of one person, more than a role has room to name"
_NO_TAGS = "knows no `aws:PrincipalTag`, by which people are told apart"
_NO_TIME = "knows no `aws:CurrentTime`: what has it is refused, so the window was left out"


def play(cases: dict[str, Play], case: str, stage: Stage, record: Callable[[str, object], None]) -> None:
    owner = stage.enforcer.owner
    owner.put_object(Bucket="enforced", Key="2026/q3/a.csv", Body=b"old")
    tried = cases[case](stage)
    record("happened", in_words(tried))
    assert as_must_be(tried), tried


@pytest.mark.parametrize(
    ("by", "case"),
    table(
        "Revocation",
        dict.fromkeys(REVOCATION_CASES, "taken back: refused, all else: allowed"),
        {RADOSGW: {_MANY: _NO_TAGS}},
    ),
)
def test_revocation(own_stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    play(REVOCATION_CASES, case, own_stage, record_property)


@pytest.mark.parametrize(
    ("by", "case"),
    table(
        "Two grants at once",
        dict.fromkeys(TWO_GRANT_CASES, "each has its own"),
        {SEAWEEDFS: {"one is over, the other goes on": _NO_TIME}},
    ),
)
def test_two_grants(own_stage: Stage, case: str, record_property: Callable[[str, object], None]) -> None:
    play(TWO_GRANT_CASES, case, own_stage, record_property)
