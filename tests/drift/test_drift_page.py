"""docs/deploy-check.md, and what the table of walls promises."""

import yaml
from tests.deployment.deployed import planned
from tests.drift.brought_damages import BROUGHT_DAMAGES
from tests.drift.damages import DAMAGES
from tools.generate_deploy_check_docs import PAGE, page
from tools.generate_deploy_docs import ROLES

from liftgate.deployment.watching import LOGS_KEPT_DAYS
from liftgate.deployment.write import written
from liftgate.drift.walls import WALLS


def test_the_page_says_what_the_table_of_walls_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: make docs"


def test_the_page_of_roles_says_how_many_ways_are_tried() -> None:
    assert f"{len(DAMAGES) + len(BROUGHT_DAMAGES)} ways to weaken a deployed" in ROLES.read_text("utf-8")


def test_each_damage_is_of_a_wall() -> None:
    assert {one.wall for one in DAMAGES.values()} <= set(WALLS)
    assert {one.wall for _, one in BROUGHT_DAMAGES.values()} <= set(WALLS)


def test_log_files_are_kept_for_as_long_as_the_template_says() -> None:
    text = written("cloudformation", planned())["account-111122223333/watch.yaml"]
    rules = yaml.safe_load(text)["Resources"]["LogBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert [one["ExpirationInDays"] for one in rules] == [LOGS_KEPT_DAYS]
