"""How soon what CloudTrail tells of a session that goes beyond its scope has ended its grant, in AWS too."""

import tempfile
from pathlib import Path
from typing import Final

from tests.server.answering_stage import Stage, answering

from bench.effort import Effort
from bench.figure import Figure, limited
from bench.measure import Samples, timed
from liftgate.demo.embedded_aws import running_embedded_aws
from liftgate.demo.sample_account import REPORTS, create_sample_account

_LONGEST: Final = 0.25  # seconds, the median
_ENOUGH: Final = 30  # seconds after which something is broken


def run(effort: Effort) -> Figure:
    """On the embedded AWS, which records and enforces."""
    with tempfile.TemporaryDirectory() as folder, running_embedded_aws(cloudtrail=True) as aws:
        account = create_sample_account(aws)
        with answering(account, Path(folder)) as stage:
            samples = Samples(tuple(_answered(stage) for _ in range(effort.rounds(30))))
    return Figure(
        title="From CloudTrail to a revocation",
        how=(
            "A session puts a bucket policy that was not granted, and is refused. The time is from that refusal, as it reaches the "
            "session, until its grant is ended and the deny is written to the role and read back: the record goes over the queue, is "
            "taken, judged and kept, and the finding is answered by the server's worker. The clock starts before the record is on "
            "the queue, or little after."
        ),
        rows=(limited("refused call to deny accepted by AWS", samples, longest=_LONGEST),),
    )


def _answered(stage: Stage) -> float:
    session = stage.session()
    stage.log.revoked.clear()
    if session.s3("put_bucket_policy", Bucket=REPORTS, Policy="{}") == "done":
        raise RuntimeError("the session may do what was not granted")
    took = timed(lambda: stage.log.revoked.wait(_ENOUGH))()
    if stage.call("ada", "GET", f"/grants/{session.grant_id}")["ending"]["deny"] != "in_place":
        raise RuntimeError("the grant was not ended in AWS")
    return took
