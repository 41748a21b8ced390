"""The same on the embedded AWS, which answers in a millisecond or two: Liftgate's own share, part by part."""

from contextlib import closing
from typing import Final

from bench.client import Client
from bench.effort import Effort
from bench.figure import Figure, compared, plain
from bench.in_process import PERSON
from bench.lend import bare_assume_role
from bench.measure import interleave, timed
from bench.server import running_server
from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import REPORTS_WRITER, create_sample_account

_BAR: Final = 5.0


def run(effort: Effort) -> Figure:
    """Through the API of a real `liftgate serve`, and by boto3 alone, turn by turn on the embedded AWS."""
    with running_embedded_aws() as aws:
        account = create_sample_account(aws)
        role_arn = account.elevated_role_arns[REPORTS_WRITER.name]
        bare = bare_assume_role(aws.client("sts", account.broker), role_arn)
        keys = {
            "AWS_ACCESS_KEY_ID": account.broker.access_key_id,
            "AWS_SECRET_ACCESS_KEY": account.broker.secret_access_key,
        }
        with (
            running_server(aws.endpoint_url, keys) as server,
            closing(Client(server.address, PERSON)) as client,
        ):
            samples = interleave(
                {"bare": timed(bare), "liftgate": timed(client.lend)},
                rounds=effort.rounds(400),
                warm_up=20,
            )
    reference = plain("a bare boto3 AssumeRole", samples["bare"])
    whole = compared("request to credentials, through the API", samples["liftgate"], reference, bar=_BAR)
    return Figure(
        title="Lending, with AWS on this machine",
        how=(
            "The same two calls on the demo's embedded AWS, so that nearly all of the time is Liftgate's own. The server, the "
            "embedded AWS and the caller share this machine's processors."
        ),
        rows=(reference, whole),
    )
