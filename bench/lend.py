"""From a signed-in request to credentials in hand, at AWS's distance: what does Liftgate add to a bare AssumeRole?"""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any, Final

import boto3

from bench.client import Client
from bench.effort import Effort
from bench.figure import Figure, compared, plain
from bench.in_process import PERSON
from bench.measure import interleave, timed
from bench.server import running_server
from bench.stub_aws import ACCOUNT, stub_aws, stub_environment

_BAR: Final = 1.2
_DISTANCE: Final = timedelta(milliseconds=60)
_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/LiftgateReportsWriter"


def run(effort: Effort) -> Figure:
    """Through the API of a real `liftgate serve`, and by boto3 alone, turn by turn on the same stand-in for STS."""
    with (
        stub_aws(delay=_DISTANCE) as sts,
        running_server(sts, stub_environment()) as server,
        closing(Client(server.address, PERSON)) as client,
    ):
        bare = bare_assume_role(_stub_client(sts), _ROLE)
        samples = interleave(
            {"bare": timed(bare), "liftgate": timed(client.lend)}, rounds=effort.rounds(200), warm_up=10
        )
    reference = plain("a bare boto3 AssumeRole", samples["bare"])
    return Figure(
        title="Lending, with AWS at its real distance",
        how=(
            "A signed-in caller asks for a prefix that nobody asked for before, which is approved without a review, and takes "
            "the credentials: `POST /requests`, then `POST /grants/{id}/sessions`, over one kept-alive connection to a "
            "`liftgate serve` on SQLite that waits for the disk at each commit. STS is a stand-in that "
            f"answers {_DISTANCE // timedelta(milliseconds=1)} ms after a call arrives, for both."
        ),
        rows=(
            reference,
            compared("request to credentials, AWS 60 ms away", samples["liftgate"], reference, bar=_BAR),
        ),
    )


def bare_assume_role(client: Any, role_arn: str) -> Callable[[], object]:
    """What a script without Liftgate does: the whole role, on a client that is already connected."""
    return lambda: client.assume_role(RoleArn=role_arn, RoleSessionName="bare", DurationSeconds=1200)


def _stub_client(sts_url: str) -> Any:
    keys = stub_environment()
    return boto3.session.Session().client(
        "sts",
        endpoint_url=sts_url,
        region_name="us-east-1",
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
    )
