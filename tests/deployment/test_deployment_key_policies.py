"""What is to be merged into the policies of KMS keys: the roles can then write and read under the key, and nobody gains anything else."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from tests.access import access_examples as examples
from tests.deployment.deployed import EVERYTHING, HOME, OTHER, Asked, case, planned
from tests.elevation.elevation_examples import NOON
from tests.iam.generated.ours import our_decision
from tools.generate_deploy_docs import FOLDER

from liftgate.catalogue.model import Entitlement, Mechanism
from liftgate.catalogue.parse import load_catalogue
from liftgate.demo.world import CATALOGUE
from liftgate.deployment.key_policies import CONTEXT, LOG_CONTEXT, path_of
from liftgate.deployment.model import Plan, Role
from liftgate.deployment.options import BROKER_NAME, NewBaseline
from liftgate.deployment.write import TOOLS, written
from liftgate.iam.compile import compile_session_policy, role_policy
from liftgate.iam.parse import Kind, parse_policy
from liftgate.iam.s3.actions import expand_actions
from liftgate.iam.s3.location import parse_location
from liftgate.iam.scope import Scope, Window

KEY: Final = f"arn:aws:kms:eu-central-1:{HOME}:key/0d1f8a5e-9c3b-4b55-8a55-2f4d7c1e9a10"
VIA: Final = "s3.eu-central-1.amazonaws.com"
NIGHTLY: Final = "arn:aws:s3:::exports/nightly/2026-11-29.csv"
EXPORTS: Final = "arn:aws:s3:::exports"
# Nobody but its administrator may do anything with the key: IAM policies do not count.
LOCKED: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Administrators",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{HOME}:role/KeyAdmin"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}


def scope(*locations: str, actions: tuple[str, ...] = ("write",), keys: tuple[str, ...] = (KEY,)) -> Scope:
    places = frozenset(map(parse_location, locations))
    return Scope(actions=expand_actions(actions), locations=places, kms_keys=frozenset(keys))


def entitlement(name: str, ceiling: Scope, *, account: str = HOME, **changed: Any) -> Entitlement:
    role = f"arn:aws:iam::{account}:role/liftgate/{name}"
    return replace(
        examples.entitlement(name), **{"account": account, "role_arn": role, "ceiling": ceiling, **changed}
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Two roles at home that use the key and one that does not, and one of another account that uses it."""
    return planned(
        examples.catalogue(
            entitlement("publish", scope("s3://exports/nightly/")),
            entitlement("correct", scope("s3://exports/corrections/", actions=("read",))),
            entitlement("reports", scope("s3://reports/", keys=())),
            entitlement("publish-there", scope("s3://harbour/"), account=OTHER),
        )
    )


def merged(plan: Plan, into: dict[str, Any] = LOCKED, tool: str = "cloudformation") -> dict[str, Any]:
    """The key's policy, with the statements of the file."""
    added = json.loads(written(tool, plan)[path_of(KEY)])
    parse_policy(json.dumps(added), Kind.RESOURCE)
    return {**into, "Statement": [*into["Statement"], *added["Statement"]]}


def asked(action: str = "kms:GenerateDataKey", about: str | None = NIGHTLY, via: str | None = VIA) -> Asked:
    """As S3 asks for whoever puts or gets an object."""
    said = {"kms:ViaService": via, CONTEXT: about, "aws:CurrentTime": NOON.isoformat()}
    context = {key: one for key, one in said.items() if one is not None}
    return Asked(action=action, resource=KEY, context=context)


def by(role: Role, one: Asked) -> Asked:
    """The call of a role's session: STS does not say the role's path, `aws:PrincipalArn` does."""
    return replace(one, context={**one.context, "aws:PrincipalArn": role.arn})


def allowed(plan: Plan, role: Role, one: Asked, key_policy: dict[str, Any], **given: Any) -> bool:
    asks = case(plan, role, by(role, one), resource_policy=key_policy, owner=HOME, **given)
    return our_decision(asks) == "allow"


def allowed_all(plan: Plan, role: Role, one: Asked, key_policy: dict[str, Any]) -> bool:
    """Where the caller's own policies allow everything: the key's policy is what is asked."""
    asks = case(plan, role, by(role, one), resource_policy=key_policy, owner=HOME)
    return our_decision({**asks, "identity": [EVERYTHING], "boundary": None}) == "allow"


def test_the_elevated_role_writes_under_the_key_once_its_statement_is_merged_and_not_before(
    plan: Plan,
) -> None:
    role = plan.role("publish")
    window = Window(starts_at=NOON, ends_at=NOON + timedelta(minutes=20))
    session = json.loads(compile_session_policy(scope("s3://exports/nightly/"), window))
    for about in (NIGHTLY, EXPORTS):  # S3 names the object, or with a bucket key the bucket
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            one = asked(action, about)
            assert not allowed(plan, role, one, LOCKED, session=session)
            assert allowed(plan, role, one, merged(plan), session=session)


def test_a_session_that_was_not_lent_the_key_does_not_get_it_by_the_keys_policy(plan: Plan) -> None:
    window = Window(starts_at=NOON, ends_at=NOON + timedelta(minutes=20))
    session = json.loads(compile_session_policy(scope("s3://exports/nightly/", keys=()), window))
    assert not allowed(plan, plan.role("publish"), asked(), merged(plan), session=session)


def test_a_role_of_another_account_uses_the_key_as_one_at_home_does(plan: Plan) -> None:
    one = asked(about="arn:aws:s3:::harbour/a.csv")
    role = plan.role("publish-there", OTHER)
    assert [allowed(plan, role, one, each) for each in (LOCKED, merged(plan))] == [False, True]
    assert not allowed(plan, role, asked(), merged(plan))
    assert not allowed_all(plan, plan.role("publish"), one, merged(plan))


def test_a_role_does_with_the_key_what_its_own_ceiling_needs_and_no_more(plan: Plan) -> None:
    reader, about = plan.role("correct"), "arn:aws:s3:::exports/corrections/a.csv"
    assert allowed(plan, reader, asked("kms:Decrypt", about), merged(plan))
    assert not allowed_all(plan, reader, asked("kms:GenerateDataKey", about), merged(plan))


@pytest.mark.parametrize(
    "one",
    [
        *(asked(f"kms:{action}") for action in ("Encrypt", "ReEncryptFrom", "CreateGrant", "PutKeyPolicy")),
        asked("kms:ScheduleKeyDeletion"),
        asked(via=None),
        asked(via="s3.eu-west-1.amazonaws.com"),
        asked(via="secretsmanager.eu-central-1.amazonaws.com"),
        asked(about=None),
        asked(about="arn:aws:s3:::exports/weekly/a.csv"),
        asked(about="arn:aws:s3:::exports-of-others"),
        asked(about="arn:aws:s3:::payroll/nightly/a.csv"),
    ],
    ids=lambda one: f"{one.action} {one.context.get('kms:ViaService')} {one.context.get(CONTEXT)}",
)
def test_the_role_gains_nothing_else_whatever_its_own_policies_say(plan: Plan, one: Asked) -> None:
    role = plan.role("publish")
    assert allowed_all(plan, role, asked(), merged(plan))
    assert not allowed_all(plan, role, one, merged(plan))


def test_nobody_else_gains_anything_whatever_their_own_policies_say(plan: Plan) -> None:
    added = {**LOCKED, "Statement": merged(plan)["Statement"][len(LOCKED["Statement"]) :]}
    strangers = [one for one in plan.roles if one.name not in {"publish", "publish-there"}]
    strangers += [replace(plan.role("publish"), account=OTHER), replace(plan.role("publish"), name="Publish")]
    strangers += [
        replace(plan.role("publish"), account="777788889999"),
        replace(plan.role("reports"), name="KeyAdmin"),
    ]
    assert len(strangers) > 5
    for who in strangers:
        for action in ("kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey", "kms:PutKeyPolicy"):
            for about in (NIGHTLY, EXPORTS, "arn:aws:s3:::harbour/a.csv"):
                if (who.name, action, about) != (
                    "correct",
                    "kms:Decrypt",
                    EXPORTS,
                ):  # the bucket key is both roles'
                    assert not allowed_all(plan, who, asked(action, about), added), (who.name, action, about)


def test_a_role_that_is_opened_in_place_has_the_key_while_it_is_open() -> None:
    ceiling = scope("s3://exports/nightly/")
    held = f"arn:aws:iam::{HOME}:role/People"
    one = entitlement("publish", ceiling, role_arn=held, mechanism=Mechanism.IN_PLACE)
    found = planned(examples.catalogue(one))
    people = replace(found.roles[0], name="People", path="/", policies=(), boundary=None)
    opened = [json.loads(role_policy(ceiling))]
    assert not allowed(found, people, asked(), merged(found))
    assert allowed(found, people, asked(), merged(found), more=opened)


def test_a_read_only_role_that_is_made_reads_what_is_encrypted() -> None:
    users = (f"arn:aws:iam::{HOME}:user/ada",)
    found = planned(
        examples.catalogue(entitlement("publish", scope("s3://exports/nightly/"))),
        baseline=NewBaseline(name="Everyday", users=users),
    )
    everyday = found.role("Everyday")
    assert allowed(found, everyday, asked("kms:Decrypt"), merged(found))
    assert not allowed_all(found, everyday, asked(), merged(found))


def test_entitlements_that_share_a_role_share_a_statement_for_what_they_do_alike() -> None:
    role = f"arn:aws:iam::{HOME}:role/shared"
    found = planned(
        examples.catalogue(
            entitlement("a", scope("s3://exports/a/"), role_arn=role),
            entitlement("b", scope("s3://exports/b/"), role_arn=role),
            entitlement("c", scope("s3://exports/c/", actions=("read",)), role_arn=role),
        )
    )
    policy = merged(found)
    sids = [one["Sid"] for one in policy["Statement"]]
    assert sids == ["Administrators", f"Liftgate{HOME}Shared", f"Liftgate{HOME}Shared2"]
    writes = [
        allowed_all(found, found.role("shared"), asked(about=f"{EXPORTS}/{at}/x"), policy) for at in "abc"
    ]
    assert writes == [True, True, False]


def test_what_would_not_fit_into_a_key_policy_is_not_written_and_the_readme_says_what_else_does() -> None:
    many = [entitlement(f"export-{n:03}", scope(f"s3://exports/{n:03}/")) for n in range(80)]
    files = written("cloudformation", planned(examples.catalogue(*many)))
    assert [path for path in files if path.endswith(".json")] == []
    assert "Statements for each role would not fit into it." in files["README.md"]
    assert f"lets IAM policies of account {HOME} count" in files["README.md"]


def test_nothing_is_written_for_a_key_that_no_ceiling_opens_or_seals_with() -> None:
    ceiling = scope("s3://exports/nightly/", actions=("delete",))
    found = planned(examples.catalogue(entitlement("purge", ceiling)))
    files = written("cloudformation", found)
    assert (found.kms_keys, path_of(KEY) in files, KEY in files["README.md"]) == ((KEY,), False, False)


TRAIL = f"arn:aws:cloudtrail:eu-central-1:{HOME}:trail/liftgate"


def log_file(action: str, context: dict[str, str]) -> Asked:
    return Asked(action=action, resource=KEY, context={"aws:CurrentTime": NOON.isoformat(), **context})


@pytest.mark.parametrize(
    ("action", "context", "expected"),
    [
        ("kms:GenerateDataKey", {LOG_CONTEXT: TRAIL}, True),
        (
            "kms:GenerateDataKey",
            {LOG_CONTEXT: TRAIL.replace("eu-central-1", "us-east-1")},
            True,
        ),  # logged there
        ("kms:GenerateDataKey", {}, False),
        ("kms:GenerateDataKey", {LOG_CONTEXT: TRAIL.replace(HOME, OTHER)}, False),
        ("kms:GenerateDataKey", {LOG_CONTEXT: TRAIL, "aws:SourceArn": f"{TRAIL}-of-others"}, False),
        ("kms:DescribeKey", {}, True),
        ("kms:Decrypt", {LOG_CONTEXT: TRAIL}, False),
        ("kms:CreateGrant", {LOG_CONTEXT: TRAIL}, False),
    ],
)
def test_cloudtrail_seals_log_files_of_these_trails_and_does_nothing_else(
    action: str, context: dict[str, str], expected: bool
) -> None:
    found = planned(load_catalogue([CATALOGUE]), trail_key_arn=KEY)
    asks = case(
        found,
        found.role(BROKER_NAME),
        log_file(action, {"aws:SourceArn": TRAIL, **context}),
        resource_policy=merged(found),
        owner=HOME,
    )
    asks["request"]["principal"] = "cloudtrail.amazonaws.com"
    decision = our_decision({**asks, "identity": [], "boundary": None})
    assert (decision == "allow") is expected


@pytest.mark.parametrize(
    "trail_bucket", [None, "security-logs"], ids=["a trail of ours", "one that is there"]
)
def test_the_broker_opens_log_files_and_nothing_else_under_their_key(trail_bucket: str | None) -> None:
    found = planned(load_catalogue([CATALOGUE]), trail_key_arn=KEY, trail_bucket=trail_bucket)
    broker = found.role(BROKER_NAME)
    opens = log_file("kms:Decrypt", {"kms:ViaService": VIA, LOG_CONTEXT: TRAIL.replace(HOME, OTHER)})
    assert [allowed(found, broker, opens, each) for each in (LOCKED, merged(found))] == [False, True]
    for one in (
        log_file("kms:Decrypt", {"kms:ViaService": VIA, CONTEXT: NIGHTLY}),
        log_file("kms:Decrypt", {LOG_CONTEXT: TRAIL}),
        replace(opens, action="kms:GenerateDataKey"),
    ):
        assert not allowed_all(found, broker, one, merged(found)), one
    assert not allowed_all(found, found.role("LiftgateReportsWriter"), opens, merged(found))
    said = f"let `{broker.arn}` open the log files" if trail_bucket else f"and `{broker.arn}` open them"
    assert said in written("cloudformation", found)["README.md"]


def test_a_key_of_log_files_and_objects_has_the_statements_of_both() -> None:
    ceiling = scope("s3://exports/nightly/")
    found = planned(examples.catalogue(entitlement("publish", ceiling)), trail_key_arn=KEY)
    assert [one["Sid"] for one in merged(found)["Statement"]] == [
        "Administrators",
        f"Liftgate{HOME}Publish",
        "LiftgateCloudTrailSeals",
        "LiftgateCloudTrailLooks",
        "LiftgateBrokerOpensLogFiles",
    ]
    assert found.kms_keys == (KEY,)
    assert planned(load_catalogue([CATALOGUE]), trail_key_arn=KEY).kms_keys == ()


@pytest.mark.parametrize("tool", TOOLS)
def test_the_readmes_command_merges_the_file_and_takes_out_what_an_earlier_run_added(
    tool: str, tmp_path: Path
) -> None:
    if shutil.which("jq") is None:
        pytest.skip("THE COMMAND THAT MERGES KEY POLICIES IS NOT RUN: put `jq` on the path")
    sample = FOLDER / "one-account" / tool
    command = re.search(
        r"^  (jq .*) > merged\.json$", (sample / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert command
    new = json.loads((sample / path_of(KEY)).read_text("utf-8"))["Statement"]
    earlier = {**new[0], "Sid": "Liftgate111122223333Gone"}
    unnamed = {name: one for name, one in LOCKED["Statement"][0].items() if name != "Sid"}
    shutil.copy(sample / path_of(KEY), tmp_path)
    for there, kept in (
        ([*LOCKED["Statement"], unnamed, earlier], [*LOCKED["Statement"], unnamed]),
        (unnamed, [unnamed]),  # a policy may have one statement without a list
    ):
        (tmp_path / "key-policy.json").write_text(json.dumps({**LOCKED, "Statement": there}))
        said = subprocess.run(
            ["sh", "-c", command[1]], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        assert json.loads(said.stdout) == {**LOCKED, "Statement": [*kept, *new]}
