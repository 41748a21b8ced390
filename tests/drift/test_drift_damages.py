"""Each way to weaken a deployed account is named, and it alone; and the command that is told mends it."""

from collections.abc import Iterator

import pytest
from tests.drift.damages import DAMAGES
from tests.drift.deployed_account import DeployedAccount, deploy
from tests.drift.mended import mend

from liftgate.demo.embedded_aws import running_embedded_aws

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed-account")]


@pytest.fixture(scope="module")
def made() -> Iterator[DeployedAccount]:
    with running_embedded_aws() as aws:
        yield deploy(aws)


def test_an_account_that_is_as_planned_has_no_drift(made: DeployedAccount) -> None:
    report = made.report()
    assert (report.drifts, report.unseen) == ((), ())


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_named_and_it_alone_and_its_command_mends_it(made: DeployedAccount, name: str) -> None:
    damage = DAMAGES[name]
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
