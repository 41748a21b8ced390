"""The worker's check of deployed accounts: what drifted is a finding, on the list and on its page, until it is mended."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.drift.as_planned import snapshot_as_planned
from tests.server.server_world import World, open_world

from liftgate.drift.expected import Against
from liftgate.drift.model import Unseen
from liftgate.drift.seen import SeenRole, Snapshot
from liftgate.server.deploy_check_settings import DeployCheckSettings
from liftgate.server.deploy_checking import check_deployment, start_deploy_check
from liftgate.server.errors import BadSettings
from liftgate.server.settings import load_settings

ROLE = "arn:aws:iam::111122223333:role/LiftgateReportsWriter"
CHECK = DeployCheckSettings(role="LiftgateAuditor")


def _unbounded(against: Against, _: DeployCheckSettings) -> Snapshot:
    found = snapshot_as_planned(against)
    seen = found.roles[ROLE]
    assert isinstance(seen, SeenRole)
    return replace(found, roles={**found.roles, ROLE: replace(seen, boundary=None)})


def _as_planned(against: Against, _: DeployCheckSettings) -> Snapshot:
    return snapshot_as_planned(against)


def _listed(world: World) -> list[tuple[str, str]]:
    return [(one["rule"], one["state"]) for one in world.get("rosa", "/findings").json()["items"]]


def test_a_drift_is_on_the_list_until_it_is_mended(world: World) -> None:
    check_deployment(CHECK, world.parts, read=_unbounded)
    check_deployment(CHECK, world.parts, read=_unbounded)
    assert _listed(world) == [("deploy-drift", "open")]
    (listed,) = world.get("rosa", "/findings").json()["items"]
    assert ROLE in world.get("rosa", f"/findings/{listed['id']}").json()["because"]
    assert [one["id"] for one in world.get("rosa", "/findings", state="open").json()["items"]] == [
        listed["id"]
    ]

    world.clock.pass_by(hours=1)
    check_deployment(CHECK, world.parts, read=_as_planned)
    assert _listed(world) == [("deploy-drift", "over")]
    assert world.get("rosa", "/findings", state="open").json()["items"] == []


def test_people_without_that_right_do_not_see_it(world: World) -> None:
    check_deployment(CHECK, world.parts, read=_unbounded)
    assert world.get("ada", "/findings").json()["items"] == []


def test_what_could_not_be_looked_at_is_a_finding_too(world: World) -> None:
    def blind(against: Against, check: DeployCheckSettings) -> Snapshot:
        found = _unbounded(against, check)
        return replace(found, roles={**found.roles, ROLE: Unseen(thing=ROLE, why="refused")})

    check_deployment(CHECK, world.parts, read=_unbounded)
    check_deployment(CHECK, world.parts, read=blind)
    assert sorted(_listed(world)) == [("deploy-drift", "open"), ("deploy-not-looked-at", "open")]


def test_where_nobody_asks_for_it_nothing_is_checked(world: World) -> None:
    start_deploy_check(world.parts)()
    assert _listed(world) == []


def test_the_settings_say_how_often_and_as_whom(tmp_path: Path) -> None:
    with open_world(tmp_path, deploy_check={"role": "LiftgateAuditor", "every": "6h"}) as world:
        found = world.parts.settings.deploy_check
    assert found is not None
    assert (found.every, found.role) == (timedelta(hours=6), "LiftgateAuditor")


@pytest.mark.parametrize(
    "wrong", ['{"every": "6h"}', '{"role": "A", "every": "1s"}', '{"role": "A", "rolle": "B"}', "{"]
)
def test_settings_that_mean_nothing_are_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_DEPLOY_CHECK", wrong)
    with pytest.raises(BadSettings):
        load_settings(None, {"catalogue": (Path("x.yaml"),)})
