"""The worker's check of deployed accounts: what drifted is a finding, on the list and on its page, until it is mended."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.deployment.deployed import planned
from tests.drift.as_planned import snapshot_as_planned
from tests.server.server_world import World, open_world
from tools.generate_deploy_docs import SAMPLES

from liftgate.catalogue.parse import load_catalogue
from liftgate.deployment.options import AUDITOR_NAME, DeployOptions, RunsOn
from liftgate.deployment.write import written
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


EVERY_OPTION = DeployOptions(
    region="eu-central-1",
    account="111122223333",
    runs_on=RunsOn.ECS,
    trail_bucket="lakeside-cloudtrail",
    trail_key_arn="arn:aws:kms:eu-central-1:111122223333:key/6f0d7c0e-58a4-4a36-9f0e-0c6a4b8d2e11",
    queue_arn="arn:aws:sqs:eu-central-1:111122223333:security-events",
    dead_letter_queue_arn="arn:aws:sqs:eu-central-1:111122223333:dead",
    reads=True,
    also_regions=("eu-west-1",),
    organization="o-a1b2c3d4e5",
)


@pytest.mark.parametrize("options", [*(one.options for one in SAMPLES.values()), EVERY_OPTION])
def test_the_readme_beside_the_files_says_the_settings_by_which_just_these_are_checked(
    options: DeployOptions,
) -> None:
    plan = planned(load_catalogue([SAMPLES["one-account"].catalogue]), **_given(options))
    (text,) = re.findall(r"```toml\n(.*?)```", written("terraform", plan)["README.md"], re.DOTALL)
    said = DeployCheckSettings(**tomllib.loads(text)["deploy_check"])
    assert said.role == AUDITOR_NAME
    assert said.options(options.region, dict(plan.options.external_ids)) == plan.options


def test_where_nobody_wants_an_auditor_no_check_is_set() -> None:
    assert "deploy_check" not in written("terraform", planned(auditor=False))["README.md"]


def _given(options: DeployOptions) -> dict[str, Any]:
    return {one.name: getattr(options, one.name) for one in fields(options)}


def test_where_nobody_asks_for_it_nothing_is_checked(world: World) -> None:
    start_deploy_check(world.parts)()
    assert _listed(world) == []


def test_the_settings_say_how_often_and_as_whom(tmp_path: Path) -> None:
    with open_world(tmp_path, deploy_check={"role": "LiftgateAuditor", "every": "6h"}) as world:
        found = world.parts.settings.deploy_check
    assert found is not None
    assert (found.every, found.role) == (timedelta(hours=6), "LiftgateAuditor")


@pytest.mark.parametrize(
    "wrong", ['{"role": "A B"}', '{"role": "A", "every": "1s"}', '{"role": "A", "rolle": "B"}', "{"]
)
def test_settings_that_mean_nothing_are_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFTGATE_DEPLOY_CHECK", wrong)
    with pytest.raises(BadSettings):
        load_settings(None, {"catalogue": (Path("x.yaml"),)})
