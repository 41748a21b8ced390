"""What is asked for and lent: S3 actions at S3 locations, for a window of time."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in S3: a bucket and a key pattern in which ``*`` and ``?`` are IAM wildcards.

    ``key`` is ``"*"`` for the whole bucket, ``"reports/*"`` for all under a prefix, ``"reports/a.csv"`` for one object.
    Built by ``liftgate.iam.s3.location.parse_location`` and its kin, which refuse what cannot be proved.
    """

    bucket: str
    key: str
    partition: str = "aws"

    @property
    def bucket_arn(self) -> str:
        """The ARN on which bucket actions, such as ``s3:ListBucket``, are allowed."""
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def object_arn(self) -> str:
        """The ARN pattern on which object actions are allowed."""
        return f"{self.bucket_arn}/{self.key}"

    def __str__(self) -> str:
        """As people write it: ``s3://bucket/prefix/`` for all under a prefix."""
        key = self.key[:-1] if self.key == "*" or self.key.endswith("/*") else self.key
        return f"s3://{self.bucket}/{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Actions at locations, and the KMS keys under which the objects there are encrypted."""

    actions: frozenset[str]  # canonical names from the S3 action catalogue: "s3:PutObject"
    locations: frozenset[Location]
    kms_keys: frozenset[str] = frozenset()  # key ARNs


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Half-open span of time, [starts_at, ends_at), whole seconds, kept in UTC: what AWS compares with aws:CurrentTime."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at"):
            moment: datetime = getattr(self, name)
            if moment.tzinfo is None or moment.microsecond:
                raise ValueError("a window is made of aware datetimes of whole seconds")
            # Two moments of one zone compare by what its clocks show, which repeats when they are put back.
            object.__setattr__(self, name, moment.astimezone(UTC))
        if self.ends_at <= self.starts_at:
            raise ValueError("a window ends after it starts")

    def holds(self, now: datetime) -> bool:
        """Whether ``now`` lies inside."""
        return self.starts_at <= now < self.ends_at
