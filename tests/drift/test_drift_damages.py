"""Each way to weaken a deployed account is named, and it alone; and the command that is told mends it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from tests.drift.brought_damages import BROUGHT_DAMAGES, ROLE, USER
from tests.drift.damages import DAMAGES, Damage
from tests.drift.deployed_account import DeployedAccount, deploy
from tests.drift.mended import mend

from liftgate.demo.embedded_aws import running_embedded_aws

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed-account")]
ALL: dict[str, tuple[str | None, Damage]] = {
    **{name: (None, one) for name, one in DAMAGES.items()},
    **BROUGHT_DAMAGES,
}
Made = Callable[[str | None], DeployedAccount]


@pytest.fixture(scope="module")
def made_for() -> Iterator[Made]:
    """An account by its broker: Liftgate's own role, or who was there already."""
    with ExitStack() as running:
        yield cache(lambda broker_arn: deploy(running.enter_context(running_embedded_aws()), broker_arn))


@pytest.mark.parametrize("broker_arn", [None, USER, ROLE])
def test_an_account_that_is_as_planned_has_no_drift(made_for: Made, broker_arn: str | None) -> None:
    report = made_for(broker_arn).report()
    assert (report.drifts, report.unseen) == ((), ())


@pytest.mark.parametrize("name", ALL)
def test_a_damage_is_named_and_it_alone_and_its_command_mends_it(made_for: Made, name: str) -> None:
    broker_arn, damage = ALL[name]
    made = made_for(broker_arn)
    damage.do(made)
    try:
        report = made.report()
        assert report.unseen == ()
        assert [(one.wall.id, one.thing) for one in report.drifts] == [
            (damage.wall, damage.thing or made.key_arn)
        ]
        mend(made, report.drifts[0])
        assert made.report().drifts == ()
    except BaseException:
        damage.undo(made)  # the next one is to be found alone
        raise
