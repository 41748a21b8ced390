"""What the pages speak of, and the demo's world does without: files, profiles, rights, log files, an entitlement for a ticket."""

import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.docs.page_commands import ROOT
from tests.watch.digest_examples import BUCKET as DIGESTED
from tests.watch.digest_examples import Trail, keys_text
from tests.watch.watch_examples import ACCOUNT, ROLE_ID, record

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import Keys
from liftgate.demo.sample_account import REPORTS, create_user
from liftgate.demo.world import World

LINKED: Final = "ada-elsewhere"
STOLEN: Final = "liftgate-of-ones-own"  # a broker that is a user, to be closed
SETTINGS: Final[Mapping[str, str]] = {"LIFTGATE_LINKED_IDENTITIES": '["aws"]'}
WITH_TICKET: Final = f"s3://{REPORTS}/2026/ledgers/"
CATALOGUE_CHANGES: Final = {
    "guards: [grace]": "guards: [grace, linus]",
    "justification: {at_least: 10}\n\n": f"""justification: {{at_least: 10}}
    break_glass: {{by: [analysts], longest: 1h, review_within: 24h, reviewers: [data-owners]}}

  - name: ledgers-writer
    description: Correct a ledger, for a ticket
    account: "{ACCOUNT}"
    role: arn:aws:iam::{ACCOUNT}:role/LiftgateReportsWriter
    ceiling: {{actions: [write], locations: [{WITH_TICKET}]}}
    longest: 1h
    requesters: [analysts]
    review: {{reviewers: [data-owners]}}
    ticket: {{required: true}}

""",
}
JSON_BLOCK: Final = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def furnish_world(world: World) -> None:
    """Once, before the first page."""
    text = world.catalogue.read_text()
    for one, other in CATALOGUE_CHANGES.items():
        assert one in text
        text = text.replace(one, other, 1)
    world.catalogue.write_text(text)
    world.liftgate_once("ada", "catalogue", "show", says="ledgers-writer")  # the server has read it
    aws = world.account.aws
    s3, iam = aws.client("s3", aws.root), aws.client("iam", aws.root)
    s3.create_bucket(Bucket=DIGESTED)
    for name, body in _log_files().items():
        s3.put_object(Bucket=DIGESTED, Key=name, Body=body)
    _let_ada_see_uploads(iam)
    iam.create_role(RoleName="LiftgateBroker", AssumeRolePolicyDocument="{}")
    create_user(iam, STOLEN)
    _add_profile(world, create_user(iam, LINKED))


def lay_out(folder: Path, page: Path) -> None:
    """What lies beside a page; and what it shows as JSON, as the file grants.json."""
    for one in page.parent.glob("*.json"):
        (folder / one.name).unlink(missing_ok=True)
        (folder / one.name).symlink_to(one)
    for block in JSON_BLOCK.findall(page.read_text(encoding="utf-8")):
        (folder / "grants.json").write_text(block)


def furnish_folder(folder: Path, world: World) -> None:
    """What the pages' files are called, where they say."""
    for name in ("etc/liftgate", "etc/systemd/system", "var/lib/liftgate", "backup", "logs", "out"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "etc/liftgate/server.toml").write_text('host = "127.0.0.1"\n')
    (folder / "var/lib/liftgate/liftgate.db").symlink_to(world.database)
    for name in ("totals.csv", "part"):
        (folder / name).write_text("north,1250\n")
    (folder / "keys.json").write_bytes(keys_text())
    (folder / "catalogue.yaml").write_text(world.catalogue.read_text())
    (folder / "own.yaml").write_text((ROOT / "examples" / "rules" / "own.yaml").read_text())
    for name, body in _log_files().items():
        (folder / "logs" / name.rpartition("/")[2]).write_bytes(body)


def tampering(grant: str, access_key_id: str) -> dict[str, Any]:
    """What CloudTrail would tell, had AWS let a session change who may read the bucket."""
    role, session = "LiftgateReportsWriter", f"{grant}-1"
    issuer = {
        "type": "Role",
        "principalId": ROLE_ID,
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
        "accountId": ACCOUNT,
    }
    identity = {
        "principalId": f"{ROLE_ID}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accessKeyId": access_key_id,
        "sessionContext": {"sessionIssuer": issuer, "sourceIdentity": "ada"},
    }
    return record(
        "PutBucketPolicy",
        identity=identity,
        eventID=str(uuid.uuid4()),
        eventTime=f"{system_clock():%Y-%m-%dT%H:%M:%SZ}",
        requestParameters={"bucketName": REPORTS},
    )


def _log_files() -> dict[str, bytes]:
    trail = Trail()
    trail.hour()
    return trail.objects


def _let_ada_see_uploads(iam: Any) -> None:
    """What the page on uploads says that they need, which `liftgate deploy` gives to nobody's everyday role."""
    may = {
        "Effect": "Allow",
        "Action": ["s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts"],
        "Resource": "*",
    }
    iam.put_user_policy(
        UserName="ada",
        PolicyName="SeeUploads",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )


def _add_profile(world: World, keys: Keys) -> None:
    aws = world.account.aws
    with world.aws_config.open("a") as config:
        config.write(
            f"\n[profile {LINKED}]\naws_access_key_id = {keys.access_key_id}\n"
            f"aws_secret_access_key = {keys.secret_access_key}\n"
            f"region = {aws.region}\nendpoint_url = {aws.endpoint_url}\n"
        )
