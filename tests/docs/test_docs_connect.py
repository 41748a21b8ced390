"""The page that leads from an AWS account to a first grant, typed line by line as it stands there."""

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.docs.page_commands import ROOT, WITH_PROMPT, commands_of
from tests.docs.shown import assert_shows

from liftgate.demo.deployed_account import adapted
from liftgate.demo.embedded_aws import REGION, EmbeddedAws, Keys, running_embedded_aws
from liftgate.demo.sample_account import create_user
from liftgate.deployment.watching import log_bucket

PAGE: Final = (ROOT / "docs" / "connect.md").read_text(encoding="utf-8")
PROGRAMS: Final = Path(sys.executable).parent
READ_ONLY: Final = "ReadOnly"
PEOPLE: Final = ("ada", "grace")
ID: Final = re.compile(r"\b(rq|gr)-[0-9a-z]{16}\b")
PATIENCE_SECONDS: Final = 60

# What the embedded AWS is not given, or is given otherwise, as the page says. An account of Amazon's has none of these.
DIFFERS: Final = [
    "broker-widened: policy LiftgateBrokerBoundary",  # no condition on a role's boundary, and batches by their own names
    "broker-widened: policy LiftgateBrokerTakeBack",  # roles by their names alone, no condition on their boundary
    "broker-widened: policy LiftgateBrokerWatch",  # batches by their own names
    "bucket-missing: bucket liftgate-trail-111122223333-us-east-1",
    "queue-opened: queue liftgate-cloudtrail",  # it has no policy: nobody is kept from taking events
    "queue-unencrypted: queue liftgate-cloudtrail",
    "queue-unencrypted: queue liftgate-cloudtrail-dead-letters",
    "rule-missing: rule liftgate-cloudtrail",
    "trail-missing: trail liftgate",
    "trust-loosened: role LiftgateAuditor",  # the same
    "trust-loosened: role liftgate/reports-write",  # no condition on the source identity
]


@dataclass
class Terminal:
    """Where the page's lines are typed."""

    aws: EmbeddedAws
    folder: Path
    environment: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)  # the page's and ours
    server: subprocess.Popen[str] | None = None

    def type(self, line: str, shown: str) -> str:
        """What a line answers."""
        if line.startswith("cd "):
            self.folder = (self.folder / line.removeprefix("cd ")).resolve()
            return ""
        if line.startswith("export "):
            return ""  # the address is that which the server said
        if " liftgate serve " in line:
            return self._serve(line)
        if " cloudformation deploy " in line:
            return self._deploy(line)
        if " liftgate settlement " in line:
            return self._settled(line)
        said = self.run(line)
        if ID.search(shown) and not said.startswith("liftgate:"):
            self.ids |= zip(_ids(shown), _ids(said), strict=False)
        return said

    def run(self, line: str) -> str:
        """A line in a shell."""
        done = subprocess.run(
            ["sh", "-c", ID.sub(lambda found: self.ids.get(found[0], found[0]), line)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return done.stdout

    def _serve(self, line: str) -> str:
        self._deliver()
        self.server = subprocess.Popen(
            ["sh", "-c", f"{_with_exec(line)} 2>server.log"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.server.stdout
        said = self.server.stdout.readline()
        assert said, (self.folder / "server.log").read_text()
        self.environment["LIFTGATE_SERVER"] = said.strip().rsplit(" ", 1)[-1]
        return said + self.server.stdout.readline()

    def _deliver(self) -> None:
        """Its trail's log files so far, in the bucket that the settings name."""
        s3 = self.aws.client("s3", self.aws.root)
        ours = log_bucket(self.aws.account, REGION)
        s3.create_bucket(Bucket=ours)
        for one in s3.list_objects_v2(Bucket=self.aws.trail_bucket)["Contents"]:
            s3.copy_object(
                Bucket=ours, Key=one["Key"], CopySource={"Bucket": self.aws.trail_bucket, "Key": one["Key"]}
            )

    def _deploy(self, line: str) -> str:
        """By the aws command line itself, from the template as the embedded AWS knows it."""
        name = line.rsplit(" ", 1)[-1]
        template = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        if name.endswith("/watch.yaml"):  # it has a trail and queues of its own, by the same names
            return ""
        (self.folder / name).with_suffix(".json").write_text(json.dumps(adapted(template)))
        said = self.run(line.removesuffix(".yaml") + ".json")
        assert "Successfully created" in said, said
        iam = self.aws.client("iam", self.aws.root)
        for role in template["Resources"].values():  # its CloudFormation leaves them out
            if "PermissionsBoundary" in role["Properties"]:
                bounds = template["Resources"][role["Properties"]["PermissionsBoundary"]["Ref"]]["Properties"]
                iam.put_role_permissions_boundary(
                    RoleName=role["Properties"]["RoleName"],
                    PermissionsBoundary=f"arn:aws:iam::{self.aws.account}:policy{bounds.get('Path', '/')}{bounds['ManagedPolicyName']}",
                )
        return said

    def _settled(self, line: str) -> str:
        last = time.monotonic() + PATIENCE_SECONDS
        while True:
            said = self.run(line)
            if "first.csv" in said or time.monotonic() > last:
                return said


@pytest.mark.slow
def test_the_page_leads_to_a_first_grant_and_its_settlement(tmp_path: Path) -> None:
    told = ""
    with _terminal(tmp_path) as terminal:
        for line, shown in _steps():
            said = terminal.type(line, shown)
            if " liftgate settlement " in line:
                assert "s3://reports/2026/first.csv" in said
                told = " ".join(terminal.run("AWS_PROFILE=ada liftgate doctor --all").split())
            if "liftgate deploy check" in line:
                assert _drifts(said) == DIFFERS
                assert re.search(r"^\d+ things looked at, 11 drifted\.$", said, re.MULTILINE)
            elif "cloudformation deploy" not in line:
                assert_shows(shown, said, line)
        assert re.search(r"ok data events reports-write: the S3 call of the drill \S+ ago came", told), told
        assert _applied(PAGE) == _applied((tmp_path / "liftgate" / "aws" / "README.md").read_text())
        refused = terminal.run("AWS_PROFILE=broker aws sts get-caller-identity --region us-east-1")
        assert "InvalidClientTokenId" in refused


def test_the_page_names_what_differs_on_the_embedded_aws() -> None:
    told = PAGE.partition("So the check of step 5 tells")[2].partition(";")[0]
    times = {"three times": 3, "twice": 2}
    named = {
        wall: next((times[word] for word in times if word in part), 1)
        for part in re.split(r"(?<=times),|(?<=twice),", told)
        for wall in re.findall(r"`([a-z-]+)`", part)
    }
    assert named == Counter(one.partition(":")[0] for one in DIFFERS)


def _steps() -> list[tuple[str, str]]:
    """Each line of the page, and what it is shown to print."""
    return [
        (one.text, one.shown)
        for one in commands_of("docs/connect.md")
        if one.block == WITH_PROMPT and one.typed
    ]


def _applied(text: str) -> list[str]:
    return re.findall(
        r"aws (?:cloudformation deploy|iam put-user-permissions-boundary) .*$", text, re.MULTILINE
    )


def _drifts(said: str) -> list[str]:
    return sorted(
        f"{wall}: {where}"
        for wall, where in re.findall(r"^(\S+)  \w+\n  where +(\w+ \S+)", said, re.MULTILINE)
    )


def _ids(text: str) -> list[str]:
    return list(dict.fromkeys(found[0] for found in ID.finditer(text)))


def _with_exec(line: str) -> str:
    return line.replace(" liftgate ", " exec liftgate ", 1)


@contextmanager
def _terminal(folder: Path) -> Iterator[Terminal]:
    """An account with a bucket, a read-only role and two people who hold it, and somebody who may make roles."""
    with running_embedded_aws(cloudtrail=True) as aws:
        aws.client("s3", aws.root).create_bucket(Bucket="reports")
        config = folder / "aws-config"
        config.write_text(_profiles(aws, _people(aws)))
        terminal = Terminal(aws, folder, _environment(aws, folder))
        try:
            yield terminal
        finally:
            if terminal.server:
                terminal.server.terminate()
                terminal.server.communicate(timeout=PATIENCE_SECONDS)
                assert terminal.server.returncode == 0


def _people(aws: EmbeddedAws) -> dict[str, Keys]:
    iam = aws.client("iam", aws.root)
    people = {name: create_user(iam, name) for name in PEOPLE}
    arns = {name: f"arn:aws:iam::{aws.account}:user/{name}" for name in PEOPLE}
    trust = [
        _may_assume(Principal={"AWS": arn}, Condition={"StringEquals": {"sts:RoleSessionName": name}})
        for name, arn in arns.items()
    ]
    role = iam.create_role(RoleName=READ_ONLY, AssumeRolePolicyDocument=_policy(*trust))["Role"]["Arn"]
    reads = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}
    iam.put_role_policy(RoleName=READ_ONLY, PolicyName="Read", PolicyDocument=_policy(reads))
    for name in PEOPLE:
        iam.put_user_policy(
            UserName=name, PolicyName="Assume", PolicyDocument=_policy(_may_assume(Resource=role))
        )
    return people


def _may_assume(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", **more}


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _profiles(aws: EmbeddedAws, people: dict[str, Keys]) -> str:
    sections = [_keys_section("admin", aws.root)]
    for name, keys in people.items():
        sections += [
            _keys_section(f"{name}-keys", keys),
            _role_section(name, f"arn:aws:iam::{aws.account}:role/{READ_ONLY}"),
        ]
    return "\n".join(sections)


def _role_section(name: str, role: str) -> str:
    return (
        f"[profile {name}]\nrole_arn = {role}\nrole_session_name = {name}\n"
        f"source_profile = {name}-keys\nregion = {REGION}\n"
    )


def _keys_section(name: str, keys: Keys) -> str:
    return (
        f"[profile {name}]\naws_access_key_id = {keys.access_key_id}\n"
        f"aws_secret_access_key = {keys.secret_access_key}\nregion = {REGION}\n"
    )


def _environment(aws: EmbeddedAws, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LANG", "PYTHONPATH") if name in os.environ}
    endpoints = {f"LIFTGATE_AWS_{name}_ENDPOINT": aws.endpoint_url for name in ("STS", "IAM", "S3", "SQS")}
    return (
        kept
        | endpoints
        | {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "AWS_CONFIG_FILE": str(folder / "aws-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "aws-credentials"),
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "COLUMNS": "100",
            "LIFTGATE_PORT": "0",
            "LIFTGATE_SETTLE_AFTER": "0s",  # its CloudTrail tells at once
        }
    )
