"""The texts and bounds that several keys of a catalogue file share."""

from datetime import timedelta
from typing import Final

from liftgate.catalogue.shape import Text

SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)

DEFAULT_LAPSE: Final = timedelta(hours=24)
DEFAULT_MAX_SESSION: Final = HOUR  # IAM's own default for a role
LONGEST_GRANT: Final = timedelta(hours=12)
MOST_IN_CEILING: Final = 200  # more of anything fits no policy of 6,144 characters

# A person's id becomes the SourceIdentity of lent sessions and the value of a session tag: the characters that both
# allow, and at least two of them (STS, AssumeRole).
PERSON_ID: Final = Text(
    form="a person's id: 2 to 64 of `a-z 0-9 . _ @ + -`, the first a letter or digit",
    pattern="[a-z0-9][a-z0-9._@+-]{1,63}",
    most=64,
)
GROUP_NAME: Final = Text(
    form="a group's name: 2 to 64 of `a-z 0-9 . _ -`, the first a letter or digit",
    pattern="[a-z0-9][a-z0-9._-]{1,63}",
    most=64,
)
PERSON_OR_GROUP: Final = Text(
    form="the id of a person or the name of a group", pattern="[a-z0-9][a-z0-9._@+-]{1,63}", most=64
)
TRACKER_NAME: Final = Text(
    form="a tracker's name: 2 to 64 of `a-z 0-9 . _ -`, the first a letter or digit",
    pattern="[a-z0-9][a-z0-9._-]{1,63}",
    most=64,
)
ACTION: Final = Text(
    form="an S3 action such as `s3:PutObject`, or a group of them such as `write`",
    pattern="[A-Za-z0-9:*?-]+",
    most=80,
)
CONDITION: Final = Text(form="a condition in CEL, of up to 2,000 characters", most=2_000, lines=True)
