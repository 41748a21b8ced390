"""Two accounts: what is lent in one never reaches the other, and is taken back where it was lent."""

from collections.abc import Callable

import pytest
from tests.enforcement.enforcers import RADOSGW, SEAWEEDFS
from tests.enforcement.revocation_cases import as_must_be, in_words
from tests.enforcement.stage import Stage
from tests.enforcement.table import table
from tests.enforcement.two_accounts import ACCOUNT_CASES, two_accounts

pytestmark = pytest.mark.slow

GAPS = {
    RADOSGW: {
        "lent by the external id, not without it and not by another": "knows no `sts:ExternalId`: a role that demands one"
        " is lent to nobody, by the right one neither",
        "the deny is written by a session of the revoker role": "lets only its administrators change roles, and no role's"
        " session",
    },
    SEAWEEDFS: {"*": "has one account"},
}


@pytest.mark.parametrize(
    ("by", "case"),
    table(
        "Two accounts",
        dict.fromkeys(ACCOUNT_CASES, "taken back or never had: refused, all else: allowed"),
        GAPS,
    ),
)
def test_two_accounts(
    own_stage: Stage,
    case: str,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    tried = ACCOUNT_CASES[case](two_accounts(own_stage, request.getfixturevalue))
    record_property("happened", in_words(tried))
    assert as_must_be(tried), tried
