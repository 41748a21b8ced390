"""From where this server's events come, as its settings name it."""

from dataclasses import dataclass
from typing import Final

from botocore.config import Config

from liftgate.elevation.aws_clients import AwsEndpoints
from liftgate.server.settings import Settings
from liftgate.watch.sources.ports import LogBucket, Queue
from liftgate.watch.sources.sqs import SqsQueue, sqs_client
from liftgate.watch.sources.trail_bucket import TrailBucket

_PATIENCE: Final = Config(
    connect_timeout=3, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Each is None where no setting names it."""

    queue: Queue | None = None
    dead_letters: Queue | None = None
    trail: LogBucket | None = None


def sources_of(settings: Settings, at: AwsEndpoints) -> Sources:
    """Clients for what the settings name. Nothing is called yet."""
    bucket = settings.watch_trail_bucket
    return Sources(
        queue=_queue(settings.watch_queue_url, at),
        dead_letters=_queue(settings.watch_dead_letter_queue_url, at),
        trail=None
        if bucket is None
        else TrailBucket(
            client=at.client("s3", at.s3_url, _PATIENCE), bucket=bucket, prefix=settings.watch_trail_prefix
        ),
    )


def _queue(url: str | None, at: AwsEndpoints) -> Queue | None:
    return None if url is None else SqsQueue(sqs_client(at, url, at.sqs_url), url)
