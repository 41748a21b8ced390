"""How long a session is, on programs that bound it as AWS does, or do not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.enforcement.scope_cases import put
from tests.enforcement.stage import ALLOWED, Stage, attempt
from tests.enforcement.table import table

from liftgate.elevation.lend import lend_order
from liftgate.elevation.sts import StsLender

pytestmark = pytest.mark.slow

LONGER = "ten hours asked of a role that allows one: an hour is lent"


@pytest.mark.parametrize(("by", "case"), table("Session", {LONGER: "lent"}, {}))
def test_a_longer_session_than_the_role_allows(
    stage: Stage, case: str, record_property: Callable[[str, object], None]
) -> None:
    given = stage.granted(
        "write", window=stage.from_now(timedelta(hours=10)), max_session=timedelta(hours=10)
    )
    order = lend_order(given, 1, stage.clock())
    assert case == LONGER
    assert order.duration > timedelta(hours=9)  # what is left of ten
    lent = StsLender(stage.enforcer.sts).lend(order).credentials
    record_property("happened", f"lent for {round((lent.expires_at - stage.clock()) / timedelta(hours=1))} h")
    session = stage.enforcer.client(lent)
    assert attempt(lambda: put()(session, None)) == ALLOWED
