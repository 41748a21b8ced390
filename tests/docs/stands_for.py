"""What this world has in place of the words by which a page stands for everybody's own."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tests.docs.docs_stage import Q3, REASON, Stage, found_in
from tests.docs.furniture import LINKED, STOLEN
from tests.docs.page_commands import ROOT
from tests.watch.digest_examples import BUCKET as DIGESTED

from liftgate.clock import system_clock
from liftgate.demo.embedded_aws import REGION
from liftgate.demo.sample_account import BASELINE_ROLE, REPORTS, create_user

Own = Callable[[Stage], str]


def own(stage: Stage, text: str) -> str:
    """A command of a page, as it is typed in this world."""
    for pattern, given in STANDS_FOR:
        if pattern.search(text):
            text = given(stage).join(pattern.split(text))
    return text


def _always(word: str) -> Own:
    return lambda _: word


def _link(stage: Stage) -> str:
    return found_in(stage.say("ada", "identities"), "li")


def _absence(stage: Stage) -> str:
    return found_in(stage.say("grace", "away"), "aw")


def _held(stage: Stage) -> str:
    if not stage.holds():
        stage.tamper()
    return "ada"


def _tomorrow(_: Stage) -> str:
    return f"{system_clock() + timedelta(days=1):%Y-%m-%dT09:00Z}"


def _stolen_key(stage: Stage) -> str:
    aws = stage.world.account.aws
    (key,) = aws.client("iam", aws.root).list_access_keys(UserName=STOLEN)["AccessKeyMetadata"]
    return str(key["AccessKeyId"])


def _ceiling(stage: Stage) -> str:
    aws = stage.world.account.aws
    return f"arn:aws:iam::{aws.account}:policy/LiftgateReportsWriterCeiling"


def _key_of_a_leaver(stage: Stage) -> str:
    aws = stage.world.account.aws
    key = create_user(aws.client("iam", aws.root), "leaver").access_key_id
    return f"--access-key-id {key} --user-name leaver"


_WORDS: Final[tuple[tuple[str, Own], ...]] = (
    (r"(?<=conclude )rq-…", lambda stage: stage.request("--break-glass")),
    (r"rq-…|\bREQUEST\b", lambda stage: stage.request()),
    (r"gr-…|\bGRANT\b|gr-[0-9a-z]{16}", lambda stage: stage.only_grant()),
    (r"fi-…", lambda stage: stage.finding()),
    (r"aw-…", _absence),
    (r"\bLINK\b", _link),
    (r"(?<=release )(?:PERSON|ada)", _held),
    (r"(?<=--person )ID|(?<=liftgate hold )(?:PERSON|ID)", _always("ada")),
    (r"(?<=--entitlement )NAME", _always("reports-writer")),
    (r"(?<=--aws )PROFILE", _always(LINKED)),
    (r"(?<=--find )WORDS", _always("reports")),
    (r"(?<=--reason )(?:…|\"…\")", _always(REASON)),
    (r"(?<=request )…", _always(f"{Q3} --write --for 2m --reason {REASON}")),
    (r"(?<=deploy )…", lambda stage: f"cloudformation {stage.world.catalogue} --region {REGION} --out aws"),
    (r"(?<=-- )COMMAND", _always("true")),
    (r"(?<=--until )2026-12-01T09:00Z(?= --delegate)", _tomorrow),
    # places
    (r"s3://(?:reports|bucket)/(?:prefix/|2026/)", _always(f"s3://{REPORTS}/2026/")),
    (r"YOUR-TRAIL-BUCKET", _always(DIGESTED)),
    (
        r"/etc/liftgate/catalogue\b|PATH…|(?<=^liftgate catalogue check)$",
        lambda stage: f" {stage.world.catalogue}",
    ),
    (r"(?<![\w.])/(?=(?:etc|var|backup)/)", lambda stage: f"{stage.folder}/"),
    (r"/opt/liftgate/bin/", _always("")),
    (r"(?<= )deploy/(?=systemd/)", _always(f"{ROOT}/deploy/")),
    # uploads
    (r"(?<=--bucket )BUCKET", _always(REPORTS)),
    (r"(?<=--key )KEY", lambda stage: stage.upload().key),
    (r"(?<=--upload-id )ID", lambda stage: stage.upload().id),
    (r"(?<=--part-number )N", _always("1")),
    (r"(?<=--body )FILE", _always("part")),
    # events
    (r"(?<=replay )[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda stage: stage.dead_letter()),
    # AWS
    (r"(?<=key-policy )--region \S+ --key-id \S+", lambda stage: f"--region {REGION} --key-id {stage.key()}"),
    (r"--access-key-id ID --user-name NAME", _key_of_a_leaver),
    (r"(?<=--stack-name )NAME", _always("liftgate-broker")),
    (r"(?<=--role-name )NAME", _always(BASELINE_ROLE)),
    (r"(?<=--user-name )NAME", _always(STOLEN)),
    (r"(?<=--access-key-id )ID", _stolen_key),
    (r"(?<=--policy-arn )ARN", _ceiling),
)
STANDS_FOR: Final = tuple((re.compile(pattern), given) for pattern, given in _WORDS)
